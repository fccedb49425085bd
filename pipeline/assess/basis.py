"""依据: cited instruments that were repealed before the day of assessment."""

import re
from collections.abc import Iterator

from pipeline.assess.argument import Case
from pipeline.document import Basis, Citation, Document, Finding, Severity
from pipeline.law import Repealed, repealed_on, statute_key

STALE = "FRM-04"
_REPLACED = re.compile(r"^[^。]{0,10}”?(?:修改为|改为|替换为)")


def _stale(case: Case) -> Iterator[tuple[Citation, Repealed]]:
    """Each cited instrument that is no longer in force, once, with its repeal."""
    seen: set[str] = set()
    for citation in _cited(case.document):
        repealed = repealed_on(citation.title, case.as_of)
        key = statute_key(citation.title)
        if repealed is None or key in seen or _REPLACED.match(case.text[citation.span.end : citation.span.end + 20]):
            continue
        if any(statute_key(repeal.title) == key for repeal in case.document.repeals):
            continue
        seen.add(key)
        yield citation, repealed


def _cited(document: Document) -> Iterator[Citation]:
    for member in document.family():
        for citation in member.citations:
            if citation.target == "他件" and citation.role != "目录":
                yield citation


def assess_basis(case: Case) -> Iterator[Finding]:
    """Findings on stale bases (FRM-04), in reading order."""
    for citation, repealed in _stale(case):
        successor = f"，由《{repealed.successor}》取代" if repealed.successor else ""
        mark = "" if repealed.tag in ("V", "M-H") else "（日期待核实）"
        yield Finding(
            type=STALE,
            name="引用的依据已经废止",
            severity=Severity.MEDIUM,
            evidence=citation.span,
            path=case.document.path_at(citation.span.start),
            bases=(
                Basis(
                    repealed.successor or repealed.name,
                    "",
                    f"《{repealed.name}》{repealed.until}废止",
                    repealed.tag in ("V", "M-H"),
                ),
            ),
            reasons=(f"《{repealed.name}》自{repealed.until}起废止{successor}{mark}",),
            advice="改引现行有效的法律、法规、规章，并核对条款",
            rule=STALE,
            subject=citation.title,
        )
