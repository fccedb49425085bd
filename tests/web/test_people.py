"""Accounts on the page: details, initial passwords, locks, the last administrator, namesakes, and what the audit says of them."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client

from pipeline.errors import UsageError
from pipeline.review.account_changes import (
    Details,
    change_details,
    change_user,
    generated_password,
    locked_until,
    must_change_password,
)
from pipeline.review.accounts import Role, add_user, faults_of_password, make_token, role_held, user_of_token
from pipeline.review.models import AuditEntry, Member, Token
from tests.web.conftest import PASSWORD, client

FORM = {"name": "xinren", "full_name": "新某", "role": "审查员", "organ": "", "mail": "", "password": PASSWORD}


@pytest.fixture
def xin(people: dict[str, User]) -> Iterator[User]:
    """An account that a test may change; removed afterwards."""
    user = add_user("xinren", PASSWORD, "审查员", full_name="新某")
    yield user
    User.objects.filter(username="xinren").delete()


@pytest.fixture
def no_xin(people: dict[str, User]) -> Iterator[None]:
    yield
    User.objects.filter(username="xinren").delete()


def last_entry() -> str:
    return AuditEntry.objects.filter(what="账号").order_by("-id")[0].detail


def text_of(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"role": ""}, "没有选择角色"),
        ({"role": "院长"}, "没有“院长”这个角色"),
        ({"name": ""}, "没有填写账号"),
        ({"name": "a b"}, "不能作账号"),
        ({"name": "WANG"}, "已经存在"),
        ({"name": "命令行"}, "已经存在"),
        ({"name": "a" * 151}, "账号太长"),
        ({"full_name": "新" * 65}, "姓名太长"),
        ({"organ": "县" * 129}, "机关太长"),
        ({"organ": "县\0"}, "控制字符"),
        ({"mail": "不是邮箱"}, "不是邮箱地址"),
        ({"password": "xinren-1234"}, "太相近"),
        ({"password": "123456789012"}, "只有数字"),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    people: dict[str, User], no_xin: None, changed: dict[str, str], says: str
) -> None:
    form = FORM | {"organ": "临溪县司法局"} | changed
    before = User.objects.count()
    answer = client(people, "管理员").post("/people", form)
    page = text_of(answer)
    assert answer.status_code == 400 and says in page and User.objects.count() == before
    for name in ("name", "full_name", "organ"):
        assert f'name="{name}"' in page and f'value="{form[name]}"' in page.replace("\ufffd", "\0")
    assert form["password"] not in page


def test_no_role_is_chosen_for_the_administrator(people: dict[str, User]) -> None:
    page = text_of(client(people, "管理员").get("/people"))
    assert '<option value="">请选择角色</option>' in page and "selected" not in page


def test_a_new_account_can_do_nothing_before_its_owner_has_chosen_a_password(
    people: dict[str, User], no_xin: None
) -> None:
    assert client(people, "管理员").post("/people", FORM).status_code == 302
    browser = Client()
    browser.post("/login", {"username": "xinren", "password": PASSWORD})
    for address in ("/", "/upload", "/tokens"):
        answer = browser.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/password"), address
    assert (
        browser.post("/tokens", {"name": "程序"}).status_code == 302 and not Token.objects.filter(name="程序").exists()
    )
    assert browser.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == "/password"
    assert "由他人设定" in text_of(browser.get("/password")) and browser.get("/public/").status_code == 200
    same = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert "不能和原密码相同" in text_of(browser.post("/password", same))
    changed = same | {"new_password1": "ziji-de-mima-9", "new_password2": "ziji-de-mima-9"}
    assert "密码已修改" in text_of(browser.post("/password", changed, follow=True))
    assert browser.get("/").status_code == 200
    assert AuditEntry.objects.filter(who="xinren", what="账号", detail="本人修改密码").exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"old_password": "x"}, "原密码不正确"),
        ({"old_password": ""}, "没有填写原密码"),
        ({"new_password2": "qita-mima-99"}, "不一致"),
        ({"new_password1": "short", "new_password2": "short"}, "不足10个字符"),
        ({"new_password1": "password123", "new_password2": "password123"}, "太常见"),
    ],
)
def test_the_page_for_a_new_password_says_what_is_wrong(xin: User, changed: dict[str, str], says: str) -> None:
    browser = client({"新": xin}, "新")
    form = {"old_password": PASSWORD, "new_password1": "ziji-de-mima-9", "new_password2": "ziji-de-mima-9"}
    answer = browser.post("/password", form | changed)
    assert answer.status_code == 200 and says in text_of(answer)
    xin.refresh_from_db()
    assert xin.check_password(PASSWORD)


def test_the_head_of_the_page_of_an_account_names_the_administrator(people: dict[str, User], xin: User) -> None:
    page = text_of(client(people, "管理员").get(f"/people/{xin.pk}"))
    assert "admin先生（管理员）" in page and "审查员）</span>" not in page


def test_details_are_changed_and_the_audit_says_from_what_to_what(people: dict[str, User], xin: User) -> None:
    browser = client(people, "管理员")
    form = {"what": "details", "role": "主审", "full_name": "新名", "organ": "司法局", "mail": "x@example.gov.cn"}
    assert browser.post(f"/people/{xin.pk}", form).status_code == 302
    xin = User.objects.get(pk=xin.pk)
    assert Details.of(xin) == Details("主审", "新名", "司法局", "x@example.gov.cn")
    assert (
        last_entry()
        == "修改xinren：角色：审查员 → 主审；姓名：新某 → 新名；机关：（无） → 司法局；邮箱：（无） → x@example.gov.cn"
    )
    count = AuditEntry.objects.filter(what="账号").count()
    assert "没有改动" in text_of(browser.post(f"/people/{xin.pk}", form, follow=True))
    assert AuditEntry.objects.filter(what="账号").count() == count
    refused = browser.post(f"/people/{xin.pk}", form | {"role": "", "full_name": "再改"})
    assert refused.status_code == 400 and 'value="再改"' in text_of(refused)
    assert Details.of(User.objects.get(pk=xin.pk)).full_name == "新名"


@pytest.mark.parametrize("what", ["role", "stop"])
def test_the_last_active_administrator_stays(people: dict[str, User], xin: User, what: str) -> None:
    admin, others = people["管理员"], User.objects.filter(groups__name=Role.ADMIN)
    others = others.exclude(pk=people["管理员"].pk)
    stopped = [user.pk for user in others.filter(is_active=True)]
    User.objects.filter(pk__in=stopped).update(is_active=False)
    try:
        with pytest.raises(UsageError, match="唯一在用的管理员"):
            if what == "role":
                change_details(admin, Details("主审", "admin先生"), by=admin)
            else:
                change_user(admin, "stop", by=None)
        assert role_held(User.objects.get(pk=admin.pk)) is Role.ADMIN and User.objects.get(pk=admin.pk).is_active
        change_details(xin, Details("管理员", "新某"), by=admin)
        change_user(xin, "stop", by=admin)
        change_user(xin, "start", by=None)
        assert AuditEntry.objects.order_by("-id")[0].who == "命令行"
    finally:
        User.objects.filter(pk__in=stopped).update(is_active=True)


def test_a_generated_password_is_shown_once_and_must_be_changed(people: dict[str, User], xin: User) -> None:
    browser = client(people, "管理员")
    page = text_of(browser.post(f"/people/{xin.pk}", {"what": "password", "password": ""}, follow=True))
    found = re.search(r"<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>", page)
    assert found and found[1] not in text_of(browser.get(f"/people/{xin.pk}"))
    xin = User.objects.get(pk=xin.pk)
    assert xin.check_password(found[1]) and must_change_password(xin)
    assert last_entry() == "重设xinren的密码，下次登录须修改"
    assert not AuditEntry.objects.filter(detail__contains=found[1]).exists()
    weak = browser.post(f"/people/{xin.pk}", {"what": "password", "password": "short"})
    assert weak.status_code == 400 and "不足10个字符" in text_of(weak)


def test_generated_passwords_are_good_and_differ(people: dict[str, User]) -> None:
    made = {generated_password() for _ in range(50)}
    assert len(made) == 50 and not any(faults_of_password(one, people["主审"]) for one in made)


def test_a_locked_account_is_unlocked_by_an_administrator(people: dict[str, User], xin: User) -> None:
    browser, admin = Client(), client(people, "管理员")
    for _ in range(5):
        answer = browser.post("/login", {"username": "xinren", "password": "wrong"})
    assert answer.status_code == 429 and "15分钟后" in text_of(answer) and "管理员" in text_of(answer)
    until = locked_until("xinren")
    assert until and "解锁" in text_of(admin.get("/people"))
    browser.post("/login", {"username": "xinren", "password": "wrong"})
    assert locked_until("xinren") == until
    assert "已解锁xinren" in text_of(admin.post(f"/people/{xin.pk}", {"what": "unlock"}, follow=True))
    assert last_entry() == "解锁xinren" and locked_until("xinren") is None
    assert browser.post("/login", {"username": "xinren", "password": PASSWORD}).status_code == 302
    assert "没有锁定" in text_of(admin.post(f"/people/{xin.pk}", {"what": "unlock"}, follow=True))


def test_wrong_passwords_from_one_address_keep_nobody_out_at_another(people: dict[str, User], xin: User) -> None:
    here, there, admin = Client(REMOTE_ADDR="10.1.0.7"), Client(REMOTE_ADDR="10.1.0.8"), client(people, "管理员")
    for _ in range(6):
        answer = here.post("/login", {"username": "xinren", "password": "wrong"})
    assert answer.status_code == 429 and "从您的网络地址" in text_of(answer)
    assert locked_until("xinren", "10.1.0.7") == locked_until("xinren") != locked_until("xinren", "10.1.0.8")
    assert here.post("/login", {"username": "xinren", "password": PASSWORD}).status_code == 429
    assert there.post("/login", {"username": "xinren", "password": PASSWORD}).status_code == 302
    assert locked_until("xinren", "10.1.0.7"), "who logs in elsewhere does not open the address of the wrong passwords"
    assert "解锁" in text_of(admin.get("/people"))
    assert "已解锁xinren" in text_of(admin.post(f"/people/{xin.pk}", {"what": "unlock"}, follow=True))
    assert here.post("/login", {"username": "xinren", "password": PASSWORD}).status_code == 302


def test_a_new_password_ends_sessions_and_tokens_of_the_account(people: dict[str, User], xin: User) -> None:
    mine, others, admin = Client(), client(people, "审查员"), client(people, "管理员")
    mine.force_login(xin)
    token = make_token(xin, "程序")
    assert mine.get("/password").status_code == 200 and user_of_token(token) == xin
    admin.post(f"/people/{xin.pk}", {"what": "password", "password": "another-lantern-77"}, follow=True)
    assert mine.get("/password").status_code == 302 and user_of_token(token) is None
    assert others.get("/").status_code == 200, "sessions of others go on"


def test_the_login_keeps_the_account_name_and_forgets_wrong_passwords_after_a_right_one(
    people: dict[str, User], xin: User
) -> None:
    for _ in range(2):
        browser = Client()
        for _ in range(4):
            answer = browser.post("/login", {"username": "xinren", "password": "wrong"})
        assert answer.status_code == 200 and 'value="xinren"' in text_of(answer)
        assert browser.post("/login", {"username": "xinren", "password": PASSWORD}).status_code == 302


def test_the_same_full_name_is_allowed_with_a_warning(people: dict[str, User], xin: User) -> None:
    browser = client(people, "管理员")
    form = {"what": "details", "role": "审查员", "full_name": "wang先生", "organ": "", "mail": ""}
    assert "账号wang的姓名也是“wang先生”" in text_of(browser.post(f"/people/{xin.pk}", form, follow=True))
    assert text_of(browser.get("/people")).count("同名") == 2


def test_the_flag_for_a_new_password_is_no_role(people: dict[str, User], no_xin: None) -> None:
    browser = client(people, "管理员")
    browser.post("/people", FORM)
    user = User.objects.get(username="xinren")
    assert role_held(user) is Role.REVIEWER and "须改密码" in text_of(browser.get("/people"))
    assert not Member.objects.get(user=user).blind
