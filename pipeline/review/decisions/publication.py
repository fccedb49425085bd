"""公开: which documents may be published, publishing after a preview, and withdrawing with a reason.

Only a finished case with a conclusion that allows it, on a document in force, is published; the public sees the version that
was confirmed in the preview until another one is published.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from pipeline.errors import UsageError
from pipeline.review.audit.chain import note
from pipeline.review.audit.names import Names
from pipeline.review.decisions.access import clean, locked
from pipeline.review.decisions.checklists import CONTINUED
from pipeline.review.decisions.contradictions import blocking
from pipeline.review.decisions.notices import issuers_of, notify
from pipeline.review.decisions.public_facts import (
    ALLOWING,
    Edition,
    Force,
    PublicFacts,
    edition_of,
    force,
    in_chinese,
    public_facts,
)
from pipeline.review.models import AuditEntry, Conclusion, Item, Kind, Status, Version
from pipeline.review.output.public_text import SPAM
from pipeline.review.queue.dossiers import with_attached_texts
from pipeline.review.queue.links import cited_by

PUBLISHED, WITHDRAWN = "公开", "撤回公开"
# what the audit adds to the reason of a withdrawal that the public was told
_TOLD = "（理由已向公众说明）"
PUBLISHABLE = (Kind.FILED, Kind.CLEANUP)
# 备案审查 tells 草案 from what was issued by its title: 《……办法（征求意见稿）》
_UNISSUED = re.compile("[（(](?:征求意见|送审|讨论|报批|修订|审议)?(?:稿|草案)(?:[一二三四五六七八九十]+审)?稿?[）)]")
_CLOSED = ("不予公开", "不公开", "依申请公开", "删减后公开")
# a line that marks the whole document: 内部资料 注意保存, 机密★10年, （此件不公开）
_MARK = re.compile(
    r"[（(【\[]?(?:此件)?(?:内部(?:资料|文件|材料|使用|发送|参考|掌握|传阅)|注意保存|(?:绝密|机密|秘密)(?:[★·].*)?[】）)\]]?$"
    r"|(?:不予公开|不公开|不得公开|依申请公开)[】）)\]]?$)"
)
_MARK_LENGTH = 30


def obstacles(item: Item, day: date) -> list[str]:
    """Why an item may not be published on a day, each a Chinese sentence with the way out; [] where it may."""
    if item.current is None:
        return ["文件还没有可以公开的内容。请等识别完成后再公开"]
    facts = next_facts(item)
    found = [*_of_case(item), *_of_conclusion(item, item.current), *_of_document(facts, day)]
    return [*found, *_of_marks(item.current)]


def _of_case(item: Item) -> Iterator[str]:
    if item.kind not in PUBLISHABLE:
        yield f"{item.kind}类案件不公开。草案印发以后，请以正式文本另报备案，再公开备案的那一件"
    if item.status != Status.DONE:
        yield f"审查还没有办结（{item.status}）。请先办结"
    elif left := blocking(item):
        yield f"办结以后情况有变：{left[0].says}。请主审重新打开，处理后再办结"
    if item.rival_id or item.newcomers.exists():
        yield "本件和另一件可能是同一文件的两个版本，还没有选定。请先在文件页选定版本"


def _of_conclusion(item: Item, version: Version) -> Iterator[str]:
    last = item.conclusions.order_by("-id").first()
    allowing = "、".join(f"“{outcome}”" for outcome in ALLOWING)
    if last is None:
        yield f"没有审查结论。结论是{allowing}的才能公开，请重新打开后写明结论"
    elif last.outcome not in ALLOWING:
        yield f"审查结论是“{last.outcome}”，不能公开。结论是{allowing}的才能公开；制定机关改正后，请提交改正的文本重新审查"
    elif not _is_about(last, version):
        yield f"审查结论是对以前的版本作出的，现有第{version.sequence}版。请重新打开，对现在的版本作出结论"


def _is_about(conclusion: Conclusion, version: Version) -> bool:
    """Whether a conclusion was drawn on a version; earlier ones do not name a version and are told by the time."""
    if conclusion.version_id is not None:
        return conclusion.version_id == version.pk
    return conclusion.made >= version.created


def _of_document(facts: PublicFacts, day: date) -> Iterator[str]:
    if not facts.title:
        yield "没有识别出题名。请先在文件页更正题名"
    if not facts.issuers:
        yield "没有识别出制定机关。请先在文件页更正制定机关"
    if _UNISSUED.search(facts.title):
        yield "题名表明这是没有印发的稿子。请提交正式印发的文本"
    found = force(facts, day)
    if found is Force.NOT_YET and facts.effective:
        yield f"文件自{in_chinese(facts.effective)}起施行，现在尚未施行。请在施行以后公开"
    if found is Force.LAPSED and facts.expires:
        yield (
            f"文件的有效期已于{in_chinese(facts.expires)}届满，不再有效，不能公开。有效期已经延长的，请先更正“有效期至”"
        )


def _of_marks(version: Version) -> Iterator[str]:
    way = "确实可以公开的，请解密或者变更公开属性后，提交没有这个标记的文本"
    masthead = [member["masthead"] for member in with_attached_texts(version.dossier["document"])]
    secrecy = [part["secrecy"]["value"] for part in masthead if part["secrecy"]]
    closed = [part["openness"]["value"] for part in masthead if part["openness"]]
    lines = [line.strip() for line in version.text.splitlines() if len(line) <= _MARK_LENGTH]
    marks = [*secrecy, *(kind for kind in closed if kind in _CLOSED), *(line for line in lines if _MARK.match(line))]
    for mark in dict.fromkeys(marks):
        yield f"文件标有“{mark}”，不能公开。{way}"


def doubts(item: Item, day: date) -> list[str]:
    """What the publisher has to check and confirm in words before an item is published on a day; [] where nothing is in doubt.

    A validity that the program does not know is no obstacle: most documents without a stated term remain in force until they
    are repealed. The program cannot tell, so a person has to say on what ground the document is in force.
    """
    if item.current is None:
        return []
    facts, dossier = next_facts(item), item.current.dossier
    return [*_doubts_on_facts(item, facts, dossier["assessment"]["validity"]), *_doubts_on_text(item, dossier, day)]


def _doubts_on_facts(item: Item, facts: PublicFacts, validity: dict[str, Any]) -> Iterator[str]:
    if not facts.number:
        yield "没有识别出发文字号。请核对原件；文件确实没有文号的，请说明"
    if not item.is_normative:
        yield "程序认为本件不是行政规范性文件。请说明为什么按规范性文件公开"
    if facts.expires is None and facts.outcome != CONTINUED:
        yield "文件没有载明有效期，程序不能判断是否有效。请核实现行有效，并写明依据"
    corrected = item.corrections.filter(field="expires").exists()
    if facts.expires and "待核实" in str(validity["reasons"]) and not corrected:
        yield f"有效期至{in_chinese(facts.expires)}是按尚待核实的规定推算的。请核实"


def _doubts_on_text(item: Item, dossier: dict[str, Any], day: date) -> Iterator[str]:
    for other in _repealing(item, day):
        yield f"队列中的《{other.title}》（编号{other.pk}）写明废止本件。请核实本件是否仍然有效"
    noise = {remark["kind"]: remark["message"] for remark in dossier["document"]["noise"]}
    if SPAM in noise:
        yield "正文混有疑似被注入的无关文字，公开的文本里已去掉。请核对预览的正文"
    if "truncated" in noise:
        yield f"{noise['truncated']}。请对照原件核对预览的正文"
    if any(line["confidence"] is not None for line in dossier["source"]["prints"]):
        yield "正文由图片识别而来，可能有错字。请对照原件核对预览的正文"


def _repealing(item: Item, day: date) -> list[Item]:
    """Issued documents of the queue that declare this one repealed, by its number, or by its title where they give no number."""
    among = Item.objects.exclude(kind=Kind.DRAFT).filter(current__isnull=False).select_related("current")
    return [other for other in cited_by(item, among) if any(_ends(repeal, item, day) for repeal in _repeals(other))]


def _repeals(item: Item) -> Iterator[dict[str, str | None]]:
    for member in with_attached_texts(item.current.dossier["document"]) if item.current else ():
        yield from member["repeals"]


def _ends(repeal: dict[str, str | None], item: Item, day: date) -> bool:
    named = repeal["number"] == item.number if repeal["number"] else repeal["title"] == item.title
    return named and (not repeal["day"] or date.fromisoformat(repeal["day"]) <= day)


def next_facts(item: Item) -> PublicFacts:
    """The facts that the public would see if the current version were published now. Raises `UsageError` without a version."""
    if item.current_id is None:
        raise UsageError("文件还没有可以公开的内容", remedy="请等识别完成后再公开")
    return public_facts(Edition(item.pk, item.current_id, timezone.now()))


def shown_facts(item: Item) -> PublicFacts | None:
    """The facts that the public sees now; None where the item is not published."""
    edition = edition_of(item)
    return public_facts(edition) if edition else None


def has_changed(item: Item) -> bool:
    """Whether publishing now would change what the public sees: a later version, correction or conclusion, or nothing is public."""
    shown, upcoming = shown_facts(item), next_facts(item)
    return shown is None or replace(shown, released=upcoming.released) != upcoming


def fingerprint(item: Item) -> str:
    """A hash of what a preview shows, by which `publish` finds out that it changed after the preview."""
    facts = replace(next_facts(item), released=item.created)
    text = item.current.text if item.current else ""
    return hashlib.sha256(f"{facts!r}\n{text}".encode()).hexdigest()[:16]


def publish(item: Item, user: User, confirmed_version: int, *, words: str = "", seen: str) -> None:
    """Publishes the current version of an item, which the preview showed, and tells its issuer.

    `confirmed_version` is the key of the version in the preview, `seen` its `fingerprint` , `words` what
    the publisher says on the `doubts`. Raises `UsageError` where there are obstacles, where doubts are left without words,
    where the preview is out of date, and where nothing would change.
    """
    with transaction.atomic():
        item = locked(item)
        _require_same_preview(item, confirmed_version, seen)
        found = obstacles(item, timezone.localdate())
        if found:
            raise UsageError("不能公开：" + "；".join(found), remedy="办理以后，请再从预览公开")
        if doubts(item, timezone.localdate()) and not words.strip():
            raise UsageError("没有写明核实情况", remedy="请逐项核实预览页列出的问题，并写明核实情况")
        item.public, item.public_version, item.published_at = True, item.current, timezone.now()
        item.withdrawn_at, item.withdrawn_reason = None, ""
        item.save(
            update_fields=["public", "public_version", "published_at", "withdrawn_at", "withdrawn_reason", "updated"]
        )
        sequence = item.current.sequence if item.current else 0
        note(user.username, PUBLISHED, item.pk, f"第{sequence}版 {words.strip()}"[:500].strip())
        notify(issuers_of(item) - {user}, item, f"《{item.title}》第{sequence}版已向公众公开")


def _require_same_preview(item: Item, confirmed_version: int, seen: str) -> None:
    if item.current_id != confirmed_version:
        raise UsageError("预览以后文件有了新版本", remedy="请重新预览，确认后再公开")
    if seen != fingerprint(item):
        raise UsageError("预览以后文件的要素或者正文有了变化", remedy="请重新预览，确认后再公开")
    if not has_changed(item):
        raise UsageError("这一版已经公开，没有变化", remedy="不需要再次公开")


def withdraw(item: Item, user: User, reason: str, *, told: bool = False) -> None:
    """Withdraws an item from the public pages, and tells its issuer.

    The reason is kept in the audit; the public is told the day and, with `told`, the reason. Raises `UsageError` for a blank
    reason, and where the item is not published.
    """
    reason = clean(reason)
    if not reason:
        raise UsageError("没有写明撤回公开的理由", remedy="请填写理由")
    with transaction.atomic():
        item = locked(item)
        if not item.public:
            raise UsageError("这件没有公开，不能撤回", remedy="请刷新后查看")
        item.public, item.withdrawn_at, item.withdrawn_reason = False, timezone.now(), reason[:500] if told else ""
        item.save(update_fields=["public", "withdrawn_at", "withdrawn_reason", "updated"])
        note(user.username, WITHDRAWN, item.pk, f"{reason[: 500 - len(_TOLD)]}{_TOLD if told else ''}")
        # a reason that the public is not told is one of the reviewing office
        notify(issuers_of(item) - {user}, item, f"《{item.title}》已撤回公开{f'：{reason}' if told else ''}")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawal as the desk tells it: its author by name, the reason, and whether the public was told the reason."""

    by: str
    reason: str
    told: bool


def last_withdrawal(item: Item) -> Withdrawal | None:
    """The withdrawal that counts, from the audit; None where the item was not withdrawn."""
    entries = AuditEntry.objects.filter(item=item.pk, what=WITHDRAWN).order_by("-id")
    entry = entries.first() if item.withdrawn_at is not None else None
    if entry is None:
        return None
    told = entry.detail.endswith(_TOLD)
    return Withdrawal(Names().of(entry), entry.detail.removesuffix(_TOLD), told)


def find_public(item_id: int) -> Item | None:
    """The item with a number if it is published, or was withdrawn (then not `public`); None otherwise."""
    item = Item.objects.select_related("public_version").filter(pk=item_id).first()
    if item is None or (edition_of(item) is None and (item.public or item.withdrawn_at is None)):
        return None
    return item


def withdrawal_words(item: Item) -> str:
    """What the public is told about a withdrawn item: the day and, where the publisher chose so, the reason."""
    day = in_chinese(timezone.localdate(item.withdrawn_at)) if item.withdrawn_at else ""
    return f"本文件已于{day}撤回公开" + (f"。理由：{item.withdrawn_reason}" if item.withdrawn_reason else "")
