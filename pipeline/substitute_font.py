"""A substitute for missing Chinese fonts, so that a PDF that does not embed its fonts reads the same on every machine.

pdfium omits from the text layer characters that are alone in a text object and have no outline, so that without a Chinese
font whole pages appear empty. The substitute draws a box for every character, which preserves characters and positions.
"""

import base64
import ctypes
import zlib
from contextlib import suppress

import pypdfium2 as pdfium

# Windows charset numbers: Japanese, Korean, simplified and traditional Chinese
_CHARSETS = frozenset({128, 129, 134, 136})
_HANDLE = 0x57A4D
_installed: list[bool] = []
# written by corpora.fonts.substitute
_FONT = zlib.decompress(
    base64.b85decode(
        "c-n<h&npB`9RJL`wU)5tu#uYGqUN%Z<g~?7PD0jEF?Pr9*8Z5*3Mm}jI5<cy%5jxH!qF8uad6loCk~3n=gqtWY4fRX^Zk6jZ{GXN"
        "=M6Lft=NM=bT&0OoQw>F0nMbkoGw}px_b`DkI1L9g{@Vie6vAbCm+e#R%YdS@`ZhkHJYQ)JS9%qKe76A#p-6u6*64EPu^B2r!BOj"
        "m;8}DRJ1l7G$BYHB9E4=qP_Taau4Wz<l9bptx8{nek|vZURe_h7q?5{#5;tLK7PY=FGWo(vJ=pi#&?9{(gW9<Fh$MV=_iDz2n5tb"
        "|Ff?UN$rqs1Na9n@xiJa?gMsVj1iP$?rXzWqMkEoZ}e72!gDNmE6j{}NsOzN^7I&M$Nwsv0fVmZcZmE>^)g=XJpVgn=9)}KyJj*>"
        "G}0C8GPUzLQTtrrB%v}>lZ0^m33xX%DiIAKb*9|4nauBlp3eLNEmS%YR=ti67^)9SJyo?znRvc5Z)evFRs|_kVWGs|BaS?u^RSV{"
        "Ito-P@bA4bz5z-|VtW"
    )
)


class _WithSubstitute(pdfium.PdfSysfontBase):  # type: ignore[misc]
    """The system fonts, plus the substitute if there is none for a Chinese, Japanese or Korean charset."""

    def MapFont(self, _: object, weight: int, italic: int, charset: int, *rest: object) -> int | None:  # noqa: N802
        found: int | None = self.default.MapFont(self.default, weight, italic, charset, *rest)
        return found or (_HANDLE if charset in _CHARSETS else None)

    def GetFontData(self, _: object, font: int, table: int, buffer: int, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            length: int = self.default.GetFontData(self.default, font, table, buffer, size)
            return length
        return 0 if table else _copy(_FONT, buffer, size)

    def GetFaceName(self, _: object, font: int, buffer: int, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            length: int = self.default.GetFaceName(self.default, font, buffer, size)
            return length
        return _copy(b"Stand-in\0", buffer, size)

    def GetFontCharset(self, _: object, font: int) -> int:  # noqa: N802
        charset: int = 134 if font == _HANDLE else self.default.GetFontCharset(self.default, font)
        return charset

    def DeleteFont(self, _: object, font: int) -> None:  # noqa: N802
        if font != _HANDLE:
            self.default.DeleteFont(self.default, font)


def _copy(data: bytes, buffer: int, size: int) -> int:
    """Copy data into a buffer if it fits and return its length in bytes, as pdfium's callbacks require."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)


def install(system: pdfium.PdfSysfontBase | None = None) -> None:
    """Register the substitute font with pdfium for this process; further calls have no effect.

    `system` replaces the system fonts (for tests). On platforms without access to system fonts nothing changes.
    """
    if not _installed:
        _installed.append(True)
        with suppress(pdfium.PdfiumError):
            _WithSubstitute(system).setup()
