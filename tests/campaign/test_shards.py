"""A shard is written atomically, gives the same rows when run again, and reports failed files as problems."""

import json
import os
import sys
import time
import zipfile
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.campaign.shard_work import run_shard
from pipeline.campaign.shards import Shard, as_shards, done_in_unfinished, manifests, pace
from pipeline.campaign.snapshot import read_snapshot
from pipeline.campaign.suspects import MAX_DEATHS, Strikes, mark_hung
from pipeline.guard import REPORT
from pipeline.ingest import Upload
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


def left(shard: Shard, at: int, **more: object) -> None:
    """Leaves the marker of a worker that died while a file was in work, in this run unless said otherwise."""
    content = {"path": shard.files[at].path, "entry": 0, "since": 0, "run": shard.run}
    shard.marker.write_text(json.dumps({**content, **more}), encoding="utf-8")


def strike(shard: Shard, at: int, **more: object) -> None:
    """Leaves strikes against a file, in this run unless said otherwise."""
    found = asdict(Strikes(shard.run)) | more
    shard.strikes.write_text(json.dumps({f"0:{shard.files[at].path}": found}), encoding="utf-8")


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In processes of their own, opening a file named in the returned file ends the process."""
    (tmp_path / "trap").mkdir()
    named = tmp_path / "trap" / "names"
    (tmp_path / "trap" / "sitecustomize.py").write_text(
        "import os, sys\n"
        f"names = open({str(named)!r}, encoding='utf-8').read().split()\n"
        "def look(event, args):\n"
        "    if event == 'open' and os.path.basename(str(args[0])) in names: os._exit(9)\n"
        "sys.addaudithook(look)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("sys.path", [str(tmp_path / "trap"), *sys.path])
    return named


def test_a_file_that_kills_its_own_process_twice_is_isolated_and_the_other_files_are_analysed(
    shard: Shard, trap: Path
) -> None:
    trap.write_text(Path(shard.files[1].path).name, encoding="utf-8")
    left(shard, 1)
    manifest = run_shard(shard)
    assert manifest["problems"] == 1 and statuses(shard) == ["完成", "问题", "完成", "完成"]
    row = pq.read_table(shard.table).to_pylist()[1]
    assert "单独处理也中止2次" in row["reason"] and "已隔离" in row["reason"] and row["name"] == shard.files[1].path
    assert not list(Path(shard.folder).glob("*.strikes")) and not list(Path(shard.folder).glob("*.alone*"))


def test_a_healthy_file_that_was_in_work_when_a_worker_died_has_its_usual_result(shard: Shard, trap: Path) -> None:
    trap.write_text("", encoding="utf-8")
    run_shard(replace(shard, run="before"))
    usual = content(shard)
    shard.manifest.unlink()
    left(shard, 2)
    assert run_shard(shard)["problems"] == 0 and content(shard) == usual


def test_a_file_at_which_worker_after_worker_dies_is_given_up(shard: Shard) -> None:
    strike(shard, 1, deaths=MAX_DEATHS - 1)
    left(shard, 1)
    assert run_shard(shard)["problems"] == 1 and statuses(shard)[1] == "问题"


def test_a_file_that_hung_is_isolated_at_once_in_that_run_only(shard: Shard) -> None:
    left(shard, 0)
    mark_hung(shard.marker, 300)
    run_shard(shard)
    assert statuses(shard)[0] == "问题" and "超过300秒" in pq.read_table(shard.table).to_pylist()[0]["reason"]
    shard.manifest.unlink()
    left(shard, 0, run="another", hung=300)
    assert run_shard(shard)["problems"] == 0


def test_what_happened_in_other_runs_isolates_no_file(shard: Shard) -> None:
    strike(shard, 0, run="another", deaths=9, alone=9, hung=9.0)
    left(shard, 0, run="another")
    assert run_shard(shard)["problems"] == 0
    shard.strikes.write_text("torn {", encoding="utf-8")
    shard.marker.write_text("torn {", encoding="utf-8")
    assert run_shard(shard)["problems"] == 0


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the documents that are analysed from now on; the third of them ends the run like a kill."""
    names: list[str] = []

    def analyze(upload: Upload, legal_context: LegalContext) -> object:
        names.append(Path(upload.name).name)
        if len(names) == 3:
            raise KeyboardInterrupt
        return analyze_upload(upload, legal_context)

    monkeypatch.setattr("pipeline.campaign.documents.analyze_upload", analyze)
    monkeypatch.setattr("pipeline.campaign.shard_work.BATCH", 1)
    return names


