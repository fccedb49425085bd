"""公文: builds docx files in the layout of GB/T 9704-2012: type area and grid, fonts, page numbers, letterhead, signature, tables."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor, Twips

from pipeline.review.output.titles import break_title, display_width

TITLE, HEADING, BODY, TABLE, NOTE, PAGE = "方正小标宋简体", "黑体", "仿宋", "仿宋", "楷体", "宋体"
DRAFT_MARK = "草稿，未经审定，不得对外使用"
# 二号、三号、四号、小四
_TITLE_SIZE, _BODY_SIZE, _PAGE_SIZE, _TABLE_SIZE = Pt(22), Pt(16), Pt(14), Pt(12)
# 5.2.3: 22 lines of 579 twips are 225 mm, 28 characters of 315 twips (三号, closer by 5) are 156 mm. The characters are set closer
# rather than by a grid of characters, in which LibreOffice gives two cells to each that is wider than one.
_LINE, _CHARACTER, _CLOSER = Twips(579), Twips(315), -5
# a character of 四号
_SMALL = Twips(275)
_TABLE_LINE = Pt(18)
_TITLE_CAPACITY, _WIDE_TITLE_CAPACITY = 20, 28
_MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}
_WIDE_MARGINS = {"top_margin": Mm(28), "bottom_margin": Mm(26), "left_margin": Mm(35), "right_margin": Mm(37)}
# the dash of the page number is 7 mm below the type area (7.5), the footer ends 15 mm below it
_ABOVE_HEADER, _FOOTER, _TO_NUMBER, _NUMBER_LINE = Mm(16), Mm(15), Mm(7), Pt(16)
# the letterhead of a 信函 (10.1): where it begins, the length of the red lines, the largest letters
_LETTERHEAD_TOP, _RED_LINE, _LETTERS = Mm(30), Mm(170), Pt(44)
_RED = "FF0000"
# lines of a row of a table up to which it is kept on one page, and the same in landscape
_WHOLE_ROW, _WIDE_WHOLE_ROW = 20, 12
# the parts of a field: its marks, and what is computed
_PAGE_FIELD = (("begin", ""), ("", "PAGE"), ("separate", ""), ("end", ""))
# a hash, a version
_LONG_WORD = re.compile(r"[!-~]{16,}")
# a text of up to five lines moves to the page of the signature as a whole
_SHORT_TEXT = 5 * 28
# the length of a property of a docx
_MAX_PROPERTY = 255
# blanks at the sides of a cell
_CELL_MARGIN = Mm(1.5)
# the order in which the schema wants the properties of a paragraph that are written here
_PROPERTIES = (
    "w:pStyle", "w:keepNext", "w:keepLines", "w:pageBreakBefore", "w:framePr", "w:widowControl", "w:numPr", "w:suppressLineNumbers",
    "w:pBdr", "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct", "w:topLinePunct", "w:autoSpaceDE",
    "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:mirrorIndents",
    "w:suppressOverlap", "w:jc", "w:textDirection", "w:textAlignment", "w:textboxTightWrap", "w:outlineLvl", "w:divId", "w:cnfStyle", "w:rPr",
    "w:sectPr", "w:pPrChange",
)  # fmt: skip
# what stands behind the spacing of characters among the properties of a run
_BEHIND_SPACING = (
    "w:w",
    "w:kern",
    "w:position",
    "w:sz",
    "w:szCs",
    "w:highlight",
    "w:u",
    "w:effect",
    "w:bdr",
    "w:shd",
    "w:lang",
)


class OfficialDocument:
    """A docx that is written from top to bottom; `wide` is landscape A4, for catalogues; `draft` marks each page as 草稿."""

    def __init__(self, *, wide: bool = False, draft: bool = False) -> None:
        self.document: Any = Document()
        self._draft, self._wide, self._type_width = draft, wide, Mm(225 if wide else 156)
        self._section = self.document.sections[0]
        _set_page(self._section, wide=wide)
        _set_defaults(self.document)
        self.document.settings.odd_and_even_pages_header_footer = True
        _number_pages(self._section)
        if draft:
            _mark_draft(self._section.header, self._section.even_page_header)

    def letterhead(self, organ: str, number: str) -> None:
        """信函格式 (10.1): the organ in large red letters above a red double line, 发文字号 below it at the right, two blank lines.

        The first page has no page number and a second red line at its foot. Call it before anything else is written.
        """
        paragraph = self._line(organ, WD_ALIGN_PARAGRAPH.CENTER)
        size = Emu(min(_LETTERS, int(Mm(156) / max(display_width(organ), 1))))
        _set_font(paragraph.runs[0], TITLE, size)
        paragraph.runs[0].font.color.rgb = RGBColor.from_string(_RED)
        paragraph.paragraph_format.line_spacing = Emu(round(size * 1.2))
        _frame(paragraph, _LETTERHEAD_TOP)
        _rule(paragraph, "thickThinSmallGap", 11)
        paragraph = self._line(number, WD_ALIGN_PARAGRAPH.RIGHT)
        paragraph.paragraph_format.space_before = Pt(8)
        self.document.add_paragraph()
        self.document.add_paragraph()
        self._section.different_first_page_header_footer = True
        lower = self._section.first_page_footer.paragraphs[0]
        _set_line(lower, Pt(1))
        lower.paragraph_format.left_indent = -(_RED_LINE - self._type_width) * 8 // 14
        lower.paragraph_format.right_indent = -(_RED_LINE - self._type_width) * 6 // 14
        _rule(lower, "thinThickSmallGap", 1)
        if self._draft:
            _mark_draft(self._section.first_page_header)

    def title(self, text: str) -> None:
        """标题: 二号小标宋, centred, in balanced lines, （草稿） below that of a draft, then a blank line."""
        capacity = _WIDE_TITLE_CAPACITY if self._wide else _TITLE_CAPACITY
        parts = _printable(text).split("\n")
        lines = [line for part in parts for line in break_title(part, capacity)]
        paragraph = self._line("", WD_ALIGN_PARAGRAPH.CENTER)
        paragraph.paragraph_format.keep_with_next = True
        _set_font(paragraph.add_run("\n".join(lines)), TITLE, _TITLE_SIZE)
        if self._draft:
            _set_font(self._line("（草稿）", WD_ALIGN_PARAGRAPH.CENTER).runs[0], NOTE, _BODY_SIZE)
        self.document.core_properties.title = parts[0][:_MAX_PROPERTY]
        self.document.add_paragraph()

    def addressee(self, text: str) -> None:
        """主送机关, without indent."""
        self.document.add_paragraph(f"{_printable(text)}：")

    def heading(self, text: str) -> None:
        """一级标题: 三号黑体, on the page of what follows."""
        paragraph = self.document.add_paragraph()
        _indent(paragraph, first=2)
        paragraph.paragraph_format.keep_with_next = True
        _set_font(paragraph.add_run(_printable(text)), HEADING, _BODY_SIZE)

    def text(self, text: str) -> None:
        """正文: 三号仿宋, two characters of indent, lines filled to both margins.

        A text with a hash or the like breaks anywhere; it is not stretched, for where a program moves such a word as a whole to
        the next line, the line before it would have wide gaps.
        """
        paragraph = self.document.add_paragraph(_printable(text))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if _LONG_WORD.search(text):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
            _set_property(paragraph, "wordWrap", val="0")
        _indent(paragraph, first=2)

    def signature(self, organ: str, day: date | None) -> None:
        """署名 and 成文日期 without a seal (7.3.5.2), on the page of a short text above; blanks for the date where `day` is None.

        署名 ends two characters before the margin and the date begins two characters to the right of its beginning; where the date
        would end nearer to the margin than two characters, it ends there and 署名 moves to the left.
        """
        dated = f"{day.year}年{day.month}月{day.day}日" if day else "　　年　月　日"
        organ_width, date_width = display_width(organ), display_width(dated)
        columns, start = self._type_width / _CHARACTER, max(organ_width + 2, date_width + 4)
        above = [last for last in self.document.paragraphs[-1:] if display_width(last.text) <= _SHORT_TEXT]
        lines = [self.document.add_paragraph(), *(self._line(text, WD_ALIGN_PARAGRAPH.LEFT) for text in (organ, dated))]
        for paragraph in (*above, *lines[:-1]):
            paragraph.paragraph_format.keep_with_next = True
        _indent(lines[1], left=max(columns - start, 0))
        if date_width + 2 > organ_width:
            lines[2].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            _indent(lines[2], right=2)
        else:
            _indent(lines[2], left=max(columns - start + 2, 0))

    def closing(self, *lines: str) -> None:
        """版记 (7.4): 抄送机关, 印发机关 and the like, one to a line, in 四号仿宋 between lines of the width of the type area.

        What stands behind a tab is at the right: 青江市司法局→2026年11月22日印发.
        """
        for paragraph in (*self.document.paragraphs[-1:], self.document.add_paragraph()):
            paragraph.paragraph_format.keep_with_next = True
        table = self.document.add_table(rows=0, cols=1)
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _border(table)
        for text in lines:
            row = table.add_row()
            _set_row(row, "w:cantSplit")
            row.cells[0].width = self._type_width
            paragraph = row.cells[0].paragraphs[0]
            _set_line(paragraph, Pt(22))
            shape = paragraph.paragraph_format
            shape.left_indent, shape.right_indent, shape.first_line_indent = 4 * _SMALL, _SMALL, -3 * _SMALL
            shape.tab_stops.add_tab_stop(self._type_width - _SMALL, WD_TAB_ALIGNMENT.RIGHT)
            _set_font(paragraph.add_run(_printable(text)), BODY, _PAGE_SIZE)
        _set_line(self.document.add_paragraph(), Pt(1))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A table with borders whose header repeats on every page; `widths` of the columns in millimetres.

        A row is not split between pages unless it is long.
        """
        table = self.document.add_table(rows=1, cols=len(columns), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        _narrow_margins(table)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        _fill(table.rows[0], columns, widths, bold=True)
        _set_row(table.rows[0], "w:cantSplit")
        _set_row(table.rows[0], "w:tblHeader")
        for row in rows:
            added = table.add_row()
            _fill(added, row, widths, bold=False)
            if _lines_of_row(row, widths) <= (_WIDE_WHOLE_ROW if self._wide else _WHOLE_ROW):
                _set_row(added, "w:cantSplit")

    def save(self, path: Path) -> None:
        """Writes the docx to a file."""
        self.document.save(str(path))

    def _line(self, text: str, alignment: WD_ALIGN_PARAGRAPH) -> Any:
        """A new paragraph without indent."""
        paragraph = self.document.add_paragraph(_printable(text))
        paragraph.alignment = alignment
        return paragraph


def _set_page(section: Any, *, wide: bool) -> None:
    """The paper, the type area of 156 x 225 mm, and its lines: 22, in landscape 15."""
    section.page_width, section.page_height = (Mm(297), Mm(210)) if wide else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    for name, size in (_WIDE_MARGINS if wide else _MARGINS).items():
        setattr(section, name, size)
    section.header_distance = _ABOVE_HEADER
    section.footer_distance = section.bottom_margin - _FOOTER
    grid = section._sectPr.find(qn("w:docGrid"))
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(_LINE.twips))


