"""Parquet files of a campaign: made from rows, written atomically, read in small groups of rows.

pyarrow imports pandas (most of a second, 60 MB) when it converts Python objects, and when it opens a file as a data set. Nothing
here needs it: rows are handed over as JSON, and files are opened by themselves.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from pipeline.campaign.folder import replaced
from pipeline.errors import StorageError

_EPOCH = date(1970, 1, 1).toordinal()
# rows that are Python objects at a time while a file is read
_GROUP = 1000


def table_of(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """A table of rows, which may hold days; what a row lacks is None. Raises `pa.ArrowException` for what the schema has not."""
    lines = [json.dumps(row, ensure_ascii=False, default=_days) for row in rows]
    if not lines:
        return pa.Table.from_batches([], schema)
    data = "\n".join(lines).encode()
    return pyarrow.json.read_json(
        pa.BufferReader(data),
        pyarrow.json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
    )


def _days(day: date) -> int:
    """A day as Arrow counts it."""
    return day.toordinal() - _EPOCH


def write_table(path: Path, tables: Iterable[pa.Table], schema: pa.Schema) -> None:
    """Writes tables of one schema as a Parquet file, atomically and to disk. Raises `OSError`."""
    with replaced(path) as stream, pq.ParquetWriter(stream, schema) as writer:
        for table in tables:
            writer.write_table(table)


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> None:
    """Writes rows as `write_table` writes tables; a group of them is in memory at a time. Raises `OSError`."""
    left = iter(rows)
    groups = iter(lambda: list(islice(left, _GROUP)), [])
    write_table(path, (table_of(group, schema) for group in groups), schema)


def rows_of(path: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, of some columns only if given. Raises `OSError` and `pa.ArrowException`."""
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_GROUP, columns=columns, use_threads=False):
            yield from batch.to_pylist()


def read_table(path: Path, remedy: str, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """`rows_of`, but raises `StorageError` with the given way out for a file that is damaged or missing."""
    try:
        yield from rows_of(path, columns)
    except (OSError, pa.ArrowException) as error:
        raise StorageError(f"{path}已损坏或者不见了", remedy=remedy) from error
