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


@pytest.fixture
def decided(people: dict[str, User]) -> Iterator[list[Item]]:
    """Two files of one notice, and a decision that repeals one document and changes an article of another."""
    texts = {
        "取水.txt": FIRST,
        "取水扫描.txt": FIRST + "\n附注",
        "决定.txt": "\n".join((
            "临溪县人民政府关于修改和废止部分行政规范性文件的决定", "临政发〔2026〕14号", "各乡镇人民政府：", "经研究，决定：",
            "一、将《临溪县取水管理办法》（临水发〔1997〕731号）第七条修改为：“取水人应当按照规定安装计量设施。”",
            "二、废止《临溪县渡口布点规划》（临政发〔2017〕3号）。", "三、本决定自2026年10月1日起施行。", "临溪县人民政府", "2026年9月1日",
        )),
    }  # fmt: skip
    writer = QueueWriter(connect("pipeline.web.settings"), "test")
    found = []
    for name, text in texts.items():
        entry = writer.put(examined(text.encode(), name), text.encode(), None)
        found.append(Item.objects.get(pk=entry.item))
    yield found
    for item in found:
        Item.objects.filter(pk=item.pk).update(current=None)
        item.versions.all().delete()
        item.delete()


def test_two_files_of_one_notice_do_not_cite_each_other(decided: list[Item]) -> None:
    notice, scan, decision = decided
    assert links.cited_by(notice, Item.objects.all()) == [decision]
    assert links.cited_by(scan, Item.objects.all()) == [decision]


def test_both_pages_tell_what_one_document_does_to_another(people: dict[str, User], decided: list[Item]) -> None:
    notice, _, decision = decided
    told = {link.title: link.role for link in links.cites(decision, Item.objects.all())}
    assert (told["临溪县取水管理办法"], told["临溪县渡口布点规划"]) == ("修改第七条", "废止")
    page = client(people, "审查员").get(f"/items/{notice.pk}/related").content.decode()
    assert "<strong>修改第七条</strong>" in page


def _put(texts: dict[str, str]) -> list[Item]:
    writer = QueueWriter(connect("pipeline.web.settings"), "test")
    put = (writer.put(examined(text.encode(), name), text.encode(), None) for name, text in texts.items())
    return [Item.objects.get(pk=entry.item) for entry in put]


def _remove(items: list[Item]) -> None:
    for item in items:
        Item.objects.filter(pk=item.pk).update(current=None)
        item.versions.all().delete()
        item.delete()


FERRY = "\n".join((
    "{issuer}渡口管理办法", "第一条 为了加强渡口管理，制定本办法。", "第二条 渡口应当安全。", "第三条 本办法自2017年4月1日起施行。", "{issuer}", "2017年3月1日",
))  # fmt: skip
ENDING = "\n".join((
    "临溪县人民政府关于废止部分行政规范性文件的决定", "临政发〔2026〕15号", "各乡镇人民政府：", "一、对下列行政规范性文件予以废止",
    "1.《临溪县人民政府渡口管理办法》（临政发〔2017〕3号）", "2.《临溪县油茶管理办法》（临政发〔2018〕3号）", "临溪县人民政府", "2026年9月1日",
))  # fmt: skip


def test_a_paper_whose_number_was_not_read_is_known_by_its_title(people: dict[str, User]) -> None:
    paper, decision = items = _put({"渡口.txt": FERRY.format(issuer="临溪县人民政府"), "废止.txt": ENDING})
    assert paper.number == ""
    assert {(link.title, link.role): link.item for link in links.cites(decision, Item.objects.all())} == {
        ("临溪县人民政府渡口管理办法", "废止"): paper, ("临溪县油茶管理办法", "废止"): None,
    }  # fmt: skip
    assert links.effect_on(decision, paper) == "废止"
    assert "<strong>废止</strong>" in client(people, "审查员").get(f"/items/{paper.pk}/related").content.decode()
    _remove(items)


def test_a_title_without_number_of_another_place_is_not_meant() -> None:
    other, decision = items = _put({"渡口.txt": FERRY.format(issuer="东河县人民政府"), "废止.txt": ENDING})
    Item.objects.filter(pk=other.pk).update(title="临溪县人民政府渡口管理办法")
    other.refresh_from_db()
    assert all(link.item is None for link in links.cites(decision, Item.objects.all()))
    assert links.effect_on(decision, other) == ""
    _remove(items)
