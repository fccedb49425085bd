"""通知: tells the people of a case, on the desk, what happened in it; each notice is kept until its reader has seen it."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pipeline.review.models import Item, Notice


def notify(users: Iterable[User], item: Item | None, words: str) -> None:
    """Writes a notice to each of some accounts."""
    Notice.objects.bulk_create(Notice(user=user, item=item, words=words[:1000]) for user in users)


def people_of(item: Item) -> set[User]:
    """The active accounts that have a part in a case: its reviewer, first and second reader, all who decided or concluded."""
    names = {item.reviewed_by, item.second_by}
    for related in (item.decisions, item.conclusions):
        names |= set(related.values_list("account", flat=True))
    found = set(User.objects.filter(username__in=names - {""}, is_active=True))
    return found | ({item.assignee} if item.assignee and item.assignee.is_active else set())


def chiefs() -> set[User]:
    """The active accounts in the role 主审."""
    from pipeline.review.accounts import Role

    return set(User.objects.filter(groups__name=Role.CHIEF, is_active=True))


def issuers_of(item: Item) -> set[User]:
    """The active accounts of the issuer of a case: its owner, and accounts whose organ is among its issuers."""
    organs = [organ for organ in item.issuers.split("、") if organ]
    own = Q(pk=item.owner_id) | Q(member__organ__in=organs)
    return set(User.objects.filter(own, groups__name="制定机关", is_active=True))


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
