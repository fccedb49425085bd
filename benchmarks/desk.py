"""The desk with many findings: how long its pages take, on SQLite or, with DATABASE_URL, on PostgreSQL.

    python -m benchmarks.desk [--items 100000] [--findings 10]

Fills a database of its own, asks each page fifty times in one process, prints median and 95th percentile.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

TIMES = 50


def fill(items: int, findings: int) -> None:
    """So many items of one version each with so many findings."""
    from pipeline.review.models import Finding, Item, Original, Version

    chance = random.Random(20261122)
    genres, places = (
        ("通知", "意见", "公告", "办法", "决定"),
        [f"临{a}县{b}" for a in "溪河山水平" for b in ("人民政府", "水利局", "教育局")],
    )
    text = "第一条 经营者应当经批准后方可经营。" * 120
    Original.objects.bulk_create(
        (Original(digest=f"{n:064x}", size=len(text), first_name=f"{n}.txt") for n in range(items)), batch_size=5000
    )
    Item.objects.bulk_create(
        (
            Item(
                name=f"{n}.txt", title=f"关于第{n}项工作的通知", number=f"临政发〔{2005 + n % 20}〕{n}号", issuers=chance.choice(places),
                genre=chance.choice(genres), norm_level="规范性文件", is_normative=True, risk=chance.choice((0, 0, 5, 12, 20, 45, 80)),
                year=2005 + n % 20, status=chance.choice(("待审", "待审", "待审", "待复核", "已办")), validity="有效",
            )
            for n in range(items)
        ),
        batch_size=5000,
    )  # fmt: skip
    ids = list(Item.objects.order_by("id").values_list("id", flat=True))
    fact = {"value": "临溪县人民政府", "origin": "署名"}
    dossier: dict[str, Any] = {
        "source": {"notes": []},
        "document": {
            "masthead": {
                "issuers": [fact],
                "number": None,
                "registration": None,
                "made": None,
                "published": None,
                "recipients": None,
            },
            "noise": [],
        },
        "labels": {"genre": "通知", "norm_level": "规范性文件", "is_normative": True, "reasons": []},
        "assessment": {
            "validity": {"state": "有效", "reasons": []},
            "cleanup": {"outcome": "keep", "reasons": [], "conflicts": [], "confidence": "高", "indicators": []},
        },
    }
    Version.objects.bulk_create(
        (
            Version(
                item_id=pk,
                sequence=1,
                original_id=f"{n:064x}",
                text=text,
                dossier=dossier,
                as_of="2026-11-22",
                engine="b",
            )
            for n, pk in enumerate(ids)
        ),
        batch_size=2000,
    )
    versions = list(Version.objects.order_by("id").values_list("id", "item_id"))
    content = {
        "name": "直接设定行政许可",
        "text": "经批准后方可",
        "path": "第一条",
        "reasons": ["规定经批准后方可从事"],
        "bases": [],
        "advice": "删除",
    }
    for start in range(0, len(versions), 2000):
        Finding.objects.bulk_create(
            (
                Finding(
                    version_id=pk,
                    key=f"{pk}-{k}",
                    type="LIC-01",
                    severity="严重",
                    start=18 * k + 7,
                    end=18 * k + 13,
                    content=content,
                )
                for pk, _ in versions[start : start + 2000]
                for k in range(findings)
            ),
            batch_size=10_000,
        )
    from django.db.models import F, OuterRef, Subquery

    newest = Version.objects.filter(item=OuterRef("pk")).values("pk")[:1]
    Item.objects.update(current=Subquery(newest), alarms=F("alarms") + findings)


def measure(name: str, work: Callable[[], Any], times: int = TIMES) -> None:
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    seconds.sort()
    print(
        f"{name:<36} median {statistics.median(seconds) * 1000:7.0f} ms   p95 {seconds[int(len(seconds) * 0.95) - 1] * 1000:7.0f} ms",
        flush=True,
    )


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--items", type=int, default=100_000)
    options.add_argument("--findings", type=int, default=10)
    asked = options.parse_args()
    os.environ["QINGGUI_HOME"] = tempfile.mkdtemp(prefix="qinggui-desk-")
    from pipeline.review.connection import connect

    connect("pipeline.web.settings")
    from django.db import connection
    from django.test import Client

    from pipeline.review import desk
    from pipeline.review.models import Item
    from pipeline.review.people import Role, add_user

    began = time.perf_counter()
    fill(asked.items, asked.findings)
    print(
        f"{connection.vendor}: {asked.items} items, {asked.items * asked.findings} findings, filled in {time.perf_counter() - began:.0f} s",
        flush=True,
    )
    chief = add_user("chief", "ceshi-mima-2026", Role.CHIEF)
    browser = Client()
    browser.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    middle = Item.objects.order_by("id")[asked.items // 2].pk
    measure("list, first page with facets", lambda: browser.get("/"))
    measure("list, status and year", lambda: browser.get("/?status=待审&year=2015"))
    measure("list, a word of the title", lambda: browser.get("/?q=第777项"))
    measure("list, by deadline, page 40", lambda: browser.get("/?sort=due&page=40"))
    measure("document page", lambda: browser.get(f"/items/{middle}/"))
    measure("board", lambda: browser.get("/board"), 5)
    ten = Item.objects.filter(pk__in=Item.objects.order_by("id").values("pk")[:10_000])
    measure("assign 10,000 at once", lambda: desk.assign_all(ten, chief, by=chief), 1)


if __name__ == "__main__":
    sys.exit(main())
