"""The cards of a large register on disk, with their indexes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.register.cards import Card
from pipeline.register.index import RegisterIndex
from pipeline.register.near import Sketches
from pipeline.register.on_disk import DiskSequence


class CardFile(DiskSequence[Card]):
    """Cards on disk in the order in which they were appended; `indexes` and `sketches` grow with them.

    Cards that are read back have no sketch: that is what `sketches` is for.
    """

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self.sketches = Sketches(folder)
        self.indexes = RegisterIndex(self)

    def append(self, value: Card) -> None:
        """Adds a card at the end, and to the indexes."""
        self.indexes.add(value)
        self.sketches.append(len(self), value.sketch)
        super().append(replace(value, sketch=()))


def index_of(cards: Sequence[Card]) -> RegisterIndex:
    """The indexes of cards; those of a `CardFile` exist already."""
    return cards.indexes if isinstance(cards, CardFile) else RegisterIndex(cards)


def sketches_of(cards: Sequence[Card]) -> Sketches:
    """The sketches of cards."""
    if isinstance(cards, CardFile):
        return cards.sketches
    sketches = Sketches()
    for at, card in enumerate(cards):
        sketches.append(at, card.sketch)
    return sketches
