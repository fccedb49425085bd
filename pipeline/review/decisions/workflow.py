"""The review of one item: decisions, second review, rulings (裁定), assignment, corrections.

Nothing here is done by the program: each function records what a person did, with account and time, and tells those concerned.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from pipeline.dates import read_date
from pipeline.errors import UsageError
from pipeline.review.accounts import Role, display_name, role_of
from pipeline.review.audit.chain import note
from pipeline.review.case_tables import rows_in
from pipeline.review.decisions.access import acting, check_may_correct, check_open, check_seen, clean, locked
from pipeline.review.decisions.agreement import disputed, effective_decisions, effective_in, effective_verdicts
from pipeline.review.decisions.contradictions import blocking, conclusion_of, findings_in
from pipeline.review.decisions.marks import refresh_marks
from pipeline.review.decisions.notices import chiefs, dispute_on, notify, people_of, tell_of_ruling
from pipeline.review.models import (
    LONGEST_VALUE,
    Correction,
    Decision,
    Finding,
    Item,
    Kind,
    Mark,
    Notice,
    Status,
    Verdict,
    organ_called,
)
from pipeline.review.output.titles import in_marks
from pipeline.review.queue.findings import ALARMS, count_alarms
from pipeline.review.queue.store import DAYS, DESCRIBED, apply_correction
from pipeline.review.queue.validity import commencement_in
from pipeline.review.queue.workdays import due_day
from pipeline.review.read_once import once
from pipeline.review.search.index import index_heads

# items of this risk or more need a second review
SECOND_FROM = 40
REOPENED = "重新打开"
# longest title or other fact that a person enters, in characters
# 令 and 函 are the shortest, 行政处罚决定书 among the longest
_GENRE = re.compile("[\u4e00-\u9fff]{1,12}")
_STATE = ("status", "reviewed_by", "reviewed_at", "second_by", "finished_at")
# correctable fields of an item, with their Chinese names
CORRECTABLE = {
    "title": "题名", "number": "文号", "issuers": "制定机关", "genre": "文种", "made": "成文日期", "effective": "施行日期", "expires": "有效期至",
}  # fmt: skip


def label_of(field: str, kind: str) -> str:
    """The Chinese name of a correctable field in a kind of case."""
    return organ_called(kind) if field == "issuers" else CORRECTABLE[field]


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person says about a finding: verdict, words, and for 转办 the person or body it is referred to.

    `seen` is the key of the version that the person saw, `fingerprint` that of the finding; "" where they are not known.
    """

    verdict: str
    comment: str = ""
    addressee: str = ""
    seen: str = field(default="", compare=False)
    fingerprint: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "comment", clean(self.comment))
        object.__setattr__(self, "addressee", clean(self.addressee) if self.verdict == Verdict.REFER else "")

    def check(self) -> None:
        """Raises `UsageError` for an unknown verdict, and for 转办 without addressee."""
        if self.verdict not in Verdict.values:
            raise UsageError(
                f"没有“{self.verdict}”这种决定" if self.verdict else "没有选择决定",
                remedy=f"请选{'、'.join(Verdict.values)}之一",
            )
        if self.verdict == Verdict.REFER and not self.addressee:
            raise UsageError("转办没有写明转给谁", remedy="请填写转办的单位或者人员")


def decisions_of(item: Item) -> dict[str, Decision]:
    """The decision that counts on each finding of an item, by finding key."""
    return effective_verdicts(effective_in(item))


