"""The commands of a cleanup: `campaign new|run|pause|cancel|status|lists|desk|decide|publish|diff`."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from pipeline.cli import render
from pipeline.cli.options import AsOf, read_day
from pipeline.errors import ExitCode, UsageError
from pipeline.home import home_folder, keep_private
from pipeline.law import OUTCOMES
from pipeline.logs import to_file
from pipeline.version import engine

if TYPE_CHECKING:
    from pipeline.campaign import Campaign, Decision, Decisions, Row
    from pipeline.campaign import Progress as RunProgress

app = typer.Typer(help="清理：成批审查现行文件，提出继续有效、修改、废止、失效的建议。", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="名称", help="清理的名称")]
By = Annotated[str, typer.Option("--by", help="谁的意见（姓名或者单位）")]
AsJson = Annotated[bool, typer.Option("--json", help="以JSON输出到标准输出")]


@app.callback()
def check_dependencies() -> None:
    """Raises `UsageError` with the install command if the optional packages of `qinggui[campaign]` are missing."""
    try:
        import pipeline.campaign  # noqa: F401
    except ImportError as error:
        remedy = "请运行 pip install 'qinggui[campaign]'，或者 make setup-dev"
        raise UsageError(f"清理所需的组件没有安装（{error.name}）", remedy=remedy) from error


def _load(name: str, *, private: bool = True) -> "Campaign":
    """The campaign with this name; what the command writes then can be read by its user alone, unless it goes elsewhere (not `private`)."""
    from pipeline.campaign import folder

    if private:
        keep_private()
    to_file(home_folder())
    campaign = folder.load(home_folder(), name)
    _tell_faults(campaign)
    return campaign


def _tell_faults(campaign: "Campaign") -> None:
    """Names every line of the decisions that cannot be read, on stderr."""
    from pipeline.campaign import Decisions

    for fault in Decisions.of(campaign).faults():
        render.message_console().print(escape(str(fault)), style="yellow")


def _rows(campaign: "Campaign") -> list["Row"]:
    from pipeline import campaign as work

    rows = work.read_proposals(campaign)
    if not rows:
        raise UsageError(f"清理“{campaign.name}”还没有结果", remedy=f"请先运行 qinggui campaign run {campaign.name}")
    return rows


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
) -> None:
    """新建一次清理：记下范围，冻结文件快照。"""
    from pipeline import campaign as work
    from pipeline.campaign import folder

    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise UsageError(f"找不到{'、'.join(missing)}", remedy="请检查路径是否写对")
    keep_private()
    home = home_folder()
    if previous:
        folder.load(home, previous)
    scope = work.Scope(read_day(before) if before else None, tuple(issuer or ()), normative_only)
    path = folder.campaigns_folder(home) / name
    campaign = folder.create(home, work.Campaign(path, name, read_day(as_of), place, scope, previous, date.today()))
    count = work.freeze(campaign, paths)
    print(f"已新建清理“{name}”，快照{count}个文件。开始：qinggui campaign run {name}")


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
    workers: Annotated[int | None, typer.Option("--workers", help="本机工作进程数，缺省为处理器核数")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="只重做上次有问题的文件")] = False,
    limit: Annotated[float, typer.Option("--limit", help="一份文件最多处理多少秒，超过的隔离")] = 300.0,
    dashboard: Annotated[
        int | None,
        typer.Option("--dashboard", metavar="端口", help="在本机这个端口显示dask的运行页面，只有本机能看；缺省不开"),
    ] = None,
) -> None:
    """运行或者继续：读取、分析全部文件，再相互比对，提出建议。随时可以中断，再次运行接着做。"""
    from pipeline import campaign as work
    from pipeline.campaign.cluster import RunOptions

    campaign = _load(name)
    run_options = RunOptions(scheduler, workers, limit, failed, dashboard)
    with _progress_bar() as bar:
        task = bar.add_task("清理", total=None, details="启动计算进程")
        found = work.run(
            campaign,
            engine(),
            run_options,
            lambda p: bar.update(task, total=p.files, completed=p.done, details=_details(p)),
        )
    _report(campaign, found)


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
    earlier = _load(campaign.previous)
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

    _load(name).request(folder.PAUSED)
    print("已要求暂停；继续：qinggui campaign run " + name)


@app.command()
def cancel(name: Name) -> None:
    """取消正在运行的清理；已经完成的部分保留。"""
    from pipeline.campaign import folder

    _load(name).request(folder.CANCELLED)
    print("已要求取消；已完成的部分保留")


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
            print(f"{campaign.name}  基准日{campaign.as_of}  {campaign.state()}")
        return
    campaign = _load(name)
    found = _state(campaign)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    print(
        f"清理“{name}”，基准日{campaign.as_of}：{found['done']}/{found['files']}个文件完成，{found['problems']}个有问题"
    )
    for path in found["now"]:
        print(f"正在处理：{path}")
    if found["decided"] or found["documents"]:
        print(f"有建议{found['documents']}件，已决定{found['decided']}件，单位意见{found['opinions']}件")
    if files:
        _print_files(campaign)


def _state(campaign: "Campaign") -> dict[str, Any]:
    from pipeline import campaign as work
    from pipeline.campaign import shards, snapshot

    done = shards.manifests(campaign.shards)
    decisions = work.Decisions.of(campaign)
    return {
        "name": campaign.name,
        "state": campaign.state(),
        "files": sum(len(rows) for rows in snapshot.read_snapshot(campaign).values()),
        "done": sum(manifest["files"] for manifest in done),
        "problems": sum(manifest["problems"] for manifest in done),
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
    name: Name, out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件夹，缺省在清理文件夹内")] = None
) -> None:
    """写出清理建议总表、到期日历、各责任单位清单（xlsx、docx）和备案纠错函。"""
    from pipeline.campaign import lists

    campaign = _load(name, private=out is None)
    to = out or campaign.folder / "lists"
    written = lists.write_lists(campaign, _rows(campaign), to)
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

    campaign, home = _load(name), _open_queue()
    from pipeline.campaign import handover
    from pipeline.review.queue.store import QueueWriter

    done = handover.to_desk(campaign, _rows(campaign), QueueWriter(home, engine()))
    print(f"已放进审查台{done.count}件。收回结论：qinggui campaign decide {name} --from-desk")
    for title in done.missing[:20]:
        print(f"  没有放进：{title}（快照之后原文件已改动或者移走）")
    for file in done.secret:
        print(f"  没有放进：{file}（标有密级，涉密文件请在涉密设备上处理）")


@app.command()
def decide(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(metavar="清单", help="单位交回的清单（xlsx或csv），或者填好“决定”列的总表")
    ] = None,
    by: By = "",
    item: Annotated[list[int] | None, typer.Option("--item", help="编号，可以写多次")] = None,
    only: Annotated[
        str, typer.Option("--only", help="对建议为此结果而尚未决定的全部文件一并决定（先用--preview看）")
    ] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="继续有效、修改、废止或者宣布失效")] = "",
    reason: Annotated[str, typer.Option("--reason", help="理由")] = "",
    from_desk: Annotated[bool, typer.Option("--from-desk", help="收回审查台上作出的清理结论")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="只显示会改变什么，不记录")] = False,
) -> None:
    """记录决定：导入单位交回的清单，收回审查台的结论，或者逐件、按建议成批决定。不改动已有的决定，除非点名编号。"""
    from pipeline import campaign as work
    from pipeline.campaign.decisions import DECIDED, entry, read_outcome

    campaign = _load(name)
    rows, decisions = _rows(campaign), work.Decisions.of(campaign)
    if from_desk:
        print(f"已收回审查台的结论{_take_conclusions(rows, decisions)}件")
        return
    if file:
        print(_import(rows, decisions, file, by))
        return
    if not outcome and not only:
        raise UsageError("没有写明清理结果", remedy=f"请用--outcome写{'、'.join(OUTCOMES.values())}之一")
    chosen = _chosen(campaign, rows, item or [], only)
    to = read_outcome(outcome or only)
    for row in chosen[:20]:
        print(f"{row.id}  {OUTCOMES[row.outcome]} → {OUTCOMES[to]}  {row.display_title}")
    if preview:
        print(f"将决定{len(chosen)}件（仅预览，没有记录）")
        return
    made = [entry(row, DECIDED, to, reason=reason or "；".join(row.cleanup.reasons), by=by) for row in chosen]
    print(f"已决定{decisions.record_all(made)}件")


def _take_conclusions(rows: list["Row"], decisions: "Decisions") -> int:
    _open_queue()
    from pipeline.campaign import handover

    return handover.from_desk(rows, decisions)


def _open_queue() -> Path:
    """Opens the queue and returns its home folder. Modules that import Django models may be imported only afterwards."""
    from pipeline.cli.options import SETTINGS
    from pipeline.review.connection import connect

    return connect(SETTINGS)


def _chosen(campaign: "Campaign", rows: list["Row"], items: list[int], only: str) -> list["Row"]:
    """The documents to decide on: those with the given numbers, or all undecided ones proposed for the outcome `only`.

    Raises `UsageError` for an unknown number, or if neither is given.
    """
    from pipeline.campaign import decisions, publication

    if only:
        wanted = decisions.read_outcome(only)
        return [row for row in publication.undecided(campaign, rows) if row.outcome == wanted]
    known = {row.id: row for row in rows}
    missing = [str(number) for number in items if number not in known]
    if missing or not items:
        raise UsageError(
            f"没有编号{'、'.join(missing)}" if missing else "没有写明编号", remedy="编号见清理建议总表第一列"
        )
    return [known[number] for number in dict.fromkeys(items)]


def _import(rows: list["Row"], decisions: "Decisions", file: Path, by: str) -> str:
    """Records opinions (单位意见) and decisions (决定) from a returned list, all or none; returns what was recorded, in Chinese.

    Empty cells are skipped, and so are decisions on documents that have one. Raises `UsageError` for a number (编号) that the
    campaign does not have or an unknown outcome.
    """
    from pipeline.campaign.decisions import DECIDED, OPINION, entry
    from pipeline.review.output.workbooks import read_table

    known = {str(row.id): row for row in rows}
    decided, made, left = set(decisions.final()), list["Decision"](), 0
    for line in read_table(file, ("编号",)):
        row = known.get(line["编号"])
        if row is None:
            raise UsageError(
                f"{file}里的编号{line['编号']}不在本次清理中", remedy="请确认清单属于这次清理，编号没有改动"
            )
        with _naming(file, row):
            if line.get("单位意见") and line.get("单位理由") is not None:
                made.append(entry(row, OPINION, line["单位意见"], reason=line["单位理由"], by=by or file.stem))
            if line.get("决定") and row.key not in decided:
                made.append(entry(row, DECIDED, line["决定"], reason=line.get("理由", ""), by=by))
                decided.add(row.key)
            elif line.get("决定"):
                left += 1
    count = decisions.record_all(made)
    return f"已记录{count}条意见和决定" + (f"；{left}件已有决定，没有改动" if left else "")


@contextmanager
def _naming(file: Path, row: "Row") -> Iterator[None]:
    """Adds file and number to what is wrong with a line of a list; nothing of the list has been recorded then."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{file}里编号{row.id}：{error.message}，整份清单没有记录", remedy=error.remedy) from error


@app.command()
def publish(
    name: Name,
    adopt: Annotated[bool, typer.Option("--adopt", help="尚未决定的，全部采用建议（记在--by名下）")] = False,
    by: By = "",
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件夹，缺省在清理文件夹内")] = None,
) -> None:
    """写出四个目录（xlsx、docx）、公布通知（代拟稿）和统计；还有未决定的文件时拒绝。"""
    from pipeline.campaign import publication

    campaign = _load(name, private=out is None)
    rows = _rows(campaign)
    if adopt:
        print(f"采用建议{publication.adopt(campaign, rows, by)}件")
    to = out or campaign.folder / "published"
    for path in publication.publish(campaign, rows, to):
        print(path)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(metavar="上次", help="上一次清理的名称")],
    after: Annotated[str, typer.Argument(metavar="本次", help="本次清理的名称")],
    as_json: AsJson = False,
) -> None:
    """两次清理之间只看变化：新增、不再出现、文字改动、建议改变。"""
    from pipeline import campaign as work

    changes = list(work.difference(_rows(_load(before)), _rows(_load(after))))
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
