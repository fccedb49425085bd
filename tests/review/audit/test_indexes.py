"""The audit grows for years: what a page asks of it is found by an index, not by reading all of it."""

from django.db import connection

from pipeline.review.connection import connect
from pipeline.review.models import AuditEntry


def plan_of(sql: str, *parameters: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return " ".join(str(row[-1]) for row in cursor.fetchall())


def test_the_steps_of_a_case_are_found_without_the_entries_on_all_others() -> None:
    connect("pipeline.web.settings")
    if connection.vendor != "sqlite":
        return
    steps = AuditEntry.objects.filter(item=7, what__in=("领取", "办结", "送复核")).order_by("id")
    sql, parameters = steps.query.sql_with_params()
    assert "audit_by_item" in plan_of(sql, *parameters)
