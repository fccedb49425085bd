"""Views of the queue: the list and its facet counts."""

from datetime import date

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pipeline.review.accounts import Action, Role, may, role_of, visible
from pipeline.review.models import Batch
from pipeline.review.queue import filters, saved_views
from pipeline.web.permissions import allowed, to_login, user_of

_FACETS = (
    ("状态", "status"), ("风险", "band"), ("风险类型", "group"), ("类别", "kind"), ("制定机关", "issuer"), ("地区", "place"),
    ("文种", "genre"), ("年份", "year"), ("承办人", "reviewer"),
)  # fmt: skip
_EXPORTS = (("xlsx", "xlsx"), ("csv", "csv"), ("json", "json"), ("docx", "清理目录"))


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The queue page, for htmx requests only its list; issuers see their own items, visitors are redirected to the login."""
    if not request.user.is_authenticated:
        return to_login(request)
    if role_of(request.user) is None:
        raise PermissionDenied
    saved_views.mark_seen(user_of(request), request.GET.get("view", ""))
    chosen = filters.Filter.of(request.GET)
    matching, rest = filters.narrow(visible(request.user), chosen)
    found = rest.ordered(rest.apply(matching, user_of(request)).select_related("assignee"))
    page = Paginator(found, filters.PAGE).get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    for name in ("page", "view"):
        parameters.pop(name, None)
    context = {
        "page": page,
        "chosen": chosen,
        "parameters": parameters.urlencode(),
        "reviewers": reviewers(),
        "views": saved_views.views_of(user_of(request), visible(request.user)),
        "batches": Batch.objects.filter(undone=None).order_by("-id")[:3] if may(request.user, Action.ASSIGN) else (),
        "exports": _EXPORTS,
        "today": date.today(),
    }
    return render(request, "part_queue.html" if getattr(request, "htmx", False) else "queue.html", context)


@require_GET
@allowed(Action.SEE)
def facets(request: HttpRequest) -> HttpResponse:
    """The facet counts of the queue; loaded by htmx after the list, which does not need them."""
    chosen = filters.Filter.of(request.GET)
    matching, rest = filters.narrow(visible(request.user), chosen)
    counts = filters.facets(matching, rest, user_of(request))
    shown = [
        (title, name, [(value, _label(name, value), count) for value, count in counts[name]], getattr(chosen, name))
        for title, name in _FACETS
    ]
    return render(request, "part_facets.html", {"facets": shown, "parameters": request.GET.urlencode()})


def _label(name: str, value: str) -> str:
    return filters.GROUPS.get(value, value) if name == "group" else value


def reviewers() -> list[User]:
    """The active accounts to which items can be assigned."""
    roles = (Role.CHIEF, Role.REVIEWER, Role.COUNSEL)
    return list(User.objects.filter(groups__name__in=roles, is_active=True).order_by("username"))
