"""Notices and messages name what they are about, everybody concerned is told, and nobody is said to be told who was not."""

import re

import pytest
from django.contrib.auth.models import User

from corpora import papers
from pipeline.errors import UsageError
from pipeline.review.accounts import Role, add_user
from pipeline.review.connection import connect
from pipeline.review.decisions import checklists, history, releases, workflow
from pipeline.review.decisions.checklists import Given
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import AuditEntry, Item, Notice, Release
from pipeline.review.queue import versions
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.review.decisions.test_true_words import again
from tests.review.reviewed import erase, review
from tests.web.conftest import PASSWORD, client
from tests.web.test_api import call

HERE, POLICE = "湖南省临溪县人民政府", "临溪县公安局"
TITLE = papers.FARMHOUSE[0]


@pytest.fixture
def police(people: dict[str, User]) -> User:
    found = User.objects.filter(username="gongan").first()
    return found or add_user("gongan", PASSWORD, Role.ISSUER, organ=POLICE, full_name="公安某")


@pytest.fixture
def joint(item: Item, people: dict[str, User]) -> Item:
    """The item as a paper of two organs, each with an account."""
    _restate(item, "关于农家乐的通知", f"{HERE}、{POLICE}")
    Notice.objects.all().delete()
    return again(item)


def other_paper(title: str, issuers: str, case: Item, user: User) -> Item:
    """A paper with another title and issuers, proposed as the next version of a case."""
    text = "\n".join(papers.FARMHOUSE).replace("安全检查", f"安全检查和{title}")
    data = text.encode()
    stored = QueueWriter(connect("pipeline.web.settings"), "test").put(
        examined(data, f"{title}.txt"), data, None, separate=True
    )
    newcomer = Item.objects.get(pk=stored.item or 0)
    _restate(newcomer, title, issuers)
    versions.propose(again(newcomer), case.pk, user)
    return again(newcomer)


def _restate(item: Item, title: str, issuers: str) -> None:
    """Makes the text of an item state another title and other issuers."""
    version = item.current
    assert version is not None
    masthead = version.dossier["document"]["masthead"]
    masthead["title"]["value"] = title
    masthead["issuers"] = [{**masthead["issuers"][0], "value": one} for one in issuers.split("、")]
    version.save()
    Item.objects.filter(pk=item.pk).update(title=title, issuers=issuers, rival=None)


def told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("id").values_list("words", flat=True))


@pytest.mark.parametrize("issuers", [f"{HERE}、{POLICE}", HERE, POLICE, "临溪县水利局"])
def test_every_organ_before_and_since_is_told_of_a_version_with_both_titles(
    joint: Item, people: dict[str, User], police: User, issuers: str
) -> None:
    newcomer = other_paper("关于河道的通告", issuers, joint, people["审查员"])
    kept = versions.take_up(newcomer, people["主审"], "误以为是修订稿")
    words = f"编号{joint.pk}《关于农家乐的通知》由chief先生接收了《关于河道的通告》为第2版，将重新审查"
    assert told(people["制定机关"]) == [words] and told(police) == [words]
    Notice.objects.all().delete()
    separate = versions.split_off(kept, people["主审"], "收错了")
    assert any(f"编号{joint.pk}" in one and "第2版由chief先生拆出" in one for one in told(people["制定机关"]))
    assert any("第2版由chief先生拆出" in one for one in told(police))
    erase(separate.pk)


def test_an_organ_that_the_case_was_only_sent_to_is_told_too(
    joint: Item, people: dict[str, User], police: User
) -> None:
    releases.release(review(joint, people), people["审查员"])
    Item.objects.filter(pk=joint.pk).update(issuers=HERE)
    newcomer = other_paper("关于农家乐的通知", HERE, joint, people["主审"])
    Notice.objects.all().delete()
    kept = versions.take_up(newcomer, people["主审"], "按意见修改")
    words = f"编号{joint.pk}《关于农家乐的通知》的新一稿已由chief先生接收为第2版"
    assert told(police) == [f"{words}，将重新审查"]
    assert told(people["审查员"]) == [f"{words}，需要重新审查：按意见修改"]
    Notice.objects.all().delete()
    separate = versions.split_off(kept, people["主审"], "收错了")
    assert any("第2版由chief先生拆出" in one for one in told(police))
    erase(separate.pk)


def test_a_sign_parts_the_version_from_the_reason_also_in_entries_of_before(
    joint: Item, people: dict[str, User]
) -> None:
    newcomer = other_paper("关于农家乐的通知", HERE, joint, people["主审"])
    kept = versions.take_up(newcomer, people["主审"], "误以为是修订稿")
    (step,) = [one for one in history.of(again(kept)) if one.what == "接收新版本"]
    assert step.words == f"第2版（原编号{newcomer.pk}）：误以为是修订稿"
    entry = AuditEntry.objects.filter(item=kept.pk, what="接收新版本").latest("id")
    assert entry.detail == step.words and versions.merged_into(newcomer.pk) == kept.pk
    AuditEntry.objects.filter(pk=entry.pk).update(detail=f"第2版（原编号{newcomer.pk}）误以为是修订稿")
    (step,) = [one for one in history.of(again(kept)) if one.what == "接收新版本"]
    assert step.words == f"第2版（原编号{newcomer.pk}）：误以为是修订稿"
    AuditEntry.objects.filter(pk=entry.pk).update(detail=entry.detail)
    erase(versions.split_off(kept, people["主审"], "收错了").pk)


