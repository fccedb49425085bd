"""The audit has one writer at a time, on SQLite and on PostgreSQL, and tells forks of 0.8.0 from tampering."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.review.audit.chain import note, seal
from pipeline.review.audit.verification import Anchor, examine, verify
from pipeline.review.connection import connect
from pipeline.review.models import AuditEntry, AuditHead
from tests.conftest import ROOT

# 30 people at once; half of them write within a transaction that locks items after the entry, in an order of their own
WRITERS = """
import json, random, threading
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from django.db import connection, transaction
from pipeline.review.audit.chain import note
from pipeline.review.audit.verification import examine
from pipeline.review.models import AuditEntry, Item
items = [Item.objects.create(name=f"{n}.txt").pk for n in range(5)]
gate, failed = threading.Barrier(30), []

def write(who):
    order = random.Random(who)
    gate.wait()
    try:
        for n in range(10):
            if who % 2:
                note(f"u{who}", "查看", None, str(n))
                continue
            with transaction.atomic():
                note(f"u{who}", "决定", None, f"{n}")
                Item.objects.filter(pk=order.choice(items)).update(reason=str(n))
            if n == 5:
                try:
                    with transaction.atomic():
                        note(f"u{who}", "决定", None, "退回")
                        raise ValueError
                except ValueError:
                    pass
    except Exception as error:
        failed.append(repr(error))
    finally:
        connection.close()