def decide(item: Item, key: str, statement: Statement, user: User, *, final: bool = False) -> Decision:
    """Records a person's statement on a finding of the current version; `final` marks a ruling (裁定).

    The same statement of the same person twice is recorded once. Raises `UsageError` for an unknown verdict, 转办 without addressee, a
    ruling without dispute or without words, what `acting` refuses, and a finding that is not in the current version or was changed
    since the person saw it.
    """
    statement.check()
    with acting(item, user, version=statement.seen) as item:
        current = item.current
        finding = current.findings.filter(key=key).first() if current else None
        if current is None or finding is None:
            raise UsageError("这条发现已不在当前版本中", remedy="请刷新后重试")
        check_seen(finding, statement.fingerprint)
        before = _check_ruling(item, key, statement) if final else ()
        last = effective_decisions().filter(item=item, version=current, finding_key=key).order_by("id").last()
        if last and (last.account, last.final, Statement(last.verdict, last.comment, last.addressee)) == (
            user.username,
            final,
            statement,
        ):
            return last
        decision = Decision.objects.create(
            item=item, version=current, finding_key=key, verdict=statement.verdict, reviewer=display_name(user), account=user.username,
            comment=statement.comment, addressee=statement.addressee, final=final, about=finding.subject, second=item.status == Status.SECOND,
        )  # fmt: skip
        told = f"{finding.label}：{statement.verdict}{statement.addressee and '给' + statement.addressee} {statement.comment}"
        note(user.username, "裁定" if final else "决定", item.pk, told[:500])
        refresh_marks(item)
        if final:
            tell_of_ruling(item, str(finding.content["name"]), before, decision)
        elif Mark.DISPUTE in item.marks.split() and key in disputed(item):
            _tell_of_dispute(item, finding, user)
    return decision


def _check_ruling(item: Item, key: str, statement: Statement) -> tuple[Decision, Decision]:
    """The decisions that a ruling is about. Raises `UsageError` where there is no dispute, and for a ruling without words."""
    found = disputed(item).get(key)
    if found is None:
        raise UsageError("这条发现没有待裁定的分歧", remedy="请刷新后查看；没有分歧的，作一般的决定")
    if not statement.comment:
        raise UsageError("裁定没有写明理由", remedy="请填写裁定的理由，它将印在文书上")
    return found


def _tell_of_dispute(item: Item, finding: Finding, user: User) -> None:
    """Asks the 主审 for a ruling on a finding, once as long as nobody has seen it."""
    words = f"编号{item.pk}{in_marks(item.title)}中{dispute_on(finding)}"
    if not Notice.objects.filter(item=item, words=words, seen=None).exists():
        notify(chiefs() - {user}, item, words)


def withdraw(item: Item, key: str, user: User, *, decision: int | None = None) -> None:
    """Withdraws a person's own latest decision on a finding; it is kept and no longer counts.

    `decision` is the number of the decision that the person saw as the own latest one. Raises `UsageError`.
    """
    with acting(item, user) as item:
        mine = Q(account=user.username) | Q(account="", reviewer=display_name(user))
        last = effective_decisions().filter(mine, item=item, finding_key=key).order_by("-id").first()
        if last is None or decision not in (None, last.pk):
            raise UsageError(
                "您对这条发现没有可以撤回的决定", remedy="请刷新后查看；别人的决定由本人撤回，或者由主审裁定"
            )
        Decision.objects.filter(pk=last.pk).update(withdrawn=timezone.now())
        finding = item.current.findings.filter(key=key).first() if item.current else None
        note(user.username, "撤回决定", item.pk, f"{f'{finding.label}：' if finding else f'{key} '}{last.verdict}")
        refresh_marks(item)


def reclassify(item: Item, kind: str, place: str, user: User) -> None:
    """Corrects kind of case and place of an item; the due day follows the kind.

    Raises `UsageError` for an unknown kind, for no change, and as `acting`.
    """
    if kind not in Kind.values:
        raise UsageError("没有选择案件类别", remedy=f"请选{'、'.join(Kind.values)}之一")
    with acting(item, user, _check_may_reclassify) as item:
        if (kind, clean(place)) == (item.kind, item.place):
            raise UsageError("类别和地区没有变化", remedy="请选择另一类别，或者填写另一地区")
        told = f"类别{item.kind} → {kind}" if kind != item.kind else ""
        told += f" 地区{item.place} → {clean(place)}" if clean(place) != item.place else ""
        item.due = due_day(kind, timezone.localdate(item.created)) if kind != item.kind else item.due
        item.kind, item.place = kind, clean(place)
        item.save(update_fields=["kind", "place", "due", "updated"])
        note(user.username, "更正", item.pk, told.strip())


