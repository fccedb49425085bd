"""Postings: the cards that have a key, in twelve bytes an entry."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterator, Sequence

import numpy as np


class Postings:
    """Which cards (by index) have which key. Keys are kept as 64-bit hashes, of which two among a million are equal by a chance of 1 to 37 million.

    Cards are added in ascending order; after the first question nothing more is added.
    """

    def __init__(self) -> None:
        self._keys, self._cards = array("q"), array("i")
        self._sorted = False

    def add(self, key: Hashable, card: int) -> None:
        """Adds a card to those that have a key."""
        self._keys.append(hash(key))
        self._cards.append(card)

    def of(self, key: Hashable) -> Sequence[int]:
        """The cards that have a key, ascending."""
        self._sort()
        sought = hash(key)
        start = bisect_left(self._keys, sought)
        if start == len(self._keys) or self._keys[start] != sought:
            return ()
        return self._cards[start : bisect_right(self._keys, sought, start)]

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: Hashable) -> bool:
        self._sort()
        sought = hash(key)
        start = bisect_left(self._keys, sought)
        return start < len(self._keys) and self._keys[start] == sought

    def shared(self) -> Iterator[Sequence[int]]:
        """The cards of each key that several have, in the order of the first of them."""
        self._sort()
        if not len(self._keys):
            return
        starts = run_starts(np.frombuffer(self._keys, np.int64))
        ends = np.append(starts[1:], len(self._keys))
        several = ends - starts > 1
        starts, ends = starts[several], ends[several]
        for at in np.argsort(np.frombuffer(self._cards, np.int32)[starts], kind="stable").tolist():
            yield self._cards[int(starts[at]) : int(ends[at])]

    def _sort(self) -> None:
        if self._sorted:
            return
        order = np.argsort(np.frombuffer(self._keys, np.int64), kind="stable") if len(self._keys) else np.array([], int)
        keys, cards = self._keys, self._cards
        self._keys, self._cards = array("q"), array("i")
        if len(order):
            self._keys.frombytes(np.frombuffer(keys, np.int64)[order].tobytes())
            self._cards.frombytes(np.frombuffer(cards, np.int32)[order].tobytes())
        self._sorted = True


def run_starts(values: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Where each run of equal values begins in sorted ones."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1]))
