"""The queue as tables: complete, documented, lossless, and rewritten only where something changed."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("pandas")

import pandas as pd

from corpora import papers
from pipeline.analysis import blocks, frames
from pipeline.analysis.columns import TABLES, schema_of
from pipeline.analysis.lives import lives
from pipeline.analysis.resolution import Targets, targets_of
from pipeline.analysis.rows import rows_of
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
        for table, expected in rows_of(item).items():
            found = [row for row in tables.table(table).to_pylist() if row["item"] == item.pk]
            assert [{**row, "target_item": None} for row in found] == [
                {**row, "target_item": None} for row in expected
            ], table
    assert tables.relations.kind.tolist().count("废止") >= 1 and len(tables.citations) > 3


def test_the_place_stated_with_a_file_names_the_province_where_the_issuer_does_not(
    queue_home: Path, tmp_path: Path
) -> None:
    writer = QueueWriter(queue_home, "test")
    for name, issuer, place in (
        ("a.txt", "临溪县水利局", "湖南"),
        ("b.txt", "临溪县水利局", None),
        ("c.txt", "江苏省水利厅", "湖南"),
    ):
        data = f"{issuer}关于防汛值班的通知\n各单位：\n请做好值班。{name}\n{issuer}\n2025年3月6日".encode()
        writer.put(examined(data, name, place), data, place)
    frames.write(tmp_path / "out")
    documents = frames.load(tmp_path / "out").documents
    assert documents.province.fillna("").tolist() == ["湖南省", "", "江苏省"]
    assert documents.district.fillna("").tolist() == ["临溪县", "临溪县", ""]


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


def test_folders_with_other_files_are_refused(writer: QueueWriter, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="别的文件"):
        frames.write(tmp_path)
    with pytest.raises(UsageError, match="没有数据表"):
        frames.load(tmp_path)


def test_a_file_is_refused_as_folder(writer: QueueWriter, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="是一个文件"):
        frames.write(tmp_path / "mine.txt")


def test_an_empty_queue_gives_empty_tables(queue_home: Path, tmp_path: Path) -> None:
    assert frames.write(tmp_path / "out") == frames.Written(0, 0, 0)
    tables = frames.load(tmp_path / "out")
    assert all(tables.table(name).num_rows == 0 and tables.table(name).schema == schema_of(name) for name in TABLES)


@pytest.mark.parametrize("harm", ["missing", "torn"])
def test_a_damaged_block_is_named_and_written_anew(writer: QueueWriter, tmp_path: Path, harm: str) -> None:
    out = tmp_path / "out"
    frames.write(out)
    whole = frames.load(out).table("documents")
    (file,) = (out / "documents").iterdir()
    if harm == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(UsageError, match=r"数据表documents已损坏或者不完整.*请再次运行 qinggui frames"):
        frames.load(out).documents  # noqa: B018
    assert frames.write(out).fresh == 1
    assert frames.load(out).table("documents").equals(whole)


def test_what_a_killed_process_left_is_not_read(writer: QueueWriter, tmp_path: Path) -> None:
    out = tmp_path / "out"
    frames.write(out)
    (file,) = (out / "documents").iterdir()
    file.with_name(f"{file.name}.tmp").write_bytes(b"PAR1")
    assert len(frames.load(out).documents) == 4


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


def test_missing_texts_are_missing_in_every_table_and_days_are_days(writer: QueueWriter, tmp_path: Path) -> None:
    frames.write(tmp_path / "out")
    tables = frames.load(tmp_path / "out")
    for table in TABLES:
        assert not any(value == "" for row in tables.table(table).to_pylist() for value in row.values()), table
    assert str(tables.documents.made.dtype).startswith("datetime64") and tables.documents.made.dt.year.max() > 2000


def test_alarms_are_the_same_in_all_tables(writer: QueueWriter, tmp_path: Path) -> None:
    frames.write(tmp_path / "out")
    tables = frames.load(tmp_path / "out")
    counted = tables.findings.groupby("item").alarm.sum()
    for row in tables.documents.itertuples():
        assert row.alarms == counted.get(row.item, 0)
    raised = tables.findings[tables.findings.alarm]
    assert set(raised.severity) <= {"严重", "高"} and not raised.softened.any() and raised.group.notna().all()
    assert set(tables.findings[tables.findings.type == "LIC-01"].group) == {"许可"}


def test_documents_stand_by_level_place_and_year(writer: QueueWriter, tmp_path: Path) -> None:
    frames.write(tmp_path / "out")
    row = frames.load(tmp_path / "out").documents.set_index("name").loc["a.txt"]
    assert (row.level, row.province, row.district, row.year_source) == ("县", "湖南省", "临溪县", "成文")
    assert row.year == row.made.year and row.norm_level == "规范性文件"


PAPERS = {
    "old.txt": ("临溪县人民政府关于印发《采砂船只管理办法》的通知", "临政发〔2015〕3号", "各乡镇人民政府：", "采砂船只应当停泊在指定地点。",
                "本办法自2015年3月1日起施行。", "临溪县人民政府", "2015年2月1日"),
    "bare.txt": ("临溪县人民政府关于夜市经营的通告", "夜市经营应当遵守作息时间。", "临溪县人民政府", "2017年4月1日"),
    "end.txt": ("临溪县人民政府关于废止《采砂船只管理办法》等文件的决定", "临政发〔2021〕8号", "各乡镇人民政府：", "经研究，决定废止下列文件：",
                "一、《采砂船只管理办法》（临政发〔2015〕3号）", "二、《临溪县人民政府关于夜市经营的通告》", "本决定自2021年7月1日起施行。", "临溪县人民政府", "2021年6月1日"),
}  # fmt: skip


def test_a_relation_names_the_item_that_it_means_with_or_without_number(queue_home: Path, tmp_path: Path) -> None:
    queue_writer = QueueWriter(queue_home, "test")
    for name, lines in PAPERS.items():
        data = "\n".join(lines).encode()
        queue_writer.put(examined(data, name), data, None)
    frames.write(tmp_path / "out")
    tables = frames.load(tmp_path / "out")
    items = tables.documents.set_index("name")["item"]
    repeals = tables.relations[tables.relations.kind == "废止"]
    assert set(repeals.target_item.dropna().astype(int)) == {items["old.txt"], items["bare.txt"]}
    lived = lives(tables, date(2026, 11, 22)).set_index("item")
    assert list(lived.how[[items["old.txt"], items["bare.txt"]]]) == ["废止", "废止"]
    assert (
        lived.end[items["old.txt"]] == pd.Timestamp(2021, 6, 30)
        and "临政发〔2021〕8号" in lived.basis[items["old.txt"]]
    )
    assert frames.write(tmp_path / "out").fresh == 0


LISTED = {
    "sand.txt": ("临溪县人民政府关于印发采砂船只管理办法的通知", "临政发〔2015〕3号", "各乡镇人民政府：", "采砂船只应当停泊在指定地点。", "临溪县人民政府", "2015年2月1日"),
    "list.txt": ("临溪县人民政府关于公布行政规范性文件清理结果的通知", "临政发〔2022〕6号", "各乡镇人民政府：", "现将宣布失效的规范性文件目录予以公布。", "临溪县人民政府",
                 "2022年6月1日", "附件", "宣布失效的规范性文件目录", "1.临溪县人民政府关于印发采砂船只管理办法的通知（临政发〔2015〕3号）",
                 "2.临溪县人民政府关于加强禁牧工作的通告（临政发〔2016〕4号）"),
}  # fmt: skip


def test_what_a_catalogue_declares_lapsed_is_a_relation_and_ends_a_life(queue_home: Path, tmp_path: Path) -> None:
    queue_writer = QueueWriter(queue_home, "test")
    for name, lines in LISTED.items():
        data = "\n".join(lines).encode()
        queue_writer.put(examined(data, name), data, None)
    frames.write(tmp_path / "out")
    tables = frames.load(tmp_path / "out")
    items = tables.documents.set_index("name")["item"]
    lapsed = tables.relations[(tables.relations.kind == "失效") & tables.relations.target_item.notna()]
    assert list(lapsed.target_item.astype(int)) == [items["sand.txt"]] and list(lapsed.number) == ["临政发〔2015〕3号"]
    lived = lives(tables, date(2026, 11, 22)).set_index("item").loc[items["sand.txt"]]
    assert (lived.how, lived.end) == ("失效", pd.Timestamp(2022, 5, 31))


def test_several_processes_write_the_same_tables_as_one(
    writer: QueueWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "BLOCK", 2)
    monkeypatch.setattr(blocks, "_FEWEST_BLOCKS", 2)
    alone, together = tmp_path / "alone", tmp_path / "together"
    assert frames.write(alone) == frames.write(together, processes=2)
    for file in sorted(alone.rglob("*.parquet")):
        assert file.read_bytes() == (together / file.relative_to(alone)).read_bytes(), file


def test_a_title_that_a_document_uses_for_itself_means_no_other_item(writer: QueueWriter) -> None:
    documents = [
        {"item": at, "title": f"关于印发《共享单车停放办法》的{kind}", "issuer": "临溪县", "made": date(2020, 1, 2)}
        for at, kind in enumerate(("通知", "公告"), 1)
    ]
    named = {"item": 2, "title": "共享单车停放办法", "number": None}
    assert Targets(documents).first({**named, "target": "他件"}) == 1
    targets = Targets(documents)
    assert [targets.first({**named, "target": target}) for target in ("本件", "他件", None)] == [None, None, None]
    assert targets_of(documents, [named, {**named, "item": 1}]) == [(1,), (2,)]


def test_the_year_of_a_document_is_not_one_that_has_not_come() -> None:
    from pipeline.analysis.rows import _year

    assert _year(None, None, None, "") == (None, None)
    assert _year(None, None, date(2026, 1, 1), "") == (2026, "施行")
    assert _year(date(2026, 11, 1), None, date(2026, 12, 1), "") == (2026, "成文")


def test_a_draft_and_a_paper_not_yet_in_force_have_no_year_of_commencement(writer: QueueWriter, tmp_path: Path) -> None:
    from pipeline.analysis.rows import rows_of

    for title in ("临溪县渡船管理办法（送审稿）", "临溪县渡船管理办法"):
        text = "\n".join((title, "第一条 为了加强渡船管理，制定本办法。", "第二条 本办法自2999年1月1日起施行。"))
        item = Item.objects.get(pk=writer.put(examined(text.encode(), f"{title}.txt"), text.encode(), None).item)
        (row,) = rows_of(item)["documents"]
        assert (row["year"], row["year_source"]) == (None, None)
