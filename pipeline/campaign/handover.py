"""Between a campaign and the desk: proposals become cases of the queue, conclusions of reviewers become decisions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone

from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.campaign.decisions import DECIDED, Decisions
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
    """How many proposals became cases, and the names of files that have changed since the snapshot or are gone."""

    count: int
    missing: tuple[str, ...]


def to_desk(campaign: Campaign, rows: Sequence[Row], desk: QueueWriter) -> HandedOver:
    """Puts the documents that are to be changed, repealed or declared lapsed into the queue as cleanup cases.

    A document that is in the queue already keeps its decisions, and gets the proposal of this campaign.
    """
    wanted = {row.digest: row for row in rows if row.is_concerned and row.outcome != "keep"}
    count, due = 0, due_day(Kind.CLEANUP, date.today())
    for upload in _uploads(campaign, wanted):
        row = wanted.pop(upload.digest, None)
        if row is None:
            continue
        result = analyze_upload(upload, LegalContext(campaign.as_of, campaign.place))
        if isinstance(result, Problem):
            continue
        desk.put(result, upload.data, campaign.place)
        proposal = f"清理“{campaign.name}”建议{OUTCOMES[row.outcome]}：{'；'.join(row.cleanup.reasons)}"
        items = Item.objects.filter(current__original=upload.digest)
        items.update(kind=Kind.CLEANUP, proposal=proposal, updated=timezone.now())
        items.filter(due=None).update(due=due)
        count += 1
    return HandedOver(count, tuple(row.called for row in wanted.values()))


def _uploads(campaign: Campaign, wanted: Iterable[str]) -> Iterator[Upload]:
    """The files of the snapshot, those in archives too; files that are gone say nothing here."""
    for frozen in (row for rows in read_snapshot(campaign).values() for row in rows):
        path = Path(frozen.path)
        if path.is_file() and (frozen.digest in wanted or path.suffix.lower() == ".zip"):
            yield from (found for found in uploads(path) if not isinstance(found, Problem))


def from_desk(rows: Sequence[Row], said: Decisions) -> int:
    """Takes over what reviewers concluded at the desk on cleanup cases; returns how many were new."""
    known, final, count = {row.digest: row for row in rows}, said.final(), 0
    cases = Conclusion.objects.filter(item__kind=Kind.CLEANUP).select_related("item__current").order_by("id")
    last = {made.item_id: made for made in cases}
    for made in last.values():
        row = known.get(made.item.current.original_id) if made.item.current else None
        if row is None or row.key in final:
            continue
        said.say(row, DECIDED, made.outcome, reason=made.reason or made.item.proposal, by=made.reviewer)
        count += 1
    return count
