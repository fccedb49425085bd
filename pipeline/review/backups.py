"""备份: everything of a home folder in one zip with hashes, taken while the desk runs; restored only when whole."""

import hashlib
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.errors import StorageError, UsageError

DATABASE, MANIFEST = "queue.sqlite3", "manifest.json"
_KEPT = ("originals", "campaigns")
_FILES = ("laws.sqlite", "secret")


def back_up(home: Path, out: Path) -> int:
    """Writes the zip and returns how many files it holds. Raises `StorageError`.

    The database is copied by SQLite's own backup, so that what is being written meanwhile does no harm.
    """
    hashes: dict[str, str] = {}
    waiting = out.with_name(f"{out.name}.tmp")
    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(waiting, "w", zipfile.ZIP_DEFLATED) as book:
            copy = Path(folder) / DATABASE
            _copy_database(home / DATABASE, copy)
            for name, path in [(DATABASE, copy), *_files(home)]:
                hashes[name] = _hash(path)
                book.write(path, name)
            told = {"created": datetime.now(UTC).isoformat(timespec="seconds"), "files": hashes}
            book.writestr(MANIFEST, json.dumps(told, ensure_ascii=False, indent=1))
        waiting.replace(out)
    except (OSError, sqlite3.Error) as error:
        waiting.unlink(missing_ok=True)
        raise StorageError(f"备份没有完成（{error}）", remedy="请检查磁盘空间和写入权限") from error
    return len(hashes)


def _copy_database(source: Path, target: Path) -> None:
    if not source.exists():
        raise UsageError("还没有可以备份的队列", remedy="使用PostgreSQL时，请用pg_dump备份数据库")
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    new.close()
    old.close()


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    for folder in _KEPT:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.name.endswith(".tmp"):
                yield path.relative_to(home).as_posix(), path
    yield from ((name, home / name) for name in _FILES if (home / name).is_file())


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check(backup: Path) -> Iterator[str]:
    """What is wrong with a backup, in Chinese; nothing where every file has its hash."""
    try:
        with zipfile.ZipFile(backup) as book:
            yield from _faults(book)
    except (OSError, zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        yield f"{backup}不是完整的备份（{error}）"


def _faults(book: zipfile.ZipFile) -> Iterator[str]:
    told = json.loads(book.read(MANIFEST))["files"]
    names = set(book.namelist()) - {MANIFEST}
    yield from (f"备份里缺少{name}" for name in sorted(set(told) - names))
    yield from (f"备份里多出{name}" for name in sorted(names - set(told)))
    for name in sorted(names & set(told)):
        if hashlib.sha256(book.read(name)).hexdigest() != told[name]:
            yield f"{name}与备份时不一致"


def restore(backup: Path, home: Path) -> int:
    """Unpacks a backup into a home folder that has no queue yet; returns how many files. Raises `UsageError`."""
    faults = list(check(backup))
    if faults:
        raise UsageError(f"备份不能使用：{'；'.join(faults[:3])}", remedy="请换一份备份")
    if (home / DATABASE).exists():
        raise UsageError(f"{home}里已经有队列，没有覆盖", remedy="请用环境变量QINGGUI_HOME指定空的文件夹再恢复")
    with zipfile.ZipFile(backup) as book:
        names = [name for name in book.namelist() if name != MANIFEST]
        for name in names:
            target = home / name
            if home.resolve() not in target.resolve().parents:
                raise UsageError(f"备份里的文件名“{name}”指向文件夹之外，已拒绝", remedy="请换一份备份")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(book.read(name))
    secret = home / "secret"
    if secret.exists():
        secret.chmod(0o600)
    return len(names)
