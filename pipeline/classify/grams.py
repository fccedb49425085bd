"""Character grams of a whole text at once: every sentence scored by a linear model for the cost of a few array steps.

The score of a sentence is the mean weight of its grams times the root of its length, plus a bias, so that a
training matrix (`gram_matrix`) and the scan of a text (`scan`) see the same figures.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from pipeline.document import Span

WIDTH = 1 << 17
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_SHIFT = np.uint64(64 - 17)
_ENDS = np.array([ord(mark) for mark in "。；\n"], dtype=np.uint32)

Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def _ids(codes: npt.NDArray[np.uint32]) -> tuple[Ids, Ids]:
    """Slots of the single characters and of the pairs that begin at each place; the last place has no pair."""
    wide = codes.astype(np.uint64)
    with np.errstate(over="ignore"):
        singles = (wide * _MIX[0]) >> _SHIFT
        pairs = (wide[:-1] * _MIX[0] + wide[1:] * _MIX[1]) >> _SHIFT
    return singles.astype(np.int64), pairs.astype(np.int64)


def gram_matrix(sentences: Sequence[str]) -> csr_matrix:
    """One row a sentence, `WIDTH` columns: how often a gram stands in it, divided by the root of its length."""
    rows, columns, values = [], [], []
    for row, sentence in enumerate(sentences):
        codes = _codes(sentence)
        slots = np.concatenate(_ids(codes)) if len(codes) > 1 else np.zeros(0, dtype=np.int64)
        columns.append(slots)
        rows.append(np.full(len(slots), row))
        values.append(np.full(len(slots), 1 / np.sqrt(max(len(codes), 1))))
    shape = (len(sentences), WIDTH)
    return csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=shape)


def scan(text: str, weights: Weights, bias: float, least: float) -> list[Span]:
    """The sentences of a text whose score is at least `least`, in reading order."""
    codes = _codes(text)
    if len(codes) < 2:
        return []
    singles, pairs = _ids(codes)
    gained = weights[singles]
    gained[:-1] += weights[pairs]
    total = np.concatenate(([0.0], np.cumsum(gained)))
    ends = np.append(np.flatnonzero(np.isin(codes, _ENDS)) + 1, len(codes))
    starts = np.concatenate(([0], ends[:-1]))
    lengths = np.maximum(ends - starts, 1)
    scores = (total[ends] - total[starts]) / np.sqrt(lengths) + bias
    return [Span(int(starts[at]), int(ends[at])) for at in np.flatnonzero(scores >= least)]
