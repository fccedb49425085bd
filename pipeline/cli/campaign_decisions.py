"""The commands by which people decide in a cleanup: `campaign decide|confirm|publish`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.campaign_options import By, Name, load, open_queue, rows_of
from pipeline.document import OUTCOMES
from pipeline.errors import UsageError
from pipeline.home import home_folder

if TYPE_CHECKING:
    from pipeline.campaign import Campaign, Decisions, Row

# changes that are shown one by one
_MOST_SHOWN = 20
Preview = Annotated[bool, typer.Option("--preview", help="只显示会改变什么，不记录")]
Items = Annotated[list[int] | None, typer.Option("--item", help="编号，可以写多次")]


def decide(
    name: Name,
    file: Annotated[
        Path | None, typer.Argument(metavar="清单", help="单位交回的清单（xlsx或csv），或者填好“决定”列的总表")
    ] = None,
    by: By = "",
    item: Items = None,
    only: Annotated[
        str, typer.Option("--only", help="对建议为此结果而尚未决定的全部文件一并决定（先用--preview看）")
    ] = "",
    outcome: Annotated[str, typer.Option("--outcome", help="继续有效、修改、废止或者宣布失效")] = "",
    reason: Annotated[str, typer.Option("--reason", help="理由；决定与建议不同的必须写明")] = "",
    from_desk: Annotated[bool, typer.Option("--from-desk", help="收回审查台上作出的清理结论")] = False,
    opinions: Annotated[bool, typer.Option("--opinions", help="尚未决定的，有单位意见的都采纳单位意见")] = False,
    preview: Preview = False,
) -> None:
    """记录决定：导入单位交回的清单，收回审查台的结论，采纳单位意见，或者逐件、按建议成批决定。不改动已有的决定，除非点名编号。"""
    from pipeline import campaign as work

    campaign = load(name)
    rows, decisions = rows_of(campaign), work.Decisions.of(campaign)
    if from_desk:
        _take_conclusions(campaign, rows)
    elif file:
        _import(rows, decisions, file, by, preview=preview)
    elif opinions:
        _adopt_opinions(campaign, rows, by, preview=preview)
    else:
        _decide_chosen(
            campaign, _chosen(campaign, rows, item or [], only), (outcome or only, reason, by), preview=preview
        )


def _decide_chosen(campaign: "Campaign", chosen: list["Row"], said: tuple[str, str, str], *, preview: bool) -> None:
    """Decides on documents alike; `said` are outcome, reason and name."""
    from pipeline import campaign as work
    from pipeline.campaign.decisions import read_outcome
    from pipeline.campaign.returned import decision_on

    outcome, reason, by = said
    if not outcome:
        raise UsageError("没有写明清理结果", remedy=f"请用--outcome写{'、'.join(OUTCOMES.values())}之一")
    decisions = work.Decisions.of(campaign)
    final = decisions.final()
    to = read_outcome(outcome)
    for row in chosen[:_MOST_SHOWN]:
        before = f"决定{OUTCOMES[final[row.key].outcome]}" if row.key in final else f"建议{OUTCOMES[row.outcome]}"
        print(f"{row.id}  {before} → {OUTCOMES[to]}  {row.display_title}")
    if len(chosen) > _MOST_SHOWN:
        print(f"等{len(chosen)}件")
    if preview:
        print(f"将决定{len(chosen)}件（仅预览，没有记录）")
        return
    made = [decision_on(row, to, reason, by) for row in chosen]
    print(f"已决定{decisions.record_all(made)}件")
    _tell_unconfirmed(campaign, rows_of(campaign))


def _adopt_opinions(campaign: "Campaign", rows: list["Row"], by: str, *, preview: bool) -> None:
    from pipeline.campaign import Decisions, publication

    differing = publication.disagreeing(campaign, rows)
    for row, opinion in differing[:_MOST_SHOWN]:
        print(
            f"{row.id}  建议{OUTCOMES[row.outcome]} → {OUTCOMES[opinion.outcome]}  {row.display_title}：{opinion.reason}"
        )
    opinions = Decisions.of(campaign).opinions()
    count = sum(row.key in opinions for row in publication.undecided(campaign, rows))
    if preview:
        print(f"将采纳单位意见{count}件，其中与建议不同的{len(differing)}件（仅预览，没有记录）")
        return
    print(f"已采纳单位意见{publication.adopt_opinions(campaign, rows, by)}件，其中与建议不同的{len(differing)}件")
    _tell_unconfirmed(campaign, rows)


def _tell_unconfirmed(campaign: "Campaign", rows: list["Row"]) -> None:
    """Says which decisions wait for a second person."""
    from pipeline.campaign import publication

    for row, made, says in publication.unconfirmed(campaign, rows)[:_MOST_SHOWN]:
        print(
            f"编号{row.id}《{row.display_title}》{says}，决定{OUTCOMES[made.outcome]}：公布前须由另一人确认（campaign confirm）"
        )


def _take_conclusions(campaign: "Campaign", rows: list["Row"]) -> None:
    """Takes the conclusions of finished cleanup cases, and says what was not taken and why."""
    open_queue()
    from pipeline.campaign import handover

    found = handover.from_desk(campaign, rows)
    print(f"已收回审查台的结论{found.count}件")
    _tell("以后来的结论代替以前收回的", found.replaced)
    _tell("还没有办结、没有收回的", found.unfinished)
    _tell("与已有决定不同、没有改动的（要改的用--item点名编号，写明理由）", found.conflicts)
    _tell("不能收回的", found.left_out)
    if found.replaced and (campaign.folder / "published" / "manifest.json").exists():
        print("这次清理已经公布，公布的目录不随着改变")
    _tell_unconfirmed(campaign, rows)


def _tell(what: str, lines: list[str]) -> None:
    """Says how many there are of something, and names them."""
    if lines:
        print(f"{what}{len(lines)}件：")
        for line in lines[:_MOST_SHOWN]:
            print(f"  {line}")
    if len(lines) > _MOST_SHOWN:
        print(f"  等{len(lines)}件")


def _chosen(campaign: "Campaign", rows: list["Row"], items: list[int], only: str) -> list["Row"]:
    """The documents to decide on: those with the given numbers, or all undecided ones proposed for the outcome `only`.

    Of the latter those are left on which the unit has another opinion. Raises `UsageError` for an unknown number, or if neither is given.
    """
    from pipeline.campaign import decisions, publication

    if only:
        wanted = decisions.read_outcome(only)
        weighed = [row for row, _ in publication.disagreeing(campaign, rows) if row.outcome == wanted]
        if weighed:
            named = "、".join(str(row.id) for row in weighed[:10])
            print(f"单位意见与建议不同的{len(weighed)}件不在其中（编号{named}），请逐件决定，或者用--opinions采纳")
        return [row for row in publication.undecided(campaign, rows) if row.outcome == wanted and row not in weighed]
    return _by_number(rows, items)


def _by_number(rows: list["Row"], items: list[int]) -> list["Row"]:
    """The documents with these numbers, each once. Raises `UsageError` for an unknown number, and for none at all."""
    known = {row.id: row for row in rows}
    missing = [str(number) for number in items if number not in known]
    if missing or not items:
        raise UsageError(
            f"没有编号{'、'.join(missing)}" if missing else "没有写明编号", remedy="编号见清理建议总表第一列"
        )
    return [known[number] for number in dict.fromkeys(items)]


def _import(rows: list["Row"], decisions: "Decisions", file: Path, by: str, *, preview: bool) -> None:
    """Records a returned list, all or none, and shows what changes. Raises `UsageError` with every row that is wrong."""
    from pipeline.campaign.returned import read_returned

    found = read_returned(file, rows, decisions, by)
    for change in found.changes[:_MOST_SHOWN]:
        print(change)
    if len(found.changes) > _MOST_SHOWN:
        print(f"等{len(found.changes)}条")
    if preview:
        print(f"将记录{len(found.entries)}条意见和决定（仅预览，没有记录）{_left(found.repeated, found.kept)}")
        return
    count = decisions.record_all(found.entries)
    print(f"已记录{count}条意见和决定{_left(found.repeated, found.kept)}")


def _left(repeated: int, kept: int) -> str:
    told = f"；{repeated}条以前已经记录，没有重复" if repeated else ""
    return told + (f"；{kept}件已有别的决定，没有改动（要改的用--item点名编号）" if kept else "")


def confirm(
    name: Name,
    item: Items = None,
    reason: Annotated[str, typer.Option("--reason", help="为什么仍然如此决定")] = "",
    by: By = "",
) -> None:
    """第二人确认：决定与文件本身所载不一致的（如有效期已届满而决定继续有效），由作出决定以外的人确认后才能公布。不写编号的，列出待确认的。"""
    from pipeline.campaign import publication

    campaign = load(name)
    rows = rows_of(campaign)
    if not item:
        waiting = publication.unconfirmed(campaign, rows)
        for row, made, says in waiting:
            print(f"{row.id}  {says}，{made.author}决定{OUTCOMES[made.outcome]}：{made.reason}  {row.display_title}")
        print(f"待确认{len(waiting)}件")
        return
    count = publication.confirm(campaign, _by_number(rows, item), reason=reason, by=by)
    print(f"已确认{count}件")


def _with_desk_days(rows: list["Row"]) -> list["Row"]:
    """The documents with the days that people corrected at the desk; says which differ. Without a desk as they are."""
    from pipeline.review.audit.campaigns import has_queue

    if not has_queue(home_folder()):
        return rows
    open_queue()
    from pipeline.campaign.desk_days import with_desk_days

    told, changed = with_desk_days(rows)
    for one in changed:
        print(f"按审查台更正的日期公布：编号{one.row.id}《{one.row.display_title}》{one.says}")
    return told


def publish(
    name: Name,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="尚未决定的，采用建议（记在--by名下）；单位意见与建议不同的不在其中")
    ] = False,
    by: By = "",
    out: Annotated[Path | None, typer.Option("--out", help="写到哪个文件夹，缺省在清理文件夹内")] = None,
) -> None:
    """写出四个目录（xlsx、docx）、公布通知（代拟稿）和统计；有未决定、待确认、没有题名的文件时拒绝。"""
    from pipeline.campaign import publication

    campaign = load(name, private=out is None)
    rows = rows_of(campaign)
    if adopt:
        differing = publication.disagreeing(campaign, rows)
        print(f"采用建议{publication.adopt(campaign, rows, by)}件")
        for row, opinion in differing[:_MOST_SHOWN]:
            print(
                f"没有采用：编号{row.id}《{row.display_title}》，{opinion.by}的意见是{OUTCOMES[opinion.outcome]}，建议是{OUTCOMES[row.outcome]}"
            )
    rows = _with_desk_days(rows)
    to = out or campaign.folder / "published"
    for path in publication.publish(campaign, rows, to):
        print(path)
