"""Runs a shard: reads and judges its files in order, and writes its table and manifest.

That is deterministic and idempotent. Meanwhile the results so far are kept in parts, from which a killed run goes on,
and a marker file names the document in work: it is suspect if the worker dies (`suspects`).
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.analyzer import load_judge
from pipeline.campaign.alone import Task, run_alone
from pipeline.campaign.documents import ISOLATED, changed_row, document_row, isolated_row, may_hold_several
from pipeline.campaign.folder import home_of, write_atomically
from pipeline.campaign.parts import FileRows, Parts
from pipeline.campaign.rows import FAILED, SCHEMA
from pipeline.campaign.shards import Shard
from pipeline.campaign.snapshot import SnapshotFile
from pipeline.campaign.suspects import MAX_DEATHS, MAX_DEATHS_ALONE, Strikes, Suspects
from pipeline.campaign.tables import rows_of, table_of, write_table
from pipeline.document import Problem
from pipeline.ingest import Upload, uploads
from pipeline.legal_context import LegalContext
from pipeline.logs import to_file

# characters of text after which, and seconds after which at the latest, the results so far are written
BATCH, _BATCH_SECONDS = 400_000, 1.0
# isolated documents after which the rest of an archive is given up
_MOST_ISOLATED = 3


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
