"""Writes and reads the queue. Writing is idempotent: an unchanged file changes nothing; a changed one is proposed as a new version."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localtime

from pipeline.document import Dossier, Problem, SourceText
from pipeline.errors import UsageError
from pipeline.law import national_names, province_of
from pipeline.law.levels import without_organisation
from pipeline.review.decisions.marks import refresh_marks
from pipeline.review.models import Correction, Decision, Item, Occurrence, Original, ProblemEntry, Status, Version
from pipeline.review.queue.findings import ALARMS, count_alarms, plain, replace_findings, write_findings
from pipeline.review.queue.originals import store_original
from pipeline.review.queue.rivals import UNTITLED, proposal, title_key
from pipeline.review.queue.subjects import set_aside_outdated
from pipeline.review.queue.validity import (
    IN_FORCE,
    NOT_YET,
    UNKNOWN,
    commencement_in,
    expiry_by_commencement,
    expiry_by_day_made,
)
from pipeline.review.search.index import forget_body, index_bodies, index_heads

_PLACE = re.compile(r"[一-龥]{2,7}?(?:省|自治区|自治州|兵团|市|县|区|旗|盟)")
# correctable facts that are dates
DAYS = ("made", "effective", "expires")
# the fields of an item that describe its current version
DESCRIBED = (
    "title", "title_key", "number", "issuers", "issuer", "place", "genre", "norm_level", "is_normative", "risk", "risk_parts", "alarms",
    "groups", "year", "validity", "validity_note", "expires",
)  # fmt: skip
_OPEN = "待核实"
_NATIONAL = ("国务院", "国家", "中国", "中华", "最高", "全国", "中央", "中共", "海关总署")


class Outcome(StrEnum):
    """What putting a file into the queue did."""

    NEW = "新增"
    PROPOSED = "可能是新版本"
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

    def put(
        self, dossier: Dossier, data: bytes, place: str | None, *, separate: bool = False, submitted_by: str = ""
    ) -> StoredItem:
        """Puts a dossier and the bytes of its file into the queue; decisions of people stay untouched.

        `place` is the place that the analysis assumed, `submitted_by` the person who hands it in. The same bytes under the same name
        are the item that they were before; under another name they are recorded as an occurrence of it, or become an item of their
        own with `separate`. Other bytes are a new item, whatever their name; where title, number and issuers agree with another item
        it is proposed as its new version (`Item.rival`). Raises `StorageError` where the original cannot be written.
        """
        with transaction.atomic():
            original = _original(self.home, dossier.source, data)
            ProblemEntry.objects.filter(name=dossier.source.name).update(open=False)
            known = Version.objects.filter(original=original).select_related("item")
            same = known.filter(Q(name=dossier.source.name) | Q(item__name=dossier.source.name)).order_by("-pk")
            if numbers := list(dict.fromkeys(same.values_list("item", flat=True))):
                return (
                    StoredItem(Outcome.UNCHANGED, numbers[0]) if submitted_by else self._again(numbers, dossier, place)
                )
            elsewhere = None if separate else known.first()
            if elsewhere is not None:
                return self._record_occurrence(original, dossier.source.name, elsewhere.item)
            # a path of the command line is one place on disk: a readable file there replaces the unreadable one
            item = _waiting(dossier.source.name, original, by_name=not submitted_by) or Item()
            item.name, item.status, item.reason = dossier.source.name, Status.PENDING, ""
            return self._add(item, dossier, original, (place, submitted_by))

    def put_beside(self, dossier: Dossier, data: bytes, place: str | None) -> StoredItem:
        """Puts a file into the queue as a new item beside those that have the same bytes; it is no version of any of them.

        Raises `StorageError` where the original cannot be written.
        """
        with transaction.atomic():
            original = _original(self.home, dossier.source, data)
            item = Item(name=dossier.source.name)
            return self._add(item, dossier, original, (place, ""), beside=True)

    def _again(self, numbers: Sequence[int], dossier: Dossier, place: str | None) -> StoredItem:
        """Replaces the analysis of the items with some numbers, which have the file of a dossier; of several, that of which it did is returned."""
        items = list(Item.objects.select_for_update().filter(pk__in=numbers).order_by("-pk"))
        done = [self.refresh(item, dossier, place) for item in items]
        return next((one for one in done if one.outcome is Outcome.REFRESHED), done[0])

    def refresh(self, item: Item, dossier: Dossier, place: str | None) -> StoredItem:
        """Replaces the analysis of an item whose current version has the file of a dossier, where that may be (`may_refresh`)."""
        version = Version.objects.filter(pk=item.current_id or 0, original=dossier.source.digest).first()
        if version is None or not may_refresh(item, version):
            return StoredItem(Outcome.UNCHANGED, item.pk)
        return self._refresh(item, version, dossier, place)

    def link(self, source: SourceText, data: bytes, item: Item) -> StoredItem:
        """Records a file as a duplicate of `item`, without an item of its own."""
        return self._record_occurrence(_original(self.home, source, data), source.name, item)

    def _record_occurrence(self, original: Original, name: str, item: Item) -> StoredItem:
        Occurrence.objects.get_or_create(original=original, name=name, defaults={"item": item})
        return StoredItem(Outcome.DUPLICATE, item.pk)

    def _add(
        self,
        item: Item,
        dossier: Dossier,
        original: Original,
        place_and_person: tuple[str | None, str],
        *,
        beside: bool = False,
    ) -> StoredItem:
        """Saves a new item with its first version, proposed as a version of another item where one agrees and it does not stand `beside`."""
        place, submitted_by = place_and_person
        stored, text = as_json(dossier), dossier.source.text
        _describe(item, stored, text, place)
        if not beside and item.rival is None and (found := proposal(item, original)):
            item.rival, item.rival_reason = found
        rival = item.rival
        item.save()
        version = Version.objects.create(
            item=item,
            sequence=1,
            name=dossier.source.name,
            submitted_by=submitted_by,
            original=original,
            text=text,
            dossier=stored,
            as_of=dossier.assessment.as_of,
            place=place or "",
            engine=self.engine,
        )
        write_findings(version, dossier)
        item.current = version
        item.save(update_fields=["current"])
        if rival is not None:
            refresh_marks(item, rival)
        _index(item, version)
        return StoredItem(Outcome.PROPOSED if rival else Outcome.NEW, item.pk)

    def _refresh(self, item: Item, version: Version, dossier: Dossier, place: str | None) -> StoredItem:
        """Replaces the dossier of a version whose file is unchanged; does nothing if date, place and engine are the same too."""
        basis = (dossier.assessment.as_of, place or "", self.engine)
        if (version.as_of, version.place, version.engine) == basis:
            return StoredItem(Outcome.UNCHANGED, item.pk)
        forget_body(version.pk, version.text)
        version.as_of, version.place, version.engine = basis
        version.text, version.dossier = dossier.source.text, as_json(dossier)
        version.save()
        replace_findings(version, dossier)
        _describe(item, version.dossier, version.text, place)
        item.current = version
        set_aside_outdated(item)
        count_alarms(item)
        item.save(update_fields=[*DESCRIBED, "current", "updated"])
        refresh_marks(item)
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
        """An item 待识别 for a file that can be read later; the same bytes under the same name are one such item."""
        original = Original.objects.filter(digest=problem.digest or "").first()
        item = _waiting(problem.name, original, by_name=original is None)
        if item is None:
            item = Item.objects.create(
                name=problem.name,
                status=Status.WAITING,
                reason=f"{problem.message}。{problem.remedy}",
                title=Path(problem.name).name,
            )
        if original is not None:
            Occurrence.objects.get_or_create(original=original, name=problem.name, defaults={"item": item})
        return StoredItem(Outcome.WAITING, item.pk)


def may_refresh(item: Item, version: Version) -> bool:
    """Whether a new analysis may replace that of a version: it is current, under review, and nobody outside was told of it."""
    told = version.pk == item.public_version_id or version.releases.exists()
    return version.pk == item.current_id and item.status in (Status.PENDING, Status.WAITING) and not told


def _waiting(name: str, original: Original | None, *, by_name: bool) -> Item | None:
    """The item 待识别 of a file: of the same name and bytes, or, with `by_name`, of the same name where nobody has taken it up."""
    waiting = Item.objects.select_for_update().filter(name=name, status=Status.WAITING, current=None)
    same = waiting.filter(occurrences__original=original).first() if original else None
    return same or (waiting.filter(assignee=None).order_by("pk").first() if by_name else None)


def _original(home: Path, source: SourceText, data: bytes) -> Original:
    store_original(home, source.digest, data)
    original, _ = Original.objects.get_or_create(
        digest=source.digest, defaults={"size": len(data), "first_name": source.name}
    )
    return original


def _index(item: Item, version: Version) -> None:
    index_heads([item])
    index_bodies([(version.pk, version.text)])


def describe_again(item: Item, version: Version) -> None:
    """Sets the facts of an item from a stored version of it, without saving."""
    _describe(item, version.dossier, version.text, version.place or None)


def _describe(item: Item, dossier: Mapping[str, Any], text: str, place: str | None) -> None:
    """Sets the facts of an item from a dossier as JSON (`as_json`) and its text, without saving."""
    masthead, labels, assessment = dossier["document"]["masthead"], dossier["labels"], dossier["assessment"]
    item.title = _value(masthead["title"]) or _first_words(text)
    item.number = _value(masthead["number"])
    item.issuers = "、".join(issuer["value"] for issuer in masthead["issuers"])
    item.issuer = item.issuers.split("、")[0][:128]
    item.place = place_of(item.issuer, place)
    item.genre, item.norm_level = labels["genre"], labels["norm_level"]
    item.is_normative = labels["is_normative"]
    item.risk, item.risk_parts = assessment["risk"]["score"], assessment["risk"]["parts"]
    alarms = [one["type"] for one in assessment["findings"] if one["severity"] in ALARMS and not one["softened"]]
    item.alarms, item.groups = len(alarms), " ".join(sorted({kind[:3] for kind in alarms}))
    made = _value(masthead["made"]) or _value(masthead["published"])
    item.year = int(made[:4]) if made else None
    item.validity, expires = assessment["validity"]["state"], assessment["validity"]["expires"]
    item.expires = date.fromisoformat(expires) if expires else None
    item.validity_note = _OPEN if _OPEN in str(assessment["validity"]["reasons"]) else ""
    read = {
        "title": item.title, "number": item.number, "issuers": item.issuers, "expires": expires or "", "made": _value(masthead["made"]),
        "genre": item.genre, "effective": str(commencement_in(dossier["document"]) or ""),
    }  # fmt: skip
    _apply_corrections(item, read, dossier)
    item.title_key = title_key(item.title)


def _value(fact: Mapping[str, Any] | None) -> str:
    return str(fact["value"]) if fact else ""


def place_of(issuer: str, stated: str | None) -> str:
    """The province, city or county in the name of an issuer; else `stated`, else 国家 for a national body, else "".

    A branch that is named after a place without saying what it is (石家庄中心支行) has the province.
    """
    found = _PLACE.match(_from_place(issuer))
    if found:
        return found[0]
    return stated or ((province_of(issuer) or "国家") if issuer.startswith(_NATIONAL) else "")


def _from_place(issuer: str) -> str:
    """The name of an issuer without the party, mass organisation or central body before its place: 国家税务总局长河县税务局."""
    bare, bodies = without_organisation(issuer), national_names()
    ends = (at for at in range(len(bare) - 1, 1, -1) if bare[:at] in bodies and _PLACE.match(bare, at))
    return bare[next(ends, 0) :]


def _apply_corrections(item: Item, machine: Mapping[str, str], dossier: Mapping[str, Any]) -> None:
    """Applies the corrections of people again after a new analysis, where the program still reads what they corrected.

    `machine` is what the program reads now, by field. A later version that states something else is not overwritten.
    """
    if item.pk is None:
        return
    by_field: dict[str, list[Correction]] = {}
    for correction in item.corrections.order_by("id"):
        by_field.setdefault(correction.field, []).append(correction)
    # a corrected 施行日期 decides on the term, whatever the day on which the document was made
    for field, made in sorted(by_field.items(), key=lambda one: one[0] == "effective"):
        if machine.get(field, "") == made[0].machine:
            apply_correction(item, field, made[-1].value, dossier)


def apply_correction(item: Item, field: str, value: str, dossier: Mapping[str, Any] | None) -> None:
    """Sets the corrected value of a fact on an item, and what follows from it, without saving; the fields of `DAYS` take ISO dates.

    `dossier` is that of its current version, None for an item without one.
    """
    if field == "made":
        made = date.fromisoformat(value)
        item.year = made.year
        decided = item.corrections.filter(field__in=("effective", "expires"))
        if dossier is not None and not decided.exists():
            follows = expiry_by_day_made(dossier["document"], dossier["assessment"]["validity"], made)
            item.expires = follows or item.expires
    elif field == "effective":
        _apply_commencement(item, date.fromisoformat(value), dossier)
    else:
        setattr(item, field, date.fromisoformat(value) if field in DAYS else value)
    if field == "expires":
        item.validity_note = ""
    if field == "title":
        item.title_key = title_key(value)
    if field == "issuers":
        item.issuer = value.split("、")[0][:128]


def _apply_commencement(item: Item, began: date, dossier: Mapping[str, Any] | None) -> None:
    """Sets what follows from a corrected 施行日期: the last day of a term that runs from it, and that it is still to come."""
    if dossier is None:
        return
    validity = dossier["assessment"]["validity"]
    if not item.corrections.filter(field="expires").exists():
        item.expires = expiry_by_commencement(dossier["document"], validity, began) or item.expires
    if item.validity in (IN_FORCE, UNKNOWN) and began > date.fromisoformat(dossier["assessment"]["as_of"]):
        item.validity = NOT_YET


def _first_words(text: str) -> str:
    """A substitute for a missing title: a note and the first 24 code points of the text."""
    return UNTITLED + text.split("\n", 1)[0][:24]


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
        yield f"第{version.sequence}版，{localtime(version.created):%Y-%m-%d %H:%M}收到，原件{version.original_id[:12]}"
    for decision in item.decisions.order_by("id"):
        withdrawn = "，已撤回" if decision.withdrawn else "，发现改动后不再作数" if decision.set_aside else ""
        yield f"{localtime(decision.made):%Y-%m-%d %H:%M} {decision.reviewer}：{decision.verdict}（{decision.comment}）{withdrawn}"


def decided_findings() -> Iterator[tuple[int, str, str]]:
    """Yields item number, type and evidence of every finding on which a person has decided."""
    for decision in Decision.objects.select_related("version").order_by("item_id"):
        for finding in decision.version.findings.filter(key=decision.finding_key):
            yield decision.item_id, finding.type, finding.content["text"]
