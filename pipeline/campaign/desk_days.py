"""Days of a cleanup as people corrected them at the desk: the catalogues are to tell the days that count there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.campaign.proposals import Row
from pipeline.review.models import Item
from pipeline.review.queue.store import DAYS
from pipeline.review.queue.validity import began_of, expiry_of

_NAMES = {"made": "成文日期", "effective": "施行日期", "expires": "有效期至"}


@dataclass(frozen=True, slots=True)
class Corrected:
    """A document of a cleanup with the days that count at the desk, and in Chinese what differs from the reading of the cleanup."""

    row: Row
    says: str


def with_desk_days(rows: Sequence[Row]) -> tuple[list[Row], list[Corrected]]:
    """The documents with the days that people corrected at the desk, and those of which a day thereby differs; found by their SHA-256."""
    items = Item.objects.filter(corrections__field__in=DAYS).distinct().select_related("current")
    by_digest = {item.current.original_id: item for item in items if item.current}
    told: list[Row] = []
    changed: list[Corrected] = []
    for row in rows:
        item = by_digest.get(row.digest)
        counted = _with_days(row, item) if item else row
        told.append(counted)
        if counted != row:
            changed.append(Corrected(counted, _difference(row, counted)))
    return told, changed


def _with_days(row: Row, item: Item) -> Row:
    days = dict(item.corrections.filter(field="made").order_by("id").values_list("field", "value"))
    made = date.fromisoformat(days["made"]) if "made" in days else row.made
    return replace(row, made=made, effective=began_of(item) or row.effective, expires=expiry_of(item) or row.expires)


def _difference(before: Row, after: Row) -> str:
    days = ((name, getattr(before, field), getattr(after, field)) for field, name in _NAMES.items())
    return "，".join(f"{name}{old or '（未读出）'} → {new}" for name, old, new in days if old != new)
