"""送达和答复: a finished review is sent to the issuer, which answers point by point; each is kept as it was sent.

An issuer sees nothing of a review before it is sent: no alarms of the program, no decisions, no names of reviewers beside the opinion.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.review.accounts import display_name
from pipeline.review.audit.chain import note
from pipeline.review.decisions.access import acting, clean, locked
from pipeline.review.decisions.agreement import UPHELD, effective_decisions, effective_verdicts
from pipeline.review.decisions.changes import advice_is_of_person, amendments_of
from pipeline.review.decisions.contradictions import blocking
from pipeline.review.decisions.marks import refresh_marks
from pipeline.review.decisions.notices import notify, people_of, tell_of_release, tell_of_taken_back
from pipeline.review.decisions.recipients import (
    addressees_of,
    current_release,
    current_releases,
    not_told,
    organs_told,
    readers_in,
    replaces,
    sent_to,
)
from pipeline.review.models import Amendment, Export, Finding, Item, Release, Reply, Stance, Status, organ_called
from pipeline.review.output.exports import ANNOTATED, make_export
from pipeline.review.output.forms import forms_of
from pipeline.review.output.program_words import fitting
from pipeline.review.queue.organs import organ_of
from pipeline.review.queue.originals import original_path


def release(item: Item, user: User, words: str = "", *, offline: bool = False, organs: Collection[str] = ()) -> Release:
    """Sends the finished review of an item to its issuers: opinion, annotated docx where the original is a docx, findings that were upheld.

    Each organ that has an account here gets a release of its own; the first one is returned. The others stay open.

    Raises `UsageError` for an item that is not finished or has no conclusion, and where something contradicts since it was finished
    (a new analysis found more), so that its documents are drafts.

    `offline` records that it was handed over on paper: to `organs`, else to all that are open and have no account here.
    """
    with acting(item, user, check_may_release) as item:
        told = _offline_organs(item, organs) if offline else _online_organs(item)
        conclusion = item.conclusions.order_by("-id").first()
        version = item.current
        if conclusion is None or version is None:
            raise UsageError("审查还没有结论，不能送达", remedy="请主审重新打开，记下结论并办结")
        opinion, _ = make_export(item, forms_of(item.kind)[0][0], user)
        is_docx = version.dossier["source"]["format"] == "docx"
        annotated = make_export(item, ANNOTATED, user)[0] if is_docx else None
        before, findings = current_releases(item), findings_for_issuer(item)
        every = [
            Release.objects.create(
                item=item, version=version, outcome=conclusion.outcome, words=clean(words)[:2000], findings=findings, opinion=opinion,
                annotated=annotated, organs=[organ] if organ else [], offline=offline, reviewer=display_name(user), account=user.username,
            )
            for organ in told or ("",)
        ]  # fmt: skip
        replaced = [one.pk for one in before if any(replaces(made, one) for made in every)]
        item.releases.filter(pk__in=replaced).update(withdrawn=timezone.now())
        says = f"{conclusion.outcome}，{len(findings)}处意见"
        to = f"，送{'、'.join(told)}" if told else ""
        note(user.username, "线下送达" if offline else "送达", item.pk, f"第{version.sequence}版，{says}{to}")
        refresh_marks(item)
        tell_of_release(every, item, says)
    return every[0]


def _online_organs(item: Item) -> tuple[str, ...]:
    """The open organs that have an account here. Raises `UsageError` where none has one."""
    organs = addressees_of(item)
    found = reachable(item)
    if (organs and not found) or not readers_in(item, organs):
        raise UsageError(
            f"{'、'.join(not_told(item)) or item.issuers or organ_called(item.kind)}在本系统没有账号，网上送达没有人能看到",
            remedy="请先由管理员新增该机关的账号；或者另行送交后选“线下送达”，如实记下",
        )
    return found


def reachable(item: Item) -> tuple[str, ...]:
    """The open organs of an item that have an account here."""
    return tuple(organ for organ in not_told(item) if readers_in(item, (organ,)))


def _offline_organs(item: Item, chosen: Collection[str]) -> tuple[str, ...]:
    """The open organs to which a review was handed over. Raises `UsageError` for one that is not among them."""
    left = not_told(item)
    if unknown := [organ for organ in chosen if organ not in left]:
        raise UsageError(f"{'、'.join(unknown)}不在还没有送达的机关中", remedy="请刷新后查看还没有送达哪些机关")
    without = tuple(organ for organ in left if not readers_in(item, (organ,)))
    return tuple(organ for organ in left if organ in chosen) or without or left


def check_may_release(item: Item, user: User) -> None:
    """Raises `UsageError` where a review may not be sent: it is not finished, was sent already, or something contradicts since."""
    if item.status != Status.DONE:
        raise UsageError("审查还没有办结，不能送达", remedy="请先记下结论并办结")
    sent = current_release(item)
    since = sent is not None and (item.finished_at is None or sent.made >= item.finished_at)
    if since and not not_told(item):
        raise UsageError("这次办结的审查意见已经送达", remedy="需要改动的，请先收回")
    left = blocking(item)
    if left:
        raise UsageError(f"办结以后情况有变，不能送达：{left[0].says}", remedy="请主审重新打开，处理后再办结")


def findings_for_issuer(item: Item) -> list[dict[str, object]]:
    """The upheld findings as an issuer sees them."""
    decided, changes = effective_verdicts(effective_decisions().filter(item=item)), amendments_of(item)
    findings = item.current.findings.filter(softened=False).order_by("start", "id") if item.current else ()
    return [
        {
            "key": finding.key, "name": finding.content["name"], "path": finding.content["path"], "text": finding.content["text"],
            "bases": [
                {**{name: basis.get(name, "") for name in ("law", "article", "says")}, "confirmed": basis.get("confirmed", True)}
                for basis in fitting(finding, item).bases
                if basis.get("confirmed", True)
            ],
            "words": _words(decided[finding.key].comment, _advice(finding, item, changes[finding.key])),
            "reason": _reason(finding, decided[finding.key].comment), "verdict": decided[finding.key].verdict,
        }
        for finding in findings
        if finding.key in decided and decided[finding.key].verdict in UPHELD
    ]  # fmt: skip


def _advice(finding: Finding, item: Item, amendments: Sequence[Amendment]) -> str:
    """The advice of a person on a finding; "" for that of the program, which no document hands out."""
    return fitting(finding, item).advice if advice_is_of_person(finding, amendments) else ""


def _words(comment: str, advice: str) -> str:
    """The words of a decision, and the advice of a person where they do not say it."""
    if not advice or advice.rstrip("。") in comment:
        return comment
    return f"{comment.rstrip('。')}。修改建议：{advice}" if comment else f"修改建议：{advice}"


def _reason(finding: Finding, words: str) -> str:
    """Why a person raised a finding, where the decision has other words; "" for a finding of the program."""
    reason = "；".join(finding.content["reasons"]) if finding.raised_by else ""
    return reason if reason != words else ""


def take_back(made: Release, user: User, reason: str) -> None:
    """Takes a release back, so that the issuer sees it no more, and tells the issuer. Raises `UsageError` for a blank reason."""
    reason = clean(reason)
    if not reason:
        raise UsageError("没有写明理由", remedy="请填写收回的理由，理由会告知收到意见的机关")
    with transaction.atomic():
        locked(made.item)
        if not Release.objects.filter(pk=made.pk, withdrawn=None).exists():
            raise UsageError("这次送达已经收回", remedy="请刷新后查看")
        Release.objects.filter(pk=made.pk).update(withdrawn=timezone.now(), taken_back=True)
        note(user.username, "收回送达", made.item_id, f"第{made.version.sequence}版的送达：{reason}"[:500])
        refresh_marks(made.item)
        tell_of_taken_back(made, reason)


def earlier_releases(item: Item) -> "QuerySet[Release]":
    """The releases of an item that a later one replaced, newest first; those that were taken back are not among them."""
    found = item.releases.exclude(withdrawn=None).filter(taken_back=False)
    return found.select_related("version__item", "opinion").order_by("-id")


def stored_bytes(export: Export) -> bytes:
    """The bytes of an export as they were sent. Raises `UsageError` where the file is gone."""
    path = original_path(home_folder(), export.digest)
    if not path.exists():
        raise UsageError(f"{export.name}的文件已不在本系统", remedy="请联系管理员检查存储")
    return path.read_bytes()


def replies_of(made: Release) -> dict[str, Reply]:
    """The reply that counts on each finding of a release, by finding key: the latest."""
    return {reply.finding_key: reply for reply in made.replies.order_by("id")}


@dataclass(frozen=True, slots=True)
class Answered:
    """An issuer's answer to one finding: key of the finding, 采纳, 部分采纳 or 不采纳, words; `on_paper` is one that a reviewer enters."""

    key: str
    stance: str
    words: str = ""
    on_paper: bool = False


