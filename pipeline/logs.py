"""Configures logging: to a file in the home folder, or to no file for runs that must not write to disk.

Logged are unforeseen exceptions, each with its report number and traceback, and failed requests of the web application.
"""

import logging
import os
from pathlib import Path

# the logger of the package, and Django's logger of failed requests
_LOGGERS = (__name__.partition(".")[0], "django.request")
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"
_MAX_BYTES, _BACKUPS = 4 * 1024 * 1024, 5
# environment variable: with 1, runs without a log file log to stderr
DEBUG = "QINGGUI_DEBUG"


class _LogFile(logging.Handler):
    """A rotating log file that is opened for each record, so that several processes can write to it across rotations."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def emit(self, record: logging.LogRecord) -> None:
        from logging.handlers import RotatingFileHandler

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
        except OSError:
            self.handleError(record)
            return
        file = RotatingFileHandler(self.path, maxBytes=_MAX_BYTES, backupCount=_BACKUPS, encoding="utf-8", delay=True)
        file.setFormatter(self.formatter)
        try:
            file.emit(record)
        finally:
            file.close()


def log_file(home: Path) -> Path:
    """Path of the log file in a home folder."""
    return home / "log" / "qinggui.log"


def to_file(home: Path) -> None:
    """Log to the file of this home folder from now on; the file is created with the first record."""
    _set(_LogFile(log_file(home)))


def to_screen() -> None:
    """Log to no file from now on: to stderr if QINGGUI_DEBUG is 1, else nowhere."""
    _set(logging.StreamHandler() if os.environ.get(DEBUG) == "1" else logging.NullHandler())


def _set(handler: logging.Handler) -> None:
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.setLevel(logging.ERROR)
    for logger in map(logging.getLogger, _LOGGERS):
        for old in logger.handlers[:]:
            logger.removeHandler(old)
        logger.addHandler(handler)


def log_hint() -> str:
    """What a user should send to the maintainers with a report number, in Chinese: the path of the log, or how to get one."""
    for handler in logging.getLogger(_LOGGERS[0]).handlers:
        if isinstance(handler, _LogFile):
            return f"日志（{handler.path}）"
    return f"屏幕上的出错记录（设置环境变量{DEBUG}=1后再运行一次即可显示）"
