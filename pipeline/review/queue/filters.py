"""The queue as it is looked at: filters, words, counts beside it, order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from pipeline.review.models import Item
from pipeline.review.queue.columns import Columns, Mask, columns
from pipeline.review.search.index import with_words

PAGE = 50
BANDS = (("高", 40, 101), ("中", 15, 40), ("低", 1, 15), ("无", 0, 1))
# the legal questions an alarm can raise, by the first letters of its type
GROUPS = {
    "LIC": "许可", "PWR": "职权", "PEN": "处罚", "FOR": "强制", "FEE": "收费", "EXP": "财产", "RGT": "权益", "CRT": "证明",
    "FCR": "竞争", "FRM": "形式", "CL-": "清理",
}  # fmt: skip
SORTS = {"risk": ("-risk", "id"), "due": ("due", "-risk", "id"), "new": ("-id",)}
NOBODY = "无"
_MOST_IDS = 20_000
# plain fields, each a column of the item
_FIELDS = {
    "status": "status", "kind": "kind", "genre": "genre", "year": "year", "issuer": "issuer", "place": "place",
}  # fmt: skip
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the queue is asked for; every field "" where it does not matter. `whole` looks for `q` in texts too."""

    q: str = ""
    whole: str = ""
    status: str = ""
    kind: str = ""
    genre: str = ""
    year: str = ""
    issuer: str = ""
    place: str = ""
    band: str = ""
    group: str = ""
    reviewer: str = ""
    mine: str = ""
    sort: str = "risk"

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Filter":
        """A filter from the parameters of a page."""
        return cls(**{name: str(asked.get(name) or "")[:200] for name in cls.__dataclass_fields__})

    def apply(self, items: "QuerySet[Item]", user: User | None) -> "QuerySet[Item]":
        """The items asked for."""
        told = {column: getattr(self, name) for name, column in _FIELDS.items()}
        told = {column: value for column, value in told.items() if value and (column != "year" or value.isdigit())}
        items = items.filter(**told)
        if self.band:
            items = items.filter(_in_band(self.band))
        if self.group:
            items = items.filter(groups__contains=self.group)
        if self.reviewer:
            who = None if self.reviewer == NOBODY else self.reviewer
            items = items.filter(assignee__username=who) if who else items.filter(assignee=None)
        if self.mine and user:
            items = items.filter(assignee=user)
        return with_words(items, self.q, whole=bool(self.whole))

    def ordered(self, items: "QuerySet[Item]") -> "QuerySet[Item]":
        return items.order_by(*SORTS.get(self.sort, SORTS["risk"]))


def _in_band(name: str) -> Q:
    low, high = next(((low, high) for known, low, high in BANDS if known == name), (0, 101))
    return Q(risk__gte=low, risk__lt=high)


def facets(items: "QuerySet[Item]", asked: Filter, user: User | None) -> dict[str, list[tuple[str, int]]]:
    """Counts beside the queue: for each field its most frequent values with how many items there would be.

    `items` are those among which is counted: all, or those that hold the words of `asked`.
    """
    held = columns()
    conditions = _conditions(held, asked, user)
    if items.query.where or asked.q:
        found = with_words(items, asked.q, whole=bool(asked.whole)).values_list("pk", flat=True)
        conditions["q"] = np.isin(held.keys, np.fromiter(found, np.int64))
    told = {name: _counted(held, column, _all_but(conditions, name, held)) for name, column in _FIELDS.items()}
    reviewers = held.counts("assignee__username", _all_but(conditions, "reviewer", held))[:_SHOWN]
    told["reviewer"] = [(value or NOBODY, count) for value, count in reviewers]
    risk = held.risk[_all_but(conditions, "band", held)]
    told["band"] = [(name, int(((risk >= low) & (risk < high)).sum())) for name, low, high in BANDS]
    combined = held.counts("groups", _all_but(conditions, "group", held))
    groups = ((name, sum(count for value, count in combined if name in value)) for name in GROUPS)
    told["group"] = [(name, count) for name, count in groups if count]
    return told


def _conditions(held: Columns, asked: Filter, user: User | None) -> dict[str, Mask]:
    """What is asked for, condition by condition, as masks over the columns."""
    found = {name: held.equal(column, getattr(asked, name)) for name, column in _FIELDS.items() if getattr(asked, name)}
    if asked.band:
        low, high = next(((low, high) for name, low, high in BANDS if name == asked.band), (0, 101))
        found["band"] = (held.risk >= low) & (held.risk < high)
    if asked.group:
        found["group"] = held.holding("groups", asked.group)
    if asked.reviewer:
        found["reviewer"] = held.equal("assignee__username", "" if asked.reviewer == NOBODY else asked.reviewer)
    if asked.mine and user:
        found["mine"] = held.equal("assignee__username", user.username)
    return found


def _all_but(conditions: Mapping[str, Mask], name: str, held: Columns) -> Mask:
    """The items that meet all conditions but one."""
    mask = np.ones(len(held.keys), np.bool_)
    for known, condition in conditions.items():
        if known != name:
            mask &= condition
    return mask


def _counted(held: Columns, column: str, mask: Mask) -> list[tuple[str, int]]:
    return [(value, count) for value, count in held.counts(column, mask) if value][:_SHOWN]


def narrow(items: "QuerySet[Item]", asked: Filter) -> "tuple[QuerySet[Item], Filter]":
    """The words of a filter looked for once: the items that hold them, and the filter without them.

    Where very many do, the words stay in the filter and are looked for in each count.
    """
    if not asked.q:
        return items, asked
    held = Filter(q=asked.q, whole=asked.whole).apply(items, None)
    ids = list(held.values_list("pk", flat=True)[: _MOST_IDS + 1])
    return (items, asked) if len(ids) > _MOST_IDS else (items.filter(pk__in=ids), replace(asked, q=""))
