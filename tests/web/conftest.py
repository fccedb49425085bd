"""Accounts in every role and an item, in the database that all tests of the queue share."""

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from corpora import papers
from pipeline.review.accounts import Role, add_user
from pipeline.review.connection import connect
from pipeline.review.models import Item
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.review.reviewed import erase

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.web.browsing import Desk

PASSWORD = "ceshi-mima-2026"
NAMES = {
    Role.ADMIN: "admin",
    Role.CHIEF: "chief",
    Role.REVIEWER: "wang",
    Role.COUNSEL: "law",
    Role.ANALYST: "fenxi",
    Role.ISSUER: "shui",
}


@pytest.fixture(scope="session")
def people() -> dict[str, User]:
    """An account in every role, by name of the role; the organ of the issuer is that of the document of `item`."""
    connect("pipeline.web.settings")
    organ = "湖南省临溪县人民政府"
    return {
        role.value: User.objects.filter(username=name).first()
        or add_user(name, PASSWORD, role, organ=organ if role is Role.ISSUER else "", full_name=f"{name}先生")
        for role, name in NAMES.items()
    }


@pytest.fixture
def item(people: dict[str, User]) -> Iterator[Item]:
    """An item of high risk in the queue."""
    home = connect("pipeline.web.settings")
    data = "\n".join(papers.FARMHOUSE).encode()
    entry = QueueWriter(home, "test").put(examined(data, "农家乐.txt"), data, None)
    # other tests put the same document into the shared queue
    Item.objects.filter(pk=entry.item).update(rival=None, marks="")
    yield Item.objects.get(pk=entry.item)
    erase(entry.item or 0)


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the forms of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def confirm(browser: Client, form: dict[str, Any]) -> Any:
    """Previews a decision on many items and confirms what the preview showed."""
    page = browser.post("/bulk", form).content.decode()
    assert "确认决定" in page
    seen = {name: value for name, value in hidden_fields(page).items() if name.startswith("seen_")}
    return browser.post("/bulk", form | seen | {"sure": "1"})


# what stands between a request and a page, made once: each client of its own would look through all static files again
HANDLER = Client().handler


def client(people: dict[str, User], role: str | None) -> Client:
    """A test client logged in with a role, or not logged in for None."""
    browser = Client()
    browser.handler = HANDLER
    if role:
        browser.force_login(people[role], backend="pipeline.review.sign_in.Accounts")
    return browser


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Desk"]:
    """A desk of its own for the tests of a module."""
    from tests.web.browsing import started

    yield from started(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A browser for the tests of a module."""
    from tests.web.browsing import chromium

    yield from chromium()


@pytest.fixture
def faultless(desk: "Desk") -> Iterator[None]:
    """Fails a test on whose pages anything went wrong that it had not asked for."""
    desk.faults.clear()
    yield
    assert desk.faults == []
