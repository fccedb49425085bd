"""The pages of the desk: decisions, second review, corrections, exports, uploads, audit."""

import csv
import io
import json
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from corpora import papers, writers
from pipeline.cli.desk import verify_file
from pipeline.document import Dossier
from pipeline.errors import UsageError
from pipeline.guard import REPORT
from pipeline.home import home_folder
from pipeline.review.accounts import add_user
from pipeline.review.audit import verification
from pipeline.review.decisions import workflow
from pipeline.review.decisions.training_export import decided_sentences
from pipeline.review.models import AuditEntry, Item, Job, JobState, ProblemEntry, Status
from pipeline.review.queue import filters
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.store import QueueWriter
from pipeline.worker import process_job
from tests.review.reviewed import conclude
from tests.web.conftest import PASSWORD, client


def decide_all(browser: Client, item: Item, verdict: str = "成立") -> None:
    for finding in workflow.open_alarms(item):
        form = {"key": finding.key, "verdict": verdict, "comment": "没有依据"}
        assert browser.post(f"/items/{item.pk}/decide", form).status_code == 200


def test_every_page_is_guarded_and_loads_nothing_from_outside(people: dict[str, User], item: Item) -> None:
    browser = client(people, "主审")
    for address in ("/", f"/items/{item.pk}/", "/upload", "/board", "/audit", "/password"):
        response = browser.get(address)
        assert response.status_code == 200, address
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        text = response.content.decode()
        assert "http://" not in text.replace("http://www.w3.org", "") and "https://" not in text
        assert "<script>" not in text and "style=" not in text


def test_a_review_from_decision_to_second_review(people: dict[str, User], item: Item) -> None:
    first, second = client(people, "审查员"), client(people, "主审")
    page = first.get(f"/items/{item.pk}/").content.decode()
    assert "还有" in page and "<mark" in page
    refused = first.post(f"/items/{item.pk}/finish")
    assert refused.status_code == 400 and "没有决定" in refused.content.decode()
    decide_all(first, item)
    refused = first.post(f"/items/{item.pk}/finish")
    assert refused.status_code == 400 and "结论" in refused.content.decode()
    conclude(item, people["审查员"])
    first.post(f"/items/{item.pk}/finish")
    item.refresh_from_db()
    assert item.status == Status.SECOND
    own = first.post(f"/items/{item.pk}/finish")
    assert own.status_code == 400 and "初审人" in own.content.decode()
    second.post(f"/items/{item.pk}/return", {"reason": "依据不足"})
    item.refresh_from_db()
    assert item.status == Status.PENDING
    first.post(f"/items/{item.pk}/finish")
    second.post(f"/items/{item.pk}/finish")
    item.refresh_from_db()
    assert item.status == Status.DONE


def test_a_decision_is_shown_with_its_person_and_kept(people: dict[str, User], item: Item) -> None:
    browser = client(people, "法律顾问")
    finding = workflow.open_alarms(item)[0]
    answer = browser.post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": "不成立", "comment": "有依据"})
    assert "不成立（law先生）" in answer.content.decode()
    unknown = browser.post(f"/items/{item.pk}/decide", {"key": "x", "verdict": "成立"})
    assert unknown.status_code == 400 and "刷新" in unknown.content.decode()
    wrong = browser.post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": "随便"})
    assert wrong.status_code == 400


def test_decisions_are_exported_as_training_sentences(people: dict[str, User], item: Item) -> None:
    browser = client(people, "审查员")
    first, second = workflow.open_alarms(item)[:2]
    for finding, verdict in ((first, "不成立"), (first, "成立"), (second, "不成立")):
        browser.post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": verdict})
    records = {line["types"][0]: line for line in decided_sentences() if line["frame"] == f"desk-{item.pk}"}
    assert records[first.type]["verdict"] == "flag" and first.content["text"] in records[first.type]["sentence"]
    assert "exempt" in {line["verdict"] for line in decided_sentences() if line["frame"] == f"desk-{item.pk}"}


def test_a_correction_keeps_the_value_that_the_program_read(people: dict[str, User], item: Item) -> None:
    before = item.title
    client(people, "审查员").post(f"/items/{item.pk}/correct", {"field": "title", "value": "正确的题名"})
    item.refresh_from_db()
    assert item.title == "正确的题名" and item.corrections.get().machine == before


def test_a_filter_is_saved_under_a_name(people: dict[str, User], item: Item) -> None:
    browser = client(people, "审查员")
    browser.post("/views", {"name": "高风险", "query": "band=高"})
    assert "高风险" in browser.get("/").content.decode()
    assert "高风险</a>" not in client(people, "法律顾问").get("/").content.decode()


