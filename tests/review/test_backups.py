"""A backup contains everything, every byte of it is checked before it is restored, and it never overwrites a queue."""

import hashlib
import json
import os
import random
import shutil
import sqlite3
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import StorageError, UsageError
from pipeline.review import backups
from pipeline.review.backups import back_up, check, restore
from tests.conftest import ROOT


def qinggui(home: Path, *words: str, database: str = "") -> subprocess.CompletedProcess[str]:
    settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    settings |= {"QINGGUI_HOME": str(home), "QINGGUI_PASSWORD": "ceshi-mima-2026"}
    settings |= {"DATABASE_URL": database} if database else {}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words], cwd=ROOT, env=settings, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a queue with one document."""
    folder = tmp_path_factory.mktemp("backup")
    qinggui(folder / "old", "triage", "corpora/samples/01农家乐管理办法.txt")
    qinggui(folder / "old", "audit", "anchor")
    result = qinggui(folder / "old", "backup", str(folder / "all.zip"))
    assert result.returncode == 0, result.stderr
    return folder / "all.zip"


def test_a_queue_comes_back_from_its_backup(made: Path, tmp_path: Path) -> None:
    assert list(check(made)) == [] and qinggui(tmp_path, "backup", "--verify", str(made)).returncode == 0
    assert qinggui(tmp_path / "new", "restore", str(made)).returncode == 0
    assert "农家乐" in qinggui(tmp_path / "new", "queue").stdout
    assert (tmp_path / "new" / "audit-anchors.jsonl").exists()
    again = qinggui(tmp_path / "new", "restore", str(made))
    assert again.returncode == 2 and "没有覆盖" in again.stderr.replace("\n", "")


def test_a_backup_can_be_read_by_its_owner_alone_and_leaves_nothing_beside_it(made: Path) -> None:
    assert made.stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    assert sorted(path.name for path in made.parent.iterdir()) == ["all.zip", "old"]


def test_a_damaged_backup_is_reported_and_not_restored(made: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(bad, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"changed" if name == "queue.sqlite3" else old.read(name))
    assert list(check(bad)) == ["备份的末尾缺少整个文件的哈希", "queue.sqlite3与备份时不一致"]
    assert qinggui(tmp_path, "restore", str(bad), "--check").returncode == 5
    assert qinggui(tmp_path, "backup", "--verify", str(bad)).returncode == 5
    with pytest.raises(UsageError, match="不能使用"):
        restore(bad, tmp_path / "home")
    assert not (tmp_path / "home").exists()


def places(backup: Path) -> Iterator[tuple[str, int]]:
    """Places in every member and in every part of the structure of a zip: what it is, and its offset."""
    data = backup.read_bytes()
    with zipfile.ZipFile(backup) as archive:
        directory = archive.start_dir
        for info in archive.infolist():
            name_length, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            start = info.header_offset + 30 + name_length + extra
            yield from ((f"header of {info.filename}", info.header_offset + at) for at in (0, 4, 6, 8, 10, 14, 18, 26))
            yield f"name of {info.filename}", info.header_offset + 30
            for part in (0.0, 0.3, 0.9):
                yield f"data of {info.filename}", start + int((info.compress_size - 1) * part)
    for at in range(directory, len(data)):
        yield "directory, end and seal", at
    chance = random.Random(21)
    yield from (("anywhere", chance.randrange(len(data))) for _ in range(300))


def test_one_flipped_bit_anywhere_is_found(made: Path, tmp_path: Path) -> None:
    data, bad = bytearray(made.read_bytes()), tmp_path / "bad.zip"
    bad.write_bytes(data)
    tried = 0
    with bad.open("r+b") as stream:
        for number, (what, at) in enumerate(places(made)):
            stream.seek(at)
            stream.write(bytes([data[at] ^ (1 << number % 8)]))
            stream.flush()
            assert list(check(bad)), f"bit {number % 8} of byte {at} ({what})"
            stream.seek(at)
            stream.write(bytes([data[at]]))
            tried += 1
    assert tried > 500 and list(check(bad)) == []


@pytest.mark.parametrize("lost", [1, 64, 72, 5000])
def test_a_backup_that_was_cut_off_or_continued_is_found(made: Path, tmp_path: Path, lost: int) -> None:
    data = made.read_bytes()
    for number, content in enumerate((data[:-lost], data + b"\0" * lost, data[lost:])):
        bad = tmp_path / f"{number}.zip"
        bad.write_bytes(content)
        assert list(check(bad)), number


def test_a_backup_of_an_earlier_version_is_still_restored(made: Path, tmp_path: Path) -> None:
    old = tmp_path / "0.10.zip"
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(old, "w") as target:
        files = {name: source.read(name) for name in source.namelist() if not name.startswith("manifest")}
        for name, data in files.items():
            target.writestr(name, data)
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        target.writestr("manifest.json", json.dumps({"created": "2026-11-30T00:00:00+00:00", "files": hashes}))
    assert list(check(old)) == []
    restore(old, tmp_path / "home")
    assert "农家乐" in qinggui(tmp_path / "home", "queue").stdout


class Killed(BaseException):
    """Stands for the end of the process: nothing that comes after it is done."""


@pytest.mark.parametrize("step", range(6))
def test_a_restore_that_is_killed_leaves_no_queue_and_can_be_started_again(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    home, left = tmp_path / "home", [step]

    def kill(method: object) -> object:
        def killed(*words: object, **named: object) -> object:
            if left[0] == 0:
                raise Killed
            left[0] -= 1
            return method(*words, **named)  # type: ignore[operator]

        return killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(backups, "_unpack", kill(backups._unpack))
        patched.setattr(Path, "replace", kill(Path.replace))
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        restore(made, home)
    assert not (home / "queue.sqlite3").exists()
    restore(made, home)
    with sqlite3.connect(home / "queue.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not (home / ".restoring").exists()


def test_a_file_that_is_there_and_differs_is_not_overwritten(made: Path, tmp_path: Path) -> None:
    (tmp_path / "audit-anchors.jsonl").write_text("other", encoding="utf-8")
    with pytest.raises(UsageError, match="内容不同，没有覆盖"):
        restore(made, tmp_path)
    assert not (tmp_path / "queue.sqlite3").exists() and not (tmp_path / "originals").exists()


def test_a_backup_that_cannot_be_written_leaves_nothing(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(backups, "_seal", full)
    with pytest.raises(StorageError, match="备份没有完成"):
        back_up(made.parent / "old", tmp_path / "x.zip")
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_backup_is_reported(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert "不是完整的备份" in next(check(tmp_path / "x.zip"))
    assert "不是完整的备份" in next(check(tmp_path / "missing.zip"))


def test_a_queue_in_postgresql_comes_back_whole_and_the_old_sqlite_beside_it_is_not_taken(
    made: Path, tmp_path: Path, server: str
) -> None:
    psycopg = pytest.importorskip("psycopg")
    home, out = tmp_path / "home", tmp_path / "all.zip"
    home.mkdir()
    shutil.copy(made.parent / "old" / "queue.sqlite3", home / "queue.sqlite3")
    for words in (("triage", "corpora/samples/02停车秩序规定.docx"), ("user", "add", "wang", "--role", "审查员")):
        assert qinggui(home, *words, database=server).returncode == 0
    done = qinggui(home, "backup", str(out), database=server)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out) as archive:
        assert "queue.sqlite3" not in archive.namelist()
        assert "停车" in archive.read("database/review_item.copy").decode()
    assert list(check(out)) == []
    refused = qinggui(tmp_path / "lite", "restore", str(out))
    assert refused.returncode == 2 and "postgresql数据库" in refused.stderr.replace("\n", "")
    taken = qinggui(tmp_path / "same", "restore", str(out), database=server)
    assert taken.returncode == 2 and "已经有队列，没有覆盖" in taken.stderr.replace("\n", "")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE new")
    other = server.rsplit("/", 1)[0] + "/new"
    # a desk that was started on the new database, before anyone had an account there
    assert qinggui(tmp_path / "new", "queue", database=other).returncode == 0
    back = qinggui(tmp_path / "new", "restore", str(out), database=other)
    assert back.returncode == 0, back.stderr
    found = qinggui(tmp_path / "new", "search", "停车秩序", database=other)
    assert "停车" in found.stdout, found.stdout + found.stderr
    added = qinggui(tmp_path / "new", "triage", "corpora/samples/01农家乐管理办法.txt", database=other)
    assert added.returncode == 0, added.stderr
    assert "农家乐" in qinggui(tmp_path / "new", "queue", database=other).stdout
    verified = qinggui(tmp_path / "new", "audit", "verify", database=other)
    assert verified.returncode == 0, verified.stderr
    checked = qinggui(tmp_path / "new", "check", database=other)
    assert checked.returncode == 0, checked.stdout
