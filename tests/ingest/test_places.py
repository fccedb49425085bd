"""Positions of characters: the character at a reported position is the one in the text."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from corpora import papers, writers
from corpora.fonts import PAGE_FONT
from pipeline.analyzer import LegalContext, analyze_source
from pipeline.document import BlockKind, Print, SourceText, Span
from pipeline.ingest import Upload, ocr, read
from pipeline.ingest.assemble import RawBlock, Reading, assemble
from pipeline.ingest.places import Line, even_edges
from tests.conftest import AS_OF
from tests.ingest.test_office import needs_recognition, packed

DOCUMENT = papers.LAYOUT


def line(text: str, *, y: float = 700.0, confidence: float | None = None) -> Line:
    return Line(
        text,
        1,
        (100.0, y, 100.0 + 16 * len(text), y + 16),
        842.0,
        confidence,
        even_edges(text, 100, 100 + 16 * len(text)),
    )


def assembled(*lines: Line) -> SourceText:
    text = "".join(one.text for one in lines)
    return assemble("a", "", Reading("pdf", (RawBlock(text, page=1, lines=lines),), pages=1))


def test_positions_survive_normalisation_and_joined_lines() -> None:
    source = assembled(line("⼀、企 业应当在１０日内,"), line("向县⼈民政府报告。", y=670.0))
    assert source.text == "一、企业应当在10日内，向县人民政府报告。"
    first, second = source.prints
    assert (
        first.span.cut(source.text) == "一、企业应当在10日内，" and second.span.cut(source.text) == "向县人民政府报告。"
    )
    assert all(len(one.edges) == len(one.span) + 1 for one in source.prints)
    at = source.text.index("人民")
    left = second.edges[at - second.span.start]
    assert left == pytest.approx(100 + 16 * 2)
    assert second.box[1] == 670.0


def test_a_line_without_edges_gives_no_prints() -> None:
    assert assembled(replace(line("没有位置的一行。"), edges=())).prints == ()


def test_characters_of_an_ofd_have_the_positions_given_in_the_file() -> None:
    source = read(Upload("a.ofd", writers.as_ofd(DOCUMENT)))
    assert sum(len(one.span) for one in source.prints) > 0.95 * len(packed(source.text))
    for one in source.prints:
        assert np.diff(one.edges[:-1]) == pytest.approx(5.6 * 72 / 25.4, abs=0.2)


def recognised(picture: Image.Image, box: tuple[float, float, float, float], scale: float) -> str:
    """The text recognised within a box of a page, given in points from the lower left corner."""
    x0, y0, x1, y1 = (value * scale for value in box)
    crop = picture.crop((int(x0 - 3), int(picture.height - y1 - 3), int(x1 + 3), int(picture.height - y0 + 3)))
    found = ocr._recognise(np.asarray(crop.convert("RGB")), whole=False)
    return packed(found.txts[0]) if found.txts else ""


@needs_recognition
def test_the_box_of_recognised_characters_contains_them() -> None:
    page = writers.as_scan(DOCUMENT)[0]
    source = read(Upload("a.pdf", writers.as_picture_pdf([page])))
    checked = right = 0
    for one in source.prints:
        for start in range(one.span.start, one.span.end - 6, 5):
            inside = start - one.span.start
            box = (one.edges[inside], one.box[1], one.edges[inside + 6], one.box[3])
            checked += 1
            right += recognised(page, box, 200 / 72) == packed(source.text[start : start + 6])
    assert checked > 20 and right >= 0.9 * checked, (right, checked)


@needs_recognition
@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_rotated_page_is_set_upright(degrees: int) -> None:
    pages = writers.as_scan(DOCUMENT)
    source = read(Upload("a.pdf", writers.as_picture_pdf([page.rotate(degrees, expand=True) for page in pages])))
    assert [(turn.page, turn.degrees) for turn in source.turns] == [(1, degrees)]
    assert packed("".join(DOCUMENT)) in packed(source.text).replace("—1—", "").replace("-1-", "")


@needs_recognition
def test_the_skew_of_a_page_is_reported() -> None:
    page = writers.as_scan(DOCUMENT)[0].rotate(1.0, Image.Resampling.BICUBIC, fillcolor="white")
    (turn,) = read(Upload("a.pdf", writers.as_picture_pdf([page]))).turns
    assert turn.degrees == pytest.approx(1.0, abs=0.15)


def table() -> Image.Image:
    """A page with a ruled table, a line below it, and the characters of a binding line at its edge."""
    font = ImageFont.truetype(PAGE_FONT, 40)
    page = Image.new("RGB", (1654, 2339), "white")
    pen = ImageDraw.Draw(page)
    pen.text((220, 250), "附件：收费项目表", font=font, fill=0)
    rows = (
        ("项目", "标准", "依据"),
        ("垃圾清运费", "每户每月\n6元", "县发改局批复"),
        ("停车费", "每小时\n2元，封顶\n20元", "县政府\n通知"),
    )
    edges, y = (220, 640, 1000, 1440), 350
    for row in rows:
        height = 60 * max(cell.count("\n") + 1 for cell in row) + 20
        for at, cell in enumerate(row):
            pen.rectangle((edges[at], y, edges[at + 1], y + height), outline=0, width=3)
            for number, words in enumerate(cell.split("\n")):
                pen.text((edges[at] + 15, y + 8 + 60 * number), words, font=font, fill=0)
        y += height
    pen.text((220, y + 60), "本表自公布之日起执行，以前的标准不再适用。", font=font, fill=0)
    for number, letter in enumerate("装订线"):
        pen.text((60, 900 + 300 * number), letter, font=font, fill=0)
    return page


@needs_recognition
@pytest.mark.parametrize("skew", [0.0, 0.8])
def test_cells_of_a_ruled_table_are_read_one_after_the_other(skew: float) -> None:
    stream = io.BytesIO()
    table().rotate(skew, Image.Resampling.BICUBIC, fillcolor="white").save(stream, "PNG")
    source = read(Upload("表.png", stream.getvalue()))
    cells = [block.span.cut(source.text) for block in source.blocks if block.kind is BlockKind.CELL]
    assert cells == [
        "项目",
        "标准",
        "依据",
        "垃圾清运费",
        "每户每月6元",
        "县发改局批复",
        "停车费",
        "每小时2元，封顶20元",
        "县政府通知",
    ]
    edge = [block.span.cut(source.text) for block in source.blocks if block.kind is BlockKind.FURNITURE]
    assert sorted(edge) == sorted("装订线")
    assert "本表自公布之日起执行" in source.text


def test_findings_and_facts_carry_the_recognition_confidence() -> None:
    plain = read(Upload("a.txt", "\n".join(papers.FARMHOUSE).encode()))
    prints = tuple(
        Print(block.span, 1, (0, 0, 1, 1), tuple(map(float, range(len(block.span) + 1))), 0.62 if at % 2 else 0.99)
        for at, block in enumerate(plain.blocks)
    )
    dossier = analyze_source(replace(plain, prints=prints), LegalContext(AS_OF))
    found = dossier.assessment.findings
    assert {finding.sure for finding in found} <= {0.62, 0.99}
    for finding in found:
        assert any("把握62%" in reason for reason in finding.reasons) == (finding.sure == 0.62)
    facts = [fact for fact in (dossier.document.masthead.title, dossier.document.masthead.number) if fact]
    assert any("把握62%" in fact.origin for fact in facts) or all(
        (dossier.source.confidence(fact.span) or 1) > 0.9 for fact in facts
    )
    assert analyze_source(plain, LegalContext(AS_OF)).assessment.findings[0].sure is None


def test_the_confidence_of_a_span_is_the_lowest_of_its_lines() -> None:
    source = assembled(line("第一行写得清楚，", confidence=0.98), line("第二行模糊。", y=670.0, confidence=0.5))
    assert source.confidence(Span(0, 3)) == 0.98 and source.confidence(Span(0, len(source.text))) == 0.5
    assert assembled(line("有文字层的一行。")).confidence(Span(0, 3)) is None
