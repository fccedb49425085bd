"""Documents that live with another one and are left over when it ends: 修改决定, 补充通知, 延期通知, 实施细则, and what is based on it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from pipeline.assess import indicate, weigh
from pipeline.document import Cleanup, Indicator
from pipeline.parse import name_key
from pipeline.register.cards import Card
from pipeline.register.keys import title_keys
from pipeline.register.relations import Relation

ENDED = ("repeal", "lapse")
_QUOTED = re.compile("《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_ISSUES = re.compile("(?:印发|发布|公布|颁布|下发|转发)(?:修[改订]后的)?《")
# 关于修改《…》的决定, 关于《…》的补充通知: without the other document there is nothing left
_SERVES = re.compile("修改|修订|修正|补充|延长|延期|顺延|继续(?:执行|实施|施行|有效|适用)|调整|更正")
_IMPLEMENTS = re.compile("实施(?:细则|办法|意见|方案)|贯彻|关于实施|关于落实|操作规程|解读")
_ENDS_ONLY = re.compile("废止|失效|清理")
_CHANGES = ("修改", "延长")
# what a document repeals, changes or prolongs is its object, not its basis (停止执行《…》)
_STATED_OF_OBJECT = ("废止", *_CHANGES)


def left_over(
    cards: Sequence[Card], relations: Sequence[Relation], cleanups: Sequence[Cleanup]
) -> dict[int, list[Indicator]]:
    """The indicators of documents whose object or basis ends by the cleanups proposed: CL-29, or CL-18 where it has a successor.

    A document that serves several is left over when all of them have ended; so is one that serves a document left over.
    """
    ended = {at for at, cleanup in enumerate(cleanups) if cleanup.outcome in ENDED and cleanup.confidence == "高"}
    found: dict[int, list[Indicator]] = defaultdict(list)
    while True:
        added = dict(_newly_left(cards, relations, ended, found))
        if not added:
            return found
        for at, indicators in added.items():
            found[at].extend(indicators)
        ended |= {at for at, indicators in added.items() if any(i.outcome in ENDED for i in indicators)}


def _newly_left(
    cards: Sequence[Card], relations: Sequence[Relation], ended: Set[int], found: dict[int, list[Indicator]]
) -> Iterator[tuple[int, list[Indicator]]]:
    objects = {(relation.source, relation.target) for relation in relations if relation.kind in _STATED_OF_OBJECT}
    served: dict[int, dict[int, Relation]] = defaultdict(dict)
    based: dict[int, list[Relation]] = defaultdict(list)
    for relation in relations:
        if relation.source in ended or relation.source in found:
            continue
        if _serves(cards[relation.source], cards[relation.target], relation):
            served[relation.source][relation.target] = relation
        elif (
            relation.target in ended
            and (relation.source, relation.target) not in objects
            and (relation.kind == "依据" or _implements(cards[relation.source], cards[relation.target]))
        ):
            based[relation.source].append(relation)
    for source, targets in served.items():
        if set(targets) <= ended:
            names = "、".join(citation_of(cards[target]) for target in targets)
            yield source, [indicate("CL-29", (f"所修改、补充或者延长的{names}已经废止或者失效",))]
    for source in based.keys() - served.keys():
        yield source, list(_of_bases(cards, relations, based[source]))


def _of_bases(cards: Sequence[Card], relations: Sequence[Relation], based: Sequence[Relation]) -> Iterator[Indicator]:
    """CL-18 for each basis that ended; CL-29 for what implements a document that ended without a successor."""
    for relation in based:
        source, target = cards[relation.source], cards[relation.target]
        says = f"所依据的{citation_of(target)}已经废止或者失效（{relation.how}）"
        if _implements(source, target) and not _has_successor(cards, relations, relation.target):
            yield indicate("CL-29", (f"所实施的{citation_of(target)}已经废止或者失效，没有找到接续的文件",))
        else:
            yield indicate("CL-18", (says,))


def _has_successor(cards: Sequence[Card], relations: Sequence[Relation], ended: int) -> bool:
    ending = [cards[r.source].title for r in relations if r.target == ended and r.kind in ("废止", "取代")]
    return any(not _ENDS_ONLY.search(_QUOTED.sub("", title)) for title in ending)


def _serves(source: Card, target: Card, relation: Relation) -> bool:
    """Whether a document only changes, adds to or prolongs another one, as its title says."""
    outside = _QUOTED.sub("", source.title)
    if _ISSUES.search(source.title) or not _SERVES.search(outside):
        return False
    return (relation.kind in _CHANGES and "《" not in source.title) or _names(source, target)


def _implements(source: Card, target: Card) -> bool:
    return bool(_IMPLEMENTS.search(source.title)) and _names(source, target)


def _names(source: Card, target: Card) -> bool:
    """Whether the title of a document names another one."""
    title = name_key(source.title)
    return any(key in title for name in (target.title, *target.attached) if name for key in title_keys(name))


def citation_of(card: Card) -> str:
    """The title and number of a card as a reason cites them."""
    name = f"《{card.title}》" if card.title else f"无题名文件“{card.name.rsplit('/', 1)[-1]}”"
    return f"{name}（{card.number}）" if card.number else name


def with_left_over(cleanup: Cleanup, indicators: Sequence[Indicator]) -> Cleanup:
    """A cleanup weighed anew with the indicators of what is left over; one of a document that is not concerned stays."""
    if cleanup.outcome == "not_applicable" or not indicators:
        return cleanup
    kept = [indicator for indicator in cleanup.indicators if indicator.id != "CL-27"]
    return weigh([*kept, *indicators])
