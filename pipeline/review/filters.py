"""The queue as it is looked at: filters, words, counts beside it, order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet

from pipeline.review.models import Item
from pipeline.review.search import with_words

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

    def apply(self, items: "QuerySet[Item]", user: User | None, *, without: str = "") -> "QuerySet[Item]":
        """The items asked for; `without` leaves one condition out, for the counts beside it."""
        told = {column: getattr(self, name) for name, column in _FIELDS.items() if name != without}
        told = {column: value for column, value in told.items() if value and (column != "year" or value.isdigit())}
        items = items.filter(**told)
        if self.band and without != "band":
            items = items.filter(_in_band(self.band))
        if self.group and without != "group":
            items = items.filter(groups__contains=self.group)
        if self.reviewer and without != "reviewer":
            who = None if self.reviewer == NOBODY else self.reviewer
            items = items.filter(assignee__username=who) if who else items.filter(assignee=None)
        if self.mine and user:
            items = items.filter(assignee=user)
        return with_words(items, self.q.split(), whole=bool(self.whole))

    def ordered(self, items: "QuerySet[Item]") -> "QuerySet[Item]":
        return items.order_by(*SORTS.get(self.sort, SORTS["risk"]))


def _in_band(name: str) -> Q:
    low, high = next(((low, high) for known, low, high in BANDS if known == name), (0, 101))
    return Q(risk__gte=low, risk__lt=high)


def facets(items: "QuerySet[Item]", asked: Filter, user: User | None) -> dict[str, list[tuple[str, int]]]:
    """Counts beside the queue: for each field its most frequent values with how many items there would be."""
    found = {name: _counted(asked.apply(items, user, without=name), column) for name, column in _FIELDS.items()}
    found["reviewer"] = _counted(asked.apply(items, user, without="reviewer"), "assignee__username", NOBODY)
    bands = asked.apply(items, user, without="band")
    found["band"] = list(bands.aggregate(**{name: Count("id", filter=_in_band(name)) for name, _, _ in BANDS}).items())
    groups = asked.apply(items, user, without="group").exclude(groups="")
    combined = groups.values_list("groups").annotate(n=Count("id"))
    counts = dict.fromkeys(GROUPS, 0)
    for held, count in combined:
        for name in held.split():
            counts[name] = counts.get(name, 0) + count
    found["group"] = [(name, count) for name, count in counts.items() if count]
    return found


def _counted(items: "QuerySet[Item]", column: str, empty: str = "") -> list[tuple[str, int]]:
    rows = items.values_list(column).annotate(n=Count("id")).order_by("-n")[:_SHOWN]
    named = ((empty if value in (None, "") else str(value), count) for value, count in rows)
    return [(value, count) for value, count in named if value]


def narrow(items: "QuerySet[Item]", asked: Filter) -> "tuple[QuerySet[Item], Filter]":
    """The words of a filter looked for once: the items that hold them, and the filter without them.

    Where very many do, the words stay in the filter and are looked for in each count.
    """
    if not asked.q:
        return items, asked
    held = Filter(q=asked.q, whole=asked.whole).apply(items, None)
    ids = list(held.values_list("pk", flat=True)[: _MOST_IDS + 1])
    return (items, asked) if len(ids) > _MOST_IDS else (items.filter(pk__in=ids), replace(asked, q=""))
