"""Compares the proposals for a register of papers with their known fates: share right by kind, and by confidence (calibration)."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.analyzer import LegalContext, analyze_source, load_judge
from pipeline.document import Cleanup
from pipeline.errors import UsageError
from pipeline.evaluation.calibration import deciding_indicator
from pipeline.ingest import read_text
from pipeline.register import card_of, relate, settle

FATES = "fates.jsonl"


@dataclass(frozen=True, slots=True)
class Answer:
    """The proposal for one paper: its kind and part in the story, outcomes that are right, and what was proposed why."""

    name: str
    title: str
    kind: str
    part: str
    right: tuple[str, ...]
    outcome: str
    confidence: str
    deciding: str
    reason: str

    @property
    def is_right(self) -> bool:
        """Whether the outcome is one of those that are right."""
        return self.outcome in self.right


@dataclass(frozen=True, slots=True)
class Known:
    """A paper whose fate is known, as a row of `fates.jsonl` gives it."""

    name: str
    title: str
    kind: str
    part: str
    outcomes: tuple[str, ...]


def read_fates(folder: Path) -> list[Known]:
    """The known fates of a folder. Raises `UsageError` where `fates.jsonl` is missing or a row cannot be read."""
    path = folder / FATES
    if not path.is_file():
        raise UsageError(f"{folder}里没有{FATES}", remedy="请用 python -m corpora.fates 文件夹 生成")
    found = []
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            found.append(Known(row["name"], row["title"], row["kind"], row["part"], tuple(row["outcomes"])))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}第{at}行不能读取", remedy="请重新生成该文件") from error
    return found


def answer_fates(folder: Path, as_of: date) -> list[Answer]:
    """The proposals for all papers of a folder as one register, in the order of `fates.jsonl`."""
    fates = read_fates(folder)
    judge, context = load_judge(), LegalContext(as_of)
    cards = [
        card_of(analyze_source(read_text(known.name, _text(folder / known.name)), context, judge=judge), sketched=True)
        for known in fates
    ]
    return [
        _answer(known, proposal.cleanup)
        for known, proposal in zip(fates, settle(cards, relate(cards), as_of), strict=True)
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"无法读取{path}（{error.strerror}）", remedy="请重新生成文件夹") from error


def _answer(known: Known, cleanup: Cleanup) -> Answer:
    deciding = deciding_indicator(cleanup)
    reason = cleanup.reasons[0] if cleanup.reasons else ""
    return Answer(
        known.name, known.title, known.kind, known.part, known.outcomes, cleanup.outcome, cleanup.confidence, deciding, reason
    )  # fmt: skip