def test_filters_and_counts_agree(people: dict[str, User], item: Item) -> None:
    chosen = filters.Filter(status="待审", band="高", q="农家乐")
    found = chosen.apply(Item.objects.all(), None)
    assert item in found
    counts = dict(filters.facets(Item.objects.all(), chosen, None)["status"])
    assert counts["待审"] == found.count()
    page = client(people, "主审").get("/?band=高&q=农家乐").content.decode()
    assert "农家乐" in page and "清理目录" in page


def test_a_bulk_assignment_has_a_preview_and_keeps_assignees(people: dict[str, User], item: Item) -> None:
    browser, to = client(people, "主审"), people["审查员"]
    preview = browser.post("/bulk", {"q": "农家乐", "to": to.pk})
    assert "确认指派" in preview.content.decode()
    item.refresh_from_db()
    assert item.assignee is None
    browser.post("/bulk", {"q": "农家乐", "to": to.pk, "sure": "1"})
    item.refresh_from_db()
    assert item.assignee == to
    browser.post("/bulk", {"q": "农家乐", "to": people["主审"].pk, "sure": "1"})
    item.refresh_from_db()
    assert item.assignee == to
    taken = client(people, "法律顾问").post(f"/items/{item.pk}/claim")
    assert taken.status_code == 400


def test_a_file_that_is_no_docx_cannot_be_annotated(people: dict[str, User], item: Item) -> None:
    refused = client(people, "主审").get(f"/items/{item.pk}/papers/annotated.docx")
    assert refused.status_code == 400 and "不是docx" in refused.content.decode()


