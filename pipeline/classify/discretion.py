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
# what the columns of such tables quote from law: penalties, measures, and the licences and duties that were violated
_TYPES = ("PEN-01", "PEN-02", "PEN-03", "FOR-01", "FOR-02", "LIC-01", "LIC-02", "LIC-03", "LIC-04", "RGT-02")
_HEADINGS = (ClauseKind.CHAPTER, ClauseKind.HEAD2)
_LONGEST_HEADING = 60


def find_benchmarks(text: str, document: Document) -> list[Span]:
    """The spans of discretion benchmarks: documents or attachments named so, and chapters under such a heading."""
    found = []
    for member in document.family():
        title = member.masthead.title
        if title and _NAME.search(title.value):
            found.append(member.span)
        found.extend(_chapters(text, member))
    return found


def _chapters(text: str, member: Document) -> Iterator[Span]:
    for at, clause in enumerate(member.clauses):
        if clause.kind in _HEADINGS and _is_named(text, clause):
            later = (other.span.start for other in member.clauses[at + 1 :] if other.kind is clause.kind)
            yield Span(clause.span.start, next(later, member.span.end))


def _is_named(text: str, clause: Clause) -> bool:
    heading = clause.span.cut(text).strip()
    return len(heading) <= _LONGEST_HEADING and bool(_NAME.search(heading))


def note_benchmarks(hits: list[Hit], benchmarks: list[Span]) -> list[Hit]:
    """The hits, those of penalties and compulsion within benchmarks noted as such."""
    return [
        replace(hit, contexts=(*hit.contexts, Context(BENCHMARK, "note", _SAYS, hit.evidence)))
        if hit.type in _TYPES and any(span.start <= hit.evidence.start < span.end for span in benchmarks)
        else hit
        for hit in hits
    ]
