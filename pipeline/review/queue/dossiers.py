"""Access to dossiers as the queue stores them (JSON)."""

from collections.abc import Iterator, Mapping
from typing import Any


def with_attached_texts(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yields a document of a stored dossier and, recursively, the documents attached to it, in reading order."""
    yield document
    for attached in document.get("attached", ()):
        yield from with_attached_texts(attached)
