"""The commands that show one document of the queue: `show`, `explain`."""

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pipeline.clause_places import place_in_words
from pipeline.cli import render
from pipeline.cli.options import SETTINGS, AsJson
from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.reader.cache import Cache

if TYPE_CHECKING:
    from pipeline.review.models import Version


def show_item(
    item_id: Annotated[int, typer.Argument(metavar="编号", help="队列中的编号")],
    everything: Annotated[bool, typer.Option("--all", help="连同因语境不作警示的命中一起显示")] = False,
    as_json: AsJson = False,
) -> None:
    """显示一份文件的全部要素、发现和理由。"""
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.models import WITHOUT_VALIDITY
    from pipeline.review.output.program_words import is_other_paper, measure_of, told
    from pipeline.review.queue.store import find_item, history
    from pipeline.review.queue.validity import told_dossier

    item = find_item(item_id)
    console = Console(highlight=False)
    if item.current is None:
        console.print(f"{item.name}：{item.status}。{item.reason}")
        return
    findings = [told(finding, item) for finding in item.current.findings.order_by("start")]
    if as_json:
        print(
            json.dumps(
                {"id": item.pk, "name": item.name, **told_dossier(item)},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    console.print(f"编号{item.pk}  {item.name}", style="dim")
    for line in filter(None, [measure_of(other=is_other_paper(item))]):
        console.print(line)
    page = render.dossier_page(
        told_dossier(item), findings, softened=everything, issued=item.kind not in WITHOUT_VALIDITY
    )
    console.print(page)
    for line in history(item):
        console.print(line, style="dim")


def explain(
    item_id: Annotated[int, typer.Argument(metavar="编号", help="队列中的编号")],
    number: Annotated[int | None, typer.Option("--finding", help="只看第几处（与show --all的序号一致）")] = None,
) -> None:
    """一份文件每一处命中的全部论证：凭什么提出，什么使它不作警示，上位法怎么说。"""
    from pipeline.cli.laws import neighbour_lines
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.output.program_words import told
    from pipeline.review.queue.store import find_item

    item = find_item(item_id)
    version = item.current
    console = Console(highlight=False)
    if version is None:
        console.print(f"{item.name}：{item.status}。{item.reason}")
        return
    hits = {(hit["type"], hit["evidence"]["start"]): hit for hit in version.dossier["labels"]["hits"]}
    findings = [told(finding, item) for finding in version.findings.order_by("start")]
    if number is not None and not 1 <= number <= len(findings):
        raise UsageError(f"没有第{number}处，共{len(findings)}处", remedy=f"请用qinggui show {item_id} --all查看序号")
    opinions = Cache(home_folder()).on_spans(version.original_id, version.text)
    for index, finding in enumerate(findings, 1):
        if number in (None, index):
            hit = hits.get((finding["type"], finding["evidence"]["start"]))
            console.print(_argument(index, finding, hit, version))
            for opinion in opinions.at(Span(**finding["evidence"])):
                console.print(escape(f"  大模型意见  {opinion.in_words}"))
            for line in neighbour_lines(_sentence(finding, hit, version.text), version.as_of):
                console.print(f"  {line}", style="dim")


def _sentence(finding: dict[str, Any], hit: dict[str, Any] | None, text: str) -> str:
    span = hit["sentence"] if hit else finding["evidence"]
    return text[span["start"] : span["end"]].strip()


def _argument(number: int, finding: dict[str, Any], hit: dict[str, Any] | None, version: "Version") -> Table:
    text = version.text
    table = Table(
        title=f"{number}. [{finding['severity']}] {finding['name']}  {place_in_words(finding['path'])}",
        title_justify="left",
        show_header=False,
    )
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("原句", _sentence(finding, hit, text))
    table.add_row("规则", "：".join(filter(None, [finding.get("rule"), next(iter(finding["reasons"]), "")])))
    table.add_row("命中文字", finding["text"])
    for context in hit["contexts"] if hit else ():
        span = context["span"]
        kinds = {"drop": "不作警示", "note": "只作提示", "soften": "降低一级"}
        table.add_row(
            kinds[context["effect"]], f"{context['says']}（{context['rule']}：{text[span['start'] : span['end']]}）"
        )
    if hit and hit["chance"] is not None:
        table.add_row("审查模型", f"应当审阅的可信度{hit['chance']:.0%}")
    for ground in finding.get("grounds", ()):
        name, _, said = ground.partition("：")
        table.add_row(name, said)
    _add_bases(table, finding["bases"], version.as_of)
    for case in finding.get("cases", ()):
        table.add_row("类似案例", case)
    table.add_row("结论", "不作警示，留存备查" if finding["softened"] else f"提请审阅。{finding['advice']}")
    return table


def _add_bases(table: Table, bases: list[dict[str, Any]], day: date) -> None:
    """The rows of the bases, and below each the words of its articles as of the day where the law library has them."""
    from pipeline.review.queue.basis_words import words_beside, words_of_bases

    words = words_of_bases(bases, day)
    for basis in bases:
        mark = "" if basis["confirmed"] else "（待核实）"
        table.add_row("依据", f"《{basis['law']}》{basis['article']}：{basis['says']}{mark}")
        for one in words_beside(basis, words):
            table.add_row("条文", Text(one.in_line))
