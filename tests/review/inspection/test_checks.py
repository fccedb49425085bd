"""`qinggui check` finds what was damaged or changed, says what to do, and finds nothing where all is whole."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import ROOT


def qinggui(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    settings |= {"QINGGUI_HOME": str(home), "QINGGUI_PASSWORD": "ceshi-mima-2026"}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words], cwd=ROOT, env=settings, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with three documents, an account and an anchor."""
    home = tmp_path_factory.mktemp("check") / "home"
    samples = ("01农家乐管理办法.txt", "02停车秩序规定.docx", "04养老服务意见.html")
    assert qinggui(home, "triage", *(f"corpora/samples/{name}" for name in samples)).returncode == 0
    assert qinggui(home, "user", "add", "wang", "--role", "主审").returncode == 0
    assert qinggui(home, "audit", "anchor").returncode == 0
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "home")
    return tmp_path / "home"


def faults(home: Path, code: int = 5) -> dict[str, list[str]]:
    """The faults that a check finds, by its name; those without faults are left out."""
    done = qinggui(home, "check", "--json")
    assert done.returncode == code, done.stdout + done.stderr
    return {row["name"]: row["faults"] for row in json.loads(done.stdout)["rows"] if row["faults"]}


def test_nothing_is_found_where_all_is_whole(home: Path) -> None:
    done = qinggui(home, "check")
    assert done.returncode == 0 and "没有发现问题" in done.stdout, done.stdout
    assert "原件的哈希" in done.stdout and "审计链" in done.stdout
    assert faults(home, 0) == {}


def first_original(home: Path) -> Path:
    return next(path for path in sorted((home / "originals").rglob("*")) if path.is_file())


def change_original(home: Path) -> None:
    path = first_original(home)
    path.write_bytes(path.read_bytes() + b" ")


def delete_original(home: Path) -> None:
    first_original(home).unlink()


def statement(*words: str) -> Callable[[Path], None]:
    """Somebody who writes to the database beside the program."""

    def run(home: Path) -> None:
        with sqlite3.connect(home / "queue.sqlite3") as connection:
            for one in words:
                connection.execute(one)
        connection.close()

    return run


def damage_database(home: Path) -> None:
    """Writes over the second half of every page of the text of versions but its head."""
    with sqlite3.connect(home / "queue.sqlite3") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'queue_by_due'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    connection.close()
    with (home / "queue.sqlite3").open("r+b") as stream:
        stream.seek((page - 1) * size + size // 2)
        stream.write(b"\xa5" * (size // 2))


BROKEN = [
    ("原件的哈希", change_original, "内容与名称不符"),
    ("缺少的原件", delete_original, "请从备份取回原件"),
    ("当前版本", statement("UPDATE review_item SET current_id = NULL WHERE id = 1"), "没有当前版本"),
    ("当前版本", statement("UPDATE review_item SET current_id = 2 WHERE id = 1"), "属于另一件"),
    ("公开的版本", statement("UPDATE review_item SET public = 1, public_version_id = 1 WHERE id = 1"), "没有人公开它"),
    ("公开的版本", statement("UPDATE review_item SET public = 1, public_version_id = 2 WHERE id = 1"), "不是它的"),
    ("发现的位置", statement('UPDATE review_finding SET start = start + 1, "end" = "end" + 1'), "不在正文所指的位置"),
    ("发现的位置", statement('UPDATE review_finding SET "end" = 99999999'), "不在正文所指的位置"),
    ("检索索引", statement("DELETE FROM review_heads WHERE rowid = 1"), "找不到编号1的题名"),
    ("检索索引", statement("UPDATE review_version SET text = '别的正文' WHERE id = 1"), "找不到编号1的正文"),
    ("审计链", statement("UPDATE review_auditentry SET detail = '改过'"), "内容被改动"),
    ("审计链", statement("DELETE FROM review_auditentry", "UPDATE review_audithead SET number = 0, count = 0"), "锚点"),
    ("数据库完整性", damage_database, "请停止使用，从备份恢复"),
    (
        "数据库完整性",
        statement("PRAGMA foreign_keys = OFF", "UPDATE review_version SET original_id = 'x' WHERE id = 1"),
        "不存在",
    ),
]


@pytest.mark.parametrize(("name", "breaks", "told"), BROKEN, ids=[f"{name}-{told}" for name, _, told in BROKEN])
def test_what_was_damaged_is_found(home: Path, name: str, breaks: Callable[[Path], None], told: str) -> None:
    breaks(home)
    found = faults(home)
    assert any(told in words for words in found[name]), found


def test_the_index_is_made_anew_where_that_is_asked(home: Path) -> None:
    statement("DELETE FROM review_heads WHERE rowid = 1")(home)
    assert qinggui(home, "check", "--rebuild-index").returncode == 0


def test_files_that_nothing_refers_to_are_hints_and_no_faults(home: Path) -> None:
    stray, half = home / "originals" / "ab" / ("ab" * 32), home / "originals" / "ab" / "tmpx1"
    young = home / "originals" / "ab" / ("ab" * 31 + "cd")
    stray.parent.mkdir(exist_ok=True)
    for path in (stray, half, young):
        path.write_bytes(b"x")
    for path in (stray, half):
        os.utime(path, (time.time() - 90000,) * 2)
    rows = {row["name"]: row for row in json.loads(qinggui(home, "check", "--json").stdout)["rows"]}
    told = " ".join(rows["无主的文件"]["hints"])
    assert "没有记录引用" in told and "没有写完的临时文件" in told and young.name not in told
    assert (
        not rows["无主的文件"]["faults"] and rows["原件的哈希"]["count"] == 2
    )  # neither file has its hash as its name


@pytest.mark.skipif(os.name == "nt", reason="no permissions of this kind")
def test_a_home_belongs_to_its_owner_alone_from_the_beginning_and_again_after_a_check(made: Path, home: Path) -> None:
    def open_to_others(folder: Path) -> list[str]:
        return [str(path) for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077]

    kept = [path for path in open_to_others(made) if "prepared" not in path]
    assert kept == []
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert qinggui(home, "queue").returncode == 0
    # the folders are shut at each start, so that nothing in them can be reached
    assert home.stat().st_mode & 0o777 == 0o700 and (home / "queue.sqlite3").stat().st_mode & 0o777 == 0o600
    assert (home / "originals").stat().st_mode & 0o777 == 0o700
    assert qinggui(home, "check").returncode == 0
    assert open_to_others(home) == []
    original = first_original(home).stat()
    assert original.st_mode & 0o777 == 0o600 and first_original(home).parent.stat().st_mode & 0o777 == 0o700
