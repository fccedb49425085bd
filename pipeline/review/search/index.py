"""全文检索: exact substring search over title, number, issuers and text, for search words of one character and more.

Chinese is written without blanks, and a word segmenter would miss words that cross its cuts; so every character and every
pair of neighbouring characters (unigrams and bigrams) is indexed. A search word of one or two characters is answered by the
index alone; a longer one is answered by its bigrams and then verified in the texts that contain all of them.

Texts are indexed and words are asked in one spelling (`search.spelling`); what is stored stays as it was read, and a longer
word is verified in it by a pattern that matches every spelling.

The index is two FTS5 tables on SQLite, two tables of arrays with GIN indexes on PostgreSQL: `review_heads` (title, number
and issuers, one row per item) and `review_bodies` (text, one row per version). The FTS5 table of bodies stores no text, so
that removing an entry takes the text it was made from. An index that was made with another spelling must be made anew
(`rebuild`) before anything is removed from it.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from pipeline.review.models import Item
from pipeline.review.search.spelling import fold
from pipeline.review.search.terms import TEXT, YEAR, parts_of, regex_of, terms_of, years_of

_RUN = re.compile(r"\w+")
HEADS, BODIES = "review_heads", "review_bodies"
# fields of a search line that stand in no index
_FACTS = frozenset(("place", "genre"))
# rows that are read and indexed at once
_CHUNK = 1000
_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {HEADS} USING fts5(grams, detail=none, tokenize='unicode61 remove_diacritics 0')",
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {BODIES} USING fts5(grams, content='', columnsize=0, detail=none, "
    "tokenize='unicode61 remove_diacritics 0')",
)
_POSTGRES = tuple(
    statement
    for table in (HEADS, BODIES)
    for statement in (
        f"CREATE TABLE IF NOT EXISTS {table} (id bigint PRIMARY KEY, grams text[] NOT NULL)",
        f"CREATE INDEX IF NOT EXISTS {table}_grams ON {table} USING gin (grams)",
    )
)


_Row = TypeVar("_Row")


def grams(*texts: str) -> list[str]:
    """The distinct characters and bigrams of texts in one spelling; bigrams do not cross anything that is no word character."""
    found: dict[str, None] = {}
    for run in (run for text in texts for run in _RUN.findall(fold(text))):
        found.update(dict.fromkeys(run))
        found.update(dict.fromkeys(map("".join, pairwise(run))))
    return list(found)


def create_tables(schema: Any) -> None:
    """Creates the tables of the index; `schema` is the schema editor of the database."""
    for statement in _POSTGRES if schema.connection.vendor == "postgresql" else _SQLITE:
        schema.execute(statement)


def rebuild(items: "QuerySet[Any]", versions: "QuerySet[Any]") -> None:
    """Makes the index anew from what is stored, without reading a file: of all `items`, and of their current `versions`.

    Both may be the historical models of a migration. Memory holds 1000 texts at a time.
    """
    with connection.cursor() as cursor:
        for table in (HEADS, BODIES):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        for statement in _POSTGRES if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)
    heads = items.only("title", "number", "issuers").order_by("pk").iterator(_CHUNK)
    for chunk in _chunks(heads):
        index_heads(chunk)
    current = versions.filter(pk__in=items.exclude(current=None).values("current")).order_by("pk")
    for rows in _chunks(current.values_list("pk", "text").iterator(_CHUNK)):
        index_bodies(rows)


def _chunks(rows: Iterator[_Row]) -> Iterator[list[_Row]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def index_heads(items: Iterable[Any]) -> None:
    """Indexes title, number and issuers of items, replacing earlier entries of the same items."""
    rows = [(item.pk, grams(item.title, item.number, item.issuers)) for item in items]
    _forget(HEADS, [key for key, _ in rows])
    _insert(HEADS, rows)


def index_bodies(texts: Iterable[tuple[int, str]]) -> None:
    """Indexes texts as pairs of version number and text; an entry of the same version must not exist yet."""
    _insert(BODIES, [(key, grams(text)) for key, text in texts])


def forget_body(version: int, text: str) -> None:
    """Removes the entry of a version from the index; `text` must be the text that was indexed."""
    if connection.vendor == "postgresql":
        _forget(BODIES, [version])
        return
    with connection.cursor() as cursor:
        statement = f"INSERT INTO {BODIES}({BODIES}, rowid, grams) VALUES ('delete', %s, %s)"
        cursor.execute(statement, [version, " ".join(grams(text))])


def is_indexed(version: int, text: str) -> bool:
    """Whether the index finds a version by the beginning and the end of its text."""
    found = grams(text)
    wanted = list(dict.fromkeys((*found[:20], *found[-20:])))
    if not wanted:
        return True
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT 1 FROM {BODIES} WHERE id = %s AND grams @> %s::text[]", [version, wanted])
        else:
            query = " AND ".join(f'"{gram}"' for gram in wanted)
            cursor.execute(f"SELECT 1 FROM {BODIES} WHERE {BODIES} MATCH %s AND rowid = %s", [query, version])
        return cursor.fetchone() is not None


def _insert(table: str, rows: list[tuple[int, list[str]]]) -> None:
    postgres = connection.vendor == "postgresql"
    key = "id" if postgres else "rowid"
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({key}, grams) VALUES (%s, %s)",
            [(number, found if postgres else " ".join(found)) for number, found in rows],
        )


def _forget(table: str, keys: list[int]) -> None:
    key = "id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.executemany(f"DELETE FROM {table} WHERE {key} = %s", [(number,) for number in keys])


def with_words(items: "QuerySet[Item]", query: str, *, whole: bool) -> "QuerySet[Item]":
    """The items that match a search line (`terms_of`) in title, number or issuers; with `whole`, or in the text."""
    for term in terms_of(query):
        words = [parts for parts in map(parts_of, term.words) if parts]
        found = Q()
        for parts in words:
            found |= _with_word(parts, term.field, whole=whole)
        if words:
            items = (
                items.exclude(pk__in=Item.objects.filter(found).values("pk")) if term.without else items.filter(found)
            )
    return items


def _with_word(parts: list[str], field: str, *, whole: bool) -> Q:
    """The condition that an item has a word (`parts_of`) in a field, in any of the head for "", or, with `whole`, in the text."""
    if field == YEAR:
        years = years_of("".join(parts))
        return Q(year__range=years) if years else Q(pk__in=())
    if field in _FACTS:
        return Q(**{f"{field}__regex": regex_of(parts)})
    in_text = Q(current__isnull=False) & _indexed(parts, BODIES, "current_id") & _verified(parts, "current__text")
    if field == TEXT:
        return in_text
    if field:
        return _indexed(parts, HEADS, "pk") & Q(**{f"{field}__regex": regex_of(parts)})
    found = _indexed(parts, HEADS, "pk") & _verified(parts, "title", "number", "issuers")
    return found | in_text if whole else found


def _verified(parts: list[str], *fields: str) -> Q:
    """The condition that one of `fields` has the word, empty where the index alone proves it (one or two word characters)."""
    condition = Q()
    if len(parts) > 1 or len(parts[0]) > 2 or not parts[0].isalnum():
        for field in fields:
            condition |= Q(**{f"{field}__regex": regex_of(parts)})
    return condition


def _indexed(parts: list[str], table: str, key: str) -> Q:
    """The condition that the index entry has all bigrams of a word; empty for a word of signs only, which are not indexed."""
    wanted = [gram for part in parts for gram in ([found for found in grams(part) if len(found) == 2] or grams(part))]
    if not wanted:
        return Q()
    if connection.vendor == "postgresql":
        rows = RawSQL(f"SELECT id FROM {table} WHERE grams @> %s::text[]", [wanted])
    else:
        query = " AND ".join(f'"{found}"' for found in wanted)
        rows = RawSQL(f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [query])
    return Q(**{f"{key}__in": rows})
