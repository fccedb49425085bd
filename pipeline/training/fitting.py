"""Train the judge on annotated sentences: linear models over character grams and observations, calibrated.

All reported figures, the calibration and the threshold come from sentences that the model was not trained on: sentences
of one group (document, decision, frame) are never on both sides of a split.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import LinearSVC

from pipeline.classify.crossings import Crossings
from pipeline.classify.grams import WIDTH, held_grams
from pipeline.classify.model import (
    FILE,
    MANIFEST,
    SOURCES,
    Calibration,
    ClauseModel,
    Heads,
    any_group,
)
from pipeline.classify.observations import Observer, load_observer
from pipeline.classify.rows import Rows, Vocabulary, all_grams
from pipeline.errors import GoldError
from pipeline.training.card import write_card
from pipeline.training.measured import Measured, best_threshold, measured_on
from pipeline.training.sentences import FOLDS, FRAME, Sentence, digest
from pipeline.version import rules_fingerprint

TRAINED = "judge.skops"
FLAG_C, GROUP_C, TYPE_C, FIRST_STAGE_ALPHA = 40.0, 10.0, 1.0, 1.0
_WORDS_C = 3.0
# sentences whose rows are made at once
_PORTION = 500
# value of an observation, and length of the row of crossings, beside gram rows of unit length
SCALES = (0.24, 2.0)
_CHINESE = re.compile("[一-龥]{2,}")
# log odds below the first bound are all "surely nothing", above the second all "surely to be scored"
_ODDS = (-4.0, 2.0)
LEAST_DOCUMENTS = 3
# words that are crossed with observations: how many, and the sentences in which a word and a crossing must stand
CROSSED_WORDS, LEAST_WORD, LEAST_CROSSING = 3000, 15, 6
# share of the rightly raised sentences that the first stage must pass
FIRST_STAGE_RECALL = 0.985
# what the first stage must not lose weighs more in its training: sentences of at least this chance
_LIKELY, _LIKELY_WEIGHT = 0.2, 3.0
DOUBT_BELOW = 0.02
# value of the column that takes up the share of flags among sentences from frames, which is not that of real documents
_FRAME_VALUE = 1.5
_SINGLE = ("PEN-01", "PEN-03", "FCR-08")
_JOINED = {"PEN": "PEN-02", "EXP": "FEE", "PWR": "RGT"}


def train(sentences: Sequence[Sentence], folder: Path) -> Measured:
    """Train on all sentences, write model, manifest and card into a folder, and return the cross-validation result.

    Raises `GoldError` if the sentences are all flags, or flags of one type only.
    """
    kinds = {sentence.types[0] for sentence in sentences if sentence.flag and sentence.types}
    if len(kinds) < 2 or all(sentence.flag for sentence in sentences):
        raise GoldError(
            "训练用的句子太少：既要有应警示的（至少两种类型），也要有不应警示的",
            remedy="请补充句子，或者用--add加到自带的句子上",
        )
    measured = cross_validate(sentences)
    model = calibrated(fit(sentences), sentences, measured)
    folder.mkdir(parents=True, exist_ok=True)
    _write_arrays(model, folder / FILE)
    flag = LogisticRegression()
    flag.classes_, flag.intercept_ = np.array([False, True]), model.heads.intercepts[:1]
    flag.coef_ = np.concatenate((model.heads.weights[:, 0], model.crossed)).astype(np.float32)[None, :]
    skops.io.dump(flag, folder / TRAINED)
    manifest = {
        "sentences": len(sentences),
        "flags": sum(sentence.flag for sentence in sentences),
        "by_origin": {kind: sum(s.origin == kind for s in sentences) for kind in sorted({s.origin for s in sentences})},
        "groups": len({sentence.group for sentence in sentences}),
        "data": digest(sentences),
        "rules": rules_fingerprint()[:12],
        "raise_at": model.raise_at,
        "doubt_below": model.doubt_below,
        "model": hashlib.sha256((folder / FILE).read_bytes()).hexdigest()[:12],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "CARD.md").write_text(write_card(sentences, measured, manifest), encoding="utf-8")
    return measured


def cross_validate(sentences: Sequence[Sentence], models: dict[int, ClauseModel] | None = None) -> Measured:
    """Scores of every sentence by a model that was not trained on its group; `models` receives the model of each fold."""
    flag, groups = np.zeros(len(sentences)), np.zeros(len(sentences))
    types: list[tuple[str, ...]] = [()] * len(sentences)
    for number, known, unknown in _splits(sentences):
        model = fit([sentences[at] for at in known])
        if models is not None:
            models[number] = model
        rows, crossings = matrix(model, [sentences[at].text for at in unknown])
        scores = rows @ model.heads.weights + model.heads.intercepts
        flag[unknown], groups[unknown] = scores[:, 0] + crossings @ model.crossed, any_group(scores[:, 1:])
        named = rows @ model.types.weights + model.types.intercepts
        for at, best in zip(unknown, np.argsort(-named, axis=1)[:, :3], strict=True):
            types[at] = tuple(model.types.names[kind] for kind in best)
    measured = measured_on(sentences, flag, groups, types)
    gate = np.zeros(len(sentences))
    for _, known, unknown in _splits(sentences):
        weights, bias = _first_stage([sentences[at] for at in known], measured.odds[known])
        gate[unknown] = by_length([sentences[at].text for at in unknown]) @ weights + bias
    return replace(measured, gate=gate)


def _splits(sentences: Sequence[Sentence]) -> Iterator[tuple[int, list[int], list[int]]]:
    """For each fold its number, and the places of the sentences of the other folds and of its own; empty folds are left out."""
    for number in range(FOLDS):
        unknown = [at for at, sentence in enumerate(sentences) if sentence.fold == number]
        known = [at for at, sentence in enumerate(sentences) if sentence.fold != number]
        if unknown and len({sentences[at].flag for at in known}) > 1:
            yield number, known, unknown


def calibrated(
    model: ClauseModel, sentences: Sequence[Sentence], measured: Measured, rows: np.ndarray | None = None
) -> ClauseModel:
    """A model with first stage, calibration and threshold set by scores on sentences unknown to the models that gave them.

    `rows` selects the sentences to use (a mask), all if omitted.
    """
    used = np.ones(len(sentences), dtype=bool) if rows is None else rows
    raise_at = best_threshold(measured)
    rightly = measured.basis & measured.flags & ~measured.unsure & (measured.chances >= raise_at) & used
    gate, bias = _first_stage([sentences[at] for at in np.flatnonzero(used).tolist()], measured.odds[used])
    return replace(
        model,
        gate=gate,
        gate_bias=bias,
        gate_least=float(np.quantile(measured.gate[rightly], 1 - FIRST_STAGE_RECALL)),
        calibration=measured.calibration,
        raise_at=raise_at,
        doubt_below=DOUBT_BELOW,
    )


def fit(sentences: Sequence[Sentence]) -> ClauseModel:
    """A model trained on all given sentences, not calibrated, without first stage."""
    observer = load_observer()
    frequencies = Counter(gram for sentence in sentences for gram in set(all_grams(sentence.text)))
    grams = sorted(gram for gram, number in frequencies.items() if number >= LEAST_DOCUMENTS)
    idf = np.array([np.log((1 + len(sentences)) / (1 + frequencies[gram])) + 1 for gram in grams])
    seen = [tuple(observer.features(sentence.text)) for sentence in sentences]
    names = sorted({name for features in seen for name in features})
    empty = Heads((), np.zeros((0, 0)), np.zeros(0))
    blank = ClauseModel(
        gate=np.zeros(WIDTH),
        gate_bias=0.0,
        gate_least=-np.inf,
        vocabulary=Vocabulary(tuple(grams), idf),
        features={name: len(grams) + at for at, name in enumerate(names)},
        observer=observer,
        crossings=Crossings.none(),
        scales=SCALES,
        heads=empty,
        crossed=np.zeros(0),
        types=empty,
        calibration=Calibration(1.0, 0.0, (0.0,) * len(SOURCES)),
        raise_at=0.5,
        doubt_below=DOUBT_BELOW,
    )
    crossed = replace(blank, crossings=_crossings(blank, sentences, seen))
    rows, crossings = matrix(crossed, [sentence.text for sentence in sentences])
    heads, weights = _heads(rows, crossings, sentences)
    return replace(crossed, heads=heads, crossed=weights, types=_types(rows, sentences))


def _crossings(model: ClauseModel, sentences: Sequence[Sentence], seen: Sequence[Sequence[str]]) -> Crossings:
    """The observations crossed with the words that weigh most in a model without crossings; `seen`: features by sentence."""
    texts = [sentence.text for sentence in sentences]
    rows, _ = matrix(model, texts)
    flags, weights = np.array([s.flag for s in sentences]), np.array([s.weight for s in sentences])
    plain = LogisticRegression(C=_WORDS_C, class_weight="balanced", solver="liblinear", max_iter=500)
    weight = np.abs(plain.fit(rows, flags, weights).coef_[0])
    number = np.asarray((rows > 0).sum(axis=0)).ravel()
    known = [
        (weight[at] * np.sqrt(number[at]), gram)
        for at, gram in enumerate(model.vocabulary.grams)
        if number[at] >= LEAST_WORD and _CHINESE.fullmatch(gram)
    ]
    words = tuple(sorted(gram for _, gram in sorted(known, reverse=True)[:CROSSED_WORDS]))
    names = tuple(sorted(name for name in model.features if "+" not in name and "*" not in name))
    if not words:
        return Crossings.none()
    blank = replace(Crossings.none(), words=words, names=names)
    found = Counter(pair for text, made in zip(texts, seen, strict=True) for pair in blank.pairs(text, made))
    pairs = sorted(pair for pair, times in found.items() if times >= LEAST_CROSSING)
    idf = np.array([np.log((1 + len(texts)) / (1 + found[pair])) + 1 for pair in pairs])
    return Crossings(words, names, np.array(pairs, dtype=np.int64), idf)


def matrix(model: ClauseModel, texts: Sequence[str]) -> tuple[csr_matrix, csr_matrix]:
    """Two sparse matrices with a row for each sentence: grams and features, and crossings."""
    portions = [model.rows(texts[at : at + _PORTION]) for at in range(0, len(texts), _PORTION)]
    plain = len(model.vocabulary) + len(model.features)
    return _sparse([rows for rows, _ in portions], plain), _sparse(
        [rows for _, rows in portions], len(model.crossings.known)
    )


def _sparse(portions: Sequence[Rows], width: int) -> csr_matrix:
    """The rows of all portions, below each other, as one sparse matrix."""
    ends = np.cumsum([0, *(number for rows in portions for number in rows.counts().tolist())])
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *(rows.columns for rows in portions)])
    values = np.concatenate([np.zeros(0), *(rows.values for rows in portions)])
    return csr_matrix((values, columns, ends), shape=(len(ends) - 1, width))


def group_of(sentence: Sentence) -> str:
    """The group of types of a flagged sentence, "" if it is not flagged; penalties and tax relief stand alone."""
    if not sentence.flag:
        return ""
    kind = sentence.types[0] if sentence.types else "FCR"
    return kind if kind in _SINGLE else _JOINED.get(kind[:3], kind[:3])


def _heads(rows: csr_matrix, crossings: csr_matrix, sentences: Sequence[Sentence]) -> tuple[Heads, np.ndarray]:
    """The heads "flag" and one per group, and the weights of crossings for "flag".

    A column for frames takes up their share of flags and is then left out. Crossings gain nothing for groups, of which each has few flags.
    """
    frames = csr_matrix([[_FRAME_VALUE * (sentence.origin == FRAME)] for sentence in sentences])
    weights = np.array([sentence.weight for sentence in sentences])
    flags = np.array([sentence.flag for sentence in sentences])
    groups = np.array([group_of(sentence) for sentence in sentences])
    named = sorted(set(groups) - {""})
    all_columns, plain_columns = hstack([rows, crossings, frames]).tocsr(), hstack([rows, frames]).tocsr()
    flag = LogisticRegression(C=FLAG_C, class_weight="balanced", solver="liblinear", max_iter=500)
    models = [flag.fit(all_columns, flags, weights)]
    models += [
        LogisticRegression(C=GROUP_C, solver="liblinear", max_iter=500).fit(plain_columns, groups == name, weights)
        for name in named
    ]
    plain = rows.shape[1]
    heads = np.column_stack([model.coef_[0][:plain] for model in models]).astype(np.float32)
    crossed = flag.coef_[0][plain:-1].astype(np.float32)
    return Heads(("flag", *named), heads, np.array([model.intercept_[0] for model in models])), crossed


def _types(rows: csr_matrix, sentences: Sequence[Sentence]) -> Heads:
    """One head per type (linear SVM), from the flagged sentences."""
    flagged = [at for at, sentence in enumerate(sentences) if sentence.flag and sentence.types]
    kinds = np.array([sentences[at].types[0] for at in flagged])
    weights = np.array([sentences[at].weight for at in flagged])
    model = LinearSVC(C=TYPE_C).fit(rows[flagged], kinds, weights)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.array([-intercepts[0], intercepts[0]])
    return Heads(tuple(map(str, model.classes_)), coefficients.T.astype(np.float32), intercepts)


def _first_stage(sentences: Sequence[Sentence], odds: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights per slot and bias of the first stage, which learns the judge's log odds of sentences unknown to it."""
    likely = odds >= np.log(_LIKELY / (1 - _LIKELY))
    weights = np.array([sentence.weight for sentence in sentences]) * np.where(likely, _LIKELY_WEIGHT, 1.0)
    model = Ridge(alpha=FIRST_STAGE_ALPHA, solver="sparse_cg", max_iter=60, tol=1e-3)
    model.fit(by_length([sentence.text for sentence in sentences]), np.clip(odds, *_ODDS), sample_weight=weights)
    return model.coef_, float(model.intercept_)


