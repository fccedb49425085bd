"""成批处理: one action on many items, shown before it is done, never over a person's decision, and undone as a whole."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import shown_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.agreement import standing
from pipeline.review.decisions.workflow import common_types
from pipeline.review.models import Batch, Decision, Finding, Item, Status, Verdict

ASSIGNED, DECIDED = "指派", "决定"
_MANY, _MOST_KINDS = 2_000, 40


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a bulk change would do or did: how many items, and by status before."""

    count: int
    before: dict[str, int]


def preview(items: "QuerySet[Item]") -> Bulk:
    """What a bulk assignment would touch."""
    before = Counter(dict(items.values_list("status").annotate(n=Count("id"))))
    return Bulk(sum(before.values()), dict(before))


def assign_all(items: "QuerySet[Item]", to: User, *, by: User) -> Batch:
    """Assigns all items of a filter that nobody has; what a person has already is left alone."""
    with transaction.atomic():
        free = list(items.filter(assignee=None).values_list("pk", flat=True))
        for some in _slices(free):
            Item.objects.filter(pk__in=some, assignee=None).update(assignee=to, updated=timezone.now())
        note(by.username, "成批指派", None, f"{len(free)}件给{to.username}")
        return Batch.objects.create(what=ASSIGNED, detail=str(to.pk), by=by.username, items=free)


def _slices(keys: list[int]) -> Iterator[list[int]]:
    return (keys[at : at + _MANY] for at in range(0, len(keys), _MANY))


def undecided(items: "QuerySet[Item]", kind: str) -> "QuerySet[Finding]":
    """The findings of a type in the current versions of items, on which nobody has decided."""
    open_items = items.exclude(status=Status.DONE).exclude(current=None)
    findings = Finding.objects.filter(version__in=open_items.values("current"), type=kind, softened=False)
    decided = standing().filter(version=OuterRef("version"), finding_key=OuterRef("key"))
    return findings.exclude(Exists(decided))


def decide_all(items: "QuerySet[Item]", kind: str, told: tuple[str, str], *, by: User) -> Batch:
    """One verdict with its comment (`told`) on every finding of a type that is undecided. Raises `UsageError`."""
    verdict, comment = told
    if verdict not in Verdict.values:
        raise UsageError(f"没有“{verdict}”这种决定", remedy=f"请选{'、'.join(Verdict.values)}之一")
    if not comment.strip():
        raise UsageError("成批决定没有写明理由", remedy="请填写意见，它将记在每一条决定上")
    with transaction.atomic():
        found = list(undecided(items, kind).values_list("version__item_id", "version_id", "key"))
        ids = sorted({item for item, _, _ in found})
        batch = Batch.objects.create(
            what=DECIDED, detail=f"{kind} {verdict} {comment}"[:500], by=by.username, items=ids
        )
        name = shown_name(by)
        Decision.objects.bulk_create(
            (
                Decision(
                    item_id=item, version_id=version, finding_key=key, verdict=verdict, comment=comment, reviewer=name, batch=batch
                )
                for item, version, key in found
            ),
            batch_size=_MANY,
        )  # fmt: skip
        note(by.username, "成批决定", None, f"{kind} {verdict} {len(found)}条，{len(ids)}件：{comment}"[:500])
    return batch


def undo(batch: Batch, *, by: User) -> int:
    """Takes a batch back and returns how many items that concerned; what people changed since stays.

    Raises `UsageError` if it was undone before. An item that was finished since keeps its decisions: the batch
    cannot be undone then, and the error names such items.
    """
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.undone:
            raise UsageError("这次成批处理已经撤销过", remedy="请刷新后查看")
        count = _release(batch) if batch.what == ASSIGNED else _void(batch)
        batch.undone = timezone.now()
        batch.save(update_fields=["undone"])
        note(by.username, "撤销成批", None, f"第{batch.pk}次{batch.what}，{count}件")
    return count


def _release(batch: Batch) -> int:
    """Items that still lie with the person they were given to, and untouched by a decision since, are free again."""
    count = 0
    for some in _slices(batch.items):
        touched = Decision.objects.filter(item__in=some, made__gt=batch.at).values("item_id")
        mine = Item.objects.filter(pk__in=some, assignee_id=int(batch.detail)).exclude(status=Status.DONE)
        count += mine.exclude(pk__in=touched).update(assignee=None, updated=timezone.now())
    return count


def _void(batch: Batch) -> int:
    done = [pk for some in _slices(batch.items) for pk in _finished(some)]
    if done:
        told = "、".join(map(str, done[:5]))
        raise UsageError(
            f"其中{len(done)}件已经办结或者送复核（编号{told}等），不能整批撤销", remedy="请逐件退回，或者逐条改作决定"
        )
    return len(batch.items)


def _finished(keys: list[int]) -> list[int]:
    return list(Item.objects.filter(pk__in=keys, status__in=(Status.DONE, Status.SECOND)).values_list("pk", flat=True))


def kinds_in(items: "QuerySet[Item]") -> list[tuple[str, str, int]]:
    """The types of findings in the current versions of items, most frequent first: type, name, count."""
    open_items = items.exclude(status=Status.DONE).exclude(current=None)
    findings = Finding.objects.filter(version__in=open_items.values("current"), softened=False)
    return common_types(findings, _MOST_KINDS)
