"""The queue page: passages found, ticked files, claiming and assigning from the list, marks, and what issuers see of it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from pipeline.review.connection import connect
from pipeline.review.decisions import workflow
from pipeline.review.models import AuditEntry, Batch, Item, Status, Version
from pipeline.review.queue.filters import PAGE
from pipeline.review.queue.store import QueueWriter
from pipeline.review.search.index import index_heads
from tests.builders import examined
from tests.web.conftest import client, confirm

STATIC = Path(__file__).parents[2] / "pipeline" / "web" / "static" / "desk"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# more than a page of files that only these tests have, found by this word
WORD, COUNT = "竹筏漂流", PAGE + 4


@pytest.fixture
def rafts(people: dict[str, User]) -> Iterator[list[Item]]:
    """Files without versions, in the order of the list; the organ of the issuer has issued them."""
    rows = [
        Item(name=f"漂流{n}.txt", title=f"关于{WORD}第{n}处码头的通知", issuers="湖南省临溪县人民政府", risk=COUNT - n)
        for n in range(COUNT)
    ]
    Item.objects.bulk_create(rows)
    items = list(Item.objects.filter(name__startswith="漂流").order_by("-risk"))
    index_heads(items)
    yield items
    Item.objects.filter(pk__in=[item.pk for item in items]).delete()
    Batch.objects.filter(what="指派").delete()


def page_of(browser: Client, address: str) -> str:
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def row_of(page: str, item: Item) -> str:
    """The table row of an item."""
    return next(row for row in page.split("<tr>") if f"/items/{item.pk}/?from=" in row)


def holder(item: Item) -> User | None:
    return Item.objects.select_related("assignee").get(pk=item.pk).assignee


def ticked(*items: Item, **fields: Any) -> dict[str, Any]:
    """The form of ticked files on the second page of the list of `WORD`."""
    return {"q": WORD, "page": "2", "selected": "1", "item": [item.pk for item in items], **fields}


def test_the_passage_that_was_found_stands_in_the_row_and_is_escaped(people: dict[str, User], item: Item) -> None:
    Version.objects.filter(pk=item.current_id).update(text=f"甲<b>乙</b>农家樂\n经营\n{item.current.text}")  # type: ignore[union-attr]
    browser = client(people, "审查员")
    row = row_of(page_of(browser, "/?q=農家乐&whole=1"), item)
    assert "甲&lt;b&gt;乙&lt;/b&gt;<mark>农家樂</mark> 经营" in row
    assert "<mark>" not in row_of(page_of(browser, "/?q=農家乐"), item)
    assert "<mark>" not in row_of(page_of(browser, "/?q=题名:農家乐&whole=1"), item)


def test_ticked_files_are_claimed_and_the_list_stays(people: dict[str, User], rafts: list[Item]) -> None:
    first, second, third, fourth = rafts[:4]
    workflow.claim(second, people["法律顾问"])
    Item.objects.filter(pk=third.pk).update(status=Status.DONE)
    Item.objects.filter(pk=fourth.pk).update(assignee=people["审查员"])
    browser = client(people, "审查员")
    response = browser.post("/bulk", ticked(first, second, third, fourth, what="领取"), follow=True)
    assert response.redirect_chain == [(f"/?q={quote(WORD)}&page=2", 302)]
    page = response.content.decode()
    assert "已领取1件" in page and f"第{second.pk}号已由law先生领取" in page and f"第{third.pk}号已经办结" in page
    assert f"第{fourth.pk}号本来就由您承办" in page and "第2页，共2页" in page
    assert holder(first) == people["审查员"] and holder(second) == people["法律顾问"] and holder(third) is None
    assert AuditEntry.objects.filter(what="领取", item=first.pk, who="wang").exists()


def test_a_row_has_a_button_to_claim_it_while_nobody_has_it(people: dict[str, User], rafts: list[Item]) -> None:
    first, second, third = rafts[:3]
    Item.objects.filter(pk=third.pk).update(status=Status.DONE)
    browser = client(people, "审查员")
    assert browser.post("/bulk", ticked(second, claim=first.pk)).status_code == 302
    assert holder(first) == people["审查员"] and holder(second) is None
    page = page_of(browser, f"/?q={WORD}")
    assert [">领取<" in row_of(page, item) for item in (first, second, third)] == [False, True, False]
    assert "wang先生" in row_of(page, first)
    assert ">领取<" not in page_of(client(people, "管理员"), f"/?q={WORD}")


def test_acting_on_files_takes_the_permission(people: dict[str, User], rafts: list[Item]) -> None:
    form = ticked(rafts[0], to=people["审查员"].pk, sure="1")
    for role, what in (
        ("审查员", "指派"),
        ("法律顾问", "指派"),
        ("管理员", "领取"),
        ("管理员", "决定"),
        ("制定机关", "领取"),
    ):
        assert client(people, role).post("/bulk", form | {"what": what}).status_code == 403, (role, what)
    assert holder(rafts[0]) is None


def test_nothing_ticked_changes_nothing(people: dict[str, User], rafts: list[Item]) -> None:
    for what in ("领取", "指派"):
        form = ticked(what=what, to=people["审查员"].pk, sure="1")
        response = client(people, "主审").post("/bulk", form, follow=True)
        assert "没有勾选文件" in response.content.decode()
    assert not Item.objects.filter(name__startswith="漂流").exclude(assignee=None).exists()


def test_ticked_files_are_assigned_after_a_preview(people: dict[str, User], rafts: list[Item]) -> None:
    chief, to = client(people, "主审"), people["审查员"]
    workflow.claim(rafts[1], people["法律顾问"])
    form = ticked(*rafts[:3], what="指派")
    unclear = chief.post("/bulk", form | {"to": ""})
    page = unclear.content.decode()
    assert unclear.status_code == 400 and "没有选择指派给谁" in page
    assert all(f'name="item" value="{item.pk}"' in page for item in rafts[:3])
    for nonsense in ("x", "999999", str(people["制定机关"].pk)):
        assert chief.post("/bulk", form | {"to": nonsense, "sure": "1"}).status_code == 400
    page = chief.post("/bulk", form | {"to": to.pk}).content.decode()
    assert "勾选了3件，其中2件还没有承办人" in page and "wang先生" in page
    assert rafts[0].title in page and rafts[1].title not in page and f'href="/?q={quote(WORD)}&amp;page=2"' in page
    assert holder(rafts[0]) is None
    response = chief.post("/bulk", form | {"to": to.pk, "sure": "1"}, follow=True)
    assert response.redirect_chain == [(f"/?q={quote(WORD)}&page=2", 302)]
    assert "已把2件指派给wang先生；1件已有承办人" in response.content.decode()
    assert [holder(item) for item in rafts[:4]] == [to, people["法律顾问"], to, None]


def test_a_preview_lists_the_first_twenty_titles(people: dict[str, User], rafts: list[Item]) -> None:
    page = client(people, "主审").post("/bulk", {"q": WORD, "to": people["审查员"].pk}).content.decode()
    assert len(re.findall(rf"{WORD}第\d+处", page)) == 20 and f"等{COUNT}件" in page
    assert f">{rafts[0].pk}</span>" in page


def test_a_bulk_action_on_my_files_leaves_those_of_others(people: dict[str, User], rafts: list[Item]) -> None:
    Item.objects.filter(pk=rafts[0].pk).update(assignee=people["主审"])
    page = client(people, "主审").post("/bulk", {"q": WORD, "mine": "1", "to": people["审查员"].pk}).content.decode()
    assert "筛选出1件" in page


def test_a_bulk_decision_has_nothing_chosen_beforehand_and_keeps_what_was_typed(
    people: dict[str, User], item: Item
) -> None:
    chief, finding = client(people, "主审"), workflow.open_alarms(item)[0]
    form = ticked(item, what="决定")
    page = chief.post("/bulk", form).content.decode()
    assert (
        page.count('<option value="">请选择</option>') == 2 and "selected>" not in page and 'role="alert"' not in page
    )
    for missing, message in (({"type": ""}, "没有选择哪一类发现"), ({"verdict": ""}, "没有选择决定")):
        sent = form | {"type": finding.type, "verdict": "成立", "comment": "依据已经废止", "sure": "1"} | missing
        answer = chief.post("/bulk", sent)
        assert answer.status_code == 400 and message in answer.content.decode()
        assert 'value="依据已经废止"' in answer.content.decode()
    assert not item.decisions.exists()
    page = chief.post("/bulk", form | {"type": finding.type, "verdict": "成立"}).content.decode()
    assert "确认决定" not in page and "还没有意见" in page and "将对1件中的" in page and item.title in page
    done = confirm(chief, form | {"type": finding.type, "verdict": "成立", "comment": "依据已经废止"})
    assert done.headers["Location"] == f"/?q={quote(WORD)}&page=2"
    assert item.decisions.filter(finding_key=finding.key).exists()


def test_nobody_is_chosen_beforehand_in_the_list(people: dict[str, User], rafts: list[Item]) -> None:
    page = page_of(client(people, "主审"), f"/?q={WORD}")
    assert page.count('<select name="to"><option value="">请选择</option>') == page.count('<select name="to">') == 2


def test_marks_are_shown_counted_and_filtered(people: dict[str, User], rafts: list[Item]) -> None:
    now = timezone.now()
    Item.objects.filter(pk=rafts[0].pk).update(marks="有分歧 已送达", updated=now)
    Item.objects.filter(pk=rafts[1].pk).update(marks="已送达", updated=now)
    browser = client(people, "审查员")
    page = page_of(browser, f"/?q={WORD}&mark=已送达")
    assert "2件" in page and '<span class="tag" title="两人意见不同，没有裁定">有分歧</span>' in row_of(page, rafts[0])
    assert 'class="tag"' not in row_of(page_of(browser, f"/?q={WORD}"), rafts[2])
    counts = page_of(browser, f"/facets?q={WORD}")
    assert "待处理" in counts and re.search(r'title="审查意见已送达有关机关">已送达</a><span>2</span>', counts)
    assert re.search(r">有分歧</a><span>1</span>", counts)


def test_people_are_called_by_their_names(people: dict[str, User], rafts: list[Item]) -> None:
    Item.objects.filter(pk=rafts[0].pk).update(assignee=people["审查员"], updated=timezone.now())
    counts = page_of(client(people, "主审"), f"/facets?q={WORD}")
    assert re.search(r'reviewer=wang" title="wang先生">wang先生</a><span>1</span>', counts)
    chief = client(people, "主审")
    chief.post("/bulk", {"q": WORD, "to": people["审查员"].pk, "sure": "1"})
    assert re.search(r"chief先生 成批指派\d+件", page_of(chief, "/"))


def test_the_link_of_a_file_carries_its_list(people: dict[str, User], rafts: list[Item]) -> None:
    browser = client(people, "审查员")
    session = browser.session
    session["walk"] = [1, 2]
    session.save()
    page = page_of(browser, f"/?q={quote(WORD)}&sort=new&page=2")
    assert f'href="/items/{rafts[0].pk}/?from={quote(f"q={quote(WORD)}&sort=new", safe="")}"' in page
    assert "walk" not in browser.session


def test_a_list_is_walked_past_files_that_are_gone(people: dict[str, User], rafts: list[Item]) -> None:
    browser, query = client(people, "审查员"), quote(f"q={quote(WORD)}", safe="")
    page_of(browser, f"/items/{rafts[0].pk}/?from={query}")
    Item.objects.filter(pk=rafts[1].pk).delete()
    page = page_of(browser, f"/items/{rafts[0].pk}/?from={query}")
    assert f"1/{COUNT - 1}</a>" in page
    assert re.search(rf'id="next"[^>]*href="/items/{rafts[2].pk}/', page)


def test_a_draft_has_no_validity_and_others_show_theirs(people: dict[str, User], rafts: list[Item]) -> None:
    Item.objects.filter(pk=rafts[0].pk).update(kind="草案", validity="有效", expires="2031-05-01")
    Item.objects.filter(pk=rafts[1].pk).update(validity="尚未施行")
    page = page_of(client(people, "审查员"), f"/?q={WORD}")
    assert "有效" not in row_of(page, rafts[0]) and "2031" not in row_of(page, rafts[0])
    assert "尚未施行" in row_of(page, rafts[1])


@pytest.mark.parametrize(
    ("status", "marks", "words"),
    [
        ("待审", "", "等待审查"), ("待复核", "有分歧", "审查中"), ("待识别", "", "等待识别"), ("已办", "", "已办结"),
    ],
)  # fmt: skip
def test_an_issuer_sees_its_files_and_their_state_in_words(
    people: dict[str, User], rafts: list[Item], status: str, marks: str, words: str
) -> None:
    Item.objects.filter(pk=rafts[0].pk).update(
        status=status, marks=marks, validity="已届满", risk_parts=[["严重问题4处", 60]]
    )
    page = page_of(client(people, "制定机关"), "/?q=码头 题名:第0处&page=1")
    row = row_of(page, rafts[0])
    assert words in row and rafts[0].title in row and "备案审查" in row
    assert not [
        word for word in ("严重问题", "已届满", "有分歧", "facets", 'class="risk', "领取", "导出") if word in page
    ]


def test_an_issuer_learns_nothing_by_filters(people: dict[str, User], rafts: list[Item]) -> None:
    browser = client(people, "制定机关")
    Item.objects.filter(pk=rafts[0].pk).update(groups="LIC", marks="有分歧")
    for hidden in ("group=FEE", "band=高", "mark=版本待定", "reviewer=wang", "mine=1", "sort=due"):
        assert f"{COUNT}件" in page_of(browser, f"/?q={WORD}&{hidden}")
    by_number = [int(key) for key in re.findall(r"/items/(\d+)/\?from", page_of(browser, f"/?q={WORD}"))]
    assert by_number == sorted(by_number, reverse=True)
    answer = browser.get(f"/?q={WORD}", headers={"HX-Request": "true"}).content.decode()
    assert "我的文件" in answer and "facets" not in answer


def test_a_text_is_found_and_shown_as_people_type_it(people: dict[str, User]) -> None:
    text = "云岭县文旅局关于游船安全的通知\n云文旅发〔2023〕8号\n各景区：\n游船应当配备救生器材，二〇二三年起施行。\n云岭县文旅局\n2023年3月2日"
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(
        examined(text.encode(), "游船.txt"), text.encode(), None
    )
    for query in ("救生 器材", "救生器材", "遊船 配備", "雲文旅發[２０２３]8號", "二○二三年"):
        page = page_of(client(people, "审查员"), f"/?whole=1&q={quote(query)}")
        assert f"/items/{entry.item}/?from=" in page and "<mark>" in page, query


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium")
@pytest.mark.filterwarnings("default")
def test_all_files_of_the_page_are_ticked_at_once(people: dict[str, User], rafts: list[Item]) -> None:
    html = re.sub(r"<(script|link)[^>]*>", "", page_of(client(people, "主审"), f"/?q={WORD}"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content(html)
        page.add_script_tag(path=STATIC / "queue.js")
        claim = page.locator("#selection").get_by_role("button", name="领取")
        expect(claim).to_be_disabled()
        page.get_by_label("勾选本页全部").check()
        expect(page.get_by_text(f"已勾选{PAGE}件")).to_be_visible()
        page.locator("input[name=item]").first.uncheck()
        expect(page.get_by_text(f"已勾选{PAGE - 1}件")).to_be_visible()
        assert page.get_by_label("勾选本页全部").evaluate("box => box.indeterminate")
        expect(claim).to_be_enabled()
        browser.close()
