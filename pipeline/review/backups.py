"""备份: a home folder as one zip with the SHA-256 of each file; made while the desk runs, restored only if it is complete."""

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
_FOLDERS = ("originals", "campaigns")
_FILES = ("laws.sqlite", "secret")


def back_up(home: Path, out: Path) -> int:
    """Writes the backup of `home` to `out` and returns the number of files in it, the manifest not counted.

    The database is copied with SQLite's backup API, so that the desk may write to it meanwhile. Raises `UsageError` where
    the home folder has no SQLite queue, `StorageError` where the zip cannot be written; nothing is left at `out` then.
    """
    hashes: dict[str, str] = {}
    unfinished = out.with_name(f"{out.name}.tmp")
    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            copy = Path(folder) / DATABASE
            _copy_database(home / DATABASE, copy)
            for name, path in [(DATABASE, copy), *_files(home)]:
                hashes[name] = _hash(path)
                archive.write(path, name)
            manifest = {"created": datetime.now(UTC).isoformat(timespec="seconds"), "files": hashes}
            archive.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        unfinished.replace(out)
    except (OSError, sqlite3.Error) as error:
        unfinished.unlink(missing_ok=True)
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
    for folder in _FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.name.endswith(".tmp"):
                yield path.relative_to(home).as_posix(), path
    yield from ((name, home / name) for name in _FILES if (home / name).is_file())


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check(backup: Path) -> Iterator[str]:
    """Yields what is wrong with a backup, in Chinese; nothing where every file is there with its hash."""
    try:
        with zipfile.ZipFile(backup) as archive:
            yield from _inconsistencies(archive)
    except (OSError, zipfile.BadZipFile, KeyError, json.JSONDecodeError) as error:
        yield f"{backup}不是完整的备份（{error}）"


def _inconsistencies(archive: zipfile.ZipFile) -> Iterator[str]:
    hashes = json.loads(archive.read(MANIFEST))["files"]
    names = set(archive.namelist()) - {MANIFEST}
    yield from (f"备份里缺少{name}" for name in sorted(set(hashes) - names))
    yield from (f"备份里多出{name}" for name in sorted(names - set(hashes)))
    for name in sorted(names & set(hashes)):
        if hashlib.sha256(archive.read(name)).hexdigest() != hashes[name]:
            yield f"{name}与备份时不一致"


def restore(backup: Path, home: Path) -> int:
    """Unpacks a backup into a home folder that has no queue yet and returns the number of files.

    Raises `UsageError` for a backup that fails `check`, for a folder that has a queue, and for a name in the backup that
    leads out of the folder.
    """
    faults = list(check(backup))
    if faults:
        raise UsageError(f"备份不能使用：{'；'.join(faults[:3])}", remedy="请换一份备份")
    if (home / DATABASE).exists():
        raise UsageError(f"{home}里已经有队列，没有覆盖", remedy="请用环境变量QINGGUI_HOME指定空的文件夹再恢复")
    with zipfile.ZipFile(backup) as archive:
        names = [name for name in archive.namelist() if name != MANIFEST]
        for name in names:
            target = home / name
            if home.resolve() not in target.resolve().parents:
                raise UsageError(f"备份里的文件名“{name}”指向文件夹之外，已拒绝", remedy="请换一份备份")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))
    secret = home / "secret"
    if secret.exists():
        secret.chmod(0o600)
    return len(names)
