"""Lines under a seal are read from their darkest ink, whatever the colour of the seal, and are always told to be checked."""

import io
import math

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from corpora import writers
from corpora.fonts import PAGE_FONT
from pipeline.document import SourceText
from pipeline.ingest import Upload, ocr, read
from tests.ingest.pdf_pages import notes_of, text_of

needs_recognition = pytest.mark.skipif(not ocr.available(), reason="needs the extra ocr")
PAPER = [
    "南浦县水利局关于加强河道采砂管理的通知",
    "　　各乡镇人民政府，现将河道采砂管理的有关事项通知如下，请遵照执行，不得擅自变更。",
    "　　采砂应当取得许可。本通知自2031年7月1日起施行，有效期3年。",
    "　　　　　　　　　　　　　　　　　　南浦县水利局",
    "　　　　　　　　　　　　　　　　　　2031年6月18日",
]
COLOURS = {"red": (210, 30, 30), "blue": (40, 60, 190), "grey": (90, 90, 90), "pale grey": (150, 150, 150)}


def sealed(colour: tuple[int, int, int] | None, grey: bool = False) -> Image.Image:
    """The page with a round seal over signature and date, below the text as wet ink is."""
    (page,) = writers.as_scan(PAPER)
    if colour is None:
        return page
    seal = Image.new("RGB", page.size, "white")
    pen, font = ImageDraw.Draw(seal), ImageFont.truetype(PAGE_FONT, 40)
    x, y, radius = 1090, 660, 155
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=7)
    pen.regular_polygon((x, y, 42), 5, fill=colour)
    for at, letter in enumerate("南浦县水利局"):
        angle = math.radians(200 + 28 * at)
        pen.text((x + 118 * math.cos(angle) - 20, y + 118 * math.sin(angle) - 20), letter, fill=colour, font=font)
    both = Image.fromarray(np.minimum(np.asarray(page), np.asarray(seal)))
    return both.convert("L").convert("RGB") if grey else both


def source(page: Image.Image) -> SourceText:
    stream = io.BytesIO()
    page.save(stream, "PNG")
    return read(Upload("扫描.png", stream.getvalue()))


@needs_recognition
@pytest.mark.parametrize("name", [*COLOURS, "red copied in grey"])
def test_signature_and_date_under_a_seal_are_read_or_told(name: str) -> None:
    page = sealed(COLOURS["red"], grey=True) if name == "red copied in grey" else sealed(COLOURS[name])
    found = source(page)
    assert "2031年6月18日" in text_of(found) and "南浦县水利局" in text_of(found)
    assert "2031年6月18日”压在印章下" in notes_of(found)


@needs_recognition
def test_a_page_without_a_seal_is_not_told_to_have_one() -> None:
    found = source(sealed(None))
    assert "印章" not in notes_of(found) and "2031年6月18日" in text_of(found)


@needs_recognition
def test_a_page_with_a_ruled_table_is_not_told_to_have_a_seal() -> None:
    from tests.ingest.test_places import table

    assert "印章" not in notes_of(source(table()))


@needs_recognition
def test_a_sealed_page_upside_down_is_read() -> None:
    found = source(sealed(COLOURS["red"]).rotate(180))
    assert "2031年6月18日" in text_of(found) and found.turns[0].degrees == 180
