"""Training: annotated sentences in the gold format go in, a model with its card comes out.

Sentences of one `frame` are kin and never stand on both sides of a split. What is reported was measured on
sentences that the model had not seen.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np
import skops.io
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold
from sklearn.svm import LinearSVC

from pipeline.classify.clauses import rule_hits, seen_of
from pipeline.classify.grams import WIDTH, GramSpace, held_grams
from pipeline.classify.model import FIGURES, FILE, MANIFEST, TRAINED, Features, Seen, bare
from pipeline.errors import GoldError
from pipeline.law import Rulebook, fingerprint, load_rulebook

FOLDS = 5
ALARM_C, KINDS_C, GATE_C = 5.0, 1.0, 2.0
# what rules say counts half beside the grams where a type is named: they are rarely silent when they are wrong
EXTRAS_FOR_KINDS = 0.5
RAISE_AT, DOUBT_BELOW, GATE_LEAST, MOST_BY_WORDS = 0.6, 0.1, 0.3, 0.5


_LIMITS = (
    "",
    "## 擅长与不擅长",
    "",
    "擅长：口语化、没有法律术语的自设处罚、收费、限制。不擅长：依据写在前后句中的复述、很长的列举句、"
    "表格中的残句、外文和古旧公文。模型不知道上位法，是否合法由人判断。",
    "",
)


@dataclass(frozen=True, slots=True)
class Sentences:
    """Annotated sentences as columns; `kinds` is "" where a sentence touches no type."""

    texts: tuple[str, ...]
    flags: np.ndarray
    kinds: np.ndarray
    frames: np.ndarray
    digest: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What cross-validation found: calibrated chances and types of sentences not seen in training."""

    chances: np.ndarray
    kinds: np.ndarray
    slope: float
    offset: float


def read_sentences(paths: Iterable[Path]) -> Sentences:
    """Sentences of gold files. Raises `GoldError` for a file that is missing or holds no JSON lines."""
    rows: list[dict[str, Any]] = []
    digest = hashlib.sha256()
    for path in paths:
        try:
            content = path.read_bytes()
            rows += [json.loads(line) for line in content.decode("utf-8").splitlines() if line]
        except (OSError, ValueError) as error:
            raise GoldError(f"训练用的标注文件{path}不能读取", remedy="请检查路径，每行应当是一个JSON对象") from error
        digest.update(content)
    if not rows:
        raise GoldError("没有训练用的句子", remedy="请先运行 python -m corpora.make_clauses")
    return Sentences(
        tuple(bare(row["sentence"]) for row in rows),
        np.array([row["verdict"] == "flag" for row in rows]),
        np.array([(row["types"] or [""])[0] for row in rows]),
        np.array([int(hashlib.sha256(str(row.get("frame", row["id"])).encode()).hexdigest()[:8], 16) for row in rows]),
        digest.hexdigest()[:12],
    )


def train(sentences: Sentences, folder: Path) -> Measured:
    """Trains on all sentences, writes model, manifest and card into a folder, and returns what was measured."""
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
        "rules": fingerprint(),
        "model": hashlib.sha256((folder / FILE).read_bytes()).hexdigest()[:12],
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "CARD.md").write_text(_card(sentences, measured, manifest), encoding="utf-8")
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
    """Which type a sentence is of: one linear machine a type, the columns after the grams at half weight."""
    weights = np.ones(rows.shape[1])
    weights[grams:] = EXTRAS_FOR_KINDS
    model = LinearSVC(C=KINDS_C).fit(rows.multiply(weights).tocsr(), kinds)
    model.coef_ = model.coef_ * weights
    return model


def count_grams(sentences: Sequence[str]) -> csr_matrix:
    """How often each gram stands in each sentence: one row a sentence, `WIDTH` columns."""
    rows, slots, counts = held_grams(sentences)
    return csr_matrix((counts, (rows, slots)), shape=(len(sentences), WIDTH))


