"""Decisions of a campaign are recorded: in the audit of the queue, or in a chained file; changes afterwards are found."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.campaign import Campaign, Decisions, read_proposals
from pipeline.campaign.decisions import DECIDED
from pipeline.review.audit.campaigns import check_campaigns, unrecorded
from pipeline.review.audit.file_chain import breaks
from pipeline.review.connection import connect
from tests.campaign.material import write_documents
from tests.campaign.test_lists import finished
from tests.conftest import ROOT


@pytest.fixture
def done(tmp_path: Path) -> Campaign:
    connect("pipeline.web.settings")
    return finished(tmp_path / "home", write_documents(tmp_path / "in", 6))


def decide(campaign: Campaign, *rows: int, reason: str = "同意") -> None:
    for row in read_proposals(campaign):
        if row.id in rows:
            Decisions.of(campaign).record(row, DECIDED, "废止", reason=reason, by="张三")


def faults(campaign: Campaign) -> list[str]:
    return [fault for fault in check_campaigns(campaign.folder.parents[1]) if fault]


def test_without_a_queue_decisions_have_a_chain_of_their_own(done: Campaign) -> None:
    decide(done, 1, 2, 3)
    chain = done.folder / "audit.jsonl"
    told = [json.loads(line)["detail"] for line in chain.read_text(encoding="utf-8").splitlines()]
    assert len(told) == 4 and "此前0条" in told[0] and "复核决定废止" in told[1] and "（张三）同意" in told[1]
    assert faults(done) == [] and not unrecorded(done.folder.parents[1])


def change(campaign: Campaign, how: str) -> None:
    """Changes the decisions as somebody with an editor would."""
    file = campaign.folder / "decisions.jsonl"
    first, second, *others = file.read_text(encoding="utf-8").splitlines(keepends=True)
    lines = {
        "changed": [first.replace("repeal", "keep"), second, *others],
        "removed": [first, *others],
        "added": [first, second, *others, first.replace("张三", "李四")],
        "moved": [second, first, *others],
    }[how]
    file.write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("changed", "被删除或者改动"),
        ("removed", "被删除或者改动"),
        ("added", "第4条决定没有审计记录"),
        ("moved", "次序"),
    ],
)
def test_a_decision_that_was_touched_afterwards_is_found(done: Campaign, how: str, told: str) -> None:
    decide(done, 1, 2, 3)
    change(done, how)
    assert any(told in fault for fault in faults(done)), faults(done)


def test_the_chain_itself_tells_what_was_changed_or_removed_in_it(done: Campaign) -> None:
    decide(done, 1, 2, 3)
    chain = done.folder / "audit.jsonl"
    lines = chain.read_text(encoding="utf-8").splitlines(keepends=True)
    chain.write_text("".join((lines[0], lines[1], lines[3])), encoding="utf-8")
    assert any("不衔接" in fault for fault in faults(done))
    chain.write_text("".join((lines[0], lines[1].replace("张三", "李四"), *lines[2:])), encoding="utf-8")
    assert any("内容被改动" in fault for fault in faults(done))


def test_decisions_of_earlier_versions_are_kept_as_they_were_when_the_chain_began(done: Campaign) -> None:
    decide(done, 1, 2)
    (done.folder / "audit.jsonl").unlink()
    assert unrecorded(done.folder.parents[1]) == ["清理"] and faults(done) == []
    decide(done, 3)
    assert faults(done) == []
    change(done, "changed")
    assert any("前2条与开始入链时不一致" in fault for fault in faults(done))


def test_a_torn_line_in_the_chain_swallows_nothing_that_follows(done: Campaign) -> None:
    decide(done, 1)
    chain = done.folder / "audit.jsonl"
    chain.write_bytes(chain.read_bytes() + b'{"number": 3, "at"')
    decide(done, 2, reason="长" * 9000)
    decide(done, 3)
    assert list(breaks(chain)) == [f"{chain}第3行不完整"]


def test_with_a_queue_decisions_stand_in_its_audit(tmp_path: Path) -> None:
    home = tmp_path / "home"
    campaign = finished(home, write_documents(tmp_path / "in", 6))
    decide(campaign, 1)
    settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {"QINGGUI_HOME": str(home)}

    def qinggui(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pipeline", *words]
        return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True)

    assert qinggui("queue").returncode == 0
    done = qinggui(
        "campaign",
        "decide",
        "清理",
        "--item",
        "2",
        "--item",
        "3",
        "--outcome",
        "修改",
        "--reason",
        "机构已变",
        "--by",
        "李四",
    )
    assert done.returncode == 0, done.stderr
    assert len((home / "campaigns/清理/audit.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    intact = qinggui("audit", "verify")
    assert intact.returncode == 0 and "审计记录3条" in intact.stdout, intact.stdout + intact.stderr
    change(campaign, "removed")
    broken = qinggui("audit", "verify")
    assert broken.returncode == 5 and "被删除或者改动" in broken.stderr, broken.stderr