def _set_defaults(document: Any) -> None:
    """正文: 三号仿宋, Chinese, a line of the grid for each line; a page is filled to its last line."""
    normal = document.styles["Normal"]
    _set_font(normal, BODY, _BODY_SIZE)
    shape = normal.paragraph_format
    shape.line_spacing_rule, shape.line_spacing, shape.space_after = WD_LINE_SPACING.EXACTLY, _LINE, Pt(0)
    shape.widow_control = False
    # no blanks around digits, which take half a character each; lines are exact, so a title of 二号 does not take two of the grid
    for name in ("autoSpaceDE", "autoSpaceDN", "snapToGrid"):
        _set_property(normal, name, val="0")
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(_CLOSER))
    normal.element.get_or_add_rPr().insert_element_before(spacing, *_BEHIND_SPACING)
    for language in (
        *document.styles.element.iter(qn("w:lang")),
        *document.settings.element.iter(qn("w:themeFontLang")),
    ):
        language.set(qn("w:eastAsia"), "zh-CN")
    # a line that ends before its time, within a paragraph, is not stretched
    document.settings.element.find(qn("w:compat")).insert(0, OxmlElement("w:doNotExpandShiftReturn"))
    properties = document.core_properties
    properties.author, properties.comments, properties.language = "清规 qinggui", "", "zh-CN"


