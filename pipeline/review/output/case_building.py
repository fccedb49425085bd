"""The case of an item as it stands now, read from the database."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.document import NormLevel
from pipeline.review.accounts import Role
from pipeline.review.audit.names import name_of_reader
from pipeline.review.decisions.agreement import counts, disputed, effective_verdicts, is_taken_back, person_of
from pipeline.review.decisions.changes import advice_is_of_person, amendments_of, basis_in_words, changes_of
from pipeline.review.decisions.checklists import answered_points
from pipeline.review.decisions.contradictions import contradictions
from pipeline.review.decisions.replies import replies_in
from pipeline.review.models import (
    LETTERS_OF_OBJECTION,
    WITHOUT_VALIDITY,
    Amendment,
    Decision,
    Finding,
    Item,
    Kind,
    Reply,
    Status,
    Version,
)
from pipeline.review.output.case import (
    Act,
    Answered,
    Case,
    CaseConclusion,
    CaseContradiction,
    CaseFinding,
    CaseMaterial,
    CasePoint,
    CaseVersion,
    Change,
    Judgement,
    file_name,
)
from pipeline.review.output.program_words import fitting, is_other_paper
from pipeline.review.output.quotations import quoted
from pipeline.review.queue.basis_words import in_lines
from pipeline.review.queue.organs import handed_in_by, organ_named

# what a document tells beside each finding where it is chosen: the words of the articles it rests on, similar official cases
WORDS, CASES = "words", "cases"
BESIDE = (WORDS, CASES)


def case_of(item: Item, beside: Collection[str] = ()) -> Case:
    """The case of an item as it stands now; `beside` is what of `BESIDE` its findings bring."""
    version, found, (genre, norm_level) = item.current, contradictions(item), _nature_of(item)
    decisions = list(Decision.objects.filter(item=item).select_related("version", "batch").order_by("id"))
    conclusion = item.conclusions.order_by("-id").first()
    unexplained = [made.says for made in found if made.explanation is None]
    return Case(
        item=item.pk, title=item.title, number=item.number, issuers=_issuers_of(item), genre=genre, norm_level=norm_level,
        kind=item.kind, status=item.status,
        version=CaseVersion(version.sequence, file_name(version.name or item.name), version.original_id, version.as_of.isoformat(), version.engine, version.library)
        if version else None,
        findings=tuple(_with_beside(finding, told, item, beside) for finding, told in _findings(item, decisions)),
        points=_points(item),
        conclusion=CaseConclusion(conclusion.outcome, conclusion.reason, Act(conclusion.reviewer, _local(conclusion.made), conclusion.account))
        if conclusion else None,
        contradictions=tuple(
            CaseContradiction(made.kind.value, made.says, made.explanation.words, Act(made.explanation.reviewer, _local(made.explanation.made), made.explanation.account))
            if made.explanation else CaseContradiction(made.kind.value, made.says, "", None)
            for made in found
        ),
        handled=_acted(item.reviewed_by, item.reviewed_at, item),
        second=_acted(item.second_by, item.finished_at, item),
        rulings=_rulings(version, decisions),
        materials=_materials(item),
        overruled=_overruled(item),
        other_paper=is_other_paper(item),
        handed_in=_issuers_of(item) if item.kind == Kind.CONTRACT else _organ_of(item),
        draft_reasons=(*(() if item.status == Status.DONE else (f"审查尚未办结（{item.status}）",)), *unexplained),
    )  # fmt: skip


def _issuers_of(item: Item) -> str:
    """Whose document it is: of the issuers that it names; a contract, which has parties, of whoever handed it in or a person named."""
    if item.kind != Kind.CONTRACT:
        return item.issuers or _organ_of(item)
    return organ_named(item) or _organ_of(item)


def _nature_of(item: Item) -> tuple[str, str]:
    """文种 and 效力层级 as documents tell them; "" where the program found none of a normative document, and for what is no such."""
    if item.kind == Kind.CONTRACT:
        return "", ""
    genre, level = "" if item.genre == "其他" else item.genre, item.norm_level
    normative = item.is_normative and item.kind != Kind.MAJOR
    return genre, "" if level == NormLevel.OTHER or (level == NormLevel.NORMATIVE and not normative) else level


def _organ_of(item: Item) -> str:
    """The organ of the issuer that handed in what is not issued yet, "" where there is none: such papers do not always name it."""
    return handed_in_by(item) if item.kind in WITHOUT_VALIDITY else ""


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _acted(account: str, at: datetime | None, item: Item) -> Act | None:
    """The person with an account name, None for ""."""
    return Act(name_of_reader(account, at, item.pk), _local(at), account) if account else None


def _rulings(version: Version | None, decisions: Iterable[Decision]) -> tuple[Act, ...]:
    """The authors of rulings on findings of a version, each with the time of the latest one; what was ruled on in an earlier version only is not told."""
    keys = set(version.findings.values_list("key", flat=True)) if version else set()
    latest = {
        person_of(made): Act(made.reviewer, _local(made.made), made.account)
        for made in decisions
        if made.final and counts(made) and made.finding_key in keys
    }
    return tuple(latest.values())


def _overruled(item: Item) -> tuple[Act, ...]:
    """Who drew conclusions and gave answers in a case, also those that later ones replaced; without times."""
    people = [*item.conclusions.order_by("id").values_list("reviewer", "account")]
    people += item.checks.order_by("id").values_list("reviewer", "account")
    return tuple(Act(name, "", account) for name, account in dict.fromkeys(people))


def _points(item: Item) -> tuple[CasePoint, ...]:
    return tuple(
        CasePoint(
            point.part,
            point.says,
            point.basis,
            point.confirmed,
            made.answer if made else "",
            made.comment if made else "",
            Act(made.reviewer, _local(made.made), made.account) if made else None,
            made.version.sequence if made and made.version else None,
        )
        for point, made in answered_points(item)
    )


def _with_beside(finding: Finding, told: CaseFinding, item: Item, beside: Collection[str]) -> CaseFinding:
    """A finding with the words of its articles as of the day of its version, and its similar cases, where they are chosen."""
    bases = [basis for basis in fitting(finding, item).bases if basis.get("confirmed", True)]
    words = in_lines(bases, finding.version.as_of) if WORDS in beside else ()
    return replace(told, articles=words, cases=tuple(finding.content.get("cases", ())) if CASES in beside else ())


def _findings(item: Item, decisions: Iterable[Decision]) -> tuple[tuple[Finding, CaseFinding], ...]:
    if item.current is None:
        return ()
    by_key: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_key[decision.finding_key].append(decision)
    changes = amendments_of(item)
    replies, open_ = replies_in(item), disputed(item)
    return tuple(
        (
            finding,
            replace(
                _finding(finding, item, by_key[finding.key], changes[finding.key], replies.get(finding.key, ())),
                disputed=finding.key in open_,
            ),
        )
        for finding in item.current.findings.select_related("version").order_by("start", "id")
        if not finding.softened or by_key[finding.key] or changes[finding.key]
    )


def _finding(
    finding: Finding,
    item: Item,
    decisions: list[Decision],
    amendments: list[Amendment],
    replies: Iterable[tuple[str, Reply]],
) -> CaseFinding:
    content, counted = finding.content, effective_verdicts(filter(counts, decisions)).get(finding.key)
    told, of_person = fitting(finding, item), advice_is_of_person(finding, amendments)
    changes = [
        Change(said, made.reason, Act(made.reviewer, _local(made.made), made.account), what)
        for made, said, what in changes_of(finding, item, amendments)
    ]
    return CaseFinding(
        key=finding.key,
        type=finding.type,
        name=content["name"],
        path=content["path"],
        severity=finding.severity,
        softened=finding.softened,
        sentence=quoted(finding),
        text=content["text"],
        occurrence=finding.version.text.count(content["text"], 0, finding.start),
        bases=tuple(map(basis_in_words, told.bases)),
        advice=told.advice if of_person else "",
        machine_advice="" if of_person else told.advice,
        reasons=tuple(content.get("reasons", ())),
        raised_by=Act(finding.raised_by, _local(finding.raised_at), finding.raised_account)
        if finding.raised_by
        else None,
        change=changes[-1] if changes else None,
        earlier_changes=tuple(changes[:-1]),
        decision=_judgement(counted) if counted else None,
        decisions=tuple(map(_judgement, decisions)),
        replies=tuple(_answered(organ, reply) for organ, reply in replies),
    )


def _answered(organ: str, reply: Reply) -> Answered:
    by = Act(reply.by, _local(reply.made), reply.account)
    return Answered(reply.stance, reply.words, by, reply.release.version.sequence, organ)


def _judgement(made: Decision) -> Judgement:
    by = Act(made.reviewer, _local(made.made), made.account)
    about = (made.about.get("name") or "改动前的发现") if made.set_aside else ""
    return Judgement(
        made.verdict,
        made.comment,
        by,
        made.addressee,
        made.final,
        made.version.sequence,
        about,
        made.raising,
        is_taken_back(made),
    )


def _materials(item: Item) -> tuple[CaseMaterial, ...]:
    """The material of a case; of a finished one, what was there when it was finished."""
    found = item.materials.order_by("id")
    found = found.filter(made__lte=item.finished_at) if item.finished_at else found
    issuers = set(User.objects.filter(groups__name=Role.ISSUER).values_list("username", flat=True))
    of_issuer = item.owner is not None and item.owner.username in issuers
    return tuple(
        CaseMaterial(
            made.kind,
            file_name(made.name),
            of_issuer and not made.organ and made.account not in issuers and made.kind not in LETTERS_OF_OBJECTION,
        )
        for made in found
    )
