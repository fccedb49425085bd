"""Views for uploads, exports, saving a view, publishing, and undoing bulk actions."""

from pathlib import PurePath

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action, may, visible
from pipeline.review.decisions import bulk, workflow
from pipeline.review.models import Batch, Choice, Job, JobState, Kind, Status
from pipeline.review.output import exports
from pipeline.review.queue import filters
from pipeline.review.queue.saved_views import save_view as save_named_view
from pipeline.review.queue.uploads import resolve_duplicate, submit
from pipeline.web.permissions import allowed, download, item_of, user_of

LARGEST = 200 * 1024 * 1024
_MOST_ROWS = 100_000


@require_GET
@allowed(Action.EXPORT)
def paper(request: HttpRequest, item_id: int, form: str) -> HttpResponse:
    """An official document on an item as docx (意见书, 审查表, 通知书), or the original with comments."""
    return download(exports.export_document(item_of(request, item_id), form, user_of(request)))


@require_GET
@allowed(Action.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The filtered queue as xlsx, csv, json, or as 清理目录 (docx); 100 000 items at most."""
    chosen = filters.Filter.of(request.GET)
    found = chosen.ordered(chosen.apply(visible(request.user), user_of(request)).select_related("current", "assignee"))
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


@require_POST
@allowed(Action.ASSIGN)
def make_public(request: HttpRequest, item_id: int) -> HttpResponse:
    """Publishes a finished document on the public pages, or withdraws it."""
    found = item_of(request, item_id)
    if found.status != Status.DONE and not found.public:
        raise UsageError("只有办结的文件可以公开", remedy="请先完成审查")
    workflow.set_public(found, user_of(request), shown=not found.public)
    return redirect("item", item_id)


@allowed(Action.UPLOAD)
def upload(request: HttpRequest) -> HttpResponse:
    """The upload page; POST stores files and queues a job for each."""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if not files:
            raise UsageError("没有选择文件", remedy="请选择或者拖入文件")
        for file in files:
            name = PurePath(file.name or "未命名").name
            if (file.size or 0) > LARGEST:
                messages.error(request, f"{name}超过200兆字节，没有提交。请压缩图片或者拆分后再提交")
                continue
            kind_and_place = (request.POST.get("kind", Kind.FILED), request.POST.get("place", "")[:32])
            submit(home_folder(), name, file.read(), user_of(request), kind_and_place)
        return redirect("upload")
    return render(request, "upload.html", {"kinds": Kind.choices, **_jobs(request)})


def _jobs(request: HttpRequest) -> dict[str, object]:
    found = list(Job.objects.filter(by=user_of(request)).select_related("rival").order_by("-id")[:50])
    in_progress = any(job.state in (JobState.WAITING, JobState.WORKING) for job in found)
    return {"jobs": found, "in_progress": in_progress, "choices": Choice.choices}


@require_GET
@allowed(Action.UPLOAD)
def jobs(request: HttpRequest) -> HttpResponse:
    """The states of the user's uploads; the page polls it while a job is waiting or being processed."""
    return render(request, "part_jobs.html", _jobs(request))


def _job(request: HttpRequest, job_id: int, state: str) -> Job:
    return get_object_or_404(Job, pk=job_id, by=user_of(request), state=state)


@require_POST
@allowed(Action.UPLOAD)
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    """Queues a failed upload again."""
    job = _job(request, job_id, JobState.FAILED)
    job.state, job.attempts, job.message = JobState.WAITING, 0, ""
    job.save()
    return redirect("upload")


@require_POST
@allowed(Action.UPLOAD)
def choose(request: HttpRequest, job_id: int) -> HttpResponse:
    """Records what to do with an upload that may be a duplicate."""
    resolve_duplicate(_job(request, job_id, JobState.CHOICE), request.POST.get("choice", ""), user_of(request))
    return redirect("upload")
