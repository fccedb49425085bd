"""Whom a review is sent to: a case with versions of two organs is seen by both, and each of them reads what was sent to it."""

from django.contrib.auth.models import User
from django.db.models import Q

from pipeline.review.models import Item, Member, Release
from pipeline.review.queue.organs import submitter_of


def current_release(item: Item) -> Release | None:
    """The release of an item that counts now; None where there is none."""
    found = item.releases.filter(withdrawn=None).select_related("version__item", "opinion", "annotated")
    return found.order_by("-id").first()


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


def release_for(item: Item, user: User) -> Release | None:
    """The release that counts now where it was sent to an issuer; None else."""
    made = current_release(item)
    return made if made is not None and sent_to(made, user) else None
