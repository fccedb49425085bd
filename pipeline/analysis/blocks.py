"""Blocks of the tables of `pipeline.analysis.frames`: one Parquet file a table and block of items, written in several processes."""

import gc
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.analysis.columns import TABLES, schema_of

# below this number of blocks a process more would start for longer than it helps
_FEWEST_BLOCKS = 20
# a Django process of 200 to 300 MB each
_MOST_PROCESSES = 4
# long texts that hardly occur twice: a dictionary of them takes time and saves nothing
_UNIQUE_TEXTS = ("text", "reasons", "comment", "digest")


def usable_processors() -> int:
    """The processors that the program may use, at most as many as it is worth to write tables with."""
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)


def write_blocks(out: Path, blocks: Mapping[str, Sequence[int]], processes: int) -> None:
    """Writes the tables of blocks (name → keys of items); the queue must be open.

    Many blocks are written in so many processes, each with a connection of its own.
    """
    if len(blocks) < _FEWEST_BLOCKS or processes < 2:
        for name, keys in blocks.items():
            write_block(out, name, keys)
        return
    settings = os.environ["DJANGO_SETTINGS_MODULE"]
    with ProcessPoolExecutor(processes, get_context("spawn"), _open_queue, (settings,)) as pool:
        for task in [pool.submit(write_block, out, name, keys) for name, keys in blocks.items()]:
            task.result()


def _open_queue(settings: str) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    django.setup(set_prefix=False)


def write_block(out: Path, name: str, keys: Sequence[int]) -> None:
    """Writes the tables of one block of items; the queue must be open."""
    from pipeline.analysis.rows import parts_of, with_related
    from pipeline.review.models import Item

    rows: dict[str, list[Mapping[str, Any]]] = {table: [] for table in TABLES}
    items: dict[str, list[int]] = {table: [] for table in TABLES}
    with without_collection():
        for item in with_related(Item.objects.filter(pk__in=keys)).order_by("pk"):
            for table, parts in parts_of(item).items():
                held = rows[table]
                before = len(held)
                held.extend(parts)
                items[table].extend([item.pk] * (len(held) - before))
        for table, found in rows.items():
            save_table(out / table / f"{name}.parquet", _table_of(table, items[table], found))


@contextmanager
def without_collection() -> Iterator[None]:
    """No garbage collection, which would go through a block's hundred thousands of values again and again; what it left is collected after."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
        gc.collect(1)


def _table_of(table: str, items: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """An Arrow table of rows and the items that they belong to; missing columns and empty texts are null."""
    schema = schema_of(table)
    columns = [pa.array(items, pa.int64())]
    for field in list(schema)[1:]:
        column = pa.array([row.get(field.name) for row in rows], field.type)
        if field.type == pa.string():
            column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=schema)


def save_table(file: Path, table: pa.Table) -> None:
    """Writes an Arrow table as Parquet, whole or not at all."""
    sink = pa.BufferOutputStream()
    repeated = [field.name for field in table.schema if field.name not in _UNIQUE_TEXTS]
    pq.write_table(table, sink, compression="zstd", use_dictionary=repeated)
    save(file, sink.getvalue())


def save(file: Path, data: bytes | pa.Buffer) -> None:
    """Writes a file atomically: to a temporary file in the same folder, which then replaces it."""
    temporary = file.with_name(f"{file.name}.tmp")
    temporary.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_bytes(data)
    temporary.replace(file)
