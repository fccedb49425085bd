"""Proposals become cleanup cases at the desk, and conclusions of finished cases become decisions of the campaign."""

import shutil
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from corpora import papers
from pipeline.campaign import Decisions, folder, handover
from pipeline.campaign.decisions import DECIDED, entry
from pipeline.campaign.desk_days import with_desk_days
from pipeline.campaign.proposals import Row, read_proposals
from pipeline.cli import campaign_decisions
from pipeline.review.connection import connect
from pipeline.review.decisions import checklists, history, workflow
from pipeline.review.models import AuditEntry, Conclusion, Correction, Item, Kind, Status
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.cli.test_campaign_commands import qinggui
from tests.review.reviewed import erase
from tests.web.conftest import client, people
from tests.web.test_api import call

__all__ = ["people"]


class Cleanup:
    """A campaign over two papers in a folder of its own, and the desk beside it."""

    def __init__(self, home: Path, name: str = "移交") -> None:
        self.source = home / "in"
        if not self.source.exists():
            self.source.mkdir()
            for title, paper in (("油茶", papers.SUBSIDY), ("养老", papers.ELDERLY)):
                (self.source / f"{title}.txt").write_text("\n".join((*paper, f"清理移交用{home.name}。")), "utf-8")
        qinggui(home, "new", name, str(self.source), "--as-of", "2026-11-22")
        qinggui(home, "run", name, "--workers", "1")
        self.campaign = folder.load(home, name)
        self.rows = read_proposals(self.campaign)
        self.wanted = [row for row in self.rows if row.is_concerned and row.outcome != "keep"]
        self.desk = QueueWriter(connect("pipeline.web.settings"), "test")

    def again(self, name: str) -> "Cleanup":
        """Another campaign with the same proposals."""
        found = copy(self)
        found.campaign = replace(self.campaign, name=name, folder=self.campaign.folder.with_name(name))
        shutil.copytree(self.campaign.folder, found.campaign.folder)
        return found

    @property
    def row(self) -> Row:
        return self.wanted[0]

    def to_desk(self) -> handover.HandedOver:
        return handover.to_desk(self.campaign, self.rows, self.desk)

    def from_desk(self) -> handover.Collected:
        return handover.from_desk(self.campaign, self.rows)

    def put(self) -> Item:
        """The paper in the queue as `qinggui triage` puts it there."""
        data = Path(self.row.name).read_bytes()
        stored = self.desk.put(examined(data, self.row.name), data, None)
        return Item.objects.get(pk=stored.item)

    def cases(self) -> list[Item]:
        return list(Item.objects.filter(current__original=self.row.digest).order_by("pk"))

    def decision(self) -> tuple[str, str, str]:
        made = Decisions.of(self.campaign).final()[self.row.key]
        return made.outcome, made.by, made.reason


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Cleanup:
    return Cleanup(tmp_path_factory.mktemp("cleanup"))


@pytest.fixture
def cleanup(ran: Cleanup) -> Iterator[Cleanup]:
    """The campaign without decisions and without cases at the desk."""
    texts = {row.name: Path(row.name).read_bytes() for row in ran.rows}
    yield ran
    for name, text in texts.items():
        Path(name).write_bytes(text)
    for kept in ("decisions.jsonl", "audit.jsonl"):
        (ran.campaign.folder / kept).unlink(missing_ok=True)
    for row in ran.rows:
        for item in Item.objects.filter(versions__original=row.digest).distinct():
            erase(item.pk)


def concluded(item: Item, outcome: str, reason: str, reviewer: str = "王某", *, finished: bool = True) -> Item:
    """The item with a conclusion, finished or not."""
    Conclusion.objects.create(item=item, outcome=outcome, reason=reason, reviewer=reviewer, version=item.current)
    Item.objects.filter(pk=item.pk).update(status=Status.DONE if finished else Status.PENDING)
    return Item.objects.get(pk=item.pk)


def steps(item: Item) -> list[tuple[str, str, str]]:
    return [(made.who, made.what, made.words) for made in history.of(Item.objects.get(pk=item.pk))]


