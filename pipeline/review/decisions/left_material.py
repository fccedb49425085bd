"""Answers to points of a checklist that rest on material which belongs to another case since a version was split off (拆出)."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.review.audit.chain import note
from pipeline.review.decisions.checklists import answered_points
from pipeline.review.models import Item, Material
from pipeline.review.queue.splits import OPEN_AGAIN


def open_again(item: Item, elsewhere: Iterable[Material], user: User) -> list[str]:
    """Sets the answers in an item aside that rest on material `elsewhere`, which is in another one now, and returns the points in words.

    Only those are that were given when it was in the case already; they are kept.
    """
    elsewhere = list(elsewhere)
    resting = [
        (point, made)
        for point, made in answered_points(item)
        if made and any(one.kind in point.material and one.made <= made.made for one in elsewhere)
    ]
    if not resting:
        return []
    keys, now = [point.key for point, _ in resting], timezone.now()
    item.checks.filter(point__in=keys, set_aside=None).update(set_aside=now)
    told = [point.says for point, _ in resting]
    note(user.username, OPEN_AGAIN, item.pk, f"所依据的材料不在本件：{'；'.join(told)}"[:500])
    return told
