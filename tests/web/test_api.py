"""The HTTP API: tokens, the same permissions as the pages, the same audit."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from pipeline.review.accounts import make_token
from pipeline.review.decisions import workflow
from pipeline.review.models import AuditEntry, Item, Job, JobState, Token
from tests.review.reviewed import conclude
from tests.web.conftest import client

ROLES = ("管理员", "主审", "审查员", "法律顾问", "分析员", "制定机关")
DECIDE, FINISH = {"主审", "审查员", "法律顾问"}, {"主审", "审查员"}
STAFF = {"管理员", "主审", "审查员", "法律顾问", "分析员"}
# method, path, body, permitted roles
CALLS: tuple[tuple[str, str, dict[str, Any] | None, set[str]], ...] = (
    ("get", "/items", None, set(ROLES)),
    ("get", "/facets", None, STAFF),
    ("get", "/items/{item}", None, set(ROLES)),
    ("post", "/items/{item}/decisions", {"key": "x", "verdict": "成立"}, DECIDE),
    ("post", "/items/{item}/corrections", {"field": "color", "value": "x"}, DECIDE),
    ("post", "/items/{item}/conclusion", {"outcome": "x"}, DECIDE),
    ("post", "/items/{item}/claim", None, DECIDE),
    ("post", "/items/{item}/finish", None, FINISH),
    ("post", "/items/{item}/return", {"reason": ""}, FINISH),
    ("get", "/items/{item}/papers/opinion.docx", None, STAFF),
    ("get", "/types", None, STAFF),
    ("post", "/items/{item}/decisions/x/withdraw", None, DECIDE),
    (
        "post",
        "/items/{item}/findings",
        {"version": 0, "start": 0, "end": 1, "type": "x", "severity": "", "reason": ""},
        DECIDE,
    ),
    ("post", "/items/{item}/findings/x", {"reason": ""}, DECIDE),
    ("post", "/items/{item}/findings/x/take-back", None, DECIDE),
    ("post", "/items/{item}/checks", {"point": "x", "answer": "是"}, DECIDE),
    ("post", "/items/{item}/explanations", {"key": "x", "words": "x"}, DECIDE),
    ("get", "/items/{item}/versions", None, STAFF),
    ("get", "/items/{item}/comparison?old=1&new=1", None, STAFF),
    ("post", "/items/{item}/version", {"choice": "x"}, DECIDE),
    ("post", "/items/{item}/split", {"words": ""}, DECIDE),
    ("post", "/items/{item}/give-back", None, DECIDE),
    ("post", "/items/{item}/assign", {"to": "x"}, {"管理员", "主审"}),
    ("post", "/items/{item}/release", {}, FINISH),
    ("post", "/items/{item}/release/999999999/take-back", {}, FINISH),
    ("post", "/items/{item}/release/999999999/replies", {"key": "x", "stance": "采纳"}, {"制定机关"}),
    ("get", "/notices", None, set(ROLES)),
    ("post", "/notices/seen", None, set(ROLES)),
    ("get", "/export.json", None, STAFF),
    ("get", "/uploads", None, {"管理员", "主审", "审查员", "制定机关"}),
    ("post", "/uploads/999999999/choice", {"choice": "关联"}, {"管理员", "主审", "审查员", "制定机关"}),
    ("get", "/views", None, STAFF),
    ("post", "/views", {"name": "到期的", "query": "validity=已届满"}, STAFF),
    ("get", "/board", None, STAFF),
    ("get", "/tables", None, STAFF),
    ("post", "/tables", None, STAFF),
    ("get", "/tables/documents.parquet", None, STAFF),
    ("get", "/trends", None, {"主审", "分析员"}),
    ("get", "/trends/survival.csv", None, {"主审", "分析员"}),
    ("get", "/audit", None, {"管理员", "主审"}),
)


def call(user: User | None, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    headers = {"Authorization": f"Bearer {make_token(user, '测试')}"} if user else {}
    request = getattr(Client(), method)
    content = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
    return request(f"/api/v1{path}", headers=headers, **content)


@pytest.mark.parametrize("role", [*ROLES, None])
def test_the_same_permissions_as_on_the_pages(people: dict[str, User], item: Item, role: str | None) -> None:
    for method, path, body, allowed in CALLS:
        answer = call(people[role] if role else None, method, path.format(item=item.pk), body)
        wanted = 401 if role is None else 403
        if role in allowed:
            assert answer.status_code not in (401, 403, 405, 500), (path, answer.status_code)
        else:
            assert answer.status_code == wanted, (path, answer.status_code)


def test_every_call_is_described_and_tested(people: dict[str, User]) -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    described = {(m, path.removeprefix("/api/v1")) for path, methods in schema["paths"].items() for m in methods}
    names = {
        "{item}": "{item_id}", "opinion": "{form}", ".json": ".{kind}", "release/999999999": "release/{release_id}", "999999999": "{job_id}",
        "/x": "/{key}", "documents.parquet": "{name}.{kind}", "survival.csv": "{name}.{kind}", "?old=1&new=1": "",
    }  # fmt: skip
    tested = {(method, path) for method, path, _, _ in CALLS}
    for old, new in names.items():
        tested = {(method, path.replace(old, new)) for method, path in tested}
    assert described == tested | {("post", "/uploads"), ("get", "/public"), ("get", "/public/{item_id}")}


def test_a_case_is_read_decided_and_finished(people: dict[str, User], item: Item) -> None:
    found = call(people["审查员"], "get", f"/items/{item.pk}").json()
    assert found["text"] and found["findings"] and found["engine"] == "test"
    for finding in workflow.open_alarms(item):
        body = {"key": finding.key, "verdict": "成立", "comment": "没有依据"}
        answer = call(people["审查员"], "post", f"/items/{item.pk}/decisions", body)
    assert answer.json()["open"] == 0
    early = call(people["审查员"], "post", f"/items/{item.pk}/finish")
    assert early.status_code == 400 and "结论" in early.json()["message"]
    conclude(item, people["审查员"])
    assert call(people["审查员"], "post", f"/items/{item.pk}/finish").json() == {"status": "待复核"}
    own = call(people["审查员"], "post", f"/items/{item.pk}/finish")
    assert own.status_code == 400 and "初审人" in own.json()["message"]
    assert call(people["主审"], "post", f"/items/{item.pk}/finish").json() == {"status": "已办"}
    listed = call(people["主审"], "get", "/items?q=农家乐&status=已办").json()
    assert item.pk in {row["id"] for row in listed["items"]}


def test_a_file_is_uploaded(people: dict[str, User]) -> None:
    token = make_token(people["审查员"], "测试")
    file = SimpleUploadedFile("接口提交.txt", "关于试行的通知".encode())
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().post("/api/v1/uploads?kind=草案", {"files": file}, headers=headers)
    assert answer.status_code == 200, answer.content.decode()
    job = Job.objects.get(pk=answer.json()[0]["id"])
    assert (job.name, job.kind, job.state) == ("接口提交.txt", "草案", JobState.WAITING)
    job.delete()


def test_an_issuer_reaches_only_its_own_items(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(issuers="长河县人民政府")
    answer = call(people["制定机关"], "get", f"/items/{item.pk}")
    assert answer.status_code == 404 and "没有权限" in answer.json()["message"]
    assert item.pk not in {row["id"] for row in call(people["制定机关"], "get", "/items").json()["items"]}


def test_a_token_is_shown_once_stored_as_hash_and_revoked(people: dict[str, User]) -> None:
    browser = client(people, "审查员")
    page = browser.post("/tokens", {"name": "备案平台"}, follow=True).content.decode()
    secret = page.split("<code>")[1].split("</code>")[0]
    token = Token.objects.order_by("-id")[0]
    assert secret not in browser.get("/tokens").content.decode() and secret not in token.digest
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/items", headers=headers).status_code == 200
    assert client(people, "主审").post(f"/tokens/{token.pk}/end").status_code == 404
    browser.post(f"/tokens/{token.pk}/end")
    assert Client().get("/api/v1/items", headers=headers).status_code == 401
    assert AuditEntry.objects.filter(what="令牌", detail__contains="备案平台").exists()
    assert browser.post("/tokens", {"name": " "}).status_code == 400


def test_a_stopped_account_has_no_tokens(people: dict[str, User]) -> None:
    user = User.objects.filter(username="tmp").first() or User.objects.create_user("tmp")
    secret = make_token(user, "测试")
    browser = client(people, "管理员")
    browser.post(f"/people/{user.pk}", {"what": "stop"})
    assert Client().get("/api/v1/items", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    own = browser.post(f"/people/{people['管理员'].pk}", {"what": "stop"})
    assert own.status_code == 400 and "自己" in own.content.decode()
