"""From rows to proposals: everything read is related, and each document gets an outcome with its proof."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.campaign.folder import Campaign, write_atomically, write_table
from pipeline.campaign.rows import DONE, cards, read_cleanup
from pipeline.campaign.shards import read_rows
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
_PAPERS = tuple(level.value for level in (NormLevel.NORMATIVE, NormLevel.PARTY, NormLevel.OTHER))


@dataclass(frozen=True, slots=True)
class Row:
    """A document of a campaign with its proposal; `left_out` says why it is out of scope, "" where it is in.

    `id` counts from 1 in the order of the snapshot; `key` stays the same from one campaign to the next (number,
    else title and issuers, else file); `proof` holds sentences and places.
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
    def called(self) -> str:
        """The title, or for a paper without one the name of its file."""
        return self.title or f"（无题名）{PurePath(self.name).name}"

    @property
    def is_concerned(self) -> bool:
        """Whether the campaign decides on this document."""
        return not self.left_out and self.outcome != "not_applicable"


def propose(campaign: Campaign) -> int:
    """Relates all documents read so far and writes proposals, relations and audit; returns how many documents."""
    rows = list(read_rows(campaign.shards))
    done = [row for row in rows if row["status"] == DONE]
    deck = list(cards(done))
    relations = relate(deck)
    settled = settle(deck, relations, campaign.as_of)
    keys = list(_keys(deck))
    mirrors = {relation.source for relation in relations if relation.kind == MIRROR}
    table = [
        _row(campaign, (index + 1, keys[index]), (card, proposal), row["proof"], mirrored=index in mirrors)
        for index, (card, proposal, row) in enumerate(zip(deck, settled, done, strict=True))
    ]
    write_table(campaign.proposals, pa.Table.from_pylist(table, schema=_SCHEMA))
    write_table(campaign.folder / "relations.parquet", _relations_table(relations))
    found = json.dumps(asdict(audit(deck)), ensure_ascii=False)
    write_atomically(campaign.folder / "audit.json", found.encode())
    return len(deck)


def _keys(deck: Sequence[Card]) -> Iterator[str]:
    """What each document is known by; where two would be the same, their hashes tell them apart."""
    keys = [card.number or (f"{card.title}|{'、'.join(card.issuers)}" if card.title else card.name) for card in deck]
    twice = {key for key, count in Counter(keys).items() if count > 1}
    yield from (f"{key}|{card.digest[:12]}" if key in twice else key for key, card in zip(keys, deck, strict=True))


def _row(
    campaign: Campaign, known: tuple[int, str], found: tuple[Card, Proposal], proof: str, *, mirrored: bool
) -> dict[str, Any]:
    card, proposal = found
    left_out = campaign.scope.leaves_out(card.made, card.issuers, is_normative=card.is_normative)
    if card.level not in _PAPERS:
        left_out = f"{card.level}不属于规范性文件清理范围"
    if mirrored:
        left_out = "与另一份文件是同一文件"
    same = {name: getattr(card, name) for name in _SCHEMA.names if hasattr(card, name)}
    return {
        **same,
        "id": known[0],
        "key": known[1],
        "issuers": list(card.issuers),
        "expires": proposal.expires,
        "left_out": left_out,
        "outcome": proposal.cleanup.outcome,
        "cleanup": json.dumps(asdict(proposal.cleanup), ensure_ascii=False),
        "proof": proof,
    }


def _relations_table(relations: Sequence[Relation]) -> pa.Table:
    rows = [{**asdict(r), "source": r.source + 1, "target": r.target + 1} for r in relations]
    return pa.Table.from_pylist(rows, schema=_RELATIONS)


def read_proposals(campaign: Campaign) -> list[Row]:
    """The proposals of a campaign in their order; empty before the first run."""
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
        for row in pq.read_table(campaign.proposals).to_pylist()
    ]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a document between two campaigns: 新增, 不再出现, 文字改动, 建议改变."""

    what: str
    called: str
    before: str
    after: str


def difference(before: Sequence[Row], after: Sequence[Row]) -> Iterator[Change]:
    """What changed from one campaign to the next, by number, else by title and issuers."""
    old, new = {row.key: row for row in before}, {row.key: row for row in after}
    for key, row in new.items():
        earlier = old.get(key)
        if earlier is None:
            yield Change("新增", _told(row), "", row.outcome)
        elif earlier.outcome != row.outcome:
            yield Change("建议改变", _told(row), earlier.outcome, row.outcome)
        elif earlier.digest != row.digest:
            yield Change("文字改动", _told(row), earlier.outcome, row.outcome)
    yield from (Change("不再出现", _told(row), row.outcome, "") for key, row in old.items() if key not in new)


def _told(row: Row) -> str:
    return f"{row.called}（{row.number}）" if row.number else row.called
