"""Evaluation: annotated material (gold) → scores of the pipeline, and the impact of a changed rule.

`evaluate` scores a gold folder of annotated documents and sentences, `floors` stores the scores reached and reports those
below, `noise_scores` tells how
many facts survive a damaged layout, `rule_impact` lists the findings that a rule file adds and removes, `cleanup_decisions` compares official cleanup
decisions with the proposals, `calibration` tells how many are right by confidence and indicator. Nothing here changes rules or models.
"""

from pipeline.evaluation.floors import load_floors, raise_floors, shortfalls
from pipeline.evaluation.gold import HELD, OPEN, PARTS, WHOLE, read_rows
from pipeline.evaluation.scores import evaluate

__all__ = ["HELD", "OPEN", "PARTS", "WHOLE", "evaluate", "load_floors", "raise_floors", "read_rows", "shortfalls"]
