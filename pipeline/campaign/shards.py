"""A shard: the unit of work of a campaign, some files that are analysed in order and written as one table.

Running a shard is deterministic and idempotent, and a killed run leaves no partial result. While a shard runs, a
marker file names the file in work; a file that was in work when the process died `MAX_CRASHES` times is quarantined.
"""

import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.analyzer import SECRET, LegalContext, analyze_upload, load_judge, refuse_secret
from pipeline.campaign.folder import home_of, write_atomically, write_table
from pipeline.campaign.rows import FAILED, SCHEMA, card_row, problem_row
from pipeline.campaign.snapshot import SnapshotFile, hash_file
from pipeline.document import Problem
from pipeline.errors import UnreadableFile
from pipeline.guard import as_problem, of_file
from pipeline.ingest import Upload, uploads
from pipeline.logs import to_file

# within one run
MAX_CRASHES = 3


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard: its number, the folder of its results, its input files, the legal context, and the version of code and rules.

    `again` analyses only the files that failed before and keeps the other rows. `run` identifies the run: a crash
    counts against a file only within one run, so that a power failure does not count.
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
    def crash_counts(self) -> Path:
        return Path(self.folder) / f"{self.number:05}.strikes"

    def inputs(self) -> str:
        """The SHA-256 of everything that the result depends on, in hexadecimal."""
        files = [[file.path, file.digest] for file in self.files]
        content = json.dumps([files, str(self.legal_context.as_of), self.legal_context.place, self.engine])
        return hashlib.sha256(content.encode()).hexdigest()

    def finished(self) -> dict[str, Any] | None:
        """The manifest of the shard if it is finished with the same inputs, else None."""
        if not self.manifest.exists() or not self.table.exists():
            return None
        manifest: dict[str, Any] = json.loads(self.manifest.read_text(encoding="utf-8"))
        return manifest if manifest["inputs"] == self.inputs() else None


def run_shard(shard: Shard) -> dict[str, Any]:
    """Analyses the files of a shard and writes its table and manifest; returns the manifest. Raises `OSError` on writing."""
    to_file(home_of(Path(shard.folder).parent))  # this process is a worker, perhaps on another machine
    load_judge()  # rules and model are loaded before the time of the first file is measured
    started = time.monotonic()
    quarantined = _count_crash(shard)
    kept = _kept(shard)
    rows = [row for file in shard.files for row in kept.get(file.path) or _rows(shard, file, quarantined)]
    write_table(shard.table, pa.Table.from_pylist(rows, schema=SCHEMA))
    manifest: dict[str, Any] = {
        "shard": shard.number,
        "inputs": shard.inputs(),
        "engine": shard.engine,
        "as_of": str(shard.legal_context.as_of),
        "files": len(shard.files),
        "rows": len(rows),
        "problems": sum(row["status"] == FAILED for row in rows),
        "seconds": round(time.monotonic() - started, 3),
    }
    write_atomically(shard.manifest, json.dumps(manifest, ensure_ascii=False).encode())
    shard.marker.unlink(missing_ok=True)
    shard.crash_counts.unlink(missing_ok=True)
    return manifest


def _count_crash(shard: Shard) -> set[str]:
    """Counts a crash that left a marker behind, and returns the paths of files with too many crashes.

    A file marked as hung is quarantined at once.
    """
    file = shard.crash_counts
    counts: dict[str, int] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if shard.marker.exists():
        marker = _read_marker(shard.marker)
        path = marker.get("path", "")
        counts[path] = counts.get(path, 0) + (MAX_CRASHES if marker.get("hung") else marker.get("run") == shard.run)
        write_atomically(file, json.dumps(counts, ensure_ascii=False).encode())
        shard.marker.unlink(missing_ok=True)
    return {path for path, count in counts.items() if count >= MAX_CRASHES}


def _read_marker(marker: Path) -> dict[str, Any]:
    """The content of a marker file, empty if it has just been removed or cannot be read."""
    try:
        found: dict[str, Any] = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return found


def _kept(shard: Shard) -> dict[str, list[dict[str, Any]]]:
    """The rows of files without any failure, by path, if only failed files are to be analysed again; else none."""
    if not shard.again or not shard.table.exists():
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in pq.read_table(shard.table).to_pylist():
        path = next((file.path for file in shard.files if row["name"].startswith(file.path)), "")
        found.setdefault(path, []).append(row)
    return {path: rows for path, rows in found.items() if all(row["status"] != FAILED for row in rows)}


def _rows(shard: Shard, file: SnapshotFile, quarantined: set[str]) -> Iterator[dict[str, Any]]:
    """The rows of one file of the snapshot: one for a document, one for each entry of an archive."""
    if file.path in quarantined:
        message = f"处理这份文件时程序{MAX_CRASHES}次异常中止或者超时，已隔离"
        yield problem_row(
            Problem(file.path, file.digest, "poison", message, "请单独检查该文件，必要时另存后重新提交"), 0, "隔离"
        )
        return
    write_atomically(
        shard.marker,
        json.dumps({"path": file.path, "since": time.time(), "pid": os.getpid(), "run": shard.run}).encode(),
    )
    if file.digest and _changed(file):
        message = "文件在快照之后有改动，本次清理不使用改动后的内容"
        yield problem_row(
            Problem(file.path, file.digest, "changed", message, "请恢复原文件，或者新建一次清理"), 0, "核对快照"
        )
        return
    for upload in uploads(Path(file.path), named=False):
        yield _row(upload, shard.legal_context)


def _changed(file: SnapshotFile) -> bool:
    try:
        return hash_file(Path(file.path)) != file.digest
    except OSError:
        return False


def _row(upload: Upload | Problem, legal_context: LegalContext) -> dict[str, Any]:
    started = time.monotonic()
    if isinstance(upload, Problem):
        return problem_row(upload, 0)
    try:
        with of_file(upload.name, upload.data, "处理"):
            result = refuse_secret(analyze_upload(upload, legal_context))
            if isinstance(result, Problem):
                stage = "密级" if result.kind == SECRET else "读取"
                return problem_row(result, time.monotonic() - started, stage)
            return card_row(result, time.monotonic() - started)
    except UnreadableFile as error:
        return problem_row(as_problem(upload.name, upload.digest, error), time.monotonic() - started, "处理")


def in_work(folder: Path) -> Iterator[tuple[Path, str, float]]:
    """The files in work now: marker file, path, and start time in seconds since the epoch."""
    for marker in sorted(folder.glob("*.now")):
        content = _read_marker(marker)
        if content:
            yield marker, content["path"], content["since"]


def mark_hung(marker: Path) -> None:
    """Marks the file in work as hung; the next attempt quarantines it."""
    content = _read_marker(marker)
    write_atomically(marker, json.dumps({**content, "hung": True}).encode())


def as_shards(
    files: dict[int, Sequence[SnapshotFile]], folder: Path, legal_context: LegalContext, engine: str, *, again: bool
) -> list[Shard]:
    """The shards of a snapshot by number, with a new identifier of the run.

    `folder` takes the results; `engine` is the version of code and rules; `again` as in `Shard`.
    """
    run = uuid.uuid4().hex
    return [Shard(n, str(folder), tuple(rows), legal_context, engine, again, run) for n, rows in sorted(files.items())]


def read_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Every row of all shard tables, in the order of the shards."""
    for table in sorted(folder.glob("*.parquet")):
        yield from pq.read_table(table).to_pylist()


def manifests(folder: Path) -> list[dict[str, Any]]:
    """The manifests of all finished shards."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("[0-9]*.json"))]
