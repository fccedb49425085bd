"""批注: the original docx with a Word comment at each finding that people upheld."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.run import Run
from lxml.etree import XMLSyntaxError

from pipeline.errors import UsageError
from pipeline.review.output.case import Act, Case, CaseFinding, Stamp
from pipeline.word_package import usual_package

_DRAFT = "草稿：本件尚未办结，批注的意见可能改变。"
# the author of what no person says
_PROGRAM = "清规"
_QUOTES = "\"'“”‘’„‟‚‛「」『』〝〞﹁﹂﹃﹄＂＇｢｣"
_TILDES = "~〜～∼"
# the number of a clause, which a numbered list of Word does not have among its words
_LABEL = re.compile(
    r"(?:第[一二三四五六七八九十百零〇0-9]+[编章节条]|[一二三四五六七八九十百零〇壹贰叁肆伍陆柒捌玖拾佰甲乙丙丁戊己庚辛壬癸]+、"
    r"|（[一二三四五六七八九十0-9]+）|[①-⒇]、?|[0-9]+(?:\.[0-9]+)+[.．、]?|[0-9]+[.．、]|[A-Za-z]{1,4}[.．、）)])\s*"
)
# characters that no reader sees: control, format, and every kind of blank
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp"))
# what is within a paragraph and no part of its text: what was moved away, pronunciations, text boxes, which hold no comment
_NOT_TEXT = frozenset(qn(tag) for tag in ("w:moveFrom", "w:rt", "w:txbxContent"))


class _Text:
    """The words of a document in one spelling, each character with the run that it stands in."""

    def __init__(self, document: Any) -> None:
        self.document = document
        parts: list[str] = []
        self._owners: list[Run] = []
        for run in _runs(document):
            for char in run.text:
                spelled = _spelling(char)
                parts.append(spelled)
                self._owners += [run] * len(spelled)
        self._words = "".join(parts)

    def runs_of(self, finding: CaseFinding) -> list[Run]:
        """The runs with the evidence of a finding, [] where it is not found; a number before it may come from a numbered list."""
        words = finding.text
        label = _LABEL.match(words)
        return self.runs(words, finding.occurrence) or self.runs(
            words[label.end() if label else 0 :], finding.occurrence
        )

    def runs(self, words: str, occurrence: int) -> list[Run]:
        """The runs of an occurrence of some words, counted from 0; of the last one where there are fewer; [] where there is none."""
        wanted, at = spelled(words), -1
        for _ in range(occurrence + 1 if wanted else 0):
            found = self._words.find(wanted, at + 1)
            if found < 0:
                break
            at = found
        return list({id(run): run for run in self._owners[at : at + len(wanted)]}.values()) if at >= 0 else []

    def first(self) -> list[Run]:
        """The first run with words, of a new paragraph where the document has none."""
        return self._owners[:1] or [self.document.add_paragraph().add_run("（批注）")]


def annotate(original: Path, case: Case, stamp: Stamp) -> tuple[bytes, int]:
    """Returns the docx with comments, and the number of upheld findings that could not be located.

    Each comment bears the person and the local time of its decision; findings that could not be located are listed at the end of
    the document, and a comment at its beginning, of the program, says how many these are. A draft says so there too. Raises `UsageError` for a file
    that is no docx.
    """
    try:
        document: Any = Document(io.BytesIO(usual_package(original.read_bytes())))
    except (PackageNotFoundError, BadZipFile, XMLSyntaxError, KeyError, ValueError) as error:
        raise UsageError("原件不是docx，不能写批注", remedy="请改用审查意见书") from error
    text = _Text(document)
    placed = [(finding, text.runs_of(finding)) for finding in case.upheld]
    unplaced = [finding for finding, runs in placed if not runs]
    told = [_DRAFT] if case.draft else []
    told += [f"有{len(unplaced)}处未能在原文定位，列在文末。"] if unplaced else []
    if told:
        _comment(document, text.first(), "\n".join(told), Act(_PROGRAM, stamp.at.isoformat()))
    for finding, runs in placed:
        if runs and finding.decision:
            _comment(document, runs, _comment_text(case, finding), finding.decision.by)
    _list_unplaced(document, case, unplaced)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue(), len(unplaced)


def _list_unplaced(document: Any, case: Case, findings: Sequence[CaseFinding]) -> None:
    if findings:
        document.add_paragraph("以下意见未能在原文中定位，请对照正文查看：")
    for count, finding in enumerate(findings, 1):
        by = f"（{finding.decision.by}）" if finding.decision else ""
        document.add_paragraph(f"{count}.{finding.place}“{finding.text}”\n{_comment_text(case, finding)}{by}")


def spelled(text: str) -> str:
    """A text in one spelling, in which the words of a file and of what was read from it are the same.

    Half and full width, radicals, brackets, quotation marks and blanks are read in one form, and so they are compared in one form.
    """
    return "".join(map(_spelling, text))


@cache
def _spelling(char: str) -> str:
    """The one spelling of a character: a character, "" for one that nobody sees, more than one for ⒈ and the like."""
    if unicodedata.category(char) in _UNSEEN:
        return ""
    if char in _QUOTES:
        return '"'
    if char in _TILDES:
        return "~"
    plain = unicodedata.normalize("NFKC", _radicals().get(char, char))
    return "".join(plain.split())


@cache
def _radicals() -> dict[str, str]:
    """Radicals, with the characters that they stand for where a file has them."""
    lines = (files("pipeline") / "ingest" / "radicals.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(lines, delimiter="\t")
    return {chr(int(row["radical"], 16)): chr(int(row["ideograph"], 16)) for row in rows}


def _runs(document: Any) -> Iterator[Run]:
    """The runs of the body in the order of the text, also in tables, links, content controls and tracked insertions; no hidden ones."""
    for element in document.element.body.iter(qn("w:r")):
        run = Run(element, document)
        if not run.font.hidden and not any(above.tag in _NOT_TEXT for above in element.iterancestors()):
            yield run


def _comment(document: Any, runs: Sequence[Run], text: str, by: Act) -> None:
    """Adds a comment in the name of a person; Word shows its date as it is written, so that is the local time."""
    comment = document.add_comment(runs, text, by.person, by.person[:1])
    comment._comment_elm.set(qn("w:date"), f"{datetime.fromisoformat(by.at):%Y-%m-%dT%H:%M:%SZ}")


def _comment_text(case: Case, finding: CaseFinding) -> str:
    """Name, basis, the verdict with an earlier version that it is about, and words of people where there are any."""
    made, version = finding.decision, case.version
    earlier = f"（就第{made.sequence}版作出）" if made and version and made.sequence != version.sequence else ""
    advice = "" if finding.advice.rstrip("。") in finding.words else finding.advice.strip()
    lines = (
        finding.name,
        f"依据：{'；'.join(finding.checked_bases)}" if finding.checked_bases else "",
        f"审定：{made.verdict}{earlier}" if made else "",
        f"提出的理由：{finding.ground}" if finding.ground and finding.ground != finding.words.rstrip("。；") else "",
        f"意见：{finding.words}" if finding.words else "",
        f"修改建议：{advice}" if advice else "",
    )
    return "\n".join(line for line in lines if line)
