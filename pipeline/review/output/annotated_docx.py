"""批注: the original docx with a Word comment at each finding that people upheld."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from pipeline.errors import UsageError
from pipeline.review.output.case import Act, Case, CaseFinding, Stamp
from pipeline.review.output.paragraphs import closed

_BLANK = re.compile(r"\s")
_DRAFT = "草稿：本件尚未办结，批注的意见可能改变。"


def annotate(original: Path, case: Case, stamp: Stamp) -> tuple[bytes, int]:
    """Returns the docx with comments, and the number of upheld findings that could not be located.

    Each comment bears the person and the local time of its decision; findings that could not be located are listed at the end of
    the document. A draft says so in a comment at its first paragraph. Raises `UsageError` for a file that is no docx.
    """
    try:
        document: Any = Document(str(original))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise UsageError("原件不是docx，不能写批注", remedy="请改用审查意见书") from error
    paragraphs = [(paragraph, _without_blanks(paragraph.text)) for paragraph in _paragraphs(document)]
    if case.draft:
        _mark_draft(document, paragraphs, stamp)
    unplaced = [finding for finding in case.upheld if not _add_comment(document, paragraphs, finding)]
    if unplaced:
        document.add_paragraph("以下意见未能在原文中定位，请对照正文查看：")
        for finding in unplaced:
            document.add_paragraph(f"{finding.place}“{finding.text[:100]}”\n{_comment_text(finding)}")
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


def _mark_draft(document: Any, paragraphs: list[tuple[Paragraph, str]], stamp: Stamp) -> None:
    first = next((paragraph for paragraph, _ in paragraphs if paragraph.runs), None)
    if first is None:
        first = document.add_paragraph("（草稿）")
    _comment(document, list(first.runs), _DRAFT, Act(stamp.by, stamp.at.isoformat()))


def _add_comment(document: Any, paragraphs: list[tuple[Paragraph, str]], finding: CaseFinding) -> bool:
    """Adds a comment to the first paragraph that contains the evidence of a finding; False where none does."""
    wanted = _without_blanks(finding.text)
    for paragraph, compact in paragraphs:
        at = compact.find(wanted)
        if at >= 0 and paragraph.runs and finding.decision:
            _comment(document, _runs(paragraph, at, at + len(wanted)), _comment_text(finding), finding.decision.by)
            return True
    return False


def _comment(document: Any, runs: list[Any], text: str, by: Act) -> None:
    """Adds a comment in the name of a person; Word shows its date as it is written, so that is the local time."""
    comment = document.add_comment(runs, text, by.person, by.person[:1])
    comment._comment_elm.set(qn("w:date"), f"{datetime.fromisoformat(by.at):%Y-%m-%dT%H:%M:%SZ}")


def _runs(paragraph: Paragraph, start: int, end: int) -> list[Any]:
    """The runs with the characters between two offsets, which are code points of the paragraph without blanks."""
    chosen, at = [], 0
    for run in paragraph.runs:
        size = len(_without_blanks(run.text))
        if at < end and at + size > start:
            chosen.append(run)
        at += size
    return chosen or list(paragraph.runs)


def _comment_text(finding: CaseFinding) -> str:
    """Name, basis, and the person's words; the advice where there are none."""
    words = finding.decision.words.strip() if finding.decision else ""
    lines = (
        finding.name,
        f"依据：{'；'.join(finding.bases)}" if finding.bases else "",
        f"意见：{words}" if words else f"建议：{closed(finding.advice)}" if finding.advice else "",
    )
    return "\n".join(line for line in lines if line)
