"""What `pages` runs apart: pages of a PDF as pictures, and where on them a text stands. Knows no database."""

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

# dots per inch of the pictures: an A4 page is 910 pixels wide
DPI = 110
_MOST_PAGES, _MOST_PIXELS = 300, 2400
# inches that A4 is wide
_A4 = 8.27
_SIGN = 40  # points that a character is high where a font is tried
_HAN = re.compile("[\u3400-\u9fff]")
Box = tuple[float, float, float, float]


def marks_on(layout: Path, findings: Sequence[tuple[int, str, float]]) -> Iterator[dict[str, Any]]:
    """Each page of a PDF with the boxes of the findings whose text stands on it, and whether it lacks a Chinese font."""
    document = pdfium.PdfDocument(layout)
    pages = [document[index] for index in range(min(len(document), _MOST_PAGES))]
    texts = [page.get_textpage() for page in pages]
    packed = ""
    origin: list[tuple[int, int]] = []
    for index, text in enumerate(texts):
        for at, char in enumerate(text.get_text_range()):
            for piece in _packed(char):
                packed += piece
                origin.append((index, at))
    marks: list[list[tuple[int, Box]]] = [[] for _ in pages]
    for key, wanted, share in findings:
        place = _nearest(packed, _packed(wanted), share)
        if place is not None:
            for page, box in _boxes(origin[place : place + len(_packed(wanted))], pages, texts):
                marks[page].append((key, box))
    for index, page in enumerate(pages):
        yield {
            "number": index + 1, "width": page.get_width(), "height": page.get_height(), "marks": marks[index],
            "fontless": _lacks_font(page, texts[index]),
        }  # fmt: skip


def _lacks_font(page: Any, text: Any) -> bool:
    """Whether Chinese that is to be seen on a page is set in a font that the file only names."""
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


def _packed(text: str) -> str:
    """A text as it is compared: compatible forms made one, no blanks."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if not char.isspace() and char.isprintable())


def _nearest(packed: str, wanted: str, share: float) -> int | None:
    """Where a text stands; of several places the one closest to where it stands in the reading text."""
    places, at = [], packed.find(wanted) if wanted else -1
    while at >= 0:
        places.append(at)
        at = packed.find(wanted, at + 1)
    return min(places, key=lambda place: abs(place - share * len(packed)), default=None)


def _boxes(chars: Sequence[tuple[int, int]], pages: Any, texts: Any) -> Iterator[tuple[int, Box]]:
    """The boxes of characters, those of one line joined: page index, and x, y, width, height from the upper left."""
    line: list[tuple[int, Box]] = []
    for page, at in chars:
        x0, y0, x1, y1 = texts[page].get_charbox(at, loose=True)
        box = (x0, pages[page].get_height() - y1, x1, pages[page].get_height() - y0)
        if line and not (line[-1][0] == page and _same_line(line[-1][1], box)):
            yield line[0][0], _joined([box for _, box in line])
            line = []
        line.append((page, box))
    if line:
        yield line[0][0], _joined([box for _, box in line])


def _same_line(a: Box, b: Box) -> bool:
    middle = (b[1] + b[3]) / 2
    return a[1] <= middle <= a[3] and b[0] >= a[0]


def _joined(boxes: Sequence[Box]) -> Box:
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return (round(x, 1), round(y, 1), round(max(b[2] for b in boxes) - x, 1), round(max(b[3] for b in boxes) - y, 1))


def draw(layout: Path, number: int, degrees: float, out: Path) -> None:
    """Writes a page of a PDF as PNG, turned by so many degrees clockwise to stand upright."""
    document = pdfium.PdfDocument(layout)
    if not 1 <= number <= len(document):
        raise SystemExit(2)
    page = document[number - 1]
    scale = min(DPI / 72, _MOST_PIXELS / max(page.get_width(), page.get_height(), 1))
    picture = page.render(scale=scale).to_pil()
    quarters, rest = quarters_of(degrees)
    picture = picture.rotate(90 * quarters, expand=True)
    if rest:
        picture = picture.convert("RGB").rotate(rest, Image.Resampling.BICUBIC, fillcolor="white")
    picture.save(out, optimize=False)


def font() -> str:
    """The font that Chinese is drawn with where a PDF holds none; empty where none of the machine's has the characters.

    Drawn and looked at, since pdfium falls back to a font without them and says nothing.
    """
    document = pdfium.PdfDocument(_two_signs())
    page = document[0]
    ink = np.asarray(page.render().to_pil().convert("L")) < 128
    if not ink.any() or (ink[:, :_SIGN] == ink[:, _SIGN:]).all():
        return ""
    (one,) = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
    used = pdfium_c.FPDFTextObj_GetFont(one)
    buffer = ctypes.create_string_buffer(max(pdfium_c.FPDFFont_GetFamilyName(used, None, 0), 1))
    pdfium_c.FPDFFont_GetFamilyName(used, buffer, len(buffer))
    return buffer.value.decode("utf-8", errors="replace")


def _two_signs() -> bytes:
    """A page of two squares with a Chinese character in each, set in a font that is named and not held."""
    content = f"BT /F {_SIGN} Tf 0 {_SIGN * 0.2:g} Td <{'永国'.encode('utf-16-be').hex()}> Tj ET"
    system = "/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {2 * _SIGN} {_SIGN}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
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
    """A turn of so many degrees clockwise as quarters counterclockwise (0 to 3) and what is left, in degrees."""
    quarters = round(-degrees / 90)
    return quarters % 4, round(-degrees - 90 * quarters, 2)


def bind(image: Path, out: Path) -> None:
    """Writes the frames of an image as a PDF, each as wide as A4 is high or wide."""
    with Image.open(image) as held:
        frames = [ImageOps.exif_transpose(frame).convert("RGB") for frame in ImageSequence.Iterator(held)][:_MOST_PAGES]
    dots = min(frames[0].size) / _A4
    frames[0].save(out, "PDF", save_all=True, append_images=frames[1:], resolution=dots)


def main(words: Sequence[str]) -> None:
    """What runs apart: `bind IMAGE PDF` makes pages, `marks PDF JSON` prints the pages, `draw PDF NUMBER DEGREES PNG` writes one.

    `font` prints the Chinese font of this machine.
    """
    if words == ["font"]:
        sys.stdout.write(font())
        return
    install()
    task, file, *rest = words
    if task == "bind":
        bind(Path(file), Path(rest[0]))
    elif task == "marks":
        findings = json.loads(Path(rest[0]).read_text(encoding="utf-8"))
        sys.stdout.write(json.dumps(list(marks_on(Path(file), findings))))
    else:
        draw(Path(file), int(rest[0]), float(rest[1]), Path(rest[2]))


if __name__ == "__main__":
    main(sys.argv[1:])
