"""Assigned tasks (任务分工): the task, its responsible units (责任单位) and its deadline (时限)."""

import re
from collections.abc import Iterator, Sequence

from pipeline.document import Clause, Span, Task

_UNITS = re.compile(
    r"[（(\[〔【]\s*(?:(?:责任|牵头|配合|承办|主办|协办|落实|实施)(?:单位|部门|领导|处室)?|责任人)[：:]\s*([^\]〕】]{2,300}?)[\]〕】）)](?=[。；]?(?:$|\n|[^）)\]〕】]))"
    r"|[（(]((?:[^（）()。]|[（(][^（）()]*[）)]){4,160}?)(?:按职责分工)?(?:分别|共同)?(?:负责落实|负责|牵头落实|牵头)[）)]"
)
_WORDS = re.compile(r"责任单位|责任部门|责任人|牵头|配合单位|承办|主办单位|落实单位|负责）|负责\)|负责落实）")
_DEADLINE = re.compile(
    r"(?:[12][0-9]{3}年)?[0-9]{1,2}月(?:[0-9]{1,2}日)?(?:底|末)?(?:之)?前|[12][0-9]{3}年(?:第[一二三四]季度)?(?:底|末)?(?:之)?前?(?=完成|以文件|内)|[12][0-9]{3}年第[一二三四]季度|每[年季月]度?[^，。；]{0,6}前"
)
_SEPARATOR = re.compile(r"[、，,；;]|等(?:有关|相关)?(?:部门|单位)")


def find_tasks(text: str, span: Span, clauses: Sequence[Clause]) -> Iterator[Task]:
    """Yield the tasks within `span`, each with its units in order and its deadline as written (None if not stated)."""
    if not _WORDS.search(text):
        return
    spans = [clause.span for clause in clauses]
    place = 0
    for match in _UNITS.finditer(text, span.start, span.end):
        while place + 1 < len(spans) and spans[place].end < match.start():
            place += 1
        clause = spans[place] if spans and spans[place].start <= match.start() else Span(match.start(), match.end())
        what = Span(clause.start, match.start())
        deadline = _DEADLINE.search(what.cut(text))
        yield Task(
            what,
            split_units(match[1] or match[2]),
            deadline[0] if deadline else None,
            Span(*match.span()),
        )


def split_units(text: str) -> tuple[str, ...]:
    """Split a list of units; parentheses stay with their unit: 区纪委（区监委）、区人力社保局."""
    units, depth, current = [], 0, ""
    for c in text:
        depth += (c in "（(") - (c in "）)")
        if depth == 0 and _SEPARATOR.fullmatch(c):
            units.append(current)
            current = ""
        else:
            current += c
    units.append(current)
    return tuple(unit.strip() for unit in units if unit.strip())
