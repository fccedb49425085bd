"""Middleware of the desk (security headers, error pages in Chinese) and the context processor with role and permissions."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.errors import PipelineError
from pipeline.review.accounts import PERMISSIONS, role_of

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


class ErrorsInChinese:
    """Renders a `PipelineError` with message and remedy and status 400: as a page, or as a fragment for htmx requests."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, PipelineError):
            return None
        context = {"message": error.message, "remedy": error.remedy}
        return render(
            request, "part_error.html" if getattr(request, "htmx", False) else "error.html", context, status=400
        )


def visitor(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `role` of the user, and `may`, the names of the permitted actions."""
    role = role_of(request.user)
    return {"role": role, "may": {action.name: True for action in PERMISSIONS[role]} if role else {}}
