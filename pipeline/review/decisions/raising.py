"""Findings that people raise, and what people change about those of the program.

A finding that a person raised stands beside those of the program in lists, opinions, statistics and training sentences, with the
person's name. A change (type, severity, bases, taking up a softened hit) keeps what the program said beside it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.clause_places import place_in_words
from pipeline.document import Span
from pipeline.errors import UsageError
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.access import acting, check_seen, clean
from pipeline.review.decisions.changes import bases_in_words
from pipeline.review.decisions.finding_types import bases_of
from pipeline.review.decisions.marks import refresh_marks
from pipeline.review.decisions.notices import authors_told, tell_of_set_aside
from pipeline.review.models import Amendment, Decision, Finding, Item, Status, Verdict
from pipeline.review.output.program_words import bases_shown
from pipeline.review.queue.findings import amend, clause_path, key_of, plain
from pipeline.review.queue.subjects import same_bases, set_aside_outdated

# 《行政许可法》第十七条第一款, 《…》第五条之一
# behind 》 stands the place: article, part, chapter, item; several articles of one act are joined by 、和至
_ORDINAL = r"第?[（(]?[〇零一二三四五六七八九十百千\d]+[）)]?"
_PLACE = (
    rf"(?:{_ORDINAL}(?:部分|[条款项章节编目])(?:之[一二三四五六七八九十])?|[（(][〇零一二三四五六七八九十百\d]+[）)](?:[项款])?"
    r"|[一二三四五六七八九十]+、|附件[〇零一二三四五六七八九十百\d]*)"
)
_BASIS = re.compile(rf"《([^《》]+(?:《[^《》]*》[^《》]*)?)》\s*((?:{_PLACE}|[、和至]|\s)*)")
# what is left beside the bases says nothing of its own: 根据《…》第一条、《…》第二条的规定
_UNREAD = re.compile(r"[《》]|第[〇零一二三四五六七八九十百千\d]+|[（(][一二三四五六七八九十\d]+[）)]")
# blanks outside of 《》: 第 十七 条
_BLANKS = re.compile(r"\s+(?=[^《》]*(?:《|$))")
_LONG_NAME = "中华人民共和国"
SEVERITIES = ("严重", "高", "中", "低")
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Ground:
    """What a person says of a provision: type (a code) with its name, severity, basis (《law》article, "" for that of the type), reason, advice.

    `seen` is the key of the version that the person saw, `fingerprint` that of the finding that is changed; "" where they are not known.
    """

    kind: str
    name: str
    severity: str
    basis: str
    reason: str
    advice: str = ""
    seen: str = ""
    fingerprint: str = ""

    def check(self) -> None:
        """Raises `UsageError` where type or severity is not chosen, or the reason is blank."""
        if not self.kind or not self.name:
            raise UsageError("没有选择问题类型", remedy="请选择一种类型；都不合适的，选最接近的并在理由中说明")
        if self.severity not in SEVERITIES:
            raise UsageError("没有选择严重程度", remedy=f"请选{'、'.join(SEVERITIES)}之一")
        if not self.reason.strip():
            raise UsageError("没有写明理由", remedy="请写明为什么提出或者改动")


def raise_finding(item: Item, span: Span, ground: Ground, bases: list[dict[str, Any]], user: User) -> Finding:
    """Makes a finding of a person on a span (code points of the text of the current version); it is an alarm at 严重 and 高.

    Who raises a finding says that it holds: that is recorded as the person's decision, with the reason as its words.

    `bases` are the legal bases as they are printed (law, article, says, confirmed). Raises `UsageError` for a span outside of the text or
    without words, for what `Ground.check` and `check_open` refuse, and for a finding that is there already.
    """
    ground.check()
    with acting(item, user, version=ground.seen) as item:
        finding = _add_finding(item, span, ground, bases, user)
        Decision.objects.create(
            item=item, version=finding.version, finding_key=finding.key, verdict=Verdict.STANDS, reviewer=display_name(user),
            account=user.username, comment=clean(ground.reason), about=finding.subject, raising=True, second=item.status == Status.SECOND,
        )  # fmt: skip
        _recount(item)
        told = f"{place_in_words(finding.content['path'])} {ground.name}（{ground.severity}）：{finding.content['text'][:120]} {ground.reason}"
        note(user.username, "提出发现", item.pk, told[:500])
        note(user.username, "决定", item.pk, f"{finding.label}：{Verdict.STANDS} 提出发现即认为成立")
    return finding


def _add_finding(item: Item, span: Span, ground: Ground, bases: list[dict[str, Any]], user: User) -> Finding:
    version = item.current
    words = version.text[span.start : span.end] if version and 0 <= span.start < span.end else ""
    if version is None or not words.strip() or len(words) > _LONGEST:
        raise UsageError(
            "没有选中文字" if not words.strip() else "选中的文字太长",
            remedy=f"请在正文中选中有问题的文字，最多{_LONGEST}字",
        )
    path = clause_path(version, span.start)
    key = key_of(ground.kind, path, words)
    if version.findings.filter(key=key).exists():
        raise UsageError("同一处文字已有同一类型的发现", remedy="请在该条发现上作决定或者改动")
    content = {
        "type": ground.kind, "name": ground.name, "severity": ground.severity, "path": path, "text": words, "reasons": [clean(ground.reason)],
        "grounds": [], "bases": bases, "advice": clean(ground.advice), "cases": [], "others": [], "softened": False,
        "evidence": {"start": span.start, "end": span.end},
    }  # fmt: skip
    return Finding.objects.create(
        version=version, key=key, type=ground.kind, severity=ground.severity, start=span.start, end=span.end, content=content,
        raised_by=display_name(user), raised_account=user.username, raised_at=timezone.now(),
    )  # fmt: skip


def bases_from(kind: str, words: str, day: date, sentence: str = "") -> list[dict[str, Any]]:
    """The legal bases that a person names (《行政许可法》第十七条；《…》第…条), as they are printed; where none is named, those of the type on a day that are about
    the `sentence`.

    An article that the type has itself keeps what it says, also where the law is named without 中华人民共和国; others stand as the
    person wrote them. Whoever names a basis has checked it. Raises `UsageError` for words without 《》, and where a part of them cannot be read.
    """
    known = (
        {_basis_key(basis.law, basis.article): plain(basis) for basis in bases_of(kind, day, sentence)} if kind else {}
    )
    if not words.strip():
        return list(known.values())
    words = _BLANKS.sub("", words)
    named = [(law.strip(), article.strip("、和至")) for law, article in _BASIS.findall(words)]
    if not named or _UNREAD.search(_BASIS.sub("", words)):
        raise UsageError(f"“{words}”读不出依据", remedy="请写成《行政许可法》第十七条的样子，多条之间用分号")
    blank = {"says": "", "confirmed": True}
    return [
        {"law": law, "article": article, **blank, **known.get(_basis_key(law, article), {}), "confirmed": True}
        for law, article in named
    ]


def _basis_key(law: str, article: str) -> tuple[str, str]:
    return law.removeprefix(_LONG_NAME), article


def bases_at(item: Item, ground: Ground, span: Span) -> list[dict[str, Any]]:
    """The bases that a person names, else those of the type that are about the sentence at a span, on the day of the analysis."""
    version = item.current
    day, text = (version.as_of, version.text) if version else (timezone.localdate(), "")
    sentence = span.sentence(text).cut(text) if 0 <= span.start < span.end <= len(text) else ""
    return bases_from(ground.kind, ground.basis, day, sentence)


def named_bases(item: Item, ground: Ground, span: Span) -> list[dict[str, Any]]:
    """The bases that a person names for a finding of the own; none where the field is blank: nobody else chooses them."""
    return bases_at(item, ground, span) if ground.basis.strip() else []


def values_of(item: Item, key: str, ground: Ground, *, softened: bool | None) -> dict[str, Any]:
    """The fields that a person's change of a finding names, as `change_finding` takes them; what is "" or None stays as it is."""
    values: dict[str, Any] = {"type": ground.kind, "name": ground.name} if ground.kind else {}
    values |= {"severity": ground.severity} if ground.severity else {}
    if ground.basis.strip():
        finding = Finding.objects.filter(version=item.current, key=key).first()
        span = Span(finding.start, finding.end) if finding else Span(0, 0)
        kind = ground.kind or (finding.type if finding else "")
        values["bases"] = bases_at(item, replace(ground, kind=kind), span)
    values |= {"advice": ground.advice} if ground.advice else {}
    return values | ({"softened": softened} if softened is not None else {})


