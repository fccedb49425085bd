"""Exports: official documents for each kind of case, lists, and producing them again byte by byte."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from docx import Document

from pipeline.cli.desk import verify_file
from pipeline.review.decisions import checklists, workflow
from pipeline.review.models import Export, Item, Kind
from pipeline.review.output import exports
from pipeline.review.output.forms import FORMS, forms_of
from pipeline.review.search.index import index_heads
from tests.web.conftest import client
from tests.web.test_desk import decide_all


def text_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_document_states_its_basis_and_whether_it_is_a_draft(
    people: dict[str, User], item: Item, form: str
) -> None:
    browser = client(people, "主审")
    draft = text_of(b"".join(browser.get(f"/items/{item.pk}/papers/{form}.docx")))
    assert "临溪县农家乐经营管理办法" in draft
    decide_all(browser, item)
    text = text_of(b"".join(browser.get(f"/items/{item.pk}/papers/{form}.docx")))
    assert item.current and item.current.original_id in text and item.current.engine in text
    assert "chief先生" in text and "草稿" not in text


def test_the_usual_document_follows_from_the_kind_of_case() -> None:
    assert {kind: forms_of(kind)[0][1] for kind in Kind.values} == {
        "草案": "合法性审查意见书", "备案": "备案审查意见", "清理": "合法性审查意见书", "异议": "异议处理意见",
        "决策": "合法性审查意见书", "合同": "合法性审查意见书",
    }  # fmt: skip


def test_the_opinion_contains_checks_and_conclusion(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(kind=Kind.DRAFT)
    browser = client(people, "审查员")
    decide_all(browser, item)
    answer = browser.post(f"/items/{item.pk}/check", {"point": "D04", "answer": "否", "comment": "没有公开"})
    assert answer.status_code == 200 and 'aria-pressed="true"' in answer.content.decode()
    assert browser.post(f"/items/{item.pk}/check", {"point": "C01", "answer": "是"}).status_code == 400
    assert browser.post(f"/items/{item.pk}/conclude", {"outcome": "准予备案"}).status_code == 400
    browser.post(f"/items/{item.pk}/conclude", {"outcome": "不合法", "reason": "超越权限"})
    text = text_of(b"".join(client(people, "主审").get(f"/items/{item.pk}/papers/opinion.docx")))
    assert "（否，没有公开）" in text and "不合法。理由：超越权限。" in text
    item.checks.all().delete()
    item.conclusions.all().delete()


def test_every_kind_of_case_has_its_points_and_outcomes() -> None:
    assert all(checklists.points_of(kind) and checklists.OUTCOMES[kind] for kind in Kind)
    keys = [point.key for kind in Kind for point in checklists.points_of(kind)]
    assert len(keys) == len(set(keys))


def test_a_document_is_produced_again_byte_by_byte(
    people: dict[str, User], item: Item, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = client(people, "主审")
    decide_all(browser, item)
    file = tmp_path / "意见.docx"
    file.write_bytes(b"".join(browser.get(f"/items/{item.pk}/papers/opinion.docx")))
    verify_file(file)
    assert "逐字节相同" in capsys.readouterr().out
    # later decisions do not change the state that was exported
    key = next(iter(workflow.decisions_of(item)))
    browser.post(f"/items/{item.pk}/decide", {"key": key, "verdict": "不成立", "comment": "后来查到依据"})
    verify_file(file)
    assert "逐字节相同" in capsys.readouterr().out
    item.current.__class__.objects.filter(pk=item.current.pk).update(engine="另一版本")  # type: ignore[union-attr]
    verify_file(file)
    assert "新的规则" in capsys.readouterr().out


def test_a_changed_title_shows_when_the_document_is_produced_again(people: dict[str, User], item: Item) -> None:
    made = exports.export_document(item, "opinion", people["主审"])
    export = Export.objects.order_by("-id")[0]
    assert made.data and "逐字节相同" in exports.check_reproducible(export)
    Item.objects.filter(pk=item.pk).update(title="改过的题名")
    assert "结果不同" in exports.check_reproducible(Export.objects.get(pk=export.pk))


def test_the_queue_as_csv_json_and_catalogue(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(title="=cmd农家乐", kind=Kind.CLEANUP, proposal="建议废止：依据已废止")
    index_heads([Item.objects.get(pk=item.pk)])
    browser = client(people, "主审")
    rows = list(csv.DictReader(io.StringIO(b"".join(browser.get("/export.csv?q=cmd农家乐")).decode("utf-8-sig"))))
    assert [row["文件名称"] for row in rows] == ["'=cmd农家乐"] and rows[0]["原件SHA-256"]
    exported = json.loads(b"".join(browser.get("/export.json?q=cmd农家乐")))
    assert exported["items"][0]["文件名称"] == "=cmd农家乐" and exported["about"]["by"]
    text = text_of(b"".join(browser.get("/export.docx?q=cmd农家乐")))
    assert "尚未作出清理结论的文件（1件）" in text and "依据已废止" in text
    browser.post(f"/items/{item.pk}/conclude", {"outcome": "废止", "reason": "依据已废止"})
    assert "废止的文件（1件）" in text_of(b"".join(browser.get("/export.docx?q=cmd农家乐")))
    assert browser.get("/export.exe").status_code == 400
    item.conclusions.all().delete()
