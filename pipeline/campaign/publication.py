"""公布: four catalogues, the draft notice, statistics, and a manifest with the SHA-256 of each file."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.campaign.decisions import CONFIRMED, Decision, Decisions, entry
from pipeline.campaign.folder import Campaign, write_atomically
from pipeline.campaign.lists import owner, places, statistics
from pipeline.campaign.proposals import Row
from pipeline.campaign.returned import decision_on
from pipeline.errors import UsageError
from pipeline.law import OUTCOMES
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.workbooks import Cell, Sheet, printed, write_workbook

# indicators that say a document has ended: 明示废止, 有效期届满, 试行期限届满, 默认有效期届满, 短期通告届满, 自动失效
_ENDED = ("CL-06", "CL-01", "CL-03", "CL-02", "CL-04", "CL-24")
CATALOGUES = {
    "keep": ("继续有效的规范性文件目录", ("序号", "文件名称", "文号", "登记号", "成文日期", "施行日期", "有效期至", "责任单位", "备注")),
    "amend": ("予以修改的规范性文件目录", ("序号", "文件名称", "文号", "责任单位", "修改理由", "涉及条款", "完成时限")),
    "repeal": ("予以废止的规范性文件目录", ("序号", "文件名称", "文号", "责任单位", "废止理由")),
    "lapse": ("宣布失效的规范性文件目录", ("序号", "文件名称", "文号", "责任单位", "失效理由")),
}  # fmt: skip
# column widths of the docx in mm; columns of width 0 are left out there
_WIDTHS = {
    "keep": (12, 62, 34, 26, 22, 22, 22, 25, 0),
    "amend": (12, 62, 34, 32, 50, 20, 15),
    "repeal": (12, 75, 38, 40, 60),
    "lapse": (12, 75, 38, 40, 60),
}


def undecided(campaign: Campaign, rows: Sequence[Row]) -> list[Row]:
    """Documents that the campaign decides on and that have no decision yet."""
    final = Decisions.of(campaign).final()
    return [row for row in rows if row.is_concerned and row.key not in final]


def disagreeing(campaign: Campaign, rows: Sequence[Row]) -> list[tuple[Row, Decision]]:
    """The undecided documents on which their unit has another opinion than the proposal, with that opinion."""
    opinions = Decisions.of(campaign).opinions()
    found = ((row, opinions.get(row.key)) for row in undecided(campaign, rows))
    return [(row, opinion) for row, opinion in found if opinion is not None and opinion.outcome != row.outcome]


def adopt(campaign: Campaign, rows: Sequence[Row], by: str) -> int:
    """Records the proposed outcome of each undecided document as a decision of `by`; returns how many.

    Documents on which the unit has another opinion are left: nobody has weighed it yet. Raises `UsageError` for a blank `by`.
    """
    weighed = {row.key for row, _ in disagreeing(campaign, rows)}
    open_rows = [row for row in undecided(campaign, rows) if row.key not in weighed]
    made = [decision_on(row, row.outcome, "", by) for row in open_rows]
    return Decisions.of(campaign).record_all(made)


def adopt_opinions(campaign: Campaign, rows: Sequence[Row], by: str) -> int:
    """Records the opinion of the unit on each undecided document as a decision of `by`, with the reason of the unit; returns how many.

    Raises `UsageError` for a blank `by`, and where an opinion other than the proposal has no reason.
    """
    opinions = Decisions.of(campaign).opinions()
    made, bare = list[Decision](), list[Row]()
    for row in undecided(campaign, rows):
        opinion = opinions.get(row.key)
        if opinion is None:
            continue
        if opinion.outcome != row.outcome and not opinion.reason.strip():
            bare.append(row)
            continue
        reason = f"采纳{opinion.by}的意见：{opinion.reason}" if opinion.reason.strip() else ""
        made.append(decision_on(row, opinion.outcome, reason, by))
    if bare:
        raise UsageError(
            f"有{len(bare)}件单位意见与建议不同而没有理由（{_numbers(bare)}），没有记录",
            remedy="请让单位补写理由，或者逐件决定并写明理由",
        )
    return Decisions.of(campaign).record_all(made)


def against_the_document(row: Row, decision: Decision) -> str:
    """What a document itself, or another one, says against a decision by which it goes on; "" where nothing does."""
    if decision.outcome not in ("keep", "amend"):
        return ""
    stated = {indicator.id: indicator.name for indicator in row.cleanup.indicators}
    return "、".join(stated[kind] for kind in _ENDED if kind in stated)


def unconfirmed(campaign: Campaign, rows: Sequence[Row]) -> list[tuple[Row, Decision, str]]:
    """The decisions against what the document says that no second person has confirmed, with what it says."""
    decisions = Decisions.of(campaign)
    final, confirmed = decisions.final(), decisions.confirmed()
    found = ((row, final[row.key]) for row in rows if row.is_concerned and row.key in final)
    told = ((row, made, against_the_document(row, made)) for row, made in found if row.key not in confirmed)
    return [(row, made, says) for row, made, says in told if says]


def confirm(campaign: Campaign, rows: Sequence[Row], *, reason: str, by: str) -> int:
    """Records that a second person confirms the decisions on some documents against what they say; returns how many.

    Raises `UsageError` for a document that needs none, for a blank reason, and for the person who decided.
    """
    if not reason.strip():
        raise UsageError("没有写明理由", remedy="请用--reason写明为什么仍然如此决定")
    waiting = {row.key: (made, says) for row, made, says in unconfirmed(campaign, rows)}
    made_now = []
    for row in rows:
        if row.key not in waiting:
            raise UsageError(f"编号{row.id}没有需要确认的决定", remedy="只有与文件本身所载不一致的决定才需要第二人确认")
        made, _ = waiting[row.key]
        if made.by.strip() == by.strip():
            raise UsageError(f"编号{row.id}是{made.by}自己决定的", remedy="请由另一人确认")
        made_now.append(entry(row, CONFIRMED, made.outcome, reason=reason.strip(), by=by))
    return Decisions.of(campaign).record_all(made_now)


def _numbers(rows: Sequence[Row]) -> str:
    return f"编号{'、'.join(str(row.id) for row in rows[:5])}{'等' if len(rows) > 5 else ''}"


def publish(campaign: Campaign, rows: Sequence[Row], folder: Path) -> list[Path]:
    """Writes catalogues, notice, statistics and manifest to `folder`; returns the files without the manifest.

    Raises `UsageError` for what `_check_publishable` refuses, and if `folder` holds a manifest already.
    """
    _check_publishable(campaign, rows)
    if (folder / "manifest.json").exists():
        raise UsageError(f"清理“{campaign.name}”已经公布", remedy=f"公布的文件在{folder}；需要更改的，请新建一次清理")
    folder.mkdir(parents=True, exist_ok=True)
    final = Decisions.of(campaign).final()
    groups: dict[str, list[Row]] = {outcome: [] for outcome in CATALOGUES}
    for row in rows:
        if row.is_concerned and final[row.key].outcome in groups:
            groups[final[row.key].outcome].append(row)
    written = [path for outcome, members in groups.items() for path in _catalogue(folder, outcome, members, final)]
    notice, figures = folder / "清理结果公布通知（代拟稿）.docx", folder / "清理统计.xlsx"
    _notice(notice, campaign, {outcome: len(members) for outcome, members in groups.items()})
    write_workbook(figures, statistics(rows, final))
    written += [notice, figures]
    hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in written}
    manifest = {"campaign": campaign.name, "as_of": str(campaign.as_of), "files": hashes}
    write_atomically(folder / "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
    return written


def _check_publishable(campaign: Campaign, rows: Sequence[Row]) -> None:
    """Raises `UsageError` where documents are undecided or without title, decisions wait for a second person, or a line cannot be read.

    A line of the decisions that cannot be read may be a later decision.
    """
    for fault in Decisions.of(campaign).faults():
        if fault.moved is None:
            raise UsageError(f"有一条决定不能读取，不能公布：{fault}")
    differing = disagreeing(campaign, rows)
    left = undecided(campaign, rows)
    if left:
        named = (
            f"，其中{len(differing)}件单位意见与建议不同（{_numbers([row for row, _ in differing])}）"
            if differing
            else ""
        )
        raise UsageError(
            f"还有{len(left)}件没有决定（如{_numbers(left)}）{named}",
            remedy="请用qinggui campaign decide逐件或者批量决定；采纳单位意见的加--opinions；确认其余采用建议的，公布时加--adopt和--by姓名",
        )
    waiting = unconfirmed(campaign, rows)
    if waiting:
        row, made, says = waiting[0]
        raise UsageError(
            f"有{len(waiting)}件的决定与文件本身所载不一致，如编号{row.id}《{row.display_title}》：{says}，决定{OUTCOMES[made.outcome]}",
            remedy="请改决定，或者由另一人用qinggui campaign confirm确认并写明理由",
        )
    untitled = [row for row in rows if row.is_concerned and not row.title]
    if untitled:
        raise UsageError(
            f"有{len(untitled)}件没有题名（{_numbers(untitled)}），不能进入公布的目录",
            remedy="请在台账中补上题名，用qinggui campaign index补入",
        )


def _catalogue(folder: Path, outcome: str, rows: Sequence[Row], final: Mapping[str, Decision]) -> list[Path]:
    name, columns = CATALOGUES[outcome]
    table = [_entry(outcome, count, row, final[row.key]) for count, row in enumerate(rows, 1)]
    xlsx, docx = folder / f"{name}.xlsx", folder / f"{name}.docx"
    write_workbook(xlsx, [Sheet("目录", f"{name}（{len(rows)}件）", columns, tuple(table))])
    paper = OfficialDocument(wide=True)
    paper.title(name)
    kept = [column for column, width in enumerate(_WIDTHS[outcome]) if width]
    dated = [column for column in kept if columns[column] in ("成文日期", "施行日期", "有效期至")]
    shown = [[printed(row[at]).replace("-", ".") if at in dated else printed(row[at]) for at in kept] for row in table]
    paper.table([columns[column] for column in kept], shown, [_WIDTHS[outcome][column] for column in kept])
    paper.save(docx)
    return [xlsx, docx]


def _entry(outcome: str, count: int, row: Row, decision: Decision) -> tuple[Cell, ...]:
    title, number = row.display_title, row.number or ""
    if outcome == "keep":
        return count, title, number, row.registration or "", row.made, row.effective, row.expires, owner(row), ""
    if outcome == "amend":
        return count, title, number, owner(row), decision.reason, "；".join(places(row)), ""
    return count, title, number, owner(row), decision.reason


def _notice(path: Path, campaign: Campaign, counts: Mapping[str, int]) -> None:
    """Writes the draft notice 清理结果公布通知（代拟稿）; `counts` are documents by outcome."""
    paper = OfficialDocument()
    paper.title("关于公布规范性文件清理结果的通知\n（代拟稿）")
    paper.addressee("各有关单位")
    total, until = sum(counts.values()), campaign.scope.before or campaign.as_of
    paper.text(
        f"按照规范性文件定期清理的要求，对{until}以前制定的规范性文件进行了清理。列入清理的共{total}件，现将结果公布如下："
    )
    paper.text(f"一、继续有效{counts['keep']}件（附件1）。")
    paper.text(f"二、予以修改{counts['amend']}件（附件2），由责任单位在规定期限内完成修改并重新公布。")
    paper.text(f"三、予以废止{counts['repeal']}件（附件3），自本通知公布之日起不再作为行政管理的依据。")
    paper.text(f"四、宣布失效{counts['lapse']}件（附件4），不再作为行政管理的依据。")
    for count, (name, _) in enumerate(CATALOGUES.values(), 1):
        paper.text(f"附件{count}：{name}")
    paper.signature("（公布机关）", None)
    paper.save(path)
