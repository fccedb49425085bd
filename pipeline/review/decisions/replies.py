"""答复: the answers of the issuer to what was sent to it in a case."""

from pipeline.review.models import Item, Reply


def replies_in(item: Item) -> dict[str, Reply]:
    """The latest reply to each finding of the releases of an item that nobody took back, by finding key."""
    sent = Reply.objects.filter(release__item=item, release__taken_back=False)
    return {reply.finding_key: reply for reply in sent.select_related("release__version").order_by("id")}
