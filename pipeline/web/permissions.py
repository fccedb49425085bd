"""Access control for views: required actions, visible items, login redirect; and file responses."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, resolve_url

from pipeline.review.accounts import Action, may, visible
from pipeline.review.models import LARGE_OF_CURRENT, Item
from pipeline.review.output.exports import ExportFile

View = Callable[..., HttpResponseBase]
_CONTENT_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def allowed(action: Action) -> Callable[[View], View]:
    """Decorator: the view requires an action. Visitors are redirected to the login; others without it get `PermissionDenied`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_login(request)
            if not may(request.user, action):
                raise PermissionDenied
            return view(request, *args, **named)

        return guarded

    return wrap


def to_login(request: HttpRequest) -> HttpResponse:
    """Redirects to the login; for htmx requests, which load parts of a page, the whole page is redirected."""
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": resolve_url("login")})
    return redirect_to_login(request.get_full_path())


def done(request: HttpRequest, address: str) -> HttpResponseBase:
    """Leads to an address after an act: by a redirect, for htmx requests by a header that loads the whole page.

    A browser that goes to another fragment of the page it is on does not load it again: there the header says to refresh.
    """
    htmx: Any = getattr(request, "htmx", False)
    if htmx:
        same = _same_page(address, htmx.current_url or "")
        return HttpResponse(headers={"HX-Refresh": "true"} if same else {"HX-Redirect": address})
    return redirect(address)


def _same_page(address: str, other: str) -> bool:
    """Whether two addresses of the desk differ at most in their fragments, and in how their parameters are escaped."""
    one, two = urlsplit(address), urlsplit(other)
    return (one.path, parse_qsl(one.query)) == (two.path, parse_qsl(two.query))


def number_of(text: str) -> int | None:
    """The number in a parameter: up to 18 digits; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def user_of(request: HttpRequest) -> User:
    """The logged-in user of a request. Raises `PermissionDenied` for visitors."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def item_of(request: HttpRequest, item_id: int, *, whole: bool = False) -> Item:
    """An item that the user may see; the text and dossier of its current version are read with it (`whole`) or once they are asked for.

    Raises `Http404` otherwise, so that others do not learn that it exists.
    """
    found = visible(request.user).select_related("current", "assignee")
    return get_object_or_404(found if whole else found.defer(*LARGE_OF_CURRENT), pk=item_id)


def download(file: ExportFile) -> HttpResponse:
    """An exported file as a download."""
    response = HttpResponse(file.data, content_type=_CONTENT_TYPES[file.name.rsplit(".", 1)[-1]])
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return response
