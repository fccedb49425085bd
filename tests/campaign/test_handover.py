"""Proposals become cleanup cases at the desk, and conclusions of reviewers become decisions of the campaign."""

from datetime import date
from pathlib import Path

import pytest

from corpora import papers
from pipeline.campaign import Decisions, folder, handover
from pipeline.campaign.proposals import Row, read_proposals
from pipeline.review.connection import connect
from pipeline.review.models import Conclusion, Item, Kind
from pipeline.review.queue.store import QueueWriter
from tests.cli.test_campaign_commands import qinggui


@pytest.fixture
def rows(tmp_path: Path) -> tuple[folder.Campaign, list[Row]]:
    source = tmp_path / "in"
    source.mkdir()
    (source / "油茶.txt").write_text("\n".join((*papers.SUBSIDY, "清理移交用。")), encoding="utf-8")
    (source / "养老.txt").write_text("\n".join((*papers.ELDERLY, "清理移交用。")), encoding="utf-8")
    qinggui(tmp_path, "new", "移交", str(source), "--as-of", "2026-11-22")
    qinggui(tmp_path, "run", "移交", "--workers", "1")
    campaign = folder.load(tmp_path, "移交")
    return campaign, read_proposals(campaign)


def test_proposals_become_cases_and_conclusions_become_decisions(rows: tuple[folder.Campaign, list[Row]]) -> None:
    campaign, proposals = rows
    home = connect("pipeline.web.settings")
    wanted = [row for row in proposals if row.is_concerned and row.outcome != "keep"]
    done = handover.to_desk(campaign, proposals, QueueWriter(home, "test"))
    assert (done.count, done.missing) == (len(wanted), ()) and wanted
    case = Item.objects.get(current__original=wanted[0].digest)
    assert case.kind == Kind.CLEANUP and "清理“移交”建议" in case.proposal and case.due > date.today()  # type: ignore[operator]
    decisions = Decisions.of(campaign)
    assert handover.from_desk(proposals, decisions) == 0
    Conclusion.objects.create(item=case, outcome="修改", reason="期限已过，仍需执行", reviewer="王某")
    assert handover.from_desk(proposals, decisions) == 1 and handover.from_desk(proposals, decisions) == 0
    decision = decisions.final()[wanted[0].key]
    assert (decision.outcome, decision.by, decision.reason) == ("amend", "王某", "期限已过，仍需执行")


def test_a_file_changed_after_the_snapshot_is_reported(rows: tuple[folder.Campaign, list[Row]]) -> None:
    campaign, proposals = rows
    changed = next(row for row in proposals if row.is_concerned and row.outcome != "keep")
    Path(changed.name).write_text("改过", encoding="utf-8")
    done = handover.to_desk(campaign, proposals, QueueWriter(connect("pipeline.web.settings"), "test"))
    assert done.missing == (changed.display_title,)


def test_catalogues_tell_the_days_that_people_corrected_at_the_desk(rows: tuple[folder.Campaign, list[Row]]) -> None:
    from pipeline.campaign.desk_days import with_desk_days
    from pipeline.review.models import Correction

    campaign, proposals = rows
    handover.to_desk(campaign, proposals, QueueWriter(connect("pipeline.web.settings"), "test"))
    row = next(row for row in proposals if row.is_concerned and row.outcome != "keep")
    case = Item.objects.get(current__original=row.digest)
    assert row.digest not in [one.row.digest for one in with_desk_days(proposals)[1]]
    Correction.objects.create(item=case, version=case.current, field="expires", machine="", value="2031-05-01", reviewer="王某")  # fmt: skip
    Correction.objects.create(item=case, version=case.current, field="effective", machine="", value="2026-05-02", reviewer="王某")  # fmt: skip
    Item.objects.filter(pk=case.pk).update(expires=date(2031, 5, 1))
    told, changed = with_desk_days(proposals)
    (one,) = [one for one in changed if one.row.digest == row.digest]
    assert (one.row.effective, one.row.expires) == (date(2026, 5, 2), date(2031, 5, 1)) and one.row in told
    assert "施行日期" in one.says and "→ 2031-05-01" in one.says
    case.corrections.all().delete()
