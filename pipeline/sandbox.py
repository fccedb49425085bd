"""Programs that others wrote run apart: with a time, a memory and an output limit, and nobody left behind.

What they are given are copies in a folder of their own; nothing of the environment that could reach outside is
handed on.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MIB = 1024 * 1024
_HANDED_ON = (
    "PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "PYTHONPATH", "VIRTUAL_ENV",
    "FONTCONFIG_FILE", "FONTCONFIG_PATH",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds of the clock, MiB of memory (0: not limited, for programs that reserve much), MiB of one written file."""

    seconds: float = 60
    memory: int = 2048
    output: int = 512


class StoppedError(Exception):
    """A program was stopped or failed; the message says why, in Chinese."""


class FailedError(StoppedError):
    """A program ended by itself with an error; what it printed is a note of the exception."""


def run_sandboxed(words: Sequence[str], folder: Path, bounds: Bounds = Bounds()) -> str:
    """Runs a program in a folder and returns what it printed. Raises `StoppedError`.

    It has its own session, so that whatever it started ends with it, and `folder` as its home.
    """
    environment = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    environment |= {"HOME": str(folder), "TMPDIR": str(folder)}
    with (folder / "printed").open("w+b") as printed:
        try:
            process = subprocess.Popen(
                [str(word) for word in words], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=printed,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_limits(bounds),
            )  # fmt: skip
        except OSError as error:
            raise StoppedError(f"程序不能启动（{error.strerror}）") from error
        try:
            code = process.wait(bounds.seconds)
        except subprocess.TimeoutExpired as error:
            raise StoppedError(f"超过{bounds.seconds:g}秒没有完成") from error
        finally:
            _end(process)
        printed.seek(0)
        told = printed.read(_MIB).decode("utf-8", errors="replace")
    if code > 0:
        failed = FailedError(f"程序出错（{code}）")
        failed.add_note(told)
        raise failed
    if code:
        raise StoppedError("超过内存或者输出的限制，或者文件使程序出错")
    return told


def _limits(bounds: Bounds) -> Callable[[], None] | None:
    """Sets the limits in the new process; not every system has them."""
    try:
        import resource
    except ImportError:
        return None

    def limit() -> None:
        if bounds.memory:
            resource.setrlimit(resource.RLIMIT_AS, (bounds.memory * _MIB, bounds.memory * _MIB))
        resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.output * _MIB, bounds.output * _MIB))
        seconds = int(bounds.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    return limit


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a program and all it started."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()
