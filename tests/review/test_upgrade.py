"""Migrations run only where one is missing, once among several processes, and never on a newer database."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import management
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from pipeline.errors import StorageError
from pipeline.review import upgrade
from pipeline.review.connection import connect
from tests.conftest import ROOT

SETTINGS = "pipeline.web.settings"
ON_SQLITE = pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="a queue of its own on SQLite")
CONNECT = "from pipeline.review.connection import connect; connect('pipeline.web.settings')"
COUNT = f"{CONNECT}; from pipeline.review.models import Item; print(Item.objects.count())"


def start(home: Path, script: str) -> "subprocess.Popen[str]":
    variables = {**os.environ, "QINGGUI_HOME": str(home)}
    words = [sys.executable, "-c", script]
    return subprocess.Popen(words, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(home: Path, script: str) -> str:
    process = start(home, script)
    printed, errors = process.communicate()
    assert process.returncode == 0, errors
    return printed


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with an empty queue; tests copy it."""
    home = tmp_path_factory.mktemp("made")
    run(home, CONNECT)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def rows(home: Path, statement: str, *values: str) -> list[tuple[str, ...]]:
    base = sqlite3.connect(home / "queue.sqlite3")
    found = base.execute(statement, values).fetchall()
    base.commit()
    base.close()
    return found


def test_a_database_that_is_current_is_not_migrated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    connect(SETTINGS)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing is missing")

    monkeypatch.setattr(management, "call_command", refuse)
    connect(SETTINGS)


def test_the_files_of_migrations_are_those_that_django_would_load() -> None:
    connect(SETTINGS)
    assert upgrade._migrations_on_disk() == set(MigrationLoader(connection).disk_migrations)


@ON_SQLITE
@pytest.mark.parametrize("app", ["sessions", "axes", "review"])
def test_a_migration_that_is_missing_is_applied_whichever_app_it_belongs_to(
    made: Path, tmp_path: Path, app: str
) -> None:
    earlier = (
        "import django; django.setup(); from django.core.management import call_command as call;"
        f"call('migrate', verbosity=0); call('migrate', {app!r}, 'zero', verbosity=0)"
    )
    run(tmp_path, earlier)
    assert not rows(tmp_path, "SELECT name FROM django_migrations WHERE app = ?", app)
    assert run(tmp_path, COUNT) == "0\n"
    everything = "SELECT app, name FROM django_migrations ORDER BY 1, 2"
    assert rows(tmp_path, everything) == rows(made, everything)


@ON_SQLITE
def test_a_database_of_a_newer_program_is_refused_with_a_message_and_not_changed(home: Path) -> None:
    rows(home, "INSERT INTO django_migrations (app, name, applied) VALUES ('review', '0099_later', '2030-01-01')")
    rows(home, "DELETE FROM django_migrations WHERE app = 'axes'")
    before = (home / "queue.sqlite3").read_bytes()
    words = [sys.executable, "-m", "pipeline", "queue"]
    variables = {**os.environ, "QINGGUI_HOME": str(home), "COLUMNS": "200"}
    done = subprocess.run(words, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 5 and "Traceback" not in done.stderr
    for part in ("更新版本的清规", "0099_later", str(home / "queue.sqlite3"), "请升级清规", "QINGGUI_HOME"):
        assert part in done.stderr.replace("\n", ""), done.stderr
    assert (home / "queue.sqlite3").read_bytes() == before


@ON_SQLITE
def test_migrations_of_a_newer_release_of_another_app_do_not_lock_the_queue(home: Path) -> None:
    rows(home, "INSERT INTO django_migrations (app, name, applied) VALUES ('axes', '0099_later', '2030-01-01')")
    assert run(home, COUNT) == "0\n"


@ON_SQLITE
def test_three_processes_that_find_no_queue_create_one(tmp_path: Path, made: Path) -> None:
    started = [start(tmp_path, COUNT) for _ in range(3)]
    printed = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], printed
    everything = "SELECT app, name FROM django_migrations ORDER BY 1, 2"
    assert rows(tmp_path, everything) == rows(made, everything)


@ON_SQLITE
def test_a_process_that_cannot_get_the_migration_lock_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "_missing_migrations", lambda known: known)
    monkeypatch.setattr(upgrade, "_LOCK_TIMEOUT", 0.05)
    monkeypatch.setenv("QINGGUI_HOME", str(tmp_path))
    holder = sqlite3.connect(tmp_path / "upgrade.lock", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="另一个进程可能正在更新"):
        connect(SETTINGS)
    holder.close()


@ON_SQLITE
@pytest.mark.parametrize("turn", range(2))
def test_four_processes_that_start_at_once_make_one_queue_and_one_key(tmp_path: Path, turn: int) -> None:
    script = f"{CONNECT}; from django.conf import settings; print(settings.SECRET_KEY)"
    started = [start(tmp_path / "home", script) for _ in range(4)]
    printed = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0] * 4, printed
    keys = {out.strip() for out, _ in printed}
    assert len(keys) == 1 and len(keys.pop()) > 40
    assert [path.name for path in (tmp_path / "home").glob("secret*")] == ["secret"]
    names = rows(tmp_path / "home", "SELECT app || name FROM django_migrations")
    assert len(names) == len(set(names)) > 20
