"""The audit says who logged in, who failed to, who left, and whose pages were looked at."""

from django.contrib.auth.models import User
from django.test import Client

from pipeline.review.models import AuditEntry, Item
from tests.web.conftest import HANDLER, PASSWORD, client


def browser() -> Client:
    found = Client(REMOTE_ADDR="10.1.2.3")
    found.handler = HANDLER
    return found


def last(what: str) -> AuditEntry:
    return AuditEntry.objects.filter(what=what).order_by("-id")[0]


def log_in(one: Client, name: str, password: str) -> int:
    return one.post("/login", {"username": name, "password": password}).status_code


def test_a_login_and_a_logout_are_recorded_with_their_address(people: dict[str, User]) -> None:
    one = browser()
    assert log_in(one, "wang", PASSWORD) == 302
    assert (last("登录").who, last("登录").detail) == ("wang", "来自10.1.2.3")
    one.post("/logout")
    assert (last("退出").who, last("退出").detail) == ("wang", "来自10.1.2.3")


def test_a_failure_is_recorded_under_the_account_that_was_tried(people: dict[str, User]) -> None:
    log_in(browser(), "law", "falsch-mima-2026")
    assert (last("登录失败").who, last("登录失败").detail) == ("law", "来自10.1.2.3")
    log_in(browser(), "law", PASSWORD)


def test_of_a_name_without_account_only_the_beginning_is_kept_since_it_may_be_a_password(
    people: dict[str, User],
) -> None:
    for name in ("geheim-mima-2026", "长" * 900, "a\0b"):
        log_in(browser(), name, "x")
    entries = AuditEntry.objects.filter(what="登录失败", who="（未登录）").order_by("-id")
    assert "来自10.1.2.3，没有这个账号：ge…（16字）" in [entry.detail for entry in entries]
    assert not AuditEntry.objects.filter(detail__contains="geheim").exists()


def test_looking_at_pages_is_recorded_once_a_load_and_pictures_asked_for_alone_too(
    people: dict[str, User], item: Item
) -> None:
    def count(name: str) -> int:
        return AuditEntry.objects.filter(what="查看版面", item=item.pk, who=name).count()

    wang, law = client(people, "审查员"), client(people, "法律顾问")
    wang.get(f"/items/{item.pk}/pages")
    wang.get(f"/items/{item.pk}/pages/1/picture")
    wang.get(f"/items/{item.pk}/pages/1/picture")
    assert count("wang") == 1
    wang.get(f"/items/{item.pk}/pages")
    assert count("wang") == 2
    law.get(f"/items/{item.pk}/pages/1/picture")
    law.get(f"/items/{item.pk}/pages/1/picture")
    assert count("law") == 1
