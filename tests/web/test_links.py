"""Saved views with their new items, and documents that cite each other."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User

from pipeline.review.connection import connect
from pipeline.review.models import Item, SavedView
from pipeline.review.queue import links
from pipeline.review.queue.saved_views import mark_seen, save_view, views_of
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.web.conftest import client

FIRST = "\n".join((
    "临溪县水利局关于印发《临溪县取水管理办法》的通知", "临水发〔1997〕731号", "各乡镇人民政府：", "现印发给你们，请遵照执行。", "临溪县水利局", "1997年3月1日",
    "临溪县取水管理办法", "第一条 根据《中华人民共和国水法》，制定本办法。", "第二条 本办法自1997年4月1日起施行。",
))  # fmt: skip
SECOND = "\n".join((
    "临溪县水利局关于农村取水工作的通知", "临水发〔1998〕733号", "各乡镇人民政府：", "一、取水按照《临溪县取水管理办法》（临水发〔1997〕731号）执行。",
    "二、本通知自1998年5月1日起施行。", "临溪县水利局", "1998年4月1日",
))  # fmt: skip


@pytest.fixture
def pair(people: dict[str, User]) -> Iterator[tuple[Item, Item]]:
    """A document and one that cites it."""
    writer = QueueWriter(connect("pipeline.web.settings"), "test")
    found = []
    for name, text in (("取水一.txt", FIRST), ("取水二.txt", SECOND)):
        entry = writer.put(examined(text.encode(), name), text.encode(), None)
        found.append(Item.objects.get(pk=entry.item))
    yield found[0], found[1]
    for item in found:
        Item.objects.filter(pk=item.pk).update(current=None)
        item.versions.all().delete()
        item.delete()


def test_citing_and_cited_documents_are_found(people: dict[str, User], pair: tuple[Item, Item]) -> None:
    first, second = pair
    everything = Item.objects.all()
    assert links.cited_by(first, everything) == [second] and links.cited_by(second, everything) == []
    (link,) = [link for link in links.cites(second, everything) if link.number]
    assert link.number == "临水发〔1997〕731号" and link.item == first
    page = client(people, "审查员").get(f"/items/{first.pk}/related").content.decode()
    assert f"/items/{second.pk}/" in page and "水法" in page


def test_documents_on_the_same_subject_are_found(people: dict[str, User], pair: tuple[Item, Item], item: Item) -> None:
    first = pair[0]
    text = FIRST.replace("1997", "2001").replace("731", "735")
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(
        examined(text.encode(), "取水三.txt"), text.encode(), None
    )
    later = Item.objects.get(pk=entry.item)
    found = links.similar_items(first, Item.objects.all())
    assert found[0][1] == later and found[0][0] > 0.6 and item not in [other for _, other in found]
    assert links.similar_items(later, Item.objects.none()) == []
    Item.objects.filter(pk=later.pk).update(current=None)
    later.versions.all().delete()
    later.delete()


def test_items_that_a_user_may_not_see_are_not_linked(people: dict[str, User], pair: tuple[Item, Item]) -> None:
    first, _ = pair
    assert links.cited_by(first, Item.objects.none()) == []
    assert all(link.item is None for link in links.cites(pair[1], Item.objects.none()))


def test_a_view_counts_new_items_until_it_is_opened(people: dict[str, User], pair: tuple[Item, Item]) -> None:
    user = people["法律顾问"]
    save_view(user, "取水", "q=取水")
    saved = SavedView.objects.get(user=user, name="取水")
    assert next(view.fresh for view in views_of(user, Item.objects.all()) if view.key == saved.pk) == 0
    SavedView.objects.filter(pk=saved.pk).update(seen=pair[0].pk)
    assert next(view.fresh for view in views_of(user, Item.objects.all()) if view.key == saved.pk) == 1
    browser = client(people, "法律顾问")
    assert "新增1件" in browser.get("/").content.decode()
    browser.get(f"/?q=取水&view={saved.pk}")
    assert "新增1件" not in browser.get("/").content.decode()
    mark_seen(user, "nonsense")
    saved.delete()
