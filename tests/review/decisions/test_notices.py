"""通知: who is told of a case, what is new, and what was seen."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.review.accounts import add_user
from pipeline.review.decisions import checklists, notices, workflow
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import Item, Notice
from tests.review.reviewed import decide_alarms, finish
from tests.web.conftest import PASSWORD, client


@pytest.fixture(autouse=True)
def none_before(people: dict[str, User]) -> None:
    """No notices of other tests."""
    Notice.objects.all().delete()


def test_the_people_of_a_case_are_all_who_had_a_part_in_it(people: dict[str, User], item: Item) -> None:
    assert notices.people_of(item) == set()
    workflow.claim(item, people["审查员"])
    item.refresh_from_db()
    assert notices.people_of(item) == {people["审查员"]}
    decide_alarms(item, people["法律顾问"])
    checklists.conclude(item, "自行修改", "见意见", people["主审"])
    assert notices.people_of(item) == {people["审查员"], people["法律顾问"], people["主审"]}


def test_first_and_second_reader_have_a_part_in_a_case(people: dict[str, User], item: Item) -> None:
    assert notices.people_of(finish(item, people)) == {people["审查员"], people["主审"]}


def test_stopped_accounts_are_told_nothing(people: dict[str, User], item: Item) -> None:
    gone = User.objects.filter(username="lao").first() or add_user("lao", PASSWORD, "主审", full_name="老陈")
    workflow.claim(item, gone)
    workflow.decide(item, workflow.open_alarms(item)[0].key, Statement("成立"), gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    item = Item.objects.select_related("assignee").get(pk=item.pk)
    assert gone not in notices.people_of(item) | notices.chiefs()


def test_issuers_are_those_of_the_organ_and_the_owner(people: dict[str, User], item: Item) -> None:
    owner = User.objects.filter(username="xiang").first() or add_user("xiang", PASSWORD, "制定机关", organ="长河镇")
    assert notices.issuers_of(item) == {people["制定机关"]}
    Item.objects.filter(pk=item.pk).update(owner=owner)
    assert notices.issuers_of(Item.objects.get(pk=item.pk)) == {people["制定机关"], owner}
    Item.objects.filter(pk=item.pk).update(owner=people["审查员"], issuers="")
    assert notices.issuers_of(Item.objects.get(pk=item.pk)) == set()


def test_one_of_several_issuers_is_enough(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(issuers="长河县人民政府、湖南省临溪县人民政府")
    assert notices.issuers_of(Item.objects.get(pk=item.pk)) == {people["制定机关"]}


def test_a_notice_is_new_until_its_own_reader_has_seen_it(people: dict[str, User], item: Item) -> None:
    notices.notify({people["审查员"], people["主审"]}, item, "有事")
    notices.mark_seen(people["审查员"])
    assert not notices.unseen(people["审查员"]).exists() and notices.unseen(people["主审"]).count() == 1


def test_some_notices_are_marked_as_seen_by_number_and_only_ones_own(people: dict[str, User], item: Item) -> None:
    for words in ("一", "二"):
        notices.notify({people["审查员"], people["主审"]}, item, words)
    first = notices.unseen(people["审查员"]).get(words="一")
    others = notices.unseen(people["主审"]).get(words="一")
    notices.mark_seen(people["审查员"], [first.pk, others.pk])
    assert [notice.words for notice in notices.unseen(people["审查员"])] == ["二"]
    assert notices.unseen(people["主审"]).count() == 2


def test_new_notices_stand_before_seen_ones_and_the_latest_first(people: dict[str, User], item: Item) -> None:
    for words in ("一", "二", "三"):
        notices.notify({people["审查员"]}, item, words)
    Notice.objects.filter(words="三").update(seen=timezone.now() - timedelta(days=1))
    assert [notice.words for notice in notices.latest(people["审查员"])] == ["二", "一", "三"]


def test_long_words_are_cut_and_the_last_two_hundred_are_shown(people: dict[str, User], item: Item) -> None:
    for _ in range(205):
        notices.notify({people["审查员"]}, item, "长" * 3000)
    found = list(notices.latest(people["审查员"]))
    assert len(found) == 200 and len(found[0].words) == 1000


def test_the_page_shows_ones_own_and_marks_them_as_seen(people: dict[str, User], item: Item) -> None:
    notices.notify({people["审查员"]}, item, "给王的话")
    browser = client(people, "审查员")
    assert "给王的话" in browser.get("/notices").content.decode()
    assert "给王的话" not in client(people, "主审").get("/notices").content.decode()
    assert notices.unseen(people["审查员"]).exists()
    assert browser.post("/notices").status_code == 302
    assert not notices.unseen(people["审查员"]).exists()
    assert "给王的话" in browser.get("/notices").content.decode()


def test_a_notice_links_only_to_items_that_its_reader_may_see(people: dict[str, User], item: Item) -> None:
    notices.notify({people["制定机关"]}, item, "看得到")
    assert f"/items/{item.pk}/" in client(people, "制定机关").get("/notices").content.decode()
    Item.objects.filter(pk=item.pk).update(issuers="长河县教育局")
    page = client(people, "制定机关").get("/notices").content.decode()
    assert "看得到" in page and f"/items/{item.pk}/" not in page
