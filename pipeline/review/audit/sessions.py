"""What the audit says of sessions: logins, failed logins and logouts with the address they came from, and pages that were looked at."""

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.http import HttpRequest

from pipeline.review.audit.chain import note
from pipeline.review.models import Item, Version

LOGIN, FAILED, LOGOUT, PAGES = "登录", "登录失败", "退出", "查看版面"
# seconds for which a browser keeps the pictures of pages
_LOOKING = 3600
# who failed to log in under a name that no account has
NOBODY = "（未登录）"


def listen() -> None:
    """Records logins, failures and logouts from now on."""
    for signal, receiver in (
        (user_logged_in, _logged_in),
        (user_login_failed, _failed),
        (user_logged_out, _logged_out),
    ):
        signal.connect(receiver, dispatch_uid=f"audit {receiver.__name__}")


def _logged_in(request: HttpRequest | None, user: User, **_: Any) -> None:
    note(user.username, LOGIN, None, _address(request))


def _logged_out(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    if user is not None:
        note(user.username, LOGOUT, None, _address(request))


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Records a failure under its account; of a name that no account has only the beginning, since people type passwords there."""
    name = str(credentials.get("username") or "").replace("\0", "␀")
    known = User.objects.filter(username=name[:150]).exists()
    told = "" if known else f"没有这个账号：{name[:2]}…（{len(name)}字）"
    note(name if known else NOBODY, FAILED, None, "，".join(filter(None, (_address(request), told))))


def _address(request: HttpRequest | None) -> str:
    """The address that a request came from, as the locks of accounts see it; "" where there is no request."""
    return f"来自{get_client_ip_address(request) or '未知地址'}" if request is not None else ""


def note_pages(user: User, item: Item, version: Version, *, once: bool = False) -> None:
    """Records that a person looked at the pages of a version; with `once` unless that was recorded within the last hour.

    The pages are recorded when their part of the case is loaded, their pictures only where somebody asks for them without it.
    """
    key = f"pages-{user.pk}-{version.pk}"
    seen = cache.get(key)
    cache.set(key, True, _LOOKING)
    if not (once and seen):
        note(user.username, PAGES, item.pk, f"第{version.sequence}版")
