"""版本: a document that may be a new version of another is taken up as one, or kept separate, by a person; and the way back.

The versions of an item are numbered in the order in which they were taken up; the last one is current. Nothing is deleted: what was
decided on an earlier version stays with it, and a version that was taken up by mistake becomes an item of its own again.
"""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.access import check_may_reopen, clean, locked
from pipeline.review.decisions.case_steps import Reviewed, reviewed
from pipeline.review.decisions.contradictions import blocking
from pipeline.review.decisions.left_material import open_again
from pipeline.review.decisions.marks import refresh_marks
from pipeline.review.decisions.notices import TakenUp, chiefs, notify, people_of, tell_of_split, tell_of_taken_up
from pipeline.review.decisions.recipients import replaces
from pipeline.review.models import (
    Amendment,
    AuditEntry,
    Check,
    Conclusion,
    Correction,
    Decision,
    Explanation,
    Item,
    Job,
    Material,
    Occurrence,
    Paper,
    Release,
    Status,
    Version,
)
from pipeline.review.queue.findings import apply_amendments, carry_raised, count_alarms
from pipeline.review.queue.organs import different_organs
from pipeline.review.queue.splits import LEFT_FROM, NOT_RESTORED, RESTORED, SPLIT_OFF
from pipeline.review.queue.store import Outcome, describe_again
from pipeline.review.queue.subjects import set_aside_outdated
from pipeline.review.queue.workdays import due_day
from pipeline.review.search.index import forget_body, index_bodies, index_heads

# how far the review of an item is
_REVIEW = ("status", "reviewed_by", "reviewed_at", "second_by", "finished_at")
# what a person has done in an item, by related name
_WORK = ("decisions", "conclusions", "checks", "amendments", "explanations", "releases", "materials", "corrections")


def propose(newcomer: Item, number: int, user: User) -> Item:
    """Proposes, by a person's word, that an item is a new version of the item with a number. Raises `UsageError`."""
    with transaction.atomic():
        newcomer, rival = _locked_pair(
            newcomer, Item.objects.filter(pk=number).first(), f"没有编号为{number}的另一件文件"
        )
        check_may_be_version(newcomer, user)
        _check_proposal(newcomer, rival)
        if rival.current is None:
            raise UsageError(f"编号{number}还没有读出内容", remedy="请待识别后再指明")
        _propose(newcomer, rival, f"由{display_name(user)}指明")
        note(user.username, "指明新版本", newcomer.pk, f"可能是编号{rival.pk}的新版本")
    return rival


def _locked_pair(one: Item, other: Item | None, absent: str) -> tuple[Item, Item]:
    """Two items read anew and held, in the order of their numbers, so that two people cannot wait for each other."""
    if other is None or other.pk == one.pk:
        raise UsageError(absent, remedy="请核对编号")
    first, second = sorted((one, other), key=lambda item: item.pk)
    held = {item.pk: item for item in (locked(first), locked(second))}
    return held[one.pk], held[other.pk]


def check_may_be_version(newcomer: Item, user: User) -> None:
    """Raises `UsageError` where an item cannot become a version of any other: it has no text, is finished or public, another person has it,
    or somebody did something in it, which would be left without its case.
    """
    if newcomer.current is None:
        raise UsageError(f"编号{newcomer.pk}还没有读出内容，不能作为新版本", remedy="请待识别后再选择")
    if newcomer.status == Status.DONE or newcomer.public:
        raise UsageError(f"编号{newcomer.pk}已经办结，不能并入另一件", remedy="需要的话，请主审重新打开")
    check_may_reopen(newcomer, user)
    if worked_on(newcomer):
        raise UsageError(
            f"编号{newcomer.pk}已经有人作过决定、核对或者更正，或者有材料，不能并入另一件",
            remedy="请选“各自独立”，或者先在该件上办理完毕",
        )


def check_may_take_up(newcomer: Item, user: User) -> None:
    """Raises `UsageError` where `newcomer` cannot be taken up by a person as the next version of the item that it is proposed for."""
    if newcomer.rival is None:
        raise UsageError("这件没有等待选择的版本关系", remedy="请核对编号")
    check_may_be_version(newcomer, user)
    _check_proposal(newcomer, newcomer.rival)
    check_may_reopen(newcomer.rival, user)


