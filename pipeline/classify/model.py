"""The judge: a trained linear model that says which provisions a reviewer must look at, of which type, and why.

It is trained by `qinggui train` and read from plain arrays: neither scikit-learn nor skops is needed to use it. A cheap
first stage scans all sentences of a text; the few that pass are scored by character grams and observations.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from operator import add
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from pipeline.classify.crossings import Crossings
from pipeline.classify.grams import WIDTH, Weights, scan
from pipeline.classify.observations import Kind, Observer
from pipeline.document import Span
from pipeline.errors import RuleError
from pipeline.law import Pattern
from pipeline.version import model_folder

FILE = "judge.npz"
MANIFEST = "manifest.json"
# what models that do not say so were trained with
_EARLIER_SCALES = (0.15, 1.0)
# kinds of sources for which chances are calibrated separately
DOCUMENTS, LEGISLATION = "documents", "legislation"
SOURCES = (DOCUMENTS, LEGISLATION)
LONGEST_GRAM = 3
_LONGEST = 600
_KEPT_SENTENCES = 64
# the features of a sentence with their spans, the columns and the values of its row
Seen = tuple[Mapping[str, Span], np.ndarray, Weights]
_KEPT_TYPES = 3
_SHOWN = 3
_TINY = 1e-9
# grams worth showing: Chinese characters, no numbers of articles, no ends of other words with 的
_WORD = re.compile("(?!第|条|的)[一-龥]+(?<![条的])")


@dataclass(frozen=True, slots=True)
class Reason:
    """What spoke for (weight > 0) or against (weight < 0) raising a provision: what was seen, its words, its weight.

    `weight` is in units of log odds; `kind` is the id of the observation, "" for single words.
    """

    says: str
    words: str
    weight: float
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """The judge's opinion on a sentence: the chance (0 to 1) that a reviewer must look, and its types, likeliest first.

    `types` is () below the threshold.
    """

    sentence: Span
    chance: float
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns the two scores of a sentence (flag; any group) into log odds, with an offset for each kind of source."""

    flag: float
    groups: float
    offsets: tuple[float, ...]

    def log_odds(self, flag: Weights, groups: Weights, source: str) -> Weights:
        """The calibrated log odds, one per sentence."""
        return self.flag * flag + self.groups * groups + self.offsets[SOURCES.index(source)]


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear models over the same columns: weights of shape (columns, heads) and one intercept per head."""

    names: tuple[str, ...]
    weights: np.ndarray
    intercepts: Weights

    def scores(self, columns: np.ndarray, values: Weights) -> Weights:
        """The scores of one row, given by its columns and their values; the weights may be of half precision."""
        scores: Weights = values @ self.weights[columns].astype(np.float64) + self.intercepts
        return scores


@dataclass(frozen=True)
class ClauseModel:
    """First stage, vocabulary, observer and linear heads.

    `heads`: first "flag", then the groups of types. `types`: the types. Columns of both: grams of `vocabulary`, then
    `features` of observations, then `crossings` of observations with words; `scales`: the value of an observation and the length of the row of
    crossings beside gram rows of unit length. `gate` has one weight per slot of `grams`; with `gate_bias` and `gate_least` it selects
    the sentences to score. `raise_at`: chance from which a sentence is raised; `doubt_below`: chance below which a hit
    of a rule is doubted.
    """

    gate: Weights
    gate_bias: float
    gate_least: float
    vocabulary: Mapping[str, int]
    idf: Weights
    features: Mapping[str, int]
    observer: Observer
    crossings: Crossings
    scales: tuple[float, float]
    heads: Heads
    types: Heads
    calibration: Calibration
    raise_at: float
    doubt_below: float

    def judge(self, text: str, source: str, starts: Iterable[int] = ()) -> list[Opinion]:
        """Opinions on the sentences that pass the first stage, and on those that begin at `starts`, in no order."""
        passed = [span for span in scan(text, self.gate, self.gate_bias, self.gate_least) if len(span) <= _LONGEST]
        known = {span.start for span in passed}
        passed += [Span(start, _end(text, start)) for start in starts if start not in known]
        return [self.opinion(text, span, source) for span in passed]

    def opinion(self, text: str, span: Span, source: str) -> Opinion:
        """The opinion on one sentence of a text."""
        _, columns, values = self._seen(span.cut(text).strip())
        chance = float(self.chances(self.heads.scores(columns, values)[None, :], source)[0])
        return Opinion(span, chance, self._types(columns, values) if chance >= self.raise_at else ())

    def _types(self, columns: np.ndarray, values: Weights) -> tuple[str, ...]:
        """The likeliest types of a row, and those nearly as likely, likeliest first."""
        named = self.types.scores(columns, values)
        best = np.argsort(-named)[:_KEPT_TYPES]
        return tuple(self.types.names[at] for at in best if named[at] > named[best[0]] - 1)

    def chances(self, scores: Weights, source: str) -> Weights:
        """Calibrated chances from the scores of all heads, of shape (sentences, heads)."""
        odds = self.calibration.log_odds(scores[:, 0], any_group(scores[:, 1:]), source)
        chances: Weights = 1 / (1 + np.exp(-odds))
        return chances

    def row(self, sentence: str) -> tuple[np.ndarray, Weights]:
        """Columns and values of a sentence: TF-IDF grams of unit length, features and crossings as `scales` say."""
        return self._seen(sentence)[1:]

    @cached_property
    def _seen(self) -> Callable[[str], Seen]:
        """`_see`, which keeps the last sentences: those that are raised are asked for again, for the reasons."""
        return lru_cache(_KEPT_SENTENCES)(self._see)

    def _see(self, sentence: str) -> Seen:
        features = self.observer.features(sentence)
        known = [at for at in map(self.vocabulary.get, all_grams(sentence)) if at is not None]
        columns, counts = np.unique(np.array(known, dtype=np.int64), return_counts=True)
        values = (1 + np.log(counts)) * self.idf[columns]
        values /= max(float(np.sqrt(values @ values)), _TINY)
        seen = [self.features[name] for name in features if name in self.features]
        crossed, weights = self.crossings.row(sentence, features)
        observed, length = self.scales
        return (
            features,
            np.concatenate((columns, np.array(seen, dtype=np.int64), crossed + self._first_crossing)),
            np.concatenate((values, np.full(len(seen), observed), length * weights)),
        )

    def reasons(self, sentence: str) -> list[Reason]:
        """What spoke for and against raising a sentence: at most `_SHOWN` observations each way, then words likewise."""
        bare = sentence.strip()
        features, columns, values = self._seen(bare)
        weights = values * self._weight[columns]
        of_observations, of_words = self._gained(columns, weights)
        says = self.observer.says
        seen = [Reason(says[name], features[name].cut(bare), value, name) for name, value in of_observations.items()]
        return [*_strongest(seen), *_strongest([Reason("", word, value) for word, value in of_words.items()])]

    def _gained(self, columns: np.ndarray, weights: Weights) -> tuple[dict[str, float], dict[str, float]]:
        """What the columns of a row add to the log odds, by observation and by word (grams of two and three characters).

        A crossing counts for its observation; where that is a mere form of the sentence, for its word.
        """
        names, says = self._names, self.observer.says
        crossed = columns >= self._first_crossing
        sums = self.crossings.sums(columns[crossed] - self._first_crossing, weights[crossed], says)
        of_observations = defaultdict[str, float](float, sums[0])
        of_words = defaultdict[str, float](float, {word: sums[1][word] for word in filter(_WORD.fullmatch, sums[1])})
        plain = ~crossed
        for at, weight in zip(columns[plain].tolist(), weights[plain].tolist(), strict=True):
            if at >= len(self.vocabulary):
                own = names[at].split("+")[0].split("*")[0]
                if own in says:
                    of_observations[own] += weight
            elif len(names[at]) > 1 and _WORD.fullmatch(names[at]):
                of_words[names[at]] += weight
        return of_observations, of_words

    @cached_property
    def _weight(self) -> Weights:
        """What each column adds to the log odds through the head "flag"."""
        weight: Weights = self.calibration.flag * self.heads.weights[:, 0].astype(np.float64)
        return weight

    @cached_property
    def _names(self) -> tuple[str, ...]:
        """The grams and features by column."""
        return (*self.vocabulary, *self.features)

    @cached_property
    def _first_crossing(self) -> int:
        return len(self.vocabulary) + len(self.features)


def _strongest(reasons: Sequence[Reason]) -> list[Reason]:
    ordered = sorted(reasons, key=lambda reason: -reason.weight)
    least = 0.1
    chosen: list[Reason] = []
    for side in (ordered, ordered[::-1]):
        kept: list[Reason] = []
        for reason in side:
            same_way = reason.weight > least if side is ordered else reason.weight < -least
            separate = all(reason.words not in other.words and other.words not in reason.words for other in kept)
            if same_way and separate and len(kept) < _SHOWN:
                kept.append(reason)
        chosen += kept
    return chosen


def any_group(scores: Weights) -> Weights:
    """The log odds that any group applies, from the log odds of each (noisy or); shape (sentences, groups)."""
    none = np.sum(-np.logaddexp(0, scores), axis=1)
    odds: Weights = np.log(-np.expm1(none) + _TINY) - none
    return odds


def all_grams(sentence: str) -> list[str]:
    """The character grams of a sentence, up to `LONGEST_GRAM` characters, as often as they occur."""
    longest = list(sentence)
    grams = longest
    for size in range(1, LONGEST_GRAM):
        longest = list(map(add, longest, sentence[size:]))
        grams = grams + longest
    return grams


def _end(text: str, start: int) -> int:
    """The end of the sentence that begins at `start`, at most `_LONGEST` characters after it."""
    most = min(start + _LONGEST, len(text))
    ends = [at for at in (text.find(mark, start, most) for mark in "。；\n") if at >= 0]
    return min(ends) + 1 if ends else most


@cache
def load_model() -> ClauseModel | None:
    """The trained model of the installation, None if there is none."""
    path = model_folder() / FILE
    return read_model(path) if path.exists() else None


def read_model(path: Path) -> ClauseModel:
    """Read the model from the arrays (npz) that training wrote; nothing in the file is executed.

    Raises `RuleError` if the file is damaged, of another program or of an older version.
    """
    try:
        return _read(path)
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise RuleError(
            f"审查模型文件{path}是旧版程序训练的，或者已损坏", remedy="请重新安装，或者运行qinggui train重新训练"
        ) from error


def _read(path: Path) -> ClauseModel:
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        gate = np.zeros(WIDTH)
        gate[arrays["gate_slots"]] = arrays["gate_weights"]
        words: dict[str, Any] = json.loads(str(arrays["words"]))
        kinds = tuple(Kind(row[0], row[1], Pattern(row[2]), (), ()) for row in words["kinds"])
        observer = Observer(
            kinds,
            tuple(words["anchors"]),
            tuple(tuple(places) for places in words["of_anchor"]),
            tuple(words["governing"]),
            tuple(words["named"]),
        )
        grams = str(arrays["grams"]).split("\0")
        return ClauseModel(
            gate=gate,
            gate_bias=float(arrays["gate_bias"]),
            gate_least=float(arrays["gate_least"]),
            vocabulary=dict(zip(grams, range(len(grams)), strict=True)),
            idf=arrays["idf"].astype(np.float64),
            features={name: len(grams) + at for at, name in enumerate(words["features"])},
            observer=observer,
            crossings=Crossings(
                tuple(words["crossed_words"]),
                tuple(words["crossed_names"]),
                arrays["crossings"].astype(np.int64),
                arrays["crossings_idf"].astype(np.float64),
            ),
            scales=tuple(arrays["scales"].tolist()) if "scales" in arrays else _EARLIER_SCALES,
            heads=_heads(arrays, "heads", words),
            types=_heads(arrays, "types", words),
            calibration=Calibration(
                float(arrays["calibration"][0]),
                float(arrays["calibration"][1]),
                tuple(arrays["calibration"][2:].tolist()),
            ),
            raise_at=float(arrays["raise_at"]),
            doubt_below=float(arrays["doubt_below"]),
        )


def _heads(arrays: Any, name: str, words: Mapping[str, Any]) -> Heads:
    return Heads(tuple(words[name]), arrays[f"{name}_weights"], arrays[f"{name}_intercepts"].astype(np.float64))
