"""案情: everything that a document on an item says, as plain data that is stored with each export and read back from it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from pipeline.review.accounts import display_name
from pipeline.review.decisions.agreement import UPHELD, effective_decisions, effective_verdicts
from pipeline.review.decisions.checklists import answered_points
from pipeline.review.decisions.contradictions import contradictions
from pipeline.review.models import Amendment, Decision, Finding, Item, Material, Reply, Status, Verdict, Version
from pipeline.review.output.quotations import quoted
from pipeline.review.queue.findings import ALARMS

# the number of an article or of an item of a list before its text: 第三条　开办农家乐的，……
_NUMERAL = "[〇零一二三四五六七八九十百千两0-9]+"
_NUMBER = re.compile(rf"(?:第{_NUMERAL}条|{_NUMERAL}[、.．]|（{_NUMERAL}）)[　 ]*")


@dataclass(frozen=True, slots=True)
class Stamp:
    """Local time and author of an export; the same stamp on the same case gives the same bytes."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Act:
    """Who did something and when: a display name, and a local time (ISO 8601) or "" where that was not recorded."""

    person: str
    at: str

    @property
    def day(self) -> str:
        """The day in running text (2026年11月30日), "" where it was not recorded."""
        return in_words(self.at)

    @property
    def moment(self) -> str:
        """The day and time in running text (2026年11月30日10:20), "" where it was not recorded."""
        return f"{self.day}{datetime.fromisoformat(self.at):%H:%M}" if self.at else ""

    def __str__(self) -> str:
        return f"{self.person}，{self.moment}" if self.at else self.person


