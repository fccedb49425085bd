"""接口: what the API tells an issuer (制定机关) of its own files: the state of the review, and the review itself once it was sent.

The fields are those that staff get; what tells of the review is empty before it was sent.
"""

from pathlib import PurePath
from typing import Any

from pipeline.review.decisions import releases
from pipeline.review.models import Item, Reply
from pipeline.review.queue.issuer_view import issuer_state


def summary_for_issuer(item: Item) -> dict[str, Any]:
    """The fields of an item in a list, without risk, alarms and the validity that the program assumes."""
    return {
        "id": item.pk, "name": PurePath(item.name).name, "title": item.title, "number": item.number, "issuers": item.issuers,
        "place": item.place, "kind": item.kind, "genre": item.genre, "status": issuer_state(item), "risk": 0, "alarms": 0,
        "validity": "", "expires": item.expires, "due": None,
    }  # fmt: skip


def item_for_issuer(item: Item) -> dict[str, Any]:
    """An item with its text, and the conclusion, findings and replies of the review that was sent; nothing else of the review."""
    version, sent = item.current, releases.current_release(item)
    replies = releases.replies_of(sent) if sent else {}
    return {
        **summary_for_issuer(item),
        "text": version.text if version else "",
        "dossier": None,
        "engine": "",
        "original": version.original_id if version else "",
        "conclusion": {"outcome": sent.outcome, "reason": sent.words, "reviewer": ""} if sent else None,
        "findings": [{**finding, "reply": _reply(replies.get(str(finding["key"])))} for finding in sent.findings]
        if sent
        else [],
    }


def _reply(made: Reply | None) -> dict[str, str] | None:
    return {"stance": made.stance, "words": made.words} if made else None
