"""Reads from an xlsx package what the values of its cells do not tell: number formats, hidden rows and columns, formulas without result."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lxml import etree

from pipeline.ingest.sheet_formats import BUILT_IN, GENERAL
from pipeline.packages import DAMAGE

_PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": True}
# columns that are looked at; a sheet may hide all columns behind the last one in use
_MOST_COLUMNS = 1000


# first and last row and column of merged cells
Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(slots=True)
class SheetLook:
    """How the cells of a sheet are shown; rows and columns are counted from 0.

    `formats` are the indices of `Look.codes` by row and column, of cells that do not have the general format; `texts` are the
    texts that cells show where the file states them (errors such as #REF!, which calamine reads as empty cells; all values of
    an ods), `merged` the ranges of merged cells where calamine does not tell them.
    """

    formats: dict[int, dict[int, int]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    texts: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    without_result: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """How the cells of a workbook are shown: format codes by index, the sheets by name, whether days are counted from 1904."""

    codes: Mapping[int, str]
    sheets: Mapping[str, SheetLook]
    since_1904: bool = False


def look_of(file: Path) -> Look | None:
    """How the cells of an xlsx are shown; None if the package cannot be read or is of another kind."""
    try:
        with zipfile.ZipFile(file) as package:
            return _look(package)
    except DAMAGE:
        return None


def _look(package: zipfile.ZipFile) -> Look:
    book = PurePosixPath(_target(package, "_rels/.rels", "officeDocument") or "xl/workbook.xml")
    relations = str(book.parent / "_rels" / f"{book.name}.rels")
    root = _root(package, str(book))
    codes = _codes(package, _target(package, relations, "styles", book.parent))
    parts = {_attribute(one, "Id"): _path(book.parent, _attribute(one, "Target")) for one in _root(package, relations)}
    sheets = {
        _attribute(sheet, "name"): _sheet(package, parts[_attribute(sheet, "id")], codes)
        for sheet in root.iter("{*}sheet")
        if parts.get(_attribute(sheet, "id")) in package.namelist()
    }
    properties = next(root.iter("{*}workbookPr"), None)
    since_1904 = properties is not None and _attribute(properties, "date1904") in ("1", "true", "on")
    return Look(codes, sheets, since_1904)


def _target(package: zipfile.ZipFile, relations: str, kind: str, folder: PurePosixPath | None = None) -> str | None:
    for relation in _root(package, relations):
        if _attribute(relation, "Type").endswith(f"/{kind}"):
            return _path(folder or PurePosixPath(), _attribute(relation, "Target"))
    return None


def _path(folder: PurePosixPath, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(folder / target)


def _root(package: zipfile.ZipFile, name: str) -> etree._Element:
    return etree.fromstring(package.read(name), etree.XMLParser(**_PARSER))


def _attribute(element: etree._Element, name: str) -> str:
    """The value of an attribute, in whatever namespace; "" if it is missing."""
    found = element.get(name)
    if found is None:
        found = next((value for key, value in element.attrib.items() if str(key).endswith(f"}}{name}")), "")
    return str(found)


def _codes(package: zipfile.ZipFile, styles: str | None) -> dict[int, str]:
    """The format codes by the index that cells name, without the general format and texts."""
    if styles is None:
        return {}
    root = _root(package, styles)
    own = {int(_attribute(one, "numFmtId")): _attribute(one, "formatCode") for one in root.iter("{*}numFmt")}
    known = {**BUILT_IN, **own}
    forms = next(root.iter("{*}cellXfs"), None)
    numbers = [int(_attribute(one, "numFmtId") or 0) for one in forms] if forms is not None else []
    return {
        at: known[number] for at, number in enumerate(numbers) if known.get(number, GENERAL) not in (GENERAL, "@", "")
    }


def _sheet(package: zipfile.ZipFile, part: str, codes: Mapping[int, str]) -> SheetLook:
    look = SheetLook()
    row = -1
    with package.open(part) as stream:
        for _, element in etree.iterparse(stream, events=("end",), tag=("{*}row", "{*}col"), **_PARSER):
            if element.tag.endswith("}col") or element.tag == "col":
                look.hidden_columns |= _hidden_columns(element)
            else:
                row = int(_attribute(element, "r") or row + 2) - 1
                _read_row(look, row, element, codes)
            element.clear()
    return look


def _hidden_columns(element: etree._Element) -> set[int]:
    if not _is_on(element, "hidden") and _attribute(element, "width") not in ("0", "0.0"):
        return set()
    first, last = int(_attribute(element, "min") or 1), int(_attribute(element, "max") or 1)
    return set(range(first - 1, min(last, _MOST_COLUMNS)))


def _is_on(element: etree._Element, name: str) -> bool:
    return _attribute(element, name) in ("1", "true", "on")


def _read_row(look: SheetLook, row: int, element: etree._Element, codes: Mapping[int, str]) -> None:
    if _is_on(element, "hidden") or _attribute(element, "ht") in ("0", "0.0"):
        look.hidden_rows.add(row)
    formats: dict[int, int] = {}
    for column, cell in _cells(element):
        style = int(_attribute(cell, "s") or 0)
        if style in codes:
            formats[column] = style
        if _attribute(cell, "t") == "e":
            look.texts.setdefault(row, {})[column] = cell.findtext("{*}v") or "#VALUE!"
        if cell.find("{*}f") is not None and cell.find("{*}v") is None and cell.find("{*}is") is None:
            look.without_result += 1
    if formats:
        look.formats[row] = formats


def _cells(row: etree._Element) -> Iterator[tuple[int, etree._Element]]:
    column = -1
    for cell in row.iterchildren("{*}c"):
        reference = _attribute(cell, "r")
        column = _column(reference) if reference else column + 1
        yield column, cell


def _column(reference: str) -> int:
    """The column of a reference, from 0: AB12 -> 27"""
    found = 0
    for letter in reference:
        if not letter.isalpha():
            break
        found = found * 26 + ord(letter.upper()) - 64
    return found - 1
