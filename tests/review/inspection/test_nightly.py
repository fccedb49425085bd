"""The check of the night goes on in small portions, once a day, in one process, and the board tells what it found."""

import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline import worker
from pipeline.errors import StorageError
from pipeline.home import home_folder
from pipeline.review.inspection import nightly, run
from pipeline.review.inspection.faults import Check, Fault, Step
from pipeline.review.inspection.run import Result, Row, keep, last_result
from tests.web.conftest import client


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No check in progress, before and after."""
    nightly._night.running, nightly._night.look = None, 0.0
    yield
    nightly._night.running, nightly._night.look = None, 0.0


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One check of fifty portions, each as long as a portion may be; returns what it has looked at."""
    looked: list[int] = []

    def steps(_: Path) -> Iterator[Step]:
        for number in range(50):
            looked.append(number)
            yield 1
        yield Fault("坏了")

    monkeypatch.setattr(run, "CHECKS", (Check("试验", steps),))
    monkeypatch.setattr(nightly, "_PORTION", -1.0)
    return looked


def test_a_check_goes_on_a_portion_at_a_time_and_keeps_its_result(tmp_path: Path, slow: list[int]) -> None:
    nightly.go_on(tmp_path)
    assert slow == [0] and last_result(tmp_path) is None and (tmp_path / "check.running").exists()
    for _ in range(60):
        nightly.go_on(tmp_path)
    result = last_result(tmp_path)
    assert result is not None and result.rows == (Row("试验", 50, 1, ("坏了",), ()),)
    assert "发现1处问题（试验1处）" in result.words and not (tmp_path / "check.running").exists()
    nightly._night.look = 0.0
    nightly.go_on(tmp_path)
    assert len(slow) == 50, "one a day"


def test_two_workers_do_not_check_at_once_and_a_dead_one_is_replaced(tmp_path: Path, slow: list[int]) -> None:
    claim = tmp_path / "check.running"
    claim.touch()
    nightly.go_on(tmp_path)
    assert slow == []
    os.utime(claim, (time.time() - 3600,) * 2)
    nightly._night.look = 0.0
    nightly.go_on(tmp_path)
    assert slow == [0]


@pytest.mark.parametrize(
    ("hours", "hour", "due"),
    [(2, 3, False), (9, 3, True), (20, 14, False), (40, 14, True)],
    ids=["checked this night", "checked yesterday", "by day", "overdue"],
)
def test_it_is_due_at_night_or_when_there_was_no_night(hours: int, hour: int, due: bool) -> None:
    now = timezone.make_aware(datetime(2026, 11, 22, hour))
    assert nightly.is_due(Result(now - timedelta(hours=hours), ()), now) is due


def test_a_queue_that_was_never_checked_is_due() -> None:
    assert nightly.is_due(None, timezone.now())


def test_a_fault_of_the_check_itself_does_not_end_the_worker(
    tmp_path: Path, slow: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "home_folder", lambda: tmp_path)
    worker._next_runs.anchor = time.monotonic() + 1000
    for error in (StorageError("满了"), ZeroDivisionError("unforeseen")):
        nightly._night.running, nightly._night.look = None, 0.0

        def broken(_: Path, error: Exception = error) -> Iterator[Step]:
            yield 1
            raise error

        monkeypatch.setattr(run, "CHECKS", (Check("试验", broken),))
        for _ in range(3):
            worker.look_after()
        assert not (tmp_path / "check.running").exists() and nightly._night.running is None


def test_the_board_tells_what_the_last_check_found(people: dict[str, User]) -> None:
    browser, file = client(people, "主审"), home_folder() / run.FILE
    assert "自检：还没有做过" in browser.get("/board").content.decode()
    try:
        keep(home_folder(), Result(timezone.now(), (Row("原件的哈希", 3, 0, (), ()),)))
        assert "没有发现问题" in browser.get("/board").content.decode()
        keep(home_folder(), Result(timezone.now(), (Row("原件的哈希", 3, 2, ("a", "b"), ()),)))
        assert "发现2处问题（原件的哈希2处）" in browser.get("/board").content.decode()
        file.write_text("{", encoding="utf-8")
        assert "自检：还没有做过" in browser.get("/board").content.decode()
    finally:
        file.unlink(missing_ok=True)
