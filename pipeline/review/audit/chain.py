"""审计: the log of who read, decided, exported or changed what, as a hash chain in which any later change is detected."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import transaction

from pipeline.review.clock import local_time
from pipeline.review.models import AuditEntry

_START = "0" * 64


def note(who: str, what: str, item: int | None = None, detail: str = "") -> AuditEntry:
    """Appends an entry to the audit and returns it; `what` is the kind of action in Chinese, `item` the number of an item."""
    with transaction.atomic():
        last = AuditEntry.objects.select_for_update().order_by("-id").first()
        entry = AuditEntry(
            at=datetime.now(UTC).replace(microsecond=0),
            who=who,
            what=what,
            item=item,
            detail=detail,
            previous=last.digest if last else _START,
        )
        entry.digest = digest_of(entry)
        entry.save()
        return entry


def digest_of(entry: AuditEntry) -> str:
    """The SHA-256 (hexadecimal) of all fields of an entry, including the hash of the entry before it."""
    content = [entry.at.astimezone(UTC).isoformat(), entry.who, entry.what, entry.item, entry.detail, entry.previous]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def verify() -> Iterator[str]:
    """Yields each break of the chain in Chinese (entries removed, inserted or changed); nothing where it is intact."""
    previous = _START
    for entry in AuditEntry.objects.order_by("id").iterator():
        if entry.previous != previous:
            yield f"第{entry.pk}条与前一条不衔接，之前有记录被删除或者插入"
        if entry.digest != digest_of(entry):
            yield f"第{entry.pk}条（{local_time(entry.at)} {entry.who} {entry.what}）的内容被改动"
        previous = entry.digest


def exports_of(digest: str) -> list[AuditEntry]:
    """The entries that record an export of a file with this SHA-256, oldest first."""
    return list(AuditEntry.objects.filter(what="导出", detail__endswith=digest).order_by("id"))
