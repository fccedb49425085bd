"""The same document as OFD, legacy Word, RTF, ODT and scan."""

import io
import random
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from corpora import papers, writers
from pipeline.analyzer import LegalContext, analyze_source
from pipeline.converter import convert, office_program
from pipeline.errors import UnreadableFile
from pipeline.ingest import WAITING, Upload, ocr, office, read
from pipeline.ingest.layout import Line
from pipeline.ingest.scans import gaps
from pipeline.sandbox import Bounds
from tests.conftest import AS_OF

OFFICE = pytest.mark.skipif(office_program() is None, reason="no LibreOffice here: apt-get install libreoffice-writer")
DOCUMENT = papers.LAYOUT


def packed(text: str) -> str:
    return "".join(text.split())


def as_doc(folder: Path, to: str) -> bytes:
    """A docx converted to another format by LibreOffice."""
    source = folder / "source.docx"
    source.write_bytes(writers.as_docx(DOCUMENT))
    return convert(str(office_program()), source, to, Bounds(60, 0)).read_bytes()


def test_an_ofd_gives_the_text_of_the_document_and_a_note_on_its_seal() -> None:
    source = read(Upload("a.ofd", writers.as_ofd(DOCUMENT, signed=True)))
    assert packed(source.text) == packed("".join(DOCUMENT))
    assert source.format == "ofd" and source.pages == 1
    assert any("含电子签章" in note.message for note in source.notes)
    assert all(block.page == 1 and block.box for block in source.blocks)
    found = analyze_source(source, LegalContext(AS_OF))
    assert found.document.masthead.number and found.document.masthead.number.value == "临建发〔2025〕41号"
    assert any(finding.type == "FCR-02" and not finding.softened for finding in found.assessment.findings)


def test_pages_of_an_ofd_are_read_in_order() -> None:
    source = read(Upload("a.ofd", writers.as_ofd(papers.FARMHOUSE * 3)))
    assert source.pages and source.pages > 2
    assert packed(source.text).count("第一章总则") == 3


@OFFICE
@pytest.mark.parametrize("kind", ["doc", "rtf", "odt"])
def test_legacy_office_formats_give_the_text_of_the_document(tmp_path: Path, kind: str) -> None:
    source = read(Upload(f"a.{kind}", as_doc(tmp_path, kind)))
    assert packed(source.text) == packed("".join(DOCUMENT)) and source.format == kind


@OFFICE
def test_a_wps_file_in_the_legacy_word_format_is_read_as_such(tmp_path: Path) -> None:
    source = read(Upload("a.wps", as_doc(tmp_path, "doc")))
    assert source.format == "doc" and not any(note.kind == "suffix" for note in source.notes)


@OFFICE
def test_generated_rtf_and_odt_files_give_the_text_of_the_document() -> None:
    for name, data in (("a.rtf", writers.as_rtf(DOCUMENT)), ("a.odt", writers.as_odt(DOCUMENT))):
        assert packed(read(Upload(name, data)).text) == packed("".join(DOCUMENT)), name


