"""Renders pages of a PDF and locates texts on them; `page_views` runs this module in a sandboxed subprocess. No database access."""

import ctypes
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image, ImageOps, ImageSequence

from pipeline.substitute_font import install

# resolution of page images in dots per inch: an A4 page is 910 pixels wide
DPI = 110
_MAX_PAGES, _MAX_PIXELS = 300, 2400
# width of A4 in inches
_A4_WIDTH = 8.27
_GLYPH_SIZE = 40  # size in points of the characters with which a font is tested
_HAN = re.compile("[\u3400-\u9fff]")
Box = tuple[float, float, float, float]


def marks_on(layout: Path, findings: Sequence[tuple[int, str, float]]) -> Iterator[dict[str, Any]]:
    """Yields the pages of a PDF (300 at most): number from 1, width and height in points, marks, and `fontless`.

    `findings` are key, text, and relative position of the text in the document (0 to 1); a mark is the key and a box (see
    `_boxes`). `fontless` is True for a page with visible Chinese in a font that the file does not embed.
    """
    document = pdfium.PdfDocument(layout)
    pages = [document[index] for index in range(min(len(document), _MAX_PAGES))]
    texts = [page.get_textpage() for page in pages]
    text_of_pages = ""
    origin: list[tuple[int, int]] = []
    for index, text in enumerate(texts):
        for at, char in enumerate(text.get_text_range()):
            for piece in _normalized(char):
                text_of_pages += piece
                origin.append((index, at))
    marks: list[list[tuple[int, Box]]] = [[] for _ in pages]
    for key, wanted, share in findings:
        place = _nearest(text_of_pages, _normalized(wanted), share)
        if place is not None:
            for page, box in _boxes(origin[place : place + len(_normalized(wanted))], pages, texts):
                marks[page].append((key, box))
    for index, page in enumerate(pages):
        yield {
            "number": index + 1, "width": page.get_width(), "height": page.get_height(), "marks": marks[index],
            "fontless": _lacks_font(page, texts[index]),
        }  # fmt: skip


def _lacks_font(page: Any, text: Any) -> bool:
    """Whether a page has visible Chinese text in a font that the PDF does not embed."""
    return any(
        pdfium_c.FPDFTextObj_GetTextRenderMode(one) != pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
        and not pdfium_c.FPDFFont_GetIsEmbedded(pdfium_c.FPDFTextObj_GetFont(one))
        and _HAN.search(_characters(one, text))
        for one in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
    )


def _characters(one: Any, text: Any) -> str:
    buffer = ctypes.create_string_buffer(max(pdfium_c.FPDFTextObj_GetText(one, text, None, 0), 2))
    pdfium_c.FPDFTextObj_GetText(one, text, ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), len(buffer))
    return buffer.raw.decode("utf-16-le", errors="replace").rstrip("\0")


