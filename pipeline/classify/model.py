"""The trained sentence classifier: finds clauses with wordings that no rule knows, and false positives of rules.

It is trained by `qinggui train` with scikit-learn and stored with skops; prediction uses the weights as plain arrays,
so that neither library is needed. Features are character grams, words in the rules of each type, and the rule hits
of the sentence.
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
# norm of the features of rule words, and value of a rule hit, relative to gram rows of unit length
_WORDS_WEIGH = 0.5
_RULES_WEIGH = 1.5
_LONGEST = 600
_NUMBER = re.compile(r"^(?:第[0-9一二三四五六七八九十百]{1,4}条|[（(]?[0-9一二三四五六七八九十]{1,3}[）)、.．])\s*")


@dataclass(frozen=True, slots=True)
class Opinion:
    """The model's prediction for a sentence: the probability that it should be reviewed, and its type.

    `type` is "" where a rule already gives one.
    """

    sentence: Span
    type: str
    probability: float


@dataclass(frozen=True, slots=True)
class Seen:
    """The rule hits of a sentence: types with an unsoftened hit, and types with a softened hit."""

    raised: tuple[str, ...] = ()
    softened: tuple[str, ...] = ()


@dataclass(frozen=True)
class Features:
    """Feature columns of a sentence: grams, then rule words by type, then raised and softened rule hits by type.

    `words` are literal words of rules, `types_of_word` the indexes in `types` of the types they occur in.
    """

    space: GramSpace
    types: tuple[str, ...]
    words: tuple[str, ...]
    types_of_word: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        kind = ahocorasick_rs.MatchKind.Standard
        object.__setattr__(self, "_matcher", ahocorasick_rs.AhoCorasick(self.words, matchkind=kind))

    def extra(self, sentence: str, seen: Seen) -> Weights:
        """The columns after the grams for one sentence: three values per type."""
        size = len(self.types)
        extra = np.zeros(3 * size)
        for word in {match[0] for match in self._matcher.find_matches_as_indexes(sentence, overlapping=True)}:  # type: ignore[attr-defined]
            kinds = self.types_of_word[word]
            for kind in kinds:
                extra[kind] += min(len(self.words[word]), 4) / len(kinds)
        norm = float(np.linalg.norm(extra))
        if norm:
            extra *= _WORDS_WEIGH / norm
        for at, hit_types in ((size, seen.raised), (2 * size, seen.softened)):
            for kind in hit_types:
                if kind in self.types:
                    extra[at + self.types.index(kind)] = _RULES_WEIGH
        return extra


@dataclass(frozen=True)
class Alarm:
    """The logistic regression for raising a sentence: idf and weights per slot, extra weights, intercept."""

    idf: Weights
    grams: Weights
    extras: Weights
    intercept: float

    @classmethod
    def of(cls, weights: Weights, intercept: float, space: GramSpace) -> "Alarm":
        """Build from the trained weights of all columns of `space` and the extra columns."""
        size = len(space.slots)
        return cls(space.spread(space.idf), space.spread(weights[:size]), weights[size:], intercept)


@dataclass(frozen=True)
class Kinds:
    """The linear model of types: weights of shape (feature columns, types) and intercepts per type."""

    types: tuple[str, ...]
    weights: Weights
    intercepts: Weights

    def name(self, space: GramSpace, sentence: str, extra: Weights) -> str:
        """The most likely type of a sentence; `extra` are its columns after the grams."""
        columns, values = space.vector(sentence)
        scores = values @ self.weights[columns] + extra @ self.weights[len(space.slots) :] + self.intercepts
        return self.types[int(np.argmax(scores))]


@dataclass(frozen=True)
class ClauseModel:
    """Gate, features and two linear models: whether to raise a sentence, and its type.

    `gate` has one weight per slot; with `gate_bias` and `gate_least` it selects the sentences to score. `raise_at` and
    `doubt_below` are probabilities; `most_by_words` is an upper bound on what rule words add to a sentence's score.
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
        """Predict for the sentences that pass the gate and those with rule hits (`seen`, by start of the sentence).

        Sentences without rule hits are returned only from the probability `raise_at` on.
        """
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
    """A sentence without its leading number: 第三条, （二）, 4."""
    return _NUMBER.sub("", sentence.strip())


def _end(text: str, start: int) -> int:
    ends = [at for at in (text.find(mark, start) for mark in "。；\n") if at >= 0]
    return min(ends) + 1 if ends else len(text)


@cache
def load_model() -> ClauseModel | None:
    """The trained model of the installation, None if there is none."""
    path = model_folder() / FILE
    return read_model(path) if path.exists() else None


def read_model(path: Path) -> ClauseModel:
    """Read the model from the arrays (npz) that training wrote; nothing in the file is executed."""
    with np.load(path, allow_pickle=False) as arrays:
        space = GramSpace(arrays["slots"], arrays["idf"].astype(np.float64))
        ends = np.cumsum(arrays["kinds_a_word"]).tolist()
        kinds = arrays["kinds_of_words"].tolist()
        features = Features(
            space,
            tuple(arrays["types"].tolist()),
            tuple(arrays["words"].tolist()),
            tuple(tuple(kinds[start:end]) for start, end in zip([0, *ends], ends, strict=False)),
        )
        gate = np.zeros(WIDTH)
        gate[arrays["gate_slots"]] = arrays["gate_weights"]
        return ClauseModel(
            gate,
            features,
            Alarm.of(arrays["alarm"].astype(np.float64), float(arrays["alarm_intercept"]), space),
            Kinds(tuple(arrays["kinds"].tolist()), arrays["kinds_weights"], arrays["kinds_intercepts"]),
            **{name: float(arrays[name]) for name in FIGURES},
        )
