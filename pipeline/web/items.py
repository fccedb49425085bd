"""Views of one item: the page of a reviewer, its versions and their comparison, pages of the original, materials; files are analysed by the worker."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import Action, Role, may, role_of, visible
from pipeline.review.audit.chain import note
from pipeline.review.audit.names import name_of_reader
from pipeline.review.audit.sessions import note_pages
from pipeline.review.decisions import checklists, history, recipients, releases, workflow
from pipeline.review.decisions.access import allows, check_may_correct, check_may_reopen, check_open, refusal
from pipeline.review.decisions.contradictions import contradictions
from pipeline.review.decisions.finding_types import bases_by_type, bases_on, finding_types
from pipeline.review.decisions.publication import PUBLISHABLE
from pipeline.review.models import (
    WITHOUT_DRAFTS,
    Answer,
    Finding,
    Item,
    Kind,
    Material,
    Stance,
    Verdict,
    Version,
    material_kinds,
)
from pipeline.review.output import forms, page_views
from pipeline.review.output.text_view import text_view
from pipeline.review.queue import comparison, links
from pipeline.review.queue import versions as versions_of_items
from pipeline.review.queue.cleanup_cases import same_file
from pipeline.review.queue.organs import different_organs
from pipeline.review.queue.originals import original_path
from pipeline.review.queue.store import DAYS
from pipeline.review.queue.validity import validity_of, without_validity
from pipeline.review.queue.workdays import calendar_note
from pipeline.web import finding_groups, issuer, walk
from pipeline.web.facts import facts_of
from pipeline.web.permissions import allowed, item_of, number_of, user_of
from pipeline.web.views import reviewers

TEMPLATES = {
    "成立": ("没有法律、法规、规章依据", "超出上位法规定的范围"),
    "不成立": ("有上位法依据，条文没有写明", "属于内部管理，不涉及外部权利义务"),
    "需修改": ("补充依据的名称和条款", "改为鼓励、引导性表述"),
}
# verdicts with the key that focuses each (1 to 3); 转办 (4) asks for its addressee
VERDICTS = tuple((number, verdict) for number, verdict in enumerate(Verdict.values, 1) if verdict != Verdict.REFER)
# rows of findings in one answer
_MOST_ROWS = 100


@require_GET
@allowed(Action.READ)
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """The page of an item: for reviewers text, findings, decisions, facts, checklist, conclusion; for issuers the state of their case."""
    merged = versions_of_items.merged_into(item_id)
    if merged is not None and visible(request.user).filter(pk=merged).exists():
        messages.info(request, f"原来的编号{item_id}在编号{merged}中")
        return redirect("item", merged)
    found = item_of(request, item_id)
    note(user_of(request).username, "查看", found.pk)
    if role_of(request.user) is Role.ISSUER:
        return issuer.case_page(request, found)
    version = _version(request, found)
    findings = list(version.findings.order_by("start", "id")) if version else []
    shown = [finding for finding in findings if not finding.softened]
    groups = _groups(request, found, version, shown) if version else []
    context = {
        "item": found,
        "version": version,
        "is_current": version is None or version.pk == found.current_id,
        "text_view": text_view(version.text, version.dossier, shown) if version else None,
        "groups": groups,
        "listed": sum(len(group.rows) for group in groups),
        "undecided_types": finding_groups.undecided_types(groups),
        "softened": [finding for finding in findings if finding.softened],
        "walk": walk.place_of(request, found),
        **_facts_context(found, version),
        **_case_context(request, found),
        **finding_context(request, found),
    }
    return render(request, "item.html", context)


def _groups(request: HttpRequest, found: Item, version: Version, shown: list[Finding]) -> list[finding_groups.Group]:
    """The groups of the findings of a version; `open` names the index of a row whose group is open."""
    rows = finding_groups.rows_of(user_of(request), found, version, shown)
    return finding_groups.grouped(rows, number_of(request.GET.get("open", "")))


@require_GET
@allowed(Action.SEE)
def rows(request: HttpRequest, item_id: int) -> HttpResponse:
    """The rows `at` to `at` + `count` of the list of findings of an item; `of` is how many the page counted when it was made.

    With `softened` the findings that were not raised because of their context.
    """
    found = item_of(request, item_id)
    version = _version(request, found)
    if version is not None and request.GET.get("softened"):
        softened = list(version.findings.filter(softened=True).order_by("start", "id"))
        return _part(request, "part_softened.html", found, version, softened=softened)
    at, count, of = (number_of(request.GET.get(name, "")) for name in ("at", "count", "of"))
    if version is None or at is None or not count:
        raise UsageError("没有写明哪些发现", remedy="请回到文件页展开")
    shown = list(version.findings.filter(softened=False).order_by("start", "id"))
    every = finding_groups.rows_of(user_of(request), found, version, shown)
    if of not in (None, len(every)):
        raise UsageError("打开页面以后发现有增减", remedy="请刷新页面后再展开")
    return _part(request, "part_rows.html", found, version, rows=every[at : at + min(count, _MOST_ROWS)])


def _part(request: HttpRequest, template: str, found: Item, version: Version, **rows: list[Any]) -> HttpResponse:
    """A part of the page of an item that was not rendered with it."""
    context = {"item": found, "version": version, "is_current": version.pk == found.current_id, **rows}
    return render(request, template, context | finding_context(request, found))


def _version(request: HttpRequest, found: Item) -> Version | None:
    """The version that a request names by its number, else the current one."""
    number = number_of(request.GET.get("version", ""))
    return get_object_or_404(found.versions, sequence=number) if number is not None else found.current


def finding_context(request: HttpRequest, found: Item) -> dict[str, Any]:
    """What the template of a finding needs besides the finding: verdicts, templates of words, types, how many alarms are open."""
    return {
        "verdicts": VERDICTS,
        "templates": TEMPLATES,
        "severities": ("严重", "高", "中", "低"),
        # called by the templates that show them, which few do
        "raise_types": finding_types,
        "raise_bases": lambda: bases_on(timezone.localdate()),
        "type_bases": lambda: bases_by_type(timezone.localdate()),
        "raise_url": reverse("raise", args=[found.pk]),
        "open": lambda: workflow.open_alarms(found).count() if found.current else 0,
        "disputes": lambda: len(workflow.open_disputes(found)),
        "can_work": may(request.user, Action.DECIDE) and allows(check_open, found, user_of(request)),
        "can_correct": may(request.user, Action.DECIDE) and allows(check_may_correct, found, user_of(request)),
        "me": user_of(request).username,
    }


def _facts_context(found: Item, version: Version | None) -> dict[str, Any]:
    return {
        "facts": facts_of(found, version) if version else [],
        "validity": validity_of(found),
        "cleanup": version.dossier["assessment"]["cleanup"] if version and not without_validity(found) else None,
        # the program proposed an outcome by the days that it read
        "cleanup_before": found.corrections.filter(field__in=DAYS).exists(),
        "coverage": coverage(version.dossier) if version else [],
        "seen": [(field, workflow.value_of(found, field)) for field in workflow.CORRECTABLE],
        "correctable": [(field, workflow.label_of(field, found.kind)) for field in workflow.CORRECTABLE],
        "kinds": Kind.choices,
        "is_docx": bool(version and version.dossier["source"]["format"] == "docx"),
    }


def _case_context(request: HttpRequest, found: Item) -> dict[str, Any]:
    """The state of the case: people, versions, materials, checklist, conclusion, contradictions, releases, history."""
    sent, points = recipients.current_releases(found), checklists.answered_points(found)
    return {
        "reviewers": reviewers(),
        "first_reader": name_of_reader(found.reviewed_by, found.reviewed_at, found.pk),
        "second_reader": name_of_reader(found.second_by, found.finished_at, found.pk),
        "calendar_note": calendar_note(timezone.localdate(found.created), found.due) if found.due else "",
        **_versions_context(request, found),
        "drafts": found.kind not in WITHOUT_DRAFTS,
        "materials": list(found.materials.order_by("kind", "id")),
        "material_kinds": material_kinds(found.kind),
        "points": points,
        "old_points": sum(1 for _, made in points if made and made.version_id not in (None, found.current_id)),
        "answers": Answer.values,
        "outcomes": checklists.OUTCOMES[Kind(found.kind)],
        "conclusion": found.conclusions.order_by("-id").first(),
        "contradictions": contradictions(found) if found.current else [],
        "forms": forms.forms_of(found.kind),
        "sent": [(made, releases.replies_of(made), recipients.organs_told(made)) for made in sent],
        "not_told": recipients.not_told(found) if sent else (),
        "cannot_finish": refusal(workflow.check_may_finish, found, user_of(request)),
        "cannot_conclude": refusal(checklists.check_may_conclude, found, user_of(request)),
        "may_claim": allows(workflow.check_may_claim, found, user_of(request)),
        "may_give_back": allows(workflow.check_may_give_back, found, user_of(request)),
        "publishable": found.public or found.kind in PUBLISHABLE,
        "may_release": allows(releases.check_may_release, found, user_of(request)) if found.current else False,
        "to_issuer": lambda: releases.findings_for_issuer(found),
        "earlier_releases": list(found.releases.exclude(withdrawn=None).select_related("version").order_by("-id")),
        **_addressees(found),
        "stances": Stance.values,
        "history": history.of(found),
        "waiting_original": _waiting_original(found),
    }


def _versions_context(request: HttpRequest, found: Item) -> dict[str, Any]:
    """The versions of a case, what may be a version of what and why that cannot be, and the other cases on the same file."""
    user = user_of(request)
    return {
        "versions": list(found.versions.order_by("-sequence")),
        "may_split": allows(check_may_reopen, found, user),
        "newcomers": [
            (one, different_organs(one, found), refusal(versions_of_items.check_may_take_up, one, user))
            for one in found.newcomers.select_related("current", "rival")
        ],
        "other_organ": different_organs(found, found.rival) if found.rival else "",
        "cannot_take_up": refusal(versions_of_items.check_may_take_up, found, user) if found.rival else "",
        "cannot_be_version": refusal(versions_of_items.check_may_be_version, found, user),
        "same_file": list(same_file(found)),
    }


def _addressees(found: Item) -> dict[str, Any]:
    """Whom a review can be sent to: organs with an account here, those without, and whether somebody would read it here at all."""
    left, online = recipients.not_told(found), releases.reachable(found)
    return {
        "online": online,
        "on_paper": [organ for organ in left if organ not in online],
        "issuer_accounts": bool(online) if left else bool(recipients.receivers_of(found)),
    }


def _waiting_original(found: Item) -> bool:
    return found.current is None and found.occurrences.exists()


def coverage(dossier: dict[str, Any]) -> list[str]:
    """Messages on what the reader and the parser could not take from the file, each once."""
    notes = [*dossier["source"]["notes"], *dossier["document"]["noise"]]
    return list(dict.fromkeys(note["message"] for note in notes))


@require_GET
@allowed(Action.SEE)
def versions(request: HttpRequest, item_id: int) -> HttpResponse:
    """The comparison of two versions of an item, or, with `with`, of the item and another one that may be its version."""
    found = item_of(request, item_id)
    other = number_of(request.GET.get("with", ""))
    if other is not None:
        newcomer = get_object_or_404(visible(request.user).select_related("current"), pk=other)
        old, new = found.current, newcomer.current
    else:
        numbered = {str(version.sequence): version for version in found.versions.all()}
        latest = max(map(int, numbered), default=0)
        new = numbered.get(request.GET.get("new", str(latest)))
        old = numbered.get(request.GET.get("old", str((new.sequence if new else latest) - 1)))
    if old is None or new is None:
        raise UsageError("没有可以比较的两个版本", remedy="请回到文件页选择版本")
    compared = comparison.compare(old, new)
    context = {
        "item": found,
        "old": old,
        "new": new,
        "other_organ": different_organs(new.item, old.item) if new.item_id != old.item_id else "",
        "compared": compared,
        "versions": found.versions.order_by("sequence"),
    }
    return render(request, "versions.html", context)


@require_GET
@allowed(Action.SEE)
def layout(request: HttpRequest, item_id: int) -> HttpResponse:
    """The pages of the original with a box around each finding."""
    found = item_of(request, item_id)
    version = _version(request, found)
    if version is None:
        raise UsageError("没有可以显示的版面", remedy="请待识别后再看")
    note_pages(user_of(request), found, version)
    findings = list(version.findings.filter(softened=False).order_by("start"))
    views = page_views.views_of(home_folder(), version, findings)
    marked = {mark.finding for view in views for mark in view.marks}
    context = {
        "item": found, "version": version, "views": views, "unplaced": len(findings) - len(marked),
        "font_note": page_views.font_note(version, views), "drawn_here": version.dossier["source"]["format"] != "ofd",
    }  # fmt: skip
    return render(request, "part_pages.html", context)


@require_GET
@allowed(Action.SEE)
def related(request: HttpRequest, item_id: int) -> HttpResponse:
    """The documents that an item cites, the items that cite it and similar items, as far as the user may see them."""
    found, among = item_of(request, item_id), visible(request.user)
    context = {
        "cites": links.cites(found, among),
        "cited_by": [(other, links.effect_on(other, found)) for other in links.cited_by(found, among)],
        "similar": links.similar_items(found, among),
    }
    return render(request, "part_links.html", context)


@require_GET
@allowed(Action.SEE)
def picture(request: HttpRequest, item_id: int, number: int) -> HttpResponse:
    """A page of the original as PNG or SVG."""
    found = item_of(request, item_id)
    version = _version(request, found)
    if version is None:
        raise UsageError("没有可以显示的版面", remedy="请待识别后再看")
    note_pages(user_of(request), found, version, once=True)
    data, media = page_views.picture_of(home_folder(), version, number)
    response = HttpResponse(data, content_type=media)
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return response


@require_GET
@allowed(Action.READ)
def original(request: HttpRequest, item_id: int) -> HttpResponseBase:
    """The original file of a version, or of an item that could not be read yet, always as a download."""
    found = item_of(request, item_id)
    version = _version(request, found)
    occurrence = found.occurrences.order_by("id").first() if version is None else None
    digest = version.original_id if version else occurrence.original_id if occurrence else None
    if digest is None:
        raise UsageError("没有可下载的原件", remedy="请重新提交")
    note(user_of(request).username, "下载原件", found.pk)
    return download_original(digest, version.name if version and version.name else found.name)


@require_GET
@allowed(Action.READ)
def material(request: HttpRequest, item_id: int, material_id: int) -> HttpResponseBase:
    """Material of a case: its text as a page, or, with `download`, the file."""
    found = item_of(request, item_id)
    among = (
        issuer.materials_of(found, user_of(request))
        if role_of(request.user) is Role.ISSUER
        else Material.objects.filter(item=found)
    )
    kept = get_object_or_404(among, pk=material_id)
    if request.GET.get("download"):
        note(user_of(request).username, "下载材料", found.pk, kept.name[:200])
        return download_original(kept.original_id, kept.name)
    note(user_of(request).username, "查看材料", found.pk, kept.name[:200])
    return render(request, "material.html", {"item": found, "material": kept})


def download_original(digest: str, name: str) -> FileResponse:
    """A stored original as a download under the last part of its name. Raises `UsageError` where it was deleted."""
    path = original_path(home_folder(), digest)
    if not path.exists():
        raise UsageError(
            f"{PurePath(name).name}的原件已不在本系统", remedy="含密级的文件已被删除；其他情况请联系管理员检查存储"
        )
    return FileResponse(path.open("rb"), as_attachment=True, filename=PurePath(name).name)
