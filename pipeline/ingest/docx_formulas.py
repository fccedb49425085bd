"""Writes formulas of Word (Office Math) on one line: 面积×20, a/b, x², √(x)."""

from collections.abc import Callable

from lxml import etree

from pipeline.ingest.docx_markup import W, children

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_OPERATORS = frozenset("+-－＋×÷*/=±,，（(")


def is_formula(element: etree._Element) -> bool:
    """Whether an element is a formula, inline or on a line of its own."""
    return element.tag in (M + "oMath", M + "oMathPara")


def has_structure(formula: etree._Element) -> bool:
    """Whether a formula has fractions, roots, exponents …, which one line does not show as they stand on the page."""
    return any(isinstance(one.tag, str) and one.tag in _WRITERS for one in formula.iter())


def on_one_line(element: etree._Element) -> str:
    """The text of a formula or part of one."""
    return "".join(map(_written, children(element)))


def _written(element: etree._Element) -> str:
    if element.tag in (M + "t", W + "t"):
        return element.text or ""
    if element.tag.endswith("Pr"):
        return ""
    write = _WRITERS.get(element.tag)
    return write(element) if write else on_one_line(element)


def _part(element: etree._Element, name: str) -> str:
    found = element.find(M + name)
    return on_one_line(found) if found is not None else ""


def _closed(text: str) -> str:
    """A part in brackets where it consists of several terms."""
    return f"（{text}）" if any(character in _OPERATORS for character in text[1:]) else text


def _property(element: etree._Element, name: str, default: str) -> str:
    """The m:val of a property of a formula's part (m:dPr/m:begChr)."""
    found = element.find(f"{element.tag}Pr/{M}{name}")
    return default if found is None else found.get(M + "val", "")


def _fraction(element: etree._Element) -> str:
    return f"{_closed(_part(element, 'num'))}/{_closed(_part(element, 'den'))}"


def _exponent(element: etree._Element) -> str:
    base, above = _part(element, "e"), _part(element, "sup")
    return base + (above.translate(_RAISED) if above.isdecimal() else f"^{_closed(above)}")


def _index(element: etree._Element) -> str:
    return f"{_part(element, 'e')}_{_closed(_part(element, 'sub'))}"


def _index_and_exponent(element: etree._Element) -> str:
    return f"{_part(element, 'e')}_{_closed(_part(element, 'sub'))}^{_closed(_part(element, 'sup'))}"


def _root(element: etree._Element) -> str:
    degree = _part(element, "deg")
    return f"{degree.translate(_RAISED) if degree != '2' else ''}√（{_part(element, 'e')}）"


def _sum(element: etree._Element) -> str:
    below, above = _part(element, "sub"), _part(element, "sup")
    limits = (f"_{_closed(below)}" if below else "") + (f"^{_closed(above)}" if above else "")
    return _property(element, "chr", "∫") + limits + _part(element, "e")


def _brackets(element: etree._Element) -> str:
    between = _property(element, "sepChr", "|").join(map(on_one_line, element.findall(M + "e")))
    return _property(element, "begChr", "(") + between + _property(element, "endChr", ")")


def _rows(element: etree._Element) -> str:
    rows = element.findall(M + "mr") or [element]
    return "；".join("，".join(map(on_one_line, row.findall(M + "e"))) for row in rows)


_WRITERS: dict[str, Callable[[etree._Element], str]] = {
    M + "f": _fraction,
    M + "sSup": _exponent,
    M + "sSub": _index,
    M + "sSubSup": _index_and_exponent,
    M + "rad": _root,
    M + "nary": _sum,
    M + "d": _brackets,
    M + "m": _rows,
    M + "eqArr": _rows,
}
