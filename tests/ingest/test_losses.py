"""A page or sheet that raises is reported with a report number, and the others are read."""

import io
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from PIL import Image
from pypdf import PdfReader, PdfWriter

from corpora import writers
from pipeline.errors import UnreadableFile
from pipeline.guard import REPORT, UNFORESEEN
from pipeline.ingest import Upload, ocr, read
from pipeline.ingest.ocr import RecognisedPage
from pipeline.ingest.places import Line

LINES = {
    1: "临溪县人民政府关于印发办法的通知和附件",
    2: "第二页的正文写在这里并且足够长度",
    3: "第三页的正文写在这里并且足够长度",
}


class UnforeseenError(Exception):
    """An exception that no reader handles."""


def pdf() -> bytes:
    """A PDF of three pages with different text."""
    made, stream = PdfWriter(), io.BytesIO()
    for text in LINES.values():
        made.append(PdfReader(io.BytesIO(writers.as_pdf([text]))))
    made.write(stream)
    return stream.getvalue()


def ofd() -> bytes:
    """An OFD of three pages with different text."""
    whole = writers.as_ofd([LINES[1]])
    page = '<ofd:Page ID="{0}" BaseLoc="Pages/Page_{0}/Content.xml"/></ofd:Pages>'
    for number in (2, 3):
        add = page.format(number)
        content = "Doc_0/Pages/Page_0/Content.xml"
        held: list[bytes] = []
        writers.changed_zip(whole, content, lambda data, held=held: held.append(data) or data)  # type: ignore[misc]
        whole = writers.changed_zip(
            whole,
            "Doc_0/Document.xml",
            lambda data, add=add: data.replace(b"</ofd:Pages>", add.encode()),  # type: ignore[misc]
        )
        text = held[0].decode().replace(LINES[1], LINES[number]).encode()
        whole = writers.changed_zip(whole, f"Doc_0/Pages/Page_{number}/Content.xml", lambda _, text=text: text)  # type: ignore[misc]
    return whole


def tiff() -> bytes:
    stream = io.BytesIO()
    first, *others = [Image.new("RGB", (200, 300), "white") for _ in LINES]
    first.save(stream, "TIFF", save_all=True, append_images=others)
    return stream.getvalue()


def recognised(image: ocr.PageImage) -> RecognisedPage:
    return RecognisedPage((Line(LINES[image.page], image.page, (50, 700, 300, 720), 800, confidence=0.9),))


def on_page(number: int, real: Callable[..., object], page_of: Callable[..., int]) -> Callable[..., object]:
    """The function `real`, except that it raises an unforeseen exception for one page."""

    def function(*arguments: object) -> object:
        if page_of(*arguments) == number:
            raise UnforeseenError("坏了")
        return real(*arguments)

    return function


def broken(kind: str, monkeypatch: pytest.MonkeyPatch, pages: tuple[int, ...]) -> bytes:
    """A file of three pages, of which the given ones raise while they are read."""
    from pipeline.ingest import ofd as packages
    from pipeline.ingest import ofd_pages, scans
    from pipeline.ingest import pdf as layers

    monkeypatch.setattr(ocr, "available", lambda: kind in ("scan", "image"))
    monkeypatch.setattr(scans, "available", lambda: True)
    places: dict[str, tuple[object, str, Callable[..., object], Callable[..., int], Callable[[], bytes]]] = {
        "pdf": (layers, "_page_lines", layers._page_lines, lambda _, index, before: index + 1, pdf),
        "ofd": (packages, "_lines", packages._lines, lambda _, number, before: number, ofd),
        "ofd_page": (ofd_pages, "_sheet", ofd_pages._sheet, lambda *_: 0, ofd),
        "scan": (scans, "recognise_page", recognised, lambda image: image.page, lambda: writers.as_picture_pdf([Image.new("RGB", (200, 300), "white")] * 3)),
        "image": (scans, "recognise_page", recognised, lambda image: image.page, tiff),
    }  # fmt: skip
    module, name, real, page_of, make = places[kind]
    if kind == "ofd_page":
        numbers = iter((1, 2, 3))
        page_of = lambda *_: next(numbers)  # noqa: E731
    for number in pages:
        real = on_page(number, real, page_of)
    monkeypatch.setattr(module, name, real)
    return make()


