"""OFD (GB/T 33190-2016): the text of every document in the package by its place on the page; signatures are named."""

import io
import re
import zipfile
from collections.abc import Iterator

import ofdkit

from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import Line, Piece, blocks_of, lines_of

# millimetres to points
_POINT = 72 / 25.4
_MOST_PAGES = 2000
_PICTURE = re.compile(r"\.(?:png|jpe?g|bmp|tiff?)$", re.IGNORECASE)


def read_ofd(data: bytes) -> Reading:
    """The text of an OFD. Raises `UnreadableFile`: damaged, over the limits, encrypted, or only pictures."""
    try:
        with ofdkit.open(data) as document:
            if len(document.pages) > _MOST_PAGES:
                raise UnreadableFile("limit", f"OFD超过{_MOST_PAGES}页", remedy="请拆分后提交")
            warnings: list[str] = []
            pages = [list(_page_lines(page, warnings)) for page in document.pages]
    except ofdkit.OFDLimitError as error:
        raise UnreadableFile(
            "limit", "OFD的内容超出限制（可能是恶意文件）", remedy="请用阅读器打开并另存后重新提交"
        ) from error
    except (ofdkit.OFDError, zipfile.BadZipFile, KeyError, ValueError, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile(
            "truncated", "OFD不完整、已损坏或者加密，无法读取", remedy="请用阅读器另存为不加密的OFD或PDF后重新提交"
        ) from error
    if not any(pages):
        return _read_pictures(data)
    notes = [*_signatures(data), *(Note("ofd", warning) for warning in dict.fromkeys(warnings))]
    blank = [str(number) for number, lines in enumerate(pages, 1) if not lines]
    if blank:
        notes.append(Note("blank_pages", f"第{'、'.join(blank)}页没有文字，未能识别，请对照原件"))
    return Reading("ofd", tuple(blocks_of(pages)), tuple(notes), len(pages))


def _read_pictures(data: bytes) -> Reading:
    """The text of an OFD whose pages are pictures, in the order of their names. Raises `UnreadableFile`."""
    from pipeline.ingest import ocr, scans

    if not ocr.available():
        raise scans.needs_installing("ofd", "OFD里没有文字，应为图片")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = sorted((name for name in package.namelist() if _PICTURE.search(name)), key=_in_order)
        pages = scans.lines_of_images([package.read(name) for name in names])
    if not any(pages):
        raise UnreadableFile(
            "ofd", "OFD里没有文字，图片上也没有认出文字", remedy="已保存原件，待识别；请打印为PDF后提交"
        )
    note = Note("ofd", "OFD的各页是图片，按图片的次序识别，请对照原件的页次")
    return Reading("ofd", tuple(blocks_of(pages)), (note, *_signatures(data), *scans.told_of(pages)), len(pages))


def _in_order(name: str) -> list[tuple[int, str]]:
    """Names with numbers in the order of the numbers: image_2 before image_10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def _page_lines(page: ofdkit.Page, warnings: list[str]) -> Iterator[Line]:
    """The lines of a page; boxes in points from its lower left corner."""
    try:
        x0, y0, width, height = page.box
        runs = page.runs
    except ofdkit.OFDError:
        warnings.append(f"第{page.index + 1}页的内容已损坏，没有读出，请对照原件")
        return
    top = height * _POINT
    pieces: list[Piece] = []
    for run in runs:
        left, base, size = (run.x - x0) * _POINT, top - (run.y - y0) * _POINT, run.size * _POINT
        inside = -20 <= left <= width * _POINT + 20 and -20 <= base <= top + 20
        if run.text.strip() and inside:
            box = (left, base - size * 0.15, left + max(run.width * _POINT, 1.0), base + size * 0.85)
            pieces.append((run.text.strip(), box))
    yield from lines_of(pieces, page.index + 1, top)


def _signatures(data: bytes) -> Iterator[Note]:
    """Whether the package holds electronic seals or signatures; they are shown, not verified."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = [name.lower() for name in package.namelist()]
    if any(name.endswith(("signedvalue.dat", "signature.xml")) for name in names):
        yield Note("signed", "含电子签章（本系统不验证签章的效力，请用阅读器核验）")
