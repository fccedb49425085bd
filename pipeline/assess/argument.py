"""From a hit to a finding: the same argument for every legal question that clause rules raise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.document import Document, Finding, Hit, Labels, NormLevel, Severity
from pipeline.law import ClauseType, Rulebook

# judged as if they were normative documents: drafts and party papers bind the same people
_AS_NORMATIVE = frozenset((NormLevel.NORMATIVE, NormLevel.OTHER, NormLevel.PARTY))
_POINTED_OUT = "规则没有写到这种说法，由训练过的模型提示"
_SOFTER = {
    Severity.CRITICAL: Severity.HIGH,
    Severity.HIGH: Severity.MEDIUM,
    Severity.MEDIUM: Severity.LOW,
    Severity.LOW: Severity.INFO,
    Severity.INFO: Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Case:
    """A document before the law: its text, labels, the rulebook, the day and the place of assessment."""

    text: str
    document: Document
    labels: Labels
    book: Rulebook
    as_of: date
    place: str | None


def argue(case: Case, group: str) -> Iterator[Finding]:
    """The findings of one group of clause types; softened ones are marked and kept."""
    for hit in case.labels.hits:
        kind = case.book.types[hit.type]
        if kind.group == group:
            finding = _finding(case, hit, kind)
            if finding is not None:
                yield finding


def _finding(case: Case, hit: Hit, kind: ClauseType) -> Finding | None:
    level = case.labels.norm_level
    authority = case.book.authorities[kind.subject]
    if authority.may_set(level) or level is NormLevel.JUDICIAL_INTERPRETATION:
        return None
    severity, reasons = _weigh(hit, kind)
    if level not in _AS_NORMATIVE:
        severity = Severity.INFO
        reasons = (
            *reasons,
            f"{level}可以在限定的种类、幅度内设定{authority.name}（{authority.basis}），请核对是否超出限额",
        )
    else:
        reasons = (*reasons, f"行政规范性文件不得设定{authority.name}（{authority.basis}）")
    says = next((rule.says for rule in kind.rules if rule.id == hit.rule), _POINTED_OUT)
    return Finding(
        type=kind.id,
        name=kind.name,
        severity=severity,
        evidence=hit.evidence,
        path=case.document.path_at(hit.evidence.start),
        bases=tuple(basis.as_of() for basis in kind.bases if basis.since <= case.as_of),
        reasons=(says, *_chance(hit), *reasons),
        advice=kind.advice,
        rule=hit.rule,
        softened=hit.effect in ("drop", "note"),
    )


def _chance(hit: Hit) -> tuple[str, ...]:
    return () if hit.chance is None else (f"模型认为应当审阅的可信度：{hit.chance:.0%}",)


def _weigh(hit: Hit, kind: ClauseType) -> tuple[Severity, tuple[str, ...]]:
    reasons = tuple(dict.fromkeys(context.says for context in hit.contexts))
    if hit.effect in ("drop", "note"):
        return Severity.INFO, reasons
    if hit.effect == "soften":
        return _SOFTER[kind.severity], reasons
    return kind.severity, reasons
