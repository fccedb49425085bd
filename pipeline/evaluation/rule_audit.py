"""The record of each clause rule on annotated real sentences: hits, right, wrong, and what it adds to the judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.classify.clauses import rule_hits
from pipeline.errors import GoldError
from pipeline.law import load_rulebook
from pipeline.training.fitting import cross_validate
from pipeline.training.measured import best_threshold
from pipeline.training.sentences import CASE, REAL, WRITTEN, Sentence, all_sentences


@dataclass(slots=True)
class RuleRecord:
    """The record of a rule: hits that no context softens on real sentences and cases (`right`, `wrong`), on our own
    provisions (`own_right`, `own_wrong`), and right ones that the judge alone would not raise (`adds`, None if not asked).
    """

    id: str
    length: int
    right: int = 0
    wrong: int = 0
    own_right: int = 0
    own_wrong: int = 0
    adds: int | None = None


def audit_rules(shared: Path, *, with_judge: bool) -> list[RuleRecord]:
    """The records of all rules, in the order of the rulebook; unsure sentences are left out.

    `with_judge`: train judges by folds (minutes) to count what each rule adds. Raises `GoldError` without gold.
    """
    sentences = all_sentences(shared)
    if not any(sentence.judged for sentence in sentences):
        raise GoldError(f"{shared}里没有gold/real", remedy="请用--shared指明标注所在的文件夹")
    missed = _missed_by_judge(sentences) if with_judge else None
    book = load_rulebook()
    records = {
        rule.id: RuleRecord(rule.id, len(rule.pattern.pattern), adds=0 if with_judge else None) for rule in book.rules
    }
    for at, sentence in enumerate(sentences):
        if sentence.unsure or sentence.origin not in (REAL, CASE, WRITTEN):
            continue
        for hit in rule_hits(sentence.text, (), book):
            if hit.is_raised:
                _count(records[hit.rule], sentence, missed is not None and bool(missed[at]))
    return list(records.values())


def _count(record: RuleRecord, sentence: Sentence, missed: bool) -> None:
    if sentence.origin == WRITTEN:
        record.own_right += sentence.flag
        record.own_wrong += not sentence.flag
        return
    record.right += sentence.flag
    record.wrong += not sentence.flag
    if record.adds is not None:
        record.adds += sentence.flag and missed


def _missed_by_judge(sentences: Sequence[Sentence]) -> np.ndarray:
    measured = cross_validate(sentences)
    missed: np.ndarray = measured.chances < best_threshold(measured)
    return missed
