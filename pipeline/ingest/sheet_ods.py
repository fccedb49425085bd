"""Reads from an ods what the values of its cells do not tell: the text that each cell shows, merged cells, hidden rows and columns."""

import zipfile
from pathlib import Path

from lxml import etree

from pipeline.ingest.sheet_package import Look, SheetLook
from pipeline.packages import DAMAGE

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
# rows and columns that one element repeats; an empty rest of the sheet is repeated up to a million times
_MOST = 1000
_HIDDEN = frozenset(("collapse", "filter"))
_TEXTS = frozenset(("", "string"))


def look_of_ods(file: Path) -> Look | None:
    """How the cells of an ods are shown; None if the package cannot be read."""
    try:
        with zipfile.ZipFile(file) as package:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            root = etree.fromstring(package.read("content.xml"), parser)
    except DAMAGE:
        return None
    return Look({}, {table.get(f"{_TABLE}name", ""): _sheet(table) for table in root.iter(f"{_TABLE}table")})


def _sheet(table: etree._Element) -> SheetLook:
    look = SheetLook()
    column = 0
    for one in table.iter(f"{_TABLE}table-column"):
        count = _repeated(one, "columns")
        if one.get(f"{_TABLE}visibility") in _HIDDEN:
            look.hidden_columns |= set(range(column, column + min(count, _MOST)))
        column += count
    row = 0
    for one in table.iter(f"{_TABLE}table-row"):
        count = _repeated(one, "rows")
        for at in range(row, row + min(count, _MOST)):
            if one.get(f"{_TABLE}visibility") in _HIDDEN:
                look.hidden_rows.add(at)
            _read_row(look, at, one)
        row += count
    return look


def _read_row(look: SheetLook, row: int, element: etree._Element) -> None:
    column = 0
    for cell in element.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        count = _repeated(cell, "columns")
        rows, columns = (int(cell.get(f"{_TABLE}number-{name}-spanned") or 1) for name in ("rows", "columns"))
        if rows > 1:
            look.merged.append(((row, column), (row + rows - 1, column + columns - 1)))
        shown = _shown(cell)
        for at in range(column, column + min(count, _MOST)) if shown else ():
            look.texts.setdefault(row, {})[at] = shown
        column += count


def _shown(cell: etree._Element) -> str:
    """The text of a number or date as the sheet shows it; "" for cells that hold a text."""
    if cell.get(f"{_OFFICE}value-type", "") in _TEXTS:
        return ""
    lines = (" ".join("".join(line.itertext()).split()) for line in cell.iterchildren(f"{_TEXT}p"))
    return " ".join(line for line in lines if line)


def _repeated(element: etree._Element, name: str) -> int:
    return int(element.get(f"{_TABLE}number-{name}-repeated") or 1)
