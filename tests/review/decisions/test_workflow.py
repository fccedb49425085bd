"""The review of one item: who may act when, how it passes from person to person, and what is corrected."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import add_user
from pipeline.review.decisions import bulk, checklists, contradictions, workflow
from pipeline.review.decisions.access import allows, check_open
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import AuditEntry, Item, Kind, Mark, Notice, Status
from pipeline.review.queue.rows import rows_of
from pipeline.review.queue.workdays import due_day
from tests.review.reviewed import answer_points, conclude, decide_alarms, finish
from tests.web.conftest import PASSWORD, client

HOLDS = Statement("成立", "没有依据")


@pytest.fixture
def colleague(people: dict[str, User]) -> Iterator[User]:
    """A second 审查员."""
    yield User.objects.filter(username="zhaonv").first() or add_user("zhaonv", PASSWORD, "审查员", full_name="赵女士")


@pytest.fixture
def second(people: dict[str, User], item: Item) -> Item:
    """The item in the second review, first read by the 审查员."""
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    assert workflow.finish(item, people["审查员"]) == Status.SECOND
    return Item.objects.get(pk=item.pk)


def fresh(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def first_key(item: Item) -> str:
    assert item.current is not None
    return item.current.findings.filter(softened=False).order_by("start")[0].key


def test_a_claimed_case_is_decided_by_its_holder_the_chief_and_counsel_only(
    people: dict[str, User], item: Item, colleague: User
) -> None:
    workflow.claim(item, people["审查员"])
    with pytest.raises(UsageError, match="由wang先生承办"):
        workflow.decide(fresh(item), first_key(item), HOLDS, colleague)
    for role in ("审查员", "主审", "法律顾问"):
        workflow.decide(fresh(item), first_key(item), HOLDS, people[role])


def test_a_claimed_case_is_neither_checked_concluded_nor_corrected_by_another(
    people: dict[str, User], item: Item, colleague: User
) -> None:
    workflow.claim(item, people["审查员"])
    browser = client({"审查员": colleague}, "审查员")
    point = checklists.points_of(item.kind)[0].key
    acts = {
        "check": {"point": point, "answer": "是"}, "conclude": {"outcome": "准予备案"}, "finish": {},
        "correct": {"field": "title", "value": "别的题名"}, "explain": {"key": "x", "words": "y"},
        "group": {"key": first_key(item), "verdict": "成立", "comment": "x", "sure": "1"},
        "withdraw": {"key": first_key(item)}, "findings/change": {"key": first_key(item), "severity": "低", "reason": "x"},
    }  # fmt: skip
    for act, fields in acts.items():
        answer = browser.post(f"/items/{item.pk}/{act}", fields)
        assert answer.status_code == 400 and "由wang先生承办" in answer.content.decode(), act


def test_a_case_that_nobody_claimed_is_open_to_every_reviewer(item: Item, colleague: User) -> None:
    assert workflow.decide(item, first_key(item), HOLDS, colleague).account == "zhaonv"


def test_only_one_person_claims_a_case(people: dict[str, User], item: Item, colleague: User) -> None:
    workflow.claim(item, people["审查员"])
    workflow.claim(item, people["审查员"])
    with pytest.raises(UsageError, match="已由wang先生领取"):
        workflow.claim(item, colleague)
    assert AuditEntry.objects.filter(what="领取", item=item.pk).count() == 1


def test_a_case_that_was_given_back_is_free_for_others(people: dict[str, User], item: Item, colleague: User) -> None:
    workflow.claim(item, people["审查员"])
    with pytest.raises(UsageError, match="不在您名下"):
        workflow.give_back(item, colleague)
    workflow.give_back(item, people["审查员"])
    workflow.claim(item, colleague)
    assert fresh(item).assignee == colleague


def test_who_has_read_a_case_first_is_not_offered_its_second_reading(
    people: dict[str, User], second: Item, colleague: User
) -> None:
    workflow.assign(second, colleague, by=people["主审"])
    workflow.give_back(second, colleague)
    with pytest.raises(UsageError, match="已由您送复核"):
        workflow.claim(second, people["审查员"])
    (first,), (other,) = (rows_of([fresh(second)], "", user, whole=False) for user in (people["审查员"], colleague))
    assert (first.free, other.free) == (False, True)
    assert ">领取<" not in client(people, "审查员").get(f"/items/{second.pk}").content.decode()
    workflow.claim(second, colleague)


def test_an_assignment_tells_the_former_and_the_new_holder(
    people: dict[str, User], item: Item, colleague: User
) -> None:
    workflow.claim(item, people["审查员"])
    workflow.assign(item, colleague, by=people["主审"])
    told = Notice.objects.filter(item=item, words__contains="由chief先生指派给赵女士")
    assert {notice.user for notice in told} == {people["审查员"], colleague}
    assert AuditEntry.objects.filter(what="指派", item=item.pk, detail="wang → zhaonv").exists()


@pytest.mark.parametrize("role", ["管理员", "制定机关"])
def test_a_case_is_not_assigned_to_somebody_who_does_not_review(people: dict[str, User], item: Item, role: str) -> None:
    with pytest.raises(UsageError, match="不是审查人员"):
        workflow.assign(item, people[role], by=people["主审"])


@pytest.mark.parametrize("role", ["主审", "审查员"])
def test_the_first_reader_does_not_decide_in_the_second_review(
    people: dict[str, User], second: Item, role: str
) -> None:
    Item.objects.filter(pk=second.pk).update(reviewed_by=people[role].username)
    with pytest.raises(UsageError, match="已送复核"):
        workflow.decide(fresh(second), first_key(second), HOLDS, people[role])


def test_the_first_reader_does_not_decide_in_bulk_either(people: dict[str, User], second: Item) -> None:
    Item.objects.filter(pk=second.pk).update(reviewed_by="chief")
    second.decisions.all().delete()
    kind = workflow.open_alarms(second)[0].type
    one = Item.objects.filter(pk=second.pk)
    assert not bulk.undecided(one, kind, people["主审"]) and bulk.undecided(one, kind, people["审查员"])
    with pytest.raises(UsageError, match="没有还没决定的发现"):
        bulk.decide_all(one, kind, HOLDS, by=people["主审"])


def test_the_second_reader_decides_and_finishes(people: dict[str, User], second: Item) -> None:
    workflow.decide(second, first_key(second), HOLDS, people["主审"])
    assert workflow.finish(second, people["主审"]) == Status.DONE
    done = fresh(second)
    assert (done.reviewed_by, done.second_by) == ("wang", "chief") and done.finished_at


def test_the_first_reader_does_not_finish_the_second_review(people: dict[str, User], second: Item) -> None:
    with pytest.raises(UsageError, match="初审人"):
        workflow.finish(second, people["审查员"])


def test_a_returned_case_is_open_again_to_its_first_reader_who_is_told_why(
    people: dict[str, User], second: Item
) -> None:
    with pytest.raises(UsageError, match="没有写明理由"):
        workflow.send_back(second, people["主审"], " ")
    workflow.send_back(second, people["主审"], "第四条漏了")
    back = fresh(second)
    assert (back.status, back.reviewed_by, back.reviewed_at) == (Status.PENDING, "", None)
    assert Notice.objects.filter(user=people["审查员"], item=back, words__contains="退回：第四条漏了").exists()
    assert allows(check_open, back, people["审查员"])


def test_only_ones_own_latest_decision_is_withdrawn(people: dict[str, User], item: Item) -> None:
    key = first_key(item)
    workflow.decide(item, key, Statement("不成立", "一"), people["审查员"])
    workflow.decide(item, key, HOLDS, people["审查员"])
    workflow.decide(item, key, Statement("成立", "三"), people["法律顾问"])
    workflow.withdraw(item, key, people["审查员"])
    left = {made.comment: made.withdrawn is None for made in item.decisions.all()}
    assert left == {"一": True, "没有依据": False, "三": True}
    with pytest.raises(UsageError, match="没有可以撤回"):
        workflow.withdraw(item, key, people["主审"])


def test_a_referral_names_its_addressee_and_marks_the_item(people: dict[str, User], item: Item) -> None:
    key = first_key(item)
    with pytest.raises(UsageError, match="没有写明转给谁"):
        workflow.decide(item, key, Statement("转办", "请核实", "  "), people["审查员"])
    made = workflow.decide(item, key, Statement("转办", "请核实", "县司法局"), people["审查员"])
    assert made.addressee == "县司法局" and Mark.REFERRED in fresh(item).marks
    workflow.decide(item, key, HOLDS, people["审查员"])
    assert Mark.REFERRED not in fresh(item).marks


@pytest.mark.parametrize("verdict", ["", "随便"])
def test_a_decision_needs_one_of_the_verdicts(people: dict[str, User], item: Item, verdict: str) -> None:
    with pytest.raises(UsageError, match="决定"):
        workflow.decide(item, first_key(item), Statement(verdict), people["审查员"])


def test_two_who_differ_are_told_to_the_chiefs_once(people: dict[str, User], item: Item) -> None:
    key = first_key(item)
    for role, verdict in (("审查员", "成立"), ("法律顾问", "不成立"), ("法律顾问", "不成立")):
        workflow.decide(item, key, Statement(verdict), people[role])
    assert Mark.DISPUTE in fresh(item).marks
    assert Notice.objects.filter(user=people["主审"], item=item, words__contains="意见不同").count() == 1
    workflow.decide(item, key, Statement("成立", "没有依据"), people["主审"], final=True)
    assert Mark.DISPUTE not in fresh(item).marks


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-22", "2026.11.22", "2026/11/22", "2026年11月22日", "二〇二六年十一月二十二日", "二○二六年十一月二十二日", "20261122",
        "２０２６年１１月２２日", "２０２６－１１－２２", " 2026 年 11 月 22 日 ",
    ],
)  # fmt: skip
def test_a_day_is_read_in_any_usual_way_of_writing(written: str) -> None:
    assert workflow.day_of(written) == "2026-11-22"


@pytest.mark.parametrize("written", ["2026年2月30日", "20260230", "2026-13-01", "去年", "11月22日", "2026", "明天上午"])
def test_what_is_no_day_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(UsageError, match="读不出日期") as refused:
        workflow.day_of(written)
    assert "2026-11-22" in str(refused.value)


def test_a_corrected_day_is_stored_as_a_day(people: dict[str, User], item: Item) -> None:
    workflow.correct(item, "expires", "2031年4月9日", people["审查员"])
    workflow.correct(item, "made", "2024.3.6", people["审查员"])
    corrected = fresh(item)
    assert (corrected.expires, corrected.year) == (date(2031, 4, 9), 2024)


@pytest.mark.parametrize(("field", "value"), [("color", "红"), ("title", "  "), ("made", "去年")])
def test_a_correction_that_says_nothing_is_refused(people: dict[str, User], item: Item, field: str, value: str) -> None:
    with pytest.raises(UsageError):
        workflow.correct(item, field, value, people["审查员"])
    assert not item.corrections.exists()


def test_kind_and_place_are_corrected_and_the_due_day_follows(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(due=date(2030, 1, 1))
    workflow.reclassify(fresh(item), Kind.OBJECTION, "长河县", people["审查员"])
    now = fresh(item)
    assert (now.kind, now.place) == (Kind.OBJECTION, "长河县")
    assert now.due == due_day(Kind.OBJECTION, timezone.localdate(now.created))
    assert AuditEntry.objects.filter(what="更正", item=item.pk, detail__contains="备案 → 异议").exists()


def test_a_corrected_place_alone_leaves_the_due_day(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(due=date(2030, 1, 1))
    workflow.reclassify(fresh(item), item.kind, "长河县", people["审查员"])
    assert fresh(item).due == date(2030, 1, 1)


def test_an_unknown_kind_is_refused(people: dict[str, User], item: Item) -> None:
    with pytest.raises(UsageError, match="案件类别"):
        workflow.reclassify(item, "其他", "", people["审查员"])


def test_a_conclusion_of_another_kind_of_case_has_to_be_drawn_again(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    workflow.reclassify(item, Kind.OBJECTION, item.place, people["审查员"])
    item.refresh_from_db()
    answer_points(item, people["审查员"])
    with pytest.raises(UsageError, match="没有“自行修改”这种结论"):
        workflow.finish(item, people["审查员"])
    checklists.conclude(item, "停止执行并责令纠正", "见各处意见", people["审查员"])
    assert workflow.finish(item, people["审查员"]) == Status.SECOND


CORRECTION = {"field": "title", "value": "更正后的题名"}


@pytest.mark.parametrize(("role", "status"), [("主审", 302), ("审查员", 400), ("法律顾问", 400)])
def test_a_finished_item_is_corrected_by_the_chief_alone(
    people: dict[str, User], item: Item, role: str, status: int
) -> None:
    finish(item, people)
    assert client(people, role).post(f"/items/{item.pk}/correct", CORRECTION).status_code == status
    assert (fresh(item).title == CORRECTION["value"]) is (role == "主审")


def nothing(item: Item, user: User) -> None:
    """Leaves a case as it came."""


def without_conclusion(item: Item, user: User) -> None:
    decide_alarms(item, user)
    answer_points(item, user)


def without_points(item: Item, user: User) -> None:
    decide_alarms(item, user)
    checklists.conclude(item, "自行修改", "见各处意见", user)


def favourable(item: Item, user: User) -> None:
    decide_alarms(item, user)
    conclude(item, user, "准予备案")


@pytest.mark.parametrize(
    ("left", "told"),
    [(nothing, "警示没有决定"), (without_conclusion, "尚未作出审查结论"), (without_points, "没有回答"), (favourable, "结论是“准予备案”")],
)  # fmt: skip
def test_a_case_is_not_finished_with_something_left(
    people: dict[str, User], item: Item, left: Callable[[Item, User], None], told: str
) -> None:
    left(item, people["审查员"])
    with pytest.raises(UsageError, match=told):
        workflow.finish(item, people["审查员"])
    assert fresh(item).status == Status.PENDING


def test_an_explained_contradiction_does_not_hold_up(people: dict[str, User], item: Item) -> None:
    favourable(item, people["审查员"])
    (found,) = contradictions.blocking(item)
    contradictions.explain(item, found.key, "已经当面改正", people["审查员"])
    assert workflow.finish(item, people["审查员"]) == Status.SECOND


@pytest.mark.parametrize("status", [Status.WAITING, Status.DONE])
def test_what_waits_or_is_finished_cannot_be_finished(people: dict[str, User], item: Item, status: Status) -> None:
    Item.objects.filter(pk=item.pk).update(status=status)
    with pytest.raises(UsageError, match=f"这件{status}，不能办结"):
        workflow.finish(fresh(item), people["主审"])


def test_with_a_clock_set_back_the_decision_that_was_recorded_later_counts(
    people: dict[str, User], item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, key = timezone.now, first_key(item)
    for turn, verdict in enumerate(("成立", "不成立", "成立", "不成立", "成立")):
        monkeypatch.setattr(timezone, "now", lambda turn=turn: real() - timedelta(days=turn))
        workflow.decide(fresh(item), key, Statement(verdict), people["审查员"])
        assert workflow.decisions_of(fresh(item))[key].verdict == verdict
    assert item.decisions.count() == 5
    workflow.withdraw(fresh(item), key, people["审查员"])
    assert workflow.decisions_of(fresh(item))[key].verdict == "不成立"


def test_who_has_a_case_and_concludes_is_its_reviewer_though_another_ends_the_review(
    people: dict[str, User], item: Item
) -> None:
    workflow.claim(item, people["审查员"])
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    assert workflow.finish(fresh(item), people["主审"]) == Status.SECOND
    assert fresh(item).reviewed_by == people["审查员"].username
