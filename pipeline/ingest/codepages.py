"""Maps Windows code page numbers and charset labels of mails to Python codecs, and decodes text and file names.

Python's codec of the same name is often narrower than what programs write under a label: nearly all of them write GBK
under the label GB2312, and only gb18030 decodes all of it (〇, used in written dates, is not in GB2312). Sources: Code
Page Identifiers (Windows app development documentation) and the Encoding Standard of the WHATWG.
"""

import codecs
import re
from collections.abc import Iterable

_GB, _BIG5, _ISO_CN = "gb18030", "big5hkscs", "iso-2022-cn"
# Windows code page → codec, where Python has no matching cp… codec
_NUMBERS = {
    936: _GB,  # GBK, "gb2312"
    950: _BIG5,  # Big5
    951: _BIG5,  # Big5 with the characters of Hong Kong
    932: "cp932",  # Shift_JIS
    949: "cp949",  # Korean
    1200: "utf-16-le",
    1201: "utf-16-be",
    10000: "mac-roman",
    10002: _BIG5,  # x-mac-chinesetrad
    10008: _GB,  # x-mac-chinesesimp
    12000: "utf-32-le",
    12001: "utf-32-be",
    20127: "ascii",
    20866: "koi8-r",
    20936: _GB,  # x-cp20936, simplified Chinese of GB2312
    21866: "koi8-u",
    50220: "iso2022-jp",
    50221: "iso2022-jp",
    50222: "iso2022-jp",
    50225: "iso2022-kr",
    50227: _ISO_CN,  # x-cp50227
    51932: "euc-jp",
    51936: _GB,  # EUC-CN
    51949: "euc-kr",
    52936: "hz",  # HZ-GB2312
    54936: _GB,
    65000: "utf-7",
    65001: "utf-8",
    **{28590 + part: f"iso8859-{part}" for part in (*range(1, 10), 13, 15)},
}
# charset label, reduced to letters and digits → codec, where Python lacks it or its codec is narrower
_LABELS = {
    **dict.fromkeys(
        (
            "gb2312", "gbk", "xgbk", "gb18030", "gb231280", "csgb2312", "csgb231280", "csiso58gb231280", "chinese", "euccn",
            "eucgb2312cn", "isoir58", "gb", "gb23121980", "cngb", "xcp20936", "xmacchinesesimp", "xeuccn",
        ),
        _GB,
    ),
    **dict.fromkeys(("big5", "xxbig5", "cnbig5", "csbig5", "big5hkscs", "xbig5", "xmacchinesetrad"), _BIG5),
    **dict.fromkeys(("hz", "hzgb", "hzgb2312"), "hz"),
    **dict.fromkeys(("iso2022cn", "iso2022cnext", "xcp50227"), _ISO_CN),
    "utf8": "utf-8",
    "unicode11utf8": "utf-8",
    "unicode11utf7": "utf-7",
}  # fmt: skip
_NUMBERED = re.compile(r"(?:x?cp|ms|windows|ibm|win)?(\d{3,5})")
# default labels of many programs whatever they write: Chinese under these labels is detected from its bytes
_WESTERN = frozenset({"ascii", "iso8859-1", "iso8859-15", "cp1252"})


def codec_of_number(number: int | None) -> str | None:
    """The Python codec for a Windows code page, None if there is none."""
    return _known(_NUMBERS.get(number) or f"cp{number}") if number else None


def codec_of_label(label: str | None) -> str | None:
    """The Python codec for the charset label of a mail or web page, None if the label is unknown."""
    plain = re.sub(r"[^a-z0-9]", "", (label or "").lower())
    match = _NUMBERED.fullmatch(plain)
    if plain in _LABELS:
        return _LABELS[plain]
    return codec_of_number(int(match[1])) if match else _known(label or "")


def _known(codec: str) -> str | None:
    if codec == _ISO_CN:
        return codec
    try:
        return codecs.lookup(codec).name if codec else None
    except (LookupError, ValueError):
        return None


def decode_strictly(data: bytes, codec: str) -> str | None:
    """Decode bytes; None if they are not valid in this codec."""
    if codec == _ISO_CN:
        data, codec = _without_shifts(data), _GB
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):  # LookupError: bytes-to-bytes codecs
        return None


def _without_shifts(data: bytes) -> bytes:
    """Convert ISO-2022-CN to EUC: set the high bit of the bytes between shift out and shift in."""
    data = re.sub(rb"\x1b\$\)[AG]", b"", data)
    return re.sub(rb"\x0e([^\x0f\n]*)\x0f?", lambda match: bytes(byte | 0x80 for byte in match[1]), data)


def decode_first(data: bytes, candidates: Iterable[str | None]) -> str | None:
    """Decode bytes with the first candidate codec that is valid for them; None if the encoding must be detected from the bytes."""
    for codec in candidates:
        if codec is None or (codec in _WESTERN and not data.isascii()):
            continue
        text = decode_strictly(data, codec)
        if text is not None:
            return text
    return None


def decode_name(data: bytes, candidates: Iterable[str | None] = ()) -> str:
    """Decode a file name with the first candidate codec that is valid for it, else as UTF-8 or GB18030.

    If none is valid, undecodable bytes are replaced.
    """
    known = [codec for codec in candidates if codec]
    text = decode_first(data, known)
    if text is not None:
        return text
    utf8, gb = decode_strictly(data, "utf-8"), decode_strictly(data, _GB)
    # two bytes of GBK may be valid UTF-8, but then decode to a character outside the Chinese ranges
    if utf8 is not None and (gb is None or any(char >= "\u0800" for char in utf8)):
        return utf8
    return gb if gb is not None else data.decode(next((c for c in known if c != _ISO_CN), "latin-1"), errors="replace")
