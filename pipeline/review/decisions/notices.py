"""通知: tells the people of a case, on the desk, what happened in it; each notice is kept until its reader has seen it."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pipeline.review.accounts import display_name
from pipeline.review.models import AuditEntry, Decision, Item, Material, Notice, Paper, Status
from pipeline.review.output.titles import in_marks

# words of every notice that asks for a ruling (裁定)
DISPUTE = "有发现意见不同，需要裁定"


def notify(users: Iterable[User], item: Item | None, words: str) -> None:
    """Writes a notice to each of some accounts; the title of the item in it gets title marks as they are set (GB/T 15834)."""
    if item is not None:
        words = words.replace(f"《{item.title}》", in_marks(item.title))
    Notice.objects.bulk_create(Notice(user=user, item=item, words=words[:1000]) for user in users)


def people_of(item: Item) -> set[User]:
    """The active accounts that have a part in a case: its reviewer, first and second readers, all who decided, concluded or sent the review.

    The readers are those of earlier versions too.
    """
    names = {item.reviewed_by, item.second_by}
    for related in (item.decisions, item.conclusions, item.releases):
        names |= set(related.values_list("account", flat=True))
    finished = AuditEntry.objects.filter(item=item.pk, what__in=("送复核", "办结"))
    names |= set(finished.values_list("who", flat=True))
    found = set(User.objects.filter(username__in=names - {""}, is_active=True))
    return found | ({item.assignee} if item.assignee and item.assignee.is_active else set())


def chiefs() -> set[User]:
    """The active accounts in the role 主审."""
    from pipeline.review.accounts import Role

    return set(User.objects.filter(groups__name=Role.CHIEF, is_active=True))


def issuers_of(item: Item) -> set[User]:
    """The active accounts of issuers that see a case: its owner, whoever handed in a version, and accounts whose organ is among its issuers
    or handed in a version.
    """
    handed_in = Paper.objects.filter(item=item, job__material="")
    organs = {*item.issuers.split("、"), *handed_in.values_list("job__by_organ", flat=True)} - {""}
    own = Q(pk=item.owner_id) | Q(member__organ__in=organs) | Q(pk__in=handed_in.values("job__by"))
    return set(User.objects.filter(own, groups__name="制定机关", is_active=True))


def tell_of_material(material: Material) -> None:
    """Tells the people of a case, the 主审 where it has none, that material was handed in for it."""
    item = material.item
    told = {user for user in people_of(item) or chiefs() if user.username != material.account}
    kind = material.get_kind_display()
    notify(told, item, f"{material.by}为编号{item.pk}《{item.title}》提交了材料：{kind}《{material.name}》")


def tell_of_ruling(item: Item, name: str, before: Iterable[Decision], ruling: Decision) -> None:
    """Tells those whose decisions on a finding (called `name`) differed how it was ruled."""
    told = set(
        User.objects.filter(username__in={made.account for made in before} - {ruling.account, ""}, is_active=True)
    )
    words = (
        f"编号{item.pk}《{item.title}》中“{name}”的分歧由{ruling.reviewer}裁定为“{ruling.verdict}”：{ruling.comment}"
    )
    notify(told, item, words)


def tell_of_set_aside(item: Item, name: str, outdated: Iterable[Decision], why: str) -> None:
    """Tells the authors of decisions on a finding (called `name` before) that these no longer count, and why."""
    told = set(User.objects.filter(username__in={made.account for made in outdated} - {""}, is_active=True))
    notify(told, item, f"编号{item.pk}《{item.title}》中您对“{name}”的决定不再作数，请重新决定。{why}")


def tell_of_taken_up(item: Item, user: User) -> None:
    """Tells the issuer of a case that its next version was taken up by `user`."""
    sequence = item.current.sequence if item.current else 1
    told = issuers_of(item) - {user}
    notify(told, item, f"《{item.title}》的新一稿已由{display_name(user)}接收为第{sequence}版，将重新审查")


def tell_of_split(item: Item, separate: Item, number: int, user: User) -> None:
    """Tells the issuers that version `number` of a case left it and is a case of its own, each of what it may see."""
    staying, leaving = issuers_of(item), issuers_of(separate)
    who = display_name(user)
    again = f"第{item.current.sequence if item.current else 1}版恢复为审查的版本{'，审查已办结' if item.status == Status.DONE else ''}"
    told = f"《{item.title}》的第{number}版由{who}拆出，不再是这件的新一稿；{again}"
    notify(staying - {user}, item, told)
    state = "审查已办结" if separate.status == Status.DONE else "单独审查"
    notify(leaving - {user}, separate, f"《{separate.title}》由{who}另立为编号{separate.pk}，{state}")


def unseen(user: User) -> "QuerySet[Notice]":
    """The notices that an account has not seen, newest first."""
    return Notice.objects.filter(user=user, seen=None).select_related("item").order_by("-id")


def latest(user: User) -> "QuerySet[Notice]":
    """The last 200 notices of an account, those it has not seen first."""
    found = Notice.objects.filter(user=user).select_related("item")
    return found.order_by(F("seen").desc(nulls_first=True), "-id")[:200]


def mark_seen(user: User, notices: Iterable[int] | None = None) -> None:
    """Marks notices of an account as seen: those with the given numbers, or all."""
    found = Notice.objects.filter(user=user, seen=None)
    (found if notices is None else found.filter(pk__in=list(notices))).update(seen=timezone.now())
