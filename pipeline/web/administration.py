"""Views for administration: statistics, saved views and their mail alerts."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from pipeline.home import home_folder
from pipeline.review.accounts import Action, Role, visible
from pipeline.review.audit.chain import note
from pipeline.review.decisions import agreement, workflow
from pipeline.review.inspection.run import last_result
from pipeline.review.models import (
    LARGE_OF_CURRENT,
    WITHOUT_VALIDITY,
    AuditEntry,
    Finding,
    Item,
    Kind,
    SavedView,
    Status,
)
from pipeline.review.queue import filters
from pipeline.review.queue.alerts import set_address
from pipeline.review.queue.findings import ALARMS
from pipeline.review.queue.saved_views import views_of
from pipeline.web.charts import Chart, chart_of
from pipeline.web.permissions import allowed, user_of
from pipeline.web.views import reviewers

_WEEKS, _MONTHS, _MOST_EXPIRING = 12, 24, 20


@require_GET
@allowed(Action.BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """Statistics: counts by facet, throughput, workload, agreement, expiring documents, progress of the cleanup."""
    items, today, counts = (
        visible(request.user),
        date.today(),
        filters.facets(Item.objects.all(), filters.Filter(), None),
    )
    context = {
        "total": sum(count for _, count in counts["band"]),
        "counts": counts,
        "types": _common_types(),
        "people": agreement.workload(
            User.objects.filter(pk__in=[user.pk for user in reviewers()]).order_by("username")
        ),
        "counsel": set(User.objects.filter(groups__name=Role.COUNSEL).values_list("pk", flat=True)),
        "expiring": _expiring(items, today),
        "overdue": items.filter(status__in=(Status.PENDING, Status.SECOND), due__lt=today).count(),
        "throughput": _throughput(today),
        "sunsets": _sunsets(today),
        "cleanup": _cleanup(),
        "kappa": agreement.agreement(),
        "machine": agreement.with_machine(),
        "missed": agreement.miss_rate(),
        "inspected": last_result(home_folder()),
    }
    return render(request, "board.html", context)


def _expiring(items: "QuerySet[Item]", today: date) -> list[Item]:
    """The documents that expire next, each once, at most `_MOST_EXPIRING`; of several cases on the same file the first."""
    found: dict[str | None, Item] = {}
    due = items.exclude(kind__in=WITHOUT_VALIDITY).filter(expires__gte=today).order_by("expires", "pk")
    for item in due.select_related("current").defer(*LARGE_OF_CURRENT)[: 5 * _MOST_EXPIRING]:
        found.setdefault(item.current.original_id if item.current else None, item)
    return list(found.values())[:_MOST_EXPIRING]


def _common_types() -> list[tuple[str, int]]:
    """The fifteen most frequent types of alarms: name and count."""
    current = Item.objects.exclude(current=None).values("current")
    alarms = Finding.objects.filter(softened=False, severity__in=ALARMS, version__in=current)
    return [(name, count) for _, name, count in workflow.common_types(alarms, 15)]


def _throughput(today: date) -> Chart:
    """A chart of new and of finished items per week, over the last twelve weeks."""
    monday = today - timedelta(days=today.weekday())
    weeks = [monday - timedelta(weeks=back) for back in reversed(range(_WEEKS + 1))]
    edges = [timezone.make_aware(datetime.combine(week, time())) for week in (*weeks[1:], monday + timedelta(weeks=1))]
    came = _between(Item.objects.all(), "created", edges)
    done = _between(AuditEntry.objects.filter(what="办结"), "at", edges, count="item")
    return chart_of(
        ("新到", "办结"),
        [(f"{week.month}.{week.day}", pair) for week, *pair in zip(weeks[1:], came, done, strict=True)],
    )


def _between(rows: "QuerySet[Any]", field: str, edges: Sequence[date], count: str = "pk") -> list[int]:
    """The number of rows whose `field` lies in each half-open interval between consecutive `edges`, in one query."""
    parts = {
        f"n{at}": Count(count, distinct=count != "pk", filter=Q(**{f"{field}__gte": low, f"{field}__lt": high}))
        for at, (low, high) in enumerate(pairwise(edges))
    }
    return list(rows.filter(**{f"{field}__gte": edges[0]}).aggregate(**parts).values())


def _sunsets(today: date) -> Chart:
    """A chart of the documents that expire in each of the next 24 months; one with several cases on the same file counts once."""
    first = today.replace(day=1)
    months = [
        date(first.year + (first.month - 1 + on) // 12, (first.month - 1 + on) % 12 + 1, 1) for on in range(_MONTHS + 1)
    ]
    counts = _between(Item.objects.exclude(kind__in=WITHOUT_VALIDITY), "expires", months, "current__original")
    return chart_of(("到期",), [(f"{month:%y.%m}", [count]) for month, count in zip(months, counts, strict=False)])


def _cleanup() -> list[tuple[str, int, int]]:
    """Progress of cleanup cases for the fifteen issuers with most of them: name, finished, all."""
    rows = Item.objects.filter(kind=Kind.CLEANUP).values_list("issuer")
    counted = rows.annotate(n=Count("id"), done=Count("id", filter=Q(status=Status.DONE))).order_by("-n")[:15]
    return [(name or "（不明）", done, count) for name, count, done in counted]


@allowed(Action.SEE)
def alerts(request: HttpRequest) -> HttpResponse:
    """The saved views of the user with their new items; POST sets the mail address for alerts."""
    user = user_of(request)
    if request.method == "POST":
        before = user.email
        set_address(user, request.POST.get("address", "").strip())
        note(user.username, "账号", None, f"本人修改邮箱：{before or '（无）'} → {user.email or '（无）'}")
        messages.success(request, f"提醒将发到{user.email}" if user.email else "不再发送邮件提醒")
        return redirect("alerts")
    context = {"views": views_of(user, visible(user)), "mails": bool(settings.EMAIL_HOST)}
    return render(request, "alerts.html", context)


@require_POST
@allowed(Action.SEE)
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Deletes a saved view of the user."""
    get_object_or_404(SavedView, pk=view_id, user=user_of(request)).delete()
    return redirect("alerts")
