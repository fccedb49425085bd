"""Mail (eml, mht, Outlook's msg): what was sent along, and the words of the mail itself where they are a paper.

A part that cannot be read costs itself: the reason comes instead of its bytes, and the others are read.
"""

import re
from collections.abc import Iterator

from pipeline.errors import UnreadableFile
from pipeline.guard import guarded
from pipeline.ingest.letters import SAVE, Attachment, Letter

# name and content of a part, or why it could not be read
Part = tuple[str, bytes | UnreadableFile]

_HEADERS = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}")
_MAILS = re.compile(rb"^(?:From|MIME-Version|Received|Message-ID):", re.IGNORECASE | re.MULTILINE)
_OLE = b"\xd0\xcf\x11\xe0"
_MSG = "__substg1.0_".encode("utf-16-le")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# beside attachments, a mail with fewer characters is a covering note and not kept as a paper of its own
_COVERING = 300


def is_mail(data: bytes) -> bool:
    """Whether a file is a mail: headers on top, or the compound file of Outlook."""
    if data.startswith(_OLE):
        return _MSG in data[:1_000_000]
    head = data[:8192].lstrip(b"\xef\xbb\xbf\r\n")
    match = _HEADERS.match(head)
    return bool(match and _MAILS.search(match[0]))


def parts_of(data: bytes) -> Iterator[Part]:
    """The papers in a mail: its text, then its attachments. Raises `UnreadableFile` where nothing of it can be read."""
    try:
        yield from list(_parts(_letter_of(data)))
    except (RecursionError, MemoryError) as error:
        raise UnreadableFile("limit", "邮件的结构嵌套过深（可能是恶意文件）", remedy=SAVE) from error


def _letter_of(data: bytes) -> Letter:
    if data.startswith(_OLE):
        from pipeline.ingest import outlook

        return outlook.letter_of(data)
    from pipeline.ingest import eml

    return eml.letter_of(data)


def _parts(letter: Letter, before: str = "") -> Iterator[Part]:
    """The parts of a mail; `before` stands before their names where it came in another."""
    attached = [part for attachment in letter.attached for part in _attached(attachment, before)]
    yield from _body(letter, before, alone=not attached)
    yield from attached


def _attached(attachment: Attachment, before: str) -> list[Part]:
    name = before + _name(attachment)
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
    """A name that leads nowhere; that of its place where it has none, or none that can be read."""
    try:
        with guarded(attachment.fallback):
            name = _CONTROL.sub("", attachment.name()).replace("/", "_").replace("\\", "_").strip()
    except UnreadableFile:
        return attachment.fallback
    return name or attachment.fallback


def _body(letter: Letter, before: str, *, alone: bool) -> list[Part]:
    """The text of a mail where it is a paper; as bytes where no code page fitted, and the reader has to ask them."""
    name = f"{before}邮件正文"
    try:
        with guarded(f"“{name}”"):
            suffix, content = letter.body() or ("txt", "")
    except UnreadableFile as error:
        return [(name, error)]
    text = content.decode("gb18030", "ignore") if isinstance(content, bytes) else content
    if not text.strip() or not (alone or len("".join(text.split())) >= _COVERING):
        return []
    # a page may name a code page within itself: the mark says that it is no longer in that one
    form = "utf-8-sig" if suffix == "html" else "utf-8"
    return [(f"{name}.{suffix}", content if isinstance(content, bytes) else content.encode(form, "replace"))]
