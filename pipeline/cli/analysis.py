"""The commands for analysis: `frames` (the queue as tables), `dfm` (documents × words), `figures` (numbers in reports)."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.cli import render
from pipeline.cli.options import SETTINGS
from pipeline.document import Dossier, Problem
from pipeline.errors import UsageError
from pipeline.ingest import uploads
from pipeline.review.connection import connect

# columns of a table that is not shown on a screen
WIDTH = 200


def frames(
    out: Annotated[
        Path | None, typer.Argument(metavar="文件夹", help="写到哪个文件夹；再次写到同一处只更新变化的部分")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="列出全部数据表和每一列的含义，不写文件")] = False,
) -> None:
    """把队列写成数据表（Parquet）：文件、条款、发现、引用、关系、有效性、任务、清理指标、报告数字、决定，供pandas、DuckDB使用。"""
    try:
        from pipeline.analysis import frames
        from pipeline.analysis.blocks import usable_processors
        from pipeline.analysis.columns import TABLES
    except ImportError as error:
        remedy = "请运行 pip install 'qinggui[analysis]'"
        raise UsageError(f"数据表所需的组件没有安装（{error.name}）", remedy=remedy) from error
    if explain:
        for table, name, kind, meaning in frames.explained():
            print(f"{table}.{name}  {kind}  {meaning}")
        return
    if out is None:
        raise UsageError("没有写明文件夹", remedy="请写明写到哪个文件夹，或者用--explain看有哪些列")
    connect(SETTINGS)
    done = frames.write(out, processes=usable_processors())
    print(f"已写出{done.items}件文件的{len(TABLES)}张数据表到{out}（{done.blocks}块，其中更新{done.fresh}块）")
    print(f"用法：duckdb.sql(\"select type, count(*) from '{out}/findings/*.parquet' group by 1\")")


def dfm(
    out: Annotated[
        Path | None, typer.Argument(metavar="文件夹", help="写到哪个文件夹，空的，或者以前写出矩阵的")
    ] = None,
    tables: Annotated[
        Path | None, typer.Argument(metavar="数据表", help="qinggui frames写出的文件夹；缺省为队列")
    ] = None,
    unit: Annotated[
        str, typer.Option("--unit", help="一行是什么：documents文件、provisions条款、sentences句子")
    ] = "documents",
    min_documents: Annotated[int, typer.Option("--min-documents", help="词至少在几行里出现，更少的不要")] = 1,
    max_share: Annotated[float, typer.Option("--max-share", help="词至多在多大比例的行里出现，更多的不要")] = 1.0,
    explain: Annotated[bool, typer.Option("--explain", help="列出各文件和每一列的含义，不写文件")] = False,
) -> None:
    """文档词频矩阵：文件、条款或者句子×词，供scikit-learn和quanteda使用。词由jieba按法律用户词典切出。"""
    tables_of, matrix, units = _dfm_parts()
    if explain:
        for name, meaning in units.explained(unit):
            print(f"{name}  {meaning}")
        return
    if out is None:
        raise UsageError("没有写明文件夹", remedy="请写明写到哪个文件夹，或者用--explain看有哪些列")
    done = matrix.write(out, tables_of(tables), unit, min_documents=min_documents, max_share=max_share)
    print(f"已写出{done.rows}行、{done.words}个词的矩阵到{out}（{done.counts}个非零）：{'、'.join(matrix.FILES)}")
    print(f'用法：from pipeline.analysis import feature_matrix; feature_matrix.load("{out}")；R见docs/analysis.md')


def _dfm_parts() -> Any:
    """What `dfm` needs. Raises `UsageError` where the parts for tables are missing."""
    from pipeline.cli.trends import check_parts, tables_of

    check_parts()
    from pipeline.analysis import feature_matrix, feature_units

    return tables_of, feature_matrix, feature_units


def figures(
    paths: Annotated[list[Path], typer.Argument(help="年度报告，文件、文件夹或zip，可以写多个")],
    as_json: Annotated[bool, typer.Option("--json", help="以JSON输出到标准输出")] = False,
    everything: Annotated[bool, typer.Option("--all", help="题名不像报告的文件也读")] = False,
) -> None:
    """年度报告里的数字：事项、对象、数值、单位、同比。对象是表格和句子里所列的地区或者机关；按可以比较的名称排列，便于各地各年对照。"""
    rows = [row for dossier in _read_all(paths) for row in _figures_of(dossier, everything=everything)]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    table = Table(title=f"读出{len(rows)}个数字", title_justify="left")
    for head in ("制定机关", "年度", "指标", "事项", "对象", "数值", "同比"):
        table.add_column(head, justify="right" if head in ("数值", "同比") else "left", overflow="fold")
    for row in sorted(rows, key=lambda row: (row["topic"] == "", row["topic"], row["issuer"], row["year"] or 0)):
        about = "约" if row["bound"] == "左右" else ""
        shown = f"{about}{row['value']:,.10g}{row['unit']}{'' if about else row['bound'] or ''}"
        words = (row["issuer"], str(row["year"] or ""), *(row[name] for name in ("topic", "item", "subject")), shown)
        table.add_row(*map(escape, (*words, row["change"] or "")))
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(table)


def _figures_of(dossier: Dossier, *, everything: bool) -> Iterator[dict[str, Any]]:
    """The figures of a report as rows; none of a document whose title is not that of one, unless `everything`."""
    from pipeline.parse.figure_tables import figures_in
    from pipeline.parse.figures import change_of, is_report, topic_of, year_of

    title, text = dossier.document.masthead.title, dossier.source.text
    name = title.value if title else text.split("\n", 1)[0][:40]
    issuers = dossier.document.masthead.issuers
    for figure in figures_in(dossier.source) if everything or is_report(name) else ():
        change_value, change_unit = change_of(figure.change)
        yield {
            "issuer": issuers[0].value if issuers else "", "year": figure.year or year_of(name, text), "topic": topic_of(figure.item) or "",
            "item": figure.item, "subject": figure.subject or "", "context": figure.context.cut(text).strip() if figure.context else "",
            "value": figure.value, "unit": figure.unit, "change": figure.change, "change_value": change_value, "change_unit": change_unit,
            "about": figure.about, "bound": figure.bound, "title": name, "sentence": figure.span.sentence(text).cut(text).strip(),
        }  # fmt: skip


def _read_all(paths: list[Path]) -> Iterator[Dossier]:
    """The dossiers of all files; files that cannot be read are reported on stderr and skipped. Raises `UsageError`."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"找不到{'、'.join(missing)}", remedy="请检查路径是否写对")
    for upload in chain.from_iterable(map(uploads, paths)):
        found = upload if isinstance(upload, Problem) else analyze_upload(upload, LegalContext(date.today()))
        if isinstance(found, Dossier):
            yield found
        else:
            render.message_console().print(escape(f"{found.name}：{found.message}。{found.remedy}"), style="yellow")
