"""快照: the input files of a campaign with their hashes, divided into shards."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path

import pyarrow as pa

from pipeline.campaign.folder import Campaign
from pipeline.campaign.tables import read_table, table_of, write_table

FILES_PER_SHARD = 200
_BYTES_PER_SHARD = 64 * 1024 * 1024
_SCHEMA = pa.schema([("path", pa.string()), ("digest", pa.string()), ("size", pa.int64()), ("shard", pa.int32())])


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """A file of the snapshot: absolute path, SHA-256 ("" if it could not be read), size in bytes, shard number."""

    path: str
    digest: str
    size: int
    shard: int


def freeze(campaign: Campaign, paths: Sequence[Path], *, per_shard: int = FILES_PER_SHARD) -> int:
    """Writes the snapshot of all files at or below `paths`; returns their number. Hidden files are left out.

    A shard holds at most `per_shard` files and, if it has more than one, at most 64 MiB.
    """
    from pipeline.ingest import files_of  # reading a snapshot needs none of it

    rows = list(_assign_shards(chain.from_iterable(map(files_of, paths)), per_shard))
    write_table(campaign.snapshot, [table_of(map(asdict, rows), _SCHEMA)], _SCHEMA)
    return len(rows)


def _assign_shards(files: Iterator[Path], per_shard: int) -> Iterator[SnapshotFile]:
    shard, count, total = 0, 0, 0
    for file in files:
        digest, size = _hash(file)
        if count and (count >= per_shard or total + size > _BYTES_PER_SHARD):
            shard, count, total = shard + 1, 0, 0
        count, total = count + 1, total + size
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
    """The files of the snapshot of a campaign, by shard number. Raises `StorageError` for a damaged snapshot."""
    found: dict[int, list[SnapshotFile]] = {}
    remedy = "请从备份恢复；没有备份的，请新建一次清理"
    for row in read_table(campaign.snapshot, remedy):
        found.setdefault(row["shard"], []).append(SnapshotFile(**row))
    return found
