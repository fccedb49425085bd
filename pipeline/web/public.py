"""Public pages without login: published documents with search, text as docx and feed; no findings and no decisions.

The original file is not offered: it may hold tracked changes, comments, names of authors and earlier wording.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from pipeline.review.decisions.public_facts import (
    Edition,
    Force,
    PublicFacts,
    edition_of,
    facts_of,
    force,
    in_chinese,
    matching,
    public_facts,
    published_documents,
    validity_words,
)
from pipeline.review.decisions.publication import find_public, withdrawal_words
from pipeline.review.models import Item, Version
from pipeline.review.output.exports import ExportFile
from pipeline.review.output.public_text import public_docx, public_paragraphs
from pipeline.web.permissions import download

_PAGE, _FEED = 30, 50
BY_ISSUER = "issuer"
Page = Callable[[HttpRequest, Item], HttpResponse]


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The published documents, newest first or by issuer, searched in what the public sees and narrowed by issuer, year and validity."""
    today, every = timezone.localdate(), published_documents()
    chosen = {name: request.GET.get(name, "")[:200] for name in ("q", "issuer", "year", "validity", "sort")}
    found = narrowed(matching(every, chosen["q"]), chosen, today)
    page = Paginator(found, _PAGE).get_page(request.GET.get("page"))
    parameters = request.GET.copy()
    parameters.pop("page", None)
    context = {
        "page": page,
        "rows": [(facts, validity_words(facts, today), force(facts, today)) for facts in page],
        "chosen": chosen,
        "parameters": parameters.urlencode(),
        "issuers": sorted({facts.issuer for facts in every if facts.issuer}),
        "years": sorted({facts.day.year for facts in every if facts.day}, reverse=True),
        "states": list(dict.fromkeys(force(facts, today).value for facts in every)),
    }
    return render(request, "public.html", context)


def narrowed(found: Iterable[PublicFacts], chosen: dict[str, str], today: date) -> list[PublicFacts]:
    """The documents of an issuer, a year and a state of validity, "" for any, in the order that `sort` names."""
    kept = [
        facts
        for facts in found
        if chosen["issuer"] in ("", facts.issuer)
        and chosen["year"] in ("", str(facts.day.year) if facts.day else "")
        and chosen["validity"] in ("", force(facts, today).value)
    ]
    return sorted(kept, key=lambda facts: facts.issuers) if chosen["sort"] == BY_ISSUER else kept


def published_only(view: Page) -> Callable[[HttpRequest, int], HttpResponse]:
    """Decorator: the view gets a published item; a withdrawn one answers with status 410 and the day, others with 404."""

    @wraps(view)
    def found(request: HttpRequest, item_id: int) -> HttpResponse:
        item = find_public(item_id)
        if item is None:
            raise Http404
        if not item.public:
            return render(request, "public_withdrawn.html", {"words": withdrawal_words(item)}, status=410)
        return view(request, item)

    return found


@require_safe
@published_only
def paper(request: HttpRequest, item: Item) -> HttpResponse:
    """The page of one published document: facts, validity as of today, text, download."""
    edition, version = _published(item)
    link = f"{address(request)}{reverse('public_item', args=[item.pk])}"
    return render(request, "public_item.html", {"item": item, "link": link, **shown(edition, version)})


@require_safe
@published_only
def text(request: HttpRequest, item: Item) -> HttpResponse:
    """The text of the published version as docx."""
    edition, version = _published(item)
    facts = public_facts(edition)
    link = f"{address(request)}{reverse('public_item', args=[item.pk])}"
    name = facts.title[:60].replace("/", "／")
    return download(ExportFile(f"{name}.docx", public_docx(facts, version, timezone.localdate(), link)))


def _published(item: Item) -> tuple[Edition, Version]:
    """The published edition of an item with its version. Raises `Http404` where there is none."""
    edition = edition_of(item)
    if edition is None or item.public_version is None:
        raise Http404
    return edition, item.public_version


def shown(edition: Edition, version: Version) -> dict[str, object]:
    """The context of `part_public_paper.html`, the same for the public page and for its preview."""
    today, facts = timezone.localdate(), public_facts(edition)
    days = (
        ("成文日期", facts.made),
        ("公布日期", facts.published),
        ("施行日期", facts.effective),
        ("有效期至", facts.expires),
    )
    rows = [
        ("制定机关", facts.issuers),
        ("发文字号", facts.number),
        *((name, in_chinese(day) if day else "") for name, day in days),
        ("有效性", f"{validity_words(facts, today)}（{in_chinese(today)}）"),
    ]
    return {
        "facts": facts,
        "state": force(facts, today),
        "is_lapsed": force(facts, today) is Force.LAPSED,
        "rows": [(name, value) for name, value in rows if value],
        "paragraphs": public_paragraphs(version),
    }


def address(request: HttpRequest) -> str:
    """The address of the desk without a slash at the end: DESK_ADDRESS, else the host of the request."""
    return str(settings.DESK_ADDRESS) or request.build_absolute_uri("/").rstrip("/")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Atom: the newest 50 publications and withdrawals, the latter without title, since that may be the reason."""
    home = address(request)
    link = f"{home}{reverse('public')}"
    made = Atom1Feed(
        title="规范性文件库", link=link, description="新公开和撤回公开的文件", language="zh-CN",
        feed_url=f"{home}{reverse('public_feed')}", author_name="规范性文件库",
    )  # fmt: skip
    for at, item, title, summary in _events():
        page = f"{home}{reverse('public_item', args=[item])}"
        made.add_item(title=title, link=page, description=escape(summary), unique_id=page, updateddate=at)
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _events() -> list[tuple[datetime, int, str, str]]:
    """Time, item, title and summary of the newest publications and withdrawals, the newest first."""
    today = timezone.localdate()
    shown_items = Item.objects.filter(public=True, public_version__isnull=False, published_at__isnull=False)
    editions = [edition for item in shown_items.order_by("-published_at")[:_FEED] if (edition := edition_of(item))]
    events = [
        (edition.until, edition.item, facts.title, _summary(facts, today))
        for edition, facts in facts_of(editions).items()
    ]
    for item in Item.objects.filter(public=False, withdrawn_at__isnull=False).order_by("-withdrawn_at")[:_FEED]:
        if item.withdrawn_at:
            events.append((item.withdrawn_at, item.pk, "一件文件已撤回公开", withdrawal_words(item)))
    return sorted(events, reverse=True)[:_FEED]


def _summary(facts: PublicFacts, today: date) -> str:
    return "，".join(filter(None, (facts.issuers, facts.number, validity_words(facts, today))))
