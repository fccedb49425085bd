"""Where a document is that stood in the queue under another number before, and what is said of a file that is there already."""

from django.contrib.auth.models import User

from corpora import papers
from pipeline.review.connection import connect
from pipeline.review.models import AuditEntry, Item, Status
from pipeline.review.queue import versions
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.review.decisions.test_raising import next_version
from tests.review.reviewed import erase
from tests.web.conftest import client


def test_an_old_number_leads_to_where_its_version_is_now(item: Item, people: dict[str, User]) -> None:
    chief = people["主审"]
    now = next_version(item, chief, ("安全检查", "安全检查和消防检查"))
    entry = AuditEntry.objects.filter(what="接收新版本", item=item.pk).latest("id")
    first = int(entry.detail.partition("原编号")[2].partition("）")[0])
    separate = versions.split_off(now, chief, "收错了").pk
    assert versions.merged_into(first) == separate
    newcomer = Item.objects.get(pk=separate)
    versions.propose(newcomer, item.pk, chief)
    versions.take_up(Item.objects.get(pk=separate), chief, "确是新稿")
    for number in (first, separate):
        assert versions.merged_into(number) == item.pk
        answer = client(people, "审查员").get(f"/items/{number}/", follow=True)
        assert answer.redirect_chain[0][0] == f"/items/{item.pk}/"
        assert f"原来的编号{number}在编号{item.pk}中" in answer.content.decode()


def test_the_same_file_from_another_hand_is_said_to_be_the_one_that_is_there(
    item: Item, people: dict[str, User]
) -> None:
    home, data = connect("pipeline.web.settings"), "\n".join(papers.FARMHOUSE).encode()
    later = data + "\n附则".encode()
    same_title = QueueWriter(home, "test").put(examined(later, "又一稿.txt"), later, None).item
    Item.objects.filter(pk=same_title).update(rival=None)
    copy = (
        QueueWriter(home, "test")
        .put(examined(data, "jiaoyu/抄件.txt"), data, None, separate=True, submitted_by="x")
        .item
    )
    found = Item.objects.get(pk=copy or 0)
    assert found.rival == item and found.rival_reason == f"与编号{item.pk}第1版是同一个文件，逐字节相同"
    for number, words in ((copy, "本件和<a"), (item.pk, "和本件可能是一件：与编号")):
        page = client(people, "审查员").get(f"/items/{number}/").content.decode()
        assert words in page and "是同一个文件，逐字节相同" in page and "本件可能是<a" not in page
    for number in (copy, same_title):
        erase(number or 0)


def test_what_a_person_may_not_do_is_not_offered(item: Item, people: dict[str, User]) -> None:
    chief, reviewer = people["主审"], people["审查员"]
    now = next_version(item, chief, ("安全检查", "安全检查和消防检查"))
    Item.objects.filter(pk=now.pk).update(assignee=reviewer, status=Status.SECOND, reviewed_by=reviewer.username)
    page = client(people, "审查员").get(f"/items/{now.pk}/").content.decode()
    assert ">放回</button>" not in page
    Item.objects.filter(pk=now.pk).update(status=Status.DONE, kind="草案")
    page = client(people, "审查员").get(f"/items/{now.pk}/").content.decode()
    assert "拆出另立一件" not in page and "本件是另一件的新版本…" not in page
    page = client(people, "主审").get(f"/items/{now.pk}/").content.decode()
    assert "拆出另立一件" in page and ">公开…</a>" not in page
