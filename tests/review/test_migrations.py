"""A queue of an earlier version, with its data, is brought up to date and loses nothing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

OLD = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", "review", "0001", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO review_original (digest, size, first_name, first_seen) VALUES ('a', 1, 'x', '2026-01-01')")
    cursor.execute(
        "INSERT INTO review_item (name, status, reason, title, number, issuers, genre, norm_level, is_normative, risk,"
        " risk_parts, alarms, validity, created, updated)"
        " VALUES ('旧文件.txt', '待审', '', '旧题名', '', '', '通知', '规范性文件', 1, 7, '[]', 0, '有效', '2026-01-01', '2026-01-01')"
    )
"""
NEW = """
from pipeline.review.connection import connect
connect("pipeline.web.settings")
from pipeline.review.models import Item
item = Item.objects.get()
print(item.title, item.risk, item.kind, item.public, item.assignee)
"""


@pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a queue of its own on SQLite")
def test_a_queue_of_the_first_version_comes_along(tmp_path: Path) -> None:
    settings = {**os.environ, "QINGGUI_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "pipeline.web.settings"}

    def run(script: str) -> str:
        words = [sys.executable, "-c", script]
        return subprocess.run(words, cwd=ROOT, env=settings, capture_output=True, text=True, check=True).stdout

    run(OLD)
    assert run(NEW).split() == ["旧题名", "7", "备案", "False", "None"]
