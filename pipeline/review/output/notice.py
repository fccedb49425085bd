"""纠正通知书: the notice to an issuer of what it has to correct; it names no reviewer and nothing of the review itself."""

from pipeline.errors import UsageError
from pipeline.numerals import write_number
from pipeline.review.decisions.checklists import FAVOURABLE
from pipeline.review.models import Verdict
from pipeline.review.output.case import Case, CaseFinding, Stamp
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.paragraphs import OPEN, basis_text, closed, named, paper_of

# what must be done where no person wrote it
_DEMAND = "请依法修改、废止或者停止执行上述内容。"


def correction(case: Case, _: Stamp) -> OfficialDocument:
    """纠正通知书 to the issuer: letterhead and number left open, each clause with wording, basis and what must be done, time limit, contact.

    Raises `UsageError` where nothing was upheld, and where the conclusion leaves the document as it is.
    """
    if not case.upheld:
        raise UsageError("没有审定成立或者需修改的内容，不能出纠正通知书", remedy="请先对各处发现作出决定")
    if case.conclusion and case.conclusion.outcome in FAVOURABLE:
        raise UsageError(f"审查结论是“{case.conclusion.outcome}”，不能出纠正通知书", remedy="需要纠正的，请先改结论")
    paper = paper_of(case)
    paper.letterhead("（发文机关名称）", "（文号：　〔　　　　〕　　号）")
    paper.title(f"关于纠正{named(case)}有关内容的通知")
    if case.draft:
        paper.text("本件为草稿，尚未办结，不得发出。")
    paper.addressee(case.issuers or OPEN)
    number = f"（{case.number}）" if case.number else ""
    paper.text(f"经审查，你单位制定的{named(case)}{number}有下列内容需要纠正：")
    for count, finding in enumerate(case.upheld, 1):
        _write_clause(paper, count, finding)
    paper.text(f"请于{OPEN}前依照法定程序改正上述内容，并将处理结果书面报告我单位。")
    paper.text(f"联系人：{OPEN}；联系电话：{OPEN}。")
    paper.signature("（发文机关署名）", None)
    return paper


def _write_clause(paper: OfficialDocument, count: int, finding: CaseFinding) -> None:
    """One clause: where, its wording, what is wrong, the basis, what must be done."""
    reason = finding.ground if _amend(finding) else finding.words or finding.ground
    reason = closed(reason) if reason else ""
    paper.heading(f"{write_number(count)}、{finding.place}：{finding.name}")
    paper.text(f"原文：“{finding.quote}”。")
    paper.text(f"问题：{finding.name}。{reason}")
    if finding.checked_bases:
        paper.text(basis_text(finding))
    paper.text(f"要求：{_demand(finding)}")


def _demand(finding: CaseFinding) -> str:
    """What the issuer must do: how the person would amend it; without such words what leaves the way to the issuer."""
    written = finding.words if _amend(finding) else ""
    return closed(written or finding.advice or _DEMAND)


def _amend(finding: CaseFinding) -> bool:
    return finding.decision is not None and finding.decision.verdict == Verdict.AMEND
