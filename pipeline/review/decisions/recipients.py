"""Whom a review is sent to: a case with versions of two organs is seen by both, and each of them reads what was sent to it."""

from django.contrib.auth.models import User
from django.db.models import Q

from pipeline.review.models import Item, Member, Release
from pipeline.review.queue.organs import share_organ, submitter_of


def current_releases(item: Item) -> list[Release]:
    """The releases of an item that count now, newest first: one for each organ that a version of it came from."""
    found = item.releases.filter(withdrawn=None).select_related("version__item", "opinion", "annotated")
    return list(found.order_by("-id"))


def current_release(item: Item) -> Release | None:
    """The latest release of an item that counts now; None where there is none."""
    return next(iter(current_releases(item)), None)


def organs_told(made: Release) -> tuple[str, ...]:
    """The organs that a release was sent to: those that its papers name, and that of whoever handed its version in; () where neither is known."""
    submitter = submitter_of(made.version)
    organ = Member.objects.filter(user=submitter).values_list("organ", flat=True).first() if submitter else None
    named = str(made.opinion.basis.get("issuers") or "").split("、")
    return tuple(dict.fromkeys(one for one in (*named, organ) if one))


def replaces(made: Release, before: Release) -> bool:
    """Whether a release takes the place of an earlier one: it does where both were sent to the same organ, or one to nobody known."""
    told, told_before = organs_told(made), organs_told(before)
    return not told or not told_before or share_organ(told, told_before)


def sent_to(made: Release, user: User) -> bool:
    """Whether a release was sent to an issuer: to whoever handed its version in, and to the organs that its papers name."""
    named = made.opinion.basis.get("issuers")
    organ = Member.objects.filter(user=user).values_list("organ", flat=True).first()
    # papers before 0.11.0 do not say of whom the document was
    return user == submitter_of(made.version) or named is None or (bool(organ) and organ in str(named).split("、"))


def receivers_of(item: Item) -> set[User]:
    """The active accounts that read a review of the current version: whoever handed it in, and those of its issuers."""
    organs = [organ for organ in item.issuers.split("、") if organ]
    submitter = submitter_of(item.current) if item.current else item.owner
    own = Q(member__organ__in=organs) | Q(pk=submitter.pk if submitter else None)
    return set(User.objects.filter(own, groups__name="制定机关", is_active=True))


def read_by(made: Release) -> set[User]:
    """The active accounts of issuers that read a release."""
    submitter = submitter_of(made.version)
    own = Q(member__organ__in=organs_told(made)) | Q(pk=submitter.pk if submitter else None)
    return {user for user in User.objects.filter(own, groups__name="制定机关", is_active=True) if sent_to(made, user)}


def release_for(item: Item, user: User) -> Release | None:
    """The release that counts now where it was sent to an issuer; None else."""
    return next((made for made in current_releases(item) if sent_to(made, user)), None)
