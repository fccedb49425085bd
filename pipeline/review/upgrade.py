"""Applies missing migrations: only where the database lacks one, and in one process at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from pipeline.errors import StorageError

# seconds that a process waits for another one that is migrating; a large queue takes minutes
_LOCK_TIMEOUT = 1800
# the key of the advisory lock on PostgreSQL
_ADVISORY_LOCK_KEY = 0x71696E67
_OWN_APPS_PREFIX = "pipeline."

Migrations = set[tuple[str, str]]


def apply_migrations(home: Path) -> None:
    """Applies the migrations that the database lacks; does nothing where it lacks none.

    Raises `StorageError` where a newer version of the program has migrated the database, and where the lock that keeps
    processes from migrating at once cannot be had.
    """
    known = _migrations_on_disk()
    if _missing_migrations(known):
        with _migration_lock(home):
            if _missing_migrations(known):  # another process may have applied them meanwhile
                from django.core.management import call_command

                call_command("migrate", verbosity=0, interactive=False)


def _migrations_on_disk() -> Migrations:
    """App and name of every migration of the installed apps, from the names of their files."""
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in (Path(app.path) / "migrations").glob("*.py")
        if file.name[0] not in "_~"
    }


def _missing_migrations(known: Migrations) -> Migrations:
    """Those of `known` that the database has not recorded. Raises `StorageError` where it has recorded one of our apps that is not in `known`."""
    recorded = set(MigrationRecorder(connection).applied_migrations())
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith(_OWN_APPS_PREFIX)}
    unknown = sorted(name for label, name in recorded - known if label in ours)
    if unknown:
        raise StorageError(
            f"数据库由更新版本的清规建立（{connection.settings_dict['NAME']}，本程序不认识其中的{unknown[-1]}）",
            remedy="请升级清规后再打开，或者用环境变量QINGGUI_HOME指定另一个队列",
        )
    return known - recorded


@contextmanager
def _migration_lock(home: Path) -> Iterator[None]:
    """Excludes other processes from migrating meanwhile; the operating system or server frees the lock if the process dies."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_ADVISORY_LOCK_KEY])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_ADVISORY_LOCK_KEY])
        return
    # an empty SQLite database next to the queue serves as the lock file: SQLite locks files on every system
    file = home / "upgrade.lock"
    with closing(_exclusive(file)):
        yield


def _exclusive(file: Path) -> sqlite3.Connection:
    """A connection that holds the lock file alone. Raises `StorageError`."""
    try:
        lock = sqlite3.connect(file, timeout=_LOCK_TIMEOUT, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        raise StorageError(
            f"数据库需要更新，但不能独占{file}（{error}）",
            remedy="另一个进程可能正在更新数据库，请等它完成后再试；也请检查磁盘空间和写入权限",
        ) from error
    return lock