def _normalized(text: str) -> str:
    """A text for comparison: NFKC, without blanks and unprintable characters."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if not char.isspace() and char.isprintable())


def _nearest(text: str, wanted: str, share: float) -> int | None:
    """The offset of `wanted` in `text`, of several the one closest to `share` (0 to 1 of its length); None where there is none."""
    places, at = [], text.find(wanted) if wanted else -1
    while at >= 0:
        places.append(at)
        at = text.find(wanted, at + 1)
    return min(places, key=lambda place: abs(place - share * len(text)), default=None)


def _boxes(chars: Sequence[tuple[int, int]], pages: Any, texts: Any) -> Iterator[tuple[int, Box]]:
    """Yields the boxes of characters, joined line by line: page index, and x, y, width, height in points from the upper left."""
    line: list[tuple[int, Box]] = []
    for page, at in chars:
        x0, y0, x1, y1 = texts[page].get_charbox(at, loose=True)
        box = (x0, pages[page].get_height() - y1, x1, pages[page].get_height() - y0)
        if line and not (line[-1][0] == page and _same_line(line[-1][1], box)):
            yield line[0][0], _union([box for _, box in line])
            line = []
        line.append((page, box))
    if line:
        yield line[0][0], _union([box for _, box in line])


def _same_line(a: Box, b: Box) -> bool:
    middle = (b[1] + b[3]) / 2
    return a[1] <= middle <= a[3] and b[0] >= a[0]


def _union(boxes: Sequence[Box]) -> Box:
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return (round(x, 1), round(y, 1), round(max(b[2] for b in boxes) - x, 1), round(max(b[3] for b in boxes) - y, 1))


def draw(layout: Path, number: int, degrees: float, out: Path) -> None:
    """Writes page `number` (from 1) of a PDF as PNG, rotated by `degrees` clockwise. Exits with status 2 where there is no such page."""
    document = pdfium.PdfDocument(layout)
    if not 1 <= number <= len(document):
        raise SystemExit(2)
    page = document[number - 1]
    scale = min(DPI / 72, _MAX_PIXELS / max(page.get_width(), page.get_height(), 1))
    picture = page.render(scale=scale).to_pil()
    quarters, rest = quarters_of(degrees)
    picture = picture.rotate(90 * quarters, expand=True)
    if rest:
        picture = picture.convert("RGB").rotate(rest, Image.Resampling.BICUBIC, fillcolor="white")
    picture.save(out, optimize=False)


def font() -> str:
    """Name of the font that pdfium draws Chinese with where a PDF embeds none; "" where this machine has no such font.

    Two characters are rendered and compared, since pdfium silently falls back to a font without Chinese, in which all look alike.
    """
    document = pdfium.PdfDocument(_probe_page())
    page = document[0]
    ink = np.asarray(page.render().to_pil().convert("L")) < 128
    if not ink.any() or (ink[:, :_GLYPH_SIZE] == ink[:, _GLYPH_SIZE:]).all():
        return ""
    (one,) = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
    used = pdfium_c.FPDFTextObj_GetFont(one)
    buffer = ctypes.create_string_buffer(max(pdfium_c.FPDFFont_GetFamilyName(used, None, 0), 1))
    pdfium_c.FPDFFont_GetFamilyName(used, buffer, len(buffer))
    return buffer.value.decode("utf-8", errors="replace")


def _probe_page() -> bytes:
    """A PDF of one page with two Chinese characters side by side, in a font that is named and not embedded."""
    content = f"BT /F {_GLYPH_SIZE} Tf 0 {_GLYPH_SIZE * 0.2:g} Td <{'永国'.encode('utf-16-be').hex()}> Tj ET"
    system = "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {2 * _GLYPH_SIZE} {_GLYPH_SIZE}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        f"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light{system}/FontDescriptor 7 0 R>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 752"
        "/Descent -271/CapHeight 737/StemV 58>>",
    )
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer<</Size {len(parts) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{rows}{end}".encode("ascii")


def quarters_of(degrees: float) -> tuple[int, float]:
    """A clockwise rotation in degrees as counterclockwise quarter turns (0 to 3) and the remainder in degrees, counterclockwise."""
    quarters = round(-degrees / 90)
    return quarters % 4, round(-degrees - 90 * quarters, 2)


def bind(image: Path, out: Path) -> None:
    """Writes the frames of an image (300 at most) as pages of a PDF; the shorter side of the first frame becomes the width of A4."""
    with Image.open(image) as opened:
        frames = [ImageOps.exif_transpose(frame).convert("RGB") for frame in ImageSequence.Iterator(opened)][
            :_MAX_PAGES
        ]
    dots = min(frames[0].size) / _A4_WIDTH
    frames[0].save(out, "PDF", save_all=True, append_images=frames[1:], resolution=dots)


def main(arguments: Sequence[str]) -> None:
    """The command line of the subprocess.

    `bind IMAGE PDF` writes an image as a PDF, `marks PDF JSON` prints the pages as JSON (see `marks_on`), `draw PDF NUMBER DEGREES
    PNG` renders a page, `font` prints the name of the Chinese font.
    """
    if arguments == ["font"]:
        sys.stdout.write(font())
        return
    install()
    task, file, *rest = arguments
    if task == "bind":
        bind(Path(file), Path(rest[0]))
    elif task == "marks":
        findings = json.loads(Path(rest[0]).read_text(encoding="utf-8"))
        sys.stdout.write(json.dumps(list(marks_on(Path(file), findings))))
    else:
        draw(Path(file), int(rest[0]), float(rest[1]), Path(rest[2]))


if __name__ == "__main__":
    main(sys.argv[1:])