@OFFICE
def test_a_damaged_document_ends_in_time_with_a_reason(tmp_path: Path) -> None:
    whole = as_doc(tmp_path, "doc")
    start = time.monotonic()
    for seed in range(3):
        data = bytearray(whole)
        for _ in range(200):
            data[random.Random(seed).randrange(1536, len(data))] = seed * 77 % 256
        try:
            read(Upload("a.doc", bytes(data[: len(data) // (seed + 1)])))
        except UnreadableFile as error:
            assert error.remedy
    assert time.monotonic() - start < 200


def test_without_libreoffice_a_file_is_kept_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "office_program", lambda: None)
    with pytest.raises(UnreadableFile) as caught:
        read(Upload("a.rtf", writers.as_rtf(DOCUMENT)))
    assert caught.value.kind in WAITING and "LibreOffice" in caught.value.remedy


def test_without_recognition_a_scan_is_kept_for_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    monkeypatch.setattr("pipeline.ingest.scans.available", lambda: False)
    stream = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(stream, "PNG")
    for name, data in (("a.pdf", writers.scanned_pdf()), ("a.png", stream.getvalue())):
        with pytest.raises(UnreadableFile) as caught:
            read(Upload(name, data))
        assert caught.value.kind in WAITING and "qinggui[ocr]" in caught.value.remedy


needs_recognition = pytest.mark.skipif(not ocr.available(), reason="no recognition here: make setup-dev")


@pytest.fixture(scope="module")
def pages() -> list[Image.Image]:
    return writers.as_scan(DOCUMENT)


@needs_recognition
def test_a_scan_gives_the_text_of_the_document(pages: list[Image.Image]) -> None:
    source = read(Upload("a.pdf", writers.as_picture_pdf(pages)))
    assert packed("".join(DOCUMENT)) in packed(source.text).replace("—1—", "").replace("-1-", "")
    assert any(note.kind == "recognised" and "第1页" in note.message for note in source.notes)
    masthead = analyze_source(source, LegalContext(AS_OF)).document.masthead
    assert masthead.number and masthead.number.value == "临建发〔2025〕41号"
    assert masthead.made and str(masthead.made.value) == "2025-07-15"


@needs_recognition
def test_a_skewed_noisy_page_under_a_seal_still_gives_number_and_date(pages: list[Image.Image]) -> None:
    page = pages[0].copy()
    pen = ImageDraw.Draw(page, "RGBA")
    for ring in range(10):
        pen.ellipse((820 + ring, 1150 + ring, 1260 - ring, 1590 - ring), outline=(215, 30, 35, 200))
    page = page.rotate(1.0, Image.Resampling.BICUBIC, fillcolor="white").filter(ImageFilter.GaussianBlur(0.8))
    noise = np.random.default_rng(1).normal(0, 10, (page.height, page.width, 1))
    page = Image.fromarray((np.asarray(page, dtype=np.float32) + noise).clip(0, 255).astype(np.uint8))
    stream = io.BytesIO()
    page.save(stream, "JPEG", quality=50)
    masthead = analyze_source(read(Upload("a.jpg", stream.getvalue())), LegalContext(AS_OF)).document.masthead
    assert masthead.number and masthead.number.value == "临建发〔2025〕41号"
    assert masthead.made and str(masthead.made.value) == "2025-07-15"


@needs_recognition
def test_rereading_single_lines_does_not_affect_the_next_pages(
    pages: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "REREAD", 1.01)
    for _ in range(2):
        source = read(Upload("a.pdf", writers.as_picture_pdf(pages)))
        assert "临建发〔2025〕41号" in source.text and "视频监控" in source.text


@needs_recognition
def test_two_pages_on_one_sheet_are_read_one_after_the_other(pages: list[Image.Image]) -> None:
    other = writers.as_scan(papers.WATER)[0]
    sheet = Image.new("RGB", (pages[0].width * 2, pages[0].height), "white")
    sheet.paste(pages[0], (0, 0))
    sheet.paste(other, (pages[0].width, 0))
    stream = io.BytesIO()
    sheet.save(stream, "PNG")
    text = packed(read(Upload("a.png", stream.getvalue())).text)
    assert text.index("保存时间由企业根据需要确定") < text.index("采砂")


@needs_recognition
def test_only_the_pages_without_text_are_recognised(pages: list[Image.Image]) -> None:
    from pypdf import PdfReader, PdfWriter

    book = PdfWriter()
    for data in (writers.as_pdf(papers.WATER), writers.as_picture_pdf(pages)):
        for page in PdfReader(io.BytesIO(data)).pages:
            book.add_page(page)
    stream = io.BytesIO()
    book.write(stream)
    source = read(Upload("a.pdf", stream.getvalue()))
    message = next(note.message for note in source.notes if note.kind == "recognised")
    assert message.startswith("第2页") and "采砂" in source.text and "视频监控" in source.text


def test_a_decompression_bomb_is_refused() -> None:
    if not ocr.available():
        pytest.skip("no recognition here: make setup-dev")
    stream = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(stream, "PNG")
    with pytest.raises(UnreadableFile) as caught:
        read(Upload("a.png", stream.getvalue()))
    assert caught.value.kind in ("limit", "truncated")


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        ("临建发[2025]41号", "临建发〔2025〕41号"),
        ("临建发（2025）第41号", "临建发〔2025〕第41号"),
        ("【2025】 3 号", "〔2025〕3号"),
    ],
)
def test_brackets_of_numbers_are_normalised(read_as: str, meant: str) -> None:
    assert ocr.normalise_numbers(read_as) == meant


def test_a_gap_in_the_numbering_is_reported() -> None:
    lines = [
        Line(text, 2, (0, 0, 10, 10), 800, 0.9)
        for text in ("（一）甲。", "（三）丙。", "二、乙", "（一）丁。", "（二）戊。")
    ]
    assert list(gaps(lines)) == ["第2页“（三）丙。”之前可能漏认了编号，前一个是（一）"]
