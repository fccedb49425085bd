"""The log is written to the home folder, or to no file in runs that must not write to disk."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import logs
from tests.cli.test_commands import run


@pytest.fixture(autouse=True)
def restore_handlers() -> Iterator[None]:
    before = {name: logging.getLogger(name).handlers[:] for name in logs._LOGGERS}
    yield
    for name, handlers in before.items():
        logging.getLogger(name).handlers[:] = handlers


def report(says: str) -> None:
    try:
        raise ValueError(says)
    except ValueError:
        logging.getLogger("pipeline.guard").exception("QG-1")


def test_the_log_file_is_created_with_the_first_record(tmp_path: Path) -> None:
    logs.to_file(tmp_path)
    assert not list(tmp_path.iterdir()) and str(tmp_path / "log" / "qinggui.log") in logs.log_hint()
    report("坏了")
    assert "ValueError: 坏了" in logs.log_file(tmp_path).read_text(encoding="utf-8")


def test_a_large_log_is_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_MAX_BYTES", 400)
    logs.to_file(tmp_path)
    for number in range(9):
        report(f"第{number}次")
    assert 2 <= len(list((tmp_path / "log").iterdir())) <= 1 + logs._BACKUPS


def test_without_a_log_file_records_go_to_stderr_only_on_request(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logs.to_screen()
    report("坏了")
    assert capsys.readouterr() == ("", "") and "QINGGUI_DEBUG=1" in logs.log_hint()
    monkeypatch.setenv("QINGGUI_DEBUG", "1")
    logs.to_screen()
    report("坏了")
    assert "ValueError: 坏了" in capsys.readouterr().err


def test_a_dry_run_with_an_exception_writes_no_file_and_says_how_to_log_it(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "sitecustomize.py").write_text(
        "import pipeline.ingest.plain as plain\ndef fail(data): raise Exception('坏了')\nplain.read_plain = fail\n",
        encoding="utf-8",
    )
    (tmp_path / "a.txt").write_text("通知", encoding="utf-8")
    words = ("triage", str(tmp_path / "a.txt"), "--dry-run", "--json")
    path = f"{tmp_path / 'here'}:{Path(__file__).parents[1]}"
    result = run(tmp_path / "home", *words, PYTHONPATH=path)
    assert result.returncode == 3 and "QINGGUI_DEBUG" in result.stdout and "Traceback" not in result.stderr
    assert not (tmp_path / "home").exists()
    stderr = run(tmp_path / "home", *words, PYTHONPATH=path, QINGGUI_DEBUG="1").stderr
    assert "Traceback" in stderr and "QG-" in stderr
