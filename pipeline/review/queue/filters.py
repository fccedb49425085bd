"""Filters, search, facet counts and sort orders of the queue."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from pipeline.review.models import Item, Mark
from pipeline.review.queue.columns import Columns, Mask, columns
from pipeline.review.search.index import with_words

PAGE = 50
BANDS = (("高", 40, 101), ("中", 15, 40), ("低", 1, 15), ("无", 0, 1))
# the legal question of a finding, by the first three letters of its type
GROUPS = {
    "LIC": "许可", "PWR": "职权", "PEN": "处罚", "FOR": "强制", "FEE": "收费", "EXP": "财产", "RGT": "权益", "CRT": "证明",
    "FCR": "竞争", "FRM": "形式", "CL-": "清理", "OTH": "其他",
}  # fmt: skip
SORTS = {"risk": ("-risk", "id"), "due": ("due", "-risk", "id"), "new": ("-id",)}
UNASSIGNED = "无"
_MAX_IDS = 20_000
# fields of a filter that are compared for equality: name in the filter → field of the item
_FIELDS = {
    "status": "status", "kind": "kind", "genre": "genre", "year": "year", "issuer": "issuer", "place": "place",
}  # fmt: skip
_MAX_VALUES = 12


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the queue; a field that is "" does not restrict it.

    `q` is a search line (`search.terms.terms_of`), with `whole` searched in texts too; `band` is a name of `BANDS`, `group` a key of
    `GROUPS`, `mark` a value of `Mark`, `reviewer` an account name or `UNASSIGNED`; `mine` restricts to items of the user who asks; `sort` is a key of `SORTS`.
    """

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
    mark: str = ""
    reviewer: str = ""
    mine: str = ""
    sort: str = "risk"

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "Filter":
        """A filter from query parameters; each value is cut to 200 characters, unknown parameters are ignored."""
        return cls(**{name: str(parameters.get(name) or "")[:200] for name in cls.__dataclass_fields__})

    def apply(self, items: "QuerySet[Item]", user: User | None) -> "QuerySet[Item]":
        """Those of `items` that match the filter; `user` is the user who asks, for `mine`."""
        conditions = {column: getattr(self, name) for name, column in _FIELDS.items()}
        conditions = {
            column: value
            for column, value in conditions.items()
            if value and (column != "year" or re.fullmatch(r"[0-9]{4}", value))
        }
        items = items.filter(**conditions)
        if self.band:
            items = items.filter(_in_band(self.band))
        if self.group:
            items = items.filter(groups__contains=self.group)
        if self.mark:
            items = items.filter(marks__contains=self.mark)
        if self.reviewer:
            who = None if self.reviewer == UNASSIGNED else self.reviewer
            items = items.filter(assignee__username=who) if who else items.filter(assignee=None)
        if self.mine and user:
            items = items.filter(assignee=user)
        numbered = re.fullmatch(r"(?:编号|第|#)?\s*([0-9]{1,9})\s*(?:号|件)?", self.q.strip())
        found = with_words(items, self.q.replace("《", " ").replace("》", " "), whole=bool(self.whole))
        return found | items.filter(pk=int(numbered[1])) if numbered else found

    def ordered(self, items: "QuerySet[Item]") -> "QuerySet[Item]":
        """`items` in the sort order of the filter; by risk where the order is unknown."""
        return items.order_by(*SORTS.get(self.sort, SORTS["risk"]))


def _in_band(name: str) -> Q:
    low, high = next(((low, high) for known, low, high in BANDS if known == name), (0, 101))
    return Q(risk__gte=low, risk__lt=high)


def facets(items: "QuerySet[Item]", chosen: Filter, user: User | None) -> dict[str, list[tuple[str, int]]]:
    """Facet counts: for each field of a filter its most frequent values, each with a number of items.

    The number is that of the items left if the field had that value and the other fields stayed as in `chosen`. `items` are
    the items counted: all, or those that match the search line of `chosen` (`narrow`).
    """
    cached = columns()
    conditions = _conditions(cached, chosen, user)
    if items.query.where or chosen.q:
        found = with_words(items, chosen.q, whole=bool(chosen.whole)).values_list("pk", flat=True)
        conditions["q"] = np.isin(cached.keys, np.fromiter(found, np.int64))
    counts = {
        name: _top_counts(cached, column, _all_except(conditions, name, cached)) for name, column in _FIELDS.items()
    }
    reviewers = cached.counts("assignee__username", _all_except(conditions, "reviewer", cached))[:_MAX_VALUES]
    counts["reviewer"] = [(value or UNASSIGNED, count) for value, count in reviewers]
    risk = cached.risk[_all_except(conditions, "band", cached)]
    counts["band"] = [(name, int(((risk >= low) & (risk < high)).sum())) for name, low, high in BANDS]
    counts["group"] = _part_counts(cached, "groups", GROUPS, _all_except(conditions, "group", cached))
    counts["mark"] = _part_counts(cached, "marks", Mark.values, _all_except(conditions, "mark", cached))
    return counts


def _conditions(cached: Columns, chosen: Filter, user: User | None) -> dict[str, Mask]:
    """The conditions of a filter as masks over the columns, by field; `q` is not among them."""
    found = {
        name: cached.equal(column, getattr(chosen, name)) for name, column in _FIELDS.items() if getattr(chosen, name)
    }
    if chosen.band:
        low, high = next(((low, high) for name, low, high in BANDS if name == chosen.band), (0, 101))
        found["band"] = (cached.risk >= low) & (cached.risk < high)
    if chosen.group:
        found["group"] = cached.containing("groups", chosen.group)
    if chosen.mark:
        found["mark"] = cached.containing("marks", chosen.mark)
    if chosen.reviewer:
        found["reviewer"] = cached.equal("assignee__username", "" if chosen.reviewer == UNASSIGNED else chosen.reviewer)
    if chosen.mine and user:
        found["mine"] = cached.equal("assignee__username", user.username)
    return found


def _all_except(conditions: Mapping[str, Mask], name: str, cached: Columns) -> Mask:
    """Mask of the items that meet all conditions except the one of field `name`."""
    mask = np.ones(len(cached.keys), np.bool_)
    for known, condition in conditions.items():
        if known != name:
            mask &= condition
    return mask


def _top_counts(cached: Columns, column: str, mask: Mask) -> list[tuple[str, int]]:
    return [(value, count) for value, count in cached.counts(column, mask) if value][:_MAX_VALUES]


def _part_counts(cached: Columns, column: str, parts: Iterable[str], mask: Mask) -> list[tuple[str, int]]:
    """For each of `parts` the number of items in `mask` whose value in a column contains it; parts of none are left out."""
    combined = cached.counts(column, mask)
    counts = ((part, sum(count for value, count in combined if part in value)) for part in parts)
    return [(part, count) for part, count in counts if count]


def narrow(items: "QuerySet[Item]", chosen: Filter) -> "tuple[QuerySet[Item], Filter]":
    """Runs the search line of a filter once: returns the items that match it, and the filter without it.

    Where more than 20 000 items match, both are returned unchanged, and each later query runs the search again.
    """
    if not chosen.q:
        return items, chosen
    found = Filter(q=chosen.q, whole=chosen.whole).apply(items, None)
    ids = list(found.values_list("pk", flat=True)[: _MAX_IDS + 1])
    return (items, chosen) if len(ids) > _MAX_IDS else (items.filter(pk__in=ids), replace(chosen, q=""))
