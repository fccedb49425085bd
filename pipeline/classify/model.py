"""The judge: a trained linear model that says which provisions a reviewer must look at, of which type, and why.

It is trained by `qinggui train` and read from plain arrays: neither scikit-learn nor skops is needed to use it. A cheap
first stage scans all sentences of a text; the few that pass are scored by character grams and observations.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from pipeline.classify.crossings import Crossings
from pipeline.classify.grams import WIDTH, Weights, scan
from pipeline.classify.observations import Kind, Observer
from pipeline.classify.rows import Rows, Vocabulary
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
_LONGEST = 600
_KEPT_TYPES = 3
_SHOWN = 3
# log odds that a reason adds at least
_LEAST_WEIGHT = 0.1
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
    """The judge's opinion on a sentence: the chance (0 to 1) that a reviewer must look, its types, likeliest first, and why.

    `types` and `reasons` are () below the threshold.
    """

    sentence: Span
    chance: float
    types: tuple[str, ...]
    reasons: tuple[Reason, ...]


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
    """Linear models over grams and features: weights of shape (columns, heads) and one intercept per head."""

    names: tuple[str, ...]
    weights: np.ndarray
    intercepts: Weights

    def scores(self, rows: Rows) -> Weights:
        """The scores of rows, of shape (rows, heads)."""
        return rows.times(self.weights) + self.intercepts


@dataclass(frozen=True)
class ClauseModel:
    """First stage, vocabulary, observer and linear heads.

    `heads`: first "flag", then the groups of types. `types`: the types. Columns of both: grams of `vocabulary`, then
    `features` of observations. `crossed`: weights for "flag" of the `crossings` of observations with words, which weigh
    nothing for the other heads; `scales`: the value of an observation and the length of the row of crossings beside gram
    rows of unit length. `gate` has one weight per slot of `grams`; with `gate_bias` and `gate_least` it selects the sentences
    to score. `raise_at`: chance from which a sentence is raised; `doubt_below`: chance below which a hit of a rule is doubted.
    """

    gate: Weights
    gate_bias: float
    gate_least: float
    vocabulary: Vocabulary
    features: Mapping[str, int]
    observer: Observer
    crossings: Crossings
    scales: tuple[float, float]
    heads: Heads
    crossed: Weights
    types: Heads
    calibration: Calibration
    raise_at: float
    doubt_below: float

    def judge(self, text: str, source: str, starts: Iterable[int] = ()) -> list[Opinion]:
        """Opinions on the sentences that pass the first stage, and on those that begin at `starts`, in no order."""
        passed = [span for span in scan(text, self.gate, self.gate_bias, self.gate_least) if len(span) <= _LONGEST]
        known = {span.start for span in passed}
        passed += [Span(start, _end(text, start)) for start in starts if start not in known]
        return self.opinions(text, passed, source)

    def opinions(self, text: str, spans: Sequence[Span], source: str) -> list[Opinion]:
        """The opinions on some sentences of a text, in their order."""
        cuts = [span.cut(text).strip() for span in spans]
        seen = {cut: self.observer.features(cut) for cut in cuts}
        rows, crossings = self._rows(tuple(seen), tuple(seen.values()))
        chances = self.chances(self._scores(rows, crossings), source).tolist()
        of_cut: dict[str, Opinion] = {}
        for number, (cut, features) in enumerate(seen.items()):
            opinion = Opinion(Span(0, len(cut)), chances[number], (), ())
            if opinion.chance >= self.raise_at:
                row = rows.row(number)
                reasons = self._reasons(cut, features, row, crossings.row(number))
                opinion = replace(opinion, types=self._types(row), reasons=reasons)
            of_cut[cut] = opinion
        return [replace(of_cut[cut], sentence=span) for span, cut in zip(spans, cuts, strict=True)]

    def opinion(self, text: str, span: Span, source: str) -> Opinion:
        """The opinion on one sentence of a text."""
        return self.opinions(text, [span], source)[0]

    def _types(self, row: Rows) -> tuple[str, ...]:
        """The likeliest types of a row, and those nearly as likely, likeliest first."""
        named = self.types.scores(row)[0]
        best = np.argsort(-named)[:_KEPT_TYPES]
        return tuple(self.types.names[at] for at in best if named[at] > named[best[0]] - 1)

    def chances(self, scores: Weights, source: str) -> Weights:
        """Calibrated chances from the scores of all heads, of shape (sentences, heads)."""
        odds = self.calibration.log_odds(scores[:, 0], any_group(scores[:, 1:]), source)
        chances: Weights = 1 / (1 + np.exp(-odds))
        return chances

    def rows(self, sentences: Sequence[str]) -> tuple[Rows, Rows]:
        """Two rows for each sentence: TF-IDF grams of unit length with features, and crossings; their values as `scales` say."""
        return self._rows(sentences, [self.observer.features(sentence) for sentence in sentences])

    def _rows(self, sentences: Sequence[str], seen: Sequence[Iterable[str]]) -> tuple[Rows, Rows]:
        """The rows of sentences with the features `seen` in each."""
        observed, length = self.scales
        known = [[self.features[name] for name in names if name in self.features] for names in seen]
        grams = self.vocabulary.rows(sentences)
        return grams.beside(Rows.of_lists(known, observed)), self.crossings.rows(sentences, seen).scaled(length)

    def _scores(self, rows: Rows, crossings: Rows) -> Weights:
        """The scores of all heads, of shape (sentences, heads)."""
        scores = self.heads.scores(rows)
        scores[:, 0] += crossings.times(self.crossed[:, None])[:, 0]
        return scores

    def _reasons(self, sentence: str, features: Mapping[str, Span], row: Rows, crossings: Rows) -> tuple[Reason, ...]:
        """What spoke for and against raising a sentence: at most `_SHOWN` observations each way, then words likewise."""
        of_observations, of_words = self._gained(row, crossings)
        says = self._says
        seen = [
            Reason(says[name], features[name].cut(sentence), value, name) for name, value in of_observations.items()
        ]
        return (*_strongest(seen), *_strongest([Reason("", word, value) for word, value in of_words.items()]))

    def _gained(self, row: Rows, crossings: Rows) -> tuple[dict[str, float], dict[str, float]]:
        """What the rows of a sentence add to the log odds, by observation and by word (grams of two and three characters).

        A crossing counts for its observation; where that is a mere form of the sentence, for its word. Words that add too little to be told may be left out.
        """
        says, each = self._says, self.calibration.flag
        weights = each * row.values * self.heads.weights[row.columns, 0]
        of_crossings = each * crossings.values * self.crossed[crossings.columns]
        of_observations, of_words = self.crossings.sums(crossings.columns, of_crossings, says)
        of_column = dict(zip(row.columns.tolist(), weights.tolist(), strict=True))
        for word in of_words:
            of_words[word] += of_column.pop(self._columns[word], 0.0)
        for at, weight in of_column.items():
            if at >= len(self.vocabulary):
                own = self._names[at - len(self.vocabulary)].split("+")[0].split("*")[0]
                if own in says:
                    of_observations[own] = of_observations.get(own, 0.0) + weight
            elif abs(weight) > _LEAST_WEIGHT:
                of_words[self.vocabulary.grams[at]] = weight
        return of_observations, {
            word: weight for word, weight in of_words.items() if len(word) > 1 and _WORD.fullmatch(word)
        }

    @cached_property
    def _says(self) -> Mapping[str, str]:
        return self.observer.says

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(self.features)

    @cached_property
    def _columns(self) -> Mapping[str, int]:
        """The column of each word that is crossed with observations."""
        words = frozenset(self.crossings.words)
        return {gram: at for at, gram in enumerate(self.vocabulary.grams) if gram in words}


def _strongest(reasons: Sequence[Reason]) -> list[Reason]:
    ordered = sorted(reasons, key=lambda reason: -reason.weight)
    chosen: list[Reason] = []
    for side in (ordered, ordered[::-1]):
        kept: list[Reason] = []
        for reason in side:
            same_way = reason.weight > _LEAST_WEIGHT if side is ordered else reason.weight < -_LEAST_WEIGHT
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
        grams = tuple(str(arrays["grams"]).split("\0"))
        plain = len(grams) + len(words["features"])
        return ClauseModel(
            gate=gate,
            gate_bias=float(arrays["gate_bias"]),
            gate_least=float(arrays["gate_least"]),
            vocabulary=Vocabulary(grams, arrays["idf"].astype(np.float64)),
            features={name: len(grams) + at for at, name in enumerate(words["features"])},
            observer=observer,
            crossings=Crossings(
                tuple(words["crossed_words"]),
                tuple(words["crossed_names"]),
                arrays["crossings"].astype(np.int64),
                arrays["crossings_idf"].astype(np.float64),
            ),
            scales=tuple(arrays["scales"].tolist()) if "scales" in arrays else _EARLIER_SCALES,
            heads=_heads(arrays, "heads", words, plain),
            crossed=_crossed(arrays, plain),
            types=_heads(arrays, "types", words, plain),
            calibration=Calibration(
                float(arrays["calibration"][0]),
                float(arrays["calibration"][1]),
                tuple(arrays["calibration"][2:].tolist()),
            ),
            raise_at=float(arrays["raise_at"]),
            doubt_below=float(arrays["doubt_below"]),
        )


def _heads(arrays: Any, name: str, words: Mapping[str, Any], plain: int) -> Heads:
    """The heads `name` without the rows of crossings, which follow the first `plain` ones."""
    weights = arrays[f"{name}_weights"][:plain].astype(np.float32)
    return Heads(tuple(words[name]), weights, arrays[f"{name}_intercepts"].astype(np.float64))


def _crossed(arrays: Any, plain: int) -> Weights:
    """The weights of crossings; models of the version before keep them behind the first `plain` rows of the heads."""
    weights = arrays["crossed"] if "crossed" in arrays else arrays["heads_weights"][plain:, 0]
    return np.asarray(weights, dtype=np.float64)
