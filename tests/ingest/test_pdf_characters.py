"""Characters of a PDF page are read in bulk, whatever they are and however many."""

import pytest

from pipeline.ingest import glyphs
from pipeline.ingest.glyphs import Glyph
from pipeline.ingest.pieces import pieces_by_cell
from tests.ingest.pdf_pages import lines, made, source_of, text_of


def test_a_page_of_more_characters_than_are_read_at_once_is_read_whole() -> None:
    line = "县人民政府及其有关部门应当加强监督检查工作并及时公布检查结果"
    words = [f"{line}{chr(0x4E00 + number)}" for number in range(60)]
    data = made(lines(words, top=800, step=12), letters="".join(words))
    assert "".join(text_of(source_of(data))) == "".join(words)


@pytest.mark.parametrize(
    "words",
    ["一二一三二一一", "总则......................3", "-1,200.5,-3", "第123号…一…", "AaiIlL..,,一"],
    ids=["thin", "leader", "figures", "mixed", "latin"],
)
def test_a_line_of_thin_and_low_characters_is_one_line(words: str) -> None:
    others = ["第二行的文字在这里写得长一些。", "第三行的文字在这里写得长一些。"]
    source = source_of(made(lines([words, *others]), letters="".join((words, *others))))
    assert "".join(source.text.split()).replace("，", ",").startswith(words.replace("，", ","))


def _row(words: str, x: float, y: float, size: float = 10.0) -> list[Glyph]:
    boxes = [(x + at * size, y, x + (at + 1) * size, y + size) for at in range(len(words))]
    return [Glyph(char, box, box, blank=char.isspace()) for char, box in zip(words, boxes, strict=True)]


def test_characters_are_joined_as_one_by_one() -> None:
    # a thin stroke, one that lies back, a wide gap, another line
    rows = [*_row("甲乙一丙", 0, 0), *_row("丁", 35, 0), *_row("戊己", 60, 0), *_row("庚", 0, -30)]
    rows[2] = rows[2]._replace(tight=(20.0, 4.0, 30.0, 5.0))
    pieces, cells = pieces_by_cell(glyphs.glyphs_of(rows), ())
    assert [(piece.text, piece.box) for piece in pieces] == [
        ("甲乙一丙丁", (0.0, 0.0, 45.0, 10.0)),
        ("戊己", (60.0, 0.0, 80.0, 10.0)),
        ("庚", (0.0, -30.0, 10.0, -20.0)),
    ]
    assert not cells


def test_blanks_in_a_row_are_one_and_gaps_are_told() -> None:
    rows = [*_row("第一条  ", 0, 0), *_row("本法", 37, 0)]
    (piece,) = pieces_by_cell(glyphs.glyphs_of(rows), ())[0]
    assert piece.text == "第一条 本法"
    assert piece.gaps == ((4, 30.0, 37.0),)
