"""Watermarks and words that nobody sees are left out of the text of a PDF, which is told; words drawn twice are read once."""

import pytest
from reportlab.lib.colors import Color
from reportlab.pdfgen import canvas

from tests.ingest.pdf_pages import HEIGHT, Draw, lines, made, notes_of, source_of, text_of, together

PAPER = [
    "南浦县河道采砂管理规定",
    "第一条 采砂应当取得许可，期限至2031年5月6日。",
    "第二条 违者处三千元罚款，并责令恢复原状。",
]
MARK = "内部资料严禁外传"
ALL = "".join(PAPER) + MARK


def mark(
    degrees: float = 0, size: float = 14, shade: float = 0.8, alpha: float = 1, places: tuple[float, ...] = (700,)
) -> Draw:
    """Draws the words of a watermark at places from the bottom."""

    def draw(page: canvas.Canvas) -> None:
        page.saveState()
        page.setFillColor(Color(shade, shade, shade, alpha))
        page.setFont(page._font, size)
        for y in places:
            page.saveState()
            page.translate(90, y)
            page.rotate(degrees)
            page.drawString(0, 0, MARK)
            page.restoreState()
        page.restoreState()

    return draw


@pytest.mark.parametrize(
    "watermark",
    [
        mark(35, 30, places=(200, 500, 690)),
        mark(-30, 40, shade=0.2),
        mark(45, 24, shade=0, alpha=0.2, places=(680, 710)),
        mark(0, 40),
        mark(0, 60, shade=0, alpha=0.15),
        mark(0, 14, places=(730, 600, 400, 200)),
        mark(90, 44, places=(300,)),
    ],
    ids=["slanting", "slanting in dark ink", "slanting and clear", "large and pale", "large and clear", "often and pale", "on its side"],
)  # fmt: skip
@pytest.mark.parametrize("below", [True, False])
def test_a_watermark_is_no_text_and_is_told(watermark: Draw, below: bool) -> None:
    draws = (watermark, lines(PAPER)) if below else (lines(PAPER), watermark)
    source = source_of(made(together(*draws), letters=ALL))
    assert text_of(source) == PAPER
    assert f"第1页有水印文字“{MARK}”，没有读入正文" in notes_of(source)


def test_a_watermark_on_all_pages_is_told_once() -> None:
    page = together(lines(PAPER), mark(35, 30))
    source = source_of(made(*[page] * 4, letters=ALL))
    assert [note.message for note in source.notes] == [f"第1、2、3页等有水印文字“{MARK}”，没有读入正文，请对照原件"]


def test_grey_words_of_the_size_of_the_text_are_text() -> None:
    source = source_of(made(together(lines(PAPER), mark(0, 14, 0.6, places=(300,))), letters=ALL))
    assert text_of(source) == [*PAPER, MARK] and not source.notes


@pytest.mark.parametrize("lean", [0.2, 0.35, 0.6])
def test_leaning_type_is_no_watermark(lean: float) -> None:
    def draw(page: canvas.Canvas) -> None:
        text = page.beginText()
        text.setTextTransform(1, 0, lean, 1, 72, 300)
        text.textOut(MARK)
        page.drawText(text)

    source = source_of(made(together(lines(PAPER), draw), letters=ALL))
    assert text_of(source) == [*PAPER, MARK] and not source.notes


def test_white_words_on_a_dark_ground_are_text() -> None:
    def banner(page: canvas.Canvas) -> None:
        page.setFillGray(0.2)
        page.rect(60, 640, 400, 60, fill=1, stroke=0)

    source = source_of(made(together(banner, mark(0, 28, 1, places=(660,)), lines(PAPER, 72, 600)), letters=ALL))
    assert "".join(text_of(source)) == MARK + "".join(PAPER) and not source.notes


def invisible(page: canvas.Canvas) -> None:
    text = page.beginText(72, 300)
    text.setTextRenderMode(3)
    text.textOut(MARK)
    page.drawText(text)


def off_page(page: canvas.Canvas) -> None:
    page.drawString(72, HEIGHT + 40, MARK)


@pytest.mark.parametrize(
    "hidden", [invisible, off_page, mark(0, 14, 1, places=(300,)), mark(0, 14, 0, 0, (300,))],
    ids=["without ink", "beside the page", "white on white", "fully clear"],
)  # fmt: skip
def test_words_that_nobody_sees_are_left_out_and_told(hidden: Draw) -> None:
    source = source_of(made(together(lines(PAPER), hidden), letters=ALL))
    assert text_of(source) == PAPER
    assert f"第1页有看不见的文字“{MARK}”，没有读入正文" in notes_of(source)


def twice(shift: float, by_letter: bool = False) -> Draw:
    def draw(page: canvas.Canvas) -> None:
        for number, line in enumerate(PAPER):
            y = HEIGHT - 100 - 24 * number
            x = 72.0
            for letter in line if by_letter else [line]:
                page.drawString(x, y, letter)
                page.drawString(x + shift, y + shift / 2, letter)
                x += page.stringWidth(letter, page._font, 14)

    return draw


@pytest.mark.parametrize("shift", [0.0, 0.4, 1.0, 2.5])
@pytest.mark.parametrize("by_letter", [True, False])
def test_words_drawn_twice_are_read_once(shift: float, by_letter: bool) -> None:
    assert text_of(source_of(made(twice(shift, by_letter), letters=ALL))) == PAPER


def test_repeated_figures_and_letters_are_kept() -> None:
    rows = ["编号1111、2200、77，路线llii至llll，费用10000元，共11项，代码mmww。"]
    assert text_of(source_of(made(lines(rows), letters=rows[0]))) == rows


def test_a_soft_hyphen_that_is_displayed_is_read_as_a_hyphen() -> None:
    rows = ["规划期为2031\u00ad2035年，编号丙\u00ad6。"]
    assert text_of(source_of(made(lines(rows), letters=rows[0] + "-"))) == ["规划期为2031-2035年，编号丙-6。"]


def test_a_hyphen_at_the_end_of_a_line_is_kept() -> None:
    rows = ["　　执行标准为《采砂作业安全技术要求》南标2031-", "2035，各单位按此执行。"]
    assert "2031-2035" in "".join(text_of(source_of(made(lines(rows), letters="".join(rows)))))
