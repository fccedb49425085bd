"""The pages of the desk: they show and record, and leave the reading of files to the worker."""

import hashlib
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from pipeline.errors import UsageError
from pipeline.review import desk
from pipeline.review.annotate import annotate
from pipeline.review.audit import note, verify
from pipeline.review.connection import home_folder
from pipeline.review.exports import queue_workbook, write_opinion
from pipeline.review.models import Entry, Finding, Item, Job, JobState, Kind, SavedView, Status, Verdict
from pipeline.review.originals import where
from pipeline.review.people import Deed, Role, may, role_of, visible

View = Callable[..., HttpResponseBase]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 200 * 1024 * 1024
_TEMPLATES = {
    "成立": ("没有法律、法规、规章依据", "超出上位法规定的范围"),
    "不成立": ("有上位法依据，条文没有写明", "属于内部管理，不涉及外部权利义务"),
    "需修改": ("补充依据的名称和条款", "改为鼓励、引导性表述"),
    "转办": ("转业务部门说明依据", "转市场监管部门作公平竞争审查"),
}


def allowed(deed: Deed) -> Callable[[View], View]:
    """A page for those who may do a deed; visitors are led to the login, others are refused."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.user, deed):
                raise PermissionDenied
            return view(request, *args, **named)

        return guarded

    return wrap


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _item(request: HttpRequest, item_id: int) -> Item:
    """An item that the visitor may see; to others it does not exist."""
    return get_object_or_404(visible(request.user).select_related("current", "assignee"), pk=item_id)


@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """The queue with its facets; an issuer sees its own items, visitors the login."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if role_of(request.user) is None:
        raise PermissionDenied
    asked = desk.Filter.of(request.GET)
    mine, rest = desk.narrow(visible(request.user), asked)
    found = rest.ordered(rest.apply(mine, _user(request)).select_related("assignee"))
    page = Paginator(found, desk.PAGE).get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    parameters.pop("page", None)
    told = {
        "page": page,
        "asked": asked,
        "facets": desk.facets(mine, rest, _user(request)),
        "parameters": parameters.urlencode(),
        "reviewers": _reviewers(),
        "views": SavedView.objects.filter(user=_user(request)).order_by("name"),
        "today": date.today(),
    }
    return render(request, "part_queue.html" if getattr(request, "htmx", False) else "queue.html", told)


def _reviewers() -> list[User]:
    roles = (Role.CHIEF, Role.REVIEWER, Role.COUNSEL)
    return list(User.objects.filter(groups__name__in=roles, is_active=True).order_by("username"))


@require_GET
@allowed(Deed.READ)
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """One document: its text with the findings in place, arguments, decisions."""
    found = _item(request, item_id)
    note(_user(request).username, "查看", found.pk)
    version = found.current
    findings = list(version.findings.order_by("start", "id")) if version else []
    decided = desk.decisions_of(found)
    shown = [f for f in findings if not f.softened]
    queue_after = desk.Filter().ordered(
        visible(request.user).filter(status=Status.PENDING, risk__lte=found.risk).exclude(pk=found.pk)
    )
    told = {
        "item": found,
        "version": version,
        "pieces": list(desk.marked(version.text, shown)) if version else [],
        "rows": [(number, f, decided.get(f.key)) for number, f in enumerate(shown, 1)],
        "softened": [f for f in findings if f.softened],
        "facts": _facts(version.dossier) if version else [],
        "cleanup": version.dossier["assessment"]["cleanup"] if version else None,
        "coverage": _coverage(version.dossier) if version else [],
        "open": desk.open_alarms(found).count() if version else 0,
        "verdicts": Verdict.values,
        "templates": _TEMPLATES,
        "corrections": found.corrections.order_by("-made"),
        "history": found.decisions.order_by("-made")[:20],
        "following": queue_after.first(),
        "is_docx": bool(version and version.dossier["source"]["format"] == "docx"),
    }
    return render(request, "item.html", told)


