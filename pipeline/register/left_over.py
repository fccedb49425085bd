"""Documents that live with another one and are left over when it ends: 修改决定, 补充通知, 延期通知, 实施细则, and what is based on it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.assess import indicate, weigh
from pipeline.document import Cleanup, Indicator
from pipeline.law import name_key
from pipeline.register.cards import Card
from pipeline.register.index import CHANGES, IMPLEMENTS
from pipeline.register.keys import title_keys
from pipeline.register.relations import SUCCEEDS, Relations
from pipeline.register.titles import only_ends

ENDED = ("repeal", "lapse")
_CHANGES = ("修改", "延长")
# what a document repeals, changes or prolongs is its object, not its basis (停止执行《…》)
_STATED_OF_OBJECT = ("废止", *_CHANGES)
_Flags = npt.NDArray[np.bool_]


def ends(cleanup: Cleanup) -> bool:
    """Whether a document surely ends by its cleanup."""
    return cleanup.outcome in ENDED and cleanup.confidence == "高"


def left_over(cards: Sequence[Card], relations: Relations, ended: Sequence[int]) -> dict[int, list[Indicator]]:
    """The indicators of documents whose object or basis ends by the cleanups proposed: CL-29, or CL-18 where it has a successor.

    `ended` is 1 for each card that `ends`, else 0. A document that serves several is left over when all of them have ended; so
    is one that serves a document left over.
    """
    links = _Links(cards, relations)
    over = np.array(ended, bool)
    found: dict[int, list[Indicator]] = defaultdict(list)
    while True:
        passed = over.copy()
        passed[list(found)] = True
        added = dict(links.newly_left(over, passed))
        if not added:
            return found
        for at, indicators in added.items():
            found[at].extend(indicators)
            if any(indicator.outcome in ENDED for indicator in indicators):
                over[at] = True


class _Links:
    """The relations by which documents live with others: those that they serve, and those that they are based on."""

    def __init__(self, cards: Sequence[Card], relations: Relations) -> None:
        self._cards, self._relations = cards, relations
        self._sources, self._targets = relations.sources, relations.targets
        flags = np.array(relations.indexes.flags, np.uint8)[self._sources]
        self._implementing = (flags & IMPLEMENTS) > 0
        self._serving = [at for at in np.flatnonzero(flags & CHANGES).tolist() if self._serves(at)]
        based = np.zeros(len(relations), bool)
        based[relations.places("依据")] = True
        self._bases = based.copy()
        based |= self._implementing
        based[self._serving] = False
        objects = relations.places(*_STATED_OF_OBJECT)
        pairs = relations.pairs()
        self._based = np.flatnonzero(based & ~np.isin(pairs, pairs[objects]))

    def newly_left(self, ended: _Flags, passed: _Flags) -> Iterator[tuple[int, list[Indicator]]]:
        """The documents that are left over by those that ended, with their indicators; without those that are passed already."""
        served: dict[int, dict[int, None]] = defaultdict(dict)
        for at in self._serving:
            if not passed[self._sources[at]]:
                served[int(self._sources[at])][int(self._targets[at])] = None
        for source, targets in served.items():
            if all(ended[target] for target in targets):
                names = "、".join(citation_of(self._cards[target]) for target in targets)
                yield source, [indicate("CL-29", (f"所修改、补充或者延长的{names}已经废止或者失效",))]
        based: dict[int, list[int]] = defaultdict(list)
        for at in self._based[ended[self._targets[self._based]] & ~passed[self._sources[self._based]]].tolist():
            if int(self._sources[at]) not in served and (self._bases[at] or self._implements(at)):
                based[int(self._sources[at])].append(at)
        for source, places in based.items():
            yield source, list(map(self._of_basis, places))

    def _of_basis(self, at: int) -> Indicator:
        """CL-18 for a basis that ended; CL-29 for what implements a document that ended without a successor."""
        relation = self._relations[at]
        target = self._cards[relation.target]
        if self._implements(at) and not self._has_successor(relation.target):
            return indicate("CL-29", (f"所实施的{citation_of(target)}已经废止或者失效，没有找到接续的文件",))
        return indicate("CL-18", (f"所依据的{citation_of(target)}已经废止或者失效（{relation.how}）",))

    def _has_successor(self, ended: int) -> bool:
        ending = [at for at in self._relations.to(ended) if self._relations.kind_of(at) in ("废止", SUCCEEDS)]
        return any(not only_ends(self._cards[int(self._sources[at])].title) for at in ending)

    def _serves(self, at: int) -> bool:
        """Whether a document that only changes others, as its title says, changes this one."""
        source = self._cards[int(self._sources[at])]
        unnamed = self._relations.kind_of(at) in _CHANGES and "《" not in source.title
        return unnamed or self._names(at)

    def _implements(self, at: int) -> bool:
        return bool(self._implementing[at]) and self._names(at)

    def _names(self, at: int) -> bool:
        """Whether the title of a document names the other one."""
        source, target = self._cards[int(self._sources[at])], self._cards[int(self._targets[at])]
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
