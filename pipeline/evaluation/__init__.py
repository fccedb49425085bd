"""Annotated material in, scores out: how often the pipeline is right, and what a changed rule does.

`evaluate` scores a gold folder (documents and sentences annotated by reading), `floors` keeps what was reached and fails below it,
`rule_impact` says what a rule file would gain and lose, `cleanup_decisions` compares official cleanup decisions with ours.
Nothing here changes rules or models.
"""

from pipeline.evaluation.floors import load_floors, raise_floors, shortfalls
from pipeline.evaluation.gold import HELD, OPEN, WHOLE, read_rows
from pipeline.evaluation.scores import evaluate

__all__ = ["HELD", "OPEN", "WHOLE", "evaluate", "load_floors", "raise_floors", "read_rows", "shortfalls"]
