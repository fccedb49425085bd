"""Partial results of a shard, written while it runs, so that a run that was killed goes on where it stopped.

A part is a Parquet file with the rows of some files; its metadata says of which files, with which inputs, in which run.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.campaign.rows import FAILED, SCHEMA
from pipeline.campaign.tables import rows_of, table_of, write_table

_KEY = b"qinggui"
ResultRow = dict[str, Any]


@dataclass(slots=True)
class FileRows:
    """The rows of one file so far, one for each document in it; `complete` when the file has no further document."""

    rows: list[ResultRow] = field(default_factory=list)
    complete: bool = False

    @property
    def failed(self) -> bool:
        """Whether a document of the file failed."""
        return any(row["status"] == FAILED for row in self.rows)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the shard `number` in `folder`.

    `inputs` identifies what its results depend on, parts of other inputs are not used. With `again`, failures of other runs than
    `run` are not used either, since they are to be tried again.
    """

    folder: Path
    number: int
    inputs: str
    run: str
    again: bool

    def write(self, found: dict[int, FileRows], since: dict[int, int]) -> None:
        """Writes the rows of files (by their index) that came after the first `since[index]` ones. Raises `OSError`."""
        rows = [row for index in sorted(found) for row in found[index].rows[since.get(index, 0) :]]
        places = [
            (index, since.get(index, 0), len(found[index].rows), found[index].complete) for index in sorted(found)
        ]
        head = json.dumps({"inputs": self.inputs, "run": self.run, "files": places}).encode()
        schema = SCHEMA.with_metadata({_KEY: head})
        path = self.folder / f"{self.number:05}.{len(self._paths()):05}-{os.getpid()}.part"
        write_table(path, [table_of(rows, schema)], schema)

    def read(self) -> dict[int, FileRows]:
        """The rows of all parts, by the index of their file. Damaged parts and those of other inputs are removed."""
        found: dict[int, FileRows] = {}
        stale: set[int] = set()
        for index, start, rows, complete, run in self._entries():
            into = found.setdefault(index, FileRows())
            if start > len(into.rows):
                continue  # a part before this one is missing
            into.rows[start:] = rows
            into.complete = complete
            if self.again and run != self.run and into.failed:
                stale.add(index)
        return {index: rows for index, rows in found.items() if index not in stale}

    def _entries(self) -> Iterator[tuple[int, int, list[ResultRow], bool, str]]:
        for path in self._paths():
            try:
                head = json.loads((pq.read_schema(path).metadata or {})[_KEY])
                rows = list(rows_of(path))
            except (OSError, pa.ArrowException, KeyError, ValueError):
                path.unlink(missing_ok=True)
                continue
            if head["inputs"] != self.inputs:
                path.unlink(missing_ok=True)
                continue
            for index, start, end, complete in head["files"]:
                taken, rows = rows[: end - start], rows[end - start :]
                yield index, start, taken, complete, head["run"]

    def count(self) -> int:
        """The number of parts."""
        return len(self._paths())

    def clear(self) -> None:
        """Removes all parts, once the shard has been written."""
        for path in self._paths():
            path.unlink(missing_ok=True)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob(f"{self.number:05}.*.part"))


def files_done(folder: Path, number: int) -> int:
    """How many files the parts of a shard have whole; a part that cannot be read counts nothing."""
    done: set[int] = set()
    for path in folder.glob(f"{number:05}.*.part"):
        with suppress(OSError, pa.ArrowException, KeyError, ValueError):
            head = json.loads((pq.read_schema(path).metadata or {})[_KEY])
            done |= {index for index, _, _, complete in head["files"] if complete}
    return len(done)
