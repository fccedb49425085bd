"""A font for reading where the machine has none: what a PDF only names keeps its characters and their places.

pdfium leaves out of the text layer what stands alone in a text object and has no outline, so that without a Chinese font
whole pages read as empty. With this one, which draws a box for every character, a file reads the same on any machine.
"""

import base64
import ctypes
import zlib
from contextlib import suppress

import pypdfium2 as pdfium

# charsets of Windows: Japanese, Korean, simplified and traditional Chinese
_CHARSETS = frozenset({128, 129, 134, 136})
_HANDLE = 0x57A4D
_provided: list[bool] = []
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
    """The fonts of the system, and one more where it has none for Chinese, Japanese or Korean."""

    def MapFont(self, _: object, weight: int, italic: int, charset: int, *rest: object) -> int | None:  # noqa: N802
        found: int | None = self.default.MapFont(self.default, weight, italic, charset, *rest)
        return found or (_HANDLE if charset in _CHARSETS else None)

    def GetFontData(self, _: object, font: int, table: int, buffer: int, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            length: int = self.default.GetFontData(self.default, font, table, buffer, size)
            return length
        return 0 if table else _given(_FONT, buffer, size)

    def GetFaceName(self, _: object, font: int, buffer: int, size: int) -> int:  # noqa: N802
        if font != _HANDLE:
            length: int = self.default.GetFaceName(self.default, font, buffer, size)
            return length
        return _given(b"Stand-in\0", buffer, size)

    def GetFontCharset(self, _: object, font: int) -> int:  # noqa: N802
        charset: int = 134 if font == _HANDLE else self.default.GetFontCharset(self.default, font)
        return charset

    def DeleteFont(self, _: object, font: int) -> None:  # noqa: N802
        if font != _HANDLE:
            self.default.DeleteFont(self.default, font)


def _given(data: bytes, buffer: int, size: int) -> int:
    """Writes data where it fits, and says how long it is."""
    if buffer and size >= len(data):
        ctypes.memmove(buffer, data, len(data))
    return len(data)


def install(system: pdfium.PdfSysfontBase | None = None) -> None:
    """Lets pdfium use the font in this process from now on, once; on systems whose fonts cannot be asked nothing changes.

    `system` stands for the fonts of the machine.
    """
    if not _provided:
        _provided.append(True)
        with suppress(pdfium.PdfiumError):
            _WithSubstitute(system).setup()
