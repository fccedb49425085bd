"""What is drawn in a Word document: text boxes, WordArt, shapes and diagrams (SmartArt) with words, charts, objects."""

from collections.abc import Iterator

from lxml import etree

from pipeline.ingest.docx_markup import W, children
from pipeline.ingest.docx_package import Package

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
TEXT_BOX = W + "txbxContent"
WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
TEXT_BODY = A + "txBody"
DIAGRAM = _DIAGRAM + "relIds"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
OBJECT = "{urn:schemas-microsoft-com:office:office}OLEObject"
_KINDS = frozenset({TEXT_BOX, WORD_ART, TEXT_BODY, DIAGRAM, CHART, OBJECT})
# points of a diagram that are lines between its boxes or say how these look
_NO_BOXES = frozenset({"pres", "parTrans", "sibTrans"})


def drawn_in(element: etree._Element) -> Iterator[etree._Element]:
    """Yields the elements with words, charts and objects below a drawing, each of one of the kinds named in this module."""
    for child in children(element):
        if child.tag not in _KINDS:
            yield from drawn_in(child)
        elif child.tag != WORD_ART or not _is_watermark(child):
            yield child


def words_of(package: Package, element: etree._Element) -> str:
    """The words of a WordArt, a shape of DrawingML or a diagram, a line for each paragraph or box; "" for other kinds."""
    if element.tag == WORD_ART:
        return " ".join((element.get("string") or "").split())
    if element.tag == TEXT_BODY:
        return _paragraphs(element)
    return _words_of_diagram(package, element) if element.tag == DIAGRAM else ""


def _paragraphs(body: etree._Element) -> str:
    return "\n".join("".join(text.text or "" for text in one.iter(A + "t")) for one in body.iter(A + "p"))


def _words_of_diagram(package: Package, element: etree._Element) -> str:
    relation = package.relations(package.main).get(element.get(R + "dm", ""))
    root = package.xml(relation.part) if relation else None
    boxes = root.iter(_DIAGRAM + "pt") if root is not None else ()
    bodies = (body for box in boxes if box.get("type") not in _NO_BOXES for body in box.iterchildren(_DIAGRAM + "t"))
    return "\n".join(words for body in bodies if (words := _paragraphs(body).strip()))


def _is_watermark(art: etree._Element) -> bool:
    """Whether a WordArt is a watermark that Word itself made: it names the shape so."""
    shape = art.getparent()
    return shape is not None and "watermark" in shape.get("id", "").lower()
