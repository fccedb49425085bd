"""Whether a document names other files or addresses, which a program that converts it would fetch; addresses to click on do not count.

Asked where there is no `pipeline.isolation.protection`. Fields are looked for in the text without its markup, so that a word that the
markup divides is found too.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from pipeline.packages import DAMAGE

# fields of Word that fetch: INCLUDEPICTURE, INCLUDETEXT, IMPORT, LINK, DDE, DDEAUTO, RD
_FIELDS = re.compile(r"\b(?:INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|DDE|DDEAUTO|RD)\s", re.IGNORECASE)
_FIELDS_IN_BYTES = re.compile(
    b"|".join(
        b"".join(b"[%c%c]\x00?" % (upper, upper + 32) for upper in word)
        for word in (b"INCLUDEPICTURE", b"INCLUDETEXT", b"DDEAUTO")
    )
)
_PLACES_IN_BYTES = re.compile(rb"f\x00?i\x00?l\x00?e\x00?:\x00?/|\\\x00\\\x00[a-zA-Z0-9]\x00", re.IGNORECASE)
_RTF_LINKS = re.compile(rb"\\(?:template|objlink|objautlink|objsub|objicemb|filetbl)(?![a-z])")
_RTF_FIELD = re.compile(r"\\fldinst(?![a-z])")
_RTF_BRACE = re.compile(r"\\[{}\\]|[{}]")
# characters of a code that are looked at
_LONGEST_FIELD = 20_000
_RTF_HEX = re.compile(rb"\\'([0-9a-fA-F]{2})")
_RTF_UNICODE = re.compile(r"\\u(-?\d{1,6}) ?\??")
_RTF_MARKUP = re.compile(r"\\[a-z]+-?\d* ?|[{}\r\n]|\\\*")
# relationships of a docx that fetch nothing
_HARMLESS = ("/hyperlink", "/attachedTemplate")
_WORD_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instrText"
_WORD_FIELD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}instr"
_HREF = "{http://www.w3.org/1999/xlink}href"
_ODF_PARTS = ("content.xml", "styles.xml")


def names_others(data: bytes, kind: str) -> bool:
    """Whether a document of a kind (doc, rtf, odt, docx) names files or addresses; True where it cannot be looked into."""
    try:
        if kind == "rtf":
            return _rtf(data)
        if kind in ("odt", "docx"):
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                return _odt(package) if kind == "odt" else _docx(package)
    except DAMAGE:
        return True
    return bool(_FIELDS_IN_BYTES.search(data) or _PLACES_IN_BYTES.search(data))


def _rtf(data: bytes) -> bool:
    if _RTF_LINKS.search(data):
        return True
    text = _RTF_HEX.sub(lambda match: bytes([int(match[1], 16)]), data).decode("latin-1")
    text = _RTF_UNICODE.sub(lambda match: chr(int(match[1]) % 0x10000), text)
    return any(_FIELDS.search(_RTF_MARKUP.sub("", code) + " ") for code in _rtf_fields(text))


def _rtf_fields(text: str) -> Iterator[str]:
    """The codes of the fields: from each \\fldinst to the end of its group."""
    for field in _RTF_FIELD.finditer(text):
        depth = 0
        for brace in _RTF_BRACE.finditer(text, field.end()):
            depth += {"{": 1, "}": -1}.get(brace[0], 0)
            if depth < 0 or brace.start() > field.end() + _LONGEST_FIELD:
                yield text[field.end() : brace.start()]
                break
        else:
            yield text[field.end() : field.end() + _LONGEST_FIELD]


def _docx(package: zipfile.ZipFile) -> bool:
    names = package.namelist()
    return any(
        _fetches(_root(package, name)) if name.endswith(".rels") else _has_field(_root(package, name))
        for name in names
        if name.endswith(".rels") or (name.endswith(".xml") and name.startswith("word/"))
    )


def _fetches(relations: etree._Element) -> bool:
    """Whether a relationship names something outside the package that is not only clicked on."""
    outside = [one for one in relations if str(one.get("TargetMode", "")).lower() == "external"]
    return any(not str(one.get("Type", "")).endswith(_HARMLESS) for one in outside)


def _has_field(root: etree._Element) -> bool:
    """Whether a part has a field that fetches, its code in one element or divided among several."""
    codes = "".join(element.text or "" for element in root.iter(_WORD_TEXT))
    simple = " ".join(str(element.get(_WORD_FIELD)) for element in root.iter() if element.get(_WORD_FIELD))
    return bool(_FIELDS.search(f"{codes} {simple} "))


def _odt(package: zipfile.ZipFile) -> bool:
    for name in set(_ODF_PARTS) & set(package.namelist()):
        for element in _root(package, name).iter():
            target = element.get(_HREF)
            if target and not str(element.tag).endswith("}a") and not _is_inside(target, package):
                return True
            if str(element.tag).endswith("}dde-source"):
                return True
    return False


def _is_inside(target: str, package: zipfile.ZipFile) -> bool:
    """Whether an address names a part of the package itself."""
    name = target.removeprefix("./")
    return target.startswith("#") or any(part == name or part.startswith(f"{name}/") for part in package.namelist())


def _root(package: zipfile.ZipFile, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
    root = etree.fromstring(package.read(name), parser)
    if root is None:
        raise ValueError(name)
    return root
