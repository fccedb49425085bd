"""Exports: official documents for each kind of case, lists, and producing them again byte by byte."""

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User

from pipeline.cli.desk import verify_file
from pipeline.home import home_folder
from pipeline.review.decisions import checklists, releases, workflow
from pipeline.review.decisions.checklists import OUTCOMES
from pipeline.review.models import Export, Item, Kind
from pipeline.review.output import exports
from pipeline.review.output.forms import FORMS, forms_of
from pipeline.review.queue.originals import original_path
from pipeline.review.search.index import index_heads
from tests.review.output.documents import text_of
from tests.review.reviewed import decide_alarms, finish, review
from tests.web.conftest import client
from tests.web.test_desk import decide_all


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"correction"}))
def test_a_document_says_in_its_name_whether_it_is_a_draft(people: dict[str, User], item: Item, form: str) -> None:
    browser = client(people, "主审")
    if form not in dict(forms_of(item.kind)):
        Item.objects.filter(pk=item.pk).update(kind=next(kind for kind in Kind.values if form in dict(forms_of(kind))))
        item.refresh_from_db()
    answer = browser.get(f"/items/{item.pk}/papers/{form}.docx")
    assert "草稿" in unquote(answer.headers["Content-Disposition"]) and "草稿" in text_of(b"".join(answer))
    review(item, people, outcome=OUTCOMES[item.kind][1])
    answer = browser.get(f"/items/{item.pk}/papers/{form}.docx")
    text = text_of(b"".join(answer))
    assert "草稿" not in unquote(answer.headers["Content-Disposition"]) and "草稿" not in text
    assert item.current and item.current.original_id in text and item.current.engine in text
    assert "承办人：wang先生" in text and "复核人：chief先生" in text


def test_a_notice_without_anything_to_correct_is_refused(people: dict[str, User], item: Item) -> None:
    refused = client(people, "主审").get(f"/items/{item.pk}/papers/correction.docx")
    assert refused.status_code == 400 and "没有审定成立" in refused.content.decode()


def test_the_usual_document_follows_from_the_kind_of_case() -> None:
    assert {kind: forms_of(kind)[0][1] for kind in Kind.values} == {
        "草案": "合法性审查意见书", "备案": "备案审查意见", "清理": "合法性审查意见书", "异议": "异议处理意见",
        "决策": "合法性审查意见书", "合同": "合法性审查意见书",
    }  # fmt: skip


