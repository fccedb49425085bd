"""办理记录: everything that people did in a case, in order of time, each with its own person, time and words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils.timezone import localtime

from pipeline.review.accounts import display_name
from pipeline.review.decisions.changes import amendments_of, changes_of
from pipeline.review.decisions.checklists import points_of
from pipeline.review.models import AuditEntry, Decision, Finding, Item

# acts that leave nothing but an entry of the audit
_STEPS = (
    "领取", "放回", "指派", "送复核", "办结", "退回", "重新打开", "指明新版本", "提交下一稿", "各自独立", "接收新版本", "拆出版本", "收回发现", "收回送达",
    "公开", "撤回公开",
)  # fmt: skip

# between the accounts of a case that passed from one to another
_TO = " → "


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a person did: time (local), display name, kind in Chinese, what it was about, the person's words."""

    at: datetime
    who: str
    what: str
    about: str
    words: str


def of(item: Item) -> list[Entry]:
    """The history of an item, newest first."""
    names = _names(item)
    entries = [
        *_decisions(item, names),
        *_checks(item),
        *_conclusions(item),
        *_findings(item, names),
        *_letters(item),
        *_steps(item),
    ]
    return sorted(entries, key=_order, reverse=True)


def _order(entry: Entry) -> tuple[datetime, bool, datetime]:
    """The audit keeps whole seconds: a step comes after what was done in the same second."""
    return entry.at.replace(microsecond=0), entry.what in _STEPS, entry.at


@dataclass(frozen=True, slots=True)
class _Named:
    """What a finding of any version is called: its clause, its name now and before anybody changed it, the beginning of its words."""

    place: str
    name: str
    first_name: str
    words: str

    def __str__(self) -> str:
        return f"{self.place} {self.name}"


def _names(item: Item) -> dict[str, _Named]:
    """The findings of all versions of an item, by key."""
    fields = ("key", "content__path", "content__name", "content__machine__name", "content__text")
    rows = Finding.objects.filter(version__item=item).order_by("id").values_list(*fields)
    return {key: _Named(path or "正文", name, first or name, text[:60]) for key, path, name, first, text in rows}


def _decisions(item: Item, names: dict[str, _Named]) -> Iterator[Entry]:
    made: Decision
    large = ("version__text", "version__dossier", "version__neighbours")
    # who raises a finding decides on it with that: one thing that a person did, told by `_raised`
    for made in item.decisions.filter(raising=False).select_related("batch", "version").defer(*large):
        undone = made.batch is not None and made.batch.undone is not None
        what = "裁定" if made.final else "决定"
        what += "（成批）" if made.batch_id else ""
        what += "（已撤回）" if made.withdrawn or undone else "（发现改动后不再作数）" if made.set_aside else ""
        verdict = f"{made.verdict}{'给' + made.addressee if made.addressee else ''}"
        about = f"{_subject(made, names)}（第{made.version.sequence}版）：{verdict}"
        yield Entry(localtime(made.made), made.reviewer, what, about, made.comment)


def _subject(made: Decision, names: Mapping[str, _Named]) -> str:
    """What a decision was about as its author saw it; for decisions before 0.12.0 as the finding is called now."""
    if "name" in made.about:
        return f"{made.about['path'] or '正文'} {made.about['name']}"
    return str(names.get(made.finding_key, "已不在的发现"))


def _checks(item: Item) -> Iterator[Entry]:
    says = {point.key: point.says for point in points_of(item.kind)}
    for made in item.checks.all():
        yield Entry(
            localtime(made.made),
            made.reviewer,
            "核对",
            f"{says.get(made.point, made.point)}：{made.answer}",
            made.comment,
        )


def _conclusions(item: Item) -> Iterator[Entry]:
    for drawn in item.conclusions.all():
        yield Entry(localtime(drawn.made), drawn.reviewer, "结论", drawn.outcome, drawn.reason)
    for given in item.explanations.all():
        yield Entry(localtime(given.made), given.reviewer, "说明", given.says, given.words)


