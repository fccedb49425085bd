"""The review queue as Parquet tables, for pandas, DuckDB and other tools; every column is documented in its metadata.

`qinggui frames OUT/` writes one folder per table, in blocks of items. Writing to the same folder again rewrites only the
blocks that changed. In a notebook::

    from pipeline.analysis import frames
    tables = frames.load("OUT")
    tables.documents.groupby("issuer").burden.mean()

and in one line with DuckDB: ``duckdb.sql("select type, count(*) from 'OUT/findings/*.parquet' group by 1")``.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pipeline.analysis.columns import TABLES, schema_of
from pipeline.analysis.resolution import targets_of
from pipeline.errors import UsageError

# items per block
BLOCK = 500
# to be raised when the content of a column changes while its name and type stay
_CONTENT_VERSION = "3"
MANIFEST = "manifest.json"
_RESOLVED = ("citations", "relations")


@dataclass(frozen=True, slots=True)
class Written:
    """The result of `write`: number of items, of blocks, and of blocks that were written or rewritten (`fresh`)."""

    items: int
    blocks: int
    fresh: int


def write(out: Path) -> Written:
    """Writes the tables of the queue to a folder; unchanged blocks are not rewritten.

    The queue must be open (`pipeline.review.connection.connect`). Raises `UsageError` if the folder holds other files.
    """
    from pipeline.review.models import Item

    written = _manifest(out)
    keys = list(Item.objects.exclude(current=None).order_by("pk").values_list("pk", flat=True))
    blocks: dict[str, str] = {}
    fresh = 0
    for first in range(0, len(keys), BLOCK):
        block = keys[first : first + BLOCK]
        name = f"{block[0]:09d}"
        blocks[name] = _signature(block)
        if written.get(name) != blocks[name]:
            _write_block(out, name, block)
            fresh += 1
    for name in set(written) - set(blocks):
        for table in TABLES:
            (out / table / f"{name}.parquet").unlink(missing_ok=True)
    _resolve(out, list(blocks))
    _save(out / MANIFEST, json.dumps({"tables": list(TABLES), "blocks": blocks}, ensure_ascii=False).encode())
    return Written(len(keys), len(blocks), fresh)


def _manifest(out: Path) -> dict[str, str]:
    """The signatures of the blocks in a folder by name; empty if it is new or if the set of tables changed.

    Raises `UsageError` for a non-empty folder without manifest.
    """
    file = out / MANIFEST
    if not file.exists():
        if out.exists() and any(out.iterdir()):
            raise UsageError(f"{out}里有别的文件", remedy="请指定空的文件夹，或者以前写出数据表的文件夹")
        return {}
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        blocks: dict[str, str] = manifest["blocks"] if manifest["tables"] == list(TABLES) else {}
    except (ValueError, KeyError, TypeError):
        return {}  # a torn manifest: every block is written anew
    return blocks


def _signature(keys: list[int]) -> str:
    """The SHA-256 of everything that the rows of these items depend on, including names and types of all columns."""
    from django.db.models import Max

    from pipeline.review.models import Item

    rows = Item.objects.filter(pk__in=keys).order_by("pk")
    states = rows.values_list("pk", "updated", "current_id", "current__engine", "current__as_of").annotate(
        Max("decisions"),
        Max("conclusions"),
        Max("decisions__batch__undone"),
        Max("decisions__withdrawn"),
        Max("decisions__set_aside"),
    )
    columns: list[list[str]] = [[_CONTENT_VERSION]]
    columns += [[name, str(kind)] for table in TABLES.values() for name, kind, _ in table]
    return hashlib.sha256(json.dumps([columns, list(states)], default=str).encode()).hexdigest()


def _write_block(out: Path, name: str, keys: list[int]) -> None:
    from pipeline.analysis.rows import rows_of
    from pipeline.review.models import Item

    rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    items = Item.objects.filter(pk__in=keys).select_related("current").order_by("pk")
    for item in items.prefetch_related("decisions__batch", "conclusions"):
        for table, found in rows_of(item).items():
            rows[table] += found
    for table, found in rows.items():
        file = out / table / f"{name}.parquet"
        file.parent.mkdir(parents=True, exist_ok=True)
        _save_table(file, pa.Table.from_pylist(found, schema=schema_of(table)))


def _resolve(out: Path, names: list[str]) -> None:
    """Fills `target_item` of citations and relations, which depends on all items, and saves the blocks where it changed."""
    documents = [row for name in names for row in pq.read_table(out / "documents" / f"{name}.parquet").to_pylist()]
    stored = {
        (table, name): pq.read_table(out / table / f"{name}.parquet", schema=schema_of(table))
        for table in _RESOLVED for name in names
    }  # fmt: skip
    rows = [row for part in stored.values() for row in part.to_pylist()]
    targets = iter(targets_of(documents, rows))
    for (table, name), part in stored.items():
        found = [(items[0] if items else None) for items in (next(targets) for _ in range(part.num_rows))]
        column = pa.array(found, pa.int64())
        if not column.equals(part.column("target_item").combine_chunks()):
            at = part.schema.get_field_index("target_item")
            _save_table(out / table / f"{name}.parquet", part.set_column(at, part.schema.field(at), column))


def _save_table(file: Path, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    _save(file, sink.getvalue().to_pybytes())


def _save(file: Path, data: bytes) -> None:
    """Writes a file atomically: to a temporary file in the same folder, which then replaces it."""
    temporary = file.with_name(f"{file.name}.tmp")
    temporary.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_bytes(data)
    temporary.replace(file)


class Frames:
    """The tables of a folder as attributes, such as `tables.documents`: each access reads a new pandas DataFrame.

    Raises `AttributeError` for a name that is not in TABLES.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def table(self, name: str) -> pa.Table:
        """A table as an Arrow table. Raises `UsageError` for a name that is not in TABLES."""
        if name not in TABLES:
            raise UsageError(f"没有数据表“{name}”", remedy=f"数据表有：{'、'.join(TABLES)}")
        return ds.dataset(self._folder / name, schema=schema_of(name), format="parquet").to_table()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(name)
        return self.table(name).to_pandas(date_as_object=False)


def load(folder: Path | str) -> Frames:
    """The tables that `qinggui frames` wrote to a folder. Raises `UsageError` if the folder holds none."""
    path = Path(folder)
    if not (path / MANIFEST).exists():
        raise UsageError(f"{path}里没有数据表", remedy=f"请先运行 qinggui frames {path}")
    return Frames(path)


def explained() -> Iterator[tuple[str, str, str, str]]:
    """Table, column, type and meaning (Chinese) of every column."""
    for table, columns in TABLES.items():
        for name, kind, meaning in columns:
            yield table, name, str(kind), meaning
