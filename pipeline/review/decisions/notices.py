"""通知: tells the people of a case, on the desk, what happened in it; each notice is kept until its reader has seen it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from pipeline.clause_places import place_in_words
from pipeline.review.accounts import display_name
from pipeline.review.decisions.recipients import read_by
from pipeline.review.models import AuditEntry, Decision, Finding, Item, Material, Notice, Paper, Release, Status
from pipeline.review.output.titles import in_marks

# words of every notice that asks for a ruling (裁定), behind the finding it is about; before 0.14.0 behind 有发现
DISPUTE = "意见不同，需要裁定"


def dispute_on(finding: Finding) -> str:
    """The words that ask for a ruling on a finding: “第五条 设定罚款”意见不同，需要裁定."""
    return f"“{place_in_words(finding.content['path'])} {finding.content['name']}”{DISPUTE}".replace("“ ", "“")


def notify(users: Iterable[User], item: Item | None, words: str, release: Release | None = None) -> None:
    """Writes a notice to each of some accounts; the title of the item in it gets title marks as they are set (GB/T 15834).

    `release` is the sending that it tells of.
    """
    if item is not None:
        words = words.replace(f"《{item.title}》", in_marks(item.title))
    Notice.objects.bulk_create(Notice(user=user, item=item, words=words[:1000], release=release) for user in users)


def people_of(item: Item) -> set[User]:
    """The active accounts that have a part in a case: its reviewer, first and second readers, all who decided, concluded or sent the review.

    The readers are those of earlier versions too.
    """
    names = {item.reviewed_by, item.second_by}
    for related in (item.decisions, item.conclusions, item.releases):
        names |= set(related.values_list("account", flat=True))
    finished = AuditEntry.objects.filter(item=item.pk, what__in=("送复核", "办结"))
    names |= set(finished.values_list("who", flat=True))
    found = set(User.objects.filter(username__in=names - {""}, is_active=True))
    return found | ({item.assignee} if item.assignee and item.assignee.is_active else set())


def chiefs() -> set[User]:
    """The active accounts in the role 主审."""
    from pipeline.review.accounts import Role

    return set(User.objects.filter(groups__name=Role.CHIEF, is_active=True))


def issuers_of(item: Item) -> set[User]:
    """The active accounts of issuers that see a case: its owner, whoever handed in a version, and accounts whose organ is among its issuers
    or handed in a version.
    """
    handed_in = Paper.objects.filter(item=item, job__material="")
    organs = {*item.issuers.split("、"), *handed_in.values_list("job__by_organ", flat=True)} - {""}
    own = Q(pk=item.owner_id) | Q(member__organ__in=organs) | Q(pk__in=handed_in.values("job__by"))
    return set(User.objects.filter(own, groups__name="制定机关", is_active=True))


def tell_of_release(every: Iterable[Release], item: Item, says: str) -> None:
    """Tells the accounts that read some releases of one act what was sent, each once."""
    told = set[User]()
    for made in every:
        readers = read_by(made) - told
        notify(readers, item, f"《{item.title}》的审查意见已送达：{says}", made)
        told |= readers


def tell_of_taken_back(made: Release, reason: str) -> None:
    """Tells the accounts that read a release that it was taken back; the notices of it no longer tell what was sent."""
    title = in_marks(made.item.title)
    words = f"{title}的审查意见曾经送达，已于{timezone.localdate():%Y-%m-%d}收回"
    Notice.objects.filter(release=made).update(words=words)
    notify(read_by(made), made.item, f"{title}的审查意见已收回：{reason}")


def tell_of_material(material: Material) -> None:
    """Tells the people of a case, the 主审 where it has none, that material was handed in for it."""
    item = material.item
    told = {user for user in people_of(item) or chiefs() if user.username != material.account}
    kind = material.get_kind_display()
    notify(told, item, f"{material.by}为编号{item.pk}《{item.title}》提交了材料：{kind}《{material.name}》")


def tell_of_ruling(item: Item, name: str, before: Iterable[Decision], ruling: Decision) -> None:
    """Tells those whose decisions on a finding (called `name`) differed how it was ruled."""
    told = set(
        User.objects.filter(username__in={made.account for made in before} - {ruling.account, ""}, is_active=True)
    )
    words = (
        f"编号{item.pk}《{item.title}》中“{name}”的分歧由{ruling.reviewer}裁定为“{ruling.verdict}”：{ruling.comment}"
    )
    notify(told, item, words)


def authors_told(outdated: Iterable[Decision], user: User) -> set[User]:
    """The active accounts whose decisions `user` made count no more, and who are told: all authors but `user`."""
    accounts = {made.account for made in outdated} - {"", user.username}
    return set(User.objects.filter(username__in=accounts, is_active=True))


def tell_of_set_aside(item: Item, name: str, told: Iterable[User], why: str) -> None:
    """Tells the authors of decisions on a finding (called `name` before) that these no longer count, and why."""
    notify(told, item, f"编号{item.pk}《{item.title}》中您对“{name}”的决定不再作数，请重新决定。{why}")


def organs_concerned(item: Item) -> set[User]:
    """The active accounts of the organs that a case is of, that handed it in, or that got a review of it, also one that was taken back."""
    sent = item.releases.select_related("version__item", "opinion")
    return issuers_of(item).union(*(read_by(made) for made in sent))


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What a case was before a version was taken up, and what that version was called: its title, whom both concerned."""

    before: str
    newcomer: str
    concerned: frozenset[User]

    @classmethod
    def of(cls, newcomer: Item, item: Item) -> "TakenUp":
        """As both items are now, before the one is merged into the other."""
        return cls(item.title, newcomer.title, frozenset(organs_concerned(item) | organs_concerned(newcomer)))

    def words(self, item: Item, user: User) -> str:
        """What happened, in Chinese; with both titles where they differ."""
        sequence, who = item.current.sequence if item.current else 1, display_name(user)
        if self.before == self.newcomer:
            return f"编号{item.pk}{in_marks(self.before)}的新一稿已由{who}接收为第{sequence}版"
        return f"编号{item.pk}{in_marks(self.before)}由{who}接收了{in_marks(self.newcomer)}为第{sequence}版"


