"""The command that measures accuracy on annotated material: `evaluate`."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline.cli import render
from pipeline.cli.options import AsJson, AsOf, read_day
from pipeline.cli.training import SHARED
from pipeline.errors import ExitCode, UsageError
from pipeline.evaluation import PARTS, WHOLE, load_floors, raise_floors, read_rows, shortfalls
from pipeline.evaluation import evaluate as score_gold
from pipeline.evaluation.cleanup_decisions import UNDECIDABLE, compare_decisions
from pipeline.evaluation.fates import answer_fates
from pipeline.evaluation.noise_scores import measure_crawls, measure_noise
from pipeline.evaluation.rule_impact import ablate
from pipeline.home import home_folder
from pipeline.reader.cache import Cache

Folds = Annotated[
    bool,
    typer.Option("--folds", help="按文件分五折：逐折重新训练，在没有训练过的文件上测量，并与尺子对照（约十分钟）"),
]
WithReader = Annotated[
    bool,
    typer.Option(
        "--reader",
        help="大模型存下的意见与审查模型在同样的句子上各准多少、用了多少词元；加--folds时审查模型逐折重新训练，不认识所问的句子",
    ),
]
Noise = Annotated[
    bool, typer.Option("--noise", help="把每份文件的版面弄坏六样，看文号、题名、制定机关、成文日期还对不对")
]
Register = Annotated[
    Path | None,
    typer.Option("--register", help="按已知去向的文件清册测量清理意见（python -m corpora.fates 文件夹 生成）"),
]
Ablation = Annotated[bool, typer.Option("--ablation", help="逐一去掉规则、模型、语境规则，看各值多少")]
Part = Annotated[
    str,
    typer.Option(
        "--part",
        help="只测一部分：open（供改进时看）或held（留到最后的三分之一）；open-half和closed-half是按种子划分的两半，官方清理决定也这样划分",
    ),
]
Update = Annotated[bool, typer.Option("--update-floors", help="把下限提高到本次达到的水平（从不降低）")]


def evaluate(
    gold: Annotated[
        Path | None, typer.Option("--gold", help="标注文件夹；与--noise同用时也可以是一份读数表（tsv）")
    ] = None,
    texts: Annotated[list[Path] | None, typer.Option("--texts", help="正文所在文件夹，可以写多次")] = None,
    as_of: AsOf = "",
    as_json: AsJson = False,
    misses: Annotated[bool, typer.Option("--misses", help="逐条列出与标注不一致之处")] = False,
    part: Part = WHOLE,
    ablation: Ablation = False,
    folds: Folds = False,
    reader: WithReader = False,
    noise: Noise = False,
    register: Register = None,
    floors: Annotated[Path | None, typer.Option("--floors", help="低于此文件中的下限时失败")] = None,
    update: Update = False,
) -> None:
    """在人工标注上测量：逐项给出正确、错误、未答和F1。"""
    _check_part(part)
    if folds and not reader:
        _print_folds(gold or SHARED / "gold", read_day(as_of))
    elif noise:
        _print_noise(gold or SHARED / "gold", texts, part, as_json=as_json, misses=misses)
    elif register is not None:
        _print_fates(register, read_day(as_of), misses=misses)
    elif gold is None:
        raise UsageError("没有写明标注文件夹", remedy="请加上--gold 文件夹")
    elif reader:
        _print_reader(gold, _closed_answers(gold, read_day(as_of)) if folds else None, as_json=as_json)
    elif ablation:
        _print_ablation(gold, read_day(as_of))
    else:
        scores = score_gold(gold, _text_folders(gold, texts), read_day(as_of), part=part)
        _print_all(scores, gold, part, as_json=as_json, misses=misses)
        _hold_to(floors, scores, gold, update=update)


def _check_part(part: str) -> None:
    if part not in PARTS:
        raise UsageError(f"--part不认识“{part}”", remedy=f"请写{'、'.join(PARTS)}之一")


def _print_all(scores: Any, gold: Path, part: str, *, as_json: bool, misses: bool) -> None:
    if as_json:
        print(json.dumps(scores.as_json(), ensure_ascii=False, indent=1))
        return
    _print_scores(scores, misses=misses)
    _print_decisions(gold / "cleanup_items.tsv", part, misses=misses)


def _print_fates(folder: Path, as_of: date, *, misses: bool) -> None:
    """Prints how many proposals for a register of known fates are right, by kind, confidence and deciding indicator."""
    answers = answer_fates(folder, as_of)
    console = Console(highlight=False)
    console.print(render.shares_table("文件的去向", answers))
    for answer in (a for a in answers if misses and not a.is_right):
        where = f"{answer.name}  {answer.kind}（{answer.part}）《{answer.title}》"
        told = f"得 {answer.outcome}（{answer.confidence}，{answer.deciding}）  应 {'或'.join(answer.right)}"
        console.print(f"{where}  {told}  {answer.reason}", soft_wrap=True)


def _print_ablation(gold: Path, as_of: date) -> None:
    for path in sorted(gold.glob("clauses*.jsonl")):
        Console(highlight=False).print(render.ablation_table(path.name, ablate(list(read_rows(path)), as_of)))


def _closed_answers(gold: Path, as_of: date) -> dict[str, bool]:
    """Whether a judge that did not know them raises the sentences of a folder; without those that nobody annotated in ../shared."""
    with _needs_training():
        from pipeline.evaluation.folds import raised_in_closed_folds
    from pipeline.evaluation.reader_scores import sure_rows

    asked = {str(row["sentence"]).strip() for path in gold.glob("clauses*.jsonl") for row in sure_rows(path)}
    return raised_in_closed_folds(SHARED, asked, as_of)


def _print_reader(gold: Path, closed: dict[str, bool] | None, *, as_json: bool) -> None:
    from pipeline.evaluation.reader_scores import score_readers

    found = score_readers(gold, Cache(home_folder()), closed)
    if as_json:
        print(json.dumps([score.as_json() for score in found], ensure_ascii=False, indent=1))
        return
    if not found:
        print(
            "这些句子还没有大模型的意见。请先运行qinggui reader export --gold 标注句子文件，再用qinggui reader import收入答复"
        )
        return
    Console(highlight=False).print(render.reader_table([score.as_json() for score in found]))


def _hold_to(floors: Path | None, scores: Any, gold: Path, *, update: bool) -> None:
    """Compare scores with the floors of a file; ends with `ExitCode.BELOW_FLOOR` if one is missed."""
    if floors is None:
        return
    if update:
        raise_floors(floors, scores, gold)
    short = shortfalls(load_floors(floors), scores)
    for line in short:
        render.message_console().print(line, style="red")
    if short:
        raise typer.Exit(ExitCode.BELOW_FLOOR)


@contextmanager
def _needs_training() -> Iterator[None]:
    """Turns a failed import of what training needs into a message. Raises `UsageError`."""
    try:
        yield
    except ImportError as error:
        raise UsageError("分折测量需要scikit-learn和skops", remedy="请运行 pip install 'qinggui[train]'") from error


def _print_folds(gold: Path, as_of: date) -> None:
    with _needs_training():
        from pipeline.evaluation.folds import run_folds
    console = Console(highlight=False, width=max(Console().width, 120))
    for table in render.fold_tables(run_folds(gold.resolve().parent, as_of)):
        console.print(table)


def _print_noise(gold: Path, texts: list[Path] | None, part: str, *, as_json: bool, misses: bool) -> None:
    if gold.is_file():
        scores = measure_crawls(gold, texts[0] if texts else SHARED / "corpora", part=part)
    elif (gold / "documents.jsonl").exists():
        scores = measure_noise(gold, _text_folders(gold, texts), part=part)
    else:
        render.message_console().print(f"{gold}里没有documents.jsonl，跳过；请用--gold指明标注文件所在的文件夹")
        return
    if as_json:
        print(json.dumps(scores.as_json(), ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    console.print(render.noise_table(scores.noises))
    for miss in scores.misses if misses else ():
        console.print(f"{miss.field}  {miss.document}  得 {miss.got}  应 {miss.gold}", markup=False)


def _text_folders(gold: Path, texts: list[Path] | None) -> list[Path]:
    """The folders to search for the texts of the gold documents: `texts`, then the existing default folders next to `gold`."""
    parent = gold.resolve().parent
    usual = [parent / "corpora" / "normative", parent / "corpora" / "district", parent / "seeds"]
    return [*(texts or []), *(folder for folder in usual if folder.is_dir())]


def _print_scores(scores: Any, *, misses: bool) -> None:
    console = Console(highlight=False)
    if scores.documents:
        console.print(render.scores_table(scores.fields, scores.sets))
        console.print(
            render.shares_table("清理意见与标注一致", scores.told, ("kind", "confidence", "cell", "deciding"))
        )
    for name, score in scores.clauses.items():
        console.print(render.clause_table(name, score))
    for miss in scores.misses if misses else ():
        console.print(f"{miss.field}  {miss.document}  得 {miss.got}  应 {miss.gold}")


def _print_decisions(path: Path, part: str, *, misses: bool) -> None:
    """Prints the comparison of official cleanup decisions with our proposals, if the gold folder holds them."""
    if not path.exists():
        return
    compared = compare_decisions(path, part)
    console = Console(highlight=False)
    console.print(f"官方清理决定（{path.name}，仅凭题名、文号、机关、日期，{len(compared)}件；目录多只列终止的文件）")
    decidable = [one for one in compared if one.state != UNDECIDABLE]
    console.print(render.shares_table("可以判断的", decidable, ("confidence", "deciding")))
    for why, count in Counter(one.why for one in compared if one.state == UNDECIDABLE).most_common():
        console.print(f"不能判断{count}件：{why}")
    for one in (one for one in decidable if misses and not one.is_right):
        console.print(
            f"decisions  {one.title}  官方 {one.official}  建议 {one.outcome}（{one.confidence}，{one.deciding}；{one.reasons}）"
        )
