"""Near duplicates: clusters of cards with similar texts, found by banded MinHash (LSH) sketches."""

from collections.abc import Iterator, Sequence

from pipeline.register.cards import Card

ALIKE = 0.8
_ROWS = 4


def likeness(one: Card, other: Card) -> float:
    """The estimated Jaccard similarity of two sketched cards, 0 to 1; 0 if either has no sketch."""
    if not one.sketch or not other.sketch:
        return 0.0
    return sum(a == b for a, b in zip(one.sketch, other.sketch, strict=True)) / len(one.sketch)


def clusters(cards: Sequence[Card]) -> Iterator[list[int]]:
    """Yield groups of two or more indexes of cards with similarity of at least `ALIKE`; no index is in two groups.

    A card is compared only with the first card of each of its buckets, so the cost is linear in the number of cards.
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
