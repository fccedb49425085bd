"""制定机关: the page of a case as its issuer sees it (state, materials, the review once it was sent), answers, and notices for all accounts."""

from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_POST

from pipeline.errors import UsageError
from pipeline.review.accounts import Action, Role, role_of, visible
from pipeline.review.audit.chain import note
from pipeline.review.decisions import notices as notices_of_account
from pipeline.review.decisions import recipients, releases, workflow
from pipeline.review.models import (
    WITHOUT_DRAFTS,
    Item,
    Material,
    Notice,
    Release,
    Stance,
    Status,
    material_kinds,
)
from pipeline.review.output.exports import ExportFile
from pipeline.review.queue.cleanup_cases import same_file
from pipeline.review.queue.organs import former_organs, organ_of
from pipeline.web.permissions import allowed, done, download, item_of, user_of


def case_page(request: HttpRequest, found: Item) -> HttpResponse:
    """The page of a case for its issuer: nothing of the review before it was sent."""
    user = user_of(request)
    released = recipients.release_for(found, user)
    replies = releases.replies_of(released) if released else {}
    rows = [(finding, replies.get(str(finding["key"]))) for finding in released.findings] if released else []
    context: dict[str, Any] = {
        "item": found,
        "steps": _steps(found, released, len(replies), user),
        "former_organs": former_organs(found, user),
        "organ": organ_of(user),
        "same_file": list(same_file(found).filter(pk__in=visible(user).values("pk"))),
        "drafts": found.kind not in WITHOUT_DRAFTS,
        "materials": list(materials_of(found, user)),
        "material_kinds": material_kinds(found.kind, issuer=True),
        "versions": [(one, PurePath(one.name or found.name).name) for one in found.versions.order_by("-sequence")],
        "newcomers": [
            (one, PurePath(one.name).name) for one in visible(request.user).filter(rival=found).order_by("id")
        ],
        "handed_in": found.rival if found.rival and visible(request.user).filter(pk=found.rival.pk).exists() else None,
        "released": released,
        "earlier": [
            (one, releases.replies_of(one)) for one in releases.earlier_releases(found) if recipients.sent_to(one, user)
        ],
        "rows": rows,
        "unanswered": sum(answer is None for _, answer in rows),
        "stances": Stance.values,
        "may_answer": released is not None and role_of(request.user) is Role.ISSUER,
    }
    return render(request, "issuer_item.html", context)


def materials_of(found: Item, user: User) -> "QuerySet[Material]":
    """The material that an issuer, or others for the organ that it belongs to, handed in; what other organs and the reviewing office added is their own."""
    organ = organ_of(user)
    own = Q(account=user.username) | (Q(organ=organ) if organ else Q(pk=None))
    return found.materials.filter(own).order_by("kind", "id")


def _steps(found: Item, released: Release | None, answered: int, user: User) -> list[tuple[str, str, bool]]:
    """The way of a case as (name, words, reached)."""
    reviewing = found.status in (Status.PENDING, Status.SECOND)
    count = len(released.findings) if released else 0
    seen = "文件等待识别，暂不能审查" if found.status == Status.WAITING else "已收到"
    waiting = found.status == Status.PENDING and found.assignee_id is None and not found.decisions.exists()
    review = (
        "等待审查"
        if waiting
        else "正在审查"
        if reviewing
        else "审查完毕"
        if found.status == Status.DONE
        else "还没有开始"
    )
    if released:
        sent = f"结论：{released.outcome}，{count}处意见"
        if reviewing:
            newer = released.version_id != found.current_id
            sent += "（针对前一稿，新稿正在审查）" if newer else "（此后重新打开，正在审查）"
    elif any(recipients.sent_to(one, user) for one in releases.earlier_releases(found)):
        sent = "以前各稿的意见已送达，这一稿还没有"
    else:
        taken = found.releases.filter(taken_back=True).select_related("version__item", "opinion").order_by("-withdrawn")
        taken_back = next((one for one in taken if recipients.sent_to(one, user)), None)
        sent = (
            f"{localtime(taken_back.withdrawn):%Y-%m-%d}收回，{'正在重新审查' if reviewing else '等待重新送达'}"
            if taken_back
            else "还没有送达"
        )
    answers = (
        f"已答复{answered}处，共{count}处" if count else "没有需要逐条答复的意见" if released else "送达后逐条答复"
    )
    return [
        ("收到", seen, True),
        ("审查", review, found.status != Status.WAITING),
        ("意见送达", sent, released is not None),
        ("答复", answers, bool(count) and answered == count),
    ]


def _release(request: HttpRequest, item_id: int, release_id: int) -> Release:
    """A release of an item that the user may see; one that was taken back does not exist for an issuer."""
    found = get_object_or_404(
        Release.objects.select_related("version__item", "item", "opinion", "annotated"),
        pk=release_id,
        item=item_of(request, item_id),
    )
    if role_of(request.user) is Role.ISSUER and (found.taken_back or not recipients.sent_to(found, user_of(request))):
        raise Http404
    return found


@require_POST
@allowed(Action.READ)
def reply(request: HttpRequest, item_id: int, release_id: int) -> HttpResponseBase:
    """Records the issuer's answer to one finding."""
    if role_of(request.user) is not Role.ISSUER:
        raise PermissionDenied
    made = _release(request, item_id, release_id)
    key, stance, words = (request.POST.get(name, "")[:2000] for name in ("key", "stance", "words"))
    releases.reply(made, releases.Answered(key, stance, words), user_of(request))
    messages.success(request, "已记下答复，可以修改；审查人员看到的是最后一次")
    return done(request, reverse("item", args=[item_id]) + f"#r{key}")


@require_GET
@allowed(Action.READ)
def released_file(request: HttpRequest, item_id: int, release_id: int, form: str) -> HttpResponse:
    """The opinion (`opinion`) or the annotated docx (`annotated`) exactly as it was sent."""
    made = _release(request, item_id, release_id)
    export = {"opinion": made.opinion, "annotated": made.annotated}.get(form)
    if export is None:
        raise UsageError("没有这份文书", remedy="请刷新后查看送达的文书")
    note(user_of(request).username, "下载文书", item_id, export.name[:200])
    return download(ExportFile(export.name, releases.stored_bytes(export)))


@allowed(Action.READ)
def notices(request: HttpRequest) -> HttpResponseBase:
    """The notices of the user, new ones first; POST marks all as seen."""
    user = user_of(request)
    if request.method == "POST":
        notices_of_account.mark_seen(user)
        return redirect("notices")
    found = list(notices_of_account.latest(user))
    own = set(visible(user).filter(pk__in=[one.item_id for one in found if one.item_id]).values_list("pk", flat=True))
    rows = [(one, _place_of(one) if one.item_id in own else "") for one in found]
    return render(request, "notices.html", {"notices": rows, "own": own})


def _place_of(notice: Notice) -> str:
    """The fragment of the finding that a notice of a dispute is about, "" where there is not one of them."""
    if notice.item is None or notices_of_account.DISPUTE not in notice.words:
        return ""
    disputes = workflow.open_disputes(notice.item)
    named = [one for one in disputes if notices_of_account.dispute_on(one) in notice.words] or disputes
    return f"#f{named[0].pk}" if len(named) == 1 else ""
