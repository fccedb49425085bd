"""The lines of the list, each rendered from what it shows and kept: the same words give the same line, whatever was written meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from pipeline.review.models import Status
from pipeline.review.queue.rows import Row
from pipeline.review.search.snippets import Piece

# lines that are kept, about a kilobyte each
_KEPT = 4000


@dataclass(frozen=True, slots=True)
class Line:
    """All that a line of the list shows and depends on; its template sees nothing else.

    `why` is what the risk is made of and the reason for 待识别; `late` says that its day is over; `claimable` that the reader may claim it;
    `parameters` is the query of the list, with which its link leads back.
    """

    number: int
    title: str
    risk: int
    why: str
    passage: tuple[Piece, ...]
    issuers: str
    document_number: str
    validity: str
    note: str
    expires: date | None
    status: str
    kind: str
    marks: tuple[tuple[str, str], ...]
    holder: str
    claimable: bool
    due: date | None
    late: bool
    parameters: str


def lines_of(rows: Iterable[Row], parameters: str, *, may_decide: bool, today: date) -> list[SafeString]:
    """The lines of the rows of a page as HTML, in their order."""
    return [_rendered(_line(row, parameters, may_decide, today)) for row in rows]


def _line(row: Row, parameters: str, may_decide: bool, today: date) -> Line:
    item = row.item
    return Line(
        number=item.pk, title=item.title or item.name, risk=item.risk, why="；".join(str(part[0]) for part in item.risk_parts) + item.reason,
        passage=tuple(row.passage), issuers=item.issuers, document_number=item.number, validity=row.validity, note=row.note, expires=row.expires,
        status=item.status, kind=item.kind, marks=row.marks, holder=row.holder, claimable=row.free and may_decide, due=item.due,
        late=item.due is not None and item.due < today and item.status != Status.DONE, parameters=parameters,
    )  # fmt: skip


@lru_cache(maxsize=_KEPT)
def _rendered(line: Line) -> SafeString:
    return mark_safe(render_to_string("part_queue_line.html", {"line": line}))
