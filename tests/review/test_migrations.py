"""A queue of an earlier version is migrated with its data and loses nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def run(script: str, home: Path) -> str:
    """What a script prints that runs in a process with this home folder."""
    settings = {**os.environ, "QINGGUI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "pipeline.web.settings"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


OLD = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "review", "0001", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO review_original (digest, size, first_name, first_seen) VALUES ('a', 1, 'x', '2026-01-01')")
    cursor.execute(
        "INSERT INTO review_item (name, status, reason, title, number, issuers, genre, norm_level, is_normative, risk,"
        " risk_parts, alarms, validity, created, updated)"
        " VALUES ('旧文件.txt', '待审', '', '旧题名', '', '', '通知', '规范性文件', 1, 7, '[]', 0, '有效', '2026-01-01', '2026-01-01')"
    )
"""
NEW = """
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.models import Item
item = Item.objects.get()
print(item.title, item.risk, item.kind, item.public, item.assignee)
"""


# a queue of 0.3.0: an item with its version, an alarm, a decision, a waiting upload
OLD_3 = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "auth", verbosity=0)
call_command("migrate", "review", "0003", verbosity=0)
rows = {
    "auth_user": dict(id=1, password="", is_superuser=0, username="wang", last_name="", email="", is_staff=0, is_active=1,
        date_joined="2026-01-01", first_name=""),
    "review_original": dict(digest="a", size=1, first_name="x", first_seen="2026-01-01"),
    "review_item": dict(id=1, name="旧.txt", status="待审", reason="", title="关于采砂的通知", number="临水发〔2023〕9号",
        issuers="临溪县水利局、临溪县公安局", genre="通知", norm_level="规范性文件", is_normative=1, risk=22, risk_parts="[]",
        alarms=1, validity="有效", kind="备案", reviewed_by="", public=0, created="2026-01-01", updated="2026-01-01"),
    "review_version": dict(id=5, item_id=1, sequence=1, original_id="a", text="采砂应当经水利局批准。", dossier="{}",
        as_of="2026-01-01", place="", engine="0.3.0", created="2026-01-01"),
    "review_finding": dict(id=1, version_id=5, key="k", type="LIC-01", severity="严重", softened=0, start=2, end=10, content="{}"),
    "review_decision": dict(id=1, item_id=1, version_id=5, finding_key="k", verdict="成立", comment="", reviewer="王某",
        made="2026-01-01"),
    "review_job": dict(id=1, name="新.txt", original_id="a", kind="备案", place="", by_id=1, state="等待", message="", attempts=0,
        created="2026-01-01"),
}
with connection.cursor() as cursor:
    for table, row in rows.items():
        names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
    cursor.execute("UPDATE review_item SET current_id = 5")
