"""待处理: what in an item waits for a person beside its status, kept in `Item.marks` for filters and lists."""

from django.utils import timezone

from pipeline.review.case_tables import rows_in
from pipeline.review.decisions.agreement import disputed, effective_in, effective_verdicts
from pipeline.review.decisions.recipients import not_told
from pipeline.review.models import Item, Mark, Release, Verdict
from pipeline.review.queue.findings import count_alarms
from pipeline.review.read_once import reading


def marks_of(item: Item) -> list[Mark]:
    """The marks of an item, computed from its versions, decisions, releases and replies."""
    verdicts = effective_verdicts(effective_in(item)).values()
    released = list(rows_in(Release, item).filter(withdrawn=None))
    # 已答复 only once every organ got its review and answered it
    answered = bool(released) and all(map(is_answered, released)) and not not_told(item)
    found = {
        Mark.PROPOSAL: item.rival_id is not None,
        Mark.NEWCOMER: item.newcomers.exists(),
        Mark.DISPUTE: bool(disputed(item)),
        Mark.REFERRED: any(decision.verdict == Verdict.REFER for decision in verdicts),
        Mark.RELEASED: bool(released) and not answered,
        Mark.ANSWERED: answered,
    }
    return [mark for mark, present in found.items() if present]


def is_answered(made: Release) -> bool:
    """Whether every finding of a release was answered; one without findings asks for no answers."""
    replied = made.replies.values_list("finding_key", flat=True) if made.findings else ()
    return bool(made.findings) and len(set(replied)) == len(made.findings)


def refresh_marks(*items: Item) -> None:
    """Computes and saves the marks of items, and what lists tell of their findings."""
    for item in items:
        with reading():
            count_alarms(item)
            found = " ".join(mark.value for mark in marks_of(item))
        Item.objects.filter(pk=item.pk).update(alarms=item.alarms, groups=item.groups, risk_parts=item.risk_parts)
        item.marks = found
        # what the database has may differ from what was read before
        Item.objects.filter(pk=item.pk).exclude(marks=found).update(marks=found, updated=timezone.now())