def _check_proposal(newcomer: Item, rival: Item) -> None:
    """Raises `UsageError` where an item waits for a choice itself: the chain would close."""
    if rival.rival_id is not None:
        raise UsageError(f"编号{rival.pk}自己还在等待选择是不是新版本", remedy=f"请先处理编号{rival.pk}")


def hand_in(newcomer: Item, case: Item, user: User) -> None:
    """Proposes a newly read item as the next version of the case for which it was handed in, and tells those who work on that case.

    Does nothing where it is that case, or has been worked on: it was in the queue before.
    """
    with transaction.atomic():
        if newcomer.pk == case.pk or newcomer.status == Status.DONE or newcomer.public or worked_on(newcomer):
            return
        _propose(newcomer, case, f"由{display_name(user)}作为编号{case.pk}的下一稿提交")
        note(user.username, "提交下一稿", case.pk, f"编号{newcomer.pk}")
        told = f"{display_name(user)}为编号{case.pk}《{case.title}》提交了下一稿（编号{newcomer.pk}），请选择是否接收"
        notify((people_of(case) | (chiefs() if case.status == Status.DONE else set())) - {user}, case, told)


def worked_on(item: Item) -> bool:
    """Whether a person decided, answered, concluded, corrected, raised or changed something in an item, sent it or added material."""
    return any(getattr(item, name).exists() for name in _WORK)


def _propose(newcomer: Item, rival: Item, reason: str) -> None:
    """Sets what an item is proposed for, and the marks of all concerned, also of the item that it was proposed for before."""
    before = newcomer.rival
    newcomer.rival, newcomer.rival_reason = rival, reason
    newcomer.save(update_fields=["rival", "rival_reason", "updated"])
    refresh_marks(newcomer, rival, *([before] if before is not None and before.pk != rival.pk else []))


def keep_separate(newcomer: Item, user: User) -> None:
    """Decides that an item is no new version of the proposed one. Raises `UsageError` where none is proposed, or another person has it."""
    with transaction.atomic():
        newcomer, rival = _locked_pair(newcomer, newcomer.rival, "这件没有等待选择的版本关系")
        check_may_reopen(newcomer, user)
        newcomer.rival, newcomer.rival_reason = None, ""
        newcomer.save(update_fields=["rival", "rival_reason", "updated"])
        refresh_marks(newcomer, rival)
        Paper.objects.filter(item=newcomer, message=Outcome.PROPOSED).update(message=Outcome.NEW)
        note(user.username, "各自独立", newcomer.pk, f"不是编号{rival.pk}的新版本")


def take_up(newcomer: Item, user: User, reason: str) -> Item:
    """Makes the version of `newcomer` the current version of the item it was proposed for, and returns that item.

    The item goes back to 待审; a finished or second-read one needs a `reason`, and so does one of another organ. Those who worked on it are told. Raises `UsageError`
    where none is proposed, where `newcomer` has no text yet or has been worked on, where another person has one of both, and where
    the reason is missing.
    """
    reason = clean(reason)
    with transaction.atomic():
        newcomer, item = _locked_pair(locked(newcomer), newcomer.rival, "这件没有等待选择的版本关系")
        if newcomer.rival_id != item.pk:
            raise UsageError("版本关系已由别人改动", remedy="请刷新后查看")
        newcomer.rival = item
        check_may_take_up(newcomer, user)
        if (differ := different_organs(newcomer, item)) and not reason:
            raise UsageError(
                f"{differ}，接收以后两个机关都能看到这一件",
                remedy="请核对是不是同一文件；确实是的，请写明理由，不是的请选“各自独立”",
            )
        if item.status in (Status.DONE, Status.SECOND) and not reason:
            raise UsageError(f"编号{item.pk}{item.status}，接收新版本就是重新审查", remedy="请写明重新审查的理由")
        number, taken = newcomer.pk, TakenUp.of(newcomer, item)
        _merge(newcomer, item)
        sequence = item.current.sequence if item.current else 0
        note(user.username, "接收新版本", item.pk, f"第{sequence}版（原编号{number}）{reason and '：' + reason}"[:500])
        tell_of_taken_up(item, taken, user, reason)
    return item


