"""待处理: what in an item waits for a person beside its status, kept in `Item.marks` for filters and lists."""

from django.utils import timezone

from pipeline.review.decisions.agreement import disputed, effective_decisions, effective_verdicts
from pipeline.review.models import Item, Mark, Release, Verdict


def marks_of(item: Item) -> list[Mark]:
    """The marks of an item, computed from its versions, decisions, releases and replies."""
    verdicts = effective_verdicts(effective_decisions().filter(item=item)).values()
    answered = [is_answered(made) for made in item.releases.filter(withdrawn=None)]
    found = {
        Mark.PROPOSAL: item.rival_id is not None,
        Mark.NEWCOMER: item.newcomers.exists(),
        Mark.DISPUTE: bool(disputed(item)),
        Mark.REFERRED: any(decision.verdict == Verdict.REFER for decision in verdicts),
        Mark.RELEASED: not all(answered),
        Mark.ANSWERED: any(answered),
    }
    return [mark for mark, present in found.items() if present]


def is_answered(made: Release) -> bool:
    """Whether every finding of a release was answered; one without findings asks for no answers."""
    replied = made.replies.values_list("finding_key", flat=True) if made.findings else ()
    return bool(made.findings) and len(set(replied)) == len(made.findings)


def refresh_marks(*items: Item) -> None:
    """Computes and saves the marks of items."""
    for item in items:
        found = " ".join(mark.value for mark in marks_of(item))
        item.marks = found
        # what the database has may differ from what was read before
        Item.objects.filter(pk=item.pk).exclude(marks=found).update(marks=found, updated=timezone.now())
