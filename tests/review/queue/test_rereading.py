"""Items that an earlier version of the program read are read anew; what was finished or sent stays as it was."""

from datetime import date

from django.contrib.auth.models import User

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import Dossier, Problem
from pipeline.home import home_folder
from pipeline.ingest import Upload
from pipeline.review.decisions import workflow
from pipeline.review.models import Item, Status, Version
from pipeline.review.queue.rereading import Reread, outdated, reread
from tests.review.reviewed import decide_alarms


def read(name: str, data: bytes, place: str | None, draft: bool) -> Dossier | Problem:
    return analyze_upload(Upload(name, data), LegalContext(date(2026, 11, 22), place, draft=draft))


def again(item: Item, engine: str) -> list[Reread]:
    return list(reread(outdated(engine, numbers=[item.pk]), read, home_folder(), engine))


def test_what_an_earlier_version_read_is_read_anew_and_decisions_stay(item: Item, people: dict[str, User]) -> None:
    decide_alarms(item, people["审查员"])
    right = item.title
    Item.objects.filter(pk=item.pk).update(title="读错的题名", issuers="读错的机关")
    Version.objects.filter(pk=item.current_id).update(engine="0.1.0")
    assert again(item, "0.14.0") == [Reread(item.pk, "读错的题名", right)]
    fresh = Item.objects.get(pk=item.pk)
    assert fresh.issuers != "读错的机关" and not workflow.open_alarms(fresh)
    assert again(item, "0.14.0") == []


def test_what_is_finished_is_named_and_left_as_it_was(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(status=Status.DONE, title="旧题名")
    (left,) = again(item, "0.14.0")
    assert left.left == "已办，没有重新读取" and Item.objects.get(pk=item.pk).title == "旧题名"
