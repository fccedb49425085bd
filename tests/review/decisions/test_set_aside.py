"""A decision is about what its author saw: what becomes of it when the finding names something else."""

import pytest
from django.contrib.auth.models import User

from pipeline.errors import UsageError
from pipeline.review.accounts import Role, add_user
from pipeline.review.audit.reading import rows_of
from pipeline.review.decisions import agreement, bulk, checklists, history, workflow
from pipeline.review.decisions.contradictions import ContradictionKind, contradictions
from pipeline.review.decisions.raising import Change, Ground, change_finding, raise_finding
from pipeline.review.models import AuditEntry, Decision, Finding, Item, Notice, Status
from pipeline.review.output.case_building import case_of
from pipeline.review.output.forms import FORMS
from pipeline.review.queue.subjects import set_aside_outdated
from tests.review.decisions.test_raising import GROUND, again, next_version, span_of
from tests.review.output.test_forms import written
from tests.review.reviewed import conclude, decide_alarms

TO_DUTY = {"type": "RGT-01", "name": "减损权益、增加义务", "bases": [{"law": "立法法", "article": "第九十三条第六款", "says": "", "confirmed": True}]}  # fmt: skip
BASIS = {"bases": [{"law": "种子法", "article": "第一条", "says": "", "confirmed": True}]}


def decided(item: Item, user: User, verdict: str = "成立") -> Finding:
    """The first alarm of an item, decided by a person."""
    found = workflow.open_alarms(item)[0]
    workflow.decide(item, found.key, workflow.Statement(verdict, "没有依据"), user)
    return found


@pytest.mark.parametrize("values", [TO_DUTY, BASIS], ids=["type", "bases"])
def test_after_a_change_of_type_or_bases_the_decisions_before_do_not_count(
    item: Item, people: dict[str, User], values: dict[str, object]
) -> None:
    found = decided(item, people["审查员"])
    change_finding(item, found.key, Change(values, "看法不同"), people["法律顾问"])
    assert found.key not in workflow.decisions_of(item)
    assert found.key in {alarm.key for alarm in workflow.open_alarms(item)}
    case = next(one for one in case_of(item).findings if one.key == found.key)
    assert case.decision is None and not case.upheld
    assert [made.about for made in case.decisions] == [found.content["name"]]


@pytest.mark.parametrize("values", [{"severity": "低"}, {"advice": "改为鼓励"}], ids=["severity", "advice"])
def test_a_change_of_severity_or_advice_leaves_the_decisions(
    item: Item, people: dict[str, User], values: dict[str, object]
) -> None:
    found = decided(item, people["审查员"])
    change_finding(item, found.key, Change(values, "影响大"), people["法律顾问"])
    assert workflow.decisions_of(item)[found.key].account == people["审查员"].username


def test_the_author_is_told_and_the_one_who_changed_it_is_not(item: Item, people: dict[str, User]) -> None:
    found = decided(item, people["审查员"])
    workflow.decide(item, found.key, workflow.Statement("成立"), people["法律顾问"])
    change_finding(item, found.key, Change(TO_DUTY, "不是许可"), people["法律顾问"])
    told = Notice.objects.filter(item=item, words__contains="不再作数")
    assert [notice.user for notice in told] == [people["审查员"]]
    assert found.content["name"] in told[0].words and "不是许可" in told[0].words


def test_a_finding_that_is_no_alarm_has_to_be_decided_again_too(item: Item, people: dict[str, User]) -> None:
    found = decided(item, people["审查员"])
    change_finding(item, found.key, Change({**TO_DUTY, "severity": "低"}, "不是许可"), people["法律顾问"])
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    says = [made.says for made in contradictions(item) if made.kind is ContradictionKind.UNDECIDED]
    assert len(says) == 1 and "须重新决定" in says[0]
    workflow.decide(item, found.key, workflow.Statement("成立"), people["审查员"])
    assert not [made for made in contradictions(item) if made.kind is ContradictionKind.UNDECIDED]


