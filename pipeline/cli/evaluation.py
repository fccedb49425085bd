"""The command that measures accuracy on annotated material: `evaluate`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline.cli import render
from pipeline.cli.options import AsJson, AsOf, read_day
from pipeline.errors import ExitCode, UsageError
from pipeline.evaluation import HELD, OPEN, WHOLE, load_floors, raise_floors, read_rows, shortfalls
from pipeline.evaluation import evaluate as score_gold
from pipeline.evaluation.cleanup_decisions import compare_decisions
from pipeline.evaluation.rule_impact import ablate


def evaluate(
    gold: Annotated[Path, typer.Option("--gold", help="标注文件夹")],
    texts: Annotated[list[Path] | None, typer.Option("--texts", help="正文所在文件夹，可以写多次")] = None,
    as_of: AsOf = "",
    as_json: AsJson = False,
    misses: Annotated[bool, typer.Option("--misses", help="逐条列出与标注不一致之处")] = False,
    part: Annotated[
        str, typer.Option("--part", help="只测一部分：open（供改进时看）或held（留到最后的三分之一）")
    ] = WHOLE,
    ablation: Annotated[bool, typer.Option("--ablation", help="逐一去掉规则、模型、语境规则，看各值多少")] = False,
    floors: Annotated[Path | None, typer.Option("--floors", help="低于此文件中的下限时失败")] = None,
    update: Annotated[bool, typer.Option("--update-floors", help="把下限提高到本次达到的水平（从不降低）")] = False,
) -> None:
    """在人工标注上测量：逐项给出正确、错误、未答和F1。"""
    if part not in (WHOLE, OPEN, HELD):
        raise UsageError(f"--part不认识“{part}”", remedy="请写whole、open或held")
    if ablation:
        for path in sorted(gold.glob("clauses*.jsonl")):
            rows = list(read_rows(path))
            Console(highlight=False).print(render.ablation_table(path.name, ablate(rows, read_day(as_of))))
        return
    scores = score_gold(gold, _text_folders(gold, texts), read_day(as_of), part=part)
    if as_json:
        print(json.dumps(scores.as_json(), ensure_ascii=False, indent=1))
    else:
        _print_scores(scores, misses=misses)
        _print_decisions(gold / "cleanup_items.tsv", misses=misses)
    if floors and update:
        raise_floors(floors, scores, gold)
    short = shortfalls(load_floors(floors), scores) if floors else []
    for line in short:
        render.message_console().print(line, style="red")
    if short:
        raise typer.Exit(ExitCode.BELOW_FLOOR)


def _text_folders(gold: Path, texts: list[Path] | None) -> list[Path]:
    """The folders to search for the texts of the gold documents: `texts`, then the existing default folders next to `gold`."""
    parent = gold.resolve().parent
    usual = [parent / "corpora" / "normative", parent / "corpora" / "district", parent / "seeds"]
    return [*(texts or []), *(folder for folder in usual if folder.is_dir())]


def _print_scores(scores: Any, *, misses: bool) -> None:
    console = Console(highlight=False)
    if scores.documents:
        console.print(render.scores_table(scores.fields, scores.sets))
    for name, score in scores.clauses.items():
        console.print(render.clause_table(name, score))
    for miss in scores.misses if misses else ():
        console.print(f"{miss.field}  {miss.document}  得 {miss.got}  应 {miss.gold}")


def _print_decisions(path: Path, *, misses: bool) -> None:
    """Prints the comparison of official cleanup decisions with our proposals, if the gold folder holds them."""
    if not path.exists():
        return
    agreement = compare_decisions(path)
    summary = "，".join(f"{name}{count}件" for name, count in sorted(agreement.counts.items()))
    console = Console(highlight=False)
    console.print(f"官方清理决定（{path.name}，仅凭题名、文号、机关、日期）：{summary}")
    for title, official, ours, reason in agreement.differences if misses else ():
        console.print(f"decisions  {title}  官方 {official}  建议 {ours}（{reason}）")
