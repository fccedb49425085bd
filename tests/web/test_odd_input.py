"""Whatever stands in the parameters of a page or a form, no page answers with a fault of the program."""

import pytest
from django.contrib.auth.models import User

from pipeline.review.models import Item
from tests.web.conftest import client

# days and years that no calendar has, numbers beyond every column, NUL, half a surrogate pair as a form sends it, very long words, other types
ODD = (
    "-1", "0000", "99999", "99999999999999999999", "２０２６", "2026-02-30", "10000-01-01", "a\0b",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "长" * 3000, "%", "'\"\\", "(", "甲|", "[0]", "\u2028",
)  # fmt: skip
PAGES = {
    "/": ("q", "whole", "status", "kind", "genre", "year", "issuer", "place", "band", "group", "mark", "reviewer", "mine", "sort", "page", "view"),
    "/facets": ("q", "year", "band", "group", "reviewer"),
    "/items/{item}/": ("version", "open", "from"),
    "/items/{item}/rows": ("at", "count", "of", "softened", "version"),
    "/items/{item}/versions": ("old", "new", "with"),
    "/items/{item}/pages": ("version",),
    "/items/{item}/original": ("version",),
    "/items/{item}/findings/change": ("key",),
    "/export.csv": ("q", "year", "sort"),
    "/audit": ("who", "what", "item", "since", "until", "from", "to", "day", "page", "q"),
    "/trends": ("place", "level", "since", "until", "kind", "by"),
    "/board": ("page",),
    "/people": ("page", "q"),
    "/jobs": ("page",),
    "/notices": ("page",),
    "/public/": ("q", "year", "issuer", "genre", "page", "sort"),
    "/api/v1/items": ("q", "status", "year", "limit", "offset", "after", "since", "page", "mark"),
    "/api/v1/public": ("q", "year", "limit", "offset"),
}  # fmt: skip
FORMS = {
    "decide": ("key", "verdict", "comment", "addressee", "version", "fingerprint"),
    "withdraw": ("key", "decision"),
    "findings": ("start", "end", "type", "severity", "basis", "reason", "version"),
    "findings/change": ("key", "type", "severity", "basis", "reason", "softened"),
    "judge": ("passage", "missed"),
    "check": ("point", "answer", "comment", "last"),
    "conclude": ("outcome", "reason", "last", "version"),
    "explain": ("key", "words"),
    "assign": ("to",),
    "correct": ("field", "value", "kind", "place"),
    "version": ("choice", "of", "reason"),
    "return": ("reason",),
    "release": ("words", "organ", "offline"),
}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_takes_any_parameters(people: dict[str, User], item: Item, path: str) -> None:
    browser, address = client(people, "主审"), path.format(item=item.pk)
    for number, odd in enumerate(ODD):
        names = PAGES[path]
        # all at once, and one alone: the first that is refused would hide the others
        for chosen in (names, (names[number % len(names)],)):
            answer = browser.get(address, dict.fromkeys(chosen, odd))
            assert answer.status_code < 500, (path, chosen, odd[:20])
            answer.close()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_takes_any_fields(people: dict[str, User], item: Item, name: str) -> None:
    browser = client(people, "主审")
    good = {"field": "title", "choice": "指明"} if name in ("correct", "version") else {}
    for number, odd in enumerate(ODD):
        names = FORMS[name]
        for chosen in (names, (names[number % len(names)],)):
            answer = browser.post(f"/items/{item.pk}/{name}", good | dict.fromkeys(chosen, odd))
            assert answer.status_code < 500, (name, chosen, odd[:20])


def test_the_login_takes_any_name(people: dict[str, User]) -> None:
    browser = client(people, None)
    for odd in ODD[::4]:
        assert browser.post("/login", {"username": odd, "password": odd}).status_code in (200, 429)
