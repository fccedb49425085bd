"""The exceptions of the project: one hierarchy, each with an exit code and a message in Chinese.

Messages are shown to reviewers unchanged, so each names the file, the place in it and what the user can do.
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
    """Base class of errors that a user can resolve; `message` says what is wrong, `remedy` what to do, both in Chinese."""

    exit_code = ExitCode.INTERNAL

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}。{remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy


class UnreadableFile(PipelineError):  # noqa: N818 - reads as a state of the file
    """A file, or a part of it (`place`), from which no text can be taken; `kind` is a stable identifier of the reason."""

    exit_code = ExitCode.PROBLEM_FILES

    def __init__(self, kind: str, message: str, *, remedy: str, place: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.kind = kind
        self.place = place


class RuleError(PipelineError):
    """An invalid rule file: unknown key, broken pattern, missing example."""

    exit_code = ExitCode.RULES


class StorageError(PipelineError):
    """The review queue cannot be opened or written."""

    exit_code = ExitCode.STORAGE


class GoldError(PipelineError):
    """Annotated (gold) data cannot be read or scored."""

    exit_code = ExitCode.GOLD


class UsageError(PipelineError):
    """A command whose arguments cannot be carried out."""

    exit_code = ExitCode.USAGE
