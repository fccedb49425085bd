"""Calibration: how many proposals are right, by the confidence that they are told with and by the indicator that decides."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.assess import CONFIDENCES
from pipeline.document import Cleanup

NOTHING = "—"


class Graded(Protocol):
    """A proposal that was compared with what is right."""

    @property
    def confidence(self) -> str:
        """高, 中 or 低."""

    @property
    def deciding(self) -> str:
        """The indicator that decides, `NOTHING` if none does."""

    @property
    def is_right(self) -> bool:
        """Whether the proposal is right."""


@dataclass(frozen=True, slots=True)
class Told:
    """The graded proposal for a document: its kind, outcome with confidence (`cell`), confidence, deciding indicator, whether it is right."""

    kind: str
    cell: str
    confidence: str
    deciding: str
    is_right: bool


def deciding_indicator(cleanup: Cleanup) -> str:
    """The indicator that decides a proposal; `NOTHING` where all only inform."""
    return next((indicator.id for indicator in cleanup.indicators if indicator.strength != "info"), NOTHING)


def shares(answers: Sequence[Graded], by: str) -> Iterator[tuple[str, int, int]]:
    """Right and all answers by an attribute of theirs (kind, confidence, deciding, state …), with its value.

    Confidences come from 高 to 低, other values in alphabetical order.
    """
    groups: dict[str, list[Graded]] = defaultdict(list)
    for answer in answers:
        groups[getattr(answer, by)].append(answer)
    names = [name for name in CONFIDENCES if name in groups] if by == "confidence" else sorted(groups)
    for name in names:
        yield name, sum(answer.is_right for answer in groups[name]), len(groups[name])
