"""The commands that operate the review desk: serve, worker, notify, verify, decisions, backup, restore."""

import hashlib
import json
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from pipeline.cli import render
from pipeline.cli.options import SETTINGS
from pipeline.errors import ExitCode, UsageError
from pipeline.home import home_folder, keep_private
from pipeline.leftovers import remove_leftovers
from pipeline.records import line_of
from pipeline.review.connection import connect


def serve(
    host: Annotated[str, typer.Option("--host", help="监听地址；给内网其他机器用时写0.0.0.0")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", help="同时启动几个处理进程；0为不启动（在别处运行qinggui worker）")
    ] = 1,
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=64, help="几个网页进程，人多而处理器有几个核时用；都在同一端口")
    ] = 1,
    listening: Annotated[int | None, typer.Option("--listening", hidden=True)] = None,
) -> None:
    """启动审查台（网页），并在旁边启动处理文件的进程。"""
    keep_private()
    connect(SETTINGS)
    remove_leftovers(home_folder())
    from pipeline.web import server as web
    from pipeline.web.wsgi import application

    shared = web.inherited(listening) if listening is not None else web.listen(host, port) if processes > 1 else None
    server = web.make_server(application, host, port, shared)
    signal.signal(signal.SIGTERM, _stop)

    inherit = ("--listening", str(shared.fileno()) if shared else "")
    same = (sys.executable, "-m", "pipeline", "serve", "--workers", "0", *inherit)
    beside = (web.Supervisor(processes - 1, same, shared), web.Supervisor(workers))
    web.run(server, beside, (lambda: None) if listening is not None else lambda: _say_ready(host, port))


def _say_ready(host: str, port: int) -> None:
    """Says where the desk is, and how to make the first account."""
    from django.contrib.auth.models import User

    print(f"审查台：http://{host}:{port}/  按Ctrl+C停止", flush=True)
    if not User.objects.exists():
        print("还没有账号。请在另一个窗口运行：qinggui user add 账号 --role 管理员", flush=True)


def _stop(*_: object) -> None:
    """Handles SIGTERM like Ctrl+C, so that `serve` also ends its worker processes."""
    raise KeyboardInterrupt


def worker(
    once: Annotated[bool, typer.Option("--once", help="做完排队的文件就结束")] = False,
    with_server: Annotated[bool, typer.Option("--with-server", hidden=True)] = False,
) -> None:
    """处理网页上提交的文件：读取、分析、入队，空闲时与法律库比对。可以在多台机器上各运行一个（需要共同的数据库和文件夹）。"""
    keep_private()
    connect(SETTINGS)
    remove_leftovers(home_folder())
    from pipeline.worker import work

    work(once=once, with_server=with_server)


def notify(
    as_json: Annotated[bool, typer.Option("--json", help="以JSON输出各人的新增，不发邮件")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="只显示，不发邮件")] = False,
) -> None:
    """提醒：各人保存的视图里新增了什么，发邮件告知（需要QINGGUI_MAIL）；worker每十分钟也会发一次。"""
    connect(SETTINGS)
    from pipeline.review.queue import alerts

    if as_json:
        rows = [{"user": one.view.user.username, "view": one.view.name, "count": one.count,
                 "items": [{"item": item.pk, "title": item.title, "number": item.number} for item in one.items]} for one in alerts.news()]  # fmt: skip
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if dry:
        lines = [f"{one.view.user.username}：{one.words}" for one in alerts.news()]
        print("\n".join(lines) if lines else "没有新增")
        return
    sent, faults = alerts.send()
    print(f"已发出{len(sent)}封提醒" + (f"：{'、'.join(sent)}" if sent else ""))
    for fault in faults:
        render.message_console().print(escape(fault), style="yellow")


def decisions(
    out: Annotated[Path, typer.Argument(metavar="文件", help="写到哪个JSONL文件")],
    documents: Annotated[
        Path | None,
        typer.Option("--documents", help="把更正过的题名、文号、日期等连同正文写到这个文件夹，供evaluate使用"),
    ] = None,
) -> None:
    """把审查人员对条款的决定写成标注句子，供 qinggui train --gold 使用；并说明警示被认可的比例。"""
    connect(SETTINGS)
    from pipeline.review.decisions.training_export import corrected, decided_sentences

    lines = list(decided_sentences())
    out.write_text("".join(map(line_of, lines)), encoding="utf-8")
    right = sum(line["verdict"] == "flag" for line in lines)
    share = f"，其中警示被认可的{right}条（{right / len(lines):.0%}）" if lines else ""
    print(f"已写出{len(lines)}条{share}。训练：qinggui train --gold corpora/gold/clauses.jsonl --gold {out}")
    if documents is not None:
        _write_corrected(documents, list(corrected()))


