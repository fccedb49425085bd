"""Official documents that reviewers sign: 合法性审查意见书, 备案审查意见, 异议处理意见, 公平竞争审查表, 纠正通知书, 清理目录.

Each is a docx in the layout of GB/T 9704 and names the file, the reviewers, the version of the rules and the date of the law
that it rests on. What only people know is left open and marked （待填写）; the program signs nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.document import Span
from pipeline.review.decisions.checklists import answered_points, points_of
from pipeline.review.models import Conclusion, Decision, Finding, Item, Kind, Verdict
from pipeline.review.output.official_docx import OfficialDocument

OPEN = "（待填写）"
_CHECKS = ("制定主体", "制定权限", "制定程序", "内容", "形式和文字")
_MAX_SENTENCE = 200
_UPHELD = (Verdict.STANDS, Verdict.AMEND)
_ALARMS = ("严重", "高")
# 公平竞争审查条例第八条至第十一条: the four standards, and the types that belong to each
_STANDARDS = (
    ("限制或者变相限制市场准入和退出（第八条）", ("FCR-01", "FCR-02", "FCR-03")),
    ("限制商品、要素自由流动（第九条）", ("FCR-04", "FCR-05", "FCR-06", "FCR-07")),
    ("没有法定依据影响生产经营成本（第十条）", ("FCR-08", "FCR-09", "FCR-10")),
    ("影响生产经营行为（第十一条）", ("FCR-11",)),
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Time and author of an export; the same stamp on the same state of an item gives the same bytes."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """The basis of a document on an item: its findings that are not softened, the decisions that count (by finding key), the conclusion."""

    item: Item
    findings: tuple[Finding, ...]
    decisions: Mapping[str, Decision]
    conclusion: Conclusion | None

    @classmethod
    def of(cls, item: Item, decisions: Mapping[str, Decision], conclusion: Conclusion | None) -> "Case":
        """The case of the current version of an item."""
        version = item.current
        findings = tuple(version.findings.filter(softened=False).order_by("start", "id")) if version else ()
        return cls(item, findings, decisions, conclusion)

    @property
    def upheld(self) -> list[tuple[Finding, Decision]]:
        """The findings that reviewers upheld (成立 or 需修改), with the decision on each."""
        decided = ((finding, self.decisions.get(finding.key)) for finding in self.findings)
        return [(finding, decision) for finding, decision in decided if decision and decision.verdict in _UPHELD]

    @property
    def undecided_alarms(self) -> int:
        """The number of alarms on which nobody has decided."""
        return sum(1 for f in self.findings if f.severity in _ALARMS and f.key not in self.decisions)


def opinion(case: Case, stamp: Stamp) -> OfficialDocument:
    """合法性审查意见书 (also for 重大行政决策 and 行政合同): five checks, conclusion, statement."""
    paper, item = OfficialDocument(), case.item
    paper.title(f"关于{_named(item)}的合法性审查意见")
    paper.heading("一、文件基本情况")
    paper.text(_about(item))
    paper.heading("二、审查依据")
    paper.text(_bases(case.upheld) or "法律、法规、规章和国家有关规范性文件制定和监督管理的规定。")
    paper.heading("三、审查内容与意见")
    groups = _by_check(case)
    for number, (name, kinds) in enumerate(groups, 1):
        paper.text(f"（{'一二三四五'[number - 1]}）{name}")
        if not _write_points(paper, item, name) and not kinds and name not in ("内容", "形式和文字"):
            paper.text(OPEN)
        _write_findings(paper, kinds, none=name in ("内容", "形式和文字"))
    paper.heading("四、审查结论")
    paper.text(_conclusion(case, ("应当予以修改：上述{}处修改后可以提请审议。", "合法。")))
    _write_end(paper, case, stamp, "五、说明")
    return paper


def filing(case: Case, stamp: Stamp) -> OfficialDocument:
    """备案审查意见: whether the filing was complete and in time, what was found, the conclusion, what the issuer must do by when."""
    paper, item = OfficialDocument(), case.item
    paper.title(f"关于{_named(item)}的备案审查意见")
    paper.heading("一、报备情况")
    paper.text(_about(item))
    _write_points(paper, item, "报备")
    paper.heading("二、审查情况")
    _write_points(paper, item, "审查")
    _write_findings(paper, case.upheld, none=True)
    paper.heading("三、审查结论")
    paper.text(_conclusion(case, ("存在上述{}处问题，应当纠正。", "准予备案。")))
    if case.upheld:
        paper.text(
            f"请{item.issuers or OPEN}自收到本意见之日起三十日内处理（自行修改、废止或者停止执行有关条款），并书面报告处理结果。"
        )
    _write_end(paper, case, stamp, "四、说明")
    return paper


def objection(case: Case, stamp: Stamp) -> OfficialDocument:
    """规范性文件异议处理意见: the objection, the answer of the issuer, what was found, the outcome."""
    paper, item = OfficialDocument(), case.item
    paper.title(f"关于{_named(item)}有关条款的异议处理意见")
    paper.heading("一、基本情况")
    paper.text(_about(item))
    paper.text(f"异议人：{OPEN}。异议的条款和理由：{OPEN}。")
    _write_points(paper, item, "受理")
    paper.heading("二、审查情况")
    paper.text(f"制定机关的答复：{OPEN}。")
    _write_points(paper, item, "审查")
    _write_findings(paper, case.upheld, none=True)
    paper.heading("三、处理意见")
    paper.text(_conclusion(case, (OPEN, OPEN)))
    _write_end(paper, case, stamp, "四、说明")
    return paper


def competition(case: Case, stamp: Stamp) -> OfficialDocument:
    """公平竞争审查表: each of the four standards with its result and the clauses concerned, the conclusion, the exception."""
    paper, item = OfficialDocument(), case.item
    paper.title("公平竞争审查表")
    upheld_types = {finding.type for finding, _ in case.upheld}
    open_ = {f.type for f in case.findings if f.key not in case.decisions and f.type.startswith("FCR")}
    touched = any(f.type.startswith("FCR") for f in case.findings)
    rows = [
        ("政策措施名称", item.title),
        ("是否涉及经营者经济活动", "涉及（见下）" if touched else f"机器没有发现，请核定：{OPEN}"),
        ("性质", f"{item.norm_level}（{item.genre}）"),
        ("起草单位", item.issuers or OPEN),
        ("征求意见情况（利害关系人、社会公众）", OPEN),
        *((name, _standard(case, kinds, upheld_types, open_)) for name, kinds in _STANDARDS),
        ("审查结论", _competition_conclusion(upheld_types, open_)),
        ("适用例外规定（条例第十二条）：类型、没有更小影响的替代方案的理由、实施期限", f"不适用的，写“无”：{OPEN}"),
        ("审查人、负责人签字", ""),
    ]
    paper.table(("事项", "内容"), rows, (55, 100))
    _write_end(paper, case, stamp, "说明")
    return paper


def _standard(case: Case, kinds: Sequence[str], upheld_types: set[str], open_: set[str]) -> str:
    clauses = [
        f"{f.content['path'] or '正文'}：{_sentence(f)}（{d.comment or f.content['advice']}）"
        for f, d in case.upheld
        if f.type in kinds
    ]
    if clauses:
        return "是。" + "；".join(clauses)
    return "有警示没有审定" if open_ & set(kinds) else f"机器没有发现，请核定：{OPEN}"


def _competition_conclusion(upheld_types: set[str], open_: set[str]) -> str:
    if open_:
        return "尚有警示没有审定，本表为草稿。"
    if any(kind.startswith("FCR") for kind in upheld_types):
        return "具有排除、限制竞争的内容，应当调整后出台；适用例外规定的，应当详细说明。"
    return f"机器没有发现排除、限制竞争的内容，请核定：{OPEN}"


def correction(case: Case, stamp: Stamp) -> OfficialDocument:
    """纠正通知书 to the issuer: each clause with its reason, and the time limit for correcting it."""
    paper, item = OfficialDocument(), case.item
    paper.title(f"关于纠正{_named(item)}有关内容的通知")
    paper.addressee(item.issuers or OPEN)
    number = f"（{item.number}）" if item.number else ""
    if case.upheld:
        paper.text(f"经审查，你单位制定的{_named(item)}{number}有下列内容需要纠正：")
        _write_findings(paper, case.upheld, none=False)
        paper.text("请自收到本通知之日起三十日内，依照法定程序修改、废止或者停止执行有关内容，并书面报告处理结果。")
    else:
        paper.text(f"经审查，{_named(item)}{number}没有需要纠正的内容。（本通知不必发出）")
    _write_end(paper, case, stamp, "")
    return paper


def catalogue(items: Iterable[Item], stamp: Stamp) -> OfficialDocument:
    """清理目录: one table per cleanup conclusion with its items; items without one come last."""
    groups: dict[str, list[Item]] = {"继续有效": [], "修改": [], "废止": [], "宣布失效": [], "尚未作出清理结论": []}
    reasons: dict[int, str] = {}
    for item in items:
        conclusion = item.conclusions.order_by("-id").first()
        groups.get(conclusion.outcome if conclusion else "", groups["尚未作出清理结论"]).append(item)
        reasons[item.pk] = conclusion.reason if conclusion else item.proposal
    paper = OfficialDocument(wide=True)
    paper.title("规范性文件清理目录")
    for name, members in groups.items():
        if not members:
            continue
        paper.heading(f"{name}的文件（{len(members)}件）")
        rows = [
            (str(at), item.title, item.number, item.issuers, str(item.expires or ""), reasons[item.pk])
            for at, item in enumerate(members, 1)
        ]
        paper.table(("序号", "文件名称", "文号", "制定机关", "有效期至", "理由"), rows, (12, 66, 36, 40, 32, 39))
    paper.text(f"本目录于{stamp.at:%Y-%m-%d}由{stamp.by}导出。")
    return paper


def _named(item: Item) -> str:
    """The title in 《》, with 〈〉 for title marks inside it (GB/T 15834)."""
    return f"《{item.title.replace('《', '〈').replace('》', '〉')}》"


def _about(item: Item) -> str:
    number = f"，文号{item.number}" if item.number else ""
    return f"{_named(item)}由{item.issuers or '（制定机关待核）'}制定{number}，文种{item.genre}，效力层级{item.norm_level}。"


def _bases(standing: Sequence[tuple[Finding, Decision]]) -> str:
    references = (
        f"《{basis['law']}》{basis['article']}" for finding, _ in standing for basis in finding.content["bases"]
    )
    return "；".join(dict.fromkeys(references)) + "。" if standing else ""


def _by_check(case: Case) -> list[tuple[str, list[tuple[Finding, Decision]]]]:
    """The five checks of a legality review, each with the upheld findings that belong to it."""
    parts: dict[str, list[tuple[Finding, Decision]]] = {}
    for finding, decision in case.upheld:
        parts.setdefault(_check_of(finding.type), []).append((finding, decision))
    return [(name, parts.get(name, [])) for name in _CHECKS]


def _check_of(kind: str) -> str:
    """The one of the five checks that a finding type belongs to."""
    if kind == "FRM-02":
        return "制定主体"
    if kind.startswith(("FRM", "CL-")):
        return "形式和文字"
    return "制定权限" if kind.startswith("PWR") else "内容"


def _write_points(paper: OfficialDocument, item: Item, part: str) -> int:
    """Writes the points of a part of the checklist with their answers, open ones as （待填写）; returns their number."""
    wanted = {"形式和文字": "形式", "制定权限": "权限"}.get(part, part)
    count = 0
    for point, answer in answered_points(item):
        if point.part == wanted or (part == "制定程序" and point.part in ("送审材料", "程序")):
            comment = f"，{answer.comment}" if answer and answer.comment else ""
            paper.text(f"{point.says}（{answer.answer}{comment}）。" if answer else f"{point.says}{OPEN}。")
            count += 1
    return count


def _write_findings(paper: OfficialDocument, findings: Sequence[tuple[Finding, Decision]], *, none: bool) -> None:
    if not findings and none:
        paper.text("没有发现需要修改的内容。")
    for count, (finding, decision) in enumerate(findings, 1):
        content = finding.content
        bases = "；".join(f"《{basis['law']}》{basis['article']}" for basis in content["bases"]) or "（依据待补充）"
        says = decision.comment or content["advice"]
        paper.text(
            f"{count}.{content['path'] or '正文'}：{content['name']}。原文“{_sentence(finding)}”。依据：{bases}。"
        )
        paper.text(f"意见：{says.rstrip('。')}。（{decision.verdict}，{decision.reviewer}）")


def _sentence(finding: Finding) -> str:
    """The sentence of a finding; its evidence alone where the sentence has more than 200 code points."""
    text = finding.version.text
    span = Span(finding.start, finding.end).sentence(text)
    sentence = span.cut(text).strip()
    return sentence if len(sentence) <= _MAX_SENTENCE else f"……{finding.content['text'][:_MAX_SENTENCE]}……"


def _conclusion(case: Case, defaults: tuple[str, str]) -> str:
    """The text of the conclusion; that the document is a draft where an alarm is undecided.

    Where nobody has concluded, it is one of `defaults`: the first where findings were upheld ({} stands for their number),
    else the second.
    """
    if case.undecided_alarms:
        return f"尚有{case.undecided_alarms}处警示没有审定，本意见为草稿。"
    if case.conclusion:
        reason = f"理由：{case.conclusion.reason}。".replace("。。", "。") if case.conclusion.reason else ""
        return f"{case.conclusion.outcome}。{reason}"
    return (defaults[0] if case.upheld else defaults[1]).format(len(case.upheld))


def _write_end(paper: OfficialDocument, case: Case, stamp: Stamp, heading: str) -> None:
    """Writes the basis of the document, the reviewers, and the lines for signature and date."""
    version = case.item.current
    if heading:
        paper.heading(heading)
    if any(not point.confirmed for point in points_of(case.item.kind)) and heading:
        paper.text("核对要点中部分依据尚待核实，以正式文本为准。")
    digest = version.original_id if version else ""
    engine, as_of = (version.engine, version.as_of) if version else ("", stamp.at.date())
    library = f"；比对所用法律库：{version.library}" if version and version.library else ""
    paper.text(
        f"本件依据{as_of}的法律状态作出，仅供内部决策参考。原件SHA-256：{digest}；程序、规则和模型版本：{engine}{library}。"
    )
    reviewers = "、".join(dict.fromkeys(decision.reviewer for decision in case.decisions.values())) or OPEN
    paper.text(f"审查人：{reviewers}。导出：{stamp.by}，{stamp.at:%Y-%m-%d %H:%M}。")
    paper.signature("（审查机关）", None)


# key of a document → its name and the function that makes it
FORMS: Mapping[str, tuple[str, Callable[[Case, Stamp], OfficialDocument]]] = {
    "opinion": ("合法性审查意见书", opinion),
    "filing": ("备案审查意见", filing),
    "objection": ("异议处理意见", objection),
    "competition": ("公平竞争审查表", competition),
    "correction": ("纠正通知书", correction),
}
_BY_KIND = {
    Kind.DRAFT: ("opinion", "competition", "correction"),
    Kind.FILED: ("filing", "correction", "opinion", "competition"),
    Kind.OBJECTION: ("objection", "correction"),
    Kind.MAJOR: ("opinion", "competition"),
    Kind.CONTRACT: ("opinion", "competition"),
    Kind.CLEANUP: ("opinion", "correction"),
}


def forms_of(kind: str) -> list[tuple[str, str]]:
    """The documents offered for a kind of case: key and name, the usual one first."""
    return [(key, FORMS[key][0]) for key in _BY_KIND[Kind(kind)]]
