"""备份: a home folder and its database as one zip in which every byte is under a hash; made while the desk runs, restored whole or not at all.

The manifest has the SHA-256 of each member, `manifest.sha256` that of the manifest, and the comment at the end of the zip that of
all bytes before it. A backup is unpacked beside what is there and moved into place only when all of it is.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from pipeline.errors import StorageError, UsageError
from pipeline.home import open_private, private_folder
from pipeline.review import database_rows

DATABASE, MANIFEST, MANIFEST_HASH = "queue.sqlite3", "manifest.json", "manifest.sha256"
_FOLDERS = ("originals", "campaigns")
_FILES = ("secret", "audit-anchors.jsonl")
_LAWS = "laws.sqlite"
# replaced by a restore where it differs: each start makes one
_REPLACED = ("secret",)
_SQLITE, _POSTGRES = "sqlite", "postgresql"
# the comment at the end of a backup: this and 64 hexadecimal digits
_SEAL = b"SHA-256 "
_SEAL_LENGTH = len(_SEAL) + 64
_BLOCK = 1024 * 1024
# folders of backups and restores that were killed
_WORK, _STAGE, _OLD = ".qinggui-backup-", ".restoring", 24 * 3600
# what reading a damaged zip may raise
_DAMAGED = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error, KeyError, ValueError, TypeError, NotImplementedError, RuntimeError
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: `files` has the SHA-256 of each member, `database` the kind of its database and what its rows need.

    `version` is 1 for backups before 0.11.0, of which only the contents of the members are under a hash.
    """

    version: int
    files: Mapping[str, str]
    database: Mapping[str, Any] = field(default_factory=lambda: {"kind": _SQLITE})


def back_up(home: Path, out: Path) -> int:
    """Writes the backup of `home` and of the database in use to `out` and returns the number of files in it, the manifest not counted.

    SQLite is copied with its backup API, PostgreSQL as rows in one transaction, so that the desk may write meanwhile. Raises
    `UsageError` where there is no queue, `StorageError` where the zip cannot be written; nothing is left at `out` then.
    """
    try:
        _remove_killed(out.parent)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=_WORK) as folder:
            unfinished = Path(folder) / "all.zip"
            count = _write(home, unfinished)
            _seal(unfinished)
            unfinished.replace(out)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"备份没有完成（{error}）", remedy="请检查磁盘空间和写入权限") from error
    return count


def _remove_killed(folder: Path) -> None:
    """Removes what backups left that were killed more than a day ago."""
    for left in folder.glob(f"{_WORK}*"):
        if left.stat().st_mtime < time.time() - _OLD:
            shutil.rmtree(left, ignore_errors=True)


