"""Writes tables as xlsx with texts, numbers and days in which no cell is a formula, and reads back tables that people have edited (xlsx, csv)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from pipeline.errors import UsageError

_MAX_CELL_LENGTH = 32_000
_MAX_WIDTH, _MIN_WIDTH = 44, 6
# sheets of more than this width (characters) are printed on A3
_A3_FROM_WIDTH = 180
_A3, _A4 = 8, 9
# height of a line in points, and the maximum number of lines that a row shows
_LINE_HEIGHT, _MAX_LINES = 15, 12
_DAY_FORMAT = "yyyy-mm-dd"
# Excel knows no day before this one, and keeps 15 digits of a number
_FIRST_DAY, _MAX_NUMBER = date(1900, 3, 1), 10**15
# rows by which the width of a column is measured
_MEASURED_ROWS = 200

# a text, a number or a day; None is an empty cell
Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook: its name, a caption above the table, column names, and rows of cells.

    `choices` are the words that the cells of a column may have, offered as a drop-down list; `footer` stands at the foot of each
    printed page, left and right.
    """

    name: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    footer: tuple[str, str] = ("", "")


def write_workbook(path: Path, sheets: Iterable[Sheet], created: datetime | None = None) -> None:
    """Writes sheets as an xlsx: frozen header with filters, landscape; texts stay texts, also those that begin with =; `created` is the creation time in its properties."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        properties: dict[str, Any] = {"title": path.stem, "comments": "清规 qinggui"}
        workbook.set_properties(properties | ({"created": created} if created else {}))
        formats = _formats(workbook)
        for sheet in sheets:
            _write_sheet(workbook.add_worksheet(sheet.name[:31]), sheet, formats)


def _formats(workbook: Any) -> dict[str, Any]:
    """The cell formats of caption, header and body."""
    head = {"bold": True, "border": 1, "text_wrap": True, "align": "center", "valign": "vcenter", "bg_color": "#E8ECF1"}
    cell = {"border": 1, "text_wrap": True, "valign": "top"}
    return {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "head": workbook.add_format(head),
        "text": workbook.add_format(cell | {"num_format": "@"}),
        "number": workbook.add_format(cell | {"num_format": "0"}),
        "fraction": workbook.add_format(cell | {"num_format": "0.0000"}),
        "day": workbook.add_format(cell | {"num_format": _DAY_FORMAT, "align": "left"}),
    }


def _write_sheet(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.write_string(0, 0, sheet.caption, formats["title"])
    shown = [[printed(cell) for cell in row] for row in sheet.rows]
    widths = [_width(name, [row[at] for row in shown[:_MEASURED_ROWS]]) for at, name in enumerate(sheet.columns)]
    for column, name in enumerate(sheet.columns):
        page.write_string(1, column, name, formats["head"])
        page.set_column(column, column, widths[column])
    for line, (row, texts) in enumerate(zip(sheet.rows, shown, strict=True), 2):
        page.set_row(line, _LINE_HEIGHT * min(max(map(_lines_of, texts, widths), default=1), _MAX_LINES))
        for column, cell in enumerate(row):
            _write_cell(page, (line, column), cell, formats)
    for name, words in sheet.choices.items():
        if sheet.rows:
            column = sheet.columns.index(name)
            page.data_validation(2, column, len(sheet.rows) + 1, column, _chosen_from(words))
    if any(sheet.footer):
        left, right = (text.replace("&", "&&") for text in sheet.footer)
        page.set_footer(f"&L{left}&R{right}")
    page.freeze_panes(2, 0)
    page.autofilter(1, 0, max(len(sheet.rows) + 1, 2), len(sheet.columns) - 1)
    page.set_paper(_A3 if sum(widths) > _A3_FROM_WIDTH else _A4)
    page.set_landscape()
    page.repeat_rows(1)
    page.fit_to_pages(1, 0)


def _chosen_from(words: Sequence[str]) -> dict[str, Any]:
    """A drop-down list of words; other words are refused with a message."""
    told = f"请选{'、'.join(words)}之一"
    return {
        "validate": "list", "source": list(words), "error_title": "不认识的清理结果", "error_message": told, "ignore_blank": True,
    }  # fmt: skip


def _write_cell(page: Any, at: tuple[int, int], cell: Cell, formats: dict[str, Any]) -> None:
    """Writes a cell as what it is; as text what a spreadsheet could not hold as number or day."""
    if isinstance(cell, int) and abs(cell) < _MAX_NUMBER:
        page.write_number(*at, cell, formats["number"])
    elif isinstance(cell, float) and isfinite(cell):
        page.write_number(*at, cell, formats["fraction"])
    elif isinstance(cell, date) and cell >= _FIRST_DAY:
        page.write_datetime(*at, cell, formats["day"])
    else:
        page.write_string(*at, printed(cell)[:_MAX_CELL_LENGTH], formats["text"])


def escape_formulas(cells: Sequence[str]) -> list[str]:
    """Cells for csv: those that a spreadsheet would take for a formula get a leading apostrophe."""
    return [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells]


def printed(cell: Cell) -> str:
    """A cell as text: days in ISO 8601, "" for None."""
    return "" if cell is None else str(cell)


def _width(name: str, texts: Sequence[str]) -> int:
    """The width of a column in half-width characters; a Chinese character takes two."""
    longest = max(map(_display_width, texts), default=0)
    return max(_MIN_WIDTH, 2 * len(name) + 4, min(_MAX_WIDTH, longest + 2))


def _display_width(text: str) -> int:
    return sum(1 + (char > "\u2e7f") for char in text)


def _lines_of(text: str, width: int) -> int:
    """The number of lines of a text in a column of a given width; row heights are set because not every program computes them."""
    return sum(-(-_display_width(line) // max(width * 9 // 10, 1)) or 1 for line in text.split("\n"))


def read_table(path: Path, needed: Sequence[str]) -> list[dict[str, str]]:
    """The rows of an xlsx or csv below the header, which is the first line with all `needed` columns. Raises `UsageError`."""
    return [row for _, row in read_numbered_table(path, needed)]


def read_numbered_table(path: Path, needed: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """The rows as `read_table` gives them, each with its number in the sheet, which counts from 1. Raises `UsageError`."""
    lines = lines_of(path)
    for at, line in enumerate(lines):
        if set(needed) <= set(line):
            columns = [(column, name) for column, name in enumerate(line) if name]
            return [
                (number, {name: row[column] for column, name in columns if column < len(row)})
                for number, row in enumerate(lines[at + 1 :], at + 2)
                if any(row)
            ]
    raise UsageError(f"{path}里没有找到表头（{'、'.join(needed)}）", remedy="请保留导出时的表头后再导入")


def lines_of(path: Path) -> list[list[str]]:
    """The rows of the first sheet of an xlsx, or of a csv, as texts. Raises `UsageError` for a file that cannot be read."""
    try:
        if path.suffix.lower() == ".csv":
            return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
        return [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    except (OSError, csv.Error, CalamineError, ValueError) as error:
        raise UsageError(f"无法读取{path}（{error}）", remedy="请提交导出的xlsx，或者UTF-8编码的csv") from error


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
