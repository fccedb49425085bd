"""Lists of a campaign: the overview workbook, one list per issuer to fill in, draft letters, statistics."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.campaign.decisions import Decision, Decisions
from pipeline.campaign.folder import Campaign
from pipeline.campaign.proposals import Row
from pipeline.campaign.rows import DONE
from pipeline.campaign.shards import read_rows
from pipeline.campaign.sunsets import upcoming, write_calendar
from pipeline.clause_places import place_in_words
from pipeline.errors import StorageError
from pipeline.law import OUTCOMES
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.workbooks import Cell, Sheet, write_workbook

UNKNOWN_ISSUER = "制定机关不明"
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')
_ISSUER_COLUMNS = (
    "编号",
    "文件名称",
    "文号",
    "成文日期",
    "有效期至",
    "清理建议",
    "把握",
    "理由",
    "依据条款",
    "责任单位",
    "单位意见",
    "单位理由",
    "复核意见",
    "签字",
)
_OVERVIEW_COLUMNS = ("编号", "文件名称", "文号", "登记号", "制定机关", "成文日期", "施行日期", "有效期至", "清理建议", "把握", "指标", "理由",
                     "指标不一致", "单位意见", "决定", "决定理由", "决定人", "不列入的原因", "警示条款", "风险分", "文件")  # fmt: skip
# of the columns of the list that is signed, in mm
_WIDTHS = (14, 62, 40, 40, 34, 35)


# what a unit or a reviewer may answer
ANSWERS = tuple(OUTCOMES[outcome] for outcome in ("keep", "amend", "repeal", "lapse"))
_NOT_APPLICABLE = "不适用清理（本身不是继续执行的规定）"
_TO_BE_FILLED = "请补填后作为台账补入：qinggui campaign index"


def day(value: date | None) -> str:
    """A day in ISO 8601, "" for None."""
    return value.isoformat() if value else ""


def owner(row: Row) -> str:
    """责任单位: the first issuer, UNKNOWN_ISSUER if there is none."""
    return row.issuers[0] if row.issuers else UNKNOWN_ISSUER


def write_lists(campaign: Campaign, rows: Sequence[Row], folder: Path, only: str = "") -> list[Path]:
    """Writes all working lists of a campaign to `folder` and returns the files in the order they were written.

    These are the overview workbook, the expiry calendar, one list per issuer (xlsx and docx) and draft review letters; `only` names one
    kind of them (a key of `KINDS`).
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [path for kind, write in KINDS.items() if only in ("", kind) for path in write(campaign, rows, folder)]


def _overview(campaign: Campaign, rows: Sequence[Row], folder: Path) -> Iterator[Path]:
    write_workbook(folder / "清理建议总表.xlsx", _sheets(campaign, rows, Decisions.of(campaign)))
    yield folder / "清理建议总表.xlsx"


def _calendar(campaign: Campaign, rows: Sequence[Row], folder: Path) -> Iterator[Path]:
    write_calendar(
        folder / "到期日历.ics", upcoming(rows, campaign.as_of, Decisions.of(campaign).final()), campaign.as_of
    )
    yield folder / "到期日历.ics"


def _sheets(campaign: Campaign, rows: Sequence[Row], decisions: Decisions) -> Iterator[Sheet]:
    final, opinions = decisions.final(), decisions.opinions()
    table = tuple(_overview_row(row, final.get(row.key), opinions.get(row.key)) for row in rows)
    caption = f"{campaign.name}：清理建议（基准日{campaign.as_of}）；“决定”请选{'、'.join(ANSWERS)}，与建议不同的写明“决定理由”"
    yield Sheet("总表", caption, _OVERVIEW_COLUMNS, table, {"决定": ANSWERS})
    yield from statistics(rows, final)
    yield _to_complete(rows)
    ahead = tuple(
        (row.id, row.display_title, row.number or "", owner(row), row.expires)
        for row in upcoming(rows, campaign.as_of, final)
    )
    yield Sheet(
        "到期日历", "尚在有效期内的文件，先届满的在前", ("编号", "文件名称", "文号", "责任单位", "有效期至"), ahead
    )
    yield from _audit_sheets(campaign, rows)
    yield _unread_files(campaign)


def _to_complete(rows: Sequence[Row]) -> Sheet:
    """待补要素: documents in scope of which title, number, issuer or day are known neither from the file nor from the ledger."""
    table = tuple(
        (row.id, "、".join(row.missing), row.title, row.number or "", "、".join(row.issuers), row.made, row.name)
        for row in rows
        if row.is_concerned and row.missing
    )
    caption = f"有要素没有读出的{len(table)}件。{_TO_BE_FILLED}。没有题名的不能进入公布的目录"
    return Sheet("待补要素", caption, ("编号", "缺少", "文件名称", "文号", "制定机关", "成文日期", "文件"), table)


