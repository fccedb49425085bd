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

from pipeline.analysis.blocks import save, save_table, without_collection, write_blocks
from pipeline.analysis.columns import TABLES, schema_of
from pipeline.analysis.resolution import CARD_COLUMNS, REFERENCE_COLUMNS, Targets
from pipeline.errors import UsageError

# items per block
BLOCK = 500
# to be raised when the content of a column changes while its name and type stay
_CONTENT_VERSION = "4"
MANIFEST = "manifest.json"
_RESOLVED = ("citations", "relations")


@dataclass(frozen=True, slots=True)
class Written:
    """The result of `write`: number of items, of blocks, and of blocks that were written or rewritten (`fresh`)."""

    items: int
    blocks: int
    fresh: int


def write(out: Path, *, processes: int = 1) -> Written:
    """Writes the tables of the queue to a folder; unchanged blocks are not rewritten.

    With more than one of `processes` the main module of the program is imported in them too, so that its work must stand
    below ``if __name__ == "__main__"``. The queue must be open (`pipeline.review.connection.connect`). Blocks of which a file is missing
    or damaged are written anew. Raises `UsageError` if the folder holds other files or is none.
    """
    from pipeline.review.models import Item

    written = _manifest(out)
    keys = list(Item.objects.exclude(current=None).order_by("pk").values_list("pk", flat=True))
    items = {f"{keys[first]:09d}": keys[first : first + BLOCK] for first in range(0, len(keys), BLOCK)}
    blocks = {name: _signature(block) for name, block in items.items()}
    fresh = {
        name: block for name, block in items.items() if written.get(name) != blocks[name] or not _is_whole(out, name)
    }
    write_blocks(out, fresh, processes)
    for name in set(written) - set(blocks):
        for table in TABLES:
            (out / table / f"{name}.parquet").unlink(missing_ok=True)
    with without_collection():
        _resolve(out, list(blocks))
    save(out / MANIFEST, json.dumps({"tables": list(TABLES), "blocks": blocks}, ensure_ascii=False).encode())
    return Written(len(keys), len(blocks), len(fresh))


def _manifest(out: Path) -> dict[str, str]:
    """The signatures of the blocks in a folder by name; empty if it is new or if the set of tables changed.

    Raises `UsageError` for a non-empty folder without manifest.
    """
    file = out / MANIFEST
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out}是一个文件", remedy="请写明一个文件夹")
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


def _is_whole(out: Path, name: str) -> bool:
    """Whether all files of a block are there and end as Parquet does."""
    try:
        for table in TABLES:
            pq.read_metadata(out / table / f"{name}.parquet")
    except (OSError, pa.ArrowException):
        return False
    return True


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


def _resolve(out: Path, names: list[str]) -> None:
    """Fills `target_item` of citations and relations, which depends on all items, and saves the blocks where it changed."""
    documents = [
        row
        for name in names
        for row in pq.read_table(out / "documents" / f"{name}.parquet", columns=list(CARD_COLUMNS)).to_pylist()
    ]
    targets = Targets(documents)
    for table in _RESOLVED:
        columns = [name for name, _, _ in TABLES[table] if name in REFERENCE_COLUMNS]
        for name in names:
            file = out / table / f"{name}.parquet"
            rows = pq.read_table(file, columns=[*columns, "target_item"])
            found = pa.array([targets.first(row) for row in rows.select(columns).to_pylist()], pa.int64())
            if not found.equals(rows.column("target_item").combine_chunks()):
                part = pq.read_table(file, schema=schema_of(table))
                at = part.schema.get_field_index("target_item")
                save_table(file, part.set_column(at, part.schema.field(at), found))


class Frames:
    """The tables of a folder as attributes, such as `tables.documents`: each access reads a new pandas DataFrame.

    Raises `AttributeError` for a name that is not in TABLES.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def table(self, name: str) -> pa.Table:
        """A table as an Arrow table. Raises `UsageError` for a name that is not in TABLES and for damaged files."""
        if name not in TABLES:
            raise UsageError(f"没有数据表“{name}”", remedy=f"数据表有：{'、'.join(TABLES)}")
        try:
            return self.dataset(name).to_table()
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(name) from error

    def dataset(self, name: str) -> ds.Dataset:
        """A table to be read a part at a time. Raises `UsageError` where files are missing."""
        try:
            blocks = json.loads((self._folder / MANIFEST).read_text(encoding="utf-8"))["blocks"]
            files = [self._folder / name / f"{block}.parquet" for block in sorted(blocks)]
            return ds.dataset(files, schema=schema_of(name), format="parquet")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._damaged(name) from error

    def _damaged(self, name: str) -> UsageError:
        return UsageError(
            f"{self._folder}里的数据表{name}已损坏或者不完整", remedy=f"请再次运行 qinggui frames {self._folder}"
        )

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
