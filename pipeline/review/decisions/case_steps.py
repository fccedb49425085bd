"""The steps of a case: who took it, passed it on, finished, returned and published it, chose its versions; from the audit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.timezone import localtime

from pipeline.review.audit.names import TO, Names
from pipeline.review.decisions.publication import PUBLISHED, WITHDRAWN
from pipeline.review.models import AuditEntry, Batch, Item, Status
from pipeline.review.queue.splits import LEFT_FROM, NOT_RESTORED, OPEN_AGAIN, RESTORED, SPLIT_OFF, split_from

TAKEN_UP = "接收新版本"
# 列入清理: a cleanup put the paper of a case into the queue, or made a case of its own beside it
LISTED = "列入清理"
# before 0.14.0 nothing stood between the version and the reason
_GLUED = re.compile(r"^(第\d+版（原编号\d+）)(?=[^：])")
# acts that leave nothing but an entry of the audit
STEPS = (
    "领取", "放回", "指派", "送复核", "办结", "退回", "重新打开", "指明新版本", "提交下一稿", "各自独立", TAKEN_UP, SPLIT_OFF, RESTORED, OPEN_AGAIN, "收回发现", "收回送达",
    PUBLISHED, WITHDRAWN, LISTED,
)  # fmt: skip
# those that are about the version that was current then, and do not say which
_ABOUT_VERSION = ("送复核", "办结", "退回", "重新打开", "收回发现", WITHDRAWN)
# those that begin with the number of their version
_NUMBERED = (TAKEN_UP, PUBLISHED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a person did: time (local), display name, kind in Chinese, what it was about, the person's words."""

    at: datetime
    who: str
    what: str
    about: str
    words: str


def steps_of(item: Item) -> Iterator[Entry]:
    """The steps of an item, newest first, each with the version that it was about where the item ever had several."""
    rows = _rows_of(item)
    before = _before_leaving(item.pk, rows)
    about = _versions_of(rows) | before
    rows = sorted([*AuditEntry.objects.filter(pk__in=before), *rows], key=lambda row: row.pk)
    batches = _assigned_at_once(item)
    names = Names()
    for row in reversed(rows):
        yield Entry(localtime(row.at), names.of(row), row.what, about.get(row.pk, ""), _words(row, names))
    yield from _bulk_assignments(batches, names)