def test_proposals_become_cases_and_conclusions_become_decisions(cleanup: Cleanup) -> None:
    done = cleanup.to_desk()
    assert (done.count, done.missing, done.separate) == (len(cleanup.wanted), (), ()) and cleanup.wanted
    (case,) = cleanup.cases()
    assert case.kind == Kind.CLEANUP and "清理“移交”建议" in case.proposal and case.due > date.today()  # type: ignore[operator]
    assert steps(case) == [("命令行", "列入清理", f"清理“移交”，建议{case.proposal.split('建议')[1].split('：')[0]}")]
    assert cleanup.from_desk().count == 0
    concluded(case, "修改", "期限已过，仍需执行")
    assert cleanup.from_desk().count == 1 and cleanup.from_desk().count == 0
    assert cleanup.decision() == ("amend", "王某", "期限已过，仍需执行")
    made = Decisions.of(cleanup.campaign).final()[cleanup.row.key]
    assert made.source.startswith(f"审查台编号{case.pk}，20") and made.source.endswith("结论")
    told = AuditEntry.objects.filter(what="清理决定", detail__startswith="移交 ").order_by("-id").first()
    assert told is None or made.author in told.detail


def test_the_same_handover_twice_changes_and_records_nothing(cleanup: Cleanup) -> None:
    cleanup.to_desk()
    before = [(item.pk, item.proposal, item.due, item.updated) for item in cleanup.cases()]
    entries = AuditEntry.objects.count()
    assert cleanup.to_desk().count == len(cleanup.wanted)
    assert [(item.pk, item.proposal, item.due, item.updated) for item in cleanup.cases()] == before
    assert AuditEntry.objects.count() == entries


def test_a_file_changed_after_the_snapshot_is_reported(cleanup: Cleanup) -> None:
    Path(cleanup.row.name).write_text("改过", encoding="utf-8")
    assert cleanup.to_desk().missing == (cleanup.row.display_title,)


def test_a_paper_that_nobody_has_had_to_do_with_becomes_a_cleanup_and_the_record_says_so(cleanup: Cleanup) -> None:
    item = cleanup.put()
    assert item.kind == Kind.FILED
    cleanup.to_desk()
    (case,) = cleanup.cases()
    assert (case.pk, case.kind) == (item.pk, Kind.CLEANUP)
    told = [(what, words) for _, what, words in steps(case)]
    assert ("更正", "类别备案 → 清理（列入清理“移交”，此前没有人办理）") in told and told[0][0] == "列入清理"


def _claimed(item: Item, people: dict[str, User]) -> None:
    workflow.claim(item, people["审查员"])


def _claimed_and_given_back(item: Item, people: dict[str, User]) -> None:
    workflow.claim(item, people["审查员"])
    workflow.give_back(item, people["审查员"])


def _reclassified(item: Item, people: dict[str, User]) -> None:
    workflow.reclassify(item, Kind.OBJECTION, item.place, people["审查员"])


def _handed_in(item: Item, people: dict[str, User]) -> None:
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"])


def _answered(item: Item, people: dict[str, User]) -> None:
    point = checklists.points_of(item.kind)[0]
    checklists.answer(item, point.key, checklists.Given("不适用", "见说明"), people["审查员"])


def _objection_finished(item: Item, people: dict[str, User]) -> None:
    Item.objects.filter(pk=item.pk).update(kind=Kind.OBJECTION)
    concluded(item, "停止执行并责令纠正", "第一条违法", "乔某")


