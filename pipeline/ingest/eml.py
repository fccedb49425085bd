"""Mails as they travel (eml) and saved pages (mht): their parts by the package email, their bytes decoded by ourselves.

Nearly all programs label as gb2312 what is GBK, which the package would decode by the narrow codec of that name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from functools import partial

from pipeline.ingest.codepages import codec_of_label, name_in, text_in
from pipeline.ingest.letters import Attachment, Body, Letter

_TEXTS = {"text/plain": "txt", "text/html": "html"}


class _AsWritten(Compat32):
    """Headers as they stand in the file, bytes beyond ASCII as surrogates."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


@dataclass(slots=True)
class _Found:
    """What a mail is made of: its texts, forms of the same one together, and what was sent along."""

    texts: list[list[Message]] = field(default_factory=list)
    attached: list[Message] = field(default_factory=list)


def letter_of(data: bytes) -> Letter:
    """The mail that the bytes of a file are."""
    found = _Found()
    _sort(message_from_bytes(data, policy=_AsWritten()), found, None)
    body, others = (found.texts[0], found.texts[1:]) if found.texts else ([], [])
    parts = [*found.attached, *(text[0] for text in others)]
    attached = tuple(_attachment(part, number) for number, part in enumerate(parts, 1))
    return Letter(partial(_body, body), attached)


def _sort(part: Message, found: _Found, forms: list[Message] | None, *, inner: bool = False) -> None:
    """Puts a part where it belongs; `forms` are those of the text that it is a form of, `inner` parts lie in others."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        if part.get_content_subtype() == "alternative" and forms is None:
            forms = []
            found.texts.append(forms)
        for child in _children(part, inner=inner):
            _sort(child, found, forms, inner=True)
        found.texts = [text for text in found.texts if text or text is forms]
    elif part.get_content_type() in _TEXTS and not _is_sent_along(part):
        if forms is None:
            found.texts.append([part])
        else:
            forms.append(part)
    elif forms is None or _is_sent_along(part):
        found.attached.append(part)


def _children(part: Message, *, inner: bool) -> Iterator[Message]:
    """The parts of a part, without the pictures of a page that is the text of a mail."""
    for number, child in enumerate(_messages(part)):
        is_picture = inner and number > 0 and part.get_content_subtype() == "related" and not child.is_multipart()
        if not is_picture or child.get_content_disposition() == "attachment":
            yield child


def _messages(part: Message) -> list[Message]:
    held = part.get_payload()
    return [child for child in held if isinstance(child, Message)] if isinstance(held, list) else []


def _is_sent_along(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or _raw_name(part) is not None


def _body(forms: Sequence[Message]) -> Body | None:
    for kind, suffix in _TEXTS.items():
        for part in forms:
            if part.get_content_type() == kind:
                data = _bytes(part)
                text = text_in(data, [codec_of_label(part.get_content_charset())])
                return suffix, data if text is None else text
    return None


def _attachment(part: Message, number: int) -> Attachment:
    fallback = f"转发邮件{number}.eml" if part.get_content_type() == "message/rfc822" else f"附件{number}"
    return Attachment(fallback, partial(_name, part), partial(_bytes, part))


def _bytes(part: Message) -> bytes:
    """The content of a part; mails within are written out again."""
    if part.is_multipart():
        return b"\n".join(child.as_bytes() for child in _messages(part))
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _raw_name(part: Message) -> str | tuple[str | None, str | None, str] | None:
    """The name of a part as it is written; with label, language and bytes where RFC 2231 was used."""
    return part.get_param("filename", None, "content-disposition") or part.get_param("name", None)


def _name(part: Message) -> str:
    raw = _raw_name(part)
    if isinstance(raw, tuple):
        label, _, text = raw
        return name_in(text.encode("latin-1", "replace"), [codec_of_label(label)])
    try:
        pieces = decode_header(raw or "")
    except HeaderParseError:
        pieces = [(raw or "", None)]
    return "".join(_piece(*piece) for piece in pieces)


def _piece(text: str | bytes, label: str | None) -> str:
    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return name_in(data, [codec_of_label(label)])
