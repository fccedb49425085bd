"""A shard: the unit of work of a campaign, some files that are analysed in order and written as one table; what is known of shards on disk.

It is run by `shard_work`, which reads and judges documents; nothing here needs that.
"""

import hashlib
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.campaign.folder import Campaign
from pipeline.campaign.parts import Parts, files_done
from pipeline.campaign.snapshot import SnapshotFile
from pipeline.campaign.suspects import read_marker
from pipeline.campaign.tables import read_table
from pipeline.legal_context import LegalContext


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard: its number, the folder of its results, its input files, the legal context, and the version of code and rules.

    `again` analyses only the files that failed before and keeps the other rows. `run` identifies the run: the death of a
    worker counts against a file only within one run, so that a power failure does not count.
    """

    number: int
    folder: str
    files: tuple[SnapshotFile, ...]
    legal_context: LegalContext
    engine: str
    again: bool = False
    run: str = ""

    @property
    def table(self) -> Path:
        return Path(self.folder) / f"{self.number:05}.parquet"

    @property
    def manifest(self) -> Path:
        return Path(self.folder) / f"{self.number:05}.json"

    @property
    def marker(self) -> Path:
        return Path(self.folder) / f"{self.number:05}.now"

    @property
    def strikes(self) -> Path:
        return Path(self.folder) / f"{self.number:05}.strikes"

    @property
    def parts(self) -> Parts:
        return Parts(Path(self.folder), self.number, self.inputs(), self.run, self.again)

    def inputs(self) -> str:
        """The SHA-256 of everything that the result depends on, in hexadecimal."""
        files = [[file.path, file.digest] for file in self.files]
        content = json.dumps([files, str(self.legal_context.as_of), self.legal_context.place, self.engine])
        return hashlib.sha256(content.encode()).hexdigest()

    def finished(self) -> dict[str, Any] | None:
        """The manifest of the shard if it is finished with the same inputs, else None."""
        manifest = _read_manifest(self.manifest)
        if manifest is None or manifest["inputs"] != self.inputs():
            return None
        try:
            return manifest if pq.read_metadata(self.table).num_rows == manifest["rows"] else None
        except (OSError, pa.ArrowException):
            return None


def in_work(folder: Path) -> Iterator[tuple[Path, str, float]]:
    """The files in work now: marker file, path, and start time in seconds since the epoch."""
    for marker in sorted(folder.glob("*.now")):
        content = read_marker(marker)
        if content.get("path"):
            yield marker, content["path"], content.get("since", 0.0)


def as_shards(
    files: dict[int, Sequence[SnapshotFile]], folder: Path, legal_context: LegalContext, engine: str, *, again: bool
) -> list[Shard]:
    """The shards of a snapshot by number, with a new identifier of the run.

    `folder` takes the results; `engine` is the version of code and rules; `again` as in `Shard`.
    """
    run = uuid.uuid4().hex
    return [Shard(n, str(folder), tuple(rows), legal_context, engine, again, run) for n, rows in sorted(files.items())]


def read_rows(folder: Path, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Every row of all shard tables, in the order of the shards, with some columns only if given."""
    for table in sorted(folder.glob("*.parquet")):
        yield from read_table(table, "请再次运行qinggui campaign run，这一片会重做", columns)


def manifests(folder: Path, since: float = 0.0) -> list[dict[str, Any]]:
    """The manifests of the finished shards, or of those written since a time; one that cannot be read is left out, and its shard is run anew."""
    paths = [path for path in sorted(folder.glob("[0-9]*.json")) if not since or path.stat().st_mtime >= since]
    return [found for path in paths if (found := _read_manifest(path)) is not None]


def done_in_unfinished(folder: Path) -> int:
    """How many files of shards that are in work, or were killed, are done and kept in parts."""
    finished = {path.stem for path in folder.glob("[0-9]*.json")}
    begun = {path.name.partition(".")[0] for path in folder.glob("[0-9]*.part")} - finished
    return sum(files_done(folder, int(number)) for number in begun)


def pace(campaign: Campaign, left: int) -> tuple[float | None, float | None]:
    """Files per second of the run in work, and the seconds that it takes for the `left` ones, for whoever asks.

    Told from what the run has written; None where it is not running on this machine, or has not finished a shard yet.
    """
    if not campaign.is_running():
        return None, None
    began = campaign.runner.stat().st_mtime
    rate = sum(manifest["files"] for manifest in manifests(campaign.shards, began)) / max(time.time() - began, 1e-6)
    return (rate, left / rate) if rate else (None, None)


def _read_manifest(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"inputs", "files", "rows", "problems"} <= set(found) else None
