"""Pairs of an observation and a word that stand in the same sentence: a ban means another thing beside 经营 than beside 浪费.

Training chooses the words (those that say most by themselves) and keeps the pairs that occur often enough.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import ahocorasick_rs
import numpy as np

from pipeline.classify.grams import Ids, Weights
from pipeline.classify.rows import Rows


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
        return set(self._pairs(sentence, seen).tolist())

    def rows(self, sentences: Sequence[str], seen: Sequence[Iterable[str]]) -> Rows:
        """The known pairs in sentences with the observations `seen` in each, a row of unit length for each; the columns are places."""
        found = [self._pairs(sentence, names) for sentence, names in zip(sentences, seen, strict=True)]
        if not len(self.known) or not found:
            return Rows.empty(len(sentences))
        numbers = np.repeat(np.arange(len(found)), [len(pairs) for pairs in found])
        places = self._places[np.concatenate(found)].astype(np.int64)
        known = places >= 0
        columns = places[known]
        return Rows(numbers[known], columns, self.idf[columns], len(found)).scaled(1)

    def sums(
        self, places: np.ndarray, weights: Weights, own: Container[str]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """The sums of weights by observation, for those in `own`, and by word for pairs of other observations."""
        names, words = np.divmod(self.known[places], max(len(self.words), 1))
        of_names = np.bincount(names, weights, len(self.names))
        is_own = {at: self.names[at] in own for at in np.flatnonzero(of_names).tolist()}
        rest = ~np.isin(names, [at for at, known in is_own.items() if known])
        of_words = np.bincount(words[rest], weights[rest], len(self.words))
        return (
            {self.names[at]: float(of_names[at]) for at, known in is_own.items() if known},
            {self.words[at]: float(of_words[at]) for at in np.flatnonzero(of_words).tolist()},
        )

    def _pairs(self, sentence: str, seen: Iterable[str]) -> Ids:
        """The pairs in a sentence, each once."""
        found = {match[0] for match in self._matcher.find_matches_as_indexes(sentence, overlapping=True)}
        names = np.array([self._numbers[name] for name in seen if name in self._numbers], dtype=np.int64)
        words = np.array(sorted(found), dtype=np.int64)
        return (names[:, None] * len(self.words) + words).ravel()

    @cached_property
    def _places(self) -> np.ndarray:
        """The place of each pair; -1 where it is not known."""
        places = np.full(len(self.names) * len(self.words), -1, dtype=np.int32)
        places[self.known] = np.arange(len(self.known))
        return places

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {name: at for at, name in enumerate(self.names)}

    @cached_property
    def _matcher(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self.words, matchkind=ahocorasick_rs.MatchKind.Standard)
