"""Model card: training data, measurements, strengths and weaknesses of the judge."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score

from pipeline.training.measured import Measured, best_threshold
from pipeline.training.sentences import Sentence

_ORIGINS = {
    "real": "真实文件的句子", "case": "官方认定的案例", "written": "仿照文件自写的条款", "unaided": "凭各类型的说明自写的条款", "frame": "自写句式",
}  # fmt: skip
_LIMITS = (
    "",
    "## 擅长与不擅长",
    "",
    "擅长：处罚、许可、税收优惠、联合惩戒、收费等写法较固定的规定。不擅长：依据写在前后句中的复述、没有禁止性词语的地方保护和指定交易、"
    "表格和列举中的残句、外文和古旧公文。模型不知道上位法，是否合法由人判断。",
    "",
)


def write_card(sentences: Sequence[Sentence], measured: Measured, manifest: dict[str, Any]) -> str:
    """The model card as Markdown in Chinese, from training data, measurements and the manifest of the model."""
    used = measured.basis & ~measured.unsure
    flags, chances, raise_at = measured.flags[used], measured.chances[used], best_threshold(measured)
    origins = "，".join(f"{_ORIGINS[kind]}{number}条" for kind, number in manifest["by_origin"].items())
    lines = [
        "# 条款审查模型卡",
        "",
        "判断一句话是否需要审查人员看、属于哪一类、为什么。由 `qinggui train` 生成，请勿手改。",
        "",
        f"- 训练数据：{manifest['sentences']}条（应警示{manifest['flags']}条）：{origins}。指纹{manifest['data']}。",
        "- 特征：一至三字的字串（TF-IDF）、observations.yaml里的观察、观察与同句词语的组合。线性模型：是否警示、各类问题各一个逻辑回归，合并后校准；类型用线性支持向量机。",
        "- 以下数字来自五折交叉验证：同一份文件、同一次官方认定、同一句式的句子不会分在两边；拿不准的句子不计。门槛由同一组数字选出。",
        f"- 度量所用的句子{int(used.sum())}条，其中应警示{int(flags.sum())}条；平均精度（AP）{average_precision_score(flags, chances):.3f}。",
        f"- 警示的门槛{raise_at}；低于{manifest['doubt_below']}时对规则的命中提出疑问。",
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
    lines += _thresholds(flags, chances, raise_at)
    return "\n".join([*lines, *_by_type(sentences, measured, raise_at), *_LIMITS])


def _thresholds(flags: np.ndarray, chances: np.ndarray, raise_at: float) -> list[str]:
    lines = ["", "## 不同门槛", "", "| 门槛 | 精确率 | 召回率 |", "|---|---|---|"]
    for least in sorted({0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, raise_at}):
        raised = chances >= least
        right = (raised & flags).sum()
        lines.append(f"| {least} | {right / max(raised.sum(), 1):.3f} | {right / max(flags.sum(), 1):.3f} |")
    return lines


def _by_type(sentences: Sequence[Sentence], measured: Measured, raise_at: float) -> list[str]:
    """Recall by first type, over all annotated sentences but those from frames."""
    lines = ["", "## 各类型", "", "| 类型 | 句子 | 召回 | 类型正确 |", "|---|---|---|---|"]
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for sentence, chance, types in zip(sentences, measured.chances, measured.types, strict=True):
        if sentence.flag and sentence.types and sentence.origin != "frame" and not sentence.unsure:
            total[sentence.types[0]] += 1
            found[sentence.types[0]] += bool(chance >= raise_at)
            named[sentence.types[0]] += bool(types and types[0] in sentence.types)
    for kind, number in sorted(total.items()):
        lines.append(f"| {kind} | {number} | {found[kind] / number:.2f} | {named[kind] / number:.2f} |")
    return lines
