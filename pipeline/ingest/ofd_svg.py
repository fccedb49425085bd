"""Renders pages of an OFD as SVG: each character at its position, in a font of the viewer's machine, with shapes and pictures.

The picture of a seal is stored in a signature that is not decoded, and is not drawn. The web application runs this module
in a subprocess (`python -m pipeline.ingest.ofd_svg`).
"""

import base64
import io
import json
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ofdkit.errors import OFDError
from ofdkit.package import Package
from PIL import Image, UnidentifiedImageError

from pipeline.guard import Losses
from pipeline.ingest.affine import Matrix
from pipeline.ingest.ofd import open_package
from pipeline.ingest.ofd_pages import Picture, Shape, Sheet, Text, sheets_of
from pipeline.ingest.ofd_printed import POINT

_FALLBACK = "'Noto Serif CJK SC','Source Han Serif SC',SimSun,宋体,serif"
_MAX_SIDE, _MAX_PAGES = 1600, 300
# commands of an OFD path → commands of an SVG path
_COMMANDS = {"S": "M", "M": "M", "L": "L", "Q": "Q", "B": "C", "A": "A", "C": "Z"}
_NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?")


def as_svg(package: Package, sheet: Sheet, degrees: float = 0.0) -> str:
    """A page as a self-contained SVG document, rotated by `degrees` clockwise; it loads no resources and runs no scripts."""
    x, y, width, height = sheet.box
    across, down = (height, width) if round(degrees / 90) % 2 else (width, height)
    size = f'width="{across * POINT:.1f}" height="{down * POINT:.1f}" viewBox="0 0 {across:g} {down:g}"'
    middle = (
        f"translate({across / 2:g} {down / 2:g}) rotate({degrees:g}) translate({-x - width / 2:g} {-y - height / 2:g})"
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        f'<rect width="100%" height="100%" fill="#fff"/><g transform="{middle}">',
    ]
    for item in (*sheet.objects, *(one for annotation in sheet.annotations for one in annotation.objects)):
        if isinstance(item, Text):
            parts += () if item.hidden else _text(item)
        elif isinstance(item, Shape):
            parts += _shape(item)
        else:
            parts += _picture(package, item)
    return "".join((*parts, "</g></svg>"))


def _text(text: Text) -> Iterator[str]:
    shown = [(char, x, y) for char, x, y in text.chars if not char.isspace()]
    if shown:
        family = quoteattr(f"'{text.font}',{_FALLBACK}" if re.fullmatch(r"[\w -]+", text.font) else _FALLBACK)
        across, down = (" ".join(f"{place[axis]:g}" for place in shown) for axis in (1, 2))
        letters = escape("".join(char for char, _, _ in shown))
        yield (
            f'<text transform="{_matrix(text.matrix)}" font-size="{text.size:g}" font-family={family} '
            f'fill="{text.colour}" x="{across}" y="{down}">{letters}</text>'
        )


def _shape(shape: Shape) -> Iterator[str]:
    path = " ".join(_commands(shape.path))
    if path.startswith("M") and (shape.stroke or shape.fill):
        yield (
            f'<path transform="{_matrix(shape.matrix)}" d="{path}" fill="{shape.fill or "none"}" '
            f'stroke="{shape.stroke or "none"}" stroke-width="{shape.width:g}"/>'
        )


def _commands(path: str) -> Iterator[str]:
    for word in path.replace(",", " ").split():
        if word in _COMMANDS:
            yield _COMMANDS[word]
        elif _NUMBER.fullmatch(word):
            yield word


def _picture(package: Package, picture: Picture) -> Iterator[str]:
    try:
        data = package.read(picture.part)
        with Image.open(io.BytesIO(data)) as image:
            kind = image.format or ""
            if kind not in ("PNG", "JPEG") or max(image.size) > _MAX_SIDE:
                image.thumbnail((_MAX_SIDE, _MAX_SIDE))
                stream = io.BytesIO()
                image.convert("RGBA").save(stream, "PNG")
                kind, data = "PNG", stream.getvalue()
    except (OFDError, UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return
    link = f"data:image/{kind.lower()};base64,{base64.b64encode(data).decode('ascii')}"
    yield f'<image transform="{_matrix(picture.matrix)}" width="1" height="1" preserveAspectRatio="none" href="{link}"/>'


def _matrix(matrix: Matrix) -> str:
    return f"matrix({' '.join(f'{part:.6g}' for part in matrix)})"


def sizes(original: Path) -> Iterator[dict[str, Any]]:
    """The pages of an OFD with number (from 1), width and height in points, and an empty list of marks."""
    with open_package(original.read_bytes()) as package:
        for number, sheet in enumerate(islice(sheets_of(package, Losses()), _MAX_PAGES), 1):
            yield {"number": number, "width": sheet.box[2] * POINT, "height": sheet.box[3] * POINT, "marks": []}


def draw(original: Path, number: int, degrees: float, out: Path) -> None:
    """Write a page of an OFD as SVG, rotated by `degrees` clockwise. Raises `SystemExit(2)` if there is no such page."""
    with open_package(original.read_bytes()) as package:
        sheet = next(islice(sheets_of(package, Losses()), number - 1, None), None) if number > 0 else None
        if sheet is None:
            raise SystemExit(2)
        out.write_text(as_svg(package, sheet, degrees), encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """`sizes OFD` prints the pages as JSON, `draw OFD NUMBER DEGREES SVG` writes one."""
    if arguments[0] == "sizes":
        sys.stdout.write(json.dumps(list(sizes(Path(arguments[1])))))
    else:
        draw(Path(arguments[1]), int(arguments[2]), float(arguments[3]), Path(arguments[4]))


if __name__ == "__main__":
    main(sys.argv[1:])
