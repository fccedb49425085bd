"""The command `queue`, which lists the review queue, and the output it shares with `triage`."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from pipeline.cli import render
from pipeline.cli.options import SETTINGS, AsJson

# outcome of a dry run
UNFILED = "未入库"


def queue(
    limit: Annotated[int, typer.Option("--limit", help="最多显示多少件")] = 50,
    as_json: AsJson = False,
) -> None:
    """显示审查队列和问题清单。"""
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.queue.store import count_queue, open_problems
    from pipeline.review.queue.store import queue as items

    problems = [{"file": t.name, "kind": t.kind, "message": t.message, "remedy": t.remedy} for t in open_problems()]
    report(
        {
            "queue": [item_row(item) for item in items(limit=limit)],
            "total": count_queue(),
            "problems": problems,
            "outcomes": {},
        },
        as_json=as_json,
    )


def item_row(item: Any) -> dict[str, Any]:
    """The row of `render.queue_table` for an item of the database."""
    from pipeline.review.queue.validity import validity_of

    return {
        "id": item.pk, "name": item.name, "risk": item.risk, "parts": item.risk_parts, "status": item.status, "reason": item.reason,
        "validity": validity_of(item), "title": item.title, "issuers": item.issuers, "number": item.number,
    }  # fmt: skip


def report(results: dict[str, Any], *, as_json: bool) -> None:
    """Prints the queue and the problem list, as JSON or as tables; the summary of a run goes to stderr.

    `results` has the keys queue (rows of `item_row`), total, problems (file, kind, message, remedy) and outcomes
    (name → count of files of this run).
    """
    if as_json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
        return
    console = Console(highlight=False)
    rows, total = results["queue"], results["total"]
    if rows:
        console.print(render.queue_table(rows, title=f"审查队列（{total}件，风险高的在前）"))
    elif not results["problems"]:
        console.print("队列是空的。用 qinggui triage 提交文件")
    if total > len(rows):
        hint = "加 --json 输出全部" if UNFILED in results["outcomes"] else "用 qinggui queue --limit 查看"
        console.print(f"……另有{total - len(rows)}件，{hint}")
    if results["problems"]:
        console.print(render.problem_table([(p["file"], p["message"], p["remedy"]) for p in results["problems"]]))
    summary = "，".join(f"{name}{count}件" for name, count in results["outcomes"].items())
    next_step = "仅试看，没有写入队列" if UNFILED in results["outcomes"] else "查看详情：qinggui show 编号"
    render.message_console().print((f"本次：{summary}。" if summary else "") + next_step)
