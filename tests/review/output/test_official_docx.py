"""Official documents are laid out as GB/T 9704-2012 says: in the file itself, and as LibreOffice sets them."""

import io
from collections.abc import Callable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn

from pipeline.converter import convert, office_program
from pipeline.review import fonts
from pipeline.review.output.official_docx import DRAFT_MARK, OfficialDocument
from pipeline.sandbox import Bounds

SENTENCE = "为了规范行政规范性文件的制定和监督管理"
# the type area in points from the left and the lower edge of the page: left, lower, right, upper
TYPE_AREA = tuple(edge * 72 / 25.4 for edge in (28, 35, 184, 260))


def reopened(document: OfficialDocument) -> Any:
    """The docx as it is read again from its bytes."""
    stream = io.BytesIO()
    document.document.save(stream)
    return Document(io.BytesIO(stream.getvalue()))


def letter(*, draft: bool = False) -> OfficialDocument:
    """A letter of two pages."""
    made = OfficialDocument(draft=draft)
    made.letterhead("青江市司法局", "青司函〔2026〕23号")
    made.title("关于纠正《青江市农家乐经营管理办法》有关内容的通知")
    made.addressee("青江市文化和旅游局")
    made.text(SENTENCE * 25)
    made.signature("青江市司法局", date(2026, 11, 22))
    made.closing("抄送：市人大常委会办公室。", "青江市司法局\t2026年11月22日印发")
    return made


Characters = list[tuple[str, tuple[float, float, float, float]]]


@pytest.fixture
def pages(tmp_path: Path) -> Callable[[OfficialDocument], list[Characters]]:
    """Sets a document with LibreOffice; returns for each page its characters with their boxes, blanks left out."""
    program = office_program()
    if program is None or fonts.office_font() is None:
        pytest.skip("no LibreOffice with a Chinese font here")

    def set_pages(document: OfficialDocument) -> list[Characters]:
        document.save(tmp_path / "a.docx")
        pdf = pypdfium2.PdfDocument(convert(program, tmp_path / "a.docx", "pdf", Bounds(90, 0)))
        return [list(characters(page)) for page in pdf]

    return set_pages


def characters(page: Any) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    text = page.get_textpage()
    for at in range(text.count_chars()):
        char = text.get_text_range(at, 1)
        if char.strip():
            yield char, text.get_charbox(at, loose=True)


def lines_within(page: Characters) -> list[str]:
    """The lines of the type area, from top to bottom."""
    inside = [(char, box) for char, box in page if box[1] > TYPE_AREA[1] - 6 and box[3] < TYPE_AREA[3] + 12]
    return ["".join(char for char, _ in line) for _, line in groupby(inside, lambda pair: round(pair[1][1] / 10))]


def box_of(page: Characters, text: str) -> tuple[float, float]:
    """The left and the right edge, in millimetres, of the last place of a text on a page."""
    whole = "".join(char for char, _ in page)
    at = whole.rindex(text)
    return page[at][1][0] / 72 * 25.4, page[at + len(text) - 1][1][2] / 72 * 25.4


def test_a_page_has_22_lines_of_28_characters_that_fill_the_type_area(
    pages: Callable[[OfficialDocument], list[Characters]],
) -> None:
    made = OfficialDocument()
    made.text(SENTENCE * 70)
    first, second, *_ = pages(made)
    assert [len(line) for line in lines_within(first)] == [26] + [28] * 21
    assert [len(line) for line in lines_within(second)] == [28] * 22
    body = [box for char, box in second if char not in "—2"]
    assert min(box[0] for box in body) == pytest.approx(TYPE_AREA[0], abs=3)
    assert max(box[2] for box in body) == pytest.approx(TYPE_AREA[2], abs=3)


def test_a_title_leaves_the_lines_of_its_page_where_they_are(
    pages: Callable[[OfficialDocument], list[Characters]],
) -> None:
    """Of 22 lines the title takes two and the blank line below it one."""
    made = OfficialDocument()
    made.title("关于《青江市农家乐经营管理办法》的合法性审查意见")
    made.text(SENTENCE * 70)
    first = pages(made)[0]
    assert [len(line) for line in lines_within(first)] == [11, 13, 26] + [28] * 18


