"""Which item a citation or relation of the tables means, found by the register: by number, else by title, day and issuer."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipeline.document import Cleanup
from pipeline.register import Card
from pipeline.register.cards import Reference
from pipeline.register.index import Index
from pipeline.register.keys import number_in, number_key

if TYPE_CHECKING:
    import pandas as pd

_NOTHING = Cleanup("not_applicable", (), (), "", ())
Row = Mapping[str, Any]
_Key = tuple[int, str, str | None]


# the columns of documents, and those of citations and relations, that decide which item is meant
CARD_COLUMNS = (
    "item", "name", "digest", "title", "number", "issuer", "issuers", "province", "made", "published", "effective", "norm_level", "genre",
    "is_normative", "validity", "expires", "attached",
)  # fmt: skip
REFERENCE_COLUMNS = (
    "item", "title", "number", "kind", "role", "target", "until", "years", "anew", "part", "day",
)  # fmt: skip


class Targets:
    """The items that rows of citations and relations mean, among documents given by their rows.

    Rows are asked for item by item, citations before relations. Where a document first uses a title for itself (本件), it means
    itself by it in all its rows.
    """

    def __init__(self, documents: Sequence[Row]) -> None:
        self._items = [document["item"] for document in documents]
        self._places = {item: at for at, item in enumerate(self._items)}
        self._index = Index([card_of_row(document) for document in documents])
        self._own: set[_Key] = set()
        self._current: int | None = None
        self._seen: set[_Key] = set()

    def of(self, row: Row) -> tuple[int, ...]:
        """The items that a row means, () where none is held or the row means its own item."""
        asked = self._asked(row)
        return tuple(self._items[hit] for hit in self._index.find(*asked)[0]) if asked else ()

    def first(self, row: Row) -> int | None:
        """The first of the items that a row means, None where there is none."""
        asked = self._asked(row)
        hit = self._index.first(*asked) if asked else None
        return None if hit is None else self._items[hit]

    def _asked(self, row: Row) -> tuple[int, Reference] | None:
        """The place of the row's document and what the row names; None where it means itself or names nothing."""
        item, reference = row["item"], reference_of(row)
        if self._means_itself(item, row.get("target"), (item, reference.title, reference.number)):
            return None
        source = self._places.get(item)
        named = reference.title or reference.number
        return (source, reference) if source is not None and named else None

    def _means_itself(self, item: int, target: str | None, key: _Key) -> bool:
        if item != self._current:
            self._current, self._seen = item, set()
        if target == "本件":
            if key not in self._seen:
                self._own.add(key)
            return True
        self._seen.add(key)
        return key in self._own


def targets_of(documents: Sequence[Row], rows: Sequence[Row]) -> list[tuple[int, ...]]:
    """For each row of citations or relations the items that it means, () where none is held or the row means its own item."""
    targets = Targets(documents)
    return [targets.of(row) for row in rows]


def card_of_row(document: Row) -> Card:
    """The card of a row of documents: what the register compares documents by, and their term."""
    return Card(
        name=document.get("name") or "", digest=document.get("digest") or "", title=document.get("title") or "",
        number=number_key(document.get("number")) or number_in(document.get("title") or ""), registration=None,
        issuers=tuple((document.get("issuers") or document.get("issuer") or "").split("、")) if document.get("issuer") else (),
        place=document.get("province"), made=day_of(document.get("made")) or day_of(document.get("published")),
        effective=day_of(document.get("effective")), level=document.get("norm_level") or "", genre=document.get("genre") or "",
        is_normative=bool(document.get("is_normative")), state=document.get("validity") or "", expires=day_of(document.get("expires")),
        stated=False, cleanup=_NOTHING, attached=tuple(_names(document.get("attached"))),
    )  # fmt: skip


def _names(value: Any) -> Sequence[str]:
    return () if value is None else list(value)


def reference_of(row: Row) -> Reference:
    """What a row of citations or relations names, as the register asks for it."""
    years = row.get("years")
    return Reference(
        title=row.get("title") or "",
        number=number_key(row.get("number")),
        kind=row.get("kind") or row.get("role") or "",
        until=day_of(row.get("until")),
        years=None if years is None or math.isnan(years) else float(years),
        anew=bool(row.get("anew")),
        part=row.get("part"),
        since=day_of(row.get("day")),
    )


def day_of(value: Any) -> date | None:
    """A day of a table as `date`, None where it is missing."""
    if value is None or value != value:  # NaT and NaN differ from themselves
        return None
    return value.date() if isinstance(value, datetime) else value


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of a DataFrame as dictionaries, with None where a value is missing."""
    return list(frame.astype(object).where(frame.notna(), None).to_dict("records"))
