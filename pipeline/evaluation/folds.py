"""Closed folds: what the judge reaches on documents and decisions that it was not trained on, beside a yardstick.

The annotated real sentences are split by document, the official cases by authority and day. For each fold a judge is
trained on the others (with our own sentences, less those written after a provision of the fold) and the whole product
answers the fold's sentences. Calibration and threshold come from the other folds. The yardstick is ten lines of
scikit-learn, trained on the same sentences.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, precision_recall_curve

from pipeline.analyzer import Judge
from pipeline.classify import ClauseModel
from pipeline.document import Span
from pipeline.errors import GoldError
from pipeline.evaluation.gold import read_rows
from pipeline.evaluation.scores import alarms_of_sentence
from pipeline.law import load_rulebook
from pipeline.training.fitting import calibrated, cross_validate
from pipeline.training.measured import recalibrated
from pipeline.training.sentences import (
    CASE,
    FOLDS,
    HELD_PROVISIONS,
    OUR_GOLD,
    REAL,
    Sentence,
    all_sentences,
    read_sentences,
)

# folds whose sentences nobody read while the judge was built
CLOSED = (3, 4)
OURS, YARDSTICK, PLAIN = "审查模型和规则", "尺子（同样的训练句子）", "尺子（只用gold的句子）"
_SAMPLES = 400


@dataclass(slots=True)
class Answers:
    """The answers of one reader: for each sentence its score, whether it is raised, and the types it names."""

    scores: np.ndarray
    raised: np.ndarray
    types: list[frozenset[str]]

    @classmethod
    def none(cls, size: int) -> "Answers":
        """No answers yet for a number of sentences."""
        return cls(np.zeros(size), np.zeros(size, dtype=bool), [frozenset()] * size)


@dataclass(slots=True)
class Figures:
    """Figures of one reader on one set: counts, and the bounds of a 95 % interval of F1 over documents."""

    reader: str
    raised: int
    right: int
    flags: int
    average: float
    interval: tuple[float, float]
    types_right: int = 0

    @property
    def precision(self) -> float:
        """The share of raised sentences that are flags."""
        return self.right / max(self.raised, 1)

    @property
    def recall(self) -> float:
        """The share of flags that are raised."""
        return self.right / max(self.flags, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / max(self.raised + self.flags, 1)


@dataclass(slots=True)
class FoldTable:
    """All tables of a run: by name of the set its number of sentences and the figures of each reader."""

    sets: dict[str, tuple[int, list[Figures]]] = field(default_factory=dict)
    cases: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)


def run_folds(shared: Path, as_of: date) -> FoldTable:
    """Train and measure fold by fold. Raises `GoldError` if `shared` has no gold."""
    sentences, judged = _sentences(shared)
    held = dict(_held(shared))
    answers = {name: Answers.none(len(judged)) for name in (OURS, YARDSTICK, PLAIN)}
    of_held = {(name, who): Answers.none(len(held[name])) for name in held for who in (OURS, YARDSTICK)}
    for number, judge in _judges(sentences):
        known = [sentence for sentence in sentences if sentence.fold != number]
        _answer(judge, judged, number, answers[OURS], as_of)
        for name, asked in held.items():
            _answer(judge, asked, number, of_held[name, OURS], as_of)
            _measure_yardstick(known, asked, number, of_held[name, YARDSTICK])
        gold = [sentence for sentence in known if sentence.judged]
        for name, trained in ((YARDSTICK, known), (PLAIN, gold)):
            _measure_yardstick(trained, judged, number, answers[name])
    table = _tables(judged, answers)
    for name, asked in held.items():
        every = np.ones(len(asked), dtype=bool)
        figures = [_figures(who, asked, of_held[name, who], every) for who in (OURS, YARDSTICK)]
        table.sets[name] = (len(asked), figures)
    return table


def raised_in_closed_folds(shared: Path, asked: Collection[str], as_of: date) -> dict[str, bool]:
    """Whether the product, trained without its fold, raises a sentence; for those of `asked` (texts) that are annotated below `shared`.

    Raises `GoldError` if `shared` has no gold.
    """
    sentences, judged = _sentences(shared)
    wanted = [sentence for sentence in judged if sentence.text in asked]
    answers = Answers.none(len(wanted))
    for number, judge in _judges(sentences):
        _answer(judge, wanted, number, answers, as_of)
    return dict(zip((sentence.text for sentence in wanted), answers.raised.tolist(), strict=True))


def _sentences(shared: Path) -> tuple[list[Sentence], list[Sentence]]:
    """All annotated sentences, and those on which figures are measured."""
    sentences = all_sentences(shared)
    judged = [sentence for sentence in sentences if sentence.judged]
    if not judged:
        raise GoldError(f"{shared}里没有gold/real和gold/cases", remedy="请用--shared指明标注所在的文件夹")
    return sentences, judged


def _judges(sentences: Sequence[Sentence]) -> Iterator[tuple[int, Judge]]:
    """For each fold its number and the judge trained, calibrated and set on the others."""
    models: dict[int, ClauseModel] = {}
    measured = cross_validate(sentences, models)
    for number in range(FOLDS):
        elsewhere = np.array([sentence.fold != number for sentence in sentences])
        model = calibrated(models[number], sentences, recalibrated(measured, elsewhere), elsewhere)
        yield number, Judge(load_rulebook(), model)


def _held(shared: Path) -> Iterator[tuple[str, list[Sentence]]]:
    """The sets that no judge is trained on, by name."""
    for name, path in (
        ("gold/clauses_written", shared / "gold" / "clauses_written.jsonl"),
        ("corpora/gold/held_provisions", OUR_GOLD / HELD_PROVISIONS),
    ):
        if path.exists() and any(True for _ in read_rows(path)):
            yield name, read_sentences([path])


def _answer(judge: Judge, sentences: Sequence[Sentence], number: int, answers: Answers, as_of: date) -> None:
    """The product's answers on the sentences of a fold."""
    assert judge.model is not None
    for at, sentence in enumerate(sentences):
        if sentence.fold == number:
            found = alarms_of_sentence(sentence.text, as_of, judge)
            answers.raised[at], answers.types[at] = bool(found), frozenset(finding.type for finding in found)
            answers.scores[at] = judge.model.opinion(sentence.text, Span(0, len(sentence.text)), sentence.source).chance