def reply(made: Release, answered: Answered, user: User) -> Reply:
    """Records the issuer's answer to one finding of a release and tells the reviewers.

    An answer on paper is entered by a reviewer for an issuer without account, and bears both names.
    Raises `UsageError` for an unknown stance or finding, 部分采纳 and 不采纳 without reason, and a release that was taken back.
    """
    key, stance, words = answered.key, answered.stance, clean(answered.words)
    if stance not in Stance.values:
        raise UsageError("没有选择是否采纳", remedy=f"请选{'、'.join(Stance.values)}之一")
    if answered.on_paper and not made.offline:
        raise UsageError("这次是网上送达，由收到意见的机关自己答复", remedy="请等它在网上逐条答复")
    if stance != Stance.ADOPTED and not words:
        raise UsageError(f"{stance}没有写明理由", remedy="请写明理由，审查人员会看到")
    if made.withdrawn is not None or key not in {str(finding["key"]) for finding in made.findings}:
        raise UsageError("这条意见已经不在送达的审查意见中", remedy="请刷新后查看")
    if not answered.on_paper and not sent_to(made, user):
        raise UsageError("这份审查意见不是送达给您的机关的", remedy="请由收到的机关答复")
    with transaction.atomic():
        locked(made.item)
        by = (
            f"{'、'.join(organs_told(made)) or organ_called(made.item.kind)}（{display_name(user)}代录）"
            if answered.on_paper
            else display_name(user)
        )
        found = Reply.objects.create(
            release=made, finding_key=key, stance=stance, words=words[:2000], by=by[:150], account=user.username,
            organ="" if answered.on_paper else organ_of(user),
        )  # fmt: skip
        name = next(str(finding["name"]) for finding in made.findings if finding["key"] == key)
        note(
            user.username, "代录答复" if answered.on_paper else "答复", made.item_id, f"{name}：{stance} {words}"[:500]
        )
        refresh_marks(made.item)
        if len(replies_of(made)) == len(made.findings):
            words = "已逐条答复" if made.replies.count() == len(made.findings) else f"改动了答复：“{name}”{stance}"
            told = f"{by}对编号{made.item_id}《{made.item.title}》的审查意见{words}"
            notify(people_of(made.item) - {user}, made.item, told)
    return found
