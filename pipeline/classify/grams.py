"""Character unigrams and bigrams of all sentences of a text at once, in a few array operations.

Each gram is hashed to one of `WIDTH` slots. `scan` scores all sentences of a text with one weight per slot, cheaply.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.document import Span

BITS = 17
WIDTH = 1 << BITS
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_SHIFT = np.uint64(64 - BITS)
_STOP, _HALF_STOP, _LINE_END = (np.uint32(ord(mark)) for mark in "。；\n")

Ids = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]


def codes_of(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text."""
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def _slots(codes: npt.NDArray[np.uint32]) -> tuple[Ids, Ids]:
    """The slots of the characters, and of the bigrams that begin at each position but the last."""
    wide = codes.astype(np.uint64)
    with np.errstate(over="ignore"):
        mixed = wide * _MIX[0]
        singles = mixed >> _SHIFT
        pairs = (mixed[:-1] + wide[1:] * _MIX[1]) >> _SHIFT
    return singles.astype(np.int64), pairs.astype(np.int64)


def held_grams(sentences: Sequence[str]) -> tuple[Ids, Ids, Weights]:
    """Row (index of the sentence), slot and count of every gram in the sentences, as three arrays."""
    codes = codes_of("".join(sentences))
    rows = np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences])
    singles, pairs = _slots(codes)
    inside = rows[:-1] == rows[1:]
    keys = np.concatenate((rows * WIDTH + singles, rows[:-1][inside] * WIDTH + pairs[inside]))
    present, counts = np.unique(keys, return_counts=True)
    return present >> BITS, present & (WIDTH - 1), counts.astype(np.float64)


def scan(text: str, weights: Weights, bias: float, least: float) -> list[Span]:
    """The sentences of a text whose score is at least `least`, in reading order, as spans in code points.

    The score is the sum of the weights of a sentence's grams, divided by the root of its length, plus `bias`.
    """
    codes = codes_of(text)
    if len(codes) < 2:
        return []
    singles, pairs = _slots(codes)
    gained = weights[singles]
    gained[:-1] += weights[pairs]
    total = np.concatenate(([0.0], np.cumsum(gained)))
    closes = (codes == _STOP) | (codes == _HALF_STOP) | (codes == _LINE_END)
    ends = np.append(np.flatnonzero(closes) + 1, len(codes))
    starts = np.concatenate(([0], ends[:-1]))
    scores = (total[ends] - total[starts]) / np.sqrt(np.maximum(ends - starts, 1)) + bias
    return [Span(int(starts[at]), int(ends[at])) for at in np.flatnonzero(scores >= least)]
