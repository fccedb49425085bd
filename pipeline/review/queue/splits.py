"""拆出: what the audit says of a version that left a case and became an item of its own."""

from django.db.models import QuerySet

from pipeline.review.models import AuditEntry

SPLIT_OFF = "拆出版本"
# what the audit says of the state of a case once a version left it: 第1版恢复为已办
RESTORED = "恢复状态"
# points of the checklist that are open again, because the material they rest on is in the other case
OPEN_AGAIN = "须重新核对"
# what it says where something contradicts by then
NOT_RESTORED = "没有恢复为"
# how the entry on the new item begins: 由编号4的第2版另立
LEFT_FROM = "由编号"


def splits_into(item: int) -> QuerySet[AuditEntry]:
    """The entries of the audit that say out of which case an item came, oldest first."""
    return AuditEntry.objects.filter(what=SPLIT_OFF, item=item, detail__startswith=LEFT_FROM).order_by("id")


def split_from(entry: AuditEntry) -> int:
    """The number of the case that an entry of `splits_into` names."""
    return int(entry.detail.removeprefix(LEFT_FROM).partition("的")[0])
