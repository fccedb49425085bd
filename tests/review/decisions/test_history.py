"""办理记录: every act in a case with its own person, time and words; nothing that was said replaces what was said before."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.document import Span
from pipeline.review.audit.chain import note
from pipeline.review.audit.verification import verify
from pipeline.review.decisions import bulk, checklists, contradictions, history, raising, releases, workflow
from pipeline.review.decisions.case_steps import Entry
from pipeline.review.decisions.raising import Ground
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import AuditEntry, Item, Material, Original
from tests.review.reviewed import conclude, decide_alarms, finish, review, rule
from tests.web.conftest import client


def entries(item: Item, what: str) -> list[Entry]:
    return [entry for entry in history.of(item) if entry.what == what]


def test_a_decision_is_told_with_place_version_verdict_and_words(people: dict[str, User], item: Item) -> None:
    alarm = workflow.open_alarms(item)[0]
    workflow.decide(item, alarm.key, Statement("转办", "请核实", "县司法局"), people["审查员"])
    (entry,) = entries(item, "决定")
    assert (entry.who, entry.words) == ("wang先生", "请核实")
    assert entry.about == f"{alarm.content['path']} {alarm.content['name']}（第1版）：转办给县司法局"
    assert timezone.now() - entry.at < timedelta(minutes=1) and entry.at.utcoffset() == timedelta(hours=8)


def test_rulings_withdrawn_and_bulk_decisions_are_called_so(people: dict[str, User], item: Item) -> None:
    first, second, third = workflow.open_alarms(item)[:3]
    rule(item, first.key, people, "成立", "依据不足")
    workflow.decide(item, second.key, Statement("成立"), people["审查员"])
    workflow.withdraw(item, second.key, people["审查员"])
    batch = bulk.decide_group(item, {third.key: third.fingerprint}, Statement("不成立", "同类"), by=people["审查员"])
    assert {entry.what for entry in history.of(item)} >= {"裁定", "决定（已撤回）", "决定（成批）"}
    bulk.undo(batch, by=people["主审"])
    assert entries(item, "决定（成批）（已撤回）")


def test_the_answers_of_two_people_to_one_point_both_stay(people: dict[str, User], item: Item) -> None:
    point = checklists.points_of(item.kind)[0]
    checklists.answer(item, point.key, checklists.Given("否", "没有公开"), people["审查员"])
    checklists.answer(item, point.key, checklists.Given("是", "已经公开"), people["主审"])
    told = [(entry.who, entry.about, entry.words) for entry in entries(item, "核对")]
    assert told == [
        ("chief先生", f"{point.says}：是", "已经公开"),
        ("wang先生", f"{point.says}：否", "没有公开"),
    ]
    assert checklists.answered_points(item)[0][1] == item.checks.latest("id")


def test_conclusions_and_explanations_stay_with_their_words(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"], "准予备案")
    (found,) = contradictions.blocking(item)
    contradictions.explain(item, found.key, "已经当面改正", people["法律顾问"])
    checklists.conclude(item, "自行修改", "改变看法", people["主审"])
    assert [(entry.who, entry.about) for entry in entries(item, "结论")] == [
        ("chief先生", "自行修改"), ("wang先生", "准予备案"),
    ]  # fmt: skip
    (said,) = entries(item, "说明")
    assert (said.who, said.words) == ("law先生", "已经当面改正") and "准予备案" in said.about


def test_raised_and_changed_findings_and_corrections_are_told(people: dict[str, User], item: Item) -> None:
    assert item.current is not None
    at, alarm = item.current.text.index("免费提供培训"), workflow.open_alarms(item)[0]
    ground = Ground("RGT-01", "减损权益", "高", "", "增加义务")
    raising.raise_finding(item, Span(at, at + 6), ground, [], people["审查员"])
    raising.change_finding(item, alarm.key, raising.Change({"severity": "低"}, "影响不大"), people["法律顾问"])
    workflow.correct(item, "number", "临政发〔2025〕13号", people["主审"])
    (raised,), (changed,), (corrected,) = (entries(item, what) for what in ("提出发现", "改动发现", "更正"))
    assert (raised.who, raised.words) == ("wang先生", "增加义务") and "免费提供培训" in raised.about
    assert (changed.who, changed.words) == ("law先生", "影响不大") and alarm.content["name"] in changed.about
    assert corrected.who == "chief先生" and "〔2025〕12号”更正为“临政发〔2025〕13号”" in corrected.about


def test_letters_and_materials_are_told(people: dict[str, User], item: Item) -> None:
    sent = releases.release(review(item, people), people["审查员"], "请答复")
    releases.reply(sent, releases.Answered(str(sent.findings[0]["key"]), "不采纳", "有依据"), people["制定机关"])
    original = Original.objects.get_or_create(digest="a" * 64, defaults={"size": 1, "first_name": "说明.txt"})[0]
    Material.objects.create(item=item, kind="起草说明", name="说明.txt", original=original, by="shui先生")
    (letter,), (reply,), (material,) = (entries(item, what) for what in ("送达制定机关", "制定机关答复", "提交材料"))
    assert (letter.who, letter.words) == ("wang先生", "请答复") and "自行修改" in letter.about
    assert (reply.who, reply.words) == ("shui先生", "有依据") and "不采纳" in reply.about
    assert (material.who, material.about) == ("shui先生", "起草说明：说明.txt")
    releases.take_back(sent, people["审查员"], "送错了")
    assert entries(item, "送达制定机关（已收回）") and entries(item, "收回送达")[0].words == "第1版的送达：送错了"


@pytest.mark.parametrize("what", ["领取", "放回", "指派", "送复核", "退回"])
def test_the_steps_of_a_case_are_told_with_person_and_reason(people: dict[str, User], item: Item, what: str) -> None:
    workflow.claim(item, people["审查员"])
    workflow.give_back(item, people["审查员"])
    workflow.assign(item, people["审查员"], by=people["主审"])
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    workflow.finish(item, people["审查员"])
    workflow.send_back(item, people["主审"], "第四条漏了")
    (entry,) = entries(item, what)
    assert entry.who == ("chief先生" if what in ("指派", "退回") else "wang先生")
    assert entry.words == {"指派": "wang先生", "退回": "第四条漏了"}.get(what, "")


def test_the_newest_act_stands_first_and_reading_is_no_act(people: dict[str, User], item: Item) -> None:
    client(people, "审查员").get(f"/items/{item.pk}/")
    decide_alarms(item, people["审查员"])
    found = history.of(item)
    assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)
    assert {entry.what for entry in found} == {"决定"}


def test_the_page_shows_every_act(people: dict[str, User], item: Item) -> None:
    workflow.claim(item, people["审查员"])
    workflow.decide(item, workflow.open_alarms(item)[0].key, Statement("成立", "没有依据啊"), people["审查员"])
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    assert "办理记录（2）" in page and "没有依据啊" in page.split("办理记录")[1]


@pytest.mark.parametrize(
    "what",
    [
        "领取", "放回", "指派", "送复核", "办结", "退回", "重新打开", "各自独立", "接收新版本", "拆出版本", "收回送达", "公开", "撤回公开",
    ],
)  # fmt: skip
def test_every_step_of_the_audit_is_told_once_with_person_and_words(
    people: dict[str, User], item: Item, what: str
) -> None:
    note(people["主审"].username, what, item.pk, "第2版 理由如此")
    note("gone", what, item.pk + 100_000, "别的一件")
    (entry,) = entries(item, what)
    assert entry.who == "chief先生" and entry.words == ("" if what in ("领取", "放回") else "第2版 理由如此")


def test_a_case_that_was_opened_again_and_one_of_another_kind_are_told(people: dict[str, User], item: Item) -> None:
    workflow.reclassify(item, "异议", "湖南", people["主审"])
    (entry,) = entries(item, "更正")
    assert entry.who == "chief先生" and entry.words.startswith("类别备案 → 异议")
    workflow.send_back(finish(item, people), people["主审"], "又有新的材料")
    (again,) = entries(item, "重新打开")
    assert (again.who, again.words) == ("chief先生", "又有新的材料")


def test_steps_of_the_same_second_stand_newest_first(people: dict[str, User], item: Item) -> None:
    workflow.claim(item, people["审查员"])
    decide_alarms(item, people["审查员"])
    workflow.give_back(item, people["审查员"])
    written = {entry.pk: entry.at for entry in AuditEntry.objects.filter(item=item.pk)}
    AuditEntry.objects.filter(pk__in=written).update(at=timezone.now().replace(microsecond=0))
    try:
        assert [entry.what for entry in history.of(item) if entry.what in ("领取", "放回")] == ["放回", "领取"]
    finally:
        # the other tests read the same chain
        for key, at in written.items():
            AuditEntry.objects.filter(pk=key).update(at=at)
    assert not list(verify())
