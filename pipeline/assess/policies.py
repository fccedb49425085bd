"""Ended policies (旧制度): mentions of policies and institutions that ended before the day of assessment."""

import re
from collections.abc import Iterator

from pipeline.assess.argument import Case
from pipeline.assess.mentions import is_in_change
from pipeline.assess.validity import starting_day
from pipeline.document import Finding, Severity, Span
from pipeline.law import Policy, ended_policies

OLD_POLICY = "CL-21"
# text before a mention that states that the policy is over, or history
_OVER = re.compile(
    r"(?:取消|免征|废止|停止|停征|不再|已|原|巩固|拓展|巩固拓展|改征|代替|替代|全面取消|打赢)[^，。；]{0,6}$"
)
_MERGED = re.compile("[两二三五多]证(?:整合|合一)")
_QUOTED = re.compile("“([^“”]+)”")
_GOES_ON = re.compile("^(?:成果|成效|精神|任务完成|后|以来|改|转|的成果|同乡村振兴|金|与乡村振兴)")


def assess_policies(case: Case) -> Iterator[Finding]:
    """Findings on ended policies and institutions (CL-21), one per policy; `subject` is its name as written."""
    seen: set[str] = set()
    written, _ = starting_day(case.document)
    for policy, start, end in ended_policies(case.text, case.as_of):
        name, span = case.text[start:end], Span(start, end)
        if policy.names[0] in seen or _OVER.search(case.text[max(0, start - 10) : start]):
            continue
        if (
            _GOES_ON.match(case.text[end : end + 6])
            or _cited(case, span)
            or is_in_change(case.text, span)
            or _is_reform(case.text, span, policy)
        ):
            continue
        if policy.outcome == "lapse" and written and written >= policy.until:
            continue  # a campaign that was over when the document was written is mentioned as history
        seen.add(policy.names[0])
        yield _finding(case, policy, name, span)


def _is_reform(text: str, span: Span, policy: Policy) -> bool:
    """Whether a mention stands in a sentence on the reform that ended the policy (推进“三证合一”登记制度改革)."""
    sentence = span.sentence(text)
    if _MERGED.search(text, sentence.start, sentence.end):
        return True
    names = [name for quoted in _QUOTED.findall(policy.successor) for name in quoted.split("、")]
    return any(text.find(name, sentence.start, sentence.end) >= 0 for name in names)


def _cited(case: Case, span: Span) -> bool:
    return any(
        citation.target == "他件" and citation.span.overlaps(span)
        for member in case.document.family()
        for citation in member.citations
    )


def _finding(case: Case, policy: Policy, name: str, span: Span) -> Finding:
    mark = "" if policy.confirmed else "（待核实）"
    return Finding(
        type=OLD_POLICY,
        name="使用已经终止的政策、制度名称",
        severity=Severity.LOW,
        evidence=span,
        path=case.document.path_at(span.start),
        bases=(),
        reasons=(f"“{name}”所指的制度已于{policy.until}终止：{policy.successor}{mark}",),
        advice="核对该制度的现行规定，修改有关条款；文件的主要内容属于该制度的，不再保留",
        rule=OLD_POLICY,
        subject=name,
    )
