"""The clause tree: 编章节条款项目 and 一、（一）1.（1）①, tolerant of any order and never refusing.

Every line of the document belongs to exactly one clause, so the clauses add up to the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.document import BlockKind, Clause, ClauseKind, Span
from pipeline.numerals import read_number
from pipeline.parse.lines import Line

_N = "[一二三四五六七八九十百零〇两0-9]{1,5}"
_HEADS: tuple[tuple[ClauseKind, re.Pattern[str]], ...] = (
    (ClauseKind.ARTICLE, re.compile(rf"^第 ?({_N}) ?条(?:之[一二三四五六七八九十]{{1,2}})?(?![第款规、和及至的])")),
    (ClauseKind.CHAPTER, re.compile(rf"^第 ?({_N}) ?章(?![的规、和第])")),
    (ClauseKind.SECTION, re.compile(rf"^第 ?({_N}) ?节(?![的规、和第])")),
    (ClauseKind.BOOK, re.compile(rf"^第 ?({_N}) ?(?:编|分编|部分)(?![的规、和第])")),
    (ClauseKind.HEAD1, re.compile(r"^([一二三四五六七八九十]{1,3})[、．.]")),
    (ClauseKind.HEAD2, re.compile(r"^[（(]([一二三四五六七八九十]{1,3})[）)]")),
    (ClauseKind.HEAD4, re.compile(r"^[（(]([0-9]{1,3})[）)]|^([0-9]{1,2})[）)]")),
    (ClauseKind.HEAD3, re.compile(r"^([0-9]{1,3})(?:[．、]|\.(?![0-9]))")),
    (ClauseKind.HEAD5, re.compile(r"^([①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳])")),
)
_FIRST = frozenset("第一二三四五六七八九十（(0123456789①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_DEPTH = {
    ClauseKind.BOOK: 0, ClauseKind.CHAPTER: 1, ClauseKind.SECTION: 2, ClauseKind.ARTICLE: 3,
    ClauseKind.PARAGRAPH: 4, ClauseKind.ITEM: 5, ClauseKind.SUBITEM: 6,
    ClauseKind.HEAD1: 3, ClauseKind.HEAD2: 4, ClauseKind.HEAD3: 5, ClauseKind.HEAD4: 6, ClauseKind.HEAD5: 7,
    ClauseKind.TEXT: 9,
}  # fmt: skip
# inside an article （一） is an item and 1. a subitem
_IN_ARTICLE = {ClauseKind.HEAD2: ClauseKind.ITEM, ClauseKind.HEAD3: ClauseKind.SUBITEM, ClauseKind.HEAD4: ClauseKind.SUBITEM}


@dataclass(slots=True)
class _Builder:
    """The tree while the lines are read; `open` holds the indexes of the nodes from the root down."""

    clauses: list[Clause] = field(default_factory=list)
    open: list[int] = field(default_factory=list)

    def parent(self, depth: int) -> int | None:
        while self.open and _DEPTH[self.clauses[self.open[-1]].kind] >= depth:
            self.open.pop()
        return self.open[-1] if self.open else None

    def add(self, kind: ClauseKind, number: int | None, label: str, span: Span) -> None:
        parent = self.parent(_DEPTH[kind])
        path = _path(kind, label, self.clauses[parent] if parent is not None else None)
        self.clauses.append(Clause(kind, number, label, path, span, parent))
        if kind is not ClauseKind.TEXT:
            self.open.append(len(self.clauses) - 1)

    def article(self) -> int | None:
        return next((i for i in reversed(self.open) if self.clauses[i].kind is ClauseKind.ARTICLE), None)


def read_structure(lines: Sequence[Line]) -> tuple[Clause, ...]:
    """The clauses of a document in reading order; spans have no gaps but line ends."""
    builder = _Builder()
    paragraphs: dict[int, int] = {}
    for line in lines:
        head = _head_of(line)
        if head is None:
            _add_text(builder, line, paragraphs)
            continue
        kind, number, label = head
        article = builder.article()
        if article is not None:
            kind = _IN_ARTICLE.get(kind, kind)
        if kind is ClauseKind.ITEM and article is not None:
            label = f"（{label.strip('（）()')}）"
        builder.add(kind, number, label, line.span)
        if kind is ClauseKind.ARTICLE:
            paragraphs[len(builder.clauses) - 1] = 1
    return _name_paragraphs(tuple(builder.clauses), paragraphs)


def _head_of(line: Line) -> tuple[ClauseKind, int | None, str] | None:
    text = line.text
    if text[0] not in _FIRST or line.kind is BlockKind.CELL:
        return None
    for kind, pattern in _HEADS:
        match = pattern.match(text)
        if match:
            numeral = next(group for group in match.groups() if group)
            value = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳".find(numeral) + 1 or read_number(numeral)
            return kind, value, match[0].replace(" ", "")
    return None


def _add_text(builder: _Builder, line: Line, paragraphs: dict[int, int]) -> None:
    article = builder.article()
    if article is None or line.kind is BlockKind.CELL:
        builder.add(ClauseKind.TEXT, None, "", line.span)
        return
    paragraphs[article] = paragraphs.get(article, 1) + 1
    builder.add(ClauseKind.PARAGRAPH, paragraphs[article], "", line.span)


def _name_paragraphs(clauses: tuple[Clause, ...], paragraphs: dict[int, int]) -> tuple[Clause, ...]:
    """Where an article has several 款, its own line is the first; items hang below theirs."""
    if not any(count > 1 for count in paragraphs.values()):
        return clauses
    named: list[Clause] = []
    for clause in clauses:
        parent = named[clause.parent] if clause.parent is not None else None
        path = _path(clause.kind, clause.label, parent, clause.number)
        if (
            clause.kind is ClauseKind.ITEM
            and parent is not None
            and parent.kind is ClauseKind.ARTICLE
            and paragraphs.get(clause.parent if clause.parent is not None else -1, 1) > 1
        ):
            path = f"{parent.path}第一款第{clause.label}项"
        named.append(Clause(clause.kind, clause.number, clause.label, path, clause.span, clause.parent))
    return tuple(named)


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

