"""The desk's work on the queue: filters and counts, decisions, second review, bulk, corrections, jobs."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.audit import note
from pipeline.review.models import Correction, Decision, Finding, Item, Job, JobState, Kind, Original, Status, Verdict
from pipeline.review.originals import keep
from pipeline.review.people import shown_name

PAGE = 50
# from this risk on a second person looks at what the first decided
SECOND_FROM = 40
ALARMS = ("严重", "高")
BANDS = (("高", 40, 101), ("中", 15, 40), ("低", 1, 15), ("无", 0, 1))
SORTS = {"risk": ("-risk", "id"), "due": ("due", "-risk", "id"), "new": ("-id",)}
# working days until a case is due, by kind
_DAYS = {Kind.DRAFT: 5, Kind.FILED: 30, Kind.OBJECTION: 30, Kind.CLEANUP: 60, Kind.MAJOR: 10, Kind.CONTRACT: 10}
_MOST_IDS = 20_000
_FIELDS = ("status", "kind", "genre", "year")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the queue is asked for; every field "" or None where it does not matter."""

    q: str = ""
    status: str = ""
    kind: str = ""
    genre: str = ""
    year: str = ""
    band: str = ""
    mine: str = ""
    sort: str = "risk"

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> "Filter":
        """A filter from the parameters of a page."""
        return cls(**{name: str(asked.get(name) or "")[:200] for name in cls.__dataclass_fields__})

    def apply(self, items: "QuerySet[Item]", user: User | None, *, without: str = "") -> "QuerySet[Item]":
        """The items asked for; `without` leaves one condition out, for the counts beside it."""
        for name in _FIELDS:
            value = getattr(self, name)
            if value and name != without:
                items = items.filter(**{name: value})
        if self.band and without != "band":
            low, high = next(((low, high) for name, low, high in BANDS if name == self.band), (0, 101))
            items = items.filter(risk__gte=low, risk__lt=high)
        if self.mine and user:
            items = items.filter(assignee=user)
        if self.q:
            words = self.q.split()
            for word in words:
                items = items.filter(Q(title__contains=word) | Q(number__contains=word) | Q(issuers__contains=word))
        return items

    def ordered(self, items: "QuerySet[Item]") -> "QuerySet[Item]":
        return items.order_by(*SORTS.get(self.sort, SORTS["risk"]))


def facets(items: "QuerySet[Item]", asked: Filter, user: User | None) -> dict[str, list[tuple[str, int]]]:
    """Counts beside the queue: for each field its values with how many items there would be."""
    found: dict[str, list[tuple[str, int]]] = {}
    for name in _FIELDS:
        counted = asked.apply(items, user, without=name).values_list(name).annotate(n=Count("id")).order_by("-n")[:12]
        found[name] = [(str(value), count) for value, count in counted if value not in (None, "")]
    bands = asked.apply(items, user, without="band")
    counts = {name: Count("id", filter=Q(risk__gte=low, risk__lt=high)) for name, low, high in BANDS}
    found["band"] = list(bands.aggregate(**counts).items())
    return found


def narrow(items: "QuerySet[Item]", asked: Filter) -> "tuple[QuerySet[Item], Filter]":
    """The words of a filter looked for once: the items that hold them, and the filter without them.

    Where very many do, the words stay in the filter and are looked for in each count.
    """
    if not asked.q:
        return items, asked
    ids = list(Filter(q=asked.q).apply(items, None).values_list("pk", flat=True)[: _MOST_IDS + 1])
    return (items, asked) if len(ids) > _MOST_IDS else (items.filter(pk__in=ids), replace(asked, q=""))


def due_day(kind: str, start: date) -> date:
    """The day a case is due: so many working days after it came (weekends counted out, holidays are not known)."""
    left, day = _DAYS.get(Kind(kind), 30), start
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def decisions_of(item: Item) -> dict[str, Decision]:
    """The last decision on each finding of an item, by its key."""
    return {decision.finding_key: decision for decision in item.decisions.order_by("made", "id")}


def decide(item: Item, key: str, verdict: str, user: User, comment: str) -> Decision:
    """A decision of a person on a finding of the current version. Raises `UsageError`."""
    if verdict not in Verdict.values:
        raise UsageError(f"没有“{verdict}”这种决定", remedy=f"请选{'、'.join(Verdict.values)}之一")
    if item.current is None or not item.current.findings.filter(key=key).exists():
        raise UsageError("这条发现已不在当前版本中", remedy="请刷新后重试")
    with transaction.atomic():
        decision = Decision.objects.create(
            item=item,
            version=item.current,
            finding_key=key,
            verdict=verdict,
            reviewer=shown_name(user),
            comment=comment,
        )
        note(user.username, "决定", item.pk, f"{key} {verdict} {comment}"[:500])
    return decision


def open_alarms(item: Item) -> "QuerySet[Finding]":
    """Alarms of the current version on which nobody has decided."""
    decided = item.decisions.values_list("finding_key", flat=True)
    findings = Finding.objects.filter(version=item.current, softened=False, severity__in=ALARMS)
    return findings.exclude(key__in=list(decided))


def finish(item: Item, user: User) -> str:
    """Ends a review: done, or on to the second reviewer where the risk is high. Raises `UsageError`."""
    left = open_alarms(item).count()
    if left:
        raise UsageError(f"还有{left}处警示没有决定", remedy="请逐条决定后再办结")
    with transaction.atomic():
        if item.status == Status.SECOND:
            if item.reviewed_by == user.username:
                raise UsageError("复核人不能是初审人本人", remedy="请由另一名审查人员复核")
            item.status = Status.DONE
        elif item.risk >= SECOND_FROM:
            item.status, item.reviewed_by = Status.SECOND, user.username
        else:
            item.status, item.reviewed_by = Status.DONE, user.username
        item.save(update_fields=["status", "reviewed_by", "updated"])
        note(user.username, "办结" if item.status == Status.DONE else "送复核", item.pk)
    return item.status


