"""The office's own list completes what could not be read from the files, and replaces nothing that was."""

import csv
from datetime import date
from pathlib import Path

import pytest

from pipeline.campaign import Campaign, Decisions, propose, read_proposals
from pipeline.campaign.decisions import DECIDED
from pipeline.campaign.ledger import keep_ledger, kept_ledger, others, read_ledger
from pipeline.campaign.lists import write_lists
from pipeline.campaign.publication import adopt, publish
from pipeline.errors import StorageError, UsageError
from tests.campaign.material import write_documents
from tests.campaign.test_lists import cells, finished
from tests.cli.test_campaign_commands import qinggui

BARE = "各乡镇人民政府、县直各单位应当于每月五日前报送台账。\n个人不得损毁设施。\n"


def listed(path: Path, header: tuple[str, ...], *rows: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([("本单位文件目录",), header, *rows])
    return path


@pytest.fixture
def made(tmp_path: Path) -> Campaign:
    source = write_documents(tmp_path / "in", 2)
    (source / "关于报送台账的通知.txt").write_text(BARE, encoding="utf-8")
    (source / "扫描件07.txt").write_text(BARE.replace("五日", "七日"), encoding="utf-8")
    return finished(tmp_path / "home", source, name="甲")


@pytest.mark.parametrize("header", [
    ("序号", "文件名称", "文号", "制定机关", "成文日期", "文件"), ("序号", "题名", "发文字号", "发文单位", "印发日期", "文件名"),
    ("", "标题", "文件编号", "责任单位", "制定日期", "路径"),
])  # fmt: skip
def test_the_columns_of_offices_are_known(tmp_path: Path, header: tuple[str, ...]) -> None:
    row = ("1", "关于夜市的通知", "临政发〔2024〕3号", "临溪县商务局、临溪县公安局", "2024年3月1日", "文件/夜市.docx")
    (entry,) = read_ledger(listed(tmp_path / "目录.csv", header, row, ("", "", "", "", "", "")))
    assert (entry.title, entry.number, entry.issuers) == (row[1], row[2], ("临溪县商务局", "临溪县公安局"))
    assert (entry.made, entry.file, entry.line) == (date(2024, 3, 1), row[5], 3)


def test_a_ledger_without_titles_and_days_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有找到题名一列"):
        read_ledger(listed(tmp_path / "一.csv", ("文号",), ("临政发〔2024〕3号",)))
    with pytest.raises(UsageError, match="第4行的日期“去年”"):
        read_ledger(
            listed(tmp_path / "二.csv", ("题名", "日期", "成文日期"), ("甲", "", "2024.3.1"), ("乙", "", "去年"))
        )


def test_documents_are_completed_by_file_or_title_and_nothing_that_was_read_is_replaced(
    made: Campaign, tmp_path: Path
) -> None:
    before = read_proposals(made)
    bare = [row for row in before if not row.title or not row.issuers]
    assert len(bare) == 2
    for row in before:
        Decisions.of(made).record(row, DECIDED, row.outcome, reason="", by="张三")
    header = ("文件名称", "文号", "制定机关", "成文日期", "文件")
    rows = (
        ("关于报送台账的通知", "临政办〔2024〕5号", "临溪县人民政府办公室", "2024-05-06", ""),
        ("关于设施管理的通知", "临政办〔2024〕7号", "临溪县人民政府办公室", "2024-07-08", "扫描件07.txt"),
        ("错误的题名", "临政发〔2012〕1号", "别的机关", "1999-01-01", "000.txt"),
    )
    keep_ledger(made, read_ledger(listed(tmp_path / "目录.csv", header, *rows)))
    propose(made)
    after = {Path(row.name).name: row for row in read_proposals(made)}
    assert after["扫描件07.txt"].title == "关于设施管理的通知" and after["扫描件07.txt"].made == date(2024, 7, 8)
    assert after["关于报送台账的通知.txt"].issuers == ("临溪县人民政府办公室",)
    assert after["000.txt"].title != "错误的题名" and after["000.txt"].made == before[0].made
    assert {row.key for row in after.values()} == {row.key for row in before}  # their decisions stay theirs
    assert len(Decisions.of(made).final()) == 4


def test_what_is_missing_is_listed_and_nothing_untitled_is_published(made: Campaign, tmp_path: Path) -> None:
    rows = read_proposals(made)
    write_lists(made, rows, tmp_path / "lists")
    book = next(
        at for at in range(12) if "要素没有读出" in str(cells(tmp_path / "lists" / "清理建议总表.xlsx", at)[0][0])
    )
    table = cells(tmp_path / "lists" / "清理建议总表.xlsx", book)
    untitled = [row for row in rows if row.is_concerned and not row.title]
    assert len(table) == 2 + sum(row.is_concerned and bool(row.missing) for row in rows)
    if untitled:
        adopt(made, rows, "张三")
        with pytest.raises(UsageError, match="没有题名"):
            publish(made, rows, tmp_path / "out")


def test_a_second_ledger_adds_to_the_first(made: Campaign, tmp_path: Path) -> None:
    first = read_ledger(listed(tmp_path / "一.csv", ("题名", "文件"), ("甲", "a.txt"), ("乙", "b.txt")))
    second = read_ledger(listed(tmp_path / "二.csv", ("题名", "文件"), ("甲二", "a.txt")))
    keep_ledger(made, (*second, *others(first, second)))
    assert [entry.title for entry in kept_ledger(made)] == ["甲二", "乙"]
    (made.folder / "ledger.json").write_text("[", encoding="utf-8")
    with pytest.raises(StorageError, match="再次补入台账"):
        kept_ledger(made)


def test_the_command_says_how_many_documents_were_completed(made: Campaign, tmp_path: Path) -> None:
    header = ("文件名称", "文号", "制定机关", "成文日期")
    row = ("关于报送台账的通知", "临政办〔2024〕5号", "临溪县人民政府办公室", "2024-05-06")
    done = qinggui(tmp_path / "home", "index", "甲", str(listed(tmp_path / "目录.csv", header, row)))
    assert "已补入台账1行" in done.stdout and "减为1件" in done.stdout, done
