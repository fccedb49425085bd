"""批注: the drafter's own docx back, with a native comment at each finding."""

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
    """The docx with comments, and how many findings could not be placed (they stand in a last comment-free list).

    `at` is the time that the comments carry. Raises `UsageError` for a file that is no docx.
    """
    try:
        document: Any = Document(str(original))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise UsageError("原件不是docx，不能写批注", remedy="请改用审查意见书") from error
    paragraphs = [(paragraph, _packed(paragraph.text)) for paragraph in _paragraphs(document)]
    lost = [finding for finding in findings if not _comment(document, paragraphs, finding, decisions.get(finding.key))]
    if lost:
        document.add_paragraph("以下发现未能在原文中定位，请对照正文查看：")
        for finding in lost:
            document.add_paragraph(
                f"{finding.content['path']} {finding.content['name']}：{finding.content['text'][:100]}"
            )
    for comment in document.comments:
        comment._comment_elm.set(qn("w:date"), at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue(), len(lost)


def _packed(text: str) -> str:
    return _BLANK.sub("", text)


def _paragraphs(document: Any) -> Iterator[Paragraph]:
    """Paragraphs of the body and of table cells, in the order of the file, each once."""
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in dict.fromkeys(row.cells):
                yield from cell.paragraphs


def _comment(
    document: Any, paragraphs: list[tuple[Paragraph, str]], finding: Finding, decision: Decision | None
) -> bool:
    wanted = _packed(finding.content["text"])
    for paragraph, packed in paragraphs:
        at = packed.find(wanted)
        if at >= 0 and paragraph.runs:
            document.add_comment(_runs(paragraph, at, at + len(wanted)), _says(finding, decision), AUTHOR, INITIALS)
            return True
    return False


def _runs(paragraph: Paragraph, start: int, end: int) -> list[Any]:
    """The runs that hold the characters between two offsets of the paragraph without blanks."""
    chosen, at = [], 0
    for run in paragraph.runs:
        size = len(_packed(run.text))
        if at < end and at + size > start:
            chosen.append(run)
        at += size
    return chosen or list(paragraph.runs)


def _says(finding: Finding, decision: Decision | None) -> str:
    told = finding.content
    bases = "；".join(f"《{basis['law']}》{basis['article']}" for basis in told["bases"])
    verdict = (
        f"审查人员{decision.reviewer}：{decision.verdict}。{decision.comment}" if decision else "（机器提示，尚未审定）"
    )
    lines = (
        f"[{finding.severity}] {told['name']}",
        "；".join(told["reasons"]),
        f"依据：{bases}" if bases else "",
        f"建议：{told['advice']}",
        verdict,
    )
    return "\n".join(line for line in lines if line)