def test_a_dispute_about_what_a_finding_was_is_none_about_what_it_is(item: Item, people: dict[str, User]) -> None:
    found = decided(item, people["审查员"])
    workflow.decide(item, found.key, workflow.Statement("不成立"), people["法律顾问"])
    assert found.key in agreement.disputed(item)
    change_finding(item, found.key, Change(TO_DUTY, "不是许可"), people["主审"])
    assert found.key not in agreement.disputed(item)


def test_documents_and_history_name_each_decision_by_what_it_was_about(item: Item, people: dict[str, User]) -> None:
    found = decided(item, people["审查员"])
    before = found.content["name"]
    change_finding(item, found.key, Change(TO_DUTY, "不是许可"), people["法律顾问"])
    workflow.decide(item, found.key, workflow.Statement("需修改", "改为鼓励"), people["审查员"])
    paper = written(Item.objects.get(pk=item.pk), "record")
    assert f"（就“{before}”作出，发现改动后不再作数）" in paper
    told = [(entry.what, entry.about) for entry in history.of(item) if entry.who == people["审查员"].first_name]
    assert any(before in about and "不再作数" in what for what, about in told)
    assert any(TO_DUTY["name"] in about and what == "决定" for what, about in told)
    changed = next(entry for entry in history.of(item) if entry.what == "改动发现")
    assert f"问题“{before}”改为“{TO_DUTY['name']}”" in changed.about


def test_the_audit_names_a_finding_as_it_was(item: Item, people: dict[str, User]) -> None:
    found = decided(item, people["审查员"])
    change_finding(item, found.key, Change(TO_DUTY, "不是许可"), people["法律顾问"])
    entry = AuditEntry.objects.filter(item=item.pk, what="决定").latest("id")
    row = next(iter(rows_of([entry])))
    assert found.content["name"] in row.detail and found.key not in row.detail


def test_who_saw_the_finding_before_it_was_changed_is_refused(item: Item, people: dict[str, User]) -> None:
    found = workflow.open_alarms(item)[0]
    seen = found.fingerprint
    change_finding(item, found.key, Change({"severity": "中"}, "影响不大"), people["法律顾问"])
    with pytest.raises(UsageError, match=r"您打开页面以后，这条发现已由.*改为"):
        workflow.decide(item, found.key, workflow.Statement("成立", fingerprint=seen), people["审查员"])
    with pytest.raises(UsageError, match="没有记录"):
        change_finding(item, found.key, Change(TO_DUTY, "不是许可", seen), people["审查员"])
    with pytest.raises(UsageError, match="没有记录"):
        bulk.decide_group(item, {found.key: seen}, workflow.Statement("成立", "同类"), by=people["审查员"])
    assert not Decision.objects.filter(item=item).exists()
    now = Finding.objects.get(pk=found.pk).fingerprint
    workflow.decide(item, found.key, workflow.Statement("成立", fingerprint=now), people["审查员"])


def test_a_bulk_decision_is_refused_when_what_it_was_about_was_changed(item: Item, people: dict[str, User]) -> None:
    found = workflow.open_alarms(item)[0]
    among = Item.objects.filter(pk=item.pk)
    seen = bulk.stamp_of(bulk.undecided(among, found.type, people["审查员"]))
    change_finding(item, found.key, Change(BASIS, "另有依据"), people["法律顾问"])
    with pytest.raises(bulk.PreviewOutdatedError):
        bulk.decide_all(among, found.type, workflow.Statement("成立", "同类"), by=people["审查员"], seen=seen)


def test_a_new_analysis_on_other_bases_sets_the_decision_aside(item: Item, people: dict[str, User]) -> None:
    found = decided(item, people["审查员"])
    Finding.objects.filter(pk=found.pk).update(content={**found.content, **BASIS})
    item = Item.objects.get(pk=item.pk)
    assert [made.finding_key for made in set_aside_outdated(item)] == [found.key]
    assert found.key not in workflow.decisions_of(item)


def test_a_new_analysis_and_a_new_version_that_say_the_same_leave_decisions(
    item: Item, people: dict[str, User]
) -> None:
    found = decided(item, people["审查员"])
    assert found.key in workflow.decisions_of(again(item, "另一版本"))
    now = next_version(item, people["审查员"], ("安全检查", "安全检查和消防检查"))
    assert found.key in workflow.decisions_of(now)


