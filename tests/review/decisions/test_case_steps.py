"""办理记录 tells every step, whoever took it, and the version that it was about."""

from django.contrib.auth.models import User

from pipeline.review.audit.chain import note
from pipeline.review.decisions import bulk, checklists, history, releases, workflow
from pipeline.review.decisions.case_steps import STEPS, Entry
from pipeline.review.models import Item
from pipeline.review.queue import versions
from tests.review.decisions.test_raising import next_version
from tests.review.reviewed import conclude, decide_alarms, erase, review

CHANGE = ("安全检查", "安全检查和消防检查")


def told(item: Item, what: str) -> list[Entry]:
    return [entry for entry in history.of(Item.objects.get(pk=item.pk)) if entry.what == what]


def test_steps_name_the_version_that_they_were_about_and_the_number_it_has_now(
    item: Item, people: dict[str, User]
) -> None:
    reviewer, chief = people["审查员"], people["主审"]
    decide_alarms(item, reviewer)
    conclude(item, reviewer)
    workflow.finish(item, reviewer)
    workflow.send_back(Item.objects.get(pk=item.pk), chief, "第四条漏了")
    now = next_version(Item.objects.get(pk=item.pk), reviewer, CHANGE)
    decide_alarms(now, reviewer)
    conclude(now, reviewer)
    workflow.finish(now, reviewer)
    separate = versions.split_off(now, chief, "不是同一件")
    conclude(Item.objects.get(pk=item.pk), reviewer)
    workflow.finish(Item.objects.get(pk=item.pk), reviewer)
    told = [(entry.what, entry.about) for entry in reversed(history.of(Item.objects.get(pk=item.pk)))]
    left = f"后来另立为编号{separate.pk}"
    steps = [one for one in told if one[0] in ("送复核", "退回", "接收新版本", "拆出版本")]
    assert steps == [
        ("送复核", "就第1版"),
        ("退回", "就第1版"),
        ("接收新版本", left),
        ("送复核", f"就第2版，{left}"),
        ("拆出版本", ""),
        ("送复核", "就第1版"),
    ]
    erase(separate.pk)


def test_a_case_with_one_version_names_none(item: Item, people: dict[str, User]) -> None:
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    workflow.finish(item, people["审查员"])
    assert {entry.about for entry in history.of(item) if entry.what == "送复核"} == {""}
    assert not any("第1版" in entry.about for entry in history.of(item) if entry.what in ("结论", "核对"))


def test_conclusions_and_answers_name_their_version_once_there_are_several(item: Item, people: dict[str, User]) -> None:
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    now = next_version(item, people["审查员"], CHANGE)
    decide_alarms(now, people["审查员"])
    conclude(now, people["审查员"])
    told = [entry.about for entry in history.of(now) if entry.what == "结论"]
    assert [about.endswith(f"（第{number}版）") for number, about in zip((2, 1), told, strict=True)] == [True, True]


def test_taking_a_decision_back_is_an_act_with_its_own_time(item: Item, people: dict[str, User]) -> None:
    found = workflow.open_alarms(item)[0]
    workflow.decide(item, found.key, workflow.Statement("成立", "没有依据"), people["审查员"])
    workflow.withdraw(item, found.key, people["审查员"])
    (made,), (back,) = told(item, "决定（已撤回）"), told(item, "撤回决定")
    assert (back.who, back.about) == ("wang先生", made.about) and back.at > made.at


def test_undoing_decisions_on_many_findings_names_who_did_it(item: Item, people: dict[str, User]) -> None:
    found = workflow.open_alarms(item)[0]
    batch = bulk.decide_group(
        item, {found.key: found.fingerprint}, workflow.Statement("成立", "同类"), by=people["审查员"]
    )
    bulk.undo(batch, by=people["主审"])
    (undone,) = told(item, "撤销成批决定")
    assert undone.who == "chief先生" and found.content["name"] in undone.about


def test_an_assignment_of_many_items_at_once_is_a_step_of_each(item: Item, people: dict[str, User]) -> None:
    batch = bulk.assign_all(Item.objects.filter(pk=item.pk), people["审查员"], by=people["主审"])
    (assigned,) = told(item, "指派（成批）")
    assert (assigned.who, assigned.words, assigned.about) == ("chief先生", "wang先生", "")
    bulk.undo(batch, by=people["主审"])
    assert "后来撤销" in told(item, "指派（成批）")[0].about


def test_a_correction_says_which_fact_it_is_about(item: Item, people: dict[str, User]) -> None:
    workflow.correct(item, "expires", "2031-05-31", people["主审"])
    (entry,) = told(item, "更正")
    assert entry.about.startswith("有效期至") and entry.about.endswith("更正为“2031-05-31”")


def test_answers_given_before_the_case_got_another_kind_keep_their_words(item: Item, people: dict[str, User]) -> None:
    point = checklists.points_of(item.kind)[0]
    checklists.answer(item, point.key, checklists.Given("是"), people["审查员"])
    workflow.reclassify(item, "异议", item.place, people["主审"])
    assert told(item, "核对")[0].about == f"{point.says}：是"


def test_a_sending_names_its_version_once_there_are_several(item: Item, people: dict[str, User]) -> None:
    releases.release(review(item, people), people["审查员"], "请答复")
    next_version(Item.objects.get(pk=item.pk), people["主审"], CHANGE)
    assert told(item, "送达制定机关")[0].about.endswith("处意见（第1版）")


def test_publishing_and_withdrawing_name_the_version_that_was_public(item: Item, people: dict[str, User]) -> None:
    chief = people["主审"]

    def public(words: str) -> None:
        note(chief.username, words.split()[0], item.pk, words.partition(" ")[2])

    public("公开 第1版")
    now = next_version(item, people["审查员"], CHANGE)
    public("撤回公开 附件有误")
    public("公开 第2版")
    public("撤回公开 版本有误")
    separate = versions.split_off(now, chief, "不是同一件")
    left = f"后来另立为编号{separate.pk}"
    steps = [(one.words, one.about) for name in ("公开", "撤回公开") for one in reversed(told(item, name))]
    assert steps == [
        ("第1版", ""),
        ("第2版", left),
        ("附件有误", "就第1版"),
        ("版本有误", f"就第2版，{left}"),
    ]
    # the version that left tells what was done on it before, and nothing else of that case
    here = [(one.what, one.words, one.about) for one in reversed(history.of(separate)) if one.what in STEPS]
    where = f"在编号{item.pk}"
    assert [one for one in here if one[0] != "接收新版本"] == [
        ("公开", "第2版", where),
        ("撤回公开", "版本有误", f"{where}就第2版"),
        ("拆出版本", f"由编号{item.pk}的第2版另立：不是同一件", ""),
    ]
    assert [about for what, _, about in here if what == "接收新版本"] == [where]
    erase(separate.pk)
