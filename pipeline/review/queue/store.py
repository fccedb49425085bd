"""Writes and reads the queue. Writing is idempotent: an unchanged file changes nothing, a changed one becomes a new version."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import transaction

from pipeline.document import Dossier, Problem, Severity, SourceText
from pipeline.document import Finding as MachineFinding
from pipeline.errors import UsageError
from pipeline.review.models import (
    Decision,
    Finding,
    Item,
    Occurrence,
    Original,
    ProblemEntry,
    Status,
    Version,
)
from pipeline.review.queue.originals import store_original
from pipeline.review.search.index import forget_body, index_bodies, index_heads

_PLACE = re.compile(r"[一-龥]{2,7}?(?:省|自治区|自治州|兵团|市|县|区|旗|盟)")
# correctable facts that are dates
DAYS = ("made", "expires")
_NATIONAL = ("国务院", "国家", "中国", "中华", "最高", "全国", "中央", "中共", "海关总署")


class Outcome(StrEnum):
    """What putting a file into the queue did."""

    NEW = "新增"
    VERSION = "新版本"
    REFRESHED = "重新分析"
    UNCHANGED = "未变"
    DUPLICATE = "重复"
    WAITING = "待识别"
    PROBLEM = "问题"


@dataclass(frozen=True, slots=True)
class StoredItem:
    """The outcome for a file and the number of its item, None where it went to the problem list."""

    outcome: Outcome
    item: int | None


@dataclass(frozen=True, slots=True)
class QueueWriter:
    """Writes to the queue of a home folder; `engine` is the version of code, rules and models that produced the dossiers."""

    home: Path
    engine: str

    def put(self, dossier: Dossier, data: bytes, place: str | None, *, separate: bool = False) -> StoredItem:
        """Puts a dossier and the bytes of its file into the queue; decisions of people stay untouched.

        `place` is the place that the analysis assumed. The item is found by the name of the file. The same bytes under another
        name are recorded as an occurrence of the existing item, or become an item of their own with `separate`. Raises
        `StorageError` where the original cannot be written.
        """
        with transaction.atomic():
            original = _original(self.home, dossier.source, data)
            ProblemEntry.objects.filter(name=dossier.source.name).update(open=False)
            item = Item.objects.filter(name=dossier.source.name).select_for_update().first()
            if item is None:
                known = None if separate else Version.objects.filter(original=original).select_related("item").first()
                if known is not None:
                    return self._record_occurrence(original, dossier.source.name, known.item)
                return self._add(Item(name=dossier.source.name), dossier, original, place)
            current = item.current
            if current is not None and current.original_id == original.pk:
                return self._refresh(item, current, dossier, place)
            item.status, item.reason = Status.PENDING, ""
            return self._add(item, dossier, original, place)

    def link(self, source: SourceText, data: bytes, item: Item) -> StoredItem:
        """Records a file as a duplicate of `item`, without an item of its own."""
        return self._record_occurrence(_original(self.home, source, data), source.name, item)

    def _record_occurrence(self, original: Original, name: str, item: Item) -> StoredItem:
        Occurrence.objects.get_or_create(original=original, name=name, defaults={"item": item})
        return StoredItem(Outcome.DUPLICATE, item.pk)

    def _add(self, item: Item, dossier: Dossier, original: Original, place: str | None) -> StoredItem:
        """Saves an item with a new version, which becomes the current one."""
        before = item.current
        _describe(item, dossier, place)
        item.save()
        version = Version.objects.create(
            item=item,
            sequence=item.versions.count() + 1,
            original=original,
            text=dossier.source.text,
            dossier=as_json(dossier),
            as_of=dossier.assessment.as_of,
            place=place or "",
            engine=self.engine,
        )
        _write_findings(version, dossier)
        item.current = version
        item.save(update_fields=["current"])
        if before is not None:
            forget_body(before.pk, before.text)
        _index(item, version)
        return StoredItem(Outcome.NEW if before is None else Outcome.VERSION, item.pk)

    def _refresh(self, item: Item, version: Version, dossier: Dossier, place: str | None) -> StoredItem:
        """Replaces the dossier of a version whose file is unchanged; does nothing if date, place and engine are the same too."""
        basis = (dossier.assessment.as_of, place or "", self.engine)
        if (version.as_of, version.place, version.engine) == basis:
            return StoredItem(Outcome.UNCHANGED, item.pk)
        forget_body(version.pk, version.text)
        version.as_of, version.place, version.engine = basis
        version.text, version.dossier = dossier.source.text, as_json(dossier)
        version.save()
        version.findings.all().delete()
        _write_findings(version, dossier)
        _describe(item, dossier, place)
        item.save()
        _index(item, version)
        return StoredItem(Outcome.REFRESHED, item.pk)

    def put_problem(self, problem: Problem, data: bytes | None) -> StoredItem:
        """Records a file from which no text could be taken, and stores its bytes where they are known.

        It becomes an item with the status 待识别 where the file can be read later (OCR), else an open entry of the problem list.
        """
        with transaction.atomic():
            if problem.digest and data is not None:
                digest = problem.digest
                store_original(self.home, digest, data)
                Original.objects.get_or_create(digest=digest, defaults={"size": len(data), "first_name": problem.name})
            if problem.waiting:
                return self._wait(problem)
            ProblemEntry.objects.update_or_create(
                name=problem.name,
                defaults={
                    "digest": problem.digest or "",
                    "kind": problem.kind,
                    "message": problem.message,
                    "remedy": problem.remedy,
                    "open": True,
                },
            )
            return StoredItem(Outcome.PROBLEM, None)

    def _wait(self, problem: Problem) -> StoredItem:
        item, created = Item.objects.get_or_create(
            name=problem.name,
            defaults={
                "status": Status.WAITING,
                "reason": f"{problem.message}。{problem.remedy}",
                "title": Path(problem.name).name,
            },
        )
        if not created and item.current is not None:
            ProblemEntry.objects.update_or_create(
                name=problem.name,
                defaults={
                    "digest": problem.digest or "",
                    "kind": problem.kind,
                    "message": f"新提交的版本{problem.message}",
                    "remedy": problem.remedy,
                    "open": True,
                },
            )
        return StoredItem(Outcome.WAITING, item.pk)


def _original(home: Path, source: SourceText, data: bytes) -> Original:
    store_original(home, source.digest, data)
    original, _ = Original.objects.get_or_create(
        digest=source.digest, defaults={"size": len(data), "first_name": source.name}
    )
    return original


def _index(item: Item, version: Version) -> None:
    index_heads([item])
    index_bodies([(version.pk, version.text)])


def _describe(item: Item, dossier: Dossier, place: str | None) -> None:
    masthead, assessment = dossier.document.masthead, dossier.assessment
    item.title = masthead.title.value if masthead.title else _first_words(dossier)
    item.number = masthead.number.value if masthead.number else ""
    item.issuers = "、".join(issuer.value for issuer in masthead.issuers)
    item.issuer = masthead.issuers[0].value[:128] if masthead.issuers else ""
    item.place = place_of(item.issuer, place)
    item.genre, item.norm_level = dossier.labels.genre, dossier.labels.norm_level.value
    item.is_normative = dossier.labels.is_normative
    item.risk = assessment.risk.score
    item.risk_parts = [list(part) for part in assessment.risk.parts]
    alarms = [f for f in assessment.findings if f.severity in (Severity.CRITICAL, Severity.HIGH) and not f.softened]
    item.alarms, item.groups = len(alarms), " ".join(sorted({alarm.type[:3] for alarm in alarms}))
    made = masthead.made or masthead.published
    item.year = made.value.year if made else None
    item.validity, item.expires = assessment.validity.state, assessment.validity.expires
    _apply_corrections(item)


def place_of(issuer: str, stated: str | None) -> str:
    """The province, city or county in the name of an issuer; else `stated`, else 国家 for a national body, else ""."""
    found = _PLACE.match(issuer)
    if found:
        return found[0]
    return stated or ("国家" if issuer.startswith(_NATIONAL) else "")


def _apply_corrections(item: Item) -> None:
    """Applies the corrections of people again after the program has analysed the file anew."""
    if item.pk is None:
        return
    for correction in item.corrections.order_by("id"):
        apply_correction(item, correction.field, correction.value)


def apply_correction(item: Item, field: str, value: str) -> None:
    """Sets the corrected value of a fact on an item, without saving; the fields of `DAYS` take ISO dates."""
    if field == "made":
        item.year = date.fromisoformat(value).year
    else:
        setattr(item, field, date.fromisoformat(value) if field in DAYS else value)


def _first_words(dossier: Dossier) -> str:
    """A substitute for a missing title: a note and the first 24 code points of the text."""
    return "（无题名）" + dossier.source.text.split("\n", 1)[0][:24]


def _write_findings(version: Version, dossier: Dossier) -> None:
    text = dossier.source.text
    Finding.objects.bulk_create(
        Finding(
            version=version,
            key=finding_key(finding, text),
            type=finding.type,
            severity=finding.severity.value,
            softened=finding.softened,
            start=finding.evidence.start,
            end=finding.evidence.end,
            content={**plain(finding), "text": finding.evidence.cut(text)},
        )
        for finding in dossier.assessment.findings
    )


def finding_key(finding: MachineFinding, text: str) -> str:
    """A stable key of a finding: 32 hexadecimal digits of a hash over type, clause path and evidence, the same in every analysis."""
    content = f"{finding.type}|{finding.path}|{finding.evidence.cut(text)}"
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def plain(value: object) -> Any:
    """A value as JSON types: dataclasses as dictionaries, tuples as lists, dates as ISO strings."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(part) for key, part in asdict(value).items()}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def as_json(dossier: Dossier) -> dict[str, Any]:
    """A dossier as JSON types, without the text, which the version stores itself."""
    found: dict[str, Any] = plain(dossier)
    found["source"].pop("text")
    return found


