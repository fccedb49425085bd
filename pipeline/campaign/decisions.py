"""What people said in a campaign: opinions that issuers returned, and decisions; appended, never rewritten."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.campaign.folder import Campaign
from pipeline.campaign.proposals import Row
from pipeline.errors import UsageError
from pipeline.law import OUTCOMES

# who speaks: the issuer's opinion (returned with its list), the reviewer's decision, one carried over
OPINION, DECIDED, CARRIED = "单位意见", "复核决定", "沿用上次决定"
_BY_NAME = {name: outcome for outcome, name in OUTCOMES.items()} | {"保留": "keep", "失效": "lapse", "修订": "amend"}


@dataclass(frozen=True, slots=True)
class Decision:
    """One word of a person: on which document (key and hash), what kind, which outcome, why, who and when."""

    key: str
    digest: str
    kind: str
    outcome: str
    reason: str
    by: str
    at: str


def read_outcome(text: str) -> str:
    """keep, amend, repeal, lapse from its Chinese name. Raises `UsageError`."""
    found = _BY_NAME.get(text.strip(), text.strip())
    if found not in OUTCOMES:
        raise UsageError(f"不认识的清理结果“{text}”", remedy=f"请写{'、'.join(OUTCOMES.values())}之一")
    return found


@dataclass(frozen=True, slots=True)
class Decisions:
    """The record of a campaign."""

    file: Path

    @classmethod
    def of(cls, campaign: Campaign) -> "Decisions":
        return cls(campaign.folder / "decisions.jsonl")

    def __iter__(self) -> Iterator[Decision]:
        """Every word in the order it was said."""
        if self.file.exists():
            for line in self.file.read_text(encoding="utf-8").splitlines():
                yield Decision(**json.loads(line))

    def say(self, row: Row, kind: str, outcome: str, *, reason: str, by: str) -> Decision:
        """Records a word on a document. Raises `UsageError` without a name of who speaks."""
        if not by.strip():
            raise UsageError("没有写明是谁的意见", remedy="请用--by写明姓名或者单位")
        at = datetime.now(UTC).isoformat(timespec="seconds")
        said = Decision(row.key, row.digest, kind, read_outcome(outcome), reason, by, at)
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(said), ensure_ascii=False) + "\n")
        return said

    def final(self) -> dict[str, Decision]:
        """The last decision on each document, by its key; opinions decide nothing."""
        return {said.key: said for said in self if said.kind != OPINION}

    def opinions(self) -> dict[str, Decision]:
        """The last opinion that came back on each document, by its key."""
        return {said.key: said for said in self if said.kind == OPINION}

    def carry_over(self, earlier: "Decisions", before: list[Row], after: list[Row]) -> int:
        """Takes over decisions on documents of which neither text nor proposal changed; returns how many."""
        last, then = earlier.final(), {row.key: row for row in before}
        mine = self.final()
        count = 0
        for row in after:
            old, said = then.get(row.key), last.get(row.key)
            if old is None or said is None or row.key in mine:
                continue
            if (old.digest, old.outcome) == (row.digest, row.outcome):
                self.say(row, CARRIED, said.outcome, reason=said.reason, by=said.by)
                count += 1
        return count