def send_back(item: Item, user: User, reason: str) -> None:
    """Returns an item from the second to the first reviewer, with the reason."""
    item.status = Status.PENDING
    item.save(update_fields=["status", "updated"])
    note(user.username, "退回", item.pk, reason[:500])


def set_public(item: Item, user: User, *, shown: bool) -> None:
    """Puts an item on the public pages or takes it off."""
    item.public = shown
    item.save(update_fields=["public", "updated"])
    note(user.username, "公开" if shown else "取消公开", item.pk)


def claim(item: Item, user: User, *, by: User) -> None:
    """Gives an item to a reviewer."""
    item.assignee = user
    item.save(update_fields=["assignee", "updated"])
    note(by.username, "指派", item.pk, user.username)


def correct(item: Item, field: str, value: str, user: User) -> Correction:
    """A person's value for title, number or issuers; the machine's stays beside it. Raises `UsageError`."""
    if field not in ("title", "number", "issuers"):
        raise UsageError(f"不能更正“{field}”", remedy="可以更正题名、文号、制定机关")
    if not value.strip():
        raise UsageError("更正的内容是空的", remedy="请填写正确的内容")
    with transaction.atomic():
        made = Correction.objects.create(
            item=item, field=field, machine=getattr(item, field), value=value.strip(), reviewer=shown_name(user)
        )
        setattr(item, field, value.strip())
        item.save(update_fields=[field, "updated"])
        note(user.username, "更正", item.pk, f"{field}: {made.machine} → {made.value}"[:500])
    return made


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a bulk change would do or did: how many items, and by status before."""

    count: int
    before: dict[str, int]


def preview(items: "QuerySet[Item]") -> Bulk:
    """What a bulk assignment would touch."""
    before = Counter(dict(items.values_list("status").annotate(n=Count("id"))))
    return Bulk(sum(before.values()), dict(before))


def assign_all(items: "QuerySet[Item]", to: User, *, by: User) -> Bulk:
    """Assigns all items of a filter that nobody has; what a person has already is left alone."""
    free = items.filter(assignee=None)
    told = preview(free)
    with transaction.atomic():
        free.update(assignee=to, updated=timezone.now())
        note(by.username, "成批指派", None, f"{told.count}件给{to.username}")
    return told


def hand_in(home: Path, name: str, data: bytes, user: User, asked: tuple[str, str]) -> Job:
    """Keeps an uploaded file and puts it in line for the worker; `asked` is kind and place. Raises `UsageError`."""
    kind, place = asked
    if kind not in Kind.values:
        raise UsageError(f"没有“{kind}”这类案件", remedy=f"请选{'、'.join(Kind.values)}之一")
    digest = hashlib.sha256(data).hexdigest()
    keep(home, digest, data)
    original, _ = Original.objects.get_or_create(digest=digest, defaults={"size": len(data), "first_name": name})
    job = Job.objects.create(name=name, original=original, kind=kind, place=place, by=user)
    note(user.username, "提交", None, name[:300])
    return job


def take_job(stale: timedelta = timedelta(minutes=10)) -> Job | None:
    """The next job for a worker, marked as taken; one whose worker vanished is given out again, three times at most."""
    now = timezone.now()
    with transaction.atomic():
        open_jobs = Q(state=JobState.WAITING) | Q(state=JobState.WORKING, taken__lt=now - stale)
        job = Job.objects.select_for_update().filter(open_jobs).order_by("id").first()
        if job is None:
            return None
        job.attempts += 1
        job.taken = now
        job.state = JobState.WORKING if job.attempts <= 3 else JobState.FAILED
        if job.state == JobState.FAILED:
            job.message = "处理三次都没有完成，已停止。请检查该文件后重新提交"
        job.save()
    return job if job.state == JobState.WORKING else take_job(stale)


def taught() -> Iterator[dict[str, Any]]:
    """What reviewers decided on clauses, as lines of the gold format: the sentence, its type, flag or exempt.

    成立 and 需修改 say that the alarm was right, 不成立 that it was not; 转办 says neither. The last word counts,
    and the same sentence is told once.
    """
    told: dict[tuple[str, str], dict[str, Any]] = {}
    last = {(d.version_id, d.finding_key): d for d in Decision.objects.select_related("version").order_by("made", "id")}
    for (version_id, key), decision in last.items():
        finding = Finding.objects.filter(version_id=version_id, key=key).first()
        if finding is None or decision.verdict == Verdict.REFER or not finding.type[:3].isalpha():
            continue
        text = decision.version.text
        sentence = Span(finding.start, finding.end).sentence(text).cut(text).strip() + "。"
        verdict = "flag" if decision.verdict in (Verdict.STANDS, Verdict.AMEND) else "exempt"
        line = {
            "id": f"desk-{key[:12]}",
            "frame": f"desk-{decision.item_id}",
            "sentence": sentence,
            "types": [finding.type],
            "verdict": verdict,
        }
        told[sentence, finding.type] = line
    yield from told.values()


def marked(text: str, findings: Sequence[Finding]) -> Iterator[tuple[str, Finding | None]]:
    """A text cut at its findings, for highlighting: pieces with the finding they belong to; overlaps go to the first."""
    at = 0
    for finding in sorted(findings, key=lambda finding: (finding.start, -finding.end)):
        if finding.start < at:
            continue
        if finding.start > at:
            yield text[at : finding.start], None
        yield text[finding.start : finding.end], finding
        at = finding.end
    if at < len(text):
        yield text[at:], None
