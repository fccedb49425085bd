"""Relations between the documents of a register: repeal, amendment, prolongation, replacement, copy."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import overload

import numpy as np
import numpy.typing as npt

from pipeline.register.card_file import index_of, sketches_of
from pipeline.register.cards import Card, Reference
from pipeline.register.index import AMBIGUOUS, BY_NUMBER, RegisterIndex
from pipeline.register.keys import issuer_key, title_keys
from pipeline.register.near import clusters

# 废止, 修改, 延长, 依据, 引用 are stated by the source document; these kinds are found by comparison
SUCCEEDS, MIRROR, COPY, REUSE, FORWARDS = "取代", "同一文件", "重复", "文字雷同", "转发"
_EVIDENCE = {
    SUCCEEDS: "同一制定机关、题名主干相同、日期在后", FORWARDS: "题名写明转发该文件",
    **dict.fromkeys((MIRROR, COPY, REUSE), "正文五字片段八成以上相同"),
}  # fmt: skip
_MONTH = 28
_COMPARED = -1


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of kind `kind` from card `source` to card `target` (indexes of cards).

    `how` is the evidence, in Chinese; `disposition` the reference of the source that states it, None if found by comparison.
    """

    kind: str
    source: int
    target: int
    how: str
    disposition: Reference | None = None


class Relations(Sequence[Relation]):
    """The relations of a register in fourteen bytes each; each is made anew, from its cards, when it is asked for. `indexes` are those of the cards."""

    def __init__(self, index: RegisterIndex) -> None:
        self.indexes = index
        # titles that documents of too many bodies have, and how many references by them were therefore left open
        self.ambiguous: Counter[str] = Counter()
        self._cards = index.cards
        self._names: list[str] = []
        self._kinds, self._sources, self._targets = array("B"), array("i"), array("i")
        # the number of the reference of the source that states it, else `_COMPARED`; whether it was found by number
        self._references, self._numbered = array("i"), array("B")
        self._sorted: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None

    def add(self, kind: str, source: int, target: int, reference: int = _COMPARED, *, numbered: bool = False) -> None:
        """Adds a relation; one that a document states with the number of its reference there, and whether the target has its number."""
        if kind not in self._names:
            self._names.append(kind)
        self._kinds.append(self._names.index(kind))
        self._sources.append(source)
        self._targets.append(target)
        self._references.append(reference)
        self._numbered.append(numbered)

    def __len__(self) -> int:
        return len(self._kinds)

    @overload
    def __getitem__(self, at: int) -> Relation: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Relation]: ...
    def __getitem__(self, at: int | slice) -> Relation | Sequence[Relation]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        kind, source, target = self._names[self._kinds[at]], self._sources[at], self._targets[at]
        if self._references[at] == _COMPARED:
            return Relation(kind, source, target, _EVIDENCE[kind])
        reference = self._cards[source].references[self._references[at]]
        how = f"文号{reference.number}" if self._numbered[at] else f"题名《{reference.title}》"
        return Relation(kind, source, target, how, reference)

    def kind_of(self, at: int) -> str:
        """The kind of a relation."""
        return self._names[self._kinds[at]]

    @property
    def sources(self) -> npt.NDArray[np.int32]:
        """The source of each relation."""
        return np.array(self._sources, np.int32)

    @property
    def targets(self) -> npt.NDArray[np.int32]:
        """The target of each relation."""
        return np.array(self._targets, np.int32)

    def pairs(self) -> npt.NDArray[np.int64]:
        """Source and target of each relation in one number: source times the number of cards, plus target."""
        return self.sources.astype(np.int64) * len(self._cards) + self.targets

    def places(self, *kinds: str) -> npt.NDArray[np.int64]:
        """The places of the relations of some kinds, ascending."""
        wanted = [at for at, name in enumerate(self._names) if name in kinds]
        return np.flatnonzero(np.isin(np.array(self._kinds, np.uint8), wanted))

    def to(self, target: int) -> Sequence[int]:
        """The places of the relations to a card, ascending. After the first question no relation is added."""
        if self._sorted is None:
            counts = np.bincount(self.targets, minlength=len(self._cards))
            self._sorted = np.argsort(self.targets, kind="stable"), np.append(0, np.cumsum(counts))
        order, starts = self._sorted
        places: list[int] = order[starts[target] : starts[target + 1]].tolist()
        return places


def share_issuer(one: Card, other: Card) -> bool:
    """Whether two cards have an issuer in common."""
    return bool(set(map(issuer_key, one.issuers)) & set(map(issuer_key, other.issuers)))


def relate(cards: Sequence[Card]) -> Relations:
    """All relations between cards: first those that documents state, then those found by comparison."""
    index = index_of(cards)
    found = Relations(index)
    _add_stated(found, index)
    known = np.sort(found.pairs())
    for later, earlier in _successors(index):
        pair = later * len(cards) + earlier
        at = int(np.searchsorted(known, pair))
        if at == len(known) or known[at] != pair:
            found.add(SUCCEEDS, later, earlier)
    for group in clusters(sketches_of(cards)):
        first = cards[group[0]]
        for other in group[1:]:
            found.add(_kind(first, cards[other]), other, group[0])
    for source, target in _forwarded(index):
        found.add(FORWARDS, source, target)
    return found


def _add_stated(found: Relations, index: RegisterIndex) -> None:
    for source, card in enumerate(index.cards):
        for number, reference in enumerate(card.references):
            targets, how = index.find(source, reference)
            if how == AMBIGUOUS:
                found.ambiguous[reference.title] += 1
            for target in targets:
                found.add(reference.kind, source, target, number, numbered=how == BY_NUMBER)


def _successors(index: RegisterIndex) -> Iterator[tuple[int, int]]:
    """Documents of the same issuer and title stem: the later one replaces the earlier (for a person to confirm)."""
    since = index.since
    for group in index.subjects.shared():
        for earlier, later in pairwise(sorted(group, key=since.__getitem__)):
            if since[later] - since[earlier] > _MONTH:
                yield later, earlier


def _kind(one: Card, other: Card) -> str:
    """The relation of two cards of similar text: same document, duplicate by the same issuer, or reused text."""
    if (one.digest and one.digest == other.digest) or (one.number and one.number == other.number):
        return MIRROR
    titled = bool(one.title and other.title)
    if titled and not set(title_keys(one.title)) & set(title_keys(other.title)):
        return REUSE
    if one.number and other.number:
        return COPY if titled and share_issuer(one, other) else REUSE
    near = share_issuer(one, other) or not one.issuers or not other.issuers
    if near and (one.made == other.made or (titled and None in (one.made, other.made))):
        return MIRROR
    return COPY if titled and near else REUSE


def _forwarded(index: RegisterIndex) -> Iterator[tuple[int, int]]:
    """转发: a document that forwards an earlier document of another issuer, with that document."""
    cards = index.cards
    for at in sorted(index.forwards, key=index.made_order):
        card = cards[at]
        for key in title_keys(card.title)[1:]:
            owner = min(index.titled(key), key=index.made_order, default=at)
            if index.made_order(owner) < index.made_order(at) and not share_issuer(card, cards[owner]):
                yield at, owner
                break
