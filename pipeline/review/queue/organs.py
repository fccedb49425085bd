"""Whose document an item is (制定机关), and whether two items are of different organs: then a version is taken up only with a reason."""

from pipeline.review.accounts import Role
from pipeline.review.models import Item, Member


def organs_of(item: Item) -> tuple[str, ...]:
    """The issuers that an item names, and the organ of the issuer account that handed it in; () where neither is known."""
    members = Member.objects.filter(user=item.owner_id, user__groups__name=Role.ISSUER)
    handed_in = members.values_list("organ", flat=True)
    return tuple(dict.fromkeys(organ for organ in (*item.issuers.split("、"), *handed_in) if organ))


def different_organs(newcomer: Item, item: Item) -> str:
    """Says in Chinese of which organs two items are, where these are known and have none in common; else "".

    县教育局 and 长河县教育局 are taken as one: a paper does not always name its issuer in full.
    """
    one, other = organs_of(newcomer), organs_of(item)
    if not one or not other or any(a.endswith(b) or b.endswith(a) for a in one for b in other):
        return ""
    return f"编号{newcomer.pk}是{'、'.join(one)}的，编号{item.pk}是{'、'.join(other)}的"
