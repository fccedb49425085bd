"""The rows of the queue page: what stands in a row beside the fields of its item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User

from pipeline.review.accounts import Role, display_name, role_of
from pipeline.review.models import Item, Mark, Status, Version
from pipeline.review.queue.issuer_view import issuer_state
from pipeline.review.queue.validity import expiry_of, note_of, validity_of
from pipeline.review.search.snippets import Piece, snippet


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its item, its validity as it is shown with the last day and what is open (待核实), its marks with what each means, and the passage that a search found ([]: none).

    `holder` is the name of the person who has the item, "" where nobody has it; `free` says whether the user may claim it;
    `for_issuer` is its state in words where an issuer looks.
    """

    item: Item
    validity: str
    expires: date | None
    note: str
    marks: tuple[tuple[str, str], ...]
    holder: str
    free: bool
    for_issuer: str
    passage: Sequence[Piece]


def rows_of(items: Sequence[Item], query: str, user: User, *, whole: bool) -> list[Row]:
    """The rows of the items of one page, in their order; with `whole`, texts are read for the passages that `query` finds."""
    texts = _texts(items) if whole and query else {}
    is_issuer = role_of(user) is Role.ISSUER
    return [
        Row(
            item=item,
            validity=validity_of(item),
            expires=expiry_of(item),
            note=note_of(item),
            marks=tuple((mark, Mark(mark).label) for mark in item.marks.split() if mark in Mark.values),
            holder=display_name(item.assignee) if item.assignee else "",
            free=_is_free(item, user),
            for_issuer=issuer_state(item, user) if is_issuer else "",
            passage=snippet(texts.get(item.current_id, ""), query),
        )
        for item in items
    ]


def _is_free(item: Item, user: User) -> bool:
    first = item.status == Status.SECOND and item.reviewed_by == user.username
    return item.assignee is None and item.status != Status.DONE and not first


def _texts(items: Sequence[Item]) -> dict[int | None, str]:
    """The texts of the current versions of items, by the key of the version."""
    keys = [item.current_id for item in items if item.current_id]
    return dict(Version.objects.filter(pk__in=keys).values_list("pk", "text"))
