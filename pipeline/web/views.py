"""Views of the queue and of one item; files are analysed by the worker, not here."""

from collections.abc import Mapping
from datetime import date
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action, Role, display_name, may, role_of, visible
from pipeline.review.audit.chain import note
from pipeline.review.decisions import agreement, checklists, workflow
from pipeline.review.models import Answer, Batch, Finding, Item, Mark, Passage, Status, Verdict
from pipeline.review.output import forms, page_views
from pipeline.review.queue import filters, issuer_view, links, saved_views
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.rows import rows_of
from pipeline.web.permissions import allowed, item_of, to_login, user_of

_TEMPLATES = {
    "成立": ("没有法律、法规、规章依据", "超出上位法规定的范围"),
    "不成立": ("有上位法依据，条文没有写明", "属于内部管理，不涉及外部权利义务"),
    "需修改": ("补充依据的名称和条款", "改为鼓励、引导性表述"),
    "转办": ("转业务部门说明依据", "转市场监管部门作公平竞争审查"),
}
_FACETS = (
    ("状态", "status"), ("待处理", "mark"), ("风险", "band"), ("风险类型", "group"), ("类别", "kind"), ("制定机关", "issuer"), ("地区", "place"),
    ("文种", "genre"), ("年份", "year"), ("承办人", "reviewer"),
)  # fmt: skip
# verdicts with the key that enters each (1 to 4)
_VERDICTS = tuple(enumerate(Verdict.values, 1))
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
    context = {
        "page": page,
        "rows": rows_of(list(page), chosen.q, whole=bool(chosen.whole)),
        "chosen": chosen,
        "parameters": parameters.urlencode(),
        "today": date.today(),
    }
    part = "part_own_files.html"
    if role is not Role.ISSUER:
        part = "part_queue.html"
        context |= _tools(request)
    return render(request, part if getattr(request, "htmx", False) else "queue.html", context | {"part": part})


