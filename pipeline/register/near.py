"""Near duplicates: clusters of cards with similar texts, found by banded MinHash (LSH) sketches."""

from array import array
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.register.on_disk import Scratch

ALIKE = 0.8
_ROWS = 4
# sketches that are read at once
_AT_ONCE = 16_384
_Numbers = npt.NDArray[np.uint32]
_Indexes = npt.NDArray[np.int64]


class Sketches:
    """The sketches of cards in a temporary file: rows of equal width, and in memory the index of the card of each."""

    def __init__(self, folder: Path | None = None) -> None:
        self._scratch = Scratch(folder)
        self._cards = array("i")
        self.width = 0

    def append(self, card: int, sketch: Sequence[int]) -> None:
        """Adds the sketch of a card; one without a sketch is left out."""
        if sketch:
            self.width = len(sketch)
            self._scratch.add(array("I", sketch).tobytes())
            self._cards.append(card)

    def __len__(self) -> int:
        return len(self._cards)

    @property
    def cards(self) -> Sequence[int]:
        """The index of the card of each row."""
        return self._cards

    def band(self, start: int) -> _Numbers:
        """The band of all rows that begins at a column."""
        parts = [rows[:, start : start + _ROWS].copy() for rows in self._all()]
        return np.concatenate(parts)

    def _all(self) -> Iterator[_Numbers]:
        for first in range(0, len(self), _AT_ONCE):
            yield self._rows(first, min(first + _AT_ONCE, len(self)))

    def _rows(self, first: int, end: int) -> _Numbers:
        size = 4 * self.width
        data = self._scratch.read(first * size, end * size)
        return np.frombuffer(data, np.uint32).reshape(-1, self.width)

    def likeness(self, ones: _Indexes, others: _Indexes) -> npt.NDArray[np.float64]:
        """The estimated Jaccard similarity of pairs of rows, 0 to 1."""
        found = [np.zeros(0)]
        for first in range(0, len(ones), _AT_ONCE):
            pair = [self._picked(rows[first : first + _AT_ONCE].tolist()) for rows in (ones, others)]
            found.append((pair[0] == pair[1]).mean(axis=1))
        return np.concatenate(found)

    def _picked(self, rows: Sequence[int]) -> _Numbers:
        size = 4 * self.width
        data = b"".join(self._scratch.read(row * size, (row + 1) * size) for row in rows)
        return np.frombuffer(data, np.uint32).reshape(-1, self.width)


def clusters(sketches: Sketches) -> Iterator[list[int]]:
    """Yield groups of two or more indexes of cards with similarity of at least `ALIKE`; no index is in two groups.

    A card is compared only with the first card of each of its buckets, so the cost is linear in the number of cards.
    """
    parent = array("i", range(len(sketches)))
    for start in range(0, sketches.width, _ROWS):
        firsts, others = _in_one_bucket(sketches.band(start))
        roots = _roots(parent)
        separate = roots[firsts] != roots[others]
        firsts, others = firsts[separate], others[separate]
        alike = sketches.likeness(firsts, others) >= ALIKE
        for first, other in zip(firsts[alike].tolist(), others[alike].tolist(), strict=True):
            one, two = _root(parent, first), _root(parent, other)
            parent[max(one, two)] = min(one, two)
    yield from _groups(_roots(parent), sketches.cards)


def _in_one_bucket(band: _Numbers) -> tuple[_Indexes, _Indexes]:
    """Pairs of rows whose bands are equal: the first of each bucket, and each of the others."""
    keys = np.ascontiguousarray(band).view(np.uint64)
    order = np.lexsort(keys.T)
    ordered = keys[order]
    begins = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1)) if len(order) else np.zeros(0, bool)
    first = order[begins][np.cumsum(begins) - 1] if len(order) else order
    return first[~begins], order[~begins]


def _roots(parent: "array[int]") -> npt.NDArray[np.int32]:
    """The root of each row."""
    roots = np.array(parent, np.int32)
    while not np.array_equal(higher := roots[roots], roots):
        roots = higher
    return roots


def _root(parent: "array[int]", row: int) -> int:
    while parent[row] != row:
        parent[row] = parent[parent[row]]
        row = parent[row]
    return row


def _groups(roots: npt.NDArray[np.int32], cards: Sequence[int]) -> Iterator[list[int]]:
    """The cards of each root that has several, in the order of the first of them."""
    several = np.bincount(roots)[roots] > 1 if len(roots) else np.zeros(0, bool)
    rows = np.flatnonzero(several)
    rows = rows[np.argsort(roots[rows], kind="stable")]
    group: list[int] = []
    for row, root in zip(rows.tolist(), roots[rows].tolist(), strict=True):
        if row == root and group:  # a root is the first of its rows
            yield group
            group = []
        group.append(cards[row])
    if group:
        yield group
