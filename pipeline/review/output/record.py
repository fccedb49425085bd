"""工作底稿: the internal record of a case: every finding with all decisions on it, every point, every explanation."""

from pipeline.review.output.case import Case, CaseFinding, Judgement, Stamp
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.paragraphs import (
    closed,
    conclusion_text,
    judgement_text,
    named,
    numbered,
    paper_of,
    point_text,
    reply_text,
    write_about,
    write_draft_reasons,
    write_end,
    write_internal_material,
    write_notes,
)
from pipeline.review.output.program_words import measure_of, program_reasons


def record(case: Case, stamp: Stamp) -> OfficialDocument:
    """工作底稿, which is not handed out: also what was considered and not upheld, and who decided what before others did."""
    paper = paper_of(case)
    paper.title(f"{named(case)}审查工作底稿")
    paper.text("内部材料，不对外提供。")
    write_draft_reasons(paper, case, stamp)
    paper.heading("一、文件和材料")
    write_about(paper, case)
    write_internal_material(paper, case)
    paper.heading("二、各处发现和决定")
    sequence = case.version.sequence if case.version else 1
    if not case.findings:
        paper.text(
            f"就第{sequence}版，程序和审查人员都没有提出发现。" if sequence > 1 else "程序和审查人员都没有提出发现。"
        )
    if sequence > 1:
        paper.text("以前各版的发现、决定和答复见办理记录和当时的文书。")
    measure = measure_of(other=case.other_paper)
    if measure and any(not finding.raised_by for finding in case.findings):
        paper.text(f"{measure}。")
    for count, finding in enumerate(case.findings, 1):
        _write_finding(paper, case, count, finding)
    paper.heading("三、核对要点")
    for point in case.points:
        if point.answer:
            paper.text(point_text(case, point))
    if case.unanswered:
        paper.text(f"没有回答的{len(case.unanswered)}项：{'；'.join(point.says for point in case.unanswered)}。")
    paper.heading("四、审查结论")
    paper.text(conclusion_text(case))
    write_notes(paper, case, "五、说明")
    write_end(paper, case)
    return paper


def _write_finding(paper: OfficialDocument, case: Case, count: int, finding: CaseFinding) -> None:
    raised = f"审查人员提出：{finding.raised_by}，理由：{finding.ground}。" if finding.raised_by else ""
    paper.text(f"{numbered(count, finding)}（{finding.severity}）。{raised}原文“{finding.quote}”。")
    if finding.bases:
        paper.text(f"依据：{'；'.join(finding.bases)}。")
    hints = () if finding.raised_by else program_reasons(finding.reasons, other=case.other_paper)
    if hints:
        paper.text(f"程序提示：{closed('；'.join(hints))}")
    if finding.machine_advice:
        paper.text(f"程序建议：{closed(finding.machine_advice)}")
    if finding.advice:
        paper.text(f"审查人员的修改建议：{closed(finding.advice)}")
    for change in finding.changes:
        what = f"{change.what}，理由：" if change.what else ""
        before = f"，原为{change.before}" if change.before and not what else ""
        paper.text(f"审查人员改动：{what}{change.reason.rstrip('。')}{before}（{change.by}）。")
    _write_decisions(paper, case, finding)
    for reply in finding.replies:
        paper.text(reply_text(case, reply))


def _write_decisions(paper: OfficialDocument, case: Case, finding: CaseFinding) -> None:
    """All decisions on a finding with why they do not count, and that it waits for one."""
    shown = [made for made in finding.decisions if made == finding.decision or not made.raising]
    for made in shown:
        paper.text(judgement_text(case, made) + _no_longer(finding, made))
    if finding.disputed:
        paper.text("意见分歧，没有裁定。")
    elif finding.decision is None:
        paper.text("不作警示，没有决定。" if finding.softened else "没有重新决定。" if shown else "没有决定。")


def _no_longer(finding: CaseFinding, made: Judgement) -> str:
    """Why a decision does not count, "" for the one that does and for those of an open dispute."""
    if made.withdrawn:
        return "（已撤回）"
    if made.about:
        return f"（就“{made.about}”作出，发现改动后不再作数）"
    return "" if made == finding.decision or finding.disputed else "（不再作数）"
