"""Mail (eml, mht, Outlook's msg): what was sent along, and the words of the mail itself where they are a paper."""

import email
import email.policy
import io
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from pipeline.errors import UnreadableFile

_HEADERS = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}")
_MAILS = re.compile(rb"^(?:From|MIME-Version|Received|Message-ID):", re.IGNORECASE | re.MULTILINE)
_MSG = "__substg1.0_".encode("utf-16-le")
# beside attachments, a mail with fewer characters is a covering note and not kept as a paper of its own
_COVERING = 300


def is_mail(data: bytes) -> bool:
    """Whether a file is a mail: headers on top, or the compound file of Outlook."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return _MSG in data[:1_000_000]
    head = data[:8192].lstrip(b"\xef\xbb\xbf\r\n")
    match = _HEADERS.match(head)
    return bool(match and _MAILS.search(match[0]))


def parts_of(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of the papers in a mail: its text, then its attachments. Raises `UnreadableFile`."""
    try:
        parts = list(_of_msg(data) if data.startswith(b"\xd0\xcf\x11\xe0") else _of_eml(data))
    except (ValueError, LookupError, KeyError, OSError, AttributeError, TypeError, NotImplementedError) as error:
        raise UnreadableFile(
            "truncated", "邮件不完整或已损坏，无法读取", remedy="请另存邮件的附件后直接提交"
        ) from error
    except (RecursionError, MemoryError) as error:
        raise UnreadableFile(
            "limit", "邮件的结构嵌套过深（可能是恶意文件）", remedy="请另存邮件的附件后直接提交"
        ) from error
    yield from parts


def _of_eml(data: bytes) -> Iterator[tuple[str, bytes]]:
    message = email.message_from_bytes(data, policy=email.policy.default)
    attached = [(_name(part, number), _content(part)) for number, part in enumerate(message.iter_attachments(), 1)]
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None:
        suffix = "html" if body.get_content_subtype() == "html" else "txt"
        yield from _paper(f"邮件正文.{suffix}", str(body.get_content()), alone=not attached)
    yield from attached


def _name(part: EmailMessage, number: int) -> str:
    name = part.get_filename() or ""
    if not name and part.get_content_type() == "message/rfc822":
        name = f"转发邮件{number}.eml"
    return _safe(name) or f"附件{number}"


def _safe(name: str) -> str:
    """A name that leads nowhere."""
    return name.replace("/", "_").replace("\\", "_")


def _content(part: EmailMessage) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner: Any = part.get_content()
        return bytes(inner)
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _of_msg(data: bytes) -> Iterator[tuple[str, bytes]]:
    from oxmsg import Message

    message = Message.load(io.BytesIO(data))
    attached = [
        (_safe(part.file_name or f"附件{number}"), part.file_bytes or b"")
        for number, part in enumerate(message.attachments, 1)
        if part.attached_by_value
    ]
    if message.body:
        yield from _paper("邮件正文.txt", message.body, alone=not attached)
    elif message.html_body:
        yield from _paper("邮件正文.html", message.html_body, alone=not attached)
    yield from attached


def _paper(name: str, text: str, *, alone: bool) -> Iterator[tuple[str, bytes]]:
    if alone or len("".join(text.split())) >= _COVERING:
        yield name, text.encode("utf-8")
