"""公文: builds docx files in the layout of GB/T 9704-2012: page, fonts, line spacing, page numbers, tables."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TITLE, HEADING, BODY, TABLE = "方正小标宋简体", "黑体", "仿宋", "仿宋"
# 二号、三号、四号、小四
_TITLE_SIZE, _BODY_SIZE, _PAGE_SIZE, _TABLE_SIZE = Pt(22), Pt(16), Pt(14), Pt(12)
_LINE = Pt(29)
_MARGINS = {"top_margin": Mm(37), "bottom_margin": Mm(35), "left_margin": Mm(28), "right_margin": Mm(26)}


class OfficialDocument:
    """A docx that is written from top to bottom; `wide` is landscape A4, for catalogues."""

    def __init__(self, *, wide: bool = False) -> None:
        self.document: Any = Document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        for name, size in _MARGINS.items():
            setattr(section, name, size)
        if wide:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Mm(297), Mm(210)
            section.top_margin, section.bottom_margin = Mm(28), Mm(26)
            section.left_margin, section.right_margin = Mm(35), Mm(37)
        normal = self.document.styles["Normal"]
        _set_font(normal, BODY, _BODY_SIZE)
        normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        normal.paragraph_format.line_spacing = _LINE
        normal.paragraph_format.space_after = Pt(0)
        _number_pages(section)

    def title(self, text: str) -> None:
        """标题: 二号小标宋, centred, a blank line below."""
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.line_spacing = Pt(35)
        _set_font(paragraph.add_run(text), TITLE, _TITLE_SIZE)
        self.document.add_paragraph()

    def addressee(self, text: str) -> None:
        """主送机关, without indent."""
        self.document.add_paragraph(f"{text}：")

    def heading(self, text: str) -> None:
        """一级标题: 三号黑体."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = 2 * _BODY_SIZE
        _set_font(paragraph.add_run(text), HEADING, _BODY_SIZE)

    def text(self, text: str) -> None:
        """正文: 三号仿宋, two characters of indent."""
        paragraph = self.document.add_paragraph(text)
        paragraph.paragraph_format.first_line_indent = 2 * _BODY_SIZE

    def signature(self, organ: str, day: date | None) -> None:
        """署名 and 成文日期, right-aligned; blanks for the date where `day` is None."""
        self.document.add_paragraph()
        for line in (organ, f"{day.year}年{day.month}月{day.day}日" if day else "年　月　日"):
            paragraph = self.document.add_paragraph(line)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.right_indent = 4 * _BODY_SIZE

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        """A table with borders whose header repeats on every page; `widths` of the columns in millimetres."""
        table = self.document.add_table(rows=1, cols=len(columns), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        _fill(table.rows[0], columns, widths, bold=True)
        mark = OxmlElement("w:tblHeader")
        mark.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(mark)
        for row in rows:
            _fill(table.add_row(), row, widths, bold=False)

    def save(self, path: Path) -> None:
        """Writes the docx to a file."""
        self.document.save(str(path))


def _fill(row: Any, texts: Sequence[str], widths: Sequence[int], *, bold: bool) -> None:
    for cell, text, width in zip(row.cells, texts, widths, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing = Pt(18)
        if bold:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _set_font(paragraph.add_run(_printable(text)), HEADING if bold else TABLE, _TABLE_SIZE)


def _printable(text: str) -> str:
    """A text without characters that XML does not allow."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t")


def _set_font(target: Any, name: str, size: Any) -> None:
    target.font.name, target.font.size = name, size
    properties = target.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.append(fonts)
    fonts.set(qn("w:eastAsia"), name)


def _number_pages(section: Any) -> None:
    """页码: — 1 — below the text, centred, 四号."""
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for piece in ("— ", None, " —"):
        run = paragraph.add_run(piece or "")
        _set_font(run, "宋体", _PAGE_SIZE)
        if piece is None:
            for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
                run._r.append(_field(kind, text))


def _field(kind: str, text: str) -> Any:
    if kind:
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        return mark
    code = OxmlElement("w:instrText")
    code.text = text
    return code
