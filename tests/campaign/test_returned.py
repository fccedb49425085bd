"""A list that came back is checked row by row, shown before it is recorded, and recorded whole and once."""

import csv
import zipfile
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pipeline.campaign import Campaign, Decisions, Row, read_proposals
from pipeline.campaign.lists import write_lists
from pipeline.campaign.returned import decision_on, read_returned
from pipeline.errors import UsageError
from pipeline.review.output.workbooks import Sheet, lines_of, write_workbook
from tests.campaign.material import write_documents
from tests.campaign.test_lists import finished
from tests.cli.test_campaign_commands import qinggui

HEADER = ("编号", "文件名称", "责任单位", "单位意见", "单位理由")


@pytest.fixture
def made(tmp_path: Path) -> Campaign:
    return finished(tmp_path / "home", write_documents(tmp_path / "in", 4), name="甲")


def listed(path: Path, *rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def cells_of(row: Row, opinion: str, reason: str = "仍需执行", **other: str) -> tuple[str, ...]:
    return (other.get("number", str(row.id)), other.get("title", row.title), other.get("unit", row.issuers[0]), opinion, reason)  # fmt: skip


def test_an_opinion_is_recorded_once_however_often_the_list_comes(made: Campaign, tmp_path: Path) -> None:
    rows, decisions = read_proposals(made), Decisions.of(made)
    file = listed(tmp_path / "水利局.csv", *(cells_of(row, "修改") for row in rows))
    assert decisions.record_all(read_returned(file, rows, decisions, "").entries) == 4
    again = read_returned(file, rows, decisions, "")
    assert again.entries == () and again.repeated == 4
    assert {opinion.by for opinion in decisions.opinions().values()} == {"水利局"}


def test_what_changes_is_told_from_and_to(made: Campaign, tmp_path: Path) -> None:
    rows, decisions = read_proposals(made), Decisions.of(made)
    first = listed(tmp_path / "一.csv", cells_of(rows[0], "修改"))
    decisions.record_all(read_returned(first, rows, decisions, "水利局").entries)
    second = listed(tmp_path / "二.csv", cells_of(rows[0], "废止", "改变了想法"))
    told = str(read_returned(second, rows, decisions, "水利局").changes[0])
    assert told.startswith(f"第2行 编号{rows[0].id} 单位意见：修改 → 废止") and rows[0].title in told


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"number": "99"}, "编号“99”不在本次清理中"),
        ({"number": "一"}, "编号“一”不在本次清理中"),
        ({"title": "另一件文件"}, "清单写的是《另一件文件》"),
        ({"title": ""}, "没有写文件名称"),
        ({"unit": "青岭县民政局"}, "清单写的是青岭县民政局"),
    ],
    ids=["unknown number", "number in words", "another title", "no title", "another issuer"],
)
def test_a_row_about_another_document_is_refused_with_its_line(
    made: Campaign, tmp_path: Path, cells: dict[str, str], says: str
) -> None:
    rows = read_proposals(made)
    file = listed(tmp_path / "单.csv", cells_of(rows[0], "修改"), cells_of(rows[1], "修改", **cells))
    with pytest.raises(UsageError, match="第3行") as refused:
        read_returned(file, rows, Decisions.of(made), "水利局")
    assert says in refused.value.message and "整份清单没有记录" in refused.value.message


def test_all_wrong_rows_are_named_at_once(made: Campaign, tmp_path: Path) -> None:
    rows = read_proposals(made)
    twice = cells_of(rows[0], "修改")
    file = listed(tmp_path / "单.csv", twice, twice, cells_of(rows[1], "也许"), cells_of(rows[2], "修改", number="77"))
    with pytest.raises(UsageError) as refused:
        read_returned(file, rows, Decisions.of(made), "水利局")
    for says in ("有3处不对", "第3行：编号1在第2行已经有了", "第4行", "不认识的清理结果“也许”", "第5行：编号“77”"):
        assert says in refused.value.message


