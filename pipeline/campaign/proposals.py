"""Proposals of a campaign: relates all documents that were read and proposes an outcome with proof for each."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import islice
from pathlib import PurePath
from typing import Any

import pyarrow as pa

from pipeline.campaign.folder import Campaign, write_atomically
from pipeline.campaign.ledger import completed, kept_ledger
from pipeline.campaign.rows import DONE, cards, read_cleanup
from pipeline.campaign.rows import SCHEMA as SHARD_SCHEMA
from pipeline.campaign.shards import read_rows
from pipeline.campaign.tables import read_table, table_of, write_table
from pipeline.document import Cleanup, NormLevel
from pipeline.register import MIRROR, Card, Proposal, Relation, audit, relate, settle

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
# what of the rows of shards is needed to relate them: all but the proof, which is long
_OF_CARDS = tuple(name for name in SHARD_SCHEMA.names if name != "proof")
# rows that are made and written at a time
_GROUP = 1000
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
    read = list(cards(read_rows(campaign.shards, _OF_CARDS)))
    # keys are those of what was read: completing a document later does not lose its decisions
    keys = list(_keys(read))
    records = list(completed(read, kept_ledger(campaign)))
    relations = relate(records)
    settled = settle(records, relations, campaign.as_of)
    mirrors = {relation.source for relation in relations if relation.kind == MIRROR}
    proofs = (row["proof"] for row in read_rows(campaign.shards, ("status", "proof")) if row["status"] == DONE)
    rows = (
        {
            **_row(campaign, card, proposal, mirrored=index in mirrors),
            "id": index + 1,
            "key": keys[index],
            "proof": proof,
        }
        for index, (card, proposal, proof) in enumerate(zip(records, settled, proofs, strict=True))
    )
    groups = iter(lambda: list(islice(rows, _GROUP)), [])
    write_table(campaign.proposals, (table_of(group, _SCHEMA) for group in groups), _SCHEMA)
    write_table(campaign.folder / "relations.parquet", [_relations_table(relations)], _RELATIONS)
    found = json.dumps(asdict(audit(records)), ensure_ascii=False)
    write_atomically(campaign.folder / "audit.json", found.encode())
    return len(records)


def _keys(records: Sequence[Card]) -> Iterator[str]:
    """The `Row.key` of each document, the same wherever its file lies; a part of the hash is appended to keys that occur more than once."""
    keys = [
        card.number or (f"{card.title}|{'、'.join(card.issuers)}" if card.title else f"无题名|{card.digest[:24]}")
        for card in records
    ]
    duplicates = {key for key, count in Counter(keys).items() if count > 1}
    yield from (
        f"{key}|{card.digest[:12]}" if key in duplicates else key for key, card in zip(keys, records, strict=True)
    )


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


def _relations_table(relations: Sequence[Relation]) -> pa.Table:
    rows = [
        {
            "kind": r.kind,
            "source": r.source + 1,
            "target": r.target + 1,
            "how": r.how,
            "until": r.disposition.until if r.disposition else None,
        }
        for r in relations
    ]
    return table_of(rows, _RELATIONS)


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
