"""Runs all checks and keeps what the last run found, in a file of the home folder."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError
from django.utils import timezone

from pipeline.home import open_private
from pipeline.review.clock import local_time
from pipeline.review.inspection import originals, records
from pipeline.review.inspection.faults import Check, Fault, Step

FILE = "check.json"
CHECKS = (
    Check("数据库完整性", records.check_database),
    Check("原件的哈希", originals.check_hashes),
    Check("缺少的原件", originals.check_missing),
    Check("无主的文件", originals.check_orphans),
    Check("当前版本", records.check_items),
    Check("公开的版本", records.check_public),
    Check("发现的位置", records.check_findings),
    Check("检索索引", records.check_index),
    Check("审计链", records.check_audit),
    Check("文件权限", originals.check_permissions),
)
# of each check, as many are kept
_MOST = 200


@dataclass(frozen=True, slots=True)
class Row:
    """What one check found: how many things it looked at, how many faults, and the first of them in Chinese; hints are no faults."""

    name: str
    looked_at: int
    count: int
    faults: tuple[str, ...]
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a run found, check by check, and when it ended."""

    at: datetime
    rows: tuple[Row, ...]

    @property
    def count(self) -> int:
        """The number of faults."""
        return sum(row.count for row in self.rows)

    @property
    def words(self) -> str:
        """The result in one Chinese line."""
        when = f"自检（{local_time(self.at)}）"
        if not self.count:
            return f"{when}：没有发现问题"
        told = "、".join(f"{row.name}{row.count}处" for row in self.rows if row.count)
        return f"{when}：发现{self.count}处问题（{told}），请管理员在服务器上运行qinggui check查看"


def steps(home: Path) -> Iterator[Row | None]:
    """Goes through all checks: yields None after each portion, where a reader may pause, and the row of each check at its end."""
    for check in CHECKS:
        looked_at, found = 0, list[Fault]()
        for step in _told(check.steps(home)):
            if isinstance(step, Fault):
                found.append(step)
            else:
                looked_at += step
                yield None
        yield _row(check.name, looked_at, found)


def _told(running: Iterator[Step]) -> Iterator[Step]:
    """The steps of a check, and a fault where the database or the disk did not let it come to its end."""
    try:
        yield from running
    except (DatabaseError, OSError) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        yield Fault(f"没有查完（{words}）；请检查数据库和磁盘，必要时从备份恢复")


def _row(name: str, looked_at: int, found: Sequence[Fault]) -> Row:
    faults = [fault.words for fault in found if not fault.hint]
    hints = [fault.words for fault in found if fault.hint]
    return Row(name, looked_at, len(faults), tuple(faults[:_MOST]), tuple(hints[:_MOST]))


def run(home: Path) -> Result:
    """Runs all checks at once and keeps the result."""
    result = Result(timezone.now(), tuple(row for row in steps(home) if row is not None))
    keep(home, result)
    return result


def keep(home: Path, result: Result) -> None:
    """Writes a result to the home folder, in place of the one before."""
    unfinished = home / f"{FILE}.{os.getpid()}.tmp"
    with open_private(unfinished, "wb") as stream:
        stream.write(json.dumps(asdict(result), ensure_ascii=False, indent=1, default=datetime.isoformat).encode())
    unfinished.replace(home / FILE)


def last_result(home: Path) -> Result | None:
    """The result of the last run; None where there was none, or where its file cannot be read."""
    try:
        found = json.loads((home / FILE).read_text(encoding="utf-8"))
        rows = (Row(row["name"], row["looked_at"], row["count"], tuple(row["faults"]), tuple(row["hints"])) for row in found["rows"])  # fmt: skip
        return Result(datetime.fromisoformat(found["at"]), tuple(rows))
    except (OSError, ValueError, KeyError, TypeError):
        return None
