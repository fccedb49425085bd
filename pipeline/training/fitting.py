"""Train the clause model on annotated sentences in the gold format.

Sentences generated from the same `frame` are related and are never on both sides of a split; all reported figures are
measured on sentences that the model was not trained on.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np
import skops.io
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from pipeline.classify.clauses import rule_hits, seen_of
from pipeline.classify.grams import WIDTH, GramSpace, held_grams
from pipeline.classify.model import FIGURES, FILE, MANIFEST, TRAINED, Features, Seen
from pipeline.law import Rulebook, load_rulebook
from pipeline.training.card import DOUBT_BELOW, RAISE_AT, Measured, write_card
from pipeline.training.sentences import Sentences
from pipeline.version import rules_fingerprint

FOLDS = 5
ALARM_C, KINDS_C, GATE_C = 5.0, 1.0, 2.0
# for the type model, rule features have half weight relative to grams: rules are rarely silent when they are wrong
EXTRAS_FOR_KINDS = 0.5
GATE_LEAST, MOST_BY_WORDS = 0.3, 0.5


def train(sentences: Sentences, folder: Path) -> Measured:
    """Train on all sentences, write model, manifest and card into a folder, and return the cross-validation result.

    The probabilities of the written model are calibrated by that result (Platt scaling).
    """
    book = load_rulebook()
    seen = [seen_of(rule_hits(text, (), book)) for text in sentences.texts]
    measured = _cross_validate(sentences, seen, book)
    model = _fit(sentences, seen, book)
    alarm = model["alarm"]
    alarm.coef_ = alarm.coef_ * measured.slope
    alarm.intercept_ = alarm.intercept_ * measured.slope + measured.offset
    folder.mkdir(parents=True, exist_ok=True)
    skops.io.dump({"alarm": alarm, "kinds": model["kinds"]}, folder / TRAINED)
    _write_arrays(model, folder / FILE)
    manifest = {
        "sentences": len(sentences.texts),
        "flags": int(sentences.flags.sum()),
        "frames": len(set(sentences.frames)),
        "data": sentences.digest,
        "rules": rules_fingerprint(),
        "model": hashlib.sha256((folder / FILE).read_bytes()).hexdigest()[:12],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "CARD.md").write_text(write_card(sentences, measured, manifest), encoding="utf-8")
    return measured


def _fit(sentences: Sentences, seen: Sequence[Seen], book: Rulebook) -> dict[str, Any]:
    counts = count_grams(sentences.texts)
    features = _features(counts, book)
    rows = _rows(features, sentences.texts, seen, counts)
    gate = LogisticRegression(C=GATE_C, max_iter=500).fit(_by_length(counts, sentences.texts), sentences.flags)
    used = np.flatnonzero(np.bincount(counts.indices, minlength=WIDTH))
    touched = sentences.kinds != ""
    return {
        "features": features,
        "gate_slots": used,
        "gate_weights": gate.coef_[0][used].astype(np.float32),
        "alarm": _light(LogisticRegression(C=ALARM_C, max_iter=500).fit(rows, sentences.flags)),
        "kinds": _light(_kinds(rows[touched], sentences.kinds[touched], len(features.space.slots))),
        "figures": {
            "gate_bias": float(gate.intercept_[0]),
            "gate_least": GATE_LEAST,
            "raise_at": RAISE_AT,
            "doubt_below": DOUBT_BELOW,
            "most_by_words": MOST_BY_WORDS,
        },
    }


def _kinds(rows: csr_matrix, kinds: np.ndarray, grams: int) -> LinearSVC:
    """The linear SVM for the type of a sentence; the columns after the grams have weight `EXTRAS_FOR_KINDS`."""
    weights = np.ones(rows.shape[1])
    weights[grams:] = EXTRAS_FOR_KINDS
    model = LinearSVC(C=KINDS_C).fit(rows.multiply(weights).tocsr(), kinds)
    model.coef_ = model.coef_ * weights
    return model


def count_grams(sentences: Sequence[str]) -> csr_matrix:
    """The gram counts as a sparse matrix of shape (sentences, `WIDTH`)."""
    rows, slots, counts = held_grams(sentences)
    return csr_matrix((counts, (rows, slots)), shape=(len(sentences), WIDTH))


def _by_length(counts: csr_matrix, sentences: Sequence[str]) -> csr_matrix:
    """Counts divided by the root of the sentence's length, the features of the gate."""
    lengths = np.array([max(len(sentence), 1) for sentence in sentences], dtype=np.float64)
    divided: csr_matrix = counts.multiply(1 / np.sqrt(lengths)[:, None]).tocsr()
    return divided