def test_a_killed_shard_goes_on_where_it_stopped_and_leaves_no_parts(shard: Shard, analysed: list[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_shard(shard)
    assert shard.parts.count() == 2 and not shard.table.exists()
    # of the second file nobody knows yet that no further document follows
    assert done_in_unfinished(shard.table.parent) == 1
    shard.table.with_name(f"{shard.table.name}.1.tmp").touch()
    run_shard(replace(shard, run="another"))
    # the file in work at the kill comes last
    assert analysed == ["000.txt", "001.txt", "002.txt", "003.txt", "002.txt"]
    assert [Path(row["name"]).name for row in content(shard)] == ["000.txt", "001.txt", "002.txt", "003.txt"]
    assert sorted(path.suffix for path in Path(shard.folder).iterdir()) == [".json", ".parquet"]


def test_an_archive_goes_on_with_the_document_at_which_it_stopped(tmp_path: Path, analysed: list[str]) -> None:
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in" / "全部.zip", "w") as archive:
        for path in sorted(write_documents(tmp_path / "out", 5).iterdir()):
            archive.write(path, path.name)
    made = campaign(tmp_path / "home", tmp_path / "in")
    (only,) = as_shards({**read_snapshot(made)}, made.shards, LegalContext(AS_OF), "0", again=False)
    with pytest.raises(KeyboardInterrupt):
        run_shard(only)
    run_shard(replace(only, run="another"))
    assert analysed == ["000.txt", "001.txt", "002.txt", "002.txt", "003.txt", "004.txt"]
    assert [Path(row["name"]).name for row in content(only)] == [f"00{n}.txt" for n in range(5)]


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"PAR1" + bytes(200)])
def test_damaged_parts_and_parts_of_another_version_are_not_used(
    shard: Shard, analysed: list[str], damage: bytes
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_shard(shard)
    first, _ = sorted(Path(shard.folder).glob("*.part"))
    first.write_bytes(damage)
    assert run_shard(shard)["problems"] == 0 and analysed[3:] == ["000.txt", "003.txt"]  # 002 in a process of its own
    with pytest.raises(KeyboardInterrupt):
        analysed.clear()
        run_shard(replace(shard, engine="1"))
    analysed.append("")
    run_shard(replace(shard, engine="2"))
    assert analysed[4:] == ["000.txt", "001.txt", "003.txt"] and shard.parts.count() == 0


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"inputs": 1}'])
def test_a_shard_with_a_torn_manifest_or_table_is_run_anew(shard: Shard, damage: str) -> None:
    run_shard(shard)
    whole = shard.manifest.read_text(encoding="utf-8")
    shard.manifest.write_text(damage, encoding="utf-8")
    assert shard.finished() is None and manifests(Path(shard.folder)) == []
    shard.manifest.write_text(whole, encoding="utf-8")
    shard.table.write_bytes(shard.table.read_bytes()[:50])
    assert shard.finished() is None


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

    monkeypatch.setattr("pipeline.campaign.documents.analyze_upload", fail)
    manifest = run_shard(shard)
    assert manifest["problems"] == 4 and shard.finished() and not shard.strikes.exists()
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


def test_the_pace_of_a_run_is_that_of_what_it_has_finished(tmp_path: Path) -> None:
    made = campaign(tmp_path / "home", write_documents(tmp_path / "in", 8))
    first, second = as_shards({**read_snapshot(made)}, made.shards, LegalContext(AS_OF), "0", again=False)
    run_shard(first)
    assert pace(made, 4) == (None, None)  # nobody runs it
    os.utime(first.manifest, (1, 1))  # finished by an earlier run
    with made.as_runner():
        assert pace(made, 4) == (None, None)
        run_shard(second)
        began = time.time() - 2
        os.utime(made.runner, (began, began))
        rate, left = pace(made, 4)
    assert rate and left and 0.1 < rate <= 2 and abs(rate * left - 4) < 1e-6
