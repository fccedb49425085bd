"""Editions of statutes (法律文本): number of articles of each edition, and articles that were renumbered."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.law.files import read_tsv
from pipeline.law.statutes import statute_key


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition of a statute: the day it took effect and its number of articles."""

    since: date
    articles: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The probable present place of an article: law and article number since a day.

    Derived from similarity of wording, so a suggestion only; `strong` says whether the similarity is high.
    """

    since: date
    law: str
    article: int
    strong: bool


@cache
def _editions() -> dict[str, tuple[Edition, ...]]:
    found: dict[str, list[Edition]] = {}
    for row in read_tsv("editions.tsv"):
        found.setdefault(row["name"], []).append(Edition(date.fromisoformat(row["since"]), int(row["articles"])))
    return {name: tuple(sorted(rows, key=lambda row: row.since)) for name, rows in found.items()}


@cache
def _moved() -> dict[tuple[str, int], Moved]:
    return {
        (row["name"], int(row["article"])): Moved(
            date.fromisoformat(row["since"]), row["now"], int(row["now_article"]), row["match"] == "strong"
        )
        for row in read_tsv("moved.tsv")
    }


def edition_names() -> tuple[str, ...]:
    """Names of national laws and administrative regulations, without 中华人民共和国."""
    return tuple(_editions())


def editions(name: str, day: date) -> tuple[Edition, ...]:
    """The known editions of a statute that had taken effect by a day, oldest first; () if none is known."""
    return tuple(edition for edition in _editions().get(statute_key(name), ()) if edition.since <= day)


def moved_article(name: str, article: int, day: date) -> Moved | None:
    """The probable place on a day of an article of an older edition; None if it kept its number or is not known."""
    moved = _moved().get((statute_key(name), article))
    return moved if moved and moved.since <= day else None
