"""Middleware of the desk (security headers, HEAD, error pages in Chinese, new passwords) and the context processor with role and permissions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse

from pipeline.errors import PipelineError
from pipeline.guard import report
from pipeline.review.account_changes import must_change_password
from pipeline.review.accounts import PERMISSIONS, role_of
from pipeline.review.decisions.notices import unseen
from pipeline.web.errors import answer, for_a_program, not_allowed

_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
Handler = Callable[[HttpRequest], HttpResponse]


class SecurityHeaders:
    """Sets a Content-Security-Policy (own origin only, no framing), Cross-Origin-Opener-Policy and Cache-Control."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


# what Django answers itself with 400, 403 or 404
_OF_DJANGO = (Http404, PermissionDenied, SuspiciousOperation, BadRequest)


class ErrorsInChinese:
    """Answers to exceptions: a `PipelineError` with message and remedy and status 400, a method that an address does not take with 405.

    An unforeseen exception is logged with its traceback under a number, which the page of `server_error` shows.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return not_allowed(request, response) if isinstance(response, HttpResponseNotAllowed) else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, PipelineError):
            return answer(request, 400, error.message, error.remedy)
        if not isinstance(error, _OF_DJANGO):
            request.report = report(f"{request.method} {request.path}", error)  # type: ignore[attr-defined]
        return None


class HeadAsGet:
    """Answers HEAD as GET without the body, and records nothing: nobody has seen or downloaded anything."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = request.META["REQUEST_METHOD"] = "GET"
        with transaction.atomic():
            response = self.get_response(request)
            transaction.set_rollback(True)
        request.method = request.META["REQUEST_METHOD"] = "HEAD"
        if response.streaming:
            response.close()
        else:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        bare = HttpResponse(status=response.status_code, headers=dict(response.headers))
        bare.cookies = response.cookies
        return bare


class NewPasswordFirst:
    """Shows whoever has a password that another person chose only the page for a new one, and the way out."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._is_open(request) or not isinstance(request.user, User) or not must_change_password(request.user):
            return self.get_response(request)
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Redirect": reverse("password")})
        messages.warning(request, "您的密码由他人设定，请先改成自己的密码")
        return redirect("password")

    @staticmethod
    def _is_open(request: HttpRequest) -> bool:
        open_to_all = (reverse("password"), reverse("login"), reverse("logout"))
        return request.path in open_to_all or request.path.startswith(reverse("public")) or for_a_program(request)


def visitor(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `role` of the user, and `may`, the names of the permitted actions; none before anyone is known."""
    user = getattr(request, "user", AnonymousUser())
    role = role_of(user)
    found: dict[str, Any] = {"role": role, "may": {action.name: True for action in PERMISSIONS[role]} if role else {}}
    if isinstance(user, User) and role and not getattr(request, "htmx", False):
        found["unseen"] = unseen(user).count()
    return found