def _by_length(counts: csr_matrix, sentences: Sequence[str]) -> csr_matrix:
    """Counts divided by the root of the length of their sentence: what the gate sums up."""
    lengths = np.array([max(len(sentence), 1) for sentence in sentences], dtype=np.float64)
    divided: csr_matrix = counts.multiply(1 / np.sqrt(lengths)[:, None]).tocsr()
    return divided


def _space(counts: csr_matrix, least: int = 2) -> GramSpace:
    """The space of the grams that stand in at least so many sentences."""
    seen = np.bincount(counts.indices, minlength=WIDTH)
    slots = np.flatnonzero(seen >= least)
    return GramSpace(slots, np.log((1 + counts.shape[0]) / (1 + seen[slots])) + 1)


def _rows(features: Features, texts: Sequence[str], seen: Sequence[Seen], counts: csr_matrix) -> csr_matrix:
    """One row a sentence: grams, (1 + log count) times inverse document frequency, of unit length; then the extras."""
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
    """The words of two characters and more that a pattern spells out."""
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


def _card(sentences: Sentences, measured: Measured, manifest: dict[str, Any]) -> str:
    flags, chances = sentences.flags, measured.chances
    lines = [
        "# 条款模型卡",
        "",
        "找出规则没有写到的说法，并对规则的命中提出疑问。由 `qinggui train` 生成，请勿手改。",
        "",
        f"- 训练数据：自写句子 {manifest['sentences']} 条（应警示 {manifest['flags']} 条），"
        f"来自 {manifest['frames']} 个句式，指纹 {manifest['data']}；规则版本 {manifest['rules']}。",
        "- 特征：单字和双字（TF-IDF）、各类规则认识的词、规则在句中的命中与软化。线性模型：是否警示用逻辑回归，经Platt校准；类型用线性支持向量机。",
        "- 以下数字来自五折交叉验证，同一句式的句子不会分在两边；真实文件上的数字见README。",
        f"- 平均精度（AP）{average_precision_score(flags, chances):.3f}；"
        f"应警示的句子中类型判断正确 {np.mean((measured.kinds == sentences.kinds)[flags]):.3f}。",
        f"- 单凭模型警示的门槛 {RAISE_AT}；低于 {DOUBT_BELOW} 时对规则的命中提出疑问。",
        "",
        "## 可靠性",
        "",
        "| 模型给出的可信度 | 句子数 | 平均可信度 | 实际应警示的比例 |",
        "|---|---|---|---|",
    ]
    for low in np.arange(0, 1, 0.1):
        inside = (chances >= low) & (chances < low + 0.1 + 1e-9)
        if inside.any():
            lines.append(
                f"| {low:.1f}–{low + 0.1:.1f} | {inside.sum()} | {chances[inside].mean():.2f} | {flags[inside].mean():.2f} |"
            )
    return "\n".join([*lines, *_thresholds(flags, chances), *_by_kind(sentences, measured), *_LIMITS])


def _thresholds(flags: np.ndarray, chances: np.ndarray) -> list[str]:
    lines = ["", "## 不同门槛", "", "| 门槛 | 精确率 | 召回率 |", "|---|---|---|"]
    for least in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        raised = chances >= least
        right = (raised & flags).sum()
        lines.append(f"| {least} | {right / max(raised.sum(), 1):.3f} | {right / flags.sum():.3f} |")
    return lines


def _by_kind(sentences: Sentences, measured: Measured) -> list[str]:
    flags, chances = sentences.flags, measured.chances
    lines = [
        "",
        "## 各类型（门槛之上的召回率、类型正确率）",
        "",
        "| 类型 | 句子 | 召回 | 类型正确 |",
        "|---|---|---|---|",
    ]
    for kind in sorted(set(sentences.kinds[flags])):
        of_kind = flags & (sentences.kinds == kind)
        found = (chances >= RAISE_AT)[of_kind].mean()
        named = (measured.kinds == sentences.kinds)[of_kind].mean()
        lines.append(f"| {kind} | {of_kind.sum()} | {found:.2f} | {named:.2f} |")
    return lines
