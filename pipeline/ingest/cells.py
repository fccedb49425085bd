"""Subprocess of `spreadsheet`: writes the rows of a spreadsheet as lines into rows.json next to the file."""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from pipeline.document import BAR, Note
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses, of_file
from pipeline.ingest.sheet_formats import GENERAL, shown
from pipeline.ingest.sheet_ods import look_of_ods
from pipeline.ingest.sheet_package import Look, Range, SheetLook, look_of
from pipeline.logs import to_file

_MOST_ROWS = 200_000
# names that office programs give to new sheets
_UNNAMED = re.compile(r"(?:sheet|工作表|表|table)\s*[(（]?\d*[)）]?", re.IGNORECASE)
_SAMPLES = 3
_ERROR = re.compile(r"#(?:[A-Z0-9/_]+[!?]|N/A)|Err:\d+|#[A-Z_]+")
# dates with year, month and day are written alike, whatever their order
_FULL_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}$")

Row = list[str]


@dataclass(slots=True)
class _Book:
    """The rows of the visible sheets by name, and what is to be told of the workbook."""

    sheets: list[tuple[str, list[Row]]] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    hidden: dict[str, tuple[int, int]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    without_result: int = 0

    def notes(self) -> Iterator[Note]:
        if self.hidden_sheets:
            names = "、".join(f"“{name}”" for name in self.hidden_sheets)
            yield Note("hidden", f"工作表{names}被隐藏，没有读取，需要的请取消隐藏后重新提交")
        for name, (rows, columns) in self.hidden.items():
            parts = "、".join(part for part in (f"{rows}行" if rows else "", f"{columns}列" if columns else "") if part)
            yield Note("hidden", f"工作表“{name}”有{parts}被隐藏或者筛选掉，没有读取，需要的请取消隐藏后重新提交")
        if self.broken:
            shown_ones = "、".join(self.broken[:_SAMPLES])
            yield Note("broken_formula", f"有{len(self.broken)}个单元格的公式出错（{shown_ones}），请核对原表")
        if self.without_result:
            yield Note(
                "no_result",
                f"有{self.without_result}个单元格的公式没有存下结果，读作空白，请用WPS或Excel打开并保存后重新提交",
            )


def _read(file: Path, lost: Losses) -> _Book:
    """Read the visible sheets. Raises `UnreadableFile`."""
    try:
        book = CalamineWorkbook.from_path(str(file))
    except PasswordError as error:
        raise UnreadableFile("encrypted", "电子表格设有打开密码，无法读取", remedy="请取消密码后重新提交") from error
    except (CalamineError, ValueError, OSError) as error:
        raise _damaged() from error
    found, look = _Book(), _look(file, lost)
    hidden = {sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible}
    for name in book.sheet_names:
        if name in hidden:
            found.hidden_sheets.append(name)
            continue
        with lost.part(f"工作表“{name}”"):
            rows = _sheet(_opened(book, name), found, look)
            found.sheets.append((name, rows))
    lost.check(bool(found.sheets))
    if sum(len(rows) for _, rows in found.sheets) > _MOST_ROWS:
        raise UnreadableFile("limit", f"电子表格超过{_MOST_ROWS}行", remedy="请拆分后提交")
    return found


def _look(file: Path, lost: Losses) -> Look:
    reader = {".xlsx": look_of, ".ods": look_of_ods}.get(file.suffix)
    look: Look | None = None
    with lost.part("单元格格式"):
        look = reader(file) if reader else None
    return look or Look({}, {})


def _opened(book: CalamineWorkbook, name: str) -> CalamineSheet:
    try:
        return book.get_sheet_by_name(name)
    except (CalamineError, ValueError, OSError) as error:
        raise _damaged() from error


def _damaged() -> UnreadableFile:
    return UnreadableFile("truncated", "电子表格不完整或已损坏", remedy="请用WPS或Excel另存后重新提交")


def _sheet(sheet: CalamineSheet, found: _Book, look: Look) -> list[Row]:
    """The rows of a sheet as shown, without those that are hidden; merged cells have their words in each of their rows."""
    own = look.sheets.get(sheet.name, SheetLook())
    top, left = sheet.start or (0, 0)
    rows: dict[int, Row] = {}
    for at, values in enumerate(sheet.to_python(skip_empty_area=True), top):
        formats = own.formats.get(at, {})
        codes = [look.codes.get(formats.get(column, -1), GENERAL) for column in range(left, left + len(values))]
        rows[at] = [
            _as_text(value, code, since_1904=look.since_1904) for value, code in zip(values, codes, strict=True)
        ]
        for column, words in own.texts.get(at, {}).items():
            if 0 <= column - left < len(values) and not _FULL_DATE.match(words):
                rows[at][column - left] = words.replace(BAR, "|")
            if _ERROR.fullmatch(words):
                found.broken.append(f"{_reference(at, column)}为{words}")
    _fill_merged(rows, sheet.merged_cell_ranges or own.merged, left)
    found.without_result += own.without_result
    return _visible(sheet.name, rows, left, own, found)


def _visible(name: str, rows: dict[int, Row], left: int, look: SheetLook, found: _Book) -> list[Row]:
    hidden_rows = {at for at in look.hidden_rows if any(rows.get(at, ()))}
    width = max((len(row) for row in rows.values()), default=0)
    hidden_columns = {
        at
        for at in look.hidden_columns
        if 0 <= at - left < width and any(row[at - left] for row in rows.values() if at - left < len(row))
    }
    if hidden_rows or hidden_columns:
        found.hidden[name] = len(hidden_rows), len(hidden_columns)
    return [
        [cell for column, cell in enumerate(row, left) if column not in look.hidden_columns]
        for at, row in rows.items()
        if at not in look.hidden_rows
    ]


def _fill_merged(rows: dict[int, Row], merged: Sequence[Range], left: int) -> None:
    """Write the words of cells that are merged downwards into each row they reach that has words of its own."""
    own = {at for at, row in rows.items() if any(row)}
    for (first, column), (last, _) in merged:
        at = column - left
        words = rows[first][at] if first in rows and 0 <= at < len(rows[first]) else ""
        for below in range(first + 1, min(last, max(own, default=0)) + 1) if words else ():
            if below in own and at < len(rows[below]) and not rows[below][at]:
                rows[below][at] = words


def _reference(row: int, column: int) -> str:
    """27, 11 -> L28"""
    letters, number = "", column + 1
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(65 + digit) + letters
    return f"{letters}{row + 1}"


def _lines_of(book: _Book) -> Iterator[tuple[str, bool]]:
    """Each line of every sheet with whether it is a row of cells (else a paragraph), below the name of the sheet."""
    filled = [(name, lines) for name, rows in book.sheets if (lines := list(_lines(rows)))]
    for name, lines in filled:
        # the name of the only sheet is a heading where it has no other
        if len(filled) > 1 or (lines[0][1] and not _UNNAMED.fullmatch(name.strip())):
            yield name, False
        yield from lines


def _lines(rows: Sequence[Row]) -> Iterator[tuple[str, bool]]:
    """Rows as lines with whether they are cells; a row with a single filled cell is a paragraph, such as a title."""
    for row in rows:
        filled = [cell for cell in row if cell]
        if len(filled) == 1:
            yield filled[0], False
        elif filled:
            while not row[-1]:
                row.pop()
            yield BAR.join(row), True


def _as_text(value: object, code: str, *, since_1904: bool) -> str:
    """A cell as text: numbers and dates as their format shows them, dates without a format in Chinese."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        value = float(value)
    if isinstance(value, (float, date, datetime, time, timedelta)):
        if code == GENERAL and not isinstance(value, float):
            code = _usual(value)
        return shown(value, code, since_1904=since_1904)
    return " ".join(str(value).split()).replace(BAR, "|")


def _usual(value: date | datetime | time | timedelta) -> str:
    if isinstance(value, timedelta):
        return "[h]:mm"
    if isinstance(value, time):
        return "hh:mm"
    return "yyyy/m/d hh:mm" if isinstance(value, datetime) and value.time() != time() else "yyyy/m/d"


def main(file: str) -> None:
    """Write rows.json and the log into the folder of the file; print the number of rows and the notes, or the error, as JSON."""
    lost, source = Losses(), Path(file)
    to_file(source.parent)
    try:
        with of_file(source.name, source.read_bytes()):
            book = _read(source, lost)
            rows = list(_lines_of(book))
    except UnreadableFile as error:
        sys.stdout.write(json.dumps({"kind": error.kind, "message": error.message, "remedy": error.remedy}))
        return
    Path(file).with_name("rows.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    notes = [(note.kind, note.message) for note in (*lost.notes(), *book.notes())]
    sys.stdout.write(json.dumps({"rows": len(rows), "notes": notes}))


if __name__ == "__main__":
    main(sys.argv[1])