@pytest.mark.parametrize("title", ["{0} ", "《{0}》", "{0}。"], ids=["blank", "marks", "full stop"])
def test_a_title_written_a_little_differently_is_the_same_title(made: Campaign, tmp_path: Path, title: str) -> None:
    rows = read_proposals(made)
    file = listed(tmp_path / "单.csv", cells_of(rows[0], "修改", title=title.format(rows[0].title)))
    assert len(read_returned(file, rows, Decisions.of(made), "水利局").entries) == 1


def test_rows_that_nobody_filled_in_are_not_looked_at(made: Campaign, tmp_path: Path) -> None:
    rows = read_proposals(made)
    file = listed(tmp_path / "单.csv", ("", "合计", "", "", ""), cells_of(rows[0], "", "", number="500"))
    assert read_returned(file, rows, Decisions.of(made), "水利局").entries == ()


def test_a_decision_other_than_the_proposal_needs_its_own_reason(made: Campaign) -> None:
    row = read_proposals(made)[0]
    proposed = "；".join(row.cleanup.reasons)
    other = "修改" if row.outcome != "amend" else "废止"
    for reason in ("", "  ", proposed):
        with pytest.raises(UsageError, match="没有写明自己的理由"):
            decision_on(row, other, reason, "张三")
    assert decision_on(row, row.outcome, "", "张三").reason == proposed
    assert decision_on(row, other, "机构已变", "张三").reason == "机构已变"


def test_the_list_that_is_written_is_read_back_and_offers_the_words(made: Campaign, tmp_path: Path) -> None:
    rows = read_proposals(made)
    write_lists(made, rows, tmp_path)
    path = tmp_path / "责任单位清单" / "临溪县人民政府.xlsx"
    with zipfile.ZipFile(path) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert '<formula1>"继续有效,修改,废止,宣布失效"</formula1>' in page and "盖章" in page and "签字" in page
    lines = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert (
        "基准日" in str(lines[0][0]) and lines[2][0] == 1.0 and isinstance(lines[2][3], date)
    )  # numbers and days as such
    texts = lines_of(path)
    texts[2][texts[1].index("单位意见")] = "修改"
    write_workbook(path, [Sheet("清单", texts[0][0], tuple(texts[1]), tuple(map(tuple, texts[2:])))])
    assert [made.outcome for made in read_returned(path, rows, Decisions.of(made), "").entries] == ["amend"]


def test_a_preview_records_nothing(made: Campaign, tmp_path: Path) -> None:
    rows = read_proposals(made)
    file = listed(tmp_path / "水利局.csv", cells_of(rows[0], "修改"))
    shown = qinggui(tmp_path / "home", "decide", "甲", str(file), "--preview").stdout
    assert "没有意见 → 修改" in shown and "仅预览" in shown and not list(Decisions.of(made))
    assert "已记录1条" in qinggui(tmp_path / "home", "decide", "甲", str(file)).stdout


def test_the_overview_with_decisions_is_read_back(made: Campaign, tmp_path: Path) -> None:
    rows = read_proposals(made)
    write_lists(made, rows, tmp_path, "总表")
    assert not (tmp_path / "到期日历.ics").exists()
    lines = CalamineWorkbook.from_path(str(tmp_path / "清理建议总表.xlsx")).get_sheet_by_index(0).to_python()
    header = [str(name) for name in lines[1]]
    line = [str(cell) for cell in lines[2]]
    line[0] = "1"
    line[header.index("决定")], line[header.index("决定理由")] = "修改", "收费已取消"
    file = listed(tmp_path / "总表.csv", tuple(line), header=tuple(header))
    (recorded,) = read_returned(file, rows, Decisions.of(made), "张三").entries
    assert (recorded.outcome, recorded.reason, recorded.by) == ("amend", "收费已取消", "张三")
