"""Scanned pages, as images or in a PDF: drawn, recognised page by page, and what is unsure or missing is said."""

import io
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from multiprocessing import parent_process
from threading import Lock
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from pipeline.document import Note, Turn
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of
from pipeline.ingest.ocr import DPI, FINE, UNSURE, Leaf, Picture, Pixels, available, read_picture
from pipeline.ingest.places import Line
from pipeline.numerals import read_number

_MOST_PIXELS, _MOST_FRAMES, _MOST_AT_ONCE = 80_000_000, 500, 4
# A4 at `DPI` is this wide; images without a believable resolution are taken for a page of that size
_A4 = 8.27
_HEADS = {"（{}）": re.compile(r"^（([一二三四五六七八九十]{1,3})）"), "{}、": re.compile(r"^([一二三四五六七八九十]{1,3})、"),
          "第{}条": re.compile(r"^第([一二三四五六七八九十百零〇]{1,5})条")}  # fmt: skip
_MOST_NAMED = 8


def needs_installing(kind: str, what: str) -> UnreadableFile:
    """The error where pages would have to be recognised and nothing is installed for it."""
    return UnreadableFile(
        kind, what, remedy="已保存原件，待识别；安装识别组件（pip install 'qinggui[ocr]'）后重新提交，或者提交电子版"
    )


def read_image(data: bytes) -> Reading:
    """The text of an image, one page a frame. Raises `UnreadableFile`: damaged, too large, nothing readable on it."""
    if not available():
        raise needs_installing("image", "扫描图片需要识别")
    lost, leaves = Losses(), []
    for picture in _frames(data, lost):
        leaf = Leaf(())
        if picture is not None:
            with lost.page(picture.page):
                leaf = read_picture(picture)
        leaves.append(leaf)
    pages = [leaf.lines for leaf in leaves]
    lost.check(any(pages))
    if not any(pages):
        raise UnreadableFile("empty", "图片上没有认出文字", remedy="请确认是文件的扫描件，提高清晰度后重新提交")
    turns = turns_of(dict(enumerate(leaves, 1)))
    return Reading("image", tuple(blocks_of(pages)), (*lost.notes(), *told_of(pages)), len(pages), turns)


def turns_of(leaves: Mapping[int, Leaf]) -> tuple[Turn, ...]:
    """Which pages were set upright."""
    return tuple(Turn(number, leaf.degrees) for number, leaf in leaves.items() if leaf.degrees)


def read_page_image(data: bytes, number: int, size: tuple[float, float]) -> Leaf | None:
    """An image that is a page of a document, `size` points wide and high, read; None where it is damaged."""
    lost = Losses()
    try:
        frame = next(_frames(data, lost), None)
    except UnreadableFile:
        return None
    lost.check(False)
    if frame is None:
        return None
    return read_picture(replace(frame, page=number, dpi=frame.pixels.shape[1] * 72 / max(size[0], 1.0)))


