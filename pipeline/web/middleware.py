"""What every answer of the desk passes: security headers, errors said in Chinese, who is here."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pipeline.errors import PipelineError
from pipeline.review.accounts import MAY, role_of

_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
Answer = Callable[[HttpRequest], HttpResponse]


class SecurityHeaders:
    """Nothing is loaded from outside, nothing is framed, nothing is guessed."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ErrorsInChinese:
    """An error that a user can mend becomes a page, or for htmx a line, that says how."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, PipelineError):
            return None
        told = {"message": error.message, "remedy": error.remedy}
        return render(request, "part_error.html" if getattr(request, "htmx", False) else "error.html", told, status=400)


def visitor(request: HttpRequest) -> dict[str, Any]:
    """For every template: the role of who is here, and what that role may do."""
    role = role_of(request.user)
    return {"role": role, "may": {action.name: True for action in MAY[role]} if role else {}}
