"""A mail as its formats give it: what is in it, and how to get at each part, so that one that fails costs itself."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import UnreadableFile

SAVE = "请另存邮件的附件后直接提交"
# txt or html, and the text; bytes where they are in no code page that the mail names
Body = tuple[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Attachment:
    """What was sent along: what to call it where it has no name, its name, and its content, which may be a mail."""

    fallback: str
    name: Callable[[], str]
    content: Callable[[], "bytes | Letter"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail: its body (None where there is none), and what was sent along."""

    body: Callable[[], Body | None]
    attached: tuple[Attachment, ...]


def damaged(what: str) -> UnreadableFile:
    """The error for a mail or a part of one that is not whole."""
    return UnreadableFile("truncated", f"{what}不完整或已损坏，无法读取", remedy=SAVE)
