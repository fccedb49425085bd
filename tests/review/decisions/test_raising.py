"""Findings that people raise and change: what may be raised, where it shows, what a new analysis does to it."""

import dataclasses
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User

from corpora import papers
from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.connection import connect
from pipeline.review.decisions import agreement, workflow
from pipeline.review.decisions.finding_types import bases_of, name_of
from pipeline.review.decisions.raising import Change, Ground, bases_from, change_finding, raise_finding, take_back
from pipeline.review.models import Amendment, AuditEntry, Finding, Item, Status
from pipeline.review.queue import versions
from pipeline.review.queue.findings import key_of, plain
from pipeline.review.queue.store import Outcome, QueueWriter
from tests.builders import examined
from tests.review.reviewed import conclude, decide_alarms

DAY = date(2026, 11, 22)
WORDS = "免费提供培训"
GROUND = Ground("RGT-01", name_of("RGT-01"), "高", "", "增加了培训义务", "请删去")


def span_of(item: Item, words: str = WORDS) -> Span:
    assert item.current is not None
    start = item.current.text.index(words)
    return Span(start, start + len(words))


def raised(item: Item, user: User, ground: Ground = GROUND, words: str = WORDS) -> Finding:
    made = raise_finding(item, span_of(item, words), ground, bases_from(ground.kind, ground.basis, DAY), user)
    item.refresh_from_db()
    return made


def again(item: Item, engine: str, *dropped: str) -> Item:
    """The item after another engine has read the same file, whose findings are not of the types `dropped`."""
    data = "\n".join(papers.FARMHOUSE).encode()
    read = examined(data, "农家乐.txt")
    left = tuple(finding for finding in read.assessment.findings if finding.type not in dropped)
    read = dataclasses.replace(read, assessment=dataclasses.replace(read.assessment, findings=left))
    entry = QueueWriter(connect("pipeline.web.settings"), engine).put(read, data, None)
    assert entry.outcome is Outcome.REFRESHED and entry.item == item.pk
    return Item.objects.get(pk=item.pk)


def next_version(item: Item, user: User, *changes: tuple[str, str]) -> Item:
    """The item after a changed text of it was taken up."""
    text = "\n".join(papers.FARMHOUSE)
    for old, new in changes:
        text = text.replace(old, new)
    home = connect("pipeline.web.settings")
    entry = QueueWriter(home, "test").put(examined(text.encode(), "改.txt"), text.encode(), None, separate=True)
    newcomer = Item.objects.get(pk=entry.item or 0)
    versions.propose(newcomer, item.pk, user)
    return versions.take_up(newcomer, user, "修改")


@pytest.fixture
def reviewer(people: dict[str, User]) -> User:
    return people["审查员"]


@pytest.fixture
def softened(item: Item) -> Iterator[Finding]:
    """A hit that the program does not raise."""
    found = workflow.open_alarms(item)[0]
    Finding.objects.filter(pk=found.pk).update(softened=True)
    yield Finding.objects.get(pk=found.pk)


def test_a_raised_finding_knows_its_clause_its_words_and_its_person(item: Item, reviewer: User) -> None:
    made = raised(item, reviewer)
    assert (made.content["path"], made.content["text"], made.raised_by) == ("第六条", WORDS, "wang先生")
    assert made.key == key_of("RGT-01", "第六条", WORDS) and made.raised_account == "wang"
    assert AuditEntry.objects.filter(what="提出发现", item=item.pk, detail__contains=WORDS).exists()


def test_a_raised_alarm_counts_as_an_alarm_of_its_group(item: Item, reviewer: User) -> None:
    before = item.alarms
    assert "RGT" not in item.groups
    raised(item, reviewer)
    assert item.alarms == before + 1 and "RGT" in item.groups.split()


def test_a_raised_finding_of_middle_severity_is_no_alarm(item: Item, reviewer: User) -> None:
    before = item.alarms
    raised(item, reviewer, dataclasses.replace(GROUND, severity="中"))
    assert item.alarms == before and "RGT-01" not in [found.type for found in workflow.open_alarms(item)]


def test_who_raises_a_finding_says_that_it_holds(item: Item, reviewer: User) -> None:
    made = raised(item, reviewer)
    decision = workflow.decisions_of(item)[made.key]
    assert (decision.verdict, decision.comment, decision.account) == ("成立", GROUND.reason, "wang")


