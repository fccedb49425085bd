"""What law itself provides for: statutory licences, deposits and fees by name, and the articles on fair competition.

The tables say where a matter is regulated; whether a document keeps within that is for the reviewer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import ahocorasick_rs

from pipeline.law.files import read_tsv
from pipeline.law.patterns import Pattern
from pipeline.law.rulebook import CONFIRMED, LegalBasis, bases_for

LICENCE, DEPOSIT, FEE = "许可", "保证金", "收费"
_TABLES = ((LICENCE, "licences.tsv", "matter"), (DEPOSIT, "deposits.tsv", "name"), (FEE, "fees.tsv", "name"))


@dataclass(frozen=True, slots=True)
class Statutory:
    """A licence, deposit or fee that law provides for: its kind (`LICENCE` …), name, law and article.

    `confirmed` is False for facts still to be verified (待核实). `since` is the day from which the text holds whose
    article is named, None if not stated.
    """

    kind: str
    name: str
    law: str
    article: str
    confirmed: bool
    since: date | None = None

    def cited_on(self, day: date) -> str:
        """Law and article as they are cited on a day, with a mark if that text was not yet in force or is to be verified."""
        named = self.law if "《" in self.law or "〔" in self.law or "第" in self.law else f"《{self.law}》"
        if self.since and self.since > day:
            return f"{named}{self.article}（{self.since}起施行的文本，{day}的条文待核实）"
        return f"{named}{self.article}{'' if self.confirmed else '（待核实）'}"


@cache
def _matcher() -> tuple[tuple[Statutory, ...], ahocorasick_rs.AhoCorasick]:
    matters, words = [], []
    for kind, file, name in _TABLES:
        for row in read_tsv(file):
            since = date.fromisoformat(row["since"]) if row.get("since") else None
            matter = Statutory(kind, row[name], row["law"], row.get("article", ""), row["tag"] in CONFIRMED, since)
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


def load_statutory() -> tuple[Statutory, ...]:
    """All licences, deposits and fees of the tables, each once."""
    return tuple(dict.fromkeys(_matcher()[0]))


@cache
def load_competition_bases() -> tuple[tuple[str, LegalBasis], ...]:
    """The rows of `fair_competition.tsv` that may be shown: confirmed ones, and those read in part (V*), as 待核实."""
    return tuple(
        (row["type"], LegalBasis.of_row(row, Pattern(row["when"]) if row["when"] else None))
        for row in read_tsv("fair_competition.tsv")
        if row["tag"] in (*CONFIRMED, "V*")
    )


def competition_bases(kind: str, sentence: str, day: date) -> Iterator[LegalBasis]:
    """Yield the articles on fair competition in force on a day that are about a type and a sentence, one of each law."""
    laws = set()
    of_kind = [basis for of_type, basis in load_competition_bases() if of_type == kind]
    for basis in bases_for(of_kind, sentence, day):
        if basis.law not in laws:
            laws.add(basis.law)
            yield basis
