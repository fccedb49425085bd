"""The command `train`, which trains the clause model."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import render
from pipeline.errors import UsageError
from pipeline.version import model_folder

OUR_SENTENCES = Path(__file__).parents[2] / "corpora" / "gold" / "clauses.jsonl"


def train(
    gold: Annotated[
        list[Path] | None, typer.Option("--gold", help="标注文件（JSONL），可以写多次；缺省为自带的句子")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="模型写到哪个文件夹；缺省替换自带的模型")] = None,
) -> None:
    """用标注句子训练条款模型，写出模型、清单和模型卡。"""
    try:
        from pipeline.training.fitting import train as fit
        from pipeline.training.sentences import read_sentences
    except ImportError as error:
        raise UsageError("训练模型需要scikit-learn和skops", remedy="请运行 pip install 'qinggui[train]'") from error

    sentences = read_sentences(gold or [OUR_SENTENCES])
    measured = fit(sentences, out or model_folder())
    flags, chances = sentences.flags, measured.chances
    raised = chances >= 0.5
    render.message_console().print(
        f"已用{len(sentences.texts)}条句子训练，写入{out or model_folder()}。"
        f"交叉验证（门槛0.5）：精确率{(raised & flags).sum() / max(raised.sum(), 1):.3f}，召回率{(raised & flags).sum() / flags.sum():.3f}"
    )
