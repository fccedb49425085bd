"""公布: four catalogues, the draft notice, statistics, and a manifest with the SHA-256 of each file."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.campaign.decisions import DECIDED, Decision, Decisions, entry
from pipeline.campaign.folder import Campaign, write_atomically
from pipeline.campaign.lists import day, owner, places, statistics
from pipeline.campaign.proposals import Row
from pipeline.errors import UsageError
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.workbooks import Sheet, write_workbook

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


def adopt(campaign: Campaign, rows: Sequence[Row], by: str) -> int:
    """Records the proposed outcome of each undecided document as a decision of `by`; returns how many.

    Raises `UsageError` for a blank `by`.
    """
    decisions, open_rows = Decisions.of(campaign), undecided(campaign, rows)
    made = [entry(row, DECIDED, row.outcome, reason="；".join(row.cleanup.reasons), by=by) for row in open_rows]
    return decisions.record_all(made)


def publish(campaign: Campaign, rows: Sequence[Row], folder: Path) -> list[Path]:
    """Writes catalogues, notice, statistics and manifest to `folder`; returns the files without the manifest.

    Raises `UsageError` if documents are undecided, if a line of the decisions cannot be read (it may be a later decision),
    or if `folder` holds a manifest already.
    """
    for fault in Decisions.of(campaign).faults():
        if fault.moved is None:
            raise UsageError(f"有一条决定不能读取，不能公布：{fault}")
    left = undecided(campaign, rows)
    if left:
        raise UsageError(
            f"还有{len(left)}件没有决定（如编号{'、'.join(str(row.id) for row in left[:5])}）",
            remedy="请用qinggui campaign decide逐件或者批量决定；确认全部采用建议的，加--adopt和--by姓名",
        )
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


def _catalogue(folder: Path, outcome: str, rows: Sequence[Row], final: Mapping[str, Decision]) -> list[Path]:
    name, columns = CATALOGUES[outcome]
    table = [_entry(outcome, count, row, final[row.key]) for count, row in enumerate(rows, 1)]
    xlsx, docx = folder / f"{name}.xlsx", folder / f"{name}.docx"
    write_workbook(xlsx, [Sheet("目录", f"{name}（{len(rows)}件）", columns, tuple(table))])
    paper = OfficialDocument(wide=True)
    paper.title(name)
    kept = [column for column, width in enumerate(_WIDTHS[outcome]) if width]
    dated = [column for column in kept if columns[column] in ("成文日期", "施行日期", "有效期至")]
    shown = [[row[column].replace("-", ".") if column in dated else row[column] for column in kept] for row in table]
    paper.table([columns[column] for column in kept], shown, [_WIDTHS[outcome][column] for column in kept])
    paper.save(docx)
    return [xlsx, docx]


def _entry(outcome: str, count: int, row: Row, decision: Decision) -> tuple[str, ...]:
    title, number = row.display_title, row.number or ""
    if outcome == "keep":
        return (
            str(count),
            title,
            number,
            row.registration or "",
            day(row.made),
            day(row.effective),
            day(row.expires),
            owner(row),
            "",
        )
    if outcome == "amend":
        return str(count), title, number, owner(row), decision.reason, "；".join(places(row)), ""
    return str(count), title, number, owner(row), decision.reason


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
