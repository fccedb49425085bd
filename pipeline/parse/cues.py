"""Weights of cues: how much each sign in and around a place speaks for an edge between two parts of a paper.

`edge_cues.tsv` holds them, learnt by `python -m corpora.edges` from papers whose line breaks show where the edges are.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

BIAS = "-"


@cache
def weights(edge: str) -> Mapping[str, float]:
    """The weights of all cues for one kind of edge; `BIAS` is the weight that every place has."""
    rows = (files("pipeline.parse") / "edge_cues.tsv").read_text(encoding="utf-8").splitlines()[1:]
    parts = (row.split("\t") for row in rows)
    return {cue: float(weight) for kind, cue, weight in parts if kind == edge}


def weigh(edge: str, cues: Iterable[str]) -> float:
    """The sum of the weights of cues; above 0 an edge is likelier than none. Cues without a weight count nothing."""
    known = weights(edge)
    return known.get(BIAS, 0.0) + sum(known.get(cue, 0.0) for cue in cues)
