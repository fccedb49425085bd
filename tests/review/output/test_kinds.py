"""Documents of a case say only what is true of its kind: a contract is no normative document, a draft is not issued yet."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User

from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.connection import connect
from pipeline.review.decisions import checklists, history, raising, releases, workflow
from pipeline.review.decisions.releases import findings_for_issuer
from pipeline.review.models import AuditEntry, Correction, Item, Kind, Material, MaterialKind, Original
from pipeline.review.output.case_building import case_of
from pipeline.review.output.exports import export_queue, make_export
from pipeline.review.output.forms import FORMS, forms_of, shown_conclusion, shown_validity
from pipeline.review.output.paragraphs import OPEN
from pipeline.review.output.titles import in_marks
from pipeline.review.queue.rows import validity_of
from pipeline.review.queue.store import QueueWriter
from pipeline.review.queue.validity import expiry_of
from pipeline.web.facts import facts_of
from tests.builders import examined
from tests.review.output.test_forms import written
from tests.review.reviewed import conclude, decide_alarms, erase, finish
from tests.web.conftest import client

NOT_IN_FORCE = (Kind.DRAFT, Kind.MAJOR, Kind.CONTRACT)


def of_kind(item: Item, kind: str) -> Item:
    Item.objects.filter(pk=item.pk).update(kind=kind)
    return Item.objects.select_related("current").get(pk=item.pk)


@pytest.mark.parametrize(
    ("kind", "form"),
    [(kind, form) for kind in Kind.values for form in FORMS if form not in dict(forms_of(kind))],
)
def test_a_document_that_a_kind_of_case_does_not_have_is_refused(
    item: Item, people: dict[str, User], kind: str, form: str
) -> None:
    decide_alarms(item, people["审查员"])
    with pytest.raises(UsageError, match=f"没有{FORMS[form][0]}这种文书"):
        make_export(of_kind(item, kind), form, people["审查员"])


@pytest.mark.parametrize("form", ["opinion", "competition", "record"])
def test_a_contract_is_told_neither_as_a_normative_document_nor_as_of_an_organ_it_names(item: Item, form: str) -> None:
    text = written(of_kind(item, Kind.CONTRACT), form)
    assert (
        "效力层级" not in text
        and "文种" not in text
        and "规范性文件" not in text.split("三、审查内容")[0].split("性质")[-1][:30]
    )
    Item.objects.filter(pk=item.pk).update(issuers="")
    text = written(item, form)
    assert "由（待填写）提交" not in text and (form == "competition" or f"{in_marks(item.title)}，文号" in text)
    raising = {"field": "issuers", "machine": "", "value": "临溪县财政局", "reviewer": "王"}
    Correction.objects.create(item=item, version=item.current, **raising)
    text = written(item, form)
    assert ("起草（送审）单位\n临溪县财政局" if form == "competition" else "由临溪县财政局提交") in text


@pytest.mark.parametrize(("kind", "says"), [(Kind.DRAFT, "送审，拟由{}制定"), (Kind.MAJOR, "提出，拟由{}作出")])
def test_a_draft_that_a_bureau_hands_in_for_the_government_is_of_both_as_they_are(
    item: Item, people: dict[str, User], kind: str, says: str
) -> None:
    organ = people["制定机关"].member.organ
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"], issuers="临溪县人民政府")
    draft = of_kind(item, kind)
    for form in ("opinion", "record"):
        text = written(draft, form)
        assert f"由{organ}{says.format('临溪县人民政府')}" in text and "由临溪县人民政府起草" not in text
    assert f"起草（送审）单位\n{organ}" in written(draft, "competition")
    Item.objects.filter(pk=item.pk).update(owner=people["审查员"])  # a reviewer uploaded it: nobody said who drafted it
    assert f"》拟由临溪县人民政府{says[-2:]}" in written(of_kind(item, kind), "opinion")
    assert f"起草（送审）单位\n{OPEN}" in written(of_kind(item, kind), "competition")
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"], issuers=organ)
    assert f"由{organ}{says[:2]}，" in written(of_kind(item, kind), "opinion").replace("。", "，")


def test_sources_of_points_that_do_not_apply_are_no_basis_of_the_review(item: Item, people: dict[str, User]) -> None:
    draft = of_kind(item, Kind.DRAFT)
    for point in checklists.points_of(Kind.DRAFT):
        checklists.answer(draft, point.key, checklists.Given("不适用"), people["审查员"])
    assert f"二、审查依据\n{OPEN}。" in written(item, "opinion")


def test_a_contract_is_of_whoever_handed_it_in(item: Item, people: dict[str, User]) -> None:
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"], issuers="临溪县财政局")
    organ = people["制定机关"].member.organ
    assert case_of(of_kind(item, Kind.CONTRACT)).issuers == organ
    assert case_of(of_kind(item, Kind.FILED)).issuers == "临溪县财政局"


def test_a_party_of_a_contract_is_told_as_party_and_a_person_names_who_handed_it_in(
    item: Item, people: dict[str, User]
) -> None:
    found = of_kind(item, Kind.CONTRACT)
    assert found.current is not None and found.issuers and case_of(found).issuers == ""
    version = found.current
    span = {"start": 0, "end": 2}
    version.dossier["document"]["masthead"]["parties"] = [{"value": "临溪县水利局", "span": span, "origin": "甲方"}]
    assert {fact.name: fact.value for fact in facts_of(found, version)}["当事人"] == "甲方：临溪县水利局"
    workflow.correct(found, "issuers", "临溪县教育局", people["审查员"])
    facts = {fact.name: fact.value for fact in facts_of(of_kind(item, Kind.CONTRACT), version)}
    assert facts["送审单位"] == case_of(of_kind(item, Kind.CONTRACT)).issuers == "临溪县教育局"
    assert "制定机关" not in facts


@pytest.mark.parametrize("kind", [Kind.MAJOR, Kind.FILED])
def test_what_is_no_normative_document_is_not_called_one(item: Item, kind: str) -> None:
    Item.objects.filter(pk=item.pk).update(is_normative=False, norm_level="规范性文件", genre="纪要")
    text = written(of_kind(item, kind), "opinion")
    assert "文种纪要" in text and "效力层级" not in text


@pytest.mark.parametrize("kind", NOT_IN_FORCE)
def test_what_is_not_issued_has_no_validity_and_no_cleanup_is_proposed(
    item: Item, people: dict[str, User], kind: str
) -> None:
    found = of_kind(item, kind)
    assert found.current is not None
    assert (validity_of(found), shown_validity(found), expiry_of(found)) == ("", "", None)
    assert "有效性" not in {fact.name for fact in facts_of(found, found.current)}
    assert "清理建议" not in client(people, "审查员").get(f"/items/{item.pk}/").content.decode()


def test_the_page_of_a_contract_does_not_call_it_a_normative_document(item: Item) -> None:
    found = of_kind(item, Kind.CONTRACT)
    assert found.current is not None
    assert "性质" not in {fact.name for fact in facts_of(found, found.current)}


@pytest.mark.parametrize("kind", [Kind.DRAFT, Kind.FILED, Kind.MAJOR, Kind.CONTRACT])
def test_nobody_named_a_basis_where_nothing_was_upheld_and_no_point_answered(item: Item, kind: str) -> None:
    text = written(of_kind(item, kind), "opinion")
    assert "二、审查依据\n（待填写）。\n" in text


def test_material_is_called_in_full_and_that_of_an_objection_did_not_come_with_the_document(item: Item) -> None:
    original = Original.objects.get_or_create(digest="c" * 64, defaults={"size": 1, "first_name": "x"})[0]
    for kind in (MaterialKind.CONSULTATION, MaterialKind.OTHER):
        Material.objects.create(item=item, kind=kind, name=f"{kind}.docx", original=original, by="x")
    listed = "征求意见及采纳情况（征求意见.docx）；其他材料（其他.docx）。"
    assert f"随文提交的材料：{listed}" in written(of_kind(item, Kind.FILED), "filing")
    assert f"案中的材料：{listed}" in written(of_kind(item, Kind.OBJECTION), "objection")


def test_the_words_of_who_raised_a_finding_are_printed_once_unless_somebody_decided_otherwise(
    item: Item, people: dict[str, User]
) -> None:
    assert item.current is not None
    at = item.current.text.index("免费提供培训")
    ground = raising.Ground("RGT-01", "减损权益", "高", "", "增加了经营者的义务")
    made = raising.raise_finding(item, Span(at, at + 6), ground, [], people["审查员"])
    assert written(item, "opinion").count("增加了经营者的义务") == 1
    workflow.decide(item, made.key, workflow.Statement("成立", "同意"), people["法律顾问"])
    text = written(item, "opinion")
    assert "理由：增加了经营者的义务" in text and "审查意见：成立，同意" in text


def test_every_point_of_every_kind_can_be_printed(item: Item) -> None:
    for kind in Kind.values:
        assert checklists.points_of(kind) and written(of_kind(item, kind), "record")


def test_material_that_the_reviewing_office_added_stands_in_the_working_paper_alone(
    item: Item, people: dict[str, User]
) -> None:
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"])
    original = Original.objects.get_or_create(digest="c" * 64, defaults={"size": 1, "first_name": "x"})[0]
    for account, name in ((people["制定机关"], "说明.docx"), (people["审查员"], "内部研究.docx")):
        Material.objects.create(item=item, kind="其他", name=name, original=original, by="x", account=account.username)
    for form in ("opinion", "filing"):
        text = written(item, form)
        assert "随文提交的材料：其他材料（说明.docx）。" in text and "内部研究" not in text
    assert "审查机关补充的材料：其他材料（内部研究.docx）。" in written(item, "record")


def test_a_conclusion_of_an_open_case_is_told_as_that_in_lists(item: Item, people: dict[str, User]) -> None:
    made = checklists.conclude(item, "准予备案", "", people["审查员"])
    assert shown_conclusion(item, made) == "准予备案（尚未办结）" and shown_conclusion(item, None) == ""
    assert shown_conclusion(finish(item, people), made) == "准予备案"
    Item.objects.filter(pk=item.pk).update(status="待审")
    listed = export_queue(Item.objects.filter(pk=item.pk), "csv", people["主审"]).data.decode("utf-8-sig")
    assert "准予备案（尚未办结）" in listed


def test_each_law_stands_once_in_its_marks_with_its_articles(item: Item, people: dict[str, User]) -> None:
    decide_alarms(item, people["审查员"])
    for point in checklists.points_of(Kind.DRAFT):
        checklists.answer(of_kind(item, Kind.DRAFT), point.key, checklists.Given("是"), people["审查员"])
    bases = written(item, "opinion").split("二、审查依据\n")[1].split("\n")[0].rstrip("。").split("；")
    laws = [basis.partition("》")[0].replace("中华人民共和国", "") for basis in bases]
    assert all(basis.startswith("《") for basis in bases) and len(set(laws)) == len(laws)
    assert any("第二十五条、第六十二条" in basis for basis in bases if "优化营商环境条例" in basis)
    assert any(basis.endswith("》（国发〔2008〕17号）（十三）") for basis in bases)


def test_papers_leave_out_sources_of_points_that_nobody_has_checked(item: Item, people: dict[str, User]) -> None:
    found = of_kind(item, Kind.CONTRACT)
    unchecked = [point for point in checklists.points_of(Kind.CONTRACT) if point.basis and not point.confirmed]
    for point in unchecked:
        checklists.answer(found, point.key, checklists.Given("是"), people["审查员"])
    paper = written(item, "opinion")
    assert unchecked and all(point.says in paper for point in unchecked)
    laws = {law for point in unchecked for law in point.basis.split("；")}
    assert not [law for law in laws if law in paper.split("二、审查依据")[1].split("\n")[1]]
    assert "尚待核实" not in paper


def test_a_corrected_day_on_which_no_term_rests_changes_nothing_of_the_validity(
    item: Item, people: dict[str, User]
) -> None:
    def told() -> tuple[str, str]:
        found = of_kind(item, Kind.FILED)
        assert found.current is not None
        return next((fact.value, fact.origin) for fact in facts_of(found, found.current) if fact.name == "有效性")

    before = told()
    assert "自施行日期2025-04-10起算" in before[1]
    workflow.correct(item, "made", "2026年10月12日", people["审查员"])
    assert told() == before


@pytest.mark.parametrize("outcome", ["不予受理", "转送有权机关"])
def test_an_objection_that_was_not_taken_up_is_not_told_as_examined(
    item: Item, people: dict[str, User], outcome: str
) -> None:
    found = of_kind(item, Kind.OBJECTION)
    checklists.conclude(found, outcome, "异议针对的是规章", people["审查员"])
    text = written(item, "objection")
    assert "二、审查情况\n没有进入审查。\n三、处理意见" in text
    checklists.answer(found, "O05", checklists.Given("是"), people["审查员"])
    assert "没有进入审查" not in written(item, "objection") and "制定机关的答复：（待填写）" in written(
        item, "objection"
    )


def test_a_document_whose_title_was_not_read_is_not_finished_before_a_person_names_it(
    item: Item, people: dict[str, User]
) -> None:
    Item.objects.filter(pk=item.pk).update(title="（无题名）招商引资项目投资合同书")
    assert "没有读出题名，文书写不出审查的是哪一件" in written(item, "opinion").split("一、")[0]
    workflow.correct(item, "title", "招商引资项目投资合同书", people["审查员"])
    text = written(item, "opinion")
    assert "没有读出题名" not in text and "《招商引资项目投资合同书》" in text


@pytest.mark.parametrize("kind", Kind.values)
def test_hints_on_what_is_no_normative_document_say_by_what_measure_they_were_made(
    item: Item, people: dict[str, User], kind: str
) -> None:
    other = kind in (Kind.CONTRACT, Kind.MAJOR)
    found = of_kind(item, kind)
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    for told in (written(found, "record"), page):
        assert ("程序按对行政规范性文件的要求作出提示，对本件是否适用由审查人员判断" in told) is other
        assert ("行政规范性文件不得设定" in told) is not other
        assert "审查模型的可信度" in told


def test_the_words_of_a_person_on_a_contract_are_told_as_they_are(item: Item, people: dict[str, User]) -> None:
    found = of_kind(item, Kind.CONTRACT)
    assert found.current is not None
    start = found.current.text.index("保证金")
    words = "行政规范性文件不得设定保证金，合同也不能"
    raising.raise_finding(
        found, Span(start, start + 3), raising.Ground("RGT-01", "减损权益", "高", "", words), [], people["审查员"]
    )
    assert words in written(of_kind(item, Kind.CONTRACT), "record")
    assert words in client(people, "审查员").get(f"/items/{item.pk}/").content.decode()


CONTRACT = (
    "临溪县城乡供水特许经营协议",
    "甲方：临溪县水利局",
    "乙方：湖南清源水务有限公司",
    "第一条 乙方逾期未完成建设的，由甲方处以二万元罚款。",
    "第二条 甲方不再批准其他企业从事供水经营，由乙方独家经营。",
    "第三条 乙方不得就本协议申请行政复议、提起诉讼。",
    "第四条 本协议自双方签字之日起生效。",
)
MINUTES = (
    "临溪县人民政府常务会议纪要",
    "〔2026〕3号",
    "2026年5月6日，县长主持召开县人民政府第三次常务会议。纪要如下：",
    "会议决定，对未按期完成改造的企业处以二万元罚款。",
    "会议决定，由临溪县宏达公司独家经营县城停车场。",
)
ON_MAKING = "不得设定行政处罚|规范性文件不得|只能制定法律|行政程序规定"


@pytest.fixture
def put(people: dict[str, User]) -> Iterator[Callable[[tuple[str, ...], str], Item]]:
    """Puts a paper into the queue as a kind of case."""
    home, made = connect("pipeline.web.settings"), []

    def _put(lines: tuple[str, ...], kind: str) -> Item:
        data = "\n".join(lines).encode()
        entry = QueueWriter(home, "test").put(examined(data, f"{lines[0]}.txt"), data, None)
        made.append(entry.item)
        return of_kind(Item.objects.get(pk=entry.item), kind)

    yield _put
    for number in made:
        erase(number or 0)


@pytest.mark.parametrize(("lines", "kind"), [(CONTRACT, Kind.CONTRACT), (CONTRACT, Kind.FILED), (MINUTES, Kind.FILED)])
def test_findings_on_what_is_no_normative_document_rest_on_nothing_that_binds_only_the_making_of_those(
    put: Callable[[tuple[str, ...], str], Item], people: dict[str, User], lines: tuple[str, ...], kind: str
) -> None:
    found = put(lines, kind)
    decide_alarms(found, people["审查员"])
    case = case_of(found)
    by_type = {finding.type: finding for finding in case.findings}
    assert by_type["PEN-01"].bases == () and by_type["PEN-01"].machine_advice == ""
    assert any("公平竞争审查条例" in basis for one in case.findings for basis in one.bases)
    page = client(people, "审查员").get(f"/items/{found.pk}/").content.decode()
    shown = re.search('<section class="finding.*?(?=<dialog)', page, re.DOTALL)
    told = [
        shown[0] if shown else "",
        written(found, "record"),
        str(findings_for_issuer(found)),
        written(found, forms_of(kind)[0][0]),
    ]
    assert not [text for text in told if re.search(ON_MAKING, text.replace("不得设定歧视", ""))]
    assert "程序按对行政规范性文件的要求作出提示" in page and "本件不是，没有列出" in page


def test_a_basis_that_a_person_named_on_a_contract_is_told_as_it_is(
    put: Callable[[tuple[str, ...], str], Item], people: dict[str, User]
) -> None:
    found = put(CONTRACT, Kind.CONTRACT)
    assert found.current is not None
    alarm = found.current.findings.get(type="PEN-01")
    basis = {"law": "中华人民共和国立法法", "article": "第十一条", "says": "", "confirmed": True}
    raising.change_finding(
        found, alarm.key, raising.Change({"bases": [basis], "advice": "改为违约金"}, "合同也不能"), people["审查员"]
    )
    told = next(finding for finding in case_of(found).findings if finding.type == "PEN-01")
    assert told.bases and "立法法" in told.bases[0] and told.advice == "改为违约金"
    # the program's own bases do not fit a contract, and were not shown
    assert told.change and told.change.before == "依据没有"
    assert "依据由没有改为《中华人民共和国立法法》第十一条" in told.change.what
    entry = AuditEntry.objects.filter(item=found.pk, what="改动发现").latest("id")
    assert "依据没有 → 《中华人民共和国立法法》第十一条" in entry.detail


def test_findings_on_a_normative_document_keep_their_bases(item: Item) -> None:
    case = case_of(of_kind(item, Kind.FILED))
    assert any("行政处罚法" in basis for finding in case.findings for basis in finding.bases)


def test_the_organ_of_a_contract_is_called_the_one_that_handed_it_in_everywhere(
    put: Callable[[tuple[str, ...], str], Item], people: dict[str, User]
) -> None:
    found = put(CONTRACT, Kind.CONTRACT)
    Item.objects.filter(pk=found.pk).update(owner=people["制定机关"])
    decide_alarms(found, people["审查员"])
    conclude(found, people["审查员"], "修改后签订")
    made = releases.release(finish(Item.objects.get(pk=found.pk), people), people["审查员"])
    releases.reply(made, releases.Answered(str(made.findings[0]["key"]), "采纳"), people["制定机关"])
    told = {entry.what for entry in history.of(Item.objects.get(pk=found.pk))}
    assert {"送达送审单位", "送审单位答复"} <= told
    page = client(people, "审查员").get(f"/items/{found.pk}/").content.decode()
    # the role of accounts keeps its name
    assert "送审单位答复（" in page and "制定机关答复" not in page and "送达制定机关" not in page
    assert "送审单位答复：采纳" in written(Item.objects.get(pk=found.pk), "opinion")


def test_what_is_no_normative_document_has_no_level_of_one_among_its_facts(
    put: Callable[[tuple[str, ...], str], Item],
) -> None:
    found = put(MINUTES, Kind.FILED)
    assert found.current is not None
    nature = {fact.name: fact.value for fact in facts_of(found, found.current)}["性质"]
    # minutes that impose fines: a person says what they are
    assert nature.endswith("是否属于行政规范性文件待人工确认") and "，规范性文件，" not in nature
