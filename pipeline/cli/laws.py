"""The commands of the law library: `laws add|count|near`."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.cli import render
from pipeline.cli.options import AsOf, read_day
from pipeline.ingest.laws import load_laws
from pipeline.law.library import LEAST, Library

laws_app = typer.Typer(help="法律库：加载法律文本，供上位法比对。", no_args_is_help=True)


@laws_app.command("add")
def add_laws(
    paths: Annotated[
        list[Path], typer.Argument(help="法律文本的文件或文件夹：markdown、docx、txt、html、zip、Parquet")
    ],
) -> None:
    """把法律文本加载进法律库；同名同施行日的会被替换。"""
    loaded = load_laws(_library(), paths)
    for line in loaded.refused[:20]:
        render.message_console().print(f"[yellow]—[/] {line}")
    if len(loaded.refused) > 20:
        render.message_console().print(f"……另有{len(loaded.refused) - 20}个文件没有条文")
    print(f"加载法律{loaded.laws}部，条文{loaded.articles}条")


@laws_app.command("count")
def count_laws() -> None:
    """法律库里有多少部法律、多少条。"""
    laws, articles = _library().count()
    print(f"法律{laws}部，条文{articles}条")


@laws_app.command("near")
def near(
    clause: Annotated[str, typer.Argument(metavar="条款", help="一句话")],
    as_of: AsOf = "",
) -> None:
    """一句话与法律库中最接近的条文，差异标出：【】是条文独有，｛｝是条款独有。"""
    console = Console(highlight=False)
    for line in neighbour_lines(clause, read_day(as_of)):
        console.print(line)


def neighbour_lines(clause: str, as_of: date) -> list[str]:
    """The closest articles of the law library as of a day, as lines of text; one line of explanation if there are none."""
    library = _library()
    if not library.exists() or not library.count()[1]:
        return ["法律库是空的。用 qinggui laws add 加载法律文本后可以比对"]
    lines = []
    near_enough = [found for found in library.nearest(clause, as_of) if found.likeness >= LEAST]
    if not near_enough:
        return ["法律库中没有措辞接近的条文"]
    for found in near_enough:
        day = f"，{found.since}施行" if found.since else ""
        verdict = f"  ※{found.verdict}" if found.verdict else ""
        lines.append(f"《{found.law}》{found.article}（相似{found.likeness:.0%}{day}）{verdict}")
        lines.append(f"    {render.short(found.marked, 300)}")
    return lines


def _library() -> Library:
    from pipeline.home import home_folder
    from pipeline.logs import to_file

    to_file(home_folder())
    return Library(home_folder())
