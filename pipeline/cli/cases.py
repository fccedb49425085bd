"""The command of official cases: `cases near`."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.cli.options import AsJson
from pipeline.errors import UsageError
from pipeline.ingest.characters import clean
from pipeline.law.cases import OfficialCase, nearest_cases

cases_app = typer.Typer(help="官方案例：与一句话最接近的案例，由谁、何时、怎样认定。", no_args_is_help=True)
_COLUMNS = ("相似", "机关", "日期", "文件", "规定", "认定", "法律", "结果")
# columns of a table that is not shown on a screen
_WIDTH = 200


@cases_app.callback()
def _group() -> None:
    """官方案例：与一句话最接近的案例，由谁、何时、怎样认定。"""


@cases_app.command("near")
def near(
    provision: Annotated[str, typer.Argument(metavar="条款", help="一句话")],
    number: Annotated[int, typer.Option("--number", min=1, help="最多几件")] = 3,
    as_json: AsJson = False,
) -> None:
    """与一句话最接近的官方案例：机关、日期、文件、认定、法律、结果。引用前请查原文。"""
    if not provision.strip():
        raise UsageError("没有写条款", remedy='请写一句话，例如 qinggui cases near "外地企业须在本县设立子公司"')
    found = nearest_cases(clean(provision)[0], number)
    if as_json:
        print(
            json.dumps(
                [{**asdict(case), "likeness": likeness} for case, likeness in found], ensure_ascii=False, indent=1
            )
        )
        return
    if not found:
        print("没有相近的官方案例")
        return
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=max(console.width, _WIDTH))
    console.print(_table(found))


def _table(found: list[tuple[OfficialCase, float]]) -> Table:
    table = Table(show_lines=True)
    for name in _COLUMNS:
        table.add_column(name, overflow="fold")
    for case, likeness in found:
        held = f"{case.verdict}：{case.held}"
        cells = (
            f"{likeness:.2f}",
            case.authority,
            case.day or "不详",
            case.paper,
            case.provision,
            held,
            case.law,
            case.outcome,
        )
        table.add_row(*map(Text, cells))
    return table
