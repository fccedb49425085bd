"""The command that reads files into the review queue: `triage`."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from pipeline.analyzer import LegalContext, analyze_upload, refuse_secret
from pipeline.cli import render
from pipeline.cli.options import SETTINGS, AsJson, AsOf, Place, read_day
from pipeline.cli.queue import UNFILED, item_row, report
from pipeline.document import Dossier, Problem
from pipeline.errors import ExitCode, UsageError
from pipeline.home import write_nothing
from pipeline.ingest import Upload, count_files, uploads
from pipeline.logs import to_screen
from pipeline.version import engine

# number of queue rows shown in a terminal
SHOWN = 50


def triage(
    paths: Annotated[list[Path], typer.Argument(help="文件、文件夹或zip，可以写多个")],
    as_of: AsOf = "",
    place: Place = None,
    as_json: AsJson = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不入库，不留任何痕迹")] = False,
) -> None:
    """读取文件，分析后按风险高低排入审查队列。"""
    legal_context = LegalContext(read_day(as_of), place)
    _refuse_missing(paths)
    shown = None if as_json else SHOWN
    results = (_dry_run if dry_run else _store)(paths, legal_context, shown)
    report(results, as_json=as_json)
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
        console=render.message_console(),
        transient=True,
    )


def _analyze(paths: list[Path], legal_context: LegalContext) -> Iterator[tuple[Upload | None, Dossier | Problem]]:
    """Yields each file with its dossier or problem, and shows a progress bar. The file is None if it cannot be opened."""
    with _progress() as progress:
        task = progress.add_task("分析", total=sum(count_files(path) for path in paths), rate="")
        for upload in chain.from_iterable(map(uploads, paths)):
            if isinstance(upload, Problem):
                yield None, upload
            else:
                yield upload, refuse_secret(analyze_upload(upload, legal_context))
            _advance(progress, task)


def _advance(progress: Progress, task: TaskID) -> None:
    state = progress.tasks[task]
    total = max(state.total or 0, state.completed + 1)
    rate = f"{state.finished_speed or state.speed or 0:.0f}件/秒"
    progress.update(task, advance=1, total=total, rate=rate)


def _dry_run(paths: list[Path], legal_context: LegalContext, shown: int | None) -> dict[str, Any]:
    """Analyses all files without writing anything; returns the `shown` riskiest rows (None: all) for `report`."""
    to_screen()
    write_nothing()
    rows: list[dict[str, Any]] = []
    problems: list[dict[str, str]] = []
    count = 0
    for number, (_, result) in enumerate(_analyze(paths, legal_context), 1):
        if isinstance(result, Problem) and not result.waiting:
            problems.append(_problem(result))
            continue
        count += 1
        rows.append(
            render.dossier_row(number, result) if isinstance(result, Dossier) else render.problem_row(number, result)
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


def _store(paths: list[Path], legal_context: LegalContext, shown: int | None) -> dict[str, Any]:
    """Analyses all files and puts them into the queue; returns its first `shown` rows (None: all) for `report`."""
    from pipeline.review.connection import connect

    home = connect(SETTINGS)
    from pipeline.review.queue.store import QueueWriter, count_queue, queue

    writer = QueueWriter(home, engine())
    outcomes: Counter[str] = Counter()
    problems: list[dict[str, str]] = []
    for upload, result in _analyze(paths, legal_context):
        entry = _put(writer, upload, result, legal_context)
        outcomes[entry.outcome.value] += 1
        if isinstance(result, Problem) and not result.waiting:
            problems.append(_problem(result))
    rows = [item_row(item) for item in queue(limit=shown)]
    return {"queue": rows, "total": count_queue(), "problems": problems, "outcomes": dict(outcomes)}


def _put(writer: Any, upload: Upload | None, result: Dossier | Problem, legal_context: LegalContext) -> Any:
    if isinstance(result, Dossier) and upload is not None:
        return writer.put(result, upload.data, legal_context.place)
    return writer.put_problem(result, upload.data if upload else None)
