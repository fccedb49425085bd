"""Do people agree: with each other (κ), with the machine, and does the machine miss what people see (盲审抽样)."""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.audit.chain import note
from pipeline.review.models import Decision, Item, Member, Passage, Verdict, Version

_HOLDS = frozenset((Verdict.STANDS, Verdict.AMEND))
_SENTENCE = re.compile(r"[^。；\n]{15,}[。；]")
# passages that a reviewer gets with a document when blind samples are on
_PASSAGES = 2
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`, with the 95 % interval of Wilson; all 0 to 1."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        return self.count / self.total if self.total else 0.0

    @classmethod
    def of(cls, count: int, total: int) -> "Share":
        if not total:
            return cls(0, 0, 0.0, 1.0)
        p, z2 = count / total, _Z * _Z
        middle = (p + z2 / (2 * total)) / (1 + z2 / total)
        half = _Z * math.sqrt(p * (1 - p) / total + z2 / (4 * total * total)) / (1 + z2 / total)
        return cls(count, total, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's κ of two readings: `pairs` judged twice, `same` judged alike; κ None where it says nothing."""

    pairs: int
    same: int
    kappa: float | None


def standing() -> "QuerySet[Decision]":
    """The decisions that count: all but those of a batch that was undone."""
    return Decision.objects.filter(Q(batch=None) | Q(batch__undone=None))


def last_words(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The decision that counts on each finding, by its key: the last of the chief's, else the last."""
    found: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda decision: (decision.final, decision.made, decision.pk)):
        found[decision.finding_key] = decision
    return found


def disputed(item: Item) -> dict[str, tuple[Decision, Decision]]:
    """Findings on which two people differ in whether they hold, and on which the chief has not decided."""
    open_: dict[str, tuple[Decision, Decision]] = {}
    by_key: dict[str, list[Decision]] = defaultdict(list)
    for decision in standing().filter(item=item).order_by("made", "id"):
        by_key[decision.finding_key].append(decision)
    for key, decisions in by_key.items():
        last = list({decision.reviewer: decision for decision in decisions}.values())
        if any(decision.final for decision in decisions) or len(last) < 2:
            continue
        first, second = last[-2:]
        if (first.verdict in _HOLDS) != (second.verdict in _HOLDS):
            open_[key] = (first, second)
    return open_


def kappa_of(pairs: Sequence[tuple[str, str]]) -> Kappa:
    """Cohen's κ of verdicts given by two readers to the same findings."""
    total, same = len(pairs), sum(a == b for a, b in pairs)
    if not total:
        return Kappa(0, 0, None)
    firsts, seconds = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(firsts[verdict] * seconds[verdict] for verdict in firsts) / total**2
    return Kappa(total, same, None if chance >= 1 else (same / total - chance) / (1 - chance))


def agreement() -> Kappa:
    """κ over all findings that two people judged, each by the last word of the first two; 裁定 left out."""
    judged: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    rows = standing().filter(final=False).order_by("made", "id")
    for version, key, reviewer, verdict in rows.values_list("version_id", "finding_key", "reviewer", "verdict"):
        judged[version, key][reviewer] = verdict
    twice = [list(by.values())[:2] for by in judged.values() if len(by) > 1]
    return kappa_of([(a, b) for a, b in twice])


def with_machine() -> Share:
    """How many of the alarms on which people decided they found to hold; 转办 counts for neither."""
    verdicts: dict[tuple[int, str], str] = {}
    rows = standing().order_by("final", "made", "id").values_list("version_id", "finding_key", "verdict")
    for version, key, verdict in rows:
        verdicts[version, key] = verdict
    judged = [verdict for verdict in verdicts.values() if verdict != Verdict.REFER]
    return Share.of(sum(verdict in _HOLDS for verdict in judged), len(judged))


def passages_for(version: Version, user: User) -> list[Passage]:
    """The passages without an alarm that a reviewer with blind samples judges in a document; the same each time."""
    if not Member.objects.filter(user=user, blind=True).exists():
        return []
    given = list(Passage.objects.filter(version=version, reviewer=user).order_by("start"))
    if given:
        return given
    alarms = list(version.findings.filter(softened=False).values_list("start", "end"))
    quiet = [
        match.span()
        for match in _SENTENCE.finditer(version.text)
        if not any(start < match.end() and match.start() < end for start, end in alarms)
    ]
    order = sorted(quiet, key=lambda span: _lot(version.pk, user.pk, span[0]))[:_PASSAGES]
    made = [Passage(version=version, reviewer=user, start=start, end=end) for start, end in order]
    Passage.objects.bulk_create(made, ignore_conflicts=True)
    return list(Passage.objects.filter(version=version, reviewer=user).order_by("start"))


def _lot(*parts: int) -> str:
    """A lot that looks random and falls the same way each time."""
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()


def judge_passage(passage: Passage, user: User, *, missed: bool, comment: str) -> None:
    """A reviewer's word on a passage of the sample. Raises `UsageError` if it is another's."""
    if passage.reviewer_id != user.pk:
        raise UsageError("这段抽样不是分给您的", remedy="请刷新后重试")
    passage.missed, passage.comment, passage.answered = missed, comment, timezone.now()
    passage.save(update_fields=["missed", "comment", "answered"])
    said = "有问题" if missed else "没有问题"
    note(user.username, "抽样", passage.version.item_id, f"{passage.start} {said} {comment}"[:500])


def miss_rate() -> Share:
    """How many of the judged passages held something that the machine had missed."""
    judged = Passage.objects.exclude(missed=None)
    return Share.of(judged.filter(missed=True).count(), judged.count())


def workload(people: "QuerySet[User]") -> list[tuple[User, int, int, int]]:
    """For each person: open items, items past their day, decisions of the last 30 days."""
    today = timezone.localdate()
    since = timezone.now() - timedelta(days=30)
    made = Counter(standing().filter(made__gte=since).values_list("reviewer", flat=True))
    rows = []
    for user in people:
        open_ = Item.objects.filter(assignee=user).exclude(status="已办")
        rows.append((user, open_.count(), open_.filter(due__lt=today).count(), made[user.first_name or user.username]))
    return rows
