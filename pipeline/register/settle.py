"""Final cleanup proposals: indicators that only the register shows (CL-05 to CL-08, CL-18, CL-22 to CL-24)."""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import overload

import numpy as np

from pipeline.assess import CONFIDENCES, indicate, inform, weigh
from pipeline.document import Cleanup, Indicator
from pipeline.law import OUTCOMES, load_registrations
from pipeline.register.card_file import CardFile
from pipeline.register.cards import Card, Reference
from pipeline.register.catalogues import LISTED, Catalogue, Entry
from pipeline.register.index import BY_NUMBER, Index
from pipeline.register.keys import title_keys
from pipeline.register.last_days import PROLONGS, begins, prolonged
from pipeline.register.left_over import citation_of, ends, left_over, with_left_over
from pipeline.register.on_disk import DiskSequence
from pipeline.register.relations import COPY, SUCCEEDS, Relation, Relations

# the kinds of relations that tell something of their target
_TELLING = ("废止", "修改", SUCCEEDS, COPY)
_BY_TERM = ("CL-01", "CL-02", "CL-03", "CL-04")
_LISTED = {"keep": "CL-05", "amend": "CL-05", "repeal": "CL-06", "lapse": "CL-06"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """The proposal for a card: the cleanup with all its indicators, and the last day in force (None if not known)."""

    cleanup: Cleanup
    expires: date | None


class Proposals(Sequence[Proposal]):
    """The proposals of cards: those of each alone, and what follows from the others for some of them."""

    def __init__(self, alone: Sequence[Proposal], left: Mapping[int, Sequence[Indicator]]) -> None:
        self._alone, self._left = alone, left

    def __len__(self) -> int:
        return len(self._alone)

    @overload
    def __getitem__(self, at: int) -> Proposal: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Proposal]: ...
    def __getitem__(self, at: int | slice) -> Proposal | Sequence[Proposal]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        return self._followed_up(at % len(self) if at < 0 else at, self._alone[at])

    def __iter__(self) -> Iterator[Proposal]:
        return (self._followed_up(at, proposal) for at, proposal in enumerate(self._alone))

    def _followed_up(self, at: int, proposal: Proposal) -> Proposal:
        """A proposal with what follows for a document that lives with, or is based on, one that ends (CL-18, CL-29)."""
        left = self._left.get(at)
        return Proposal(with_left_over(proposal.cleanup, left), proposal.expires) if left else proposal


def settle(cards: Sequence[Card], relations: Relations, as_of: date) -> Proposals:
    """Propose a cleanup outcome for every card, in the order of the cards.

    `relations` are those of `relate(cards)`. Relations and catalogues of documents that apply only after `as_of`
    are ignored.
    """
    later: dict[int, list[Indicator]] = defaultdict(list)
    last_days: dict[int, date | None] = {}
    for relation, until in prolonged(cards, [relations[at] for at in relations.places(PROLONGS).tolist()], as_of):
        later[relation.target].append(_of_prolongation(relation, cards[relation.source], until))
        last_days[relation.target] = until
    for target, indicator, until in _of_catalogues(cards, relations, as_of):
        later[target].append(indicator)
        if until:
            last_days[target] = until
    schemes = {scheme.place for scheme in load_registrations()}
    proposals: DiskSequence[Proposal] | list[Proposal] = (
        DiskSequence(cards.folder) if isinstance(cards, CardFile) else []
    )
    ended = array("B")
    for at, card in enumerate(cards):
        added = [*_of_relations(at, cards, relations, as_of), *later.get(at, ()), *_unregistered(card, schemes)]
        proposal = _propose(card, added, last_days.get(at, _NEVER), as_of)
        proposals.append(proposal)
        ended.append(ends(proposal.cleanup))
    return Proposals(proposals, left_over(cards, relations, ended))


_NEVER = date.min  # the document was not prolonged; None: prolonged without a last day


def _of_relations(at: int, cards: Sequence[Card], relations: Relations, as_of: date) -> Iterator[Indicator]:
    """The indicators that the relations to a card give it."""
    for place in relations.to(at):
        if relations.kind_of(place) in _TELLING:
            relation = relations[place]
            since = begins(relation, cards)
            if not (since and since > as_of) and not _has_taken_in(relation, cards):
                yield from _of_relation(relation, cards[relation.source])


def _has_taken_in(relation: Relation, cards: Sequence[Card]) -> bool:
    """Whether a relation amends a document whose text says that it is amended by it already (根据…《…的决定》修正)."""
    source, target = cards[relation.source], cards[relation.target]
    if relation.kind != "修改":
        return False
    keys = set(title_keys(source.title))
    cited = (one for one in target.references if one.kind in ("引用", "依据"))
    return any((one.number and one.number == source.number) or keys & set(title_keys(one.title)) for one in cited)


def _of_relation(relation: Relation, source: Card) -> Iterator[Indicator]:
    """The indicators that a relation gives its target."""
    when = f"（{source.since}）" if source.since else ""
    part = relation.disposition.part if relation.disposition else None
    if relation.kind == "废止":
        yield indicate("CL-06", (f"已被{citation_of(source)}{when}废止（{relation.how}）",))
    elif relation.kind == "修改" and part:
        says = f"“{part}”已被{citation_of(source)}{when}废止或者修改（{relation.how}），其余部分不受影响"
        yield inform("CL-28", (says,))
    elif relation.kind == "修改":
        says = f"已被{citation_of(source)}{when}修改（{relation.how}），文本没有写明据此修正，不是现行文本的，请取修改后的文本核对"
        yield inform("CL-28", (says,))
    elif relation.kind == SUCCEEDS:
        yield indicate(
            "CL-07", (f"同一机关后来制定了{citation_of(source)}{when}（{relation.how}），请确认是否全面取代",)
        )
    elif relation.kind == COPY:
        yield inform("CL-23", (f"与{citation_of(source)}文字基本相同（{relation.how}），请核对是否重复发文",))


