"""批注: the original docx with a Word comment at each finding."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from pipeline.errors import UsageError
from pipeline.review.models import Decision, Finding

_BLANK = re.compile(r"\s")
AUTHOR, INITIALS = "清规", "清"


def annotate(
    original: Path, findings: Sequence[Finding], decisions: Mapping[str, Decision], at: datetime
) -> tuple[bytes, int]:
    """Returns the docx with comments, and the number of findings that could not be located.

    Findings that could not be located are listed at the end of the document. `decisions` are by finding key; `at` is the time
    stamp of the comments. Raises `UsageError` for a file that is no docx.
    """
    try:
        document: Any = Document(str(original))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise UsageError("原件不是docx，不能写批注", remedy="请改用审查意见书") from error
    paragraphs = [(paragraph, _without_blanks(paragraph.text)) for paragraph in _paragraphs(document)]
    unplaced = [
        finding for finding in findings if not _add_comment(document, paragraphs, finding, decisions.get(finding.key))
    ]
    if unplaced:
        document.add_paragraph("以下发现未能在原文中定位，请对照正文查看：")
        for finding in unplaced:
            document.add_paragraph(
                f"{finding.content['path']} {finding.content['name']}：{finding.content['text'][:100]}"
            )
    for comment in document.comments:
        comment._comment_elm.set(qn("w:date"), at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue(), len(unplaced)


def _without_blanks(text: str) -> str:
    return _BLANK.sub("", text)


def _paragraphs(document: Any) -> Iterator[Paragraph]:
    """Yields the paragraphs of the body, then those of table cells; merged cells count once."""
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in dict.fromkeys(row.cells):
                yield from cell.paragraphs


def _add_comment(
    document: Any, paragraphs: list[tuple[Paragraph, str]], finding: Finding, decision: Decision | None
) -> bool:
    """Adds a comment to the first paragraph that contains the evidence of a finding; False where none does."""
    wanted = _without_blanks(finding.content["text"])
    for paragraph, compact in paragraphs:
        at = compact.find(wanted)
        if at >= 0 and paragraph.runs:
            document.add_comment(
                _runs(paragraph, at, at + len(wanted)), _comment_text(finding, decision), AUTHOR, INITIALS
            )
            return True
    return False


def _runs(paragraph: Paragraph, start: int, end: int) -> list[Any]:
    """The runs with the characters between two offsets, which are code points of the paragraph without blanks."""
    chosen, at = [], 0
    for run in paragraph.runs:
        size = len(_without_blanks(run.text))
        if at < end and at + size > start:
            chosen.append(run)
        at += size
    return chosen or list(paragraph.runs)


def _comment_text(finding: Finding, decision: Decision | None) -> str:
    content = finding.content
    bases = "；".join(f"《{basis['law']}》{basis['article']}" for basis in content["bases"])
    verdict = (
        f"审查人员{decision.reviewer}：{decision.verdict}。{decision.comment}" if decision else "（机器提示，尚未审定）"
    )
    lines = (
        f"[{finding.severity}] {content['name']}",
        "；".join(content["reasons"]),
        f"依据：{bases}" if bases else "",
        f"建议：{content['advice']}",
        verdict,
    )
    return "\n".join(line for line in lines if line)