def changed(item: Item, key: str, people: dict[str, User], role: str) -> str:
    """What the page says after a person gave a finding another type."""
    fields = {"key": key, "type": "RGT-01", "reason": "类型更准"}
    page = client(people, role).post(f"/items/{item.pk}/findings/change", fields, follow=True).content.decode()
    found = re.search("已改动，机器原来的结果保留在旁边[^<]*", page)
    assert found, page
    return found[0].strip()


@pytest.mark.parametrize(
    ("authors", "says"),
    [
        ((), ""),
        (("审查员",), "；您此前的1个决定不再作数，须重新决定"),
        (("法律顾问",), "；此前的1个决定不再作数，已通知law先生，须重新决定"),
        (("审查员", "法律顾问"), "；此前的2个决定不再作数，已通知law先生，须重新决定"),
    ],
)
def test_only_those_who_were_told_are_said_to_be_told(
    item: Item, people: dict[str, User], authors: tuple[str, ...], says: str
) -> None:
    found = next(one for one in workflow.open_alarms(item) if one.type != "RGT-01")
    for role in authors:
        workflow.decide(item, found.key, Statement("成立", "没有依据"), people[role])
    Notice.objects.all().delete()
    assert changed(item, found.key, people, "审查员") == f"已改动，机器原来的结果保留在旁边{says}"
    assert {one.user for one in Notice.objects.filter(words__contains="不再作数")} == {
        people[role] for role in authors if role != "审查员"
    }


def test_an_author_whose_account_is_stopped_is_not_said_to_be_told(item: Item, people: dict[str, User]) -> None:
    gone = User.objects.filter(username="ligai").first() or add_user("ligai", PASSWORD, "法律顾问", full_name="离某")
    found = next(one for one in workflow.open_alarms(item) if one.type != "RGT-01")
    User.objects.filter(pk=gone.pk).update(is_active=True)
    workflow.decide(item, found.key, Statement("成立", "没有依据"), User.objects.get(pk=gone.pk))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert changed(item, found.key, people, "审查员").endswith("；此前的1个决定不再作数，须重新决定")


def test_each_dispute_is_told_with_its_finding_and_leads_to_it(item: Item, people: dict[str, User]) -> None:
    Notice.objects.all().delete()
    names = {}
    for one in workflow.open_alarms(item):
        names.setdefault((one.content["path"], one.content["name"]), one)
    first, second = list(names.values())[:2]
    for found in (first, second):
        workflow.decide(item, found.key, Statement("成立", "依据不足"), people["审查员"])
        workflow.decide(item, found.key, Statement("不成立", "有依据"), people["法律顾问"])
    words = told(people["主审"])
    assert len(set(words)) == 2 and all(one.endswith("意见不同，需要裁定") for one in words)
    assert first.content["name"] in words[0] and second.content["name"] in words[1]
    page = client(people, "主审").get("/notices").content.decode()
    assert f'/items/{item.pk}/#f{first.pk}"' in page and f'/items/{item.pk}/#f{second.pk}"' in page


def test_the_notice_of_a_sending_that_was_taken_back_no_longer_tells_what_was_sent(
    joint: Item, people: dict[str, User], police: User
) -> None:
    issuer = people["制定机关"]
    made = releases.release(review(joint, people), people["审查员"])
    other = Release.objects.filter(item=joint.pk).exclude(pk=made.pk).get()
    assert (made.organs, other.organs) == ([HERE], [POLICE])
    assert "自行修改" in told(issuer)[-1] and "自行修改" in told(police)[-1]
    releases.take_back(made, people["审查员"], "文字有误")
    first, second = told(issuer)
    assert first.startswith("《关于农家乐的通知》的审查意见曾经送达，已于20") and first.endswith("收回")
    assert second == "《关于农家乐的通知》的审查意见已收回：文字有误"
    assert "自行修改" not in client(people, "制定机关").get("/notices").content.decode()
    assert "自行修改" not in str(call(issuer, "get", "/notices").json())
    assert "自行修改" in told(police)[-1], "its own sending stands"


def test_a_paper_that_cannot_be_taken_up_is_not_offered_as_a_version(item: Item, people: dict[str, User]) -> None:
    newcomer = other_paper(TITLE, HERE, item, people["审查员"])
    page = client(people, "审查员")
    for number in (item.pk, newcomer.pk):
        assert 'value="接收"' in page.get(f"/items/{number}/").content.decode()
    point = checklists.points_of(newcomer.kind)[0]
    checklists.answer(newcomer, point.key, Given("不适用", "见说明"), people["审查员"])
    for number in (item.pk, newcomer.pk):
        shown = page.get(f"/items/{number}/").content.decode()
        assert 'value="接收"' not in shown and f"不能接收：编号{newcomer.pk}已经有人作过决定、核对或者更正" in shown
        assert 'value="独立"' in shown
    versions.keep_separate(again(newcomer), people["审查员"])
    shown = page.get(f"/items/{newcomer.pk}/").content.decode()
    assert 'value="指明"' not in shown and "不能指明为另一件的新版本" in shown
    with pytest.raises(UsageError, match="不能并入另一件"):
        versions.propose(again(newcomer), item.pk, people["审查员"])
    assert again(newcomer).rival is None
    erase(newcomer.pk)
