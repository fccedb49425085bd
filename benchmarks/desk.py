"""Response times of the web application with many findings, on SQLite or, with DATABASE_URL, on PostgreSQL.

    python -m benchmarks.desk [--items 250000] [--findings 4] [--repeat 1] [--length 1200]

Fills a new database, with `--repeat` by repeating its first items, texts and findings so many times with numbers, titles and
years of their own, requests each page fifty times in one process and prints median and 95th percentile; for comparison
also those of a plain COUNT and of a query by primary key. Search words are drawn from the texts; the results of some are
verified by a full scan.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from timeit import default_timer
from typing import Any

TIMES, MANY = 50, 2000

_SAMPLE = """临溪县人民政府关于加强水利工程管理的通知
临政发〔2015〕7号
各乡镇人民政府：
第一条 经营者应当经批准后方可经营。
临溪县人民政府
2015年3月2日"""


def fill(items: int, findings: int, length: int = 1200) -> None:
    """Create `items` items with one version each and `findings` findings per version, whose text has `length` characters."""
    from pipeline.review.models import Finding, Item, Original, Version

    rng = random.Random(20261122)
    genres, places = (
        ("通知", "意见", "公告", "办法", "决定"),
        [f"临{a}县{b}" for a in "溪河山水平" for b in ("人民政府", "水利局", "教育局")],
    )
    chars = [chr(0x4E00 + n) for n in range(3000)]
    weights = [1 / (n + 8) for n in range(3000)]
    Original.objects.bulk_create(
        (Original(digest=f"{n:064x}", size=length, first_name=f"{n}.txt") for n in range(items)), batch_size=5000
    )
    Item.objects.bulk_create(
        (
            Item(
                name=f"{n}.txt", title=f"关于第{n}项工作的通知", number=f"临政发〔{2005 + n % 20}〕{n}号", issuers=rng.choice(places),
                issuer=rng.choice(places), place=rng.choice(("临溪县", "河州市", "山南省")), groups=rng.choice(("", "LIC", "FEE PEN")),
                genre=rng.choice(genres), norm_level="规范性文件", is_normative=True, risk=rng.choice((0, 0, 5, 12, 20, 45, 80)),
                year=2005 + n % 20, status=rng.choice(("待审", "待审", "待审", "待复核", "已办")), validity="有效",
            )
            for n in range(items)
        ),
        batch_size=5000,
    )  # fmt: skip
    ids = list(Item.objects.order_by("id").values_list("id", flat=True))
    dossier, content = _read()
    Version.objects.bulk_create(
        (
            Version(
                item_id=pk,
                sequence=1,
                original_id=f"{n:064x}",
                text=_text(rng, chars, weights, length),
                dossier=dossier,
                as_of="2026-11-22",
                engine="b",
            )
            for n, pk in enumerate(ids)
        ),
        batch_size=2000,
    )
    versions = list(Version.objects.order_by("id").values_list("id", "item_id"))
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


def _read() -> tuple[dict[str, Any], dict[str, Any]]:
    """The dossier that all versions have, and the content of a finding, of a short document."""
    from pipeline.analyzer import LegalContext, analyze_upload
    from pipeline.document import Problem
    from pipeline.ingest import Upload
    from pipeline.review.queue.findings import plain
    from pipeline.review.queue.store import as_json

    found = analyze_upload(Upload("通知.txt", _SAMPLE.encode()), LegalContext(date(2026, 11, 22)))
    if isinstance(found, Problem):
        raise RuntimeError(found.message)
    return as_json(found), {**plain(found.assessment.findings[0]), "text": "经批准后方可"}


def repeat(times: int) -> None:
    """Repeats all items with their versions and findings, so that there are `times` as many."""
    from django.db import connection, transaction

    from pipeline.review.models import Finding, Item, Original, Version

    steps = {model: model.objects.order_by("-pk").values_list("pk", flat=True)[0] for model in (Item, Version, Finding)}
    count = Item.objects.count()
    digest = "(%(number)s || substr({}, 9))"
    told = {
        (Original, "digest"): digest.format("digest"),
        (Version, "original_id"): digest.format("original_id"),
        (Item, "title"): "'关于第' || (id + %(items)s) || '项工作的通知'",
        (Item, "year"): "2005 + (year + %(copy)s) %% 20",
        (Item, "id"): "id + %(items)s",
        (Item, "current_id"): "current_id + %(versions)s",
        (Version, "id"): "id + %(versions)s",
        (Version, "item_id"): "item_id + %(items)s",
        (Finding, "id"): "id + %(findings)s",
        (Finding, "version_id"): "version_id + %(versions)s",
    }
    for copy in range(1, times):
        given = {
            "number": f"{copy:08}", "copy": copy, "items": copy * steps[Item], "versions": copy * steps[Version], "findings": copy * steps[Finding],
        }  # fmt: skip
        with transaction.atomic(), connection.cursor() as cursor:
            for model in (Original, Item, Version, Finding):
                columns = [field.column for field in model._meta.concrete_fields]
                values = ", ".join(told.get((model, column), f'"{column}"') for column in columns)
                names, table = ", ".join(f'"{column}"' for column in columns), model._meta.db_table
                first = f"WHERE id <= {steps[model]}" if model in steps else "WHERE digest < %(first)s"
                cursor.execute(
                    f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} {first}",
                    given | {"first": f"{count:064x}"},
                )


def _text(rng: random.Random, chars: list[str], weights: list[float], length: int) -> str:
    """A random text of Chinese characters, a few frequent and many rare, divided into sentences."""
    drawn = rng.choices(chars, weights, k=length - 30)
    return "第一条 经营者应当经批准后方可经营。" + "".join(
        char + ("。" if at % 40 == 39 else "，" if at % 13 == 12 else "") for at, char in enumerate(drawn)
    )


def index() -> None:
    """Index all titles and texts in batches; the grams of texts that are repeated are made once."""
    from pipeline.review.models import Item, Version
    from pipeline.review.search import index as search
    from pipeline.review.search.index import index_bodies, index_heads

    search.grams = lru_cache(50_000)(search.grams)

    last = 0
    heads = Item.objects.only("pk", "title", "number", "issuers").order_by("pk")
    while items := list(heads.filter(pk__gt=last)[:MANY]):
        index_heads(items)
        last = items[-1].pk
    last = 0
    while rows := list(Version.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "text")[:MANY]):
        index_bodies(rows)
        last = rows[-1][0]


def words(count: int) -> list[str]:
    """Random two-character words from the texts, frequent and rare ones."""
    from pipeline.review.models import Version

    rng, found = random.Random(7), []
    keys = list(Version.objects.values_list("pk", flat=True)[:5000])
    while len(found) < count:
        text = Version.objects.get(pk=rng.choice(keys)).text
        at = rng.randrange(len(text) - 2)
        if text[at : at + 2].isalpha():
            found.append(text[at : at + 2])
    return found


def measure_search() -> None:
    """Time full text searches for two-character words, and compare the counts with a full scan."""
    from pipeline.review.models import Item, Version
    from pipeline.review.search.index import with_words

    drawn = iter(words(TIMES))
    measure(
        "full text, first 50 of a word",
        lambda: list(with_words(Item.objects.all(), next(drawn), whole=True).order_by("-risk", "id")[:50]),
    )
    drawn = iter(words(TIMES))
    measure("full text, count of a word", lambda: with_words(Item.objects.all(), next(drawn), whole=True).count())
    for word in words(5):
        found = with_words(Item.objects.all(), word, whole=True).count()
        scanned = Version.objects.filter(text__contains=word).count()
        print(f"  {word}: index {found}, scan of the texts {scanned}", flush=True)


def measure(name: str, work: Callable[[], Any], times: int = TIMES) -> None:
    seconds = []
    for _ in range(times):
        began = default_timer()
        work()
        seconds.append(default_timer() - began)
    seconds.sort()
    print(
        f"{name:<36} median {statistics.median(seconds) * 1000:7.0f} ms   p95 {seconds[int(len(seconds) * 0.95) - 1] * 1000:7.0f} ms",
        flush=True,
    )


def get(browser: Any, path: str) -> None:
    """Requests a page. Raises `RuntimeError` where something else is answered."""
    answer = browser.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.headers.get('Location', '')}")


def measure_pages(browser: Any, items: int) -> None:
    """Time each page."""
    from pipeline.review.models import Item

    middle = Item.objects.order_by("id")[items // 2].pk
    measure("plain: COUNT of items", lambda: Item.objects.count())
    measure("plain: item by primary key", lambda: Item.objects.get(pk=middle))
    measure("list, first page", lambda: get(browser, "/"))
    measure("facets of the list", lambda: get(browser, "/facets"))
    measure("facets, status and year", lambda: get(browser, "/facets?status=待审&year=2015"))
    measure("list, status and year", lambda: get(browser, "/?status=待审&year=2015"))
    measure("list, a word of the title", lambda: get(browser, "/?q=第777项"))
    measure("list, by deadline, page 40", lambda: get(browser, "/?sort=due&page=40"))
    measure_search()
    measure("document page", lambda: get(browser, f"/items/{middle}/"))
    measure("board", lambda: get(browser, "/board"), 5)


def prepare(asked: argparse.Namespace) -> None:
    """Fill and index a queue, and print how long that took."""
    from django.db import connection

    began = default_timer()
    fill(asked.items // asked.repeat, asked.findings, asked.length)
    if asked.repeat > 1:
        repeat(asked.repeat)
    filled = default_timer() - began
    print(
        f"{connection.vendor}: {asked.items} items, {asked.items * asked.findings} findings, filled in {filled:.0f} s",
        flush=True,
    )
    began = default_timer()
    index()
    print(f"indexed in {default_timer() - began:.0f} s", flush=True)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--items", type=int, default=250_000)
    options.add_argument("--findings", type=int, default=4)
    options.add_argument("--repeat", type=int, default=1, help="how many times the first items are in the queue")
    options.add_argument("--length", type=int, default=1200, help="characters of a text")
    options.add_argument("--home", help="a database filled by an earlier run of this script")
    asked = options.parse_args()
    os.environ["QINGGUI_HOME"] = asked.home or tempfile.mkdtemp(prefix="qinggui-desk-")
    from pipeline.review.connection import connect

    connect("pipeline.web.settings")
    from django.contrib.auth.models import User
    from django.test import Client

    from pipeline.review.accounts import Role, add_user
    from pipeline.review.decisions import bulk
    from pipeline.review.decisions.workflow import Statement
    from pipeline.review.models import Item

    if not asked.home:
        prepare(asked)
    chief = User.objects.filter(username="chief").first() or add_user("chief", "ceshi-mima-2026", Role.CHIEF)
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(chief, backend="django.contrib.auth.backends.ModelBackend")
    measure_pages(browser, Item.objects.count())
    ten = Item.objects.filter(pk__in=Item.objects.filter(assignee=None).order_by("id").values("pk")[:10_000])
    measure("assign 10,000 at once", lambda: bulk.assign_all(ten, chief, by=chief), 1)
    keys = list(ten.values_list("pk", flat=True)[: 10_000 // asked.findings])
    some = Item.objects.filter(pk__in=keys)
    statement = Statement("成立", "没有依据")
    measure("decide 10,000 findings at once", lambda: bulk.decide_all(some, "LIC-01", statement, by=chief), 1)


if __name__ == "__main__":
    sys.exit(main())
