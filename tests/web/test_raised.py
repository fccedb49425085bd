"""A finding that a person raised shows wherever the findings of the program do."""

import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from docx import Document

from corpora.make_samples import SAMPLES
from pipeline.review.connection import connect
from pipeline.review.decisions import workflow
from pipeline.review.decisions.finding_types import name_of
from pipeline.review.decisions.training_export import decided_sentences
from pipeline.review.models import AuditEntry, Finding, Item
from pipeline.review.queue.store import QueueWriter
from pipeline.web.administration import _common_types
from tests.builders import examined
from tests.review.output.documents import text_of
from tests.review.reviewed import erase
from tests.web.conftest import client
from tests.web.test_api import call

TYPE, WORDS = "RGT-01", "公示收费标准"
NAME = name_of(TYPE)


@pytest.fixture
def parking(people: dict[str, User]) -> Iterator[Item]:
    """An item whose original is a docx."""
    data = (SAMPLES / "02停车秩序规定.docx").read_bytes()
    home = connect("pipeline.web.settings")
    entry = QueueWriter(home, "test").put(examined(data, "提出/停车.docx"), data, None, separate=True)
    Item.objects.filter(pk=entry.item).update(rival=None, marks="", title="临溪提出停车规定")
    yield Item.objects.get(pk=entry.item)
    erase(entry.item or 0)


def form(item: Item, words: str = WORDS, **changes: object) -> dict[str, Any]:
    assert item.current is not None
    start = item.current.text.index(words)
    return {
        "version": item.current_id, "start": start, "end": start + len(words), "type": TYPE, "severity": "高",
        "basis": "《临溪收费条例》第三条；《行政许可法》第十七条", "reason": "公示的内容没有限定", "advice": "写明公示哪些内容", **changes,
    }  # fmt: skip


def send(people: dict[str, User], item: Item, fields: dict[str, Any], role: str = "审查员") -> HttpResponse:
    answer: HttpResponse = client(people, role).post(f"/items/{item.pk}/findings", fields)
    return answer


@pytest.fixture
def found(people: dict[str, User], parking: Item) -> Finding:
    """A finding that the 审查员 raised through the page and that the 主审 upheld."""
    assert send(people, parking, form(parking)).status_code == 302
    made = Finding.objects.get(version=parking.current, raised_account="wang")
    workflow.decide(parking, made.key, workflow.Statement("成立"), people["主审"])
    return made


def test_on_the_page_of_the_item(people: dict[str, User], parking: Item, found: Finding) -> None:
    page = client(people, "审查员").get(f"/items/{parking.pk}/").content.decode()
    section = page.split(f'id="f{found.pk}"')[1].split("</section>")[0]
    for said in (NAME, WORDS, "wang先生提出", "公示的内容没有限定", "写明公示哪些内容", "《临溪收费条例》第三条"):
        assert said in section
    assert f'id="m{found.pk}"' in page


@pytest.mark.parametrize("paper", ["opinion", "filing", "record"])
def test_in_the_documents_with_person_and_basis(
    people: dict[str, User], parking: Item, found: Finding, paper: str
) -> None:
    answer = client(people, "主审").get(f"/items/{parking.pk}/papers/{paper}.docx")
    text = text_of(b"".join(answer))
    assert NAME in text and "审查人员提出：wang先生" in text and "公示的内容没有限定" in text
    assert "《临溪收费条例》第三条；《行政许可法》第十七条" in text


def test_as_a_comment_in_the_annotated_docx(people: dict[str, User], parking: Item, found: Finding) -> None:
    answer = client(people, "主审").get(f"/items/{parking.pk}/papers/annotated.docx")
    comments = [comment.text for comment in Document(io.BytesIO(b"".join(answer))).comments]
    (own,) = (text for text in comments if NAME in text)
    assert "《临溪收费条例》第三条" in own and "写明公示哪些内容" in own


def test_in_counts_filters_and_statistics(people: dict[str, User], parking: Item, found: Finding) -> None:
    parking.refresh_from_db()
    assert "RGT" in parking.groups.split()
    assert (
        parking.alarms
        == Finding.objects.filter(version=parking.current, softened=False, severity__in=("严重", "高")).count()
    )
    assert f"/items/{parking.pk}/" in client(people, "主审").get("/?group=RGT").content.decode()
    assert dict(_common_types()).get(NAME, 0) >= 1
    assert client(people, "主审").get("/board").status_code == 200


def test_as_a_training_sentence(parking: Item, found: Finding) -> None:
    records = [line for line in decided_sentences() if line["frame"] == f"desk-{parking.pk}"]
    (own,) = (line for line in records if line["types"] == [TYPE])
    assert WORDS in own["sentence"] and own["verdict"] == "flag"


def test_a_raised_finding_that_did_not_hold_is_an_exempt_sentence(
    people: dict[str, User], parking: Item, found: Finding
) -> None:
    workflow.decide(parking, found.key, workflow.Statement("不成立", "有限定"), people["主审"])
    (own,) = (line for line in decided_sentences() if line["frame"] == f"desk-{parking.pk}" and line["types"] == [TYPE])
    assert own["verdict"] == "exempt"


def test_in_the_api_and_in_the_export_of_the_queue(people: dict[str, User], parking: Item, found: Finding) -> None:
    answer = call(people["审查员"], "get", f"/items/{parking.pk}").json()
    (own,) = (row for row in answer["findings"] if row["key"] == found.key)
    assert (own["type"], own["text"], own["decision"]["verdict"]) == (TYPE, WORDS, "成立")
    parking.refresh_from_db()
    rows = json.loads(b"".join(client(people, "主审").get("/export.json?group=RGT")))["items"]
    assert {row["编号"]: row["警示"] for row in rows}[str(parking.pk)] == str(parking.alarms)


