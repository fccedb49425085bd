"""The commands `trends` (alarms, documents, lives, burden, reuse as answers) and `reuse` (documents that share passages)."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.cli.options import SETTINGS, AsJson, read_day
from pipeline.errors import UsageError
from pipeline.home import home_folder, keep_private
from pipeline.review.connection import connect

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.analysis.answers import Answer
    from pipeline.analysis.frames import Frames

# columns of a table that is not shown on a screen
_WIDTH = 200
_BY = ("province", "city", "district", "level", "issuer")
Folder = Annotated[Path | None, typer.Argument(metavar="文件夹", help="qinggui frames写出的文件夹；缺省为队列")]
AsCsv = Annotated[bool, typer.Option("--csv", help="以csv输出到标准输出，表格软件可以打开")]


def trends(
    folder: Folder = None,
    only: Annotated[str, typer.Option("--only", help="只答这一个问题，例如alarms-by-year；不写则全部")] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="存续算到哪一天（YYYY-MM-DD），缺省为数据表审查的那一天")] = "",
    as_csv: AsCsv = False,
    as_json: AsJson = False,
    keep: Annotated[bool, typer.Option("--keep", help="不显示，做好审查台趋势页和接口要用的数据")] = False,
) -> None:
    """趋势：各年、各类、各层级、各地的警示，各年文件，存续，负担，沿用；与审查台趋势页相同。"""
    if keep:
        if only or as_of or as_csv or as_json:
            raise UsageError(
                "--keep做好全部问题的数据，不能同时写--only、--as-of、--csv、--json", remedy="请只写--keep"
            )
        _keep(folder)
        return
    tables = tables_of(folder)
    from pipeline.analysis.answers import answers, day_of_tables
    from pipeline.analysis.table_files import write_csv

    found = answers(tables, read_day(as_of) if as_of else day_of_tables(tables))
    keys = [answer.key for answer in found]
    if only and only not in keys:
        raise UsageError(f"没有“{only}”这个问题", remedy=f"有：{'、'.join(keys)}")
    if as_csv and not only:
        raise UsageError("--csv一次只写一张表", remedy=f"请用--only写明哪一张：{'、'.join(keys)}")
    shown = [answer for answer in found if only in ("", answer.key)]
    if as_csv:
        write_csv(sys.stdout, shown[0].table)
    elif as_json:
        print(json.dumps([_data_of(answer) for answer in shown], ensure_ascii=False, indent=1))
    else:
        for answer in shown:
            _print_answer(answer)


def _keep(folder: Path | None) -> None:
    if folder is not None:
        raise UsageError("--keep只做队列的数据", remedy="请不写文件夹")
    check_parts()
    keep_private()
    connect(SETTINGS)
    from pipeline.analysis.kept import keep

    print(f"已做好{keep(home_folder())}件文件的趋势和数据表，在审查台的趋势页")


def _data_of(answer: "Answer") -> dict[str, Any]:
    heads = {name: getattr(answer, name) for name in ("key", "question", "title", "note", "unit")}
    return {**heads, "bars": [asdict(bar) for bar in answer.bars]}


def _print_answer(answer: "Answer") -> None:
    table = Table()
    for name, right in (("", False), (answer.unit, True), ("下限—上限", False), ("", False)):
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for bar in answer.bars:
        estimated = bar.low is not None and bar.high is not None
        span = "—".join(_value(bound or 0.0, answer.unit) for bound in (bar.low, bar.high)) if estimated else ""
        table.add_row(escape(bar.label), _value(bar.value, answer.unit), span, escape(bar.words))
    _print(f"{answer.question}（{answer.key}）：{answer.title}", table, answer.note)


def reuse(
    folder: Folder = None,
    least: Annotated[int, typer.Option("--least", min=10, help="相同的段落至少几个字")] = 30,
    passages: Annotated[bool, typer.Option("--passages", help="列出相同的段落，不列成对的文件")] = False,
    between: Annotated[
        str, typer.Option("--between", help="合计到地区、层级或者机关之间：province、city、district、level、issuer")
    ] = "",
    within: Annotated[bool, typer.Option("--within", help="同一机关的文件之间也比")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="最多几行，缺省20行，--csv缺省全部")] = None,
    as_csv: AsCsv = False,
) -> None:
    """沿用：不同机关的哪些文件有相同的语句和段落，各占多少；地名、数字、日期不同也算，套话不算。"""
    if between and between not in _BY:
        raise UsageError(f"不能按{between}合计", remedy=f"可以按{'、'.join(_BY)}")
    tables = tables_of(folder)
    from pipeline.analysis import reuse as reused
    from pipeline.analysis.table_files import write_csv

    found = reused.reuse(tables, least, within=within)
    table = reused.between(found.pairs, between) if between else found.passages if passages else found.pairs
    if as_csv:
        write_csv(sys.stdout, table.head(limit) if limit else table)
        return
    title = f"{len(found.pairs)}对文件有{least}字以上相同的段落，共{len(found.passages)}段"
    _print(title, _shown(table.head(limit or 20)), f"套话和在{found.usual}件以上文件里的语句不算")


def _shown(rows: "pd.DataFrame") -> Table:
    """A table of pairs, passages or sums as a terminal shows it: the columns that people read, in Chinese."""
    names = {
        "a": "甲", "b": "乙", "title_a": "题名甲", "title_b": "题名乙", "kind": "种类", "sentences": "整句", "characters": "字数", "share_a": "占甲",
        "share_b": "占乙", "papers": "在几件里", "text_a": "原文甲", "text_b": "原文乙", "source": "在先", "taker": "在后", "pairs": "对",
    }  # fmt: skip
    shown = rows[[name for name in names if name in rows.columns]]
    table = Table()
    for name in shown.columns:
        table.add_column(names[name], overflow="fold")
    for row in shown.itertuples(index=False):
        table.add_row(*(escape(_cell(name, cell)) for name, cell in zip(shown.columns, row, strict=True)))
    return table


def check_parts() -> None:
    """Raises `UsageError` where the parts for tables are missing."""
    try:
        import pandas  # noqa: F401
        import pyarrow  # noqa: F401
        import scipy  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"所需的组件没有安装（{error.name}）", remedy="请运行 pip install 'qinggui[analysis]'"
        ) from error


def tables_of(folder: Path | None) -> "Frames":
    """The tables of a folder, of the queue where none is named. Raises `UsageError` where the parts for them are missing."""
    check_parts()
    from pipeline.analysis import frames

    if folder is not None:
        return frames.load(folder)
    keep_private()
    connect(SETTINGS)
    from pipeline.analysis.kept import tables_of_queue

    return tables_of_queue(home_folder())


def _value(value: float, unit: str) -> str:
    return f"{value:.0%}" if unit == "%" else f"{value:,.6g}"


def _cell(name: str, value: Any) -> str:
    return f"{value:.1%}" if name.startswith("share") else "" if value is None else str(value)


def _print(title: str, table: Table, note: str) -> None:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH)
    console.print(escape(title))
    console.print(table)
    console.print(escape(f"{note}\n"))
