"""A dossier as the queue keeps it, as JSON: how to walk through it."""

from collections.abc import Iterator, Mapping
from typing import Any


def family_of(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A document of a kept dossier and all that is attached to it, in reading order."""
    yield document
    for attached in document.get("attached", ()):
        yield from family_of(attached)
