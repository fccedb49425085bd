"""Programs in the sandbox are stopped at their limits, with all their child processes."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from pipeline.sandbox import Bounds, StoppedError, run_sandboxed


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_the_output_is_returned(tmp_path: Path) -> None:
    assert run_sandboxed(python("print('好')"), tmp_path).strip() == "好"


def test_the_environment_is_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    assert "secret" not in run_sandboxed(python("import os; print(os.environ)"), tmp_path)


def still_running(words: str) -> list[psutil.Process]:
    """The processes with these words on their command line that have not ended."""
    found = [p for p in psutil.process_iter(["cmdline", "status"]) if words in " ".join(p.info["cmdline"] or ())]
    return [p for p in found if p.info["status"] != psutil.STATUS_ZOMBIE]


def test_an_endless_program_is_killed_with_its_children(tmp_path: Path) -> None:
    code = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(77)']); time.sleep(77)"
    started = time.monotonic()
    with pytest.raises(StoppedError, match="没有完成"):
        run_sandboxed(python(code), tmp_path, Bounds(seconds=1))
    assert time.monotonic() - started < 70  # the program alone would take 77
    deadline = time.monotonic() + 60
    while still_running("time.sleep(77)") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not still_running("time.sleep(77)")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of memory and output are for POSIX")
@pytest.mark.parametrize("code", ["x = bytearray(10**9)", "open('big', 'wb').write(bytes(30 * 2**20))"])
def test_memory_and_output_have_a_limit(tmp_path: Path, code: str) -> None:
    with pytest.raises(StoppedError):
        run_sandboxed(python(code), tmp_path, Bounds(seconds=20, memory=512, output=10))


def test_a_missing_program_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoppedError, match="不能启动"):
        run_sandboxed(("/no/such/program",), tmp_path)
