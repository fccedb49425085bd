"""The trained judge of sentences: finds clauses that no rule has words for, and doubts rules that see ghosts.

Trained by `qinggui train` with scikit-learn, whose models are kept in skops; what runs here are their weights as
plain arrays, so that neither is needed to use the model. Its features are character grams, the words that the rules
of each type know, and what the rules saw in the sentence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick_rs
import numpy as np

from pipeline.classify.grams import WIDTH, GramSpace, Weights, scan, score
from pipeline.document import Span
from pipeline.version import model_folder

FILE = "clauses.npz"
TRAINED = "clauses.skops"
MANIFEST = "manifest.json"
FIGURES = ("gate_bias", "gate_least", "raise_at", "doubt_below", "most_by_words")
# how much the words of a rule and a rule itself weigh beside grams, whose rows have unit length
_WORDS_WEIGH = 0.5
_RULES_WEIGH = 1.5
_LONGEST = 600
_NUMBER = re.compile(r"^(?:第[0-9一二三四五六七八九十百]{1,4}条|[（(]?[0-9一二三四五六七八九十]{1,3}[）)、.．])\s*")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model makes of a sentence: how likely a reviewer should look, and at which type.

    `type` is "" where a rule has named one.
    """

    sentence: Span
    type: str
    probability: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What the rules saw in a sentence: types raised, and types touched but softened."""

    raised: tuple[str, ...] = ()
    softened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Features:
    """From sentences to rows: grams, then words of the rules by type, then what rules saw by type."""

    space: GramSpace
    types: tuple[str, ...]
    words: tuple[str, ...]
    types_of_word: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        kind = ahocorasick_rs.MatchKind.Standard
        object.__setattr__(self, "_matcher", ahocorasick_rs.AhoCorasick(self.words, matchkind=kind))

    def extra(self, sentence: str, seen: Seen) -> Weights:
        """The columns after the grams for one sentence."""
        size = len(self.types)
        extra = np.zeros(3 * size)
        for word in {match[0] for match in self._matcher.find_matches_as_indexes(sentence, overlapping=True)}:  # type: ignore[attr-defined]
            kinds = self.types_of_word[word]
            for kind in kinds:
                extra[kind] += min(len(self.words[word]), 4) / len(kinds)
        norm = float(np.linalg.norm(extra))
        if norm:
            extra *= _WORDS_WEIGH / norm
        for at, raised in ((size, seen.raised), (2 * size, seen.softened)):
            for kind in raised:
                if kind in self.types:
                    extra[at + self.types.index(kind)] = _RULES_WEIGH
        return extra


@dataclass(frozen=True)
class Alarm:
    """The alarm model taken apart for speed: idf and weights one a slot, weights of the extras, and the rest."""

    idf: Weights
    grams: Weights
    extras: Weights
    intercept: float

    @classmethod
    def of(cls, weights: Weights, intercept: float, space: GramSpace) -> "Alarm":
        size = len(space.slots)
        return cls(space.spread(space.idf), space.spread(weights[:size]), weights[size:], intercept)


@dataclass(frozen=True)
class Kinds:
    """The model of types: one row of weights a column, one column a type."""

    types: tuple[str, ...]
    weights: Weights
    intercepts: Weights

    def name(self, space: GramSpace, sentence: str, extra: Weights) -> str:
        """The likeliest type of a sentence."""
        columns, values = space.vector(sentence)
        scores = values @ self.weights[columns] + extra @ self.weights[len(space.slots) :] + self.intercepts
        return self.types[int(np.argmax(scores))]


@dataclass(frozen=True)
class ClauseModel:
    """Gate, features, and two linear models: whether to raise, and which type.

    `most_by_words`: how much the words of rules can add to what the grams of a sentence say.
    """

    gate: Weights
    features: Features
    alarm: Alarm
    kinds: Kinds
    gate_bias: float
    gate_least: float
    raise_at: float
    doubt_below: float
    most_by_words: float

    def judge(self, text: str, seen: Mapping[int, Seen]) -> list[Opinion]:
        """Opinions on the sentences that pass the gate or in which a rule saw something (by their start)."""
        passed = [span for span in scan(text, self.gate, self.gate_bias, self.gate_least) if len(span) <= _LONGEST]
        starts = {span.start for span in passed}
        passed += [Span(start, _end(text, start)) for start in seen if start not in starts]
        if not passed:
            return []
        sentences = [bare(span.cut(text)) for span in passed]
        by_grams = score(sentences, self.alarm.idf, self.alarm.grams) + self.alarm.intercept
        least = float(np.log(self.raise_at / (1 - self.raise_at)))
        opinions = []
        for span, sentence, gained in zip(passed, sentences, by_grams, strict=True):
            known = seen.get(span.start)
            if known is None and gained + self.most_by_words < least:
                continue
            extra = self.features.extra(sentence, known or Seen())
            total = gained + float(extra @ self.alarm.extras)
            if known is None and total < least:
                continue
            kind = "" if known else self.kinds.name(self.features.space, sentence, extra)
            opinions.append(Opinion(span, kind, float(1 / (1 + np.exp(-total)))))
        return opinions


def bare(sentence: str) -> str:
    """A sentence without the number that it has in its document: 第三条, （二）, 4."""
    return _NUMBER.sub("", sentence.strip())


def _end(text: str, start: int) -> int:
    ends = [at for at in (text.find(mark, start) for mark in "。；\n") if at >= 0]
    return min(ends) + 1 if ends else len(text)


@cache
def load_model() -> ClauseModel | None:
    """The trained model, or None where none was trained."""
    path = model_folder() / FILE
    return read_model(path) if path.exists() else None


def read_model(path: Path) -> ClauseModel:
    """The model of a file of plain arrays, as training wrote it; nothing in it is run."""
    with np.load(path, allow_pickle=False) as held:
        space = GramSpace(held["slots"], held["idf"].astype(np.float64))
        ends = np.cumsum(held["kinds_a_word"]).tolist()
        kinds = held["kinds_of_words"].tolist()
        features = Features(
            space,
            tuple(held["types"].tolist()),
            tuple(held["words"].tolist()),
            tuple(tuple(kinds[start:end]) for start, end in zip([0, *ends], ends, strict=False)),
        )
        gate = np.zeros(WIDTH)
        gate[held["gate_slots"]] = held["gate_weights"]
        return ClauseModel(
            gate,
            features,
            Alarm.of(held["alarm"].astype(np.float64), float(held["alarm_intercept"]), space),
            Kinds(tuple(held["kinds"].tolist()), held["kinds_weights"], held["kinds_intercepts"]),
            **{name: float(held[name]) for name in FIGURES},
        )
