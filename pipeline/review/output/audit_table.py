"""The audit as csv, recorded in the audit itself with its SHA-256, so that `qinggui verify` recognises the file."""

import csv
import hashlib
import io

from django.contrib.auth.models import User
from django.db.models import QuerySet

from pipeline.errors import UsageError
from pipeline.review.audit.chain import note
from pipeline.review.audit.reading import AuditRow, rows_of_many
from pipeline.review.clock import local_time
from pipeline.review.models import AuditEntry
from pipeline.review.output.exports import ExportFile
from pipeline.review.output.workbooks import escape_formulas

_COLUMNS = ("序号", "时间", "账号", "姓名", "事项", "文件编号", "题名", "内容", "原始记录", "哈希")
_MOST = 100_000


def export_audit(entries: "QuerySet[AuditEntry]", user: User) -> ExportFile:
    """Entries as csv in UTF-8 with a byte order mark, times in the zone of the desk; no cell is a formula.

    Raises `UsageError` for more entries than a spreadsheet opens well.
    """
    count = entries.count()
    if count > _MOST:
        raise UsageError(f"审计记录有{count}条，一次最多导出{_MOST}条", remedy="请按日期分几次导出")
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    writer.writerows(escape_formulas(_cells(row)) for row in rows_of_many(entries))
    made = ExportFile("审计记录.csv", stream.getvalue().encode("utf-8-sig"))
    note(user.username, "导出", None, f"{made.name} {hashlib.sha256(made.data).hexdigest()}")
    return made


def _cells(row: AuditRow) -> tuple[str, ...]:
    entry = row.entry
    item = str(entry.item) if entry.item is not None else ""
    when = local_time(entry.at, seconds=True)
    return (
        str(entry.number or entry.pk), when, entry.who, row.name, entry.what, item, row.title, row.detail, entry.detail, entry.digest
    )  # fmt: skip
