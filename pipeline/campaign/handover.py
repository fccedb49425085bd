"""Exchange between a campaign and the review desk: proposals become cleanup cases, conclusions become decisions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone

from pipeline.analyzer import SECRET, LegalContext, analyze_upload, refuse_secret
from pipeline.campaign.decisions import DECIDED, Decision, Decisions, entry
from pipeline.campaign.folder import Campaign
from pipeline.campaign.proposals import Row
from pipeline.campaign.snapshot import read_snapshot
from pipeline.document import Problem
from pipeline.ingest import Upload, uploads
from pipeline.law import OUTCOMES
from pipeline.review.models import Conclusion, Item, Kind
from pipeline.review.queue.store import QueueWriter
from pipeline.review.queue.workdays import due_day


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The number of proposals put into the queue, and the titles of documents whose file changed or is missing.

    `secret` names the files that are marked as state secrets and therefore stay out of the queue.
    """

    count: int
    missing: tuple[str, ...]
    secret: tuple[str, ...] = ()


def to_desk(campaign: Campaign, rows: Sequence[Row], desk: QueueWriter) -> HandedOver:
    """Puts the documents proposed for amendment, repeal or lapse into the queue as cleanup cases (类别：清理).

    A document that is in the queue already keeps its decisions and its due day, and gets the proposal of this
    campaign. Files are found again by their SHA-256.
    """
    wanted = {row.digest: row for row in rows if row.is_concerned and row.outcome != "keep"}
    count, due = 0, due_day(Kind.CLEANUP, date.today())
    secret: list[str] = []
    for upload in _uploads(campaign, wanted):
        row = wanted.pop(upload.digest, None)
        if row is None:
            continue
        result = refuse_secret(analyze_upload(upload, LegalContext(campaign.as_of, campaign.place)))
        if isinstance(result, Problem):
            secret += [result.name] if result.kind == SECRET else []
            continue
        desk.put(result, upload.data, campaign.place)
        proposal = f"清理“{campaign.name}”建议{OUTCOMES[row.outcome]}：{'；'.join(row.cleanup.reasons)}"
        items = Item.objects.filter(current__original=upload.digest)
        items.update(kind=Kind.CLEANUP, proposal=proposal, updated=timezone.now())
        items.filter(due=None).update(due=due)
        count += 1
    return HandedOver(count, tuple(row.display_title for row in wanted.values()), tuple(secret))


def _uploads(campaign: Campaign, wanted: Iterable[str]) -> Iterator[Upload]:
    """The files of the snapshot whose hash is wanted, and the entries of all zip archives; missing files are skipped."""
    for file in (row for rows in read_snapshot(campaign).values() for row in rows):
        path = Path(file.path)
        if path.is_file() and (file.digest in wanted or path.suffix.lower() == ".zip"):
            yield from (found for found in uploads(path) if not isinstance(found, Problem))


def from_desk(rows: Sequence[Row], decisions: Decisions) -> int:
    """Records the last conclusion on each cleanup case of the desk as a decision; returns how many were recorded.

    Documents that are decided already are skipped.
    """
    known, final, made = {row.digest: row for row in rows}, decisions.final(), list[Decision]()
    cases = Conclusion.objects.filter(item__kind=Kind.CLEANUP).select_related("item__current").order_by("id")
    last = {conclusion.item_id: conclusion for conclusion in cases}
    for conclusion in last.values():
        version = conclusion.item.current
        row = known.get(version.original_id) if version else None
        if row is None or row.key in final:
            continue
        reason = conclusion.reason or conclusion.item.proposal
        made.append(entry(row, DECIDED, conclusion.outcome, reason=reason, by=conclusion.reviewer))
    return decisions.record_all(made)
