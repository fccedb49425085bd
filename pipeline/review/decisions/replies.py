"""答复: the answers of the issuers to what was sent to them in a case."""

from collections import defaultdict
from collections.abc import Sequence

from pipeline.review.case_tables import rows_in
from pipeline.review.models import Item, Release, Reply


def replies_in(item: Item) -> dict[str, Sequence[tuple[str, Reply]]]:
    """The latest reply of each organ to each finding of the releases of an item that nobody took back, by finding key; with the organ, "" where it has none."""
    released = rows_in(Release, item).filter(taken_back=False)
    if released.query.is_empty():
        return {}
    found: defaultdict[str, dict[str, Reply]] = defaultdict(dict)
    sent = Reply.objects.filter(release__in=released)
    for reply in sent.select_related("release__version").order_by("id"):
        found[reply.finding_key][organ_that_answered(reply)] = reply
    return {key: list(by_organ.items()) for key, by_organ in found.items()}


def organ_that_answered(reply: Reply) -> str:
    """The organ whose answer a reply is: that of the release; before 0.14.0 of the account as it was then, "" for one that a reviewer entered."""
    return "、".join(reply.release.organs) or reply.organ