def _frames(data: bytes, lost: Losses) -> Iterator[Picture | None]:
    """The pages of an image; None for one that was lost."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")
            yield from (_whole(frame, number, lost) for number, frame in enumerate(ImageSequence.Iterator(image), 1))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise _damaged() from error


def _whole(frame: Image.Image, number: int, lost: Losses) -> Picture | None:
    """A page of an image; None where it was lost."""
    with lost.page(number):
        try:
            return _frame(frame, number)
        except (OSError, ValueError, SyntaxError) as error:
            raise _damaged() from error
    return None


def _damaged() -> UnreadableFile:
    return UnreadableFile("truncated", "图片不完整或已损坏", remedy="请重新扫描后提交")


def _frame(frame: Image.Image, number: int) -> Picture:
    if number > _MOST_FRAMES or frame.width * frame.height > _MOST_PIXELS:
        raise UnreadableFile("limit", "图片太大或者页数太多", remedy="请按200点每英寸重新扫描，或者拆分后提交")
    pixels = np.asarray(ImageOps.exif_transpose(frame).convert("RGB"), dtype=np.uint8)
    return Picture(pixels, number, min(pixels.shape[:2]) / _A4)


def read_pages(document: pdfium.PdfDocument, numbers: Sequence[int], lost: Losses) -> dict[int, Leaf]:
    """The pages of a PDF (numbered from 1) that have no text of their own; several at once where this process is alone."""
    pictures = _drawn(document, numbers, lost)
    at_once = min(_at_once(), len(numbers))
    if at_once < 2:
        return _kept(((picture.page, partial(read_picture, picture)) for picture in pictures), lost)
    found: dict[int, Leaf] = {}
    with ThreadPoolExecutor(at_once) as pool:
        # no more pages are drawn ahead than are read
        for some in iter(lambda: list(islice(pictures, at_once)), []):
            futures = [(picture.page, pool.submit(read_picture, picture).result) for picture in some]
            found |= _kept(futures, lost)
    return found


def _kept(pages: Iterable[tuple[int, Callable[[], Leaf]]], lost: Losses) -> dict[int, Leaf]:
    """The pages that could be read."""
    found = {}
    for number, leaf in pages:
        with lost.page(number):
            found[number] = leaf()
    return found


def _drawn(document: pdfium.PdfDocument, numbers: Sequence[int], lost: Losses) -> Iterator[Picture]:
    lock = Lock()
    for number in numbers:
        picture = None
        with lost.page(number):
            picture = _picture_of(document, number, lock)
        if picture is not None:
            yield picture


def _at_once() -> int:
    """How many pages are read side by side: the workers of a cleanup each have a core and read one at a time."""
    return 1 if parent_process() else max(1, min(_MOST_AT_ONCE, os.cpu_count() or 1))


def _picture_of(document: pdfium.PdfDocument, number: int, lock: Lock) -> Picture:
    return Picture(_draw(document, number, DPI, lock), number, DPI, lambda: _draw(document, number, FINE, lock))


def _draw(document: Any, number: int, dpi: int, lock: Lock) -> Pixels:
    """The pixels of a page; PDFium serves one thread at a time."""
    with lock:
        page = document[number - 1]
        scale = min(dpi / 72, (_MOST_PIXELS / max(page.get_width() * page.get_height(), 1)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        return np.ascontiguousarray(bitmap.to_numpy()[..., :3])


def told_of(pages: Sequence[Sequence[Line]]) -> Iterator[Note]:
    """What a reviewer should know of recognised pages: that they are, where it is unsure, what numbering lacks."""
    read = [line for lines in pages for line in lines if line.confidence is not None]
    if not read:
        return
    numbers = sorted({line.page for line in read})
    yield Note("recognised", f"第{_ranges(numbers)}页是扫描件，文字由程序识别，请对照原件")
    unsure = [line for line in read if (line.confidence or 0) < UNSURE]
    for line in unsure[:_MOST_NAMED]:
        yield Note("unsure", f"第{line.page}页“{line.text[:30]}”识别把握低（{line.confidence:.0%}）")
    if len(unsure) > _MOST_NAMED:
        yield Note("unsure", f"另有{len(unsure) - _MOST_NAMED}行识别把握低")
    yield from (Note("gap", says) for says in gaps([line for lines in pages for line in lines]))


def gaps(lines: Sequence[Line]) -> Iterator[str]:
    """Numbers left out of a row of headings: after （一） comes （三）."""
    last: dict[str, int] = {}
    for line in lines:
        for form, pattern in _HEADS.items():
            match = pattern.match(line.text.strip())
            number = read_number(match[1]) if match else None
            if number is None:
                continue
            before = last.get(form)
            if before is not None and before + 1 < number <= before + 3:
                yield f"第{line.page}页“{line.text[:12]}”之前可能漏认了编号，前一个是{form.format(_chinese(before))}"
            last[form] = number
            if form == "{}、":
                last.pop("（{}）", None)


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    tens, ones = divmod(number, 10)
    return f"{digits[tens] if tens > 1 else ''}十{digits[ones] if ones else ''}" if tens < 10 else str(number)


def _ranges(numbers: Sequence[int]) -> str:
    """1-3、5 for 1, 2, 3, 5."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
