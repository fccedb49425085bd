"""A PDF that does not embed its Chinese fonts reads the same without system fonts, which tests/conftest.py hides."""

import io
import sys
from subprocess import run

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from corpora import fonts, papers
from pipeline import substitute_font
from pipeline.ingest import Upload, read
from tests.conftest import ROOT

TEXT = "".join(papers.WATER)


def one_by_one(text: str, font: str = "STSong-Light") -> bytes:
    """A page with a separate text object for every character."""
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=A4)
    page.setFont(font, 16)
    for at, char in enumerate(text):
        page.drawString(72 + at % 28 * 16, 760 - at // 28 * 26, char)
    page.save()
    return stream.getvalue()


def test_characters_in_separate_text_objects_are_read() -> None:
    assert "".join(read(Upload("a.pdf", one_by_one(TEXT))).text.split()) == "".join(TEXT.split())


@pytest.mark.parametrize(
    ("font", "text"),
    [
        ("STSong-Light", "县水利局，第39条。〔2026〕"),
        ("MSung-Light", "縣水利局，第三條。"),
        ("HeiseiMin-W3", "県水利局，第三条。"),
    ],
)
def test_lone_characters_of_every_chinese_or_japanese_charset_are_in_the_text_layer(font: str, text: str) -> None:
    page = pdfium.PdfDocument(one_by_one(text, font))[0]
    assert "".join(page.get_textpage().get_text_range().split()) == text


def test_boxes_of_text_have_the_height_of_their_line() -> None:
    source = read(Upload("a.pdf", one_by_one(TEXT)))
    heights = [block.box[3] - block.box[1] for block in source.blocks if block.box]
    assert heights and min(heights) > 10


def test_embedded_and_standard_fonts_are_not_replaced() -> None:
    stream = io.BytesIO()
    page = canvas.Canvas(stream)
    page.setFont("Helvetica", 16)
    page.drawString(72, 700, "Article 39")
    page.save()
    (one,) = pdfium.PdfDocument(stream.getvalue())[0].get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
    assert one.get_font().get_family_name() != "Stand-in"


def test_the_font_equals_the_one_generated_by_corpora() -> None:
    assert fonts.substitute() == substitute_font._FONT


def test_without_access_to_system_fonts_installing_does_nothing() -> None:
    script = (
        "import pypdfium2 as pdfium\n"
        "from pypdfium2._helpers import sysfontinfo\n"
        "def refused(self):\n    raise pdfium.PdfiumError('none on this platform')\n"
        "sysfontinfo._DefaultSysfontInfoClass.raw = property(refused)\n"
        "from pipeline.substitute_font import install\ninstall()\nprint('on')\n"
    )
    assert run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout == "on\n"
