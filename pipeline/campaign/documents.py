"""The documents of a file of the snapshot and the row of each."""

import time
from pathlib import Path
from typing import Any

from pipeline.analyzer import SECRET, analyze_upload, refuse_secret
from pipeline.campaign.rows import card_row, problem_row
from pipeline.campaign.snapshot import SnapshotFile, hash_file
from pipeline.document import Problem
from pipeline.errors import UnreadableFile
from pipeline.guard import as_problem, of_file
from pipeline.ingest import Upload
from pipeline.legal_context import LegalContext

ISOLATED = "隔离"
# suffixes of files that hold several documents
_SEVERAL = (".zip", ".eml", ".msg", ".mht", ".ofd")


def document_row(upload: Upload | Problem, legal_context: LegalContext) -> dict[str, Any]:
    """Analyses a document and returns its row."""
    started = time.monotonic()
    if isinstance(upload, Problem):
        return problem_row(upload, 0)
    try:
        with of_file(upload.name, upload.data, "处理"):
            result = refuse_secret(analyze_upload(upload, legal_context))
            if isinstance(result, Problem):
                stage = "密级" if result.kind == SECRET else "读取"
                return problem_row(result, time.monotonic() - started, stage)
            return card_row(result, time.monotonic() - started)
    except UnreadableFile as error:
        return problem_row(as_problem(upload.name, upload.digest, error), time.monotonic() - started, "处理")


def changed_row(file: SnapshotFile) -> dict[str, Any] | None:
    """The row of a file that was changed after the snapshot, None for one that was not."""
    try:
        if not file.digest or hash_file(Path(file.path)) == file.digest:
            return None
    except OSError:
        return None
    message = "文件在快照之后有改动，本次清理不使用改动后的内容"
    remedy = "请恢复原文件，或者新建一次清理"
    return problem_row(Problem(file.path, file.digest, "changed", message, remedy), 0, "核对快照")


def isolated_row(name: str, file: SnapshotFile, why: str) -> dict[str, Any]:
    """The row of a document that is isolated (隔离); `why` says in Chinese what happened."""
    remedy = "请单独检查该文件，必要时另存后重新提交，再用--failed重做"
    return problem_row(Problem(name, file.digest, "poison", f"{why}，已隔离", remedy), 0, ISOLATED)


def may_hold_several(path: str) -> bool:
    """Whether a file may hold further documents after its first, by its name."""
    return Path(path).suffix.lower() in _SEVERAL
