"""The texts over which words are counted: documents, provisions or sentences, read from the tables a part at a time."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, tee
from operator import itemgetter
from typing import Any

import pyarrow.dataset as ds

from pipeline.analysis.columns import TABLES
from pipeline.analysis.frames import Frames

DOCUMENTS, PROVISIONS, SENTENCES = UNITS = ("documents", "provisions", "sentences")
# column of docvars.csv → meaning, as in `pipeline.analysis.columns`
_KEYS = {"doc_id": "行的名称，不重复", "item": "编号，与审查队列和各数据表相同"}
_PLACE = {
    "order": "条款在文件中的次序，与clauses相同", "kind": "编章节条款项目、段等", "path": "引用时的写法：第三条第二款",
    "start": "在正文中的起点，按字计，与findings、citations等相同", "end": "终点，不含",
}  # fmt: skip
_ALARMS = {"alarms": "起点在这一行之内（或者在它前面的编号上）的警示数"}
# columns of `documents` that stand beside every unit
DOCUMENT_COLUMNS = (
    "title", "number", "issuer", "level", "province", "city", "district", "genre", "norm_level", "is_normative", "year", "validity", "risk",
)  # fmt: skip
FEATURE_COLUMNS = {"feature": "词", "docfreq": "在几行里出现", "frequency": "一共出现几次"}
_ROWS = 2_000
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Unit:
    """A text, and its values in docvars.csv in the order of `columns_of`."""

    text: str
    values: tuple[Any, ...]


def columns_of(unit: str) -> dict[str, str]:
    """The columns of docvars.csv with their meanings, apart from `DOCUMENT_COLUMNS`, which follow and mean what they mean in `documents`."""
    return {**_KEYS, **({} if unit == DOCUMENTS else _PLACE), **_ALARMS}


def explained(unit: str) -> Iterator[tuple[str, str]]:
    """File and column with its meaning (Chinese) of every column of docvars.csv and features.csv."""
    said = {name: meaning for name, _, meaning in TABLES["documents"]}
    meanings = {**columns_of(unit), **{name: f"文件的{said[name]}" for name in DOCUMENT_COLUMNS}}
    yield from ((f"docvars.{name}", meaning) for name, meaning in meanings.items())
    yield from ((f"features.{name}", meaning) for name, meaning in FEATURE_COLUMNS.items())


def units_of(tables: Frames, unit: str) -> Iterator[Unit]:
    """The units of all documents, in order of item and place.

    A document is one unit even where it has no text. Provisions are the rows of `clauses`, each without its number and without those
    below it. Sentences end with 。；！？ or with their provision. Raises `UsageError` where the tables are damaged.
    """
    documents, of_clauses, of_alarms = tee(_rows(tables.dataset("documents"), ["item", *DOCUMENT_COLUMNS]), 3)
    clauses = _rows(tables.dataset("clauses"), ["item", "order", "kind", "label", "path", "end", "text"])
    alarms = _rows(tables.dataset("findings"), ["item", "start"], ds.field("alarm"))
    for document, below, raised in zip(
        documents, _beside(of_clauses, clauses), _beside(of_alarms, alarms), strict=True
    ):
        starts = [alarm["start"] for alarm in raised]
        yield from _whole(document, below, starts) if unit == DOCUMENTS else _parts(document, below, starts, unit)


def _whole(document: Row, clauses: Sequence[Row], alarms: Sequence[int]) -> Iterator[Unit]:
    text = "\n".join(text for _, _, text in _provisions(clauses))
    yield Unit(text, (str(document["item"]), document["item"], len(alarms), *_facts(document)))


def _parts(document: Row, clauses: Sequence[Row], alarms: Sequence[int], unit: str) -> Iterator[Unit]:
    item = document["item"]
    left = sorted(alarms)
    for clause, start, text in _provisions(clauses) if unit == PROVISIONS else _sentences(clauses):
        end = start + len(text)
        inside = bisect_left(left, end)
        left = left[inside:]
        place = (clause["order"], clause["kind"], clause["path"], start, end)
        name = f"{item}-{clause['order'] if unit == PROVISIONS else start}"
        yield Unit(text, (name, item, *place, inside, *_facts(document)))


def _provisions(clauses: Iterable[Row]) -> Iterator[tuple[Row, int, str]]:
    """Clauses with their start in the text of the document and their text, both without the number."""
    for clause in clauses:
        own = clause["text"].removeprefix(clause["label"] or "")
        yield clause, clause["end"] - len(own), own


def _sentences(clauses: Iterable[Row]) -> Iterator[tuple[Row, int, str]]:
    for clause, start, text in _provisions(clauses):
        for match in _SENTENCE.finditer(text):
            if match[0].strip():
                yield clause, start + match.start(), match[0]


def _facts(document: Row) -> tuple[Any, ...]:
    return tuple(document[name] for name in DOCUMENT_COLUMNS)


def _beside(documents: Iterable[Row], rows: Iterator[Row]) -> Iterator[list[Row]]:
    """For each document the rows of the same item; both come in order of item."""
    groups = groupby(rows, key=itemgetter("item"))
    item, group = next(groups, (None, iter(())))
    for document in documents:
        if document["item"] != item:
            yield []
            continue
        yield list(group)
        item, group = next(groups, (None, iter(())))


def _rows(dataset: ds.Dataset, columns: list[str], only: ds.Expression | None = None) -> Iterator[Row]:
    """The rows of a table, of which few are held in memory at a time."""
    for batch in dataset.to_batches(
        columns=columns, filter=only, batch_size=_ROWS, batch_readahead=1, fragment_readahead=1
    ):
        yield from batch.to_pylist()
