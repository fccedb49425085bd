"""处罚 (行政处罚法): whether a document sets penalties, openly or under another name."""

import re
from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import ClauseKind, Finding, NormLevel, Severity
from pipeline.law import form_bases

_LIABILITY = re.compile(r"法律责任|罚则|处罚")


def assess_penalties(case: Case) -> Iterator[Finding]:
    """Findings on 处罚, in reading order, and on chapters of liability in normative documents (FRM-05)."""
    yield from argue(case, "penalties")
    if case.labels.norm_level is NormLevel.NORMATIVE:
        yield from _liability_chapters(case)


def _liability_chapters(case: Case) -> Iterator[Finding]:
    for clause in (clause for member in case.document.family() for clause in member.clauses):
        if clause.kind is not ClauseKind.CHAPTER or not _LIABILITY.search(clause.span.cut(case.text)[:20]):
            continue
        yield Finding(
            type="FRM-05",
            name="设有法律责任章",
            severity=Severity.MEDIUM,
            evidence=clause.span,
            path=clause.path,
            bases=form_bases("FRM-05", None, "", case.as_of),
            reasons=("规范性文件设“法律责任”“罚则”章，须逐条核对是否自设处罚",),
            advice="能够引用上位法的写明条款；自设处罚的删除",
            rule="FRM-05",
        )