def _overview_row(row: Row, final: Decision | None, opinion: Decision | None) -> tuple[Cell, ...]:
    cleanup = row.cleanup
    return (
        row.id, row.display_title, row.number or "", row.registration or "", "、".join(row.issuers), row.made,
        row.effective, row.expires, OUTCOMES[row.outcome], cleanup.confidence,
        "；".join(f"{i.id} {i.name}" for i in cleanup.indicators), "；".join(cleanup.reasons), "；".join(cleanup.conflicts),
        f"{OUTCOMES[opinion.outcome]}：{opinion.reason}" if opinion else "", OUTCOMES[final.outcome] if final else "",
        final.reason if final else "", final.author if final else "", row.left_out, row.alarms, row.risk, row.name,
    )  # fmt: skip


def statistics(rows: Sequence[Row], final: Mapping[str, Decision]) -> Iterator[Sheet]:
    """统计: sheets with the documents that the campaign decides on counted by outcome, by issuer and by indicator, and why others are not.

    A document counts with its decision from `final` (by `Row.key`), without one with its proposed outcome.
    """
    inside = [row for row in rows if row.is_concerned]
    outcomes = {row.id: final[row.key].outcome if row.key in final else row.outcome for row in inside}
    totals = Counter(outcomes.values())
    used = [outcome for outcome in OUTCOMES if totals[outcome] or OUTCOMES[outcome] in ANSWERS]
    shares = tuple((OUTCOMES[o], totals[o], f"{totals[o] / max(len(inside), 1):.1%}") for o in used)
    decided = sum(row.key in final for row in inside)
    outside = len(rows) - len(inside)
    caption = f"读出文件{len(rows)}件＝列入清理{len(inside)}件＋不列入{outside}件；列入的已决定{decided}件"
    yield Sheet("统计", caption, ("清理结果", "件数", "比例"), (*shares, ("合计", len(inside), "")))
    reasons = Counter(row.left_out or _NOT_APPLICABLE for row in rows if not row.is_concerned)
    why = tuple((reason, count) for reason, count in reasons.most_common())
    yield Sheet("不列入", "不列入清理的文件和原因", ("原因", "件数"), (*why, ("合计", outside)))
    by_owner: dict[str, Counter[str]] = {}
    for row in inside:
        by_owner.setdefault(owner(row), Counter())[outcomes[row.id]] += 1
    table: tuple[tuple[Cell, ...], ...] = tuple(
        (name, counts.total(), *(counts[outcome] for outcome in used))
        for name, counts in sorted(by_owner.items(), key=lambda pair: -pair[1].total())
    )
    yield Sheet(
        "按责任单位", "各责任单位的清理结果", ("责任单位", "合计", *(OUTCOMES[outcome] for outcome in used)), table
    )
    indicators = Counter(one for row in inside for one in {(i.id, i.name) for i in row.cleanup.indicators})
    named = tuple((kind, name, count) for (kind, name), count in indicators.most_common())
    yield Sheet("按指标", "各清理指标命中的文件数", ("指标", "名称", "件数"), named)


def _audit_sheets(campaign: Campaign, rows: Sequence[Row]) -> Iterator[Sheet]:
    """有件必备: gaps in document numbers, and documents that are cited or listed in catalogues but were not received."""
    file = campaign.audit
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except ValueError as error:
        raise StorageError(f"{file}已损坏", remedy=f"请再次运行 qinggui campaign run {campaign.name}") from error
    gaps = tuple((code, year, received, missing) for code, year, received, missing in found.get("gaps", ()))
    yield Sheet("文号断号", "已收文件的发文字号之间缺少的序号", ("机关代字", "年份", "已收件数", "缺少的序号"), gaps)
    missing = tuple((number, count) for number, count in found.get("missing", ()))
    yield Sheet("被引用而未收", "被引用但没有收到的文件", ("文号", "被引用次数"), missing)
    unheld = tuple((catalogue, entry, result) for catalogue, entry, result in found.get("unheld", ()))
    yield Sheet("目录有而未收", "已公布目录列有但没有收到的文件", ("目录", "文件", "目录结果"), unheld)
    ambiguous = tuple((title, count) for title, count in found.get("ambiguous", ()))
    yield Sheet(
        "同名待辨", "很多机关都有同名文件，只写题名、没有写明是哪一件的引用", ("题名或者文号", "引用次数"), ambiguous
    )
    titles = {row.id: row.title for row in rows}
    unlisted = tuple((i + 1, titles.get(i + 1, "")) for i in found.get("unlisted", ()))
    yield Sheet("收到而台账未列", "已收到但报送的台账里没有的规范性文件", ("编号", "文件名称"), unlisted)
    contradictions = tuple((i + 1, titles.get(i + 1, ""), results) for i, results in found.get("contradictions", ()))
    yield Sheet("目录矛盾", "两份目录结果不一致的文件", ("编号", "文件名称", "各目录的结果"), contradictions)


def _unread_files(campaign: Campaign) -> Sheet:
    rows = tuple(
        (row["name"], row["status"], row["stage"], row["reason"])
        for row in read_rows(campaign.shards)
        if row["status"] != DONE
    )
    return Sheet("未读取的文件", "没有读取成功、需要处理的文件", ("文件", "状态", "阶段", "原因和办法"), rows)


