"""Reads Outlook mails (.msg), compound files with one stream per property; a damaged stream affects only its own part.

Streams are named by property number and type ([MS-OXMSG], [MS-OXPROPS]). Text is UTF-16 (type 001F), or bytes (001E) in
the code page that the message declares.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from olefile import OleFileIO

from pipeline.errors import UnreadableFile
from pipeline.ingest.codepages import codec_of_number, decode_first, decode_name
from pipeline.ingest.compressed_rtf import decompress
from pipeline.ingest.mail_types import SAVE, Attachment, Body, Mail, damaged

_PROPERTIES = "__properties_version1.0"
_ATTACHED = "__attach_version1.0_#"
# property numbers
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_DATA, _SHORT_NAME, _LONG_NAME, _DISPLAY_NAME = 0x3701, 0x3704, 0x3707, 0x3001
_INTERNET_CODEPAGE, _MESSAGE_CODEPAGE = 0x3FDE, 0x3FFD
# bytes before the first entry of a property stream: in the mail, in an embedded mail, in an attachment
_TOP, _INNER, _PART = 32, 24, 8
_MAX_DEPTH = 8


# olefile's type number of a stream, as opposed to a storage
_STREAM = 2


@dataclass(frozen=True, slots=True)
class _Storage:
    """A mail, or an embedded mail, at the storage path `place`; `codecs` are the candidate codecs of its byte strings."""

    ole: OleFileIO
    place: tuple[str, ...]
    codecs: tuple[str | None, ...]

    def read(self) -> Mail:
        return Mail(self._body, tuple(self._attachments()))

    def _attachments(self) -> Iterator[Attachment]:
        depth = len(self.place)
        inside = [
            tuple(entry[: depth + 1])
            for entry in self.ole.listdir(streams=True, storages=True)
            if tuple(entry[:depth]) == self.place and len(entry) > depth and entry[depth].startswith(_ATTACHED)
        ]
        for number, part in enumerate(sorted(set(inside)), 1):
            yield Attachment(f"附件{number}", partial(self._name, part), partial(self._content, part))

    def _name(self, part: tuple[str, ...]) -> str:
        for number in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME):
            wide, narrow = (self._stream(part, f"{number:04X}{form}") for form in ("001F", "001E"))
            if wide:
                return wide.decode("utf-16-le", "replace").rstrip("\x00")
            if narrow:
                return decode_name(narrow.rstrip(b"\x00"), self.codecs)
        return ""

    def _content(self, part: tuple[str, ...]) -> bytes | Mail:
        data = self._stream(part, f"{_DATA:04X}0102")
        if data is not None:
            return data
        inner = (*part, f"__substg1.0_{_DATA:04X}000D")
        if not self.ole.exists([*inner, _PROPERTIES]):
            raise UnreadableFile(
                "unsupported", "附件是链接或者嵌入的对象，邮件里没有文件本身", remedy="请把附件另存为文件后直接提交"
            )
        if len(inner) > 2 * _MAX_DEPTH:
            raise UnreadableFile("too_deep", f"邮件嵌套超过{_MAX_DEPTH}层", remedy=SAVE)
        return _Storage(self.ole, inner, _codecs(self.ole, inner, _INNER) or self.codecs).read()

    def _body(self) -> Body | None:
        """The plain text, else the HTML, else the RTF, else None. Raises `UnreadableFile` if it is damaged."""
        for suffix, number in (("txt", _BODY), ("html", _HTML)):
            for form in ("001F", "001E", "0102"):
                data = self._stream(self.place, f"{number:04X}{form}")
                if data:
                    text = data.decode("utf-16-le", "replace") if form == "001F" else decode_first(data, self.codecs)
                    return suffix, data if text is None else text.rstrip("\x00")
        packed = self._stream(self.place, f"{_RTF:04X}0102")
        return ("rtf", _decompressed(packed)) if packed is not None else None

    def _stream(self, place: tuple[str, ...], name: str) -> bytes | None:
        """The bytes of a property, None if it is missing. Raises `UnreadableFile` if its stream is damaged."""
        path = [*place, f"__substg1.0_{name}"]
        if self.ole.get_type(path) != _STREAM:
            return None
        try:
            with self.ole.openstream(path) as stream:
                data = bytes(stream.read())
        except OSError as error:
            raise damaged("邮件里的这一部分") from error
        # olefile does not report a truncated chain of sectors
        if len(data) != self.ole.get_size(path):
            raise damaged("邮件里的这一部分")
        return data


def _decompressed(packed: bytes) -> bytes:
    try:
        return decompress(packed)
    except ValueError as error:
        raise damaged("RTF格式的邮件正文") from error


def mail_of(data: bytes) -> Mail:
    """Read the mail in a compound file. Raises `UnreadableFile` if the file is damaged."""
    try:
        ole = OleFileIO(io.BytesIO(data))
        return _Storage(ole, (), _codecs(ole, (), _TOP)).read()
    except OSError as error:
        raise damaged("邮件") from error


def _codecs(ole: OleFileIO, place: tuple[str, ...], header: int) -> tuple[str | None, ...]:
    """The codecs a mail declares (PidTagInternetCodepage first), empty if it has no property stream."""
    path = [*place, _PROPERTIES]
    if not ole.exists(path):
        return ()
    with ole.openstream(path) as stream:
        entries = stream.read()[header:]
    numbers = {
        number: value for _, number, _, value, _ in struct.iter_unpack("<HHIII", entries[: len(entries) // 16 * 16])
    }
    return tuple(codec_of_number(numbers.get(number)) for number in (_INTERNET_CODEPAGE, _MESSAGE_CODEPAGE))