def _space(counts: csr_matrix, least: int = 2) -> GramSpace:
    """The space of the grams that occur in at least `least` sentences."""
    frequencies = np.bincount(counts.indices, minlength=WIDTH)
    slots = np.flatnonzero(frequencies >= least)
    return GramSpace(slots, np.log((1 + counts.shape[0]) / (1 + frequencies[slots])) + 1)


def _rows(features: Features, texts: Sequence[str], seen: Sequence[Seen], counts: csr_matrix) -> csr_matrix:
    """The feature rows: unit-length TF-IDF with 1 + log(count), then the extra columns of rule words and rule hits."""
    kept = counts[:, features.space.slots].tocsr()
    kept.data = 1 + np.log(kept.data)
    kept = kept.multiply(features.space.idf).tocsr()
    norms = np.sqrt(np.asarray(kept.multiply(kept).sum(axis=1)).ravel())
    grams = kept.multiply(1 / np.where(norms > 0, norms, 1)[:, None])
    extras = np.array([features.extra(*pair) for pair in zip(texts, seen, strict=True)])
    rows: csr_matrix = hstack([grams, csr_matrix(extras)]).tocsr()
    return rows


def _write_arrays(model: dict[str, Any], path: Path) -> None:
    features: Features = model["features"]
    kinds = features.types_of_word
    np.savez_compressed(
        path,
        alarm=model["alarm"].coef_[0].astype(np.float32),
        alarm_intercept=model["alarm"].intercept_[0],
        kinds=np.array(model["kinds"].classes_, dtype=str),
        kinds_weights=np.ascontiguousarray(model["kinds"].coef_.T).astype(np.float32),
        kinds_intercepts=model["kinds"].intercept_.astype(np.float32),
        kinds_a_word=np.array([len(of_word) for of_word in kinds]),
        kinds_of_words=np.array([kind for of_word in kinds for kind in of_word]),
        types=np.array(features.types),
        words=np.array(features.words),
        slots=features.space.slots,
        idf=features.space.idf.astype(np.float32),
        gate_slots=model["gate_slots"],
        gate_weights=model["gate_weights"],
        **{name: model["figures"][name] for name in FIGURES},
    )


def _light(model: Any) -> Any:
    """The model with its weights as 32-bit floats."""
    model.coef_ = model.coef_.astype(np.float32)
    return model


def _features(counts: Any, book: Rulebook) -> Features:
    words: dict[str, set[str]] = {}
    for rule in book.rules:
        for word in _literals(parser.parse(rule.pattern.pattern)):
            words.setdefault(word, set()).add(rule.type)
    types = tuple(sorted(book.types))
    names = tuple(sorted(words))
    kinds = tuple(tuple(sorted(types.index(kind) for kind in words[name])) for name in names)
    return Features(_space(counts), types, names, kinds)


def _literals(parsed: Any) -> Iterable[str]:
    """The literal words of two or more characters in a parsed pattern."""
    run = ""
    for code, value in [*parsed, (None, None)]:
        if code is codes.LITERAL:
            run += chr(value)
            continue
        if len(run) > 1:
            yield run
        run = ""
        if code is codes.SUBPATTERN:
            yield from _literals(value[3])
        elif code is codes.BRANCH:
            for branch in value[1]:
                yield from _literals(branch)
        elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
            yield from _literals(value[2])


def _cross_validate(sentences: Sentences, seen: Sequence[Seen], book: Rulebook) -> Measured:
    scores = np.zeros(len(sentences.texts))
    kinds = np.full(len(sentences.texts), "", dtype=object)
    for known, unknown in GroupKFold(FOLDS).split(scores, sentences.flags, sentences.frames):
        part = Sentences(
            tuple(sentences.texts[at] for at in known),
            sentences.flags[known],
            sentences.kinds[known],
            sentences.frames[known],
            "",
        )
        model = _fit(part, [seen[at] for at in known], book)
        texts = [sentences.texts[at] for at in unknown]
        rows = _rows(model["features"], texts, [seen[at] for at in unknown], count_grams(texts))
        scores[unknown] = model["alarm"].decision_function(rows)
        kinds[unknown] = model["kinds"].predict(rows)
    platt = LogisticRegression(C=1e6).fit(scores[:, None], sentences.flags)
    slope, offset = float(platt.coef_[0][0]), float(platt.intercept_[0])
    return Measured(1 / (1 + np.exp(-(scores * slope + offset))), kinds, slope, offset)