def _write(home: Path, file: Path) -> int:
    hashes: dict[str, str] = {}
    with open_private(file, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        if os.environ.get("DATABASE_URL"):
            database = {"kind": _POSTGRES, **_add_rows(archive, hashes)}
        else:
            database = {"kind": _SQLITE}
            _add_database(archive, hashes, home / DATABASE, file.with_name(DATABASE))
        if (home / _LAWS).is_file():
            _add_database(archive, hashes, home / _LAWS, file.with_name(_LAWS))
        for name, path in _files(home):
            _add(archive, hashes, name, path)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        content = {"format": 2, "created": created, "database": database, "files": hashes}
        manifest = json.dumps(content, ensure_ascii=False, indent=1).encode()
        archive.writestr(MANIFEST, manifest)
        archive.writestr(MANIFEST_HASH, hashlib.sha256(manifest).hexdigest())
        archive.comment = _SEAL + b"0" * 64
    return len(hashes)


def _add_rows(archive: zipfile.ZipFile, hashes: dict[str, str]) -> dict[str, Any]:
    """Adds each table of PostgreSQL as a member; returns what a restore has to know of them."""

    def write(name: str, blocks: Iterator[bytes]) -> None:
        member = f"{database_rows.FOLDER}/{name}"
        with archive.open(member, "w", force_zip64=True) as target:
            hashes[member] = _copied(blocks, target)

    return database_rows.dump(write)


def _add_database(archive: zipfile.ZipFile, hashes: dict[str, str], source: Path, copy: Path) -> None:
    """Adds a copy of a SQLite database as it is at one moment. Raises `UsageError` where there is none."""
    if not source.exists():
        raise UsageError("还没有可以备份的队列", remedy="请先提交文件，或者检查环境变量QINGGUI_HOME和DATABASE_URL")
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
        old.backup(new)
    _add(archive, hashes, source.name, copy)
    copy.unlink()


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of each file beside the databases, without half-written ones."""
    for folder in _FOLDERS:
        for path in sorted((home / folder).rglob("*")):
            half = path.suffix in (".tmp", ".lock") or (folder == "originals" and len(path.name) != 64)
            if path.is_file() and not half:
                yield path.relative_to(home).as_posix(), path
    yield from ((name, home / name) for name in _FILES if (home / name).is_file())


def _add(archive: zipfile.ZipFile, hashes: dict[str, str], name: str, path: Path) -> None:
    """Adds a file as it is now, whatever is appended to it meanwhile; one that was removed meanwhile is left out."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED
    with source, archive.open(info, "w", force_zip64=True) as target:
        hashes[name] = _copied(_blocks(source), target)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(_BLOCK):
        yield block


def _copied(blocks: Iterator[bytes], target: IO[bytes]) -> str:
    """Writes blocks and returns the SHA-256 (hexadecimal) of what was written."""
    digest = hashlib.sha256()
    for block in blocks:
        digest.update(block)
        target.write(block)
    return digest.hexdigest()


def _seal(file: Path) -> None:
    """Writes the hash of all bytes before it into the comment at the end of a zip."""
    digest = _hash_before_seal(file)
    with file.open("r+b") as stream:
        stream.seek(-64, os.SEEK_END)
        stream.write(digest.encode())
        stream.flush()
        os.fsync(stream.fileno())


def _hash_before_seal(file: Path) -> str:
    digest, left = hashlib.sha256(), file.stat().st_size - _SEAL_LENGTH + len(_SEAL)
    with file.open("rb") as stream:
        while left > 0 and (block := stream.read(min(_BLOCK, left))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()


def _has_right_seal(file: Path) -> bool | None:
    """Whether the hash at the end of a backup is that of the bytes before it; None where there is none at the end."""
    with file.open("rb") as stream:
        stream.seek(max(file.stat().st_size - _SEAL_LENGTH, 0))
        seal = stream.read()
    return seal[len(_SEAL) :].decode("latin-1") == _hash_before_seal(file) if seal.startswith(_SEAL) else None


def check(backup: Path) -> Iterator[str]:
    """Yields what is wrong with a backup, in Chinese; nothing where every byte of it is as it was written."""
    try:
        right = _has_right_seal(backup)
        if right is False:
            yield f"{backup}与备份时不一致：整个文件的哈希不符"
        with zipfile.ZipFile(backup) as archive:
            yield from _inconsistencies(archive, sealed=right is not None)
    except _DAMAGED as error:
        yield f"{backup}不是完整的备份（{type(error).__name__}：{error}）"


def _inconsistencies(archive: zipfile.ZipFile, *, sealed: bool) -> Iterator[str]:
    manifest = read_manifest(archive)
    extra = {MANIFEST, *([MANIFEST_HASH] if manifest.version > 1 else [])}
    names = archive.namelist()
    if manifest.version > 1 and not sealed:
        yield "备份的末尾缺少整个文件的哈希"
    if len(names) != len(set(names)):
        yield "备份里有重复的文件名"
    yield from (f"备份里缺少{name}" for name in sorted(set(manifest.files) - set(names)))
    yield from (f"备份里多出{name}" for name in sorted(set(names) - set(manifest.files) - extra))
    for name in sorted(set(names) & set(manifest.files)):
        with archive.open(name) as member:
            if hashlib.file_digest(member, "sha256").hexdigest() != manifest.files[name]:  # type: ignore[arg-type]
                yield f"{name}与备份时不一致"


def read_manifest(archive: zipfile.ZipFile) -> Manifest:
    """The manifest of an opened backup. Raises `ValueError` where it does not agree with its hash."""
    data = archive.read(MANIFEST)
    found = json.loads(data)
    if "format" not in found and MANIFEST_HASH not in archive.namelist():
        return Manifest(1, found["files"])
    if archive.read(MANIFEST_HASH).decode() != hashlib.sha256(data).hexdigest():
        raise ValueError(f"{MANIFEST}与备份时不一致")
    return Manifest(found["format"], found["files"], found["database"])


def restore(backup: Path, home: Path) -> int:
    """Unpacks a backup into a home folder that has no queue yet, or into an empty PostgreSQL database, and returns the number of files.

    A restore that was killed left no queue, and may be started again. Raises `UsageError` for a backup that fails `check`, for a
    folder or database that has a queue, a file that differs, and for a name in the backup that leads out of the folder.
    """
    faults = list(check(backup))
    if faults:
        raise UsageError(f"备份不能使用：{'；'.join(faults[:3])}", remedy="请换一份备份")
    stage = home / _STAGE
    shutil.rmtree(stage, ignore_errors=True)
    try:
        with zipfile.ZipFile(backup) as archive:
            manifest = read_manifest(archive)
            _require_empty(manifest, home)
            private_folder(stage)
            for name, digest in manifest.files.items():
                _unpack(archive, name, digest, stage)
        _move_in(manifest, stage, home)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(
            f"恢复没有完成（{error}），没有改动原有的队列", remedy="请检查磁盘空间和写入权限，然后再恢复一次"
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return len(manifest.files)


def _require_empty(manifest: Manifest, home: Path) -> None:
    """Raises `UsageError` where the backup does not fit the database in use, or where a queue would be overwritten."""
    kind = _POSTGRES if os.environ.get("DATABASE_URL") else _SQLITE
    if manifest.database["kind"] != kind:
        set_or_not = "没有设置" if kind == _SQLITE else "设置了"
        remedy = "请把DATABASE_URL设为空的PostgreSQL数据库再恢复" if kind == _SQLITE else "请先取消DATABASE_URL再恢复"
        raise UsageError(
            f"备份的是{manifest.database['kind']}数据库，现在{set_or_not}环境变量DATABASE_URL", remedy=remedy
        )
    database = home / DATABASE
    if kind == _SQLITE and database.exists() and database.stat().st_size:
        raise UsageError(f"{home}里已经有队列，没有覆盖", remedy="请用环境变量QINGGUI_HOME指定空的文件夹再恢复")
    if kind == _POSTGRES:
        database_rows.require_empty(manifest.database)


def _unpack(archive: zipfile.ZipFile, name: str, digest: str, stage: Path) -> None:
    target = stage / name
    if stage.resolve() not in target.resolve().parents:
        raise UsageError(f"备份里的文件名“{name}”指向文件夹之外，已拒绝", remedy="请换一份备份")
    private_folder(target.parent)
    with archive.open(name) as source, open_private(target, "wb") as stream:
        if _copied(_blocks(source), stream) != digest:
            raise UsageError(f"{name}与备份时不一致，没有恢复", remedy="请换一份备份")
        stream.flush()
        os.fsync(stream.fileno())


def _move_in(manifest: Manifest, stage: Path, home: Path) -> None:
    """Moves the unpacked files into the home folder, and the queue last: until then there is none."""
    rows = f"{database_rows.FOLDER}/"
    names = [name for name in manifest.files if name != DATABASE and not name.startswith(rows)]
    for name in names:
        if name not in _REPLACED and (home / name).exists() and _hash(home / name) != manifest.files[name]:
            raise UsageError(f"{home / name}已经存在，内容不同，没有覆盖", remedy="请恢复到空的文件夹")
    if DATABASE in manifest.files:
        _require_sound(stage / DATABASE)
    for name in names:
        private_folder((home / name).parent)
        (stage / name).replace(home / name)
    if manifest.database["kind"] == _POSTGRES:
        database_rows.load(stage / database_rows.FOLDER, manifest.database)
    else:
        for suffix in ("-wal", "-shm", "-journal"):  # of a database that is not there any more
            (home / f"{DATABASE}{suffix}").unlink(missing_ok=True)
        (stage / DATABASE).replace(home / DATABASE)


def _require_sound(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise UsageError(f"备份里的数据库本身有损坏（{found}），没有恢复", remedy="请换一份更早的备份")


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
