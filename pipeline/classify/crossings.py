"""Pairs of an observation and a word that stand in the same sentence: a ban means another thing beside 经营 than beside 浪费.

Training chooses the words (those that say most by themselves) and keeps the pairs that occur often enough.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import ahocorasick_rs
import numpy as np

from pipeline.classify.grams import Weights

_TINY = 1e-9


@dataclass(frozen=True)
class Crossings:
    """The words and the observations (by name) that are paired, and the pairs that are known.

    `known`: the pairs by place, where a pair is the number of the observation times the number of words plus that of the word;
    `idf`: weight of each place.
    """

    words: tuple[str, ...]
    names: tuple[str, ...]
    known: np.ndarray
    idf: Weights

    @classmethod
    def none(cls) -> "Crossings":
        """No pairs at all."""
        return cls((), (), np.zeros(0, dtype=np.int64), np.zeros(0))

    def pairs(self, sentence: str, seen: Iterable[str]) -> set[int]:
        """The pairs in a sentence in which the observations `seen` are made, known or not."""
        names, words = self._parts(sentence, seen)
        return {name * len(self.words) + word for name in names for word in words}

    def row(self, sentence: str, seen: Iterable[str]) -> tuple[np.ndarray, Weights]:
        """Places and values (of unit length together) of the known pairs in a sentence."""
        places = self._places[np.ix_(*self._parts(sentence, seen))].ravel()
        columns = places[places >= 0].astype(np.int64)
        values = self.idf[columns]
        return columns, values / max(float(np.sqrt(values @ values)), _TINY)

    def sums(
        self, places: np.ndarray, weights: Weights, own: Container[str]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """The sums of weights by observation, for those in `own`, and by word for pairs of other observations."""
        names, words = np.divmod(self.known[places], max(len(self.words), 1))
        of_names = np.bincount(names, weights, len(self.names))
        is_own = np.array([name in own for name in self.names], dtype=bool)
        rest = ~is_own[names]
        of_words = np.bincount(words[rest], weights[rest], len(self.words))
        return (
            {self.names[at]: float(of_names[at]) for at in np.flatnonzero(of_names).tolist() if is_own[at]},
            {self.words[at]: float(of_words[at]) for at in np.flatnonzero(of_words).tolist()},
        )

    def _parts(self, sentence: str, seen: Iterable[str]) -> tuple[list[int], list[int]]:
        """The numbers of the observations and of the words in a sentence."""
        found = {match[0] for match in self._matcher.find_matches_as_indexes(sentence, overlapping=True)}
        return [at for name in seen if (at := self._numbers.get(name)) is not None], sorted(found)

    @cached_property
    def _places(self) -> np.ndarray:
        """The place of each pair, of shape (names, words); -1 where it is not known."""
        places = np.full((len(self.names), len(self.words)), -1, dtype=np.int32)
        places.flat[self.known] = np.arange(len(self.known))
        return places

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: at for at, name in enumerate(self.names)}

    @cached_property
    def _matcher(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self.words, matchkind=ahocorasick_rs.MatchKind.Standard)
