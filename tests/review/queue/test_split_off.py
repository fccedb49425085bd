"""拆出: a version that was taken up by mistake leaves as what it was before, with its owner, kind and day."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from pipeline.review.accounts import visible
from pipeline.review.audit.chain import note
from pipeline.review.decisions import checklists, history, recipients, releases, workflow
from pipeline.review.decisions.notices import TakenUp, tell_of_taken_up
from pipeline.review.models import Item, Job, Material, Notice, Occurrence, Original, Paper
from pipeline.review.output.case_building import case_of
from pipeline.review.output.titles import in_marks
from pipeline.review.queue import versions
from tests.review.decisions.test_raising import next_version
from tests.review.reviewed import conclude, decide_alarms, erase, finish, review
from tests.web.conftest import client

CHANGE = ("安全检查", "安全检查和消防检查")


@pytest.fixture
def stranger(people: dict[str, User]) -> User:
    """An issuer that has nothing to do with the item."""
    from pipeline.review.accounts import Role, add_user

    found = User.objects.filter(username="jiaotiju").first()
    return found or add_user("jiaotiju", "ceshi-mima-2026", Role.ISSUER, organ="临溪县教育体育局", full_name="孙某")


@pytest.fixture
def mistaken(item: Item, people: dict[str, User], stranger: User) -> Iterator[Item]:
    """The item of one issuer with a version that another one had handed in as 备案."""
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"], kind="草案", due=date(2026, 1, 5))
    now = next_version(Item.objects.get(pk=item.pk), people["审查员"], CHANGE)
    assert now.current is not None
    handed_in = Job.objects.create(name="改.txt", original=now.current.original, kind="备案", by=stranger)
    Paper.objects.create(job=handed_in, position=0, name="改.txt", digest=now.current.original_id, item=now)
    Occurrence.objects.get_or_create(original=now.current.original, name="又名.txt", defaults={"item": now})
    yield now
    handed_in.papers.all().delete()
    handed_in.delete()


def test_it_goes_back_to_whoever_handed_it_in_as_what_it_was(
    mistaken: Item, people: dict[str, User], stranger: User
) -> None:
    separate = versions.split_off(mistaken, people["审查员"], "是教体局的")
    assert (separate.owner, separate.kind) == (stranger, "备案")
    assert separate.due is not None and separate.due > timezone.localdate()
    assert Item.objects.get(pk=mistaken.pk).owner == people["制定机关"]
    assert visible(stranger).filter(pk=separate.pk).exists()
    # the result of that upload and the other name of the file lead to it
    assert Paper.objects.get(digest=separate.current.original_id).item == separate  # type: ignore[union-attr]
    assert Occurrence.objects.get(name="又名.txt", item=separate)
    erase(separate.pk)


def test_it_stays_of_the_kind_in_which_people_answered_and_concluded(mistaken: Item, people: dict[str, User]) -> None:
    decide_alarms(mistaken, people["审查员"])
    conclude(mistaken, people["审查员"], "应当予以修改")
    separate = versions.split_off(mistaken, people["审查员"], "是教体局的")
    assert separate.kind == "草案" and separate.checks.exists()
    erase(separate.pk)


def test_a_version_that_nobody_handed_in_at_the_desk_belongs_to_nobody(item: Item, people: dict[str, User]) -> None:
    Item.objects.filter(pk=item.pk).update(owner=people["制定机关"])
    now = next_version(Item.objects.get(pk=item.pk), people["审查员"], CHANGE)
    separate = versions.split_off(now, people["审查员"], "收错了")
    assert separate.owner is None
    erase(separate.pk)


def test_both_issuers_are_told_each_of_its_own_case(mistaken: Item, people: dict[str, User], stranger: User) -> None:
    before = Notice.objects.count()
    separate = versions.split_off(mistaken, people["审查员"], "内部的话")
    told = [(notice.user, notice.item, notice.words) for notice in Notice.objects.order_by("id")[before:]]
    of_stranger = [(item, words) for user, item, words in told if user == stranger]
    assert of_stranger == [
        (separate, f"{in_marks(separate.title)}由wang先生从编号{mistaken.pk}拆出，另立为编号{separate.pk}，单独审查")
    ]
    of_issuer = [words for user, _, words in told if user == people["制定机关"]]
    assert any("第2版由wang先生拆出" in words and "第1版恢复" in words for words in of_issuer)
    assert not any("内部的话" in words for words in of_issuer)
    erase(separate.pk)


def test_only_material_that_a_person_chose_goes_with_it(mistaken: Item, people: dict[str, User]) -> None:
    original = Original.objects.get_or_create(digest="d" * 64, defaults={"size": 1, "first_name": "x"})[0]
    mine, its = (
        Material.objects.create(item=mistaken, kind="其他", name=name, original=original, by="x") for name in "甲乙"
    )
    page = client(people, "审查员").get(f"/items/{mistaken.pk}/").content.decode()
    assert f'name="material" value="{its.pk}"' in page
    form = {"reason": "是教体局的", "material": str(its.pk)}
    client(people, "审查员").post(f"/items/{mistaken.pk}/split", form)
    separate = Item.objects.exclude(pk=mistaken.pk).latest("pk")
    assert list(separate.materials.all()) == [its] and list(mistaken.materials.all()) == [mine]
    erase(separate.pk)


def test_answers_that_rest_on_material_that_stays_in_the_other_case_are_open_again(
    mistaken: Item, people: dict[str, User]
) -> None:
    user = people["审查员"]
    original = Original.objects.get_or_create(digest="d" * 64, defaults={"size": 1, "first_name": "x"})[0]
    its, mine = (
        Material.objects.create(item=mistaken, kind=kind, name=kind, original=original, by="x")
        for kind in ("公平竞争", "集体讨论")
    )
    for key in ("D06", "D09", "D11"):
        checklists.answer(mistaken, key, checklists.Given("是"), user)
    separate = versions.split_off(mistaken, user, "是教体局的", materials=[its.pk])
    answered = {point.key for point, made in checklists.answered_points(separate) if made}
    assert answered == {"D06", "D11"}
    told = [(entry.what, entry.about) for entry in history.of(separate)]
    assert any(
        what == "核对（所依据的材料不在本件，不再作数）" and about.startswith("材料齐全") for what, about in told
    )
    assert any(entry.what == "须重新核对" and "材料齐全" in entry.words for entry in history.of(separate))
    page = client(people, "审查员").get(f"/items/{separate.pk}/").content.decode()
    assert "须重新核对" in page
    # the point is answered anew by whoever looks
    checklists.answer(separate, "D09", checklists.Given("是", last=0), user)
    assert {point.key for point, made in checklists.answered_points(separate) if made} == {"D06", "D09", "D11"}
    erase(separate.pk)
    mine.delete()


def test_answers_that_rest_on_material_that_left_are_open_again_in_the_case_that_stays(
    item: Item, people: dict[str, User]
) -> None:
    user = people["审查员"]
    Item.objects.filter(pk=item.pk).update(kind="草案")
    original = Original.objects.get_or_create(digest="d" * 64, defaults={"size": 1, "first_name": "x"})[0]
    given = Material.objects.create(item=item, kind="征求意见", name="征求意见", original=original, by="x")
    for key in ("D04", "D06"):
        checklists.answer(Item.objects.get(pk=item.pk), key, checklists.Given("是"), user)
    now = next_version(Item.objects.get(pk=item.pk), user, CHANGE)
    separate = versions.split_off(now, user, "是教体局的", materials=[given.pk])
    again = Item.objects.get(pk=item.pk)
    assert {point.key for point, made in checklists.answered_points(again) if made} == {"D06"}
    assert not separate.checks.exists()
    erase(separate.pk)


def test_an_earlier_second_reader_is_told_of_a_new_version_and_of_the_way_back(
    item: Item, people: dict[str, User]
) -> None:
    second = people["法律顾问"]
    done = review(item, people)
    note(second.username, "办结", done.pk)
    Notice.objects.all().delete()
    separate = versions.split_off(next_version(done, people["主审"], CHANGE), people["主审"], "收错了")
    told = [notice.words for notice in Notice.objects.filter(user=second).order_by("id")]
    assert any("接收为第2版，需要重新审查" in words for words in told), told
    assert any(f"拆出，另立为编号{separate.pk}" in words for words in told), told
    erase(separate.pk)


def test_a_review_sent_before_says_what_its_version_was_then(
    mistaken: Item, people: dict[str, User], stranger: User
) -> None:
    decide_alarms(mistaken, people["审查员"])
    conclude(mistaken, people["审查员"], "应当予以修改")
    releases.release(finish(mistaken, people), people["审查员"], offline=True)
    separate = versions.split_off(Item.objects.get(pk=mistaken.pk), people["主审"], "是教体局的")
    words = f"第1版（送达时为编号{mistaken.pk}的第2版）"
    sent = next(entry for entry in history.of(separate) if entry.what == "线下送达制定机关")
    assert words in sent.about
    assert f"送达{words}的审查意见" in client(people, "审查员").get(f"/items/{separate.pk}/").content.decode()
    visitor = Client()
    visitor.force_login(stranger)
    assert f"针对{words}" in visitor.get(f"/items/{separate.pk}/").content.decode()
    erase(separate.pk)


def steps(item: Item) -> list[tuple[str, str]]:
    return [(entry.what, entry.words) for entry in history.of(item)]


@pytest.mark.parametrize("second", [False, True])
def test_a_finished_case_is_finished_again_once_a_wrong_version_leaves(
    item: Item, people: dict[str, User], second: bool
) -> None:
    Item.objects.filter(pk=item.pk).update(risk=80 if second else 10)
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    workflow.finish(item, people["审查员"])
    if second:
        workflow.finish(item, people["法律顾问"])
    done = Item.objects.get(pk=item.pk)
    assert done.status == "已办"
    now = next_version(done, people["主审"], CHANGE)
    assert now.status == "待审"
    Notice.objects.all().delete()
    separate = versions.split_off(now, people["主审"], "收错了")
    again = Item.objects.get(pk=item.pk)
    assert (again.status, again.reviewed_by, again.second_by) == ("已办", done.reviewed_by, done.second_by)
    assert again.finished_at and done.finished_at and abs(again.finished_at - done.finished_at) < timedelta(seconds=2)
    assert ("恢复状态", "第1版恢复为已办") in steps(again)
    assert any("第1版恢复为已办" in notice.words for notice in Notice.objects.filter(user=people["审查员"]))
    assert separate.status == "待审"
    erase(separate.pk)


def test_a_case_that_was_reopened_or_never_finished_stays_open_once_a_version_leaves(
    item: Item, people: dict[str, User]
) -> None:
    Item.objects.filter(pk=item.pk).update(risk=10)
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    workflow.finish(item, people["审查员"])
    workflow.send_back(item, people["主审"], "漏了一处")
    separate = versions.split_off(
        next_version(Item.objects.get(pk=item.pk), people["主审"], CHANGE), people["主审"], "收错了"
    )
    again = Item.objects.get(pk=item.pk)
    assert again.status == "待审" and "恢复状态" not in dict(steps(again))
    erase(separate.pk)


def test_a_case_that_contradicts_by_now_says_why_it_is_not_finished_again(item: Item, people: dict[str, User]) -> None:
    Item.objects.filter(pk=item.pk).update(risk=10)
    decide_alarms(item, people["审查员"])
    conclude(item, people["审查员"])
    workflow.finish(item, people["审查员"])
    now = next_version(Item.objects.get(pk=item.pk), people["主审"], CHANGE)
    # a later analysis of the first version finds more
    found = now.versions.get(sequence=1).findings.filter(softened=False).first()
    assert found is not None
    found.pk, found.key = None, "e" * 32
    found.save(force_insert=True)
    separate = versions.split_off(now, people["主审"], "收错了")
    again = Item.objects.get(pk=item.pk)
    words = dict(steps(again))["恢复状态"]
    assert again.status == "待审" and words.startswith("第1版没有恢复为已办，须重新审查：")
    erase(separate.pk)


def test_a_review_that_was_finished_goes_with_the_version_that_leaves(
    mistaken: Item, people: dict[str, User], stranger: User
) -> None:
    decide_alarms(mistaken, people["审查员"])
    conclude(mistaken, people["审查员"], "应当予以修改")
    done = finish(mistaken, people, second=False)
    note(people["审查员"].username, "办结", mistaken.pk)
    releases.release(done, people["审查员"], offline=True)
    Notice.objects.all().delete()
    separate = Item.objects.get(pk=versions.split_off(done, people["主审"], "是教体局的").pk)
    assert (separate.status, separate.reviewed_by, separate.finished_at) == ("已办", done.reviewed_by, done.finished_at)
    words = f"编号{separate.pk}第1版在编号{mistaken.pk}时已办，另立后恢复为已办"
    assert ("恢复状态", words) in steps(separate)
    assert any(words in notice.words for notice in Notice.objects.filter(user=people["审查员"]))
    assert Notice.objects.get(user=stranger).words.endswith("审查已办结")
    assert Item.objects.get(pk=mistaken.pk).status == "待审"
    # and so it is once a wrong version of its own leaves
    now = next_version(separate, people["主审"], ("安全检查", "防火检查"))
    assert now.status == "待审"
    other = versions.split_off(now, people["主审"], "收错了")
    assert Item.objects.get(pk=separate.pk).status == "已办"
    erase(other.pk)
    erase(separate.pk)


def test_a_review_of_a_version_that_leaves_stays_open_where_something_contradicts(
    mistaken: Item, people: dict[str, User]
) -> None:
    decide_alarms(mistaken, people["审查员"])
    conclude(mistaken, people["审查员"], "应当予以修改")
    done = finish(mistaken, people)
    assert done.current is not None
    found = done.current.findings.filter(softened=False).first()
    assert found is not None
    found.pk, found.key = None, "e" * 32
    found.save(force_insert=True)
    separate = versions.split_off(done, people["主审"], "是教体局的")
    assert Item.objects.get(pk=separate.pk).status == "待审"
    assert "另立后没有恢复为已办，须重新审查：" in dict(steps(separate))["恢复状态"]
    erase(separate.pk)


def test_an_organ_whose_version_was_taken_up_keeps_seeing_it_and_the_papers_call_it_by_name(
    mistaken: Item, people: dict[str, User], stranger: User
) -> None:
    Item.objects.filter(pk=mistaken.pk).update(issuers="", issuer="")
    now, owner = Item.objects.get(pk=mistaken.pk), people["制定机关"]
    assert visible(stranger).filter(pk=now.pk).exists() and visible(owner).filter(pk=now.pk).exists()
    assert case_of(now).issuers == "临溪县教育体育局"
    decide_alarms(now, people["审查员"])
    conclude(now, people["审查员"], "应当予以修改")
    Notice.objects.all().delete()
    sent = releases.release(finish(now, people), people["审查员"])
    assert {notice.user for notice in Notice.objects.filter(words__contains="已送达")} == {stranger}
    assert recipients.sent_to(sent, stranger) and not recipients.sent_to(sent, owner)
    page = Client()
    page.force_login(owner)
    assert "还没有送达" in page.get(f"/items/{now.pk}/").content.decode()
    page.force_login(stranger)
    assert "送达，针对第2版" in page.get(f"/items/{now.pk}/").content.decode()
    separate = versions.split_off(Item.objects.get(pk=mistaken.pk), people["主审"], "是教体局的")
    assert not visible(stranger).filter(pk=now.pk).exists() and visible(stranger).filter(pk=separate.pk).exists()
    erase(separate.pk)


def test_whoever_handed_in_a_version_is_told_that_it_was_taken_up(
    mistaken: Item, people: dict[str, User], stranger: User
) -> None:
    Notice.objects.all().delete()
    tell_of_taken_up(mistaken, TakenUp.of(mistaken, mistaken), people["主审"], "")
    assert {notice.user for notice in Notice.objects.all()} == {people["制定机关"], stranger}
