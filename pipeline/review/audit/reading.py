"""The audit as people read it: filtered, with names of people, titles of documents and findings in words.

The stored entries stay as they are, since they are hashed; what an entry means is looked up when it is shown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.accounts import COMMAND_LINE
from pipeline.review.audit.names import TO, Names
from pipeline.review.decisions.checklists import points_of
from pipeline.review.models import AuditEntry, Finding, Item, Kind

# the key of a finding (32 hexadecimal digits), not a part of a SHA-256, with the blank after it; before 0.12.0 nothing told how it was called then
_KEY = re.compile(r"(?<![0-9a-f])([0-9a-f]{32})(?![0-9a-f]) ?")
# the key of a finding before its clause and name
_LABELLED = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}=")
# actions whose detail is the name of an account
_TO_A_PERSON = ("指派", "领取")
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """A filter of the audit as it was typed; a field that is "" does not restrict it.

    `who` is an account name, `what` a kind of action, `item` the number of an item, `since` and `until` are days, both included.
    """

    who: str = ""
    what: str = ""
    item: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> "AuditFilter":
        """A filter from query parameters; each value is cut to 200 characters, unknown parameters are ignored."""
        return cls(**{field.name: str(parameters.get(field.name) or "").strip()[:200] for field in fields(cls)})

    @property
    def words(self) -> str:
        """The filter in Chinese, "" for none."""
        named = (("账号", self.who), ("事项", self.what), ("文件", self.item), ("自", self.since), ("至", self.until))
        return "，".join(f"{title}{value}" for title, value in named if value)

    def apply(self, entries: "QuerySet[AuditEntry]") -> "QuerySet[AuditEntry]":
        """Those of `entries` that match. Raises `UsageError` for a number or a day that is none."""
        if self.who:
            entries = entries.filter(who=self.who)
        if self.what:
            entries = entries.filter(what=self.what)
        if self.item:
            if not re.fullmatch(r"[0-9]{1,18}", self.item):
                raise UsageError(f"文件编号“{self.item}”不是数字", remedy="请填写队列中的编号，例如12")
            entries = entries.filter(item=int(self.item))
        if self.since:
            entries = entries.filter(at__gte=_midnight(self.since))
        if self.until:
            entries = entries.filter(at__lt=_midnight(self.until, timedelta(days=1)))
        return entries


def _midnight(day: str, after: timedelta = timedelta()) -> datetime:
    """The beginning of a day in the time zone of the desk, `after` later. Raises `UsageError`."""
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(day) + after, time()))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"日期“{day}”不正确", remedy="请写成YYYY-MM-DD，例如2026-11-22") from error


@dataclass(frozen=True, slots=True)
class AuditRow:
    """An entry as it is shown: `name` is the full name that who acted had then, `title` that of the item, "" where there is none."""

    entry: AuditEntry
    name: str
    title: str
    detail: str


def rows_of(entries: Sequence[AuditEntry]) -> list[AuditRow]:
    """Entries with names, titles and findings in words, in the same order; a few queries for all of them."""
    names = Names()
    numbers = {entry.item for entry in entries if entry.item is not None}
    titles = {item.pk: item.title or item.name for item in Item.objects.filter(pk__in=numbers).only("title", "name")}
    findings = _findings([entry for entry in entries if entry.item is not None])
    return [
        AuditRow(entry, names.full(entry), titles.get(entry.item or 0, ""), _detail_in_words(entry, findings, names))
        for entry in entries
    ]


def _findings(entries: Sequence[AuditEntry]) -> dict[tuple[int, str], str]:
    """Item and key → 第五条 设定罚款, for the findings that entries name; the latest version counts."""
    keys = {key for entry in entries for key in _KEY.findall(_LABELLED.sub("", entry.detail))}
    if not keys:
        return {}
    items = {entry.item for entry in entries}
    found = Finding.objects.filter(key__in=keys, version__item__in=items).order_by("version_id")
    rows = found.values_list("version__item_id", "key", "content")
    return {(item, key): f"{content.get('path', '')} {content.get('name', '')}".strip() for item, key, content in rows}


def _detail_in_words(entry: AuditEntry, findings: Mapping[tuple[int, str], str], names: Names) -> str:
    if entry.what in _TO_A_PERSON:
        return TO.join(_person(entry, account, names) for account in entry.detail.split(TO))
    if entry.what == "核对":
        key, _, rest = entry.detail.partition(" ")
        return f"{_points().get(key, key)}：{rest}"
    if entry.item is None:
        return entry.detail

    def in_words(match: re.Match[str]) -> str:
        words = findings.get((entry.item or 0, match[1]))
        return f"{words}：" if words else match[0]

    return _KEY.sub(in_words, _LABELLED.sub("", entry.detail))


def _person(entry: AuditEntry, account: str, names: Names) -> str:
    name = names.full(entry, account)
    return f"{name}（{account}）" if name else account


def _points() -> dict[str, str]:
    """Key → what it says, for the points of all checklists."""
    return {point.key: point.says for kind in Kind.values for point in points_of(kind)}


def rows_of_many(entries: "QuerySet[AuditEntry]") -> Iterator[AuditRow]:
    """Like `rows_of` for many entries, which are read bit by bit."""
    left = entries.iterator(_AT_ONCE)
    while some := list(islice(left, _AT_ONCE)):
        yield from rows_of(some)


def people_in_audit() -> list[tuple[str, str]]:
    """Who may be in the audit: account name, and what to show for it; the command line last."""
    accounts = User.objects.order_by("username").values_list("username", "first_name")
    return [(name, f"{full}（{name}）" if full else name) for name, full in accounts] + [(COMMAND_LINE, COMMAND_LINE)]


def kinds_of_action() -> list[str]:
    """The kinds of action that occur in the audit."""
    return list(AuditEntry.objects.order_by("what").values_list("what", flat=True).distinct())