def merged_into(number: int) -> int | None:
    """The item in which the version is now that was an item with a number once; None where that is in the queue itself, or never was.

    It may have left the case that it was merged into, as an item with a new number, and that one may have been merged in turn.
    """
    if Item.objects.filter(pk=number).exists():
        return None
    entry = AuditEntry.objects.filter(what="接收新版本", detail__contains=f"（原编号{number}）").order_by("-id").first()
    if entry is None:
        return None
    version = entry.detail.partition("（")[0]
    split = AuditEntry.objects.filter(
        what=SPLIT_OFF, item=entry.item, pk__gt=entry.pk, detail__startswith=f"{version}另立为编号"
    )
    left = split.order_by("id").first()
    found = int(left.detail.partition("编号")[2].partition("：")[0]) if left else entry.item
    return found if found is None or Item.objects.filter(pk=found).exists() else merged_into(found)


def _merge(newcomer: Item, item: Item) -> None:
    """Moves the versions of `newcomer` to `item`, makes its current one current there, and removes the emptied entry."""
    before, current = item.current, newcomer.current
    last = item.versions.aggregate(last=Max("sequence"))["last"] or 0
    for number, version in enumerate(newcomer.versions.order_by("sequence"), last + 1):
        version.item, version.sequence = item, number
        version.save(update_fields=["item", "sequence"])
    for model in (Occurrence, Paper, Job):
        field = "case" if model is Job else "item"
        model._default_manager.filter(**{field: newcomer}).update(**{field: item})
    newcomer.newcomers.update(rival=item)
    newcomer.delete()
    item.name, item.status, item.reason = newcomer.name, Status.PENDING, ""
    if current is not None:
        forget_body(current.pk, current.text)
    _make_current(item, current, before)


def _make_current(item: Item, version: Version | None, before: Version | None) -> None:
    """Makes a version that is not in the index current: facts, findings that people raised or changed, alarms, index; decisions stay."""
    item.current = version
    item.reviewed_by, item.reviewed_at, item.second_by, item.finished_at = "", None, "", None
    if version is not None:
        version = item.current = Version.objects.get(pk=version.pk)
        if before is not None and before.item_id == item.pk:
            carry_raised(before.findings.exclude(raised_by=""), version)
        apply_amendments(version)
        set_aside_outdated(item)
        describe_again(item, version)
        count_alarms(item)
    item.save()
    if before is not None:
        forget_body(before.pk, before.text)
    if version is not None:
        index_heads([item])
        index_bodies([(version.pk, version.text)])
    refresh_marks(item)


def _restore_release(item: Item) -> None:
    """The last sending to each organ that nobody took back counts again, where the one that took its place left with a version."""
    counting: list[Release] = []
    for made in item.releases.filter(taken_back=False).select_related("version__item", "opinion").order_by("-id"):
        if not any(replaces(later, made) for later in counting):
            counting.append(made)
    item.releases.filter(pk__in=[made.pk for made in counting]).update(withdrawn=None)


def split_off(item: Item, user: User, reason: str, *, materials: Collection[int] = ()) -> Item:
    """The way back: makes the current version of an item an item of its own, with what was decided on it; returns the new item.

    The version before becomes current again. The review of each of both is as far as it was with its version, unless something
    contradicts now. The new item belongs to whoever handed its file in. `materials` are the numbers of those that go with the version; the others stay. Raises `UsageError`
    for an item with one version, and for a blank reason.
    """
    reason = clean(reason)
    if not reason:
        raise UsageError("没有写明理由", remedy="请填写拆出这一版的理由")
    with transaction.atomic():
        item = locked(item)
        check_may_reopen(item, user)
        version = item.current
        before = item.versions.exclude(pk=version.pk).order_by("-sequence").first() if version else None
        if version is None or before is None:
            raise UsageError("这件只有一个版本，没有可以拆出的", remedy="请刷新后查看版本")
        if item.public and item.public_version_id == version.pk:
            raise UsageError("这一版正在公开，不能拆出", remedy="请主审先撤回公开")
        number, leaving = version.sequence, _review_of(item)
        separate = _separated(item, version)
        separate.save()
        version.item, version.sequence = separate, 1
        version.save(update_fields=["item", "sequence"])
        for arrived in (Paper.objects.filter(digest=version.original_id), version.original.occurrences.all()):
            arrived.filter(item=item).update(item=separate)
        for model in (Decision, Conclusion, Release, Amendment, Explanation, Check, Correction):
            model._default_manager.filter(item=item, version=version).update(item=separate)
        parted = _part_material(item, separate, materials)
        _restore_release(item)
        item.name, item.status = before.name or item.name, Status.PENDING
        _make_current(item, before, version)
        _make_current(separate, version, None)
        note(user.username, SPLIT_OFF, item.pk, f"第{number}版另立为编号{separate.pk}：{reason}"[:500])
        note(user.username, SPLIT_OFF, separate.pk, f"{LEFT_FROM}{item.pk}的第{number}版另立：{reason}"[:500])
        _open_points_again(parted, user)
        _tell_people_of_split(item, separate, reason, _restore_reviews(item, separate, leaving, user), user)
        tell_of_split(item, separate, number, user)
    return separate


