"""The styles of a Word document, as far as they number or hide paragraphs and runs, with what they inherit (w:basedOn)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from pipeline.ingest.docx_markup import W, child_of, is_on, number_of, value_of

# styles in a row that are based on one another; Word itself allows 11
_LONGEST_CHAIN = 50


@dataclass(frozen=True, slots=True)
class ListPlace:
    """What properties state of a list: its number (w:numId; "0" for none) and the level, from 0; None where not stated."""

    list_id: str | None
    depth: int | None


@dataclass(frozen=True, slots=True)
class Style:
    """One style: its id, the one it is based on, its place in a list, and whether it hides text (None if not stated)."""

    name: str
    based_on: str
    place: ListPlace
    hidden: bool | None


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a document by id, the id of the default style of paragraphs, and the ids of those that hide text."""

    by_name: Mapping[str, Style]
    default: str = ""
    hidden: frozenset[str] = frozenset()

    def chain(self, name: str | None) -> Iterator[Style]:
        """Yields a style and those it is based on, nearest first; the default style of paragraphs where `name` is None."""
        name = self.default if name is None else name
        for _ in range(_LONGEST_CHAIN):
            style = self.by_name.get(name)
            if style is None:
                return
            yield style
            name = style.based_on

    def hides(self, paragraph: str | None, run: str | None) -> bool:
        """Whether text is hidden by the style of its paragraph or that of its run; two that hide cancel each other (17.7.3)."""
        if not self.hidden:
            return False
        return ((self.default if paragraph is None else paragraph) in self.hidden) != (run in self.hidden)


def read_styles(root: etree._Element | None) -> Styles:
    """The styles of styles.xml; none if the document has no such part."""
    styles: dict[str, Style] = {}
    default = ""
    for element in root.iterchildren(W + "style") if root is not None else ():
        name = element.get(W + "styleId", "")
        place = list_place(child_of(element, W + "pPr"))
        hidden = is_on(child_of(element, W + "rPr"), "vanish")
        styles[name] = Style(name, value_of(element, "basedOn") or "", place, hidden)
        if element.get(W + "type") == "paragraph" and element.get(W + "default", "0") in ("1", "true", "on"):
            default = name
    read = Styles(styles, default)
    if not any(style.hidden for style in styles.values()):
        return read
    return replace(read, hidden=frozenset(name for name in styles if _is_hidden(read, name)))


def _is_hidden(styles: Styles, name: str) -> bool:
    return next((style.hidden for style in styles.chain(name) if style.hidden is not None), False)


def list_place(properties: etree._Element | None) -> ListPlace:
    """The place in a list that properties of a paragraph (w:pPr) state."""
    number = child_of(properties, W + "numPr") if properties is not None else None
    return ListPlace(value_of(number, "numId"), number_of(number, "ilvl"))
