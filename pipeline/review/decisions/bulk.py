"""成批处理: one action on many items, with a preview; it never overrides a decision of a person, and is undone as a whole."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.access import acting, check_seen
from pipeline.review.decisions.agreement import effective_decisions
from pipeline.review.decisions.finding_types import name_of
from pipeline.review.decisions.marks import refresh_marks
from pipeline.review.decisions.notices import notify
from pipeline.review.decisions.workflow import Statement, common_types
from pipeline.review.models import LARGE_OF_VERSION, Batch, Decision, Finding, Item, Status, Verdict

ASSIGNED, DECIDED = "指派", "决定"
_BATCH_SIZE, _MAX_TYPES = 2_000, 40
_CODE = re.compile(r"[A-Z]{3}-\d+")
# item numbers that a notice and the audit name
_NUMBERS = 50


class PreviewOutdatedError(UsageError):
    """What a person confirmed is not what the preview showed: findings came or went meanwhile."""


@dataclass(frozen=True, slots=True)
class BulkPreview:
    """What a bulk action would change: the number of items, in all and by status."""

    count: int
    before: dict[str, int]


def preview(items: "QuerySet[Item]") -> BulkPreview:
    """The number of `items`, in all and by status."""
    before = Counter(dict(items.values_list("status").annotate(n=Count("id"))))
    return BulkPreview(sum(before.values()), dict(before))


def assign_all(items: "QuerySet[Item]", to: User, *, by: User) -> Batch:
    """Assigns those of `items` that have no assignee, and tells the person; items with one are not changed."""
    with transaction.atomic():
        free = list(items.filter(assignee=None).order_by("pk").values_list("pk", flat=True))
        for chunk in _chunks(free):
            Item.objects.filter(pk__in=chunk, assignee=None).update(assignee=to, updated=timezone.now())
        note(
            by.username,
            "成批指派",
            None,
            f"{len(free)}件给{to.username}：{_numbers(free)}" if free else f"0件给{to.username}",
        )
        if free:
            told = f"{display_name(by)}把{len(free)}件指派给您：{_numbers(free)}"
            notify({to} - {by}, Item.objects.get(pk=free[0]) if len(free) == 1 else None, told)
        return Batch.objects.create(what=ASSIGNED, detail=str(to.pk), by=by.username, items=free)


def _numbers(keys: list[int]) -> str:
    """The numbers of items in words: 编号3、7、8, the first 50 of them."""
    return f"编号{'、'.join(map(str, keys[:_NUMBERS]))}{'等' if len(keys) > _NUMBERS else ''}"


def _chunks(keys: list[int]) -> Iterator[list[int]]:
    return (keys[at : at + _BATCH_SIZE] for at in range(0, len(keys), _BATCH_SIZE))


def undecided(items: "QuerySet[Item]", kind: str, by: User) -> "QuerySet[Finding]":
    """The findings of a type (`kind`) in the current versions of open items on which nobody has decided and `by` still may."""
    return undecided_in(items.exclude(status=Status.SECOND, reviewed_by=by.username)).filter(type=kind)


def undecided_in(items: "QuerySet[Item]") -> "QuerySet[Finding]":
    """The findings in the current versions of open items that nobody has decided, softened ones left out."""
    open_items = items.exclude(status=Status.DONE).exclude(current=None)
    findings = Finding.objects.filter(version__in=open_items.values("current"), softened=False)
    decided = effective_decisions().filter(item=OuterRef("version__item"), finding_key=OuterRef("key"))
    return findings.exclude(Exists(decided))


def stamp_of(findings: "QuerySet[Finding]") -> str:
    """A stamp of a set of findings: how many they are, and a hash of which, with what each of them says."""
    digest, count = hashlib.sha256(), 0
    for finding in findings.order_by("version_id", "key", "pk").iterator():
        digest.update(f"{finding.version_id}:{finding.key}:{finding.fingerprint} ".encode())
        count += 1
    return f"{count}-{digest.hexdigest()[:16]}"


def decide_all(items: "QuerySet[Item]", kind: str, statement: Statement, *, by: User, seen: str = "") -> Batch:
    """Records one statement on every undecided finding of a type, except in items that `by` has passed to the second review.

    `seen` is the stamp of the findings that the person saw, "" where that does not matter. Raises `UsageError` for an invalid
    statement or blank words, `PreviewOutdatedError` where they are not the same any more.
    """
    with transaction.atomic():
        findings = undecided(items, kind, by)
        if seen and seen != stamp_of(findings):
            raise PreviewOutdatedError("预览以后发现有增减，没有作出决定", remedy="请核对新的预览，再确认一次")
        return _decide(findings, type_name(kind), statement, by)


def decide_group(item: Item, seen: Mapping[str, str], statement: Statement, *, by: User) -> Batch:
    """Records one statement on those findings of an item on which nobody has decided.

    `seen` has the keys of the findings, each with the fingerprint of what the person saw. Raises `UsageError` for an invalid
    statement or blank words, where the person may not work on the item, and where one of the findings was changed since.
    """
    with acting(item, by) as item:
        findings = undecided_in(Item.objects.filter(pk=item.pk)).filter(key__in=list(seen))
        for finding in findings:
            check_seen(finding, seen[finding.key])
        return _decide(findings, f"编号{item.pk}", statement, by)


def _decide(findings: "QuerySet[Finding]", what: str, statement: Statement, by: User) -> Batch:
    statement.check()
    if not statement.comment.strip():
        raise UsageError("成批决定没有写明理由", remedy="请填写意见，它将记在每一条决定上")
    with transaction.atomic():
        found = list(findings.select_related("version__item").defer(*LARGE_OF_VERSION))
        if not found:
            raise UsageError("没有还没决定的发现", remedy="请刷新后查看，可能已由别人决定")
        ids = sorted({finding.version.item_id for finding in found})
        told = f"{what} {statement.verdict} {statement.comment}"
        batch = Batch.objects.create(what=DECIDED, detail=told[:500], by=by.username, items=ids)
        Decision.objects.bulk_create(
            (
                Decision(
                    item_id=finding.version.item_id, version_id=finding.version_id, finding_key=finding.key, verdict=statement.verdict,
                    comment=statement.comment, addressee=statement.addressee, reviewer=display_name(by), account=by.username, batch=batch,
                    about=finding.subject, second=finding.version.item.status == Status.SECOND,
                )
                for finding in found
            ),
            batch_size=_BATCH_SIZE,
        )  # fmt: skip
        note(
            by.username,
            "成批决定",
            ids[0] if len(ids) == 1 else None,
            f"{what} {statement.verdict} {len(found)}条，{len(ids)}件：{statement.comment}"[:500],
        )
        if statement.verdict == Verdict.REFER:
            refresh_marks(*Item.objects.filter(pk__in=ids))
    return batch


def undo(batch: Batch, *, by: User) -> int:
    """Undoes a batch and returns the number of items concerned; what people have changed since stays.

    Raises `UsageError` if the batch was undone before, or if it made decisions and an item of it has been finished or passed
    to the second review since; the error names such items.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.undone:
            raise UsageError("这次成批处理已经撤销过", remedy="请刷新后查看")
        count = _release(batch) if batch.what == ASSIGNED else _void(batch)
        batch.undone = timezone.now()
        batch.save(update_fields=["undone"])
        if batch.what == DECIDED and Verdict.REFER in batch.detail:
            refresh_marks(*Item.objects.filter(pk__in=batch.items))
        note(by.username, "撤销成批", None, f"第{batch.pk}次{batch.what}，{count}件")
    return count


