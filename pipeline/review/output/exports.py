"""Exports of items and of the queue, each recorded with its SHA-256 and what is needed to produce the same bytes again."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.leftovers import temporary_folder
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import EXPORTED, WITH_SENDING, note
from pipeline.review.decisions.contradictions import conclusions_by_item
from pipeline.review.models import Export, Item, Kind
from pipeline.review.output.annotated_docx import annotate
from pipeline.review.output.case import Case, CaseFinding, Stamp, file_name
from pipeline.review.output.case_building import BESIDE, case_of
from pipeline.review.output.forms import FORMS, WITH_BESIDE, catalogue, forms_of, shown_conclusion, shown_validity
from pipeline.review.output.workbooks import Cell, Sheet, escape_formulas, printed, write_workbook
from pipeline.review.queue.originals import original_path, store_original
from pipeline.review.queue.validity import expiry_of

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_SAME = "按导出时的案情重新生成，结果逐字节相同"
_OTHER = "按导出时的案情重新生成，结果不同：文件没有改动的，是生成文书的程序已经更换"
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


def export_document(item: Item, form: str, user: User, beside: Collection[str] = ()) -> ExportFile:
    """Exports an official document on an item as docx and records it.

    `form` is a key of `forms.FORMS`, or "annotated" for the original with comments; a draft says so in its name. `beside` is what of
    `case_building.BESIDE` stands beside each finding. Raises `UsageError`
    for an unknown form, for an item without a version, and where the case does not allow the document.
    """
    return _export(item, form, user, beside)[1]


def make_export(item: Item, form: str, user: User) -> tuple[Export, bytes]:
    """Makes a document like `export_document` for a review that is sent, and stores its bytes beside the originals; returns the record and the bytes.

    The audit says that it was made with the sending: nobody exported it.

    Raises `UsageError` like `export_document`, and `StorageError` where the bytes cannot be stored.
    """
    export, made = _export(item, form, user, act=WITH_SENDING)
    store_original(home_folder(), export.digest, made.data)
    return export, made.data


def _export(
    item: Item, form: str, user: User, beside: Collection[str] = (), act: str = EXPORTED
) -> tuple[Export, ExportFile]:
    if form != ANNOTATED and form not in FORMS:
        raise UsageError("没有这种文书", remedy="请刷新后重试")
    offered = dict(forms_of(item.kind))
    if form != ANNOTATED and form not in offered:
        # 纠正通知书 on what nobody has issued, 异议处理意见 on a draft, …
        says = f"{Kind(item.kind).label}没有{FORMS[form][0]}这种文书"
        raise UsageError(says, remedy=f"可以用{'、'.join(offered.values())}")
    unknown = sorted(set(beside) - set(BESIDE))
    if unknown:
        raise UsageError(f"文书不能附{'、'.join(unknown)}", remedy="words附条文，cases附类似案例")
    if beside and form not in WITH_BESIDE:
        named = "、".join(FORMS[key][0] for key in WITH_BESIDE)
        raise UsageError("这种文书不附条文和类似案例", remedy=f"可以附的是{named}")
    if item.current is None:
        raise UsageError("文件还没有内容，不能生成文书", remedy="请待识别后再试")
    stamp, case = Stamp(_now(), display_name(user)), case_of(item, beside)
    basis = case.to_json()
    name = "批注" if form == ANNOTATED else FORMS[form][0]
    draft = "（草稿）" if case.draft else ""
    made = ExportFile(f"{item.title[:60]}（{name}）{draft}.docx", _make(basis, form, stamp))
    return _record_export(made, form, (item, basis), (user, stamp), act), made


def export_queue(items: Iterable[Item], kind: str, user: User) -> ExportFile:
    """Exports items as "xlsx", "csv", "json" or as a 清理目录 ("docx") and records that. Raises `UsageError` for another kind."""
    stamp = Stamp(_now(), user.first_name or user.username)
    makers = {"xlsx": _workbook, "csv": _csv, "json": _json, "docx": _catalogue}
    if kind not in makers:
        raise UsageError(f"不能导出为{kind}", remedy="可以导出xlsx、csv、json、docx")
    name = "清理目录" if kind == "docx" else "审查队列"
    form = CATALOGUE if kind == "docx" else QUEUE
    made = ExportFile(f"{name}.{kind}", makers[kind](items, stamp))
    _record_export(made, form, (None, {}), (user, stamp))
    return made


def _now() -> datetime:
    return timezone.localtime().replace(microsecond=0)


def _make(basis: Mapping[str, Any], form: str, stamp: Stamp) -> bytes:
    """The bytes of a document on a case, which is given as JSON."""
    case = Case.from_json(basis)
    if form == ANNOTATED:
        digest = case.version.digest if case.version else ""
        return without_timestamps(annotate(original_path(home_folder(), digest), case, stamp)[0])
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
    made: ExportFile,
    form: str,
    basis: tuple[Item | None, dict[str, Any]],
    recipient: tuple[User, Stamp],
    act: str = EXPORTED,
) -> Export:
    """Records an export, with its hash and basis, in the table of exports and as `act` in the audit."""
    (item, case), (user, stamp) = basis, recipient
    digest = hashlib.sha256(made.data).hexdigest()
    version = item.current if item else None
    with transaction.atomic():
        export = Export.objects.create(
            digest=digest, name=made.name, form=form, item=item, version=version, basis=case,
            engine=version.engine if version else "", by=stamp.by, at=stamp.at,
        )  # fmt: skip
        note(user.username, act, item.pk if item else None, f"{made.name} {digest}")
    return export


def check_reproducible(export: Export) -> str:
    """Produces an exported document again from what it was based on; returns in Chinese whether it is the same byte by byte.

    Also says whether the case says something else since.
    """
    if export.form in (QUEUE, CATALOGUE):
        return "这是队列的导出，反映导出当时的状态，不重新生成"
    if not export.basis:
        return "这份文书由0.11.0以前的版本导出，没有留下导出时的案情，不能重新生成"
    try:
        before = Case.from_json(export.basis)
        data = _make(export.basis, export.form, Stamp(timezone.localtime(export.at), export.by))
    except (KeyError, TypeError, UsageError):
        return "导出时的案情由另一版本的程序写下，或者原件已经不在，不能重新生成"
    same = hashlib.sha256(data).hexdigest() == export.digest
    return f"{_SAME if same else _OTHER}；{_since(before, export.item)}"


def _since(before: Case, item: Item | None) -> str:
    """Whether a case changed since it was exported."""
    if item is None:
        return "这件已经不在队列中"
    now, before = case_of(item), before.without_beside()
    moved = f"，状态由{before.status}变为{now.status}" if now.status != before.status else ""
    if now.differs_from(before):
        return f"导出后案情有变（{'、'.join(_changes(before, now)) or '其他内容'}）{moved}"
    return f"导出后案情没有变化{moved}"


def _changes(before: Case, now: Case) -> list[str]:
    """What differs between two states of a case."""
    parts: tuple[tuple[str, Callable[[Case], object]], ...] = (
        ("文件版本", lambda case: case.version),
        (
            "题名、文号等要素",
            lambda case: (case.title, case.number, case.issuers, case.genre, case.norm_level, case.kind),
        ),
        ("发现", lambda case: [replace(found, decision=None, decisions=(), replies=()) for found in case.findings]),
        ("决定", _of_findings(lambda found: found.decisions)),
        ("制定机关的答复", _of_findings(lambda found: found.replies)),
        ("核对要点", lambda case: case.points),
        ("结论", lambda case: case.conclusion),
        ("矛盾的说明", lambda case: case.contradictions),
        ("材料", lambda case: case.materials),
    )
    return [name for name, part in parts if part(before) != part(now)]


def _of_findings(part: Callable[[CaseFinding], object]) -> Callable[[Case], object]:
    """A part of every finding, by finding; findings without it are left out, so that a finding more is no other decision."""
    return lambda case: {found.key: made for found in case.findings if (made := part(found))}


def _rows(items: Iterable[Item]) -> Iterator[tuple[Cell, ...]]:
    """The cells of each item in the order of `_COLUMNS`: numbers and days as such, an account by the name of its person."""
    items = list(items)
    drawn = conclusions_by_item(items)
    for item in items:
        version, conclusion, person = item.current, drawn.get(item.pk), item.assignee
        yield (
            item.pk, item.title, item.number, item.issuers, item.kind, item.status, item.risk, item.alarms, shown_validity(item), expiry_of(item),
            display_name(person) if person else "", item.due, shown_conclusion(item, conclusion), file_name(item.name),
            version.original_id if version else "", version.engine if version else "", version.as_of if version else None,
        )  # fmt: skip


def _workbook(items: Iterable[Item], stamp: Stamp) -> bytes:
    """Items as xlsx; numbers are numbers and days are days."""
    rows = tuple(_rows(items))
    caption = f"审查队列（{len(rows)}件），{stamp.by}于{localtime(stamp.at):%Y-%m-%d %H:%M}导出"
    with temporary_folder() as folder:
        path = folder / "queue.xlsx"
        write_workbook(path, [Sheet("审查队列", caption, _COLUMNS, rows)], stamp.at.replace(tzinfo=None))
        return path.read_bytes()


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
