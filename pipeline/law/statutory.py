"""What law itself provides for: statutory licences, deposits and fees by name, and the articles on fair competition.

The tables say where a matter is regulated; whether a document keeps within that is for the reviewer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import ahocorasick_rs

from pipeline.document import Basis
from pipeline.law.files import read_tsv
from pipeline.law.rulebook import CONFIRMED

LICENCE, DEPOSIT, FEE = "许可", "保证金", "收费"
_TABLES = ((LICENCE, "licences.tsv", "matter"), (DEPOSIT, "deposits.tsv", "name"), (FEE, "fees.tsv", "name"))


@dataclass(frozen=True, slots=True)
class Statutory:
    """A licence, deposit or fee that law provides for: its kind (`LICENCE` …), name, law and article.

    `confirmed` is False for facts still to be verified (待核实).
    """

    kind: str
    name: str
    law: str
    article: str
    confirmed: bool

    @property
    def cited(self) -> str:
        """Law and article as they are cited, with a mark if still to be verified."""
        named = self.law if "《" in self.law or "〔" in self.law or "第" in self.law else f"《{self.law}》"
        return f"{named}{self.article}{'' if self.confirmed else '（待核实）'}"


@cache
def _matcher() -> tuple[tuple[Statutory, ...], ahocorasick_rs.AhoCorasick]:
    matters, words = [], []
    for kind, file, name in _TABLES:
        for row in read_tsv(file):
            matter = Statutory(kind, row[name], row["law"], row.get("article", ""), row["tag"] in CONFIRMED)
            for word in row["words"].split("|"):
                matters.append(matter)
                words.append(word)
    return tuple(matters), ahocorasick_rs.AhoCorasick(words, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest)


def statutory_in(sentence: str) -> Iterator[Statutory]:
    """Yield the statutory licences, deposits and fees that a sentence names, each once, in reading order."""
    matters, matcher = _matcher()
    seen = set()
    for index, _, _ in matcher.find_matches_as_indexes(sentence):
        if matters[index] not in seen:
            seen.add(matters[index])
            yield matters[index]


@cache
def _competition() -> tuple[tuple[str, date, date, Basis], ...]:
    rows = []
    for row in read_tsv("fair_competition.tsv"):
        if row["tag"] in CONFIRMED:
            until = date.fromisoformat(row["until"]) if row["until"] else date.max
            basis = Basis(row["law"], row["article"], row["says"], True)
            rows.append((row["type"], date.fromisoformat(row["since"]), until, basis))
    return tuple(rows)


def competition_bases(kind: str, as_of: date) -> Iterator[Basis]:
    """Yield the articles on fair competition in force on a day that are about a type, the first of each law."""
    laws = set()
    for of_type, since, until, basis in _competition():
        if of_type == kind and since <= as_of < until and basis.law not in laws:
            laws.add(basis.law)
            yield basis
