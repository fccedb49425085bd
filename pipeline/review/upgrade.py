"""Bringing the database up to date: only where a migration is missing, and by one process at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pipeline.errors import StorageError

# how long a start waits for another process that is migrating; a large queue takes minutes
_PATIENCE = 1800
# the key of the advisory lock on PostgreSQL
_LOCK = 0x71696E67
_OURS = "pipeline."

Migrations = set[tuple[str, str]]


def bring_up_to_date(home: Path) -> None:
    """Applies the migrations that are missing. Raises `StorageError` where the database belongs to a newer program."""
    known = _on_disk()
    if _missing(known):
        with _alone(home):
            if _missing(known):  # unless another process has applied them meanwhile
                from django.core.management import call_command

                call_command("migrate", verbosity=0, interactive=False)


def _on_disk() -> Migrations:
    """App and name of every migration of the installed apps, from the names of their files."""
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in (Path(app.path) / "migrations").glob("*.py")
        if file.name[0] not in "_~"
    }


def _missing(known: Migrations) -> Migrations:
    """The migrations that the database has not recorded. Raises `StorageError` where it has recorded one of ours unknown here."""
    recorded = set(MigrationRecorder(connection).applied_migrations())
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith(_OURS)}
    unknown = sorted(name for label, name in recorded - known if label in ours)
    if unknown:
        raise StorageError(
            f"数据库由更新版本的清规建立（{connection.settings_dict['NAME']}，本程序不认识其中的{unknown[-1]}）",
            remedy="请升级清规后再打开，或者用环境变量QINGGUI_HOME指定另一个队列",
        )
    return known - recorded


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Other processes that want to migrate wait; the lock ends with its process, however that ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
        return
    # an empty database beside the queue: SQLite locks files on every system
    file = home / "upgrade.lock"
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise StorageError(
                f"数据库需要更新，但不能独占{file}（{error}）",
                remedy="另一个进程可能正在更新数据库，请等它完成后再试；也请检查磁盘空间和写入权限",
            ) from error
        yield
