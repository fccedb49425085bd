"""Opinions of issuers and decisions of reviewers in a campaign: an append-only JSON Lines file."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.campaign.folder import Campaign
from pipeline.campaign.proposals import Row
from pipeline.document import OUTCOMES
from pipeline.errors import UsageError
from pipeline.records import Fault, Journal, line_of

# kinds of entries: an issuer's opinion (returned with its list), a reviewer's decision, both carried over from the campaign before, and the
# word of a second person that a decision stands although the document itself says otherwise
OPINION, DECIDED, CARRIED, CARRIED_OPINION, CONFIRMED = (
    "单位意见",
    "复核决定",
    "沿用上次决定",
    "沿用上次意见",
    "二人确认",
)
_OPINIONS = (OPINION, CARRIED_OPINION)
_BY_NAME = {name: outcome for outcome, name in OUTCOMES.items()} | {"保留": "keep", "失效": "lapse", "修订": "amend"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry by a person on one document.

    `key` and `digest` identify the document (`Row.key`, SHA-256 of the file); `kind` is one of those above;
    `outcome` is a key of `OUTCOMES`; `by` names the person or office; `at` is the UTC time in ISO 8601. `source` is the case of the desk
    and the time of the conclusion that it records, "" for any other decision.
    """

    key: str
    digest: str
    kind: str
    outcome: str
    reason: str
    by: str
    at: str
    source: str = ""

    @property
    def author(self) -> str:
        """Who made it, with the case and time of a conclusion at the desk: 王某（审查台编号7，2026-12-01 10:20结论）."""
        return f"{self.by}（{self.source}）" if self.source else self.by


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
        from pipeline.review.audit.campaigns import audited  # needs Django, which reading does not

        lines = [
            (
                line_of(asdict(made)),
                f"{made.kind}{OUTCOMES[made.outcome]}：{made.key[:100]}（{made.author}）{made.reason}",
            )
            for made in entries
        ]
        with audited(self.file, lines):
            return self.journal.append([asdict(made) for made in entries])

    def final(self) -> dict[str, Decision]:
        """The last decision on each document, by its key. Opinions and confirmations are not decisions and are left out."""
        return {made.key: made for made in self if made.kind in (DECIDED, CARRIED)}

    def confirmed(self) -> dict[str, Decision]:
        """The confirmations of the decisions that count, by the key of their document."""
        found: dict[str, Decision] = {}
        for made in self:
            if made.kind == CONFIRMED:
                found[made.key] = made
            elif made.kind in (DECIDED, CARRIED):
                found.pop(made.key, None)
        return found

    def opinions(self) -> dict[str, Decision]:
        """The last opinion of an issuer on each document, by its key."""
        return {made.key: made for made in self if made.kind in _OPINIONS}

    def carry_over(self, earlier: "Decisions", before: list[Row], after: list[Row]) -> int:
        """Copies decisions and opinions of an earlier campaign on documents whose content and proposed outcome are unchanged.

        `before` and `after` are the proposals of the earlier and of this campaign. Documents are known by their content, wherever they
        lie now. Those that have a decision or an opinion here already are skipped. Returns the number of decisions and opinions copied.
        """
        rows = {row.digest: row for row in reversed(before)}
        carried: list[Decision] = []
        for kind, old, here in (
            (CARRIED, earlier.final(), self.final()),
            (CARRIED_OPINION, earlier.opinions(), self.opinions()),
        ):
            for row in after:
                known = rows.get(row.digest)
                made = old.get(known.key) if known else None
                if known is None or made is None or row.key in here or known.outcome != row.outcome:
                    continue
                again = entry(row, kind, made.outcome, reason=made.reason, by=made.by)
                carried.append(replace(again, source=made.source))
        return self.record_all(carried)


def entry(row: Row, kind: str, outcome: str, *, reason: str, by: str) -> Decision:
    """An entry on a document, made now and not recorded. Raises `UsageError` for a blank `by` or an unknown outcome."""
    if not by.strip():
        raise UsageError("没有写明是谁的意见", remedy="请用--by写明姓名或者单位")
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return Decision(row.key, row.digest, kind, read_outcome(outcome), reason, by, at)
