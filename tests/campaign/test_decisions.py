"""Decisions survive torn and odd lines, and `decide` says what was recorded."""

from pathlib import Path

import pytest

from pipeline.campaign import Campaign, Decisions, folder, read_proposals
from pipeline.campaign.decisions import DECIDED
from pipeline.campaign.publication import adopt, publish
from pipeline.errors import StorageError, UsageError
from tests.campaign.material import write_documents
from tests.campaign.test_lists import finished
from tests.cli.test_campaign_commands import qinggui


@pytest.fixture
def made(tmp_path: Path) -> Campaign:
    return finished(tmp_path / "home", write_documents(tmp_path / "in", 4), name="甲")


def test_every_reason_comes_back(made: Campaign) -> None:
    decisions, rows = Decisions.of(made), read_proposals(made)
    reasons = ("一\u2028二", "一\x85二", "一\n二", '"\\')
    for row, reason in zip(rows, reasons, strict=True):
        decisions.record(row, DECIDED, "keep", reason=reason, by="张三")
    assert [entry.reason for entry in decisions] == list(reasons)


@pytest.mark.parametrize("line", [
    '{"key": "a"}', '{"key": "a", "digest": "", "kind": "复核决定", "outcome": "没有", "reason": "", "by": "", "at": ""}',
    '{"key": 1, "digest": "", "kind": "复核决定", "outcome": "keep", "reason": "", "by": "", "at": ""}', "null", "[]",
])  # fmt: skip
def test_a_line_in_the_middle_that_is_no_decision_stops_publication_only(made: Campaign, line: str) -> None:
    decisions, rows = Decisions.of(made), read_proposals(made)
    decisions.record(rows[0], DECIDED, "keep", reason="", by="张三")
    with decisions.file.open("a", encoding="utf-8") as file:
        file.write(line + "\n" + decisions.file.read_text(encoding="utf-8"))
    assert len(decisions.final()) == 1 and decisions.faults()[0].number == 2
    assert adopt(made, rows, "张三") == 3
    with pytest.raises(UsageError, match="第2行"):
        publish(made, rows, made.folder / "published")


def test_commands_name_a_torn_line_and_set_it_aside(made: Campaign, tmp_path: Path) -> None:
    decisions = Decisions.of(made)
    decisions.file.write_text('{"key": "没写', encoding="utf-8")
    done = qinggui(
        tmp_path / "home", "decide", "甲", "--item", "1", "--outcome", "修改", "--reason", "机构已变", "--by", "张三"
    )
    assert done.returncode == 0 and "已决定1件" in done.stdout
    told = done.stderr.replace("\n", "")
    assert "decisions.jsonl" in told and "第1行" in told and "Traceback" not in told
    assert decisions.journal.rejected.exists() and len(list(decisions)) == 1
    assert qinggui(tmp_path / "home", "status", "甲").stderr == ""


def test_decide_does_not_say_done_where_nothing_was_recorded(made: Campaign, tmp_path: Path) -> None:
    Decisions.of(made).file.mkdir()  # as unwritable as a full disk, for root too
    done = qinggui(
        tmp_path / "home", "decide", "甲", "--item", "1", "--outcome", "修改", "--reason", "机构已变", "--by", "张三"
    )
    assert done.returncode == 5 and "已决定" not in done.stdout and "Traceback" not in done.stderr


def test_a_list_with_a_wrong_line_is_recorded_not_at_all(made: Campaign, tmp_path: Path) -> None:
    listed = tmp_path / "清单.csv"
    first, second = (row.title for row in read_proposals(made)[:2])
    head = "编号,文件名称,单位意见,单位理由\n"
    listed.write_text(f"{head}1,{first},修改,分\u2028行\n2,{second},乱写,\n", encoding="utf-8")
    refused = qinggui(tmp_path / "home", "decide", "甲", str(listed), "--by", "水利局")
    assert refused.returncode == 2 and "编号2" in refused.stderr.replace("\n", "") and not list(Decisions.of(made))
    listed.write_text(f'{head}1,{first},修改,"分\u2028行\n第二行"\n2,{second},废止,\n', encoding="utf-8")
    assert "已记录2条" in qinggui(tmp_path / "home", "decide", "甲", str(listed), "--by", "水利局").stdout
    assert [entry.reason for entry in Decisions.of(made)] == ["分\u2028行\n第二行", ""]


def test_damaged_tables_and_settings_are_named_with_the_way_out(made: Campaign, tmp_path: Path) -> None:
    made.proposals.write_bytes(made.proposals.read_bytes()[:100])
    with pytest.raises(StorageError, match="campaign run 甲"):
        read_proposals(made)
    made.control.write_bytes(b"")
    assert made.state() == folder.RUNNING
    (made.folder / "campaign.json").write_text('{"name"', encoding="utf-8")
    with pytest.raises(UsageError, match="备份"):
        folder.load(tmp_path / "home", "甲")
    assert not list(folder.all_campaigns(tmp_path / "home"))
