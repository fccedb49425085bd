"""Exchange between a campaign and the review desk: proposals become cleanup cases, conclusions become decisions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.db.models import Q, QuerySet
from django.utils.timezone import localtime

from pipeline.analyzer import SECRET, LegalContext, analyze_upload, refuse_secret
from pipeline.campaign.decisions import DECIDED, Decision, Decisions, entry
from pipeline.campaign.folder import Campaign
from pipeline.campaign.proposals import Row
from pipeline.campaign.snapshot import read_snapshot
from pipeline.document import Problem
from pipeline.ingest import Upload, uploads
from pipeline.law import OUTCOMES
from pipeline.review.decisions.checklists import OUTCOMES as CONCLUSIONS
from pipeline.review.models import Conclusion, Item, Kind, Status
from pipeline.review.queue.cleanup_cases import Proposed, called, is_of, list_paper, opening
from pipeline.review.queue.store import QueueWriter


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The number of proposals put into the queue, and the titles of documents whose file changed or is missing.

    `secret` names the files that are marked as state secrets and therefore stay out of the queue, `separate` the cases that were made
    beside others on the same file.
    """

    count: int
    missing: tuple[str, ...]
    secret: tuple[str, ...] = ()
    separate: tuple[str, ...] = ()


def to_desk(campaign: Campaign, rows: Sequence[Row], desk: QueueWriter) -> HandedOver:
    """Puts the documents proposed for amendment, repeal or lapse into the queue as cleanup cases (类别：清理).

    A document that is in the queue already as a case of another kind gets a case of its own beside it (`queue.cleanup_cases`). Files
    are found again by their SHA-256.
    """
    wanted = {row.digest: row for row in rows if row.is_concerned and row.outcome != "keep"}
    count = 0
    secret, separate = list[str](), list[str]()
    for upload in _uploads(campaign, wanted):
        row = wanted.pop(upload.digest, None)
        if row is None:
            continue
        result = refuse_secret(analyze_upload(upload, LegalContext(campaign.as_of, campaign.place)))
        if isinstance(result, Problem):
            secret += [result.name] if result.kind == SECRET else []
            continue
        proposed = Proposed(campaign.name, OUTCOMES[row.outcome], "；".join(row.cleanup.reasons))
        listed = list_paper(result, upload.data, campaign.place, proposed, desk)
        if listed.separate:
            others = "、".join(map(called, listed.others))
            separate.append(f"编号{listed.item.pk}《{row.display_title}》：同一文件已有{others}")
        count += 1
    return HandedOver(count, tuple(row.display_title for row in wanted.values()), tuple(secret), tuple(separate))


def _uploads(campaign: Campaign, wanted: Iterable[str]) -> Iterator[Upload]:
    """The files of the snapshot whose hash is wanted, and the entries of all zip archives; missing files are skipped."""
    for file in (row for rows in read_snapshot(campaign).values() for row in rows):
        path = Path(file.path)
        if path.is_file() and (file.digest in wanted or path.suffix.lower() == ".zip"):
            yield from (found for found in uploads(path) if not isinstance(found, Problem))


@dataclass(slots=True)
class Collected:
    """The conclusions that were taken back from the desk: how many decisions were recorded, and in words what else there is.

    `replaced` are decisions that a later conclusion replaced (from → to), `unfinished` cases that are not 已办, `conflicts` conclusions
    other than a decision that was not made at the desk and stays, `left_out` cases without a conclusion of a cleanup on this file.
    """

    count: int = 0
    replaced: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def from_desk(campaign: Campaign, rows: Sequence[Row]) -> Collected:
    """Records the conclusion on each finished cleanup case of a campaign as a decision; nothing else is taken, and what is not is told.

    A later conclusion of a finished case replaces the decision that an earlier one made. A decision that a person made otherwise stays.
    """
    decisions = Decisions.of(campaign)
    known, final, made = {row.digest: row for row in rows}, decisions.final(), list[Decision]()
    collected = Collected()
    for item in _cases(campaign, known):
        version = item.current
        row = known.get(version.original_id) if version else None
        if item.kind != Kind.CLEANUP or row is None:
            why = f"不是{Kind.CLEANUP}案件" if item.kind != Kind.CLEANUP else "当前版本不是这次清理的文件"
            collected.left_out.append(f"{_named(item)}{why}")
            continue
        taken = _taken(item, row, final.get(row.key), collected)
        if taken is not None:
            made.append(taken)
            final[row.key] = taken
    collected.count = decisions.record_all(made)
    return collected