"""
NEW_3 = """
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.decisions import workflow
from pipeline.review.models import Item, Job
from pipeline.review.search.index import with_words
item = with_words(Item.objects.all(), "水利 采砂应当", whole=True).get()
print(item.issuer, item.place, item.groups, workflow.decisions_of(item)["k"].verdict, Job.objects.get().papers.count(), item.current.name, len(item.title_key))
"""


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a queue of its own on SQLite")
def test_a_queue_of_0_3_is_migrated_and_indexed(tmp_path: Path) -> None:
    run(OLD_3, tmp_path)
    assert run(NEW_3, tmp_path).split() == ["临溪县水利局", "临溪县", "LIC", "成立", "0", "旧.txt", "16"]


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a queue of its own on SQLite")
def test_a_queue_of_the_first_version_is_migrated(tmp_path: Path) -> None:
    run(OLD, tmp_path)
    assert run(NEW, tmp_path).split() == ["旧题名", "7", "备案", "False", "None"]


# a queue of 0.8.0 with a row in each table whose name has changed since
OLD_8 = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "auth", verbosity=0)
call_command("migrate", "review", "0008", verbosity=0)
rows = {
    "auth_user": dict(id=1, password="", is_superuser=0, username="wang", last_name="", email="", is_staff=0, is_active=1,
        date_joined="2026-01-01", first_name=""),
    "review_original": dict(digest="a", size=1, first_name="x", first_seen="2026-01-01"),
    "review_item": dict(id=1, name="旧.txt", status="待审", reason="", title="关于采砂的通知", number="", issuers="", genre="通知",
        norm_level="规范性文件", is_normative=1, risk=22, risk_parts="[]", alarms=1, validity="有效", kind="备案", reviewed_by="",
        public=0, issuer="", place="", groups="", proposal="", created="2026-01-01", updated="2026-01-01"),
    "review_version": dict(id=5, item_id=1, sequence=1, original_id="a", text="采砂应当经水利局批准。", dossier="{}", as_of="2026-01-01",
        place="", engine="0.8.0", neighbours="{}", library="", created="2026-01-01"),
    "review_sighting": dict(id=3, original_id="a", item_id=1, name="副本.txt", seen="2026-01-01"),
    "review_trouble": dict(id=4, name="坏.docx", digest="b", kind="broken", message="文件已损坏", remedy="请重新获取", open=1,
        first_seen="2026-01-01", last_seen="2026-01-02"),
    "review_handout": dict(id=6, digest="c", name="意见书.docx", form="opinion", item_id=1, version_id=5, last_decision=0,
        last_conclusion=0, engine="0.8.0", by="wang", at="2026-01-03"),
    "review_entry": dict(id=7, at="2026-01-03", who="wang", what="导出", item=1, detail="意见书.docx", previous="0" * 64, digest="d"),
    "review_savedview": dict(id=8, user_id=1, name="采砂", query="q=采砂", seen=1, told=1),
}
with connection.cursor() as cursor:
    for table, row in rows.items():
        names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
    cursor.execute("UPDATE review_item SET current_id = 5")
"""
NEW_8 = """
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.models import AuditEntry, Export, Item, Occurrence, ProblemEntry, SavedView
item = Item.objects.get()
print(item.occurrences.get().name, item.exports.get().name, ProblemEntry.objects.get().message, ProblemEntry.objects.get().open,
    AuditEntry.objects.get().detail, SavedView.objects.get().notified, Occurrence.objects.get().pk, Export.objects.get().version_id)
"""


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a queue of its own on SQLite")
def test_a_queue_of_0_8_opens_with_everything_in_it(tmp_path: Path) -> None:
    run(OLD_8, tmp_path)
    assert run(NEW_8, tmp_path).split() == [
        "副本.txt",
        "意见书.docx",
        "文件已损坏",
        "True",
        "意见书.docx",
        "1",
        "3",
        "5",
    ]


# a queue of 0.11.0: a finding that a person changed between two decisions, one that a person raised, a finished case
OLD_11 = """
import django, json
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "auth", verbosity=0)
call_command("migrate", "review", "0013", verbosity=0)
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([("review", "0013_audit")]).apps
get = lambda name: apps.get_model("review", name)
from datetime import date, datetime, timezone
get("Original").objects.create(digest="a", size=1, first_name="x")
def case(key, status):
    item = get("Item").objects.create(name=f"{key}.txt", status=status, title="关于采砂的通知", risk_parts=[])
    version = get("Version").objects.create(item=item, sequence=1, original_id="a", text="采砂应当经水利局批准。", dossier={}, as_of=date(2026, 1, 1), engine="0.11.0")
    get("Item").objects.filter(pk=item.pk).update(current=version)
    return item, version
def at(model, row, moment, field="made"):
    type(row)._default_manager.filter(pk=row.pk).update(**{field: moment})
day = lambda number: datetime(2026, 11, number, tzinfo=timezone.utc)
for status in ("待审", "已办"):
    item, version = case("k", status)
    content = {"name": "减损权益", "path": "第一条", "bases": [], "text": "批准", "machine": {"type": "LIC-01", "name": "设定许可"}}
    get("Finding").objects.create(version=version, key="k", type="RGT-01", severity="严重", start=2, end=10, content=content)
    for number in (1, 3):
        made = get("Decision").objects.create(item=item, version=version, finding_key="k", verdict="成立", reviewer="王某", account="wang")
        at("Decision", made, day(number))
    change = get("Amendment").objects.create(item=item, version=version, finding_key="k", values={"type": "RGT-01", "name": "减损权益"}, reason="x", reviewer="李某", account="li")
    at("Amendment", change, day(2))
raised = {"name": "增加义务", "path": "第二条", "bases": [], "text": "采砂", "machine": None}
get("Finding").objects.create(version=version, key="r", type="RGT-01", severity="高", start=0, end=2, content=raised, raised_by="王某", raised_account="wang", raised_at=day(4))
made = get("Decision").objects.create(item=item, version=version, finding_key="r", verdict="成立", reviewer="王某", account="wang")
at("Decision", made, day(4))
"""
NEW_11 = """
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.models import Decision
for made in Decision.objects.order_by("id"):
    print(made.about["name"], bool(made.set_aside), made.raising)
"""


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a queue of its own on SQLite")
def test_decisions_of_0_11_tell_what_they_were_about_and_stop_counting_after_a_change_in_an_open_case(
    tmp_path: Path,
) -> None:
    run(OLD_11, tmp_path)
    assert run(NEW_11, tmp_path).splitlines() == [
        "设定许可 True False",
        "减损权益 False False",
        "设定许可 False False",
        "减损权益 False False",
        "增加义务 False True",
    ]


