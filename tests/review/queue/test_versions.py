"""A version is proposed, never assumed: by title, number and issuer, not by the name of a file; a person chooses, and there is a way back."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.accounts import add_user
from pipeline.review.connection import connect
from pipeline.review.decisions import workflow
from pipeline.review.decisions.raising import Ground, raise_finding
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import AuditEntry, Export, Item, Job, Notice, Paper, Release, Status
from pipeline.review.queue import comparison, rivals, versions
from pipeline.review.queue.store import Outcome, QueueWriter, StoredItem
from pipeline.review.search.index import forget_body, with_words
from tests.builders import examined

FIRST = """临溪县教育局关于规范校外托管机构管理的通知
临教发〔2026〕{number}号
各乡镇中心学校：
一、托管机构应当经县教育局批准后方可招收学生。
二、未经批准开展托管的，处五千元以上一万元以下罚款。
三、各学校应当加强安全教育。
本通知自2026年9月1日起施行。
临溪县教育局
2026年8月1日"""
SECOND = FIRST.replace("经县教育局批准后方可招收学生", "依法登记，并向县教育局报送名单").replace("三、各", "三、各中小")


@pytest.fixture
def reviewer() -> User:
    connect("pipeline.web.settings")
    found = User.objects.filter(username="banben").first()
    return found or add_user("banben", "ceshi-mima-2026", "审查员", full_name="版本员")


@pytest.fixture
def number(request: pytest.FixtureRequest) -> int:
    """A document number of its own for each test, since the queue is shared."""
    return 100 + sum(map(ord, request.node.name)) % 9000


def put(name: str, text: str) -> StoredItem:
    home = connect("pipeline.web.settings")
    return QueueWriter(home, "test").put(examined(text.encode(), name), text.encode(), None, separate=True)


@pytest.fixture
def pair(number: int, reviewer: User) -> Iterator[tuple[Item, Item]]:
    """An item and a changed file of the same title, number and issuer under another name."""
    first, second = put("甲/送审稿.txt", FIRST.format(number=number)), put("乙/定稿.txt", SECOND.format(number=number))
    assert second.outcome is Outcome.PROPOSED
    yield Item.objects.get(pk=first.item or 0), Item.objects.get(pk=second.item or 0)


def test_the_name_of_a_file_alone_means_nothing(number: int) -> None:
    education = put("科室/送审稿.txt", FIRST.format(number=number))
    water = (
        FIRST.format(number=number)
        .replace("教育局", "水利局")
        .replace("临教发", "临水发")
        .replace("校外托管机构", "河道采砂")
    )
    other = put("科室/送审稿.txt", water)
    assert other.outcome is Outcome.NEW and other.item != education.item
    assert Item.objects.get(pk=education.item or 0).versions.count() == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [("校外托管机构", "校外培训机构"), ("〔2026〕", "〔2025〕"), ("临溪县教育局", "临川县教育局")],
    ids=["title", "number", "issuer"],
)
def test_another_title_number_or_issuer_is_another_item(number: int, old: str, new: str) -> None:
    put("送审稿.txt", FIRST.format(number=number))
    assert put("送审稿.txt", FIRST.format(number=number).replace(old, new)).outcome is Outcome.NEW


@pytest.mark.parametrize(
    "stage",
    [
        "（征求意见稿）",
        "（送审稿）",
        "（草案）",
        "（公开征求意见稿）",
        "（修订草案送审稿）",
        "（草案修改稿）",
        "(报批稿)",
        "（第二次征求意见稿）",
    ],
)
def test_the_stage_of_a_draft_is_no_part_of_its_title(stage: str) -> None:
    title = "临溪县户外广告管理办法"
    assert rivals.title_key(f"{title}{stage}") == rivals.title_key(title)
    assert rivals.title_key(f"{title}（试行）") != rivals.title_key(title)


def test_both_stay_in_the_queue_until_a_person_has_chosen(pair: tuple[Item, Item]) -> None:
    first, second = pair
    assert second.rival == first and f"编号{first.pk}" in second.rival_reason
    first.refresh_from_db()
    assert (first.marks, second.marks) == ("有新版本", "版本待定")
    assert first.versions.count() == 1 and second.current is not None


def test_taking_up_a_version_keeps_the_old_one_and_its_decisions(pair: tuple[Item, Item], reviewer: User) -> None:
    first, second = pair
    key = workflow.open_alarms(first)[0].key
    workflow.decide(first, key, Statement("成立", "没有依据"), reviewer)
    kept = versions.take_up(second, reviewer, "")
    assert kept.pk == first.pk and not Item.objects.filter(pk=second.pk).exists()
    assert [version.sequence for version in kept.versions.order_by("sequence")] == [1, 2]
    assert kept.current is not None and "报送名单" in kept.current.text and kept.marks == ""
    old = kept.versions.get(sequence=1)
    assert "批准后方可" in old.text and kept.decisions.get().version == old


def test_a_finished_case_is_opened_again_only_with_a_reason_and_those_who_decided_are_told(
    pair: tuple[Item, Item], reviewer: User
) -> None:
    first, second = pair
    for alarm in workflow.open_alarms(first):
        workflow.decide(first, alarm.key, Statement("成立", "没有依据"), reviewer)
    Item.objects.filter(pk=first.pk).update(status=Status.DONE, reviewed_by=reviewer.username)
    other = User.objects.filter(username="banben2").first() or add_user("banben2", "ceshi-mima-2026", "主审")
    with pytest.raises(UsageError, match="重新审查"):
        versions.take_up(second, other, "")
    kept = versions.take_up(second, other, "制定机关按意见修改")
    assert (kept.status, kept.reviewed_by) == (Status.PENDING, "")
    assert Notice.objects.filter(user=reviewer, item=kept, words__contains="制定机关按意见修改").exists()
    assert AuditEntry.objects.filter(what="接收新版本", item=kept.pk).exists()


def test_items_that_were_worked_on_are_not_merged_away(pair: tuple[Item, Item], reviewer: User) -> None:
    first, second = pair
    workflow.decide(second, workflow.open_alarms(second)[0].key, Statement("成立", "没有依据"), reviewer)
    with pytest.raises(UsageError, match=f"编号{second.pk}已经有人作过决定、核对或者更正"):
        versions.take_up(second, reviewer, "")
    job = Job.objects.create(by=reviewer, name="扫描件.pdf", original_id=second.current and second.current.original_id)
    paper = Paper.objects.create(job=job, position=0, name="扫描件.pdf", item=second, message="可能是新版本")
    versions.keep_separate(second, reviewer)
    paper.refresh_from_db()
    assert paper.message == "新增"
    job.delete()
    second.refresh_from_db()
    assert second.rival is None and second.marks == "" and Item.objects.get(pk=first.pk).marks == ""


def test_the_way_back_makes_the_version_an_item_of_its_own(pair: tuple[Item, Item], reviewer: User) -> None:
    first, second = pair
    kept = versions.take_up(second, reviewer, "")
    workflow.decide(kept, workflow.open_alarms(kept)[0].key, Statement("不成立", "新版已改"), reviewer)
    with pytest.raises(UsageError, match="理由"):
        versions.split_off(kept, reviewer, " ")
    separate = versions.split_off(kept, reviewer, "收错了")
    kept = Item.objects.get(pk=first.pk)
    assert kept.current is not None and "批准后方可" in kept.current.text and kept.decisions.count() == 0
    assert separate.current is not None and "报送名单" in separate.current.text and separate.decisions.count() == 1


def test_a_finding_that_a_person_raised_goes_on_at_the_same_words(pair: tuple[Item, Item], reviewer: User) -> None:
    first, second = pair
    assert first.current is not None
    for words in ("加强安全教育", "批准后方可招收学生"):
        at = first.current.text.index(words)
        ground = Ground("RGT-01", "减损权益", "中", "", "请说明")
        raise_finding(first, Span(at, at + len(words)), ground, [], reviewer)
    kept = versions.take_up(second, reviewer, "")
    assert kept.current is not None
    (raised,) = kept.current.findings.exclude(raised_by="")
    assert kept.current.text[raised.start : raised.end] == "加强安全教育" == raised.content["text"]


def test_a_correction_is_not_carried_to_a_version_that_states_something_else(number: int, reviewer: User) -> None:
    first = Item.objects.get(pk=put("a.txt", FIRST.format(number=number)).item or 0)
    workflow.correct(first, "number", f"临教发〔2026〕{number + 20000}号", reviewer)
    newer = SECOND.format(number=number + 20000)
    second = Item.objects.get(pk=put("b.txt", newer).item or 0)
    assert second.rival_id == first.pk
    kept = versions.take_up(second, reviewer, "")
    assert kept.number == f"临教发〔2026〕{number + 20000}号"


def test_the_comparison_tells_paragraphs_words_and_findings(pair: tuple[Item, Item]) -> None:
    first, second = pair
    assert first.current and second.current
    found = comparison.compare(first.current, second.current)
    assert (found.changed, found.added, found.removed) == (2, 0, 0)
    changed = next(row for row in found.rows if row.kind == "修改")
    assert (
        "".join(words.text for words in changed.words if words.change != "+")
        == "一、托管机构应当经县教育局批准后方可招收学生。"
    )
    assert (
        "".join(words.text for words in changed.words if words.change != "-")
        == "一、托管机构应当依法登记，并向县教育局报送名单。"
    )
    assert any("许可" in finding.content["name"] for finding in found.went)
    assert any("罚款" in finding.content["text"] for finding in found.stayed)


def test_the_same_bytes_of_an_older_version_change_nothing(
    pair: tuple[Item, Item], reviewer: User, number: int
) -> None:
    _, second = pair
    kept = versions.take_up(second, reviewer, "")
    assert put("甲/送审稿.txt", FIRST.format(number=number)).outcome is Outcome.UNCHANGED
    assert kept.versions.count() == 2


def test_an_item_that_is_proposed_for_another_one_leaves_no_mark_on_the_former(
    pair: tuple[Item, Item], reviewer: User, number: int
) -> None:
    first, second = pair
    other = Item.objects.get(pk=put("丙.txt", FIRST.format(number=number).replace("托管", "书店")).item or 0)
    versions.propose(second, other.pk, reviewer)
    assert Item.objects.get(pk=first.pk).marks == "" and Item.objects.get(pk=other.pk).marks == "有新版本"


def test_an_item_without_text_is_not_taken_up(pair: tuple[Item, Item], reviewer: User) -> None:
    first, _ = pair
    scan = Item.objects.create(name="扫描.pdf", status=Status.WAITING, rival=first)
    with pytest.raises(UsageError, match="还没有读出内容"):
        versions.take_up(scan, reviewer, "")
    assert Item.objects.get(pk=first.pk).current_id == first.current_id
    scan.delete()


def test_a_review_that_was_sent_goes_with_the_version_it_was_about(pair: tuple[Item, Item], reviewer: User) -> None:
    first, second = pair
    kept = versions.take_up(second, reviewer, "")
    opinion = Export.objects.create(digest="b" * 64, name="意见.docx", form="filing", by="x", at=timezone.now())
    Release.objects.create(
        item=kept, version=kept.current, outcome="自行修改", opinion=opinion, reviewer="x", account="x"
    )
    separate = versions.split_off(kept, reviewer, "收错了")
    assert separate.releases.count() == 1 and not Item.objects.get(pk=first.pk).releases.exists()
    assert (separate.marks, Item.objects.get(pk=first.pk).marks) == ("已送达", "")


def test_the_text_of_a_version_is_in_the_index_once_however_often_it_changes_its_item(
    pair: tuple[Item, Item], reviewer: User
) -> None:
    first, second = pair

    def found(words: str) -> set[int]:
        both = Item.objects.filter(pk__in=(first.pk, Item.objects.latest("pk").pk))
        return set(with_words(both, f"正文:{words}", whole=True).values_list("pk", flat=True))

    kept = versions.take_up(second, reviewer, "")
    assert (found("报送名单"), found("批准后方可")) == ({first.pk}, set())
    separate = versions.split_off(kept, reviewer, "收错了")
    assert (found("报送名单"), found("批准后方可")) == ({separate.pk}, {first.pk})
    assert separate.current is not None
    forget_body(separate.current.pk, separate.current.text)
    assert found("报送名单") == set()
