"""How large the body of a request may be, asked before the server takes it: strangers send forms, people with an account their words, and
who may upload sends files, to the addresses for uploads only.

The server stores a body before the application sees the request, therefore this is part of its parser.
"""

import copy
import logging
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import User
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import RequestEntityTooLarge

from pipeline.review.accounts import Action, holder_of_token, may

log = logging.getLogger(__name__)
# bytes: the login form, the longest form of the desk, an upload of 200 MB with its form
STRANGERS, PEOPLE, UPLOADS = 64 * 1024, 5 * 1024 * 1024, 210 * 1024 * 1024
_UPLOAD_PATHS = ("/upload", "/api/v1/uploads")
_TOO_LARGE = "提交的内容太大，没有接收。上传文件请先登录，每个不超过200兆字节；在表单里填写的内容请缩短。"
Headers = dict[str, str]


def largest_body(path: str, headers: Headers) -> int:
    """The bytes that the body of a request may have, by who sends it and where to; `headers` as CGI names them (CONTENT_LENGTH)."""
    announced = headers.get("CONTENT_LENGTH", "")
    if announced.isdecimal() and int(announced) < STRANGERS:
        return STRANGERS
    user = _sender(headers)
    if user is None:
        return STRANGERS
    return UPLOADS if path.rstrip("/") in _UPLOAD_PATHS and may(user, Action.UPLOAD) else PEOPLE


def _sender(headers: Headers) -> User | None:
    """The account whose session or token a request carries; nothing is written."""
    try:
        scheme, _, token = headers.get("AUTHORIZATION", "").partition(" ")
        if scheme.lower() == "bearer":
            held = holder_of_token(token.strip())
            return held.user if held else None
        return _of_session(headers.get("COOKIE", ""))
    except DatabaseError as error:
        log.warning("提交的内容太大，不能查明是谁提交的：%s", error)
        return None
    finally:
        close_old_connections()


def _of_session(cookies: str) -> User | None:
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if found is None:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(found.value)
    user = get_user(request)
    return user if isinstance(user, User) else None


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Takes bodies up to the limit of the request: by its announced length, or, in pieces, by what has come."""

    adj: Any
    error: Any

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.content_length > 0 or self.chunked:
            self.adj = copy.copy(self.adj)
            self.adj.max_request_body_size = largest_body(self.path, self.headers)

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error = RequestEntityTooLarge(_TOO_LARGE)
        return consumed


class LimitedChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose requests are limited by `largest_body`."""

    parser_class = _Parser


def limit_bodies(server: Any) -> None:
    """Limits the bodies of all connections of a server of waitress, on each of its addresses."""
    for one in getattr(server, "map", {}).values() if not hasattr(server, "channel_class") else (server,):
        if hasattr(one, "channel_class"):
            one.channel_class = LimitedChannel
