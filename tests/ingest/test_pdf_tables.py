"""Ruled tables of a PDF are read cell by cell, with the places of their cells, as those of Word are."""

from collections.abc import Sequence

import pytest
from reportlab.pdfgen import canvas

from pipeline.document import BlockKind
from tests.ingest.pdf_pages import HEIGHT, WIDTH, Draw, lines, made, notes_of, source_of, text_of, together
from tests.ingest.test_tables import places

HEAD = ["停车收费标准如下，各停车场应当遵照执行。"]
TAIL = ["以上标准自公布之日起施行。"]
ROWS = [["车型", "标准"], ["小型车", "每小时三元"], ["大型车", "每小时六元"]]
LETTERS = "".join(HEAD + TAIL) + "".join("".join(row) for row in ROWS) + "备注免费项目一日夜间收0123456789"
EDGES = (72.0, 200.0, 420.0)


def grid(
    rows: Sequence[Sequence[str]], top: float, edges: Sequence[float] = EDGES, how: str = "lines", tall: float = 24
) -> Draw:
    """A ruled table; `how` its rules are drawn: as lines, one rectangle a cell, thin bars, or without the outer sides."""
    ys = [top - tall * row for row in range(len(rows) + 1)]
    level = [(edges[0], y, edges[-1], y) for y in ys]
    upright = [(x, ys[-1], x, top) for x in (edges[1:-1] if how == "open" else edges)]

    def draw(page: canvas.Canvas) -> None:
        for row, words in enumerate(rows):
            for column, word in enumerate(words):
                page.drawString(edges[column] + 4, ys[row + 1] + 8, word)
                if how == "boxes":
                    page.rect(edges[column], ys[row + 1], edges[column + 1] - edges[column], tall)
        for x0, y0, x1, y1 in [] if how == "boxes" else [*level, *upright]:
            if how == "bars":
                page.rect(x0 - 0.4, y0 - 0.4, x1 - x0 + 0.8, y1 - y0 + 0.8, stroke=0, fill=1)
            else:
                page.line(x0, y0, x1, y1)

    return draw


@pytest.mark.parametrize("how", ["lines", "boxes", "bars", "open"])
def test_the_cells_of_a_ruled_table_have_their_places(how: str) -> None:
    page = together(lines(HEAD), grid(ROWS, HEIGHT - 120, how=how), lines(TAIL, 72, HEIGHT - 230))
    source = source_of(made(page, letters=LETTERS))
    assert places(source) == [
        ("车型", (0, 0, 0, 1, 1)), ("标准", (0, 0, 1, 1, 1)),
        ("小型车", (0, 1, 0, 1, 1)), ("每小时三元", (0, 1, 1, 1, 1)),
        ("大型车", (0, 2, 0, 1, 1)), ("每小时六元", (0, 2, 1, 1, 1)),
    ]  # fmt: skip
    assert text_of(source)[0] == HEAD[0] and text_of(source)[-1] == TAIL[0]


def test_words_that_wrap_in_a_cell_are_joined_and_empty_cells_are_kept() -> None:
    def draw(page: canvas.Canvas) -> None:
        grid([["项目", ""], ["", "免费"]], HEIGHT - 150, tall=60)(page)
        page.drawString(204, HEIGHT - 170, "每小时三")
        page.drawString(204, HEIGHT - 188, "元")

    assert places(source_of(made(together(lines(HEAD), draw), letters=LETTERS))) == [
        ("项目", (0, 0, 0, 1, 1)), ("每小时三元", (0, 0, 1, 1, 1)), ("", (0, 1, 0, 1, 1)), ("免费", (0, 1, 1, 1, 1)),
    ]  # fmt: skip


def test_cells_that_span_rows_and_columns_say_so() -> None:
    top = HEIGHT - 150

    def draw(page: canvas.Canvas) -> None:
        for x0, y0, x1, y1 in ((72, 0, 420, 0), (200, 30, 420, 30), (72, 60, 420, 60), (72, 90, 420, 90)):
            page.line(x0, top - y0, x1, top - y1)
        for x, y0, y1 in ((72, 0, 90), (200, 0, 60), (310, 0, 60), (420, 0, 90)):
            page.line(x, top - y0, x, top - y1)
        for x, y, word in (
            (76, 40, "小型车"),
            (204, 20, "日"),
            (314, 20, "三元"),
            (204, 50, "夜"),
            (314, 50, "免费"),
            (76, 80, "备注"),
        ):
            page.drawString(x, top - y, word)

    assert places(source_of(made(together(lines(HEAD), draw), letters=LETTERS))) == [
        ("小型车", (0, 0, 0, 1, 2)), ("日", (0, 0, 1, 1, 1)), ("三元", (0, 0, 2, 1, 1)),
        ("夜", (0, 1, 1, 1, 1)), ("免费", (0, 1, 2, 1, 1)), ("备注", (0, 2, 0, 3, 1)),
    ]  # fmt: skip


