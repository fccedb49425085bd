"""The counter where lawyers keep rules, laws and the model: commands `train`, `rules`, `laws`, `explain`."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from pipeline import show
from pipeline.classify.model import model_folder
from pipeline.errors import ExitCode, UsageError
from pipeline.evaluate import read_rows
from pipeline.library import LEAST, Library
from pipeline.trial import check_rules, try_file

SETTINGS = "pipeline.web.settings"
OUR_GOLD = Path(__file__).parents[1] / "corpora" / "gold" / "clauses.jsonl"

AsOf = Annotated[str, typer.Option("--as-of", help="按哪一天的法律状态审查（YYYY-MM-DD），缺省为今天")]

rules_app = typer.Typer(help="规则：检查、试用。", no_args_is_help=True)
laws_app = typer.Typer(help="法律库：加载法律文本，供上位法比对。", no_args_is_help=True)


def read_day(text: str) -> date:
    """The day an option names. Raises `UsageError`."""
    if not text:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"日期“{text}”不正确", remedy="请写成YYYY-MM-DD，例如2026-11-22") from error


def train(
    gold: Annotated[
        list[Path] | None, typer.Option("--gold", help="标注文件（JSONL），可以写多次；缺省为自带的句子")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="模型写到哪个文件夹；缺省替换自带的模型")] = None,
) -> None:
    """用标注句子训练条款模型，写出模型、清单和模型卡。"""
    try:
        from pipeline.train import read_sentences
        from pipeline.train import train as fit
    except ImportError as error:
        raise UsageError("训练模型需要scikit-learn和skops", remedy="请运行 pip install 'qinggui[train]'") from error

    sentences = read_sentences(gold or [OUR_GOLD])
    measured = fit(sentences, out or model_folder())
    flags, chances = sentences.flags, measured.chances
    raised = chances >= 0.5
    show.talk().print(
        f"已用{len(sentences.texts)}条句子训练，写入{out or model_folder()}。"
        f"交叉验证（门槛0.5）：精确率{(raised & flags).sum() / max(raised.sum(), 1):.3f}，召回率{(raised & flags).sum() / flags.sum():.3f}"
    )


@rules_app.command("check")
def check() -> None:
    """检查全部规则：例子、不认识的键、从不命中的规则。"""
    sentences = _our_sentences()
    health = check_rules(sentences)
    console = Console(highlight=False)
    console.print(f"类型{health.types}个，规则{health.rules}条，语境规则{health.contexts}条")
    for fault in health.faults:
        console.print(f"[red]✗[/] {fault}")
    for rule in health.silent:
        console.print(f"[yellow]—[/] 规则{rule}在自带的标注句子里一次也没有命中，请确认是否还需要")
    if health.faults or not health.rules:
        raise typer.Exit(ExitCode.RULES)
    console.print("[green]✓[/] 例子、词表和键都没有问题")


def _our_sentences() -> list[str]:
    if not OUR_GOLD.exists():
        return []
    return [row["sentence"] for row in read_rows(OUR_GOLD)]


@rules_app.command("try")
def try_rules(
    path: Annotated[Path, typer.Argument(metavar="规则文件", help="YAML：rules、contexts")],
    corpus: Annotated[list[Path], typer.Option("--corpus", help="拿哪些文件试，可以写多次")],
    as_of: AsOf = "",
) -> None:
    """在文件上试一份规则：会多报什么、少报什么，哪些已作出的决定要重看。"""
    if not path.exists():
        raise UsageError(f"找不到规则文件{path}", remedy="请检查路径是否写对")
    console = Console(highlight=False)
    changes = list(try_file(path, corpus, read_day(as_of)))
    for change in changes:
        mark = "[red]＋[/]" if change.gained else "[green]－[/]"
        console.print(f"{mark} {change.type} {show.short(change.sentence, 90)}  [dim]{change.file}[/]")
    told = Counter(change.gained for change in changes)
    console.print(f"多报{told[True]}处，少报{told[False]}处，涉及{len({change.file for change in changes})}份文件")
    reopened = _decided({(change.type, change.sentence) for change in changes})
    if reopened:
        console.print(f"已作出的决定中有{len(reopened)}项要重看：{'、'.join(reopened)}")


def _decided(changed: set[tuple[str, str]]) -> list[str]:
    """The items with a person's decision on a finding that would change."""
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.store import decided_findings

    return [f"编号{item}" for item, kind, text in decided_findings() if (kind, text) in changed]