def test_raising_is_one_act_in_the_history_and_a_decision_in_the_audit(item: Item, people: dict[str, User]) -> None:
    raise_finding(item, span_of(item), GROUND, [], people["审查员"])
    told = [entry.what for entry in history.of(item)]
    assert told.count("提出发现") == 1 and "决定" not in told
    audited = list(AuditEntry.objects.filter(item=item.pk).order_by("-id").values_list("what", "detail")[:2])
    assert {what for what, _ in audited} == {"提出发现", "决定"}
    assert any("提出发现即认为成立" in detail for _, detail in audited)


def test_no_paper_lists_the_decision_that_came_with_raising_as_one_that_was_given_up(
    item: Item, people: dict[str, User]
) -> None:
    ground = Ground(GROUND.kind, GROUND.name, "高", "", "增加了培训义务")
    made = raise_finding(item, span_of(item), ground, [], people["审查员"])
    workflow.decide(item, made.key, workflow.Statement("需修改", "改为鼓励"), people["审查员"])
    paper = written(Item.objects.get(pk=item.pk), "record")
    assert "不再作数" not in paper and "需修改" in paper


def sent_on(item: Item, people: dict[str, User]) -> Item:
    """The item in the second review, decided and concluded by the 审查员."""
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    Item.objects.filter(pk=item.pk).update(risk=90)
    assert workflow.finish(Item.objects.get(pk=item.pk), people["审查员"]) == Status.SECOND
    return Item.objects.get(pk=item.pk)


def test_a_second_reader_who_changed_decisions_returns_the_case_and_finishes_it_afterwards(
    item: Item, people: dict[str, User]
) -> None:
    item = sent_on(item, people)
    key = next(iter(workflow.decisions_of(item)))
    workflow.decide(item, key, workflow.Statement("不成立", "有依据"), people["主审"])
    workflow.decide(item, key, workflow.Statement("不成立", "有依据"), people["主审"], final=True)
    outdated = [made for made in contradictions(item) if made.kind is ContradictionKind.OUTDATED]
    assert outdated and "退回初审" in outdated[0].way_out
    workflow.send_back(item, people["主审"], "一处有依据")
    item = Item.objects.get(pk=item.pk)
    checklists.conclude(item, "自行修改", "按复核意见", people["审查员"])
    assert workflow.finish(item, people["审查员"]) == Status.SECOND
    assert workflow.finish(Item.objects.get(pk=item.pk), people["主审"]) == Status.DONE


def test_in_the_second_review_only_the_chief_concludes_and_then_another_finishes(
    item: Item, people: dict[str, User], other: User
) -> None:
    item = sent_on(item, people)
    with pytest.raises(UsageError, match="复核中不改结论") as refused:
        checklists.conclude(item, "准予备案", "", other)
    assert "退回初审" in refused.value.remedy
    checklists.conclude(item, "自行修改", "补充理由", people["主审"])
    with pytest.raises(UsageError, match="结论是您作出的"):
        workflow.finish(item, people["主审"])
    assert workflow.finish(item, other) == Status.DONE


def test_who_decided_in_the_first_review_does_not_read_a_second_time(
    item: Item, people: dict[str, User], other: User
) -> None:
    workflow.decide(item, workflow.open_alarms(item)[0].key, workflow.Statement("成立"), other)
    item = sent_on(item, people)
    with pytest.raises(UsageError, match="在初审中作过决定"):
        workflow.finish(item, other)


@pytest.fixture
def other(item: Item) -> User:
    """Another 审查员."""
    return User.objects.filter(username="er").first() or add_user("er", "Li-2026-Qinggui!", Role.REVIEWER)


def test_every_form_can_be_written_while_decisions_wait_to_be_renewed(item: Item, people: dict[str, User]) -> None:
    found = decided(item, people["审查员"])
    change_finding(item, found.key, Change(TO_DUTY, "不是许可"), people["法律顾问"])
    for form in FORMS.keys() - {"correction"}:
        assert "草稿" in written(Item.objects.get(pk=item.pk), form)
