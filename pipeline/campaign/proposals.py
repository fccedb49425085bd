"""Proposals of a campaign: relates all documents that were read and proposes an outcome with proof for each."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.campaign.folder import Campaign, write_atomically
from pipeline.campaign.ledger import completed, kept_ledger
from pipeline.campaign.rows import DONE, cards, read_cleanup
from pipeline.campaign.shards import read_rows
from pipeline.campaign.tables import read_table, write_rows
from pipeline.document import Cleanup, NormLevel
from pipeline.register import MIRROR, Card, CardFile, Proposal, Relation, audit, relate, settle
from pipeline.register.on_disk import DiskSequence
from pipeline.register.postings import Postings

_SCHEMA = pa.schema([
    ("id", pa.int32()), ("key", pa.string()), ("name", pa.string()), ("digest", pa.string()), ("title", pa.string()),
    ("number", pa.string()), ("registration", pa.string()), ("issuers", pa.list_(pa.string())), ("made", pa.date32()),
    ("effective", pa.date32()), ("expires", pa.date32()), ("genre", pa.string()), ("is_normative", pa.bool_()),
    ("left_out", pa.string()), ("outcome", pa.string()), ("cleanup", pa.string()), ("proof", pa.string()),
    ("alarms", pa.int32()), ("risk", pa.int16()),
])  # fmt: skip
_RELATIONS = pa.schema([
    ("kind", pa.string()), ("source", pa.int32()), ("target", pa.int32()), ("how", pa.string()), ("until", pa.date32()),
])  # fmt: skip
_LEVELS_IN_SCOPE = tuple(level.value for level in (NormLevel.NORMATIVE, NormLevel.PARTY, NormLevel.OTHER))


@dataclass(frozen=True, slots=True)
class Row:
    """A document of a campaign with its proposal, as `proposals.parquet` stores it.

    `id` counts from 1 in the order of the snapshot. `key` identifies the document across campaigns (its number, else
    title and issuers, else the hash of its content). `left_out` is the reason why it is out of scope, "" if it is in scope. `proof`
    lists sentences with the clause path (keys what, path, text; for findings also basis and advice).
    """

    id: int
    key: str
    name: str
    digest: str
    title: str
    number: str | None
    registration: str | None
    issuers: tuple[str, ...]
    made: date | None
    effective: date | None
    expires: date | None
    genre: str
    is_normative: bool
    left_out: str
    outcome: str
    cleanup: Cleanup
    proof: tuple[dict[str, str], ...]
    alarms: int
    risk: int

    @property
    def display_title(self) -> str:
        """The title, or the file name for a document without a title."""
        return self.title or f"（无题名）{PurePath(self.name).name}"

    @property
    def missing(self) -> tuple[str, ...]:
        """What of title, number, issuer and day could neither be read nor is in the ledger (待补要素), in Chinese."""
        facts = (("题名", self.title), ("文号", self.number), ("制定机关", self.issuers), ("成文日期", self.made))
        return tuple(name for name, value in facts if not value)

    @property
    def is_concerned(self) -> bool:
        """Whether the campaign decides on this document."""
        return not self.left_out and self.outcome != "not_applicable"


def propose(campaign: Campaign) -> int:
    """Relates all documents of the finished shards and writes proposals, relations and audit to the campaign folder.

    Returns the number of documents.
    """
    register, read = CardFile(campaign.folder), _Read(campaign.folder)
    for card in completed(cards(read.noted(read_rows(campaign.shards))), kept_ledger(campaign)):
        register.append(card)
    relations = relate(register)
    settled = settle(register, relations, campaign.as_of)
    mirrored = np.zeros(len(register), bool)
    mirrored[relations.sources[relations.places(MIRROR)]] = True
    rows = (
        {**_row(campaign, card, proposal, mirrored=bool(mirrored[index])), "id": index + 1, "key": key, "proof": proof}
        for index, (card, proposal, (key, proof)) in enumerate(zip(register, settled, read, strict=True))
    )
    write_rows(campaign.proposals, rows, _SCHEMA)
    write_rows(campaign.folder / "relations.parquet", map(_relation_row, relations), _RELATIONS)
    found = json.dumps(asdict(audit(register, relations.ambiguous)), ensure_ascii=False)
    write_atomically(campaign.audit, found.encode())
    return len(register)


class _Read:
    """What else is kept, on disk, of each document that was read: its `Row.key` and its proof.

    The key is the same wherever the file lies; a part of the hash is appended to keys that occur more than once. It is that of what was
    read: completing a document later does not lose its decisions.
    """

    def __init__(self, folder: Path) -> None:
        self._kept: DiskSequence[tuple[str, str, str]] = DiskSequence(folder)
        self._held = Postings()

    def noted(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
        """The rows of documents that were read, as they come, with key and proof noted."""
        for row in rows:
            if row["status"] == DONE:
                titled = f"{row['title']}|{'、'.join(row['issuers'] or ())}" if row["title"] else ""
                key = row["number"] or titled or f"无题名|{row['digest'][:24]}"
                self._held.add(key, len(self._kept))
                self._kept.append((key, row["digest"][:12], row["proof"]))
                yield row

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for key, digest, proof in self._kept:
            yield (f"{key}|{digest}" if len(self._held.of(key)) > 1 else key), proof


def _row(campaign: Campaign, card: Card, proposal: Proposal, *, mirrored: bool) -> dict[str, Any]:
    """A row of `proposals.parquet` without `id`, `key` and `proof`."""
    left_out = campaign.scope.leaves_out(card.made, card.issuers, is_normative=card.is_normative)
    if card.level not in _LEVELS_IN_SCOPE:
        left_out = f"{card.level}不属于规范性文件清理范围"
    if mirrored:
        left_out = "与另一份文件是同一文件"
    shared = {name: getattr(card, name) for name in _SCHEMA.names if hasattr(card, name)}
    return {
        **shared,
        "issuers": list(card.issuers),
        "expires": proposal.expires,
        "left_out": left_out,
        "outcome": proposal.cleanup.outcome,
        "cleanup": json.dumps(asdict(proposal.cleanup), ensure_ascii=False),
    }


def _relation_row(relation: Relation) -> dict[str, Any]:
    until = relation.disposition.until if relation.disposition else None
    return {
        "kind": relation.kind,
        "source": relation.source + 1,
        "target": relation.target + 1,
        "how": relation.how,
        "until": until,
    }


def read_proposals(campaign: Campaign) -> list[Row]:
    """The proposals of a campaign by `id`; empty before the first `propose`. Raises `StorageError` for a damaged table."""
    if not campaign.proposals.exists():
        return []
    return [
        Row(
            **{
                **row,
                "issuers": tuple(row["issuers"] or ()),
                "cleanup": read_cleanup(row["cleanup"]),
                "proof": tuple(json.loads(row["proof"])),
            }
        )
        for row in read_table(campaign.proposals, f"请再次运行 qinggui campaign run {campaign.name}")
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two campaigns on one document.

    `what` is 新增, 不再出现, 文字改动 or 建议改变; `document` its title and number; `before` and `after` are outcomes,
    "" where the document is missing.
    """

    what: str
    document: str
    before: str
    after: str


def difference(before: Sequence[Row], after: Sequence[Row]) -> Iterator[Change]:
    """The changes from one campaign to the next; documents are matched by `Row.key`."""
    old, new = {row.key: row for row in before}, {row.key: row for row in after}
    for key, row in new.items():
        earlier = old.get(key)
        if earlier is None:
            yield Change("新增", _title_and_number(row), "", row.outcome)
        elif earlier.outcome != row.outcome:
            yield Change("建议改变", _title_and_number(row), earlier.outcome, row.outcome)
        elif earlier.digest != row.digest:
            yield Change("文字改动", _title_and_number(row), earlier.outcome, row.outcome)
    yield from (
        Change("不再出现", _title_and_number(row), row.outcome, "") for key, row in old.items() if key not in new
    )


def _title_and_number(row: Row) -> str:
    return f"{row.display_title}（{row.number}）" if row.number else row.display_title
