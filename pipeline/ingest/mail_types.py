"""Common representation of mails in all formats. Parts are decoded on access, so that a damaged part affects only itself."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.errors import UnreadableFile

SAVE = "请另存邮件的附件后直接提交"
# suffix (txt, html or rtf) and text; bytes of RTF, or if they are not valid in any encoding the mail declares
Body = tuple[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment: a name to use if it has none, and functions that return its name and its content, which may be a mail."""

    fallback: str
    name: Callable[[], str]
    content: Callable[[], "bytes | Mail"]


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail: a function that returns its body (None if it has none), and its attachments."""

    body: Callable[[], Body | None]
    attachments: tuple[Attachment, ...]


def damaged(what: str) -> UnreadableFile:
    """The error for a truncated or damaged mail, or a part of one (`what`, in Chinese)."""
    return UnreadableFile("truncated", f"{what}不完整或已损坏，无法读取", remedy=SAVE)
