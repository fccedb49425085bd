"""A backup contains everything, is checked before it is restored, and never overwrites a queue."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.review.backups import check, restore
from tests.conftest import ROOT


def qinggui(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "QINGGUI_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words], cwd=ROOT, env=settings, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a queue with one document."""
    folder = tmp_path_factory.mktemp("backup")
    qinggui(folder / "old", "triage", "corpora/samples/01农家乐管理办法.txt")
    result = qinggui(folder / "old", "backup", str(folder / "all.zip"))
    assert result.returncode == 0, result.stderr
    return folder / "all.zip"


def test_a_queue_comes_back_from_its_backup(made: Path, tmp_path: Path) -> None:
    assert list(check(made)) == []
    assert qinggui(tmp_path / "new", "restore", str(made)).returncode == 0
    assert "农家乐" in qinggui(tmp_path / "new", "queue").stdout
    again = qinggui(tmp_path / "new", "restore", str(made))
    assert again.returncode == 2 and "没有覆盖" in again.stderr.replace("\n", "")


def test_a_damaged_backup_is_reported_and_not_restored(made: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(bad, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"changed" if name == "queue.sqlite3" else old.read(name))
    assert list(check(bad)) == ["queue.sqlite3与备份时不一致"]
    assert qinggui(tmp_path, "restore", str(bad), "--check").returncode == 5
    with pytest.raises(UsageError, match="不能使用"):
        restore(bad, tmp_path / "home")


def test_a_file_that_is_no_backup_is_reported(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert "不是完整的备份" in next(check(tmp_path / "x.zip"))
