"""Writing and reading the queue: the same twice is once, a changed file is a new version."""

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
from pipeline.review.queue.originals import keep
from pipeline.review.search.index import forget_body, index_bodies, index_heads

_PLACE = re.compile(r"[一-龥]{2,7}?(?:省|自治区|自治州|兵团|市|县|区|旗|盟)")
# facts that are days
DAYS = ("made", "expires")
_NATIONAL = ("国务院", "国家", "中国", "中华", "最高", "全国", "中央", "中共", "海关总署")


class Outcome(StrEnum):
    """What became of a file that was put into the queue."""

    NEW = "新增"
    VERSION = "新版本"
    REFRESHED = "重新分析"
    UNCHANGED = "未变"
    DUPLICATE = "重复"
    WAITING = "待识别"
    PROBLEM = "问题"


@dataclass(frozen=True, slots=True)
class Stored:
    """The item a file became part of, and how; `item` is None for the problem list."""

    outcome: Outcome
    item: int | None


@dataclass(frozen=True, slots=True)
class QueueWriter:
    """The queue of one home folder; `engine` names code and rules that produce the dossiers."""

    home: Path
    engine: str

    def put(self, dossier: Dossier, data: bytes, place: str | None, *, separate: bool = False) -> Stored:
        """A dossier in the queue; a person's decisions are left as they are.

        A file that is there under another name is noted there, unless it is to stand as an item of its own (`separate`).
        """
        with transaction.atomic():
            original = _original(self.home, dossier.source, data)
            ProblemEntry.objects.filter(name=dossier.source.name).update(open=False)
            item = Item.objects.filter(name=dossier.source.name).select_for_update().first()
            if item is None:
                known = None if separate else Version.objects.filter(original=original).select_related("item").first()
                if known is not None:
                    return self._see(original, dossier.source.name, known.item)
                return self._add(Item(name=dossier.source.name), dossier, original, (place, Outcome.NEW))
            current = item.current
            if current is not None and current.original_id == original.pk:
                return self._refresh(item, current, dossier, place)
            outcome = Outcome.VERSION if current is not None else Outcome.NEW
            item.status, item.reason = Status.PENDING, ""
            return self._add(item, dossier, original, (place, outcome))

    def link(self, source: SourceText, data: bytes, item: Item) -> Stored:
        """Notes a file beside an item that it is the same as, without an item of its own."""
        return self._see(_original(self.home, source, data), source.name, item)

    def _see(self, original: Original, name: str, item: Item) -> Stored:
        Occurrence.objects.get_or_create(original=original, name=name, defaults={"item": item})
        return Stored(Outcome.DUPLICATE, item.pk)

    def _add(self, item: Item, dossier: Dossier, original: Original, how: tuple[str | None, Outcome]) -> Stored:
        place, outcome = how
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
        return Stored(outcome, item.pk)

    def _refresh(self, item: Item, version: Version, dossier: Dossier, place: str | None) -> Stored:
        """The same file again: nothing, unless day, place, code or rules have changed."""
        asked = (dossier.assessment.as_of, place or "", self.engine)
        if (version.as_of, version.place, version.engine) == asked:
            return Stored(Outcome.UNCHANGED, item.pk)
        forget_body(version.pk, version.text)
        version.as_of, version.place, version.engine = asked
        version.text, version.dossier = dossier.source.text, as_json(dossier)
        version.save()
        version.findings.all().delete()
        _write_findings(version, dossier)
        _describe(item, dossier, place)
        item.save()
        _index(item, version)
        return Stored(Outcome.REFRESHED, item.pk)

    def put_problem(self, problem: Problem, data: bytes | None) -> Stored:
        """A file that gave no text: 待识别 in the queue if it can be read later, else in the problem list."""
        with transaction.atomic():
            if problem.digest and data is not None:
                digest = problem.digest
                keep(self.home, digest, data)
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
            return Stored(Outcome.PROBLEM, None)

    def _wait(self, problem: Problem) -> Stored:
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
        return Stored(Outcome.WAITING, item.pk)


def _original(home: Path, source: SourceText, data: bytes) -> Original:
    keep(home, source.digest, data)
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
    _keep_corrections(item)


def place_of(issuer: str, told: str | None) -> str:
    """The province, city or county that an issuer is of, as its name says; as told where it says nothing."""
    found = _PLACE.match(issuer)
    if found:
        return found[0]
    return told or ("国家" if issuer.startswith(_NATIONAL) else "")


def _keep_corrections(item: Item) -> None:
    """What a person has set right stays, however often the machine reads the file again."""
    if item.pk is None:
        return
    for done in item.corrections.order_by("id"):
        set_right(item, done.field, done.value)


def set_right(item: Item, field: str, value: str) -> None:
    """Puts a person's value for a fact into an item, unsaved; the fields of `DAYS` as ISO dates."""
    if field == "made":
        item.year = date.fromisoformat(value).year
    else:
        setattr(item, field, date.fromisoformat(value) if field in DAYS else value)


def _first_words(dossier: Dossier) -> str:
    """What stands for the title of a document that has none."""
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
    """The same for the same type, place and evidence, whenever it is found again."""
    content = f"{finding.type}|{finding.path}|{finding.evidence.cut(text)}"
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def plain(value: object) -> Any:
    """A value of the vocabulary as JSON writes it: dates as ISO, tuples as lists."""
    if is_dataclass(value) and not isinstance(value, type):
        return {key: plain(part) for key, part in asdict(value).items()}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def as_json(dossier: Dossier) -> dict[str, Any]:
    """A dossier without its text, which stands beside it."""
    found: dict[str, Any] = plain(dossier)
    found["source"].pop("text")
    return found


def queue(*, limit: int | None = None) -> Sequence[Item]:
    """The items, riskiest first; 待识别 after what could be read, 已办 last."""
    items = Item.objects.exclude(status=Status.DONE).order_by("-risk", "-alarms", "id")
    return list(items[:limit] if limit else items)


def count_queue() -> int:
    """How many items stand in the queue."""
    return Item.objects.exclude(status=Status.DONE).count()


def open_problems() -> Sequence[ProblemEntry]:
    """The open entries of the problem list."""
    return list(ProblemEntry.objects.filter(open=True).order_by("id"))


def find_item(item_id: int) -> Item:
    """An item by its number. Raises `UsageError`."""
    item = Item.objects.select_related("current").filter(pk=item_id).first()
    if item is None:
        raise UsageError(f"队列里没有编号为{item_id}的文件", remedy="请用qinggui queue查看编号")
    return item


def history(item: Item) -> Iterator[str]:
    """The versions of an item and its decisions, oldest first, in words."""
    for version in item.versions.select_related("original").order_by("sequence"):
        yield f"第{version.sequence}版，{version.created:%Y-%m-%d %H:%M}收到，原件{version.original_id[:12]}"
    for decision in item.decisions.order_by("made"):
        yield f"{decision.made:%Y-%m-%d %H:%M} {decision.reviewer}：{decision.verdict}（{decision.comment}）"


def decided_findings() -> Iterator[tuple[int, str, str]]:
    """Item, type and text of every finding on which a person has decided."""
    for decision in Decision.objects.select_related("version").order_by("item_id"):
        for finding in decision.version.findings.filter(key=decision.finding_key):
            yield decision.item_id, finding.type, finding.content["text"]