@pytest.mark.parametrize("kind", ["pdf", "ofd", "ofd_page", "scan", "image"])
def test_a_page_that_raises_is_reported_and_the_others_are_read(
    kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    source = read(Upload("报送.x", broken(kind, monkeypatch, (2,))))
    assert LINES[1] in source.text and LINES[3] in source.text and LINES[2] not in source.text and source.pages == 3
    (note,) = [note for note in source.notes if note.kind == UNFORESEEN]
    number = REPORT.search(note.message)
    assert note.message.startswith("第2页没有读出") and number and number[0] in caplog.text
    assert "UnforeseenError: 坏了" in caplog.text and "报送.x" in caplog.text
    assert not any(other.kind == "blank_pages" for other in source.notes)


@pytest.mark.parametrize("kind", ["pdf", "ofd", "scan", "image"])
def test_a_file_of_which_every_page_raises_is_a_problem(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(Upload("a", broken(kind, monkeypatch, (1, 2, 3))))
    assert caught.value.kind == UNFORESEEN and REPORT.search(caught.value.message)


def workbook() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    for name in ("甲", "乙", "丙"):
        page = book.add_worksheet(name)
        for row in range(2):
            page.write_row(row, 0, [f"{name}文件名称{row}", "文号"])
    book.close()
    return stream.getvalue()


def test_a_damaged_sheet_is_reported_and_the_others_are_read() -> None:
    data = writers.changed_zip(workbook(), "xl/worksheets/sheet2.xml", lambda data: data[: len(data) // 2])
    source = read(Upload("a.xlsx", data))
    assert "甲文件名称0" in source.text and "丙文件名称1" in source.text
    assert any(note.message.startswith("工作表“乙”没有读出") for note in source.notes)


def test_a_sheet_that_raises_is_reported_and_the_traceback_is_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, builtins\n"
        "if any('cells' in word for word in sys.orig_argv):\n"
        "    import python_calamine as c\n"
        "    class Book:\n"
        "        def __init__(self, book): self.book, self.sheet_names, self.sheets_metadata = book, book.sheet_names, book.sheets_metadata\n"
        "        @classmethod\n"
        "        def from_path(cls, path): return cls(real.from_path(path))\n"
        "        def get_sheet_by_name(self, name):\n"
        "            if name == '乙': raise Exception('坏了')\n"
        "            return self.book.get_sheet_by_name(name)\n"
        "    real, c.CalamineWorkbook = c.CalamineWorkbook, Book\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{Path(__file__).parents[2]}")
    source = read(Upload("a.xlsx", workbook()))
    assert "甲文件名称0" in source.text and "丙文件名称1" in source.text and "乙文件" not in source.text
    (note,) = [note for note in source.notes if note.kind == UNFORESEEN]
    number = REPORT.search(note.message)
    assert note.message.startswith("工作表“乙”没有读出") and number and number[0] in caplog.text
    assert "Exception: 坏了" in caplog.text and logging.getLogger("pipeline")


def test_a_damaged_page_of_a_scan_is_reported_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.ingest import scans

    monkeypatch.setattr(scans, "available", lambda: True)
    monkeypatch.setattr(scans, "recognise_page", recognised)
    real = scans._frame

    def truncated(frame: Image.Image, number: int) -> ocr.PageImage:
        if number == 2:
            raise OSError("image file is truncated")
        return real(frame, number)

    monkeypatch.setattr(scans, "_frame", truncated)
    source = read(Upload("a.tif", tiff()))
    assert LINES[1] in source.text and LINES[3] in source.text
    assert any(note.message.startswith("第2页没有读出：图片不完整") for note in source.notes)
