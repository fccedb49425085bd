"""案情: everything that a document on an item says, as plain data that is stored with each export and read back from it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from pipeline.clause_places import place_in_words
from pipeline.review.decisions.agreement import UPHELD
from pipeline.review.decisions.changes import UNCHECKED
from pipeline.review.models import Verdict
from pipeline.review.output.program_words import OTHER_KINDS
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
    """Who did something and when: the display name of then, a local time (ISO 8601), the account; "" where that was not recorded.

    An account under two names is one person; cases stored before 0.14.0 have no accounts.
    """

    person: str
    at: str
    account: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """By what a person is told from others: the account, else the name."""
        return self.account or self.person

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
    """A decision of a person on a finding: verdict, words, author; `final` marks a ruling (裁定), `sequence` is the version decided on.

    `about` is what the finding was called then, where it names another type or other bases since and the decision does not count any
    more, else ""; `raising` marks the decision that comes with raising a finding, `withdrawn` one that its author took back.
    """

    verdict: str
    words: str
    by: Act
    addressee: str
    final: bool
    sequence: int
    about: str = ""
    raising: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed about a finding: what it was before in words, the reason, the author, and what it became (`what`, from → to).

    `before` is what the program said, `what` is "" in cases stored before 0.12.0.
    """

    before: str
    reason: str
    by: Act
    what: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """答复: the answer of an issuer to a finding that was sent to it.

    `sequence` is the version it is about, 0 where that was not kept; `organ` that of who answered, "" where it is not known.
    """

    stance: str
    words: str
    by: Act
    sequence: int = 0
    organ: str = ""


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """A finding as it stands after amendments, with the decision that counts and all that were made, oldest first.

    `bases` are in the form 《law》article, with （待核实） where nobody checked the source. `raised_by` is None for a finding of the
    program. `advice` is that of a person, `machine_advice` that of the program, which no document hands out; "" where a person
    changed the type and gave no other advice. `sentence` is the sentence of the evidence, and of a person's finding the words that
    the person marked. `articles` are the words of the articles of the bases and `cases` similar official cases, a line each, where they
    were chosen for the document. `occurrence` counts how often `text` stands in the document before it.
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
    replies: tuple[Answered, ...]
    disputed: bool = False
    earlier_changes: tuple[Change, ...] = ()
    articles: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()

    @property
    def upheld(self) -> bool:
        """Whether it was decided as 成立 or 需修改, without an open dispute (`contradictions` tells of one that is softened all the same)."""
        decided = self.decision is not None and self.decision.verdict in UPHELD
        return decided and not self.softened and not self.disputed

    @property
    def checked_bases(self) -> tuple[str, ...]:
        """The bases that papers name which are handed out: without those that nobody has checked."""
        return tuple(basis for basis in self.bases if not basis.endswith(UNCHECKED))

    @property
    def place(self) -> str:
        """The clause it is in, in words; 正文 where the text has no clauses."""
        return place_in_words(self.path)

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
        """Whether nobody has decided on it, or not again since it was changed, although that is needed."""
        again = any(made.about for made in self.decisions)
        needed = self.severity in ALARMS or again or self.raised_by is not None
        return needed and not self.softened and self.decision is None

    @property
    def changes(self) -> tuple[Change, ...]:
        """All changes by people, oldest first."""
        return (*self.earlier_changes, *((self.change,) if self.change else ()))


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
    """Material of the case; `internal` is what the reviewing office added to a case that an issuer handed in."""

    kind: str
    name: str
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its documents tell it; findings in the order of the text, softened ones only where a person decided on or changed them.

    `handled` is the 承办人, `second` the 复核人, `rulings` the 裁定人, each as they acted. `draft_reasons` say why its documents are
    drafts; they are none where the case is finished and nothing contradicts. `overruled` names the authors of conclusions and answers
    that later ones replaced. `handed_in` is the organ that handed in what is not issued yet, of a contract also as a person named it; ""
    where there is none, None in cases that were stored without it. `other_paper` tells that the document is no normative document and is not to become one.
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
    overruled: tuple[Act, ...] = ()
    other_paper: bool = False
    handed_in: str | None = None

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
        """The findings that wait for the person or body to whom they were referred (转办), without an open dispute."""
        referred = (f for f in self.findings if f.decision and f.decision.verdict == Verdict.REFER)
        return tuple(f for f in referred if not f.softened and not f.disputed)

    @property
    def disputed(self) -> tuple[CaseFinding, ...]:
        """The findings on which two people differ and nobody has ruled."""
        return tuple(finding for finding in self.findings if finding.disputed and not finding.softened)

    @property
    def unanswered(self) -> tuple[CasePoint, ...]:
        """The points of the checklist without an answer."""
        return tuple(point for point in self.points if not point.answer)

    @property
    def others(self) -> tuple[str, ...]:
        """参加审查: everybody else whose decision, change, answer, explanation or conclusion the case contains."""
        accounts, names = ({getattr(act, part) for act in self._signed} for part in ("account", "person"))
        acts = [act for act in self._acts if not (act.account in accounts if act.account else act.person in names)]
        return tuple({act.key: self.called(act) for act in acts}.values())

    @property
    def _signed(self) -> tuple[Act, ...]:
        """承办人, 复核人, 裁定人."""
        return tuple(act for act in (self.handled, self.second, *self.rulings) if act)

    @property
    def _acts(self) -> tuple[Act, ...]:
        """What people said in the case, not in the order of time."""
        acts = [act for finding in self.findings for act in _acts_on(finding)]
        said = [*(point.by for point in self.points), *(made.by for made in self.contradictions)]
        acts += [act for act in (*said, self.conclusion.by if self.conclusion else None) if act]
        return (*acts, *self.overruled)

    def called(self, act: Act) -> str:
        """The name of a person, and the other names under which the same account stands in this case: 王成（即王承）."""
        same = [other.person for other in (*self._signed, *self._acts) if act.account and other.account == act.account]
        names = [name for name in dict.fromkeys(same) if name != act.person]
        return f"{act.person}（即{'、'.join(names)}）" if names else act.person

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
                "overruled": tuple(map(_overruled_from_json, row.get("overruled", ()))),
                # cases stored before 0.14.0 tell it by their kind
                "other_paper": row.get("other_paper", row["kind"] in OTHER_KINDS),
            }
        )

    def differs_from(self, other: "Case") -> bool:
        """Whether two cases say different things, apart from their status and who finished them."""
        now, before = self._without_status(), other._without_status()
        return (now if before.handed_in is not None else replace(now, handed_in=None)) != before

    def without_beside(self) -> "Case":
        """The case without the words of articles and similar cases that were chosen for a document."""
        return replace(self, findings=tuple(replace(finding, articles=(), cases=()) for finding in self.findings))

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


def _acts_on(finding: CaseFinding) -> Iterable[Act]:
    """What people did about a finding."""
    if finding.raised_by:
        yield finding.raised_by
    yield from (made.by for made in finding.changes)
    yield from (made.by for made in finding.decisions if not made.withdrawn)


def _finding_from_json(row: Mapping[str, Any]) -> CaseFinding:
    decision, change = row["decision"], row["change"]
    # cases stored before 0.14.0 have at most one reply
    replies = row["replies"] if "replies" in row else filter(None, (row["reply"],))
    return CaseFinding(
        **{
            **{name: value for name, value in row.items() if name != "reply"},
            "bases": tuple(row["bases"]),
            "reasons": tuple(row["reasons"]),
            "articles": tuple(row.get("articles", ())),
            "cases": tuple(row.get("cases", ())),
            "raised_by": _act_from_json(row["raised_by"]),
            "change": _change_from_json(change) if change else None,
            "earlier_changes": tuple(map(_change_from_json, row.get("earlier_changes", ()))),
            "decision": _judgement_from_json(decision) if decision else None,
            "decisions": tuple(map(_judgement_from_json, row["decisions"])),
            "replies": tuple(Answered(**{**reply, "by": Act(**reply["by"])}) for reply in replies),
        }
    )


def _change_from_json(row: Mapping[str, Any]) -> Change:
    return Change(**{**row, "by": Act(**row["by"])})


def _judgement_from_json(row: Mapping[str, Any]) -> Judgement:
    return Judgement(**{**row, "by": Act(**row["by"])})


def _overruled_from_json(row: Mapping[str, Any] | str) -> Act:
    """Cases stored before 0.14.0 have only the name."""
    return Act(row, "") if isinstance(row, str) else Act(**row)


def _act_from_json(row: Mapping[str, Any] | None) -> Act | None:
    return Act(**row) if row else None
