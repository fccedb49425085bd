"""Whose document an item is (制定机关), and whether two items are of different organs: then a version is taken up only with a reason."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from pipeline.review.accounts import Role
from pipeline.review.audit.organs import organ_at
from pipeline.review.models import Item, Member, Paper, Version
from pipeline.review.read_once import once


@dataclass(frozen=True, slots=True)
class Submitter:
    """The issuer account that handed something in, and its organ as it was then, "" where it had none."""

    user: User
    organ: str


@once
def submitter_of(version: Version) -> Submitter | None:
    """The issuer that handed a version in: as the uploads have it, else the owner of its item; None where it came otherwise."""
    arrived = Paper.objects.filter(item=version.item_id, digest=version.original_id, job__material="")
    of_issuer = Q(job__by__groups__name=Role.ISSUER) | ~Q(job__by_organ="")
    paper = arrived.filter(of_issuer).select_related("job__by").order_by("id").first()
    if paper is not None:
        job = paper.job
        return Submitter(job.by, job.by_organ or organ_at(job.by.username, job.created))
    return _owner_of(version.item, version.created)


def submitter_in(item: Item) -> Submitter | None:
    """The issuer that handed in the current version of an item, or an item that could not be read yet; None where it came otherwise."""
    return submitter_of(item.current) if item.current else _owner_of(item, item.created or timezone.now())


def _owner_of(item: Item, moment: datetime) -> Submitter | None:
    owner = item.owner
    if owner is None or not owner.groups.filter(name=Role.ISSUER).exists():
        return None
    return Submitter(owner, organ_at(owner.username, moment))


@once
def organ_of(user: User | None) -> str:
    """The organ that an account belongs to now, "" where it has none."""
    found = Member.objects.filter(user=user).values_list("organ", flat=True).first() if user else ""
    return found or ""


def former_organs(item: Item, user: User) -> tuple[str, ...]:
    """The organs for which an account handed in versions of an item, where it belongs to none of them now."""
    mine = Paper.objects.filter(item=item, job__by=user, job__material="").order_by("id")
    organs = dict.fromkeys(organ for organ in mine.values_list("job__by_organ", flat=True) if organ)
    return () if organ_of(user) in organs else tuple(organs)


def organ_named(item: Item) -> str:
    """The issuers that a person named last in a correction, "" where nobody did."""
    return item.corrections.filter(field="issuers").order_by("-id").values_list("value", flat=True).first() or ""


def handed_in_by(item: Item) -> str:
    """The organ of the issuer that handed in the current version of an item, as it was then; "" where none did, or it had no organ."""
    submitter = submitter_in(item)
    return submitter.organ if submitter else ""


def organs_of(item: Item) -> tuple[str, ...]:
    """The issuers that an item names, and the organ of the issuer account that handed it in; () where neither is known."""
    return tuple(dict.fromkeys(organ for organ in (*item.issuers.split("、"), handed_in_by(item)) if organ))


def share_organ(one: Iterable[str], other: Collection[str]) -> bool:
    """Whether two groups of organs have one in common; the shorter name of the same organ counts as it."""
    return any(a.endswith(b) or b.endswith(a) for a in one for b in other)


def different_organs(newcomer: Item, item: Item) -> str:
    """Says in Chinese of which organs two items are, where these are known and have none in common; else "".

    县教育局 and 长河县教育局 are taken as one: a paper does not always name its issuer in full.
    """
    one, other = organs_of(newcomer), organs_of(item)
    if not one or not other or share_organ(one, other):
        return ""
    return f"编号{newcomer.pk}是{'、'.join(one)}的，编号{item.pk}是{'、'.join(other)}的"
