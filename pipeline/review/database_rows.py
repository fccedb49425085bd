"""The rows of a PostgreSQL database, for backups: dumped at one moment, loaded into an empty database in one transaction.

Each table is a file in the text format of COPY. The tables are made by the migrations that the database had at the time of the
dump; those of a newer version are applied when the queue is opened afterwards.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.errors import StorageError, UsageError

FOLDER = "database"
# tables that Django does not know as models
_BESIDES = ("django_migrations", "review_heads", "review_bodies")
# a database with a row in one of these has been used
_TOUCHED = ("review_item", "review_auditentry", "auth_user")
Write = Callable[[str, Iterator[bytes]], None]


def dump(write: Write) -> dict[str, Any]:
    """Gives each table to `write` (name of a file, blocks of bytes), all as they are at one moment.

    Returns the columns and number of rows of each table, and the migrations of the database. Django must be set up.
    """
    from django.db import connection, transaction
    from django.db.migrations.recorder import MigrationRecorder

    tables: dict[str, Any] = {}
    with _told("备份"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in _tables():
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")
            tables[table] = {"columns": columns, "rows": cursor.fetchone()[0]}
            write(f"{table}.copy", _copy_out(f"COPY {_quoted(table)} ({_quoted(*columns)}) TO STDOUT"))
        migrations = sorted(MigrationRecorder(connection).applied_migrations())
    return {"tables": tables, "migrations": migrations}


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Raises `StorageError` for what the database refuses meanwhile; `what` is what was being done."""
    import psycopg
    from django.db import Error

    try:
        yield
    except (Error, psycopg.Error) as error:
        raise StorageError(
            f"数据库的{what}没有完成（{str(error).splitlines()[0]}）",
            remedy="请检查DATABASE_URL和数据库的运行状态，再试一次",
        ) from error


def _copy_out(statement: str) -> Iterator[bytes]:
    from django.db import connection

    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield from map(bytes, copy)


def _tables() -> list[str]:
    """The tables of the queue that exist."""
    from django.db import connection

    existing = set(connection.introspection.table_names())
    return sorted(existing & {*connection.introspection.django_table_names(), *_BESIDES})


def _quoted(*names: str) -> str:
    from django.db import connection

    return ", ".join(map(connection.ops.quote_name, names))


def _set_up() -> None:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pipeline.web.settings")
    django.setup(set_prefix=False)


def require_empty(described: Mapping[str, Any]) -> None:
    """Raises `UsageError` where the database in use has a queue, or where the dump is of a newer version of the program."""
    _set_up()
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    known = set(MigrationLoader(None).graph.nodes)
    unknown = sorted(name for app, name in described["migrations"] if (app, name) not in known)
    if unknown:
        raise UsageError(f"备份由更新版本的清规建立（本程序不认识其中的{unknown[-1]}）", remedy="请升级清规后再恢复")
    with connection.cursor() as cursor:
        for table in sorted(set(_TOUCHED) & set(_tables())):
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {_quoted(table)})")
            if cursor.fetchone()[0]:
                raise UsageError(
                    f"数据库{connection.settings_dict['NAME']}里已经有队列，没有覆盖",
                    remedy="请新建一个空的数据库，用环境变量DATABASE_URL指定后再恢复",
                )


def load(folder: Path, described: Mapping[str, Any]) -> None:
    """Loads a dump into the database in use, which must be empty, in one transaction: all of it or nothing."""
    _set_up()
    from django.db import connection, transaction

    with _told("恢复"), transaction.atomic():
        left = _tables()
        with connection.cursor() as cursor:
            if left:
                cursor.execute(f"DROP TABLE {_quoted(*left)} CASCADE")
        _make_tables(described["migrations"])
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {_quoted(*_tables())} CASCADE")
            # migrations leave some checks immediate, but tables are loaded one after the other
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for table, about in described["tables"].items():
                _copy_in(cursor, folder / f"{table}.copy", table, about)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _make_tables(migrations: list[list[str]]) -> None:
    """Makes the tables as these migrations leave them."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    wanted = {(app, name) for app, name in migrations}
    graph = executor.loader.graph
    targets = [
        node for node in sorted(wanted) if not any(child in wanted and child[0] == node[0] for child in graph.node_map[node].children)
    ]  # fmt: skip
    executor.migrate([(app, name) for app, name in targets])


def _copy_in(cursor: Any, file: Path, table: str, about: Mapping[str, Any]) -> None:
    columns = about["columns"]
    with file.open("rb") as stream, cursor.copy(f"COPY {_quoted(table)} ({_quoted(*columns)}) FROM STDIN") as copy:
        while block := stream.read(1024 * 1024):
            copy.write(block)
    cursor.execute(f"SELECT count(*) FROM {_quoted(table)}")
    (count,) = cursor.fetchone()
    if count != about["rows"]:
        raise UsageError(f"{table}应有{about['rows']}行，只读进{count}行，没有恢复", remedy="请换一份备份")
    for column in columns:
        # the next number that the database gives is above those that were loaded
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
        (sequence,) = cursor.fetchone()
        if sequence:
            cursor.execute(f"SELECT setval(%s, greatest(max({_quoted(column)}), 1), max({_quoted(column)}) IS NOT NULL) FROM {_quoted(table)}", [sequence])  # fmt: skip
