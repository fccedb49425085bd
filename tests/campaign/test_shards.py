"""A shard is written atomically, gives the same rows when run again, and reports failed files as problems."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.analyzer import LegalContext
from pipeline.campaign.shards import MAX_CRASHES, Shard, as_shards, mark_hung, run_shard
from pipeline.campaign.snapshot import read_snapshot
from pipeline.guard import REPORT
from tests.campaign.material import campaign, write_documents
from tests.conftest import AS_OF


@pytest.fixture
def shard(tmp_path: Path) -> Shard:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 4))
    (only,) = as_shards({**read_snapshot(made)}, made.shards, LegalContext(AS_OF), "0", again=False)
    return only


def statuses(shard: Shard) -> list[str]:
    return [row["status"] for row in pq.read_table(shard.table).to_pylist()]


def content(shard: Shard) -> list[dict[str, object]]:
    """The rows of a shard without their measured times."""
    return [{**row, "seconds": 0} for row in pq.read_table(shard.table).to_pylist()]


def test_a_shard_run_again_gives_the_same_rows(shard: Shard) -> None:
    assert shard.finished() is None
    first, rows = run_shard(shard), content(shard)
    assert (first["rows"], first["problems"]) == (4, 0)
    assert shard.finished() and not shard.marker.exists()
    run_shard(shard)
    assert content(shard) == rows


@pytest.mark.parametrize("change", [{"engine": "1"}, {"legal_context": LegalContext(AS_OF, "湖南")}, {"files": ()}])
def test_a_shard_with_another_version_legal_context_or_input_is_run_anew(
    shard: Shard, change: dict[str, object]
) -> None:
    run_shard(shard)
    assert replace(shard, **change).finished() is None


def test_a_file_in_work_at_repeated_crashes_is_quarantined_and_the_other_files_are_analysed(shard: Shard) -> None:
    path = shard.files[1].path
    shard.crash_counts.write_text(json.dumps({path: MAX_CRASHES - 1}), encoding="utf-8")
    shard.marker.write_text(json.dumps({"path": path, "since": 0, "run": shard.run}), encoding="utf-8")
    manifest = run_shard(shard)
    assert manifest["problems"] == 1 and statuses(shard) == ["完成", "问题", "完成", "完成"]
    assert "已隔离" in pq.read_table(shard.table).to_pylist()[1]["reason"]


def test_a_file_that_hung_is_quarantined_at_once(shard: Shard) -> None:
    shard.marker.write_text(json.dumps({"path": shard.files[0].path, "since": 0}), encoding="utf-8")
    mark_hung(shard.marker)
    run_shard(shard)
    assert statuses(shard)[0] == "问题"


def test_one_crash_or_the_crash_of_an_earlier_run_quarantines_no_file(shard: Shard) -> None:
    path = shard.files[0].path
    shard.marker.write_text(json.dumps({"path": path, "since": 0, "run": shard.run}), encoding="utf-8")
    assert run_shard(shard)["problems"] == 0
    shard.crash_counts.write_text(json.dumps({path: MAX_CRASHES - 1}), encoding="utf-8")
    shard.marker.write_text(json.dumps({"path": path, "since": 0, "run": "another"}), encoding="utf-8")
    assert run_shard(shard)["problems"] == 0


def test_a_file_changed_after_the_snapshot_is_not_used(shard: Shard) -> None:
    Path(shard.files[2].path).write_text("改过的文字。", encoding="utf-8")
    run_shard(shard)
    row = pq.read_table(shard.table).to_pylist()[2]
    assert row["status"] == "问题" and "快照之后" in row["reason"]


def test_only_failed_files_are_analysed_again(shard: Shard) -> None:
    good = Path(shard.files[2].path).read_text(encoding="utf-8")
    Path(shard.files[2].path).write_text("改过的文字。", encoding="utf-8")
    run_shard(shard)
    before = content(shard)
    Path(shard.files[2].path).write_text(good, encoding="utf-8")
    assert run_shard(replace(shard, again=True))["problems"] == 0
    assert [row for row in content(shard) if row["name"] != shard.files[2].path] == [
        row for row in before if row["name"] != shard.files[2].path
    ]


def test_an_unforeseen_exception_becomes_a_problem_with_a_report_number(
    shard: Shard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("坏了")

    monkeypatch.setattr("pipeline.campaign.shards.analyze_upload", fail)
    manifest = run_shard(shard)
    assert manifest["problems"] == 4 and shard.finished() and not shard.crash_counts.exists()
    reason = pq.read_table(shard.table).to_pylist()[0]["reason"]
    log = Path(shard.folder).parents[2] / "log" / "qinggui.log"
    number = REPORT.search(reason)
    assert number and str(log) in reason
    written = log.read_text(encoding="utf-8")
    assert number[0] in written and "RuntimeError: 坏了" in written and "Traceback" in written


def test_a_paper_marked_as_a_state_secret_is_refused_and_its_text_is_not_kept(tmp_path: Path) -> None:
    source = write_documents(tmp_path / "in", 2)
    (source / "密.txt").write_text("机密☆5年\n关于渡口的通知\n渡口布防如下。", encoding="utf-8")
    made = campaign(tmp_path / "home", source)
    (only,) = as_shards({**read_snapshot(made)}, made.shards, LegalContext(AS_OF), "0", again=False)
    run_shard(only)
    row = pq.read_table(only.table).to_pylist()[-1]
    assert (row["status"], row["stage"], row["proof"], row["title"]) == ("问题", "密级", None, None)
    assert "涉密设备" in row["reason"]