def take_back(item: Item, key: str, user: User) -> None:
    """Removes a finding that the same person raised, as long as nobody has decided on it besides. Raises `UsageError`."""
    with acting(item, user) as item:
        raised = Finding.objects.filter(version=item.current, key=key, raised_account=user.username).exclude(
            raised_by=""
        )
        finding = raised.first()
        if finding is None:
            raise UsageError("这条发现不是您提出的", remedy="不同意的，请作出“不成立”的决定")
        made = Decision.objects.filter(item=item, finding_key=key, withdrawn=None)
        if made.exclude(account=user.username).exists() or made.count() > 1:
            raise UsageError("对这条发现已经有人作过决定，不能收回", remedy="请作出“不成立”的决定")
        made.update(withdrawn=timezone.now())
        finding.delete()
        _recount(item)
        content = finding.content
        note(
            user.username,
            "收回发现",
            item.pk,
            f"{place_in_words(content['path'])} {content['name']}：{content['text'][:120]}",
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changes about a finding, and why.

    `values` has some of: type with name, severity, bases, advice, softened (False takes up a hit that the program does not raise,
    True takes an alarm of the program off). `fingerprint` is that of the finding that the person saw, "" where it is not known.
    """

    values: Mapping[str, Any]
    reason: str
    fingerprint: str = ""


def change_finding(item: Item, key: str, change: Change, user: User) -> Amendment:
    """Changes a finding by a person's word; what the program said is kept.

    With another type or other bases the decisions on it no longer count, and their authors are told. Raises `UsageError` for a blank
    reason, no change, a finding that was changed since it was seen, and what `check_open` refuses.
    """
    values, reason = change.values, clean(change.reason)
    if not reason:
        raise UsageError("没有写明理由", remedy="请写明为什么改动")
    if values.get("severity", "") not in ("", *SEVERITIES):
        raise UsageError(f"没有“{values['severity']}”这种严重程度", remedy=f"请选{'、'.join(SEVERITIES)}之一")
    with acting(item, user) as item:
        finding = Finding.objects.filter(version=item.current, key=key).first()
        if finding is None:
            raise UsageError("这条发现已不在当前版本中", remedy="请刷新后重试")
        check_seen(finding, change.fingerprint)
        label = finding.label
        before = {**finding.content, "type": finding.type, "severity": finding.severity, "softened": finding.softened}
        changed = {name: value for name, value in values.items() if value != before.get(name)}
        if "bases" in changed and same_bases(changed["bases"], before["bases"]):
            del changed["bases"]
        if not changed:
            raise UsageError("没有改动", remedy="请选择与现在不同的类型、依据或者严重程度")
        earlier = Amendment.objects.filter(item=item, finding_key=key).order_by("-id").first()
        made = Amendment.objects.create(
            item=item, version=item.current, finding_key=key, values={**(earlier.values if earlier else {}), **changed}, reason=reason,
            reviewer=display_name(user), account=user.username,
        )  # fmt: skip
        before["bases"] = bases_shown(finding, item, before["bases"])
        amend(finding, made)
        outdated = set_aside_outdated(item, changed=key) if {"type", "bases"} & changed.keys() else []
        _recount(item)
        told = f"{_told(before, changed)}：{reason}"
        note(user.username, "改动发现", item.pk, f"{label}：{told}"[:500])
        why = f"{display_name(user)}改动：{told}"
        tell_of_set_aside(item, str(before["name"]), authors_told(outdated, user), why)
    return made


def _told(before: Mapping[str, Any], changed: Mapping[str, Any]) -> str:
    """The changes in Chinese: what was before and what is now."""
    told = []
    if "type" in changed:
        told.append(f"类型{before.get('name')} → {changed.get('name', changed['type'])}")
    if "severity" in changed:
        told.append(f"严重程度{before['severity']} → {changed['severity']}")
    if "bases" in changed:
        told.append(f"依据{bases_in_words(before['bases'])} → {bases_in_words(changed['bases'])}")
    if "softened" in changed:
        told.append("不作警示" if changed["softened"] else "列为发现")
    return "，".join(told) or "建议改动"


def _recount(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(updated=timezone.now())
    refresh_marks(item)
