"""What official documents say, and what they do not: nothing that nobody decided, and to an issuer nothing of the review itself."""

import io
import re
from datetime import date, datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from docx import Document

from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.decisions import checklists, contradictions, raising, workflow
from pipeline.review.models import Decision, Finding, Item, Kind, Material, MaterialKind
from pipeline.review.output.case import Stamp
from pipeline.review.output.case_building import case_of
from pipeline.review.output.forms import FORMS, catalogue
from tests.review.output.documents import text_of
from tests.review.reviewed import MOMENT, answer_points, decide_alarms, finish, next_version, review, rule

_STAMP = Stamp(MOMENT, "chief先生")
_SIGNED = sorted(set(FORMS) - {"record"})


def written(item: Item, form: str) -> str:
    """What a document on an item says, line by line."""
    stream = io.BytesIO()
    FORMS[form][1](case_of(Item.objects.get(pk=item.pk)), _STAMP).document.save(stream)
    return text_of(stream.getvalue())


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"correction"}))
def test_a_draft_says_so_and_why(item: Item, form: str) -> None:
    text = written(item, form)
    assert "草稿" in text and "本草稿由chief先生于2026年11月30日10:20导出" in text
    assert "还有5处警示没有决定" in text and "尚未作出审查结论" in text


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_document_of_a_finished_case_without_contradiction_is_no_draft(
    people: dict[str, User], item: Item, form: str
) -> None:
    assert "草稿" not in written(review(item, people), form)


@pytest.mark.parametrize("form", ["opinion", "filing", "objection"])
def test_undecided_alarms_are_never_told_as_nothing_found(people: dict[str, User], item: Item, form: str) -> None:
    text = written(item, form)
    nothing = "没有审定需要修改的内容"
    assert "处发现没有审定" in text
    assert text.count(nothing) == (2 if form == "opinion" else 0)
    decide_alarms(item, people["审查员"], "不成立")
    assert nothing in written(item, form) and "处警示没有审定" not in written(item, form)


@pytest.mark.parametrize("form", ["opinion", "filing", "objection", "record"])
def test_a_conclusion_is_a_person_s_or_missing(people: dict[str, User], item: Item, form: str) -> None:
    decide_alarms(item, people["审查员"])
    text = written(item, form)
    assert "尚未作出审查结论。" in text and "应当予以修改" not in text and "准予备案" not in text
    made = checklists.conclude(item, "自行修改", "见各处意见", people["审查员"])
    made.made = MOMENT
    made.save()
    assert "自行修改。理由：见各处意见。（wang先生，2026年11月30日10:20）" in written(item, form)


def test_a_contradiction_that_was_explained_prints_the_words(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user)
    answer_points(item, user)
    checklists.conclude(item, "准予备案", "", user)
    (found,) = contradictions.blocking(item)
    assert "（2）结论是“准予备案”，但有5处发现审定为成立" in written(item, "filing")
    contradictions.explain(item, found.key, "均已停止执行", user)
    done = finish(item, people)
    text = written(done, "filing")
    assert "草稿" not in text and "四、说明" in text
    assert "结论是“准予备案”，但有5处发现审定为成立" in text and "说明：均已停止执行（wang先生，" in text
    assert "自收到本意见之日起三十日内" not in text


