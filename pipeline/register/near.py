"""Near duplicates: clusters of cards whose texts are much alike, found by banded MinHash sketches."""

from collections.abc import Iterator, Sequence

from pipeline.register.cards import Card

ALIKE = 0.8
_ROWS = 4


def likeness(one: Card, other: Card) -> float:
    """The estimated share of common shingles of two sketched cards, 0 to 1."""
    if not one.sketch or not other.sketch:
        return 0.0
    return sum(a == b for a, b in zip(one.sketch, other.sketch, strict=True)) / len(one.sketch)


def clusters(cards: Sequence[Card]) -> Iterator[list[int]]:
    """Groups of two or more indices of cards that are alike, each index in one group; linear in the cards.

    A card is compared with the first of each bucket only, so a bucket of a thousand costs a thousand looks.
    """
    parent = list(range(len(cards)))
    buckets: dict[tuple[int, tuple[int, ...]], int] = {}
    for index, card in enumerate(cards):
        for start in range(0, len(card.sketch), _ROWS):
            first = buckets.setdefault((start, card.sketch[start : start + _ROWS]), index)
            if (
                first != index
                and _root(parent, first) != _root(parent, index)
                and likeness(cards[first], card) >= ALIKE
            ):
                parent[_root(parent, index)] = _root(parent, first)
    groups: dict[int, list[int]] = {}
    for index in range(len(cards)):
        groups.setdefault(_root(parent, index), []).append(index)
    yield from (group for group in groups.values() if len(group) > 1)


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index
