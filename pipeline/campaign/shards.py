"""A shard: some files, examined one after the other, written at once with a manifest.

Deterministic and idempotent: run again it writes the same, killed it leaves nothing half done. While it works,
a marker names the file in work; a file that was in work at `STRIKES` violent ends is quarantined and named.
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

from pipeline.analyzer import LegalContext, analyze_upload, load_judge
from pipeline.campaign.folder import home_of, write_atomically, write_table
from pipeline.campaign.rows import FAILED, SCHEMA, card_row, problem_row
from pipeline.campaign.snapshot import SnapshotFile, hash_file
from pipeline.document import Problem
from pipeline.errors import UnreadableFile
from pipeline.guard import as_problem, of_file
from pipeline.ingest import Upload, uploads
from pipeline.logs import to_file

STRIKES = 3


@dataclass(frozen=True, slots=True)
class Shard:
    """A piece of work: its number, folder, files, the legal_context, and the version of code and rules.

    `again` asks for the files only that failed before; what is done stays as it is. `run` names the run that the
    work belongs to: a violent end counts against a file only within one run, so that a power cut blames nobody.
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

    def inputs(self) -> str:
        """The hash of everything that the result depends on."""
        told = [[file.path, file.digest] for file in self.files]
        content = json.dumps([told, str(self.legal_context.as_of), self.legal_context.place, self.engine])
        return hashlib.sha256(content.encode()).hexdigest()

    def finished(self) -> dict[str, Any] | None:
        """The manifest of a finished shard with just these inputs, None where it must be run."""
        if not self.manifest.exists() or not self.table.exists():
            return None
        told: dict[str, Any] = json.loads(self.manifest.read_text(encoding="utf-8"))
        return told if told["inputs"] == self.inputs() else None


def run_shard(shard: Shard) -> dict[str, Any]:
    """Examines the files of a shard and writes its table and manifest; returns the manifest."""
    to_file(home_of(Path(shard.folder).parent))  # of a worker of its own, perhaps on another machine
    load_judge()  # rules and model are loaded before the clock of the first file starts
    began = time.monotonic()
    bad = _count_strike(shard)
    kept = _kept(shard)
    rows = [row for file in shard.files for row in kept.get(file.path) or _rows(shard, file, bad)]
    write_table(shard.table, pa.Table.from_pylist(rows, schema=SCHEMA))
    told: dict[str, Any] = {
        "shard": shard.number,
        "inputs": shard.inputs(),
        "engine": shard.engine,
        "as_of": str(shard.legal_context.as_of),
        "files": len(shard.files),
        "rows": len(rows),
        "problems": sum(row["status"] == FAILED for row in rows),
        "seconds": round(time.monotonic() - began, 3),
    }
    write_atomically(shard.manifest, json.dumps(told, ensure_ascii=False).encode())
    shard.marker.unlink(missing_ok=True)
    shard.strikes.unlink(missing_ok=True)
    return told


def _count_strike(shard: Shard) -> set[str]:
    """Files that were in work at too many violent ends of this shard."""
    counts: dict[str, int] = json.loads(shard.strikes.read_text(encoding="utf-8")) if shard.strikes.exists() else {}
    if shard.marker.exists():
        told = _read_marker(shard.marker)
        path = told.get("path", "")
        counts[path] = counts.get(path, 0) + (STRIKES if told.get("hung") else told.get("run") == shard.run)
        write_atomically(shard.strikes, json.dumps(counts, ensure_ascii=False).encode())
        shard.marker.unlink(missing_ok=True)
    return {path for path, count in counts.items() if count >= STRIKES}


def _read_marker(marker: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return found


def _kept(shard: Shard) -> dict[str, list[dict[str, Any]]]:
    """The rows of files that are done already, by path, when only failed files are asked for."""
    if not shard.again or not shard.table.exists():
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in pq.read_table(shard.table).to_pylist():
        path = next((file.path for file in shard.files if row["name"].startswith(file.path)), "")
        found.setdefault(path, []).append(row)
    return {path: rows for path, rows in found.items() if all(row["status"] != FAILED for row in rows)}


def _rows(shard: Shard, file: SnapshotFile, bad: set[str]) -> Iterator[dict[str, Any]]:
    """The rows of one file of the snapshot: one for a document, one for each entry of an archive."""
    if file.path in bad:
        says = f"处理这份文件时程序{STRIKES}次异常中止或者超时，已隔离"
        yield problem_row(
            Problem(file.path, file.digest, "poison", says, "请单独检查该文件，必要时另存后重新提交"), 0, "隔离"
        )
        return
    write_atomically(
        shard.marker,
        json.dumps({"path": file.path, "since": time.time(), "pid": os.getpid(), "run": shard.run}).encode(),
    )
    if file.digest and _changed(file):
        says = "文件在快照之后有改动，本次清理不使用改动后的内容"
        yield problem_row(
            Problem(file.path, file.digest, "changed", says, "请恢复原文件，或者新建一次清理"), 0, "核对快照"
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
    began = time.monotonic()
    if isinstance(upload, Problem):
        return problem_row(upload, 0)
    try:
        with of_file(upload.name, upload.data, "处理"):
            result = analyze_upload(upload, legal_context)
            if isinstance(result, Problem):
                return problem_row(result, time.monotonic() - began)
            return card_row(result, time.monotonic() - began)
    except UnreadableFile as error:
        return problem_row(as_problem(upload.name, upload.digest, error), time.monotonic() - began, "处理")


def in_work(folder: Path) -> Iterator[tuple[Path, str, float]]:
    """The files in work now: marker, path, and since when (seconds since the epoch)."""
    for marker in sorted(folder.glob("*.now")):
        told = _read_marker(marker)
        if told:
            yield marker, told["path"], told["since"]


def mark_hung(marker: Path) -> None:
    """Notes that the file in work took too long; the next attempt quarantines it."""
    told = _read_marker(marker)
    write_atomically(marker, json.dumps({**told, "hung": True}).encode())


def as_shards(
    files: dict[int, Sequence[SnapshotFile]], folder: Path, legal_context: LegalContext, engine: str, *, again: bool
) -> list[Shard]:
    """The shards of a snapshot, for one run."""
    run = uuid.uuid4().hex
    return [Shard(n, str(folder), tuple(rows), legal_context, engine, again, run) for n, rows in sorted(files.items())]


def read_rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Every row of all finished shards, shard by shard."""
    for table in sorted(folder.glob("*.parquet")):
        yield from pq.read_table(table).to_pylist()


def manifests(folder: Path) -> list[dict[str, Any]]:
    """The manifests of all finished shards."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("[0-9]*.json"))]
