"""Names at the time: whoever is renamed keeps the old name on what was done before, and stays one person."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from pipeline.review.account_changes import Details, change_details
from pipeline.review.audit.chain import note
from pipeline.review.audit.names import Names
from pipeline.review.audit.reading import rows_of
from pipeline.review.decisions import checklists, history, workflow
from pipeline.review.decisions.publication import WITHDRAWN, last_withdrawal
from pipeline.review.models import AuditEntry, Item, Status
from pipeline.review.output.case import Act, Case
from pipeline.review.output.case_building import case_of
from pipeline.review.output.paragraphs import paper_of, write_end
from tests.review.decisions.test_true_words import again
from tests.review.reviewed import answer_points, decide_alarms


@pytest.fixture(autouse=True)
def names_as_before(people: dict[str, User]) -> Iterator[None]:
    """All tests share the accounts."""
    before = {user: Details.of(user) for user in people.values()}
    yield
    for user, details in before.items():
        change_details(user, details, by=None)
        user.refresh_from_db()


def rename(user: User, name: str, **more: str) -> None:
    change_details(user, replace(Details.of(user), full_name=name, **more), by=None)
    user.refresh_from_db()


def finished(item: Item, people: dict[str, User]) -> Item:
    first, chief = people["审查员"], people["主审"]
    workflow.assign(item, first, by=chief)
    decide_alarms(item, first)
    answer_points(item, first)
    checklists.conclude(item, "自行修改", "见各处意见", first)
    workflow.finish(again(item), first)
    if again(item).status == Status.SECOND:
        workflow.finish(again(item), chief)
    return again(item)


def test_a_finished_case_names_its_people_as_they_were_called_then(people: dict[str, User], item: Item) -> None:
    item = finished(item, people)
    before, told = case_of(item), [(entry.who, entry.what, entry.words) for entry in history.of(item)]
    for role in ("审查员", "主审"):
        rename(people[role], f"新{people[role].first_name}")
    after = case_of(again(item))
    assert (after.handled, after.second, after.others) == (before.handled, before.second, before.others)
    assert [(entry.who, entry.what, entry.words) for entry in history.of(again(item))] == told
    assert any(what == "指派" and words for _, what, words in told)


def test_somebody_who_was_renamed_within_a_case_is_one_person(people: dict[str, User], item: Item) -> None:
    first = people["审查员"]
    old = first.first_name
    decide_alarms(item, first)
    answer_points(item, first)
    rename(first, "新名")
    checklists.conclude(item, "自行修改", "见各处意见", first)
    workflow.finish(again(item), first)
    case = case_of(again(item))
    assert case.handled and case.handled.person == "新名"
    assert case.called(case.handled) == f"新名（即{old}）"
    assert old not in case.others and "新名" not in case.others
    paper = paper_of(case)
    write_end(paper, case)
    assert f"承办人：新名（即{old}）" in "\n".join(one.text for one in paper.document.paragraphs)


def test_cases_stored_before_accounts_were_kept_are_read_and_compared_by_name(
    people: dict[str, User], item: Item
) -> None:
    case = case_of(finished(item, people))
    row = case.to_json()
    row["overruled"] = [act["person"] for act in row["overruled"]]
    row = json.loads(re.sub(r', "account": "[^"]*"', "", json.dumps(row)))
    read = Case.from_json(row)
    assert not read.differs_from(case) and read.handled == case.handled and read.others == case.others
    assert Act("甲", "").key == "甲"


def test_the_audit_shows_the_name_of_then(people: dict[str, User]) -> None:
    user = people["审查员"]
    old = user.first_name
    first = note(user.username, "查看", None)
    to = note(people["主审"].username, "指派", None, user.username)
    rename(user, "甲 → 乙")
    second = note(user.username, "查看", None)
    rename(user, "")
    third = note(user.username, "查看", None)
    rename(user, "丙；机关：丁", organ="某局")
    rename(user, old)
    assert [row.name for row in rows_of([first, second, third])] == [old, "甲 → 乙", ""]
    assert rows_of([to])[0].detail == f"{old}（{user.username}）"
    assert Names().of(third) == user.username


def test_a_withdrawal_names_its_author_as_of_then(people: dict[str, User], item: Item) -> None:
    chief = people["主审"]
    old = chief.first_name
    Item.objects.filter(pk=item.pk).update(withdrawn_at="2026-11-30T00:00:00Z")
    note(chief.username, WITHDRAWN, item.pk, "登错了")
    rename(chief, "改了名")
    found = last_withdrawal(again(item))
    assert found and found.by == old
    assert AuditEntry.objects.filter(what=WITHDRAWN, item=item.pk).exists()


def test_who_withdraws_a_decision_after_a_change_of_name_does_so_under_the_new_one(
    people: dict[str, User], item: Item
) -> None:
    user = people["审查员"]
    key = workflow.open_alarms(item)[0].key
    workflow.decide(item, key, workflow.Statement("成立", "没有依据"), user)
    old = user.first_name
    rename(user, "新名")
    workflow.withdraw(again(item), key, user)
    told = {entry.what: entry.who for entry in history.of(again(item))}
    assert told["撤回决定"] == "新名" and told["决定（已撤回）"] == old
