"""Views of the accounts: the list, a new account, and the page of one account with its details, password and lock."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pipeline.errors import UsageError
from pipeline.review.account_changes import (
    MUST_CHANGE,
    Details,
    change_details,
    change_user,
    generated_password,
    locked_until,
    namesakes,
    open_account,
    reset_password,
    unlock,
    warning_of_namesakes,
)
from pipeline.review.accounts import Action, Role, display_name, role_held
from pipeline.web.permissions import allowed, user_of
from pipeline.web.shown_once import keep_for, take

_SWITCHES = {"stop": "已停用", "start": "已启用", "blind": "已加入盲审抽样", "open": "已退出盲审抽样"}


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Action.PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Lists the accounts; POST adds one. A form that is refused keeps what was typed, except the password."""
    if request.method != "POST":
        return _list(request)
    try:
        user = _open(request)
    except UsageError as error:
        return _list(request, error)
    messages.success(request, f"已新增账号{user.username}，本人第一次登录时须修改密码")
    _warn_of_namesakes(request, user)
    return redirect(f"{reverse('people')}#main")  # else the browser keeps the fragment of the form, below the password


def _open(request: HttpRequest) -> User:
    typed = request.POST.get("password", "")
    password, details = typed or generated_password(), _details(request.POST)
    user = open_account(request.POST.get("name", ""), password, details, by=user_of(request), must_change=True)
    if not typed:
        keep_for("people", request, {"name": user.username, "password": password})
    return user


def _list(request: HttpRequest, error: UsageError | None = None) -> HttpResponse:
    users = User.objects.select_related("member").prefetch_related("groups").order_by("username")
    same = namesakes()
    rows = [_row(user) | {"namesake": display_name(user) in same} for user in users]
    context = {
        "rows": rows, "roles": list(Role), "error": error, "new": take("people", request),
        "typed": request.POST if error else {},
    }  # fmt: skip
    return render(request, "people.html", context, status=400 if error else 200)


def _row(user: User) -> dict[str, Any]:
    """What the pages show of an account; the role also where the account is not active."""
    return {
        "user": user, "role": role_held(user), "locked": locked_until(user.username),
        "must_change": MUST_CHANGE in {group.name for group in user.groups.all()},
    }  # fmt: skip


def _details(posted: Mapping[str, Any]) -> Details:
    return Details(**{name: str(posted.get(name, "")) for name in ("role", "full_name", "organ", "mail")})


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Action.PEOPLE)
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """The page of an account; POST changes its details, resets its password, unlocks it, or switches it (`change_user`)."""
    user, what = get_object_or_404(User, pk=user_id), request.POST.get("what", "")
    if request.method != "POST":
        return _person(request, user)
    steps = {"details": _change, "password": _reset, "unlock": _unlock}
    try:
        steps.get(what, _switch)(request, user)
    except UsageError as error:
        return _person(request, get_object_or_404(User, pk=user_id), error)
    return redirect("people") if what in _SWITCHES else redirect("change", user_id)


def _person(request: HttpRequest, user: User, error: UsageError | None = None) -> HttpResponse:
    kept = request.POST if error and request.POST.get("what") == "details" else None
    context = {
        "row": _row(user), "details": _details(kept) if kept else Details.of(user), "roles": list(Role), "error": error,
        "new": take("person", request), "namesakes": warning_of_namesakes(user),
    }  # fmt: skip
    return render(request, "person.html", context, status=400 if error else 200)


def _change(request: HttpRequest, user: User) -> None:
    changed = change_details(user, _details(request.POST), by=user_of(request))
    messages.success(request, f"已修改：{'；'.join(changed)}" if changed else "没有改动")


def _reset(request: HttpRequest, user: User) -> None:
    typed = request.POST.get("password", "")
    password = typed or generated_password()
    reset_password(user, password, by=user_of(request))
    messages.success(request, f"已重设{user.username}的密码，本人下次登录时须修改")
    if not typed:
        keep_for("person", request, {"name": user.username, "password": password})


def _unlock(request: HttpRequest, user: User) -> None:
    was_locked = unlock(user, by=user_of(request))
    messages.success(request, f"已解锁{user.username}" if was_locked else f"{user.username}没有锁定，不需要解锁")


def _switch(request: HttpRequest, user: User) -> None:
    what = request.POST.get("what", "")
    change_user(user, what, by=user_of(request))
    messages.success(request, f"{_SWITCHES[what]}：{user.username}")


def _warn_of_namesakes(request: HttpRequest, user: User) -> None:
    warning = warning_of_namesakes(user)
    if warning:
        messages.warning(request, warning)
