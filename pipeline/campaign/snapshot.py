"""快照: the files of a campaign, frozen with their hashes and dealt into shards."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.campaign.folder import Campaign, write_table
from pipeline.ingest import files_of

FILES_A_SHARD = 200
_BYTES_A_SHARD = 64 * 1024 * 1024
_SCHEMA = pa.schema([("path", pa.string()), ("digest", pa.string()), ("size", pa.int64()), ("shard", pa.int32())])


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A file of the snapshot: path, SHA-256 at the time of freezing ("" if it could not be read), size, shard."""

    path: str
    digest: str
    size: int
    shard: int


def freeze(campaign: Campaign, paths: Sequence[Path], *, a_shard: int = FILES_A_SHARD) -> int:
    """Writes the snapshot of all files at some paths; returns how many there are. Hidden files are left out."""
    rows = list(_dealt(chain.from_iterable(map(files_of, paths)), a_shard))
    columns = {name: [getattr(row, name) for row in rows] for name in _SCHEMA.names}
    write_table(campaign.snapshot, pa.table(columns, schema=_SCHEMA))
    return len(rows)


def _dealt(files: Iterator[Path], a_shard: int) -> Iterator[SnapshotFile]:
    shard, count, weight = 0, 0, 0
    for file in files:
        digest, size = _hash(file)
        if count and (count >= a_shard or weight + size > _BYTES_A_SHARD):
            shard, count, weight = shard + 1, 0, 0
        count, weight = count + 1, weight + size
        yield SnapshotFile(str(file.absolute() if file.is_symlink() else file.resolve()), digest, size, shard)


def hash_file(file: Path) -> str:
    """The SHA-256 of a file in hexadecimal. Raises `OSError`."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hash(file: Path) -> tuple[str, int]:
    try:
        return hash_file(file), file.stat().st_size
    except OSError:
        return "", 0


def read_snapshot(campaign: Campaign) -> dict[int, list[SnapshotFile]]:
    """The frozen files of a campaign by shard."""
    found: dict[int, list[SnapshotFile]] = {}
    for row in pq.read_table(campaign.snapshot).to_pylist():
        found.setdefault(row["shard"], []).append(SnapshotFile(**row))
    return found
