"""What an issuer sees of a review: nothing before it was sent, then exactly what was sent, and its answers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from corpora.make_samples import SAMPLES
from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import add_user
from pipeline.review.audit.chain import exports_of
from pipeline.review.connection import connect
from pipeline.review.decisions import checklists, history, raising, recipients, releases, workflow
from pipeline.review.decisions.raising import Ground
from pipeline.review.decisions.releases import findings_for_issuer
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import (
    AuditEntry,
    Item,
    Job,
    Kind,
    Mark,
    Material,
    Notice,
    Paper,
    Release,
    Reply,
    Status,
)
from pipeline.review.output.case_building import case_of
from pipeline.review.queue.issuer_view import issuer_state
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.review.decisions.test_raising import next_version
from tests.review.output.documents import text_of
from tests.review.output.test_forms import written
from tests.review.reviewed import conclude, decide_alarms, erase, review
from tests.web.conftest import PASSWORD, client
from tests.web.test_api import call

SECRET = "只供内部讨论的话"
CHANGE = ("安全检查", "安全检查和卫生检查")


@pytest.fixture
def other_issuer(people: dict[str, User]) -> User:
    """An issuer that has nothing to do with the item."""
    found = User.objects.filter(username="jiaoyu").first()
    return found or add_user("jiaoyu", PASSWORD, "制定机关", organ="长河县教育局", full_name="长河教育局")


@pytest.fixture
def discussed(people: dict[str, User], item: Item) -> Item:
    """The item in the middle of its review: decided, referred, concluded, nothing sent."""
    decide_alarms(item, people["审查员"], words=SECRET)
    alarm = item.current.findings.filter(softened=False)[0]  # type: ignore[union-attr]
    workflow.decide(item, alarm.key, Statement("转办", SECRET, "县司法局内部处"), people["主审"])
    workflow.claim(item, people["审查员"])
    conclude(item, people["审查员"])
    return Item.objects.get(pk=item.pk)


@pytest.fixture
def done(people: dict[str, User], item: Item) -> Item:
    """The item as finished, every alarm upheld."""
    return review(item, people)


@pytest.fixture
def sent(people: dict[str, User], done: Item) -> Release:
    return releases.release(done, people["审查员"], "请在一个月内答复")


def test_the_audit_says_that_nobody_exported_what_a_sending_made(people: dict[str, User], sent: Release) -> None:
    told = AuditEntry.objects.filter(item=sent.item_id, who=people["审查员"].username).order_by("-id")[:2]
    assert [entry.what for entry in told] == ["送达", "随送达生成"]
    assert not AuditEntry.objects.filter(item=sent.item_id, what="导出", detail__endswith=sent.opinion.digest).exists()
    assert [entry.what for entry in exports_of(sent.opinion.digest)][-1] == "随送达生成"


def told_of_the_review(item: Item) -> list[str]:
    """What an issuer must not read before the review is sent."""
    assert item.current is not None
    alarms = list(item.current.findings.filter(softened=False))
    return [
        SECRET, "县司法局内部处", "wang", "chief", "自行修改", "见各处意见", "待复核", "严重", "有转办", "有分歧",
        *(alarm.content["name"] for alarm in alarms), *(alarm.content["advice"] for alarm in alarms if alarm.content["advice"]),
        *(alarm.key for alarm in alarms),
    ]  # fmt: skip


def test_the_page_and_the_list_of_an_issuer_tell_nothing_before_it_is_sent(
    people: dict[str, User], discussed: Item
) -> None:
    browser = client(people, "制定机关")
    for address in (f"/items/{discussed.pk}/", "/", "/?q=农家乐&sort=risk", "/notices"):
        page = browser.get(address).content.decode()
        assert [word for word in told_of_the_review(discussed) if word in page] == [], address
        assert "<mark" not in page and 'class="risk' not in page, address
    assert "正在审查" in browser.get(f"/items/{discussed.pk}/").content.decode()


def test_the_api_tells_an_issuer_nothing_before_it_is_sent(people: dict[str, User], discussed: Item) -> None:
    answer = call(people["制定机关"], "get", f"/items/{discussed.pk}")
    own = answer.json()
    assert own["text"] and not own["findings"] and own["release"] is None and "dossier" not in own
    (row,) = (row for row in call(people["制定机关"], "get", "/items").json()["items"] if row["id"] == discussed.pk)
    for told in (own, row):
        assert (told["risk"], told["alarms"], told["validity"], told["status"]) == (0, 0, "", "审查中")
        words = json.dumps({**told, "text": ""}, ensure_ascii=False)
        assert [word for word in told_of_the_review(discussed) if word in words] == []


@pytest.mark.parametrize(
    "query", ["band=无", "group=FEE", "status=已办", "reviewer=chief", "mark=有分歧", "reviewer=无"]
)
def test_the_filters_of_the_api_tell_an_issuer_nothing(people: dict[str, User], discussed: Item, query: str) -> None:
    listed = call(people["制定机关"], "get", f"/items?{query}").json()["items"]
    assert discussed.pk in {row["id"] for row in listed}


def test_staff_see_the_whole_review_in_the_api(people: dict[str, User], discussed: Item) -> None:
    own = call(people["法律顾问"], "get", f"/items/{discussed.pk}").json()
    assert own["risk"] == discussed.risk and own["findings"] and own["dossier"] and own["status"] == "待审"


@pytest.mark.parametrize(
    "path",
    [
        "pages", "pages/1/picture", "related", "versions", "papers/opinion.docx", "papers/record.docx", "papers/annotated.docx",
    ],
)  # fmt: skip
def test_an_issuer_reaches_nothing_else_of_the_desk(people: dict[str, User], discussed: Item, path: str) -> None:
    assert client(people, "制定机关").get(f"/items/{discussed.pk}/{path}").status_code == 403


@pytest.mark.parametrize("address", ["/export.json", "/export.xlsx", "/facets", "/board", "/audit"])
def test_an_issuer_exports_and_counts_nothing(people: dict[str, User], discussed: Item, address: str) -> None:
    assert client(people, "制定机关").get(address).status_code == 403


def test_an_issuer_gets_the_original_of_its_document(people: dict[str, User], discussed: Item) -> None:
    answer = client(people, "制定机关").get(f"/items/{discussed.pk}/original")
    assert answer.status_code == 200 and "农家乐" in b"".join(answer).decode()  # type: ignore[call-overload]


def test_an_issuer_does_not_see_who_handed_in_a_version(people: dict[str, User], discussed: Item) -> None:
    Item.objects.filter(pk=discussed.pk).update(name="wang/送审.zip/农家乐.txt")
    discussed.versions.update(name="wang/送审.zip/农家乐.txt")
    page = client(people, "制定机关").get(f"/items/{discussed.pk}/").content.decode()
    assert "农家乐.txt" in page and "wang" not in page
    assert call(people["制定机关"], "get", f"/items/{discussed.pk}").json()["name"] == "农家乐.txt"


def test_an_issuer_does_not_see_what_others_handed_in(people: dict[str, User], discussed: Item) -> None:
    Item.objects.create(name="zhang/别家的稿子.txt", title="别家的稿子", issuers="长河县教育局", rival=discussed)
    assert "别家的稿子" not in client(people, "制定机关").get(f"/items/{discussed.pk}/").content.decode()
    discussed.newcomers.all().delete()


@pytest.mark.parametrize("state", ["undecided", "decided", "second review"])
def test_only_a_finished_review_is_sent(people: dict[str, User], item: Item, state: str) -> None:
    if state != "undecided":
        decide_alarms(item, people["审查员"])
        conclude(item, people["审查员"])
    if state == "second review":
        workflow.finish(item, people["审查员"])
    with pytest.raises(UsageError, match="还没有办结"):
        releases.release(Item.objects.get(pk=item.pk), people["审查员"])


def test_a_finished_item_without_a_conclusion_is_not_sent(people: dict[str, User], done: Item) -> None:
    done.conclusions.all().delete()
    with pytest.raises(UsageError, match="结论"):
        releases.release(done, people["审查员"])


def test_a_draft_is_not_sent(people: dict[str, User], done: Item) -> None:
    """A new analysis of a finished item may find an alarm on which nobody has decided."""
    alarm = done.current.findings.filter(softened=False)[0]  # type: ignore[union-attr]
    done.decisions.filter(finding_key=alarm.key).delete()
    with pytest.raises(UsageError, match="情况有变"):
        releases.release(done, people["审查员"])


def test_the_issuer_sees_what_was_sent_and_nothing_beside(people: dict[str, User], sent: Release) -> None:
    page = client(people, "制定机关").get(f"/items/{sent.item_id}/").content.decode()
    assert "自行修改" in page and "请在一个月内答复" in page
    assert all(str(finding["name"]) in page and str(finding["text"]) in page for finding in sent.findings)
    assert "wang" not in page and "chief" not in page and 'class="risk' not in page


def test_the_api_tells_an_issuer_what_was_sent(people: dict[str, User], sent: Release) -> None:
    releases.reply(sent, releases.Answered(str(sent.findings[0]["key"]), "采纳", ""), people["制定机关"])
    own = call(people["制定机关"], "get", f"/items/{sent.item_id}").json()
    assert (own["release"]["outcome"], own["release"]["words"]) == ("自行修改", "请在一个月内答复")
    assert [row["name"] for row in own["release"]["findings"]] == [finding["name"] for finding in sent.findings]
    assert own["release"]["replies"] == {sent.findings[0]["key"]: {"stance": "采纳", "words": "", "by": "shui先生"}}


def test_only_upheld_findings_are_sent(people: dict[str, User], item: Item) -> None:
    first, second = workflow.open_alarms(item)[:2]
    workflow.decide(item, first.key, Statement("不成立", SECRET), people["审查员"])
    workflow.decide(item, second.key, Statement("需修改", ""), people["审查员"])
    made = releases.release(review(item, people), people["审查员"])
    keys = {str(finding["key"]) for finding in made.findings}
    assert first.key not in keys and second.key in keys
    (own,) = (finding for finding in made.findings if finding["key"] == second.key)
    assert own["words"] == "" and own["verdict"] == "需修改"
    assert SECRET not in json.dumps(made.findings, ensure_ascii=False)


def test_a_raised_finding_is_sent_like_one_of_the_program(people: dict[str, User], item: Item) -> None:
    text = item.current.text if item.current else ""
    at = text.index("免费提供培训")
    ground = Ground("RGT-01", "减损权益", "高", "", "增加义务", "请删去")
    made = raising.raise_finding(item, Span(at, at + 6), ground, [], people["审查员"])
    sent = releases.release(review(item, people), people["审查员"])
    (own,) = (finding for finding in sent.findings if finding["key"] == made.key)
    assert (own["path"], own["text"]) == ("第六条", "免费提供培训")


def opinion(people: dict[str, User], sent: Release) -> bytes:
    answer = client(people, "制定机关").get(f"/items/{sent.item_id}/release/{sent.pk}/opinion.docx")
    return b"".join(answer)


def test_the_sent_opinion_stays_the_same_whatever_happens_later(people: dict[str, User], sent: Release) -> None:
    before, item = opinion(people, sent), Item.objects.get(pk=sent.item_id)
    assert "草稿" not in text_of(before)
    workflow.send_back(item, people["主审"], "重新看")
    item.refresh_from_db()
    for finding in list(item.current.findings.filter(softened=False)):  # type: ignore[union-attr]
        workflow.decide(item, finding.key, Statement("不成立", "有依据"), people["主审"])
    checklists.conclude(item, "准予备案", "改变看法", people["主审"])
    workflow.correct(item, "title", "另一个题名", people["主审"])
    assert opinion(people, sent) == before
    page = client(people, "制定机关").get(f"/items/{item.pk}/").content.decode()
    assert "自行修改" in page and "准予备案" not in page


def test_an_opinion_whose_file_is_gone_is_said_to_be_gone(people: dict[str, User], sent: Release) -> None:
    original_path(home_folder(), sent.opinion.digest).unlink()
    answer = client(people, "制定机关").get(f"/items/{sent.item_id}/release/{sent.pk}/opinion.docx")
    assert answer.status_code == 400 and "已不在本系统" in answer.content.decode()


@pytest.fixture
def parking(people: dict[str, User]) -> Iterator[Item]:
    """An item whose original is a docx."""
    data = (SAMPLES / "02停车秩序规定.docx").read_bytes()
    home = connect("pipeline.web.settings")
    entry = QueueWriter(home, "test").put(examined(data, "送达/停车.docx"), data, None, separate=True)
    Item.objects.filter(pk=entry.item).update(rival=None, marks="", owner=people["制定机关"])
    yield Item.objects.get(pk=entry.item)
    erase(entry.item or 0)


def test_a_docx_is_sent_with_comments(people: dict[str, User], parking: Item) -> None:
    made = releases.release(review(parking, people), people["审查员"])
    answer = client(people, "制定机关").get(f"/items/{parking.pk}/release/{made.pk}/annotated.docx")
    assert answer.status_code == 200 and "停车" in text_of(b"".join(answer))  # type: ignore[call-overload]


def test_what_is_no_docx_is_sent_without_comments(people: dict[str, User], sent: Release) -> None:
    answer = client(people, "制定机关").get(f"/items/{sent.item_id}/release/{sent.pk}/annotated.docx")
    assert sent.annotated is None and answer.status_code == 400


def test_the_accounts_of_the_issuer_and_no_others_are_told(
    people: dict[str, User], done: Item, other_issuer: User
) -> None:
    Notice.objects.filter(words__contains="已送达").delete()
    releases.release(done, people["审查员"])
    assert {notice.user for notice in Notice.objects.filter(words__contains="已送达")} == {people["制定机关"]}


def test_a_sent_review_is_marked_and_an_answered_one_too(people: dict[str, User], sent: Release) -> None:
    item = Item.objects.get(pk=sent.item_id)
    assert item.marks == Mark.RELEASED and issuer_state(item, people["制定机关"]) == "审查意见已送达"
    for finding in sent.findings:
        releases.reply(sent, releases.Answered(str(finding["key"]), "采纳", ""), people["制定机关"])
    item.refresh_from_db()
    assert item.marks == Mark.ANSWERED and issuer_state(item, people["制定机关"]) == "已答复，等待处理"
    workflow.send_back(item, people["主审"], "有新的材料")
    item.refresh_from_db()
    assert issuer_state(item, people["制定机关"]) in ("等待审查", "审查中")
    page = client(people, "制定机关").get(f"/items/{item.pk}/").content.decode()
    assert "（此后重新打开，正在审查）" in page


def test_the_latest_answer_counts_and_the_earlier_one_is_kept(people: dict[str, User], sent: Release) -> None:
    key = str(sent.findings[0]["key"])
    releases.reply(sent, releases.Answered(key, "不采纳", "有依据"), people["制定机关"])
    releases.reply(sent, releases.Answered(key, "采纳", ""), people["制定机关"])
    assert releases.replies_of(sent)[key].stance == "采纳"
    assert sent.replies.filter(finding_key=key).count() == 2


def test_the_people_of_the_case_are_told_once_every_finding_is_answered(people: dict[str, User], sent: Release) -> None:
    told = Notice.objects.filter(item=sent.item_id, words__contains="已逐条答复")
    for finding in sent.findings[:-1]:
        releases.reply(sent, releases.Answered(str(finding["key"]), "采纳", ""), people["制定机关"])
    assert not told.exists()
    releases.reply(sent, releases.Answered(str(sent.findings[-1]["key"]), "采纳", ""), people["制定机关"])
    assert {notice.user for notice in told} == {people["审查员"], people["主审"]}


@pytest.mark.parametrize("stance", ["不采纳", "部分采纳"])
def test_who_does_not_adopt_says_why(people: dict[str, User], sent: Release, stance: str) -> None:
    with pytest.raises(UsageError, match="没有写明理由"):
        releases.reply(sent, releases.Answered(str(sent.findings[0]["key"]), stance, "  "), people["制定机关"])
    assert (
        releases.reply(
            sent, releases.Answered(str(sent.findings[0]["key"]), stance, "另有依据"), people["制定机关"]
        ).words
        == "另有依据"
    )


@pytest.mark.parametrize(
    ("key", "stance", "told"), [("x", "采纳", "已经不在"), (None, "随便", "没有选择"), (None, "", "没有选择")]
)
def test_an_answer_to_nothing_is_refused(
    people: dict[str, User], sent: Release, key: str | None, stance: str, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        releases.reply(sent, releases.Answered(key or str(sent.findings[0]["key"]), stance, ""), people["制定机关"])


def post_reply(user: User, sent: Release) -> Any:
    browser = client({"x": user}, "x")
    fields = {"key": str(sent.findings[0]["key"]), "stance": "采纳"}
    return browser.post(f"/items/{sent.item_id}/release/{sent.pk}/reply", fields)


def test_only_the_issuer_answers(people: dict[str, User], sent: Release, other_issuer: User) -> None:
    assert post_reply(other_issuer, sent).status_code == 404
    assert post_reply(people["审查员"], sent).status_code == 403
    assert not Reply.objects.filter(release=sent).exists()
    assert post_reply(people["制定机关"], sent).status_code == 302


def test_another_issuer_sees_nothing_of_it(people: dict[str, User], sent: Release, other_issuer: User) -> None:
    browser = client({"x": other_issuer}, "x")
    for path in ("", f"release/{sent.pk}/opinion.docx", "original"):
        assert browser.get(f"/items/{sent.item_id}/{path}").status_code == 404


def test_a_release_that_was_taken_back_is_out_of_sight(people: dict[str, User], sent: Release) -> None:
    with pytest.raises(UsageError, match="没有写明理由"):
        releases.take_back(sent, people["审查员"], " ")
    releases.take_back(sent, people["审查员"], "送错了")
    item = Item.objects.get(pk=sent.item_id)
    assert item.marks == "" and releases.current_release(item) is None
    browser = client(people, "制定机关")
    assert "自行修改" not in browser.get(f"/items/{item.pk}/").content.decode()
    assert browser.get(f"/items/{item.pk}/release/{sent.pk}/opinion.docx").status_code == 404
    assert post_reply(people["制定机关"], sent).status_code == 404
    assert Notice.objects.filter(user=people["制定机关"], item=item, words__contains="已收回：送错了").exists()
    assert client(people, "审查员").get(f"/items/{item.pk}/release/{sent.pk}/opinion.docx").status_code == 200
    sent.refresh_from_db()
    with pytest.raises(UsageError, match="已经收回"):
        releases.take_back(sent, people["审查员"], "再收")


def test_a_new_release_takes_the_place_of_the_old_one(people: dict[str, User], sent: Release) -> None:
    item = Item.objects.get(pk=sent.item_id)
    releases.reply(sent, releases.Answered(str(sent.findings[0]["key"]), "采纳", ""), people["制定机关"])
    with pytest.raises(UsageError, match="已经送达"):
        releases.release(item, people["主审"], "再送一次")
    Item.objects.filter(pk=item.pk).update(finished_at=timezone.now())
    newer = releases.release(item, people["主审"], "以此为准")
    sent.refresh_from_db()
    assert sent.withdrawn and releases.current_release(item) == newer
    item.refresh_from_db()
    assert item.marks == Mark.RELEASED and not releases.replies_of(newer)
    page = client(people, "制定机关").get(f"/items/{item.pk}/").content.decode()
    assert "以此为准" in page and "请在一个月内答复" not in page


def test_the_advice_of_the_former_type_is_not_sent(people: dict[str, User], item: Item) -> None:
    alarm = workflow.open_alarms(item)[0]
    raising.change_finding(
        item, alarm.key, raising.Change({"type": "RGT-01", "name": "减损权益"}, "不是许可"), people["审查员"]
    )
    workflow.decide(item, alarm.key, Statement("成立"), people["审查员"])
    sent = releases.release(review(item, people), people["审查员"])
    (own,) = (finding for finding in sent.findings if finding["key"] == alarm.key)
    assert own["words"] == "" and own["name"] == "减损权益"


@pytest.mark.parametrize("role", ["审查员", "主审"])
def test_the_api_binds_like_the_pages(people: dict[str, User], item: Item, role: str) -> None:
    """Corrections and conclusions of a case that another has, and of a finished one."""
    other = User.objects.get_or_create(username="li")[0]
    Item.objects.filter(pk=item.pk).update(assignee=other, kind=Kind.FILED)
    for path, body in (("conclusion", {"outcome": "准予备案"}), ("corrections", {"field": "title", "value": "题名"})):
        answer = call(people[role], "post", f"/items/{item.pk}/{path}", body)
        assert answer.status_code == (200 if role == "主审" else 400), path
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    answer = call(people[role], "post", f"/items/{item.pk}/corrections", {"field": "title", "value": "题名二"})
    assert answer.status_code == (200 if role == "主审" else 400)


def test_each_of_two_organs_of_a_case_reads_what_was_sent_to_it_and_nothing_of_the_other(
    people: dict[str, User], sent: Release, other_issuer: User
) -> None:
    item, mine = Item.objects.get(pk=sent.item_id), people["制定机关"]
    original = item.current.original  # type: ignore[union-attr]
    for user in (mine, other_issuer):
        name = f"{user.username}的说明.docx"
        Material.objects.create(item=item, kind="其他", name=name, original=original, by="x", account=user.username)
    # a version of the other organ was taken up
    Item.objects.filter(pk=item.pk).update(issuers=f"{item.issuers}、长河县教育局", marks=Mark.RELEASED)
    page, its = Client(), client(people, "制定机关").get(f"/items/{item.pk}/").content.decode()
    page.force_login(other_issuer)
    other = page.get(f"/items/{item.pk}/").content.decode()
    assert "还没有送达" in other and "送达，针对" not in other and f"{mine.username}的说明" not in other
    assert "送达，针对" in its and f"{other_issuer.username}的说明" not in its and f"{mine.username}的说明" in its
    files = [f"/items/{item.pk}/release/{sent.pk}/opinion.docx"]
    assert [page.get(one).status_code for one in files] == [404]
    assert call(other_issuer, "get", f"/items/{item.pk}").json()["release"] is None
    key = str(sent.findings[0]["key"])
    with pytest.raises(UsageError, match="不是送达给您的机关的"):
        releases.reply(sent, releases.Answered(key, "采纳"), other_issuer)
    fresh = Item.objects.get(pk=item.pk)
    assert (issuer_state(fresh, mine), issuer_state(fresh, other_issuer)) == ("审查意见已送达", "已办结")
    Notice.objects.all().delete()
    releases.take_back(sent, people["审查员"], "写错了")
    assert [notice.user for notice in Notice.objects.all()] == [mine]


def test_each_organ_answers_its_own_sending_also_after_another_organ_got_a_later_one(
    people: dict[str, User], sent: Release, other_issuer: User
) -> None:
    mine, now = people["制定机关"], next_version(Item.objects.get(pk=sent.item_id), people["主审"], CHANGE)
    assert now.current is not None
    job = Job.objects.create(name="改.txt", original=now.current.original, kind="备案", by=other_issuer)
    Paper.objects.create(job=job, position=0, name="改.txt", digest=now.current.original_id, item=now)
    Item.objects.filter(pk=now.pk).update(issuers="长河县教育局")
    decide_alarms(now, people["审查员"])
    conclude(now, people["审查员"])
    Item.objects.filter(pk=now.pk).update(status=Status.DONE, finished_at=timezone.now())
    later = releases.release(Item.objects.get(pk=now.pk), people["主审"])
    sent.refresh_from_db()
    assert sent.withdrawn is None and recipients.current_releases(now) == [later, sent]
    key = str(sent.findings[0]["key"])
    assert releases.reply(sent, releases.Answered(key, "采纳"), mine).release == sent
    assert releases.reply(later, releases.Answered(key, "不采纳", "另有依据"), other_issuer).release == later
    for who, refused in ((mine, later), (other_issuer, sent)):
        with pytest.raises(UsageError, match="不是送达给您的机关的"):
            releases.reply(refused, releases.Answered(key, "采纳"), who)
    assert "请逐条答复" in client(people, "制定机关").get(f"/items/{now.pk}/").content.decode()
    of_staff = client(people, "审查员").get(f"/items/{now.pk}/").content.decode()
    assert of_staff.count("<h2>送达与答复</h2>") == 2 and "向长河县教育局送达" in of_staff
    # the next sending to an organ takes the place of its own
    Item.objects.filter(pk=now.pk).update(finished_at=timezone.now())
    newest = releases.release(Item.objects.get(pk=now.pk), people["主审"])
    assert recipients.current_releases(now) == [newest, sent]
    told = {entry.what for entry in history.of(Item.objects.get(pk=now.pk))}
    assert told >= {"送达制定机关", "送达制定机关（已由后一次送达代替）"}
    job.papers.all().delete()
    job.delete()


def test_a_case_of_an_objection_takes_no_next_draft(people: dict[str, User], done: Item) -> None:
    Item.objects.filter(pk=done.pk).update(kind=Kind.OBJECTION, owner=people["制定机关"])
    for role in ("制定机关", "审查员"):
        browser = client(people, role)
        page = browser.get(f"/items/{done.pk}/").content.decode()
        assert "提交下一稿" not in page and "提交材料" in page
        assert "下一稿（" not in browser.get(f"/upload?case={done.pk}").content.decode()
        form = {"case": str(done.pk), "files": SimpleUploadedFile("新.txt", b"x")}
        answer = browser.post("/upload", form)
        assert answer.status_code == 400 and "没有下一稿" in answer.content.decode()
    Item.objects.filter(pk=done.pk).update(kind=Kind.DRAFT)
    assert "提交下一稿" in client(people, "制定机关").get(f"/items/{done.pk}/").content.decode()


def test_a_basis_that_nobody_has_checked_is_not_handed_out_until_a_person_names_it(
    people: dict[str, User], item: Item
) -> None:
    finding = item.current.findings.filter(type="LIC-01").first()  # type: ignore[union-attr]
    assert finding is not None
    finding.content["bases"] = [{**finding.content["bases"][0], "confirmed": False}]
    finding.save()
    cited = f"《{finding.content['bases'][0]['law']}》{finding.content['bases'][0]['article']}"
    name = finding.content["bases"][0]["law"].removeprefix("中华人民共和国")
    decide_alarms(item, people["审查员"])

    def handed_out() -> list[bool]:
        case = case_of(Item.objects.get(pk=item.pk))
        told = next(one for one in case.findings if one.key == finding.key)
        sent = next(one for one in findings_for_issuer(item) if one["key"] == finding.key)
        papers = [written(Item.objects.get(pk=item.pk), form) for form in ("opinion", "correction")]
        assert not any("（待核实）" in paper for paper in papers)
        return [bool(told.checked_bases), bool(sent["bases"]), *(f"依据：{cited}" in paper for paper in papers)]

    assert handed_out() == [False] * 4
    assert f"依据：{cited}（待核实）" in written(item, "record")
    named = f"《{name}》{finding.content['bases'][0]['article']}"
    form = {"key": finding.key, "basis": named, "reason": "已核对原文"}
    assert client(people, "审查员").post(f"/items/{item.pk}/findings/change", form).status_code == 302
    assert handed_out() == [True] * 4
    told = next(one for one in case_of(Item.objects.get(pk=item.pk)).findings if one.key == finding.key)
    assert told.change and told.change.what == f"依据由{cited}（待核实）改为{cited}"


def test_an_issuer_is_not_told_that_nothing_was_sent_once_another_organ_got_a_later_review(
    people: dict[str, User], sent: Release, other_issuer: User
) -> None:
    Release.objects.filter(pk=sent.pk).update(withdrawn=timezone.now())
    page = client(people, "制定机关").get(f"/items/{sent.item_id}/").content.decode()
    assert "以前各稿的意见已送达，这一稿还没有" in page and "<span>还没有送达</span>" not in page


def test_a_conclusion_without_findings_is_not_told_as_no_need_of_changes(
    people: dict[str, User], sent: Release
) -> None:
    Release.objects.filter(pk=sent.pk).update(findings=[])
    page = client(people, "制定机关").get(f"/items/{sent.item_id}/").content.decode()
    assert "没有逐条列出的意见，结论和理由见意见书" in page and "没有需要修改" not in page