def test_a_changed_type_is_that_of_the_api(people: dict[str, User], parking: Item, found: Finding) -> None:
    fields = {"key": found.key, "type": "FEE-01", "reason": "是收费"}
    assert client(people, "审查员").post(f"/items/{parking.pk}/findings/change", fields).status_code == 302
    answer = call(people["审查员"], "get", f"/items/{parking.pk}").json()
    (own,) = (row for row in answer["findings"] if row["key"] == found.key)
    assert (own["type"], own["name"]) == ("FEE-01", name_of("FEE-01"))


def test_a_basis_that_the_type_has_keeps_what_it_says_when_only_the_basis_is_changed(
    people: dict[str, User], item: Item
) -> None:
    alarm = next(found for found in workflow.open_alarms(item) if found.type == "LIC-01")
    fields = {"key": alarm.key, "basis": "《行政许可法》第十七条", "reason": "一条就够"}
    assert client(people, "审查员").post(f"/items/{item.pk}/findings/change", fields).status_code == 302
    (basis,) = Finding.objects.get(pk=alarm.pk).content["bases"]
    assert basis["says"] and basis["law"] == "中华人民共和国行政许可法"


def test_a_basis_that_was_left_as_it_is_stays_and_is_told_nowhere_as_changed(
    people: dict[str, User], item: Item
) -> None:
    alarm = next(found for found in workflow.open_alarms(item) if found.type == "LIC-01")
    before = alarm.content["bases"]
    named = "；".join(f"《{basis['law']}》{basis['article']}" for basis in reversed(before))
    for fields in ({"type": "OTH-90"}, {"severity": "中", "basis": named.replace("中华人民共和国", "")}):
        given = {"key": alarm.key, "reason": "名为备案", **fields}
        assert client(people, "审查员").post(f"/items/{item.pk}/findings/change", given).status_code == 302
    changed = Finding.objects.get(pk=alarm.pk)
    assert changed.content["bases"] == before and changed.type == "OTH-90"
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    told = [what for row in re.findall(r"改动：(.*?)；理由", page) for what in row.split("，")]
    assert len(told) == 2 and not any("依据" in what for what in told)
    audit = AuditEntry.objects.filter(item=item.pk, what="改动发现").order_by("-id")[:2]
    assert not any("依据" in entry.detail for entry in audit)


def test_the_audit_names_the_bases_before_and_after_a_change(people: dict[str, User], item: Item) -> None:
    alarm = next(found for found in workflow.open_alarms(item) if found.type == "LIC-01")
    fields = {"key": alarm.key, "basis": "《种子法》第一条", "reason": "另有依据"}
    client(people, "审查员").post(f"/items/{item.pk}/findings/change", fields)
    entry = AuditEntry.objects.filter(item=item.pk, what="改动发现").latest("id")
    assert re.search("依据《中华人民共和国行政许可法》.* → 《种子法》第一条：另有依据$", entry.detail)


def test_words_of_an_earlier_version_are_not_raised(people: dict[str, User], parking: Item) -> None:
    answer = send(people, parking, form(parking, version=1_000_000))
    assert answer.status_code == 400 and "正文已有新版本" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"start": "", "end": ""}, "没有选中文字"),
        ({"start": "x", "end": "-3"}, "没有选中文字"),
        ({"start": 99999, "end": 100005}, "没有选中文字"),
        ({"type": ""}, "没有选择问题类型"),
        ({"type": "ABC-01"}, "没有“ABC-01”"),
        ({"severity": ""}, "没有选择严重程度"),
        ({"reason": ""}, "没有写明理由"),
        ({"basis": "有关规定"}, "读不出依据"),
    ],
)
def test_an_incomplete_form_is_refused_in_words(
    people: dict[str, User], parking: Item, changes: dict[str, Any], told: str
) -> None:
    answer = send(people, parking, form(parking, **changes))
    assert answer.status_code == 400 and told in answer.content.decode()
    assert not Finding.objects.filter(version=parking.current, raised_account="wang").exists()


def test_what_a_list_tells_of_findings_follows_what_people_did(people: dict[str, User], parking: Item) -> None:
    from pipeline.review.output.exports import export_queue

    reviewer = people["审查员"]
    first = workflow.open_alarms(parking)[0]
    assert first is not None
    before = Item.objects.get(pk=parking.pk)
    workflow.decide(parking, first.key, workflow.Statement("不成立", "有上位法依据"), reviewer)
    after = Item.objects.select_related("current").get(pk=parking.pk)
    assert after.alarms == before.alarms - 1 and after.risk == before.risk
    assert ["审定不成立1处", 0] in after.risk_parts
    shown = sum(int(re.sub(r"\D", "", name)) for name, _ in after.risk_parts if re.match("严重|高风险", name))
    assert shown == after.alarms
    told = call(people["审查员"], "get", f"/items/{parking.pk}").json()
    assert (told["risk"], told["alarms"]) == (after.risk, after.alarms)
    exported = export_queue([after], "csv", people["主审"]).data.decode("utf-8-sig")
    assert f",{after.risk},{after.alarms}," in exported
    workflow.withdraw(parking, first.key, reviewer)
    assert Item.objects.get(pk=parking.pk).alarms == before.alarms
