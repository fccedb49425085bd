"""Opinions of issuers and decisions of reviewers in a campaign: an append-only JSON Lines file."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.campaign.folder import Campaign
from pipeline.campaign.proposals import Row
from pipeline.errors import UsageError
from pipeline.law import OUTCOMES
from pipeline.records import Fault, Journal, line_of
from pipeline.review.audit.campaigns import audited

# kinds of entries: an issuer's opinion (returned with its list), a reviewer's decision, a decision carried over
OPINION, DECIDED, CARRIED = "单位意见", "复核决定", "沿用上次决定"
_BY_NAME = {name: outcome for outcome, name in OUTCOMES.items()} | {"保留": "keep", "失效": "lapse", "修订": "amend"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry by a person on one document.

    `key` and `digest` identify the document (`Row.key`, SHA-256 of the file); `kind` is OPINION, DECIDED or CARRIED;
    `outcome` is a key of `OUTCOMES`; `by` names the person or office; `at` is the UTC time in ISO 8601.
    """

    key: str
    digest: str
    kind: str
    outcome: str
    reason: str
    by: str
    at: str


def read_outcome(text: str) -> str:
    """The outcome (keep, amend, repeal, lapse …) for its Chinese name or its key. Raises `UsageError` for any other text."""
    found = _BY_NAME.get(text.strip(), text.strip())
    if found not in OUTCOMES:
        raise UsageError(f"不认识的清理结果“{text}”", remedy=f"请写{'、'.join(OUTCOMES.values())}之一")
    return found


def _decision(content: Any) -> Decision:
    """A decision from its JSON. Raises `TypeError` or `ValueError` for anything else."""
    decision = Decision(**content)
    if not all(isinstance(value, str) for value in asdict(decision).values()) or decision.outcome not in OUTCOMES:
        raise ValueError("not a decision")
    return decision


@dataclass(frozen=True, slots=True)
class Decisions:
    """The opinions and decisions of a campaign, read from and appended to `file`."""

    file: Path

    @classmethod
    def of(cls, campaign: Campaign) -> "Decisions":
        return cls(campaign.folder / "decisions.jsonl")

    @property
    def journal(self) -> Journal[Decision]:
        """The file as a journal, with the lines of it that are no decisions."""
        return Journal(self.file, _decision)

    def __iter__(self) -> Iterator[Decision]:
        """Every entry in the order in which it was recorded; lines that are none are left out (`faults`)."""
        return iter(self.journal.read().records)

    def faults(self) -> tuple[Fault, ...]:
        """The lines that are no decisions; a last line that was not written whole is set aside by this."""
        return self.journal.read().faults

    def record(self, row: Row, kind: str, outcome: str, *, reason: str, by: str) -> Decision:
        """Appends an entry on a document and returns it. Raises `UsageError` as `entry` does, and `StorageError`."""
        made = entry(row, kind, outcome, reason=reason, by=by)
        self.record_all([made])
        return made

    def record_all(self, entries: Sequence[Decision]) -> int:
        """Appends entries, all or none, with an entry in the audit for each, and returns how many are on disk.

        Raises `StorageError` where none is.
        """
        lines = [
            (line_of(asdict(made)), f"{made.kind}{OUTCOMES[made.outcome]}：{made.key[:100]}（{made.by}）{made.reason}")
            for made in entries
        ]
        with audited(self.file, lines):
            return self.journal.append([asdict(made) for made in entries])

    def final(self) -> dict[str, Decision]:
        """The last decision on each document, by its key. Opinions are not decisions and are left out."""
        return {made.key: made for made in self if made.kind != OPINION}

    def opinions(self) -> dict[str, Decision]:
        """The last opinion of an issuer on each document, by its key."""
        return {made.key: made for made in self if made.kind == OPINION}

    def carry_over(self, earlier: "Decisions", before: list[Row], after: list[Row]) -> int:
        """Copies decisions of an earlier campaign on documents whose text and proposed outcome are unchanged.

        `before` and `after` are the proposals of the earlier and of this campaign. Documents that are decided here
        already are skipped. Returns the number of decisions copied.
        """
        earlier_decisions, earlier_rows = earlier.final(), {row.key: row for row in before}
        decided, carried = self.final(), list[Decision]()
        for row in after:
            old, decision = earlier_rows.get(row.key), earlier_decisions.get(row.key)
            if old is None or decision is None or row.key in decided:
                continue
            if (old.digest, old.outcome) == (row.digest, row.outcome):
                carried.append(entry(row, CARRIED, decision.outcome, reason=decision.reason, by=decision.by))
        return self.record_all(carried)


def entry(row: Row, kind: str, outcome: str, *, reason: str, by: str) -> Decision:
    """An entry on a document, made now and not recorded. Raises `UsageError` for a blank `by` or an unknown outcome."""
    if not by.strip():
        raise UsageError("没有写明是谁的意见", remedy="请用--by写明姓名或者单位")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Decision(row.key, row.digest, kind, read_outcome(outcome), reason, by, at)
