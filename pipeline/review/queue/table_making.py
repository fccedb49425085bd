"""Has the tables for the trend page and the API made by a process of their own, so that a worker stays as small as it is.

One worker of all that share the home folder makes them: it holds a claim, which counts no more once it is not renewed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone

from pipeline.review.claims import claim
from pipeline.review.output.kept_tables import ask, folder_of, is_asked, kept, settle

COMMAND = (sys.executable, "-m", "pipeline", "trends", "--keep")
# seconds between two looks whether the process has ended, and after which it is given up
_LOOK, _LONGEST = 0.5, 3 * 3600.0
_CLAIM = "making"


def make_if_asked(home: Path, alive: Callable[[], None], command: tuple[str, ...] = COMMAND) -> bool:
    """Has the tables made where they are asked for; False where they are not, or where another worker makes them.

    `alive` is called all the while. Why it failed is kept for the page.
    """
    claimed = folder_of(home) / _CLAIM
    if not is_asked(home) or not claim(claimed):
        return False
    try:
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            failed = _wait(process, alive, claimed)
        settle(home, failed)
    finally:
        claimed.unlink(missing_ok=True)
    return True


def ask_daily(home: Path) -> None:
    """Asks for new tables on each day, where somebody has used them before."""
    made = kept(home).made
    if made is not None and timezone.localdate(made) < timezone.localdate():
        ask(home)


def _wait(process: "subprocess.Popen[str]", alive: Callable[[], None], claimed: Path) -> str:
    """Waits for the end of the process; "" if it did what it should, else why not, in Chinese."""
    end = time.monotonic() + _LONGEST
    while process.poll() is None:
        alive()
        os.utime(claimed)
        if time.monotonic() > end:
            process.kill()
            return "用时太久，已经停止"
        time.sleep(_LOOK)
    said = process.stderr.read().strip() if process.stderr else ""
    return "" if process.returncode == 0 else _last_line(said)


def _last_line(said: str) -> str:
    """The message of a command that failed, without the word that leads it."""
    return "".join(said.splitlines()).removeprefix("出错：")[-500:] or "程序异常中止，请查看日志"
