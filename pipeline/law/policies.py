"""Ended policies and institutions (已终止的政策、制度): names, the day they ended, and their replacement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import ahocorasick_rs

from pipeline.law.files import read_tsv
from pipeline.law.rulebook import CONFIRMED


@dataclass(frozen=True, slots=True)
class Policy:
    """An ended policy or institution: names, the day it ended, and its replacement.

    `outcome` (repeal, lapse, amend) is that of a document whose main subject it is; `confirmed` is False for facts
    still to be verified.
    """

    names: tuple[str, ...]
    until: date
    successor: str
    outcome: str
    confirmed: bool


@cache
def load_policies() -> tuple[Policy, ...]:
    """All ended policies of `rules/policies.tsv`."""
    return tuple(
        Policy(
            tuple(row["names"].split("|")),
            date.fromisoformat(row["until"]),
            row["successor"],
            row["outcome"],
            row["tag"] in CONFIRMED,
        )
        for row in read_tsv("policies.tsv")
    )


@cache
def _matcher() -> tuple[tuple[Policy, ...], ahocorasick_rs.AhoCorasick]:
    pairs = [(name, policy) for policy in load_policies() for name in policy.names]
    kind = ahocorasick_rs.MatchKind.LeftmostLongest
    return tuple(policy for _, policy in pairs), ahocorasick_rs.AhoCorasick([name for name, _ in pairs], matchkind=kind)


def ended_policies(text: str, day: date) -> Iterator[tuple[Policy, int, int]]:
    """Yield the mentions in a text of policies that had ended by a day: policy, start and end offset of the name."""
    policies, matcher = _matcher()
    for index, start, end in matcher.find_matches_as_indexes(text):
        if policies[index].until <= day:
            yield policies[index], start, end