def _number_pages(section: Any) -> None:
    """页码 (7.5): — 1 — in 四号宋体 below the type area, odd pages at the right and even pages at the left, one character from the edge."""
    for footer, alignment, edge in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT, "right"),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT, "left"),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = alignment
        _set_line(paragraph, _NUMBER_LINE)
        _indent(paragraph, **{edge: 1})
        _set_line(footer.add_paragraph(), _FOOTER - _TO_NUMBER - _NUMBER_LINE // 2)
        for piece in ("— ", *_PAGE_FIELD, " —"):
            run = paragraph.add_run(piece if isinstance(piece, str) else "")
            _set_font(run, PAGE, _PAGE_SIZE)
            if not isinstance(piece, str):
                run._r.append(_field(*piece))


def _field(kind: str, text: str) -> Any:
    if kind:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        return mark
    code = OxmlElement("w:instrText")
    code.text = text
    return code


def _mark_draft(*headers: Any) -> None:
    """Writes that this is a draft into headers, in 三号黑体 at the right."""
    for header in headers:
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _set_line(paragraph, Pt(20))
        _set_font(paragraph.add_run(DRAFT_MARK), HEADING, _BODY_SIZE)


def _fill(row: Any, texts: Sequence[str], widths: Sequence[int], *, bold: bool) -> None:
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        _set_line(paragraph, _TABLE_LINE)
        paragraph.paragraph_format.widow_control = True
        if bold:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.keep_with_next = True
        _set_font(paragraph.add_run(_printable(text)), HEADING if bold else TABLE, _TABLE_SIZE)


def _narrow_margins(table: Any) -> None:
    """Narrower blanks at the sides of cells, so that 序号 fits into 12 mm."""
    margins = OxmlElement("w:tblCellMar")
    for edge in ("left", "right"):
        margin = OxmlElement(f"w:{edge}")
        margin.set(qn("w:w"), str(_CELL_MARGIN.twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook", "w:tblCaption", "w:tblDescription", "w:tblPrChange")


def _lines_of_row(texts: Sequence[str], widths: Sequence[int]) -> int:
    """About how many lines of the table a row takes: 小四 is 4.2 mm wide, the blanks at its sides take 3 mm."""
    return max(
        sum(max(1, -int(-display_width(line) * 4.2 // max(width - 3, 1))) for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    )


def _printable(text: str) -> str:
    """A text without characters that XML does not allow."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t\u3000")


def _set_font(target: Any, name: str, size: Any) -> None:
    target.font.name, target.font.size = name, size
    properties = target.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    fonts.set(qn("w:eastAsia"), name)
    # dashes and quotation marks are full-width in the Chinese font
    fonts.set(qn("w:hint"), "eastAsia")


def _set_property(target: Any, name: str, **values: str) -> Any:
    """Adds a property to a paragraph or a style of paragraphs at its place in the schema; returns its element."""
    properties, tag = target._element.get_or_add_pPr(), f"w:{name}"
    element = properties.find(qn(tag))
    if element is None:
        element = OxmlElement(tag)
        properties.insert_element_before(element, *_PROPERTIES[_PROPERTIES.index(tag) + 1 :])
    for key, value in values.items():
        element.set(qn(f"w:{key}"), value)
    return element


def _indent(paragraph: Any, *, first: float = 0, left: float = 0, right: float = 0) -> None:
    """Indents a paragraph by characters of the grid; a `first` below 0 is a hanging indent."""
    sides = {"left": left, "right": right, "hanging" if first < 0 else "firstLine": abs(first)}
    values = {side: str(round(count * _CHARACTER.twips)) for side, count in sides.items() if count}
    values |= {f"{side}Chars": str(round(count * 100)) for side, count in sides.items() if count}
    _set_property(paragraph, "ind", **values)


def _set_line(paragraph: Any, line: Any) -> None:
    """Sets lines of a height of their own for what is smaller than the text of the body."""
    shape = paragraph.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Emu(line)


def _frame(paragraph: Any, top: Any) -> None:
    """Puts a paragraph at a height of the page, centred, as wide as the red lines."""
    _set_property(
        paragraph, "framePr", w=str(_RED_LINE.twips), wrap="notBeside", vAnchor="page", hAnchor="page", xAlign="center", y=str(top.twips)
    )  # fmt: skip


def _rule(paragraph: Any, kind: str, space: int) -> None:
    """A red double line of 3 pt below a paragraph; `space` in points between them.

    Programs differ on which of the two lines is the upper one above a paragraph, therefore it is never drawn there.
    """
    line = OxmlElement("w:bottom")
    for name, value in (("val", kind), ("sz", "24"), ("space", str(space)), ("color", _RED)):
        line.set(qn(f"w:{name}"), value)
    _set_property(paragraph, "pBdr").append(line)


def _border(table: Any) -> None:
    """版记中的分隔线: the first and the last of 0.35 mm, those between of 0.25 mm, none at the sides."""
    borders = OxmlElement("w:tblBorders")
    for edge, size in (("top", "8"), ("bottom", "8"), ("insideH", "6")):
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def _set_row(row: Any, tag: str) -> None:
    mark = OxmlElement(tag)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
