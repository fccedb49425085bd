"""The commands of the law library: `laws add|update|status|count|near`."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.cli import render
from pipeline.cli.options import AsJson, AsOf, read_day
from pipeline.errors import UsageError
from pipeline.ingest.characters import clean
from pipeline.ingest.laws import load_laws
from pipeline.law.law_texts import ARTICLES, COMMENCEMENT, STATE
from pipeline.law.library import LEAST, Library
from pipeline.law.library_status import LibraryStatus, TextDoubt, status_of
from pipeline.law.library_update import update

laws_app = typer.Typer(help="法律库：加载法律文本，供上位法比对，在依据下显示条文。", no_args_is_help=True)
_MOST_GAPS = 12


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


@laws_app.command("update")
def update_laws() -> None:
    """把已经安装的法律数据包（pip install 'qinggui[laws]'）读进法律库，替换它从前的版本；不联网，自行加载的不动。"""
    made = update(_library())
    print(f"{made.source}（数据到{made.day}）：读入法律{made.laws}部、文本{made.texts}份，条文{made.articles}条")
    if made.own:
        print(f"自行加载的{made.own}份同名同施行日，保留自行加载的")
    print(f"施行日按本程序的表改正{made.corrected}份，存疑{made.doubts}处。查看：qinggui laws status")


@laws_app.command("status")
def library_status(as_of: AsOf = "", as_json: AsJson = False) -> None:
    """法律库的版本、部数、条数，规则所引而库里缺的法律，存疑之处。"""
    status = status_of(_library(), read_day(as_of))
    if as_json:
        print(json.dumps(asdict(status), ensure_ascii=False, indent=1, default=str))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in status_lines(status):
        console.print(line, markup=False)


def status_lines(status: LibraryStatus) -> list[str]:
    """The status of the law library in lines of text."""
    if not status.texts:
        return [
            "法律库是空的。用 pip install 'qinggui[laws]' 装上数据包后运行 qinggui laws update，或者用 qinggui laws add 加载"
        ]
    lines = [
        f"法律库：法律{status.laws}部、文本{status.texts}份，条文{status.articles}条；{status.day}有效的{status.in_force}份"
    ]
    for source in status.sources:
        day = f"，数据到{source.day}" if source.day else ""
        lines.append(f"  {source.name or '自行加载'}：{source.texts}份{day}")
    whole = [gap.law for gap in status.gaps if gap.whole]
    lines.append(
        f"规则所引的法律、法规、规章和文件{status.cited}件，法律库没有{status.day}文本的{len(whole)}件{'：' if whole else ''}"
    )
    lines += [f"  《{law}》" for law in whole[:_MOST_GAPS]]
    if len(whole) > _MOST_GAPS:
        lines.append(f"  ……另有{len(whole) - _MOST_GAPS}件（--json看全部）。行政法规、规章请用 qinggui laws add 加载")
    lines += [f"法律库的《{gap.law}》没有规则所引的{'、'.join(gap.articles)}" for gap in status.gaps if not gap.whole]
    lines.append(f"存疑{len(status.doubts)}处{'：' if status.doubts else ''}")
    for about in (STATE, COMMENCEMENT, ARTICLES):
        lines += [f"  [{about}] {_named(one)}：{one.doubt.says}" for one in status.doubts if one.doubt.about == about]
    return lines


def _named(one: TextDoubt) -> str:
    return f"《{one.law}》（{one.since}施行）" if one.since else f"《{one.law}》"


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
    if not clause.strip():
        raise UsageError("没有写要比对的话", remedy='例如：qinggui laws near "经批准后方可营业"')
    console = Console(highlight=False)
    for line in neighbour_lines(clean(clause)[0], read_day(as_of)):
        console.print(line)


def neighbour_lines(clause: str, as_of: date) -> list[str]:
    """The closest articles of the law library as of a day, as lines of text; one line of explanation if there are none."""
    library = _library()
    if not library.exists() or not library.count()[1]:
        return ["法律库是空的。用 qinggui laws update（数据包）或者 qinggui laws add 加载法律文本后可以比对"]
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
