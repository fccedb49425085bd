"""The commands of the audit: `audit verify` and `audit anchor`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipeline.cli import render
from pipeline.cli.options import SETTINGS
from pipeline.errors import ExitCode
from pipeline.home import home_folder
from pipeline.review.connection import connect

audit_app = typer.Typer(help="审计：核验哈希链，导出锚点。", no_args_is_help=True)


@audit_app.command("verify")
def verify(
    anchor: Annotated[
        list[Path] | None, typer.Option("--anchor", help="以前导出的锚点文件，可以写多次；数据文件夹里的锚点总是核对")
    ] = None,
) -> None:
    """核验审计记录的哈希链：有删除、插入或者改动的，逐条指出；并与锚点、清理的决定核对。"""
    home = connect(SETTINGS)
    from pipeline.review.audit.anchors import anchors_for
    from pipeline.review.audit.campaigns import check_campaigns, unrecorded
    from pipeline.review.audit.verification import examine

    anchors = anchors_for(home, anchor or [])
    report = examine(anchors.anchors)
    found = [*report.faults, *filter(None, check_campaigns(home))]
    console = render.message_console()
    for fault in found:
        console.print(escape(fault), style="red")
    remarks = [*anchors.remarks, *([report.forks] if report.forks else [])]
    remarks += [f"清理“{name}”的决定由0.11.0以前的版本记下，没有入链，不能核验" for name in unrecorded(home)]
    for remark in remarks:
        console.print(escape(remark), style="yellow")
    told = f"有{len(found)}处不符" if found else "哈希链完整"
    print(f"审计记录{report.count}条，核对锚点{len(anchors.anchors)}个，{told}")
    if not anchors.anchors:
        console.print("还没有锚点：末尾被截去、全部重算都看不出来。请运行qinggui audit anchor，并交另一人保存")
    if found:
        raise typer.Exit(ExitCode.STORAGE)


@audit_app.command("anchor")
def anchor(
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件，交另一人保存")] = None,
    mail: Annotated[str, typer.Option("--mail", help="寄给谁（需要QINGGUI_MAIL）")] = "",
) -> None:
    """锚点：显示并记下审计记录现在的末条，以后据此发现截去和重算；请把它交给不管理服务器的人保存。"""
    connect(SETTINGS)
    from pipeline.review.audit.anchors import FILE, export_anchor, in_words, mail_to, take_anchor

    home = home_folder()
    made = take_anchor(home)
    print(in_words(made))
    print(f"已记在{home / FILE}")
    if out is not None:
        export_anchor(made, out)
        print(f"已导出到{out}。核验：qinggui audit verify --anchor {out}")
    if mail:
        mail_to(made, mail)
        print(f"已寄给{mail}")