def _check_may_reclassify(item: Item, user: User) -> None:
    if item.status != Status.WAITING:
        check_open(item, user)


def open_alarms(item: Item) -> list[Finding]:
    """Alarms of the current version on which nobody has decided, in text order."""
    decided = {made.finding_key for made in effective_in(item)}
    findings = findings_in(item.current) if item.current else ()
    return [found for found in findings if not found.softened and found.severity in ALARMS and found.key not in decided]


def open_disputes(item: Item) -> list[Finding]:
    """The findings of the current version, in text order, on which two people differ and nobody has ruled."""
    keys = disputed(item)
    return (
        [found for found in findings_in(item.current) if found.key in keys and not found.softened]
        if keys and item.current
        else []
    )


def common_types(findings: "QuerySet[Finding]", most: int) -> list[tuple[str, str, int]]:
    """The `most` most frequent types among findings: type, name, count."""
    rows = list(findings.values_list("type").annotate(n=Count("id"), one=Min("id")).order_by("-n")[:most])
    named = Finding.objects.in_bulk([one for _, _, one in rows])
    return [(kind, named[one].content["name"], count) for kind, count, one in rows if one in named]


def finish(item: Item, user: User) -> str:
    """Finishes a review and returns the new status: 已办, or 待复核 after a first review of an item that needs two readers.

    Raises `UsageError` where something contradicts or is missing that has not been explained (`contradictions.blocking`), where
    the status does not allow it, and where the second reviewer would be the first one.
    """
    with acting(item, user, check_may_finish) as item:
        left = blocking(item)
        if left:
            said = "；".join(found.says for found in left[:3])
            more = f"等{len(left)}项" if len(left) > 3 else ""
            raise UsageError(f"还不能办结：{said}{more}", remedy=left[0].way_out)
        now = timezone.now()
        if item.status == Status.SECOND:
            item.status, item.second_by, item.finished_at = Status.DONE, user.username, now
        elif needs_second_reader(item):
            item.status, item.reviewed_by, item.reviewed_at = Status.SECOND, _first_reader(item, user), now
        else:
            item.status, item.reviewed_by, item.reviewed_at = Status.DONE, _first_reader(item, user), now
            item.finished_at = now
        item.save(update_fields=[*_STATE, "updated"])
        note(user.username, "办结" if item.status == Status.DONE else "送复核", item.pk)
        refresh_marks(item)
    return item.status


def _first_reader(item: Item, user: User) -> str:
    """The account of the 承办人 of a first review that `user` ends: whoever has the item, if the conclusion is theirs, else `user`."""
    last = conclusion_of(item)
    holder = item.assignee.username if item.assignee else ""
    return holder if holder and last is not None and last.account == holder else user.username


def check_may_finish(item: Item, user: User) -> None:
    """Raises `UsageError` where a person may not finish the review that an item is in.

    The second review is not for whoever decided in the first one, nor for the author of the conclusion.
    """
    if item.status not in (Status.PENDING, Status.SECOND):
        raise UsageError(f"这件{item.status}，不能办结", remedy="请刷新后查看状态")
    check_open(item, user)
    began = item.decisions.filter(final=False, withdrawn=None, account=user.username, second=False)
    if item.status == Status.SECOND and began.exists():
        raise UsageError("您在初审中作过决定，不能复核", remedy="请由没有参加初审的审查人员复核")
    last = conclusion_of(item)
    if item.status == Status.SECOND and last is not None and last.account == user.username:
        raise UsageError(
            "结论是您作出的，不能由您复核", remedy="请由另一名审查人员复核，或者退回初审，由承办人作出结论"
        )


