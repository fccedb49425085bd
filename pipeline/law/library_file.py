"""The tables of the law library's file: articles with their bigrams, the texts that they stand in, and where each article is."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date

from pipeline.law.article_numbers import article_number
from pipeline.law.law_texts import Doubt, LawText
from pipeline.law.statutes import statute_key

# the columns law and since of `articles` are those of libraries that have no table `texts` yet
_TABLES = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS articles USING fts5("
    "law UNINDEXED, article UNINDEXED, since UNINDEXED, body UNINDEXED, pairs, detail=none)",
    "CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, law TEXT NOT NULL, key TEXT NOT NULL, since TEXT,"
    " promulgated TEXT, until TEXT, source TEXT NOT NULL, state TEXT NOT NULL, doubts TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS texts_key ON texts (key)",
    "CREATE TABLE IF NOT EXISTS places (row INTEGER PRIMARY KEY, text INTEGER NOT NULL, number TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS places_text ON places (text, number)",
)


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables that are missing; the articles of a library of an earlier version get their texts and places."""
    for table in _TABLES:
        connection.execute(table)
    filled = connection.execute("SELECT 1 FROM places LIMIT 1").fetchone()
    if not filled and connection.execute("SELECT 1 FROM articles LIMIT 1").fetchone():
        with connection:
            _place(connection)


def _place(connection: sqlite3.Connection) -> None:
    texts: dict[tuple[str, str | None], int] = {}
    places = []
    for row, law, article, since in connection.execute("SELECT rowid, law, article, since FROM articles").fetchall():
        if (law, since) not in texts:
            day = date.fromisoformat(since) if since else None
            texts[law, since] = _insert_text(connection, LawText(law, day))
        places.append((row, texts[law, since], article_number(article)))
    connection.executemany("INSERT INTO places VALUES (?, ?, ?)", places)


def insert(
    connection: sqlite3.Connection,
    text: LawText,
    articles: Sequence[tuple[str, str]],
    pairs: Callable[[str], list[str]],
) -> None:
    """Adds a text with its articles (number as printed, words)."""
    at = _insert_text(connection, text)
    first = connection.execute("SELECT coalesce(max(row), 0) + 1 FROM places").fetchone()[0]
    since = text.since.isoformat() if text.since else None
    connection.executemany(
        "INSERT INTO articles (rowid, law, article, since, body, pairs) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (row, text.law, number, since, body, " ".join(pairs(body)))
            for row, (number, body) in enumerate(articles, first)
        ],
    )
    connection.executemany(
        "INSERT INTO places VALUES (?, ?, ?)",
        [(row, at, article_number(number)) for row, (number, _) in enumerate(articles, first)],
    )


def _insert_text(connection: sqlite3.Connection, text: LawText) -> int:
    days = [day.isoformat() if day else None for day in (text.since, text.promulgated, text.until)]
    doubts = json.dumps([asdict(doubt) for doubt in text.doubts], ensure_ascii=False)
    made = connection.execute(
        "INSERT INTO texts (law, key, since, promulgated, until, source, state, doubts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (text.law, statute_key(text.law), *days, text.source, text.state, doubts),
    )
    return int(made.lastrowid or 0)


def delete(connection: sqlite3.Connection, law: str, since: str | None) -> None:
    """Removes the texts with that name and effective date."""
    _delete(connection, connection.execute("SELECT id FROM texts WHERE law = ? AND since IS ?", (law, since)))


def delete_source(connection: sqlite3.Connection, name: str) -> None:
    """Removes the texts whose source begins with the name of a package."""
    _delete(
        connection, connection.execute("SELECT id FROM texts WHERE source = ? OR source LIKE ? || ' %'", (name, name))
    )


def _delete(connection: sqlite3.Connection, found: Iterable[tuple[int]]) -> None:
    for (text,) in list(found):
        connection.execute("DELETE FROM articles WHERE rowid IN (SELECT row FROM places WHERE text = ?)", (text,))
        connection.execute("DELETE FROM places WHERE text = ?", (text,))
        connection.execute("DELETE FROM texts WHERE id = ?", (text,))


def texts(connection: sqlite3.Connection, key: str | None = None) -> dict[int, LawText]:
    """The texts by their numbers in the file; those of one law where its key is given."""
    rows = connection.execute(
        "SELECT id, law, since, promulgated, until, source, state, doubts FROM texts WHERE ?1 IS NULL OR key = ?1 ORDER BY id",
        (key,),
    )
    return {
        at: LawText(
            law,
            _day(since),
            _day(promulgated),
            _day(until),
            source,
            state,
            tuple(Doubt(**row) for row in json.loads(doubts)),
        )
        for at, law, since, promulgated, until, source, state, doubts in rows
    }


def amendments(connection: sqlite3.Connection, law: str) -> list[date]:
    """The days from which amendments (…修正案) of a law are in force."""
    rows = connection.execute(
        "SELECT since FROM texts WHERE law LIKE ? || '修正案%' AND since IS NOT NULL", (law,)
    ).fetchall()
    return [date.fromisoformat(since) for (since,) in rows]


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def article(connection: sqlite3.Connection, text: int, number: str) -> list[tuple[str, str]]:
    """The article of a text with a number (`article_number`), as printed number and words; [] if there is none."""
    return connection.execute(
        "SELECT article, body FROM places JOIN articles ON articles.rowid = places.row"
        " WHERE text = ? AND number = ? ORDER BY row LIMIT 1",
        (text, number),
    ).fetchall()


def matches(
    connection: sqlite3.Connection, query: str, among: Sequence[int], limit: int
) -> list[tuple[str, str, str | None, str]]:
    """Law, article, effective date and words of the articles of some texts that match a query, best first; each article of a text once."""
    return connection.execute(
        "SELECT law, article, since, body FROM articles JOIN places ON places.row = articles.rowid"
        " WHERE articles MATCH ? AND places.text IN (SELECT value FROM json_each(?)) ORDER BY bm25(articles) LIMIT ?",
        (query, json.dumps(among), limit),
    ).fetchall()
