"""Agreement of reviewers with each other (Cohen's κ) and with the program, and the miss rate from blind samples (盲审抽样)."""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.audit.chain import note
from pipeline.review.models import LARGE_OF_VERSION, Decision, Finding, Item, Member, Passage, Verdict, Version
from pipeline.review.read_once import once

# the verdicts that uphold a finding
UPHELD = frozenset((Verdict.STANDS, Verdict.AMEND))
_SENTENCE = re.compile(r"[^。；\n]{15,}[。；]")
# number of passages of a document that a reviewer with blind samples judges
_PASSAGES_PER_DOCUMENT = 2
# standard normal quantile of a two-sided 95 % interval
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Share:
    """A proportion `count` / `total` with the bounds of its 95 % Wilson interval, 0 to 1."""

    count: int
    total: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The proportion, 0 where `total` is 0."""
        return self.count / self.total if self.total else 0.0

    @classmethod
    def of(cls, count: int, total: int) -> "Share":
        """The share with its interval; 0 to 1 where `total` is 0."""
        if not total:
            return cls(0, 0, 0.0, 1.0)
        p, z2 = count / total, _Z * _Z
        middle = (p + z2 / (2 * total)) / (1 + z2 / total)
        half = _Z * math.sqrt(p * (1 - p) / total + z2 / (4 * total * total)) / (1 + z2 / total)
        return cls(count, total, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement of two raters: number of `pairs`, how many are equal, and Cohen's κ, None where it is undefined."""

    pairs: int
    same: int
    kappa: float | None


def standing_decisions() -> "QuerySet[Decision]":
    """The decisions that nobody took back: all except those that were withdrawn and those of a batch that was undone."""
    return Decision.objects.filter(Q(batch=None) | Q(batch__undone=None), withdrawn=None)


def is_taken_back(decision: Decision) -> bool:
    """Whether a decision was withdrawn, or is of a batch that was undone."""
    return decision.withdrawn is not None or (decision.batch is not None and decision.batch.undone is not None)


def counts(decision: Decision) -> bool:
    """Whether a decision counts, as `effective_decisions` chooses them."""
    return not is_taken_back(decision) and decision.set_aside is None


def effective_decisions() -> "QuerySet[Decision]":
    """The decisions that count: the standing ones on findings that still say what their authors decided on."""
    return standing_decisions().filter(set_aside=None)


@once
def decisions_in(item: Item) -> tuple[Decision, ...]:
    """All decisions in a case in order of time, also those that were taken back; of their versions the number alone, the rest of which is large."""
    made = item.decisions.select_related("version", "batch").order_by("id")
    return tuple(made.defer(*LARGE_OF_VERSION))


def standing_in(item: Item) -> tuple[Decision, ...]:
    """The decisions in a case that nobody took back, in order of time, also those that were set aside."""
    return tuple(made for made in decisions_in(item) if not is_taken_back(made))


def effective_in(item: Item) -> tuple[Decision, ...]:
    """The decisions in a case that count, in order of time."""
    return tuple(made for made in standing_in(item) if made.set_aside is None)


