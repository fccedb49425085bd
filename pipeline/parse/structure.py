"""Clause tree: 编章节条款项目 and 一、（一）1.（1）①; labels may come in any order, no text is rejected.

Every line of the document belongs to exactly one clause, so the clauses add up to the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.document import BlockKind, Clause, ClauseKind, Span
from pipeline.numerals import read_number
from pipeline.parse.lines import Line

_N = "[一二三四五六七八九十百零〇两0-9]{1,5}"
_UNIT = re.compile(rf"^第 ?({_N}) ?(条|章|节|编|分编|部分)(?:之[一二三四五六七八九十]{{1,2}})?(?![第款规、和及至的])")
_UNITS = {"条": ClauseKind.ARTICLE, "章": ClauseKind.CHAPTER, "节": ClauseKind.SECTION}
_HEAD1 = (ClauseKind.HEAD1, re.compile(r"^([一二三四五六七八九十]{1,3})[、．.]"))
_HEAD2 = (ClauseKind.HEAD2, re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]"))
_HEAD3 = (ClauseKind.HEAD3, re.compile(r"^([0-9]{1,3})(?:[．、]|\.(?![0-9]))"))
_HEAD4 = (ClauseKind.HEAD4, re.compile(r"^[（(]([0-9]{1,3})[）)]"))
_HEAD4_BARE = (ClauseKind.HEAD4, re.compile(r"^([0-9]{1,2})[）)]"))
# the label patterns to try, by the first character of a line
_BY_FIRST = (
    dict.fromkeys("一二三四五六七八九十", (_HEAD1,))
    | dict.fromkeys("（(", (_HEAD2, _HEAD4))
    | dict.fromkeys("0123456789", (_HEAD3, _HEAD4_BARE))
)
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_DEPTH = {
    ClauseKind.BOOK: 0, ClauseKind.CHAPTER: 1, ClauseKind.SECTION: 2, ClauseKind.ARTICLE: 3,
    ClauseKind.PARAGRAPH: 4, ClauseKind.ITEM: 5, ClauseKind.SUBITEM: 6,
    ClauseKind.HEAD1: 3, ClauseKind.HEAD2: 4, ClauseKind.HEAD3: 5, ClauseKind.HEAD4: 6, ClauseKind.HEAD5: 7,
    ClauseKind.TEXT: 9,
}  # fmt: skip
# inside an article （一） is an item and 1. a subitem
_IN_ARTICLE = {
    ClauseKind.HEAD2: ClauseKind.ITEM,
    ClauseKind.HEAD3: ClauseKind.SUBITEM,
    ClauseKind.HEAD4: ClauseKind.SUBITEM,
}


@dataclass(slots=True)
class _Builder:
    """Builds the clause tree line by line.

    `open` holds the indexes of the open clauses from the root down, `article` the index of the open article.
    """

    clauses: list[Clause] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    article: int | None = None

    def add(self, kind: ClauseKind, number: int | None, label: str, span: Span) -> None:
        depth, clauses, nodes = _DEPTH[kind], self.clauses, self.open
        while nodes and _DEPTH[clauses[nodes[-1]].kind] >= depth:
            if nodes.pop() == self.article:
                self.article = None
        parent = nodes[-1] if nodes else None
        path = _path(kind, label, clauses[parent] if parent is not None else None, number)
        nodes.append(len(clauses))
        if kind is ClauseKind.ARTICLE:
            self.article = len(clauses)
        clauses.append(Clause(kind, number, label, path, span, parent))

    def add_text(self, span: Span) -> None:
        """Add running text as a child of the innermost open clause."""
        parent = self.open[-1] if self.open else None
        path = self.clauses[parent].path if parent is not None else ""
        self.clauses.append(Clause(ClauseKind.TEXT, None, "", path, span, parent))


def read_structure(lines: Sequence[Line]) -> tuple[Clause, ...]:
    """The clauses of a document in reading order; `parent` is an index into the result.

    The spans, in code points of the source, cover every line; only line ends lie between them.
    """
    builder = _Builder()
    paragraphs: dict[int, int] = {}
    for line in lines:
        head = _head_of(line)
        if head is None:
            _add_text(builder, line, paragraphs)
            continue
        kind, number, label = head
        if builder.article is not None:
            kind = _IN_ARTICLE.get(kind, kind)
        if kind is ClauseKind.ITEM:
            label = f"（{label.strip('（）()')}）"
        builder.add(kind, number, label, line.span)
        if kind is ClauseKind.ARTICLE:
            paragraphs[len(builder.clauses) - 1] = 1
    return _name_paragraphs(builder.clauses, paragraphs)


def _head_of(line: Line) -> tuple[ClauseKind, int | None, str] | None:
    text = line.text
    first = text[0]
    if line.kind is BlockKind.CELL:
        return None
    if first == "第":
        return _unit_of(text)
    if first in _CIRCLES:
        return ClauseKind.HEAD5, _CIRCLES.index(first) + 1, first
    for kind, pattern in _BY_FIRST.get(first, ()):
        match = pattern.match(text)
        if match:
            return kind, read_number(match[1]), match[0].replace(" ", "")
    return None


def _unit_of(text: str) -> tuple[ClauseKind, int | None, str] | None:
    match = _UNIT.match(text)
    if match is None:
        return None
    return _UNITS.get(match[2], ClauseKind.BOOK), read_number(match[1]), match[0].replace(" ", "")


def _add_text(builder: _Builder, line: Line, paragraphs: dict[int, int]) -> None:
    article = builder.article
    if article is None or line.kind is BlockKind.CELL:
        builder.add_text(line.span)
        return
    paragraphs[article] = paragraphs.get(article, 1) + 1
    builder.add(ClauseKind.PARAGRAPH, paragraphs[article], "", line.span)


def _name_paragraphs(clauses: list[Clause], paragraphs: dict[int, int]) -> tuple[Clause, ...]:
    """Correct the paths of items in articles with several 款: the article's own line is the first 款."""
    if not any(count > 1 for count in paragraphs.values()):
        return tuple(clauses)
    renamed: set[int] = set()
    for index, clause in enumerate(clauses):
        parent = clause.parent
        if parent is None or clause.kind not in (ClauseKind.ITEM, ClauseKind.SUBITEM):
            continue
        above = clauses[parent]
        if clause.kind is ClauseKind.ITEM and above.kind is ClauseKind.ARTICLE and paragraphs.get(parent, 1) > 1:
            clauses[index] = replace(clause, path=f"{above.path}第一款第{clause.label}项")
            renamed.add(index)
        elif parent in renamed:
            clauses[index] = replace(clause, path=_path(clause.kind, clause.label, above))
            renamed.add(index)
    return tuple(clauses)


def _path(kind: ClauseKind, label: str, parent: Clause | None, number: int | None = None) -> str:
    above = parent.path if parent is not None else ""
    if kind in (ClauseKind.BOOK, ClauseKind.CHAPTER, ClauseKind.SECTION, ClauseKind.ARTICLE):
        return label
    if kind is ClauseKind.PARAGRAPH:
        return f"{above}第{'一二三四五六七八九十'[min(number or 1, 10) - 1]}款"
    if kind is ClauseKind.ITEM:
        return f"{above}第{label}项"
    if kind is ClauseKind.SUBITEM:
        return f"{above}第{label.rstrip('.．、')}目"
    return above + label
