"""Character grams, singles and pairs, for all sentences of a text at once, in a few array steps.

A gram falls into one of `WIDTH` slots. `scan` scores every sentence of a text with one weight a slot, cheaply;
`GramSpace` weighs the grams of the few sentences that pass as TF-IDF does.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from pipeline.document import Span

BITS = 17
WIDTH = 1 << BITS
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_SHIFT = np.uint64(64 - BITS)
_ENDS = np.array([ord(mark) for mark in "。；\n"], dtype=np.uint32)

Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def _slots(codes: npt.NDArray[np.uint32]) -> tuple[Ids, Ids]:
    """Slots of the single characters, and of the pairs that begin at each place but the last."""
    wide = codes.astype(np.uint64)
    with np.errstate(over="ignore"):
        mixed = wide * _MIX[0]
        singles = mixed >> _SHIFT
        pairs = (mixed[:-1] + wide[1:] * _MIX[1]) >> _SHIFT
    return singles.astype(np.int64), pairs.astype(np.int64)


def _held(sentences: Sequence[str]) -> tuple[Ids, Ids, Weights]:
    """Row, slot and count of every gram in the sentences."""
    codes = _codes("".join(sentences))
    rows = np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences])
    singles, pairs = _slots(codes)
    inside = rows[:-1] == rows[1:]
    keys = np.concatenate((rows * WIDTH + singles, rows[:-1][inside] * WIDTH + pairs[inside]))
    held, counts = np.unique(keys, return_counts=True)
    return held >> BITS, held & (WIDTH - 1), counts.astype(np.float64)


def count_grams(sentences: Sequence[str]) -> csr_matrix:
    """How often each gram stands in each sentence: one row a sentence, `WIDTH` columns."""
    rows, slots, counts = _held(sentences)
    return csr_matrix((counts, (rows, slots)), shape=(len(sentences), WIDTH))


def score(sentences: Sequence[str], idf: Weights, weights: Weights) -> Weights:
    """For each sentence the product of its row in a `GramSpace` with weights; both given a slot, 0 outside the space."""
    rows, slots, counts = _held(sentences)
    values = (1 + np.log(counts)) * idf[slots]
    size = len(sentences)
    norms = np.sqrt(np.bincount(rows, values * values, minlength=size))
    sums = np.bincount(rows, values * weights[slots], minlength=size)
    return sums / np.where(norms > 0, norms, 1)


def by_length(counts: csr_matrix, sentences: Sequence[str]) -> csr_matrix:
    """Counts divided by the root of the length of their sentence: what `scan` sums up."""
    lengths = np.array([max(len(sentence), 1) for sentence in sentences], dtype=np.float64)
    divided: csr_matrix = counts.multiply(1 / np.sqrt(lengths)[:, None]).tocsr()
    return divided


def scan(text: str, weights: Weights, bias: float, least: float) -> list[Span]:
    """The sentences of a text whose score is at least `least`, in reading order."""
    codes = _codes(text)
    if len(codes) < 2:
        return []
    singles, pairs = _slots(codes)
    gained = weights[singles]
    gained[:-1] += weights[pairs]
    total = np.concatenate(([0.0], np.cumsum(gained)))
    ends = np.append(np.flatnonzero(np.isin(codes, _ENDS)) + 1, len(codes))
    starts = np.concatenate(([0], ends[:-1]))
    scores = (total[ends] - total[starts]) / np.sqrt(np.maximum(ends - starts, 1)) + bias
    return [Span(int(starts[at]), int(ends[at])) for at in np.flatnonzero(scores >= least)]


@dataclass(frozen=True, slots=True)
class GramSpace:
    """The grams that training saw: their slots, ascending, and the inverse document frequency of each."""

    slots: Ids
    idf: Weights

    @classmethod
    def of(cls, counts: csr_matrix, least: int = 2) -> "GramSpace":
        """The space of the grams that stand in at least so many sentences."""
        seen = np.bincount(counts.indices, minlength=WIDTH)
        slots = np.flatnonzero(seen >= least)
        return cls(slots, np.log((1 + counts.shape[0]) / (1 + seen[slots])) + 1)

    def weigh(self, counts: csr_matrix) -> csr_matrix:
        """Rows of unit length: (1 + log count) times inverse document frequency, one column a slot."""
        kept = counts[:, self.slots].tocsr()
        kept.data = 1 + np.log(kept.data)
        kept = kept.multiply(self.idf).tocsr()
        norms = np.sqrt(np.asarray(kept.multiply(kept).sum(axis=1)).ravel())
        weighed: csr_matrix = kept.multiply(1 / np.where(norms > 0, norms, 1)[:, None]).tocsr()
        return weighed

    def vector(self, sentence: str) -> tuple[Ids, Weights]:
        """Columns and values of the row of one sentence, as `weigh` gives it."""
        _, slots, counts = _held([sentence])
        columns = np.minimum(np.searchsorted(self.slots, slots), len(self.slots) - 1)
        known = self.slots[columns] == slots
        values = (1 + np.log(counts[known])) * self.idf[columns[known]]
        return columns[known], values / max(float(np.linalg.norm(values)), 1e-12)

    def spread(self, values: Weights) -> Weights:
        """Values of the space's columns as one a slot, 0 elsewhere."""
        spread = np.zeros(WIDTH)
        spread[self.slots] = values
        return spread
