"""Text of a PDF is read in the direction in which it runs: pages turned, drawn on their side, in vertical columns."""

import io

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen import canvas

from tests.ingest.pdf_pages import HEIGHT, WIDTH, Draw, furniture_in, lines, made, source_of, text_of, together

PAPER = ["南浦县夜间施工管理规定", "第一条 夜间施工应当报县住房城乡建设局批准。", "第二条 违者处二千元罚款。"]
ALL = "".join(PAPER)


def rotated(data: bytes, degrees: int) -> bytes:
    """The file with every page marked to be shown turned."""
    writer, stream = PdfWriter(), io.BytesIO()
    for page in PdfReader(io.BytesIO(data)).pages:
        writer.add_page(page).rotate(degrees)
    writer.write(stream)
    return stream.getvalue()


def drawn_turned(draw: Draw, degrees: int) -> Draw:
    """Draws on a page turned counterclockwise around its middle."""

    def turn(page: canvas.Canvas) -> None:
        page.saveState()
        page.translate(WIDTH / 2, HEIGHT / 2)
        page.rotate(degrees)
        page.translate(-WIDTH / 2, -HEIGHT / 2)
        draw(page)
        page.restoreState()

    return turn


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_is_shown_turned_but_drawn_upright_in_the_result_is_read(degrees: int) -> None:
    # a viewer turns the page clockwise, therefore the text was drawn counterclockwise
    data = rotated(made(drawn_turned(lines(PAPER, 150, HEIGHT - 300), degrees), letters=ALL), degrees)
    assert text_of(source_of(data)) == PAPER


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_text_drawn_on_its_side_or_upside_down_is_read(degrees: int) -> None:
    data = made(drawn_turned(lines(PAPER, 150, HEIGHT - 300), degrees), letters=ALL)
    source = source_of(data)
    assert text_of(source) == PAPER
    assert all(
        b.box and 0 <= b.box[0] < b.box[2] <= WIDTH and 0 <= b.box[1] < b.box[3] <= HEIGHT for b in source.blocks
    )


def test_words_on_their_side_in_the_margin_do_not_mix_with_the_text() -> None:
    margin = "存档编号丙七"

    def binding(page: canvas.Canvas) -> None:
        page.saveState()
        page.translate(40, 300)
        page.rotate(90)
        page.drawString(0, 0, margin)
        page.restoreState()

    source = source_of(made(together(lines(PAPER), binding), letters=ALL + margin))
    assert text_of(source) == PAPER and furniture_in(source) == [margin]


def test_a_wide_table_on_its_side_beside_upright_text_is_text() -> None:
    rows = [f"{name}路段自早七时至晚九时禁止货车通行并不得停放" for name in ("东街", "南街", "北街")]

    def aside(page: canvas.Canvas) -> None:
        page.saveState()
        page.translate(WIDTH - 100, 120)
        page.rotate(90)
        lines(rows, 0, 0, 24)(page)
        page.restoreState()

    found = text_of(source_of(made(together(lines(PAPER), aside), letters=ALL + "".join(rows))))
    assert found[:3] == PAPER and "".join(found[3:]) == "".join(rows)


COLUMNS = [
    "南浦县牌坊保护规定",
    "第一条为了保护牌坊，制",
    "定本规定。",
    "第二条损坏牌坊的，责令",
    "修复。",
    "二〇二五年三月三日",
]


def vertical(columns: list[str], top: float = HEIGHT - 120) -> Draw:
    """Draws columns from right to left, each downwards, character by character, with the leftmost first if `backwards`."""

    def draw(page: canvas.Canvas) -> None:
        for number, column in enumerate(columns):
            for row, letter in enumerate(column):
                page.drawString(480 - number * 28, top - row * 15, letter)

    return draw


@pytest.mark.parametrize("order", ["from the right", "from the left"])
def test_vertical_columns_are_read_from_right_to_left(order: str) -> None:
    draw = vertical(COLUMNS)
    if order == "from the left":

        def draw(page: canvas.Canvas) -> None:
            for number in range(len(COLUMNS) - 1, -1, -1):
                for row, letter in enumerate(COLUMNS[number]):
                    page.drawString(480 - number * 28, HEIGHT - 120 - row * 15, letter)

    found = text_of(source_of(made(draw, letters="".join(COLUMNS))))
    assert found == [
        "南浦县牌坊保护规定",
        "第一条为了保护牌坊，制定本规定。",
        "第二条损坏牌坊的，责令修复。",
        "二〇二五年三月三日",
    ]


def test_the_page_number_below_vertical_columns_is_furniture() -> None:
    source = source_of(made(together(vertical(COLUMNS), lines(["— 7 —"], 280, 40)), letters="".join(COLUMNS) + "— 7"))
    assert furniture_in(source) == ["— 7 —"] and text_of(source)[0] == COLUMNS[0]


def test_boxes_of_a_cropped_page_are_those_on_the_page_as_shown() -> None:
    writer, stream = PdfWriter(), io.BytesIO()
    page = PdfReader(io.BytesIO(made(lines(PAPER, 150), letters=ALL))).pages[0]
    page.cropbox.lower_left = (100, 100)
    writer.add_page(page)
    writer.write(stream)
    source = source_of(stream.getvalue())
    assert text_of(source) == PAPER
    assert source.blocks[0].box and source.blocks[0].box[0] == pytest.approx(50, abs=2)