@pytest.mark.parametrize(
    "act", [_claimed, _claimed_and_given_back, _reclassified, _handed_in, _answered, _objection_finished]
)
def test_a_case_of_a_person_stays_what_it_is_and_the_cleanup_has_one_of_its_own(
    cleanup: Cleanup, people: dict[str, User], act: object
) -> None:
    item = cleanup.put()
    act(item, people)  # type: ignore[operator]
    fields = ("kind", "status", "due", "proposal", "owner_id", "assignee_id", "rival_id")
    before = [getattr(Item.objects.get(pk=item.pk), name) for name in fields]
    done = cleanup.to_desk()
    old, case = cleanup.cases()
    assert [getattr(old, name) for name in fields] == before and old.pk == item.pk
    assert (case.kind, case.status, case.owner, case.rival) == (Kind.CLEANUP, "待审", None, None)
    assert (
        f"编号{case.pk}《{cleanup.row.display_title}》：同一文件已有编号{old.pk}（{old.kind}，{old.status}）"
        in done.separate
    )
    assert ("列入清理", f"清理“移交”为同一文件另立编号{case.pk}；本件的类别和办理不变") in [
        row[1:] for row in steps(old)
    ]
    assert f"同一文件已有编号{old.pk}（{old.kind}，{old.status}），各自办理" in steps(case)[0][2]
    browser = client(people, "审查员")
    for one, other in ((old, case), (case, old)):
        page = browser.get(f"/items/{one.pk}/").content.decode()
        assert "同一文件另有一件" in page and f'href="/items/{other.pk}/">编号{other.pk}' in page
        assert call(people["审查员"], "get", f"/items/{one.pk}").json()["same_file"] == [
            {"id": other.pk, "kind": other.kind, "status": other.status}
        ]
    assert cleanup.to_desk().separate == () and len(cleanup.cases()) == 2


def test_a_conclusion_of_another_kind_is_no_draft_of_a_cleanup(cleanup: Cleanup, people: dict[str, User]) -> None:
    item = cleanup.put()
    _objection_finished(item, people)
    cleanup.to_desk()
    collected = cleanup.from_desk()
    assert (collected.count, collected.left_out) == (0, []) and len(collected.unfinished) == 1
    assert "停止执行" not in "".join(collected.unfinished)


def test_only_finished_conclusions_are_taken_and_a_later_one_replaces_the_earlier(
    cleanup: Cleanup, capsys: pytest.CaptureFixture[str]
) -> None:
    cleanup.to_desk()
    (case,) = cleanup.cases()
    concluded(case, "继续有效", "暂拟", "乔某", finished=False)
    collected = cleanup.from_desk()
    assert collected.count == 0 and Decisions.of(cleanup.campaign).final() == {}
    assert collected.unfinished == [f"编号{case.pk}《{case.title}》（清理）：待审，拟结论继续有效"]
    concluded(case, "继续有效", "仍在执行", "乔某")
    assert cleanup.from_desk().count == 1 and cleanup.decision() == ("keep", "乔某", "仍在执行")
    concluded(case, "废止", "已有新规定", "王某", finished=False)
    collected = cleanup.from_desk()
    assert collected.count == 0 and "以前收回的“继续有效”没有改动" in collected.unfinished[0]
    concluded(case, "废止", "已有新规定", "王某")
    campaign_decisions._take_conclusions(cleanup.campaign, cleanup.rows)
    told = capsys.readouterr().out
    day = f"审查台编号{case.pk}，{date.today():%Y-%m-%d}"
    assert "已收回审查台的结论1件" in told and "以后来的结论代替以前收回的1件" in told
    assert f"继续有效（乔某（{day}" in told and f"→ 废止（王某（{day}" in told
    assert cleanup.decision() == ("repeal", "王某", "已有新规定")
    assert cleanup.from_desk().replaced == []


def test_a_decision_that_somebody_made_otherwise_stays_and_the_conflict_is_told(cleanup: Cleanup) -> None:
    cleanup.to_desk()
    (case,) = cleanup.cases()
    decisions = Decisions.of(cleanup.campaign)
    decisions.record(cleanup.row, DECIDED, "keep", reason="县政府常务会议定", by="李某")
    concluded(case, "废止", "已有新规定")
    collected = cleanup.from_desk()
    assert collected.count == 0 and cleanup.decision() == ("keep", "李某", "县政府常务会议定")
    (told,) = collected.conflicts
    assert "李某复核决定“继续有效”" in told and "王某（审查台编号" in told and told.endswith("是“废止”")