def test_an_export_is_recognised_and_a_changed_one_is_not(
    people: dict[str, User], item: Item, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = b"".join(client(people, "主审").get(f"/items/{item.pk}/papers/opinion.docx"))
    (tmp_path / "a.docx").write_bytes(data)
    (tmp_path / "b.docx").write_bytes(data + b" ")
    verify_file(tmp_path / "a.docx")
    assert "由chief导出" in capsys.readouterr().out
    with pytest.raises(typer.Exit):
        verify_file(tmp_path / "b.docx")
    assert "没有导出记录" in capsys.readouterr().out


@pytest.fixture
def assigned(people: dict[str, User], item: Item) -> Item:
    """An item with a person, a due day, and a title that a spreadsheet could take for a formula."""
    item.assignee, item.due, item.title = people["审查员"], date(2027, 1, 5), "=1+1农家乐"
    item.save()
    return item


def test_the_queue_as_a_workbook(people: dict[str, User], assigned: Item) -> None:
    """Numbers are numbers, days are days, texts stay texts, and the assignee is shown by name."""
    data = b"".join(client(people, "主审").get("/export.xlsx?q=农家乐"))
    _, header, *rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    row = next(dict(zip(header, row, strict=True)) for row in rows if row[0] == assigned.pk)
    assert row["办理期限"] == date(2027, 1, 5) and isinstance(row["法律状态日期"], date)
    assert (row["风险分"], row["警示"]) == (assigned.risk, assigned.alarms) and isinstance(row["风险分"], float)
    assert row["承办人"] == "wang先生" and row["文件名称"] == "=1+1农家乐"
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<autoFilter" in sheet and 'state="frozen"' in sheet


def test_the_queue_as_csv_and_json_is_text_of_local_time(people: dict[str, User], assigned: Item) -> None:
    lines = b"".join(client(people, "主审").get("/export.csv?q=农家乐")).decode("utf-8-sig")
    line = next(line for line in csv.DictReader(io.StringIO(lines)) if line["编号"] == str(assigned.pk))
    assert (line["文件名称"], line["办理期限"], line["承办人"]) == ("'=1+1农家乐", "2027-01-05", "wang先生")
    exported = json.loads(b"".join(client(people, "主审").get("/export.json?q=农家乐")))
    assert datetime.fromisoformat(exported["about"]["exported"]).utcoffset() == timedelta(hours=8)
    assert line | {"文件名称": "=1+1农家乐"} in exported["items"]


def numbered(serial: int) -> str:
    """The text of a document with a number that no other test uses, so that it is no duplicate."""
    return "\n".join(papers.SUBSIDY).replace("15号", f"{serial}号")


def upload(browser: Client, name: str, data: bytes) -> Job:
    answer = browser.post("/upload", {"files": SimpleUploadedFile(name, data), "kind": "草案"})
    assert answer.status_code == 302, answer.content.decode()
    job = Job.objects.order_by("-id").first()
    assert job and job.name == name
    process_job(job)
    job.refresh_from_db()
    return job


def test_a_document_of_an_upload_that_raises_does_not_affect_the_others(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = QueueWriter.put

    def put(writer: QueueWriter, dossier: Dossier, *arguments: Any, **options: Any) -> Any:
        if "坏" in dossier.source.name:
            raise LookupError("坏了")
        return real(writer, dossier, *arguments, **options)

    monkeypatch.setattr(QueueWriter, "put", put)
    entries = {"先.txt": numbered(931).encode(), "坏.txt": numbered(932).encode(), "后.txt": numbered(933).encode()}
    job = upload(client(people, "审查员"), "打包.zip", writers.as_zip(entries))
    number = REPORT.search(job.message)
    assert job.state == JobState.DONE and "完成2件" in job.message and "有问题1件" in job.message
    assert number and number[0] in caplog.text and "LookupError: 坏了" in caplog.text
    assert ProblemEntry.objects.filter(name__endswith="打包.zip/坏.txt", message__contains=number[0]).exists()


def test_an_upload_that_raises_as_a_whole_says_so(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise LookupError("坏了")

    monkeypatch.setattr("pipeline.confinement.uploads", fail)
    job = upload(client(people, "审查员"), "整件.txt", numbered(934).encode())
    assert job.state == JobState.FAILED and REPORT.search(job.message)


def test_an_upload_becomes_an_item_with_kind_owner_and_due_day(people: dict[str, User]) -> None:
    job = upload(client(people, "审查员"), "补助<b>办法.txt", numbered(901).encode())
    assert job.state == JobState.DONE, job.message
    found = Item.objects.filter(owner=people["审查员"]).order_by("-id")[0]
    assert (found.kind, found.owner) == ("草案", people["审查员"]) and found.due
    page = client(people, "审查员").get("/jobs").content.decode()
    assert "&lt;b&gt;" in page and "<b>" not in page


def test_a_file_that_cannot_be_read_is_named_and_can_be_tried_again(people: dict[str, User]) -> None:
    browser = client(people, "审查员")
    job = upload(browser, "空.txt", b"")
    assert job.state == JobState.FAILED and "空" in job.message
    browser.post(f"/jobs/{job.pk}/retry")
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    job.delete()


def test_an_oversized_upload_is_refused_and_the_others_are_taken(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.web.transfers.LARGEST", 50)
    files = [SimpleUploadedFile("大.txt", b"x" * 51), SimpleUploadedFile("小.txt", b"x" * 49)]
    browser = client(people, "审查员")
    page = browser.post("/upload", {"files": files, "kind": "草案"}, follow=True).content.decode()
    assert "大.txt超过200兆字节" in page
    assert not Job.objects.filter(name="大.txt").exists()
    Job.objects.filter(name="小.txt").delete()


def test_a_classified_file_is_refused_and_deleted(people: dict[str, User]) -> None:
    lines = (
        "机密★5年",
        "临溪县人民政府文件",
        "临政发〔2025〕77号",
        "关于加强管理的通知",
        "各乡镇人民政府：",
        "请加强管理。",
        "临溪县人民政府",
        "2025年3月1日",
    )
    job = upload(client(people, "审查员"), "涉密.txt", "\n".join(lines).encode())
    assert job.state == JobState.FAILED and "密级" in job.message
    assert not original_path(home_folder(), job.original_id).exists()
    assert not Item.objects.filter(name__contains="涉密").exists()


def test_the_audit_records_actions_and_detects_changes(people: dict[str, User], item: Item) -> None:
    browser = client(people, "主审")
    browser.get(f"/items/{item.pk}/")
    assert list(verification.verify()) == []
    assert "哈希链完整" in browser.get("/audit?verify=1").content.decode()
    entry = AuditEntry.objects.order_by("-id")[0]
    AuditEntry.objects.filter(pk=entry.pk).update(detail="改过")
    assert any("内容被改动" in fault for fault in verification.verify())
    AuditEntry.objects.filter(pk=entry.pk).update(detail=entry.detail)
    assert list(verification.verify()) == []


def test_wrong_passwords_lock_an_account(people: dict[str, User]) -> None:
    if not User.objects.filter(username="locked").exists():
        add_user("locked", PASSWORD, "审查员")
    browser = Client()
    for _ in range(5):
        answer = browser.post("/login", {"username": "locked", "password": "wrong"})
    assert answer.status_code == 429 and "已锁定" in answer.content.decode()
    assert browser.post("/login", {"username": "locked", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize(("password", "says"), [("short", "10"), ("1234567890", "数字"), ("password123", "常见")])
def test_weak_passwords_are_refused(people: dict[str, User], password: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        add_user("new", password, "审查员")


def test_post_without_a_token_is_refused(people: dict[str, User], item: Item) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people["主审"], backend="pipeline.review.sign_in.Accounts")
    assert browser.post(f"/items/{item.pk}/claim").status_code == 403


def test_only_the_owner_can_read_the_secret_key() -> None:
    secret = home_folder() / "secret"
    assert secret.stat().st_mode & 0o077 == 0
