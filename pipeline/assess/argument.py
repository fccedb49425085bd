"""Turn hits into findings with their reasons, in the same way for all groups of clause types."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pipeline.clause_places import place_in_words
from pipeline.document import Basis, Document, Finding, Hit, Labels, NormLevel, Severity
from pipeline.law import (
    DEPOSIT,
    FEE,
    LICENCE,
    MODEL,
    Authority,
    Ban,
    ClauseType,
    Rulebook,
    Statutory,
    bases_for,
    competition_bases,
    repealed_on,
    similar_cases,
    statute_key,
    statute_keys,
    statutory_in,
    succeeded,
)

# assessed like normative documents: drafts and party documents bind the same people
_AS_NORMATIVE = frozenset((NormLevel.NORMATIVE, NormLevel.OTHER, NormLevel.PARTY))
_NATIONAL_LAW = re.compile(r"^中华人民共和国.{2,30}(?:法|法典)$")
_BELOW_RULES = re.compile(r"(?:通知|意见|方案|公告|纪要|函)$")
# the leading number of a list item
_LEADING = re.compile(r"^(?:[（(]?[0-9一二三四五六七八九十]{1,3}[）)、.．])+")
_BLANK = re.compile(r"\s")
# length from which equal sentences count as a repetition
_LEAST_REPEATED = 16
_POINTED_OUT = "由审查模型提请审阅"
_ORDER = (Severity.INFO, Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
# types whose subject law may itself provide for
_PROVIDED = {"LIC-01": LICENCE, "LIC-02": LICENCE, "FEE-01": FEE, "FEE-02": DEPOSIT}
# chance from which what the model alone points out may be critical
_CERTAIN = 0.8
_BY_MODEL_ALONE = "只由审查模型提请审阅，没有规则命中，可信度不足八成，不列为严重"
# chances: from which it is told in tenths, and as nearly all; the highest that is told
_OFTEN, _NEARLY_ALL, _MOST_TOLD = 0.1, 0.95, 0.99
_SOFTER = {
    Severity.CRITICAL: Severity.HIGH,
    Severity.HIGH: Severity.MEDIUM,
    Severity.MEDIUM: Severity.LOW,
    Severity.LOW: Severity.INFO,
    Severity.INFO: Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Case:
    """The input of an assessment: text, document, labels, rulebook, day and place (None: derived from the document)."""

    text: str
    document: Document
    labels: Labels
    book: Rulebook
    as_of: date
    place: str | None


def argue(case: Case, group: str) -> Iterator[Finding]:
    """The findings of one group of clause types; softened ones are included and marked.

    A sentence that is repeated, as in a notice and its attachment, gives one finding that names the other places; its
    repetitions are softened findings that refer to the first place.
    """
    first: dict[tuple[str, str], Finding] = {}
    again: dict[tuple[str, str], list[str]] = {}
    rest = []
    for hit in case.labels.hits:
        kind = case.book.types[hit.type]
        finding = _finding(case, hit, kind) if kind.group == group else None
        if finding is None:
            continue
        key = (kind.id, _LEADING.sub("", _BLANK.sub("", hit.sentence.cut(case.text))))
        if finding.softened or len(key[1]) < _LEAST_REPEATED:
            rest.append(finding)
        elif key not in first:
            first[key] = finding
        else:
            again.setdefault(key, []).append(finding.path)
            says = f"与{place_in_words(first[key].path) if first[key].path else '前文'}的文字相同，在该处审阅"
            rest.append(replace(finding, severity=Severity.INFO, softened=True, reasons=(*finding.reasons, says)))
    yield from (_with_places(finding, again.get(key, ())) for key, finding in first.items())
    yield from rest


def _with_places(finding: Finding, places: Sequence[str]) -> Finding:
    if not places:
        return finding
    named = "、".join(dict.fromkeys(place_in_words(place) for place in places if place))
    says = f"相同的文字另有{len(places)}处{f'（{named}）' if named else ''}，请一并处理"
    return replace(finding, reasons=(*finding.reasons, says))


def _finding(case: Case, hit: Hit, kind: ClauseType) -> Finding | None:
    """The finding of a hit, None if norms of the document's level may set its subject."""
    level = case.labels.norm_level
    authority = case.book.authorities[kind.subject]
    if hit.rule == MODEL and level not in _AS_NORMATIVE:
        return None
    sentence = hit.sentence.cut(case.text)
    ban = authority.banned(level, sentence) if hit.rule != MODEL else None
    if (authority.may_set(level) and ban is None) or level is NormLevel.JUDICIAL_INTERPRETATION:
        return None
    rule = next((rule for rule in kind.rules if rule.id == hit.rule), None)
    severity, reasons = _weigh(hit, rule.severity if rule and rule.severity else kind.severity)
    reasons = (*reasons, *_cited(case, hit))
    known = _provided_for(case, hit, sentence) if hit.is_raised else None
    if known:
        severity, reasons = _restated(case, known, severity, reasons)
    severity, of_level = _at_level(case, authority, ban, severity)
    bases = _bases(case, kind, authority, sentence)
    others = [case.book.types[other].name for other in hit.others if other in case.book.types]
    also = (f"同一句话还涉及：{'、'.join(others)}",) if others else ()
    near = similar_cases(sentence, (hit.type,)) if hit.is_raised else []
    return Finding(
        type=kind.id,
        name=kind.name,
        severity=severity,
        evidence=hit.evidence,
        path=case.document.path_at(hit.evidence.start),
        bases=bases,
        reasons=(rule.says if rule else _POINTED_OUT, *also, *_chance(hit), *reasons, of_level, *_missing(case, bases)),
        advice=kind.advice,
        rule=hit.rule,
        softened=not hit.is_raised,
        grounds=hit.grounds,
        cases=tuple(official.cited for official in near),
        chance=hit.chance,
        others=hit.others,
    )


