"""Official cases (官方案例): provisions that authorities found unlawful or lawful, as facts in our own words, and the nearest ones."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import add
from typing import TYPE_CHECKING

from pipeline.law.files import read_tsv

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Places = npt.NDArray[np.int64]
    Weights = npt.NDArray[np.float64]

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
        """The case in one line: date, authority, paper, provision, what was held, law, outcome."""
        when = f"{self.day}，" if self.day else ""
        paper = f"就{self.paper}" if self.paper else ""
        law = f"（{self.law}）" if self.law else ""
        outcome = f"；结果：{self.outcome.rstrip('。')}" if self.outcome else ""
        held = f"{self.verdict}：{self.held.rstrip('。')}{law}{outcome}"
        return f"{when}{self.authority or '有关机关'}{paper}：{self.provision.rstrip('。')}——{held}"

    @property
    def paper(self) -> str:
        """The paper that the case is about, with who issued it: 某县教育局《关于…的通知》."""
        return f"{self.issuer}{self.document}"


@cache
def load_cases() -> tuple[OfficialCase, ...]:
    """All cases of `rules/cases.tsv`."""
    return tuple(
        OfficialCase(**{**row, "types": tuple(filter(None, row["types"].split(",")))})  # type: ignore[arg-type]
        for row in read_tsv("cases.tsv")
    )


def similar_cases(provision: str, types: Sequence[str], number: int = 3) -> list[OfficialCase]:
    """The unlawful cases nearest to a provision among those of its groups of types, at most `number`, nearest first."""
    cosine = _cosines(_unit(_grams(provision), _rarity()))
    groups, wanted = {kind[:3] for kind in types}, set(types)
    near = []
    for at in (cosine >= _LEAST).nonzero()[0].tolist():
        case = load_cases()[at]
        if case.verdict == UNLAWFUL and not groups.isdisjoint(kind[:3] for kind in case.types):
            near.append((float(cosine[at]) + _SAME_TYPE * (not wanted.isdisjoint(case.types)), -at))
    return [load_cases()[-at] for _, at in sorted(near, reverse=True)[:number]]


def nearest_cases(provision: str, number: int = 3) -> list[tuple[OfficialCase, float]]:
    """The cases nearest to a provision, unlawful and lawful ones of all types, with their likeness from 0 to 1; nearest first.

    At most `number`; fewer where no more are worth showing.
    """
    cosine = _cosines(_unit(_grams(provision), _rarity()))
    near = sorted(((float(cosine[at]), -at) for at in (cosine >= _LEAST).nonzero()[0].tolist()), reverse=True)
    return [(load_cases()[-at], round(likeness, 2)) for likeness, at in near[:number]]


def _cosines(vector: Mapping[str, float]) -> "Weights":
    """The cosine of each case with a provision, of which the unit-length row is given."""
    import numpy as np  # short commands read this module too, and do without

    known = _postings()
    found = [(known[gram], value) for gram, value in vector.items() if gram in known]
    if not found:
        return np.zeros(len(load_cases()))
    places = np.concatenate([places for (places, _), _ in found])
    products = np.concatenate([weights * value for (_, weights), value in found])
    cosines: Weights = np.bincount(places, products, len(load_cases())).astype(np.float64)
    return cosines


def _grams(text: str) -> Counter[str]:
    bare = "".join(filter(str.isalnum, text))
    pairs = list(map(add, bare, bare[1:]))
    return Counter([*bare, *pairs, *map(add, pairs, bare[2:])])


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
def _postings() -> "Mapping[str, tuple[Places, Weights]]":
    """The cases of each gram by their places in `load_cases`, and the weight of the gram in each."""
    found: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for at, case in enumerate(load_cases()):
        for gram, value in _unit(_grams(case.provision), _rarity()).items():
            found[gram].append((at, value))
    return {gram: _arrays(cases) for gram, cases in found.items()}


def _arrays(cases: Sequence[tuple[int, float]]) -> "tuple[Places, Weights]":
    import numpy as np

    return np.array([at for at, _ in cases], dtype=np.int64), np.array([value for _, value in cases])