def test_the_opinion_contains_answers_and_conclusion(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(kind=Kind.DRAFT)
    browser = client(people, "审查员")
    decide_all(browser, item)
    answer = browser.post(f"/items/{item.pk}/check", {"point": "D04", "answer": "否", "comment": "没有公开"})
    assert answer.status_code == 200 and 'aria-pressed="true"' in answer.content.decode()
    assert browser.post(f"/items/{item.pk}/check", {"point": "C01", "answer": "是"}).status_code == 400
    assert browser.post(f"/items/{item.pk}/conclude", {"outcome": "准予备案"}).status_code == 400
    browser.post(f"/items/{item.pk}/conclude", {"outcome": "不合法", "reason": "超越权限"})
    text = text_of(b"".join(client(people, "主审").get(f"/items/{item.pk}/papers/opinion.docx")))
    assert "：否，没有公开（wang先生，" in text and "不合法。理由：超越权限。（wang先生，" in text
    assert "成立，没有依据（wang先生，" in text


def test_every_kind_of_case_has_its_points_and_outcomes() -> None:
    assert all(checklists.points_of(kind) and checklists.OUTCOMES[kind] for kind in Kind)
    keys = [point.key for kind in Kind for point in checklists.points_of(kind)]
    assert len(keys) == len(set(keys))


def test_a_document_is_produced_again_byte_by_byte_whatever_happened_since(
    people: dict[str, User], item: Item, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = client(people, "主审")
    decide_all(browser, item)
    file = tmp_path / "意见.docx"
    file.write_bytes(b"".join(browser.get(f"/items/{item.pk}/papers/opinion.docx")))
    verify_file(file)
    said = capsys.readouterr().out
    assert "逐字节相同" in said and "案情没有变化" in said
    key = next(iter(workflow.decisions_of(item)))
    browser.post(f"/items/{item.pk}/decide", {"key": key, "verdict": "不成立", "comment": "后来查到依据"})
    verify_file(file)
    said = capsys.readouterr().out
    assert "逐字节相同" in said and "案情有变" in said


@pytest.mark.parametrize("change", [{"title": "改过的题名"}, {"kind": Kind.MAJOR}, {"current": None}])
def test_later_changes_of_the_item_do_not_touch_what_was_exported(
    people: dict[str, User], item: Item, change: dict[str, Any]
) -> None:
    exports.export_document(item, "opinion", people["主审"])
    export = Export.objects.order_by("-id")[0]
    Item.objects.filter(pk=item.pk).update(**change)
    said = exports.check_reproducible(Export.objects.get(pk=export.pk))
    assert "逐字节相同" in said and "案情有变" in said


def test_a_new_analysis_does_not_touch_what_was_exported(people: dict[str, User], item: Item) -> None:
    exports.export_document(item, "opinion", people["主审"])
    item.versions.update(engine="另一版本")
    item.current.findings.all().delete()  # type: ignore[union-attr]
    assert "逐字节相同" in exports.check_reproducible(Export.objects.order_by("-id")[0])


def test_a_finished_case_says_only_that_its_status_moved(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    exports.export_document(item, "filing", people["主审"])
    finish(item, people)
    said = exports.check_reproducible(Export.objects.order_by("-id")[0])
    assert "案情没有变化，状态由待审变为已办" in said


def test_an_export_from_before_0_11_cannot_be_produced_again(people: dict[str, User], item: Item) -> None:
    exports.export_document(item, "opinion", people["主审"])
    export = Export.objects.order_by("-id")[0]
    export.basis = {}
    assert "0.11.0以前" in exports.check_reproducible(export)
    export.basis = {"title": "另一种格式"}
    assert "另一版本的程序" in exports.check_reproducible(export)


def test_a_document_for_the_issuer_is_stored_with_its_bytes(people: dict[str, User], item: Item) -> None:
    export, data = exports.make_export(review(item, people), "opinion", people["主审"])
    assert original_path(home_folder(), export.digest).read_bytes() == data
    assert export.basis["conclusion"]["outcome"] == "自行修改" and "草稿" not in export.name


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


def test_the_answer_of_the_issuer_is_named_as_what_changed(people: dict[str, User], item: Item) -> None:
    sent = releases.release(review(item, people), people["审查员"])
    assert "案情没有变化" in exports.check_reproducible(sent.opinion)
    releases.reply(sent, releases.Answered(str(sent.findings[0]["key"]), "采纳", ""), people["制定机关"])
    said = exports.check_reproducible(Export.objects.get(pk=sent.opinion.pk))
    assert "导出后案情有变（制定机关的答复）" in said


def test_what_changed_since_an_export_is_named(people: dict[str, User], item: Item) -> None:
    exports.export_document(item, "opinion", people["主审"])
    export = Export.objects.order_by("-id")[0]
    Item.objects.filter(pk=item.pk).update(title="改过的题名")
    checklists.answer(item, "F01", checklists.Given("否", ""), people["审查员"])
    said = exports.check_reproducible(Export.objects.get(pk=export.pk))
    assert "案情有变（题名、文号等要素、核对要点、矛盾的说明）" in said


def test_lists_say_what_is_still_open_and_name_no_account(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(
        title="独一件",
        validity="已届满",
        expires="2025-11-30",
        validity_note="待核实",
        name="shena/送审稿.docx",
        kind="清理",
    )
    index_heads([Item.objects.get(pk=item.pk)])
    browser = client(people, "主审")
    rows = list(csv.DictReader(io.StringIO(b"".join(browser.get("/export.csv?q=独一件")).decode("utf-8-sig"))))
    assert [(row["有效性"], row["文件"]) for row in rows] == [("已届满（待核实）", "送审稿.docx")]
    exported = json.loads(b"".join(browser.get("/export.json?q=独一件")))["items"]
    assert [(row["有效性"], row["文件"]) for row in exported] == [("已届满（待核实）", "送审稿.docx")]
    assert "已届满（待核实）" in text_of(b"".join(browser.get("/export.docx?q=独一件")))
