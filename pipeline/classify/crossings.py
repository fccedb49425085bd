"""Pairs of an observation and a word that stand in the same sentence: a ban means another thing beside 经营 than beside 浪费.

Training chooses the words (those that say most by themselves) and keeps the pairs that occur often enough.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import ahocorasick_rs
import numpy as np

from pipeline.classify.grams import Weights

_TINY = 1e-9


@dataclass(frozen=True)
class Crossings:
    """The words and the observations (by name) that are paired, and the pairs that are known.

    `known`: pair → place, where a pair is the number of the observation times the number of words plus that of the word;
    `idf`: weight of each place.
    """

    words: tuple[str, ...]
    names: tuple[str, ...]
    known: Mapping[int, int]
    idf: Weights

    @classmethod
    def none(cls) -> "Crossings":
        """No pairs at all."""
        return cls((), (), {}, np.zeros(0))

    def pairs(self, sentence: str, seen: Iterable[str]) -> set[int]:
        """The pairs in a sentence in which the observations `seen` are made, known or not."""
        size = len(self.words)
        starts = [at * size for name in seen if (at := self._numbers.get(name)) is not None]
        found = {match[0] for match in self._matcher.find_matches_as_indexes(sentence, overlapping=True)}
        return {start + word for start in starts for word in found}

    def row(self, sentence: str, seen: Iterable[str]) -> tuple[np.ndarray, Weights]:
        """Places and values (of unit length together) of the known pairs in a sentence."""
        if not self.known:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        places = [at for at in map(self.known.get, self.pairs(sentence, seen)) if at is not None]
        columns = np.array(places, dtype=np.int64)
        values = self.idf[columns]
        return columns, values / max(float(np.sqrt(values @ values)), _TINY)

    def parts(self, places: Iterable[int]) -> Iterator[tuple[str, str]]:
        """The observation and the word of each place."""
        size, of_place = len(self.words), self._pairs
        for at in places:
            yield self.names[of_place[at] // size], self.words[of_place[at] % size]

    @cached_property
    def _pairs(self) -> list[int]:
        return sorted(self.known, key=self.known.__getitem__)

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: at for at, name in enumerate(self.names)}

    @cached_property
    def _matcher(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self.words, matchkind=ahocorasick_rs.MatchKind.Standard)