def _part_material(item: Item, separate: Item, materials: Collection[int]) -> tuple[tuple[Item, list[Material]], ...]:
    """Moves the chosen material of an item to the one that leaves; returns of both what is in the other one then."""
    stay, leave = (
        list(found) for found in (item.materials.exclude(pk__in=materials), item.materials.filter(pk__in=materials))
    )
    item.materials.filter(pk__in=materials).update(item=separate)
    return (separate, stay), (item, leave)


def _open_points_again(parted: Iterable[tuple[Item, list[Material]]], user: User) -> None:
    for item, elsewhere in parted:
        open_again(item, elsewhere, user)


def _tell_people_of_split(item: Item, separate: Item, reason: str, restored: str, user: User) -> None:
    told = f"编号{item.pk}《{item.title}》的新版本由{display_name(user)}拆出，另立为编号{separate.pk}：{reason}"
    words = f"{told.rstrip('。')}。{restored}" if restored else told
    notify((people_of(item) | people_of(separate)) - {user}, item, words)


def _restore_reviews(item: Item, separate: Item, leaving: Reviewed, user: User) -> str:
    """Puts both items of a split back to how far the reviews of their versions were, and says so in words."""
    before = f"在编号{item.pk}时{leaving.status}，另立后"
    told = _restore_review(item, reviewed(item), user), _restore_review(separate, leaving, user, before=before)
    return "；".join(filter(None, told))


def _review_of(item: Item) -> Reviewed:
    """How far the review of an item is."""
    return Reviewed(Status(item.status), *(getattr(item, name) for name in _REVIEW[1:]))


def _restore_review(item: Item, review: Reviewed, user: User, *, before: str = "") -> str:
    """Puts an item back to how far the review of its current version was; says so in words, "" where it was not finished.

    A review that was finished stays 待审 where something contradicts now, and the words say what. `before` says where that was.
    """
    if review.status == Status.PENDING or item.current is None:
        return ""
    left = blocking(item)
    undone = f"，须重新审查：{left[0].says}" if left else ""
    words = f"{'编号' + str(item.pk) if before else ''}第{item.current.sequence}版{before}{NOT_RESTORED if left else '恢复为'}{review.status}{undone}"
    if not left:
        for name in _REVIEW:
            setattr(item, name, getattr(review, name))
        item.save()
    note(user.username, RESTORED, item.pk, words[:500])
    return words


def _separated(item: Item, version: Version) -> Item:
    """A new item, not saved, for a version that leaves an item: of whoever handed that file in, of the kind that it was handed in as.

    It keeps the kind of the case where somebody answered or concluded on that version. Its days count from its own arrival.
    """
    paper = Paper.objects.filter(item=item, digest=version.original_id).select_related("job").order_by("id").first()
    judged = version.checks.exists() or version.conclusions.exists()
    kind = paper.job.kind if paper and not judged else item.kind
    arrived = paper.job.created if paper else version.created
    due = due_day(kind, timezone.localdate(arrived)) if paper or item.due else None
    return Item(name=version.name, kind=kind, owner=paper.job.by if paper else None, due=due)
