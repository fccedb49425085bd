"""How often pages ask the database: not more for more findings, rows or people; and what is kept between pages is right after each write."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from corpora import papers
from pipeline.review.accounts import Role, add_user
from pipeline.review.connection import connect
from pipeline.review.decisions import agreement, checklists, workflow
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import Item
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.review.reviewed import erase
from tests.web.conftest import PASSWORD, client


@pytest.fixture
def many(people: dict[str, User]) -> Any:
    """Twelve items whose numbers differ."""
    writer, made = QueueWriter(connect("pipeline.web.settings"), "test"), []
    for number in range(12):
        data = "\n".join((*papers.FARMHOUSE, f"第{number}号查询存档。")).encode()
        made.append(writer.put(examined(data, f"查询{number}.txt"), data, None).item or 0)
    Item.objects.filter(pk__in=made).update(rival=None, marks="")
    yield made
    for number in made:
        erase(number)


def asked(get: Callable[[], Any]) -> int:
    get()
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert get().status_code == 200
    return len(found)


def line_of(browser: Client, number: int) -> str:
    """The line of an item in the list, "" where it is not on the page."""
    page = browser.get("/?q=号查询存档&whole=1&sort=new").content.decode()
    return next((line for line in page.split("<tr>") if f'name="item" value="{number}"' in line), "")


def test_the_list_asks_a_limited_number_of_times(people: dict[str, User], many: list[int]) -> None:
    browser = client(people, "审查员")
    assert asked(lambda: browser.get("/?sort=new")) <= 9
    assert asked(lambda: browser.get("/facets")) <= 9


def test_the_page_of_an_item_and_a_decision_ask_a_limited_number_of_times(
    people: dict[str, User], many: list[int]
) -> None:
    browser, item = client(people, "审查员"), Item.objects.get(pk=many[0])
    assert item.current is not None
    keys = list(item.current.findings.filter(softened=False).values_list("key", flat=True))
    assert asked(lambda: browser.get(f"/items/{item.pk}/")) <= 40
    for key in keys:
        workflow.decide(item, key, Statement("成立", "没有依据"), people["审查员"])
    assert asked(lambda: browser.get(f"/items/{item.pk}/")) <= 40
    verdicts = iter(("成立", "不成立"))
    form = {"key": keys[0], "comment": "另有依据"}
    assert asked(lambda: browser.post(f"/items/{item.pk}/decide", form | {"verdict": next(verdicts)})) <= 45


@pytest.mark.parametrize("kind", ["csv", "json", "xlsx", "docx"])
def test_an_export_asks_as_often_for_one_item_as_for_twelve(
    people: dict[str, User], many: list[int], kind: str
) -> None:
    browser = client(people, "审查员")
    one = asked(lambda: browser.get(f"/export.{kind}?q=第3号查询存档&whole=1"))
    assert asked(lambda: browser.get(f"/export.{kind}?q=号查询存档&whole=1")) <= one + 1


def test_an_export_names_the_conclusion_that_counts(people: dict[str, User], many: list[int]) -> None:
    browser, item = client(people, "审查员"), Item.objects.get(pk=many[4])
    outcomes = checklists.OUTCOMES[item.kind]  # type: ignore[index]
    for outcome in (outcomes[0], outcomes[1]):
        checklists.conclude(item, outcome, "理由", people["审查员"])
    rows = browser.get("/export.json?q=号查询存档&whole=1").json()["items"]
    told = {row["编号"]: row["结论"] for row in rows}
    assert told[str(item.pk)] == f"{outcomes[1]}（尚未办结）"
    assert {told[str(other)] for other in many if other != item.pk} == {""}


def test_the_board_asks_as_often_for_more_people_and_counts_each_right(
    people: dict[str, User], many: list[int]
) -> None:
    browser = client(people, "主审")
    before = asked(lambda: browser.get("/board"))
    made = [add_user(f"board{number}", PASSWORD, Role.REVIEWER, full_name=f"看板{number}") for number in range(4)]
    try:
        for user, held in zip(made, (3, 2, 1, 0), strict=True):
            for number in many[:held]:
                Item.objects.filter(pk=number).update(assignee=user)
        # of an item that several were given in turn the last has it
        open_ = {one.username: count for one, count, _, _ in agreement.workload(User.objects.all())}
        assert [open_[user.username] for user in made] == [1, 1, 1, 0]
        Item.objects.filter(pk=many[0]).update(due=date(2020, 1, 1))
        late = {one.username: late for one, _, late, _ in agreement.workload(User.objects.all())}
        assert [late[user.username] for user in made] == [0, 0, 1, 0]
        assert asked(lambda: browser.get("/board")) <= before
    finally:
        Item.objects.filter(assignee__in=made).update(assignee=None)
        for user in made:
            user.delete()


def test_a_line_of_the_list_tells_what_was_written_last(people: dict[str, User], many: list[int]) -> None:
    browser, number = client(people, "审查员"), many[0]
    item = Item.objects.get(pk=number)
    assert "领取</button>" in line_of(browser, number)
    workflow.claim(item, people["审查员"])
    assert "wang先生" in line_of(browser, number) and "领取</button>" not in line_of(browser, number)
    User.objects.filter(username="wang").update(first_name="王某")
    assert "王某" in line_of(browser, number)
    User.objects.filter(username="wang").update(first_name="wang先生")
    workflow.correct(item, "number", "临政发〔2026〕77号", people["审查员"])
    assert "临政发〔2026〕77号" in line_of(browser, number)
    workflow.give_back(Item.objects.get(pk=number), people["审查员"])
    assert "领取</button>" in line_of(browser, number)
    Item.objects.filter(pk=number).update(due=date(2020, 1, 1), updated=timezone.now())
    assert "day late" in line_of(browser, number) and "2020-01-01" in line_of(browser, number)
    assert "领取</button>" not in line_of(client(people, "分析员"), number), "who may not decide gets no button"
