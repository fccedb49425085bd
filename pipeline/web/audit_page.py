"""The view of the audit: filtered, page by page, verified, or as csv."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action
from pipeline.review.audit.anchors import kept_anchors
from pipeline.review.audit.chain import note
from pipeline.review.audit.reading import AuditFilter, kinds_of_action, people_in_audit, rows_of
from pipeline.review.audit.verification import examine
from pipeline.review.models import AuditEntry
from pipeline.review.output.audit_table import export_audit
from pipeline.web.permissions import allowed, download, user_of

_PAGE = 100


@require_GET
@allowed(Action.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """The audit, newest first; with the parameter `csv` as a file, with `verify` also the result of verifying the hash chain.

    Reading it is itself recorded, with the filter. A filter that cannot be applied is shown again with what is wrong.
    """
    chosen, user = AuditFilter.of(request.GET), user_of(request)
    context: dict[str, Any] = {
        "chosen": chosen, "parameters": _parameters(request), "people": people_in_audit(), "kinds": kinds_of_action(),
    }  # fmt: skip
    try:
        found = chosen.apply(AuditEntry.objects.order_by("-id"))
        if request.GET.get("csv"):
            return download(export_audit(found, user))
    except UsageError as error:
        return render(request, "audit.html", context | {"error": error}, status=400)
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    context |= {"page": page, "rows": rows_of(list(page))}
    if request.GET.get("verify"):
        kept = kept_anchors(home_folder())
        report = examine(kept.anchors)
        remarks = [*([report.forks] if report.forks else []), *kept.remarks]
        context |= {"verified": report.count, "faults": report.faults, "remarks": remarks, "anchors": len(kept.anchors)}
    note(user.username, "查看审计", None, chosen.words)
    return render(request, "audit.html", context)


def _parameters(request: HttpRequest) -> str:
    """The filter as a query string, for links to other pages of it and to the file."""
    kept = request.GET.copy()
    for name in ("page", "csv", "verify"):
        kept.pop(name, None)
    return kept.urlencode()