def _at_level(case: Case, authority: Authority, ban: Ban | None, severity: Severity) -> tuple[Severity, str]:
    """The severity of a finding in a document of the level of the case, and why."""
    level = case.labels.norm_level
    if ban:
        return (
            severity if severity is Severity.INFO else Severity.MEDIUM,
            f"{ban.says}；请核对是否有上位法依据",
        )
    cited = authority.cited(case.as_of)
    if level not in _AS_NORMATIVE and authority.on_basis:
        return Severity.INFO, f"{level}须有上位法依据才能规定{authority.name}{cited}，请核对依据"
    if level not in _AS_NORMATIVE:
        return Severity.INFO, f"{level}可以在限定的种类、幅度内设定{authority.name}{cited}，请核对是否超出限额"
    return severity, f"行政规范性文件不得设定{authority.name}{cited}"


def _bases(case: Case, kind: ClauseType, authority: Authority, sentence: str) -> tuple[Basis, ...]:
    """The legal bases of a type that are about a sentence, as of the day, with articles on competition not yet named.

    For norms that may set the subject within limits it is the law on these limits: what other documents may not do is
    not said under a rule.
    """
    if case.labels.norm_level not in _AS_NORMATIVE:
        return tuple(basis.shown() for basis in authority.bases if basis.in_force(case.as_of))
    bases = bases_for(kind.bases, sentence, case.as_of)
    laws = {basis.law for basis in bases}
    others = [basis for basis in competition_bases(kind.id, sentence, case.as_of) if basis.law not in laws]
    return tuple(basis.shown() for basis in (*bases, *others))


def _missing(case: Case, bases: Sequence[Basis]) -> tuple[str, ...]:
    """The remark that no basis is known that was in force on the day of the case; () if there is one."""
    return () if bases else (f"没有查到{case.as_of}有效的依据条文，待核实",)


def _provided_for(case: Case, hit: Hit, sentence: str) -> Statutory | None:
    """The licence, deposit or fee that law itself provides for and that a sentence only repeats, None if none.

    A sentence that also adds conditions, duties or penalties is not a mere repetition, and what another part of the
    sentence names is not what its alarm is about.
    """
    kind = _PROVIDED.get(hit.type)
    if kind is None or any(_PROVIDED.get(other) != kind for other in hit.others):
        return None
    matters = statutory_in(hit.evidence.cut(case.text) if hit.rule != MODEL else sentence)
    return next((matter for matter in matters if matter.kind == kind), None)


def _restated(
    case: Case, known: Statutory, severity: Severity, reasons: tuple[str, ...]
) -> tuple[Severity, tuple[str, ...]]:
    """Severity and reasons of a statutory matter repeated without its law: a note that says which law (许可法第十六条)."""
    law = known.cited_on(case.as_of)
    says = f"{law}设有“{known.name}”，这里没有写明依据：请补引条款，并核对没有增加条件、扩大范围"
    return min(severity, Severity.MEDIUM, key=_ORDER.index), (says, *reasons)


def _cited(case: Case, hit: Hit) -> tuple[str, ...]:
    """Doubts about the laws that a sentence cites as its basis: repealed, unknown, or without the power to set this."""
    named = [
        citation
        for member in case.document.family()
        for citation in member.citations
        if citation.target == "他件" and citation.span.overlaps(hit.sentence)
    ]
    return tuple(reason for citation in named if (reason := _doubt(citation.title, case.as_of)))


def _doubt(title: str, as_of: date) -> str:
    repealed = repealed_on(title, as_of)
    if repealed:
        now = succeeded(repealed, as_of, "，现为《{}》")
        return f"所引《{title}》自{repealed.until}起废止{now}，请改引现行规定后再核对"
    if _NATIONAL_LAW.match(title) and statute_key(title) not in statute_keys():
        return f"在现行法律名录中没有找到《{title}》，请核对名称"
    if _BELOW_RULES.search(title):
        return f"所引《{title}》本身是规范性文件，无权设定，请查明它所依据的上位法"
    return ""


def _chance(hit: Hit) -> tuple[str, ...]:
    """The judge's chance in words: of ten sentences with such a chance, how many deserved a look when it was measured."""
    if hit.chance is None:
        return ()
    if hit.chance >= _NEARLY_ALL:
        # no chance is certain: of those above 0.9, 96 of 100 deserved a look when they were measured
        return (f"审查模型的可信度{min(hit.chance, _MOST_TOLD):.0%}：这样的句子每十句有九句以上确实需要审查",)
    of, out_of = (f"{round(10 * hit.chance)}", "十") if hit.chance >= _OFTEN else (f"{round(100 * hit.chance)}", "百")
    return (f"审查模型的可信度{hit.chance:.0%}：这样的句子每{out_of}句约有{of}句确实需要审查",)


def _weigh(hit: Hit, severity: Severity) -> tuple[Severity, tuple[str, ...]]:
    reasons = tuple(dict.fromkeys(context.says for context in hit.contexts))
    if not hit.is_raised:
        return Severity.INFO, reasons
    if hit.effect == "soften":
        return _SOFTER[severity], reasons
    if severity is Severity.CRITICAL and hit.rule == MODEL and hit.chance is not None and hit.chance < _CERTAIN:
        return Severity.HIGH, (*reasons, _BY_MODEL_ALONE)
    return severity, reasons
