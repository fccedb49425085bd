"""Reads spreadsheets (xlsx, xls, ods): one line per row, cells separated by ｜; catalogues (目录) are parsed from these lines."""

import json
import logging
import sys
from pathlib import Path

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.guard import UNFORESEEN, remedy
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.leftovers import temporary_folder
from pipeline.logs import log_file
from pipeline.sandbox import Bounds, FailedError, StoppedError, run_sandboxed

# module that reads the cells, run in a subprocess
_PROGRAM = "pipeline.ingest.cells"
_log = logging.getLogger(__name__)


def read_sheet(data: bytes, kind: str) -> Reading:
    """Read the rows of every sheet. Raises `UnreadableFile` for damaged or encrypted files and too many rows or cells.

    The file is read in a subprocess with a memory limit, because a sheet with two distant cells takes the memory of all
    cells between them.
    """
    with temporary_folder() as folder:
        file = folder / f"source.{kind}"
        file.write_bytes(data)
        try:
            result = json.loads(
                run_sandboxed((sys.executable, "-m", _PROGRAM, str(file)), folder, Bounds(60, 2048, 128))
            )
        except FailedError:
            raise  # the output of the program, a note of the exception, is logged by the caller
        except (StoppedError, ValueError) as error:
            raise UnreadableFile(
                "limit", "电子表格超出限制（单元格太多，或者可能是恶意文件）", remedy="请删除空白的行列，另存后重新提交"
            ) from error
        _forward_log(log_file(folder))
        rows = json.loads((folder / "rows.json").read_text(encoding="utf-8")) if "kind" not in result else []
    if "kind" in result:
        # the subprocess does not know the path of the log
        raise UnreadableFile(
            result["kind"], result["message"], remedy=remedy() if result["kind"] == UNFORESEEN else result["remedy"]
        )
    blocks = tuple(RawBlock(text, BlockKind.CELL if cells else BlockKind.PARAGRAPH) for text, cells in rows)
    losses = (Note(*note) for note in result["notes"])
    return Reading(kind, blocks, (Note("sheet", "电子表格，按行读取，公式只读结果"), *losses))


def _forward_log(log: Path) -> None:
    """Copy the log of the subprocess into the log of this process."""
    if log.exists():
        _log.error("%s", log.read_text(encoding="utf-8"))