def test_a_conclusion_is_drawn_again_after_a_finding_was_raised(item: Item, reviewer: User) -> None:
    decide_alarms(item, reviewer)
    conclude(item, reviewer)
    raised(item, reviewer)
    with pytest.raises(UsageError, match="发现是否成立有了改变"):
        workflow.finish(item, reviewer)


def test_a_case_of_low_risk_is_read_twice_once_a_person_raised_an_alarm(item: Item, reviewer: User) -> None:
    Item.objects.filter(pk=item.pk).update(risk=5)
    item.refresh_from_db()
    assert not workflow.needs_second_reader(item)
    raised(item, reviewer)
    assert workflow.needs_second_reader(item)


def test_raised_findings_do_not_count_in_the_share_of_the_program(item: Item, reviewer: User) -> None:
    before = agreement.with_machine()
    made = raised(item, reviewer)
    workflow.decide(item, made.key, workflow.Statement("成立"), reviewer)
    assert agreement.with_machine() == before


@pytest.mark.parametrize(
    ("ground", "told"),
    [
        (dataclasses.replace(GROUND, kind="", name=""), "问题类型"),
        (dataclasses.replace(GROUND, severity=""), "严重程度"),
        (dataclasses.replace(GROUND, severity="特别严重"), "严重程度"),
        (dataclasses.replace(GROUND, reason="  "), "理由"),
    ],
    ids=["no type", "no severity", "unknown severity", "no reason"],
)
def test_what_is_not_said_whole_is_not_raised(item: Item, reviewer: User, ground: Ground, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        raise_finding(item, span_of(item), ground, [], reviewer)


def test_a_type_that_there_is_not_is_refused() -> None:
    with pytest.raises(UsageError, match="没有“XYZ-99”"):
        bases_from("XYZ-99", "", DAY)


@pytest.mark.parametrize(("start", "end"), [(5, 5), (9, 5), (10**7, 10**7 + 3)])
def test_a_span_without_words_is_refused(item: Item, reviewer: User, start: int, end: int) -> None:
    with pytest.raises(UsageError, match="没有选中文字"):
        raise_finding(item, Span(start, end), GROUND, [], reviewer)


def test_a_span_of_more_than_two_thousand_characters_is_refused(item: Item, reviewer: User) -> None:
    item.versions.update(text="长" * 3000)
    with pytest.raises(UsageError, match="太长"):
        raise_finding(item, Span(0, 2001), GROUND, [], reviewer)


def test_the_same_finding_is_not_raised_twice(item: Item, reviewer: User) -> None:
    raised(item, reviewer)
    with pytest.raises(UsageError, match="已有同一类型"):
        raised(item, reviewer)


def test_nothing_is_raised_in_a_finished_case(item: Item, people: dict[str, User]) -> None:
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    with pytest.raises(UsageError, match="已经办结"):
        raised(Item.objects.get(pk=item.pk), people["主审"])


def test_only_the_holder_of_a_case_and_those_above_raise_in_it(item: Item, people: dict[str, User]) -> None:
    other = User.objects.get_or_create(username="li")[0]
    Item.objects.filter(pk=item.pk).update(assignee=other)
    item.refresh_from_db()
    with pytest.raises(UsageError, match="由li承办"):
        raised(item, people["审查员"])
    assert raised(item, people["法律顾问"]).raised_by == "law先生"


def test_a_finding_without_a_named_basis_stands_on_those_of_its_type(item: Item, reviewer: User) -> None:
    made = raised(item, reviewer)
    assert made.content["bases"] == [plain(basis) for basis in bases_of("RGT-01", DAY)]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("《种子法》第十七条", [("种子法", "第十七条")]),
        ("《种子法》第 十七 条第二款", [("种子法", "第十七条第二款")]),
        ("《种子法》第十七条之一；《森林法》第八条", [("种子法", "第十七条之一"), ("森林法", "第八条")]),
        ("《种子法》第一条、《森林法》第二条", [("种子法", "第一条"), ("森林法", "第二条")]),
        ("根据《种子法》第一条和第三条的规定", [("种子法", "第一条和第三条")]),
        ("《种子法》第一条第（三）项", [("种子法", "第一条第（三）项")]),
        ("《国务院关于修改〈种子条例〉的决定》第二条", [("国务院关于修改〈种子条例〉的决定", "第二条")]),
        ("《省政府关于《种子办法》的批复》第二条", [("省政府关于《种子办法》的批复", "第二条")]),
        ("《种子法》", [("种子法", "")]),
    ],
)
def test_named_bases_are_read(words: str, named: list[tuple[str, str]]) -> None:
    assert [(basis["law"], basis["article"]) for basis in bases_from("RGT-01", words, DAY)] == named


