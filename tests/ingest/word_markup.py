"""Word documents of hand-written markup."""

import base64
from collections.abc import Mapping

from corpora import writers
from pipeline.document import SourceText
from pipeline.ingest import Upload, read

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMESPACES = {
    "w": W,
    "r": R,
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "http://example.org/unknown",
}
_DECLARED = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMESPACES.items())
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def element(name: str, content: str) -> str:
    """A root element with all namespaces declared."""
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} {_DECLARED}>{content}</{name}>'


def paragraph(text: str = "", *, style: str = "", place: str = "", mark: str = "", run: str = "") -> str:
    """A paragraph: `place` is what `numbered` gives, `mark` and `run` are properties of its mark and its only run."""
    bound = f'<w:pStyle w:val="{style}"/>' if style else ""
    words = f'<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f"<w:p><w:pPr>{bound}{place}<w:rPr>{mark}</w:rPr></w:pPr>{words}</w:p>"


def numbered(list_id: int | None = None, depth: int | None = None) -> str:
    """The w:numPr of a paragraph or style that states a list, a depth or both."""
    at = "" if depth is None else f'<w:ilvl w:val="{depth}"/>'
    return "<w:numPr>" + at + ("" if list_id is None else f'<w:numId w:val="{list_id}"/>') + "</w:numPr>"


def level(depth: int, text: str, form: str = "chineseCountingThousand", start: int | None = 1, more: str = "") -> str:
    first = "" if start is None else f'<w:start w:val="{start}"/>'
    form = form if form.startswith("<") else f'<w:numFmt w:val="{form}"/>'
    return f'<w:lvl w:ilvl="{depth}">{first}{form}{more}<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/></w:lvl>'


def definition(number: int, *levels: str, more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{more}{"".join(levels)}</w:abstractNum>'


def listing(number: int, defined: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{defined}"/>{overrides}</w:num>'


def style(
    name: str, place: str = "", *, based_on: str = "", kind: str = "paragraph", run: str = "", more: str = ""
) -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="{kind}" w:styleId="{name}" {more}><w:name w:val="{name}"/>{base}'
        f"<w:pPr>{place}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def cell(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(content)}</w:tc>"


def related(target: str, kind: str, name: str = "rId1") -> str:
    return f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{target}"/>'


def relations(*entries: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(entries)}</Relationships>'


def parts_of(
    body: str,
    *,
    numbering: str = "",
    styles: str = "",
    links: str = "",
    parts: Mapping[str, str | bytes] | None = None,
) -> dict[str, bytes]:
    """The parts of a document by name; `links` are further relationships of its main part."""
    markup: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": relations(related("word/document.xml", "officeDocument")),
        "word/_rels/document.xml.rels": relations(
            related("numbering.xml", "numbering", "rN"), related("styles.xml", "styles", "rS"), links
        ),
        "word/document.xml": element("w:document", f"<w:body>{body}</w:body>"),
        "word/numbering.xml": element("w:numbering", numbering),
        "word/styles.xml": element("w:styles", styles),
        **(parts or {}),
    }
    return {name: data.encode() if isinstance(data, str) else data for name, data in markup.items()}


def read_parts(parts: Mapping[str, bytes]) -> SourceText:
    """A document of the given parts as it is read."""
    return read(Upload("文件.docx", writers.as_zip(parts)))


def word(body: str, *, numbering: str = "", styles: str = "") -> SourceText:
    """A document as it is read."""
    return read_parts(parts_of(body, numbering=numbering, styles=styles))


def lines(body: str, *, numbering: str = "", styles: str = "") -> list[str]:
    """The lines of a document as it is read."""
    return word(body, numbering=numbering, styles=styles).text.split("\n")


_STRICT = {
    W: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    R: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    NAMESPACES["m"]: "http://purl.oclc.org/ooxml/officeDocument/math",
    NAMESPACES["a"]: "http://purl.oclc.org/ooxml/drawingml/main",
}


def strict(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts of a document as Word saves them in ISO/IEC 29500 strict."""
    changed = dict(parts)
    for name, data in parts.items():
        for usual, other in _STRICT.items():
            data = data.replace(usual.encode(), other.encode())
        changed[name] = data
    return changed


def flat(parts: Mapping[str, bytes]) -> str:
    """The parts of a document in one XML file (Flat OPC)."""
    written = []
    for name, data in parts.items():
        if name == "[Content_Types].xml":
            continue
        form = "relationships+xml" if name.endswith(".rels") else "main+xml"
        if name.endswith((".xml", ".rels")):
            markup = data.decode().partition("?>")[2] if data.startswith(b"<?xml") else data.decode()
            content = f"<pkg:xmlData>{markup}</pkg:xmlData>"
        else:
            content = f"<pkg:binaryData>{base64.b64encode(data).decode()}</pkg:binaryData>"
        written.append(f'<pkg:part pkg:name="/{name}" pkg:contentType="application/{form}">{content}</pkg:part>')
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><?mso-application progid="Word.Document"?>'
    package = 'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"'
    return f"{head}\n<pkg:package {package}>{''.join(written)}</pkg:package>"
