"""The output of a campaign: workbooks without formulas, documents in their layout, a calendar, published catalogues."""

import json
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from icalendar import Calendar
from python_calamine import CalamineWorkbook

from pipeline.analyzer import LegalContext
from pipeline.campaign import Campaign, Decisions, Scope, difference, propose, read_proposals
from pipeline.campaign.decisions import DECIDED, OPINION
from pipeline.campaign.lists import statistics, write_lists
from pipeline.campaign.publication import CATALOGUES, adopt, confirm, publish, undecided
from pipeline.campaign.shard_work import run_shard
from pipeline.campaign.shards import as_shards
from pipeline.campaign.snapshot import read_snapshot
from pipeline.errors import UsageError
from pipeline.review.output.workbooks import Sheet, read_table, write_workbook
from tests.campaign.material import campaign, write_documents
from tests.conftest import AS_OF


def finished(home: Path, source: Path, *, name: str = "清理", scope: Scope | None = None) -> Campaign:
    """A campaign whose shards were run in this process, without a cluster."""
    made = campaign(home, source, name=name, per_shard=50, scope=scope)
    for shard in as_shards({**read_snapshot(made)}, made.shards, LegalContext(AS_OF), "0", again=False):
        run_shard(shard)
    propose(made)
    return made


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    folder = tmp_path_factory.mktemp("campaign")
    return finished(folder / "home", write_documents(folder / "in", 30))


def cells(path: Path, sheet: int = 0) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(sheet).to_python()


def test_every_document_has_a_proposal_with_its_proof(done: Campaign) -> None:
    rows = read_proposals(done)
    assert [row.id for row in rows] == list(range(1, 31))
    lapsed = [row for row in rows if row.made and row.made.year < 2021]
    assert lapsed and all(row.outcome == "lapse" and row.cleanup.indicators[0].id == "CL-01" for row in lapsed)
    assert all("有效期5年" in proof["text"] and proof["path"] == "第四条" for row in lapsed for proof in row.proof[:1])


def test_documents_out_of_scope_are_left_out_with_the_reason(tmp_path: Path) -> None:
    scope = Scope(before=date(2020, 1, 1), issuers=("临溪县",))
    made = finished(tmp_path / "home", write_documents(tmp_path / "in", 14), scope=scope)
    rows = read_proposals(made)
    late = [row for row in rows if row.made and row.made >= date(2020, 1, 1)]
    assert late and all("不早于清理截止日" in row.left_out for row in late)
    assert all(not row.left_out for row in rows if row not in late)


def test_there_is_an_overview_and_a_list_for_each_issuer(done: Campaign, tmp_path: Path) -> None:
    write_lists(done, read_proposals(done), tmp_path)
    overview = CalamineWorkbook.from_path(str(tmp_path / "清理建议总表.xlsx"))
    assert overview.sheet_names[:4] == ["总表", "统计", "不列入", "按责任单位"]
    assert len(overview.get_sheet_by_index(0).to_python()) == 32
    listed = cells(tmp_path / "责任单位清单" / "临溪县人民政府.xlsx")
    assert "请填写“单位意见”" in str(listed[0][0]) and len(listed) == 32
    paper = Document(str(tmp_path / "责任单位清单" / "临溪县人民政府.docx"))
    assert paper.sections[0].page_width > paper.sections[0].page_height and len(paper.tables[0].rows) == 31


def test_a_document_counts_once_for_an_indicator_that_it_meets_twice(done: Campaign) -> None:
    rows = read_proposals(done)
    twice = [replace(row, cleanup=replace(row.cleanup, indicators=row.cleanup.indicators * 2)) for row in rows]
    one, two = (next(sheet for sheet in statistics(found, {}) if sheet.name == "按指标") for found in (rows, twice))
    assert one.rows and one.rows == two.rows


def test_the_calendar_has_the_last_day_and_the_start_of_evaluation(done: Campaign, tmp_path: Path) -> None:
    write_lists(done, read_proposals(done), tmp_path)
    events = list(Calendar.from_ical((tmp_path / "到期日历.ics").read_bytes()).walk("VEVENT"))
    ends = [event for event in events if "届满：" in event["summary"]]
    assert ends and len(events) == 2 * len(ends)
    assert all(event["dtstart"].dt >= AS_OF for event in ends)


def test_no_cell_becomes_a_formula_and_no_text_breaks_a_file(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    rows = (('=HYPERLINK("http://x")', "+1", "@x", "-1", "a\x0bb" * 3),)
    write_workbook(path, [Sheet("表", "题", ("一", "二", "三", "四", "五"), rows)])
    with zipfile.ZipFile(path) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
    assert cells(path)[2][0] == rows[0][0]


def test_a_returned_list_is_read_and_a_wrong_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text("请填写\n编号,单位意见,单位理由\n3,修改,机构已变\n", encoding="utf-8-sig")
    assert read_table(path, ("编号", "单位意见")) == [{"编号": "3", "单位意见": "修改", "单位理由": "机构已变"}]
    with pytest.raises(UsageError, match="没有找到表头"):
        read_table(path, ("序号",))
    with pytest.raises(UsageError, match="无法读取"):
        read_table(tmp_path / "没有.xlsx", ("编号",))


def test_publication_requires_decisions_and_writes_a_manifest(tmp_path: Path) -> None:
    made = finished(tmp_path / "home", write_documents(tmp_path / "in", 12))
    rows = read_proposals(made)
    with pytest.raises(UsageError, match="还有12件没有决定"):
        publish(made, rows, tmp_path / "out")
    decisions = Decisions.of(made)
    decisions.record(rows[0], OPINION, "修改", reason="需要更新", by="临溪县水利局")
    assert len(undecided(made, rows)) == 12  # an opinion is not a decision
    decisions.record(rows[0], DECIDED, "继续有效", reason="仍需执行", by="张三")
    assert adopt(made, rows, "李四") == 11
    confirm(made, rows[:1], reason="正在办理延期", by="李四")
    files = publish(made, rows, tmp_path / "out")
    assert len(files) == 2 * len(CATALOGUES) + 2
    kept = cells(tmp_path / "out" / "继续有效的规范性文件目录.xlsx")
    assert kept[2][1] == rows[0].title  # a person's decision overrides the proposal
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["files"]) == len(files)
    with pytest.raises(UsageError, match="已经公布"):
        publish(made, rows, tmp_path / "out")


def test_a_decision_needs_a_name(done: Campaign) -> None:
    with pytest.raises(UsageError, match="是谁的意见"):
        Decisions.of(done).record(read_proposals(done)[0], DECIDED, "废止", reason="", by=" ")


def test_the_next_campaign_carries_over_what_did_not_change(tmp_path: Path) -> None:
    source = write_documents(tmp_path / "in", 8)
    first = finished(tmp_path / "home", source, name="一")
    before = read_proposals(first)
    for row in before:
        Decisions.of(first).record(row, DECIDED, row.outcome, reason="同意", by="张三")
    (source / "003.txt").unlink()
    (source / "004.txt").write_text(
        (source / "004.txt").read_text(encoding="utf-8") + "\n（此件公开发布）", encoding="utf-8"
    )
    second = finished(tmp_path / "home", source, name="二")
    after = read_proposals(second)
    assert Decisions.of(second).carry_over(Decisions.of(first), before, after) == 6
    assert {change.what for change in difference(before, after)} == {"不再出现", "文字改动"}