def test_odd_page_numbers_are_at_the_right_and_even_ones_at_the_left_one_character_from_the_edge(
    pages: Callable[[OfficialDocument], list[Characters]],
) -> None:
    made = OfficialDocument()
    made.text(SENTENCE * 70)
    first, second, *_ = pages(made)
    assert box_of(first, "—1—")[1] == pytest.approx(210 - 26 - 5.6, abs=1)
    assert box_of(second, "—2—")[0] == pytest.approx(28 + 5.6, abs=1)


def test_a_letter_has_no_number_on_its_first_page_and_the_draft_mark_on_all(
    pages: Callable[[OfficialDocument], list[Characters]],
) -> None:
    first, *others = pages(letter(draft=True))
    laid = ["".join(char for char, _ in page) for page in (first, *others)]
    assert len(laid) == 2 and "—1—" not in laid[0] and "—2—" in laid[1]
    assert all(DRAFT_MARK in text for text in laid)
    heights = [
        first[laid[0].rindex(text)][1][1]
        for text in ("草稿，", "青江市司法局", "青司函", "关于纠正", "（草稿）", SENTENCE)
    ]
    assert heights == sorted(heights, reverse=True)


def test_the_signature_does_not_stand_alone_on_a_page(pages: Callable[[OfficialDocument], list[Characters]]) -> None:
    made = OfficialDocument()
    for _ in range(21):
        made.text("正文。")
    made.signature("青江市司法局", date(2026, 11, 22))
    made.closing("抄送：市人大常委会办公室。")
    first, second = ("".join(char for char, _ in page) for page in pages(made))
    assert first.count("正文。") == 20 and second.startswith("正文。青江市司法局") and "抄送" in second


def test_rows_stay_whole_and_the_header_repeats(pages: Callable[[OfficialDocument], list[Characters]]) -> None:
    made = OfficialDocument(wide=True)
    made.title("规范性文件清理目录")
    rows = [(str(at), f"起{SENTENCE * 6}止") for at in range(1, 9)]
    made.table(("序号", "文件名称"), rows, (12, 100))
    laid = ["".join(char for char, _ in page) for page in pages(made)]
    assert len(laid) > 1
    assert all("序号文件名称" in text and text.count("起") == text.count("止") for text in laid)


def test_the_page_and_its_lines_are_in_the_file() -> None:
    made = reopened(OfficialDocument())
    section = made.sections[0]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    assert (section.page_width.mm, section.left_margin.mm, section.top_margin.mm) == pytest.approx(
        (210, 28, 37), abs=0.1
    )
    normal = made.styles["Normal"]
    assert normal.paragraph_format.line_spacing.twips == 579 and normal.paragraph_format.widow_control is False
    assert normal.element.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-5"
    # 28 characters and 22 lines do not exceed 156 and 225 mm, and no more would fit
    assert 28 * 315 <= 156 / 25.4 * 1440 < 29 * 315 and 22 * 579 <= 225 / 25.4 * 1440 < 23 * 579


@pytest.mark.parametrize("wide", [False, True], ids=["portrait", "landscape"])
def test_odd_and_even_pages_have_footers_of_their_own(wide: bool) -> None:
    made = reopened(OfficialDocument(wide=wide))
    assert made.settings.odd_and_even_pages_header_footer
    odd, even = (footer.paragraphs[0] for footer in (made.sections[0].footer, made.sections[0].even_page_footer))
    assert (odd.alignment, even.alignment) == (2, 0)
    assert odd.paragraph_format.right_indent.twips == even.paragraph_format.left_indent.twips == 315
    for paragraph in (odd, even):
        assert paragraph.text == "—  —" and "PAGE" in paragraph._p.xml
        assert {(run.font.name, run.font.size.pt) for run in paragraph.runs} == {("宋体", 14)}


def test_a_draft_says_so_below_its_title_and_on_every_page() -> None:
    for made in (OfficialDocument(draft=True), letter(draft=True)):
        made.title("公平竞争审查表")
        document = reopened(made)
        section = document.sections[0]
        headers = [section.header, section.even_page_header]
        headers += [section.first_page_header] * section.different_first_page_header_footer
        assert all(header.paragraphs[0].text == DRAFT_MARK for header in headers)
        texts = [paragraph.text for paragraph in document.paragraphs]
        assert texts[texts.index("公平竞争审查表") + 1] == "（草稿）"


