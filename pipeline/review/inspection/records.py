"""Checks of the database: its own integrity, current and public versions, findings, the search index, the audit."""

import random
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from django.db import connection
from django.db.models import F, Q, QuerySet

from pipeline.review.audit.anchors import kept_anchors
from pipeline.review.audit.campaigns import check_campaigns, unrecorded
from pipeline.review.audit.verification import Fault as Break
from pipeline.review.audit.verification import told_of_forks, walk
from pipeline.review.decisions.publication import PUBLISHED, WITHDRAWN
from pipeline.review.inspection.faults import Fault, Step
from pipeline.review.models import AuditEntry, Item, Status, Version
from pipeline.review.search.index import BODIES, HEADS, grams, is_indexed

_CHUNK, _TEXTS = 1000, 20
# texts whose entry in the index is looked up: all of a small queue, a sample of a large one
_MOST_TEXTS = 5000
_REBUILD = "请在空闲时运行qinggui check --rebuild-index重建检索索引"


def check_database(home: Path) -> Iterator[Step]:
    """Whether the database itself is whole."""
    yield from _check_sqlite() if connection.vendor == "sqlite" else _check_postgres()


def _check_sqlite() -> Iterator[Step]:
    """PRAGMA integrity_check in a thread with a connection of its own, so that the worker is not held up by a large database."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(_pragmas, Path(str(connection.settings_dict["NAME"])))
        while not running.done():
            time.sleep(0.02)
            yield 0
    for words in running.result():
        yield Fault(f"数据库有损坏：{words}；请停止使用，从备份恢复")
    yield 1


def _pragmas(file: Path) -> list[str]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
        try:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
            strays = database.execute("PRAGMA foreign_key_check").fetchmany(20)
        except sqlite3.DatabaseError as error:
            return [str(error)]
    return found + [f"表{table}第{row}行所指的{parent}不存在" for table, row, parent, _ in strays]


def _check_postgres() -> Iterator[Step]:
    """Reads every table once, which fails on a damaged page, and asks for the failed checksums that the server has counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(checksum_failures, 0) FROM pg_stat_database WHERE datname = current_database()")
        (failures,) = cursor.fetchone()
        if failures:
            yield Fault(f"PostgreSQL记录了{failures}次数据页校验错误；请检查磁盘，从备份恢复")
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        yield 1


def check_items(home: Path) -> Iterator[Step]:
    """Whether every item has a current version of its own, unless it waits to be read."""
    yield Item.objects.count()
    for item in Item.objects.filter(current=None).exclude(status=Status.WAITING)[:100]:
        yield Fault(f"编号{item.pk}《{item.title}》没有当前版本；请用备份核对")
    for item in Item.objects.exclude(current=None).exclude(current__item=F("pk"))[:100]:
        yield Fault(f"编号{item.pk}《{item.title}》的当前版本属于另一件；请用备份核对")


def check_public(home: Path) -> Iterator[Step]:
    """Whether what the public sees is a version of the item that somebody published, by the audit."""
    last = 0
    while items := list(_published().filter(pk__gt=last)[:_TEXTS]):
        for item in items:
            fault = _fault_of_public(item)
            if fault:
                yield Fault(f"编号{item.pk}《{item.title}》{fault}")
        last = items[-1].pk
        yield len(items)


def _published() -> "QuerySet[Item]":
    return (
        Item.objects.filter(public=True).select_related("public_version").defer("public_version__text").order_by("pk")
    )


def _fault_of_public(item: Item) -> str:
    version = item.public_version
    if version is None or version.item_id != item.pk:
        return "已公开，但公开的版本不是它的；请由主审撤回公开后重新公开"
    last = AuditEntry.objects.filter(item=item.pk, what__in=(PUBLISHED, WITHDRAWN)).order_by("-id").first()
    if last is None or last.what != PUBLISHED:
        return "是公开的，审计里却没有人公开它；请由主审核对，必要时撤回公开"
    # before 0.11.0 the audit did not say which version
    if last.detail.startswith("第") and not last.detail.startswith(f"第{version.sequence}版"):
        return f"公开的是第{version.sequence}版，审计记的是{last.detail.split()[0]}；请由主审核对后重新公开"
    return ""


