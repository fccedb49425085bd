"""The desk's work on one item: decisions, second review, 裁定, corrections, what is shown in the text."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import shown_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.agreement import disputed, last_words, standing
from pipeline.review.models import Correction, Decision, Finding, Item, Status, Verdict
from pipeline.review.queue.store import DAYS, set_right
from pipeline.review.search.index import index_heads

# from this risk on a second person looks at what the first decided
SECOND_FROM = 40
ALARMS = ("严重", "高")
# what can be set right, and how it is called
CORRECTABLE = {
    "title": "题名", "number": "文号", "issuers": "制定机关", "made": "成文日期", "expires": "有效期至",
}  # fmt: skip


def decisions_of(item: Item) -> dict[str, Decision]:
    """The decision that counts on each finding of an item, by its key."""
    return last_words(standing().filter(item=item))


def decide(item: Item, key: str, told: tuple[str, str], user: User, *, final: bool = False) -> Decision:
    """A decision of a person (verdict and comment) on a finding of the current version; `final` is the chief's 裁定.

    Raises `UsageError`.
    """
    verdict, comment = told
    if verdict not in Verdict.values:
        raise UsageError(f"没有“{verdict}”这种决定", remedy=f"请选{'、'.join(Verdict.values)}之一")
    if item.status == Status.DONE:
        raise UsageError("这件已经办结", remedy="需要改动的，请主审重新打开")
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
            final=final,
        )
        note(user.username, "裁定" if final else "决定", item.pk, f"{key} {verdict} {comment}"[:500])
    return decision


def open_alarms(item: Item) -> "QuerySet[Finding]":
    """Alarms of the current version on which nobody has decided."""
    decided = standing().filter(item=item).values_list("finding_key", flat=True)
    findings = Finding.objects.filter(version=item.current, softened=False, severity__in=ALARMS)
    return findings.exclude(key__in=list(decided))


def common_types(findings: "QuerySet[Finding]", most: int) -> list[tuple[str, str, int]]:
    """The most frequent types among findings: type, name, count."""
    rows = list(findings.values_list("type").annotate(n=Count("id")).order_by("-n")[:most])
    named = ((kind, findings.filter(type=kind).first(), count) for kind, count in rows)
    return [(kind, finding.content["name"], count) for kind, finding, count in named if finding]


def finish(item: Item, user: User) -> str:
    """Ends a review: done, or on to the second reviewer where the risk is high. Raises `UsageError`."""
    with transaction.atomic():
        item = Item.objects.select_for_update().get(pk=item.pk)
        if item.status not in (Status.PENDING, Status.SECOND):
            raise UsageError(f"这件{item.status}，不能办结", remedy="请刷新后查看状态")
        left = open_alarms(item).count()
        if left:
            raise UsageError(f"还有{left}处警示没有决定", remedy="请逐条决定后再办结")
        if disputed(item):
            raise UsageError(f"还有{len(disputed(item))}处意见分歧没有裁定", remedy="请主审裁定后再办结")
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
    """Returns an item to the first reviewer, from the second or after its end, with the reason. Raises `UsageError`."""
    if not reason.strip():
        raise UsageError("没有写明理由", remedy="请填写退回或者重新打开的理由")
    told = "重新打开" if item.status == Status.DONE else "退回"
    with transaction.atomic():
        item.status = Status.PENDING
        item.save(update_fields=["status", "updated"])
        note(user.username, told, item.pk, reason[:500])


def set_public(item: Item, user: User, *, shown: bool) -> None:
    """Puts an item on the public pages or takes it off."""
    item.public = shown
    item.save(update_fields=["public", "updated"])
    note(user.username, "公开" if shown else "取消公开", item.pk)


def claim(item: Item, user: User) -> None:
    """Takes an item that nobody has; of two who try at once, one gets it. Raises `UsageError`."""
    with transaction.atomic():
        free = Item.objects.filter(pk=item.pk, assignee=None)
        if not free.update(assignee=user, updated=timezone.now()):
            holder = Item.objects.select_related("assignee").get(pk=item.pk).assignee
            if holder == user:
                return
            who = shown_name(holder) if holder else "另一人"
            raise UsageError(f"已由{who}领取", remedy="请先与其协商，或者由主审改派")
        note(user.username, "领取", item.pk, user.username)


def assign(item: Item, user: User, *, by: User) -> None:
    """Gives an item to a person, whoever had it."""
    with transaction.atomic():
        Item.objects.filter(pk=item.pk).update(assignee=user, updated=timezone.now())
        note(by.username, "指派", item.pk, user.username)


def correct(item: Item, field: str, value: str, user: User) -> Correction:
    """A person's value for what the masthead says; the machine's stays beside it. Raises `UsageError`."""
    if field not in CORRECTABLE:
        raise UsageError(f"不能更正“{field}”", remedy=f"可以更正{'、'.join(CORRECTABLE.values())}")
    value = value.strip()
    if not value:
        raise UsageError("更正的内容是空的", remedy="请填写正确的内容")
    if field in DAYS and not _is_day(value):
        raise UsageError(f"“{value}”不是日期", remedy="请按2026-11-22的样子填写")
    with transaction.atomic():
        before = _said(item, field)
        set_right(item, field, value)
        item.save()
        made = Correction.objects.create(item=item, field=field, machine=before, value=value, reviewer=shown_name(user))
        index_heads([item])
        note(user.username, "更正", item.pk, f"{CORRECTABLE[field]}: {made.machine} → {made.value}"[:500])
    return made


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _said(item: Item, field: str) -> str:
    """What stands there before a correction: as corrected last, else as the machine read it."""
    last = item.corrections.filter(field=field).order_by("-id").first()
    if last:
        return last.value
    if field == "made":
        fact: dict[str, Any] | None = item.current.dossier["document"]["masthead"]["made"] if item.current else None
        return str(fact["value"]) if fact else ""
    return str(getattr(item, field) or "")


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