@laws_app.command("add")
def add_laws(
    paths: Annotated[
        list[Path], typer.Argument(help="法律文本的文件或文件夹：markdown、docx、txt、html、zip、Parquet")
    ],
) -> None:
    """把法律文本加载进法律库；同名同施行日的会被替换。"""
    loaded = _library().add(paths)
    for line in loaded.refused[:20]:
        show.talk().print(f"[yellow]—[/] {line}")
    if len(loaded.refused) > 20:
        show.talk().print(f"……另有{len(loaded.refused) - 20}个文件没有条文")
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
    """The closest articles of the library as lines for a reader; none where no library was loaded."""
    library = _library()
    if not library.exists():
        return ["法律库是空的。用 qinggui laws add 加载法律文本后可以比对"]
    lines = []
    near_enough = [found for found in library.nearest(clause, as_of) if found.likeness >= LEAST]
    if not near_enough:
        return ["法律库中没有措辞接近的条文"]
    for found in near_enough:
        day = f"，{found.since}施行" if found.since else ""
        verdict = f"  ※{found.verdict}" if found.verdict else ""
        lines.append(f"《{found.law}》{found.article}（相似{found.likeness:.0%}{day}）{verdict}")
        lines.append(f"    {show.short(found.marked, 300)}")
    return lines


def _library() -> Library:
    from pipeline.review.connection import home_folder

    return Library(home_folder())


def explain(
    item_id: Annotated[int, typer.Argument(metavar="编号", help="队列中的编号")],
    number: Annotated[int | None, typer.Option("--finding", help="只看第几处（与show --all的序号一致）")] = None,
) -> None:
    """一份文件每一处命中的全部论证：凭什么提出，什么使它不作警示，上位法怎么说。"""
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.store import find_item

    item = find_item(item_id)
    version = item.current
    console = Console(highlight=False)
    if version is None:
        console.print(f"{item.name}：{item.status}。{item.reason}")
        return
    hits = {(hit["type"], hit["evidence"]["start"]): hit for hit in version.dossier["labels"]["hits"]}
    findings = [finding.content for finding in version.findings.order_by("start")]
    for at, finding in enumerate(findings, 1):
        if number in (None, at):
            hit = hits.get((finding["type"], finding["evidence"]["start"]))
            console.print(_argument(at, finding, hit, version.text))
            for line in neighbour_lines(_sentence(finding, hit, version.text), version.as_of):
                console.print(f"  {line}", style="dim")


def _sentence(finding: dict[str, Any], hit: dict[str, Any] | None, text: str) -> str:
    span = hit["sentence"] if hit else finding["evidence"]
    return text[span["start"] : span["end"]].strip()


def _argument(number: int, finding: dict[str, Any], hit: dict[str, Any] | None, text: str) -> Table:
    table = Table(
        title=f"{number}. [{finding['severity']}] {finding['name']}  {finding['path']}",
        title_justify="left",
        show_header=False,
    )
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("原句", _sentence(finding, hit, text))
    table.add_row("规则", f"{finding['rule']}：{finding['reasons'][0]}")
    table.add_row("命中文字", finding["text"])
    for context in hit["contexts"] if hit else ():
        span = context["span"]
        kinds = {"drop": "不作警示", "note": "只作提示", "soften": "降低一级"}
        table.add_row(
            kinds[context["effect"]], f"{context['says']}（{context['rule']}：{text[span['start'] : span['end']]}）"
        )
    if hit and hit["chance"] is not None:
        table.add_row("模型", f"应当审阅的可信度{hit['chance']:.0%}")
    for basis in finding["bases"]:
        mark = "" if basis["confirmed"] else "（待核实）"
        table.add_row("依据", f"《{basis['law']}》{basis['article']}：{basis['says']}{mark}")
    table.add_row("结论", "不作警示，留存备查" if finding["softened"] else f"提请审阅。{finding['advice']}")
    return table
