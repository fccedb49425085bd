"""The commands of a cleanup: `campaign new|index|run|pause|cancel|status|lists|desk|diff`; `decide|confirm|publish` are in `campaign_decisions`."""

import json
from collections import Counter
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from pipeline.cli import campaign_decisions, render
from pipeline.cli.campaign_options import Name, load, open_queue, rows_of
from pipeline.cli.options import AsOf, read_day
from pipeline.document import OUTCOMES
from pipeline.errors import ExitCode, UsageError
from pipeline.home import home_folder, keep_private
from pipeline.version import engine

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.campaign import Campaign, Row
    from pipeline.campaign import Progress as RunProgress

app = typer.Typer(help="清理：成批审查现行文件，提出继续有效、修改、废止、失效的建议。", no_args_is_help=True)

# the exit code of a program that Ctrl+C ended
_INTERRUPTED = 130
# packages of `qinggui[campaign]`
_NEEDED = ("distributed", "pyarrow", "rensa", "icalendar", "psutil")
AsJson = Annotated[bool, typer.Option("--json", help="以JSON输出到标准输出")]


@app.callback()
def check_dependencies() -> None:
    """Raises `UsageError` with the install command if the optional packages of `qinggui[campaign]` are missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        remedy = "请运行 pip install 'qinggui[campaign]'，或者 make setup-dev"
        raise UsageError(f"清理所需的组件没有安装（{'、'.join(missing)}）", remedy=remedy)


@app.command()
def new(
    name: Name,
    paths: Annotated[list[Path], typer.Argument(help="现行文件所在的文件夹、文件或zip，可以写多个")],
    as_of: AsOf = "",
    place: Annotated[
        str | None, typer.Option("--place", help="制定机关所在地区（如 湖南），缺省按制定机关名称判断")
    ] = None,
    before: Annotated[str, typer.Option("--before", help="只清理这一天以前制定的文件（YYYY-MM-DD）")] = "",
    issuer: Annotated[
        list[str] | None, typer.Option("--issuer", help="只清理名称含有这些字的机关制定的文件，可以写多次")
    ] = None,
    normative_only: Annotated[bool, typer.Option("--normative-only", help="只清理行政规范性文件")] = False,
    previous: Annotated[
        str | None, typer.Option("--previous", help="上一次清理的名称：没有变化的文件沿用其决定")
    ] = None,
    index: Annotated[
        Path | None,
        typer.Option("--index", help="本单位的文件台账（xlsx或csv），补充从文件中读不出的题名、文号、制定机关、日期"),
    ] = None,
) -> None:
    """新建一次清理：记下范围，冻结文件快照。"""
    from pipeline import campaign as work
    from pipeline.campaign import folder

    _check_there(paths)
    keep_private()
    home = home_folder()
    if previous:
        folder.load(home, previous)
    keep_index = _index_reader(index) if index else None
    scope = work.Scope(read_day(before) if before else None, tuple(issuer or ()), normative_only)
    path = folder.campaigns_folder(home) / name
    campaign = folder.create(home, work.Campaign(path, name, read_day(as_of), place, scope, previous, date.today()))
    count = work.freeze(campaign, paths)
    told = f"，台账{keep_index(campaign)}行" if keep_index else ""
    print(f"已新建清理“{name}”，快照{count}个文件{told}。开始：qinggui campaign run {name}")


def _index_reader(file: Path) -> "Callable[[Campaign], int]":
    """Reads a ledger; the result writes it to a campaign and returns its number of rows. Raises `UsageError`."""
    from pipeline.campaign import ledger

    entries = ledger.read_ledger(file)

    def keep(campaign: "Campaign") -> int:
        ledger.keep_ledger(campaign, entries)
        return len(entries)

    return keep


def _check_there(paths: list[Path]) -> None:
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"找不到{'、'.join(missing)}", remedy="请检查路径是否写对")


def _progress_bar() -> Progress:
    """A bar with the files done and the field `details`, on stderr."""
    return Progress(
        TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[details]}"),
        console=render.message_console(), transient=True,
    )  # fmt: skip


@app.command()
def run(
    name: Name,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="已有计算集群（dask）的地址，如 tls://10.0.0.5:8786；缺省用本机")
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="本机工作进程数，缺省为处理器核数")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="只重做上次有问题的文件")] = False,
    limit: Annotated[float, typer.Option("--limit", help="一份文件最多处理多少秒，超过的隔离")] = 300.0,
    dashboard: Annotated[
        int | None,
        typer.Option("--dashboard", metavar="端口", help="在本机这个端口显示dask的运行页面，只有本机能看；缺省不开"),
    ] = None,
) -> None:
    """运行或者继续：读取、分析全部文件，再相互比对，提出建议。随时可以中断，再次运行接着做。"""
    from pipeline import campaign as work
    from pipeline.campaign.workers import RunOptions

    campaign = load(name)
    run_options = RunOptions(scheduler, workers, limit, failed, dashboard)
    with _progress_bar() as bar:
        task = bar.add_task("清理", total=None, details="启动计算进程")
        try:
            found = work.run(
                campaign,
                engine(),
                run_options,
                lambda p: bar.update(task, total=p.files, completed=p.done, details=_details(p)),
            )
        except KeyboardInterrupt:
            bar.stop()
            state = _state(campaign)
            print(f"已中断：完成{state['done']}/{state['files']}个文件，再次运行即可继续")
            raise typer.Exit(_INTERRUPTED) from None
    _report(campaign, found)


@app.command()
def index(
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="台账", help="台账，或者填好的“待补要素”表（xlsx或csv）")],
) -> None:
    """补入台账：从文件中读不出的题名、文号、制定机关、成文日期由台账补充，再重新提出建议。已有的决定保留。"""
    from pipeline import campaign as work
    from pipeline.campaign import ledger

    campaign = load(name)
    before = sum(bool(row.missing) for row in rows_of(campaign))
    entries = ledger.read_ledger(file)
    ledger.keep_ledger(campaign, (*entries, *ledger.others(ledger.kept_ledger(campaign), entries)))
    work.propose(campaign)
    after = sum(bool(row.missing) for row in rows_of(campaign))
    print(f"已补入台账{len(entries)}行，要素不全的文件由{before}件减为{after}件")


def _report(campaign: "Campaign", found: "RunProgress") -> None:
    """Relates the documents of a finished run and prints what came of it; ends with `ExitCode.PROBLEM_FILES` for problems."""
    from pipeline import campaign as work

    name = campaign.name
    if found.done < found.files:
        print(f"已{found.state}：完成{found.done}/{found.files}个文件，再次运行即可继续")
        return
    count = work.propose(campaign)
    carried = _carry_over(campaign)
    print(
        f"完成：{found.files}个文件，{count}件文件有建议，{found.problems}个文件有问题"
        + (f"，沿用上次决定{carried}件" if carried else "")
    )
    _print_outcomes(work.read_proposals(campaign))
    print(
        f"下一步：qinggui campaign lists {name}（总表和责任单位清单）；有问题的文件：qinggui campaign status {name} --files"
    )
    if found.problems:
        raise typer.Exit(ExitCode.PROBLEM_FILES)


def _details(progress: "RunProgress") -> str:
    """Rate, remaining time, problems and current file for the progress bar."""
    current = Path(progress.current_files[0]).name if progress.current_files else ""
    remaining = _duration(progress.remaining)
    return f"{progress.rate:.0f}个/秒  剩余{remaining}  问题{progress.problems}  正在处理{current[:30]}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return "—"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}分{rest:02}秒" if minutes else f"{rest}秒"


def _carry_over(campaign: "Campaign") -> int:
    from pipeline import campaign as work

    if not campaign.previous:
        return 0
    earlier = load(campaign.previous)
    decisions, earlier_decisions = work.Decisions.of(campaign), work.Decisions.of(earlier)
    return decisions.carry_over(earlier_decisions, work.read_proposals(earlier), work.read_proposals(campaign))


def _print_outcomes(rows: list["Row"]) -> None:
    table = Table(header_style="bold", pad_edge=False)
    table.add_column("清理建议")
    table.add_column("件数", justify="right")
    counts = Counter(row.outcome for row in rows if not row.left_out)
    for outcome, name in OUTCOMES.items():
        table.add_row(name, str(counts[outcome]))
    left = sum(bool(row.left_out) for row in rows)
    if left:
        table.add_row("不列入范围", str(left))
    Console(highlight=False).print(table)


@app.command()
def pause(name: Name) -> None:
    """让正在运行的清理在手头的一片做完后停下；再次运行即继续。"""
    from pipeline.campaign import folder

    campaign = load(name)
    _check_not_ended(campaign, "暂停")
    campaign.request(folder.PAUSED)
    print("已要求暂停；继续：qinggui campaign run " + name)


@app.command()
def cancel(name: Name, yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False) -> None:
    """取消正在运行的清理；已经完成的部分保留。"""
    from pipeline.campaign import folder

    campaign = load(name)
    _check_not_ended(campaign, "取消")
    if not yes and not typer.confirm(f"取消清理“{name}”？已经完成的部分保留，再次运行可以继续"):
        print("没有取消")
        return
    campaign.request(folder.CANCELLED)
    print("已要求取消；已完成的部分保留")


def _check_not_ended(campaign: "Campaign", what: str) -> None:
    """Raises `UsageError` for a campaign that has nothing left to run."""
    from pipeline.campaign import folder

    if _state(campaign)["state"] == folder.DONE:
        name = campaign.name
        raise UsageError(
            f"清理“{name}”已经结束，没有可以{what}的",
            remedy=f"看结果：qinggui campaign status {name}；重新运行：qinggui campaign run {name}",
        )


@app.command()
def status(
    name: Annotated[str | None, typer.Argument(metavar="名称", help="清理的名称；缺省列出全部")] = None,
    files: Annotated[bool, typer.Option("--files", help="逐个列出没有读取成功的文件和原因")] = False,
    as_json: AsJson = False,
) -> None:
    """进度：完成多少、正在处理哪个文件、哪些文件有问题。"""
    from pipeline.campaign import folder

    if name is None:
        for campaign in folder.all_campaigns(home_folder()):
            print(f"{campaign.name}  基准日{campaign.as_of}  {_state(campaign)['state']}")
        return
    campaign = load(name)
    found = _state(campaign)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    print(
        f"清理“{name}”，基准日{campaign.as_of}，{found['state']}：{found['done']}/{found['files']}个文件完成，{found['problems']}个有问题"
    )
    if found["rate"]:
        print(f"每秒{found['rate']:.1f}个文件，剩余{_duration(found['remaining'])}")
    for path in found["now"]:
        print(f"正在处理：{path}")
    if found["decided"] or found["documents"]:
        print(f"有建议{found['documents']}件，已决定{found['decided']}件，单位意见{found['opinions']}件")
    if files:
        _print_files(campaign)


def _state(campaign: "Campaign") -> dict[str, Any]:
    from pipeline import campaign as work
    from pipeline.campaign import shards, snapshot

    manifests = list(shards.manifests(campaign.shards))
    decisions = work.Decisions.of(campaign)
    files = sum(len(rows) for rows in snapshot.read_snapshot(campaign).values())
    finished = sum(manifest["files"] for manifest in manifests)
    done = finished + shards.done_in_unfinished(campaign.shards)
    rate, remaining = shards.pace(campaign, files - done)
    return {
        "name": campaign.name,
        "state": campaign.how_far(finished, files),
        "files": files,
        "done": done,
        "problems": sum(manifest["problems"] for manifest in manifests),
        "rate": rate,
        "remaining": remaining,
        "now": [path for _, path, _ in shards.in_work(campaign.shards)],
        "documents": len(work.read_proposals(campaign)),
        "decided": len(decisions.final()),
        "opinions": len(decisions.opinions()),
    }


def _print_files(campaign: "Campaign") -> None:
    from pipeline.campaign import shards

    table = Table(header_style="bold", pad_edge=False)
    for column in ("文件", "状态", "阶段", "原因和办法"):
        table.add_column(column, overflow="fold")
    for row in shards.read_rows(campaign.shards):
        if row["status"] != "完成":
            table.add_row(row["name"], row["status"], row["stage"], row["reason"])
    Console(highlight=False).print(table)


@app.command("lists")
def write(
    name: Name,
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件夹，缺省在清理文件夹内")] = None,
    only: Annotated[str, typer.Option("--only", help="只写一种：总表、日历、清单或者纠错函")] = "",
) -> None:
    """写出清理建议总表、到期日历、各责任单位清单（xlsx、docx）和备案纠错函。"""
    from pipeline.campaign import lists

    if only and only not in lists.KINDS:
        raise UsageError(f"没有“{only}”这种清单", remedy=f"请写{'、'.join(lists.KINDS)}之一")
    campaign = load(name, private=out is None)
    to = out or campaign.folder / "lists"
    written = lists.write_lists(campaign, rows_of(campaign), to, only)
    print(f"已写出{len(written)}个文件，在{to}：")
    for path in written[:2]:
        print(f"  {path.name}")
    if len(written) > 2:
        kinds = Counter(path.parent.name for path in written[2:])
        print("  " + "，".join(f"{kind}{count}个" for kind, count in kinds.items()))


@app.command("desk")
def hand_over(name: Name) -> None:
    """把建议修改、废止、失效的文件放进审查台的队列（类别为清理），由审查人员逐件作出结论。"""
    from pipeline.version import engine

    campaign, home = load(name), open_queue()
    from pipeline.campaign import handover
    from pipeline.review.queue.store import QueueWriter

    done = handover.to_desk(campaign, rows_of(campaign), QueueWriter(home, engine()))
    print(f"已放进审查台{done.count}件。收回结论：qinggui campaign decide {name} --from-desk")
    if done.separate:
        print(f"其中{len(done.separate)}件已在队列中以别的类别办理，原件不动，另立了清理案件：")
    for line in done.separate[:20]:
        print(f"  {line}")
    for title in done.missing[:20]:
        print(f"  没有放进：{title}（快照之后原文件已改动或者移走）")
    for file in done.secret:
        print(f"  没有放进：{file}（标有密级，涉密文件请在涉密设备上处理）")


app.command()(campaign_decisions.decide)
app.command()(campaign_decisions.confirm)
app.command()(campaign_decisions.publish)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="上次", help="上一次清理的名称")],
    after: Annotated[str, typer.Argument(metavar="本次", help="本次清理的名称")],
    as_json: AsJson = False,
) -> None:
    """两次清理之间只看变化：新增、不再出现、文字改动、建议改变。"""
    from pipeline import campaign as work

    changes = list(work.difference(rows_of(load(before)), rows_of(load(after))))
    if as_json:
        content = [{"what": c.what, "document": c.document, "before": c.before, "after": c.after} for c in changes]
        print(json.dumps(content, ensure_ascii=False, indent=1))
        return
    table = Table(header_style="bold", pad_edge=False)
    for column in ("变化", "文件", "上次", "本次"):
        table.add_column(column, overflow="fold")
    for change in changes:
        table.add_row(change.what, change.document, OUTCOMES.get(change.before, ""), OUTCOMES.get(change.after, ""))
    console = Console(highlight=False)
    console.print(table if changes else "两次清理之间没有变化")