@dataclass(frozen=True, slots=True)
class CaseVersion:
    """The version of the document: its number, the name and SHA-256 of its file, day of the law, versions of rules and law library."""

    sequence: int
    name: str
    digest: str
    as_of: str
    engine: str
    library: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """A decision of a person on a finding: verdict, words, author; `final` marks a ruling (裁定), `sequence` is the version decided on."""

    verdict: str
    words: str
    by: Act
    addressee: str
    final: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed about a finding: what the program said instead (`before`), the reason, the author."""

    before: str
    reason: str
    by: Act


@dataclass(frozen=True, slots=True)
class Answered:
    """答复: the answer of the issuer to a finding that was sent to it."""

    stance: str
    words: str
    by: Act


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """A finding as it stands after amendments, with the decision that counts and all effective decisions, oldest first.

    `bases` are in the form 《law》article, with （待核实） where nobody checked the source. `raised_by` is None for a finding of the
    program. `advice` is that of a person, `machine_advice` that of the program, which no document hands out; "" where a person
    changed the type and gave no other advice. `sentence` is the sentence of the evidence, and of a person's finding the words that
    the person marked. `occurrence` counts how often `text` stands in the document before it.
    """

    key: str
    type: str
    name: str
    path: str
    severity: str
    softened: bool
    sentence: str
    text: str
    occurrence: int
    bases: tuple[str, ...]
    advice: str
    machine_advice: str
    reasons: tuple[str, ...]
    raised_by: Act | None
    change: Change | None
    decision: Judgement | None
    decisions: tuple[Judgement, ...]
    reply: Answered | None

    @property
    def upheld(self) -> bool:
        """Whether it was decided as 成立 or 需修改 (`contradictions` tells of one that is softened all the same)."""
        return not self.softened and self.decision is not None and self.decision.verdict in UPHELD

    @property
    def place(self) -> str:
        """The clause it is in; 正文 where the text has no clauses."""
        return self.path or "正文"

    @property
    def quote(self) -> str:
        """Its sentence as it is quoted after `place`: without the number of that clause and the mark at the end.

        The words that a person marked are quoted as they are.
        """
        if self.raised_by:
            return self.sentence
        number = _NUMBER.match(self.sentence) if self.path else None
        told = number and (number[0].startswith("第") or self.path.endswith(number[0].strip("　 ")))
        return self.sentence[number.end() if number and told else 0 :].rstrip("。；：")

    @property
    def words(self) -> str:
        """What the person who decided wrote, "" where there are no words."""
        return self.decision.words.strip() if self.decision else ""

    @property
    def ground(self) -> str:
        """Why the person who raised it did; "" for a finding of the program, whose reasons are not for those outside."""
        return "；".join(reason.rstrip("。；") for reason in self.reasons) if self.raised_by else ""

    @property
    def is_open_alarm(self) -> bool:
        """Whether it is an alarm on which nobody has decided."""
        return not self.softened and self.decision is None and self.severity in ALARMS


@dataclass(frozen=True, slots=True)
class CasePoint:
    """A point of the checklist with its answer, "" and None where nobody has answered.

    `sequence` is the version that the answer is about, None where that was not recorded.
    """

    part: str
    says: str
    basis: str
    confirmed: bool
    answer: str
    words: str
    by: Act | None
    sequence: int | None


@dataclass(frozen=True, slots=True)
class CaseConclusion:
    """The conclusion that counts."""

    outcome: str
    reason: str
    by: Act


@dataclass(frozen=True, slots=True)
class CaseContradiction:
    """A contradiction and the words that explain it, "" and None where nobody has explained it."""

    kind: str
    says: str
    words: str
    by: Act | None


@dataclass(frozen=True, slots=True)
class CaseMaterial:
    """Material that was handed in with the document."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its documents tell it; findings in the order of the text, softened ones only where a person decided on or changed them.

    `handled` is the 承办人, `second` the 复核人, `rulings` the 裁定人, each as they acted. `draft_reasons` say why its documents are
    drafts; they are none where the case is finished and nothing contradicts.
    """

    item: int
    title: str
    number: str
    issuers: str
    genre: str
    norm_level: str
    kind: str
    status: str
    version: CaseVersion | None
    findings: tuple[CaseFinding, ...]
    points: tuple[CasePoint, ...]
    conclusion: CaseConclusion | None
    contradictions: tuple[CaseContradiction, ...]
    handled: Act | None
    second: Act | None
    rulings: tuple[Act, ...]
    materials: tuple[CaseMaterial, ...]
    draft_reasons: tuple[str, ...]

    @property
    def draft(self) -> bool:
        """Whether its documents are drafts."""
        return bool(self.draft_reasons)

    @property
    def upheld(self) -> tuple[CaseFinding, ...]:
        """The findings that people upheld."""
        return tuple(finding for finding in self.findings if finding.upheld)

    @property
    def open_alarms(self) -> tuple[CaseFinding, ...]:
        """The alarms on which nobody has decided."""
        return tuple(finding for finding in self.findings if finding.is_open_alarm)

    @property
    def referred(self) -> tuple[CaseFinding, ...]:
        """The findings that wait for the person or body to whom they were referred (转办)."""
        return tuple(f for f in self.findings if not f.softened and f.decision and f.decision.verdict == Verdict.REFER)

    @property
    def unanswered(self) -> tuple[CasePoint, ...]:
        """The points of the checklist without an answer."""
        return tuple(point for point in self.points if not point.answer)

    @property
    def others(self) -> tuple[str, ...]:
        """参加审查: everybody else whose decision, change, answer, explanation or conclusion the case contains."""
        acts = [act for finding in self.findings for act in _acts_on(finding)]
        said = [*(point.by for point in self.points), *(made.by for made in self.contradictions)]
        acts += [act for act in (*said, self.conclusion.by if self.conclusion else None) if act]
        named = {act.person for act in (self.handled, self.second, *self.rulings) if act}
        return tuple(dict.fromkeys(act.person for act in acts if act.person not in named))

    @classmethod
    def of(cls, item: Item) -> "Case":
        """The case of an item as it stands now."""
        version, found = item.current, contradictions(item)
        decisions = list(effective_decisions().filter(item=item).select_related("version").order_by("id"))
        conclusion = item.conclusions.order_by("-id").first()
        unexplained = [made.says for made in found if made.explanation is None]
        return cls(
            item=item.pk, title=item.title, number=item.number, issuers=item.issuers, genre=item.genre, norm_level=item.norm_level,
            kind=item.kind, status=item.status,
            version=CaseVersion(version.sequence, file_name(version.name or item.name), version.original_id, version.as_of.isoformat(), version.engine, version.library)
            if version else None,
            findings=_findings(item, decisions),
            points=_points(item),
            conclusion=CaseConclusion(conclusion.outcome, conclusion.reason, Act(conclusion.reviewer, _local(conclusion.made)))
            if conclusion else None,
            contradictions=tuple(
                CaseContradiction(made.kind.value, made.says, made.explanation.words, Act(made.explanation.reviewer, _local(made.explanation.made)))
                if made.explanation else CaseContradiction(made.kind.value, made.says, "", None)
                for made in found
            ),
            handled=_acted(item.reviewed_by, item.reviewed_at),
            second=_acted(item.second_by, item.finished_at),
            rulings=_rulings(version, decisions),
            materials=tuple(CaseMaterial(kind, file_name(name)) for kind, name in _materials(item)),
            draft_reasons=(*(() if item.status == Status.DONE else (f"审查尚未办结（{item.status}）",)), *unexplained),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The case as JSON types."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Case":
        """The case that `to_json` wrote. Raises `TypeError` or `KeyError` for a case that another version of the program wrote."""
        return cls(
            **{
                **row,
                "version": CaseVersion(**row["version"]) if row["version"] else None,
                "findings": tuple(_finding_from_json(finding) for finding in row["findings"]),
                "points": tuple(CasePoint(**{**point, "by": _act_from_json(point["by"])}) for point in row["points"]),
                "conclusion": CaseConclusion(**{**row["conclusion"], "by": Act(**row["conclusion"]["by"])})
                if row["conclusion"]
                else None,
                "contradictions": tuple(
                    CaseContradiction(**{**made, "by": _act_from_json(made["by"])}) for made in row["contradictions"]
                ),
                "handled": _act_from_json(row["handled"]),
                "second": _act_from_json(row["second"]),
                "rulings": tuple(Act(**act) for act in row["rulings"]),
                "materials": tuple(CaseMaterial(**material) for material in row["materials"]),
                "draft_reasons": tuple(row["draft_reasons"]),
            }
        )

    def differs_from(self, other: "Case") -> bool:
        """Whether two cases say different things, apart from their status and who finished them."""
        return self._without_status() != other._without_status()

    def _without_status(self) -> "Case":
        return replace(self, status="", handled=None, second=None, draft_reasons=())


def file_name(name: str) -> str:
    """The name of a file without the folders before it, of which the first is the account that handed it in."""
    return PurePath(name).name


def in_words(moment: str) -> str:
    """The day of an ISO date or time in running text: 2026年1月1日; "" for ""."""
    if not moment:
        return ""
    day = date.fromisoformat(moment[:10])
    return f"{day.year}年{day.month}月{day.day}日"


def _local(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""


def _acted(account: str, at: datetime | None) -> Act | None:
    """The person with an account name, None for ""."""
    if not account:
        return None
    user = User.objects.filter(username=account).first()
    return Act(display_name(user) if user else account, _local(at))


def _rulings(version: Version | None, decisions: Iterable[Decision]) -> tuple[Act, ...]:
    """The authors of rulings on findings of a version, each with the time of the latest one; what was ruled on in an earlier version only is not told."""
    keys = set(version.findings.values_list("key", flat=True)) if version else set()
    latest = {made.reviewer: _local(made.made) for made in decisions if made.final and made.finding_key in keys}
    return tuple(Act(person, at) for person, at in latest.items())


def _acts_on(finding: CaseFinding) -> Iterable[Act]:
    """What people did about a finding."""
    if finding.raised_by:
        yield finding.raised_by
    if finding.change:
        yield finding.change.by
    yield from (made.by for made in finding.decisions)


def _points(item: Item) -> tuple[CasePoint, ...]:
    return tuple(
        CasePoint(
            point.part,
            point.says,
            point.basis,
            point.confirmed,
            made.answer if made else "",
            made.comment if made else "",
            Act(made.reviewer, _local(made.made)) if made else None,
            made.version.sequence if made and made.version else None,
        )
        for point, made in answered_points(item)
    )


def _findings(item: Item, decisions: Iterable[Decision]) -> tuple[CaseFinding, ...]:
    if item.current is None:
        return ()
    by_key: dict[str, list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_key[decision.finding_key].append(decision)
    changes = {made.finding_key: made for made in item.amendments.order_by("id")}
    replies = _replies(item)
    return tuple(
        _finding(finding, by_key[finding.key], changes.get(finding.key), replies.get(finding.key))
        for finding in item.current.findings.select_related("version").order_by("start", "id")
        if not finding.softened or finding.key in by_key or finding.key in changes
    )


def _replies(item: Item) -> dict[str, Reply]:
    """The latest reply to each finding of the latest release that was not taken back."""
    release = item.releases.filter(withdrawn=None).order_by("-id").first()
    return {reply.finding_key: reply for reply in release.replies.order_by("id")} if release else {}


def _finding(finding: Finding, decisions: list[Decision], change: Amendment | None, reply: Reply | None) -> CaseFinding:
    content, counted = finding.content, effective_verdicts(decisions).get(finding.key)
    advice, of_person = _advice(finding, change)
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
        bases=_references(content["bases"]),
        advice=advice if of_person else "",
        machine_advice="" if of_person else advice,
        reasons=tuple(content.get("reasons", ())),
        raised_by=Act(finding.raised_by, _local(finding.raised_at)) if finding.raised_by else None,
        change=Change(_before(finding), change.reason, Act(change.reviewer, _local(change.made))) if change else None,
        decision=_judgement(counted) if counted else None,
        decisions=tuple(map(_judgement, decisions)),
        reply=Answered(reply.stance, reply.words, Act(reply.by, _local(reply.made))) if reply else None,
    )


def _advice(finding: Finding, change: Amendment | None) -> tuple[str, bool]:
    """The advice on a finding, and whether it is a person's."""
    changed = change.values if change else {}
    if "type" in changed and "advice" not in changed:
        return "", False
    return finding.content.get("advice", ""), bool(finding.raised_by) or "advice" in changed


