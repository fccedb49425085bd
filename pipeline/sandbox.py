"""Runs external programs in a subprocess with limits on time, memory and output; no child process survives the call.

Callers pass copies of files in a separate folder. Only a few environment variables are passed on, none with
credentials or addresses.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MIB = 1024 * 1024
_PASSED_ENVIRONMENT = (
    "PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "PYTHONPATH", "VIRTUAL_ENV",
    "FONTCONFIG_FILE", "FONTCONFIG_PATH",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounds:
    """Limits of a subprocess.

    `seconds` of wall-clock time, `memory` in MiB of address space (0: unlimited, for programs that reserve much of it),
    `output` in MiB per written file.
    """

    seconds: float = 60
    memory: int = 2048
    output: int = 512


class StoppedError(Exception):
    """A program could not be started, reached a limit or failed; the message says which, in Chinese."""


class FailedError(StoppedError):
    """A program exited with an error code; its output is attached as a note of the exception."""


def run_sandboxed(command: Sequence[str], folder: Path, bounds: Bounds = Bounds()) -> str:
    """Run a command in a folder and return its output (stdout and stderr, at most 1 MiB).

    `folder` is the working directory and HOME; the output is also written to the file `printed` in it. The process runs
    in its own session, so that its child processes are killed with it. Raises `FailedError` if it exits with an error
    code, `StoppedError` if it cannot be started or reaches a limit.
    """
    environment = {name: os.environ[name] for name in _PASSED_ENVIRONMENT if name in os.environ}
    environment |= {"HOME": str(folder), "TMPDIR": str(folder)}
    with (folder / "printed").open("w+b") as printed:
        try:
            process = subprocess.Popen(
                [str(argument) for argument in command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=printed,
                stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=_limits(bounds),
            )  # fmt: skip
        except OSError as error:
            raise StoppedError(f"程序不能启动（{error.strerror}）") from error
        try:
            code = process.wait(bounds.seconds)
        except subprocess.TimeoutExpired as error:
            raise StoppedError(f"超过{bounds.seconds:g}秒没有完成") from error
        finally:
            _kill(process)
        printed.seek(0)
        output = printed.read(_MIB).decode("utf-8", errors="replace")
    if code > 0:
        failed = FailedError(f"程序出错（{code}）")
        failed.add_note(output)
        raise failed
    if code:
        raise StoppedError("超过内存或者输出的限制，或者文件使程序出错")
    return output


def _limits(bounds: Bounds) -> Callable[[], None] | None:
    """A function that sets the limits in the new process; None on systems without the module `resource`."""
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


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and all processes of its session."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(ProcessLookupError):
        process.kill()
    process.wait()