def _findings(item: Item, names: dict[str, _Named]) -> Iterator[Entry]:
    yield from _raised(item, names)
    found = {one.key: one for one in Finding.objects.filter(version__item=item).order_by("id")}
    for key, amendments in amendments_of(item).items():
        told = changes_of(found[key], amendments) if key in found else ((made, "", "") for made in amendments)
        called = names[key].first_name if key in names else ""
        for made, _, what in told:
            about = f"{names[key].place} {called}：{what}" if key in names else ""
            called = made.values.get("name", called)
            yield Entry(localtime(made.made), made.reviewer, "改动发现", about, made.reason)
    for corrected in item.corrections.all():
        about = f"“{corrected.machine}”更正为“{corrected.value}”"
        yield Entry(localtime(corrected.made), corrected.reviewer, "更正", about, "")


def _raised(item: Item, names: Mapping[str, _Named]) -> Iterator[Entry]:
    """The findings that people raised, each once, also those that were taken back."""
    raising: Decision
    told = set()
    for raising in item.decisions.filter(raising=True):
        told.add(raising.finding_key)
        named = names.get(raising.finding_key)
        about = f"{_subject(raising, names)}{f'：{named.words}' if named else ''}"
        what = "提出发现（已收回）" if raising.withdrawn else "提出发现"
        yield Entry(localtime(raising.made), raising.reviewer, what, about, raising.comment)
    # before 0.11.0 came no decision with a finding
    for finding in Finding.objects.filter(version__item=item).exclude(raised_by="").exclude(raised_at=None):
        if finding.key not in told:
            told.add(finding.key)
            named = names[finding.key]
            about = f"{named.place} {named.first_name}：{named.words}"
            words = "；".join(finding.content["reasons"])
            yield Entry(localtime(finding.raised_at), finding.raised_by, "提出发现", about, words)


def _letters(item: Item) -> Iterator[Entry]:
    for sent in item.releases.prefetch_related("replies"):
        what = "线下送达制定机关" if sent.offline else "送达制定机关"
        what += "（已收回）" if sent.taken_back else "（已由后一次送达代替）" if sent.withdrawn else ""
        yield Entry(
            localtime(sent.made), sent.reviewer, what, f"{sent.outcome}，{len(sent.findings)}处意见", sent.words
        )
        named = {finding["key"]: finding["name"] for finding in sent.findings}
        for reply in sent.replies.all():
            about = f"{named.get(reply.finding_key, '')}：{reply.stance}"
            yield Entry(localtime(reply.made), reply.by, "制定机关答复", about, reply.words)
    for kept in item.materials.all():
        yield Entry(localtime(kept.made), kept.by, "提交材料", f"{kept.kind}：{kept.name}", "")


def _steps(item: Item) -> Iterator[Entry]:
    """The steps of the case: who took it, passed it on, returned it, chose its versions; from the audit."""
    reclassified = Q(what="更正") & (Q(detail__startswith="类别") | Q(detail__startswith="地区"))
    rows = list(AuditEntry.objects.filter(Q(what__in=_STEPS) | reclassified, item=item.pk).order_by("-id"))
    assigned = {account for row in rows if row.what == "指派" for account in row.detail.split(_TO)}
    accounts = User.objects.filter(username__in=assigned | {row.who for row in rows})
    names = {user.username: display_name(user) for user in accounts}
    for row in rows:
        yield Entry(localtime(row.at), names.get(row.who, row.who), row.what, "", _words(row, names))


def _words(row: AuditEntry, names: Mapping[str, str]) -> str:
    """The detail of an entry of the audit as words: people by their names."""
    if row.what in ("领取", "放回"):
        return ""
    if row.what == "指派":
        return _TO.join(names.get(account, account) for account in row.detail.split(_TO))
    return row.detail
