"""All errors of the project: one small hierarchy, each with an exit code and a message in Chinese.

Every message names the file, the place and the way out, because it is shown to a reviewer as it stands.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line; the README documents each."""

    OK = 0
    INTERNAL = 1
    USAGE = 2
    PROBLEM_FILES = 3
    RULES = 4
    STORAGE = 5
    GOLD = 6
    BELOW_FLOOR = 7


class PipelineError(Exception):
    """Base of all errors that a user can do something about."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}。{remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy


class UnreadableFile(PipelineError):  # noqa: N818 - reads as a state of the file
    """A file from which no text can be taken; `kind` is a key of `PROBLEM_NAMES` in `document.py`."""

    exit_code = ExitCode.PROBLEM_FILES

    def __init__(self, kind: str, message: str, *, remedy: str, place: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.kind = kind
        self.place = place


class RuleError(PipelineError):
    """A rule file that cannot be understood: unknown key, broken pattern, missing example."""

    exit_code = ExitCode.RULES


class StorageError(PipelineError):
    """The review queue cannot be opened or written."""

    exit_code = ExitCode.STORAGE


class GoldError(PipelineError):
    """Annotated material that cannot be read or scored."""

    exit_code = ExitCode.GOLD


class UsageError(PipelineError):
    """A command that cannot be carried out as it was given."""

    exit_code = ExitCode.USAGE
