"""Headers, footers and page numbers of a PDF are furniture where they repeat; headings at the top edge of a page are text."""

import pytest
from reportlab.pdfgen import canvas

from tests.ingest.pdf_pages import HEIGHT, WIDTH, Draw, furniture_in, lines, made, source_of, text_of

TOP = HEIGHT - 40
BODY = ["第一条 本制度适用于全县集贸市场的经营管理活动。", "第二条 市场开办者应当公示收费项目。"]


def page(top: list[str], number: int, body: list[str] | None = None, size: float = 14) -> Draw:
    """A page whose first lines stand at the top edge, with its number at the bottom."""

    def draw(page: canvas.Canvas) -> None:
        page.setFont(page._font, size)
        lines(top, 72, TOP, 20)(page)
        page.setFont(page._font, 14)
        lines(BODY if body is None else body, 72, HEIGHT - 110)(page)
        page.setFont(page._font, 9)
        page.drawCentredString(WIDTH / 2, 40, f"— {number} —")

    return draw


def read(*tops: list[str], size: float = 14) -> tuple[list[str], list[str]]:
    letters = "".join("".join(top) for top in tops) + "".join(BODY) + "— 0123456789"
    source = source_of(made(*(page(top, number, None, size) for number, top in enumerate(tops, 1)), letters=letters))
    return text_of(source), furniture_in(source)


@pytest.mark.parametrize(
    "headings",
    [
        ["附件1", "附件2"],
        ["附件1：", "附件2：", "附件3："],
        ["附表一", "附表二"],
        ["附录1", "附录2", "附录3"],
        ["表1", "表2"],
        ["第1章总则", "第2章总则"],
        ["第1部分", "第2部分", "第3部分"],
        ["1. 收费公示表", "2. 收费公示表"],
        ["样式1", "样式2"],
        ["公告第1号", "公告第2号"],
        ["浦市监发〔2031〕1号", "浦市监发〔2031〕2号"],
    ],
    ids=lambda headings: headings[0],
)
def test_headings_at_the_top_edge_that_differ_in_their_number_are_text(headings: list[str]) -> None:
    text, _ = read(*([heading] for heading in headings))
    assert [line for line in text if line in headings] == headings


def test_a_header_that_repeats_is_furniture() -> None:
    text, furniture = read(*[["南浦县人民政府公报"]] * 3, size=9)
    assert "南浦县人民政府公报" not in text and furniture.count("南浦县人民政府公报") == 3


def test_a_header_with_the_number_of_the_page_is_furniture() -> None:
    text, furniture = read(*([f"南浦县公报第{number}页"] for number in range(4, 8)), size=9)
    assert not any("公报" in line for line in text) and sum("公报" in line for line in furniture) == 4


def test_headers_of_left_and_right_pages_are_furniture() -> None:
    tops = [["南浦县人民政府公报"], ["二〇三一年第六期"]] * 3
    text, furniture = read(*tops, size=9)
    assert len(furniture) == 12 and all(line in BODY for line in text)


def test_words_at_the_top_edge_of_one_page_only_are_text() -> None:
    text, _ = read(["南浦县市场管理制度"], ["收费公示办法"], ["检查记录要求"])
    assert [line for line in text if line not in BODY] == ["南浦县市场管理制度", "收费公示办法", "检查记录要求"]


def test_the_first_of_the_headings_that_repeat_on_all_pages_of_an_annex_is_text() -> None:
    text, furniture = read(*[["附件3"]] * 4)
    assert text.count("附件3") == 1 and furniture.count("附件3") == 3


def test_a_large_title_that_begins_two_documents_is_text() -> None:
    text, _ = read(["南浦县人民政府文件"], ["南浦县人民政府文件"], size=26)
    assert text.count("南浦县人民政府文件") == 2


def test_page_numbers_are_furniture_also_on_a_single_page() -> None:
    _, furniture = read(["市场管理制度"])
    assert furniture == ["— 1 —"]
