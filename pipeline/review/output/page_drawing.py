"""What `pages` runs apart: pages of a PDF as pictures, and where on them a text stands. Knows no database."""

import json
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from PIL import Image, ImageOps, ImageSequence

# dots per inch of the pictures: an A4 page is 910 pixels wide
DPI = 110
_MOST_PAGES, _MOST_PIXELS = 300, 2400
# inches that A4 is wide
_A4 = 8.27
Box = tuple[float, float, float, float]


def marks_on(layout: Path, findings: Sequence[tuple[int, str, float]]) -> Iterator[dict[str, Any]]:
    """Each page of a PDF with the boxes of the findings whose text stands on it."""
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
        yield {"number": index + 1, "width": page.get_width(), "height": page.get_height(), "marks": marks[index]}


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
    """What runs apart: `bind IMAGE PDF` makes pages, `marks PDF JSON` prints the pages, `draw PDF NUMBER DEGREES PNG` writes one."""
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
