"""Mails of Outlook (.msg): a compound file with a stream for each property, read one by one so that a bad one costs itself.

Properties are named by number and type as [MS-OXMSG] and [MS-OXPROPS] give them; text is UTF-16 (001F), or bytes (001E)
in the code page that the message names.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from olefile import OleFileIO

from pipeline.errors import UnreadableFile
from pipeline.ingest.codepages import codec_of_number, name_in, text_in
from pipeline.ingest.letters import SAVE, Attachment, Body, Letter, damaged

_PROPERTIES = "__properties_version1.0"
_ATTACHED = "__attach_version1.0_#"
# numbers of properties
_BODY, _HTML, _RTF = 0x1000, 0x1013, 0x1009
_DATA, _SHORT_NAME, _LONG_NAME, _SHOWN_NAME = 0x3701, 0x3704, 0x3707, 0x3001
_INTERNET_PAGE, _MESSAGE_PAGE = 0x3FDE, 0x3FFD
# bytes before the first entry of a stream of properties: of the mail, of a mail in it, of an attachment
_TOP, _INNER, _PART = 32, 24, 8
_DEEPEST = 8


# what olefile says of a stream, not of a storage of the same name
_STREAM = 2


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail, or a mail within one, at a place of the compound file; `pages` are the codecs that its bytes may be in."""

    ole: OleFileIO
    place: tuple[str, ...]
    pages: tuple[str | None, ...]

    def letter(self) -> Letter:
        return Letter(self._body, tuple(self._attached()))

    def _attached(self) -> Iterator[Attachment]:
        depth = len(self.place)
        inside = [
            tuple(entry[: depth + 1])
            for entry in self.ole.listdir(streams=True, storages=True)
            if tuple(entry[:depth]) == self.place and len(entry) > depth and entry[depth].startswith(_ATTACHED)
        ]
        for number, part in enumerate(sorted(set(inside)), 1):
            yield Attachment(f"附件{number}", partial(self._name, part), partial(self._content, part))

    def _name(self, part: tuple[str, ...]) -> str:
        for number in (_LONG_NAME, _SHORT_NAME, _SHOWN_NAME):
            wide, narrow = (self._stream(part, f"{number:04X}{form}") for form in ("001F", "001E"))
            if wide:
                return wide.decode("utf-16-le", "replace").rstrip("\x00")
            if narrow:
                return name_in(narrow.rstrip(b"\x00"), self.pages)
        return ""

    def _content(self, part: tuple[str, ...]) -> bytes | Letter:
        data = self._stream(part, f"{_DATA:04X}0102")
        if data is not None:
            return data
        inner = (*part, f"__substg1.0_{_DATA:04X}000D")
        if not self.ole.exists([*inner, _PROPERTIES]):
            raise UnreadableFile(
                "unsupported", "附件是链接或者嵌入的对象，邮件里没有文件本身", remedy="请把附件另存为文件后直接提交"
            )
        if len(inner) > 2 * _DEEPEST:
            raise UnreadableFile("too_deep", f"邮件嵌套超过{_DEEPEST}层", remedy=SAVE)
        return _Mail(self.ole, inner, _pages(self.ole, inner, _INNER) or self.pages).letter()

    def _body(self) -> Body | None:
        """The text, else the page. Raises `UnreadableFile` where there is neither, but compressed RTF."""
        for suffix, number in (("txt", _BODY), ("html", _HTML)):
            for form in ("001F", "001E", "0102"):
                data = self._stream(self.place, f"{number:04X}{form}")
                if data:
                    text = data.decode("utf-16-le", "replace") if form == "001F" else text_in(data, self.pages)
                    return suffix, data if text is None else text.rstrip("\x00")
        if self._stream(self.place, f"{_RTF:04X}0102") is not None:
            remedy = "请在Outlook里把邮件另存为HTML或纯文本后提交，或者把正文另存为docx后提交"
            raise UnreadableFile("rtf_body", "邮件正文是RTF格式，没有读出", remedy=remedy)
        return None

    def _stream(self, place: tuple[str, ...], name: str) -> bytes | None:
        """The bytes of a property, None where the mail has none of this name. Raises `UnreadableFile` for damaged ones."""
        path = [*place, f"__substg1.0_{name}"]
        if self.ole.get_type(path) != _STREAM:
            return None
        try:
            with self.ole.openstream(path) as stream:
                data = bytes(stream.read())
        except OSError as error:
            raise damaged("邮件里的这一部分") from error
        # a chain of sectors that breaks off is no error to olefile
        if len(data) != self.ole.get_size(path):
            raise damaged("邮件里的这一部分")
        return data


def letter_of(data: bytes) -> Letter:
    """The mail of a compound file. Raises `UnreadableFile` for damaged ones."""
    try:
        ole = OleFileIO(io.BytesIO(data))
        return _Mail(ole, (), _pages(ole, (), _TOP)).letter()
    except OSError as error:
        raise damaged("邮件") from error


def _pages(ole: OleFileIO, place: tuple[str, ...], header: int) -> tuple[str | None, ...]:
    """The codecs that a mail names, that of the internet first; none where it has no properties."""
    path = [*place, _PROPERTIES]
    if not ole.exists(path):
        return ()
    with ole.openstream(path) as stream:
        entries = stream.read()[header:]
    numbers = {
        number: value for _, number, _, value, _ in struct.iter_unpack("<HHIII", entries[: len(entries) // 16 * 16])
    }
    return tuple(codec_of_number(numbers.get(number)) for number in (_INTERNET_PAGE, _MESSAGE_PAGE))
