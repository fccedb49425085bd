"""Places (行政区划): the province to which the name of a body or a text belongs."""

import re
from collections import Counter
from functools import cache

from pipeline.law.files import read_yaml

# banks, customs offices and regulators named after a city are bodies of the central state, not of the city
_OF_THE_STATE = re.compile("海关|银行|总部|证券|监管局|税务局|交易所|铁路|口岸|协会|公司|大学|学院|集团")
_AFTER = re.compile("[省市区县]|自治")


@cache
def known_places() -> dict[str, str]:
    """Every name of `places.yaml` with its province; a province is mapped to itself."""
    provinces = read_yaml("places.yaml")
    return {name: province for province, names in provinces.items() for name in (province, *names)}


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, known_places()), key=len, reverse=True)))


def province_of(name: str) -> str | None:
    """The province of a body by its name (益阳市赫山区人民政府 → 湖南), None if the name contains no known place.

    Bodies of the central state named after a city (上海海关) belong to no province.
    """
    match = _pattern().search(name)
    if match is None or _OF_THE_STATE.search(name[match.end() :]):
        return None
    return known_places()[match[0]]


def province_in(text: str) -> str | None:
    """The province that a text is about: named at least twice and more than twice as often as any other; else None."""
    counts = Counter(
        known_places()[match[0]]
        for match in _pattern().finditer(text)
        if _AFTER.match(text, match.end()) or match[0][-1] in "市区县"
    )
    (first, count), (_, next_count) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    return first if count >= 2 and count > 2 * next_count else None


@cache
def _ending() -> re.Pattern[str]:
    return re.compile(f"(?:{_pattern().pattern})[省市区县州]?$")


def place_before(text: str, at: int) -> str:
    """The name of a known place that ends at an offset (深圳市 before 中心支行), "" if there is none."""
    match = _ending().search(text, max(0, at - 6), at)
    return match[0] if match else ""