def _for_issuers(campaign: Campaign, rows: Sequence[Row], out: Path) -> Iterator[Path]:
    """责任单位清单: the documents of each issuer, as xlsx to be filled in and returned, and as docx to be signed."""
    folder = out / "责任单位清单"
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.is_concerned:
            groups[owner(row)].append(row)
    folder.mkdir(parents=True, exist_ok=True)
    for name, members in sorted(groups.items()):
        stem = _UNSAFE.sub("_", name)[:60]
        table = tuple(_issuer_row(row) for row in members)
        sheet = Sheet(
            "清单",
            f"{name}：请填写“单位意见”（{'、'.join(ANSWERS)}）和“单位理由”后交回；清理建议以{campaign.as_of}为基准日",
            _ISSUER_COLUMNS,
            table,
            {"单位意见": ANSWERS},
            ("责任单位（盖章）：", "负责人（签字）：　　　　　　　　年　　月　　日"),
        )
        write_workbook(folder / f"{stem}.xlsx", [sheet])
        paper = OfficialDocument(wide=True)
        paper.title(f"{name}规范性文件清理清单")
        paper.text(
            f"清理建议以{campaign.as_of:%Y年%m月%d日}为基准日。单位意见请写{'、'.join(ANSWERS)}之一，并写明理由。"
        )
        columns = ("编号", "文件名称、文号", "清理建议和理由", "依据条款", "单位意见和理由", "签字")
        paper.table(columns, [_signed_row(row) for row in members], _WIDTHS)
        paper.text("责任单位（盖章）：")
        paper.text("负责人（签字）：　　　　　　　　　　　　年　　月　　日")
        paper.save(folder / f"{stem}.docx")
        yield from (folder / f"{stem}.xlsx", folder / f"{stem}.docx")


def _issuer_row(row: Row) -> tuple[Cell, ...]:
    cleanup = row.cleanup
    return (
        row.id, row.display_title, row.number or "", row.made, row.expires, OUTCOMES[row.outcome],
        cleanup.confidence, "；".join(cleanup.reasons), "；".join(places(row)), owner(row), "", "", "", "",
    )  # fmt: skip


def _signed_row(row: Row) -> tuple[str, ...]:
    named = f"{row.display_title}\n{row.number or ''}".strip()
    proposal = f"{OUTCOMES[row.outcome]}：{'；'.join(row.cleanup.reasons)}"
    return str(row.id), named, proposal[:400], "；".join(places(row))[:200], "", ""


def places(row: Row) -> list[str]:
    """The clauses of the proof in words (第三条第二款), in order and without duplicates."""
    return list(dict.fromkeys(place_in_words(proof["path"]) for proof in row.proof if proof["path"]))


def _corrections(_: Campaign, rows: Sequence[Row], out: Path) -> Iterator[Path]:
    """备案纠错: a draft review letter for each document in scope that is to be amended or repealed as unlawful (CL-19, CL-20)."""
    folder = out / "备案纠错函"
    for row in rows:
        faults = [proof for proof in row.proof if "advice" in proof]
        unlawful = any(indicator.id in ("CL-19", "CL-20") for indicator in row.cleanup.indicators)
        if row.left_out or not (faults and unlawful) or row.outcome not in ("amend", "repeal"):
            continue
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{row.id:05}_{_UNSAFE.sub('_', row.display_title)[:50]}.docx"
        write_correction(path, row, faults)
        yield path


def write_correction(path: Path, row: Row, faults: Sequence[Mapping[str, str]]) -> None:
    """Writes the draft review letter 备案审查意见（代拟稿） on one document to `path`, a docx.

    `faults` are entries of `Row.proof` with the keys path, what, text, basis and advice, one section each.
    """
    paper = OfficialDocument()
    paper.title(f"关于《{row.display_title}》的备案审查意见\n（代拟稿）")
    paper.addressee(owner(row) if row.issuers else "制定机关")
    number = f"（{row.number}）" if row.number else ""
    paper.text(f"经审查，你单位制定的《{row.display_title}》{number}中下列内容需要研究处理：")
    for count, fault in enumerate(faults, 1):
        where = f"关于{place_in_words(fault['path'])}"
        paper.heading(f"{_chinese(count)}、{where}：{fault['what']}")
        paper.text(f"原文：“{fault['text']}”。")
        paper.text(f"依据：{fault['basis'] or '待补充'}。建议：{fault['advice']}。")
    paper.text("请于收到本意见之日起三十日内自行修改或者废止有关内容，并书面报告处理结果。（期限按本地规定核定）")
    paper.text("以上由程序根据条文提示代拟，须经审查人员逐条核对后使用。")
    paper.signature("（备案审查机关）", None)
    paper.save(path)


# a kind of working list → what writes it below a folder
KINDS: Mapping[str, Callable[[Campaign, Sequence[Row], Path], Iterator[Path]]] = {
    "总表": _overview,
    "日历": _calendar,
    "清单": _for_issuers,
    "纠错函": _corrections,
}


def _chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese numerals."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
