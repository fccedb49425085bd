"""纠正通知书: the notice to an issuer of what it has to correct; it names no reviewer and nothing of the review itself."""

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from pipeline.errors import UsageError
from pipeline.numerals import write_number
from pipeline.review.decisions.checklists import FAVOURABLE
from pipeline.review.models import Verdict
from pipeline.review.output.case import Case, CaseFinding, Stamp
from pipeline.review.output.official_docx import TITLE, OfficialDocument
from pipeline.review.output.paragraphs import OPEN, bases_of, closed, named, paper_of, sign

_RED = RGBColor(0xFF, 0x00, 0x00)
_DAYS = "三十日"


def correction(case: Case, _: Stamp) -> OfficialDocument:
    """纠正通知书 to the issuer: letterhead and number left open, each clause with wording, basis and what must be done, time limit, contact.

    Raises `UsageError` where nothing was upheld, and where the conclusion leaves the document as it is.
    """
    if not case.upheld:
        raise UsageError("没有审定成立或者需修改的内容，不能出纠正通知书", remedy="请先对各处发现作出决定")
    if case.conclusion and case.conclusion.outcome in FAVOURABLE:
        raise UsageError(f"审查结论是“{case.conclusion.outcome}”，不能出纠正通知书", remedy="需要纠正的，请先改结论")
    paper = paper_of(case)
    _write_letterhead(paper)
    paper.title(f"关于纠正{named(case)}有关内容的通知")
    if case.draft:
        paper.text("本件为草稿，尚未办结，不得发出。")
    paper.addressee(case.issuers or OPEN)
    number = f"（{case.number}）" if case.number else ""
    paper.text(f"经审查，你单位制定的{named(case)}{number}有下列内容需要纠正：")
    for count, finding in enumerate(case.upheld, 1):
        _write_clause(paper, count, finding)
    paper.text(f"请自收到本通知之日起{_DAYS}内，依照法定程序改正上述内容，并将处理结果书面报告我单位。")
    paper.text(f"联系人：{OPEN}；联系电话：{OPEN}。")
    sign(paper, "（发文机关署名）")
    return paper


def _write_clause(paper: OfficialDocument, count: int, finding: CaseFinding) -> None:
    """One clause: where, its wording, what is wrong, the basis, what must be done."""
    words = closed(_words(finding)) if _words(finding) and not _amend(finding) else ""
    paper.heading(f"{write_number(count)}、{finding.place}")
    paper.text(f"原文：“{finding.quote}。”")
    paper.text(f"问题：{finding.name}。{words}")
    paper.text(f"依据：{bases_of(finding)}。")
    paper.text(f"要求：{_demand(finding)}")


def _demand(finding: CaseFinding) -> str:
    """What the issuer must do: how the person would amend it, else the advice, unless a person changed what the finding is."""
    if _amend(finding) and _words(finding):
        return closed(_words(finding))
    if finding.advice and not finding.change:
        return closed(finding.advice)
    return "修改这一内容。" if _amend(finding) else "停止执行，并修改或者废止这一内容。"


def _amend(finding: CaseFinding) -> bool:
    return finding.decision is not None and finding.decision.verdict == Verdict.AMEND


def _words(finding: CaseFinding) -> str:
    return finding.decision.words.strip() if finding.decision else ""


def _write_letterhead(paper: OfficialDocument) -> None:
    """发文机关标志 (red, 小标宋), 发文字号 and the red line below them, for the organ to fill in."""
    mark = paper.document.add_paragraph()
    mark.alignment, mark.paragraph_format.line_spacing = WD_ALIGN_PARAGRAPH.CENTER, Pt(44)
    run = mark.add_run("（发文机关名称）")
    run.font.name, run.font.size, run.font.color.rgb = TITLE, Pt(32), _RED
    run.element.rPr.rFonts.set(qn("w:eastAsia"), TITLE)
    paper.document.add_paragraph()
    number = paper.document.add_paragraph("〔　　　　〕　　号")
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _underline(number)
    paper.document.add_paragraph()


def _underline(paragraph: Any) -> None:
    """A red line below a paragraph."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12"), ("space", "4"), ("color", "FF0000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")
