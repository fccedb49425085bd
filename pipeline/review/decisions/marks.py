"""待处理: what in an item waits for a person beside its status, kept in `Item.marks` for filters and lists."""

from django.utils import timezone

from pipeline.review.decisions.agreement import disputed, effective_decisions, effective_verdicts
from pipeline.review.models import Item, Mark, Reply, Verdict
from pipeline.review.queue.findings import count_alarms


def marks_of(item: Item) -> list[Mark]:
    """The marks of an item, computed from its versions, decisions, releases and replies."""
    verdicts = effective_verdicts(effective_decisions().filter(item=item)).values()
    released = item.releases.filter(withdrawn=None).order_by("-id").first()
    replied = Reply.objects.filter(release=released).values_list("finding_key", flat=True) if released else ()
    answered = released is not None and bool(released.findings) and len(set(replied)) == len(released.findings)
    found = {
        Mark.PROPOSAL: item.rival_id is not None,
        Mark.NEWCOMER: item.newcomers.exists(),
        Mark.DISPUTE: bool(disputed(item)),
        Mark.REFERRED: any(decision.verdict == Verdict.REFER for decision in verdicts),
        Mark.RELEASED: released is not None and not answered,
        Mark.ANSWERED: answered,
    }
    return [mark for mark, present in found.items() if present]


def refresh_marks(*items: Item) -> None:
    """Computes and saves the marks of items, and what lists tell of their findings."""
    for item in items:
        count_alarms(item)
        Item.objects.filter(pk=item.pk).update(alarms=item.alarms, groups=item.groups, risk_parts=item.risk_parts)
        found = " ".join(mark.value for mark in marks_of(item))
        item.marks = found
        # what the database has may differ from what was read before
        Item.objects.filter(pk=item.pk).exclude(marks=found).update(marks=found, updated=timezone.now())