def queue(*, limit: int | None = None) -> Sequence[Item]:
    """The items that are not 已办, riskiest first, at most `limit` of them."""
    items = Item.objects.exclude(status=Status.DONE).order_by("-risk", "-alarms", "id")
    return list(items[:limit] if limit else items)


def count_queue() -> int:
    """The number of items that are not 已办."""
    return Item.objects.exclude(status=Status.DONE).count()


def open_problems() -> Sequence[ProblemEntry]:
    """The open entries of the problem list, oldest first."""
    return list(ProblemEntry.objects.filter(open=True).order_by("id"))


def find_item(item_id: int) -> Item:
    """The item with a number. Raises `UsageError` where there is none."""
    item = Item.objects.select_related("current").filter(pk=item_id).first()
    if item is None:
        raise UsageError(f"队列里没有编号为{item_id}的文件", remedy="请用qinggui queue查看编号")
    return item


def history(item: Item) -> Iterator[str]:
    """Yields the versions of an item, then its decisions, oldest first, as Chinese lines."""
    for version in item.versions.select_related("original").order_by("sequence"):
        yield f"第{version.sequence}版，{version.created:%Y-%m-%d %H:%M}收到，原件{version.original_id[:12]}"
    for decision in item.decisions.order_by("made"):
        yield f"{decision.made:%Y-%m-%d %H:%M} {decision.reviewer}：{decision.verdict}（{decision.comment}）"


def decided_findings() -> Iterator[tuple[int, str, str]]:
    """Yields item number, type and evidence of every finding on which a person has decided."""
    for decision in Decision.objects.select_related("version").order_by("item_id"):
        for finding in decision.version.findings.filter(key=decision.finding_key):
            yield decision.item_id, finding.type, finding.content["text"]
