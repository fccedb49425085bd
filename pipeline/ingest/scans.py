"""Reads scans, as images or pages of a PDF: renders and recognises each page and reports uncertain or missing text."""

import io
import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from threading import Lock
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from pipeline.budget import is_late
from pipeline.document import Note, Turn
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.assemble import Reading
from pipeline.ingest.layout import blocks_of
from pipeline.ingest.ocr import DPI, FINE_DPI, UNSURE, PageImage, Pixels, RecognisedPage, available, recognise_page
from pipeline.ingest.places import Line
from pipeline.numerals import read_number

_MAX_PIXELS, _MAX_FRAMES, _MAX_WORKERS = 80_000_000, 500, 4
# width of A4 in inches; the shorter side of an image is assumed to have this size, whatever resolution it declares
_A4_WIDTH = 8.27
_HEADINGS = {"（{}）": re.compile(r"^（([一二三四五六七八九十]{1,3})）"), "{}、": re.compile(r"^([一二三四五六七八九十]{1,3})、"),
          "第{}条": re.compile(r"^第([一二三四五六七八九十百零〇]{1,5})条")}  # fmt: skip
_MAX_NAMED = 8


def needs_installing(kind: str, what: str) -> UnreadableFile:
    """The error for pages that need recognition while it is not installed; `what` is the message, in Chinese."""
    return UnreadableFile(
        kind, what, remedy="已保存原件，待识别；安装识别组件（pip install 'qinggui[ocr]'）后重新提交，或者提交电子版"
    )


def read_image(data: bytes) -> Reading:
    """Read an image by recognition; each frame is a page.

    Raises `UnreadableFile` if the image is damaged, too large or has no legible text, or if recognition is not installed.
    """
    if not available():
        raise needs_installing("image", "扫描图片需要识别")
    lost, recognised = Losses(), list[RecognisedPage]()
    for image in _frames(data, lost):
        page = RecognisedPage(())
        if is_late():
            lost.cut_off(len(recognised) + 1, len(recognised) + 1, "超过一个文件的时间，后面的页没有识别")
            break
        if image is not None:
            with lost.page(image.page):
                page = recognise_page(image)
        recognised.append(page)
    pages = [page.lines for page in recognised]
    lost.check(any(pages))
    if not any(pages):
        raise UnreadableFile("empty", "图片上没有认出文字", remedy="请确认是文件的扫描件，提高清晰度后重新提交")
    turns = turns_of(dict(enumerate(recognised, 1)))
    return Reading("image", tuple(blocks_of(pages)), (*lost.notes(), *recognition_notes(pages)), len(pages), turns)


def turns_of(pages: Mapping[int, RecognisedPage]) -> tuple[Turn, ...]:
    """The rotations applied to recognised pages, given by page number."""
    return tuple(Turn(number, page.degrees) for number, page in pages.items() if page.degrees)


def read_page_image(data: bytes, number: int, size: tuple[float, float]) -> RecognisedPage | None:
    """Recognise an image that shows a page of `size` (width, height) in points; None if the image is damaged."""
    lost = Losses()
    try:
        frame = next(_frames(data, lost), None)
    except UnreadableFile:
        return None
    lost.check(False)
    if frame is None:
        return None
    return recognise_page(replace(frame, page=number, dpi=frame.pixels.shape[1] * 72 / max(size[0], 1.0)))


