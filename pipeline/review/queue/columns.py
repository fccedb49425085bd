"""In-memory columns of all items, from which the facet counts of the queue are computed in milliseconds.

A database would read every row again for each count. Here each process reads the rows once, and later only those that
changed; `columns()` refreshes them at each call, so that counts are current.
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

# the fields of an item that are kept, as codes into `values`
NAMES = ("status", "kind", "genre", "year", "issuer", "place", "assignee__username", "groups", "marks")
# rows are stamped before their transaction is committed; those of this last span are read again
_OVERLAP = timedelta(seconds=60)
Mask = npt.NDArray[np.bool_]


@dataclass
class Columns:
    """Columns over all items: `keys` are item numbers, ascending; `risk` is 0 to 100; `codes[name]` are codes of `values[name]`.

    `seen` is the latest change that was read; `settled` is True once it is too old for a transaction to add rows before it.
    """

    keys: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    risk: npt.NDArray[np.int16] = field(default_factory=lambda: np.empty(0, np.int16))
    codes: dict[str, npt.NDArray[np.int32]] = field(
        default_factory=lambda: {name: np.empty(0, np.int32) for name in NAMES}
    )
    values: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in NAMES})
    seen: datetime | None = None
    settled: bool = False

    def refresh(self) -> None:
        """Reads the items that changed since the last call; all of them where items were deleted."""
        # two queries: each is answered from an index
        count, last = Item.objects.count(), Item.objects.aggregate(last=Max("updated"))["last"]
        if self.seen is None or count < len(self.keys):
            self._clear()
        if last is None or (self.settled and (count, last) == (len(self.keys), self.seen)):
            return
        self.settled = timezone.now() - last > _OVERLAP
        changed = Item.objects.filter(updated__gte=self.seen - _OVERLAP) if self.seen else Item.objects.all()
        self._store_rows(list(changed.order_by("pk").values_list("pk", "risk", *NAMES)))
        if count != len(self.keys) and self.seen is not None:
            self._clear()
            self._store_rows(list(Item.objects.order_by("pk").values_list("pk", "risk", *NAMES)))
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

    def _store_rows(self, rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        keys = np.fromiter((row[0] for row in rows), np.int64, len(rows))
        self._insert_keys(keys[~np.isin(keys, self.keys, assume_unique=True)])
        positions = np.searchsorted(self.keys, keys)
        self.risk = self.risk.copy()
        self.risk[positions] = [row[1] for row in rows]
        for number, name in enumerate(NAMES, 2):
            known, column = self.values[name], self.codes[name].copy()
            column[positions] = [
                known.setdefault("" if row[number] is None else str(row[number]), len(known)) for row in rows
            ]
            self.codes[name] = column

    def _insert_keys(self, new: npt.NDArray[np.int64]) -> None:
        """Extends all columns by the item numbers `new`, keeping them sorted by number."""
        if not len(new):
            return
        keys = np.concatenate((self.keys, new))
        order = np.argsort(keys, kind="stable")
        self.keys = keys[order]
        self.risk = np.concatenate((self.risk, np.zeros(len(new), np.int16)))[order]
        for name, column in self.codes.items():
            self.codes[name] = np.concatenate((column, np.zeros(len(new), np.int32)))[order]

    def equal(self, name: str, value: str) -> Mask:
        """Mask of the items whose value in a column equals `value`."""
        return np.asarray(self.codes[name] == self.values[name].get(value, -1))

    def containing(self, name: str, part: str) -> Mask:
        """Mask of the items whose value in a column contains `part`."""
        wanted = [code for value, code in self.values[name].items() if part in value]
        return np.isin(self.codes[name], wanted)

    def counts(self, name: str, mask: Mask) -> list[tuple[str, int]]:
        """Values of a column with the number of items in `mask` that have them, most frequent first; values of none are left out."""
        found = np.bincount(self.codes[name][mask], minlength=len(self.values[name]))
        rows = [(value, int(found[code])) for value, code in self.values[name].items() if found[code]]
        return sorted(rows, key=lambda row: (-row[1], row[0]))


_cache: dict[str, Columns] = {}
_lock = threading.Lock()


def columns() -> Columns:
    """A refreshed copy of the columns of the current database, safe to use while other threads refresh them."""
    with _lock:
        cached = _cache.setdefault(str(connection.settings_dict["NAME"]), Columns())
        cached.refresh()
        copy = Columns(
            cached.keys, cached.risk, dict(cached.codes), {name: dict(known) for name, known in cached.values.items()}
        )
        copy.seen = cached.seen
        return copy
