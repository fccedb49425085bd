"""What an account handed in, got and answered stays of the organ that it belonged to then, whatever organ it belongs to since."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.account_changes import Details, change_details
from pipeline.review.accounts import Role, add_user, visible
from pipeline.review.audit.organs import Organs, organ_at
from pipeline.review.decisions import history, recipients, releases
from pipeline.review.decisions.notices import issuers_of
from pipeline.review.models import Export, Item, Job, Kind, Material, MaterialKind, Paper, Release
from pipeline.review.output.case_building import case_of
from pipeline.review.output.exports import check_reproducible
from pipeline.review.queue.organs import former_organs, handed_in_by, organs_of
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.uploads import Purpose, submit
from tests.review.decisions.test_true_words import again
from tests.review.output.test_forms import written
from tests.review.reviewed import review
from tests.web.conftest import PASSWORD, client

OLD, NEW = "青桥县交通运输局", "青桥县综合交通运输服务中心"


def account(name: str, organ: str) -> User:
    found = User.objects.filter(username=name).first() or add_user(
        name, PASSWORD, Role.ISSUER, organ=organ, full_name=f"{name}某"
    )
    change_details(found, Details(Role.ISSUER, f"{name}某", organ), by=None)
    return User.objects.get(pk=found.pk)


@pytest.fixture
def mover(people: dict[str, User]) -> User:
    return account("jiaotong", OLD)


@pytest.fixture
def colleague(people: dict[str, User]) -> User:
    return account("jiaotong2", OLD)


@pytest.fixture
def newcomer(people: dict[str, User]) -> User:
    """An account of the organ to which the mover goes."""
    return account("zhongxin", NEW)


def move(user: User, organ: str = NEW) -> None:
    change_details(user, Details(Role.ISSUER, user.first_name, organ), by=None)


@pytest.fixture
def contract(item: Item, mover: User) -> Iterator[Item]:
    """A contract that the mover handed in, which names no organ."""
    assert item.current is not None
    data = original_path(home_folder(), item.current.original_id).read_bytes()
    job = submit(home_folder(), "合同.txt", data, mover, Purpose(Kind.CONTRACT, ""))
    assert job.original_id == hashlib.sha256(data).hexdigest() and job.by_organ == OLD
    Paper.objects.create(job=job, position=0, name="合同.txt", digest=job.original_id, item=item)
    Item.objects.filter(pk=item.pk).update(kind=Kind.CONTRACT, owner=mover, issuers="", issuer="")
    yield again(item)
    job.papers.all().delete()
    job.delete()


def answered(made: Release, user: User) -> None:
    for finding in made.findings:
        releases.reply(made, releases.Answered(str(finding["key"]), "采纳"), user)


def test_the_record_of_a_case_keeps_the_organ_of_then(
    contract: Item, people: dict[str, User], mover: User, colleague: User, newcomer: User
) -> None:
    done = review(contract, people, outcome="修改后签订")
    sent = releases.release(done, people["审查员"])
    answered(sent, mover)
    before, printed = case_of(again(contract)), written(again(contract), "opinion")
    told = [(one.what, one.about) for one in history.of(again(contract))]
    opinion = Export.objects.get(pk=sent.opinion_id)
    assert sent.organs == [OLD] and OLD in printed
    move(mover)
    now = again(contract)
    assert (handed_in_by(now), organs_of(now), recipients.addressees_of(now)) == (OLD, (OLD,), (OLD,))
    assert recipients.organs_told(Release.objects.get(pk=sent.pk)) == (OLD,) and recipients.not_told(now) == ()
    assert case_of(now) == before and written(now, "opinion") == printed
    assert [(one.what, one.about) for one in history.of(now)] == told
    assert "制定机关的答复" in check_reproducible(opinion) and "要素" not in check_reproducible(opinion)
    page = client(people, "审查员").get(f"/items/{now.pk}/").content.decode()
    assert OLD in page and NEW not in page


def test_who_sees_and_reads_it_after_the_account_has_moved(
    contract: Item, people: dict[str, User], mover: User, colleague: User, newcomer: User
) -> None:
    done = review(contract, people, outcome="修改后签订")
    sent = releases.release(done, people["审查员"])
    move(mover)
    for user, sees in ((mover, True), (colleague, True), (newcomer, False)):
        assert visible(user).filter(pk=contract.pk).exists() is sees, user
        assert recipients.sent_to(sent, user) is sees, user
        browser = client({"制定机关": user}, "制定机关")
        page = browser.get(f"/items/{contract.pk}/")
        assert page.status_code == (200 if sees else 404)
        if sees:
            text = page.content.decode()
            assert "修改后签订" in text
            assert (f"由您作为{OLD}的账号提交" in text and f"您的账号现在属于{NEW}" in text) is (user == mover)
    assert recipients.read_by(sent) == {mover, colleague} == issuers_of(again(contract))
    assert former_organs(again(contract), mover) == (OLD,) and former_organs(again(contract), colleague) == ()
    with pytest.raises(UsageError, match="不是送达给您的机关"):
        answered(sent, newcomer)
    answered(sent, mover)
    finding = next(one for one in case_of(again(contract)).findings if one.replies)
    assert [reply.organ for reply in finding.replies] == [OLD]


def test_a_case_that_is_sent_after_the_move_still_goes_to_the_organ_of_then(
    contract: Item, people: dict[str, User], mover: User, colleague: User, newcomer: User
) -> None:
    done = review(contract, people, outcome="修改后签订")
    move(mover)
    assert releases.reachable(again(done)) == (OLD,)
    sent = releases.release(again(done), people["审查员"])
    assert sent.organs == [OLD] and recipients.read_by(sent) == {mover, colleague}


def test_what_the_organ_answered_before_releases_named_organs_stays_its_answer(
    contract: Item, people: dict[str, User], mover: User
) -> None:
    sent = releases.release(review(contract, people, outcome="修改后签订"), people["审查员"])
    answered(sent, mover)
    Release.objects.filter(pk=sent.pk).update(organs=[])
    move(mover)
    finding = next(one for one in case_of(again(contract)).findings if one.replies)
    assert [reply.organ for reply in finding.replies] == [OLD]
    assert recipients.organs_told(Release.objects.get(pk=sent.pk)) == (OLD,)


def test_material_stays_with_the_organ_for_which_it_was_handed_in(
    contract: Item, people: dict[str, User], mover: User, colleague: User, newcomer: User
) -> None:
    assert contract.current is not None
    Material.objects.create(
        item=contract, kind=MaterialKind.BASIS, name="依据.docx", original=contract.current.original, by="某", account=mover.username, organ=OLD,
    )  # fmt: skip
    move(mover)
    Item.objects.filter(pk=contract.pk).update(issuers=f"{OLD}、{NEW}")
    for user, sees in ((mover, True), (colleague, True), (newcomer, False)):
        page = client({"制定机关": user}, "制定机关").get(f"/items/{contract.pk}/")
        assert page.status_code == 200 and ("依据.docx" in page.content.decode()) is sees, user


def test_an_account_that_moves_back_and_forth_and_one_whose_upload_kept_no_organ(contract: Item, mover: User) -> None:
    """What was handed in before 0.14.0 has its organ from the audit, where that tells of changes, else from the account."""
    Job.objects.filter(by=mover).update(by_organ="", created=timezone.now() - timedelta(days=1))
    assert handed_in_by(again(contract)) in (OLD, "")
    move(mover, NEW)
    move(mover, OLD)
    move(mover, NEW)
    assert handed_in_by(again(contract)) in (OLD, "") and organ_at(mover.username, timezone.now()) == NEW


@pytest.mark.parametrize(
    ("now", "changes", "then"),
    [
        ("乙局", [], "乙局"),
        ("乙局", ["修改jt：机关：甲局 → 乙局"], "甲局"),
        ("乙局", ["修改jt：姓名：王 → 李；机关：（无） → 乙局；邮箱：（无） → a@b.cn"], ""),
        ("", ["修改jt：机关：甲局 → （无）"], "甲局"),
        ("丙局", ["修改jt：机关：乙局 → 丙局", "修改jt：机关：甲局；邮箱：所 → 乙局"], "甲局；邮箱：所"),
        (
            "乙局",
            ["修改other：机关：甲局 → 乙局", "修改jt：姓名：机关：甲局 → 机关：乙局", "新增制定机关jt：机关甲局"],
            "乙局",
        ),
    ],
)
def test_the_organ_of_a_time_follows_from_the_account_and_the_changes_since(
    now: str, changes: list[str], then: str
) -> None:
    day = datetime(2026, 11, 1, tzinfo=UTC)
    moments = [day + timedelta(days=len(changes) - at) for at in range(len(changes))]
    organs = Organs({"jt": now}, list(zip(moments, changes, strict=True)))
    assert organs.at("jt", day) == then and organs.at("jt", day + timedelta(days=10)) == now