def _frames(data: bytes, lost: Losses) -> Iterator[PageImage | None]:
    """The frames of an image as pages; None for a frame that could not be read."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data)) as image:
            warnings.simplefilter("ignore")
            yield from (
                _read_frame(frame, number, lost) for number, frame in enumerate(ImageSequence.Iterator(image), 1)
            )
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise _damaged() from error


def _read_frame(frame: Image.Image, number: int, lost: Losses) -> PageImage | None:
    """A frame as a page; None if it could not be read, which is recorded in `lost`."""
    with lost.page(number):
        try:
            return _frame(frame, number)
        except (OSError, ValueError, SyntaxError) as error:
            raise _damaged() from error
    return None


def _damaged() -> UnreadableFile:
    return UnreadableFile("truncated", "图片不完整或已损坏", remedy="请重新扫描后提交")


def _frame(frame: Image.Image, number: int) -> PageImage:
    if number > _MAX_FRAMES or frame.width * frame.height > _MAX_PIXELS:
        raise UnreadableFile("limit", "图片太大或者页数太多", remedy="请按200点每英寸重新扫描，或者拆分后提交")
    pixels = np.asarray(ImageOps.exif_transpose(frame).convert("RGB"), dtype=np.uint8)
    return PageImage(pixels, number, min(pixels.shape[:2]) / _A4_WIDTH)


def read_pages(document: pdfium.PdfDocument, numbers: Sequence[int], lost: Losses) -> dict[int, RecognisedPage]:
    """Recognise pages of a PDF, numbered from 1; in parallel threads unless this process has one core only."""
    images = _render_pages(document, numbers, lost)
    workers = min(_max_workers(), len(numbers))
    if workers < 2:
        return _collect(((image.page, partial(recognise_page, image)) for image in images), lost)
    found: dict[int, RecognisedPage] = {}
    with ThreadPoolExecutor(workers) as pool:
        # pages are rendered in batches, so that few images are in memory at once
        for batch in iter(lambda: list(islice(images, workers)), []):
            futures = [(image.page, pool.submit(recognise_page, image).result) for image in batch]
            found |= _collect(futures, lost)
    return found


def _collect(pages: Iterable[tuple[int, Callable[[], RecognisedPage]]], lost: Losses) -> dict[int, RecognisedPage]:
    """The pages that could be read, by number; errors are recorded in `lost`."""
    found = {}
    for number, recognise in pages:
        with lost.page(number):
            found[number] = recognise()
    return found


def _render_pages(document: pdfium.PdfDocument, numbers: Sequence[int], lost: Losses) -> Iterator[PageImage]:
    lock = Lock()
    for number in numbers:
        if is_late():
            lost.cut_off(number, numbers[-1], "超过一个文件的时间，扫描页没有识别完")
            return
        image = None
        with lost.page(number):
            image = _page_image(document, number, lock)
        if image is not None:
            yield image


def _max_workers() -> int:
    """The number of pages to read in parallel; the workers of a cleanup have a core each, and OMP_NUM_THREADS says so."""
    told = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, min(_MAX_WORKERS, int(told) if told.isdecimal() else os.cpu_count() or 1))


def _page_image(document: pdfium.PdfDocument, number: int, lock: Lock) -> PageImage:
    return PageImage(
        _render(document, number, DPI, lock), number, DPI, lambda: _render(document, number, FINE_DPI, lock)
    )


def _render(document: Any, number: int, dpi: int, lock: Lock) -> Pixels:
    """Render a page to RGB pixels; the lock is needed because PDFium is not thread-safe."""
    with lock:
        page = document[number - 1]
        scale = min(dpi / 72, (_MAX_PIXELS / max(page.get_width() * page.get_height(), 1)) ** 0.5)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        return np.ascontiguousarray(bitmap.to_numpy()[..., :3])


def recognition_notes(pages: Sequence[Sequence[Line]]) -> Iterator[Note]:
    """Notes for the reviewer on recognised pages: which they are, lines of low confidence, gaps in the numbering."""
    read = [line for lines in pages for line in lines if line.confidence is not None]
    if not read:
        return
    numbers = sorted({line.page for line in read})
    yield Note("recognised", f"第{_ranges(numbers)}页是扫描件，文字由程序识别，请对照原件")
    doubtful = [line for line in read if line.doubt]
    for line in doubtful[:_MAX_NAMED]:
        yield Note("unsure", f"第{line.page}页“{line.text[:30]}”{line.doubt}，请对照原件")
    if len(doubtful) > _MAX_NAMED:
        yield Note("unsure", f"另有{len(doubtful) - _MAX_NAMED}行可能认错，请对照原件")
    uncertain = [line for line in read if (line.confidence or 0) < UNSURE]
    for line in uncertain[:_MAX_NAMED]:
        yield Note("unsure", f"第{line.page}页“{line.text[:30]}”识别把握低（{line.confidence:.0%}）")
    if len(uncertain) > _MAX_NAMED:
        yield Note("unsure", f"另有{len(uncertain) - _MAX_NAMED}行识别把握低")
    yield from (Note("gap", message) for message in gaps([line for lines in pages for line in lines]))


def gaps(lines: Sequence[Line]) -> Iterator[str]:
    """Messages, in Chinese, on numbers missing in a sequence of headings, such as （三） after （一）."""
    last: dict[str, int] = {}
    for line in lines:
        for form, pattern in _HEADINGS.items():
            match = pattern.match(line.text.strip())
            number = read_number(match[1]) if match else None
            if number is None:
                continue
            previous = last.get(form)
            if previous is not None and previous + 1 < number <= previous + 3:
                yield f"第{line.page}页“{line.text[:12]}”之前可能漏认了编号，前一个是{form.format(_chinese(previous))}"
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
