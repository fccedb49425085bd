"""The original with comments: only what people upheld, in their names, at the local time of their decisions."""

import io
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn

from corpora.make_samples import SAMPLES
from pipeline.home import home_folder
from pipeline.review.connection import connect
from pipeline.review.decisions import workflow
from pipeline.review.models import Decision, Finding, Item
from pipeline.review.output.annotated_docx import annotate
from pipeline.review.output.case import Case, Stamp
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.review.output.documents import text_of
from tests.review.reviewed import MOMENT, erase, review


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
    return annotate(original_path(home_folder(), item.current.original_id), Case.of(item), Stamp(MOMENT, "chief先生"))


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
    assert draft[0] == "chief先生" and draft[2].startswith("草稿")
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
    raised.content = {**found.content, "name": "程序没有发现的问题", "text": "原文没有的话"}
    raised.save()
    for key in (found.key, "person"):
        workflow.decide(parking, key, workflow.Statement("成立", ""), people["审查员"])
    data, unplaced = annotated(parking)
    assert unplaced == 1 and "以下意见未能在原文中定位" in text_of(data) and "程序没有发现的问题" in text_of(data)
    assert any(found.content["advice"] in text for _, _, text in comments_of(data))