# a queue before organs of then: an account that changed its organ after it had handed in, answered and got a review that was taken back
OLD_20 = """
import django
django.setup()
from datetime import date, datetime, timedelta, timezone
from django.core.management import call_command
from django.db import connection
call_command("migrate", "auth", verbosity=0)
call_command("migrate", "review", "0020", verbosity=0)
from django.db.migrations.executor import MigrationExecutor
loader = MigrationExecutor(connection).loader
apps = loader.project_state([("review", "0020_order_by_status_and_year"), loader.graph.leaf_nodes("auth")[0]]).apps
get = lambda name: apps.get_model("review", name)
User, Group = apps.get_model("auth", "User"), apps.get_model("auth", "Group")
day = lambda number, second=0: datetime(2026, 11, number, 8, 0, second, tzinfo=timezone.utc)
jt, wang = User.objects.create(username="jt"), User.objects.create(username="wang")
jt.groups.add(Group.objects.get_or_create(name="制定机关")[0])
get("Member").objects.create(user=jt, organ="乙中心")
get("Member").objects.create(user=wang, organ="")
get("AuditEntry").objects.create(at=day(10), who="admin", what="账号", detail="修改jt：机关：甲局 → 乙中心")
get("Original").objects.create(digest="a", size=1, first_name="x")
item = get("Item").objects.create(name="x.txt", status="已办", title="关于采砂的通知", risk_parts=[])
version = get("Version").objects.create(item=item, sequence=1, original_id="a", text="采砂", dossier={}, as_of=date(2026, 1, 1), engine="x")
export = get("Export").objects.create(digest="b", name="x.docx", form="opinion", by="wang", at=day(4))
def at(row, moment, field="made"):
    type(row)._default_manager.filter(pk=row.pk).update(**{field: moment})
    return row
for number, by in ((1, jt), (12, jt), (2, wang)):
    at(get("Job").objects.create(name=str(number), original_id="a", by=by), day(number), "created")
at(get("Material").objects.create(item=item, kind="其他", name="x", original_id="a", by="某", account="jt"), day(2))
for taken in (True, False):
    release = get("Release").objects.create(item=item, version=version, outcome="修改后签订", findings=[], opinion=export, reviewer="王", account="wang",
        organs=["甲局"], taken_back=taken, withdrawn=day(6) if taken else None)
    at(release, day(4 if taken else 8))
    at(get("Reply").objects.create(release=release, finding_key="k", stance="采纳", by="某", account="jt"), day(5))
    notice = get("Notice").objects.create(user=jt, item=item, words="《关于采砂的通知》的审查意见已送达：修改后签订，3处意见")
    at(notice, day(4 if taken else 8, 1))
"""
NEW_20 = """
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.models import Job, Material, Notice, Reply
print([job.by_organ for job in Job.objects.order_by("id")], Material.objects.get().organ, [reply.organ for reply in Reply.objects.all()])
print(*(f"{notice.release_id}|{notice.words}" for notice in Notice.objects.order_by("id")), sep="\\n")
"""


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a queue of its own on SQLite")
def test_what_was_handed_in_and_answered_gets_the_organ_that_the_audit_tells_of_then(tmp_path: Path) -> None:
    run(OLD_20, tmp_path)
    organs, taken_back, standing = run(NEW_20, tmp_path).splitlines()
    assert organs == "['甲局', '乙中心', ''] 甲局 ['甲局', '甲局']"
    assert taken_back == "1|《关于采砂的通知》的审查意见曾经送达，已于2026-11-06收回"
    assert standing == "2|《关于采砂的通知》的审查意见已送达：修改后签订，3处意见"
