"""What does not go together in a case is shown, and covered by an explanation only as long as the state stays the same."""

import pytest
from django.contrib.auth.models import User

from pipeline.errors import UsageError
from pipeline.review.decisions import bulk, checklists, workflow
from pipeline.review.decisions.contradictions import ContradictionKind, blocking, contradictions, explain
from pipeline.review.models import Answer, AuditEntry, Finding, Item, Kind, Status
from tests.review.reviewed import answer_points, decide_alarms, kinds, next_version


def of_kind(item: Item, kind: ContradictionKind) -> str:
    """The key of the contradiction of a kind."""
    return next(found.key for found in contradictions(item) if found.kind == kind)


def test_an_untouched_case_lacks_decisions_conclusion_and_answers(item: Item) -> None:
    assert kinds(item) == ["警示没有决定", "没有结论", "核对要点没有回答"]
    undecided, missing, points = blocking(item)
    assert "5处警示" in undecided.says and "第三条“直接设定行政许可”" in undecided.says
    assert not undecided.explainable and not missing.explainable and points.explainable
    assert "7项" in points.says


def test_five_upheld_alarms_and_a_favourable_conclusion_contradict(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    answer_points(item, people["审查员"])
    checklists.conclude(item, "准予备案", "", people["审查员"])
    (found,) = blocking(item)
    assert found.kind == ContradictionKind.FAVOURABLE and found.explainable
    assert "准予备案" in found.says and "5处" in found.says and "第七条“设定罚款”" in found.says
    assert len(found.key) <= 64


def test_an_explanation_covers_a_contradiction_until_its_state_changes(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user)
    answer_points(item, user)
    checklists.conclude(item, "准予备案", "", user)
    made = explain(item, of_kind(item, ContradictionKind.FAVOURABLE), " 均已在执行中停止适用 ", user)
    assert (made.words, made.account) == ("均已在执行中停止适用", "wang")
    assert kinds(item) == []
    assert AuditEntry.objects.filter(what="说明", item=item.pk, detail__contains="停止适用").exists()
    # the same conclusion again changes nothing
    checklists.conclude(item, "准予备案", "另写理由", user)
    assert kinds(item) == []
    # one finding less is another state: the conclusion is older than it, and the explanation spoke of five
    key = next(iter(workflow.decisions_of(item)))
    workflow.decide(item, key, workflow.Statement("不成立", "有依据"), user)
    assert kinds(item) == ["结论在先", "结论与发现不符"]
    checklists.conclude(item, "准予备案", "", user)
    assert kinds(item) == ["结论与发现不符"]


def test_an_unfavourable_conclusion_needs_something_to_rest_on(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user, "不成立")
    answer_points(item, user)
    checklists.conclude(item, "停止执行", "", user)
    assert kinds(item) == ["结论没有所指"]
    checklists.answer(item, "F04", checklists.Given("否", "第三条增加了义务"), user)
    assert kinds(item) == []


@pytest.mark.parametrize("outcome", ["废止", "宣布失效"])
def test_a_cleanup_may_repeal_a_document_without_a_fault_of_its_text(
    people: dict[str, User], item: Item, outcome: str
) -> None:
    Item.objects.filter(pk=item.pk).update(kind=Kind.CLEANUP)
    item.refresh_from_db()
    decide_alarms(item, people["审查员"], "不成立")
    answer_points(item, people["审查员"])
    checklists.conclude(item, outcome, "依据已经废止", people["审查员"])
    assert kinds(item) == []


def test_a_point_answered_no_contradicts_a_favourable_conclusion(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user, "不成立")
    answer_points(item, user)
    checklists.answer(item, "F05", checklists.Given("否", ""), user)
    checklists.conclude(item, "准予备案", "", user)
    (found,) = blocking(item)
    assert found.kind == ContradictionKind.POINT and "不抵触" in found.says
    explain(item, found.key, "抵触的条款已经失效", user)
    assert kinds(item) == []


def test_points_left_out_are_told_in_one_sentence(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user, "不成立")
    checklists.conclude(item, "准予备案", "", user)
    checklists.answer(item, "F01", checklists.Given("是", ""), user)
    (found,) = blocking(item)
    assert found.kind == ContradictionKind.UNANSWERED and "6项" in found.says
    explain(item, found.key, "报备机关已另行核对", user)
    assert kinds(item) == []
    checklists.answer(item, "F02", checklists.Given("是", ""), user)
    assert kinds(item) == ["核对要点没有回答"]


def test_a_referred_finding_waits_for_a_later_decision(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    first = workflow.open_alarms(item)[0]
    workflow.decide(item, first.key, workflow.Statement("转办", "请说明依据", "县文旅局"), user)
    decide_alarms(item, user, "不成立")
    answer_points(item, user)
    checklists.conclude(item, "准予备案", "", user)
    (found,) = blocking(item)
    assert found.kind == ContradictionKind.REFERRED and found.explainable and "转县文旅局办理" in found.says
    workflow.decide(item, first.key, workflow.Statement("不成立", "业务部门已说明依据"), user)
    assert kinds(item) == []


def test_a_dispute_without_ruling_cannot_be_explained(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    key = next(iter(workflow.decisions_of(item)))
    workflow.decide(item, key, workflow.Statement("不成立", "有依据"), people["法律顾问"])
    found = next(found for found in blocking(item) if found.kind == ContradictionKind.DISPUTED)
    with pytest.raises(UsageError, match="不能以说明代替"):
        explain(item, found.key, "两人都对", people["审查员"])
    workflow.decide(item, key, workflow.Statement("成立", "依据不足"), people["主审"], final=True)
    assert "分歧没有裁定" not in kinds(item)


def test_a_conclusion_on_an_earlier_version_is_drawn_again(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user)
    answer_points(item, user)
    checklists.conclude(item, "自行修改", "", user)
    assert kinds(item) == []
    next_version(item)
    assert kinds(item) == ["结论在先", "核对要点在前一版回答"]
    # a conclusion from before 0.11.0 does not name its version: its time tells
    item.conclusions.update(version=None)
    assert kinds(item) == ["结论在先", "核对要点在前一版回答"]
    checklists.conclude(item, "自行修改", "", user)
    answer_points(item, user)
    assert kinds(item) == []


def test_explaining_needs_words_an_existing_contradiction_and_an_open_case(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    key = of_kind(item, ContradictionKind.UNANSWERED)
    with pytest.raises(UsageError, match="空的"):
        explain(item, key, " \n", user)
    with pytest.raises(UsageError, match="已经不在"):
        explain(item, "0" * 64, "理由", user)
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    with pytest.raises(UsageError, match="已经办结"):
        explain(item, key, "理由", user)


def test_answers_are_kept_each_with_its_person_and_words(people: dict[str, User], item: Item) -> None:
    checklists.answer(item, "F01", checklists.Given("否", "超过期限"), people["审查员"])
    checklists.answer(item, "F01", checklists.Given("是", ""), people["主审"])
    made = {point.key: made for point, made in checklists.answered_points(item)}["F01"]
    assert made and (made.answer, made.comment, made.account) == ("是", "", "chief")
    assert [(check.answer, check.comment) for check in item.checks.order_by("id")] == [("否", "超过期限"), ("是", "")]


def test_a_conclusion_names_its_version_and_account(people: dict[str, User], item: Item) -> None:
    made = checklists.conclude(item, "自行修改", "", people["审查员"])
    assert (made.version, made.account) == (item.current, "wang")


def test_an_empty_choice_is_told_what_to_choose(people: dict[str, User], item: Item) -> None:
    with pytest.raises(UsageError, match="没有选择回答") as answer:
        checklists.answer(item, "F01", checklists.Given("", ""), people["审查员"])
    assert all(value in str(answer.value.remedy) for value in Answer.values)
    with pytest.raises(UsageError, match="没有选择审查结论") as outcome:
        checklists.conclude(item, "", "", people["审查员"])
    assert "准予备案" in str(outcome.value.remedy)


def test_a_finished_case_takes_no_answer_and_no_conclusion(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    with pytest.raises(UsageError, match="已经办结"):
        checklists.answer(item, "F01", checklists.Given("是", ""), people["审查员"])
    with pytest.raises(UsageError, match="已经办结"):
        checklists.conclude(item, "自行修改", "", people["审查员"])


def test_every_conclusion_is_favourable_unfavourable_or_on_other_grounds() -> None:
    outcomes = {outcome for outcomes in checklists.OUTCOMES.values() for outcome in outcomes}
    assert outcomes >= checklists.FAVOURABLE and not checklists.FAVOURABLE & checklists.UNFAVOURABLE
    assert outcomes - checklists.FAVOURABLE - checklists.UNFAVOURABLE == {
        "转送有权机关",
        "不予受理",
        "废止",
        "宣布失效",
    }


def test_a_decision_withdrawn_after_the_conclusion_makes_it_outdated(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user)
    low = item.current.findings.get(type="FRM-05")  # type: ignore[union-attr]
    workflow.decide(item, low.key, workflow.Statement("成立", "没有上位法依据"), user)
    answer_points(item, user)
    checklists.conclude(item, "自行修改", "", user)
    assert kinds(item) == []
    workflow.withdraw(item, low.key, user)
    assert kinds(item) == ["结论在先"]


def test_an_upheld_finding_that_is_not_raised_is_told(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user)
    answer_points(item, user)
    checklists.conclude(item, "自行修改", "", user)
    Finding.objects.filter(version=item.current, type="PEN-01").update(softened=True)
    (found,) = blocking(item)
    assert found.kind == ContradictionKind.SOFTENED and "第七条“设定罚款”" in found.says and not found.explainable


def test_decisions_of_a_batch_that_was_undone_after_the_conclusion_make_it_outdated(
    people: dict[str, User], item: Item
) -> None:
    user = people["主审"]
    mine = Item.objects.filter(pk=item.pk)
    decide_alarms(item, user)
    batch = bulk.decide_all(mine, "FRM-05", workflow.Statement("成立", "没有上位法依据"), by=user)
    answer_points(item, user)
    checklists.conclude(item, "自行修改", "", user)
    assert kinds(item) == []
    bulk.undo(batch, by=user)
    (found,) = blocking(item)
    assert found.kind == ContradictionKind.OUTDATED and "设有法律责任章" in found.says


def test_a_point_answered_yes_contradicts_the_upheld_findings_that_deny_it(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user, "不成立")
    answer_points(item, user, "是")
    checklists.conclude(item, "自行修改", "", user)
    assert kinds(item) == ["结论没有所指"]
    fine = item.current.findings.get(type="PEN-01")  # type: ignore[union-attr]
    workflow.decide(item, fine.key, workflow.Statement("成立", "没有依据"), user)
    checklists.conclude(item, "自行修改", "", user)
    rights, law = blocking(item)
    assert {rights.kind, law.kind} == {ContradictionKind.ANSWER} and rights.explainable
    assert "“没有违法减损权利或者增加义务”答“是”" in rights.says and "第七条“设定罚款”" in rights.says
    assert "与上位法不抵触" in law.says
    explain(item, rights.key, "另案处理", user)
    checklists.answer(item, "F05", checklists.Given("否", "第七条抵触"), user)
    assert kinds(item) == []


@pytest.mark.parametrize(
    ("kind", "point", "found", "denied"),
    [
        ("备案", "F03", "PWR-01", True), ("备案", "F03", "FRM-02", True), ("备案", "F03", "FRM-03", False),
        ("备案", "F05", "FCR-02", False), ("备案", "F05", "CL-14", False), ("备案", "F05", "RGT-02", True),
        ("备案", "F07", "FCR-02", False), ("备案", "F04", "OTH-91", False), ("草案", "D06", "FCR-11", False),
        ("草案", "D10", "FRM-03", True), ("草案", "D10", "FRM-02", False), ("决策", "M07", "FEE-02", True),
        ("合同", "C06", "FCR-08", True), ("合同", "C06", "PEN-01", False), ("异议", "O05", "LIC-02", True),
        ("异议", "O05", "FCR-02", True),
    ],
)  # fmt: skip
def test_which_findings_deny_which_point(
    people: dict[str, User], item: Item, kind: str, point: str, found: str, denied: bool
) -> None:
    Item.objects.filter(pk=item.pk).update(kind=kind)
    item.refresh_from_db()
    fine = item.current.findings.get(type="PEN-01")  # type: ignore[union-attr]
    Finding.objects.filter(pk=fine.pk).update(type=found)
    workflow.decide(item, fine.key, workflow.Statement("需修改"), people["审查员"])
    answer_points(item, people["审查员"], "是")
    asked = next(made.says for made in checklists.points_of(kind) if made.key == point)
    told = [made.says for made in blocking(item) if made.kind == ContradictionKind.ANSWER]
    assert any(f"“{asked}”" in says for says in told) == denied


def test_every_point_that_findings_may_deny_exists() -> None:
    assert {point.key for kind in Kind for point in checklists.points_of(kind)} >= set(checklists.DENIED_BY)


def test_a_clause_by_numbers_is_told_as_a_letter_names_it(people: dict[str, User], item: Item) -> None:
    fine = item.current.findings.get(type="PEN-01")  # type: ignore[union-attr]
    Finding.objects.filter(pk=fine.pk).update(content={**fine.content, "path": "四、（一）3."})
    assert "、第四部分第（一）项第3点“设定罚款”" in blocking(item)[0].says