def _judgement(made: Decision) -> Judgement:
    by = Act(made.reviewer, _local(made.made))
    return Judgement(made.verdict, made.comment, by, made.addressee, made.final, made.version.sequence)


def _references(bases: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(
        f"《{basis['law']}》{basis['article']}{'' if basis.get('confirmed', True) else '（待核实）'}" for basis in bases
    )


def _before(finding: Finding) -> str:
    """The values of the program that a person changed, in words."""
    content, machine = finding.content, finding.content.get("machine", {})
    parts = []
    if machine and machine["name"] != content["name"]:
        parts.append(f"问题“{machine['name']}”")
    if machine and machine["severity"] != finding.severity:
        parts.append(f"程度“{machine['severity']}”")
    if machine and machine["bases"] != content["bases"]:
        parts.append(f"依据{'；'.join(_references(machine['bases'])) or '没有'}")
    if machine and machine["softened"] != finding.softened:
        parts.append("不作警示" if machine["softened"] else "列为发现")
    return "，".join(parts)


def _finding_from_json(row: Mapping[str, Any]) -> CaseFinding:
    decision, reply, change = row["decision"], row["reply"], row["change"]
    return CaseFinding(
        **{
            **row,
            "bases": tuple(row["bases"]),
            "reasons": tuple(row["reasons"]),
            "raised_by": _act_from_json(row["raised_by"]),
            "change": Change(**{**change, "by": Act(**change["by"])}) if change else None,
            "decision": _judgement_from_json(decision) if decision else None,
            "decisions": tuple(map(_judgement_from_json, row["decisions"])),
            "reply": Answered(**{**reply, "by": Act(**reply["by"])}) if reply else None,
        }
    )


def _judgement_from_json(row: Mapping[str, Any]) -> Judgement:
    return Judgement(**{**row, "by": Act(**row["by"])})


def _act_from_json(row: Mapping[str, Any] | None) -> Act | None:
    return Act(**row) if row else None


def _materials(item: Item) -> "QuerySet[Material, tuple[str, str]]":
    """Kind and name of the material of a case; of a finished one, what was there when it was finished."""
    found = item.materials.order_by("id")
    found = found.filter(made__lte=item.finished_at) if item.finished_at else found
    return found.values_list("kind", "name")
