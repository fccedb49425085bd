"""What comes in and goes out, and what is done to many items at once."""

from pathlib import PurePath

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action, may, visible
from pipeline.review.decisions import bulk, workflow
from pipeline.review.models import Batch, Choice, Item, Job, JobState, Kind, Status, Verdict
from pipeline.review.output import exports
from pipeline.review.queue import filters
from pipeline.review.queue.saved_views import keep
from pipeline.review.queue.uploads import choose as choose_for
from pipeline.review.queue.uploads import hand_in
from pipeline.web.permissions import allowed, download, item_of, user_of

LARGEST = 200 * 1024 * 1024
_MOST_ROWS = 100_000


@require_GET
@allowed(Action.EXPORT)
def paper(request: HttpRequest, item_id: int, form: str) -> HttpResponse:
    """A paper on an item as docx: 意见书, 审查表, 通知书, or the drafter's file with comments."""
    return download(exports.paper_of(item_of(request, item_id), form, user_of(request)))


@require_GET
@allowed(Action.EXPORT)
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """The queue as it is filtered: xlsx, csv, json, or docx as 清理目录."""
    asked = filters.Filter.of(request.GET)
    found = asked.ordered(asked.apply(visible(request.user), user_of(request)).select_related("current", "assignee"))
    return download(exports.queue_of(found[:_MOST_ROWS], kind, user_of(request)))


@require_POST
@allowed(Action.ASSIGN)
def bulk_action(request: HttpRequest) -> HttpResponse:
    """Assigns or decides everything that is filtered; shows first what would change."""
    asked = filters.Filter.of(request.POST)
    found = asked.apply(visible(request.user), None)
    sure = request.POST.get("sure") == "1"
    if request.POST.get("what") != bulk.DECIDED:
        return _assign_many(request, found, sure)
    if not may(request.user, Action.DECIDE):
        raise PermissionDenied
    return _decide_many(request, found, sure)


def _assign_many(request: HttpRequest, found: "QuerySet[Item]", sure: bool) -> HttpResponse:
    to = get_object_or_404(User, pk=request.POST.get("to") or 0, is_active=True)
    if not sure:
        told = {"free": bulk.preview(found.filter(assignee=None)), "whole": bulk.preview(found), "to": to}
        return render(request, "bulk.html", told)
    done = bulk.assign_all(found, to, by=user_of(request))
    messages.success(
        request, f"已把{len(done.items)}件指派给{to.first_name or to.username}；已有承办人的没有改动，可以在队列页撤销"
    )
    return redirect("queue")


def _decide_many(request: HttpRequest, found: "QuerySet[Item]", sure: bool) -> HttpResponse:
    kind, verdict = request.POST.get("type", "").strip()[:16], request.POST.get("verdict", "")
    if not sure:
        findings = bulk.undecided(found, kind)
        told = {"kind": kind, "verdict": verdict, "whole": bulk.preview(found), "verdicts": Verdict.values}
        told |= {"count": findings.count(), "examples": list(findings[:5]), "kinds": bulk.kinds_in(found)}
        return render(request, "bulk_decide.html", told)
    done = bulk.decide_all(found, kind, (verdict, request.POST.get("comment", "")[:1000]), by=user_of(request))
    messages.success(request, f"已对{len(done.items)}件作出决定；已有决定的没有改动，可以在队列页撤销")
    return redirect("queue")


@require_POST
@allowed(Action.ASSIGN)
def undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Takes a bulk change back."""
    batch = get_object_or_404(Batch, pk=batch_id)
    if batch.what == bulk.DECIDED and not may(request.user, Action.DECIDE):
        raise PermissionDenied
    count = bulk.undo(batch, by=user_of(request))
    messages.success(request, f"已撤销，涉及{count}件；此后有人改动过的保持原样")
    return redirect("queue")


@require_POST
@allowed(Action.SEE)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filter of the queue under a name; the same name again replaces it."""
    query = request.POST.get("query", "")
    keep(user_of(request), request.POST.get("name", ""), query)
    return redirect(f"/?{query}")


@require_POST
@allowed(Action.ASSIGN)
def make_public(request: HttpRequest, item_id: int) -> HttpResponse:
    """Shows a finished document on the public pages, or takes it off."""
    found = item_of(request, item_id)
    if found.status != Status.DONE and not found.public:
        raise UsageError("只有办结的文件可以公开", remedy="请先完成审查")
    workflow.set_public(found, user_of(request), shown=not found.public)
    return redirect("item", item_id)


@allowed(Action.UPLOAD)
def upload(request: HttpRequest) -> HttpResponse:
    """Files by drag and drop or by choice; each becomes a job for the worker."""
    if request.method == "POST":
        files = request.FILES.getlist("files")
        if not files:
            raise UsageError("没有选择文件", remedy="请选择或者拖入文件")
        for file in files:
            name = PurePath(file.name or "未命名").name
            if (file.size or 0) > LARGEST:
                messages.error(request, f"{name}超过200兆字节，没有提交。请压缩图片或者拆分后再提交")
                continue
            asked = (request.POST.get("kind", Kind.FILED), request.POST.get("place", "")[:32])
            hand_in(home_folder(), name, file.read(), user_of(request), asked)
        return redirect("upload")
    return render(request, "upload.html", {"kinds": Kind.choices, **_jobs(request)})


def _jobs(request: HttpRequest) -> dict[str, object]:
    found = list(Job.objects.filter(by=user_of(request)).select_related("rival").order_by("-id")[:50])
    moving = any(job.state in (JobState.WAITING, JobState.WORKING) for job in found)
    return {"jobs": found, "moving": moving, "choices": Choice.choices}


@require_GET
@allowed(Action.UPLOAD)
def jobs(request: HttpRequest) -> HttpResponse:
    """The state of what was handed in, asked for again while anything is open."""
    return render(request, "part_jobs.html", _jobs(request))


def _job(request: HttpRequest, job_id: int, state: str) -> Job:
    return get_object_or_404(Job, pk=job_id, by=user_of(request), state=state)


@require_POST
@allowed(Action.UPLOAD)
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    job = _job(request, job_id, JobState.FAILED)
    job.state, job.attempts, job.message = JobState.WAITING, 0, ""
    job.save()
    return redirect("upload")


@require_POST
@allowed(Action.UPLOAD)
def choose(request: HttpRequest, job_id: int) -> HttpResponse:
    """What to do with a file that is in the queue already."""
    choose_for(_job(request, job_id, JobState.CHOICE), request.POST.get("choice", ""), user_of(request))
    return redirect("upload")