def by_length(texts: Sequence[str]) -> csr_matrix:
    """Counts of hashed grams divided by the root of the length, the features of the first stage."""
    rows, slots, counts = held_grams(texts)
    lengths = np.array([max(len(text), 1) for text in texts], dtype=np.float64)
    return csr_matrix((counts / np.sqrt(lengths)[rows], (rows, slots)), shape=(len(texts), WIDTH))


def _write_arrays(model: ClauseModel, path: Path) -> None:
    observer: Observer = model.observer
    words: dict[str, Any] = {
        "kinds": [(kind.id, kind.says, kind.pattern.pattern) for kind in observer.kinds],
        "anchors": observer.words,
        "of_anchor": observer.of_word,
        "governing": observer.governing,
        "named": observer.named,
        "features": list(model.features),
        "crossed_words": model.crossings.words,
        "crossed_names": model.crossings.names,
        "heads": model.heads.names,
        "types": model.types.names,
    }
    slots = np.flatnonzero(model.gate)
    np.savez_compressed(
        path,
        words=np.array(json.dumps(words, ensure_ascii=False)),
        grams=np.array("\0".join(model.vocabulary.grams)),
        idf=model.vocabulary.idf.astype(np.float32),
        crossings=model.crossings.known.astype(np.int32),
        crossings_idf=model.crossings.idf.astype(np.float32),
        scales=np.array(model.scales),
        heads_weights=model.heads.weights.astype(np.float16),
        heads_intercepts=model.heads.intercepts,
        crossed=model.crossed.astype(np.float16),
        types_weights=np.where(np.abs(model.types.weights) < 0.02, 0, model.types.weights).astype(np.float16),
        types_intercepts=model.types.intercepts,
        gate_slots=slots,
        gate_weights=model.gate[slots].astype(np.float16),
        gate_bias=model.gate_bias,
        gate_least=model.gate_least,
        calibration=np.array([model.calibration.flag, model.calibration.groups, *model.calibration.offsets]),
        raise_at=model.raise_at,
        doubt_below=model.doubt_below,
    )
