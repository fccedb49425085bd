"""A shard: the unit of work of a campaign, some files that are analysed in order and written as one table.

Running a shard is deterministic and idempotent. While it runs, its results so far are kept in parts, from which a killed run goes on,
and a marker file names the document in work: it is suspect if the worker dies (`suspects`).
"""

import hashlib
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.analyzer import LegalContext, load_judge
from pipeline.campaign.alone import Task, run_alone
from pipeline.campaign.documents import ISOLATED, changed_row, document_row, isolated_row, may_hold_several
from pipeline.campaign.folder import Campaign, home_of, write_atomically
from pipeline.campaign.parts import FileRows, Parts, files_done
from pipeline.campaign.rows import FAILED, SCHEMA
from pipeline.campaign.snapshot import SnapshotFile
from pipeline.campaign.suspects import MAX_DEATHS, MAX_DEATHS_ALONE, Strikes, Suspects, read_marker
from pipeline.campaign.tables import read_table, rows_of, table_of, write_table
from pipeline.document import Problem
from pipeline.ingest import Upload, uploads
from pipeline.logs import to_file

# characters of text after which, and seconds after which at the latest, the results so far are written
BATCH, _BATCH_SECONDS = 400_000, 1.0
# isolated documents after which the rest of an archive is given up
_MOST_ISOLATED = 3


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


def run_shard(shard: Shard) -> dict[str, Any]:
    """Analyses the files of a shard and writes its table and manifest; returns the manifest. Raises `OSError` on writing."""
    to_file(home_of(Path(shard.folder).parent))  # this process is a worker, perhaps on another machine
    load_judge()  # rules and model are loaded before the time of the first file is measured
    started = time.monotonic()
    suspects, parts = Suspects.of(shard.marker, shard.strikes, shard.run), shard.parts
    found = _Work(shard, suspects, parts, {**_kept(shard), **parts.read()}).run()
    counts = [len(found[index].rows) for index in range(len(shard.files))]
    rows = [row for index in range(len(shard.files)) for row in found[index].rows]
    write_table(shard.table, [table_of(rows, SCHEMA)], SCHEMA)
    manifest: dict[str, Any] = {
        "shard": shard.number,
        "inputs": shard.inputs(),
        "engine": shard.engine,
        "as_of": str(shard.legal_context.as_of),
        "files": len(shard.files),
        "rows": len(rows),
        "counts": counts,
        "problems": sum(row["status"] == FAILED for row in rows),
        "seconds": round(time.monotonic() - started, 3),
    }
    write_atomically(shard.manifest, json.dumps(manifest, ensure_ascii=False).encode())
    suspects.clear()
    parts.clear()
    for half_written in Path(shard.folder).glob(f"{shard.number:05}.*.tmp"):
        half_written.unlink(missing_ok=True)
    return manifest


def _kept(shard: Shard) -> dict[int, FileRows]:
    """The rows of files without any failure, by index, if only failed files are to be analysed again; else none."""
    manifest = shard.finished() if shard.again else None
    if manifest is None or len(manifest.get("counts", ())) != len(shard.files):
        return {}
    rows = rows_of(shard.table)
    found = {index: FileRows(list(islice(rows, count)), True) for index, count in enumerate(manifest["counts"])}
    return {index: kept for index, kept in found.items() if not kept.failed}


@dataclass(slots=True)
class _Work:
    """A shard in work: `found` are the rows so far by the index of their file, `written` how many of each are in parts.

    `changed` are the files with rows that are not, with `unsaved` characters of text, since the time `saved`.
    """

    shard: Shard
    suspects: Suspects
    parts: Parts
    found: dict[int, FileRows]
    written: dict[int, int] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    unsaved: int = 0
    saved: float = field(default_factory=time.monotonic)

    def run(self) -> dict[int, FileRows]:
        self.written = {index: len(rows.rows) for index, rows in self.found.items()}
        todo = [
            index for index in range(len(self.shard.files)) if index not in self.found or not self.found[index].complete
        ]
        # a file that was in work when a run ended comes last
        for index in sorted(todo, key=lambda index: self.suspects.is_put_off(self.shard.files[index].path)):
            self._file(index)
        return self.found

    def _file(self, index: int) -> None:
        file, rows = self.shard.files[index], self.found.setdefault(index, FileRows())
        documents = _Documents(file)
        while not rows.complete:
            before = len(rows.rows)
            strikes = self.suspects.of_document(file.path, before)
            if strikes.hung or strikes.deaths >= MAX_DEATHS:
                self._isolate(file, rows, strikes)
            elif strikes.deaths:
                self._alone(file, rows)
            else:
                self.suspects.begin(file.path, before)
                documents.next_row(rows, self.shard.legal_context)
            self.unsaved += sum(row["characters"] or 0 for row in rows.rows[before:])
            self._save_if_due(index)

    def _alone(self, file: SnapshotFile, rows: FileRows) -> None:
        """Analyses the next document of a file in a process of its own; isolates it if that dies repeatedly."""
        entry, out = len(rows.rows), str(self.shard.marker.with_suffix(".alone"))
        self.suspects.begin(file.path, entry)
        outcome = run_alone(Task(file, entry, self.shard.legal_context, out))
        if outcome.row is not None or outcome.is_last:
            rows.rows += [outcome.row] if outcome.row is not None else []
            rows.complete = outcome.is_last
            return
        strikes = self.suspects.died_alone(file.path, entry)
        if strikes.alone >= MAX_DEATHS_ALONE:
            self._isolate(file, rows, strikes, outcome.name)

    def _isolate(self, file: SnapshotFile, rows: FileRows, strikes: Strikes, name: str | None = None) -> None:
        several, entry = may_hold_several(file.path), len(rows.rows)
        name = name or (f"{file.path}（第{entry + 1}件）" if several else file.path)
        rows.rows.append(isolated_row(name, file, strikes.why()))
        rows.complete = not several
        if several and sum(row["stage"] == ISOLATED for row in rows.rows) >= _MOST_ISOLATED:
            why = f"压缩包或者邮件里已有{_MOST_ISOLATED}件隔离，其余各件没有读取"
            rows.rows.append(isolated_row(file.path, file, why))
            rows.complete = True

    def _save_if_due(self, index: int) -> None:
        """Writes a part after some text or some time, so that a kill costs no more than that."""
        self.changed.add(index)
        if self.unsaved < BATCH and time.monotonic() - self.saved < _BATCH_SECONDS:
            return
        self.parts.write({one: self.found[one] for one in self.changed}, self.written)
        self.written |= {one: len(self.found[one].rows) for one in self.changed}
        self.changed, self.unsaved = set(), 0
        self.saved = time.monotonic()


@dataclass(slots=True)
class _Documents:
    """The documents of a file, opened with the first that is needed and read one after the other."""

    file: SnapshotFile
    opened: Iterator[Upload | Problem] | None = None
    position: int = 0

    def next_row(self, rows: FileRows, legal_context: LegalContext) -> None:
        """Adds the row of the document that follows `rows`, or sets them complete; a changed file has one row that says so."""
        if self.opened is None:
            changed = changed_row(self.file)
            if changed is not None:
                rows.rows[:], rows.complete = [changed], True
                return
            self.opened = uploads(Path(self.file.path), named=False)
        while self.position <= len(rows.rows):
            upload = next(self.opened, None)
            self.position += 1
        if upload is None:
            rows.complete = True
        else:
            rows.rows.append(document_row(upload, legal_context))


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