def _cases(campaign: Campaign, known: Mapping[str, Row]) -> list[Item]:
    """The cases that a campaign put into the queue; of files without one, the cleanup cases that somebody handed in at the desk."""
    own = [item for item in _standing(Q(proposal__contains=opening(campaign.name))) if is_of(item, campaign.name)]
    covered = {item.current.original_id for item in own if item.current and item.kind == Kind.CLEANUP}
    others = _standing(Q(kind=Kind.CLEANUP, proposal=""))
    found = [one for one in others if one.current and one.current.original_id in known.keys() - covered]
    return sorted((*own, *found), key=lambda item: item.pk)


def _standing(wanted: Q) -> "QuerySet[Item]":
    return Item.objects.filter(wanted).select_related("current").defer("current__text", "current__dossier")


def _taken(item: Item, row: Row, before: Decision | None, collected: Collected) -> Decision | None:
    """The decision that the conclusion on a cleanup case makes; None where there is none, and `collected` says why."""
    drawn = item.conclusions.order_by("-id").first()
    if item.status != Status.DONE:
        told = f"，拟结论{drawn.outcome}" if drawn else ""
        stands = f"，{_called(before, item)}“{OUTCOMES[before.outcome]}”没有改动" if before else ""
        collected.unfinished.append(f"{_named(item)}{item.status}{told}{stands}")
        return None
    if drawn is None or drawn.outcome not in CONCLUSIONS[Kind.CLEANUP]:
        collected.left_out.append(f"{_named(item)}{f'的结论“{drawn.outcome}”不是清理结论' if drawn else '没有结论'}")
        return None
    made = _decision(row, item, drawn)
    if before is None:
        return made
    if _from_desk(before, item):
        same = (before.outcome, before.by) == (made.outcome, made.by)
        if same and (not before.source or before.reason == made.reason):
            return None
        collected.replaced.append(
            f"{_named(item)}{OUTCOMES[before.outcome]}（{before.author}） → {OUTCOMES[made.outcome]}（{made.author}）"
        )
        return made
    if before.outcome != made.outcome:
        collected.conflicts.append(
            f"编号{row.id}《{row.display_title}》已有{before.author}{before.kind}“{OUTCOMES[before.outcome]}”，"
            f"{made.author}是“{OUTCOMES[made.outcome]}”"
        )
    return None


def _called(before: Decision, item: Item) -> str:
    return "以前收回的" if _from_desk(before, item) else f"{before.author}{before.kind}"


def _decision(row: Row, item: Item, drawn: Conclusion) -> Decision:
    """The decision that a conclusion makes, with its person, case and time; where it follows the proposal, the reasons of that are its own."""
    made = entry(row, DECIDED, drawn.outcome, reason=drawn.reason, by=drawn.reviewer)
    reason = drawn.reason or ("；".join(row.cleanup.reasons) if made.outcome == row.outcome else "")
    moment = localtime(drawn.made)
    return replace(made, reason=reason, source=f"审查台编号{item.pk}，{moment:%Y-%m-%d %H:%M}结论")


def _from_desk(made: Decision, item: Item) -> bool:
    """Whether a decision came from a conclusion on a case; before 0.14.0 its record did not say, and had the words of the conclusion."""
    if made.source or made.kind != DECIDED:
        return made.source.startswith(f"审查台编号{item.pk}，")
    words = ((drawn, drawn.reason or item.proposal) for drawn in item.conclusions.filter(reviewer=made.by))
    return any((OUTCOMES[made.outcome], made.reason) == (drawn.outcome, reason) for drawn, reason in words)


def _named(item: Item) -> str:
    return f"编号{item.pk}《{item.title}》（{item.kind}）："
