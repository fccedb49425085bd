"""A page of a pdf with a picture and little text is recognised; pages whose pictures were not read are named."""

import pytest
from PIL import Image, ImageDraw
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from corpora import writers
from pipeline.ingest import ocr
from tests.ingest.pdf_pages import HEIGHT, WIDTH, Draw, lines, made, notes_of, source_of, text_of, together

needs_recognition = pytest.mark.skipif(not ocr.available(), reason="needs the extra ocr")
PAPER = [
    "南浦县城区养犬管理规定",
    "第一条 养犬应当办理登记，每只每年缴费二百元。",
    "第二条 本规定自2031年7月1日起施行。",
]
DIGITAL = "南浦县档案馆数字副本全宗七目录三案卷九十二"


def scan(box: tuple[float, float, float, float] = (0, 0, WIDTH, HEIGHT), part: tuple[float, float] = (0, 1)) -> Draw:
    """Draws a picture of the paper, or a part of its height from the top, into a box."""

    def draw(page: canvas.Canvas) -> None:
        (picture,) = writers.as_scan(PAPER)
        picture = picture.crop((0, int(picture.height * part[0]), picture.width, int(picture.height * part[1])))
        page.drawImage(ImageReader(picture), box[0], box[1], box[2] - box[0], box[3] - box[1])

    return draw


def joined(found: list[str]) -> str:
    return "".join("".join(line.split()) for line in found)


WANTED = joined(PAPER)


@needs_recognition
@pytest.mark.parametrize(
    "words", [DIGITAL, "— 3 —", "第3页", DIGITAL * 3], ids=["stamp", "number", "word", "long stamp"]
)
def test_a_scan_under_a_printed_line_is_recognised(words: str) -> None:
    rows = [words[at : at + 34] for at in range(0, len(words), 34)]
    source = source_of(made(together(scan(), lines(rows, 60, HEIGHT - 20, 14)), letters=words))
    found = joined(text_of(source))
    assert WANTED in found and "第1页是扫描件" in notes_of(source)
    if words.startswith("南浦"):
        assert found.startswith(words)


@needs_recognition
def test_a_picture_of_text_between_printed_lines_is_read_in_its_place() -> None:
    above, below = (
        ["现将原件影印如下，请各单位对照执行，不得擅自变更。"],
        ["影印件与原件不符的，以原件为准，特此说明。"],
    )
    page = together(
        lines(above), scan((0, 420, WIDTH, 700), (0, 0.34)), lines(below, 72, 380), lines(["经办人签字"], 72, 340)
    )
    source = source_of(made(page, letters="".join(above + below) + "经办人签字"))
    assert joined(text_of(source)) == joined(above) + WANTED + joined(below) + "经办人签字"


def test_a_page_whose_text_lies_over_its_scan_is_not_recognised_again() -> None:
    (picture,) = writers.as_scan(PAPER)

    def draw(page: canvas.Canvas) -> None:
        page.drawImage(ImageReader(picture), 0, 0, WIDTH, HEIGHT)
        text = page.beginText()
        text.setTextRenderMode(3)
        text.setFont(page._font, 16)
        for number, row in enumerate(PAPER):
            text.setTextOrigin(100, HEIGHT - 105 - number * 26)
            text.textOut(row)
        page.drawText(text)

    source = source_of(made(draw, letters="".join(PAPER)))
    assert joined(text_of(source)) == WANTED and not source.notes


def test_a_page_over_a_pale_background_picture_is_not_recognised() -> None:
    ground = Image.new("RGB", (600, 850), "#f2f6ff")

    def draw(page: canvas.Canvas) -> None:
        page.drawImage(ImageReader(ground), 0, 0, WIDTH, HEIGHT)

    source = source_of(made(together(draw, lines(PAPER)), letters="".join(PAPER)))
    assert joined(text_of(source)) == WANTED and not source.notes


def test_a_seal_of_usual_size_does_not_cause_recognition() -> None:
    seal = Image.new("RGB", (300, 300), "white")
    ImageDraw.Draw(seal).ellipse((5, 5, 295, 295), outline="red", width=8)

    def draw(page: canvas.Canvas) -> None:
        page.drawImage(ImageReader(seal), 380, 380, 119, 119)

    source = source_of(made(together(draw, lines(PAPER)), letters="".join(PAPER)))
    assert joined(text_of(source)) == WANTED and not source.notes


def test_a_scan_is_named_where_recognition_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    source = source_of(made(together(scan(), lines([DIGITAL], 60, HEIGHT - 20)), letters=DIGITAL))
    assert "第1页有图片，其中的文字没有读出" in notes_of(source)