def test_a_decision_of_an_earlier_version_that_came_from_the_desk_is_known_as_such(cleanup: Cleanup) -> None:
    """Before 0.14.0 the line of a decision did not say where it came from."""
    cleanup.to_desk()
    (case,) = cleanup.cases()
    concluded(case, "继续有效", "暂拟", "乔某")
    old = entry(cleanup.row, DECIDED, "继续有效", reason="暂拟", by="乔某")
    Decisions.of(cleanup.campaign).record_all([replace(old, at="2026-10-01T01:00:00+00:00")])
    assert (cleanup.from_desk().count, cleanup.from_desk().conflicts) == (0, [])
    concluded(case, "修改", "期限已过")
    collected = cleanup.from_desk()
    assert collected.count == 1 and "继续有效（乔某） → 修改（王某（审查台" in collected.replaced[0]


@pytest.mark.parametrize("broken", ["kind", "outcome"])
def test_a_case_that_is_no_cleanup_is_named_and_stops_nothing_else(cleanup: Cleanup, broken: str) -> None:
    cleanup.to_desk()
    first = cleanup.cases()[0]
    other = Item.objects.get(current__original=cleanup.wanted[-1].digest) if len(cleanup.wanted) > 1 else None
    concluded(first, "停止执行并责令纠正", "违法")
    if broken == "kind":
        Item.objects.filter(pk=first.pk).update(kind=Kind.OBJECTION)
    if other is not None:
        concluded(other, "废止", "已有新规定")
    collected = cleanup.from_desk()
    assert collected.count == (1 if other is not None else 0)
    (told,) = collected.left_out
    assert told.startswith(f"编号{first.pk}《") and told.endswith(
        "不是清理案件" if broken == "kind" else "的结论“停止执行并责令纠正”不是清理结论"
    )


def test_a_second_campaign_shares_an_open_case_and_leaves_a_finished_one(cleanup: Cleanup) -> None:
    cleanup.to_desk()
    second = cleanup.again("再次")
    second.to_desk()
    (case,) = cleanup.cases()
    assert case.proposal.count("\n") == 1 and "清理“移交”" in case.proposal and "清理“再次”" in case.proposal
    concluded(case, "废止", "已有新规定")
    assert (cleanup.from_desk().count, second.from_desk().count) == (1, 1)
    third = cleanup.again("三次")
    done = third.to_desk()
    finished, own = cleanup.cases()
    assert finished.proposal == case.proposal and own.proposal.startswith("清理“三次”建议") and len(done.separate) == 1
    assert third.from_desk().count == 0


def test_catalogues_tell_the_days_that_people_corrected_at_the_desk(cleanup: Cleanup) -> None:
    cleanup.to_desk()
    (case,), row = cleanup.cases(), cleanup.row
    assert row.digest not in [one.row.digest for one in with_desk_days(cleanup.rows)[1]]
    for field, value in (("expires", "2031-05-01"), ("effective", "2026-05-02")):
        Correction.objects.create(
            item=case, version=case.current, field=field, machine="", value=value, reviewer="王某"
        )
    Item.objects.filter(pk=case.pk).update(expires=date(2031, 5, 1))
    told, changed = with_desk_days(cleanup.rows)
    (one,) = [one for one in changed if one.row.digest == row.digest]
    assert (one.row.effective, one.row.expires) == (date(2026, 5, 2), date(2031, 5, 1)) and one.row in told
    assert "施行日期" in one.says and "→ 2031-05-01" in one.says
    case.corrections.all().delete()


def test_a_decision_that_never_came_from_the_desk_is_not_said_to_have_come_from_it(cleanup: Cleanup) -> None:
    cleanup.to_desk()
    Decisions.of(cleanup.campaign).record(cleanup.row, DECIDED, "amend", reason="会议定", by="李某")
    (told,) = cleanup.from_desk().unfinished
    assert "以前收回" not in told and "李某" in told and "“修改”没有改动" in told
