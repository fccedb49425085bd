"""Last days of documents that later documents prolong: to a day, by a length, or for a length from the disposition; chained in order of time."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipeline.dates import last_day_in_force
from pipeline.register.cards import Card, Reference
from pipeline.register.relations import Relation

PROLONGS = "延长"


def begins(relation: Relation, cards: Sequence[Card]) -> date | None:
    """The day on which a relation takes effect: the one it states, else that of its source; None if neither is known."""
    stated = relation.disposition.since if relation.disposition else None
    return stated or cards[relation.source].since


def prolonged(
    cards: Sequence[Card], relations: Sequence[Relation], as_of: date
) -> Iterator[tuple[Relation, date | None]]:
    """Each prolongation that is declared by `as_of`, earliest first, with the last day that it gives; None if not known."""
    last: dict[int, date | None] = {}
    declared = [
        relation
        for relation in relations
        if relation.kind == PROLONGS and (cards[relation.source].since or date.min) <= as_of
    ]
    measured = {(relation.source, relation.target) for relation in declared if _states_length(relation)}
    declared = [r for r in declared if _states_length(r) or (r.source, r.target) not in measured]
    for relation in sorted(declared, key=lambda r: cards[r.source].made or cards[r.source].since or date.min):
        target = relation.target
        base = last.get(target, cards[target].expires)
        last[target] = _moved(relation.disposition, base, begins(relation, cards)) if relation.disposition else None
        yield relation, last[target]


def _states_length(relation: Relation) -> bool:
    """Whether a prolongation states a last day or a length; its title alone (关于延长《…》有效期的通知) does not."""
    stated = relation.disposition
    return bool(stated and (stated.until or stated.years is not None))


def _moved(disposition: Reference, base: date | None, start: date | None) -> date | None:
    """The new last day of a document that lasted to `base`, by a disposition that takes effect on `start`."""
    if disposition.until or disposition.years is None:
        return disposition.until
    if disposition.anew:
        return last_day_in_force(start, disposition.years) if start else None
    return last_day_in_force(base + timedelta(days=1), disposition.years) if base else None
