"""Every URL and method of the desk with every role; what the matrix does not permit is refused."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, get_resolver

from pipeline.review.models import Item
from tests.web.conftest import client

STAFF = {"管理员", "主审", "审查员", "法律顾问", "分析员"}
ANALYSTS = {"主审", "分析员"}
ALL = {*STAFF, "制定机关"}
DECIDERS = {"主审", "审查员", "法律顾问"}
# URL name → method → permitted roles; visitors may only log in
MATRIX: dict[str, dict[str, set[str]]] = {
    "queue": {"get": ALL},
    "item": {"get": ALL},
    "facets": {"get": STAFF},
    "rows": {"get": STAFF},
    "layout": {"get": STAFF},
    "picture": {"get": STAFF},
    "related": {"get": STAFF},
    "versions": {"get": STAFF},
    "material": {"get": ALL},
    "withdraw": {"post": DECIDERS},
    "group": {"get": DECIDERS, "post": DECIDERS},
    "raise": {"post": DECIDERS},
    "take_back_finding": {"post": DECIDERS},
    "change_finding": {"get": DECIDERS, "post": DECIDERS},
    "explain": {"post": DECIDERS},
    "give_back": {"post": DECIDERS},
    "version_choice": {"post": DECIDERS},
    "split_off": {"post": DECIDERS},
    "release": {"post": {"主审", "审查员"}},
    "take_back_release": {"post": {"主审", "审查员"}},
    "reply": {"post": {"制定机关"}},
    "released_file": {"get": ALL},
    "notices": {"get": ALL, "post": ALL},
    "judge": {"post": {"主审", "审查员", "法律顾问"}},
    "check": {"post": {"主审", "审查员", "法律顾问"}},
    "carry_points": {"post": DECIDERS},
    "enter_reply": {"post": {"主审", "审查员"}},
    "conclude": {"post": {"主审", "审查员", "法律顾问"}},
    "assign": {"post": {"管理员", "主审"}},
    "decide": {"post": {"主审", "审查员", "法律顾问"}},
    "finish": {"post": {"主审", "审查员"}},
    "send_back": {"post": {"主审", "审查员"}},
    "claim": {"post": {"主审", "审查员", "法律顾问"}},
    "correct": {"post": {"主审", "审查员", "法律顾问"}},
    "original": {"get": ALL},
    "paper": {"get": STAFF},
    "export": {"get": STAFF},
    "make_public": {"get": {"主审"}, "post": {"主审"}},
    "save_view": {"post": STAFF},
    "bulk": {"post": {"管理员", "主审"}},
    "undo": {"post": {"管理员", "主审"}},
    "upload": {"get": {"管理员", "主审", "审查员", "制定机关"}, "post": {"管理员", "主审", "审查员", "制定机关"}},
    "jobs": {"get": {"管理员", "主审", "审查员", "制定机关"}},
    "retry": {"post": {"管理员", "主审", "审查员", "制定机关"}},
    "choose": {"post": {"管理员", "主审", "审查员", "制定机关"}},
    "board": {"get": STAFF},
    "people": {"get": {"管理员"}, "post": {"管理员"}},
    "change": {"get": {"管理员"}, "post": {"管理员"}},
    "alerts": {"get": STAFF, "post": STAFF},
    "drop_view": {"post": STAFF},
    "tokens": {"get": ALL, "post": ALL},
    "end_token": {"post": ALL},
    "audit": {"get": {"管理员", "主审"}},
    "trends": {"get": ANALYSTS, "post": ANALYSTS},
    "answer_file": {"get": ANALYSTS},
    "table_file": {"get": STAFF},
}
# pages that answer any method with their form
WITH_FORM = {"upload", "alerts", "notices"}
# addresses of a form that lead back to the item where they are opened as a page
LEADS_BACK = {"group"}
OPEN = {"login", "logout", "password", "public", "public_item", "public_text", "public_feed"}


def patterns() -> list[URLPattern]:
    return [pattern for pattern in get_resolver().url_patterns if isinstance(pattern, URLPattern)]


def address(name: str, item: Item) -> str:
    from django.urls import reverse

    wanted = next(pattern for pattern in patterns() if pattern.name == name)
    known = {"form": "opinion", "kind": "csv", "number": 1, "name": "documents"}
    return reverse(name, kwargs={part: known.get(part, item.pk) for part in wanted.pattern.converters})


def test_every_url_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in patterns()} == set(MATRIX) | OPEN


@pytest.mark.parametrize("role", [*sorted(ALL), None])
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_each_role_has_exactly_its_permissions(
    people: dict[str, User], item: Item, name: str, role: str | None
) -> None:
    for method in ("get", "post", "put", "delete"):
        response: Any = getattr(client(people, role), method)(address(name, item))
        response.close()
        code, allowed = response.status_code, MATRIX[name].get(method)
        if allowed is None and name not in WITH_FORM:
            assert code in (302, 403, 405), (method, code)
            assert code != 302 or role is None, method
        elif role is None:
            assert code in (302, 405) and "/login" in response.headers.get("Location", "/login"), (method, code)
        elif allowed and role in allowed:
            leads = method == "post" or name in LEADS_BACK
            assert code not in (302, 403, 405) or (leads and code == 302), (method, code)
        elif allowed:
            assert code == 403, (method, code)


def test_an_issuer_sees_its_own_and_no_other(people: dict[str, User], item: Item) -> None:
    browser = client(people, "制定机关")
    assert browser.get(f"/items/{item.pk}/").status_code == 200
    Item.objects.filter(pk=item.pk).update(issuers="长河县人民政府")
    assert browser.get(f"/items/{item.pk}/").status_code == 404
    assert f'/items/{item.pk}/"' not in browser.get("/").content.decode()
    own = "湖南省临溪县人民政府"
    for other in (f"{own}办公室", f"原{own}", f"长河县人民政府、{own}办公室", own[3:], own[:-2]):
        Item.objects.filter(pk=item.pk).update(issuers=other)
        assert browser.get(f"/items/{item.pk}/").status_code == 404, f"{other} is another organ"
    for among in (f"{own}、长河县水利局", f"长河县水利局、{own}", f"长河县水利局、{own}、长河县教育局"):
        Item.objects.filter(pk=item.pk).update(issuers=among)
        assert browser.get(f"/items/{item.pk}/").status_code == 200, among


def test_an_account_without_a_role_sees_nothing(people: dict[str, User]) -> None:
    user = User.objects.filter(username="nobody").first() or User.objects.create_user("nobody")
    browser = client({"无": user}, "无")
    assert browser.get("/").status_code == 403


@pytest.mark.parametrize("role", [*sorted(ALL), None])
@pytest.mark.parametrize("name", sorted(name for name in OPEN if name.startswith("public")))
def test_public_pages_show_what_is_public_and_change_nothing(
    people: dict[str, User], item: Item, name: str, role: str | None
) -> None:
    wanted = 404 if name in ("public_item", "public_text") else 200
    assert client(people, role).get(address(name, item)).status_code == wanted
    assert str(item.title) not in client(people, role).get(address(name, item)).content.decode()
    for method in ("post", "put", "delete"):
        assert getattr(client(people, role), method)(address(name, item)).status_code == 405, method