@pytest.mark.parametrize(
    "words",
    ["没有依据", "种子法第十七条", "《》第一条", "《种子法第一条；《森林法》第二条", "《森林法》第二条；种子法第三条"],
)
def test_a_basis_that_cannot_be_read_is_refused_and_none_is_lost(words: str) -> None:
    with pytest.raises(UsageError, match="读不出依据"):
        bases_from("RGT-01", words, DAY)


@pytest.mark.parametrize("name", ["中华人民共和国行政许可法", "行政许可法"])
def test_a_basis_of_the_type_keeps_what_it_says_also_under_its_short_name(name: str) -> None:
    (basis,) = bases_from("LIC-01", f"《{name}》第十七条", DAY)
    assert basis["law"] == "中华人民共和国行政许可法" and basis["says"]


def test_a_finding_is_taken_back_by_its_author(item: Item, reviewer: User) -> None:
    before, made = item.alarms, raised(item, reviewer)
    take_back(item, made.key, reviewer)
    item.refresh_from_db()
    assert item.alarms == before and not Finding.objects.filter(pk=made.pk).exists()
    assert AuditEntry.objects.filter(what="收回发现", item=item.pk, detail__contains=WORDS).exists()


def test_a_finding_of_another_or_of_the_program_is_not_taken_back(item: Item, people: dict[str, User]) -> None:
    for key in (raised(item, people["审查员"]).key, workflow.open_alarms(item)[0].key):
        with pytest.raises(UsageError, match="不是您提出的"):
            take_back(item, key, people["主审"])


def test_a_finding_on_which_somebody_decided_is_not_taken_back(item: Item, people: dict[str, User]) -> None:
    made = raised(item, people["审查员"])
    workflow.decide(item, made.key, workflow.Statement("不成立", "有依据"), people["主审"])
    with pytest.raises(UsageError, match="不能收回"):
        take_back(item, made.key, people["审查员"])


CHANGES: list[dict[str, Any]] = [
    {"type": "RGT-01", "name": name_of("RGT-01")},
    {"severity": "低"},
    {"bases": [{"law": "种子法", "article": "第一条", "says": "", "confirmed": True}]},
]


@pytest.mark.parametrize("values", CHANGES, ids=["type", "severity", "basis"])
def test_a_change_keeps_what_the_program_said(item: Item, reviewer: User, values: dict[str, Any]) -> None:
    found = workflow.open_alarms(item)[0]
    said = {"type": found.type, "severity": found.severity, "bases": found.content["bases"]}
    change_finding(item, found.key, Change(values, "看法不同"), reviewer)
    changed = Finding.objects.get(pk=found.pk)
    now = {"type": changed.type, "severity": changed.severity, "bases": changed.content["bases"]}
    assert now == {**said, **{name: values[name] for name in said if name in values}}
    assert {name: changed.content["machine"][name] for name in said} == said
    assert (changed.content["amended_by"], changed.content["amended_because"]) == ("wang先生", "看法不同")


@pytest.mark.parametrize("values", CHANGES, ids=["type", "severity", "basis"])
def test_a_change_survives_a_new_analysis_and_a_new_version(item: Item, reviewer: User, values: dict[str, Any]) -> None:
    key = workflow.open_alarms(item)[0].key
    change_finding(item, key, Change(values, "看法不同"), reviewer)
    for now in (again(item, "另一版本"), next_version(item, reviewer, ("安全检查", "安全检查和消防检查"))):
        assert now.current is not None
        found = now.current.findings.get(key=key)
        kept = {"type": found.type, "severity": found.severity, **found.content}
        assert {name: kept[name] for name in values} == values and found.content["machine"]


def test_the_second_change_of_a_finding_keeps_the_first(item: Item, reviewer: User) -> None:
    found = workflow.open_alarms(item)[0]
    severity = found.severity
    change_finding(item, found.key, Change(CHANGES[2], "另有依据"), reviewer)
    change_finding(item, found.key, Change({"severity": "中"}, "影响不大"), reviewer)
    changed = Finding.objects.get(pk=found.pk)
    assert (changed.severity, changed.content["bases"]) == ("中", CHANGES[2]["bases"])
    assert changed.content["machine"]["severity"] == severity