def test_points_without_answer_are_summed_up_or_explained(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    decide_alarms(item, user)
    checklists.conclude(item, "自行修改", "", user)
    checklists.answer(item, "F01", checklists.Given("否", "超过期限"), user)
    text = written(item, "filing")
    assert "核对要点有6项没有回答" in text
    assert text.split("承办人")[0].count("（待填写）") == 1  # the day by which the issuer has to act
    assert re.search("政府系统为公布之日起十五日：否，超过期限（wang先生，[^）]+）。", text)
    found = next(found for found in contradictions.blocking(item) if found.kind.value == "核对要点没有回答")
    contradictions.explain(item, found.key, "报备机关另行核对", user)
    final = written(finish(item, people), "filing")
    assert "没有回答：“材料齐全" in final and "有公平竞争审查结论" in final and "说明：报备机关另行核对（" in final


def test_every_decision_prints_its_own_words_person_and_local_time(people: dict[str, User], item: Item) -> None:
    first, second = workflow.open_alarms(item)[:2]
    workflow.decide(item, second.key, workflow.Statement("不成立", "有依据"), people["审查员"])
    for finding, user, words in ((first, "审查员", "没有依据"), (second, "法律顾问", "超出上位法")):
        made = workflow.decide(item, finding.key, workflow.Statement("成立", words), people[user])
        Decision.objects.filter(pk=made.pk).update(made=timezone.make_aware(datetime(2026, 1, 1, 23, 30)))
    workflow.decide(item, second.key, workflow.Statement("需修改", "写明依据"), people["主审"], final=True)
    text = written(item, "opinion")
    assert "审查意见：成立，没有依据（wang先生，2026年1月1日23:30）。" in text
    assert "裁定：需修改，写明依据（chief先生，" in text and "超出上位法" not in text
    record = written(item, "record")
    assert "审查意见：成立，超出上位法（law先生，2026年1月1日23:30）。（不再作数）" in record


def test_the_end_names_who_handled_who_read_again_and_who_ruled(people: dict[str, User], item: Item) -> None:
    assert "承办人：（待填写）。" in written(item, "filing") and "复核人" not in written(item, "filing")
    key = workflow.open_alarms(item)[0].key
    made = rule(item, key, people, "成立", "依据不足")
    Decision.objects.filter(pk=made.pk).update(made=MOMENT)
    text = written(review(item, people), "filing")
    assert (
        "承办人：wang先生（2026年11月30日）。复核人：chief先生（2026年11月30日）。裁定人：chief先生（2026年11月30日）。"
        "参加审查：law先生。\n" in text
    )


def test_a_ruling_on_a_finding_that_the_current_version_does_not_have_names_nobody(
    people: dict[str, User], item: Item
) -> None:
    made = rule(item, workflow.open_alarms(item)[0].key, people, "成立", "依据不足")
    assert [act.person for act in case_of(item).rulings] == ["chief先生"]
    Decision.objects.filter(pk=made.pk).update(finding_key="of-another-version")
    assert case_of(item).rulings == () and "裁定人" not in written(item, "filing")


def test_a_finding_of_a_person_says_who_raised_it_and_why(people: dict[str, User], item: Item) -> None:
    user, at = people["审查员"], item.current.text.index("农家乐")  # type: ignore[union-attr]
    ground = raising.Ground("RGT-01", "减损权利", "高", "", "限制了村民的经营自由")
    found = raising.raise_finding(
        item, Span(at, at + 3), ground, raising.bases_from("", "《立法法》第九十三条", MOMENT.date()), user
    )
    workflow.decide(item, found.key, workflow.Statement("成立"), people["主审"])
    Finding.objects.filter(pk=found.pk).update(raised_at=MOMENT)
    text = written(item, "opinion")
    assert "减损权利（审查人员提出：wang先生，2026年11月30日10:20，理由：限制了村民的经营自由）" in text
    assert "《立法法》第九十三条" in text and "审查意见：成立（chief先生，" in text
    assert "问题：减损权利。限制了村民的经营自由。" in written(item, "correction")


def test_a_changed_finding_is_printed_as_changed(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    before = Finding.objects.filter(version=item.current, type="FEE-01").get()
    bases = [{"law": "某条例", "article": "第九条", "says": "", "confirmed": False}]
    values = {"type": "FEE-03", "name": "没有依据的服务收费", "severity": "中", "bases": bases}
    raising.change_finding(item, before.key, raising.Change(values, "性质是服务收费"), people["主审"])
    decide_alarms(item, people["审查员"])
    workflow.decide(item, before.key, workflow.Statement("成立"), people["审查员"])
    text = written(item, "opinion")
    # a basis that nobody has checked is not handed out
    assert "没有依据的服务收费。原文" in text and "某条例" not in text
    assert before.content["name"] not in text.split("三、")[1]
    record = written(item, "record")
    assert (
        "审查人员改动：问题“设定行政事业性收费或者政府性基金”改为“没有依据的服务收费”，程度“严重”改为“中”，依据由《"
        in record
    )


@pytest.mark.parametrize("form", _SIGNED)
def test_what_was_not_upheld_is_in_no_document_that_is_handed_out(
    people: dict[str, User], item: Item, form: str
) -> None:
    first = workflow.open_alarms(item)[0]
    workflow.decide(item, first.key, workflow.Statement("不成立", "有上位法依据"), people["审查员"])
    done = review(item, people)
    text = written(done, form)
    assert "有上位法依据" not in text and first.content["text"] not in text
    assert "有上位法依据" in written(done, "record")


@pytest.mark.parametrize("form", _SIGNED)
def test_no_score_percentage_or_ground_of_the_program_is_printed(
    people: dict[str, User], item: Item, form: str
) -> None:
    text = written(review(item, people), form)
    assert "可信度" not in text and "%" not in text and "支持：" not in text and "机器" not in text


def test_a_notice_looks_like_one_and_names_nothing_internal(people: dict[str, User], item: Item) -> None:
    done = review(item, people)
    text = written(done, "correction")
    lines = text.splitlines()
    assert lines[0] == "（发文机关名称）" and lines[1] == "（文号：　〔　　　　〕　　号）"
    assert "湖南省临溪县人民政府：" in lines and "一、第三条：直接设定行政许可" in lines
    assert any(line.startswith("五、第八条：") for line in lines)
    assert (
        "问题：直接设定行政许可。没有依据。" in lines
        and "请于（待填写）前依照" in text
        and "联系人：（待填写）" in text
    )
    assert done.current and done.current.original_id not in text and done.current.engine not in text
    for internal in ("先生", "成立", "审定", "状态", "SHA", "复核", "承办"):
        assert internal not in text.replace("设立", ""), internal


def test_there_is_no_notice_without_something_to_correct(people: dict[str, User], item: Item) -> None:
    with pytest.raises(UsageError, match="没有审定成立"):
        written(item, "correction")
    decide_alarms(item, people["审查员"])
    assert "尚未办结，不得发出" in written(item, "correction")
    checklists.conclude(item, "准予备案", "", people["审查员"])
    with pytest.raises(UsageError, match="准予备案"):
        written(item, "correction")


def test_in_a_notice_the_words_on_how_to_amend_are_what_must_be_done(people: dict[str, User], item: Item) -> None:
    first = workflow.open_alarms(item)[0]
    workflow.decide(item, first.key, workflow.Statement("需修改", "改为事后告知"), people["审查员"])
    text = written(item, "correction")
    assert "原文：“开办农家乐的，应当报所在乡镇人民政府审批后方可营业”。" in text
    assert "问题：直接设定行政许可。\n" in text and "要求：改为事后告知。" in text


def test_a_point_answered_no_is_not_followed_by_nothing_to_amend(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"], "不成立")
    assert "没有审定需要修改的内容" in written(item, "filing")
    checklists.answer(item, "F04", checklists.Given("否", "第三条增加了义务"), people["审查员"])
    assert "没有审定需要修改的内容" not in written(item, "filing")


def test_the_fair_competition_form_concludes_nothing_by_itself(people: dict[str, User], item: Item) -> None:
    finding = workflow.open_alarms(item)[0]
    Finding.objects.filter(pk=finding.pk).update(type="FCR-01")
    assert "还有1处警示没有审定，不能下结论。" in written(item, "competition")
    decide_alarms(item, people["审查员"])
    Material.objects.create(
        item=item,
        kind=MaterialKind.CONSULTATION,
        name="征求意见.docx",
        original_id=item.current.original_id,
        by="水利局",
    )
    text = written(item, "competition")
    assert "违反。第三条：" in text and "审定具有排除、限制竞争效果的内容1处（见上）。结论：（待填写）" in text
    assert "材料：征求意见.docx" in text and text.count("没有审定违反的内容，请核定：（待填写）") == 3


@pytest.mark.parametrize("kind", Kind.values)
def test_the_opinion_prints_every_point_of_every_kind_of_case(people: dict[str, User], item: Item, kind: str) -> None:
    Item.objects.filter(pk=item.pk).update(kind=kind)
    item.refresh_from_db()
    answer_points(item, people["审查员"], "是")
    text = written(item, "opinion")
    assert all(f"{point.says.rstrip('。')}：是（" in text for point in checklists.points_of(kind))


def test_a_finding_that_was_referred_says_to_whom(people: dict[str, User], item: Item) -> None:
    key = workflow.open_alarms(item)[0].key
    workflow.decide(item, key, workflow.Statement("转办", "请说明依据", "县文旅局"), people["审查员"])
    decide_alarms(item, people["审查员"], "不成立")
    text = written(item, "opinion")
    assert "第三条“直接设定行政许可”已转县文旅局办理，请说明依据（wang先生，" in text
    assert "有1处发现转县文旅局办理，还没有结果" in text


def test_headings_and_signature_stand_in_every_document(people: dict[str, User], item: Item) -> None:
    stream = io.BytesIO()
    FORMS["opinion"][1](case_of(review(item, people)), _STAMP).document.save(stream)
    texts = [paragraph.text for paragraph in Document(io.BytesIO(stream.getvalue())).paragraphs]
    assert [text.strip() for text in texts[-2:]] == ["（审查机关）", "年　月　日"]


def test_what_was_said_on_an_earlier_version_says_so(people: dict[str, User], item: Item) -> None:
    user = people["审查员"]
    Finding.objects.filter(pk=workflow.open_alarms(item)[0].pk).update(type="FCR-01")
    decide_alarms(item, user)
    checklists.answer(item, "F01", checklists.Given("否", "超过期限"), user)
    checklists.answer(item, "F02", checklists.Given("是"), user)
    assert "就第1版" not in written(item, "opinion") + written(item, "competition")
    next_version(item)
    checklists.answer(item, "F02", checklists.Given("是"), user)
    for form in ("filing", "record"):
        text = written(item, form)
        assert "十五日：否（就第1版回答），超过期限（wang先生，" in text and text.count("就第1版回答") == 1
    assert re.search("成立，没有依据（wang先生，[^）]+，就第1版作出）", written(item, "competition"))


@pytest.mark.parametrize("verdict", ["成立", "需修改"])
@pytest.mark.parametrize("form", _SIGNED)
def test_no_advice_of_the_program_is_handed_out(people: dict[str, User], item: Item, form: str, verdict: str) -> None:
    decide_alarms(item, people["审查员"], verdict, "")
    done, advice = review(item, people), {found.machine_advice.rstrip("。") for found in case_of(item).upheld}
    text = written(done, form)
    assert advice and all(advice) and not any(said in text for said in advice)
    assert all(f"程序建议：{said}。" in written(done, "record") for said in advice)
    if form == "opinion":
        assert f"审查意见：{verdict}（wang先生，" in text and "修改建议" not in text
    if form == "correction":
        assert text.count("要求：请依法修改、废止或者停止执行上述内容。") == 5


def test_the_words_of_a_person_are_never_beside_a_demand_of_the_program(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"], "成立", "只需写明依据")
    text = written(item, "correction")
    assert text.count("只需写明依据。") == text.count("要求：请依法修改、废止或者停止执行上述内容。") == 5


def test_the_advice_of_a_person_is_printed(people: dict[str, User], item: Item) -> None:
    found = workflow.open_alarms(item)[0]
    raising.change_finding(
        item, found.key, raising.Change({"advice": "改为开业后告知"}, "当地已有做法"), people["法律顾问"]
    )
    workflow.decide(item, found.key, workflow.Statement("需修改"), people["审查员"])
    assert "修改建议：改为开业后告知。" in written(item, "opinion")
    assert "要求：改为开业后告知。" in written(item, "correction")


def test_what_a_person_marked_is_quoted_as_it_was_marked(people: dict[str, User], item: Item) -> None:
    user, marked = people["审查员"], "不得收取任何费用。"
    at = item.current.text.index(marked)  # type: ignore[union-attr]
    ground = raising.Ground("RGT-02", "增加义务", "高", "《立法法》第九十三条", "没有依据")
    bases = raising.bases_from("", "《立法法》第九十三条", MOMENT.date())
    found = raising.raise_finding(item, Span(at, at + len(marked)), ground, bases, user)
    workflow.decide(item, found.key, workflow.Statement("成立"), user)
    for form in ("opinion", "correction", "record"):
        assert f"“{marked}”" in written(item, form) and "免费提供培训" not in written(item, form)


@pytest.mark.parametrize("form", ["opinion", "filing", "objection", "competition", "correction", "record"])
def test_a_clause_by_numbers_is_told_as_a_letter_names_it(people: dict[str, User], item: Item, form: str) -> None:
    for number, found in enumerate(workflow.open_alarms(item), 1):
        content = {**found.content, "path": f"四、（一）{number}."}
        Finding.objects.filter(pk=found.pk).update(content=content, type="FCR-01" if number == 1 else found.type)
    decide_alarms(item, people["审查员"])
    text = written(item, form)
    assert "第四部分第（一）项第1点" in text and "（一）1." not in text
    if form == "correction":
        assert "一、第四部分第（一）项第1点：直接设定行政许可" in text.splitlines()
    if form == "filing":
        assert "1.第四部分第（一）项第1点：直接设定行政许可。原文“" in text


@pytest.mark.parametrize("form", sorted(FORMS))
def test_no_account_name_stands_before_the_name_of_a_file(people: dict[str, User], item: Item, form: str) -> None:
    item.versions.update(name="shena/送审稿.docx")
    for kind in (MaterialKind.CONSULTATION, MaterialKind.EXPLANATION):
        Material.objects.create(
            item=item,
            kind=kind,
            name=f"shena/附件/{kind}.docx",
            by="甲",
            original_id=item.current.original_id,  # type: ignore[union-attr]
        )
    Material.objects.filter(item=item).update(made=MOMENT)
    text = written(review(item, people), form)
    assert "shena" not in text and "附件/" not in text
    assert form in ("competition", "correction") or (
        "文件名为“送审稿.docx”" in text and "起草说明（起草说明.docx）" in text
    )


def test_everybody_who_took_part_is_named(people: dict[str, User], item: Item) -> None:
    checklists.answer(item, "F01", checklists.Given("是"), people["法律顾问"])
    text = written(item, "filing")
    assert "承办人：（待填写）。参加审查：law先生。\n" in text
    found = workflow.open_alarms(item)[0]
    workflow.decide(item, found.key, workflow.Statement("不成立", "有依据"), people["审查员"])
    checklists.conclude(item, "准予备案", "", people["主审"])
    assert "参加审查：wang先生、law先生、chief先生。\n" in written(item, "filing")
    assert "参加审查：law先生。\n" in written(finish(item, people), "filing")


def test_a_validity_that_is_still_open_is_no_fact_in_the_catalogue(people: dict[str, User], item: Item) -> None:
    for note, shown in (("待核实", "已届满（待核实）"), ("", "已届满")):
        Item.objects.filter(pk=item.pk).update(
            validity="已届满", expires=date(2025, 1, 31), validity_note=note, kind="清理"
        )
        stream = io.BytesIO()
        catalogue([Item.objects.get(pk=item.pk)], _STAMP).document.save(stream)
        assert f"\n{shown}\n" in text_of(stream.getvalue())
