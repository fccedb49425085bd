"""What the record says is what people did: numbers, changes, disputes, sendings, answers, conclusions."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User

from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.decisions import checklists, history, raising, releases, workflow
from pipeline.review.decisions.checklists import Given, Seen
from pipeline.review.decisions.contradictions import ContradictionKind, contradictions
from pipeline.review.decisions.marks import marks_of
from pipeline.review.decisions.raising import Ground
from pipeline.review.models import AuditEntry, Item, Mark, Release, Status
from pipeline.review.output.case_building import case_of
from pipeline.review.queue import versions
from tests.review.decisions.test_raising import GROUND, next_version, span_of
from tests.review.output.test_forms import written
from tests.review.reviewed import MOMENT, conclude, decide_alarms, erase, finish, review


def again(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def test_a_version_that_was_taken_up_is_found_by_its_old_number(item: Item, people: dict[str, User]) -> None:
    taken = AuditEntry.objects.filter(what="接收新版本").count()
    now = next_version(item, people["审查员"], ("安全检查", "安全检查和消防检查"))
    entry = AuditEntry.objects.filter(what="接收新版本").latest("id")
    assert AuditEntry.objects.filter(what="接收新版本").count() == taken + 1 and "None" not in entry.detail
    number = int(entry.detail.partition("原编号")[2].partition("）")[0])
    assert versions.merged_into(number) == now.pk


def test_each_change_stands_with_its_own_person_reason_and_from_and_to(item: Item, people: dict[str, User]) -> None:
    found = workflow.open_alarms(item)[0]
    values = {"type": "RGT-01", "name": "减损权利、增加义务"}
    raising.change_finding(item, found.key, raising.Change({"severity": "低"}, "影响较小"), people["审查员"])
    raising.change_finding(item, found.key, raising.Change(values, "不是许可"), people["法律顾问"])
    first, second = next(one for one in case_of(again(item)).findings if one.key == found.key).changes
    assert (first.what, first.reason) == (f"程度“{found.severity}”改为“低”", "影响较小")
    assert (
        second.what == f"问题“{found.content['name']}”改为“减损权利、增加义务”"
        and second.by.person == people["法律顾问"].first_name
    )
    paper = written(again(item), "record")
    assert "影响较小" in paper and "不是许可" in paper
    told = [entry.about for entry in history.of(item) if entry.what == "改动发现"]
    assert any("程度" in about for about in told) and any("改为“减损权利、增加义务”" in about for about in told)


def test_a_change_that_was_stored_without_bases_is_told_as_it_was_made(item: Item, people: dict[str, User]) -> None:
    found = next(one for one in workflow.open_alarms(item) if one.content["bases"])
    raising.change_finding(item, found.key, raising.Change({"severity": "低"}, "影响较小"), people["审查员"])
    made = item.amendments.get()
    made.values = {**made.values, "bases": []}  # as a blank field was stored before 0.14.0
    made.save(update_fields=["values"])
    (change,) = next(one for one in case_of(again(item)).findings if one.key == found.key).changes
    assert "改为没有" not in change.what
    assert "》" in change.what and change.what.endswith("不再列出（更改时没有填写依据）")


def test_decisions_of_an_open_dispute_are_neither_void_nor_the_verdict(item: Item, people: dict[str, User]) -> None:
    found = workflow.open_alarms(item)[0]
    workflow.decide(item, found.key, workflow.Statement("成立"), people["审查员"])
    workflow.decide(item, found.key, workflow.Statement("不成立"), people["法律顾问"])
    record, opinion = written(again(item), "record"), written(again(item), "opinion")
    assert "不再作数" not in record and "意见分歧，没有裁定。" in record and "意见分歧，没有裁定。" in opinion
    case = case_of(again(item))
    assert len(case.disputed) == 1 and found.key not in {one.key for one in case.upheld}


def test_a_withdrawn_decision_stands_in_the_working_paper_as_such(item: Item, people: dict[str, User]) -> None:
    found = workflow.open_alarms(item)[0]
    workflow.decide(item, found.key, workflow.Statement("成立", "写错了"), people["审查员"])
    workflow.withdraw(item, found.key, people["审查员"])
    assert "写错了" in written(again(item), "record") and "（已撤回）" in written(again(item), "record")
    assert "写错了" not in written(again(item), "opinion")


def test_a_conclusion_no_longer_fits_once_a_raised_finding_was_taken_back(item: Item, people: dict[str, User]) -> None:
    decide_alarms(item, people["审查员"])
    made = raising.raise_finding(item, span_of(item), GROUND, [], people["审查员"])
    conclude(item, people["审查员"])
    assert not [one for one in contradictions(item) if one.kind is ContradictionKind.OUTDATED]
    raising.take_back(item, made.key, people["审查员"])
    outdated = [one for one in contradictions(again(item)) if one.kind is ContradictionKind.OUTDATED]
    assert len(outdated) == 1 and "收回" in outdated[0].says


def test_a_conclusion_or_answer_on_an_older_page_is_refused(item: Item, people: dict[str, User]) -> None:
    checklists.conclude(item, "自行修改", "", people["审查员"], seen=Seen(last=0))
    with pytest.raises(UsageError, match="已作出结论“自行修改”"):
        checklists.conclude(item, "准予备案", "", people["主审"], seen=Seen(last=0))
    last = item.conclusions.latest("id").pk
    checklists.conclude(item, "准予备案", "", people["主审"], seen=Seen(last=last))
    point = checklists.points_of(item.kind)[0]
    checklists.answer(item, point.key, Given("是", last=0), people["审查员"])
    with pytest.raises(UsageError, match="答“是”，您看到的是以前的"):
        checklists.answer(item, point.key, Given("否", last=0), people["主审"])


def sent(item: Item, people: dict[str, User]) -> Release:
    return releases.release(finish(review(item, people), people), people["主审"], offline=True)


def sent_again(item: Item, people: dict[str, User]) -> Release:
    """A second sending, after the case was opened and finished anew."""
    Release.objects.filter(item=item).update(made=MOMENT - timedelta(days=1))
    Item.objects.filter(pk=item.pk).update(status=Status.PENDING)
    return sent(again(item), people)


def test_a_sending_that_a_later_one_replaced_is_not_told_as_taken_back(item: Item, people: dict[str, User]) -> None:
    sent(item, people)
    sent_again(item, people)
    told = [entry.what for entry in history.of(item) if "送达" in entry.what]
    assert sorted(told) == ["线下送达制定机关", "线下送达制定机关（已由后一次送达代替）"]


def test_a_sending_that_was_taken_back_says_which(item: Item, people: dict[str, User]) -> None:
    releases.take_back(sent(item, people), people["主审"], "附言有误")
    told = {entry.what: entry.words for entry in history.of(item)}
    assert "线下送达制定机关（已收回）" in told and told["收回送达"] == "第1版的送达：附言有误"


def test_a_case_is_answered_when_every_finding_is(item: Item, people: dict[str, User]) -> None:
    made = sent(item, people)
    keys = [str(finding["key"]) for finding in made.findings]
    assert len(keys) > 1
    releases.reply(made, releases.Answered(keys[0], "采纳", ""), people["制定机关"])
    assert Mark.RELEASED in marks_of(again(item)) and Mark.ANSWERED not in marks_of(again(item))
    for key in keys[1:]:
        releases.reply(made, releases.Answered(key, "采纳", ""), people["制定机关"])
    assert Mark.ANSWERED in marks_of(again(item))


def test_answers_to_an_earlier_sending_do_not_disappear(item: Item, people: dict[str, User]) -> None:
    made = sent(item, people)
    releases.reply(made, releases.Answered(str(made.findings[0]["key"]), "不采纳", "另有依据"), people["制定机关"])
    sent_again(item, people)
    assert "另有依据" in written(again(item), "record")


def test_the_advice_of_a_person_is_printed_beside_the_words_of_a_decision(item: Item, people: dict[str, User]) -> None:
    decide_alarms(item, people["审查员"])
    made = raising.raise_finding(item, span_of(item), GROUND, [], people["审查员"])
    assert GROUND.advice and f"修改建议：{GROUND.advice}" in written(again(item), "opinion")
    told = next(one for one in releases.findings_for_issuer(again(item)) if one["key"] == made.key)
    assert GROUND.advice in str(told["words"]) and GROUND.reason in str(told["words"])


def test_a_finding_without_a_basis_prints_none(item: Item, people: dict[str, User]) -> None:
    decide_alarms(item, people["审查员"])
    raising.raise_finding(item, span_of(item), GROUND, [], people["审查员"])
    for form in ("opinion", "record", "filing", "correction"):
        assert "依据待补充" not in written(again(item), form)


def test_no_document_sets_a_time_limit_that_nobody_chose(item: Item, people: dict[str, User]) -> None:
    done = finish(review(item, people), people)
    for form in ("filing", "correction"):
        assert "三十日" not in written(done, form) and "（待填写）" in written(done, form)


def test_people_whose_conclusion_was_replaced_took_part(item: Item, people: dict[str, User]) -> None:
    checklists.conclude(item, "自行修改", "", people["法律顾问"])
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    assert people["法律顾问"].first_name in case_of(again(item)).others


def test_a_span_outside_the_text_raises_nothing(item: Item, people: dict[str, User]) -> None:
    with pytest.raises(UsageError, match="没有选中文字"):
        raising.raise_finding(item, Span(10**9, 10**9 + 5), GROUND, [], people["审查员"])


def test_an_answer_on_paper_bears_the_name_of_the_issuer_and_of_who_entered_it(
    item: Item, people: dict[str, User]
) -> None:
    made = sent(item, people)
    key = str(made.findings[0]["key"])
    answered = releases.Answered(key, "部分采纳", "删去一款", on_paper=True)
    found = releases.reply(made, answered, people["审查员"])
    assert found.by == f"{item.issuers}（{people['审查员'].first_name}代录）"
    assert "代录" in written(again(item), "record")
    Release.objects.filter(pk=made.pk).update(offline=False)
    with pytest.raises(UsageError, match="由收到意见的机关自己答复"):
        releases.reply(Release.objects.get(pk=made.pk), answered, people["审查员"])


def test_answers_of_the_version_before_are_given_again_by_a_person(item: Item, people: dict[str, User]) -> None:
    conclude(item, people["审查员"])
    with pytest.raises(UsageError, match="没有前一版的回答"):
        checklists.carry_over(item, people["法律顾问"])
    now = next_version(item, people["审查员"], ("安全检查", "安全检查和消防检查"))
    points = checklists.answered_points(now)
    assert checklists.carry_over(now, people["法律顾问"]) == len(points)
    for (point, made), (_, before) in zip(checklists.answered_points(now), points, strict=True):
        assert made is not None and before is not None
        assert (made.answer, made.version_id) == (before.answer, now.current_id), point.key
        assert made.account == people["法律顾问"].username


@pytest.mark.parametrize("words", [
    "《关于加强行政规范性文件制定和监督管理工作的通知》第一部分", "《某通知》第二部分第（三）项", "《立法技术规范》第三章", "《某意见》（十三）",
    "《行政许可法》第十七条第一款", "《某办法》第五条之一", "《某决定》附件2",
])  # fmt: skip
def test_a_basis_keeps_the_place_that_a_person_wrote(words: str) -> None:
    (basis,) = raising.bases_from("RGT-01", words, date(2026, 11, 30))
    assert basis["article"] == words.partition("》")[2]


def test_a_case_that_was_split_off_is_concluded_anew_and_its_raised_findings_wait(
    item: Item, people: dict[str, User]
) -> None:
    decide_alarms(item, people["审查员"])
    ground = Ground("RGT-01", GROUND.name, "低", "", "增加了义务")
    raising.raise_finding(item, span_of(item), ground, [], people["审查员"])
    now = next_version(item, people["审查员"], ("安全检查", "安全检查和消防检查"))
    number = int(
        AuditEntry.objects.filter(what="接收新版本").latest("id").detail.partition("原编号")[2].partition("）")[0]
    )
    conclude(now, people["审查员"])
    separate = versions.split_off(now, people["主审"], "不是同一件")
    assert versions.merged_into(number) == separate.pk
    says = [one.says for one in contradictions(again(separate))]
    assert any("拆出以前作出" in told for told in says)
    assert any("没有决定" in told and GROUND.name in told for told in says)
    erase(separate.pk)


def test_a_sending_counts_again_when_the_one_that_replaced_it_left_with_a_version(
    item: Item, people: dict[str, User]
) -> None:
    first = sent(item, people)
    Release.objects.filter(pk=first.pk).update(withdrawn=first.made)
    versions._restore_release(again(item))
    assert releases.current_release(again(item)) == first


def test_before_a_version_is_taken_up_the_comparison_keeps_what_a_person_raised(
    item: Item, people: dict[str, User]
) -> None:
    from pipeline.review.models import Version
    from pipeline.review.queue.comparison import compare

    made = raising.raise_finding(item, span_of(item), GROUND, [], people["审查员"])
    old = again(item).current
    assert old is not None
    newcomer = Version(item=item, sequence=2, original=old.original, text=old.text + "\n第九条 其他。", dossier=old.dossier, as_of=old.as_of, engine="x")  # fmt: skip
    newcomer.save()
    compared = compare(old, newcomer)
    assert made.key in {one.key for one in compared.stayed} and made.key not in {one.key for one in compared.went}
    newcomer.delete()
