"""The pictures on a page of an OFD as one image of the page, for recognition."""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ofdkit.package import Package
from PIL import Image, UnidentifiedImageError

from pipeline.ingest.affine import Matrix
from pipeline.ingest.coverage import DPI
from pipeline.ingest.ofd_pages import Picture, Sheet, ofd_errors

# resolution of a page on which several pictures are put together, in dots per inch
_PAGE_DPI = 200
_INCH = 25.4
_MAX_PIXELS = 80_000_000


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page as an encoded image, and the size of the page in millimetres."""

    image: bytes
    width: float
    height: float

    def grey(self) -> npt.NDArray[np.uint8]:
        """The page in grey at the resolution at which ink is counted."""
        size = (max(1, round(self.width / _INCH * DPI)), max(1, round(self.height / _INCH * DPI)))
        with Image.open(io.BytesIO(self.image)) as image:
            return np.asarray(image.convert("L").resize(size), dtype=np.uint8)


def page_picture(package: Package, sheet: Sheet) -> PagePicture | None:
    """The pictures of a page as they lie on it; None if there is none that can be read.

    One picture that fills the page is taken as it is, others are put together at 200 dots per inch.
    """
    pictures = [item for item in sheet.objects if isinstance(item, Picture)]
    _, _, width, height = sheet.box
    if not pictures or width <= 0 or height <= 0:
        return None
    if len(pictures) == 1 and _fills(pictures[0].matrix, sheet):
        with ofd_errors():
            return PagePicture(package.read(pictures[0].part), width, height)
    size = (round(width / _INCH * _PAGE_DPI), round(height / _INCH * _PAGE_DPI))
    if size[0] * size[1] > _MAX_PIXELS:
        return None
    page, found = Image.new("RGB", size, "white"), False
    for picture in pictures:
        found = _put(package, picture, sheet, page) or found
    stream = io.BytesIO()
    page.save(stream, "PNG", compress_level=1)
    return PagePicture(stream.getvalue(), width, height) if found else None


def _fills(matrix: Matrix, sheet: Sheet) -> bool:
    """Whether a picture covers nearly the whole page."""
    return abs(matrix.a * matrix.d - matrix.b * matrix.c) > 0.9 * sheet.box[2] * sheet.box[3]


def _put(package: Package, picture: Picture, sheet: Sheet, page: Image.Image) -> bool:
    """Put a picture onto the page; False if it cannot be read or lies at an angle."""
    matrix, scale = picture.matrix, _PAGE_DPI / _INCH
    if abs(matrix.b) > 0.01 * abs(matrix.a) or abs(matrix.c) > 0.01 * abs(matrix.d):
        return False
    size = (round(abs(matrix.a) * scale), round(abs(matrix.d) * scale))
    if not 0 < size[0] * size[1] <= _MAX_PIXELS:
        return False
    left = (min(matrix.e, matrix.e + matrix.a) - sheet.box[0]) * scale
    top = (min(matrix.f, matrix.f + matrix.d) - sheet.box[1]) * scale
    try:
        with ofd_errors():
            data = package.read(picture.part)
        with Image.open(io.BytesIO(data)) as image:
            page.paste(image.convert("RGB").resize(size), (round(left), round(top)))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return False
    return True
