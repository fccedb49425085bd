"""Reads mails (eml) and saved web pages (mht): parsed with the package `email`, text decoded with `codepages`.

Nearly all programs label GBK text as gb2312; `email` would decode it with the narrower codec of that name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from functools import partial

from pipeline.ingest.codepages import codec_of_label, decode_first, decode_name
from pipeline.ingest.mail_types import Attachment, Body, Mail

_TEXTS = {"text/plain": "txt", "text/html": "html"}


class _RawHeaders(Compat32):
    """Policy that returns headers unchanged, with non-ASCII bytes as surrogates."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(slots=True)
class _Contents:
    """The parts of a mail: its texts, each as a list of alternative forms, and its attachments."""

    texts: list[list[Message]] = field(default_factory=list)
    attachments: list[Message] = field(default_factory=list)


def mail_of(data: bytes) -> Mail:
    """Parse a mail; the first text is its body, further texts become attachments."""
    found = _Contents()
    _collect(message_from_bytes(data, policy=_RawHeaders()), found, None)
    body, others = (found.texts[0], found.texts[1:]) if found.texts else ([], [])
    parts = [*found.attachments, *(text[0] for text in others)]
    attachments = tuple(_attachment(part, number) for number, part in enumerate(parts, 1))
    return Mail(partial(_body, body), attachments)


def _collect(part: Message, found: _Contents, forms: list[Message] | None, *, inner: bool = False) -> None:
    """Add a part and its children to `found`; `forms` is the enclosing multipart/alternative, `inner` marks nested parts."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        if part.get_content_subtype() == "alternative" and forms is None:
            forms = []
            found.texts.append(forms)
        for child in _children(part, inner=inner):
            _collect(child, found, forms, inner=True)
        found.texts = [text for text in found.texts if text or text is forms]
    elif part.get_content_type() in _TEXTS and not _is_attachment(part):
        if forms is None:
            found.texts.append([part])
        else:
            forms.append(part)
    elif forms is None or _is_attachment(part):
        found.attachments.append(part)


def _children(part: Message, *, inner: bool) -> Iterator[Message]:
    """The child parts, without the inline pictures of an HTML body."""
    for number, child in enumerate(_messages(part)):
        is_picture = inner and number > 0 and part.get_content_subtype() == "related" and not child.is_multipart()
        if not is_picture or child.get_content_disposition() == "attachment":
            yield child


def _messages(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _is_attachment(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or _raw_name(part) is not None


def _body(forms: Sequence[Message]) -> Body | None:
    for kind, suffix in _TEXTS.items():
        for part in forms:
            if part.get_content_type() == kind:
                data = _bytes(part)
                text = decode_first(data, [codec_of_label(part.get_content_charset())])
                return suffix, data if text is None else text
    return None


def _attachment(part: Message, number: int) -> Attachment:
    fallback = f"转发邮件{number}.eml" if part.get_content_type() == "message/rfc822" else f"附件{number}"
    return Attachment(fallback, partial(_name, part), partial(_bytes, part))


def _bytes(part: Message) -> bytes:
    """The decoded content of a part; an attachments mail is serialised."""
    if part.is_multipart():
        return b"\n".join(child.as_bytes() for child in _messages(part))
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _raw_name(part: Message) -> str | tuple[str | None, str | None, str] | None:
    """The undecoded file name of a part; a tuple of charset, language and text if RFC 2231 was used."""
    return part.get_param("filename", None, "content-disposition") or part.get_param("name", None)


def _name(part: Message) -> str:
    raw = _raw_name(part)
    if isinstance(raw, tuple):
        label, _, text = raw
        return decode_name(text.encode("latin-1", "replace"), [codec_of_label(label)])
    try:
        pieces = decode_header(raw or "")
    except HeaderParseError:
        pieces = [(raw or "", None)]
    return "".join(_piece(*piece) for piece in pieces)


def _piece(text: str | bytes, label: str | None) -> str:
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return decode_name(data, [codec_of_label(label)])
