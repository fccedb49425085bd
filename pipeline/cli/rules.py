"""The commands for rule files: `rules check|try|audit`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.cli import render
from pipeline.cli.options import SETTINGS, AsOf, read_day
from pipeline.cli.training import SHARED
from pipeline.errors import ExitCode, UsageError
from pipeline.evaluation import read_rows
from pipeline.evaluation.gold import OUR_SENTENCES
from pipeline.evaluation.rule_impact import check_rules, try_file

rules_app = typer.Typer(help="规则：检查、试用。", no_args_is_help=True)


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
    if not OUR_SENTENCES.exists():
        return []
    return [row["sentence"] for row in read_rows(OUR_SENTENCES)]


@rules_app.command("audit")
def audit(
    shared: Annotated[
        Path, typer.Option("--shared", help="真实文件的标注所在的文件夹，缺省为项目旁边的shared")
    ] = SHARED,
    quick: Annotated[bool, typer.Option("--quick", help="不算比审查模型多出什么（那要逐折训练，约四分钟）")] = False,
) -> None:
    """每条规则在真实句子上的记录：命中、对、错，以及比审查模型多出什么。"""
    try:
        from pipeline.evaluation.rule_audit import audit_rules
    except ImportError as error:
        raise UsageError("规则记录需要scikit-learn和skops", remedy="请运行 pip install 'qinggui[train]'") from error
    records = audit_rules(shared, with_judge=not quick)
    Console(highlight=False).print(render.audit_table(records))


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
        console.print(f"{mark} {change.type} {render.short(change.sentence, 90)}  [dim]{change.file}[/]")
    counts = Counter(change.gained for change in changes)
    console.print(f"多报{counts[True]}处，少报{counts[False]}处，涉及{len({change.file for change in changes})}份文件")
    reopened = _decided({(change.type, change.sentence) for change in changes})
    if reopened:
        console.print(f"已作出的决定中有{len(reopened)}项要重看：{'、'.join(reopened)}")


def _decided(changed: set[tuple[str, str]]) -> list[str]:
    """The queue items with a reviewer's decision on a finding that would change; `changed` are pairs of type and sentence."""
    from pipeline.review.connection import connect

    connect(SETTINGS)
    from pipeline.review.queue.store import decided_findings

    return [f"编号{item}" for item, kind, text in decided_findings() if (kind, text) in changed]
