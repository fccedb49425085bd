"""Relations between the documents of a register: repeal, amendment, prolongation, replacement, copy."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, pairwise

from pipeline.register.cards import Card, Reference
from pipeline.register.keys import issuer_key, stem, title_keys
from pipeline.register.near import clusters

# 废止, 修改, 延长, 依据, 引用 are stated by the source document; these kinds are found by comparison
SUCCEEDS, MIRROR, COPY, REUSE, FORWARDS = "取代", "同一文件", "重复", "文字雷同", "转发"
_MONTH = 28


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


class Index:
    """Indexes of cards by number key, by title key and by issuer key."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.cards = cards
        self.by_number: dict[str, list[int]] = defaultdict(list)
        self.by_title: dict[str, list[int]] = defaultdict(list)
        self.by_issuer: dict[str, list[int]] = defaultdict(list)
        for index, card in enumerate(cards):
            for issuer in card.issuers:
                self.by_issuer[issuer_key(issuer)].append(index)
            if card.number:
                self.by_number[card.number].append(index)
            keys = {key for title in (card.title, *card.attached) if title for key in title_keys(title)}
            for key in keys:
                self.by_title[key].append(index)

    def find(self, source: int, reference: Reference) -> tuple[list[int], str]:
        """The cards that a reference of card `source` refers to, and the evidence in Chinese; ([], "") if none.

        The number is tried first, then the title.
        """
        found = list(self._with_number(source, reference))
        if found:
            return found, f"文号{reference.number}"
        for key in title_keys(reference.title):
            found = list(self._with_title(source, key, reference))
            if found:
                return found, f"题名《{reference.title}》"
        return [], ""

    def first(self, source: int, reference: Reference) -> int | None:
        """The first of the cards that `find` finds, without looking at the others; None if there is none."""
        titled = (self._with_title(source, key, reference) for key in title_keys(reference.title))
        return next(chain(self._with_number(source, reference), chain.from_iterable(titled)), None)

    def _with_number(self, source: int, reference: Reference) -> Iterator[int]:
        held = self.by_number.get(reference.number, ()) if reference.number else ()
        return (index for index in held if index != source)

    def _with_title(self, source: int, key: str, reference: Reference) -> Iterator[int]:
        card = self.cards[source]
        held = self.by_title.get(key, ())
        return (index for index in held if index != source and self._may_be(card, self.cards[index], reference))

    def _may_be(self, source: Card, target: Card, reference: Reference) -> bool:
        """Whether a card of matching title can be the target: not later, no other number, matching issuer."""
        if reference.number and target.number and target.number != reference.number:
            return False
        if target.made is None and set(title_keys(source.title)) & set(title_keys(target.title)):
            return False  # an undated copy of the source's own attachment
        if source.made and target.made and target.made > source.made:
            return False
        if not source.issuers or not target.issuers:
            return True
        named = reference.title
        return share_issuer(source, target) or any(issuer_key(issuer) in named for issuer in target.issuers)


def share_issuer(one: Card, other: Card) -> bool:
    """Whether two cards have an issuer in common."""
    return bool(set(map(issuer_key, one.issuers)) & set(map(issuer_key, other.issuers)))


def relate(cards: Sequence[Card]) -> list[Relation]:
    """All relations between cards: first those that documents state, then those found by comparison."""
    index = Index(cards)
    found = list(_stated(index))
    found.extend(_successors(cards, {(relation.source, relation.target) for relation in found}))
    found.extend(_alike(cards))
    found.extend(_forwarded(cards))
    return found


def _stated(index: Index) -> Iterator[Relation]:
    for source, card in enumerate(index.cards):
        for reference in card.references:
            targets, how = index.find(source, reference)
            for target in targets:
                yield Relation(reference.kind, source, target, how, reference)


def _successors(cards: Sequence[Card], known: set[tuple[int, int]]) -> Iterator[Relation]:
    """Documents of the same issuer and title stem: the later one replaces the earlier (for a person to confirm)."""
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, card in enumerate(cards):
        subject = stem(card.title) if card.title and card.since and card.issuers else ""
        if subject and not _yearly(card):
            groups[subject, issuer_key(card.issuers[0])].append(index)
    for group in groups.values():
        ordered = sorted(group, key=lambda index: cards[index].since or date.min)
        for earlier, later in pairwise(ordered):
            first, second = cards[earlier].since, cards[later].since
            if first and second and (second - first).days > _MONTH and (later, earlier) not in known:
                same = "同一制定机关、题名主干相同、日期在后"
                yield Relation(SUCCEEDS, later, earlier, same)


def _yearly(card: Card) -> bool:
    return any(indicator.id in ("CL-15", "CL-16") for indicator in card.cleanup.indicators)


def _alike(cards: Sequence[Card]) -> Iterator[Relation]:
    for group in clusters(cards):
        first = group[0]
        for other in group[1:]:
            yield Relation(_kind(cards[first], cards[other]), other, first, "正文五字片段八成以上相同")


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


def _forwarded(cards: Sequence[Card]) -> Iterator[Relation]:
    """转发: a document that forwards an earlier document of another issuer."""
    owners: dict[str, int] = {}
    ordered = sorted(range(len(cards)), key=lambda index: cards[index].made or date.max)
    for index in ordered:
        card = cards[index]
        carried = title_keys(card.title)[1:] if "转发" in card.title else ()
        known = [owners[key] for key in carried if key in owners]
        foreign = [owner for owner in known if not share_issuer(card, cards[owner])]
        yield from (Relation(FORWARDS, index, owner, "题名写明转发该文件") for owner in foreign[:1])
        for key in {key for title in (card.title, *card.attached) if title for key in title_keys(title)}:
            owners.setdefault(key, index)
