"""Where the log of the program goes: a file in the home folder, or nowhere on disk where no trace may be left.

What is logged: faults that nobody foresaw, each with its report number and its traceback, and pages of the desk that failed.
"""

import logging
import os
from pathlib import Path

# what the project logs itself, and what Django logs of a page that failed
_LOGGERS = (__name__.partition(".")[0], "django.request")
_FORM = "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"
_BYTES, _KEPT = 4 * 1024 * 1024, 5
# set to 1, the log goes to the screen where it goes to no file
DEBUG = "QINGGUI_DEBUG"


class _LogFile(logging.Handler):
    """A rotating file that is opened for each record: several processes write to it, and none holds a file that was renamed."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def emit(self, record: logging.LogRecord) -> None:
        from logging.handlers import RotatingFileHandler

        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            self.handleError(record)
            return
        file = RotatingFileHandler(self.path, maxBytes=_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
        file.setFormatter(self.formatter)
        try:
            file.emit(record)
        finally:
            file.close()


def log_file(home: Path) -> Path:
    """The log of a home folder."""
    return home / "log" / "qinggui.log"


def to_file(home: Path) -> None:
    """From now on the log goes to the file of this home folder, which is made when there is something to write."""
    _set(_LogFile(log_file(home)))


def to_screen() -> None:
    """From now on the log goes to no file: to stderr where QINGGUI_DEBUG is 1, else nowhere."""
    _set(logging.StreamHandler() if os.environ.get(DEBUG) == "1" else logging.NullHandler())


def _set(handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(_FORM))
    handler.setLevel(logging.ERROR)
    for logger in map(logging.getLogger, _LOGGERS):
        for old in logger.handlers[:]:
            logger.removeHandler(old)
        logger.addHandler(handler)


def way_to_log() -> str:
    """What a user is to hand to the maintainers besides a report number, in Chinese."""
    for handler in logging.getLogger(_LOGGERS[0]).handlers:
        if isinstance(handler, _LogFile):
            return f"日志（{handler.path}）"
    return f"屏幕上的出错记录（设置环境变量{DEBUG}=1后再运行一次即可显示）"
