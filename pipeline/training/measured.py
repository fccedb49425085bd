"""What cross-validation measured: scores of sentences by models that did not know them, calibration and threshold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve

from pipeline.classify.model import SOURCES, Calibration
from pipeline.training.sentences import REAL, Sentence

# precision that the judge must reach at its threshold; with what rules raise alone the whole has as much or more
LEAST_PRECISION = 0.76


@dataclass(frozen=True, slots=True)
class Measured:
    """The result of cross-validation, one value per sentence.

    `columns`: the scores "flag" and "any group", then one column per kind of source but the first; `gate`: the score of
    the first stage; `chances`: calibrated (0 to 1); `types`: the likeliest types. `basis` selects the sentences from which
    calibration and threshold come: real ones if there are any.
    """

    flags: np.ndarray
    unsure: np.ndarray
    basis: np.ndarray
    columns: np.ndarray
    gate: np.ndarray
    chances: np.ndarray
    types: tuple[tuple[str, ...], ...]
    calibration: Calibration

    @property
    def odds(self) -> np.ndarray:
        """The log odds of the chances."""
        least = 1e-6
        odds: np.ndarray = np.log((self.chances + least) / (1 - self.chances + least))
        return odds


def measured_on(
    sentences: Sequence[Sentence],
    flag: np.ndarray,
    groups: np.ndarray,
    types: Sequence[tuple[str, ...]],
) -> Measured:
    """Calibrate scores by a logistic regression with an offset for each kind of source."""
    real = np.array([sentence.judged and sentence.origin == REAL for sentence in sentences])
    source = np.array([SOURCES.index(sentence.source) for sentence in sentences])
    blank = Measured(
        flags=np.array([sentence.flag for sentence in sentences]),
        unsure=np.array([sentence.unsure for sentence in sentences]),
        basis=real if real.any() else np.ones(len(sentences), dtype=bool),
        columns=np.column_stack([flag, groups, *[source == number for number in range(1, len(SOURCES))]]),
        gate=np.zeros(len(sentences)),
        chances=np.zeros(len(sentences)),
        types=tuple(types),
        calibration=Calibration(1.0, 0.0, (0.0,) * len(SOURCES)),
    )
    return recalibrated(blank, np.ones(len(sentences), dtype=bool))


def recalibrated(measured: Measured, rows: np.ndarray) -> Measured:
    """The same scores, calibrated on a part of the sentences (`rows`, a mask); `basis` becomes that part."""
    basis = measured.basis & rows
    model = LogisticRegression(C=1.0, max_iter=500).fit(measured.columns[basis], measured.flags[basis])
    weights, start = model.coef_[0], float(model.intercept_[0])
    offsets = (start, *(start + float(offset) for offset in weights[2:]))
    chances = 1 / (1 + np.exp(-(measured.columns @ weights + start)))
    calibration = Calibration(float(weights[0]), float(weights[1]), offsets)
    return replace(measured, basis=basis, chances=chances, calibration=calibration)


def best_threshold(measured: Measured) -> float:
    """The least chance from which raised sentences reach `LEAST_PRECISION` (sure ones of `basis`); of best F1 if none does."""
    used = measured.basis & ~measured.unsure
    precision, recall, thresholds = precision_recall_curve(measured.flags[used], measured.chances[used])
    enough = np.flatnonzero(precision[:-1] >= LEAST_PRECISION)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
    best = int(enough[0]) if len(enough) else int(f1[:-1].argmax())
    return float(np.round(thresholds[best], 3))
