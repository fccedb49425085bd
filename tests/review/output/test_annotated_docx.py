"""The original with comments: only what people upheld, in their names, at the local time of their decisions."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from corpora.make_samples import SAMPLES
from pipeline.home import home_folder
from pipeline.review.connection import connect
from pipeline.review.decisions import workflow
from pipeline.review.models import Decision, Finding, Item
from pipeline.review.output.annotated_docx import annotate, spelled
from pipeline.review.output.case import Stamp
from pipeline.review.output.case_building import case_of
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.review.output.documents import text_of
from tests.review.reviewed import MOMENT, erase, next_version, review


@pytest.fixture
def parking(people: dict[str, User]) -> Iterator[Item]:
    """An item whose original is a docx."""
    data = (SAMPLES / "02停车秩序规定.docx").read_bytes()
    home = connect("pipeline.web.settings")
    entry = QueueWriter(home, "test").put(examined(data, "批注/停车二.docx"), data, None, separate=True)
    yield Item.objects.get(pk=entry.item)
    erase(entry.item or 0)


def annotated(item: Item) -> tuple[bytes, int]:
    assert item.current
    return annotate(original_path(home_folder(), item.current.original_id), case_of(item), Stamp(MOMENT, "chief先生"))


def comments_of(data: bytes) -> list[tuple[str, str, str]]:
    """Author, date and text of each comment."""
    return [
        (made.author, made._comment_elm.get(qn("w:date")), made.text) for made in Document(io.BytesIO(data)).comments
    ]


def test_only_upheld_findings_have_a_comment(people: dict[str, User], parking: Item) -> None:
    first, second = workflow.open_alarms(parking)
    workflow.decide(parking, first.key, workflow.Statement("不成立", "有上位法依据"), people["审查员"])
    made = workflow.decide(parking, second.key, workflow.Statement("需修改", "写明依据"), people["法律顾问"])
    Decision.objects.filter(pk=made.pk).update(made=timezone.make_aware(datetime(2026, 1, 1, 23, 30)))
    undecided = Finding.objects.get(pk=first.pk)
    undecided.pk, undecided.key, undecided.severity = None, "undecided", "中"
    undecided.save()
    data, unplaced = annotated(parking)
    draft, comment = comments_of(data)
    assert draft[0] == "清规" and draft[2].startswith("草稿")
    assert comment[:2] == ("law先生", "2026-01-01T23:30:00Z")
    assert second.content["name"] in comment[2] and comment[2].endswith("意见：写明依据") and unplaced == 0
    assert "有上位法依据" not in str(comments_of(data)) and "可信度" not in str(comments_of(data))


def test_the_annotated_original_of_a_finished_case_is_no_draft(people: dict[str, User], parking: Item) -> None:
    count = len(workflow.open_alarms(parking))
    comments = comments_of(annotated(review(parking, people))[0])
    assert len(comments) == count and not any("草稿" in text for _, _, text in comments)


def test_a_finding_of_a_person_is_commented_and_one_without_place_is_listed(
    people: dict[str, User], parking: Item
) -> None:
    found = workflow.open_alarms(parking)[0]
    raised = Finding.objects.get(pk=found.pk)
    raised.pk, raised.key, raised.raised_by = None, "person", "wang先生"
    raised.content = {**found.content, "name": "程序没有发现的问题", "text": "原文没有的话", "advice": ""}
    raised.save()
    for key in (found.key, "person"):
        workflow.decide(parking, key, workflow.Statement("成立", ""), people["审查员"])
    data, unplaced = annotated(parking)
    assert unplaced == 1 and "以下意见未能在原文中定位" in text_of(data) and "程序没有发现的问题" in text_of(data)
    first, comment = comments_of(data)
    assert first[2].endswith("有1处未能在原文定位，列在文末。")
    assert comment[2].endswith("审定：成立") and found.content["advice"] not in str(comments_of(data))
    assert "1.第二条“原文没有的话”\n程序没有发现的问题\n" in text_of(data) and found.content["advice"] not in text_of(
        data
    )


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("处５００元以上,逾期;加收(滞纳金):", "处500元以上，逾期；加收（滞纳金）："), ("〔2026〕7 号", "﹝２０２６﹞7号"), ("⾏政许可", "行政许可"),
        ("\"免责\"", "“免责”"), ("‘免责’", "「免责」"), ("ＡＢ　Ｃ%", "ABC％"), ("停\u200b车\u00a0场", "停车场"), ("1．⒈㈠", "1.1.（一）"),
        ("9:00～10:00!", "9：00~10：00！"),
    ],
)  # fmt: skip
def test_words_are_compared_in_one_spelling(file: str, read: str) -> None:
    assert spelled(file) == spelled(read) and spelled(file) != spelled(read + "外")


def rewritten(parking: Item, tmp_path: Path, changes: Mapping[str, str]) -> Path:
    """The original of an item with other characters in the words of its body."""
    assert parking.current
    document = Document(str(original_path(home_folder(), parking.current.original_id)))
    for text in document.element.body.iter(qn("w:t")):
        text.text = (text.text or "").translate(str.maketrans(changes))
    document.save(str(tmp_path / "改.docx"))
    return tmp_path / "改.docx"


def test_findings_are_placed_whatever_the_width_of_punctuation_in_the_file(
    people: dict[str, User], parking: Item, tmp_path: Path
) -> None:
    case = case_of(review(parking, people))
    full = "，。；：（）0123456789行政“”"
    file = rewritten(
        parking, tmp_path, dict(zip(full, ',｡;:()０１２３４５６７８９⾏⽁""'.replace("⽁", "政"), strict=True))
    )
    data, unplaced = annotate(file, case, Stamp(MOMENT, "chief先生"))
    assert unplaced == 0 and len(comments_of(data)) == len(case.upheld)


def test_what_is_in_a_link_or_an_insertion_is_found(people: dict[str, User], parking: Item, tmp_path: Path) -> None:
    case, document = case_of(review(parking, people)), Document()
    for number, finding in enumerate(case.upheld):
        paragraph = document.add_paragraph("前")
        run = paragraph.add_run(finding.text)._r
        around = OxmlElement("w:ins" if number % 2 else "w:hyperlink")
        run.addprevious(around)
        around.append(run)
    document.save(str(tmp_path / "链接.docx"))
    data, unplaced = annotate(tmp_path / "链接.docx", case, Stamp(MOMENT, "chief先生"))
    assert unplaced == 0 and len(comments_of(data)) == len(case.upheld) >= 2


def test_a_comment_stands_where_its_words_are_not_where_they_are_first(
    people: dict[str, User], parking: Item, tmp_path: Path
) -> None:
    case = case_of(review(parking, people))
    finding = replace(case.upheld[0], occurrence=1)
    document = Document()
    for _ in range(3):
        document.add_paragraph(finding.text)
    document.save(str(tmp_path / "三处.docx"))
    data, _ = annotate(tmp_path / "三处.docx", replace(case, findings=(finding,)), Stamp(MOMENT, "chief先生"))
    marked = [
        bool(paragraph._p.findall(qn("w:commentRangeStart"))) for paragraph in Document(io.BytesIO(data)).paragraphs
    ]
    assert marked == [False, True, False]


def test_what_was_not_placed_is_told_first_and_listed_with_clause_and_words(
    people: dict[str, User], parking: Item, tmp_path: Path
) -> None:
    case = case_of(review(parking, people))
    Document().save(str(tmp_path / "空.docx"))
    data, unplaced = annotate(tmp_path / "空.docx", case, Stamp(MOMENT, "chief先生"))
    assert unplaced == len(case.upheld)
    assert [text for _, _, text in comments_of(data)] == [f"有{unplaced}处未能在原文定位，列在文末。"]
    assert all(f"{made.place}“{made.text}”" in text_of(data) and made.name in text_of(data) for made in case.upheld)


@pytest.mark.parametrize("label", ["第二条　", "壹拾、", "甲、", "1.1 ", "⑴ ", "AA、"])
def test_the_number_of_a_numbered_list_is_not_among_the_words_of_the_file(
    people: dict[str, User], parking: Item, label: str
) -> None:
    review(parking, people)
    next_version(parking)
    case = case_of(parking)
    numbered = replace(case.upheld[0], text=f"{label}{case.upheld[0].text}")
    assert parking.current
    original = original_path(home_folder(), parking.current.original_id)
    data, unplaced = annotate(original, replace(case, findings=(numbered,)), Stamp(MOMENT, "chief先生"))
    assert unplaced == 0 and "审定：成立（就第1版作出）" in comments_of(data)[-1][2]
