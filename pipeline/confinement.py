"""Opens and analyses uploads in a process of its own with limits of time and memory, so that a file can occupy or end nothing else.

The process is started when the first file comes, kept for the next ones, and started again after a file that reached a limit or
ended it. It ends with the process that started it.
"""

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.budget import Budget, file_budget, timed
from pipeline.document import Dossier, Problem
from pipeline.errors import PipelineError, RuleError, UnreadableFile
from pipeline.guard import as_problem, guarded, of_file
from pipeline.home import home_folder, keep_private
from pipeline.ingest import Upload, uploads
from pipeline.leftovers import remove_leftovers
from pipeline.logs import to_file

# seconds between two looks at a process that works, and until one that was asked to end is killed
_LOOK, _PATIENCE = 0.5, 3.0
_REMEDY = "请打开后另存或者拆分，再重新提交；确需处理的，请管理员放宽限制（QINGGUI_FILE_SECONDS、QINGGUI_FILE_MEMORY）"


class Analysis(Protocol):
    """How the documents of an uploaded file are opened and analysed."""

    def documents(self, path: Path) -> Iterator[Upload | Problem]:
        """The documents of a file, as `ingest.uploads` gives them."""

    def analyze(self, upload: Upload, legal_context: LegalContext) -> Dossier | Problem:
        """Read and analyse one document; a limit that it reaches is a `Problem`."""


class Unconfined:
    """In this process, without limits of time and memory: for files that somebody has looked at."""

    def documents(self, path: Path) -> Iterator[Upload | Problem]:
        return uploads(path)

    def analyze(self, upload: Upload, legal_context: LegalContext) -> Dossier | Problem:
        return analyze_upload(upload, legal_context)


class _LimitError(Exception):
    """A file reached a limit or ended the process; the message says which, in Chinese."""


@dataclass(slots=True)
class Confined:
    """In a process with the limits of `budget`; `alive` is called about twice a second while it works."""

    budget: Budget = field(default_factory=file_budget)
    alive: Callable[[], None] = lambda: None
    _process: "subprocess.Popen[bytes] | None" = None
    _answers: "queue.SimpleQueue[Any]" = field(default_factory=queue.SimpleQueue)

    def documents(self, path: Path) -> Iterator[Upload | Problem]:
        """The documents of a file; where opening them reaches a limit, a `Problem` tells it and none follows."""
        position = 0
        while True:
            try:
                found = self._ask(("next", path, position))
            except _LimitError as error:
                message = f"打开第{position + 1}个文件时{error}，从这里起没有读取" if position else f"打开时{error}"
                yield Problem(str(path), None, "limit", message, _REMEDY)
                return
            if found is None:
                return
            yield found
            position += 1

    def analyze(self, upload: Upload, legal_context: LegalContext) -> Dossier | Problem:
        try:
            found: Dossier | Problem = self._ask(("analyze", upload, legal_context))
        except _LimitError as error:
            return Problem(upload.name, upload.digest, "limit", f"{error}（可能是恶意文件），已停止", _REMEDY)
        if isinstance(found, Problem) and found.kind == "limit":
            self.close()
        return found

    def close(self) -> None:
        """Ends the process; the next file starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        process.kill()
        process.wait()
        remove_leftovers()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                stream and stream.close()

    def _ask(self, request: tuple[Any, ...]) -> Any:
        """The answer of the process. Raises `_LimitError`, and `PipelineError` for what is no fault of the file, `RuleError` among them."""
        process = self._process or self._start()
        with suppress(OSError):  # it has ended: noticed below
            assert process.stdin is not None
            pickle.dump(request, process.stdin)
            process.stdin.flush()
        kind, *values = self._wait()
        if kind == "error":
            raise (RuleError if values[2] else PipelineError)(values[0], remedy=values[1])
        return values[0]

    def _wait(self) -> tuple[Any, ...]:
        end = time.monotonic() + self.budget.seconds
        while True:
            self.alive()
            with suppress(queue.Empty):
                answer: tuple[Any, ...] = self._answers.get(timeout=_LOOK)
                if answer[0] == "ended":
                    self.close()
                    raise _LimitError("分析进程中断：超过内存限制，或者文件使程序出错")
                return answer
            if time.monotonic() > end:
                self.close()
                raise _LimitError(f"超过{self.budget.seconds}秒没有完成")

    def _start(self) -> "subprocess.Popen[bytes]":
        found = [os.environ.get("PYTHONPATH", ""), *sys.path]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in found if path)}
        command = (sys.executable, "-m", "pipeline.confinement", str(self.budget.seconds), str(self.budget.memory))
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._process, self._answers = process, queue.SimpleQueue()
        threading.Thread(target=_receive, args=(process, self._answers), daemon=True).start()
        return process


def _receive(process: "subprocess.Popen[bytes]", answers: "queue.SimpleQueue[Any]") -> None:
    """Puts the answers of the process into a queue, and at its end ("ended",)."""
    assert process.stdout is not None
    with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
        while True:
            answers.put(pickle.load(process.stdout))
    answers.put(("ended",))


class _Server:
    """The process: answers requests, one after the other."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.opened: tuple[Path | None, int] = (None, 0)
        self.documents: Iterator[Upload | Problem] = iter(())

    def answer(self, request: tuple[Any, ...]) -> tuple[Any, ...]:
        try:
            with timed(self.seconds), guarded(step="打开"):
                return ("found", self._analyze(*request[1:]) if request[0] == "analyze" else self._next(*request[1:]))
        except PipelineError as error:
            return ("error", error.message, error.remedy, isinstance(error, RuleError))

    def _analyze(self, upload: Upload, legal_context: LegalContext) -> Dossier | Problem:
        try:
            with of_file(upload.name, upload.data, "分析"):
                return analyze_upload(upload, legal_context)
        except UnreadableFile as error:
            return as_problem(upload.name, upload.digest, error)

    def _next(self, path: Path, position: int) -> Upload | Problem | None:
        """The document at a position of a file, None where there are no more."""
        if self.opened != (path, position):
            self.documents = islice(uploads(path), position, None)
        self.opened = (path, position + 1)
        return next(self.documents, None)


def _requests(received: "queue.SimpleQueue[Any]") -> None:
    """Receives requests; the process ends with the one that sends them, also in the middle of work."""
    with suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            received.put(pickle.load(sys.stdin.buffer))
    os._exit(1)


def _limit_memory(mebibytes: int) -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (mebibytes * 1024 * 1024,) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end(*_: object) -> None:
    """Handles SIGTERM so that programs which the process has started end with it."""
    raise SystemExit(1)


def main() -> None:
    """Answers requests from standard input on standard output; what libraries print goes to the error output."""
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_private()
    _limit_memory(memory)
    if home_folder().is_dir():
        to_file(home_folder())
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    received: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_requests, args=(received,), daemon=True).start()
    server = _Server(seconds)
    while True:
        pickle.dump(server.answer(received.get()), out)
        out.flush()


if __name__ == "__main__":
    main()
