"""逐件审阅: the list that a user came from, walked item by item to its end.

The queue links each item with the query of its list (`from`). The first item that is opened keeps the numbers of that list in the
session, so that place and length stay the same while items change their state; opening the list again starts anew. A long list is
walked in parts; at the edge of one the list is read anew.
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a list: its item numbers, how many items stand before it, and how many there are in all."""

    numbers: tuple[int, ...]
    first: int
    total: int

    def holds(self, number: int) -> bool:
        """Whether an item is in the part, and not at an edge beyond which the list goes on."""
        if number not in self.numbers:
            return False
        at = self.numbers.index(number)
        goes_on = self.first + len(self.numbers) < self.total
        return not (at == 0 and self.first) and not (at == len(self.numbers) - 1 and goes_on)


def place_of(request: HttpRequest, item: Item) -> Walk | None:
    """The place of an item in the list named by `from`; None where the user came from none, or the item is not in it."""
    if "from" not in request.GET:
        return None
    query = request.GET["from"][:500]
    part = _present(request, _part(request, query, item.pk))
    if item.pk not in part.numbers:
        return None
    at = part.numbers.index(item.pk)
    before = _address(part.numbers[at - 1], query) if at else ""
    after = _address(part.numbers[at + 1], query) if at + 1 < len(part.numbers) else ""
    return Walk(part.first + at + 1, part.total, before, after, f"/?{query}")


def _present(request: HttpRequest, part: _Part) -> _Part:
    """A part without items that are gone meanwhile, as one that was taken up as a version of another."""
    present = set(visible(request.user).filter(pk__in=part.numbers).values_list("pk", flat=True))
    numbers = tuple(number for number in part.numbers if number in present)
    return _Part(numbers, part.first, part.total - (len(part.numbers) - len(numbers)))


def _address(number: int, query: str) -> str:
    return f"{reverse('item', args=[number])}?{urlencode({'from': query})}"


def _part(request: HttpRequest, query: str, number: int) -> _Part:
    """The part of the list with an item, from the session where it is the list that is being walked."""
    kept = request.session.get("walk")
    if kept and kept["query"] == query:
        part = _Part(tuple(kept["numbers"]), kept.get("first", 0), kept.get("total", len(kept["numbers"])))
        if part.holds(number):
            return part
    part = _read(request, query, number)
    request.session["walk"] = {"query": query, "numbers": part.numbers, "first": part.first, "total": part.total}
    return part


def _read(request: HttpRequest, query: str, number: int) -> _Part:
    """The part of the list around an item, as the list is now."""
    chosen = filters.Filter.of(QueryDict(query))
    found = chosen.ordered(chosen.apply(visible(request.user), user_of(request)))
    numbers = tuple(found.values_list("pk", flat=True)[: 20 * _LONGEST])
    at = numbers.index(number) if number in numbers else 0
    first = max(0, at - _LONGEST // 2) if len(numbers) > _LONGEST else 0
    return _Part(numbers[first : first + _LONGEST], first, len(numbers))
