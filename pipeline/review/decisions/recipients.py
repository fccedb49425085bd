"""Whom a review was sent to: a case with versions of two organs is seen by both, and each of them reads what was sent to it."""

from django.contrib.auth.models import User

from pipeline.review.models import Item, Member, Release


def current_release(item: Item) -> Release | None:
    """The release of an item that counts now; None where there is none."""
    found = item.releases.filter(withdrawn=None).select_related("version", "opinion", "annotated", "item")
    return found.order_by("-id").first()


def sent_to(made: Release, user: User) -> bool:
    """Whether a release was sent to an issuer: to whoever handed the case in, and to the organs that its papers name."""
    named = made.opinion.basis.get("issuers")
    organ = Member.objects.filter(user=user).values_list("organ", flat=True).first()
    # papers before 0.11.0 do not say of whom the document was
    return user.pk == made.item.owner_id or named is None or (bool(organ) and organ in str(named).split("、"))


def release_for(item: Item, user: User) -> Release | None:
    """The release that counts now where it was sent to an issuer; None else."""
    made = current_release(item)
    return made if made is not None and sent_to(made, user) else None
