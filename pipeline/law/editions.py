"""法律文本: how many articles each edition of a statute has, and where articles moved to."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from pipeline.law.files import read_tsv
from pipeline.law.statutes import statute_key


@dataclass(frozen=True, slots=True)
class Edition:
    """A text of a statute, in force from `since`, with its number of articles."""

    since: date
    articles: int


@dataclass(frozen=True, slots=True)
class Moved:
    """Where an article probably stands since a day; found by likeness of wording, so a suggestion only."""

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


def editions(name: str, day: date) -> tuple[Edition, ...]:
    """The known editions of a statute that were in force by a day, oldest first; empty where none is known."""
    return tuple(edition for edition in _editions().get(statute_key(name), ()) if edition.since <= day)


def moved_article(name: str, article: int, day: date) -> Moved | None:
    """Where an article of an older edition probably stands on a day, None where it kept its number or is unknown."""
    moved = _moved().get((statute_key(name), article))
    return moved if moved and moved.since <= day else None
