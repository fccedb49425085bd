"""The commands of the second reader: `reader ask`, `reader export`, `reader import`, `reader show`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.analyzer import LegalContext, load_judge
from pipeline.cli import render
from pipeline.cli.options import SETTINGS, AsOf, Place, read_day
from pipeline.errors import ExitCode, UsageError
from pipeline.home import home_folder
from pipeline.reader.cache import Cache
from pipeline.reader.papers import Paper, keep_places, papers_in
from pipeline.reader.provisions import LEAST, Provision
from pipeline.reader.settings import model_name, read_settings

reader_app = typer.Typer(
    help="第二读者：请本单位自己的大模型看条款，意见仅供参考（没有设置就什么都不发送）。", no_args_is_help=True
)
Files = Annotated[list[Path], typer.Argument(metavar="文件…", help="文件、文件夹或zip，可以写多个")]
Least = Annotated[
    float, typer.Option("--least", min=0.0, max=1.0, help="规则和审查模型都没有提出的句子，可信度从多少起也问")
]
# dropped lines that are named one by one
_SHOWN = 20


@reader_app.command("ask")
def ask(paths: Files, as_of: AsOf = "", place: Place = None, least: Least = LEAST) -> None:
    """把过了初筛的条款发给QINGGUI_READER设置的大模型，答复核对后存起来；标有密级、内部的文件不发送。"""
    settings = read_settings()
    home = _open(paths)
    from pipeline.reader.asking import Reader

    judge, cache = load_judge(), Cache(home)
    reader, withheld = Reader(settings, judge.book, cache), 0
    try:
        for paper in papers_in(paths, LegalContext(read_day(as_of), place), judge, least):
            withheld += _withheld(paper)
            if not paper.withheld:
                keep_places(paper, cache)
                _send(reader, paper)
            if reader.outcome.stopped:
                break
    except KeyboardInterrupt:
        reader.outcome.stopped = "已取消"
    _tell(reader.outcome)
    if withheld or reader.outcome.stopped or reader.outcome.dropped:
        raise typer.Exit(ExitCode.PROBLEM_FILES)


def _send(reader: Any, paper: Paper) -> None:
    """Asks about one paper; the audit has what is sent before it is sent, and what was not sent after all."""
    from pipeline.reader.sent import item_of, note_less, note_sending

    fresh = reader.unknown(paper.provisions)
    if not fresh:
        return
    item, before = item_of(paper.digest), reader.outcome.sent
    note_sending(reader.settings, item, paper.name, fresh)
    try:
        reader.ask_about(fresh)
    finally:
        sent = reader.outcome.sent - before
        if sent < len(fresh):
            note_less(reader.settings, item, paper.name, fresh[:sent])


@reader_app.command("export")
def export(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="文件…", help="文件、文件夹或zip，可以写多个")] = None,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件（JSON行，通用批处理格式）")] = Path("requests.jsonl"),
    model: Annotated[str, typer.Option("--model", help="大模型的名称，缺省为QINGGUI_READER_MODEL")] = "",
    gold: Annotated[
        Path | None, typer.Option("--gold", help="标注句子文件（clauses*.jsonl），只写出句子，供测量用")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多写多少条")] = 100_000,
    as_of: AsOf = "",
    place: Place = None,
    least: Least = LEAST,
) -> None:
    """把要问的条款写成批处理文件，带到大模型所在的网络；标有密级、内部的文件不写出。"""
    named = model_name(model)
    if bool(paths) == bool(gold):
        raise UsageError(
            "请写明文件，或者用--gold写明标注句子文件（二者选一）",
            remedy="例如 qinggui reader export 通知.docx --out 请求.jsonl",
        )
    home = _open([*(paths or ()), *([gold] if gold else [])])
    from pipeline.reader.batch import unanswered, write_requests
    from pipeline.reader.sent import item_of, note_export

    judge, cache, withheld = load_judge(), Cache(home), 0
    papers = [_of_gold(gold)] if gold else []
    for paper in papers_in(paths or (), LegalContext(read_day(as_of), place), judge, least):
        withheld += _withheld(paper)
        papers += [] if paper.withheld else [paper]
    provisions = list[Provision]()
    for paper in papers:
        keep_places(paper, cache)
        fresh = unanswered(paper.provisions, named, judge.book, cache)[: limit - len(provisions)]
        provisions += fresh
        if fresh:
            note_export(named, item_of(paper.digest), paper.name, fresh, str(out))
    written = write_requests(provisions, out, named, judge.book, cache)
    print(f"写出{written.requests}条请求到{out}（已有意见的没有写），SHA-256 {written.digest}")
    if withheld:
        raise typer.Exit(ExitCode.PROBLEM_FILES)


def _of_gold(path: Path) -> Paper:
    """The sentences of an annotated file as provisions without paper; what people said of them is left out.

    They come in an order that says nothing of them and is always the same, so that the first ones are a sample. Those whose
    annotator doubted are left out.
    """
    from pipeline.evaluation.reader_scores import sure_rows

    provisions = (Provision(str(row["sentence"]).strip()) for row in sure_rows(path))
    return Paper(path.name, "", tuple(sorted(provisions, key=lambda one: one.key)))


@reader_app.command("import")
def take_in(
    path: Annotated[Path, typer.Argument(metavar="答复.jsonl", help="大模型的答复（JSON行，通用批处理格式）")],
) -> None:
    """收入批处理的答复：逐条核对，不采用的说明原因。"""
    home = _open([path])
    from pipeline.reader.batch import read_answers
    from pipeline.reader.sent import note_import

    found = read_answers(path, load_judge().book, Cache(home))
    note_import(str(path), found.taken, len(found.lines), found.digest)
    print(f"采用{found.taken}条意见，不采用{len(found.lines)}条")
    for why, count in found.dropped.most_common():
        print(f"  {why}：{count}条")
    console = render.message_console()
    for number, why in found.lines[:_SHOWN]:
        console.print(escape(f"第{number}行：{why}"), style="yellow")
    if len(found.lines) > _SHOWN:
        console.print(f"另有{len(found.lines) - _SHOWN}行没有列出")
    if found.lines:
        raise typer.Exit(ExitCode.PROBLEM_FILES)


@reader_app.command("show")
def show(paths: Files, as_of: AsOf = "", place: Place = None, least: Least = LEAST) -> None:
    """一份文件里，规则、审查模型和大模型对每一条款各说什么；大模型意见不改变任何结论。"""
    _refuse_missing(paths)
    from pipeline.reader.showing import lines_about

    judge, cache = load_judge(), Cache(home_folder())
    console = Console(highlight=False, soft_wrap=True)
    for paper in papers_in(paths, LegalContext(read_day(as_of), place), judge, least):
        console.print(escape(paper.name), style="bold")
        for line in lines_about(paper, judge, cache):
            console.print(escape(line))


def _open(paths: Iterable[Path]) -> Path:
    _refuse_missing(paths)
    from pipeline.review.connection import connect

    return connect(SETTINGS)


def _refuse_missing(paths: Iterable[Path]) -> None:
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"找不到{'、'.join(missing)}", remedy="请检查路径是否写对")


def _withheld(paper: Paper) -> bool:
    if paper.withheld:
        render.message_console().print(escape(f"没有发送{paper.name}：{paper.withheld}"), style="yellow")
    return bool(paper.withheld)


def _tell(outcome: Any) -> None:
    print(
        f"发送{outcome.sent}条，采用{outcome.answered}条意见，不采用{outcome.dropped.total()}条，以前已有{outcome.known}条；"
        f"用去{outcome.tokens_in}＋{outcome.tokens_out}个词元"
    )
    for why, count in outcome.dropped.most_common():
        print(f"  {why.value}：{count}条")
    if outcome.stopped:
        render.message_console().print(escape(f"没有问完：{outcome.stopped}；再运行一次接着问"), style="yellow")
