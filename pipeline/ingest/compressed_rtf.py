"""Decompresses the RTF bodies of Outlook mails ([MS-OXRTFCP]) and counts the characters of a text in RTF."""

import re
import struct
from dataclasses import dataclass, field

_HEADER = struct.Struct("<IIII")
_COMPRESSED, _PLAIN = 0x75465A4C, 0x414C454D
_SIZE = 4096
# words that the dictionary holds at the beginning, given by the format
_PRELOADED = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArial"
    rb"Times New RomanCourier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
# bytes of a decompressed body above which the mail is treated as malicious
_MOST = 100 * 1024 * 1024
_NO_TEXT = re.compile(rb"\{\\\*[^{}]*\}|\{\\(?:fonttbl|colortbl|stylesheet|info)[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
# two bytes of a character, a character by number, a control word or group, an ordinary character
_SIGN = re.compile(
    rb"(?P<double>(?:\\'[0-9a-fA-F]{2}){1,2})|(?P<numbered>\\u-?\d+ ?\??)|\\[a-z]+-?\d* ?|[{}\s]|(?P<plain>.)",
    re.DOTALL,
)


def decompress(data: bytes) -> bytes:
    """The RTF of a body as Outlook stores it. Raises `ValueError` if it is damaged."""
    if len(data) < _HEADER.size:
        raise ValueError("no header")
    size, raw_size, kind, _ = _HEADER.unpack_from(data)
    content = data[_HEADER.size : size + 4]
    if kind == _PLAIN:
        return content[:raw_size]
    if kind != _COMPRESSED or raw_size > _MOST:
        raise ValueError("unknown compression")
    return _expanded(content, raw_size)


def _expanded(content: bytes, raw_size: int) -> bytes:
    window = _Window(bytearray(_PRELOADED.ljust(_SIZE, b"\x00")), len(_PRELOADED))
    at = 0
    while at < len(content) and len(window.found) < raw_size:
        control, at = content[at], at + 1
        for bit in range(8):
            if not control >> bit & 1:
                window.add(content[at : at + 1])
                at += 1
                continue
            reference = int.from_bytes(content[at : at + 2], "big")
            at += 2
            # a reference to the place that is written next ends the text
            if at > len(content) or reference >> 4 == window.next:
                return bytes(window.found)
            window.repeat(reference >> 4, (reference & 15) + 2)
    return bytes(window.found)


@dataclass(slots=True)
class _Window:
    """The last 4,096 bytes, where references point into, and all that has been found."""

    last: bytearray
    next: int
    found: bytearray = field(default_factory=bytearray)

    def add(self, byte: bytes) -> None:
        for one in byte:
            self.last[self.next] = one
            self.next = (self.next + 1) % _SIZE
            self.found.append(one)

    def repeat(self, start: int, count: int) -> None:
        for step in range(count):
            self.add(bytes((self.last[(start + step) % _SIZE],)))


def characters_in(rtf: bytes) -> int:
    """About how many characters other than blanks a text in RTF has."""
    return sum(1 for match in _SIGN.finditer(_NO_TEXT.sub(b"", rtf)) if match.lastgroup)