def _facts(dossier: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name, value and where it was found, of what the masthead says."""
    masthead, validity = dossier["document"]["masthead"], dossier["assessment"]["validity"]
    issuers = "、".join(fact["value"] for fact in masthead["issuers"])
    rows = [("制定机关", issuers, masthead["issuers"][0]["origin"] if masthead["issuers"] else "")]
    for name, key in (
        ("发文字号", "number"),
        ("登记号", "registration"),
        ("成文日期", "made"),
        ("公布日期", "published"),
        ("主送", "recipients"),
    ):
        fact = masthead[key]
        if fact:
            rows.append((name, str(fact["value"]), fact["origin"]))
    rows.append(("有效性", validity["state"], "；".join(validity["reasons"])))
    labels = dossier["labels"]
    kind = "属于" if labels["is_normative"] else "不属于"
    rows.append(
        ("性质", f"{labels['genre']}，{labels['norm_level']}，{kind}行政规范性文件", "；".join(labels["reasons"]))
    )
    return [row for row in rows if row[1]]


def _coverage(dossier: dict[str, Any]) -> list[str]:
    notes = [*dossier["source"]["notes"], *dossier["document"]["noise"]]
    return [told["message"] for told in notes]


@require_POST
@allowed(Deed.DECIDE)
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records a decision on a finding and shows the finding anew."""
    found, key = _item(request, item_id), request.POST.get("key", "")
    decision = desk.decide(
        found, key, request.POST.get("verdict", ""), _user(request), request.POST.get("comment", "")[:2000]
    )
    finding = Finding.objects.filter(version=found.current, key=key).first()
    number = request.POST.get("number", "")
    told = {
        "item": found, "finding": finding, "decision": decision, "number": number, "verdicts": Verdict.values,
        "templates": _TEMPLATES, "open": desk.open_alarms(found).count(),
    }  # fmt: skip
    return render(request, "part_finding.html", told)


@require_POST
@allowed(Deed.FINISH)
def finish(request: HttpRequest, item_id: int) -> HttpResponse:
    found = _item(request, item_id)
    status = desk.finish(found, _user(request))
    messages.success(request, "已办结" if status == Status.DONE else "已送复核，请由另一名审查人员复核")
    return redirect("item", item_id)


@require_POST
@allowed(Deed.FINISH)
def send_back(request: HttpRequest, item_id: int) -> HttpResponse:
    found = _item(request, item_id)
    if found.status != Status.SECOND:
        raise UsageError("只有待复核的文件可以退回", remedy="请刷新后查看状态")
    desk.send_back(found, _user(request), request.POST.get("reason", ""))
    messages.success(request, "已退回初审")
    return redirect("item", item_id)


@require_POST
@allowed(Deed.DECIDE)
def claim(request: HttpRequest, item_id: int) -> HttpResponse:
    found = _item(request, item_id)
    if found.assignee and found.assignee != request.user and not may(request.user, Deed.ASSIGN):
        raise UsageError(f"已由{found.assignee}领取", remedy="请先与其协商，或者由主审改派")
    desk.claim(found, _user(request), by=_user(request))
    return redirect("item", item_id)


@require_POST
@allowed(Deed.DECIDE)
def correct(request: HttpRequest, item_id: int) -> HttpResponse:
    desk.correct(_item(request, item_id), request.POST.get("field", ""), request.POST.get("value", ""), _user(request))
    messages.success(request, "已更正，机器原来的结果保留在旁边")
    return redirect("item", item_id)


@require_GET
@allowed(Deed.READ)
def original(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """The file as it came; always a download, never shown by the browser."""
    found = _item(request, item_id)
    if found.current is None:
        raise UsageError("没有可下载的原件", remedy="请重新提交")
    note(_user(request).username, "下载原件", found.pk)
    path = where(home_folder(), found.current.original_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=PurePath(found.name).name)


@require_GET
@allowed(Deed.EXPORT)
def opinion(request: HttpRequest, item_id: int) -> HttpResponse:
    """审查意见书 as docx."""
    found = _item(request, item_id)
    data = write_opinion(found, desk.decisions_of(found))
    return _hand_out(request, data, f"{found.title[:60]}审查意见书.docx", item_id)


@require_GET
@allowed(Deed.EXPORT)
def annotated(request: HttpRequest, item_id: int) -> HttpResponse:
    """The drafter's docx with a comment at each finding."""
    found = _item(request, item_id)
    if found.current is None:
        raise UsageError("没有可以批注的原件", remedy="请重新提交")
    findings = list(found.current.findings.filter(softened=False).order_by("start"))
    data, lost = annotate(where(home_folder(), found.current.original_id), findings, desk.decisions_of(found))
    if lost:
        note(_user(request).username, "批注", found.pk, f"{lost}处未能定位，列在文末")
    return _hand_out(request, data, f"{found.title[:60]}（批注）.docx", item_id)


@require_GET
@allowed(Deed.EXPORT)
def export(request: HttpRequest) -> HttpResponse:
    """The queue as it is filtered, as xlsx."""
    asked = desk.Filter.of(request.GET)
    found = asked.ordered(asked.apply(visible(request.user), _user(request)))
    return _hand_out(request, queue_workbook(found[:100_000]), "审查队列.xlsx", None)


def _hand_out(request: HttpRequest, data: bytes, name: str, item_id: int | None) -> HttpResponse:
    """A file for the visitor, noted in the audit with its hash, so that `qinggui verify` knows it again."""
    note(_user(request).username, "导出", item_id, f"{name} {hashlib.sha256(data).hexdigest()}")
    kind = DOCX if name.endswith("docx") else XLSX
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@require_POST
@allowed(Deed.ASSIGN)
def bulk(request: HttpRequest) -> HttpResponse:
    """Assigns everything that is filtered and free; shows first what would change."""
    asked = desk.Filter.of(request.POST)
    found = asked.apply(visible(request.user), None)
    to = get_object_or_404(User, pk=request.POST.get("to") or 0, is_active=True)
    if request.POST.get("sure") != "1":
        free = desk.preview(found.filter(assignee=None))
        told = {"free": free, "whole": desk.preview(found), "to": to, "asked": asked}
        return render(request, "bulk.html", told)
    done = desk.assign_all(found, to, by=_user(request))
    messages.success(request, f"已把{done.count}件指派给{to.first_name or to.username}；已有承办人的没有改动")
    return redirect("queue")


@require_POST
@allowed(Deed.SEE)
def save_view(request: HttpRequest) -> HttpResponse:
    """Keeps the filter of the queue under a name; the same name again replaces it."""
    name, query = request.POST.get("name", "").strip()[:32], request.POST.get("query", "")[:500]
    if not name:
        raise UsageError("视图没有名称", remedy="请填写名称")
    SavedView.objects.update_or_create(user=_user(request), name=name, defaults={"query": query})
    return redirect(f"/?{query}")


@require_POST
@allowed(Deed.ASSIGN)
def make_public(request: HttpRequest, item_id: int) -> HttpResponse:
    """Shows a finished document on the public pages, or takes it off."""
    found = _item(request, item_id)
    if found.status != Status.DONE and not found.public:
        raise UsageError("只有办结的文件可以公开", remedy="请先完成审查")
    desk.set_public(found, _user(request), shown=not found.public)
    return redirect("item", item_id)


@allowed(Deed.UPLOAD)
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
            desk.hand_in(home_folder(), name, file.read(), _user(request), asked)
        return redirect("upload")
    return render(request, "upload.html", {"kinds": Kind.choices, "jobs": _jobs(request)})


def _jobs(request: HttpRequest) -> list[Job]:
    return list(Job.objects.filter(by=_user(request)).order_by("-id")[:50])


@require_GET
@allowed(Deed.UPLOAD)
def jobs(request: HttpRequest) -> HttpResponse:
    """The state of what was handed in, asked for again while anything is open."""
    found = _jobs(request)
    return render(request, "part_jobs.html", {"jobs": found})


@require_POST
@allowed(Deed.UPLOAD)
def retry(request: HttpRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=job_id, by=_user(request), state=JobState.FAILED)
    job.state, job.attempts, job.message = JobState.WAITING, 0, ""
    job.save()
    return redirect("upload")


@require_GET
@allowed(Deed.BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """Counts for leaders: by status, risk, person, and what ends soon."""
    items = visible(request.user)
    total = max(items.count(), 1)
    by = {
        name: list(items.values_list(name).annotate(n=Count("id")).order_by("-n")[:15])
        for name in ("status", "kind", "genre", "issuers")
    }
    people = list(items.exclude(assignee=None).values_list("assignee__username").annotate(n=Count("id")).order_by("-n"))
    bands = [(name, items.filter(risk__gte=low, risk__lt=high).count()) for name, low, high in desk.BANDS]
    types = _common_types()
    soon = items.filter(expires__gte=date.today()).order_by("expires")[:20]
    late = items.filter(status__in=(Status.PENDING, Status.SECOND), due__lt=date.today()).count()
    told = {"total": total, "by": by, "people": people, "bands": bands, "types": types, "soon": soon, "late": late}
    return render(request, "board.html", told)


def _common_types() -> list[tuple[str, int]]:
    """The fifteen most frequent kinds of alarm by name."""
    alarms = Finding.objects.filter(softened=False, severity__in=desk.ALARMS)
    counts = list(alarms.values_list("type").annotate(n=Count("id")).order_by("-n")[:15])
    named = ((alarms.filter(type=kind).first(), count) for kind, count in counts)
    return [(finding.content["name"], count) for finding, count in named if finding]


@require_GET
@allowed(Deed.AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what; and whether the chain is whole."""
    page = Paginator(Entry.objects.order_by("-id"), 100).get_page(request.GET.get("page"))
    faults = list(verify()) if request.GET.get("verify") else None
    return render(request, "audit.html", {"page": page, "faults": faults})
