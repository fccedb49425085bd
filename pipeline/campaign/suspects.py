"""Which file kills its worker: the one in work when a worker died is suspect, and isolated only if it also kills a process of its own.

Only what happened in one run counts: a kill or a power failure ends the run, and the next one suspects nobody.
"""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.campaign.folder import write_atomically

# deaths of a process of its own after which a file is isolated
MAX_DEATHS_ALONE = 2
# deaths of workers in one run after which a file is given up whose own process lives
MAX_DEATHS = 5


@dataclass(frozen=True, slots=True)
class Strikes:
    """What happened to one document in a run: deaths of its worker, deaths of a process of its own, seconds of a hang."""

    run: str = ""
    deaths: int = 0
    alone: int = 0
    hung: float = 0.0

    def why(self) -> str:
        """What happened, in Chinese."""
        if self.hung:
            return f"处理这份文件超过{self.hung:.0f}秒"
        if self.alone:
            return f"处理这份文件时程序异常中止（单独处理也中止{self.alone}次）"
        return f"处理这份文件时计算进程中止{self.deaths}次"


@dataclass(slots=True)
class Suspects:
    """The strikes of the documents of a shard: `marker` names the document in work, `file` keeps the strikes.

    A document is known by the path of its file and its position in it, 0 for a file that is no archive.
    """

    marker: Path
    file: Path
    run: str
    strikes: dict[str, Strikes]

    @classmethod
    def of(cls, marker: Path, file: Path, run: str) -> "Suspects":
        """The suspects of a shard; a marker that was left behind counts against its document."""
        found = cls(marker, file, run, _read_strikes(file))
        content = read_marker(marker)
        if content.get("path"):
            key = _key(content["path"], content.get("entry", 0))
            if content.get("run") == run:
                before = found.current(key)
                found._set(key, replace(before, deaths=before.deaths + 1, hung=float(content.get("hung", 0.0))))
            else:
                found._set(key, Strikes(content.get("run", ""), 1))
        marker.unlink(missing_ok=True)
        return found

    def begin(self, path: str, entry: int) -> None:
        """Marks the document that is in work from now on."""
        content = {"path": path, "entry": entry, "since": time.time(), "run": self.run}
        _write_marker(self.marker, {**content, "pid": os.getpid()})

    def of_document(self, path: str, entry: int) -> Strikes:
        """The strikes of a document in this run."""
        return self.current(_key(path, entry))

    def current(self, key: str) -> Strikes:
        """The strikes of a key in this run."""
        found = self.strikes.get(key, Strikes())
        return found if found.run == self.run else Strikes(self.run)

    def died_alone(self, path: str, entry: int) -> Strikes:
        """Counts the death of a process in which nothing but this document was in work."""
        before = self.of_document(path, entry)
        self._set(_key(path, entry), replace(before, alone=before.alone + 1))
        return self.of_document(path, entry)

    def is_put_off(self, path: str) -> bool:
        """Whether a file was in work when an earlier run ended: such files come last, so that they hold up no other."""
        return any(key.partition(":")[2] == path for key in self.strikes)

    def clear(self) -> None:
        """Removes marker and strikes, once the shard has been written."""
        self.marker.unlink(missing_ok=True)
        self.file.unlink(missing_ok=True)

    def _set(self, key: str, strikes: Strikes) -> None:
        self.strikes[key] = strikes
        write_atomically(self.file, json.dumps({k: asdict(s) for k, s in self.strikes.items()}).encode())


def read_marker(marker: Path) -> dict[str, Any]:
    """The content of a marker file, empty if it has just been removed or cannot be read."""
    try:
        found = json.loads(marker.read_bytes().partition(b"\n")[0])
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def mark_hung(marker: Path, seconds: float) -> None:
    """Marks the document in work as hung for so long; the next attempt isolates it."""
    _write_marker(marker, {**read_marker(marker), "hung": seconds})


def _write_marker(marker: Path, content: Mapping[str, Any]) -> None:
    """Writes a marker in place, in one call: a kill leaves the old or the new line, behind which the rest of a longer one may stand.

    A file that replaces another one is written to disk first, by some file systems, which would take longer than a document.
    """
    to = os.open(marker, os.O_WRONLY | os.O_CREAT, 0o666)
    try:
        os.write(to, json.dumps(content).encode() + b"\n")
    finally:
        os.close(to)


def _read_strikes(file: Path) -> dict[str, Strikes]:
    """The strikes of a file; those that cannot be read, and those of earlier versions, are none."""
    try:
        return {key: Strikes(**found) for key, found in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _key(path: str, entry: int) -> str:
    return f"{entry}:{path}"
