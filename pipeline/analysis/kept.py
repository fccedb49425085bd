"""Makes what the desk and the API show of the tables: each table in one file, and the answers on trends with their data."""

import csv
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.analysis import frames
from pipeline.analysis.answers import Answer, answers, day_of_tables
from pipeline.analysis.columns import TABLES, schema_of
from pipeline.analysis.table_files import BYTE_ORDER_MARK, csv_cells, replaced, write_answer
from pipeline.home import private_folder
from pipeline.review.output.kept_tables import folder_of, keep_index, settle

# rows that are held in memory at a time
_ROWS = 20_000


def tables_of_queue(home: Path) -> frames.Frames:
    """The tables of the queue, brought up to date in the home folder. The queue must be open."""
    folder = private_folder(folder_of(home)) / "frames"
    frames.write(folder)
    return frames.load(folder)


def keep(home: Path) -> int:
    """Makes tables and answers of the queue for the desk, and returns the number of items. The queue must be open."""
    tables = tables_of_queue(home)
    as_of = day_of_tables(tables)
    entries = [_keep_table(folder_of(home), tables, name) for name in TABLES]
    found = answers(tables, as_of)
    for answer in found:
        write_answer(folder_of(home) / "answers", answer)
    items = len(tables.documents)
    shown = [_shown(answer) for answer in found]
    index = {
        "made": datetime.now(UTC).isoformat(),
        "as_of": as_of.isoformat(),
        "items": items,
        "tables": entries,
        "answers": shown,
    }
    keep_index(home, index)
    settle(home)
    return items


def _shown(answer: Answer) -> dict[str, Any]:
    head = {name: getattr(answer, name) for name in ("key", "question", "title", "note", "chart", "unit")}
    return {**head, "rows": len(answer.table), "bars": [asdict(bar) for bar in answer.bars]}


def _keep_table(folder: Path, tables: frames.Frames, name: str) -> dict[str, Any]:
    """Writes the blocks of a table as one Parquet and one csv file, a part at a time, and tells what they hold."""
    target = private_folder(folder / "download")
    schema, rows = schema_of(name), 0
    parquet, plain = target / f"{name}.parquet", target / f"{name}.csv"
    with (
        replaced(parquet) as new_parquet,
        replaced(plain) as new_plain,
        pq.ParquetWriter(new_parquet, schema, compression="zstd") as writer,
        new_plain.open("w", encoding="utf-8", newline="") as file,
    ):
        file.write(BYTE_ORDER_MARK)
        lines = csv.writer(file)
        lines.writerow(schema.names)
        for batch in tables.dataset(name).to_batches(batch_size=_ROWS, batch_readahead=1):
            writer.write_batch(batch)
            lines.writerows(csv_cells(row.values()) for row in batch.to_pylist())
            rows += batch.num_rows
    columns = [{"name": column, "type": str(kind), "says": says} for column, kind, says in TABLES[name]]
    return {
        "name": name,
        "rows": rows,
        "parquet": parquet.stat().st_size,
        "csv": plain.stat().st_size,
        "columns": columns,
    }
