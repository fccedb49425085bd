"""Rows of a sparse matrix, one per sentence, and the character grams of many sentences looked up at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add

import numpy as np

from pipeline.classify.grams import Ids, Weights, codes_of

LONGEST_GRAM = 3
_TINY = 1e-9
# bits of a code point, so that three of them fit into one integer
_BITS = 21


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a sparse matrix: number of the row (ascending), column and value of each entry; `size`: how many rows."""

    numbers: Ids
    columns: Ids
    values: Weights
    size: int

    @classmethod
    def empty(cls, size: int) -> "Rows":
        """A number of rows of zeros."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), size)

    @classmethod
    def of_lists(cls, columns: Sequence[Sequence[int]], value: float) -> "Rows":
        """Rows given by their columns, all of one value."""
        numbers = np.repeat(np.arange(len(columns)), [len(row) for row in columns])
        joined = np.array([column for row in columns for column in row], dtype=np.int64)
        return cls(numbers, joined, np.full(len(joined), value), len(columns))

    def beside(self, other: "Rows") -> "Rows":
        """These rows with the entries of another, which has as many, behind them."""
        numbers = np.concatenate((self.numbers, other.numbers))
        order = np.argsort(numbers, kind="stable")
        columns = np.concatenate((self.columns, other.columns))
        values = np.concatenate((self.values, other.values))
        return Rows(numbers[order], columns[order], values[order], self.size)

    def scaled(self, length: float) -> "Rows":
        """The same rows, each of a length; a row of zeros stays."""
        norms = np.sqrt(np.bincount(self.numbers, self.values * self.values, self.size))
        return Rows(
            self.numbers, self.columns, self.values * (length / np.maximum(norms, _TINY))[self.numbers], self.size
        )

    def counts(self) -> Ids:
        """The number of entries of each row."""
        return np.bincount(self.numbers, minlength=self.size)

    def row(self, number: int) -> "Rows":
        """One of the rows, alone."""
        start, end = np.searchsorted(self.numbers, (number, number + 1))
        return Rows(np.zeros(end - start, dtype=np.int64), self.columns[start:end], self.values[start:end], 1)

    def times(self, weights: np.ndarray) -> Weights:
        """The product with weights of shape (columns, heads): shape (rows, heads)."""
        gained = self.values[:, None] * weights[self.columns]
        sums = np.zeros((self.size, weights.shape[1]))
        starts = np.flatnonzero(np.diff(self.numbers, prepend=-1))
        if len(starts):
            sums[self.numbers[starts]] = np.add.reduceat(gained, starts)
        return sums


def all_grams(sentence: str) -> list[str]:
    """The character grams of a sentence, up to `LONGEST_GRAM` characters, as often as they occur."""
    longest = list(sentence)
    grams = longest
    for size in range(1, LONGEST_GRAM):
        longest = list(map(add, longest, sentence[size:]))
        grams = grams + longest
    return grams


@dataclass(frozen=True)
class Vocabulary:
    """The character grams that the judge knows, in the order of their columns, and the weight (`idf`) of each."""

    grams: tuple[str, ...]
    idf: Weights

    def __len__(self) -> int:
        return len(self.grams)

    def rows(self, sentences: Sequence[str]) -> Rows:
        """The TF-IDF rows of sentences, each of unit length; unknown grams are left out."""
        numbers, keys = _keys(sentences)
        ordered, columns = self._places
        if not len(ordered) or not len(keys):
            return Rows.empty(len(sentences))
        places = np.minimum(np.searchsorted(ordered, keys), len(ordered) - 1)
        known = ordered[places] == keys
        found, counts = np.unique(numbers[known] * len(self) + columns[places[known]], return_counts=True)
        at, column = np.divmod(found, len(self))
        return Rows(at, column, (1 + np.log(counts)) * self.idf[column], len(sentences)).scaled(1)

    @cached_property
    def _places(self) -> tuple[Ids, Ids]:
        """The keys of the grams, ascending, and the column of each."""
        keys = _key_of_each(self.grams)
        order = np.argsort(keys)
        return keys[order], order


def _keys(sentences: Sequence[str]) -> tuple[Ids, Ids]:
    """Number of the sentence and key of each gram in sentences, as often as it occurs.

    A key holds the code points of a gram, the first in the lowest bits.
    """
    codes = codes_of("".join(sentences)).astype(np.int64)
    numbers = np.repeat(np.arange(len(sentences)), [len(sentence) for sentence in sentences])
    rows, keys, longest = [numbers], [codes], codes
    for size in range(1, LONGEST_GRAM):
        longest = longest[:-1] | codes[size:] << _BITS * size
        inside = numbers[:-size] == numbers[size:]
        rows.append(numbers[:-size][inside])
        keys.append(longest[inside])
    return np.concatenate(rows), np.concatenate(keys)


def _key_of_each(grams: Sequence[str]) -> Ids:
    """The key of each gram."""
    codes = np.concatenate((codes_of("".join(grams)).astype(np.int64), np.zeros(LONGEST_GRAM, dtype=np.int64)))
    lengths = np.array([len(gram) for gram in grams])
    starts = np.cumsum(lengths) - lengths
    keys = np.zeros(len(grams), dtype=np.int64)
    for place in range(LONGEST_GRAM):
        keys |= np.where(place < lengths, codes[starts + place], 0) << _BITS * place
    return keys
