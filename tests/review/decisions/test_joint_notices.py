"""A paper of several organs is sent to each of them by itself: those without account here stay open until somebody hands it over."""

import pytest
from django.contrib.auth.models import User

from pipeline.errors import UsageError
from pipeline.review.decisions import history, recipients, releases
from pipeline.review.models import AuditEntry, Item, Mark, Release
from pipeline.review.output.case_building import case_of
from pipeline.review.queue.issuer_view import issuer_state
from tests.review.decisions.test_true_words import again
from tests.review.output.test_forms import written
from tests.review.reviewed import review
from tests.web.conftest import client
from tests.web.test_api import call

HERE, POLICE, TRAFFIC = "湖南省临溪县人民政府", "临溪县公安局", "临溪县交通运输局"


@pytest.fixture
def joint(item: Item, people: dict[str, User]) -> Item:
    """The finished item as one of three organs, of which the first has an account."""
    Item.objects.filter(pk=item.pk).update(issuers="、".join((HERE, POLICE, TRAFFIC)))
    return review(again(item), people)


def answer_all(made: Release, user: User, *, on_paper: bool = False) -> None:
    for finding in made.findings:
        releases.reply(made, releases.Answered(str(finding["key"]), "采纳", on_paper=on_paper), user)


def test_only_the_organ_that_can_read_it_here_is_told_as_one_it_was_sent_to(
    joint: Item, people: dict[str, User]
) -> None:
    browser = client(people, "审查员")
    page = browser.get(f"/items/{joint.pk}/").content.decode()
    assert f"送达：{HERE}。{POLICE}、{TRAFFIC}没有账号，不在这次送达之内" in page
    told = browser.post(f"/items/{joint.pk}/release", {"words": ""}, follow=True).content.decode()
    assert f"{POLICE}、{TRAFFIC}没有账号，还没有送达" in told and f"还没有送达：{POLICE}、{TRAFFIC}" in told
    (made,) = recipients.current_releases(joint)
    assert recipients.organs_told(made) == (HERE,) and not made.offline
    entry = AuditEntry.objects.filter(item=joint.pk, what="送达").latest("id")
    assert entry.detail.endswith(f"送{HERE}")
    assert any(one.what == "送达制定机关" and one.about.startswith(f"{HERE}：") for one in history.of(again(joint)))
    answer = call(people["审查员"], "get", f"/items/{joint.pk}").json()
    assert answer["releases"][0]["organs"] == [HERE] and answer["not_told"] == [POLICE, TRAFFIC]


def test_the_others_are_handed_over_organ_by_organ_and_each_answers(joint: Item, people: dict[str, User]) -> None:
    user, issuer = people["审查员"], people["制定机关"]
    here = releases.release(joint, user)
    answer_all(here, issuer)
    joint = again(joint)
    assert joint.marks.split() == [Mark.RELEASED.value] and issuer_state(joint, issuer) == "已答复，等待处理"
    page = client(people, "审查员").get(f"/items/{joint.pk}/").content.decode()
    assert f'name="organ" value="{POLICE}"' in page and "记为线下送达" in page
    form = {"offline": "1", "organ": POLICE}
    assert client(people, "审查员").post(f"/items/{joint.pk}/release", form).status_code == 302
    assert recipients.not_told(again(joint)) == (TRAFFIC,)
    with pytest.raises(UsageError, match="不在还没有送达的机关中"):
        releases.release(again(joint), user, offline=True, organs=[POLICE])
    last = releases.release(again(joint), user, offline=True)
    police = recipients.current_releases(joint)[1]
    assert [made.organs for made in (last, police)] == [[TRAFFIC], [POLICE]]
    with pytest.raises(UsageError, match="已经送达"):
        releases.release(again(joint), user, offline=True)
    for made in (last, police):
        assert again(joint).marks.split() == [Mark.RELEASED.value]
        answer_all(made, user, on_paper=True)
    assert again(joint).marks.split() == [Mark.ANSWERED.value]
    # each answer is printed with its organ
    finding = next(one for one in case_of(again(joint)).findings if one.replies)
    assert [reply.organ for reply in finding.replies] == [HERE, TRAFFIC, POLICE]
    text = written(again(joint), "opinion")
    assert (
        f"答复：采纳（{HERE}，{issuer.first_name}，" in text
        and f"答复：采纳（{POLICE}（{user.first_name}代录）" in text
    )


def test_what_was_handed_to_another_organ_is_neither_read_nor_answered_by_this_one(
    joint: Item, people: dict[str, User]
) -> None:
    user, issuer = people["审查员"], people["制定机关"]
    releases.release(joint, user)
    police = releases.release(again(joint), user, offline=True, organs=[POLICE])
    assert not recipients.sent_to(police, issuer) and recipients.read_by(police) == set()
    with pytest.raises(UsageError, match="不是送达给您的机关"):
        releases.reply(police, releases.Answered(str(police.findings[0]["key"]), "采纳"), issuer)
    releases.take_back(police, user, "送错")
    assert recipients.not_told(again(joint)) == (POLICE, TRAFFIC)
    assert recipients.release_for(again(joint), issuer) is not None
