"""What an issuer (制定机关) sees of the queue: its own files and how far their review is, nothing of the machine's findings."""

from dataclasses import replace

from django.contrib.auth.models import User

from pipeline.review.decisions.marks import is_answered
from pipeline.review.decisions.recipients import release_for
from pipeline.review.models import Item, Mark, Status
from pipeline.review.queue.filters import Filter

_WORDS = {Status.PENDING: "审查中", Status.SECOND: "审查中", Status.WAITING: "等待识别", Status.DONE: "已办结"}
# the fields of a filter that tell nothing of risk, alarms or people
_OPEN = ("q", "whole", "kind", "genre", "year", "issuer", "place")


def issuer_state(item: Item, user: User) -> str:
    """The state of an item in words for an issuer: 等待识别, 等待审查, 审查中, 审查意见已送达, 已答复，等待处理 or 已办结.

    A review that was sent counts for the version that it is about, and until the case is opened again.
    """
    marked = item.status == Status.DONE and {Mark.ANSWERED, Mark.RELEASED} & set(item.marks.split())
    made = release_for(item, user) if marked else None
    if made is not None and made.version_id == item.current_id:
        return "已答复，等待处理" if is_answered(made) else "审查意见已送达"
    if item.status == Status.PENDING and item.assignee_id is None:
        return "等待审查"
    return _WORDS[Status(item.status)]


def open_to_issuers(chosen: Filter) -> Filter:
    """A filter without the fields by which an issuer could learn of risk, alarms, validity or reviewers; newest first."""
    return replace(Filter(sort="new"), **{name: getattr(chosen, name) for name in _OPEN})
