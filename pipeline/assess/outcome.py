"""清理建议 and 风险分: what the findings add up to."""

from collections import Counter
from collections.abc import Sequence

from pipeline.assess.argument import Case
from pipeline.assess.basis import STALE
from pipeline.assess.bodies import OLD_BODY
from pipeline.assess.validity import LAPSED, STATED
from pipeline.document import Cleanup, Finding, Risk, Severity, Validity

_WEIGHTS = (
    (Severity.CRITICAL, 22, 66, "严重问题"),
    (Severity.HIGH, 9, 36, "高风险问题"),
    (Severity.MEDIUM, 4, 16, "中等问题"),
    (Severity.LOW, 1, 5, "轻微问题"),
)
# a clause that the model finds less likely than not is put to the reviewer, but proposes nothing by itself
_EVEN = 0.5
# so many clauses of high severity weigh as one critical clause
_MANY = 5


def propose_cleanup(case: Case, findings: Sequence[Finding], validity: Validity) -> Cleanup:
    """The cleanup outcome with its indicators, strongest first (CL-01 before content)."""
    if not case.labels.is_normative:
        return Cleanup("not_applicable", (), ("不是行政规范性文件，不列入清理",))
    if validity.state == LAPSED:
        indicator = "CL-01" if validity.rule == STATED else "CL-02"
        return Cleanup("lapse", (indicator,), validity.reasons)
    raised = [finding for finding in findings if not finding.softened]
    doubted = {hit.evidence for hit in case.labels.hits if hit.chance is not None and hit.chance < _EVEN}
    decisive = [finding for finding in raised if finding.evidence not in doubted]
    reasons = [(indicator, finding.name) for finding in decisive for indicator in _indicator(finding)]
    high = [finding for finding in decisive if finding.severity is Severity.HIGH]
    if len(high) >= _MANY:
        reasons += [("CL-19", finding.name) for finding in high]
    if reasons:
        indicators = tuple(dict.fromkeys(indicator for indicator, _ in reasons))
        return Cleanup("amend", indicators, tuple(dict.fromkeys(name for _, name in reasons)))
    if any(finding.severity in (Severity.CRITICAL, Severity.HIGH) for finding in raised):
        return Cleanup("keep", ("CL-27",), ("有条款待人工审阅，审阅后再定；未发现届满、依据失效的情形",))
    return Cleanup("keep", ("CL-27",), ("未发现届满、依据失效或者违法设定的情形",))


def _indicator(finding: Finding) -> tuple[str, ...]:
    if finding.type == STALE:
        return ("CL-09",)
    if finding.type == OLD_BODY:
        return ("CL-14",)
    return ("CL-19",) if finding.severity is Severity.CRITICAL else ()


def score_risk(case: Case, findings: Sequence[Finding], validity: Validity) -> Risk:
    """A score from 0 to 100 with the parts that make it up, each named in Chinese."""
    counts = Counter(finding.severity for finding in findings if not finding.softened)
    parts = [
        (f"{name}{counts[severity]}处", min(counts[severity] * weight, most))
        for severity, weight, most, name in _WEIGHTS
        if counts[severity]
    ]
    if validity.state == LAPSED:
        parts.append(("有效期已届满", 15))
    if any(note.kind == "spam" for note in case.document.noise):
        parts.append(("文本混入垃圾文字，需核对原件", 5))
    total = min(sum(points for _, points in parts), 100)
    if not case.labels.is_normative and total:
        parts.append(("不是行政规范性文件，减半", -(total - total // 2)))
        total //= 2
    return Risk(total, tuple(parts))
