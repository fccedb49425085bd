"""Model card: training data, measurements, strengths and weaknesses of the model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from pipeline.training.sentences import Sentences

# probability from which the model alone raises a sentence, and below which it softens a rule hit
RAISE_AT, DOUBT_BELOW = 0.6, 0.1

_LIMITS = (
    "",
    "## 擅长与不擅长",
    "",
    "擅长：口语化、没有法律术语的自设处罚、收费、限制。不擅长：依据写在前后句中的复述、很长的列举句、"
    "表格中的残句、外文和古旧公文。模型不知道上位法，是否合法由人判断。",
    "",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """The result of cross-validation, one value per sentence, predicted without its frame in the training data.

    `chances` are calibrated probabilities, `kinds` predicted types; `slope` and `offset` are those of Platt scaling.
    """

    chances: np.ndarray
    kinds: np.ndarray
    slope: float
    offset: float


def write_card(sentences: Sentences, measured: Measured, manifest: dict[str, Any]) -> str:
    """The model card as Markdown in Chinese, from training data, measurements and the manifest of the model."""
    flags, chances = sentences.flags, measured.chances
    lines = [
        "# 条款模型卡",
        "",
        "找出规则没有写到的说法，并对规则的命中提出疑问。由 `qinggui train` 生成，请勿手改。",
        "",
        f"- 训练数据：自写句子 {manifest['sentences']} 条（应警示 {manifest['flags']} 条），"
        f"来自 {manifest['frames']} 个句式，指纹 {manifest['data']}；规则版本 {manifest['rules']}。",
        "- 特征：单字和双字（TF-IDF）、各类规则认识的词、规则在句中的命中与软化。线性模型：是否警示用逻辑回归，经Platt校准；类型用线性支持向量机。",
        "- 以下数字来自五折交叉验证，同一句式的句子不会分在两边；真实文件上的数字见docs/accuracy.md。",
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
