"""Official cases (官方案例): provisions that authorities found unlawful or lawful, as facts in our own words, and the nearest ones."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.law.files import read_tsv

UNLAWFUL = "违法"
# cosine from which a case is worth showing, and what a common type adds to it
_LEAST, _SAME_TYPE = 0.14, 0.05


@dataclass(frozen=True, slots=True)
class OfficialCase:
    """A published official decision on a provision.

    `day`: its date (ISO, "" if unknown); `types`: clause types, () for lawful provisions; `verdict`: 违法 or 合法;
    `provision`, `held`, `outcome`: what the provision demanded, why it was held so, and what followed, in our own words;
    `law`: the law and article named.
    """

    id: str
    day: str
    authority: str
    issuer: str
    document: str
    types: tuple[str, ...]
    verdict: str
    provision: str
    held: str
    law: str
    outcome: str

    @property
    def cited(self) -> str:
        """The case in one line: date, authority, provision, what was held, law."""
        when = f"{self.day}，" if self.day else ""
        law = f"（{self.law}）" if self.law else ""
        return f"{when}{self.authority or '有关机关'}：{self.provision.rstrip('。')}——{self.verdict}：{self.held.rstrip('。')}{law}"


@cache
def load_cases() -> tuple[OfficialCase, ...]:
    """All cases of `rules/cases.tsv`."""
    return tuple(
        OfficialCase(**{**row, "types": tuple(filter(None, row["types"].split(",")))})  # type: ignore[arg-type]
        for row in read_tsv("cases.tsv")
    )


def similar_cases(provision: str, types: Sequence[str], number: int = 3) -> list[OfficialCase]:
    """The unlawful cases nearest to a provision among those of its groups of types, at most `number`, nearest first."""
    postings = _postings()
    cosine: dict[int, float] = {}
    vector = _unit(_grams(provision), _rarity())
    for gram, value in vector.items():
        for at, weight in postings.get(gram, ()):
            cosine[at] = cosine.get(at, 0.0) + value * weight
    groups, wanted = {kind[:3] for kind in types}, set(types)
    near = []
    for at, value in cosine.items():
        if value >= _LEAST:
            case = load_cases()[at]
            if case.verdict == UNLAWFUL and not groups.isdisjoint(kind[:3] for kind in case.types):
                near.append((value + _SAME_TYPE * (not wanted.isdisjoint(case.types)), -at))
    return [load_cases()[-at] for _, at in sorted(near, reverse=True)[:number]]


def _grams(text: str) -> Counter[str]:
    bare = "".join(character for character in text if character.isalnum())
    return Counter(bare[at : at + size] for size in (1, 2, 3) for at in range(len(bare) - size + 1))


def _unit(grams: Mapping[str, int], rarity: Mapping[str, float]) -> dict[str, float]:
    values = {gram: (1 + math.log(number)) * rarity[gram] for gram, number in grams.items() if gram in rarity}
    norm = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {gram: value / norm for gram, value in values.items()}


@cache
def _rarity() -> Mapping[str, float]:
    texts = [set(_grams(case.provision)) for case in load_cases()]
    number = Counter(gram for grams in texts for gram in grams)
    return {gram: math.log(len(texts) / count) for gram, count in number.items()}


@cache
def _postings() -> Mapping[str, Sequence[tuple[int, float]]]:
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, case in enumerate(load_cases()):
        for gram, value in _unit(_grams(case.provision), _rarity()).items():
            found[gram].append((at, value))
    return found
