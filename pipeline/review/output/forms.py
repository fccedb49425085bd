"""Official documents that reviewers sign: 合法性审查意见书, 备案审查意见, 异议处理意见, 公平竞争审查表, 纠正通知书, 工作底稿, 清理目录.

Each is a docx in the layout of GB/T 9704 and a function of the case and the stamp alone: it says only what people decided, with their
names and times, and is marked 草稿 until the case is finished without a contradiction. What only people know is left open
and marked （待填写）; the program signs nothing and concludes nothing.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.review.decisions.contradictions import conclusions_by_item
from pipeline.review.models import Answer, Conclusion, Item, Kind, MaterialKind, Status
from pipeline.review.output.case import Case, CaseFinding, Stamp, in_words
from pipeline.review.output.competition import competition
from pipeline.review.output.notice import correction
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.paragraphs import (
    OPEN,
    concluded_unfavourably,
    conclusion_text,
    named,
    paper_of,
    subheading,
    write_about,
    write_checked,
    write_draft_reasons,
    write_end,
    write_notes,
)
from pipeline.review.output.record import record
from pipeline.review.queue.validity import expiry_of, note_of, validity_of

# what distinguishes two spellings of the same basis
_LAW_MARKS = re.compile("[《》]|中华人民共和国")
# conclusions on an objection that end it before the document is examined
_NOT_EXAMINED = ("不予受理", "转送有权机关")
# a law before its article, or before its number in brackets
_UNMARKED = re.compile("[^（]+?(?=第[〇零一二三四五六七八九十百]+条|（|$)")
_NUMERALS = "一二三四五六七八"


@dataclass(frozen=True, slots=True)
class _Check:
    """One of the checks of an opinion: its name, the parts of the checklist and the groups of findings that belong to it."""

    name: str
    parts: tuple[str, ...]
    groups: tuple[str, ...]


_FORM = _Check("形式和文字", ("形式",), ("形式",))
_OPINION_CHECKS: Mapping[str, Sequence[_Check]] = {
    Kind.DRAFT: (
        _Check("制定主体", ("制定主体",), ("主体",)),
        _Check("制定权限", (), ("权限",)),
        _Check("制定程序", ("制定程序", "送审材料"), ()),
        _Check("内容", (), ("内容",)),
        _FORM,
    ),
    Kind.FILED: (
        _Check("报备", ("报备",), ()),
        _Check("制定主体和权限", (), ("主体", "权限")),
        _Check("内容和程序", ("审查",), ("内容",)),
        _FORM,
    ),
    Kind.CLEANUP: (
        _Check("制定主体和权限", (), ("主体", "权限")),
        _Check("清理程序", ("程序",), ()),
        _Check("内容", (), ("内容",)),
        _FORM,
        _Check("清理结果", ("结果",), ()),
    ),
    Kind.OBJECTION: (
        _Check("受理", ("受理",), ()),
        _Check("制定主体和权限", (), ("主体", "权限")),
        _Check("内容", ("审查",), ("内容",)),
        _FORM,
        _Check("处理", ("处理",), ()),
    ),
    Kind.MAJOR: (
        _Check("决策主体和权限", (), ("主体", "权限")),
        _Check("决策程序", ("程序",), ()),
        _Check("决策内容", ("内容",), ("内容",)),
        _FORM,
    ),
    Kind.CONTRACT: (
        _Check("合同主体和权限", ("主体",), ("主体", "权限")),
        _Check("签订程序", ("程序",), ()),
        _Check("合同内容", ("内容",), ("内容",)),
        _FORM,
    ),
}


def opinion(case: Case, stamp: Stamp) -> OfficialDocument:
    """合法性审查意见书 (also for 重大行政决策 and 行政合同): the checks, the conclusion, explanations."""
    paper = paper_of(case)
    paper.title(f"关于{named(case)}的合法性审查意见")
    write_draft_reasons(paper, case, stamp)
    paper.heading("一、文件基本情况")
    write_about(paper, case)
    paper.heading("二、审查依据")
    paper.text(_bases(case) or f"{OPEN}。")
    paper.heading("三、审查内容与意见")
    for numeral, check in zip(_NUMERALS, _OPINION_CHECKS[Kind(case.kind)], strict=False):
        subheading(paper, f"（{numeral}）{check.name}")
        write_checked(paper, case, check.parts, _belonging(check.groups))
    paper.heading("四、审查结论")
    paper.text(conclusion_text(case))
    write_notes(paper, case, "五、说明")
    write_end(paper, case)
    return paper


def _belonging(groups: Sequence[str]) -> Callable[[CaseFinding], bool] | None:
    return (lambda finding: _group_of(finding.type) in groups) if groups else None


def _group_of(kind: str) -> str:
    """The one of the checks of an opinion that a finding type belongs to."""
    if kind == "FRM-02":
        return "主体"
    if kind.startswith(("FRM", "CL-")):
        return "形式"
    return "权限" if kind.startswith("PWR") else "内容"


def _bases(case: Case) -> str:
    """The laws and articles that the upheld findings rest on, and the sources of the points that apply; none that nobody has checked."""
    articles = [basis for finding in case.upheld for basis in finding.checked_bases]
    applied = [point for point in case.points if point.answer in (Answer.YES, Answer.NO) and point.confirmed]
    sources = [one for point in applied for one in point.basis.split("；") if one]
    named = {_LAW_MARKS.sub("", basis): basis for basis in reversed((*articles, *sources))}
    laws: dict[str, tuple[str, list[str]]] = {}
    for basis in reversed(named.values()):
        law, rest = _law_and_article(basis.replace("《中华人民共和国", "《"))
        laws.setdefault(_LAW_MARKS.sub("", law), (law, []))[1].append(rest)
    told = (law + "、".join(filter(None, rest)) for law, rest in laws.values())
    return "；".join(told) + "。" if named else ""


def _law_and_article(basis: str) -> tuple[str, str]:
    """A basis as law in 《》 and the rest: 公平竞争审查条例第八条 → 《公平竞争审查条例》, 第八条."""
    if basis.startswith("《"):
        law, mark, rest = basis.partition("》")
        return law + mark, rest
    name = _UNMARKED.match(basis)
    return (f"《{name[0]}》", basis[name.end() :]) if name else (basis, "")


def _anything(_: CaseFinding) -> bool:
    return True


def filing(case: Case, stamp: Stamp) -> OfficialDocument:
    """备案审查意见: whether the filing was complete and in time, what was found, the conclusion, what the issuer must do by when."""
    paper = paper_of(case)
    paper.title(f"关于{named(case)}的备案审查意见")
    write_draft_reasons(paper, case, stamp)
    paper.heading("一、报备情况")
    write_about(paper, case)
    write_checked(paper, case, ("报备",), None)
    paper.heading("二、审查情况")
    write_checked(paper, case, ("审查",), _anything)
    paper.heading("三、审查结论")
    paper.text(conclusion_text(case))
    if case.conclusion and case.upheld and concluded_unfavourably(case):
        do = {"自行废止": "自行废止该文件", "停止执行": "停止执行有关内容"}.get(case.conclusion.outcome, "修改有关内容")
        paper.text(f"请{case.issuers or OPEN}于{OPEN}前{do}，并书面报告处理结果。")
    write_notes(paper, case, "四、说明")
    write_end(paper, case)
    return paper


def objection(case: Case, stamp: Stamp) -> OfficialDocument:
    """规范性文件异议处理意见: the objection, the answer of the issuer, what was found, the outcome."""
    paper = paper_of(case)
    paper.title(f"关于{named(case)}有关条款的异议处理意见")
    write_draft_reasons(paper, case, stamp)
    paper.heading("一、基本情况")
    write_about(paper, case)
    paper.text(f"异议人：{OPEN}。异议的条款和理由：{OPEN}。")
    write_checked(paper, case, ("受理",), None)
    paper.heading("二、审查情况")
    _write_examined(paper, case)
    paper.heading("三、处理意见")
    write_checked(paper, case, ("处理",), None)
    paper.text(conclusion_text(case))
    write_notes(paper, case, "四、说明")
    write_end(paper, case)
    return paper


def _write_examined(paper: OfficialDocument, case: Case) -> None:
    """What was examined of an objection; one that was not taken up or passed on says no more than what people did all the same."""
    left = case.conclusion is not None and case.conclusion.outcome in _NOT_EXAMINED
    if left and not case.upheld and not any(point.answer for point in case.points if point.part == "审查"):
        paper.text("没有进入审查。")
        return
    letters = "、".join(made.name for made in case.materials if made.kind == MaterialKind.WRITTEN_ANSWER)
    if letters:
        paper.text(f"制定机关提交了书面答复（{letters}），内容：{OPEN}。")
    elif not any(finding.replies for finding in case.upheld):
        paper.text(f"制定机关的答复：{OPEN}。")
    write_checked(paper, case, ("审查",), _anything)


def shown_validity(item: Item) -> str:
    """The validity of an item, with （待核实） where it rests on something that is still open; "" for a draft, which is not in force yet."""
    state, note = validity_of(item), note_of(item)
    return f"{state}（{note}）" if note else state


def shown_conclusion(item: Item, made: Conclusion | None) -> str:
    """The conclusion of an item in a list, with （尚未办结） until it is finished: until then it may have to be drawn again."""
    return f"{made.outcome}{'' if item.status == Status.DONE else '（尚未办结）'}" if made else ""


def catalogue(items: Iterable[Item], stamp: Stamp) -> OfficialDocument:
    """清理目录: one table per cleanup conclusion with its items; items without one come last, with what the program proposes.

    Only cleanup cases stand in it; how many others were chosen is told at the end.
    """
    groups: dict[str, list[Item]] = {"继续有效": [], "修改": [], "废止": [], "宣布失效": [], "尚未作出清理结论": []}
    reasons: dict[int, str] = {}
    others = 0
    items = list(items)
    drawn = conclusions_by_item(items)
    for item in items:
        if item.kind != Kind.CLEANUP:
            others += 1
            continue
        conclusion = drawn.get(item.pk)
        groups.get(conclusion.outcome if conclusion else "", groups["尚未作出清理结论"]).append(item)
        reasons[item.pk] = conclusion.reason if conclusion else item.proposal and f"程序建议：{item.proposal}"
        if conclusion and item.status != Status.DONE:
            reasons[item.pk] += "（尚未办结）"
    paper = OfficialDocument(wide=True)
    paper.title("规范性文件清理目录")
    for name, members in groups.items():
        if not members:
            continue
        paper.heading(f"{name}的文件（{len(members)}件）")
        rows = [
            (str(at), item.title, item.number, item.issuers, _validity(item), reasons[item.pk])
            for at, item in enumerate(members, 1)
        ]
        paper.table(
            ("序号", "文件名称", "文号", "制定机关", "有效期至、有效性", "理由"), rows, (12, 66, 36, 40, 32, 39)
        )
    if others:
        paper.text(f"所选文件中另有{others}件不是清理案件，没有列入。")
    paper.text(f"本目录于{in_words(stamp.at.isoformat())}由{stamp.by}导出。")
    return paper


def _validity(item: Item) -> str:
    return "\n".join(part for part in (str(expiry_of(item) or ""), shown_validity(item)) if part)


# key of a document → its name and the function that makes it
FORMS: Mapping[str, tuple[str, Callable[[Case, Stamp], OfficialDocument]]] = {
    "opinion": ("合法性审查意见书", opinion),
    "filing": ("备案审查意见", filing),
    "objection": ("异议处理意见", objection),
    "competition": ("公平竞争审查表", competition),
    "correction": ("纠正通知书", correction),
    "record": ("工作底稿", record),
}
# those that tell of each finding, beside which the words of its articles and similar cases can stand
WITH_BESIDE = ("opinion", "filing", "objection")
_BY_KIND = {
    # nothing has been issued yet that could be corrected
    Kind.DRAFT: ("opinion", "competition", "record"),
    Kind.FILED: ("filing", "correction", "opinion", "competition", "record"),
    Kind.OBJECTION: ("objection", "correction", "record"),
    Kind.MAJOR: ("opinion", "competition", "record"),
    Kind.CONTRACT: ("opinion", "competition", "record"),
    Kind.CLEANUP: ("opinion", "correction", "record"),
}


def forms_of(kind: str) -> list[tuple[str, str]]:
    """The documents offered for a kind of case: key and name, the usual one first."""
    return [(key, FORMS[key][0]) for key in _BY_KIND[Kind(kind)]]
