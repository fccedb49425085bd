"""台账: the office's own list of its documents, which completes what could not be read from the files (title, number, issuers, day made)."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Any

from pipeline.campaign.folder import Campaign, write_atomically
from pipeline.dates import read_date
from pipeline.errors import StorageError, UsageError
from pipeline.register import Card
from pipeline.register.keys import number_key
from pipeline.review.output.workbooks import lines_of

# the field of an entry → the names under which offices have it as a column
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("文件名称", "题名", "标题", "文件标题", "文件题名", "规范性文件名称", "名称"),
    "number": ("文号", "发文字号", "文件编号", "发文文号"),
    "issuers": ("制定机关", "发文机关", "发文单位", "制定单位", "责任单位"),
    "made": ("成文日期", "制定日期", "发文日期", "印发日期", "发布日期"),
    "file": ("文件", "文件名", "电子文件", "路径"),
}
_NAMES = {name: field for field, names in COLUMNS.items() for name in names}
_NOT_WORDS = re.compile(r"[\W_]+")
_BETWEEN_ISSUERS = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """A row of the ledger: its line in the file, title, number, issuers, day made (None where it is not written), name of the file ("")."""

    line: int
    title: str
    number: str
    issuers: tuple[str, ...]
    made: date | None
    file: str


def read_ledger(file: Path) -> tuple[LedgerEntry, ...]:
    """The entries of a ledger (xlsx, csv). Raises `UsageError` without a column of titles, and for days that cannot be read, by row."""
    lines = lines_of(file)
    found = next(((at, line) for at, line in enumerate(lines) if set(line) & set(COLUMNS["title"])), None)
    if found is None:
        raise UsageError(
            f"{file}里没有找到题名一列",
            remedy=f"表头请写{'、'.join(COLUMNS['title'][:3])}之一，另可有文号、制定机关、成文日期、文件",
        )
    at, header = found
    columns = {column: _NAMES[name] for column, name in enumerate(header) if name in _NAMES}
    entries, wrong = [], list[str]()
    for number, row in enumerate(lines[at + 1 :], at + 2):
        cells = {field: row[column] for column, field in columns.items() if column < len(row) and row[column]}
        if not any(cells.values()):
            continue
        made = read_date(cells["made"][:10]) or read_date(cells["made"]) if "made" in cells else None
        if "made" in cells and made is None:
            wrong.append(f"第{number}行的日期“{cells['made']}”")
        issuers = tuple(part for part in _BETWEEN_ISSUERS.split(cells.get("issuers", "")) if part)
        entries.append(
            LedgerEntry(number, cells.get("title", ""), cells.get("number", ""), issuers, made, cells.get("file", ""))
        )
    if wrong:
        raise UsageError(
            f"{file}有读不出的日期：{'；'.join(wrong[:10])}", remedy="请按2026-11-22或者2026年11月22日的样子填写"
        )
    return tuple(entries)


def keep_ledger(campaign: Campaign, entries: Sequence[LedgerEntry]) -> None:
    """Writes the ledger to the folder of a campaign, in place of one that was there."""
    rows = [{**asdict(entry), "made": entry.made.isoformat() if entry.made else None} for entry in entries]
    write_atomically(_file(campaign), json.dumps(rows, ensure_ascii=False).encode())


def kept_ledger(campaign: Campaign) -> tuple[LedgerEntry, ...]:
    """The ledger of a campaign, () without one. Raises `StorageError` for one that cannot be read."""
    file = _file(campaign)
    if not file.exists():
        return ()
    try:
        return tuple(_entry(row) for row in json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise StorageError(f"{file}已损坏", remedy=f"请用qinggui campaign index {campaign.name}再次补入台账") from error


def others(kept: Sequence[LedgerEntry], newer: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """The entries of a ledger that was kept which a newer one does not have: those of another file, number and title."""
    told = {(entry.file, number_key(entry.number) or entry.number, _packed(entry.title)) for entry in newer}
    files = {entry.file for entry in newer if entry.file}
    return [
        entry
        for entry in kept
        if (entry.file, number_key(entry.number) or entry.number, _packed(entry.title)) not in told
        and not (entry.file and entry.file in files)
    ]


def _entry(row: Mapping[str, Any]) -> LedgerEntry:
    made = date.fromisoformat(row["made"]) if row["made"] else None
    return LedgerEntry(row["line"], row["title"], row["number"], tuple(row["issuers"]), made, row["file"])


def _file(campaign: Campaign) -> Path:
    return campaign.folder / "ledger.json"


def completed(cards: Iterable[Card], entries: Sequence[LedgerEntry]) -> Iterator[Card]:
    """The cards with what the ledger knows of documents whose title, number, issuers or day could not be read.

    A document is found in the ledger by the name of its file, else by number, else by title (that of the file for one without); where
    two entries fit, by none of them. What was read is not replaced.
    """
    by_file = _unique((PurePath(entry.file.replace("\\", "/")).stem, entry) for entry in entries if entry.file)
    by_number = _unique((number_key(entry.number) or "", entry) for entry in entries if entry.number)
    by_title = _unique((_packed(entry.title), entry) for entry in entries if entry.title)
    for card in cards:
        stem = PurePath(card.name.replace("\\", "/")).stem
        number = number_key(card.number) if card.number else None
        found = by_file.get(stem) or by_number.get(number or "") or by_title.get(_packed(card.title or stem))
        yield _complete(card, found) if found else card


def _complete(card: Card, entry: LedgerEntry) -> Card:
    return replace(
        card,
        title=card.title or entry.title,
        number=card.number or number_key(entry.number) or (entry.number or None),
        issuers=card.issuers or entry.issuers,
        made=card.made or entry.made,
    )


def _unique(pairs: Iterable[tuple[str, LedgerEntry]]) -> dict[str, LedgerEntry]:
    """The entries by key, without those keys that several entries have."""
    found: dict[str, LedgerEntry | None] = {}
    for key, entry in pairs:
        found[key] = None if key in found else entry
    return {key: entry for key, entry in found.items() if key and entry is not None}


def _packed(text: str) -> str:
    return _NOT_WORDS.sub("", unicodedata.normalize("NFKC", text))