def check_findings(home: Path) -> Iterator[Step]:
    """Whether the words of every finding stand in the text where it says."""
    last = 0
    while versions := list(Version.objects.filter(pk__gt=last).order_by("pk").only("text", "item")[:_TEXTS]):
        for version in versions:
            yield from _misplaced(version)
            last = version.pk


def _misplaced(version: Version) -> Iterator[Step]:
    rows = version.findings.values_list("start", "end", "content")
    for start, end, content in rows:
        words, name = content.get("text"), f"{content.get('path', '')} {content.get('name', '')}".strip()
        if content.get("unplaced"):  # its words are gone from a text that was read anew: said on the page
            continue
        if not start <= end <= len(version.text) or (words is not None and version.text[start:end] != words):
            yield Fault(f"编号{version.item_id}的发现“{name}”不在正文所指的位置；请重新提交该文件，或者用备份核对")
    yield len(rows)


def check_index(home: Path) -> Iterator[Step]:
    """Whether the search index has each item once, and the text of each current version (a sample of a large queue)."""
    yield from _check_heads()
    current = list(Item.objects.exclude(current=None).order_by("pk").values_list("current", flat=True))
    if len(current) > _MOST_TEXTS:
        current = sorted(random.Random().sample(current, _MOST_TEXTS))
    for at in range(0, len(current), _TEXTS):
        keys = current[at : at + _TEXTS]
        lost = [version.item_id for version in _versions(keys) if not is_indexed(version.pk, version.text)]
        # one that was replaced meanwhile is not in the index any more
        lost = [item for item in lost if Item.objects.filter(pk=item, current__in=keys).exists()]
        yield from (Fault(f"检索找不到编号{item}的正文；{_REBUILD}") for item in lost)
        yield len(keys)


def _versions(keys: list[int]) -> list[Version]:
    return list(Version.objects.filter(pk__in=keys).only("text", "item"))


def _check_heads() -> Iterator[Step]:
    key = "id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {key} FROM {HEADS}")
        indexed = {number for (number,) in cursor.fetchall()}
    yield 0
    items = set(Item.objects.values_list("pk", flat=True))
    lost = Item.objects.filter(pk__in=sorted(items - indexed)[:_CHUNK]).filter(~Q(status=Status.WAITING))
    yield from (Fault(f"检索找不到编号{item.pk}的题名；{_REBUILD}") for item in lost if grams(item.title))
    stray = len(indexed - items - set(Item.objects.filter(pk__in=sorted(indexed - items)[:_CHUNK]).values_list("pk", flat=True)))  # fmt: skip
    if stray:
        yield Fault(f"检索索引里有{stray}件已经不在队列中；{_REBUILD}", hint=True)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {BODIES} WHERE id NOT IN (SELECT current_id FROM review_item WHERE current_id IS NOT NULL)")  # fmt: skip
            (stray,) = cursor.fetchone()
        if stray:
            yield Fault(f"检索索引里有{stray}份正文不是当前版本；{_REBUILD}", hint=True)


def check_audit(home: Path) -> Iterator[Step]:
    """The chain of the audit with the anchors of the home folder, and the recorded decisions of cleanups."""
    kept, forks = kept_anchors(home), list[Break]()
    for found in walk(kept.anchors):
        if found is None:
            yield 0
        elif found.fork:
            forks.append(found)
        else:
            yield Fault(f"{found.words}；请不要再改动数据库，用备份核对并报告负责人")
    yield AuditEntry.objects.count()
    remarks = [*kept.remarks, told_of_forks(forks)]
    remarks += [f"清理“{name}”的决定由0.11.0以前的版本记下，没有入链，不能核验" for name in unrecorded(home)]
    yield from (Fault(remark, hint=True) for remark in remarks if remark)
    if not kept.anchors:
        yield Fault("审计还没有锚点，末尾被截去看不出来；请运行qinggui audit anchor，并交另一人保存", hint=True)
    for told in check_campaigns(home):
        yield Fault(told) if told else 1
