"""Analyses one document in a process of its own, so that it can kill nothing but itself.

The process ends with the worker that started it, which holds the other end of its standard input.
"""

import os
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.analyzer import load_judge
from pipeline.campaign.documents import changed_row, document_row
from pipeline.campaign.folder import home_of
from pipeline.campaign.processes import environment, limit_memory
from pipeline.campaign.rows import SCHEMA
from pipeline.campaign.snapshot import SnapshotFile
from pipeline.campaign.tables import rows_of, table_of, write_table
from pipeline.ingest import uploads
from pipeline.legal_context import LegalContext
from pipeline.logs import to_file


@dataclass(frozen=True, slots=True)
class Task:
    """The document at a position (0 for the first) in a file; results go to files that begin with `out`."""

    file: SnapshotFile
    entry: int
    legal_context: LegalContext
    out: str

    @property
    def table(self) -> Path:
        return Path(f"{self.out}.row")

    @property
    def name(self) -> Path:
        return Path(f"{self.out}.name")

    @property
    def end(self) -> Path:
        return Path(f"{self.out}.end")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: its row, None if the process died; its name where known; whether the file holds no more documents."""

    row: dict[str, Any] | None
    name: str | None
    is_last: bool


def run_alone(task: Task) -> Outcome:
    """Analyses a document in a process of its own and waits for it."""
    results = (task.table, task.name, task.end)
    for path in results:
        path.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline.campaign.alone"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, env=environment(),
    )  # fmt: skip
    with process, suppress(BrokenPipeError):
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(task))
        process.stdin.flush()
        process.wait()
    row = next(rows_of(task.table)) if task.table.exists() else None
    name = task.name.read_text(encoding="utf-8") if task.name.exists() else None
    outcome = Outcome(row, name, task.end.exists())
    for path in results:
        path.unlink(missing_ok=True)
    return outcome


def main() -> None:
    """Reads a `Task` from standard input and writes its results."""
    task: Task = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_memory()
    to_file(home_of(Path(task.out).parents[1]))
    load_judge()
    changed = changed_row(task.file)
    documents = islice(uploads(Path(task.file.path), named=False), task.entry, None)
    upload = next(documents, None) if changed is None else None
    if upload is not None:
        task.name.write_text(upload.name, encoding="utf-8")
    row = document_row(upload, task.legal_context) if upload is not None else changed
    if row is not None:
        write_table(task.table, [table_of([row], SCHEMA)], SCHEMA)
    if upload is None or next(documents, None) is None:
        task.end.touch()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
