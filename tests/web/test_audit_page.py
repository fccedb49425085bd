"""The page of the audit: names, titles and findings in words, filters that stay while one turns pages, csv, verification."""

import csv
import hashlib
import io
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.review.audit.chain import exports_of, note
from pipeline.review.audit.reading import AuditFilter, rows_of
from pipeline.review.audit.verification import verify
from pipeline.review.decisions import workflow
from pipeline.review.models import AuditEntry, Item
from tests.web.conftest import client


def page_of(people: dict[str, User], query: str = "") -> str:
    answer = client(people, "主审").get(f"/audit?{query}")
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def test_an_entry_names_the_person_the_document_and_the_finding(people: dict[str, User], item: Item) -> None:
    finding = next(iter(workflow.open_alarms(item)))
    decided = {"key": finding.key, "verdict": "成立", "comment": "没有依据"}
    client(people, "审查员").post(f"/items/{item.pk}/decide", decided)
    client(people, "审查员").post(f"/items/{item.pk}/claim")
    client(people, "审查员").post(f"/items/{item.pk}/check", {"point": "F01", "answer": "是"})
    page = page_of(people, f"item={item.pk}")
    words = f"{finding.content['path']} {finding.content['name']}：成立 没有依据"
    assert words in page and finding.key not in page
    assert "wang先生" in page and "（wang）" in page and item.title in page
    assert "wang先生（wang）" in page and "十五日：是" in page
    stored = AuditEntry.objects.filter(what="决定", item=item.pk).order_by("-id")[0]
    assert stored.detail.startswith(finding.key) and not list(verify())


def test_a_sha_256_and_an_unknown_key_stay_as_they_are(people: dict[str, User], item: Item) -> None:
    for detail in ("审查队列.csv " + "a" * 64, "b" * 32 + " 成立"):
        entry = note("wang", "导出", item.pk, detail)
        assert rows_of([entry])[0].detail == detail


def test_filters_stay_while_one_turns_pages(people: dict[str, User]) -> None:
    for _ in range(101):
        note("law", "试验", None, "x")
    page = page_of(people, "who=law&what=试验")
    assert "第1页，共2页" in page and "<td>admin" not in page
    assert "who=law&amp;what=%E8%AF%95%E9%AA%8C&amp;page=2" in page
    second = page_of(people, "who=law&what=试验&page=2")
    assert "第2页" in second and '<option value="law" selected>' in second and "<option selected>试验" in second


def test_days_are_days_of_the_zone_of_the_desk(people: dict[str, User]) -> None:
    entry = note("law", "试验", None, "半夜")
    AuditEntry.objects.filter(pk=entry.pk).update(at=datetime(2026, 3, 4, 16, 30, tzinfo=UTC))
    try:
        entries = AuditEntry.objects.filter(pk=entry.pk)
        assert str(timezone.get_current_timezone()) == "Asia/Shanghai"
        assert AuditFilter(since="2026-03-05", until="2026-03-05").apply(entries).exists()
        assert not AuditFilter(until="2026-03-04").apply(entries).exists()
        assert not AuditFilter(since="2026-03-06").apply(entries).exists()
        assert "2026-03-05 00:30:00" in page_of(people, "since=2026-03-05&until=2026-03-05")
    finally:
        AuditEntry.objects.filter(pk=entry.pk).update(at=entry.at)
    assert not list(verify())


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("item=第一件", "不是数字"),
        ("since=昨天", "日期“昨天”不正确"),
        ("until=2026-13-01", "不正确"),
        ("until=9999-12-31", ""),
    ],
)
def test_a_filter_that_is_wrong_says_so_and_is_kept(people: dict[str, User], query: str, says: str) -> None:
    answer = client(people, "主审").get(f"/audit?{query}&who=wang")
    page = answer.content.decode()
    assert answer.status_code == 400 and says in page and f'value="{query.split("=")[1]}"' in page
    assert '<option value="wang" selected>' in page


def test_the_filtered_audit_is_exported_without_formulas_and_recognised_again(people: dict[str, User]) -> None:
    note("law", "试验", None, "=1+1")
    answer = client(people, "管理员").get("/audit?who=law&what=试验&csv=1")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0]["原始记录"] == "'=1+1" and {row["账号"] for row in rows} == {"law"} and rows[0]["姓名"] == "law先生"
    assert exports_of(hashlib.sha256(answer.content).hexdigest())[0].who == "admin"


def test_reading_the_audit_is_recorded_with_the_filter(people: dict[str, User]) -> None:
    page_of(people, "who=law&since=2026-01-01")
    entry = AuditEntry.objects.order_by("-id")[0]
    assert (entry.who, entry.what, entry.detail) == ("chief", "查看审计", "账号law，自2026-01-01")


def test_the_verification_counts_and_lists_what_is_broken(people: dict[str, User]) -> None:
    assert "条记录，没有记录被删除、插入或者改动" in page_of(people, "verify=1")
    entry = note("law", "试验", None, "原来的")
    AuditEntry.objects.filter(pk=entry.pk).update(detail="改过的")
    try:
        page = page_of(people, "verify=1")
        assert "哈希链不完整" in page and f"第{entry.pk}条" in page and "有1处不符" in page
    finally:
        AuditEntry.objects.filter(pk=entry.pk).update(detail="原来的")


def test_a_number_of_the_statistics_leads_to_as_many_items(people: dict[str, User], item: Item) -> None:
    browser = client(people, "主审")
    page = browser.get("/board").content.decode()
    links = [part.split('"')[0] for part in page.split('href="/?')[1:]]
    assert {link.split("=")[0] for link in links} == {"status", "band", "kind", "issuer"}
    for link in links:
        shown = page.split(f'href="/?{link}"')[1].split("</a>")[0].rsplit(">", 1)[1]
        listed = browser.get(f"/?{link.replace('&amp;', '&')}").content.decode()
        assert f"审查队列 <small>{shown}件" in listed, link
    assert "wang先生" in page and "（wang）" in page
