"""The organs that accounts belonged to: the audit tells each change of the organ of one, the account only the organ of now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from pipeline.review.audit.names import ACCOUNTS, CHANGED, value_before
from pipeline.review.models import AuditEntry, Member

_ORGAN, _BEHIND = "机关：", ("；邮箱：",)


class Organs:
    """The organs of accounts, now and before: `now` by account, `changes` with the time and the words of each entry on accounts, newest first."""

    def __init__(self, now: Mapping[str, str], changes: Iterable[tuple[datetime, str]]) -> None:
        self._now = now
        # by account, the latest change first: its time and the organ before it
        self._before: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
        known = dict(now)
        for at, words in changes:
            account, _, told = words.removeprefix(CHANGED).partition("：")
            before = value_before(told, known.get(account, ""), _ORGAN, _BEHIND)
            if before is not None:
                known[account] = before
                self._before[account].append((at, before))

    def at(self, account: str, moment: datetime) -> str:
        """The organ that an account belonged to at a time, "" for none."""
        found = self._now.get(account, "")
        for at, before in self._before.get(account, ()):
            # the audit keeps whole seconds
            if at <= moment.replace(microsecond=0):
                break
            found = before
        return found


def organ_at(account: str, moment: datetime) -> str:
    """The organ that an account belonged to at a time, as the account and the audit tell it."""
    now = dict(Member.objects.filter(user__username=account).values_list("user__username", "organ"))
    mine = AuditEntry.objects.filter(
        what=ACCOUNTS, detail__startswith=f"{CHANGED}{account}：", detail__contains=_ORGAN, at__gt=moment
    )
    return Organs(now, mine.order_by("-id").values_list("at", "detail")).at(account, moment)
