"""全文检索: which documents hold a word, exactly, from one character on.

Chinese has no blanks, and a segmenter loses words that cross its cuts; so every character and every pair of
neighbouring characters is indexed. A word of one or two characters is answered by the index alone, a longer one
by the pairs it consists of, looked up again in the texts that hold them all.

SQLite keeps two FTS5 tables, PostgreSQL two tables of arrays under GIN: `review_heads` (title, number and issuers,
by item) and `review_bodies` (the text, by version; FTS5 stores no text, so an entry is removed with the text it was
made from).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from pipeline.review.models import Item

_RUN = re.compile(r"\w+")
HEADS, BODIES = "review_heads", "review_bodies"
_TEXT = "text"
_FIELDS = {"题名": "title", "标题": "title", "文号": "number", "机关": "issuers", "正文": _TEXT}
_TERM = re.compile(rf'(-?)(?:({"|".join(_FIELDS)})[:：])?(?:"([^"]+)"|“([^”]+)”|(\S+))')
_SQLITE = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {HEADS} USING fts5(grams, detail=none, tokenize='unicode61 remove_diacritics 0')",
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {BODIES} USING fts5(grams, content='', columnsize=0, detail=none, "
    "tokenize='unicode61 remove_diacritics 0')",
)
_POSTGRES = tuple(
    sentence
    for table in (HEADS, BODIES)
    for sentence in (
        f"CREATE TABLE IF NOT EXISTS {table} (id bigint PRIMARY KEY, grams text[] NOT NULL)",
        f"CREATE INDEX IF NOT EXISTS {table}_grams ON {table} USING gin (grams)",
    )
)


def grams(text: str) -> list[str]:
    """The distinct characters and pairs of neighbours within the words of a text, in lower case."""
    found: dict[str, None] = {}
    for run in _RUN.findall(text.lower()):
        found.update(dict.fromkeys(run))
        found.update((run[at : at + 2], None) for at in range(len(run) - 1))
    return list(found)


def create_tables(schema: Any) -> None:
    """Makes the tables of the index in a database (`schema`: its schema editor)."""
    for sentence in _POSTGRES if schema.connection.vendor == "postgresql" else _SQLITE:
        schema.execute(sentence)


def head_of(item: Any) -> str:
    """What the index of heads knows of an item."""
    return f"{item.title}\n{item.number}\n{item.issuers}"


def index_heads(items: Iterable[Any]) -> None:
    """Puts items into the index of heads, in place of what was there of them."""
    rows = [(item.pk, grams(head_of(item))) for item in items]
    _forget(HEADS, [key for key, _ in rows])
    _insert(HEADS, rows)


def index_bodies(texts: Iterable[tuple[int, str]]) -> None:
    """Puts texts into the index, each under the number of its version, which must not be there yet."""
    _insert(BODIES, [(key, grams(text)) for key, text in texts])


def forget_body(version: int, text: str) -> None:
    """Takes a text out of the index; `text` as it was put in."""
    if connection.vendor == "postgresql":
        _forget(BODIES, [version])
        return
    with connection.cursor() as cursor:
        sentence = f"INSERT INTO {BODIES}({BODIES}, rowid, grams) VALUES ('delete', %s, %s)"
        cursor.execute(sentence, [version, " ".join(grams(text))])


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


@dataclass(frozen=True, slots=True)
class Term:
    """A part of what is asked: one of its `words` must stand in `field` ("" for anywhere), or none of them may."""

    words: tuple[str, ...]
    field: str = ""
    without: bool = False


def terms_of(asked: str) -> list[Term]:
    """What a line of words asks for: all words that blanks part; 甲|乙 either; -甲 not; 题名:甲 there only; “甲 乙” as it stands."""
    found = []
    for without, field, quoted, also, bare in _TERM.findall(asked):
        words = (quoted or also,) if quoted or also else tuple(word for word in bare.split("|") if word)
        if words:
            found.append(Term(words, _FIELDS.get(field, ""), bool(without)))
    return found


def with_words(items: "QuerySet[Item]", asked: str, *, whole: bool) -> "QuerySet[Item]":
    """The items that a line of words asks for (`terms_of`): in title, number or issuers, with `whole` also in the text."""
    for term in terms_of(asked):
        found = Q()
        for word in term.words:
            found |= _with_word(word, term.field, whole=whole)
        items = items.exclude(pk__in=Item.objects.filter(found).values("pk")) if term.without else items.filter(found)
    return items


def _with_word(word: str, field: str, *, whole: bool) -> Q:
    in_text = Q(current__isnull=False) & _held(word, BODIES, "current_id") & _spelt(word, "current__text")
    if field == _TEXT:
        return in_text
    if field:
        return _held(word, HEADS, "pk") & Q(**{f"{field}__icontains": word})
    found = _held(word, HEADS, "pk") & _spelt(word, "title", "number", "issuers")
    return found | in_text if whole else found


def _spelt(word: str, *fields: str) -> Q:
    """The test on the texts themselves, where the pairs alone do not prove that the word stands there."""
    proof = Q()
    if len(word) > 2 or not word.isalnum():
        for field in fields:
            proof |= Q(**{f"{field}__icontains": word})
    return proof


def _held(word: str, table: str, key: str) -> Q:
    """The entries that hold all pairs of a word; all of them where it is signs only, which are not indexed."""
    wanted = [found for found in grams(word) if len(found) == 2] or grams(word)
    if not wanted:
        return Q()
    if connection.vendor == "postgresql":
        rows = RawSQL(f"SELECT id FROM {table} WHERE grams @> %s::text[]", [wanted])
    else:
        query = " AND ".join(f'"{found}"' for found in wanted)
        rows = RawSQL(f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [query])
    return Q(**{f"{key}__in": rows})
