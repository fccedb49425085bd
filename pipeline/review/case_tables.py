"""The tables that hold what people did in a case: most have nothing of most cases, and a page does not ask those."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from pipeline.review.models import (
    Amendment,
    Check,
    Conclusion,
    Correction,
    Explanation,
    Item,
    Material,
    Release,
)
from pipeline.review.read_once import is_reading, once

_TABLES: tuple[type[Model], ...] = (Amendment, Check, Conclusion, Correction, Explanation, Material, Release)
_M = TypeVar("_M", bound=Model)


def rows_in(table: type[_M], item: Item) -> "QuerySet[_M]":
    """The rows of a case in a table; while a page is made (`reading`), none without a query where there are none."""
    rows: QuerySet[_M] = table._default_manager.filter(item=item)
    return rows.none() if is_reading() and table not in _filled(item.pk) else rows


@once
def _filled(number: int) -> frozenset[type[Model]]:
    """The tables that have rows of the case with a number, by one query."""
    parts = (f"EXISTS(SELECT 1 FROM {table._meta.db_table} WHERE item_id = %s)" for table in _TABLES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [number] * len(_TABLES))
        found = cursor.fetchone()
    return frozenset(table for table, is_filled in zip(_TABLES, found, strict=True) if is_filled)
