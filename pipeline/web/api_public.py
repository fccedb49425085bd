"""The calls of the HTTP API without a token: published documents."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Schema

from pipeline.review.decisions.public_facts import (
    Force,
    PublicFacts,
    edition_of,
    force,
    matching,
    public_facts,
    published_documents,
    validity_words,
)
from pipeline.review.decisions.publication import find_public, withdrawal_words
from pipeline.review.output.public_text import plain_text
from pipeline.web.public import address

PAGE = 100
router = Router(auth=None)


class PublicSummary(Schema):
    """A published document as the public sees it; `validity` and `validity_words` are those of today.

    `published` is the day on which this edition was published here, `announced` the 公布日期 that the document states.
    """

    id: int
    title: str
    number: str
    issuers: str
    place: str
    genre: str
    validity: str
    validity_words: str
    expires: date | None
    version: int
    made: date | None
    announced: date | None
    published: date
    effective: date | None
    link: str


class PublicPage(Schema):
    """A page of published documents; `count` is the number on all pages, `page` starts at 1."""

    count: int
    page: int
    items: list[PublicSummary]


class PublicText(PublicSummary):
    """A published document with the text of the published version."""

    text: str


# the states of validity in the words of the items, which clients of version 1 know
_STATES = {Force.IN_FORCE: "有效", Force.LAPSED: "已届满", Force.NOT_YET: "尚未施行", Force.OPEN: "未知"}


def _public(request: HttpRequest, facts: PublicFacts) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "id": facts.item, "title": facts.title, "number": facts.number, "issuers": facts.issuers, "place": facts.place, "genre": facts.genre,
        "validity": _STATES[force(facts, today)], "expires": facts.expires, "version": facts.version, "made": facts.made,
        "announced": facts.published, "published": timezone.localdate(facts.released), "effective": facts.effective,
        "validity_words": validity_words(facts, today),
        "link": f"{address(request)}{reverse('public_item', args=[facts.item])}",
    }  # fmt: skip


@router.get("/public", response=PublicPage, summary="公开的规范性文件：按词检索题名、文号、制定机关和全文")
def public(request: HttpRequest, q: str = "", page: int = 1) -> dict[str, Any]:
    found = matching(published_documents(), q[:200])
    at = (max(page, 1) - 1) * PAGE
    return {"count": len(found), "page": page, "items": [_public(request, facts) for facts in found[at : at + PAGE]]}


@router.get("/public/{item_id}", response=PublicText, summary="一件公开的文件和它的正文；撤回公开的答复410")
def public_item(request: HttpRequest, item_id: int) -> Any:
    found = find_public(item_id)
    if found is None:
        raise Http404
    edition = edition_of(found)
    if edition is None or found.public_version is None:
        said = {"message": withdrawal_words(found), "remedy": "请删除已取得的副本"}
        return JsonResponse(said, status=410, json_dumps_params={"ensure_ascii": False})
    return {**_public(request, public_facts(edition)), "text": plain_text(found.public_version)}