def _tools(request: HttpRequest) -> dict[str, Any]:
    """What stands beside the list for staff: people to assign to, saved views, bulk actions that can be undone, exports."""
    batches = list(Batch.objects.filter(undone=None).order_by("-id")[:3]) if may(request.user, Action.ASSIGN) else []
    names = _names([batch.by for batch in batches])
    return {
        "reviewers": reviewers(),
        "views": saved_views.views_of(user_of(request), visible(request.user)),
        "batches": [(batch, names.get(batch.by, batch.by)) for batch in batches],
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


@require_GET
@allowed(Action.READ)
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """The page of an item: text with highlighted findings, arguments, decisions, facts, checklist, conclusion."""
    found = item_of(request, item_id)
    note(user_of(request).username, "查看", found.pk)
    version = found.current
    findings = list(version.findings.order_by("start", "id")) if version else []
    shown = [f for f in findings if not f.softened]
    following = filters.Filter().ordered(
        visible(request.user).filter(status=Status.PENDING, risk__lte=found.risk).exclude(pk=found.pk)
    )
    context = {
        "item": found,
        "version": version,
        "pieces": list(workflow.split_at_findings(version.text, shown)) if version else [],
        "rows": _rows(request, found, shown),
        "softened": [f for f in findings if f.softened],
        "facts": _facts(version.dossier) if version else [],
        "cleanup": version.dossier["assessment"]["cleanup"] if version else None,
        "coverage": _coverage(version.dossier) if version else [],
        "open": workflow.open_alarms(found).count() if version else 0,
        "verdicts": _VERDICTS,
        "templates": _TEMPLATES,
        "corrections": [(workflow.CORRECTABLE[made.field], made) for made in found.corrections.order_by("-made")],
        "correctable": workflow.CORRECTABLE.items(),
        "history": found.decisions.order_by("-made")[:20],
        "points": checklists.answered_points(found),
        "answers": Answer.values,
        "outcomes": checklists.OUTCOMES[found.kind],
        "conclusion": found.conclusions.order_by("-id").first(),
        "forms": forms.forms_of(found.kind),
        "reviewers": reviewers(),
        "next_item": following.first(),
        "is_docx": bool(version and version.dossier["source"]["format"] == "docx"),
    }
    return render(request, "item.html", context)


def _rows(request: HttpRequest, found: Item, shown: list[Finding]) -> list[dict[str, Any]]:
    """Template rows in text order: findings with decision, dispute and similar articles, and the passages of a blind sample."""
    decided, disputes, version = workflow.decisions_of(found), agreement.disputed(found), found.current
    if version is None:
        return []
    rows: list[dict[str, Any]] = [
        {
            "at": finding.start,
            "finding": finding,
            "decision": decided.get(finding.key),
            "dispute": disputes.get(finding.key),
            "neighbours": version.neighbours.get(finding.key, ()),
        }
        for finding in shown
    ]
    if may(request.user, Action.DECIDE):
        for passage in agreement.passages_for(version, user_of(request)):
            rows.append({"at": passage.start, "passage": passage, "text": version.text[passage.start : passage.end]})
    return sorted(rows, key=lambda row: row["at"])


def _facts(dossier: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Facts of the masthead, validity and genre as (Chinese name, value, origin); facts without a value are left out."""
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
    """Messages on what the reader and the parser could not take from the file."""
    notes = [*dossier["source"]["notes"], *dossier["document"]["noise"]]
    return [note["message"] for note in notes]


@require_GET
@allowed(Action.READ)
def layout(request: HttpRequest, item_id: int) -> HttpResponse:
    """The pages of the original with a box around each finding."""
    found = item_of(request, item_id)
    version = found.current
    if version is None:
        raise UsageError("没有可以显示的版面", remedy="请待识别后再看")
    findings = list(version.findings.filter(softened=False).order_by("start"))
    views = page_views.views_of(home_folder(), version, findings)
    marked = {mark.finding for view in views for mark in view.marks}
    context = {
        "item": found, "views": views, "unplaced": len(findings) - len(marked),
        "font_note": page_views.font_note(version, views), "drawn_here": version.dossier["source"]["format"] != "ofd",
    }  # fmt: skip
    return render(request, "part_pages.html", context)


@require_GET
@allowed(Action.READ)
def related(request: HttpRequest, item_id: int) -> HttpResponse:
    """The documents that an item cites, the items that cite it and similar items, as far as the user may see them."""
    found, among = item_of(request, item_id), visible(request.user)
    context = {
        "cites": links.cites(found, among),
        "cited_by": links.cited_by(found, among),
        "similar": links.similar_items(found, among),
    }
    return render(request, "part_links.html", context)


@require_GET
@allowed(Action.READ)
def picture(request: HttpRequest, item_id: int, number: int) -> HttpResponse:
    """A page of the original as PNG or SVG."""
    found = item_of(request, item_id)
    if found.current is None:
        raise UsageError("没有可以显示的版面", remedy="请待识别后再看")
    data, media = page_views.picture_of(home_folder(), found.current, number)
    response = HttpResponse(data, content_type=media)
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return response


@require_POST
@allowed(Action.DECIDE)
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records a decision on a finding and renders the finding again; `final` marks a ruling (裁定) on a dispute."""
    found, key, final = item_of(request, item_id), request.POST.get("key", ""), request.POST.get("final") == "1"
    if final and not may(request.user, Action.ADJUDICATE):
        raise PermissionDenied
    statement = (request.POST.get("verdict", ""), request.POST.get("comment", "")[:2000])
    workflow.decide(found, key, statement, user_of(request), final=final)
    finding = Finding.objects.get(version=found.current, key=key)
    row = next(row for row in _rows(request, found, [finding]) if row.get("finding"))
    context = {
        "item": found, "row": row, "verdicts": _VERDICTS, "templates": _TEMPLATES,
        "open": workflow.open_alarms(found).count(), "swapped": True,
    }  # fmt: skip
    return render(request, "part_finding.html", context)


@require_POST
@allowed(Action.DECIDE)
def judge(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records the judgement of a passage of the blind sample and renders it again."""
    found = item_of(request, item_id)
    passage = get_object_or_404(Passage, pk=request.POST.get("passage") or 0, version__item=found)
    missed = request.POST.get("missed")
    if missed not in ("0", "1"):
        raise UsageError("没有选择", remedy="请选有问题或者没有问题")
    comment = request.POST.get("comment", "")[:2000]
    agreement.judge_passage(passage, user_of(request), missed=missed == "1", comment=comment)
    version = passage.version
    row = {"passage": passage, "text": version.text[passage.start : passage.end]}
    return render(request, "part_passage.html", {"item": found, "row": row})


@require_POST
@allowed(Action.DECIDE)
def check(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records the answer to a point of the checklist and renders the checklist again."""
    found = item_of(request, item_id)
    point_answer = (
        request.POST.get("point", ""),
        request.POST.get("answer", ""),
        request.POST.get("comment", "")[:500],
    )
    checklists.answer(found, *point_answer, user_of(request))
    return render(
        request,
        "part_points.html",
        {"item": found, "points": checklists.answered_points(found), "answers": Answer.values},
    )


@require_POST
@allowed(Action.DECIDE)
def conclude(request: HttpRequest, item_id: int) -> HttpResponse:
    """Records the conclusion on a case."""
    found = item_of(request, item_id)
    checklists.conclude(found, request.POST.get("outcome", ""), request.POST.get("reason", "")[:1000], user_of(request))
    messages.success(request, "已记下审查结论")
    return redirect("item", item_id)


@require_POST
@allowed(Action.FINISH)
def finish(request: HttpRequest, item_id: int) -> HttpResponse:
    found = item_of(request, item_id)
    status = workflow.finish(found, user_of(request))
    messages.success(request, "已办结" if status == Status.DONE else "已送复核，请由另一名审查人员复核")
    return redirect("item", item_id)


@require_POST
@allowed(Action.FINISH)
def send_back(request: HttpRequest, item_id: int) -> HttpResponse:
    """Returns an item to the first review; reopening a finished item takes the permission to adjudicate."""
    found = item_of(request, item_id)
    if found.status == Status.DONE and not may(request.user, Action.ADJUDICATE):
        raise PermissionDenied
    if found.status not in (Status.SECOND, Status.DONE):
        raise UsageError("只有待复核或者已办的文件可以退回", remedy="请刷新后查看状态")
    workflow.send_back(found, user_of(request), request.POST.get("reason", ""))
    messages.success(request, "已退回初审")
    return redirect("item", item_id)


@require_POST
@allowed(Action.DECIDE)
def claim(request: HttpRequest, item_id: int) -> HttpResponse:
    workflow.claim(item_of(request, item_id), user_of(request))
    return redirect("item", item_id)


@require_POST
@allowed(Action.ASSIGN)
def assign(request: HttpRequest, item_id: int) -> HttpResponse:
    to = get_object_or_404(User, pk=request.POST.get("to") or 0, is_active=True)
    workflow.assign(item_of(request, item_id), to, by=user_of(request))
    return redirect("item", item_id)


@require_POST
@allowed(Action.DECIDE)
def correct(request: HttpRequest, item_id: int) -> HttpResponse:
    found = item_of(request, item_id)
    workflow.correct(found, request.POST.get("field", ""), request.POST.get("value", ""), user_of(request))
    messages.success(request, "已更正，机器原来的结果保留在旁边")
    return redirect("item", item_id)


@require_GET
@allowed(Action.READ)
def original(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """The original file, always as a download, never displayed in the browser."""
    found = item_of(request, item_id)
    if found.current is None:
        raise UsageError("没有可下载的原件", remedy="请重新提交")
    note(user_of(request).username, "下载原件", found.pk)
    path = original_path(home_folder(), found.current.original_id)
    return FileResponse(path.open("rb"), as_attachment=True, filename=PurePath(found.name).name)
