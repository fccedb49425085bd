"""逐件审阅: the list that a user came from, walked item by item to its end.

The queue links each item with the query of its list (`from`). The first item that is opened keeps the numbers of that list in the
session, so that place and length stay the same while items change their state; opening the list again starts anew.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from pipeline.review.accounts import visible
from pipeline.review.models import Item
from pipeline.review.queue import filters
from pipeline.web.permissions import user_of

# a longer list is walked in parts of this length, from the item that was opened
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Walk:
    """The place of an item in the list that the user came from: `number` of `total` (from 1), addresses of its neighbours ("" for none) and of the list."""

    number: int
    total: int
    before: str
    after: str
    back: str


def place_of(request: HttpRequest, item: Item) -> Walk | None:
    """The place of an item in the list named by `from`; None where the user came from none, or the item is not in it."""
    if "from" not in request.GET:
        return None
    query = request.GET["from"][:500]
    numbers = _present(request, _numbers(request, query, item.pk))
    if item.pk not in numbers:
        return None
    at = numbers.index(item.pk)
    before = _address(numbers[at - 1], query) if at else ""
    after = _address(numbers[at + 1], query) if at + 1 < len(numbers) else ""
    return Walk(at + 1, len(numbers), before, after, f"/?{query}")


def _present(request: HttpRequest, numbers: list[int]) -> list[int]:
    """The numbers without items that are gone meanwhile, as one that was taken up as a version of another."""
    present = set(visible(request.user).filter(pk__in=numbers).values_list("pk", flat=True))
    return [number for number in numbers if number in present]


def _address(number: int, query: str) -> str:
    return f"{reverse('item', args=[number])}?{urlencode({'from': query})}"


def _numbers(request: HttpRequest, query: str, number: int) -> list[int]:
    """The item numbers of the list, from the session where it is the list that is being walked."""
    kept = request.session.get("walk")
    if kept and kept["query"] == query and number in kept["numbers"]:
        return list(kept["numbers"])
    chosen = filters.Filter.of(QueryDict(query))
    found = chosen.ordered(chosen.apply(visible(request.user), user_of(request)))
    numbers = list(found.values_list("pk", flat=True)[: 20 * _LONGEST])
    at = numbers.index(number) if number in numbers else 0
    first = max(0, at - _LONGEST // 2) if len(numbers) > _LONGEST else 0
    numbers = numbers[first : first + _LONGEST]
    request.session["walk"] = {"query": query, "numbers": numbers}
    return numbers