def why_kept(batch: Batch) -> str:
    """Why a batch cannot be undone any more, "" where it can."""
    if batch.undone:
        return "已经撤销"
    if batch.what == DECIDED:
        decided = batch.decisions.values("item")
        done = Item.objects.filter(pk__in=decided, status__in=(Status.DONE, Status.SECOND)).exists()
        return "其中有已经办结或者送复核的，不能撤销" if done else ""
    mine = Item.objects.filter(assignee_id=int(batch.detail)).exclude(status=Status.DONE)
    left = any(mine.filter(pk__in=chunk).exists() for chunk in _chunks(batch.items))
    return "" if left else "都已经办结或者改派，没有可以撤销的"


def what_of(batch: Batch) -> str:
    """What a batch decided, in words: 设定罚款 成立 没有依据; earlier batches kept the code of the type, which is told by its name."""
    kind, _, rest = batch.detail.partition(" ")
    return f"{type_name(kind)} {rest}" if _CODE.fullmatch(kind) else batch.detail


def type_name(kind: str) -> str:
    """The name of a type of finding; those of forms and the like, which the rules do not list, are called as their findings are."""
    try:
        return name_of(kind)
    except UsageError:
        found = Finding.objects.filter(type=kind).order_by("-id").first()
        return str(found.content["name"]) if found else kind


def _release(batch: Batch) -> int:
    """Removes the assignee from open items that still have the one of the batch and no decision since."""
    count = 0
    for chunk in _chunks(batch.items):
        touched = Decision.objects.filter(item__in=chunk, made__gt=batch.at).values("item_id")
        mine = Item.objects.filter(pk__in=chunk, assignee_id=int(batch.detail)).exclude(status=Status.DONE)
        count += mine.exclude(pk__in=touched).update(assignee=None, updated=timezone.now())
    return count


def _void(batch: Batch) -> int:
    """Checks that the decisions of a batch may stop counting. Raises `UsageError`."""
    items = sorted(set(batch.decisions.values_list("item", flat=True)))
    done = [pk for chunk in _chunks(items) for pk in _finished(chunk)]
    if done:
        numbers = "、".join(map(str, done[:5]))
        raise UsageError(
            f"其中{len(done)}件已经办结或者送复核（编号{numbers}等），不能整批撤销",
            remedy="请逐件退回，或者逐条改作决定",
        )
    return len(items)


def _finished(keys: list[int]) -> list[int]:
    return list(Item.objects.filter(pk__in=keys, status__in=(Status.DONE, Status.SECOND)).values_list("pk", flat=True))


def finding_types_in(items: "QuerySet[Item]") -> list[tuple[str, str, int]]:
    """The 40 most frequent types of findings in the current versions of open items: type, name, count."""
    open_items = items.exclude(status=Status.DONE).exclude(current=None)
    findings = Finding.objects.filter(version__in=open_items.values("current"), softened=False)
    return common_types(findings, _MAX_TYPES)