def needs_second_reader(item: Item) -> bool:
    """Whether a case is read by a second person: its risk is 40 or more, or a person raised an alarm in it."""
    raised = item.current.findings.exclude(raised_by="") if item.current else Finding.objects.none()
    return item.risk >= SECOND_FROM or raised.filter(severity__in=ALARMS).exists()


def send_back(item: Item, user: User, reason: str) -> str:
    """Returns an item to 待审, from the second review (退回) or after it was finished (重新打开), and tells its people; returns which it was.

    Raises `UsageError` for a blank reason.
    """
    if not reason.strip():
        raise UsageError("没有写明理由", remedy="请填写退回或者重新打开的理由")
    reason = clean(reason)
    with acting(item, user, _check_may_send_back) as item:
        action = REOPENED if item.status == Status.DONE else "退回"
        told = people_of(item) - {user}
        item.status, item.reviewed_by, item.reviewed_at = Status.PENDING, "", None
        item.second_by, item.finished_at = "", None
        item.save(update_fields=[*_STATE, "updated"])
        note(user.username, action, item.pk, reason[:500])
        notify(told, item, f"编号{item.pk}《{item.title}》由{display_name(user)}{action}：{reason}")
    return action


def _check_may_send_back(item: Item, user: User) -> None:
    if item.status not in (Status.SECOND, Status.DONE):
        raise UsageError("只有待复核或者已办的文件可以退回", remedy="请刷新后查看状态")
    if item.status == Status.DONE and role_of(user) is not Role.CHIEF:
        raise UsageError("这件已经办结", remedy="需要重新打开的，请主审办理")


def check_may_claim(item: Item, user: User) -> None:
    """Raises `UsageError` where a person has read an item first and passed it on: the second reading is another's."""
    if item.status == Status.SECOND and item.reviewed_by == user.username:
        raise UsageError(
            "这件已由您送复核，不能再由您领取", remedy="复核人不需要领取；要改初审意见的，请先撤回（退回初审）"
        )


def claim(item: Item, user: User) -> None:
    """Assigns an unassigned item to `user`, atomically. Raises `UsageError` where another person has it, and as `check_may_claim`."""
    with transaction.atomic():
        check_may_claim(locked(item), user)
        free = Item.objects.filter(pk=item.pk, assignee=None).exclude(status=Status.DONE)
        if not free.update(assignee=user, updated=timezone.now()):
            found = locked(item)
            if found.assignee == user:
                return
            if found.assignee is None:
                raise UsageError(f"这件{found.status}，不能领取", remedy="请刷新后查看状态")
            raise UsageError(f"已由{display_name(found.assignee)}领取", remedy="请先与其协商，或者由主审改派")
        note(user.username, "领取", item.pk, user.username)


def check_may_give_back(item: Item, user: User) -> None:
    """Raises `UsageError` where a person may not give an item back: does not have it, or has read it first and passed it on."""
    if item.assignee != user or item.status == Status.DONE:
        raise UsageError("这件不在您名下，或者已经办结", remedy="请刷新后查看")
    if item.status == Status.SECOND and item.reviewed_by == user.username:
        raise UsageError("这件已由您送复核，不能放回", remedy="复核人不需要领取；初审要换人的，请先撤回（退回初审）")


def give_back(item: Item, user: User) -> None:
    """Gives an item back that `user` has, so that others may claim it. Raises `UsageError` as `check_may_give_back`."""
    with transaction.atomic():
        check_may_give_back(locked(item), user)
        Item.objects.filter(pk=item.pk).update(assignee=None, updated=timezone.now())
        note(user.username, "放回", item.pk, user.username)


