"""Views of the queue: the list and its facet counts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pipeline.review.accounts import Action, Role, display_name, may, role_of, visible
from pipeline.review.decisions import bulk
from pipeline.review.models import Batch, Mark
from pipeline.review.queue import filters, issuer_view, saved_views
from pipeline.review.queue.rows import rows_of
from pipeline.web.permissions import allowed, to_login, user_of
from pipeline.web.queue_lines import lines_of

_FACETS = (
    ("状态", "status"), ("待处理", "mark"), ("风险", "band"), ("风险类型", "group"), ("类别", "kind"), ("制定机关", "issuer"), ("地区", "place"),
    ("文种", "genre"), ("年份", "year"), ("承办人", "reviewer"),
)  # fmt: skip
_EXPORTS = (("xlsx", "xlsx"), ("csv", "csv"), ("json", "json"), ("docx", "清理目录"))


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The queue page, for htmx requests only its list; issuers see their own files, visitors are redirected to the login."""
    if not request.user.is_authenticated:
        return to_login(request)
    role = role_of(request.user)
    if role is None:
        raise PermissionDenied
    if "walk" in request.session:
        request.session.pop("walk")
    saved_views.mark_seen(user_of(request), request.GET.get("view", ""))
    chosen = filters.Filter.of(request.GET)
    if role is Role.ISSUER:
        chosen = issuer_view.open_to_issuers(chosen)
    matching, rest = filters.narrow(visible(request.user), chosen)
    found = rest.ordered(rest.apply(matching, user_of(request)).select_related("assignee"))
    page = Paginator(found, filters.PAGE).get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    for name in ("page", "view"):
        parameters.pop(name, None)
    rows = rows_of(list(page), chosen.q, user_of(request), whole=bool(chosen.whole))
    context = {
        "page": page,
        "rows": rows,
        "chosen": chosen,
        "parameters": parameters.urlencode(),
        "today": date.today(),
    }
    part = "part_own_files.html"
    if role is not Role.ISSUER:
        part = "part_queue.html"
        context |= _tools(request)
        decides = may(request.user, Action.DECIDE)
        context["lines"] = lines_of(rows, parameters.urlencode(), may_decide=decides, today=date.today())
    return render(request, part if getattr(request, "htmx", False) else "queue.html", context | {"part": part})


def _tools(request: HttpRequest) -> dict[str, Any]:
    """What stands beside the list for staff: people to assign to, saved views, bulk actions that can be undone, exports."""
    batches = list(Batch.objects.filter(undone=None).order_by("-id")[:3]) if may(request.user, Action.ASSIGN) else []
    names = _names([batch.by for batch in batches])
    return {
        "reviewers": reviewers,  # called by the templates that show them
        "views": saved_views.views_of(user_of(request), visible(request.user)),
        "batches": [
            (
                batch,
                names.get(batch.by, batch.by),
                bulk.what_of(batch) if batch.what == bulk.DECIDED else "",
                bulk.why_kept(batch),
            )
            for batch in batches
        ],
        "exports": _EXPORTS,
    }


@require_GET
@allowed(Action.SEE)
def facets(request: HttpRequest) -> HttpResponse:
    """The facet counts of the queue; loaded by htmx after the list, which does not need them."""
    chosen = filters.Filter.of(request.GET)
    matching, rest = filters.narrow(visible(request.user), chosen)
    counts = filters.facets(matching, rest, user_of(request))
    labels = {"group": filters.GROUPS, "reviewer": _names([value for value, _ in counts["reviewer"]])}
    meanings = {"mark": dict(Mark.choices)}
    shown = [
        (title, name, _facet_rows(counts[name], labels.get(name, {}), meanings.get(name, {})), getattr(chosen, name))
        for title, name in _FACETS
    ]
    return render(request, "part_facets.html", {"facets": shown, "parameters": request.GET.urlencode()})


def _facet_rows(
    counts: list[tuple[str, int]], labels: Mapping[str, str], meanings: Mapping[str, str]
) -> list[tuple[str, str, str, int]]:
    """The rows of a facet: value of the filter, label, what it means (the label where nothing else is known), count."""
    return [
        (value, labels.get(value, value), meanings.get(value, labels.get(value, value)), count)
        for value, count in counts
    ]


def _names(accounts: list[str]) -> dict[str, str]:
    """The names of people by the names of their accounts."""
    return {user.username: display_name(user) for user in User.objects.filter(username__in=accounts)}


def reviewers() -> list[User]:
    """The active accounts to which items can be assigned."""
    roles = (Role.CHIEF, Role.REVIEWER, Role.COUNSEL)
    return list(User.objects.filter(groups__name__in=roles, is_active=True).order_by("username"))
