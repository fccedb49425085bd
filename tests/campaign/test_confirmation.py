"""Opinions of units and decisions against what a document says are weighed by people before anything is published."""

from datetime import date
from pathlib import Path

import pytest

from pipeline.campaign import Campaign, Decisions, Row, folder, read_proposals
from pipeline.campaign.decisions import DECIDED, OPINION
from pipeline.campaign.publication import adopt, adopt_opinions, confirm, disagreeing, publish, unconfirmed
from pipeline.campaign.sunsets import upcoming
from pipeline.errors import UsageError
from tests.campaign.material import write_documents
from tests.campaign.test_lists import finished


@pytest.fixture
def made(tmp_path: Path) -> Campaign:
    return finished(tmp_path / "home", write_documents(tmp_path / "in", 12), name="甲")


def lapsed(rows: list[Row]) -> Row:
    return next(row for row in rows if row.outcome == "lapse")


def test_adopting_the_proposals_leaves_what_units_see_otherwise(made: Campaign, tmp_path: Path) -> None:
    rows, decisions = read_proposals(made), Decisions.of(made)
    decisions.record(rows[0], OPINION, "修改", reason="需要更新", by="水利局")
    decisions.record(rows[1], OPINION, rows[1].outcome, reason="", by="水利局")
    assert [row.id for row, _ in disagreeing(made, rows)] == [rows[0].id]
    assert adopt(made, rows, "李四") == len(rows) - 1
    with pytest.raises(UsageError, match="1件单位意见与建议不同（编号1）"):
        publish(made, rows, tmp_path / "out")
    assert adopt_opinions(made, rows, "李四") == 1
    assert decisions.final()[rows[0].key].reason == "采纳水利局的意见：需要更新"


def test_an_opinion_without_a_reason_is_not_adopted_against_the_proposal(made: Campaign) -> None:
    rows, decisions = read_proposals(made), Decisions.of(made)
    decisions.record(lapsed(rows), OPINION, "继续有效", reason=" ", by="水利局")
    with pytest.raises(UsageError, match="没有理由"):
        adopt_opinions(made, rows, "李四")
    assert not decisions.final()


def test_an_expired_document_goes_on_only_if_a_second_person_says_so(made: Campaign, tmp_path: Path) -> None:
    rows, decisions = read_proposals(made), Decisions.of(made)
    row = lapsed(rows)
    decisions.record(row, DECIDED, "继续有效", reason="仍需执行", by="张三")
    adopt(made, rows, "张三")
    assert [found[0].id for found in unconfirmed(made, rows)] == [row.id]
    with pytest.raises(UsageError, match="有效期届满，决定继续有效"):
        publish(made, rows, tmp_path / "out")
    with pytest.raises(UsageError, match="自己决定的"):
        confirm(made, [row], reason="属实", by="张三")
    with pytest.raises(UsageError, match="没有写明理由"):
        confirm(made, [row], reason=" ", by="李四")
    assert confirm(made, [row], reason="正在办理延期", by="李四") == 1
    assert publish(made, rows, tmp_path / "out")


def test_a_later_decision_needs_a_new_confirmation(made: Campaign) -> None:
    rows, decisions = read_proposals(made), Decisions.of(made)
    row = lapsed(rows)
    decisions.record(row, DECIDED, "继续有效", reason="仍需执行", by="张三")
    confirm(made, [row], reason="属实", by="李四")
    assert not unconfirmed(made, rows)
    decisions.record(row, DECIDED, "修改", reason="改一条", by="李四")
    assert [found[1].by for found in unconfirmed(made, rows)] == ["李四"]
    with pytest.raises(UsageError, match="没有需要确认的决定"):
        confirm(made, [rows[-1]], reason="属实", by="王五")


def test_documents_that_end_are_not_in_the_calendar(made: Campaign) -> None:
    rows, decisions = read_proposals(made), Decisions.of(made)
    ahead = upcoming(rows, date(2020, 1, 1), {})
    assert ahead and all(row.outcome not in ("repeal", "lapse") for row in ahead)
    decisions.record(ahead[0], DECIDED, "废止", reason="不再需要", by="张三")
    assert ahead[0] not in upcoming(rows, date(2020, 1, 1), decisions.final())


def test_decisions_and_opinions_follow_a_document_that_was_moved(tmp_path: Path) -> None:
    source = write_documents(tmp_path / "in", 3)
    (source / "无题.txt").write_text("请各单位遵照执行。\n2024年3月1日", encoding="utf-8")
    first = finished(tmp_path / "home", source, name="一")
    before = read_proposals(first)
    for row in before:
        Decisions.of(first).record(row, DECIDED, row.outcome, reason="同意", by="张三")
        Decisions.of(first).record(row, OPINION, row.outcome, reason="无异议", by="水利局")
    moved = tmp_path / "别处" / "深处"
    moved.parent.mkdir()
    source.rename(moved)
    second = finished(tmp_path / "home", moved, name="二")
    after = read_proposals(second)
    assert Decisions.of(second).carry_over(Decisions.of(first), before, after) == 2 * len(before)
    assert len(Decisions.of(second).final()) == len(Decisions.of(second).opinions()) == len(before)


def test_how_far_a_campaign_is_is_told_as_it_is(made: Campaign) -> None:
    assert made.how_far(0, 12) == folder.NOT_BEGUN
    made.request(folder.RUNNING)
    assert made.how_far(3, 12) == folder.INTERRUPTED
    with made.as_runner():
        assert made.how_far(3, 12) == folder.IN_WORK
        with pytest.raises(UsageError, match="正在运行"), made.as_runner():
            pass
    made.request(folder.PAUSED)
    assert made.how_far(3, 12) == folder.PAUSED and made.how_far(12, 12) == folder.DONE
    made.audit.unlink()
    assert made.how_far(12, 12) == folder.INTERRUPTED
    made.runner.write_text('{"host": "别的机器", "process": 1, "began": 0}', encoding="utf-8")
    assert not made.is_running()
