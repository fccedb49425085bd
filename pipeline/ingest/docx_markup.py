"""The markup of Word: names of elements, wrappers that may stand at every level, values of attributes."""

from collections.abc import Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ALTERNATIVE = _MC + "AlternateContent"
# elements around blocks, rows, cells, runs that do not change what is read
_WRAPPERS = frozenset(
    W + tag
    for tag in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo")
)
# deleted text, the place from which text was moved, and properties of wrappers
LEFT_OUT = frozenset(
    W + tag for tag in ("del", "moveFrom", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr", "fldData")
)
_VALUE = W + "val"
# beginnings of the namespaces whose markup Word understands
_UNDERSTOOD = (
    "http://schemas.openxmlformats.org/",
    "http://schemas.microsoft.com/office/",
    "urn:schemas-microsoft-com:",
)
_FALSE = frozenset({"0", "false", "off"})


def children(parent: etree._Element) -> Iterator[etree._Element]:
    """Yields the elements below another as if there were no wrappers, deletions and alternatives that Word does not choose."""
    for child in parent:
        tag = child.tag
        if tag in _WRAPPERS:
            yield from children(child)
        elif tag == _ALTERNATIVE:
            yield from _alternative(child)
        elif tag not in LEFT_OUT and isinstance(tag, str):
            yield child


def _alternative(element: etree._Element) -> Iterator[etree._Element]:
    """The content of the first choice that Word understands, else of the fallback."""
    for choice in element.iterchildren(_MC + "Choice", _MC + "Fallback"):
        required = choice.get("Requires", "").split()
        if all(str(choice.nsmap.get(prefix, "")).startswith(_UNDERSTOOD) for prefix in required):
            yield from children(choice)
            return


def child_of(parent: etree._Element, tag: str) -> etree._Element | None:
    """The first child of a name, which lxml finds several times as fast so as by `find`."""
    return next(parent.iterchildren(tag), None)


def value_of(parent: etree._Element | None, tag: str) -> str | None:
    """The w:val of the child of a name; None without the child, "" without the attribute."""
    found = child_of(parent, W + tag) if parent is not None else None
    return None if found is None else found.get(_VALUE, "")


def number_of(parent: etree._Element | None, tag: str) -> int | None:
    """The w:val of the child of a name as a whole number; None without the child and where it is no number."""
    return as_number(value_of(parent, tag))


def as_number(words: str | None) -> int | None:
    """A whole number of at most nine digits; None for anything else."""
    digits = (words or "").strip().removeprefix("-")
    return int(words or "") if digits.isdecimal() and digits.isascii() and len(digits) < 10 else None


def is_on(parent: etree._Element | None, tag: str) -> bool | None:
    """Whether a property that is on or off is on; None where it is not stated."""
    value = value_of(parent, tag)
    return None if value is None else value not in _FALSE
