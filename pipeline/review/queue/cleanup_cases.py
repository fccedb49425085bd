"""清理案件: the case of a cleanup for a paper, beside the cases of other kinds on the same file, which stay what they are.

A paper that a cleanup puts into the queue gets a case of its own. An item of the same file takes that part only where it is a cleanup
that is not finished, or where nobody has had to do with it: it came from the command line without a kind, and no person has it, did
anything in it, or handed anything in. Its change of kind is recorded then. Every other item keeps kind, days, analysis and proposal.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet

from pipeline.document import Dossier
from pipeline.review.accounts import COMMAND_LINE
from pipeline.review.audit.chain import note
from pipeline.review.decisions.case_steps import LISTED, STEPS
from pipeline.review.models import AuditEntry, Item, Kind, Occurrence, Passage, Status, Version
from pipeline.review.queue.store import QueueWriter
from pipeline.review.queue.versions import worked_on
from pipeline.review.queue.workdays import due_day


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a campaign proposes for a paper: its name, the outcome in Chinese, the reasons."""

    campaign: str
    outcome: str
    reasons: str

    @property
    def words(self) -> str:
        """The proposal as a case keeps it; those of several campaigns are lines of `Item.proposal`."""
        return f"{opening(self.campaign)}{self.outcome}：{self.reasons}".replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Listed:
    """The case of a cleanup for a paper, and the other cases on the same file; `separate` where it was made beside them just now."""

    item: Item
    others: tuple[Item, ...] = ()
    separate: bool = False


def opening(campaign: str) -> str:
    """How the proposal of a campaign begins."""
    return f"清理“{campaign}”建议"


def is_of(item: Item, campaign: str) -> bool:
    """Whether a campaign put an item into the queue, or gave it its proposal."""
    return any(line.startswith(opening(campaign)) for line in item.proposal.split("\n"))


def cases_of_file(digest: str) -> "QuerySet[Item]":
    """The items that have, or wait for, the file with a SHA-256 in any version, oldest first."""
    read = Q(pk__in=Version.objects.filter(original=digest).values("item"))
    waiting = Q(status=Status.WAITING, current=None, pk__in=Occurrence.objects.filter(original=digest).values("item"))
    return Item.objects.filter(read | waiting).select_related("current").order_by("pk")


def same_file(item: Item) -> "QuerySet[Item]":
    """The other items that have the file of a version of this one in any version, oldest first.

    Those of which one may be a new version of the other are left out: a person is asked about them.
    """
    found = Version.objects.filter(original__in=item.versions.values("original")).values("item")
    return (
        Item.objects.filter(pk__in=found)
        .exclude(pk__in=[item.pk, item.rival_id or 0])
        .exclude(rival=item)
        .order_by("pk")
    )


def list_paper(dossier: Dossier, data: bytes, place: str | None, proposed: Proposed, desk: QueueWriter) -> Listed:
    """Puts a paper into the queue as a case of a cleanup, or gives the case that there is for it the proposal; each act is recorded.

    The same proposal twice changes nothing. Raises `StorageError` where the file cannot be stored.
    """
    with transaction.atomic():
        digest = dossier.source.digest
        known = list(cases_of_file(digest).select_for_update(of=("self",)))
        chosen = _case_among(known, digest, proposed.campaign)
        if chosen is not None:
            return _listed_again(chosen, known, (dossier, place), proposed, desk)
        stored = desk.put_beside(dossier, data, place) if known else desk.put(dossier, data, place)
        item = Item.objects.get(pk=stored.item or 0)
        item.kind, item.proposal, item.due = Kind.CLEANUP, proposed.words, due_day(Kind.CLEANUP, date.today())
        item.save(update_fields=["kind", "proposal", "due", "updated"])
        beside = f"；同一文件已有{'、'.join(map(called, known))}，各自办理" if known else ""
        _note(item, f"清理“{proposed.campaign}”，建议{proposed.outcome}{beside}")
        for other in known:
            _note(other, f"清理“{proposed.campaign}”为同一文件另立编号{item.pk}；本件的类别和办理不变")
    return Listed(item, tuple(known), separate=bool(known))


def called(item: Item) -> str:
    """An item with its kind and status: 编号3（异议，已办）."""
    return f"编号{item.pk}（{item.kind}，{item.status}）"


def _case_among(known: Iterable[Item], digest: str, campaign: str) -> Item | None:
    """The item that is, or may become, the case of a campaign for a file; None where there is none."""
    standing = [item for item in known if item.current is not None and item.current.original_id == digest]
    cleanups = [item for item in standing if item.kind == Kind.CLEANUP]
    own = [item for item in cleanups if is_of(item, campaign)]
    open_ = [item for item in cleanups if item.status != Status.DONE]
    return next(iter((*own, *open_, *filter(is_untouched, standing))), None)


def is_untouched(item: Item) -> bool:
    """Whether no person has had to do with an item, and nobody has chosen its kind."""
    mine = item.owner_id or item.assignee_id or item.reviewed_by or item.public or item.kind != Kind.FILED
    if mine or item.status != Status.PENDING or worked_on(item):
        return False
    if item.jobs.exists() or item.papers.exists():
        return False
    acted = AuditEntry.objects.filter(item=item.pk, what__in=(*STEPS, "更正")).exists()
    return not acted and not Passage.objects.filter(version__item=item).exclude(answered=None).exists()


def _listed_again(
    item: Item, known: Iterable[Item], read: tuple[Dossier, str | None], proposed: Proposed, desk: QueueWriter
) -> Listed:
    """Gives the case that there is for a paper the proposal, and the kind where it has another; a finished one stays as it is."""
    listed = Listed(item, tuple(other for other in known if other.pk != item.pk))
    if item.status == Status.DONE:
        return listed
    desk.refresh(item, *read)
    before, kind = item.proposal, item.kind
    others = [line for line in before.split("\n") if line and not line.startswith(opening(proposed.campaign))]
    item.proposal = "\n".join((*others, proposed.words))
    if (item.proposal, Kind.CLEANUP) == (before, kind):
        return listed
    item.kind, item.due = Kind.CLEANUP, item.due or due_day(Kind.CLEANUP, date.today())
    item.save(update_fields=["kind", "proposal", "due", "updated"])
    if kind != Kind.CLEANUP:
        note(
            COMMAND_LINE,
            "更正",
            item.pk,
            f"类别{kind} → {Kind.CLEANUP}（列入清理“{proposed.campaign}”，此前没有人办理）",
        )
    if item.proposal != before:
        _note(item, f"清理“{proposed.campaign}”，建议{proposed.outcome}")
    return listed


def _note(item: Item, words: str) -> None:
    note(COMMAND_LINE, LISTED, item.pk, words[:500])
