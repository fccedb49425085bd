"""Errors in Chinese: every address of the desk and of the API with wrong methods and values says what to do, and nothing in English."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import URLPattern, get_resolver, reverse

from pipeline.guard import REPORT
from pipeline.review.accounts import make_token
from pipeline.review.models import AuditEntry, Export, Item
from pipeline.web import errors
from tests.web.conftest import PASSWORD, client

METHODS = ("get", "post", "put", "patch", "delete", "options")
WRONG: tuple[dict[str, str], ...] = (
    {},
    {"what": "x", "key": "x", "field": "x", "outcome": "x", "name": " ", "role": "x"},
)
# three words of English in a row are a sentence; names such as openapi.json, Cookie and Content-Type are none
SENTENCE = re.compile(r"[A-Za-z][A-Za-z'’]+(?:[ ,]+[A-Za-z'’]+){2,}")


def visible(page: str) -> str:
    """The text of a page as a reader sees it, with what a screen reader reads."""
    body = re.sub(r"(?s)<head>.*?</head>|<script.*?</script>|<style.*?</style>", " ", page)
    spoken = " ".join(re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]*)"', body))
    return unescape(re.sub(r"<[^>]+>", " ", body) + " " + spoken)


def assert_chinese(response: Any, about: object) -> None:
    """Asserts that an error has a Chinese text and no English sentence."""
    if response.status_code < 400 or response.streaming:
        return
    text = response.content.decode()
    if response.headers["Content-Type"].startswith("application/json"):
        content = json.loads(text)
        text = f"{content['message']} {content['remedy']}"
    else:
        text = visible(text)
    assert about and not SENTENCE.search(text), (about, response.status_code, SENTENCE.search(text))
    assert re.search(r"[\u4e00-\u9fff]{4}", text), (about, response.status_code, text)


def addresses(item: Item) -> Iterator[str]:
    """Every address of the desk, for an item and for one that there is not, and some that there are not."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern) and pattern.name:
            for number in (item.pk, 99_999_999):
                known = {"form": "bu-cunzai", "kind": "exe", "number": 999}
                yield reverse(
                    pattern.name, kwargs={part: known.get(part, number) for part in pattern.pattern.converters}
                )
    yield from ("/no", "/items/x/", "/items/99999999999999999999999/", "/api/v1/no", "/api/", "/static/no.css")


@pytest.mark.parametrize("role", ["管理员", "审查员", "制定机关", None])
def test_no_page_says_anything_in_english(people: dict[str, User], item: Item, role: str | None) -> None:
    browser = client(people, role)
    browser.raise_request_exception = False
    for address in dict.fromkeys(addresses(item)):
        if address == "/logout":
            continue
        for method in METHODS:
            for values in WRONG if method == "post" else WRONG[:1]:
                answer = getattr(browser, method)(address, values)
                assert_chinese(answer, (method, address, role))
                answer.close()


def test_logout_by_link_is_refused_in_chinese(people: dict[str, User]) -> None:
    answer = client(people, "主审").get("/logout")
    assert answer.status_code == 405 and "不能直接打开" in answer.content.decode() and answer["Allow"]


def test_the_fragment_for_htmx_is_only_the_message(people: dict[str, User], item: Item) -> None:
    browser = client(people, "审查员")
    for method, address, status in (("get", f"/items/{item.pk}/claim", 405), ("get", "/items/99999999/", 404), ("get", "/people", 403)):  # fmt: skip
        answer = getattr(browser, method)(address, headers={"HX-Request": "true"})
        assert answer.status_code == status and answer.content.decode().startswith(
            '<p class="notice error" role="alert">'
        )


def test_a_form_without_its_mark_says_how_to_send_it_again(people: dict[str, User]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people["管理员"], backend="pipeline.review.sign_in.Accounts")
    answer = browser.post("/people", {"name": "x"})
    page = visible(answer.content.decode())
    assert answer.status_code == 403 and "没有提交" in page and "后退" in page and "刷新" in page


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_post_that_is_too_large_is_refused_with_the_limit(people: dict[str, User]) -> None:
    answer = client(people, "管理员").post("/people", {"name": "x" * 2000})
    assert answer.status_code == 413 and "提交的内容太多" in answer.content.decode()
    token = make_token(people["审查员"], "测试")
    program = Client().post("/api/v1/views", "x" * 2000, content_type="application/json", headers={"Authorization": f"Bearer {token}"})  # fmt: skip
    assert program.status_code in (400, 413) and program.json()["message"]
    assert_chinese(program, ("post",))


@override_settings(ALLOWED_HOSTS=["desk.example"])
def test_an_unknown_host_is_refused_in_chinese() -> None:
    answer = Client(headers={"Host": "other.example"}).get("/login")
    assert answer.status_code == 400 and "QINGGUI_HOSTS" in answer.content.decode()
    assert_chinese(answer, ("get",))


@pytest.mark.parametrize("address", ["/x", "/api/v1/x"])
def test_a_fault_of_the_program_asks_no_database(address: str) -> None:
    request: WSGIRequest = RequestFactory().get(address)
    answer = errors.server_error(request)
    assert answer.status_code == 500 and "程序出错" in answer.content.decode()
    assert_chinese(answer, ("get",))


