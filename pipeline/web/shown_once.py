"""What a page shows only once, such as a new token: kept in the session from the POST to the page after it, then forgotten."""

from collections.abc import Mapping

from django.http import HttpRequest


def keep_for(page: str, request: HttpRequest, shown: Mapping[str, str]) -> None:
    """Keeps texts by name for a page (name of its address) until it calls `take` in the same session."""
    request.session[f"once_{page}"] = dict(shown)


def take(page: str, request: HttpRequest) -> dict[str, str]:
    """The texts that were kept for a page, and forgets them; {} where there are none."""
    found = request.session.pop(f"once_{page}", {})
    return {str(name): str(text) for name, text in found.items()}
