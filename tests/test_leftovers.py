"""Temporary copies of killed processes are removed at the next start; those of running ones stay."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from pipeline.leftovers import remove_leftovers, temporary_folder
from tests.conftest import ROOT

KEEP = """
import sys, time
from pipeline.leftovers import temporary_folder
with temporary_folder() as folder:
    (folder / "paper.txt").write_text("words", encoding="utf-8")
    print(folder, flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_copy_of_a_killed_process_is_removed_and_that_of_a_running_one_stays(temporary: Path) -> None:
    settings = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, "-c", KEEP], cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert remove_leftovers() == 0 and (folder / "paper.txt").exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert folder.exists()
    assert remove_leftovers() == 1 and not folder.exists()


def test_an_own_folder_stays_until_its_end_and_folders_of_others_stay() -> None:
    other = Path(tempfile.mkdtemp(prefix="qinggui-other-"))
    with temporary_folder() as folder:
        remove_leftovers()
        assert folder.is_dir()
    assert not folder.exists() and other.is_dir()


def test_a_link_is_not_followed(temporary: Path) -> None:
    kept = temporary / "kept"
    kept.mkdir()
    (temporary / "qinggui-work-999999999-x").symlink_to(kept)
    remove_leftovers()
    assert kept.is_dir()


def test_half_written_originals_are_removed_when_they_are_old(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "originals" / "ab"
    folder.mkdir(parents=True)
    for name in ("tmpold", "tmpnew", "ab12"):
        (folder / name).write_bytes(b"x")
    for name in ("tmpold", "ab12"):
        os.utime(folder / name, (time.time() - 7200,) * 2)
    assert remove_leftovers(tmp_path / "home") == 1
    assert sorted(path.name for path in folder.iterdir()) == ["ab12", "tmpnew"]