threads = [threading.Thread(target=write, args=(who,)) for who in range(30)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
report = examine()
print(json.dumps({
    "failed": failed, "faults": report.faults, "forks": report.forks, "count": report.count,
    "predecessors": AuditEntry.objects.values("previous").distinct().count(),
    "numbers": AuditEntry.objects.exclude(number=None).values("number").distinct().count(),
    "rolled back": AuditEntry.objects.filter(detail="退回").count(),
    "each": [AuditEntry.objects.filter(who=f"u{who}").count() for who in range(30)],
}))
"""

# what 0.8.0 left on PostgreSQL: the third and fourth entry go on from the second, the fifth from the fourth
FORKED = """
import json
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "review", "0012", verbosity=0)
from datetime import UTC, datetime, timedelta
from pipeline.review.audit.chain import digest_of
from pipeline.review.models import AuditEntry
before = [None, 0, 1, 1, 3, 4]
made = []
for n, link in enumerate(before):
    entry = AuditEntry(at=datetime(2026, 5, 4, tzinfo=UTC) + timedelta(seconds=n), who="wang", what="查看", item=n, detail="")
    entry.previous = made[link].digest if link is not None else "0" * 64
    entry.digest = digest_of(entry)
    made.append(entry)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO review_auditentry (at, who, what, item, detail, previous, digest) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [entry.at, entry.who, entry.what, entry.item, entry.detail, entry.previous, entry.digest])
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.audit.chain import note
from pipeline.review.audit.verification import examine
note("li", "查看")
found = [examine()]
AuditEntry.objects.filter(number=2).update(detail="改过")
found.append(examine())
AuditEntry.objects.filter(number=2).delete()
found.append(examine())
print(json.dumps([{"faults": report.faults, "forks": report.forks} for report in found]))
"""


def run(script: str, home: Path, database: str) -> dict[str, list[str]] | list[dict[str, object]]:
    settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    settings |= {"QINGGUI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "pipeline.web.settings"}
    settings |= {"DATABASE_URL": database} if database else {}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout)
    assert isinstance(found, dict | list)
    return found


def check_writers(found: object) -> None:
    assert found == {
        "failed": [], "faults": [], "forks": "", "count": 300, "predecessors": 300, "numbers": 300, "rolled back": 0, "each": [10] * 30
    }  # fmt: skip


def test_thirty_writers_on_sqlite_use_no_predecessor_twice(tmp_path: Path) -> None:
    check_writers(run(WRITERS, tmp_path, ""))


def test_thirty_writers_on_postgresql_use_no_predecessor_twice(tmp_path: Path, server: str) -> None:
    pytest.importorskip("psycopg")
    check_writers(run(WRITERS, tmp_path, server))


def test_a_fork_of_0_8_0_is_told_as_such_and_a_change_beside_it_as_a_change(tmp_path: Path, server: str) -> None:
    pytest.importorskip("psycopg")
    intact, changed, lost = run(FORKED, tmp_path, server)
    assert isinstance(intact, dict) and isinstance(changed, dict) and isinstance(lost, dict)
    assert intact["faults"] == [] and "第4条：并发写入造成的分叉，0.8.0的已知缺陷" in str(intact["forks"])
    assert len(changed["faults"]) == 1 and "第2条" in changed["faults"][0] and "内容被改动" in changed["faults"][0]
    assert any("第3条与前一条不衔接" in fault for fault in lost["faults"])
    assert any("有记录被删除" in fault for fault in lost["faults"])


def test_on_sqlite_which_never_forked_the_same_entries_are_tampering(tmp_path: Path) -> None:
    intact, *_ = run(FORKED, tmp_path, "")
    assert isinstance(intact, dict)
    assert intact["forks"] == "" and "第4条与前一条不衔接" in str(intact["faults"])


@pytest.fixture
def entries() -> Iterator[list[AuditEntry]]:
    """Four new entries at the end of the audit; the end is put back as it was."""
    connect("pipeline.web.settings")
    before = AuditHead.objects.get()
    made = [note("wang", "查看", number, "原文") for number in range(4)]
    yield [AuditEntry.objects.get(pk=entry.pk) for entry in made]
    AuditEntry.objects.filter(number__gt=before.number).delete()
    before.save()
    assert not list(verify())


def anchor() -> Anchor:
    head = seal()
    last = AuditEntry.objects.get(number=head.number)
    return Anchor(head.number, head.digest, head.count, last.at, "sqlite")


def rehash(first: AuditEntry, *, without: int = 0) -> None:
    """Makes the chain anew from an entry on, as somebody who can write to the database would."""
    from pipeline.review.audit.chain import digest_of

    AuditEntry.objects.filter(number=without).delete()
    earlier = AuditEntry.objects.filter(number__lt=first.number).order_by("-number").first()
    previous = earlier.digest if earlier else "0" * 64
    for entry in AuditEntry.objects.filter(number__gte=first.number).order_by("number"):
        entry.previous = previous
        entry.digest = previous = digest_of(entry)
        entry.save()
    AuditHead.objects.update(digest=previous, count=AuditEntry.objects.count())


def test_an_entry_that_was_cut_off_the_end_is_noticed_by_the_head(entries: list[AuditEntry]) -> None:
    entries[-1].delete()
    assert ["链的末尾应是" in fault for fault in verify()] == [True]


def test_a_cut_end_whose_head_was_set_back_is_noticed_by_an_anchor(entries: list[AuditEntry]) -> None:
    kept, before = anchor(), entries[1]
    AuditEntry.objects.filter(number__gt=before.number).delete()
    AuditHead.objects.update(number=before.number, digest=before.digest, count=kept.count - 2)
    assert not list(verify())
    assert ["截去" in fault for fault in verify([kept])] == [True]


def test_a_chain_that_was_made_anew_is_noticed_by_an_anchor(entries: list[AuditEntry]) -> None:
    kept = anchor()
    AuditEntry.objects.filter(pk=entries[0].pk).update(detail="改过")
    rehash(entries[0])
    assert not list(verify())
    assert ["被改写、删除或者插入" in fault for fault in verify([kept])] == [True]


def test_an_entry_taken_out_of_a_chain_made_anew_is_noticed_by_an_anchor(entries: list[AuditEntry]) -> None:
    kept = anchor()
    rehash(entries[0], without=entries[1].number or 0)
    assert not list(verify())
    assert list(verify([kept]))


def test_what_comes_after_an_anchor_does_not_disturb_it(entries: list[AuditEntry]) -> None:
    kept = anchor()
    note("li", "查看")
    assert not examine([kept, kept]).faults


def test_names_that_do_not_fit_are_cut_and_nul_is_told(entries: list[AuditEntry]) -> None:
    made = note("长" * 200, "查看", None, "a\0b")
    assert (len(made.who), made.detail) == (150, "a␀b") and not list(verify())