def _measure_yardstick(known: Sequence[Sentence], asked: Sequence[Sentence], number: int, answers: Answers) -> None:
    """TF-IDF of characters and logistic regression; its threshold is the best one on a fold that it was not trained on."""
    inner = (number + 1) % FOLDS
    used = [sentence for sentence in known if sentence.fold != inner]
    tried = [sentence for sentence in known if sentence.fold == inner and sentence.judged and sentence.origin == REAL]
    threshold = _best([s.flag for s in tried], _yardstick(used, [s.text for s in tried]))
    places = [at for at, sentence in enumerate(asked) if sentence.fold == number]
    if places:
        answers.scores[places] = _yardstick(known, [asked[at].text for at in places])
        answers.raised[places] = answers.scores[places] >= threshold


def _yardstick(known: Sequence[Sentence], texts: Sequence[str]) -> np.ndarray:
    grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    rows = grams.fit_transform([sentence.text for sentence in known])
    model = LogisticRegression(C=10, class_weight="balanced", solver="liblinear", max_iter=300)
    scores: np.ndarray = model.fit(rows, [s.flag for s in known]).decision_function(grams.transform(texts))
    return scores


def _best(flags: Sequence[bool], scores: np.ndarray) -> float:
    precision, recall, thresholds = precision_recall_curve(flags, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    return float(thresholds[int(f1[:-1].argmax())])


def _tables(judged: Sequence[Sentence], answers: dict[str, Answers]) -> FoldTable:
    table = FoldTable()
    real = np.array([sentence.origin == REAL and not sentence.unsure for sentence in judged])
    closed = np.array([sentence.fold in CLOSED for sentence in judged])
    for name, chosen in _sets(judged, real, closed):
        table.sets[name] = (int(chosen.sum()), [_figures(who, judged, a, chosen) for who, a in answers.items()])
    for name, a in answers.items():
        for part, chosen in (("", ~real & _cases(judged)), ("（未读过的两折）", ~real & _cases(judged) & closed)):
            flags = np.array([sentence.flag for sentence in judged])
            table.cases[name + part] = (
                int((a.raised & flags & chosen).sum()),
                int((flags & chosen).sum()),
                int((a.raised & ~flags & chosen).sum()),
                int((~flags & chosen).sum()),
            )
    return table


def _cases(judged: Sequence[Sentence]) -> np.ndarray:
    return np.array([sentence.origin == CASE for sentence in judged])


def _sets(judged: Sequence[Sentence], real: np.ndarray, closed: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield "gold/real，拿不准的除外", real
    yield "其中未读过的两折", real & closed
    for source, name in (("documents", "规范性文件"), ("legislation", "地方性法规和法律")):
        yield f"其中{name}", real & np.array([sentence.source == source for sentence in judged])


def _figures(reader: str, sentences: Sequence[Sentence], answers: Answers, chosen: np.ndarray) -> Figures:
    flags = np.array([sentence.flag for sentence in sentences])
    raised = answers.raised & chosen
    right = raised & flags
    named = [(answers.types[at], sentences[at].types) for at in np.flatnonzero(right).tolist()]
    types = sum(bool({kind[:3] for kind in got} & {kind[:3] for kind in gold}) for got, gold in named)
    return Figures(
        reader=reader,
        raised=int(raised.sum()),
        right=int(right.sum()),
        flags=int((flags & chosen).sum()),
        average=float(average_precision_score(flags[chosen], answers.scores[chosen])),
        interval=_interval(sentences, raised, flags, chosen),
        types_right=types,
    )


def _interval(
    sentences: Sequence[Sentence], raised: np.ndarray, flags: np.ndarray, chosen: np.ndarray
) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of F1 when the documents are drawn again with replacement."""
    groups: dict[str, list[int]] = {}
    for at in np.flatnonzero(chosen).tolist():
        groups.setdefault(sentences[at].group, []).append(at)
    counts = np.array(
        [
            [
                sum(raised[at] and flags[at] for at in places),
                sum(raised[at] for at in places),
                sum(flags[at] for at in places),
            ]
            for places in groups.values()
        ]
    )
    drawn = np.random.default_rng(0).integers(0, len(counts), (_SAMPLES, len(counts)))
    sums = counts[drawn].sum(axis=1)
    f1 = 2 * sums[:, 0] / np.maximum(sums[:, 1] + sums[:, 2], 1)
    low, high = np.percentile(f1, [2.5, 97.5])
    return float(low), float(high)