def _rows_of(item: Item) -> list[AuditEntry]:
    """The entries of the audit on the steps of an item, oldest first."""
    reclassified = Q(what="更正") & (Q(detail__startswith="类别") | Q(detail__startswith="地区"))
    return list(AuditEntry.objects.filter(Q(what__in=STEPS) | reclassified, item=item.pk).order_by("id"))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How far the review of a version is: its status, and who read it first and second (account names), as `Item` keeps them."""

    status: Status = Status.PENDING
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    second_by: str = ""
    finished_at: datetime | None = None


def reviewed(item: Item) -> Reviewed:
    """How far the review of the version was that is current now, by what the audit says of the time when it was current.

    A version that left another case was current there before.
    """
    found, rows = Reviewed(), _rows_of(item)
    standing = _stand(rows)[0][-1]
    before = _before_leaving(item.pk, rows) if standing.number == 1 else {}
    for row in (*AuditEntry.objects.filter(pk__in=before).order_by("id"), *standing.rows):
        if row.what == "送复核":
            found = Reviewed(Status.SECOND, row.who, row.at)
        elif row.what == "办结" and found.status == Status.SECOND:
            found = replace(found, status=Status.DONE, second_by=row.who, finished_at=row.at)
        elif row.what == "办结":
            found = Reviewed(Status.DONE, row.who, row.at, finished_at=row.at)
        elif row.what in ("退回", "重新打开") or (row.what == RESTORED and NOT_RESTORED in row.detail):
            found = Reviewed()
    return found


def _before_leaving(number: int, rows: Sequence[AuditEntry]) -> dict[int, str]:
    """What was done on the version of an item while it stood in the case that it left with 拆出: where and on which version, by key of the entry."""
    left = next((row for row in rows if row.what == SPLIT_OFF and row.detail.startswith(LEFT_FROM)), None)
    if left is None:
        return {}
    origin = split_from(left)
    # with the entry of 拆出 on the case that it left, which comes first
    steps = AuditEntry.objects.filter(what__in=STEPS, item=origin, pk__lt=left.pk).order_by("id")
    told, became = _versions_of(list(steps)), f"后来另立为编号{number}"
    return {
        key: f"在编号{origin}{about.removesuffix(became).rstrip('，')}"
        for key, about in told.items()
        if about.endswith(became)
    }


def _words(row: AuditEntry, names: Names) -> str:
    """The detail of an entry of the audit as words: people by the names that they had then."""
    if row.what in ("领取", "放回"):
        return ""
    if row.what == "指派":
        return TO.join(names.of(row, account) for account in row.detail.split(TO))
    return _GLUED.sub(r"\1：", row.detail) if row.what == TAKEN_UP else row.detail


def _assigned_at_once(item: Item) -> list[Batch]:
    """The assignments of many items at once in which an item was."""
    since = Batch.objects.filter(what="指派", at__gte=item.created).order_by("id")
    return [batch for batch in since if item.pk in batch.items]


def _bulk_assignments(batches: Sequence[Batch], names: Names) -> Iterator[Entry]:
    users = User.objects.filter(pk__in=[int(batch.detail) for batch in batches])
    accounts = {str(user.pk): user.username for user in users}
    for batch in batches:
        # what a person had begun by then stays with that person
        undone = "这次成批指派后来撤销，已经开始办理的不变" if batch.undone else ""
        who, to = names.at(batch.by, batch.at), names.at(accounts.get(batch.detail, ""), batch.at)
        yield Entry(localtime(batch.at), who, "指派（成批）", undone, to)


@dataclass(slots=True)
class _Standing:
    """A version that is or was current: its number, and the entries of the audit that were written meanwhile."""

    number: int
    rows: list[AuditEntry] = field(default_factory=list)


def _versions_of(rows: Sequence[AuditEntry]) -> dict[int, str]:
    """Which version a step was about, by key of its entry; {} where there never was more than one. `rows` are in their order.

    A version that left with 拆出 is told with the number that it has since, because its own may be given again.
    """
    standing, told = _stand(rows)
    several = any(row.what in (TAKEN_UP, SPLIT_OFF) for row in rows)
    kept = {row.pk: _about(row, one.number) for one in standing for row in one.rows} if several else {}
    return {key: about for key, about in (kept | told).items() if about}


def _stand(rows: Sequence[AuditEntry]) -> tuple[list[_Standing], dict[int, str]]:
    """The versions of an item that did not leave, each with its steps, the current one last; and what the steps on those that left were about."""
    standing, told = [_Standing(1)], dict[int, str]()
    public = standing[0]
    for row in rows:
        if row.what == TAKEN_UP:
            first, last = standing[-1].number + 1, _number(row.detail) or standing[-1].number + 1
            standing.extend(_Standing(number) for number in range(first, last + 1))
        left = row.what == SPLIT_OFF and not row.detail.startswith(LEFT_FROM)
        if left and len(standing) > 1:
            gone = standing.pop()
            became = row.detail.partition("另立为")[2].partition("：")[0]
            told |= {
                one.pk: _about(one, gone.number, f"{'' if one.what in _NUMBERED else '，'}后来另立为{became}")
                for one in gone.rows
            }
        elif row.what == WITHDRAWN:
            # what was public may be an earlier version than the one that was current by then
            public.rows.append(row)
        else:
            standing[-1].rows.append(row)
            public = standing[-1] if row.what == PUBLISHED else public
    return standing, told


def _about(row: AuditEntry, number: int, became: str = "") -> str:
    """The version that a step was about; 接收新版本 and 公开 tell its number themselves."""
    if row.what in _NUMBERED:
        return became
    return f"就第{number}版{became}" if row.what in _ABOUT_VERSION else ""


def _number(detail: str) -> int:
    """The version that an entry on 接收新版本 begins with (第3版 …), 0 where it names none."""
    digits = detail.removeprefix("第").partition("版")[0]
    return int(digits) if detail.startswith("第") and digits.isdecimal() else 0
