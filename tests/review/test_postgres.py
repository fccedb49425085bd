"""The queue on PostgreSQL: a server is started, and the tests of the queue run against it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def test_the_queue_behaves_alike_on_postgresql(server: str, tmp_path: Path) -> None:
    if os.environ.get("DATABASE_URL"):
        pytest.skip("already running on the database of DATABASE_URL")
    pytest.importorskip("psycopg")
    variables = {**os.environ, "DATABASE_URL": server, "QINGGUI_HOME": str(tmp_path)}
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/review/queue",
        "tests/review/search",
        "tests/review/decisions",
        "tests/web/test_desk.py",
        "tests/web/test_uploads.py",
        "tests/web/test_walk.py",
    ]
    result = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-3000:]
    triage = [
        sys.executable,
        "-m",
        "pipeline",
        "triage",
        "corpora/samples",
        "--as-of",
        "2026-11-22",
    ]
    result = subprocess.run(triage, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert result.returncode == 3 and "问题6件，待识别1件" in result.stderr, result.stderr


def test_four_processes_make_the_queue_on_postgresql_and_a_newer_one_is_refused(server: str, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    variables = {**os.environ, "DATABASE_URL": server, "QINGGUI_HOME": str(tmp_path), "COLUMNS": "200"}
    words = [sys.executable, "-m", "pipeline", "queue"]
    started = [
        subprocess.Popen(words, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    printed = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], printed
    record = (
        "import django; django.setup(); from django.db import connection;"
        "from django.db.migrations.recorder import MigrationRecorder as M; M(connection).record_applied('review', '0099_later')"
    )
    variables["DJANGO_SETTINGS_MODULE"] = "pipeline.web.settings"
    subprocess.run([sys.executable, "-c", record], cwd=ROOT, env=variables, check=True)
    done = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 5 and "0099_later" in done.stderr, done.stderr
