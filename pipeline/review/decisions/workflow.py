"""The review of one item: decisions, second review, rulings (裁定), assignment, corrections, highlighting of findings."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.agreement import disputed, effective_decisions, effective_verdicts
from pipeline.review.models import Correction, Decision, Finding, Item, Status, Verdict
from pipeline.review.queue.store import DAYS, apply_correction
from pipeline.review.search.index import index_heads

# items of this risk or more need a second review
SECOND_FROM = 40
ALARMS = ("严重", "高")
# correctable fields of an item, with their Chinese names
CORRECTABLE = {
    "title": "题名", "number": "文号", "issuers": "制定机关", "made": "成文日期", "expires": "有效期至",
}  # fmt: skip


def decisions_of(item: Item) -> dict[str, Decision]:
    """The decision that counts on each finding of an item, by finding key."""
    return effective_verdicts(effective_decisions().filter(item=item))


def decide(item: Item, key: str, statement: tuple[str, str], user: User, *, final: bool = False) -> Decision:
    """Records a person's verdict and comment (`statement`) on a finding of the current version; `final` marks a ruling (裁定).

    Raises `UsageError` for an unknown verdict, for a finished item, and for a finding that is not in the current version.
    """
    verdict, comment = statement
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
            reviewer=display_name(user),
            comment=comment,
            final=final,
        )
        note(user.username, "裁定" if final else "决定", item.pk, f"{key} {verdict} {comment}"[:500])
    return decision


def open_alarms(item: Item) -> "QuerySet[Finding]":
    """Alarms of the current version on which nobody has decided."""
    decided = effective_decisions().filter(item=item).values_list("finding_key", flat=True)
    findings = Finding.objects.filter(version=item.current, softened=False, severity__in=ALARMS)
    return findings.exclude(key__in=list(decided))


def common_types(findings: "QuerySet[Finding]", most: int) -> list[tuple[str, str, int]]:
    """The `most` most frequent types among findings: type, name, count."""
    rows = list(findings.values_list("type").annotate(n=Count("id")).order_by("-n")[:most])
    named = ((kind, findings.filter(type=kind).first(), count) for kind, count in rows)
    return [(kind, finding.content["name"], count) for kind, finding, count in named if finding]


def finish(item: Item, user: User) -> str:
    """Finishes a review and returns the new status: 已办, or 待复核 after a first review of an item of high risk.

    Raises `UsageError` where an alarm is undecided or a dispute has no ruling, where the status does not allow it, and where
    the second reviewer would be the first one.
    """
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
    """Returns an item to 待审, from the second review or after it was finished. Raises `UsageError` for a blank reason."""
    if not reason.strip():
        raise UsageError("没有写明理由", remedy="请填写退回或者重新打开的理由")
    action = "重新打开" if item.status == Status.DONE else "退回"
    with transaction.atomic():
        item.status = Status.PENDING
        item.save(update_fields=["status", "updated"])
        note(user.username, action, item.pk, reason[:500])


def claim(item: Item, user: User) -> None:
    """Assigns an unassigned item to `user`, atomically. Raises `UsageError` where another person has it."""
    with transaction.atomic():
        free = Item.objects.filter(pk=item.pk, assignee=None)
        if not free.update(assignee=user, updated=timezone.now()):
            holder = Item.objects.select_related("assignee").get(pk=item.pk).assignee
            if holder == user:
                return
            who = display_name(holder) if holder else "另一人"
            raise UsageError(f"已由{who}领取", remedy="请先与其协商，或者由主审改派")
        note(user.username, "领取", item.pk, user.username)


def assign(item: Item, user: User, *, by: User) -> None:
    """Assigns an item to a person, whoever had it before."""
    with transaction.atomic():
        Item.objects.filter(pk=item.pk).update(assignee=user, updated=timezone.now())
        note(by.username, "指派", item.pk, user.username)


def correct(item: Item, field: str, value: str, user: User) -> Correction:
    """Records a correction of a fact of the masthead, keeping the previous value. Raises `UsageError` for an invalid field or value."""
    if field not in CORRECTABLE:
        raise UsageError(f"不能更正“{field}”", remedy=f"可以更正{'、'.join(CORRECTABLE.values())}")
    value = value.strip()
    if not value:
        raise UsageError("更正的内容是空的", remedy="请填写正确的内容")
    if field in DAYS and not _is_day(value):
        raise UsageError(f"“{value}”不是日期", remedy="请按2026-11-22的样子填写")
    with transaction.atomic():
        before = _previous_value(item, field)
        apply_correction(item, field, value)
        item.save()
        made = Correction.objects.create(
            item=item, field=field, machine=before, value=value, reviewer=display_name(user)
        )
        index_heads([item])
        note(user.username, "更正", item.pk, f"{CORRECTABLE[field]}: {made.machine} → {made.value}"[:500])
    return made


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _previous_value(item: Item, field: str) -> str:
    """The value of a field before a correction: the latest correction, else what the program read."""
    last = item.corrections.filter(field=field).order_by("-id").first()
    if last:
        return last.value
    if field == "made":
        fact: dict[str, Any] | None = item.current.dossier["document"]["masthead"]["made"] if item.current else None
        return str(fact["value"]) if fact else ""
    return str(getattr(item, field) or "")


def split_at_findings(text: str, findings: Sequence[Finding]) -> Iterator[tuple[str, Finding | None]]:
    """Splits a text at its findings for highlighting: yields pieces, each with its finding or None.

    Where findings overlap, the one that starts first is kept, of several that start together the longest.
    """
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
