"""Takes the text of a part of a web page node by node, as a browser would lay it out in lines and table cells.

No character that is shown is left out, however small the node it stands in.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from pipeline.ingest.characters import HAN
from pipeline.ingest.html_lines import Line, Shown
from pipeline.ingest.html_lists import LISTS, List, begin, label
from pipeline.ingest.html_styles import Declarations, Styles, is_drawn, is_hidden
from pipeline.ingest.html_tables import Frame

_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
        "html", "legend", "li", "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search", "section", "summary",
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
    )
)  # fmt: skip
_DISPLAYED_AS_BLOCK = re.compile(r"block|list-item|table|flex|grid|flow-root")
_PRESERVED = frozenset(("pre", "listing", "xmp", "plaintext"))
_TABLE = frozenset(("table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"))
_STRUCK = frozenset(("del", "s", "strike"))
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_MARKS = "，。；：、！？《》（）“”〔〕"
# a line break of the markup between two Chinese characters is no blank; others are one
_BROKEN = re.compile(rf"(?<=[{HAN}{_MARKS}])[ ]*\n[ \n]*(?=[{HAN}{_MARKS}])")
_BREAK = re.compile(r"[ \n]{2,}|\n")
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
_RAISABLE = re.compile(r"\s*(?=[^\s]*[0-9n])[0-9+\-−=()ni]{1,6}\s*")
_ASIDE = frozenset(("nav", "aside", "footer"))
_ASIDE_NAME = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navi|navigation|menu|crumbs?|breadcrumbs?|dqwz|foot|footer|contentinfo|copyright|sidebar|share|bdshare\w*"
    r"|print|printer|tools?|toolbar|related?|xgwz|xgyd|xglj|pagination|pager|prev|next|search|login|ewm|erweima|qrcode)(?:$|[\s_-])"
)
_DAY = re.compile(
    r"[〇零○O一二三四五六七八九\d]{4}\s*年\s*[一二三四五六七八九十\d]{1,2}\s*月\s*[一二三四五六七八九十\d]{1,3}\s*日"
)
_SHIFTS = {"sup": _RAISED, "super": _RAISED, "sub": _LOWERED}


class Event(NamedTuple):
    """A step of the walk over the nodes: a text, or an element that opens or closes."""

    node: LexborNode
    opens: bool = False
    closes: bool = False


def events(root: LexborNode, styles: Styles, hidden: list[str] | None = None) -> Iterator[Event]:
    """Yields the nodes below `root` that are shown, in order; the texts of those that are not are added to `hidden`.

    `root` itself is taken as shown: scripts of many pages show their content only when they run.
    """
    stack = [Event(root, closes=True), *_children(root)]
    while stack:
        event = stack.pop()
        node = event.node
        if event.closes or node.is_text_node:
            yield event
        elif not (node.is_element_node and is_drawn(node)):
            continue
        elif not is_hidden(node, styles.of(node)):
            yield Event(node, opens=True)
            stack += [Event(node, closes=True), *_children(node)]
        elif hidden is not None:
            hidden.append(" ".join(node.text(deep=True).split()))


def _children(node: LexborNode) -> list[Event]:
    """The children of a node, the last one first."""
    found, child = [], node.last_child
    while child is not None:
        found.append(Event(child))
        child = child.prev
    return found


def shown_in(root: LexborNode, styles: Styles, *, without: LexborNode | None = None) -> Shown:
    """What the part of a page below `root` shows; in place of the part below the node `without` there is an empty line."""
    hidden: list[str] = []
    walk = _Walk(styles)
    skipped = False
    for event in events(root, styles, hidden):
        if without is not None and event.node.mem_id == without.mem_id:
            skipped = event.opens
            walk.flush()
            if event.closes:
                walk.lines.append(Line(""))
        elif not skipped:
            walk.take(event)
    walk.flush()
    return Shown(tuple(walk.lines), tuple(text for text in hidden if text), tuple(walk.struck))


@dataclass(slots=True)
class _Walk:
    """The state of the walk: the line being put together, and the lists, tables and shifted texts around it."""

    styles: Styles
    lines: list[Line] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    linked: int = 0
    marker: str = ""
    lists: list[List] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    # where shifted and struck texts begin in the line, links, asides and preserved texts around the place
    shifts: list[int] = field(default_factory=list)
    strikes: list[int] = field(default_factory=list)
    tables: int = 0
    links: int = 0
    asides: int = 0
    preserved: int = 0

    def take(self, event: Event) -> None:
        node = event.node
        if node.is_text_node:
            self._text(node.text_content or "")
        elif node.tag == "br":
            if event.opens:
                self.flush()
        elif event.opens:
            self._open(node)
        else:
            self._close(node)

    def flush(self) -> None:
        """End the line and add it to the cell or the page."""
        text = _BREAK.sub(" ", _BROKEN.sub("", "".join(self.pieces))).strip(" ")
        if text.strip():
            marked = self.marker + (" " if self.marker[-1:] == "." and text[0].isdigit() else "") + text
            lead = next((piece for piece in map(str.strip, self.pieces) if piece), "")
            self._add(Line(marked, self.linked, self.asides > 0, lead="" if lead == text else lead))
            self.marker = ""
        self.pieces, self.linked = [], 0

    def _add(self, line: Line) -> None:
        if self.frames:
            self.frames[-1].add(line)
        else:
            self.lines.append(line)

    def _text(self, text: str) -> None:
        if self.preserved:
            first, *others = text.expandtabs(4).replace("\r\n", "\n").split("\n")
            self._append(first)
            for line in others:
                self.flush()
                self._append(line)
        else:
            self._append(_BLANKS.sub(lambda match: "\n" if "\n" in match[0] else " ", text))

    def _append(self, text: str) -> None:
        self.pieces.append(text)
        if self.links:
            self.linked += len("".join(text.split()))

    def _open(self, node: LexborNode) -> None:
        style = self.styles.of(node)
        if _is_block(node, style):
            self.flush()
        self._count(node, style, 1)
        if node.tag in LISTS:
            self.lists.append(begin(node, self.styles))
        elif node.tag == "li":
            self.marker += label(self.lists[-1], node, style) if self.lists else ""
        elif node.tag == "table":
            self.frames.append(Frame(is_layout=node.attributes.get("role") in ("presentation", "none")))
        elif self.frames:
            self.frames[-1].open(node)
        if _shift(node, style):
            self.shifts.append(len(self.pieces))
        if _is_struck(node, style):
            self.strikes.append(len(self.pieces))

    def _close(self, node: LexborNode) -> None:
        style = self.styles.of(node)
        shift = _shift(node, style)
        if shift:
            self._shift_from(self.shifts.pop(), shift)
        if _is_struck(node, style):
            self._strike_from(self.strikes.pop())
        if _is_block(node, style):
            self.flush()
        self._count(node, style, -1)
        if node.tag in LISTS:
            self.lists.pop()
        elif node.tag == "li":
            self.marker = ""
        elif node.tag == "table":
            self._close_table()
        elif self.frames:
            self.frames[-1].close(node)

    def _count(self, node: LexborNode, style: Declarations, step: int) -> None:
        """Count what surrounds the place: links, elements beside the content, texts whose line breaks are kept."""
        if node.tag == "a" and "href" in node.attributes:
            self.links += step
        if is_aside(node):
            self.asides += step
        if node.tag in _PRESERVED or style.get("white-space", "").startswith(("pre", "break-spaces")):
            self.preserved += step

    def _close_table(self) -> None:
        frame = self.frames.pop()
        found = list(frame.lines(self.tables))
        self.tables += any(line.cell for line in found)
        if self.frames:
            self.frames[-1].is_layout = True
        for line in found:
            self._add(line)

    def _strike_from(self, start: int) -> None:
        """Leave out what was struck through from a piece on."""
        self.struck.append("".join(self.pieces[start:]).strip())
        del self.pieces[start:]

    def _shift_from(self, start: int, signs: dict[int, int]) -> None:
        """Write what was raised or lowered from a piece on with the signs of Unicode for it, if there are signs for all of it."""
        text = "".join(self.pieces[start:])
        if _RAISABLE.fullmatch(text):
            self.pieces[start:] = [text.strip().translate(signs)]


def is_aside(node: LexborNode) -> bool:
    """Whether an element stands beside the content (navigation, tools, foot of the page): by its name, and as it holds no sentence and no date."""
    names = f"{node.attributes.get('class') or ''} {node.id or ''} {node.attributes.get('role') or ''}".lower()
    if node.tag not in _ASIDE and not _ASIDE_NAME.search(names):
        return False
    text = node.text(deep=True)
    return "。" not in text and not _DAY.search(text)


def _is_block(node: LexborNode, style: Declarations) -> bool:
    display = style.get("display")
    if display is None or node.tag in _TABLE:
        return node.tag in _BLOCKS
    return bool(_DISPLAYED_AS_BLOCK.match(display))


def _is_struck(node: LexborNode, style: Declarations) -> bool:
    lines = style.get("text-decoration-line") or style.get("text-decoration", "")
    return "line-through" in lines or (node.tag in _STRUCK and "none" not in lines)


def _shift(node: LexborNode, style: Declarations) -> dict[int, int] | None:
    return _SHIFTS.get(node.tag or "") or _SHIFTS.get(style.get("vertical-align", ""))
