"""New items of saved views are reported on the page, by mail and to programs."""

import json
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import override_settings
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.review.accounts import make_token
from pipeline.review.models import AuditEntry, Item, SavedView
from pipeline.review.queue import alerts
from tests.web.conftest import client

LOCAL = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def view(people: dict[str, User], item: Item) -> Iterator[SavedView]:
    """A view of the reviewer with one new item."""
    user = people["审查员"]
    # other tests save views of other accounts
    SavedView.objects.all().delete()
    alerts.set_address(user, "wang@example.cn")
    yield SavedView.objects.create(user=user, name="农家乐", query="q=农家乐", seen=item.pk - 1, notified=item.pk - 1)
    SavedView.objects.filter(user=user).delete()


@pytest.fixture
def posted() -> Iterator[list[Any]]:
    """The mails that were sent."""
    mail.outbox = []
    with override_settings(EMAIL_BACKEND=LOCAL, EMAIL_HOST="mail", DESK_ADDRESS="http://desk:8000"):
        yield mail.outbox


def test_new_items_are_mailed_once(view: SavedView, item: Item, posted: list[Any]) -> None:
    assert alerts.send() == (["wang"], [])
    (sent,) = posted
    assert sent.to == ["wang@example.cn"] and sent.subject == "清规：“农家乐”新增1件"
    assert AuditEntry.objects.filter(who="wang", what="提醒", detail="邮件，1件").exists()
    assert item.title in sent.body and f"http://desk:8000/items/{item.pk}/" in sent.body
    assert alerts.send() == ([], []) and len(posted) == 1


def test_items_of_an_opened_view_are_not_mailed(people: dict[str, User], view: SavedView, posted: list[Any]) -> None:
    assert client(people, "审查员").get(f"/?q=农家乐&view={view.pk}").status_code == 200
    assert alerts.send() == ([], []) and not posted


def test_a_mail_that_fails_is_sent_again(view: SavedView, posted: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise smtplib.SMTPServerDisconnected("gone")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refused)
        sent, faults = alerts.send()
    assert not sent and "没有发出" in faults[0]
    assert alerts.send() == (["wang"], [])


def test_an_account_without_address_is_named(people: dict[str, User], view: SavedView, posted: list[Any]) -> None:
    alerts.set_address(people["审查员"], "")
    assert alerts.send() == ([], ["账号“wang”没有邮箱，1件没有提醒"])
    with pytest.raises(UsageError, match="不是邮箱地址"):
        alerts.set_address(people["审查员"], "wang")


def test_the_page_saves_the_address_and_deletes_views(people: dict[str, User], view: SavedView) -> None:
    browser = client(people, "审查员")
    shown = browser.get("/alerts").content.decode()
    assert "农家乐" in shown and "1件" in shown and "还没有配置邮件服务器" in shown
    page = browser.post("/alerts", {"address": "w2@example.cn"}, follow=True).content.decode()
    assert "提醒将发到w2@example.cn" in page
    other = client(people, "主审")
    assert other.post(f"/alerts/{view.pk}/drop").status_code == 404
    browser.post(f"/alerts/{view.pk}/drop")
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_programs_save_and_read_views(people: dict[str, User], view: SavedView) -> None:
    browser, token = client(people, None), make_token(people["审查员"], "视图")
    headers = {"Authorization": f"Bearer {token}"}
    saved = browser.get("/api/v1/views", headers=headers).json()
    assert saved == [{"name": "农家乐", "query": "q=农家乐", "fresh": 1}]
    kept = json.dumps({"name": "罚款", "query": "q=罚款"})
    assert browser.post("/api/v1/views", kept, content_type="application/json", headers=headers).status_code == 200
    broken = json.dumps({"name": "两\n行", "query": ""})
    assert browser.post("/api/v1/views", broken, content_type="application/json", headers=headers).status_code == 200
    assert SavedView.objects.filter(user=people["审查员"], name="两 行").delete()[0] == 1
    unnamed = json.dumps({"name": " ", "query": "q=罚款"})
    answer = browser.post("/api/v1/views", unnamed, content_type="application/json", headers=headers)
    assert answer.status_code == 400 and "没有名称" in answer.json()["message"]
    assert {row["name"]: row["fresh"] for row in browser.get("/api/v1/views", headers=headers).json()} == {
        "农家乐": 1,
        "罚款": 0,
    }


def test_the_command_shows_and_says_what_is_missing(view: SavedView, item: Item) -> None:
    alerts_shown = json.loads(CliRunner().invoke(app, ["notify", "--json"]).stdout)
    mine = [row for row in alerts_shown if row["user"] == "wang"]
    assert mine[0]["count"] == 1 and mine[0]["items"][0]["item"] == item.pk
    assert "“农家乐”新增1件" in CliRunner().invoke(app, ["notify", "--dry-run"]).stdout
    refused = CliRunner().invoke(app, ["notify"])
    assert isinstance(refused.exception, UsageError) and "QINGGUI_MAIL" in refused.exception.remedy