def tell_of_taken_up(item: Item, taken: TakenUp, user: User, reason: str) -> None:
    """Tells that a version was taken up by `user`: all organs concerned before and since, and, with the reason, who works on the case."""
    words = taken.words(item, user)
    notify(people_of(item) - {user}, item, f"{words}，需要重新审查{reason and '：' + reason}")
    notify((taken.concerned | organs_concerned(item)) - {user}, item, f"{words}，将重新审查")


def tell_of_split(item: Item, separate: Item, number: int, user: User) -> None:
    """Tells the organs concerned that version `number` of a case left it and is a case of its own, each of what it may see."""
    staying, leaving = organs_concerned(item), organs_concerned(separate)
    who = display_name(user)
    again = f"第{item.current.sequence if item.current else 1}版恢复为审查的版本{'，审查已办结' if item.status == Status.DONE else ''}"
    told = f"编号{item.pk}《{item.title}》的第{number}版由{who}拆出，不再是这件的新一稿；{again}"
    notify(staying - {user}, item, told)
    state = "审查已办结" if separate.status == Status.DONE else "单独审查"
    notify(
        leaving - {user}, separate, f"《{separate.title}》由{who}从编号{item.pk}拆出，另立为编号{separate.pk}，{state}"
    )


def unseen(user: User) -> "QuerySet[Notice]":
    """The notices that an account has not seen, newest first."""
    return Notice.objects.filter(user=user, seen=None).select_related("item").order_by("-id")


def latest(user: User) -> "QuerySet[Notice]":
    """The last 200 notices of an account, those it has not seen first."""
    found = Notice.objects.filter(user=user).select_related("item")
    return found.order_by(F("seen").desc(nulls_first=True), "-id")[:200]


def mark_seen(user: User, notices: Iterable[int] | None = None) -> None:
    """Marks notices of an account as seen: those with the given numbers, or all."""
    found = Notice.objects.filter(user=user, seen=None)
    (found if notices is None else found.filter(pk__in=list(notices))).update(seen=timezone.now())
