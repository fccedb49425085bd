"""Indexes of cards, and what the comparison of all cards needs to know of each, in a few bytes a card."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ahocorasick_rs import AhoCorasick

from pipeline.register.cards import Card, Reference
from pipeline.register.keys import issuer_key, stem, title_keys
from pipeline.register.postings import Postings
from pipeline.register.titles import implements, only_changes

# what is noted of a card (`RegisterIndex.flags`)
YEARLY, CHANGES, IMPLEMENTS = 1, 2, 4
BY_NUMBER, BY_TITLE, AMBIGUOUS = "文号", "题名", "同名"
# bodies that may have made a document of one title; among more of them a title alone tells none
MOST_BODIES = 10


class Index:
    """Cards by number, by title and by issuer."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.cards = cards
        self.catalogued: list[int] = []
        self._numbers, self._made, self._bodies = array("q"), array("i"), array("q")
        self._by_number, self._by_title, self._by_issuer = Postings(), Postings(), Postings()
        self._by_title_and_issuer = Postings()
        self._issuers: dict[str, None] = {}
        self._names: AhoCorasick | None = None
        for card in cards:
            self.add(card)

    def add(self, card: Card) -> None:
        """Adds the next of the cards."""
        at = len(self._numbers)
        self._numbers.append(hash(card.number) if card.number else 0)
        self._made.append(card.made.toordinal() if card.made else 0)
        issuers = {issuer_key(issuer) for issuer in card.issuers} or {""}
        # one whose issuer is not known may be of any body
        self._bodies.append(hash(tuple(sorted(issuers))) if card.issuers else ~at)
        for issuer in map(issuer_key, card.issuers):
            self._by_issuer.add(issuer, at)
        self._issuers.update(dict.fromkeys(issuers))
        if card.number:
            self._by_number.add(card.number, at)
        if card.catalogue is not None:
            self.catalogued.append(at)
        for key in dict.fromkeys(keys_of(card)):
            self._by_title.add(key, at)
            for issuer in issuers:
                self._by_title_and_issuer.add((key, issuer), at)

    def has_number(self, number: str) -> bool:
        """Whether a card has this number."""
        return number in self._by_number

    def of_issuer(self, issuer: str) -> Sequence[int]:
        """The cards of an issuer."""
        return self._by_issuer.of(issuer_key(issuer))

    def titled(self, key: str) -> Sequence[int]:
        """The cards with a key of their title, or of the title of an attached document."""
        return self._by_title.of(key)

    def find(self, source: int, reference: Reference) -> tuple[list[int], str]:
        """The cards that a reference of card `source` refers to, and whether by number or title (`BY_NUMBER`, `BY_TITLE`); ([], "") if none.

        The number is tried first, then the title. ([], `AMBIGUOUS`) where documents of too many bodies have that title.
        """
        found = list(self._with_number(source, reference))
        if found:
            return found, BY_NUMBER
        ambiguous = False
        for key in title_keys(reference.title):
            found = list(self._with_title(source, key, reference))
            if found:
                return found, BY_TITLE
            ambiguous = ambiguous or self._is_ambiguous(source, key)
        return [], AMBIGUOUS if ambiguous else ""

    def first(self, source: int, reference: Reference) -> int | None:
        """The first of the cards that `find` finds, without looking at the others; None if there is none."""
        for found in (
            self._with_number(source, reference),
            *(self._with_title(source, key, reference) for key in title_keys(reference.title)),
        ):
            for index in found:
                return index
        return None

    def _with_number(self, source: int, reference: Reference) -> Iterator[int]:
        held = self._by_number.of(reference.number) if reference.number else ()
        return (index for index in held if index != source)

    def _with_title(self, source: int, key: str, reference: Reference) -> Iterator[int]:
        """The cards of matching title that can be meant: not later, no other number, matching issuer."""
        held = self._by_title.of(key)
        if not held:
            return
        card = self.cards[source]
        made = self._made[source]
        number = hash(reference.number) if reference.number else 0
        for index in self._of_issuers(card, key, reference.title) if card.issuers else self._few(held):
            other_number = number and self._numbers[index] and self._numbers[index] != number
            if index == source or other_number or (made and self._made[index] > made):
                continue
            if not self._made[index] and set(title_keys(card.title)) & set(title_keys(self.cards[index].title)):
                continue  # an undated copy of the source's own attachment
            yield index

    def _of_issuers(self, card: Card, key: str, title: str) -> Sequence[int]:
        """The cards with a key of title that have an issuer in common with a card or one that a title names, and the few that have none."""
        issuers = {*map(issuer_key, card.issuers), *self._named(title)}
        found = {index for issuer in issuers for index in self._by_title_and_issuer.of((key, issuer))}
        return sorted({*found, *self._few(self._by_title_and_issuer.of((key, "")))})

    def _few(self, held: Sequence[int]) -> Sequence[int]:
        """Cards, none if they are of more than `MOST_BODIES` bodies."""
        if len(held) <= MOST_BODIES:
            return held
        bodies: set[int] = set()
        for index in held:
            bodies.add(self._bodies[index])
            if len(bodies) > MOST_BODIES:
                return ()
        return held

    def _is_ambiguous(self, source: int, key: str) -> bool:
        """Whether cards with a key of title were left out because of their number, for a reference of card `source`."""
        held = self._by_title.of(key)
        if len(held) > MOST_BODIES and self.cards[source].issuers:
            held = self._by_title_and_issuer.of((key, ""))
        return len(held) > MOST_BODIES and not self._few(held)

    def _named(self, title: str) -> Iterable[str]:
        """The issuers of the register that a title names."""
        if self._names is None:
            self._names = AhoCorasick([issuer for issuer in self._issuers if issuer])
        return self._names.find_matches_as_strings(title, overlapping=True)


class RegisterIndex(Index):
    """An index with what the comparison of all cards needs: days, subjects of titles, and what titles say of other documents."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.since, self.flags = array("i"), array("B")
        self.subjects = Postings()
        self.forwards: list[int] = []
        super().__init__(cards)

    def add(self, card: Card) -> None:
        """Adds the next of the cards."""
        at = len(self.since)
        super().add(card)
        self.since.append(card.since.toordinal() if card.since else 0)
        yearly = any(indicator.id in ("CL-15", "CL-16") for indicator in card.cleanup.indicators)
        told = YEARLY * yearly | CHANGES * only_changes(card.title) | IMPLEMENTS * implements(card.title)
        self.flags.append(told)
        subject = stem(card.title) if card.title and card.since and card.issuers and not yearly else ""
        if subject:
            self.subjects.add((subject, issuer_key(card.issuers[0])), at)
        if "转发" in card.title:
            self.forwards.append(at)

    def made_order(self, card: int) -> tuple[int, int]:
        """The place of a card where cards are ordered by the day on which they were made; without a day they come last."""
        return self._made[card] or date.max.toordinal(), card


def keys_of(card: Card) -> Iterator[str]:
    """The title keys of a card and of its attached documents."""
    return (key for title in (card.title, *card.attached) if title for key in title_keys(title))