def effective_verdicts(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The decision that counts on each finding, by finding key: the latest ruling (裁定), else the latest decision.

    Decisions on a later version of the document come before all those on an earlier one.
    """
    found: dict[str, Decision] = {}
    for decision in sorted(decisions, key=lambda made: (made.version_id, made.final, made.pk)):
        found[decision.finding_key] = decision
    return found


def person_of(decision: Decision) -> str:
    """Who made a decision: the account; the display name for decisions before 0.11.0, which did not keep it."""
    return decision.account or decision.reviewer


@once
def disputed(item: Item) -> dict[str, tuple[Decision, Decision]]:
    """Findings without a ruling on which the two latest reviewers differ in whether they hold: finding key → their decisions."""
    open_: dict[str, tuple[Decision, Decision]] = {}
    by_key: dict[str, list[Decision]] = defaultdict(list)
    for decision in effective_in(item):
        by_key[decision.finding_key].append(decision)
    for key, every in by_key.items():
        newest = max(decision.version_id for decision in every)
        decisions = [decision for decision in every if decision.version_id == newest]
        last = list({person_of(decision): decision for decision in decisions}.values())
        if any(decision.final for decision in decisions) or len(last) < 2:
            continue
        first, second = last[-2:]
        if (first.verdict in UPHELD) != (second.verdict in UPHELD):
            open_[key] = (first, second)
    return open_


def kappa_of(pairs: Sequence[tuple[str, str]]) -> Kappa:
    """Cohen's κ of the verdicts of two raters, one pair per finding."""
    total, same = len(pairs), sum(a == b for a, b in pairs)
    if not total:
        return Kappa(0, 0, None)
    firsts, seconds = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(firsts[verdict] * seconds[verdict] for verdict in firsts) / total**2
    return Kappa(total, same, None if chance >= 1 else (same / total - chance) / (1 - chance))


def agreement() -> Kappa:
    """Agreement over all findings that two people judged: the latest verdicts of the first two of them; rulings do not count."""
    judged: dict[tuple[int, str], dict[str, str]] = defaultdict(dict)
    rows = effective_decisions().filter(final=False).order_by("id")
    for version, key, account, reviewer, verdict in rows.values_list(
        "version_id", "finding_key", "account", "reviewer", "verdict"
    ):
        judged[version, key][account or reviewer] = verdict
    twice = [list(by.values())[:2] for by in judged.values() if len(by) > 1]
    return kappa_of([(a, b) for a, b in twice])


def with_machine() -> Share:
    """The share of decided findings of the program that people upheld (成立 or 需修改); findings with 转办 do not count."""
    raised = set(Finding.objects.exclude(raised_by="").values_list("version_id", "key"))
    verdicts: dict[tuple[int, str], str] = {}
    rows = effective_decisions().order_by("final", "id").values_list("version_id", "finding_key", "verdict")
    for version, key, verdict in rows:
        if (version, key) not in raised:
            verdicts[version, key] = verdict
    judged = [verdict for verdict in verdicts.values() if verdict != Verdict.REFER]
    return Share.of(sum(verdict in UPHELD for verdict in judged), len(judged))


def passages_for(version: Version, user: User) -> list[Passage]:
    """The passages without a finding that a reviewer judges in a version, the same at each call; [] where blind samples are off."""
    if not Member.objects.filter(user=user, blind=True).exists():
        return []
    existing = list(Passage.objects.filter(version=version, reviewer=user).order_by("start"))
    if existing:
        return existing
    alarms = list(version.findings.filter(softened=False).values_list("start", "end"))
    candidates = [
        match.span()
        for match in _SENTENCE.finditer(version.text)
        if not any(start < match.end() and match.start() < end for start, end in alarms)
    ]
    order = sorted(candidates, key=lambda span: _pseudo_random_key(version.pk, user.pk, span[0]))[
        :_PASSAGES_PER_DOCUMENT
    ]
    made = [Passage(version=version, reviewer=user, start=start, end=end) for start, end in order]
    Passage.objects.bulk_create(made, ignore_conflicts=True)
    return list(Passage.objects.filter(version=version, reviewer=user).order_by("start"))


def _pseudo_random_key(*parts: int) -> str:
    """A sort key for a pseudo-random order that is the same each time."""
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()


def judge_passage(passage: Passage, user: User, *, missed: bool, comment: str) -> None:
    """Records a reviewer's judgement of a passage of the blind sample. Raises `UsageError` for a passage of another reviewer."""
    if passage.reviewer_id != user.pk:
        raise UsageError("这段抽样不是分给您的", remedy="请刷新后重试")
    passage.missed, passage.comment, passage.answered = missed, comment, timezone.now()
    passage.save(update_fields=["missed", "comment", "answered"])
    result = "有问题" if missed else "没有问题"
    note(user.username, "抽样", passage.version.item_id, f"{passage.start} {result} {comment}"[:500])


def miss_rate() -> Share:
    """The share of judged passages that contain a fault which the program missed."""
    judged = Passage.objects.exclude(missed=None)
    return Share.of(judged.filter(missed=True).count(), judged.count())


def workload(people: "QuerySet[User]") -> list[tuple[User, int, int, int]]:
    """For each person: number of open items, of overdue items, and of decisions in the last 30 days."""
    today = timezone.localdate()
    since = timezone.now() - timedelta(days=30)
    recent = effective_decisions().filter(made__gte=since).only("account", "reviewer")
    made = Counter(map(person_of, recent))
    held = Item.objects.exclude(status="已办").values_list("assignee").annotate(n=Count("pk"))
    open_, overdue = dict(held.order_by()), dict(held.filter(due__lt=today).order_by())
    return [(user, open_.get(user.pk, 0), overdue.get(user.pk, 0), made[user.username]) for user in people]
