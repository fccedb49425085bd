"""Measures the Parquet tables of a large queue: time to write, size, and whether they equal the queue when read back.

    python -m benchmarks.frames [--texts FOLDER] [--documents 100000] [--compare 10]

The documents of a folder are analysed into a new queue; if more documents are requested, they are repeated with other
names and numbers. Every block (with --compare 10 every tenth) is read back and compared with the queue. Also prints the
time to read all tables and to run one DuckDB query.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from timeit import default_timer
from typing import Any, TypeVar

AS_OF, BATCH = date(2026, 11, 22), 500
T = TypeVar("T")


def timed(name: str, work: Callable[[], T]) -> T:
    """Run a function, print the seconds it took and return its result."""
    start = default_timer()
    found = work()
    print(f"{name}：{default_timer() - start:.1f} s", flush=True)
    return found


def fill(home: Path, texts: Path, count: int) -> None:
    """Store the documents of a folder in the queue, repeated until there are `count` (0: each once)."""
    from pipeline.analyzer import LegalContext, analyze_upload
    from pipeline.document import Problem
    from pipeline.ingest import uploads
    from pipeline.review.queue.store import QueueWriter

    desk = QueueWriter(home, "benchmark")
    for upload in uploads(texts):
        found = upload if isinstance(upload, Problem) else analyze_upload(upload, LegalContext(AS_OF))
        if not isinstance(found, Problem) and not isinstance(upload, Problem):
            desk.put(found, upload.data, None)
    repeat(count)


def repeat(count: int) -> None:
    """Copy items with their findings until the queue has `count` items."""
    from pipeline.review.models import Finding, Item, Version

    keys = list(Item.objects.exclude(current=None).order_by("pk").values_list("pk", flat=True))
    for start in range(len(keys), count, BATCH):
        wanted = range(start, min(start + BATCH, count))
        sources = Item.objects.select_related("current").in_bulk({keys[number % len(keys)] for number in wanted})
        items = [_copy(sources[keys[number % len(keys)]], number) for number in wanted]
        versions = [item.current for item in items]
        for item in items:
            item.current = None
        Item.objects.bulk_create(items)
        found: list[Any] = []
        for item, version in zip(items, versions, strict=True):
            held = list(version.findings.all())
            version.pk, version.item = None, item
            found.append(held)
        Version.objects.bulk_create(versions)
        for version, held in zip(versions, found, strict=True):
            for finding in held:
                finding.pk, finding.version = None, version
        Finding.objects.bulk_create([finding for held in found for finding in held])
        for item, version in zip(items, versions, strict=True):
            item.current = version
        Item.objects.bulk_update(items, ["current"])


def _copy(source: Any, number: int) -> Any:
    from pipeline.review.models import Item, Version

    assert source.current is not None
    values = {
        field.attname: getattr(source, field.attname) for field in Item._meta.concrete_fields if field.name != "id"
    }
    version = Version.objects.get(pk=source.current_id)
    values.update(name=f"{number}.txt", number=f"临政发〔{2000 + number % 26}〕{number}号", current_id=None)
    item = Item(**values)
    item.current = version
    return item


def differing(out: Path, every: int) -> tuple[int, int]:
    """Compare every `every`-th block with the queue; returns the number of items compared and of rows that differ."""
    from pipeline.analysis import frames
    from pipeline.analysis.rows import rows_of
    from pipeline.review.models import Item

    checked = wrong = 0
    blocks = sorted(path.stem for path in (out / "documents").glob("*.parquet"))
    for name in blocks[::every]:
        held = {table: _rows(out / table / f"{name}.parquet") for table in frames.TABLES}
        keys = [row["item"] for row in held["documents"]]
        wanted: dict[str, list[Any]] = {table: [] for table in frames.TABLES}
        rows = Item.objects.filter(pk__in=keys).select_related("current").order_by("pk")
        for item in rows.prefetch_related("decisions__batch", "conclusions"):
            for table, found in rows_of(item).items():
                wanted[table] += found
        for table, found in wanted.items():
            pairs = zip(found, held[table], strict=False)
            wrong += abs(len(found) - len(held[table])) + sum(
                _without_target(a) != _without_target(b) for a, b in pairs
            )
        checked += len(keys)
    return checked, wrong


def _without_target(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the item that it means, which depends on all items."""
    return {name: value for name, value in row.items() if name != "target_item"}


def _rows(file: Path) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.ParquetFile(file).read().to_pylist()
    return [{name: _day(value) for name, value in row.items()} for row in rows]


def _day(value: object) -> object:
    return value.replace(microsecond=0) if isinstance(value, datetime) else value


def main(arguments: Sequence[str] | None = None) -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--texts", type=Path, default=Path("../shared/corpora/normative"))
    options.add_argument("--documents", type=int, default=0, help="0: only the documents of the folder")
    options.add_argument("--compare", type=int, default=1, help="compare every n-th block with the queue")
    options.add_argument("--processes", type=int, default=2)
    asked = options.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        os.environ["QINGGUI_HOME"] = name
        from pipeline.review.connection import connect

        connect("pipeline.web.settings")
        from pipeline.analysis import frames

        timed("filling the queue", lambda: fill(home, asked.texts, asked.documents))
        out = home / "tables"
        done = timed("writing all tables", lambda: frames.write(out, processes=asked.processes))
        size = sum(file.stat().st_size for file in out.rglob("*.parquet")) / 2**20
        print(f"{done.items} items, {done.blocks} blocks, {size:.0f} MiB")
        again = timed("writing again, nothing changed", lambda: frames.write(out))
        print(f"{again.fresh} blocks written anew")
        held = frames.load(out)
        rows = timed("reading all tables", lambda: {table: held.table(table).num_rows for table in frames.TABLES})
        print("  ".join(f"{table} {number}" for table, number in rows.items()))
        import duckdb

        sentence = f"select type, count(*) from '{out}/findings/*.parquet' group by 1"
        timed("DuckDB counts findings by type", lambda: duckdb.sql(sentence).fetchall())
        checked, wrong = timed("comparing with the queue", lambda: differing(out, asked.compare))
        print(f"{checked} items compared, {wrong} rows differ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
