"""Whose document an item is (制定机关), and whether two items are of different organs: then a version is taken up only with a reason."""

from collections.abc import Collection, Iterable

from django.contrib.auth.models import User

from pipeline.review.accounts import Role
from pipeline.review.models import Item, Member, Paper, Version
from pipeline.review.read_once import once


@once
def submitter_of(version: Version) -> User | None:
    """The issuer that handed a version in: as the audit of uploads has it, else the owner of its item; None where it came otherwise."""
    arrived = Paper.objects.filter(item=version.item_id, digest=version.original_id, job__material="")
    paper = arrived.filter(job__by__groups__name=Role.ISSUER).select_related("job__by").order_by("id").first()
    if paper is not None:
        return paper.job.by
    owner = version.item.owner
    return owner if owner is not None and owner.groups.filter(name=Role.ISSUER).exists() else None


@once
def organ_of(user: User | None) -> str:
    """The organ of an account, "" where it has none."""
    found = Member.objects.filter(user=user).values_list("organ", flat=True).first() if user else ""
    return found or ""


def organ_named(item: Item) -> str:
    """The issuers that a person named last in a correction, "" where nobody did."""
    return item.corrections.filter(field="issuers").order_by("-id").values_list("value", flat=True).first() or ""


def handed_in_by(item: Item) -> str:
    """The organ of the issuer that handed in the current version of an item, "" where none did, or it has no organ."""
    owner = item.owner if item.owner is not None and item.owner.groups.filter(name=Role.ISSUER).exists() else None
    return organ_of(submitter_of(item.current) if item.current else owner)


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
