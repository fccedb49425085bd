"""逐件审阅: the list that a user came from is walked item by item, and stays the same on the way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from pipeline.review.models import Item, Status
from pipeline.web import walk
from tests.web.conftest import client

PLACE = "逐件县"
QUERY = urlencode({"place": PLACE, "status": "待审"})


@dataclass(frozen=True)
class Seen:
    """What the page of an item says of the list: number, total, and the items before and after (None for none)."""

    number: int
    total: int
    before: int | None
    after: int | None


def items(count: int) -> list[int]:
    """The numbers of new items of one place, riskiest first."""
    made = (
        Item(name=f"逐件/{at}.txt", title=f"逐件{at}", place=PLACE, risk=90 - at % 90, status=Status.PENDING)
        for at in range(count)
    )
    Item.objects.bulk_create(made)
    return list(Item.objects.filter(place=PLACE).order_by("-risk", "id").values_list("pk", flat=True))


@pytest.fixture
def five() -> Iterator[list[int]]:
    yield items(5)
    Item.objects.filter(place=PLACE).delete()


@pytest.fixture
def browser(people: dict[str, User]) -> Client:
    return client(people, "审查员")


def page(browser: Client, number: int, query: str = QUERY) -> str:
    text: str = browser.get(f"/items/{number}/?{urlencode({'from': query})}").content.decode()
    return text


def seen(browser: Client, number: int, query: str = QUERY) -> Seen:
    text = page(browser, number, query)
    place = re.search(r">(\d+)/(\d+)</a>", text)
    assert place is not None, "no place in a list"

    def link(name: str) -> int | None:
        found = re.search(rf'id="{name}"[^>]*href="/items/(\d+)/', text)
        return int(found[1]) if found else None

    return Seen(int(place[1]), int(place[2]), link("previous"), link("next"))


def test_the_order_is_that_of_the_list(browser: Client, five: list[int]) -> None:
    listed = re.findall(r'class="title" href="/items/(\d+)/', browser.get(f"/?{QUERY}").content.decode())
    walked, at = [five[0]], seen(browser, five[0]).after
    while at is not None:
        walked.append(at)
        at = seen(browser, at).after
    assert walked == five == [int(number) for number in listed]


def test_place_neighbours_and_ends(browser: Client, five: list[int]) -> None:
    assert seen(browser, five[0]) == Seen(1, 5, None, five[1])
    assert seen(browser, five[2]) == Seen(3, 5, five[1], five[3])
    assert seen(browser, five[4]) == Seen(5, 5, five[3], None)
    assert "已是最后一件" in page(browser, five[4]) and "已是最后一件" not in page(browser, five[3])


def test_a_link_back_leads_to_the_list(browser: Client, five: list[int]) -> None:
    assert f'href="/?{QUERY.replace("&", "&amp;")}"' in page(browser, five[1])


def test_items_that_are_finished_on_the_way_stay_in_their_place(browser: Client, five: list[int]) -> None:
    seen(browser, five[0])
    Item.objects.filter(pk__in=five[:2]).update(status=Status.DONE)
    assert seen(browser, five[2]) == Seen(3, 5, five[1], five[3])
    assert seen(browser, five[0]) == Seen(1, 5, None, five[1])


def test_opening_the_list_again_starts_anew(browser: Client, five: list[int]) -> None:
    seen(browser, five[0])
    Item.objects.filter(pk__in=five[:2]).update(status=Status.DONE)
    browser.get(f"/?{QUERY}")
    assert seen(browser, five[2]) == Seen(1, 3, None, five[3])


def test_another_list_is_another_walk(browser: Client, five: list[int]) -> None:
    seen(browser, five[0])
    newest = urlencode({"place": PLACE, "sort": "new"})
    assert seen(browser, five[0], newest) == Seen(5, 5, five[1], None)


def test_an_item_that_was_opened_without_a_list_has_no_place(browser: Client, five: list[int]) -> None:
    assert 'class="walk"' not in browser.get(f"/items/{five[0]}/").content.decode()


def test_an_item_that_is_not_in_the_list_has_no_place(browser: Client, five: list[int]) -> None:
    assert 'class="walk"' not in page(browser, five[0], urlencode({"place": "别处县"}))


def test_items_that_the_user_may_not_see_are_not_in_it(people: dict[str, User], five: list[int]) -> None:
    Item.objects.filter(pk__in=five[1:3]).update(owner=people["制定机关"])
    request = RequestFactory().get("/", {"from": QUERY})
    request.user, request.session = people["制定机关"], {}  # type: ignore[assignment]
    assert walk.place_of(request, Item.objects.get(pk=five[0])) is None
    found = walk.place_of(request, Item.objects.get(pk=five[1]))
    assert found is not None and (found.number, found.total) == (1, 2)


@pytest.mark.parametrize("query", ["", "%%%", "year=x&band=y", "sort=none", "a" * 900])
def test_any_list_can_be_named(browser: Client, five: list[int], query: str) -> None:
    assert browser.get(f"/items/{five[0]}/?{urlencode({'from': query})}").status_code == 200


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A list that is longer than the part that is kept, which is ten here."""
    monkeypatch.setattr(walk, "_LONGEST", 10)
    yield items(35)
    Item.objects.filter(place=PLACE).delete()


@pytest.mark.parametrize("at", [0, 4, 17, 29, 34])
def test_a_long_list_is_walked_around_the_item_that_was_opened(browser: Client, long: list[int], at: int) -> None:
    before = long[at - 1] if at else None
    after = long[at + 1] if at < 34 else None
    assert seen(browser, long[at]) == Seen(at + 1, 35, before, after)


def test_a_long_list_is_walked_to_its_end_and_back(browser: Client, long: list[int]) -> None:
    walked, at = [], long[12]
    while at is not None:
        walked.append(at)
        at = seen(browser, at).after  # type: ignore[assignment]
    assert walked == long[12:]
    back, at = [], walked[-1]
    while at is not None:
        back.append(at)
        at = seen(browser, at).before  # type: ignore[assignment]
    assert back == long[::-1]


def test_a_list_of_more_than_a_thousand_is_walked(browser: Client) -> None:
    numbers = items(1205)
    assert seen(browser, numbers[1100]) == Seen(1101, 1205, numbers[1099], numbers[1101])
    Item.objects.filter(place=PLACE).delete()
