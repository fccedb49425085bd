"""The names that people had when they acted: the audit keeps accounts, and tells each change of the name of one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.review.models import AuditEntry
from pipeline.review.read_once import once

ACCOUNTS, CHANGED = "账号", "修改"
# between what was before and what is then: names of an account, accounts of a case that passed from one to another
TO = " → "
_NAME, _NONE = "姓名：", "（无）"
# what an entry may tell behind the name
_BEHIND = ("；机关：", "；邮箱：")


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of the name of an account: number and time of its entry, and the full name before it, "" for none."""

    entry: int
    at: datetime
    before: str


class Names:
    """The names of all accounts, now and before, as they are when this is made; two queries."""

    def __init__(self) -> None:
        self._now: dict[str, str] = dict(User.objects.values_list("username", "first_name"))
        # by account, the latest change first
        self._changes: dict[str, list[_Change]] = defaultdict(list)
        names = dict(self._now)
        found = AuditEntry.objects.filter(what=ACCOUNTS, detail__startswith=CHANGED, detail__contains=_NAME)
        for entry in found.order_by("-id"):
            account, _, told = entry.detail.removeprefix(CHANGED).partition("：")
            before = value_before(told, names.get(account, ""), _NAME, _BEHIND)
            if before is not None:
                names[account] = before
                self._changes[account].append(_Change(entry.pk, entry.at, before))

    def full(self, entry: AuditEntry, account: str = "") -> str:
        """The full name that an account, that of who acted unless told, had at an entry of the audit; "" where it had none."""
        account = account or entry.who
        found = self._now.get(account, "")
        for change in self._changes.get(account, ()):
            if change.entry < entry.pk:
                break
            found = change.before
        return found

    def of(self, entry: AuditEntry, account: str = "") -> str:
        """Like `full`; the account name where there was no full name."""
        return self.full(entry, account) or account or entry.who

    def at(self, account: str, moment: datetime) -> str:
        """The name that an account had at a time; the account name where it had none, and "" for ""."""
        found = self._now.get(account, "")
        for change in self._changes.get(account, ()):
            if change.at <= moment:
                break
            found = change.before
        return found or account


def value_before(told: str, value: str, label: str, behind: Sequence[str]) -> str | None:
    """What stood at a label (姓名：, 机关：) of an account before an entry changed it to `value`; None where the entry does not tell of it.

    `behind` are the labels that may follow. A value may contain what stands between the two.
    """
    _, found, told = told.partition(label) if told.startswith(label) else told.partition(f"；{label}")
    now = f"{TO}{value or _NONE}"
    if not found:
        return None
    if told.endswith(now):
        before = told.removesuffix(now)
    else:
        ends = [at for next_ in behind if (at := told.find(f"{now}{next_}")) >= 0]
        if not ends:
            return None
        before = told[: min(ends)]
    return "" if before == _NONE else before


@once
def names_now() -> Names:
    """The names of all accounts as they are now."""
    return Names()


def name_of_reader(account: str, at: datetime | None, item: int) -> str:
    """The name that an account had when it passed a case (`item`, its number) on or finished it (送复核, 办结) at a time; "" for ""."""
    if not account or at is None:
        return names_now().at(account, timezone.now()) if account else ""
    # the audit keeps whole seconds
    since = at.replace(microsecond=0)
    entries = AuditEntry.objects.filter(
        item=item, who=account, what__in=("送复核", "办结"), at__range=(since, since + timedelta(seconds=2))
    )
    found = entries.order_by("id").first()
    return names_now().of(found) if found else names_now().at(account, at)
