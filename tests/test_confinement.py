"""Uploads are analysed in a process with limits: a file that reaches one is told and stops nothing else."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from corpora import papers, writers
from pipeline import confinement
from pipeline.analyzer import LegalContext
from pipeline.budget import Budget
from pipeline.confinement import Confined, Unconfined
from pipeline.document import Dossier, Problem
from pipeline.ingest import Upload

CONTEXT = LegalContext(date(2026, 11, 22))
DOCUMENT = Upload("a.txt", "\n".join(papers.WATER).encode())


@pytest.fixture
def confined() -> Iterator[Confined]:
    found = Confined(Budget(seconds=120))
    yield found
    found.close()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program in place of the process: it does what the word in the text of a file says."""
    program = tmp_path / "program"
    (program / "pipeline").mkdir(parents=True)
    script = (
        "import sys, time, os, signal\n"
        f"sys.path = [{str(Path(__file__).parents[1])!r}] + [p for p in sys.path if {str(program)!r} not in p]\n"
        "import pipeline; from pipeline import confinement, analyzer\n"
        "real = confinement.analyze_upload\n"
        "def analyze(upload, context):\n"
        "    if upload.data == b'sleep': time.sleep(600)\n"
        "    if upload.data == b'die': os.kill(os.getpid(), signal.SIGKILL)\n"
        "    if upload.data == b'grow': kept = [bytes(1 << 26) for _ in range(1000)]\n"
        "    return real(upload, context)\n"
        "confinement.analyze_upload = analyze\n"
        "confinement.main()\n"
    )
    file = program / "stand_in.py"
    file.write_text(script, encoding="utf-8")
    real = confinement.subprocess.Popen

    def start(command: tuple[str, ...], **options: object) -> object:
        return real((command[0], str(file), *command[3:]), **options)  # type: ignore[call-overload]

    monkeypatch.setattr(confinement.subprocess, "Popen", start)
    return file


def test_a_document_gives_the_same_as_without_a_process(confined: Confined) -> None:
    assert confined.analyze(DOCUMENT, CONTEXT) == Unconfined().analyze(DOCUMENT, CONTEXT)


def test_documents_of_an_archive_are_opened_there_and_one_process_serves_all(
    confined: Confined, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(writers.as_zip({"甲.txt": DOCUMENT.data, "空.txt": b"", "丙.txt": DOCUMENT.data}))
    found, pids = [], set()
    for one in confined.documents(path):
        found.append(one)
        assert isinstance(one, Upload)
        confined.analyze(one, CONTEXT)
        assert confined._process is not None
        pids.add(confined._process.pid)
    assert found == list(Unconfined().documents(path)) and len(pids) == 1


def test_a_file_that_cannot_be_read_is_a_problem_as_elsewhere(confined: Confined) -> None:
    broken = Upload("a.pdf", b"%PDF-1.4 broken")
    assert confined.analyze(broken, CONTEXT) == Unconfined().analyze(broken, CONTEXT)


@pytest.mark.parametrize(
    ("word", "budget", "told"),
    [
        (b"sleep", Budget(seconds=6), "超过6秒"),
        (b"die", Budget(seconds=60), "中断"),
        (b"grow", Budget(seconds=60, memory=1500), "过大"),
    ],
    ids=["time", "death", "memory"],
)
def test_a_file_that_reaches_a_limit_is_told_and_the_next_one_is_analysed(
    slow: Path, word: bytes, budget: Budget, told: str
) -> None:
    confined = Confined(budget)
    try:
        found = confined.analyze(Upload("坏.txt", word), CONTEXT)
        assert isinstance(found, Problem) and found.kind == "limit" and found.name == "坏.txt" and found.remedy
        assert told in found.message
        confined.budget = Budget(seconds=120)
        assert isinstance(confined.analyze(DOCUMENT, CONTEXT), Dossier)
    finally:
        confined.close()


def test_an_archive_is_opened_again_where_it_was_after_a_file_that_ended_the_process(
    slow: Path, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(writers.as_zip({"甲.txt": DOCUMENT.data, "乙.txt": b"die", "丙.txt": DOCUMENT.data}))
    confined = Confined(Budget(seconds=120))
    try:
        results = [confined.analyze(one, CONTEXT) for one in confined.documents(path) if isinstance(one, Upload)]
    finally:
        confined.close()
    assert [type(result).__name__ for result in results] == ["Dossier", "Problem", "Dossier"]


def test_the_caller_hears_that_work_goes_on(slow: Path) -> None:
    beats: list[float] = []
    confined = Confined(Budget(seconds=4), lambda: beats.append(time.monotonic()))
    confined.analyze(Upload("坏.txt", b"sleep"), CONTEXT)
    confined.close()
    assert len(beats) > 5 and max(b - a for a, b in pairwise(beats)) < 3


def test_the_process_ends_with_the_one_that_started_it(tmp_path: Path) -> None:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the other process
        confined = Confined(Budget(seconds=60))
        confined._start()
        assert confined._process is not None
        os.write(write, str(confined._process.pid).encode())
        time.sleep(600)
    started = int(os.read(read, 20))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    end = time.monotonic() + 60
    while Path(f"/proc/{started}/cmdline").exists() and Path(f"/proc/{started}/cmdline").read_bytes():
        assert time.monotonic() < end
        time.sleep(0.1)
