"""Which item a citation or relation of the tables means, found by the register: by number, else by title, day and issuer."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipeline.document import Cleanup
from pipeline.register import Card
from pipeline.register.cards import Reference
from pipeline.register.keys import number_in, number_key
from pipeline.register.relations import Index

if TYPE_CHECKING:
    import pandas as pd

_NOTHING = Cleanup("not_applicable", (), (), "", ())
Row = Mapping[str, Any]


def targets_of(documents: Sequence[Row], rows: Sequence[Row]) -> list[tuple[int, ...]]:
    """For each row of citations or relations the items that it means, () where none is held or the row means its own item."""
    cards = [card_of_row(document) for document in documents]
    index = Index(cards)
    places = {document["item"]: at for at, document in enumerate(documents)}
    found: dict[tuple[int, str, str | None], tuple[int, ...]] = {}
    targets = []
    for row in rows:
        reference = reference_of(row)
        key = (row["item"], reference.title, reference.number)
        if key not in found:
            at = places.get(row["item"])
            own = at is None or row.get("target") == "本件" or not (reference.title or reference.number)
            hits = [] if own or at is None else index.find(at, reference)[0]
            found[key] = tuple(documents[hit]["item"] for hit in hits)
        targets.append(found[key] if row.get("target") != "本件" else ())
    return targets


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