def assign(item: Item, user: User, *, by: User) -> None:
    """Assigns an item to a person, whoever had it before, and tells both. Raises `UsageError` for an account that does not review."""
    if role_of(user) not in (Role.CHIEF, Role.REVIEWER, Role.COUNSEL):
        raise UsageError(f"{display_name(user)}不是审查人员，不能承办", remedy="请选主审、审查员或者法律顾问")
    with transaction.atomic():
        item = locked(item)
        before = item.assignee
        if item.status == Status.DONE:
            raise UsageError("这件已经办结，不能改派", remedy="需要改动的，请主审重新打开")
        Item.objects.filter(pk=item.pk).update(assignee=user, updated=timezone.now())
        note(by.username, "指派", item.pk, f"{before.username + ' → ' if before else ''}{user.username}")
        concerned = {found for found in (before, user) if found is not None} - {by}
        notify(concerned, item, f"编号{item.pk}《{item.title}》由{display_name(by)}指派给{display_name(user)}")


def correct(item: Item, name: str, value: str, user: User, *, seen: str | None = None) -> Correction:
    """Records a correction of a fact of the masthead, keeping the previous value; `seen` is the value that the person saw.

    Raises `UsageError` for an invalid field or value, and where another person has changed the value since it was seen.
    """
    if name not in CORRECTABLE:
        raise UsageError(f"不能更正“{name}”", remedy=f"可以更正{'、'.join(CORRECTABLE.values())}")
    value = clean(value)
    if not value:
        raise UsageError("更正的内容是空的", remedy="请填写正确的内容")
    if len(value) > LONGEST_VALUE:
        raise UsageError(
            f"{label_of(name, item.kind)}有{len(value)}字，太长", remedy=f"请填写{LONGEST_VALUE}字以内的内容"
        )
    if name in DAYS:
        value = day_of(value)
    if name == "genre" and not _GENRE.fullmatch(value):
        raise UsageError(f"“{value}”不是文种的名称", remedy="请填写不超过12个汉字，如通知、决定书")
    with acting(item, user, check_may_correct) as item:
        before = value_of(item, name)
        if seen is not None and seen != before:
            raise UsageError(
                f"{label_of(name, item.kind)}已由别人改为“{before}”，您看到的是“{seen}”，要改成“{value}”",
                remedy="请刷新后核对，仍要改的再更正一次",
            )
        apply_correction(item, name, value, item.current.dossier if item.current else None)
        count_alarms(item)
        item.save(update_fields=[*DESCRIBED, "updated"])
        made = Correction.objects.create(
            item=item, version=item.current, field=name, machine=before, value=value, reviewer=display_name(user)
        )
        index_heads([item])
        note(user.username, "更正", item.pk, f"{label_of(name, item.kind)}: {made.machine} → {made.value}"[:500])
    return made


def day_of(text: str) -> str:
    """A day as ISO string from any usual way of writing it: 2026-11-22, 2026.11.22, 2026年11月22日, 二〇二六年十一月二十二日. Raises `UsageError`."""
    packed = "".join(unicodedata.normalize("NFKC", text).split())
    compact = re.fullmatch(r"(\d{4})(\d\d)(\d\d)", packed)
    day = read_date("-".join(compact.groups()) if compact else packed)
    if day is None:
        raise UsageError(f"“{text}”读不出日期", remedy="请按2026-11-22或者2026年11月22日的样子填写")
    return day.isoformat()


@once
def corrections_of(item: Item) -> tuple[Correction, ...]:
    """The corrections of an item, oldest first."""
    return tuple(rows_in(Correction, item).order_by("id"))


def value_of(item: Item, field: str) -> str:
    """The value of a correctable field: the latest correction, else what the program read."""
    last = [made.value for made in corrections_of(item) if made.field == field]
    if last:
        return last[-1]
    if field == "made":
        fact: dict[str, Any] | None = item.current.dossier["document"]["masthead"]["made"] if item.current else None
        return str(fact["value"]) if fact else ""
    if field == "effective":
        return str(commencement_in(item.current.dossier["document"]) or "") if item.current else ""
    return str(getattr(item, field) or "")
