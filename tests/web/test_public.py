"""Publishing: what may be published and by whom, the preview, what the public sees, withdrawing, feed and API."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.utils import timezone
from docx import Document

from corpora import papers
from pipeline.errors import UsageError
from pipeline.review.accounts import display_name
from pipeline.review.decisions import checklists, publication, workflow
from pipeline.review.decisions.public_facts import Force, PublicFacts, force, published_documents, validity_words
from pipeline.review.models import AuditEntry, Conclusion, Item, Kind, Notice, Status, Version
from pipeline.review.output.public_text import Place, plain_text, public_paragraphs
from pipeline.review.queue.findings import plain
from pipeline.review.search.index import forget_body, index_bodies
from tests.builders import examined
from tests.review.reviewed import answer_points, decide_alarms
from tests.web.conftest import client

TODAY = timezone.localdate()
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def finished(people: dict[str, User], item: Item) -> Iterator[Item]:
    """The item of the other tests, finished with a conclusion that allows publication, in force for years."""
    decide_alarms(item, people["审查员"], "不成立", "有上位法依据")
    answer_points(item, people["审查员"])
    checklists.conclude(item, "准予备案", "", people["主审"])
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    item.refresh_from_db()
    workflow.correct(item, "expires", str(TODAY + timedelta(days=700)), people["主审"])
    yield item
    Item.objects.filter(pk=item.pk).update(current=None, public_version=None)
    Conclusion.objects.filter(item=item).delete()


def publish(item: Item, user: User) -> None:
    item.refresh_from_db()
    assert item.current_id
    publication.publish(item, user, item.current_id, seen=publication.fingerprint(item))
    item.refresh_from_db()


def readable(answer: Any) -> str:
    """The text of an answer, JSON with Chinese characters as such."""
    text: str = answer.content.decode()
    return json.dumps(json.loads(text), ensure_ascii=False) if "json" in answer.headers["Content-Type"] else text


def change_dossier(item: Item, part: str, values: dict[str, Any]) -> None:
    """Sets fields of a part of the stored dossier (document.masthead)."""
    version = Version.objects.get(pk=item.current_id)
    found = version.dossier
    for name in part.split("."):
        found = found[name]
    found.update(values)
    version.save()
    item.refresh_from_db()


def add_version(item: Item, old: str, new: str) -> Version:
    """A second version in which words are replaced, as a new submission would make it."""
    first = Version.objects.get(pk=item.current_id)
    text = first.text.replace(old, new)
    values = {"original": first.original, "dossier": first.dossier, "as_of": first.as_of, "engine": first.engine}
    second = Version.objects.create(item=item, sequence=2, text=text, **values)
    forget_body(first.pk, first.text)
    index_bodies([(second.pk, text)])
    Item.objects.filter(pk=item.pk).update(current=second, status=Status.PENDING)
    item.refresh_from_db()
    return second


def facts(**values: Any) -> PublicFacts:
    empty: dict[str, Any] = dict.fromkeys(("title", "number", "issuers", "place", "genre", "outcome"), "")
    days: dict[str, Any] = dict.fromkeys(("made", "published", "effective", "expires"))
    return PublicFacts(**{"item": 1, "version": 1, "released": timezone.now(), **empty, **days, **values})


@pytest.mark.parametrize(
    ("values", "state", "words"),
    [
        ({"expires": date(2027, 3, 1)}, Force.IN_FORCE, "现行有效，有效期至2027年3月1日"),
        ({"expires": date(2026, 7, 1)}, Force.IN_FORCE, "现行有效，有效期至2026年7月1日"),
        ({"expires": date(2026, 6, 30)}, Force.LAPSED, "已于2026年6月30日届满失效"),
        ({"effective": date(2026, 7, 2)}, Force.NOT_YET, "尚未施行，自2026年7月2日起施行"),
        ({"effective": date(2026, 7, 2), "expires": date(2027, 7, 1)}, Force.NOT_YET, "尚未施行，自2026年7月2日起施行"),
        ({"outcome": "继续有效"}, Force.IN_FORCE, "现行有效"),
        ({"outcome": "准予备案"}, Force.IN_FORCE, "现行有效（没有载明有效期）"),
        ({"outcome": "修改"}, Force.OPEN, "没有载明有效期，有效性待确认"),
        ({}, Force.OPEN, "没有载明有效期，有效性待确认"),
    ],
)
def test_validity_is_told_as_of_the_day_of_reading(values: dict[str, Any], state: Force, words: str) -> None:
    day = date(2026, 7, 1)
    assert (force(facts(**values), day), validity_words(facts(**values), day)) == (state, words)


def test_a_finished_document_in_force_meets_no_obstacle(finished: Item) -> None:
    assert publication.obstacles(finished, TODAY) == [] and publication.doubts(finished, TODAY) == []


@pytest.mark.parametrize("kind", [Kind.DRAFT, Kind.MAJOR, Kind.CONTRACT, Kind.OBJECTION])
def test_what_was_not_issued_is_never_published(finished: Item, kind: str) -> None:
    Item.objects.filter(pk=finished.pk).update(kind=kind)
    finished.refresh_from_db()
    assert "不公开" in publication.obstacles(finished, TODAY)[0]


@pytest.mark.parametrize("title", ["某办法（征求意见稿）", "某办法（草案）", "某条例(修订草案)", "某规定（送审稿）"])
def test_a_draft_is_known_by_its_title(people: dict[str, User], finished: Item, title: str) -> None:
    workflow.correct(finished, "title", title, people["主审"])
    assert any("没有印发" in obstacle for obstacle in publication.obstacles(finished, TODAY))


@pytest.mark.parametrize("status", [Status.PENDING, Status.SECOND, Status.WAITING])
def test_only_a_finished_review_is_published(finished: Item, status: str) -> None:
    Item.objects.filter(pk=finished.pk).update(status=status)
    finished.refresh_from_db()
    assert any("没有办结" in obstacle for obstacle in publication.obstacles(finished, TODAY))


@pytest.mark.parametrize("outcome", ["自行修改", "自行废止", "停止执行", "不予登记"])
def test_the_last_conclusion_has_to_allow_it(people: dict[str, User], finished: Item, outcome: str) -> None:
    Conclusion.objects.create(item=finished, version=finished.current, outcome=outcome, reviewer="主审")
    assert any(outcome in obstacle for obstacle in publication.obstacles(finished, TODAY))


def test_without_conclusion_or_with_one_on_an_earlier_version_nothing_is_published(finished: Item) -> None:
    add_version(finished, "审批", "审核")
    assert any("以前的版本" in obstacle for obstacle in publication.obstacles(finished, TODAY))
    Conclusion.objects.filter(item=finished).delete()
    assert any("没有审查结论" in obstacle for obstacle in publication.obstacles(finished, TODAY))


def test_only_a_document_in_force_is_published(finished: Item) -> None:
    later = TODAY + timedelta(days=701)
    assert any("届满" in obstacle for obstacle in publication.obstacles(finished, later))
    change_dossier(finished, "document.effective", {"day": str(TODAY + timedelta(days=1))})
    assert any("尚未施行" in obstacle for obstacle in publication.obstacles(finished, TODAY))
    assert publication.obstacles(finished, TODAY + timedelta(days=1)) == []


def test_a_pending_choice_of_versions_stands_against_publication(finished: Item) -> None:
    other = Item.objects.create(name="另一件.txt", rival=finished)
    assert any("选定版本" in obstacle for obstacle in publication.obstacles(finished, TODAY))
    other.delete()
    assert publication.obstacles(finished, TODAY) == []


@pytest.mark.parametrize(
    "mark", ["内部资料 注意保存", "机密★10年", "（此件不公开）", "（此件依申请公开）", "【内部使用】"]
)
def test_a_mark_of_secrecy_stands_against_publication(finished: Item, mark: str) -> None:
    Version.objects.filter(pk=finished.current_id).update(text=f"{mark}\n{papers.FARMHOUSE[0]}")
    finished.refresh_from_db()
    assert any(f"“{mark}”" in obstacle for obstacle in publication.obstacles(finished, TODAY))


@pytest.mark.parametrize("line", ["（三）对不予公开的信息说明理由。", "机密文件的管理按规定执行。", "（此件公开发布）"])
def test_a_provision_on_secrecy_is_no_mark(finished: Item, line: str) -> None:
    Version.objects.filter(pk=finished.current_id).update(text=line)
    finished.refresh_from_db()
    assert publication.obstacles(finished, TODAY) == []


def test_a_secrecy_or_openness_that_the_program_read_stands_against_it(finished: Item) -> None:
    span = {"start": 0, "end": 1}
    change_dossier(finished, "document.masthead", {"openness": {"value": "不予公开", "span": span, "origin": "附注"}})
    assert any("不予公开" in obstacle for obstacle in publication.obstacles(finished, TODAY))


def test_missing_title_and_issuer_are_obstacles_and_a_missing_number_is_a_doubt(finished: Item) -> None:
    change_dossier(finished, "document.masthead", {"title": None, "issuers": [], "number": None})
    found = "".join(publication.obstacles(finished, TODAY))
    assert "更正题名" in found and "更正制定机关" in found
    assert "文号" in publication.doubts(finished, TODAY)[0]


def test_doubts_are_confirmed_in_words_that_the_audit_keeps(people: dict[str, User], finished: Item) -> None:
    change_dossier(finished, "document.masthead", {"number": None})
    with pytest.raises(UsageError, match="核实情况"):
        publish(finished, people["主审"])
    assert finished.current_id
    publication.publish(
        finished, people["主审"], finished.current_id, words="原件没有文号", seen=publication.fingerprint(finished)
    )
    entry = AuditEntry.objects.filter(item=finished.pk, what="公开").order_by("-id")[0]
    assert entry.detail == "第1版 原件没有文号" and entry.who == "chief"


def test_an_unknown_validity_is_a_doubt_unless_a_cleanup_found_it_in_force(finished: Item) -> None:
    finished.corrections.all().delete()
    change_dossier(finished, "assessment.validity", {"expires": None, "state": "未知"})
    assert any("没有载明有效期" in doubt for doubt in publication.doubts(finished, TODAY))
    Conclusion.objects.filter(item=finished).update(outcome="继续有效")
    assert publication.doubts(finished, TODAY) == []


def test_a_repeal_by_another_document_of_the_queue_is_a_doubt(finished: Item) -> None:
    citing = Item.objects.create(name="废止决定.txt", title="废止一批文件的决定")
    first = finished.current
    assert first
    repeal = {"title": "某办法", "number": finished.number, "span": {"start": 0, "end": 1}, "day": None}
    dossier = {**first.dossier, "document": {**first.dossier["document"], "repeals": [repeal], "attached": []}}
    text = f"现决定废止{finished.number}。"
    values = {"original": first.original, "dossier": dossier, "as_of": first.as_of, "engine": "test"}
    citing.current = Version.objects.create(item=citing, sequence=1, text=text, **values)
    citing.save()
    index_bodies([(citing.current.pk, text)])
    assert any("废止一批文件的决定" in doubt for doubt in publication.doubts(finished, TODAY))
    forget_body(citing.current.pk, text)
    Item.objects.filter(pk=citing.pk).update(current=None)
    citing.versions.all().delete()
    Item.objects.filter(pk=citing.pk).delete()


def test_publishing_goes_through_the_preview(people: dict[str, User], finished: Item) -> None:
    chief, visitor, link = client(people, "主审"), Client(), f"/items/{finished.pk}/public"
    assert visitor.get(f"/public/{finished.pk}/").status_code == 404
    shown = chief.get(link).content.decode()
    assert "确认公开" in shown and "审批后方可" in shown
    assert chief.post(link).status_code == 302, "a post without the preview leads to it"
    assert visitor.get(f"/public/{finished.pk}/").status_code == 404
    seen = shown.split('name="seen" value="')[1].split('"')[0]
    chief.post(link, {"version": finished.current_id, "seen": seen})
    page = visitor.get(f"/public/{finished.pk}/").content.decode()
    preview = chief.get(link).content.decode()
    for part in ('<table class="public-facts">', '<article class="public-paper"'):
        start, end = part, part[1:].split()[0]
        assert page.split(start)[1].split(f"</{end}>")[0] == preview.split(start)[1].split(f"</{end}>")[0]
    assert "没有变化" in preview and "确认" not in preview
    finished.refresh_from_db()
    assert finished.public_version_id == finished.current_id and finished.published_at


def test_what_changed_after_the_preview_is_not_published(people: dict[str, User], finished: Item) -> None:
    first, seen = finished.current_id, publication.fingerprint(finished)
    assert first
    workflow.correct(finished, "title", "临溪县农家乐办法", people["主审"])
    with pytest.raises(UsageError, match="有了变化"):
        publication.publish(finished, people["主审"], first, seen=seen)
    add_version(finished, "审批", "审核")
    with pytest.raises(UsageError, match="新版本"):
        publication.publish(finished, people["主审"], first, seen=publication.fingerprint(finished))


def test_publishing_with_obstacles_is_refused(people: dict[str, User], finished: Item) -> None:
    Item.objects.filter(pk=finished.pk).update(kind=Kind.DRAFT)
    finished.refresh_from_db()
    chief, link = client(people, "主审"), f"/items/{finished.pk}/public"
    preview = chief.get(link).content.decode()
    assert "现在不能公开" in preview and "确认公开" not in preview
    answer = chief.post(link, {"version": finished.current_id, "seen": publication.fingerprint(finished)})
    assert answer.status_code == 400 and "另报备案" in answer.content.decode()
    assert chief.post(link, {"version": "x"}).status_code == 400
    finished.refresh_from_db()
    assert not finished.public


def test_the_public_keeps_seeing_the_published_version(people: dict[str, User], finished: Item) -> None:
    publish(finished, people["主审"])
    add_version(finished, "乡镇人民政府审批后方可营业", "文化旅游局统一登记后方可开业")
    workflow.correct(finished, "title", "没有公开的新题名", people["审查员"])
    workflow.correct(finished, "issuers", "未公开机关", people["审查员"])
    visitor = Client()
    page = visitor.get(f"/public/{finished.pk}/").content.decode()
    assert "审批后方可营业" in page and "统一登记" not in page and "新题名" not in page and "未公开机关" not in page
    for query, count in (("审批后方可营业", 1), ("统一登记", 0), ("没有公开的新题名", 0), ("机关:未公开", 0)):
        for word in (query, f"农家乐 {query}"):
            assert len(visitor.get("/api/v1/public", {"q": word}).json()["items"]) == count, word
        listed = visitor.get("/public/", {"q": query}).content.decode()
        assert (f"/public/{finished.pk}/" in listed) == bool(count)
    assert "新题名" not in visitor.get("/public/").content.decode()
    assert len(visitor.get("/api/v1/public", {"q": "农家乐 -统一登记"}).json()["items"]) == 1
    assert "新题名" not in visitor.get("/public/feed.xml").content.decode()
    assert "公开的是第1版，现有第2版" in client(people, "主审").get(f"/items/{finished.pk}/public").content.decode()


def test_a_later_correction_is_public_after_another_publication(people: dict[str, User], finished: Item) -> None:
    publish(finished, people["主审"])
    before = published_documents()
    workflow.correct(finished, "number", "临政发〔2025〕99号", people["主审"])
    assert published_documents() == before
    assert "是否更新公开" in client(people, "主审").get(f"/items/{finished.pk}/public").content.decode()
    publish(finished, people["主审"])
    assert "临政发〔2025〕99号" in {shown.number for shown in published_documents()}
    with pytest.raises(UsageError, match="没有变化"):
        publish(finished, people["主审"])


@pytest.mark.parametrize("told", [True, False])
def test_a_withdrawal_is_told_with_its_day(people: dict[str, User], finished: Item, told: bool) -> None:
    publish(finished, people["主审"])
    chief, visitor, link = client(people, "主审"), Client(), f"/items/{finished.pk}/public"
    assert chief.post(link, {"withdraw": "1", "reason": " "}).status_code == 400
    chief.post(link, {"withdraw": "1", "reason": "依据已经废止", **({"told": "1"} if told else {})})
    preview = chief.get(link).content.decode()
    known = "已向公众说明理由" if told else "没有向公众说明理由"
    assert f"撤回公开，理由：依据已经废止。由{display_name(people['主审'])}撤回，{known}。" in preview
    day = f"{TODAY.year}年{TODAY.month}月{TODAY.day}日"
    for address in (f"/public/{finished.pk}/", f"/public/{finished.pk}/text.docx", f"/api/v1/public/{finished.pk}"):
        answer = visitor.get(address)
        said = readable(answer)
        assert answer.status_code == 410 and f"本文件已于{day}撤回公开" in said, address
        assert ("依据已经废止" in said) == told and finished.title not in said, address
    feed = visitor.get("/public/feed.xml").content.decode()
    assert "撤回公开" in feed and finished.title not in feed and ("依据已经废止" in feed) == told
    assert f"/public/{finished.pk}/" not in visitor.get("/public/").content.decode()
    assert "依据已经废止" in chief.get(link).content.decode(), "the publisher finds the reason in any case"
    assert "依据已经废止" in AuditEntry.objects.filter(item=finished.pk, what="撤回公开")[0].detail
    assert chief.post(link, {"withdraw": "1", "reason": "再撤"}).status_code == 400
    publish(finished, people["主审"])
    assert visitor.get(f"/public/{finished.pk}/").status_code == 200 and finished.withdrawn_at is None


@pytest.mark.parametrize("told", [True, False])
def test_the_issuer_is_told_of_a_publication_and_of_a_withdrawal(
    people: dict[str, User], finished: Item, told: bool
) -> None:
    Notice.objects.all().delete()
    publish(finished, people["主审"])
    publication.withdraw(finished, people["主审"], "附件有误", told=told)
    title = "《湖南省临溪县人民政府关于印发〈临溪县农家乐经营管理办法〉的通知》"
    words = [f"{title}第1版已向公众公开", f"{title}已撤回公开{'：附件有误' if told else ''}"]
    notices = Notice.objects.order_by("id")
    assert [(notice.user, notice.words) for notice in notices] == [(people["制定机关"], said) for said in words]


def test_nothing_of_the_review_reaches_the_public(people: dict[str, User], finished: Item) -> None:
    assert finished.current
    finding = finished.current.findings.filter(softened=False)[0].content
    publish(finished, people["主审"])
    visitor = Client()
    answers = {
        path: readable(visitor.get(path))
        for path in ("/public/", f"/public/{finished.pk}/", "/public/feed.xml", "/api/v1/public", f"/api/v1/public/{finished.pk}")
    }  # fmt: skip
    packed = zipfile.ZipFile(io.BytesIO(visitor.get(f"/public/{finished.pk}/text.docx").content))
    answers["docx"] = "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    accounts = [name for user in people.values() for name in (user.username + "先生", f'"{user.username}"')]
    hidden = [finding["name"], *finding["reasons"], "风险分", "准予备案", finished.name, *accounts]
    for path, answer in answers.items():
        for words in hidden:
            assert words not in answer, (path, words)
    row = visitor.get("/api/v1/public").json()["items"][0]
    assert not {"risk", "alarms", "status", "due", "name", "kind"} & row.keys()


def test_the_list_is_narrowed_and_sorted(people: dict[str, User], finished: Item) -> None:
    publish(finished, people["主审"])
    visitor, row = Client(), f"/public/{finished.pk}/"
    asked = [
        ({"issuer": finished.issuer}, True), ({"issuer": "别的机关"}, False), ({"year": "2025"}, True), ({"year": "1990"}, False),
        ({"validity": "现行有效"}, True), ({"validity": "已失效"}, False), ({"sort": "issuer", "page": "99"}, True), ({"year": "x"}, False),
    ]  # fmt: skip
    for query, is_there in asked:
        assert (row in visitor.get("/public/", query).content.decode()) == is_there, query
    page = visitor.get("/public/").content.decode()
    assert "成文：2025年3月6日" in page and "施行：2025年4月10日" in page and "现行有效，有效期至" in page


def test_the_page_tells_days_and_the_text_is_laid_out(people: dict[str, User], finished: Item) -> None:
    publish(finished, people["主审"])
    page = Client().get(f"/public/{finished.pk}/").content.decode()
    assert "2025年3月6日" in page and "2025年4月10日" in page and f"http://testserver/public/{finished.pk}/" in page
    assert finished.current
    places = {paragraph.text: paragraph.place for paragraph in public_paragraphs(finished.current)}
    assert places["临政发〔2025〕12号"] is Place.CENTRED and places["第一章 总则"] is Place.CENTRED
    assert places["临溪县农家乐经营管理办法"] is Place.TITLE and places["2025年3月6日"] is Place.RIGHT
    assert places["各乡镇人民政府，县政府各工作部门："] is Place.LEFT
    assert places["第二条 在本县范围内从事农家乐经营的，适用本办法。"] is Place.INDENTED


def test_furniture_and_injected_words_are_left_out_and_rows_become_a_table() -> None:
    text = "县政府\n关于修路的通知\n一、修路。赌场开户\n甲｜乙\n丙｜丁｜戊\n— 1 —"
    spam, footer = text.index("赌场开户"), text.index("— 1 —")
    empty = dict.fromkeys(("title", "number", "recipients", "made"))
    document = {"masthead": {**empty, "issuers": []}, "noise": [_note("spam", spam, 4)], "attached": []}
    blocks = [{"kind": "页面附着物", "span": {"start": footer, "end": len(text)}}]
    version = Version(text=text, dossier={"source": {"blocks": blocks}, "document": document})
    found = public_paragraphs(version)
    assert [paragraph.text for paragraph in found] == ["县政府", "关于修路的通知", "一、修路。", ""]
    assert found[-1].grid() == [["甲", "乙", ""], ["丙", "丁", "戊"]]


def fees() -> bytes:
    """A notice in Word with a table of fees in which a cell spans two rows and one two columns, and a cell has two paragraphs."""
    document = Document()
    for line in ("临溪县发展和改革局关于公布收费标准的通知", "各单位：", "现将收费标准公布如下："):
        document.add_paragraph(line)
    table = document.add_table(rows=3, cols=3)
    for at, words in enumerate(("项目", "标准", "备注", "清扫费", "8元", "每月", "", "4元", "每次")):
        table.cell(at // 3, at % 3).text = words
    table.cell(1, 0).merge(table.cell(2, 0)).text = "清扫费"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "标准和备注"
    table.cell(2, 2).add_paragraph("含税")
    document.add_paragraph("请遵照执行。")
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_the_cells_of_a_table_are_a_table_for_the_public_too() -> None:
    read = examined(fees(), "收费.docx")
    version = Version(text=read.source.text, dossier=plain(read))
    *_, table, last = public_paragraphs(version)
    assert last.text == "请遵照执行。" and [len(row) for row in table.rows] == [2, 3, 2]
    assert table.grid() == [["项目", "标准和备注", ""], ["清扫费", "8元", "每月"], ["", "4元", "每次\n含税"]]
    assert (table.rows[0][1].columns, table.rows[1][0].rows) == (2, 2)
    assert "清扫费｜8元｜每月" in plain_text(version) and "｜4元｜每次 含税" in plain_text(version)


def _note(kind: str, start: int, length: int) -> dict[str, Any]:
    return {"kind": kind, "message": "", "span": {"start": start, "end": start + length}}


def test_the_text_is_downloaded_as_docx_and_the_original_is_not_offered(
    people: dict[str, User], finished: Item
) -> None:
    publish(finished, people["主审"])
    visitor = Client()
    answer = visitor.get(f"/public/{finished.pk}/text.docx")
    lines = [paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs]
    assert "第二条 在本县范围内从事农家乐经营的，适用本办法。" in lines
    assert any(f"/public/{finished.pk}/" in line for line in lines) and any("现行有效" in line for line in lines)
    assert visitor.get(f"/items/{finished.pk}/original").status_code == 302
    assert "original" not in visitor.get(f"/public/{finished.pk}/").content.decode()


def test_the_feed_has_absolute_links(people: dict[str, User], finished: Item) -> None:
    publish(finished, people["主审"])
    for address, wanted in (("", "http://testserver"), ("https://guifan.example", "https://guifan.example")):
        with override_settings(DESK_ADDRESS=address):
            answer = Client().get("/public/feed.xml")
        entry = next(
            found for found in ElementTree.fromstring(answer.content).iter(f"{ATOM}entry")
            if found.findtext(f"{ATOM}title") == finished.title
        )  # fmt: skip
        assert answer.headers["Content-Type"].startswith("application/atom+xml")
        assert entry.findtext(f"{ATOM}id") == f"{wanted}/public/{finished.pk}/"
        assert "现行有效" in (entry.findtext(f"{ATOM}summary") or "")


def test_programs_read_published_documents_without_a_token(people: dict[str, User], finished: Item) -> None:
    visitor = Client()
    assert visitor.get(f"/api/v1/public/{finished.pk}").status_code == 404
    publish(finished, people["主审"])
    row = next(row for row in visitor.get("/api/v1/public?q=农家乐").json()["items"] if row["id"] == finished.pk)
    assert (row["made"], row["effective"], row["version"], row["validity"]) == ("2025-03-06", "2025-04-10", 1, "有效")
    assert row["validity_words"].startswith("现行有效，有效期至") and row["link"].endswith(f"/public/{finished.pk}/")
    assert row["published"] == timezone.localdate().isoformat()
    assert not {"risk", "alarms", "kind", "status", "due", "name"} & row.keys()
    assert "审批后方可营业" in visitor.get(f"/api/v1/public/{finished.pk}").json()["text"]
