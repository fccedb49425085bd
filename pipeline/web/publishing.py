"""The page on which a document is published: what the public will see, what stands against it, and withdrawing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from pipeline.errors import UsageError
from pipeline.review.accounts import Action
from pipeline.review.audit.chain import note
from pipeline.review.decisions import publication
from pipeline.review.decisions.public_facts import Edition, edition_of, public_facts
from pipeline.review.models import Item
from pipeline.web.permissions import allowed, item_of, number_of, user_of
from pipeline.web.public import shown


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Action.PUBLISH)
def preview(request: HttpRequest, item_id: int) -> HttpResponse:
    """The preview of the public page; POST publishes the version that was previewed or, with `withdraw`, withdraws it.

    A POST that names neither comes from a page without the preview, and leads to the preview.
    """
    found = item_of(request, item_id)
    if request.method != "POST":
        note(user_of(request).username, "查看", found.pk, "公开预览")
        return render(request, "public_preview.html", _context(found))
    if request.POST.get("withdraw"):
        told = request.POST.get("told") == "1"
        publication.withdraw(found, user_of(request), request.POST.get("reason", ""), told=told)
        messages.success(request, "已撤回公开；原来的网址会说明撤回的日期")
    elif "version" in request.POST:
        _publish(request, found)
    return redirect("make_public", item_id)


def _publish(request: HttpRequest, found: Item) -> None:
    version = number_of(request.POST.get("version", ""))
    if version is None:
        raise UsageError("没有写明要公开哪一版", remedy="请重新预览，确认后再公开")
    words, seen = request.POST.get("words", ""), request.POST.get("seen", "")
    publication.publish(found, user_of(request), version, words=words, seen=seen)
    messages.success(request, "已公开")


def _context(found: Item) -> dict[str, object]:
    """What the preview shows: the current version as the public would see it, and the state of the publication."""
    today, version = timezone.localdate(), found.current
    context: dict[str, object] = {
        "item": found,
        "obstacles": publication.obstacles(found, today),
        "doubts": publication.doubts(found, today),
        "withdrawal": publication.last_withdrawal(found),
    }
    if version is None:
        return context
    edition = edition_of(found)
    return context | {
        "version": version,
        "public_sequence": public_facts(edition).version if edition else None,
        "has_changed": publication.has_changed(found),
        "fingerprint": publication.fingerprint(found),
        **shown(Edition(found.pk, version.pk, timezone.now()), version),
    }
