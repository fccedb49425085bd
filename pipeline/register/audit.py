"""Completeness audit of a register (有件必备): serial numbers missing, documents cited or catalogued but not held."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.law import OUTCOMES
from pipeline.register.card_file import index_of
from pipeline.register.cards import Card, Reference
from pipeline.register.catalogues import LISTED
from pipeline.register.index import AMBIGUOUS, Index
from pipeline.register.keys import number_parts

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Audit:
    """What is missing from a register; cards are given by their index.

    - `gaps`: issuing code (代字), year, number of documents held, missing serials as text;
    - `missing`: number of a document that is cited but not held, count of the documents citing it;
    - `unheld`: catalogue, entry and result of catalogued documents that are not held;
    - `contradictions`: card, and the different results that catalogues give it, in Chinese;
    - `unlisted`: cards that no list of documents names; empty where there is no such list;
    - `ambiguous`: title by which documents or catalogues name one of many bodies without telling which, count of these references.
    """

    gaps: tuple[tuple[str, int, int, str], ...]
    missing: tuple[tuple[str, int], ...]
    unheld: tuple[tuple[str, str, str], ...]
    contradictions: tuple[tuple[int, str], ...]
    unlisted: tuple[int, ...] = ()
    ambiguous: tuple[tuple[str, int], ...] = ()


def audit(cards: Sequence[Card], ambiguous: Mapping[str, int] | None = None) -> Audit:
    """Find what is missing from a register and where its catalogues contradict each other; `ambiguous` is that of its `Relations`."""
    index = index_of(cards)
    unclear = Counter(ambiguous or {})
    catalogued = list(_catalogued(cards, index, unclear))
    serials = _serials(cards)
    results: dict[int, dict[str, str]] = defaultdict(dict)
    for source, _, result, targets in catalogued:
        for target in targets if result != LISTED else ():
            results[target].setdefault(result, cards[source].title)
    return Audit(
        gaps=tuple(_gaps(serials)),
        missing=tuple(_missing(cards, index, {code for code, _ in serials})),
        unheld=tuple(
            (cards[s].title, title, OUTCOMES.get(result, "在册，未注明结果"))
            for s, title, result, targets in catalogued
            if not targets and title not in unclear
        ),
        contradictions=tuple(
            (target, "；".join(f"《{title}》列为{OUTCOMES[result]}" for result, title in found.items()))
            for target, found in results.items()
            if len(found) > 1
        ),
        unlisted=tuple(_unlisted(cards, catalogued)),
        ambiguous=tuple(unclear.most_common()),
    )


def _unlisted(cards: Sequence[Card], catalogued: Sequence[tuple[int, str, str, list[int]]]) -> Iterator[int]:
    """Normative documents held that no list names; none where there is no list without cleanup results (`LISTED`)."""
    ledgers = {source for source, _, result, _ in catalogued if result == LISTED}
    named = {target for source, _, _, targets in catalogued if source in ledgers for target in targets}
    for number, card in enumerate(cards) if ledgers else ():
        if number not in named and card.catalogue is None and card.is_normative:
            yield number


def _catalogued(
    cards: Sequence[Card], index: Index, ambiguous: Counter[str]
) -> Iterator[tuple[int, str, str, list[int]]]:
    """Catalogue's card, number or title, result and matching cards of every catalogue entry; adds titles of too many bodies to `ambiguous`."""
    for source in index.catalogued:
        catalogue = cards[source].catalogue
        for entry in catalogue.entries if catalogue else ():
            targets, how = index.find(source, Reference(entry.title, entry.number, "目录"))
            if how == AMBIGUOUS:
                ambiguous[entry.number or entry.title] += 1
            yield source, entry.number or entry.title, entry.result, targets


def _serials(cards: Sequence[Card]) -> dict[tuple[str, int], "array[int]"]:
    """The serials held of each issuing code and year."""
    held: dict[tuple[str, int], array[int]] = defaultdict(lambda: array("i"))
    for card in cards:
        parts = number_parts(card.number) if card.number else None
        if parts:
            held[parts[0], parts[1]].append(parts[2])
    return held


def _gaps(held: Mapping[tuple[str, int], "array[int]"]) -> Iterator[tuple[str, int, int, str]]:
    """Serials missing below the highest one held, for each issuing code and year with at least `_FEWEST` held."""
    for (code, year), found in sorted(held.items()):
        serials = set(found)
        missing = sorted(set(range(1, max(serials))) - serials) if len(serials) >= _FEWEST else []
        if missing:
            yield code, year, len(serials), ranges(missing)


def ranges(numbers: Sequence[int]) -> str:
    """Format ascending numbers as ranges: 1, 2, 3, 7 → 1—3、7."""
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return "、".join(f"{run[0]}—{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _missing(cards: Sequence[Card], index: Index, codes: Collection[str]) -> list[tuple[str, int]]:
    """Numbers of the register's own issuing codes that are cited but not held, most cited first."""
    cited: Counter[str] = Counter()
    for card in cards:
        for number in dict.fromkeys(reference.number for reference in card.references if reference.number):
            parts = number_parts(number)
            if parts and parts[0] in codes and not index.has_number(number):
                cited[number] += 1
    return cited.most_common()
