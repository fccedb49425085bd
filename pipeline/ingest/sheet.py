"""Spreadsheets (xlsx, xls, ods): a line a row, its cells parted by ｜; what a 目录 lists is read off these lines."""

import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from functools import partial

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from pipeline.document import BAR, SHEETS, BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import RawBlock, Reading

_MOST_ROWS = 200_000


def read_sheet(data: bytes, kind: str) -> Reading:
    """The rows of every sheet. Raises `UnreadableFile`: damaged, with a password, too many rows."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=True)) for name in book.sheet_names]
    except PasswordError as error:
        raise UnreadableFile("encrypted", "电子表格设有打开密码，无法读取", remedy="请取消密码后重新提交") from error
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile("truncated", "电子表格不完整或已损坏", remedy="请用WPS或Excel另存后重新提交") from error
    if sum(len(rows) for _, rows in sheets) > _MOST_ROWS:
        raise UnreadableFile("limit", f"电子表格超过{_MOST_ROWS}行", remedy="请拆分后提交")
    filled = [(name, list(_lines(rows))) for name, rows in sheets]
    filled = [(name, blocks) for name, blocks in filled if blocks]
    blocks = [block for name, found in filled for block in ([RawBlock(name)] if len(filled) > 1 else []) + found]
    return Reading(kind, tuple(blocks), (Note("sheet", "电子表格，按行读取，公式只读结果"),))


READERS = {kind: partial(read_sheet, kind=kind) for kind in SHEETS}


def _lines(rows: Iterable[Iterable[object]]) -> Iterator[RawBlock]:
    """A row with one filled cell is a paragraph, as titles above a table are; others are a line of cells."""
    for row in rows:
        cells = [_shown(value) for value in row]
        filled = [cell for cell in cells if cell]
        if len(filled) == 1:
            yield RawBlock(filled[0])
        elif filled:
            while not cells[-1]:
                cells.pop()
            yield RawBlock(BAR.join(cells), BlockKind.CELL)


def _shown(value: object) -> str:
    """A value as a reader sees it: dates in Chinese, whole numbers without a point."""
    if isinstance(value, (date, datetime)):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, time):
        return value.isoformat("minutes")
    return " ".join(str(value).split()).replace(BAR, "|")
