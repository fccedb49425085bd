"""The queue as tables: complete, documented, lossless, and rewritten only where something changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pandas")

from corpora import papers
from pipeline.analysis import frames
from pipeline.errors import UsageError
from pipeline.review.models import Decision, Item
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.conftest import ROOT

DOCUMENTS = {"a.txt": papers.FARMHOUSE, "b.txt": papers.WATER, "c.txt": papers.REPEAL, "d.txt": papers.ELDERLY}


@pytest.fixture
def writer(queue_home: Path) -> QueueWriter:
    queue_writer = QueueWriter(queue_home, "test")
    for name, lines in DOCUMENTS.items():
        data = "\n".join(lines).encode()
        queue_writer.put(examined(data, name), data, None)
    return queue_writer


def test_the_tables_hold_exactly_what_the_queue_holds(writer: QueueWriter, tmp_path: Path) -> None:
    assert frames.write(tmp_path / "out") == frames.Written(4, 1, 1)
    tables = frames.load(tmp_path / "out")
    assert list(tables.documents.item) == list(Item.objects.order_by("pk").values_list("pk", flat=True))
    for item in Item.objects.select_related("current"):
        assert item.current
        text = item.current.text
        for table in ("clauses", "findings", "tasks"):
            rows = tables.table(table).to_pandas()
            for row in rows[rows["item"] == item.pk].itertuples():
                assert row.text == text[row.start : row.end], table
        for table, expected in frames.rows_of(item).items():
            found = [row for row in tables.table(table).to_pylist() if row["item"] == item.pk]
            assert found == [{**row, **({"made": row["made"]} if "made" in row else {})} for row in expected], table
    assert tables.relations.kind.tolist().count("废止") >= 1 and len(tables.citations) > 3


def test_every_column_is_explained_and_key_columns_are_always_filled(writer: QueueWriter, tmp_path: Path) -> None:
    frames.write(tmp_path / "out")
    tables = frames.load(tmp_path / "out")
    assert all(meaning and name for _, name, _, meaning in frames.explained())
    validity = tables.validity.set_index("item")
    assert set(validity.index) == set(tables.documents.item)
    assert set(validity.state) == set(tables.documents.validity)
    limited = validity[validity.expires.notna()]
    assert ((limited.expires > limited.as_of) == (limited.left > 0)).all()
    always = {"documents": ("name", "digest", "title", "risk", "burden"), "findings": ("key", "type", "text", "rule")}
    for table, columns in always.items():
        assert tables.table(table).to_pandas()[list(columns)].notna().all().all()


def test_only_what_changed_is_written_again(
    writer: QueueWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "BLOCK", 2)
    out = tmp_path / "out"
    assert frames.write(out).fresh == 2
    assert frames.write(out).fresh == 0
    item = Item.objects.select_related("current").order_by("pk")[0]
    assert item.current
    finding = item.current.findings.filter(softened=False)[0]
    decided = {"item": item, "version": item.current, "finding_key": finding.key, "reviewer": "王某"}
    Decision.objects.create(verdict="成立", **decided)
    assert frames.write(out).fresh == 1
    tables = frames.load(out)
    assert tables.findings.set_index("key").verdict[finding.key] == "成立"
    assert tables.decisions.verdict.tolist() == ["成立"]


def test_duckdb_reads_it_in_one_line(writer: QueueWriter, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    frames.write(tmp_path / "out")
    found = duckdb.sql(f"select type, count(*) from '{tmp_path}/out/findings/*.parquet' group by 1").fetchall()
    assert dict(found).get("LIC-01", 0) >= 1


def test_the_burden_index_counts_what_it_says() -> None:
    index = frames.burden("经营者应当备案，不得拒绝，违者罚款。" + "甲" * 982)
    assert (index["duties"], index["consents"], index["bans"], index["penalties"], index["papers"]) == (1, 1, 1, 1, 0)
    assert index["characters"] == 1000 and index["burden"] == 4.0
    assert frames.burden("")["burden"] == 0.0


def test_folders_with_other_files_are_refused(writer: QueueWriter, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="别的文件"):
        frames.write(tmp_path)
    with pytest.raises(UsageError, match="没有数据表"):
        frames.load(tmp_path)


def test_the_command_writes_and_explains(tmp_path: Path) -> None:
    home = {**os.environ, "QINGGUI_HOME": str(tmp_path / "home")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeline", *words]
        return subprocess.run(command, cwd=ROOT, env=home, capture_output=True, text=True)

    run(
        "triage", "corpora/samples/02停车秩序规定.docx", "corpora/samples/01农家乐管理办法.txt", "--as-of", "2026-11-22"
    )
    assert "documents.burden" in run("frames", "--explain").stdout
    assert "已写出2件文件" in run("frames", str(tmp_path / "out")).stdout
    assert "没有写明文件夹" in run("frames").stderr
    found = json.loads(run("search", "罚款", "--json").stdout)
    assert found["count"] == len(found["items"]) >= 1 and "罚款" in found["items"][0]["around"]
    assert "农家乐" in run("search", "农家乐", "--heads").stdout + run("search", "农家乐", "--heads").stderr
