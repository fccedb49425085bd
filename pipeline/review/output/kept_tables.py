"""The data tables (数据表) and answers on trends that a worker keeps in the home folder for the desk and the API.

The desk only reads and asks for them: they are made by `pipeline.analysis.kept`. The folder is safe to delete.
"""

import json
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from pipeline.errors import UsageError
from pipeline.home import private_file, private_folder
from pipeline.review.audit.chain import note

TABLE_KINDS = ("parquet", "csv")
ANSWER_KINDS = ("xlsx", "csv", "parquet")
_INDEX, _ASKED, _FAILED = "index.json", "asked", "failed"
# what each entry of the index holds, with its kind
_TABLE = {"name": str, "rows": int, "parquet": int, "csv": int, "columns": list}
_ANSWER = {"key": str, "question": str, "title": str, "note": str, "chart": str, "unit": str, "rows": int, "bars": list}
# who has asked for tables in vain for so many seconds is told that no worker took it up
_PATIENCE = 1800


@dataclass(frozen=True, slots=True)
class KeptTables:
    """What is kept: when it was `made` and as of which day, number of `items`; `tables` and `answers` as the index holds them.

    `asked` says that new ones are asked for, `failed` why the last attempt failed ("" if it did not).
    """

    made: datetime | None
    as_of: str
    items: int
    tables: tuple[dict[str, Any], ...]
    answers: tuple[dict[str, Any], ...]
    asked: bool
    failed: str


def folder_of(home: Path) -> Path:
    """The folder of tables in a home folder."""
    return home / "tables"


def kept(home: Path) -> KeptTables:
    """What is kept in a home folder; a damaged index counts as none."""
    folder = folder_of(home)
    failed = ""
    with suppress(OSError):
        failed = (folder / _FAILED).read_text(encoding="utf-8", errors="replace")
    nothing = KeptTables(None, "", 0, (), (), is_asked(home), failed)
    try:
        index = json.loads((folder / _INDEX).read_text(encoding="utf-8"))
        return replace(
            nothing, made=datetime.fromisoformat(index["made"]), as_of=str(index["as_of"]), items=int(index["items"]),
            tables=_entries(index["tables"], _TABLE), answers=_entries(index["answers"], _ANSWER),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return nothing


def _entries(entries: list[dict[str, Any]], kinds: dict[str, type]) -> tuple[dict[str, Any], ...]:
    """Entries of the index. Raises `KeyError` or `TypeError` for one that lacks a key or holds another kind of value there."""
    for entry in entries:
        if not all(isinstance(entry[key], kind) for key, kind in kinds.items()):
            raise TypeError(f"{entry} is no entry of the index")
    return tuple(entries)


def ask(home: Path) -> None:
    """Asks a worker to make the tables anew."""
    private_folder(folder_of(home))
    private_file(folder_of(home) / _ASKED)


def is_asked(home: Path) -> bool:
    """Whether new tables are asked for and not made yet."""
    return (folder_of(home) / _ASKED).exists()


def waits_in_vain(home: Path) -> bool:
    """Whether new tables have been asked for so long ago that no worker can be there."""
    try:
        return time.time() - (folder_of(home) / _ASKED).stat().st_mtime > _PATIENCE
    except OSError:
        return False


def settle(home: Path, failed: str = "") -> None:
    """Notes that what was asked for is done, or why it failed."""
    folder = private_folder(folder_of(home))
    (folder / _FAILED).unlink(missing_ok=True)
    if failed:
        private_file(folder / _FAILED).write_text(failed, encoding="utf-8")
    (folder / _ASKED).unlink(missing_ok=True)


def keep_index(home: Path, index: dict[str, Any]) -> None:
    """Writes the index of what is kept, in one piece."""
    file = folder_of(home) / _INDEX
    temporary = private_file(file.with_suffix(".tmp"))
    temporary.write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
    temporary.replace(file)


def take_table(home: Path, name: str, kind: str, user: User) -> Path:
    """The file of a table, for a user to download, which the audit notes.

    Raises `UsageError` for another kind or name, and where no tables are kept.
    """
    _check_kind(kind, TABLE_KINDS)
    names = [table["name"] for table in there(home).tables]
    return _take(folder_of(home) / "download" / f"{name}.{kind}", names, user)


def take_answer(home: Path, key: str, kind: str, user: User) -> Path:
    """The file with the data of an answer, like `take_table`."""
    _check_kind(kind, ANSWER_KINDS)
    keys = [answer["key"] for answer in there(home).answers]
    return _take(folder_of(home) / "answers" / f"{key}.{kind}", keys, user)


def there(home: Path) -> KeptTables:
    """What is kept. Raises `UsageError` where nothing is."""
    found = kept(home)
    if found.made is None:
        remedy = (
            "处理进程正在做，请过几分钟再试"
            if found.asked
            else "请在趋势页按“更新数据”，或者用POST /tables，等处理进程做好"
        )
        raise UsageError("数据表还没有做出来" + (f"：{found.failed}" if found.failed else ""), remedy=remedy)
    return found


def _check_kind(kind: str, kinds: tuple[str, ...]) -> None:
    if kind not in kinds:
        raise UsageError(f"不能下载为{kind}", remedy=f"可以下载{'、'.join(kinds)}")


def _take(file: Path, names: list[str], user: User) -> Path:
    if file.stem not in names or not file.exists():
        raise UsageError(f"没有“{file.stem}”这张表", remedy=f"有：{'、'.join(names)}")
    note(user.username, "导出", None, f"数据表{file.name}")
    return file
