"""The command `train`, which trains the clause model."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli import render
from pipeline.errors import UsageError
from pipeline.version import model_folder

SHARED = Path(__file__).parents[3] / "shared"


def train(
    gold: Annotated[
        list[Path] | None,
        typer.Option("--gold", help="只用这些标注文件（JSONL）训练，可以写多次；缺省为自带的句子和--shared里的标注"),
    ] = None,
    add: Annotated[
        list[Path] | None, typer.Option("--add", help="另外加上的标注文件，例如本单位导出的决定，可以写多次")
    ] = None,
    shared: Annotated[
        Path | None, typer.Option("--shared", help="真实文件的标注所在的文件夹，缺省为项目旁边的shared")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="模型写到哪个文件夹；缺省替换自带的模型")] = None,
) -> None:
    """用标注句子训练条款模型，写出模型、清单和模型卡。"""
    try:
        from pipeline.training.fitting import train as fit
        from pipeline.training.measured import best_threshold
        from pipeline.training.sentences import all_sentences, read_sentences
    except ImportError as error:
        raise UsageError("训练模型需要scikit-learn和skops", remedy="请运行 pip install 'qinggui[train]'") from error

    beside = shared or SHARED
    sentences = [*(read_sentences(gold) if gold else all_sentences(beside)), *(read_sentences(add) if add else ())]
    console = render.message_console()
    if not gold and not (beside / "gold").is_dir():
        console.print(
            f"没有找到{beside}里的真实文件标注，只用自带的{len(sentences)}条句子训练；这样的模型在真实文件上差得多。"
        )
    measured = fit(sentences, out or model_folder())
    used = measured.basis & ~measured.unsure
    flags, raised = measured.flags[used], measured.chances[used] >= best_threshold(measured)
    console.print(
        f"已用{len(sentences)}条句子训练，写入{out or model_folder()}。交叉验证（{int(used.sum())}条，门槛{best_threshold(measured)}）："
        f"精确率{(raised & flags).sum() / max(raised.sum(), 1):.3f}，召回率{(raised & flags).sum() / flags.sum():.3f}"
    )
