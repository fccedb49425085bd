"""Exports of items and of the queue, each recorded with its SHA-256 and what is needed to produce the same bytes again."""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Max
from django.utils.timezone import localtime

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.agreement import effective_decisions, effective_verdicts
from pipeline.review.models import Conclusion, Decision, Export, Item
from pipeline.review.output.annotated_docx import annotate
from pipeline.review.output.forms import FORMS, Case, Stamp, catalogue
from pipeline.review.output.workbooks import Cell, Sheet, printed, write_workbook
from pipeline.review.queue.originals import original_path

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
ANNOTATED, QUEUE, CATALOGUE = "annotated", "queue", "catalogue"
_COLUMNS = (
    "编号", "文件名称", "文号", "制定机关", "类别", "状态", "风险分", "警示", "有效性", "有效期至", "承办人", "办理期限", "结论", "文件", "原件SHA-256",
    "程序规则模型版本", "法律状态日期",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportFile:
    """An exported file: its name and bytes."""

    name: str
    data: bytes


def export_document(item: Item, form: str, user: User) -> ExportFile:
    """Exports an official document on an item as docx and records it.

    `form` is a key of `forms.FORMS`, or "annotated" for the original with comments. Raises `UsageError` for an unknown form,
    and for an item without a version.
    """
    if form != ANNOTATED and form not in FORMS:
        raise UsageError("没有这种文书", remedy="请刷新后重试")
    if item.current is None:
        raise UsageError("文件还没有内容，不能生成文书", remedy="请待识别后再试")
    stamp = Stamp(_now(), user.first_name or user.username)
    last_ids = _last_ids()
    data = _make(item, form, stamp, last_ids)
    name = "批注" if form == ANNOTATED else FORMS[form][0]
    return _record_export(ExportFile(f"{item.title[:60]}（{name}）.docx", data), form, (item, last_ids), (user, stamp))


def export_queue(items: Iterable[Item], kind: str, user: User) -> ExportFile:
    """Exports items as "xlsx", "csv", "json" or as a 清理目录 ("docx") and records that. Raises `UsageError` for another kind."""
    stamp = Stamp(_now(), user.first_name or user.username)
    makers = {"xlsx": _workbook, "csv": _csv, "json": _json, "docx": _catalogue}
    if kind not in makers:
        raise UsageError(f"不能导出为{kind}", remedy="可以导出xlsx、csv、json、docx")
    name = "清理目录" if kind == "docx" else "审查队列"
    form = CATALOGUE if kind == "docx" else QUEUE
    return _record_export(
        ExportFile(f"{name}.{kind}", makers[kind](items, stamp)), form, (None, _last_ids()), (user, stamp)
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _last_ids() -> tuple[int, int]:
    """The highest keys of decisions and of conclusions at this moment."""
    return _last_id(Decision), _last_id(Conclusion)


def _last_id(model: Any) -> int:
    return int(model.objects.aggregate(last=Max("pk"))["last"] or 0)


def _make(item: Item, form: str, stamp: Stamp, last_ids: tuple[int, int]) -> bytes:
    """The bytes of a document, from the state up to the decision and the conclusion with the keys `last_ids`."""
    decision, conclusion = last_ids
    decisions = effective_verdicts(effective_decisions().filter(item=item, pk__lte=decision))
    if form == ANNOTATED and item.current is not None:
        findings = list(item.current.findings.filter(softened=False).order_by("start", "id"))
        return without_timestamps(
            annotate(original_path(home_folder(), item.current.original_id), findings, decisions, stamp.at)[0]
        )
    case = Case.of(item, decisions, item.conclusions.filter(pk__lte=conclusion).order_by("-id").first())
    stream = io.BytesIO()
    FORMS[form][1](case, stamp).document.save(stream)
    return without_timestamps(stream.getvalue())


def without_timestamps(data: bytes) -> bytes:
    """Rewrites a zip file with a fixed time stamp for each entry, so that equal content gives equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            kept = zipfile.ZipInfo(info.filename, _FIXED_TIME)
            kept.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(kept, old.read(info))
    return out.getvalue()


def _record_export(
    made: ExportFile, form: str, basis: tuple[Item | None, tuple[int, int]], recipient: tuple[User, Stamp]
) -> ExportFile:
    """Records an export, with its hash and basis, in the table of exports and in the audit; returns the file."""
    (item, last_ids), (user, stamp) = basis, recipient
    digest = hashlib.sha256(made.data).hexdigest()
    version = item.current if item else None
    Export.objects.create(
        digest=digest, name=made.name, form=form, item=item, version=version, last_decision=last_ids[0],
        last_conclusion=last_ids[1], engine=version.engine if version else "", by=stamp.by, at=stamp.at,
    )  # fmt: skip
    note(user.username, "导出", item.pk if item else None, f"{made.name} {digest}")
    return made


def check_reproducible(export: Export) -> str:
    """Tries to produce an exported file again byte by byte from the queue; returns the result as a Chinese sentence."""
    item, version = export.item, export.version
    if item is None or version is None:
        return "这是队列的导出，反映导出当时的状态，不重新生成"
    if item.current_id != version.pk:
        return "文件已有新版本，不能按现在的内容重新生成；导出所依据的版本仍在队列中"
    if version.engine != export.engine:
        return f"导出后已用新的规则（{version.engine}）重新分析，不能重新生成；当时的版本是{export.engine}"
    last_ids = (export.last_decision, export.last_conclusion)
    data = _make(item, export.form, Stamp(export.at, export.by), last_ids)
    if hashlib.sha256(data).hexdigest() == export.digest:
        return "按同样的文件、规则和决定重新生成，结果逐字节相同"
    return "按同样的文件和规则重新生成，结果不同：导出后题名、核对要点等有改动，或者程序已经更换"


def _rows(items: Iterable[Item]) -> Iterator[tuple[Cell, ...]]:
    """The cells of each item in the order of `_COLUMNS`: numbers and days as such, an account by the name of its person."""
    for item in items:
        version, conclusion, person = item.current, item.conclusions.order_by("-id").first(), item.assignee
        yield (
            item.pk, item.title, item.number, item.issuers, item.kind, item.status, item.risk, item.alarms, item.validity, item.expires,
            display_name(person) if person else "", item.due, conclusion.outcome if conclusion else "", item.name,
            version.original_id if version else "", version.engine if version else "", version.as_of if version else None,
        )  # fmt: skip


def _workbook(items: Iterable[Item], stamp: Stamp) -> bytes:
    """Items as xlsx; numbers are numbers and days are days."""
    rows = tuple(_rows(items))
    caption = f"审查队列（{len(rows)}件），{stamp.by}于{localtime(stamp.at):%Y-%m-%d %H:%M}导出"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue.xlsx"
        write_workbook(path, [Sheet("审查队列", caption, _COLUMNS, rows)], stamp.at.replace(tzinfo=None))
        return path.read_bytes()


def escape_formulas(cells: Sequence[str]) -> list[str]:
    """Cells for csv: those that a spreadsheet would take for a formula get a leading apostrophe."""
    return [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells]


def _csv(items: Iterable[Item], _: Stamp) -> bytes:
    """Items as csv in UTF-8 with a byte order mark, which spreadsheets recognise."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    writer.writerows(escape_formulas([printed(cell) for cell in row]) for row in _rows(items))
    return stream.getvalue().encode("utf-8-sig")


def _json(items: Iterable[Item], stamp: Stamp) -> bytes:
    """Items as JSON, every value a text, with time, account and program of the export."""
    about = {"exported": localtime(stamp.at).isoformat(), "by": stamp.by, "by_program": "qinggui"}
    rows = [dict(zip(_COLUMNS, map(printed, row), strict=True)) for row in _rows(items)]
    return json.dumps({"about": about, "items": rows}, ensure_ascii=False, indent=1).encode()


def _catalogue(items: Iterable[Item], stamp: Stamp) -> bytes:
    stream = io.BytesIO()
    catalogue(items, stamp).document.save(stream)
    return without_timestamps(stream.getvalue())
