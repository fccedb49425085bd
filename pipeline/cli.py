"""The front door: the commands of qinggui. stdout is data, stderr is talk."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from pipeline import analysts, campaigns, counter, service, show
from pipeline.counter import SETTINGS, AsOf, read_day
from pipeline.decisions import compare_decisions
from pipeline.doctor import check_up
from pipeline.document import Dossier, Problem
from pipeline.errors import ExitCode, PipelineError, UsageError
from pipeline.evaluate import HELD, OPEN, WHOLE, load_floors, raise_floors, read_rows, shortfalls
from pipeline.evaluate import evaluate as score_gold
from pipeline.ingest import Upload, count_files, uploads
from pipeline.run import Question, engine, examine
from pipeline.trial import ablate

# rows of the queue that a terminal shows
SHOWN = 50
UNFILED = "未入库"

app = typer.Typer(
    name="qinggui",
    help="清规：审查行政规范性文件。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.command()(counter.train)
app.command()(counter.explain)
app.add_typer(counter.rules_app, name="rules")
app.add_typer(counter.laws_app, name="laws")
app.add_typer(campaigns.app, name="campaign")
app.command()(service.serve)
app.command()(service.worker)
app.command()(service.notify)
app.command("verify")(service.verify_file)
app.command()(service.decisions)
app.command()(service.backup)
app.command()(service.restore)
app.command()(analysts.frames)
app.command()(analysts.figures)
app.command()(analysts.search)
app.add_typer(service.user_app, name="user")
app.add_typer(service.audit_app, name="audit")

Place = Annotated[str | None, typer.Option("--place", help="制定机关所在地区（如 湖南），决定默认有效期")]
AsJson = Annotated[bool, typer.Option("--json", help="以JSON输出到标准输出")]


@app.command()
def triage(
    paths: Annotated[list[Path], typer.Argument(help="文件、文件夹或zip，可以写多个")],
    as_of: AsOf = "",
    place: Place = None,
    as_json: AsJson = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不入库，不留任何痕迹")] = False,
) -> None:
    """读取文件，分析后按风险高低排入审查队列。"""
    question = Question(read_day(as_of), place)
    _refuse_missing(paths)
    shown = None if as_json else SHOWN
    results = (_look if dry_run else _file)(paths, question, shown)
    _report(results, as_json=as_json)
    if results["problems"]:
        raise typer.Exit(ExitCode.PROBLEM_FILES)


def _refuse_missing(paths: list[Path]) -> None:
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"找不到{'、'.join(missing)}", remedy="请检查路径是否写对")


def _progress() -> Progress:
    return Progress(
        TextColumn("[bold]{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TextColumn("剩余"),
        TimeRemainingColumn(),
        console=show.talk(),
        transient=True,
    )


def _walk(paths: list[Path], question: Question) -> Iterator[tuple[Upload | None, Dossier | Problem]]:
    """Each file with its dossier or problem, while a bar shows count, rate and remaining time."""
    with _progress() as progress:
        task = progress.add_task("分析", total=sum(count_files(path) for path in paths), rate="")
        for upload in chain.from_iterable(map(uploads, paths)):
            yield (None, upload) if isinstance(upload, Problem) else (upload, examine(upload, question))
            _advance(progress, task)


def _advance(progress: Progress, task: TaskID) -> None:
    state = progress.tasks[task]
    total = max(state.total or 0, state.completed + 1)
    rate = f"{state.finished_speed or state.speed or 0:.0f}件/秒"
    progress.update(task, advance=1, total=total, rate=rate)


def _look(paths: list[Path], question: Question, shown: int | None) -> dict[str, Any]:
    """A dry run: everything is computed and shown, nothing is written anywhere; the riskiest `shown` are kept."""
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, str]] = []
    count = 0
    for number, (_, result) in enumerate(_walk(paths, question), 1):
        if isinstance(result, Problem) and not result.waiting:
            problems.append(_problem(result))
            continue
        count += 1
        rows.append(
            show.dossier_row(number, result) if isinstance(result, Dossier) else show.problem_row(number, result)
        )
        if shown and len(rows) >= 2 * shown:
            rows = _riskiest(rows)[:shown]
    return {"queue": _riskiest(rows)[:shown], "total": count, "problems": problems, "outcomes": {UNFILED: count}}


def _riskiest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["risk"], row["id"]))


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "file": problem.name,
        "kind": problem.kind,
        "message": problem.message,
        "remedy": problem.remedy,
    }


def _file(paths: list[Path], question: Question, shown: int | None) -> dict[str, Any]:
    """The real thing: every file into the queue, which is then shown from the database."""
    from pipeline.review.connection import connect

    home = connect(SETTINGS)
    from pipeline.review.store import Desk, count_queue, queue

    desk = Desk(home, engine())
    outcomes: Counter[str] = Counter()
    problems: list[dict[str, str]] = []
    for upload, result in _walk(paths, question):
        entry = _put(desk, upload, result, question)
        outcomes[entry.outcome.value] += 1
        if isinstance(result, Problem) and not result.waiting:
            problems.append(_problem(result))
    rows = [item_row(item) for item in queue(limit=shown)]
    return {"queue": rows, "total": count_queue(), "problems": problems, "outcomes": dict(outcomes)}


def _put(desk: Any, upload: Upload | None, result: Dossier | Problem, question: Question) -> Any:
    if isinstance(result, Dossier) and upload is not None:
        return desk.put(result, upload.data, question.place)
    return desk.put_problem(result, upload.data if upload else None)


def item_row(item: Any) -> dict[str, Any]:
    """A row of the queue table for an item of the database."""
    return {
        "id": item.pk, "name": item.name, "risk": item.risk, "parts": item.risk_parts, "status": item.status, "reason": item.reason,
        "validity": item.validity, "title": item.title, "issuers": item.issuers, "number": item.number,
    }  # fmt: skip


def _report(results: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    rows, total = results["queue"], results["total"]
    if rows:
        console.print(show.queue_table(rows, title=f"审查队列（{total}件，风险高的在前）"))
    elif not results["problems"]:
        console.print("队列是空的。用 qinggui triage 提交文件")
    if total > len(rows):
        way = "加 --json 输出全部" if UNFILED in results["outcomes"] else "用 qinggui queue --limit 查看"
        console.print(f"……另有{total - len(rows)}件，{way}")
    if results["problems"]:
        console.print(show.problem_table([(p["file"], p["message"], p["remedy"]) for p in results["problems"]]))
    told = "，".join(f"{name}{count}件" for name, count in results["outcomes"].items())
    after = "仅试看，没有写入队列" if UNFILED in results["outcomes"] else "查看详情：qinggui show 编号"
    show.talk().print((f"本次：{told}。" if told else "") + after)


@app.command()
def queue(
    limit: Annotated[int, typer.Option("--limit", help="最多显示多少件")] = 50,
    as_json: AsJson = False,
) -> None:
    """显示审查队列和问题清单。"""
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.store import count_queue, troubles
    from pipeline.review.store import queue as items

    problems = [{"file": t.name, "kind": t.kind, "message": t.message, "remedy": t.remedy} for t in troubles()]
    _report(
        {
            "queue": [item_row(item) for item in items(limit=limit)],
            "total": count_queue(),
            "problems": problems,
            "outcomes": {},
        },
        as_json=as_json,
    )


@app.command("show")
def show_item(
    item_id: Annotated[int, typer.Argument(metavar="编号", help="队列中的编号")],
    everything: Annotated[bool, typer.Option("--all", help="连同因语境不作警示的命中一起显示")] = False,
    as_json: AsJson = False,
) -> None:
    """显示一份文件的全部要素、发现和理由。"""
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.store import find_item, history

    item = find_item(item_id)
    console = Console(highlight=False)
    if item.current is None:
        console.print(f"{item.name}：{item.status}。{item.reason}")
        return
    findings = [finding.content for finding in item.current.findings.order_by("start")]
    if as_json:
        print(
            json.dumps(
                {"id": item.pk, "name": item.name, **item.current.dossier},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    console.print(f"编号{item.pk}  {item.name}", style="dim")
    console.print(show.dossier_page(item.current.dossier, findings, softened=everything))
    for line in history(item):
        console.print(line, style="dim")


@app.command()
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
            Console(highlight=False).print(show.ablation_table(path.name, ablate(rows, read_day(as_of))))
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
        show.talk().print(line, style="red")
    if short:
        raise typer.Exit(ExitCode.BELOW_FLOOR)


def _text_folders(gold: Path, texts: list[Path] | None) -> list[Path]:
    """Where the texts of gold lie: as told, and in the usual folders beside it."""
    beside = gold.resolve().parent
    usual = [beside / "corpora" / "normative", beside / "corpora" / "district", beside / "seeds"]
    return [*(texts or []), *(folder for folder in usual if folder.is_dir())]


def _print_scores(scores: Any, *, misses: bool) -> None:
    console = Console(highlight=False)
    if scores.documents:
        console.print(show.scores_table(scores.fields, scores.sets))
    for name, score in scores.clauses.items():
        console.print(show.clause_table(name, score))
    for miss in scores.misses if misses else ():
        console.print(f"{miss.field}  {miss.document}  得 {miss.got}  应 {miss.gold}")


def _print_decisions(path: Path, *, misses: bool) -> None:
    """Official cleanup decisions beside our proposals, where the gold folder has them."""
    if not path.exists():
        return
    agreement = compare_decisions(path)
    told = "，".join(f"{name}{count}件" for name, count in sorted(agreement.counts.items()))
    console = Console(highlight=False)
    console.print(f"官方清理决定（{path.name}，仅凭题名、文号、机关、日期）：{told}")
    for title, official, ours, reason in agreement.differences if misses else ():
        console.print(f"decisions  {title}  官方 {official}  建议 {ours}（{reason}）")


@app.command()
def doctor() -> None:
    """检查安装：装了什么，缺什么，哪些格式可用，怎么补。"""
    console = Console(highlight=False)
    healthy = True
    for line in check_up(SETTINGS):
        healthy = healthy and (line.fine or line.optional)
        mark = "[green]✓[/]" if line.fine else "[yellow]—[/]" if line.optional else "[red]✗[/]"
        console.print(
            f"{mark} {escape(line.name)}：{escape(line.state)}"
            + (f"\n    {escape(line.remedy)}" if line.remedy else "")
        )
    if not healthy:
        raise typer.Exit(ExitCode.INTERNAL)


@app.command()
def version() -> None:
    """显示程序版本和规则指纹。"""
    print(engine())


def main() -> None:
    """Runs the command line; an error that a user can mend becomes a message and an exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    try:
        app()
    except PipelineError as error:
        show.talk().print(f"[red]出错：[/]{escape(str(error))}")
        sys.exit(int(error.exit_code))