def test_what_is_no_draft_has_no_draft_mark() -> None:
    made = letter()
    document = reopened(made)
    assert not document.sections[0].header.paragraphs[0].text and "（草稿）" not in document.element.xml


@pytest.mark.parametrize(
    ("organ", "day", "organ_start", "date_start"),
    [
        pytest.param("青江市人民政府办公室", date(2026, 11, 22), 12, 10, id="署名 is longer: 右空二字, the date begins two to the right"),
        pytest.param("司法局", date(2026, 11, 22), 11, 9, id="the date is longer: it is 右空二字"),
        pytest.param("司法局", None, 11, 9, id="blanks for the date"),
    ],
)  # fmt: skip
def test_the_date_begins_two_characters_to_the_right_of_the_organ(
    organ: str, day: date | None, organ_start: int, date_start: int
) -> None:
    """Starts are counted in characters from the right margin; the type area has 28.08 characters."""
    made = OfficialDocument()
    made.text("正文。")
    made.signature(organ, day)
    body, blank, name, dated = reopened(made).paragraphs
    assert body.paragraph_format.keep_with_next and blank.paragraph_format.keep_with_next
    columns = 156 / 25.4 * 1440 / 315
    assert columns - name.paragraph_format.left_indent.twips / 315 == pytest.approx(organ_start, abs=0.1)
    if dated.paragraph_format.right_indent:
        assert dated.paragraph_format.right_indent.twips / 315 == 2
    else:
        assert columns - dated.paragraph_format.left_indent.twips / 315 == pytest.approx(date_start, abs=0.1)


def test_a_letter_has_its_organ_in_red_above_a_red_double_line() -> None:
    document = reopened(letter())
    organ, number = document.paragraphs[:2]
    assert organ.text == "青江市司法局" and str(organ.runs[0].font.color.rgb) == "FF0000"
    assert organ.runs[0].font.name == "方正小标宋简体" and organ.runs[0].font.size.pt == 44
    line = organ._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom"))
    assert (line.get(qn("w:val")), line.get(qn("w:color"))) == ("thickThinSmallGap", "FF0000")
    assert number.text == "青司函〔2026〕23号" and number.alignment == 2
    assert document.tables[-1].rows[-1].cells[0].text == "青江市司法局\t2026年11月22日印发"


def test_a_long_name_of_an_organ_fits_on_its_line() -> None:
    made = OfficialDocument()
    made.letterhead("青江市人民政府行政规范性文件合法性审查办公室", "")
    assert 22 * made.document.paragraphs[0].runs[0].font.size <= 156 * 36000


def test_short_rows_are_not_split_and_long_ones_may_be() -> None:
    made = OfficialDocument()
    made.table(("事项", "内容"), [("短", "短"), ("长", SENTENCE * 60)], (55, 100))
    header, short, long = reopened(made).tables[0].rows
    marks = [
        [mark.tag.rpartition("}")[2] for mark in row._tr.trPr]
        for row in (header, short, long)
        if row._tr.trPr is not None
    ]
    assert marks == [["cantSplit", "tblHeader"], ["cantSplit"]] and long._tr.trPr is None


def test_a_text_with_a_hash_is_not_stretched() -> None:
    made = OfficialDocument()
    made.text("原件SHA-256：" + "0f" * 32)
    made.text(SENTENCE)
    assert [paragraph.alignment for paragraph in made.document.paragraphs] == [0, 3]


def test_characters_that_xml_forbids_are_left_out_everywhere() -> None:
    made = OfficialDocument(draft=True)
    for write in (made.title, made.addressee, made.heading, made.text, made.closing):
        write("甲\x00\x0b乙")
    made.letterhead("甲\x00乙", "丙\x0b")
    made.signature("甲\x07乙", None)
    assert "\x0b" not in "".join(paragraph.text for paragraph in reopened(made).paragraphs)


def test_the_same_document_gives_the_same_bytes() -> None:
    first, second = (reopened(letter()).element.xml for _ in range(2))
    assert first == second
