"""Whom a review is sent to: each organ of a case gets a sending of its own, which its accounts read and answer.

An organ without account here gets none with the others: it stays open until somebody records that it was handed over (线下送达).
"""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Q

from pipeline.review.case_tables import rows_in
from pipeline.review.models import Item, Kind, Release
from pipeline.review.queue.organs import handed_in_by, organ_named, organ_of, share_organ, submitter_in, submitter_of
from pipeline.review.read_once import once


@once
def current_releases(item: Item) -> list[Release]:
    """The releases of an item that count now, newest first: one for each organ."""
    found = rows_in(Release, item).filter(withdrawn=None).select_related("version__item", "opinion", "annotated")
    return list(found.order_by("-id"))


def current_release(item: Item) -> Release | None:
    """The latest release of an item that counts now; None where there is none."""
    return next(iter(current_releases(item)), None)


@once
def addressees_of(item: Item) -> tuple[str, ...]:
    """The organs that a review of the current version goes to: its issuers, and that of whoever handed it in; () where neither is known.

    A contract has no issuers, but a person may have named the organ that it is of.
    """
    named = organ_named(item) if item.kind == Kind.CONTRACT else item.issuers
    issuers = [organ for organ in named.split("、") if organ]
    own = handed_in_by(item)
    if own and not share_organ((own,), issuers):
        issuers.append(own)
    return tuple(dict.fromkeys(issuers))


def organs_told(made: Release) -> tuple[str, ...]:
    """The organs that a release was sent to; before 0.14.0 all that its papers name, and that of whoever handed its version in."""
    if made.organs:
        return tuple(made.organs)
    named = str(made.opinion.basis.get("issuers") or "").split("、")
    submitter = submitter_of(made.version)
    return tuple(dict.fromkeys(organ for organ in (*named, submitter.organ if submitter else "") if organ))


@once
def not_told(item: Item) -> tuple[str, ...]:
    """The organs that the review was not sent to since it was finished."""
    since = [made for made in current_releases(item) if item.finished_at is None or made.made >= item.finished_at]
    told = {organ for made in since for organ in organs_told(made)}
    return tuple(organ for organ in addressees_of(item) if not share_organ((organ,), told))


def replaces(made: Release, before: Release) -> bool:
    """Whether a release takes the place of an earlier one: it does where both were sent to the same organ, or one to nobody known."""
    told, told_before = organs_told(made), organs_told(before)
    return not told or not told_before or share_organ(told, told_before)


def sent_to(made: Release, user: User) -> bool:
    """Whether a release was sent to an issuer: to its organ, or to it as the one who handed the version in.

    Who handed it in did so for the organ of then, which may be none or bear a longer name; it stays so where the account belongs to
    another organ since, whose other accounts read nothing by that.
    """
    own, submitter = organ_of(user), submitter_of(made.version)
    submitted = submitter is not None and submitter.user == user
    if made.organs:
        then = submitter.organ if submitter else ""
        named = share_organ((then,), made.organs) if then else not made.offline
        return own in made.organs or (submitted and named)
    told = made.opinion.basis.get("issuers")
    # papers before 0.11.0 do not say of whom the document was
    return submitted or told is None or (bool(own) and own in str(told).split("、"))


def readers_in(item: Item, organs: Iterable[str]) -> set[User]:
    """The active accounts that would read a review of the current version which is sent to some organs."""
    organs = list(organs)
    submitter = submitter_in(item)
    reads = submitter is not None and (not submitter.organ or not organs or share_organ((submitter.organ,), organs))
    found = Q(member__organ__in=organs) | Q(pk=submitter.user.pk if reads and submitter else None)
    return set(User.objects.filter(found, groups__name="制定机关", is_active=True))


def receivers_of(item: Item) -> set[User]:
    """The active accounts that read a review of the current version: whoever handed it in, and those of its issuers."""
    return readers_in(item, addressees_of(item))


def read_by(made: Release) -> set[User]:
    """The active accounts of issuers that read a release."""
    submitter = submitter_of(made.version)
    own = Q(member__organ__in=organs_told(made)) | Q(pk=submitter.user.pk if submitter else None)
    return {user for user in User.objects.filter(own, groups__name="制定机关", is_active=True) if sent_to(made, user)}


def release_for(item: Item, user: User) -> Release | None:
    """The release that counts now where it was sent to an issuer; None else."""
    return next((made for made in current_releases(item) if sent_to(made, user)), None)
