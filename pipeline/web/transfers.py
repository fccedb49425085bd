"""Views for uploads, exports, saving a view, and undoing bulk actions."""

from pathlib import PurePath

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action, Role, may, role_of, visible
from pipeline.review.decisions import bulk
from pipeline.review.decisions.access import clean
from pipeline.review.models import (
    LARGE_OF_CURRENT,
    WITHOUT_DRAFTS,
    Batch,
    Choice,
    Item,
    Job,
    JobState,
    Kind,
    Paper,
    material_kinds,
)
from pipeline.review.output import exports
from pipeline.review.queue import filters, uploads
from pipeline.review.queue.heartbeat import is_alive
from pipeline.review.queue.saved_views import save_view as save_named_view
from pipeline.review.queue.uploads import Purpose, resolve_duplicate, submit
from pipeline.web.permissions import allowed, download, item_of, number_of, user_of

LARGEST = 200 * 1024 * 1024
_MOST_ROWS = 100_000


@require_GET
@allowed(Action.EXPORT)
def paper(request: HttpRequest, item_id: int, form: str) -> HttpResponse:
    """An official document on an item as docx (意见书, 审查表, 通知书), or the original with comments; `beside`: words of articles, cases."""
    beside = request.GET.getlist("beside")
    return download(exports.export_document(item_of(request, item_id), form, user_of(request), beside))


@require_GET
@allowed(Action.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered queue as xlsx, csv, json, or as 清理目录 (docx); 100 000 items at most."""
    chosen = filters.Filter.of(request.GET)
    found = chosen.ordered(chosen.apply(visible(request.user), user_of(request)).select_related("current", "assignee"))
    found = found.defer(*LARGE_OF_CURRENT)
    return download(exports.export_queue(found[:_MOST_ROWS], kind, user_of(request)))


@require_POST
@allowed(Action.ASSIGN)
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Undoes a bulk action."""
    batch = get_object_or_404(Batch, pk=batch_id)
    if batch.what == bulk.DECIDED and not may(request.user, Action.DECIDE):
        raise PermissionDenied
    count = bulk.undo(batch, by=user_of(request))
    messages.success(request, f"已撤销，涉及{count}件；此后有人改动过的保持原样")
    return redirect("queue")


@require_POST
@allowed(Action.SEE)
def save_view(request: HttpRequest) -> HttpResponse:
    """Saves the filter of the queue as a view; a view of the same name is replaced."""
    query = request.POST.get("query", "")
    save_named_view(user_of(request), request.POST.get("name", ""), query)
    return redirect(f"/?{query}")


@allowed(Action.UPLOAD)
def upload(request: HttpRequest) -> HttpResponse:
    """The upload page; POST stores files and queues a job for each, with `case` for a case of the user."""
    case = _case(request)
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if not files:
            raise UsageError("没有选择文件", remedy="请选择或者拖入文件")
        kind, place = request.POST.get("kind", ""), request.POST.get("place", "")[:32]
        organ = clean(request.POST.get("organ", "")) if may(user_of(request), Action.DECIDE) else ""
        purpose = Purpose(case.kind if case else kind, place, case, request.POST.get("material", ""), organ)
        purpose.check()
        for file in files:
            name = PurePath(file.name or "未命名").name
            if (file.size or 0) > LARGEST:
                messages.error(request, f"{name}超过200兆字节，没有提交。请压缩图片或者拆分后再提交")
                continue
            submit(home_folder(), name, file.read(), user_of(request), purpose)
        return redirect(f"{request.path}?case={case.pk}" if case else "upload")
    context = {
        "kinds": Kind.choices,
        "materials": material_kinds(case.kind, issuer=role_of(request.user) is Role.ISSUER) if case else (),
        "case": case,
        "drafts": case is not None and case.kind not in WITHOUT_DRAFTS,
        **_jobs(request),
    }
    return render(request, "upload.html", context)


def _case(request: HttpRequest) -> Item | None:
    """The case that a request names; 404 where the user may not see it."""
    number = number_of(request.POST.get("case") or request.GET.get("case") or "")
    return item_of(request, number) if number is not None else None


def _jobs(request: HttpRequest) -> dict[str, object]:
    found = list(
        Job.objects.filter(by=user_of(request)).prefetch_related("papers__item", "papers__rival").order_by("-id")[:50]
    )
    in_progress = any(job.state in (JobState.WAITING, JobState.WORKING) for job in found)
    own = set(
        visible(request.user)
        .filter(pk__in=[paper.item_id for job in found for paper in job.papers.all()])
        .values_list("pk", flat=True)
    )
    return {
        "jobs": found,
        "in_progress": in_progress,
        "choices": Choice.choices,
        "own": own,
        "worker": is_alive(home_folder()),
    }


@require_GET
@allowed(Action.UPLOAD)
def jobs(request: HttpRequest) -> HttpResponse:
    """The states of the user's uploads; the page polls it while a job is waiting or being processed."""
    return render(request, "part_jobs.html", _jobs(request))


@require_POST
@allowed(Action.UPLOAD)
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Queues the failed documents of an upload again, with `paper` one of them."""
    job = get_object_or_404(Job, pk=job_id, by=user_of(request))
    number = number_of(request.POST.get("paper", ""))
    uploads.retry(job, get_object_or_404(Paper, pk=number, job=job) if number is not None else None, user_of(request))
    return redirect("upload")


@require_POST
@allowed(Action.UPLOAD)
def choose(request: HttpRequest, paper_id: int) -> HttpResponse:
    """Records what to do with one document whose bytes are in the queue already."""
    paper = get_object_or_404(Paper, pk=paper_id, job__by=user_of(request))
    resolve_duplicate(paper, request.POST.get("choice", ""), user_of(request))
    return redirect("upload")
