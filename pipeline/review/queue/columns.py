"""The queue's facets in memory: a few small columns of every item, so that counts beside the queue cost milliseconds.

A database answers "how many of each" by reading every row again; here the rows are read once a process, and then only
those that changed since. Counts are of the moment they are asked for.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from pipeline.review.models import Item

# what is kept of an item, as codes into `values`
NAMES = ("status", "kind", "genre", "year", "issuer", "place", "assignee__username", "groups")
# a transaction may end later than the moment that its rows carry
_OVERLAP = timedelta(seconds=60)
Mask = npt.NDArray[np.bool_]


@dataclass
class Columns:
    """The columns: `keys` are the items' numbers in order, `codes[name]` index into `values[name]`, `risk` is 0 to 100."""

    keys: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    risk: npt.NDArray[np.int16] = field(default_factory=lambda: np.empty(0, np.int16))
    codes: dict[str, npt.NDArray[np.int32]] = field(
        default_factory=lambda: {name: np.empty(0, np.int32) for name in NAMES}
    )
    values: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in NAMES})
    seen: datetime | None = None
    settled: bool = False

    def refresh(self) -> None:
        """Reads what changed since the last time; everything, where items are gone."""
        # asked apart, each is answered by an index
        count, last = Item.objects.count(), Item.objects.aggregate(last=Max("updated"))["last"]
        if self.seen is None or count < len(self.keys):
            self._clear()
        if last is None or (self.settled and (count, last) == (len(self.keys), self.seen)):
            return
        self.settled = timezone.now() - last > _OVERLAP
        changed = Item.objects.filter(updated__gte=self.seen - _OVERLAP) if self.seen else Item.objects.all()
        self._take(list(changed.order_by("pk").values_list("pk", "risk", *NAMES)))
        if count != len(self.keys) and self.seen is not None:
            self._clear()
            self._take(list(Item.objects.order_by("pk").values_list("pk", "risk", *NAMES)))
        self.seen = last

    def _clear(self) -> None:
        fresh = Columns()
        self.keys, self.risk, self.codes, self.values, self.seen = (
            fresh.keys,
            fresh.risk,
            fresh.codes,
            fresh.values,
            None,
        )

    def _take(self, rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        keys = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        self._make_room(keys[~np.isin(keys, self.keys, assume_unique=True)])
        at = np.searchsorted(self.keys, keys)
        self.risk = self.risk.copy()
        self.risk[at] = [row[1] for row in rows]
        for number, name in enumerate(NAMES, 2):
            known, column = self.values[name], self.codes[name].copy()
            column[at] = [known.setdefault("" if row[number] is None else str(row[number]), len(known)) for row in rows]
            self.codes[name] = column

    def _make_room(self, new: npt.NDArray[np.int64]) -> None:
        """Places for items that were not there yet, the columns kept in the order of the keys."""
        if not len(new):
            return
        keys = np.concatenate((self.keys, new))
        order = np.argsort(keys, kind="stable")
        self.keys = keys[order]
        self.risk = np.concatenate((self.risk, np.zeros(len(new), np.int16)))[order]
        for name, column in self.codes.items():
            self.codes[name] = np.concatenate((column, np.zeros(len(new), np.int32)))[order]

    def equal(self, name: str, value: str) -> Mask:
        """The items with a value in a column."""
        return np.asarray(self.codes[name] == self.values[name].get(value, -1))

    def holding(self, name: str, part: str) -> Mask:
        """The items whose value in a column contains a part."""
        wanted = [code for value, code in self.values[name].items() if part in value]
        return np.isin(self.codes[name], wanted)

    def counts(self, name: str, mask: Mask) -> list[tuple[str, int]]:
        """How many of some items have each value, most frequent first."""
        found = np.bincount(self.codes[name][mask], minlength=len(self.values[name]))
        rows = [(value, int(found[code])) for value, code in self.values[name].items() if found[code]]
        return sorted(rows, key=lambda row: (-row[1], row[0]))


_held: dict[str, Columns] = {}
_lock = threading.Lock()


def columns() -> Columns:
    """The columns of the queue of this moment."""
    with _lock:
        held = _held.setdefault(str(connection.settings_dict["NAME"]), Columns())
        held.refresh()
        copy = Columns(
            held.keys, held.risk, dict(held.codes), {name: dict(known) for name, known in held.values.items()}
        )
        copy.seen = held.seen
        return copy
