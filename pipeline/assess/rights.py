"""权益与义务 (立法法第九十三条、优化营商环境条例第六十四条): whether a document reduces rights, adds duties or excludes remedies."""

from collections.abc import Iterator

from pipeline.assess.argument import Case, argue
from pipeline.document import Finding, NormLevel

BACKDATED = "RGT-05.backdated"
_LEGISLATION = "中华人民共和国立法法"
_FORWARDED, _OPENING = "转发", 300


def assess_rights(case: Case) -> Iterator[Finding]:
    """Findings on 减损权益与增加义务, in reading order, and on a document that takes effect before its own date (RGT-05)."""
    yield from argue(case, "rights")
    if case.labels.norm_level is NormLevel.NORMATIVE and case.labels.is_normative:
        yield from _backdated(case)


def _backdated(case: Case) -> Iterator[Finding]:
    """The finding on an effective date before the document's own date (立法法第一百零四条).

    Documents that amend or forward (转发) another are left out: the date may be that of the other document.
    """
    effective = case.document.effective
    if effective is None or effective.day is None or case.document.amendments or _FORWARDED in case.text[:_OPENING]:
        return
    made = case.document.masthead.made
    if made is None or effective.day >= made.value:
        return
    kind = case.book.types["RGT-05"]
    yield Finding(
        type=kind.id,
        name=kind.name,
        severity=kind.severity,
        evidence=effective.span,
        path=case.document.path_at(effective.span.start),
        bases=tuple(basis.shown() for basis in kind.bases if basis.law == _LEGISLATION and basis.in_force(case.as_of)),
        reasons=(
            f"成文日期是{made.value}，却自{effective.day}起施行，对成文以前的行为也适用",
            "为了更好地保护公民、法人和其他组织的权益而作的特别规定除外，请核对内容",
        ),
        advice="改为自公布之日或者以后的日期起施行；确实有利于相对人的，写明适用的范围和理由",
        rule=BACKDATED,
    )