def test_the_advice_of_the_former_type_does_not_stay_with_another_type(item: Item, reviewer: User) -> None:
    found = workflow.open_alarms(item)[0]
    assert found.content["advice"]
    change_finding(item, found.key, Change(CHANGES[0], "不是许可"), reviewer)
    assert Finding.objects.get(pk=found.pk).content["advice"] == ""


def test_a_change_needs_a_reason_and_something_to_change(item: Item, reviewer: User) -> None:
    found = workflow.open_alarms(item)[0]
    with pytest.raises(UsageError, match="没有写明理由"):
        change_finding(item, found.key, Change({"severity": "低"}, " "), reviewer)
    with pytest.raises(UsageError, match="没有改动"):
        change_finding(item, found.key, Change({"severity": found.severity}, "理由"), reviewer)
    assert not Amendment.objects.filter(item=item).exists()


def test_a_lowered_alarm_no_longer_counts(item: Item, reviewer: User) -> None:
    before = item.alarms
    change_finding(item, workflow.open_alarms(item)[0].key, Change({"severity": "低"}, "影响不大"), reviewer)
    item.refresh_from_db()
    assert item.alarms == before - 1


def test_a_hit_that_is_taken_up_is_an_alarm_and_has_to_be_decided(
    item: Item, reviewer: User, softened: Finding
) -> None:
    assert softened.key not in [found.key for found in workflow.open_alarms(item)]
    change_finding(item, softened.key, Change({"softened": False}, "语境不成立"), reviewer)
    assert softened.key in [found.key for found in workflow.open_alarms(item)]
    conclude(item, reviewer)
    with pytest.raises(UsageError, match="警示没有决定"):
        workflow.finish(item, reviewer)


def test_a_raised_finding_survives_a_new_analysis(item: Item, reviewer: User) -> None:
    made = raised(item, reviewer)
    now = again(item, "另一版本")
    assert now.current is not None and now.alarms == item.alarms
    kept = now.current.findings.get(key=made.key)
    assert (kept.raised_by, kept.start, kept.content["path"]) == ("wang先生", made.start, "第六条")


def test_a_raised_finding_names_the_clause_where_its_words_stand_in_the_next_version(
    item: Item, reviewer: User
) -> None:
    made = raised(item, reviewer)
    workflow.decide(item, made.key, workflow.Statement("成立"), reviewer)
    now = next_version(
        item, reviewer, ("第六条", "第六条 县政府应当公布名单。\n第七条"), ("第七条 违反", "第八条 违反")
    )
    assert now.current is not None
    kept = now.current.findings.get(raised_account="wang")
    assert kept.content["path"] == "第七条" and kept.key in workflow.decisions_of(now)


@pytest.mark.parametrize("act", ["decided", "changed"])
def test_a_finding_that_a_person_worked_on_stays_when_a_new_analysis_drops_it(
    item: Item, reviewer: User, act: str
) -> None:
    found = next(found for found in workflow.open_alarms(item) if found.type == "FEE-02")
    if act == "decided":
        workflow.decide(item, found.key, workflow.Statement("成立", "没有依据"), reviewer)
    else:
        change_finding(item, found.key, Change({"severity": "严重"}, "影响大"), reviewer)
    now = again(item, "不提保证金", "FEE-02")
    assert now.current is not None
    kept = now.current.findings.get(key=found.key)
    assert kept.content["dropped"] and (kept.start, kept.end) == (found.start, found.end)
    assert not again(item, "又提保证金").current.findings.get(key=found.key).content.get("dropped")  # type: ignore[union-attr]


def test_a_finding_that_nobody_worked_on_goes_when_a_new_analysis_drops_it(item: Item) -> None:
    now = again(item, "不提保证金", "FEE-02")
    assert now.current is not None and not now.current.findings.filter(type="FEE-02").exists()


def test_a_change_of_a_finding_that_was_taken_back_does_not_touch_it_when_it_is_raised_again(
    item: Item, reviewer: User
) -> None:
    made = raised(item, reviewer)
    change_finding(item, made.key, Change({"severity": "低"}, "影响不大"), reviewer)
    take_back(item, made.key, reviewer)
    raised(item, reviewer, dataclasses.replace(GROUND, severity="严重"))
    now = next_version(item, reviewer, ("安全检查", "安全检查和消防检查"))
    assert now.current is not None
    assert now.current.findings.get(raised_account="wang").severity == "严重"
