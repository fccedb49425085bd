"""Writes the tables of answers as csv, xlsx and Parquet."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.analysis.answers import Answer
from pipeline.home import private_folder
from pipeline.review.output.workbooks import Cell, Sheet, escape_formulas, write_workbook

# by which workbooks know that a csv is UTF-8
BYTE_ORDER_MARK = "\ufeff"


def write_answer(folder: Path, answer: Answer) -> None:
    """Writes the table of an answer as csv, xlsx and Parquet, each in one piece."""
    private_folder(folder)
    table = answer.table
    with replaced(folder / f"{answer.key}.parquet") as path:
        pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, compression="zstd")
    with replaced(folder / f"{answer.key}.csv") as path, path.open("w", encoding="utf-8", newline="") as file:
        write_csv(file, table)
    rows = tuple(tuple(map(_cell, row)) for row in table.itertuples(index=False))
    with replaced(folder / f"{answer.key}.xlsx") as path:
        write_workbook(path, [Sheet(answer.question, answer.title, tuple(table.columns), rows)])


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Another path in the same folder to write to, whose file then replaces that at `path`: who downloads that meanwhile gets it whole."""
    new = path.with_name(f"{path.name}.new")
    yield new
    new.replace(path)


def write_csv(file: IO[str], table: pd.DataFrame) -> None:
    """Writes a table as csv with a byte order mark; no cell is a formula."""
    file.write(BYTE_ORDER_MARK)
    lines = csv.writer(file)
    lines.writerow(table.columns)
    lines.writerows(csv_cells(map(_cell, row)) for row in table.itertuples(index=False))


def _cell(value: Any) -> Cell:
    """A value of a table as a cell of a workbook."""
    if value is None or value is pd.NA or value != value:
        return None
    if isinstance(value, pd.Timestamp):
        return cast(date, value.date())
    plain = value.item() if hasattr(value, "item") else value
    return int(plain) if isinstance(plain, bool) else plain


def csv_cells(cells: Iterable[Any]) -> list[str]:
    """Cells as texts for csv: lists with 、 between, days in ISO 8601, "" for what is missing, none a formula."""
    return escape_formulas([_text(cell) for cell in cells])


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return "、".join(cell) if isinstance(cell, list) else cell.isoformat() if isinstance(cell, date) else str(cell)
