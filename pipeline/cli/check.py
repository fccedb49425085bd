"""The command `check`: whether what the home folder and the database hold is whole."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.cli.options import SETTINGS, AsJson
from pipeline.errors import ExitCode
from pipeline.review.connection import connect

if TYPE_CHECKING:
    from pipeline.review.inspection.run import Result

# of each check, as many lines are printed
_SHOWN = 20


def check(
    as_json: AsJson = False,
    rebuild_index: Annotated[bool, typer.Option("--rebuild-index", help="先按库里的正文重建检索索引")] = False,
) -> None:
    """自检：原件、版本、检索、审计、数据库有没有损坏或者改动。

    逐项检查原件的哈希、缺少和无主的文件、当前和公开的版本、发现的位置、检索索引、审计链、数据库和文件权限；有问题时返回码为5。
    """
    home = connect(SETTINGS)
    from pipeline.review.inspection.run import run
    from pipeline.review.models import Item, Version
    from pipeline.review.search.index import rebuild

    if rebuild_index:
        from django.db import transaction

        with transaction.atomic():
            rebuild(Item.objects.all(), Version.objects.all())
    result = run(home)
    if as_json:
        print(json.dumps(asdict(result), ensure_ascii=False, indent=1, default=datetime.isoformat))
    else:
        _print(result)
    if result.count:
        raise typer.Exit(ExitCode.STORAGE)


def _print(result: "Result") -> None:
    console, table = Console(highlight=False), Table(header_style="bold", pad_edge=False)
    for column in ("检查", "查了", "问题", "提示"):
        table.add_column(column, justify="left" if column == "检查" else "right")
    for row in result.rows:
        count = f"[red]{row.count}[/]" if row.count else "没有"
        table.add_row(row.name, str(row.looked_at), count, str(len(row.hints)) if row.hints else "")
    console.print(table)
    for row in result.rows:
        lines = [(words, "red") for words in row.faults] + [(words, "yellow") for words in row.hints]
        for words, style in lines[:_SHOWN]:
            console.print(escape(f"{row.name}：{words}"), style=style, soft_wrap=True)
        if len(lines) > _SHOWN:
            console.print(f"{row.name}：……另有{len(lines) - _SHOWN}处，加--json全部列出")
    console.print(f"发现{result.count}处问题" if result.count else "没有发现问题")
