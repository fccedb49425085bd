"""审计: the log of who read, decided, exported or changed what, as a hash chain in which any later change is detected.

An entry is written in the transaction of what it tells and chained to the one before it (sealed) when that transaction ends: one
process at a time, which holds the lock of `AuditHead`. SQLite has one writer anyway and seals at once. On PostgreSQL the lock is
never held while a transaction still waits for rows of others, so that it takes part in no deadlock.
"""

import hashlib
import json
from datetime import UTC, datetime

from django.db import connection, transaction

from pipeline.review.models import AuditEntry, AuditHead

# the hash before the first entry
START = "0" * 64
# a file that a person exported, and one that was made because a review was sent
EXPORTED, WITH_SENDING = "导出", "随送达生成"


def note(who: str, what: str, item: int | None = None, detail: str = "") -> AuditEntry:
    """Appends an entry to the audit and returns it; `what` is the kind of action in Chinese, `item` the number of an item.

    It is kept if and only if the transaction around it is. Names that are too long are cut, NUL is written as ␀.
    """
    who, what, detail = (words.replace("\0", "␀") for words in (who, what, detail))
    now = datetime.now(UTC).replace(microsecond=0)
    with transaction.atomic():
        entry = AuditEntry.objects.create(at=now, who=who[:150], what=what[:32], item=item, detail=detail)
        if connection.vendor == "sqlite":
            seal()
        else:
            transaction.on_commit(seal, robust=True)
    return entry


def seal() -> AuditHead:
    """Chains the entries that no one has chained yet, in the order in which they were written, and returns the head."""
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().get(pk=1)
        waiting = list(AuditEntry.objects.filter(number=None).order_by("id"))
        for entry in waiting:
            # mostly its id: one that committed before another with a lower id comes before it
            entry.number, entry.previous = max(head.number + 1, entry.pk), head.digest
            entry.digest = digest_of(entry)
            entry.save(update_fields=["number", "previous", "digest"])
            head.number, head.count, head.digest = entry.number, head.count + 1, entry.digest
        if waiting:
            head.save(update_fields=["number", "count", "digest"])
    return head


def digest_of(entry: AuditEntry) -> str:
    """The SHA-256 (hexadecimal) of all fields of an entry, including the hash of the entry before it."""
    content = [entry.at.astimezone(UTC).isoformat(), entry.who, entry.what, entry.item, entry.detail, entry.previous]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def exports_of(digest: str) -> list[AuditEntry]:
    """The entries that record that a file with this SHA-256 was exported, or made with a sending, oldest first."""
    return list(AuditEntry.objects.filter(what__in=(EXPORTED, WITH_SENDING), detail__endswith=digest).order_by("id"))