def _write_corrected(folder: Path, found: list[tuple[dict[str, Any], str]]) -> None:
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    (folder / "corrections.jsonl").write_text("".join(line_of(line) for line, _ in found), encoding="utf-8")
    for line, text in found:
        (folder / "texts" / f"{line['id']}.txt").write_text(text, encoding="utf-8")
    print(f"更正过的文件{len(found)}件，写在{folder}：corrections.jsonl为更正后的值，texts为正文")


def backup(
    out: Annotated[Path | None, typer.Argument(metavar="文件", help="备份写到哪个zip文件")] = None,
    verify: Annotated[Path | None, typer.Option("--verify", help="不备份，逐字节核对这份备份是否完整")] = None,
) -> None:
    """备份队列、原件、清理和法律库到一个zip，每个字节都有哈希；审查台运行时也可以备份，SQLite和PostgreSQL都可以。"""
    from pipeline.review.backups import back_up

    if verify is not None:
        _check_backup(verify)
        return
    if out is None:
        raise UsageError("没有写明备份到哪个文件", remedy="例如qinggui backup 备份.zip")
    connect(SETTINGS)
    count = back_up(home_folder(), out)
    from pipeline.review.accounts import COMMAND_LINE
    from pipeline.review.audit.chain import note

    note(COMMAND_LINE, "备份", None, f"{count}个文件到{out}"[:500])
    print(f"已备份{count}个文件到{out}。核对：qinggui backup --verify {out}")


def _check_backup(file: Path) -> None:
    """Prints what is wrong with a backup, and ends with the exit code for it."""
    from pipeline.review.backups import check

    faults = list(check(file))
    print("\n".join(faults) if faults else "备份完整")
    if faults:
        raise typer.Exit(ExitCode.STORAGE)


def restore(
    source: Annotated[Path, typer.Argument(metavar="文件", help="备份的zip文件")],
    check_only: Annotated[bool, typer.Option("--check", help="只核对备份是否完整，不恢复")] = False,
) -> None:
    """从备份恢复到空的文件夹（PostgreSQL的备份恢复到空的数据库）；先逐字节核对，不完整的不恢复，已有的队列不覆盖。"""
    if check_only:
        _check_backup(source)
        return
    from pipeline.review.backups import restore as unpack

    count = unpack(source, home_folder())
    connect(SETTINGS)
    print(f"已恢复{count}个文件到{home_folder()}")


def verify_file(file: Annotated[Path, typer.Argument(metavar="文件", help="从审查台导出的文件")]) -> None:
    """核验一份导出的文件：是否由本系统导出、有没有改动、能不能按同样的文件和决定重新生成、审计记录是否完整。"""
    connect(SETTINGS)

    from pipeline.review.audit.anchors import kept_anchors
    from pipeline.review.audit.chain import EXPORTED, exports_of
    from pipeline.review.audit.verification import verify as faults
    from pipeline.review.clock import local_time
    from pipeline.review.models import Export
    from pipeline.review.output.exports import check_reproducible

    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(f"无法读取{file}（{error.strerror}）", remedy="请检查路径") from error
    found = exports_of(digest)
    for entry in found:
        item = f"，队列编号{entry.item}" if entry.item else ""
        made = "导出" if entry.what == EXPORTED else "送达时生成"
        print(f"{local_time(entry.at)} 由{entry.who}{made}{item}")
    export = Export.objects.filter(digest=digest).select_related("item", "version").order_by("-id").first()
    if export is not None:
        print(check_reproducible(export))
    broken = len(list(faults(kept_anchors(home_folder()).anchors)))
    if not found:
        print("没有导出记录：不是本系统导出的文件，或者导出后有改动")
    elif broken:
        print(f"文件与导出时一致，但审计记录有{broken}处不符，请用qinggui audit verify查看")
    else:
        print("文件与导出时一致，审计记录完整")
    if not found or broken:
        raise typer.Exit(ExitCode.STORAGE)