def _of_prolongation(relation: Relation, source: Card, until: date | None) -> Indicator:
    when = f"（{source.since}）" if source.since else ""
    to = f"至{until}" if until else ""
    return inform("CL-05", (f"{citation_of(source)}{when}延长有效期或者决定继续适用{to}（{relation.how}）",))


def _of_catalogues(
    cards: Sequence[Card], relations: Relations, as_of: date
) -> Iterator[tuple[int, Indicator, date | None]]:
    """Index, indicator and new last day of cards by published catalogues: result, residual clause, missed deadline."""
    index = relations.indexes
    changed = np.zeros(len(cards), bool)
    changed[relations.targets[relations.places("修改", SUCCEEDS)]] = True
    for source in index.catalogued:
        card = cards[source]
        if card.catalogue is None or (card.since and card.since > as_of):
            continue
        listed: set[int] = set()
        for entry in card.catalogue.entries:
            targets, how = index.find(source, Reference(entry.title, entry.number, "目录"))
            listed.update(targets)
            for target in _told_by_entry(entry, targets, relations, source):
                named = f"文号{entry.number}" if how == BY_NUMBER else f"题名《{entry.title}》"
                says = f"{citation_of(card)}列入{OUTCOMES[entry.result]}目录（{named}）"
                late = entry.result == "amend" and _too_late(card.catalogue, bool(changed[target]), as_of)
                yield target, _listed(entry.result, says, late=late), entry.until
        if card.catalogue.residual:
            yield from ((target, indicator, None) for target, indicator in _unlisted(index, source, listed))


def _unregistered(card: Card, schemes: Collection[str]) -> Iterator[Indicator]:
    """CL-22: no registration number in a place that registers documents centrally; info only, as copies may lack it."""
    if card.is_normative and card.place in schemes and card.registration is None and card.number:
        says = f"{card.place}实行统一登记、编号，文件上没有找到统一登记号，请核对原件"
        yield inform("CL-22", (says,))


def _told_by_entry(entry: Entry, targets: Iterable[int], relations: Relations, source: int) -> list[int]:
    """The targets to which an entry of a catalogue gives its result: none without a result, none that the text around it repeals itself."""
    if entry.result == LISTED:
        return []
    return [target for target in targets if entry.result != "repeal" or not _repeals(relations, source, target)]


def _repeals(relations: Relations, source: int, target: int) -> bool:
    """Whether a card repeals another one by a relation."""
    return any(
        relations.kind_of(place) == "废止" and relations[place].source == source for place in relations.to(target)
    )


def _too_late(catalogue: Catalogue, changed: bool, as_of: date) -> bool:
    return catalogue.deadline is not None and catalogue.deadline < as_of and not changed


def _listed(result: str, says: str, *, late: bool) -> Indicator:
    if late:
        return indicate("CL-24", (f"{says}，规定的期限已过而没有修改，按目录规定失效",))
    kind = _LISTED[result]
    return inform(kind, (says,)) if result == "keep" else indicate(kind, (says,), outcome=result)


def _unlisted(index: Index, source: int, listed: set[int]) -> Iterator[tuple[int, Indicator]]:
    """未列入继续有效目录的一律不再执行: earlier documents of the same issuer that are not listed."""
    cards = index.cards
    card = cards[source]
    catalogue = card.catalogue
    before = (catalogue.cutoff if catalogue else None) or card.made
    if before is None:
        return
    says = f"{citation_of(card)}规定未列入继续有效目录的不再执行，本件早于{before}制定而未被列入"
    for issued in {other for issuer in card.issuers for other in index.of_issuer(issuer)} - listed:
        other = cards[issued]
        if issued != source and other.is_normative and other.made and other.made < before:
            yield issued, indicate("CL-08", (says,))


def _propose(card: Card, added: Sequence[Indicator], until: date | None, as_of: date) -> Proposal:
    own = card.cleanup
    if not added:
        return Proposal(own, card.expires)
    expires = card.expires if until is _NEVER else until
    kept = [indicator for indicator in own.indicators if indicator.id != "CL-27"]
    if any(indicator.id == "CL-05" and indicator.outcome == "keep" for indicator in added):
        kept = [indicator for indicator in kept if indicator.id not in (*_BY_TERM, "CL-30")]
        if until is not _NEVER and until is not None and until < as_of:
            kept.append(indicate("CL-01", (f"延长后的有效期至{until}，已经届满",)))
    if own.outcome == "not_applicable" and not any(indicator.id == "CL-06" for indicator in added):
        return Proposal(own, expires)
    return Proposal(_as_sure_as(own, weigh([*kept, *added])), expires)


def _as_sure_as(own: Cleanup, settled: Cleanup) -> Cleanup:
    """The settled cleanup, not surer than that of the document alone where both keep it: what was in doubt there still is.

    A prolongation or listing (CL-05) settles the age, not clauses that have to be read first.
    """
    if own.outcome != "keep" or settled.outcome != "keep":
        return settled
    confirmed = any(indicator.id == "CL-05" for indicator in settled.indicators)
    if confirmed and own.confidence != CONFIDENCES[-1]:
        return settled
    return replace(settled, confidence=max(own.confidence, settled.confidence, key=CONFIDENCES.index))
