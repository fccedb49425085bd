"""Helpers that bring an item to a state of its review."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.review.decisions import checklists, contradictions, workflow
from pipeline.review.models import Decision, Item, Reply, Status, Version

# what people did in a case, which protects its versions
WORK = ("releases", "decisions", "conclusions", "explanations", "amendments", "materials", "checks", "corrections")
MOMENT = timezone.make_aware(datetime(2026, 11, 30, 10, 20))


def erase(number: int) -> None:
    """Removes an item and everything in it from the shared queue."""
    Item.objects.filter(pk=number).update(current=None, public=False, public_version=None)
    item = Item.objects.get(pk=number)
    Reply.objects.filter(release__item=item).delete()
    for name in WORK:
        getattr(item, name).all().delete()
    item.versions.all().delete()
    item.delete()


def decide_alarms(item: Item, user: User, verdict: str = "成立", words: str = "没有依据") -> None:
    """Decides every alarm on which nobody has decided."""
    for finding in workflow.open_alarms(item):
        workflow.decide(item, finding.key, workflow.Statement(verdict, words), user)


def rule(item: Item, key: str, people: dict[str, User], verdict: str, words: str) -> Decision:
    """Two people differ about a finding, and the 主审 rules."""
    workflow.decide(item, key, workflow.Statement("成立", "依据不足"), people["审查员"])
    workflow.decide(item, key, workflow.Statement("不成立", "有依据"), people["法律顾问"])
    return workflow.decide(item, key, workflow.Statement(verdict, words), people["主审"], final=True)


def answer_points(item: Item, user: User, value: str = "") -> None:
    """Answers every point of the checklist with `value`, else with 是, and with 不适用 where findings of the document may deny it."""
    types = list(item.current.findings.values_list("type", flat=True)) if item.current else []
    for point in checklists.points_of(item.kind):
        denied = any(kind.startswith(checklists.DENIED_BY.get(point.key, ())) for kind in types)
        checklists.answer(item, point.key, checklists.Given(value or ("不适用" if denied else "是"), ""), user)


def conclude(item: Item, user: User, outcome: str = "自行修改") -> None:
    """Answers every point of the checklist and concludes, so that nothing is missing once the alarms are decided."""
    answer_points(item, user)
    checklists.conclude(item, outcome, "见各处意见", user)


def next_version(item: Item) -> Version:
    """The item with a second version in which every finding is found again."""
    first = Version.objects.get(pk=item.current_id)
    later = Version.objects.get(pk=item.current_id)
    later.pk, later.sequence = None, 2
    later.save()
    for finding in first.findings.all():
        finding.pk, finding.version = None, later
        finding.save()
    Item.objects.filter(pk=item.pk).update(current=later)
    item.refresh_from_db()
    return later


def finish(item: Item, people: dict[str, User], *, second: bool = True) -> Item:
    """The item as 已办: handled by the 审查员, and read a second time by the 主审 with `second`."""
    Item.objects.filter(pk=item.pk).update(
        status=Status.DONE,
        reviewed_by=people["审查员"].username,
        reviewed_at=MOMENT,
        second_by=people["主审"].username if second else "",
        finished_at=MOMENT,
    )
    return Item.objects.get(pk=item.pk)


def review(item: Item, people: dict[str, User], verdict: str = "成立", outcome: str = "自行修改") -> Item:
    """The item with every alarm decided, every point answered, a conclusion, and finished."""
    user = people["审查员"]
    decide_alarms(item, user, verdict)
    answer_points(item, user)
    checklists.conclude(item, outcome, "见各处意见", user)
    return finish(item, people)


def kinds(item: Item) -> list[str]:
    """The kinds of contradictions that block a case."""
    return [found.kind.value for found in contradictions.blocking(item)]
