"""Cleanup proposal (清理建议) and risk score (风险分) from validity, periods and findings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipeline.assess.argument import Case
from pipeline.assess.basis import MISSING, MOVED, NAMESAKE, STALE
from pipeline.assess.bodies import OLD_BODY, old_bodies, sentences_with_tasks
from pipeline.assess.indicator import at_strength, indicate, inform
from pipeline.assess.periods import assess_periods, last_target, subject_of
from pipeline.assess.policies import OLD_POLICY
from pipeline.assess.validity import LAPSED, NOTICE, PAGE, PLACE, PROVISIONAL, REPEALED, STATED, starting_day
from pipeline.dates import add_months
from pipeline.document import Cleanup, Finding, Indicator, NormLevel, Risk, Severity, Validity
from pipeline.law import (
    MODEL,
    OUTCOMES,
    editions,
    ended_policies,
    load_indicators,
    load_successor_silence,
    longest_default,
    national_names,
    repealed_on,
    succeeded,
)
from pipeline.law.rulebook import CONFIRMED

# the last part of a path that is an item of a list, and the number before a sentence
_LISTED = re.compile(r"(?:第?[（(][^（()）]+[）)]项?|第[^条款项]+目|[0-9]+[.．、])$")
_NUMBERED = re.compile(r"^(?:第[^条]{1,6}条|[（(][^）)]{1,3}[）)]|[0-9]{1,3}[.．、]|[一二三四五六七八九十]{1,3}、)\s*")
_WEIGHTS = (
    (Severity.CRITICAL, 22, 66, "严重问题"),
    (Severity.HIGH, 9, 36, "高风险问题"),
    (Severity.MEDIUM, 4, 16, "中等问题"),
    (Severity.LOW, 1, 5, "轻微问题"),
)
# provisions with a lower chance are shown to the reviewer but propose nothing; the second is for those found by the judge alone
_EVEN, _LIKELY = 0.5, 0.8
# so many clauses of high severity count as one critical clause
_MANY = 5
# 根据《…》《…》等规定，制定本办法: one repealed basis among so many decides nothing
_MANY_BASES = 5
_PREAMBLE = re.compile(
    "制定本|结合[本我]|(?:通知|意见|公告|规定|决定|通告)如下|提出(?:以下|如下)|经[^，。]{2,20}同意|现(?:就|将)"
)
# sentences with tasks of bodies that are gone, from which on a document is surely to be changed
_SEVERAL = 2
# least length of evidence that is compared with the title
_LEAST_IN_TITLE = 6
_BY_RULE = {STATED: "CL-01", PROVISIONAL: "CL-03", NOTICE: "CL-04", PLACE: "CL-02"}
_DOCUMENT_LEVELS = (NormLevel.NORMATIVE, NormLevel.PARTY, NormLevel.OTHER)
# 有效期届满前六个月评估
_EVALUATION = timedelta(days=183)
_CANCELLED = re.compile("证|许可|审批|费$|年检|检验|验照")
_BENCHMARK = re.compile("裁量(?:权)?(?:基准|标准)")
_IMPLEMENTS = re.compile("实施《|贯彻《|实施细则|实施办法")
_IMPLEMENTING = re.compile(
    "([\u4e00-\u9fff]{3,40}?(?:条例|法|办法|规定))(?:的)?(?:实施|施行)(?:细则|办法|规定)(?:[（(][^（）()]*[）)])?$"
)
# information that leaves a document as it is, but not surely
_DOUBTS = ("CL-09", "CL-30")
# information for which a document has to be read before its outcome is known: clauses, aims whose year has passed
_SUSPICIONS = ("CL-15", "CL-19", "CL-20")
# what is told of a document that is not normative, without deciding
_TOLD_OF_OTHERS = ("CL-01", "CL-06", "CL-09", "CL-14", "CL-15", "CL-16", "CL-17")
_RANKS = {"high": "高", "medium": "中", "low": "低"}
CONFIDENCES = ("高", "中", "低")
_STRENGTHS = ("high", "medium", "low", "info")


def propose_cleanup(case: Case, findings: Sequence[Finding], validity: Validity) -> Cleanup:
    """Propose the cleanup outcome of a document on its own, with its indicators in order of precedence.

    Legislation and documents that are not normative follow rules of their own.
    """
    if case.document.is_collection:
        return Cleanup("not_applicable", (), validity.reasons, "中")
    found = tuple(_united(_indicators(case, findings, validity)))
    if case.labels.norm_level not in _DOCUMENT_LEVELS:
        return _of_legislation(found)
    if not case.labels.is_normative:
        return _of_other_document(case, found)
    aged = tuple(_of_age(case, validity))
    if not found:
        return _without_indicators(case, findings, aged)
    proposed = weigh([*found, *aged])
    return replace(proposed, confidence="低") if proposed.outcome == "keep" and _is_alarmed(findings) else proposed


def weigh(found: Sequence[Indicator]) -> Cleanup:
    """Combine indicators into a cleanup proposal: the first in order of precedence decides.

    The confidence is that of the strongest indicator with this outcome. Indicators with another outcome are listed as
    conflicts. If all have strength info, the outcome is keep, with their reasons; it is 中 where a basis or the age is in doubt, 低 where clauses have to be read first.
    """
    kinds = load_indicators()
    ordered = tuple(sorted(found, key=lambda indicator: kinds[indicator.id].order))
    deciding = next((i for i in ordered if i.strength != "info"), None)
    if deciding is None:
        reasons = tuple(dict.fromkeys(reason for indicator in ordered for reason in indicator.reasons))
        suspected = any(i.id in _SUSPICIONS for i in ordered)
        confidence = "低" if suspected else "中" if any(i.id in _DOUBTS for i in ordered) else "高"
        return Cleanup("keep", ordered, reasons, confidence)
    agreeing = [i for i in ordered if i.outcome == deciding.outcome]
    conflicts = tuple(
        f"{other.name}（{other.id}）建议{OUTCOMES[other.outcome]}，按先后次序取{deciding.id}"
        for other in ordered
        if other.outcome != deciding.outcome and other.strength != "info"
    )
    reasons = tuple(dict.fromkeys(reason for indicator in agreeing for reason in indicator.reasons))
    confidence = min((_RANKS[i.strength] for i in agreeing if i.strength != "info"), key=CONFIDENCES.index)
    return Cleanup(deciding.outcome, ordered, reasons, confidence, conflicts)


def _united(found: Iterable[Indicator]) -> Iterator[Indicator]:
    """Merge indicators of the same kind and outcome that decide, and those that inform, with all their reasons."""
    together: dict[tuple[str, str, bool], list[Indicator]] = {}
    for indicator in found:
        together.setdefault((indicator.id, indicator.outcome, indicator.strength == "info"), []).append(indicator)
    for same in together.values():
        reasons = tuple(dict.fromkeys(reason for indicator in same for reason in indicator.reasons))
        strength = min((indicator.strength for indicator in same), key=_STRENGTHS.index)
        confirmed = any(indicator.confirmed for indicator in same)
        yield replace(same[0], strength=strength, reasons=reasons, confirmed=confirmed)


def _of_age(case: Case, validity: Validity) -> Iterator[Indicator]:
    """CL-30: a document without a term that is older than any default term: what has replaced it may not be seen in its text."""
    start, _ = starting_day(case.document)
    years = longest_default()
    if validity.expires is None and (start is None or add_months(start, round(12 * years)) < case.as_of):
        since = f"{start}起已逾{years:g}年" if start else "没有写明日期"
        term = "写明了有效期，但何日届满不能算出" if case.document.term else "没有写明有效期"
        yield inform("CL-30", (f"{term}，{since}，是否已被新的规定取代，请核对",))


def _without_indicators(case: Case, findings: Sequence[Finding], aged: tuple[Indicator, ...]) -> Cleanup:
    says = "未发现届满、依据失效或者违法设定的情形"
    alarmed = _is_alarmed(findings)
    if alarmed:
        says = "有条款待人工审阅，审阅后再定；未发现届满、依据失效的情形"
    unnamed = () if case.document.masthead.title else ("没有读出题名，文件规定什么事项请核对",)
    reasons = (says, *(reason for indicator in aged for reason in indicator.reasons), *unnamed)
    confidence = "低" if alarmed else "中" if aged or unnamed else "高"
    return Cleanup("keep", (indicate("CL-27", (says,)), *aged), reasons, confidence)


def _is_alarmed(findings: Sequence[Finding]) -> bool:
    """Whether provisions have to be read before the outcome is known."""
    return any(f.severity in (Severity.CRITICAL, Severity.HIGH) and not f.softened for f in findings)


def _of_legislation(found: Sequence[Indicator]) -> Cleanup:
    """The proposal for laws and rules, which have a cleanup procedure of their own: only a repeal of their own or of a basis counts."""
    repealed = [i for i in found if i.id == "CL-06" or (i.id == "CL-09" and i.outcome == "repeal")]
    if repealed:
        return weigh(repealed)
    says = "法律、法规、规章不属于规范性文件清理范围；未发现依据失效的情形"
    return Cleanup("keep", (indicate("CL-27", (says,)),), (says,), "中")


def _of_other_document(case: Case, found: Sequence[Indicator]) -> Cleanup:
    """The proposal for documents that are not normative: not applicable, with what is over or ahead as information."""
    kinds = load_indicators()
    told = [*(i for i in found if i.id in _TOLD_OF_OTHERS), *_overtaken(case, found), *_ahead(case)]
    told.sort(key=lambda indicator: (kinds[indicator.id].order, indicator.outcome != "repeal"))
    reasons = dict.fromkeys(reason for indicator in told for reason in indicator.reasons)
    information = tuple(replace(indicator, strength="info") for indicator in told)
    if case.labels.in_doubt:
        says = "是否属于行政规范性文件待人工确认，确认以前不提出清理建议"
        return Cleanup("not_applicable", information, (says, *reasons), "低")
    return Cleanup("not_applicable", information, ("不是行政规范性文件，不列入清理", *reasons), "中")


def _overtaken(case: Case, found: Sequence[Indicator]) -> Iterator[Indicator]:
    """A document in the form of a normative one whose bases are repealed and whose bodies are gone."""
    if {"CL-09", "CL-14"} <= {i.id for i in found} and case.labels.norm_level is NormLevel.NORMATIVE:
        says = "所引依据已经废止，有关机构已经撤并，主要内容无法继续执行"
        yield indicate("CL-09", (says,), outcome="repeal")


def _ahead(case: Case) -> Iterator[Indicator]:
    """A plan whose period is not over."""
    target = last_target(case, subject_of(case)[0]) if case.labels.genre in ("方案", "规划", "计划") else None
    if target and target[0] >= case.as_of.year:
        yield indicate("CL-27", (f"目标期至{target[0]}年，尚未届满",))


def _indicators(case: Case, findings: Sequence[Finding], validity: Validity) -> Iterator[Indicator]:
    yield from _of_validity(case, validity)
    yield from _of_itself(case)
    yield from assess_periods(case)
    yield from _of_policies(case, findings)
    yield from _of_bases(case, findings)
    yield from _of_issuers(case)
    yield from _of_bodies(case, findings)
    yield from _of_clauses(case, findings)


def _of_validity(case: Case, validity: Validity) -> Iterator[Indicator]:
    if validity.rule == PAGE:
        repealed = validity.state == REPEALED
        yield indicate("CL-06" if repealed else "CL-01", validity.reasons, validity.span, confirmed=False)
    if validity.expires is None or validity.rule not in _BY_RULE:
        return
    confirmed = not any("待核" in reason for reason in validity.reasons)
    if validity.state == LAPSED:
        yield indicate(_BY_RULE[validity.rule], validity.reasons, validity.span, confirmed=confirmed)
    elif validity.expires - case.as_of <= _EVALUATION:
        says = f"有效期至{validity.expires}，距届满不足六个月，应当启动评估"
        yield indicate("CL-26", (says,), validity.span, confirmed=confirmed)


def _of_policies(case: Case, findings: Sequence[Finding]) -> Iterator[Indicator]:
    subject, _ = subject_of(case)
    written, _ = starting_day(case.document)
    found = (policy for policy, _, _ in ended_policies(subject, case.as_of))
    main = {policy.names[0]: policy for policy in found if written is None or written < policy.until}
    for finding in findings:
        if finding.type != OLD_POLICY:
            continue
        policy = next((p for p in main.values() if finding.subject in p.names), None)
        kind = "CL-21" if _CANCELLED.search(finding.subject) else "CL-14"
        if policy and policy.outcome != "amend":
            says = f"文件的主要内容属于该制度：{finding.reasons[0]}"
            yield indicate("CL-17", (says,), finding.evidence, outcome=policy.outcome, confirmed=policy.confirmed)
        else:
            campaign = _is_campaign(finding.subject, case.as_of)
            if campaign:
                yield inform(kind, (*finding.reasons, "只是提及已经结束的阶段性工作，不影响其余内容"))
            else:
                yield indicate(kind, finding.reasons, finding.evidence)


def _is_campaign(name: str, day: date) -> bool:
    """Whether a name is that of a campaign or an event that is over (脱贫攻坚): a mention of it leaves no duty behind."""
    return all(policy.outcome == "lapse" for policy, _, _ in ended_policies(name, day))


def _of_bases(case: Case, findings: Sequence[Finding]) -> Iterator[Indicator]:
    title = case.document.masthead.title
    for finding in findings:
        if finding.type == STALE:
            sole = title and finding.subject in title.value and _IMPLEMENTS.search(title.value)
            says = (*finding.reasons, "该依据是文件实施的唯一对象") if sole else finding.reasons
            confirmed = all(basis.confirmed for basis in finding.bases)
            if not sole and _one_of_many(case, finding, findings):
                yield inform("CL-09", (*says, "其余依据现行有效，请在下次修改时一并更新"))
                continue
            yield indicate("CL-09", says, finding.evidence, outcome="repeal" if sole else "", confirmed=confirmed)
        elif finding.type in (MOVED, MISSING, NAMESAKE):
            yield indicate(finding.type, finding.reasons, finding.evidence)
    yield from _of_implemented(case)
    yield from _of_benchmark(case)


def _of_itself(case: Case) -> Iterator[Indicator]:
    """CL-06 for a document that is itself a text whose repeal is known (物权法 of 2007)."""
    title, (start, _) = case.document.masthead.title, starting_day(case.document)
    repealed = repealed_on(title.value, case.as_of) if title else None
    if title and repealed and start and start < repealed.until:
        now = succeeded(repealed, case.as_of, "，由《{}》取代")
        says = f"《{title.value}》自{repealed.until}起废止{now}"
        yield indicate("CL-06", (says,), title.span, confirmed=repealed.tag in CONFIRMED)


def _of_implemented(case: Case) -> Iterator[Indicator]:
    """CL-09 for a document whose title names without 《》 the instrument that it implements (发明奖励条例实施细则), where that is repealed."""
    title = case.document.masthead.title
    match = _IMPLEMENTING.search(title.value) if title else None
    repealed = repealed_on(match[1], case.as_of) if match else None
    if title and match and repealed:
        later = f"，由《{repealed.successor}》取代" if repealed.successor else ""
        says = f"所实施的《{match[1]}》自{repealed.until}起废止{later}，该依据是文件实施的唯一对象"
        yield indicate("CL-09", (says,), title.span, outcome="repeal", confirmed=repealed.tag in CONFIRMED)


def _one_of_many(case: Case, finding: Finding, findings: Sequence[Finding]) -> bool:
    """Whether a repealed basis stands in the preamble among many in force, so that it decides nothing."""
    inside = finding.evidence.sentence(case.text)
    if not _PREAMBLE.search(case.text, inside.start, inside.end):
        return False
    cited = [
        c.title for m in case.document.family() for c in m.citations if c.span.overlaps(inside) and c.target == "他件"
    ]
    stale = {other.subject for other in findings if other.type == STALE and other.evidence.overlaps(inside)}
    return len(stale) * _MANY_BASES <= len(set(cited))


def _of_benchmark(case: Case) -> Iterator[Indicator]:
    """CL-25: 裁量基准 made before a law that it is based on was revised."""
    title, written = case.document.masthead.title, starting_day(case.document)[0]
    if not (title and written and _BENCHMARK.search(title.value)):
        return
    laws = dict.fromkeys(c.title for member in case.document.family() for c in member.citations if c.target == "他件")
    for law in laws:
        later = [edition for edition in editions(law, case.as_of) if edition.since > written]
        if later:
            yield indicate("CL-25", (f"《{law}》在本基准制定后修订，新文本自{later[-1].since}起施行",), title.span)


def _of_issuers(case: Case) -> Iterator[Indicator]:
    """CL-13: issuers that no longer exist; repeal if the leading one, or half of them, ended so long ago that successors had to confirm the document.

    A document of several issuers is cleaned up by the leading one, which stands first.
    """
    issuers = case.document.masthead.issuers
    gone = {
        at: body
        for at, issuer in enumerate(issuers)
        for name, body, _ in old_bodies(issuer.value, case.as_of)
        if issuer.value.startswith(name) or issuer.value.endswith(name)
    }
    if not gone:
        return
    says = tuple(
        f"{issuers[at].value}已于{body.until}前后撤并或者更名，承继机构：{body.successor}" for at, body in gone.items()
    )
    confirmed = all(body.confirmed for body in gone.values())
    span = issuers[min(gone)].span
    silence = load_successor_silence()
    since = add_months(case.as_of, -12 * silence.years)
    long_gone = [at for at, body in gone.items() if body.until and body.until <= since]
    if 0 in long_gone or 2 * len(long_gone) >= len(issuers):
        says = (*says, silence.says, f"依据：{silence.basis}")
        yield at_strength(indicate("CL-13", says, span, outcome="repeal", confirmed=confirmed), "low")
    elif 0 not in gone and 2 * len(gone) < len(issuers):
        says = (*says, "牵头机关和多数联合制定机关仍在，由承继机关继续执行")
        yield at_strength(indicate("CL-13", says, span, confirmed=confirmed), "low")
    else:
        yield indicate("CL-13", says, span, confirmed=confirmed)


def _of_bodies(case: Case, findings: Sequence[Finding]) -> Iterator[Indicator]:
    """CL-14: bodies that are gone and have tasks in the text, or made a rule that it cites.

    Until the text is changed the successor carries out the tasks (国发〔2018〕17号), so one of them alone, or a citation, is often left to the next revision.
    """
    relied = [f for f in findings if f.type == OLD_BODY and f.severity is not Severity.INFO]
    if not relied:
        return
    names = "、".join(f.subject for f in relied[:5])
    confirmed = any("待核" not in reason for f in relied for reason in f.reasons[:1])
    tasks = sentences_with_tasks(case, _SEVERAL)
    if not tasks:
        says: tuple[str, ...] = (
            f"所引规定的制定机关已经撤并或者更名：{names}",
            "请核对所引规定是否仍然有效、名称是否需要更新",
        )
    else:
        says = (f"正文仍由已经撤并或者更名的机构承担职责：{names}",)
        says = says if tasks == _SEVERAL else (*says, "只有一处，修改以前由承继机关继续执行")
    found = indicate("CL-14", says, relied[0].evidence, confirmed=confirmed)
    yield found if tasks == _SEVERAL else at_strength(found, "low")


def _of_clauses(case: Case, findings: Sequence[Finding]) -> Iterator[Indicator]:
    decisive = [f for f in findings if not f.softened and _is_likely(f)]
    critical = [f for f in decisive if f.severity is Severity.CRITICAL]
    high = [f for f in decisive if f.severity is Severity.HIGH]
    serious = [*critical, *(high if len(high) >= _MANY else ())]
    if _is_national(case) and len(critical) < _MANY and not any(_is_subject(case, finding) for finding in serious):
        # national bodies have powers by laws that a document need not cite: a few clauses are left to the reviewer
        return
    for kind, unfair in (("CL-20", True), ("CL-19", False)):
        own = [f for f in serious if f.type.startswith("FCR") == unfair]
        names = tuple(dict.fromkeys(f.name for f in own))
        if own:
            core = any(_is_subject(case, finding) for finding in serious)
            says = (*names, "违法内容就是文件的主要内容") if core else names
            if all(finding.rule == MODEL for finding in own):
                yield inform(kind, (f"有条款经模型判断可能违法，待人工审阅：{'、'.join(names)}",))
                continue
            yield indicate(kind, says, own[0].evidence, outcome="repeal" if core else "")


def _is_likely(finding: Finding) -> bool:
    """Whether a finding is likely enough to propose an outcome; one found by the judge alone needs a higher chance."""
    return finding.chance is None or finding.chance >= (_LIKELY if finding.rule == MODEL else _EVEN)


def _is_national(case: Case) -> bool:
    issuers = case.document.masthead.issuers
    return bool(issuers) and issuers[0].value in national_names()


def _is_subject(case: Case, finding: Finding) -> bool:
    """Whether the title contains the evidence of a finding, which is then the main subject of the document."""
    title, evidence = case.document.masthead.title, finding.evidence.cut(case.text)
    return title is not None and len(evidence) >= _LEAST_IN_TITLE and evidence in title.value


def _provision(case: Case, finding: Finding) -> str:
    """What makes findings of one type the same provision: the list they are items of, else their words."""
    listed = _LISTED.sub("", finding.path)
    return listed if listed != finding.path else _NUMBERED.sub("", finding.evidence.cut(case.text).strip())


def score_risk(case: Case, findings: Sequence[Finding], validity: Validity) -> Risk:
    """The risk score, 0 to 100, with its parts (name in Chinese, points); halved if the document is surely not normative.

    A finding counts by its severity and by the chance the judge gives it; items of one list with the same question, and
    the same words with the same question, count once, with the highest chance.
    """
    chances: dict[tuple[Severity, str, str], float] = {}
    for finding in (finding for finding in findings if not finding.softened):
        key = (finding.severity, finding.type, _provision(case, finding))
        chances[key] = max(chances.get(key, 0.0), 1.0 if finding.chance is None else finding.chance)
    parts = []
    for severity, weight, most, name in _WEIGHTS:
        of_severity = [chance for (found, _, _), chance in chances.items() if found is severity]
        if of_severity:
            parts.append((f"{name}{len(of_severity)}处", min(round(sum(of_severity) * weight), most)))
    if validity.state == LAPSED:
        parts.append(("有效期已届满", 15))
    if any(note.kind == "spam" for note in case.document.noise):
        parts.append(("文本混入垃圾文字，需核对原件", 5))
    total = min(sum(points for _, points in parts), 100)
    if not case.labels.is_normative and not case.labels.in_doubt and total:
        parts.append(("不是行政规范性文件，减半", -(total - total // 2)))
        total //= 2
    return Risk(total, tuple(parts))
