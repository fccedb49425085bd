"""Extracts documents from mails (eml, mht, Outlook's msg): the attachments, and the body if it is a document itself.

A part that cannot be read is returned as an error in place of its bytes; the other parts are still read.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from pipeline.errors import UnreadableFile
from pipeline.guard import guarded
from pipeline.ingest.codepages import decode_name
from pipeline.ingest.compressed_rtf import characters_in
from pipeline.ingest.mail_types import SAVE, Attachment, Mail

# name of a part, and its content or the error that prevented reading it
Part = tuple[str, bytes | UnreadableFile]

_HEADERS = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}")
_MAILS = re.compile(rb"^(?:From|MIME-Version|Received|Message-ID):", re.IGNORECASE | re.MULTILINE)
_OLE = b"\xd0\xcf\x11\xe0"
_MSG = "__substg1.0_".encode("utf-16-le")
# three bytes or more of a character that is not ASCII
_PERCENT = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f]){3}|(?:%[89A-Fa-f][0-9A-Fa-f]%[4-9A-Fa-f][0-9A-Fa-f]){2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# a body with fewer characters, in a mail with attachments, is a covering note and not a document
_MIN_BODY = 300


def is_mail(data: bytes) -> bool:
    """Whether a file is a mail: it begins with mail headers or is an Outlook compound file."""
    if data.startswith(_OLE):
        return _MSG in data[:1_000_000]
    head = data[:8192].lstrip(b"\xef\xbb\xbf\r\n")
    match = _HEADERS.match(head)
    return bool(match and _MAILS.search(match[0]))


def parts_of(data: bytes) -> Iterator[Part]:
    """The documents in a mail: its body, then its attachments. Raises `UnreadableFile` if the mail as a whole cannot be read."""
    try:
        yield from list(_parts(_mail_of(data)))
    except (RecursionError, MemoryError) as error:
        raise UnreadableFile("limit", "邮件的结构嵌套过深（可能是恶意文件）", remedy=SAVE) from error


def _mail_of(data: bytes) -> Mail:
    if data.startswith(_OLE):
        from pipeline.ingest import outlook

        return outlook.mail_of(data)
    from pipeline.ingest import eml

    return eml.mail_of(data)


def _parts(mail: Mail, prefix: str = "") -> Iterator[Part]:
    """The parts of a mail; `prefix` is prepended to their names if the mail was attached to another one."""
    attached = [part for attachment in mail.attachments for part in _attached(attachment, prefix)]
    yield from _body(mail, prefix, alone=not attached)
    yield from attached


def _attached(attachment: Attachment, prefix: str) -> list[Part]:
    name = prefix + _name(attachment)
    try:
        with guarded(f"“{name}”"):
            content = attachment.content()
            if isinstance(content, bytes):
                return [(name, content)]
            empty = UnreadableFile("empty", "邮件里没有文字，也没有附件", remedy="请确认后重新提交")
            return list(_parts(content, f"{name}/")) or [(name, empty)]
    except UnreadableFile as error:
        return [(name, error)]


def _name(attachment: Attachment) -> str:
    """A file name without path separators; the fallback if the attachment has no readable name."""
    try:
        with guarded(attachment.fallback):
            name = _CONTROL.sub("", _unquoted(attachment.name())).replace("/", "_").replace("\\", "_").strip()
    except UnreadableFile:
        return attachment.fallback
    return name or attachment.fallback


def _unquoted(name: str) -> str:
    """A name that web mails wrote in percent signs (%E9%80%9A%E7%9F%A5.docx), decoded; any other name as it is."""
    return decode_name(unquote_to_bytes(name)) if name.isascii() and _PERCENT.search(name) else name


def _body(mail: Mail, prefix: str, *, alone: bool) -> list[Part]:
    """The body, unless it is empty or a covering note; `alone` means that the mail has no attachments.

    Undecoded bytes are passed on as they are, so that the reader detects their encoding.
    """
    name = f"{prefix}邮件正文"
    try:
        with guarded(f"“{name}”"):
            suffix, content = mail.body() or ("txt", "")
    except UnreadableFile as error:
        return [(name, error)]
    length = _length(suffix, content)
    if not length or not (alone or length >= _MIN_BODY):
        return []
    # an HTML page may declare another encoding: the byte order mark overrides it
    form = "utf-8-sig" if suffix == "html" else "utf-8"
    return [(f"{name}.{suffix}", content if isinstance(content, bytes) else content.encode(form, "replace"))]


def _length(suffix: str, content: str | bytes) -> int:
    """How many characters other than blanks a body has."""
    if suffix == "rtf" and isinstance(content, bytes):
        return characters_in(content)
    text = content.decode("gb18030", "ignore") if isinstance(content, bytes) else content
    return len("".join(text.split()))
