"""Public pages without login: published documents with search; no findings and no decisions."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from pipeline.review.models import Item
from pipeline.review.search.index import with_words

_PAGE = 30


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """The published documents, newest first, searched by title, number, issuer or text."""
    found = Item.objects.filter(public=True, current__isnull=False)
    query = request.GET.get("q", "")[:200]
    found = with_words(found, query, whole=True)
    page = Paginator(found.order_by("-year", "-id"), _PAGE).get_page(request.GET.get("page"))
    return render(request, "public.html", {"page": page, "q": query})


@require_GET
def paper(request: HttpRequest, item_id: int) -> HttpResponse:
    """One published document with its text and its validity."""
    found = get_object_or_404(Item.objects.select_related("current"), pk=item_id, public=True, current__isnull=False)
    return render(request, "public_item.html", {"item": found})
