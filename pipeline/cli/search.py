"""The command `search`: full text over the queue, as a table, key words in context, JSON or csv."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.cli import render
from pipeline.cli.options import SETTINGS
from pipeline.errors import UsageError
from pipeline.review.connection import connect
from pipeline.review.output.workbooks import escape_formulas

# key in the JSON output → field of the filter
_FACETS = {"issuer": "机关", "place": "地区", "year": "年份", "genre": "文种", "group": "法律问题"}
# columns of a table: key → heading
_HEADS = {"item": "编号", "risk": "风险", "title": "文件", "number": "文号", "issuers": "制定机关", "around": "原文"}
_IN_CONTEXT = {
    "item": "编号",
    "title": "文件",
    "number": "文号",
    "start": "起点",
    "before": "之前",
    "word": "词",
    "behind": "之后",
}
_LIMIT = 20
# columns of a table that is not shown on a screen
_WIDTH = 200


def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="词",
            help="要找的词，须同时出现；甲|乙或者甲 OR 乙任一，-甲不含，甲*乙同一句里，题名:、文号:、机关:、正文:、年份:、地区:、文种:限定位置",
        ),
    ],
    heads: Annotated[bool, typer.Option("--heads", help="只找题名、文号和制定机关")] = False,
    limit: Annotated[int | None, typer.Option("--limit", help="最多几件，缺省20件，--csv缺省全部")] = None,
    context: Annotated[bool, typer.Option("--context", help="逐处列出：词之前、词、词之后")] = False,
    width: Annotated[int, typer.Option("--width", help="--context时词的前后各几个字")] = 20,
    counts: Annotated[bool, typer.Option("--counts", help="并列出按机关、地区、年份、文种、法律问题的件数")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="以JSON输出到标准输出")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="以csv输出到标准输出，表格软件可以打开")] = False,
) -> None:
    """在队列全部文件中查找，一个字起都准确，风险高的在前。"""
    if as_csv and (as_json or counts):
        raise UsageError("--csv不能与--json、--counts同用", remedy="请分两次运行，或者用--json --counts")
    connect(SETTINGS)
    from pipeline.review.models import Item
    from pipeline.review.queue.filters import Filter, facets
    from pipeline.review.search.terms import remarks_on

    query = Filter(q=" ".join(words), whole="" if heads else "1")
    for remark in remarks_on(query.q):
        render.message_console().print(f"注意：{escape(remark)}", style="yellow")
    found = query.apply(Item.objects.select_related("current"), None).order_by("-risk", "id")
    most = limit or (None if as_csv else _LIMIT)
    rows = list(_in_context(found[:most], query.q, width) if context else _rows(found[:most], query.q))
    results: dict[str, Any] = {"count": found.count(), "places" if context else "items": rows}
    if counts:
        results["counts"] = {name: dict(facets(Item.objects.all(), query, None)[key]) for key, name in _FACETS.items()}
    if as_json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    elif as_csv:
        _write_csv(rows, _IN_CONTEXT if context else _HEADS)
    else:
        _print_results(results, rows, context=context)


def _rows(items: Any, query: str) -> Iterator[dict[str, Any]]:
    from pipeline.review.search.snippets import snippet

    for item in items:
        around = "".join(piece for piece, _ in snippet(item.current.text if item.current else "", query))
        facts = {name: getattr(item, name) for name in ("title", "number", "issuers", "risk")}
        yield {"item": item.pk, **facts, "around": around}


def _in_context(items: Any, query: str, width: int) -> Iterator[dict[str, Any]]:
    """One row for each place of a word, in the order of items and texts."""
    from pipeline.review.search.snippets import in_context

    for item in items:
        for start, before, word, behind in in_context(item.current.text if item.current else "", query, width):
            where = {"item": item.pk, "title": item.title, "number": item.number, "start": start}
            yield {**where, "before": before, "word": word, "behind": behind}


def _write_csv(rows: Sequence[dict[str, Any]], names: dict[str, str]) -> None:
    """Writes rows as csv with Chinese headings and a byte order mark, by which workbooks know the encoding."""
    print("\ufeff", end="")
    writer = csv.writer(sys.stdout)
    writer.writerow(names.values())
    for row in rows:
        cells = ["" if row[key] is None else str(row[key]) for key in names]
        writer.writerow(escape_formulas(cells))


def _print_results(results: dict[str, Any], rows: Sequence[dict[str, Any]], *, context: bool) -> None:
    """Prints the results as a table, and the counts where there are any, on stdout: they are data, not talk."""
    count, shown = results["count"], len({row["item"] for row in rows})
    title = f"找到{count}件" + (f"，显示{shown}件" if count > shown else "") + (f"，{len(rows)}处" if context else "")
    table = Table(title=title, title_justify="left")
    if context:
        for name, justify in (
            ("编号", "right"),
            ("之前", "right"),
            ("词", "center"),
            ("之后", "left"),
            ("文件", "left"),
        ):
            table.add_column(name, overflow="fold", justify=justify)  # type: ignore[arg-type]
        for row in rows:
            cells = (str(row["item"]), row["before"], row["word"], row["behind"], render.short(row["title"] or "", 30))
            table.add_row(*map(escape, cells))
    else:
        for name in ("编号", "风险", "文件", "原文"):
            table.add_column(name, overflow="fold")
        for row in rows:
            head = "\n".join(filter(None, (row["title"], row["number"])))
            table.add_row(str(row["item"]), str(row["risk"]), escape(head), escape(str(row["around"])))
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(table)
    for name, values in results.get("counts", {}).items():
        if values:
            console.print(escape(f"{name}：" + "，".join(f"{value} {number}件" for value, number in values.items())))
