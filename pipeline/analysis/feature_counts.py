"""Counts the words of many texts into files, a batch of texts at a time, and gives the counts back without the words that were not kept."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

# texts of which the counts are held in memory at a time
BATCH = 1_000
_COUNT = np.dtype(np.int32)
Numbers = npt.NDArray[np.int32]
Cut = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts in files of `folder`: all words in the order in which they came, and for each in how many texts and how often it stands."""

    folder: Path
    words: tuple[str, ...]
    docfreq: npt.NDArray[np.int64]
    frequency: npt.NDArray[np.int64]
    texts: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The counts of some texts one after the other: how many words each has, then for all of them the columns and the counts."""

    lengths: Numbers
    columns: Numbers
    counts: Numbers


def is_word(token: str) -> bool:
    """Whether a token counts: with a Chinese character or a letter; punctuation and plain numbers do not."""
    return any(map(str.isalpha, token))


class _Vocabulary:
    """The words that came so far, with their numbers."""

    def __init__(self) -> None:
        self.columns: dict[str, int] = {}
        self.docfreq, self.frequency = array("q"), array("q")

    def add(self, found: Counter[str]) -> bytes:
        """Adds the words of a text, and returns the column and the count of each as 32-bit numbers."""
        cells = array("i")
        for word, times in found.items():
            column = self.columns.setdefault(word, len(self.columns))
            if column == len(self.docfreq):
                self.docfreq.append(0)
                self.frequency.append(0)
            self.docfreq[column] += 1
            self.frequency[column] += times
            cells.extend((column, times))
        return cells.tobytes()


def count(texts: Iterable[str], cut: Cut, folder: Path) -> Counts:
    """Counts the words that `cut` finds, into files of a folder, which must be there and hold none of another count."""
    known, number = _Vocabulary(), 0
    with (folder / "lengths").open("wb") as lengths, (folder / "cells").open("wb") as cells:
        for text in texts:
            found = Counter(filter(is_word, cut(text)))
            lengths.write(array("i", (len(found),)).tobytes())
            cells.write(known.add(found))
            number += 1
    return Counts(
        folder, tuple(known.columns), np.array(known.docfreq, np.int64), np.array(known.frequency, np.int64), number
    )


def batches(counts: Counts, column_of: npt.NDArray[np.int32]) -> Iterator[Batch]:
    """The counts in order of text and, within a text, of column. `column_of` gives each word its column, -1 where it is left out."""
    with (counts.folder / "lengths").open("rb") as lengths, (counts.folder / "cells").open("rb") as cells:
        while (held := _read(lengths, BATCH)).size:
            pairs = _read(cells, 2 * int(held.sum())).reshape(-1, 2)
            texts, columns = np.repeat(np.arange(held.size), held), column_of[pairs[:, 0]]
            kept = columns >= 0
            texts, columns, numbers = texts[kept], columns[kept], pairs[kept, 1]
            order = np.lexsort((columns, texts))
            yield Batch(np.bincount(texts, minlength=held.size).astype(_COUNT), columns[order], numbers[order])


def _read(file: IO[bytes], count: int) -> Numbers:
    return np.frombuffer(file.read(count * _COUNT.itemsize), _COUNT)
