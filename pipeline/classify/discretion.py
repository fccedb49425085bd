"""Discretion benchmarks (行政裁量权基准): the whole document, attachment or chapter that sets tiers within statutory penalties.

Their rows state what law already provides for (行政处罚法第三十四条): they are noted as such, not raised as new penalties.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from pipeline.document import Clause, ClauseKind, Context, Document, Hit, Span

BENCHMARK = "CTX-BENCHMARK"
_NAME = re.compile(
    "裁量(?:权?(?:行使)?(?:的)?(?:参照)?(?:基准|标准|规则|阶次|规定|办法|细则|指引|幅度|适用)|权|表)|(?:免罚|轻罚|减罚|不予处罚|从轻减轻).{0,8}清单"
)
_SAYS = (
    "属于行政裁量权基准、免罚清单引述的违法行为和阶次，不是自设；请核对没有超出法定的种类和幅度（行政处罚法第三十四条）"
)
# tiers of penalties; and what lists of minor offences quote: the licences and duties that were violated
_TYPES = ("PEN-01", "PEN-02", "PEN-03")
_QUOTED = ("LIC-01", "LIC-02", "LIC-03", "LIC-04", "RGT-02")
_HEADINGS = (ClauseKind.CHAPTER, ClauseKind.HEAD2)
_LONGEST_HEADING = 60


def find_benchmarks(text: str, document: Document) -> list[tuple[Span, tuple[str, ...]]]:
    """The spans of discretion benchmarks, and the types that are noted there: documents or attachments named so, and
    chapters under such a heading."""
    found: list[tuple[Span, tuple[str, ...]]] = []
    for member in document.family():
        title = member.masthead.title
        if title and _NAME.search(title.value):
            found.append((member.span, (*_TYPES, *_QUOTED) if "清单" in title.value else _TYPES))
        found.extend((span, _TYPES) for span in _chapters(text, member))
    return found


def _chapters(text: str, member: Document) -> Iterator[Span]:
    for at, clause in enumerate(member.clauses):
        if clause.kind in _HEADINGS and _is_named(text, clause):
            later = (other.span.start for other in member.clauses[at + 1 :] if other.kind is clause.kind)
            yield Span(clause.span.start, next(later, member.span.end))


def _is_named(text: str, clause: Clause) -> bool:
    heading = clause.span.cut(text).strip()
    return len(heading) <= _LONGEST_HEADING and bool(_NAME.search(heading))


def note_benchmarks(hits: list[Hit], benchmarks: list[tuple[Span, tuple[str, ...]]]) -> list[Hit]:
    """The hits, those within benchmarks noted as such."""
    return [
        replace(hit, contexts=(*hit.contexts, Context(BENCHMARK, "note", _SAYS, hit.evidence)))
        if any(hit.type in types and span.start <= hit.evidence.start < span.end for span, types in benchmarks)
        else hit
        for hit in hits
    ]