def test_a_table_that_goes_on_on_the_next_page_is_one_table() -> None:
    first = together(lines(HEAD), grid(ROWS, 200))
    second = together(grid([["备注", "免费"], ["日间", "收费"]], HEIGHT - 80), lines(TAIL, 72, HEIGHT - 200))
    found = places(source_of(made(first, second, letters=LETTERS)))
    assert found[-2:] == [("日间", (0, 4, 0, 1, 1)), ("收费", (0, 4, 1, 1, 1))]


def test_two_tables_have_numbers_of_their_own() -> None:
    page = together(
        grid(ROWS, HEIGHT - 100),
        lines(TAIL, 72, HEIGHT - 220),
        grid([["备注", "免费"], ["日间", "收费"]], HEIGHT - 250),
    )
    assert [place[0] for _, place in places(source_of(made(page, letters=LETTERS)))] == [0] * 6 + [1] * 4


def test_figures_alone_in_a_cell_are_text_of_the_document() -> None:
    source = source_of(made(grid([["项目", "标准"], ["1", "30"]], HEIGHT - 100), letters=LETTERS))
    assert [block.kind for block in source.blocks] == [BlockKind.CELL] * 4


@pytest.mark.parametrize("frame", [(50, 50, WIDTH - 100, HEIGHT - 100), (60, HEIGHT - 260, 480, 200)])
def test_a_frame_around_text_is_no_table(frame: tuple[float, float, float, float]) -> None:
    source = source_of(made(together(lambda page: page.rect(*frame), lines([*HEAD, *TAIL])), letters=LETTERS))
    assert "".join(text_of(source)) == HEAD[0] + TAIL[0] and not places(source)


def test_a_red_line_below_the_letterhead_is_no_table() -> None:
    def rule(page: canvas.Canvas) -> None:
        page.line(72, HEIGHT - 112, WIDTH - 72, HEIGHT - 112)
        page.line(72, 90, WIDTH - 72, 90)

    source = source_of(made(together(rule, lines([*HEAD, *TAIL])), letters=LETTERS))
    assert "".join(text_of(source)) == HEAD[0] + TAIL[0] and not places(source) and not notes_of(source)


def test_a_table_on_a_page_drawn_on_its_side_is_read_by_cells() -> None:
    def draw(page: canvas.Canvas) -> None:
        page.translate(WIDTH, 0)
        page.rotate(90)
        together(lines(HEAD, 72, WIDTH - 80), grid(ROWS, WIDTH - 120))(page)

    found = places(source_of(made(draw, letters=LETTERS)))
    assert found[:2] == [("车型", (0, 0, 0, 1, 1)), ("标准", (0, 0, 1, 1, 1))] and len(found) == 6


def test_a_unit_in_brackets_in_a_cell_is_no_pronunciation() -> None:
    rows = [["重量（kg）", "排量（m）"], ["1", "2"]]
    assert (
        text_of(source_of(made(grid(rows, HEIGHT - 100), letters=LETTERS + rows[0][0] + rows[0][1])))[0] == "重量（kg）"
    )


@pytest.mark.parametrize("amount", ["1,085", "12,345.5", "3,000,000"])
def test_the_commas_of_a_number_that_stands_alone_stay_in_it(amount: str) -> None:
    """A comma has its ink below that of the digits beside it."""
    rows = [["市", "金额"], ["青州市", amount]]
    page = together(lines(HEAD), grid(rows, HEIGHT - 120), lines([amount], 72, HEIGHT - 230))
    source = source_of(made(page, letters="".join(HEAD) + "市金额青州0123456789.,"))
    assert (amount, (0, 1, 1, 1, 1)) in places(source)
    assert source.text.splitlines()[-1].endswith(amount)
