"""Subprocess of `spreadsheet`: writes the rows of a spreadsheet as lines into rows.json next to the file."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pipeline.document import BAR
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses, of_file
from pipeline.logs import to_file

_MOST_ROWS = 200_000


def _rows_of(file: Path, lost: Losses) -> Iterator[tuple[str, bool]]:
    """Each line of every sheet with whether it is a row of cells (else a paragraph). Raises `UnreadableFile`."""
    try:
        book = CalamineWorkbook.from_path(str(file))
    except PasswordError as error:
        raise UnreadableFile("encrypted", "电子表格设有打开密码，无法读取", remedy="请取消密码后重新提交") from error
    except (CalamineError, ValueError, OSError) as error:
        raise _damaged() from error
    sheets = []
    for name in book.sheet_names:
        with lost.part(f"工作表“{name}”"):
            sheets.append((name, _cells(book, name)))
    lost.check(bool(sheets))
    if sum(len(rows) for _, rows in sheets) > _MOST_ROWS:
        raise UnreadableFile("limit", f"电子表格超过{_MOST_ROWS}行", remedy="请拆分后提交")
    filled = [(name, lines) for name, rows in sheets if (lines := list(_lines(rows)))]
    for name, lines in filled:
        if len(filled) > 1:
            yield name, False
        yield from lines


def _cells(book: CalamineWorkbook, name: str) -> list[list[object]]:
    try:
        return [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=True)]
    except (CalamineError, ValueError, OSError) as error:
        raise _damaged() from error


def _damaged() -> UnreadableFile:
    return UnreadableFile("truncated", "电子表格不完整或已损坏", remedy="请用WPS或Excel另存后重新提交")


def main(file: str) -> None:
    """Write rows.json and the log into the folder of the file; print the number of rows and the notes, or the error, as JSON."""
    lost, source = Losses(), Path(file)
    to_file(source.parent)
    try:
        with of_file(source.name, source.read_bytes()):
            rows = list(_rows_of(source, lost))
    except UnreadableFile as error:
        sys.stdout.write(json.dumps({"kind": error.kind, "message": error.message, "remedy": error.remedy}))
        return
    Path(file).with_name("rows.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    notes = [(note.kind, note.message) for note in lost.notes()]
    sys.stdout.write(json.dumps({"rows": len(rows), "notes": notes}))


def _lines(rows: Iterable[Iterable[object]]) -> Iterator[tuple[str, bool]]:
    """Rows as lines with whether they are cells; a row with a single filled cell is a paragraph, such as a title."""
    for row in rows:
        cells = [_as_text(value) for value in row]
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            yield filled[0], False
        elif filled:
            while not cells[-1]:
                cells.pop()
            yield BAR.join(cells), True


def _as_text(value: object) -> str:
    """A cell value as text: dates in Chinese, whole numbers without a decimal point."""
    if isinstance(value, (date, datetime)):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time):
        return value.isoformat("minutes")
    return " ".join(str(value).split()).replace(BAR, "|")


if __name__ == "__main__":
    main(sys.argv[1])