def test_an_unforeseen_exception_is_in_the_log_under_the_number_that_the_page_shows(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("坏了")

    monkeypatch.setattr("pipeline.web.issuer.notices_of_account.latest", fail)
    browser = client(people, "审查员")
    browser.raise_request_exception = False
    for address in ("/notices", "/api/v1/notices"):
        headers = {"Authorization": f"Bearer {make_token(people['审查员'], '测试')}"}
        answer = browser.get(address, headers=headers)
        number = REPORT.search(answer.content.decode())
        assert answer.status_code == 500 and number
        assert number[0] in caplog.text and "LookupError: 坏了" in caplog.text
        caplog.clear()


def call(user: User | None, method: str, path: str, body: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {make_token(user, '测试')}"} if user else {}
    content = {"data": body, "content_type": "application/json"} if body is not None else {}
    return getattr(Client(), method)(f"/api/v1{path}", headers=headers, **content)


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("get", "/items?page=x", None, 422, "page应当是整数"),
        ("get", "/items/x", None, 422, "item_id应当是整数"),
        ("post", "/items/1/decisions", "{}", 422, "key没有填写；verdict没有填写"),
        ("post", "/items/1/decisions", '{"key": 1, "verdict": "成立", "final": "也许"}', 422, "key应当是文字；final应当是true或者false"),
        ("post", "/items/1/decisions", "[]", 422, "key没有填写"),
        ("post", "/items/1/decisions", "{", 400, "不是JSON"),
        ("post", "/uploads", None, 422, "files没有填写"),
        ("get", "/audit?before=x", None, 422, "before应当是整数"),
        ("get", "/items/99999999", None, 404, "没有找到"),
        ("get", "/nichts", None, 404, "没有这个接口地址"),
        ("delete", "/items", None, 405, "不能用DELETE方法"),
        ("post", "/items/1/papers/opinion.docx", "{}", 405, "不能用POST方法"),
        ("get", "/audit", None, 403, "这个账号不能查看审计"),
    ],
)  # fmt: skip
def test_errors_of_the_api_have_message_and_remedy(
    people: dict[str, User], method: str, path: str, body: str | None, status: int, says: str
) -> None:
    role = "主审" if path.startswith("/audit?") else "审查员"
    answer = call(people[role], method, path, body)
    content = answer.json()
    assert (answer.status_code, content["remedy"] != "") == (status, True) and says in content["message"]
    assert_chinese(answer, (method, path))
    if status == 422:
        assert content["detail"][0]["loc"], "programs still find the detail of django-ninja"


@pytest.mark.parametrize("token", [None, "falsch"])
def test_without_a_token_the_api_says_where_to_get_one(people: dict[str, User], token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = Client().get("/api/v1/items", headers=headers)
    assert (
        answer.status_code == 401
        and "接口令牌" in answer.json()["remedy"]
        and answer.json()["detail"] == "Unauthorized"
    )


def test_every_call_of_the_api_with_every_method_answers_in_chinese(people: dict[str, User], item: Item) -> None:
    described = Client().get("/api/v1/openapi.json").json()["paths"]
    for path in described:
        address = path.removeprefix("/api/v1").replace("{item_id}", str(item.pk)).replace("{job_id}", "x")
        for method in METHODS:
            for user in (people["制定机关"], None):
                body = None if method == "get" else "{}"
                assert_chinese(call(user, method, re.sub(r"\{\w+\}", "x", address), body), (method, path))


def test_wrong_logins_are_answered_in_chinese(people: dict[str, User]) -> None:
    for form in (
        {},
        {"username": "wang"},
        {"username": "bu-cunzai", "password": "x"},
        {"username": "x" * 300, "password": PASSWORD},
    ):
        answer = Client().post("/login", form)
        assert not SENTENCE.search(visible(answer.content.decode()))


@pytest.mark.parametrize(
    "path", ["/", "/trends", "/items/{item}/", "/items/{item}/papers/record.docx", "/audit", "/public/"]
)
def test_head_answers_as_get_without_a_body_and_records_nothing(people: dict[str, User], item: Item, path: str) -> None:
    address, browser = path.format(item=item.pk), client(people, "主审")
    assert browser.get("/").status_code == 200
    before = AuditEntry.objects.count(), Export.objects.count()
    asked = browser.head(address)
    assert asked.status_code == 200 and asked.content == b""
    assert (AuditEntry.objects.count(), Export.objects.count()) == before
    got = browser.get(address)
    assert asked.headers["Content-Type"] == got.headers["Content-Type"]


def test_head_answers_at_the_api_and_where_only_posting_is_allowed(people: dict[str, User], item: Item) -> None:
    headers = {"Authorization": f"Bearer {make_token(people['审查员'], '头')}"}
    for path in ("/api/v1/items", f"/api/v1/items/{item.pk}", "/api/v1/public"):
        assert Client().head(path, headers=headers).status_code == 200
    assert Client().head("/api/v1/items").status_code == 401
    assert client(people, "审查员").head(f"/items/{item.pk}/decide").status_code == 405
