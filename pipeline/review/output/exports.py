"""What leaves the desk, each with its hash in the audit and all that is needed to make the same bytes again."""

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

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.audit.chain import note
from pipeline.review.decisions.agreement import last_words, standing
from pipeline.review.models import Conclusion, Decision, Export, Item
from pipeline.review.output.annotated_docx import annotate
from pipeline.review.output.forms import FORMS, Case, Stamp, catalogue
from pipeline.review.output.workbooks import Sheet, write_workbook
from pipeline.review.queue.originals import where

_STILL = (1980, 1, 1, 0, 0, 0)
ANNOTATED, QUEUE, CATALOGUE = "annotated", "queue", "catalogue"
_COLUMNS = (
    "编号", "文件名称", "文号", "制定机关", "类别", "状态", "风险分", "警示", "有效性", "有效期至", "承办人", "办理期限", "结论", "文件", "原件SHA-256",
    "程序规则模型版本", "法律状态日期",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file for a visitor: its name and bytes."""

    name: str
    data: bytes


def paper_of(item: Item, form: str, user: User) -> ExportFile:
    """A paper on an item, noted with its hash. Raises `UsageError` for a form that does not exist."""
    if form != ANNOTATED and form not in FORMS:
        raise UsageError("没有这种文书", remedy="请刷新后重试")
    if item.current is None:
        raise UsageError("文件还没有内容，不能生成文书", remedy="请待识别后再试")
    stamp = Stamp(_now(), user.first_name or user.username)
    known = _known()
    data = _make(item, form, stamp, known)
    name = "批注" if form == ANNOTATED else FORMS[form][0]
    return _hand_out(ExportFile(f"{item.title[:60]}（{name}）.docx", data), form, (item, known), (user, stamp))


def queue_of(items: Iterable[Item], kind: str, user: User) -> ExportFile:
    """Items as xlsx, csv, json or as 清理目录 (docx), noted with its hash. Raises `UsageError`."""
    stamp = Stamp(_now(), user.first_name or user.username)
    makers = {"xlsx": _workbook, "csv": _csv, "json": _json, "docx": _catalogue}
    if kind not in makers:
        raise UsageError(f"不能导出为{kind}", remedy="可以导出xlsx、csv、json、docx")
    name = "清理目录" if kind == "docx" else "审查队列"
    form = CATALOGUE if kind == "docx" else QUEUE
    return _hand_out(ExportFile(f"{name}.{kind}", makers[kind](items, stamp)), form, (None, _known()), (user, stamp))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _known() -> tuple[int, int]:
    """The numbers of the last decision and the last conclusion at this moment."""
    return _last(Decision), _last(Conclusion)


def _last(model: Any) -> int:
    return int(model.objects.aggregate(last=Max("pk"))["last"] or 0)


def _make(item: Item, form: str, stamp: Stamp, known: tuple[int, int]) -> bytes:
    """The bytes of a paper, of the state up to the decisions and conclusions `known`."""
    decision, conclusion = known
    decisions = last_words(standing().filter(item=item, pk__lte=decision))
    if form == ANNOTATED and item.current is not None:
        findings = list(item.current.findings.filter(softened=False).order_by("start", "id"))
        return still(annotate(where(home_folder(), item.current.original_id), findings, decisions, stamp.at)[0])
    case = Case.of(item, decisions, item.conclusions.filter(pk__lte=conclusion).order_by("-id").first())
    stream = io.BytesIO()
    FORMS[form][1](case, stamp).document.save(stream)
    return still(stream.getvalue())


def still(data: bytes) -> bytes:
    """A zip file with the same parts and no time of writing, so that equal content gives equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            kept = zipfile.ZipInfo(info.filename, _STILL)
            kept.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(kept, old.read(info))
    return out.getvalue()


def _hand_out(
    made: ExportFile, form: str, about: tuple[Item | None, tuple[int, int]], to: tuple[User, Stamp]
) -> ExportFile:
    (item, known), (user, stamp) = about, to
    digest = hashlib.sha256(made.data).hexdigest()
    version = item.current if item else None
    Export.objects.create(
        digest=digest, name=made.name, form=form, item=item, version=version, last_decision=known[0],
        last_conclusion=known[1], engine=version.engine if version else "", by=stamp.by, at=stamp.at,
    )  # fmt: skip
    note(user.username, "导出", item.pk if item else None, f"{made.name} {digest}")
    return made


def rebuilt(export: Export) -> str:
    """Whether a file can be made again byte by byte from what the queue holds: what came out, in Chinese."""
    item, version = export.item, export.version
    if item is None or version is None:
        return "这是队列的导出，反映导出当时的状态，不重新生成"
    if item.current_id != version.pk:
        return "文件已有新版本，不能按现在的内容重新生成；导出所依据的版本仍在队列中"
    if version.engine != export.engine:
        return f"导出后已用新的规则（{version.engine}）重新分析，不能重新生成；当时的版本是{export.engine}"
    known = (export.last_decision, export.last_conclusion)
    data = _make(item, export.form, Stamp(export.at, export.by), known)
    if hashlib.sha256(data).hexdigest() == export.digest:
        return "按同样的文件、规则和决定重新生成，结果逐字节相同"
    return "按同样的文件和规则重新生成，结果不同：导出后题名、核对要点等有改动，或者程序已经更换"


def _rows(items: Iterable[Item]) -> Iterator[tuple[str, ...]]:
    for item in items:
        version, told = item.current, item.conclusions.order_by("-id").first()
        yield (
            str(item.pk), item.title, item.number, item.issuers, item.kind, item.status, str(item.risk), str(item.alarms),
            item.validity, str(item.expires or ""), str(item.assignee or ""), str(item.due or ""), told.outcome if told else "",
            item.name, version.original_id if version else "", version.engine if version else "", str(version.as_of) if version else "",
        )  # fmt: skip


def _workbook(items: Iterable[Item], stamp: Stamp) -> bytes:
    """Items as xlsx, every cell a text."""
    rows = tuple(_rows(items))
    caption = f"审查队列（{len(rows)}件），{stamp.by}于{stamp.at:%Y-%m-%d %H:%M}导出"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue.xlsx"
        write_workbook(path, [Sheet("审查队列", caption, _COLUMNS, rows)], stamp.at.replace(tzinfo=None))
        return path.read_bytes()


def harmless(cells: Sequence[str]) -> list[str]:
    """Cells for csv, which a spreadsheet would take for formulas, with an apostrophe before them."""
    return [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in cells]


def _csv(items: Iterable[Item], _: Stamp) -> bytes:
    """Items as csv that spreadsheets open as UTF-8."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    writer.writerows(harmless(row) for row in _rows(items))
    return stream.getvalue().encode("utf-8-sig")


def _json(items: Iterable[Item], stamp: Stamp) -> bytes:
    """Items as JSON with what they rest on."""
    about = {"exported": stamp.at.isoformat(), "by": stamp.by, "by_program": "qinggui"}
    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in _rows(items)]
    return json.dumps({"about": about, "items": rows}, ensure_ascii=False, indent=1).encode()


def _catalogue(items: Iterable[Item], stamp: Stamp) -> bytes:
    stream = io.BytesIO()
    catalogue(items, stamp).document.save(stream)
    return still(stream.getvalue())
