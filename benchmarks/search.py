"""Evaluates full text search against a full scan: recall, speed, index size; compared with FTS5 trigram and jieba indexes.

    python -m benchmarks.search [--texts FOLDER] [--documents 100000] [--queries 1000]

The texts of a folder fill a new queue; if more documents are requested, they are composed of paragraphs of those texts, so
that word frequencies are kept. Queries are random substrings of two to eight characters. All three indexes are in SQLite
and answer the same queries in one run.
"""

import argparse
import os
import random
import re
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from timeit import default_timer

LENGTH, SCANNED = 1200, 200
_HAN = re.compile("[\u4e00-\u9fff]{2,8}")
Ask = Callable[[str], set[int]]


def documents(folder: Path, count: int, rng: random.Random) -> Iterator[str]:
    """The texts of a folder, then texts composed of their paragraphs, `count` in all."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.txt"))]
    paragraphs = [line.strip() for text in texts for line in text.split("\n") if 20 < len(line) < 400]
    for number in range(count):
        if number < len(texts):
            yield texts[number]
            continue
        made: list[str] = []
        while sum(map(len, made)) < LENGTH:
            made.append(rng.choice(paragraphs))
        yield "\n".join(made)


def fill(texts: Sequence[str]) -> list[int]:
    """Store the texts in the queue, in order, and index them; returns the primary keys of their items."""
    from benchmarks.desk import index
    from pipeline.review.models import Item, Original, Version

    Original.objects.bulk_create(
        (Original(digest=f"{n:064x}", size=1, first_name="a") for n in range(len(texts))), batch_size=5000
    )
    Item.objects.bulk_create((Item(name=f"{n}.txt", title=f"第{n}件") for n in range(len(texts))), batch_size=5000)
    keys = list(Item.objects.order_by("id").values_list("id", flat=True))
    for start in range(0, len(texts), 2000):
        Version.objects.bulk_create(
            Version(
                item_id=keys[n],
                sequence=1,
                original_id=f"{n:064x}",
                text=texts[n],
                dossier={},
                as_of="2026-11-22",
                engine="b",
            )
            for n in range(start, min(start + 2000, len(texts)))
        )
    from django.db.models import OuterRef, Subquery

    Item.objects.update(current=Subquery(Version.objects.filter(item=OuterRef("pk")).values("pk")[:1]))
    index()
    return keys


def ours(keys: Sequence[int]) -> Ask:
    from pipeline.review.models import Item
    from pipeline.review.search.index import with_words

    places = {key: at for at, key in enumerate(keys)}
    return lambda word: {
        places[key] for key in with_words(Item.objects.all(), word, whole=True).values_list("pk", flat=True)
    }


def trigram(folder: Path, texts: Sequence[str]) -> tuple[Ask, Path]:
    file = folder / "trigram.db"
    base = sqlite3.connect(file)
    base.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='trigram', content='')")
    base.executemany("INSERT INTO t(rowid, body) VALUES (?, ?)", enumerate(texts))
    base.commit()
    sentence = "SELECT rowid FROM t WHERE t MATCH ?"
    return lambda word: {row[0] for row in base.execute(sentence, (f'"{word}"',))}, file


def words_of_jieba(folder: Path, texts: Sequence[str]) -> tuple[Ask, Path]:
    import jieba

    jieba.setLogLevel(60)
    file = folder / "jieba.db"
    base = sqlite3.connect(file)
    base.execute("CREATE VIRTUAL TABLE t USING fts5(body, tokenize='unicode61', content='')")
    base.executemany(
        "INSERT INTO t(rowid, body) VALUES (?, ?)", ((at, " ".join(jieba.cut(text))) for at, text in enumerate(texts))
    )
    base.commit()
    sentence = "SELECT rowid FROM t WHERE t MATCH ?"
    return lambda word: {row[0] for row in base.execute(sentence, (f'"{" ".join(jieba.cut(word))}"',))}, file


def measure(name: str, ask: Ask, queries: Sequence[str], wanted: dict[str, set[int]]) -> None:
    """Print recall against a full scan, the number of false matches, and the time per query."""
    found = missed = false_matches = 0
    milliseconds = []
    for word in queries:
        start = default_timer()
        got = ask(word)
        milliseconds.append(1000 * (default_timer() - start))
        if word in wanted:
            found, missed, false_matches = (
                found + len(got & wanted[word]),
                missed + len(wanted[word] - got),
                false_matches + len(got - wanted[word]),
            )
    recall = found / max(found + missed, 1)
    p95 = statistics.quantiles(milliseconds, n=20)[18]
    print(
        f"{name}: recall {recall:.4f}, false matches {false_matches}, median {statistics.median(milliseconds):.1f} ms, p95 {p95:.1f} ms"
    )


def index_size(folder: Path) -> float:
    """Size of the two index tables, in MiB."""
    from django.db import connection

    with connection.cursor() as cursor:
        try:
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'review_heads%%' OR name LIKE 'review_bodies%%'"
            )
            return float(cursor.fetchone()[0]) / 2**20
        except Exception:  # noqa: BLE001  (not every SQLite is built with dbstat)
            return sum(file.stat().st_size for file in folder.glob("*.sqlite3")) / 2**20


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--texts", type=Path, default=Path("../shared/corpora/normative"))
    options.add_argument("--documents", type=int, default=0, help="0: only the texts of the folder")
    options.add_argument("--queries", type=int, default=1000)
    asked = options.parse_args()
    rng = random.Random(20261122)
    count = asked.documents or sum(1 for _ in asked.texts.rglob("*.txt"))
    texts = list(documents(asked.texts, count, rng))
    runs = [run for text in rng.sample(texts, min(len(texts), 400)) for run in _HAN.findall(text)]
    queries = [run[: rng.randint(2, len(run))] for run in rng.sample(runs, asked.queries)]
    # with many documents only some of the queries are verified by a scan
    verified = queries if len(texts) < 5000 else queries[:SCANNED]
    wanted = {word: {at for at, text in enumerate(texts) if word in text} for word in dict.fromkeys(verified)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["QINGGUI_HOME"] = name
        from pipeline.review.connection import connect

        connect("pipeline.web.settings")
        start = default_timer()
        ask = ours(fill(texts))
        print(
            f"{len(texts)} documents, {sum(map(len, texts)) / 1e6:.1f} million characters, filled and indexed in {default_timer() - start:.0f} s"
        )
        print(f"{len(queries)} queries, {len(verified)} of them verified by a scan")
        measure(f"this program ({index_size(folder):.0f} MiB)", ask, queries, wanted)
        for title, made in (
            ("FTS5 trigram", trigram(folder, texts)),
            ("jieba words in FTS5", words_of_jieba(folder, texts)),
        ):
            measure(f"{title} ({made[1].stat().st_size / 2**20:.0f} MiB)", made[0], queries, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
