"""Spreadsheets (xlsx, xls, ods): a line a row, its cells parted by ｜; what a 目录 lists is read off these lines."""

import json
import logging
import sys
import tempfile
from pathlib import Path

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.guard import UNFORESEEN, remedy
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.logs import log_file
from pipeline.sandbox import Bounds, FailedError, StoppedError, run_sandboxed

# the program that reads the cells, run by its name
_APART = "pipeline.ingest.cells"
_log = logging.getLogger(__name__)


def read_sheet(data: bytes, kind: str) -> Reading:
    """The rows of every sheet. Raises `UnreadableFile`: damaged, with a password, too many rows or cells.

    A sheet with two cells far from each other takes the memory of all between them: it is read apart, with a limit.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"source.{kind}"
        file.write_bytes(data)
        try:
            told = json.loads(
                run_sandboxed((sys.executable, "-m", _APART, str(file)), Path(folder), Bounds(60, 2048, 128))
            )
        except FailedError:
            raise  # what the program printed, a note of the exception, is for the log
        except (StoppedError, ValueError) as error:
            raise UnreadableFile(
                "limit", "电子表格超出限制（单元格太多，或者可能是恶意文件）", remedy="请删除空白的行列，另存后重新提交"
            ) from error
        _hand_on(log_file(Path(folder)))
        rows = json.loads((Path(folder) / "rows.json").read_text(encoding="utf-8")) if "kind" not in told else []
    if "kind" in told:
        # where the log is, the program that ran apart did not know
        raise UnreadableFile(
            told["kind"], told["message"], remedy=remedy() if told["kind"] == UNFORESEEN else told["remedy"]
        )
    blocks = tuple(RawBlock(text, BlockKind.CELL if cells else BlockKind.PARAGRAPH) for text, cells in rows)
    lost = (Note(*note) for note in told["notes"])
    return Reading(kind, blocks, (Note("sheet", "电子表格，按行读取，公式只读结果"), *lost))


def _hand_on(log: Path) -> None:
    """What the program that ran apart logged goes to our log."""
    if log.exists():
        _log.error("%s", log.read_text(encoding="utf-8"))
