"""Registration numbers (统一登记号): patterns of the places that register and number documents centrally."""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.errors import RuleError
from pipeline.law.files import build, read_yaml


@dataclass(frozen=True, slots=True)
class Registration:
    """The pattern of the registration numbers of a place; it must match all examples in `match`."""

    id: str
    place: str
    says: str
    regex: str
    match: tuple[str, ...]
    skip: tuple[str, ...]
    tag: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled `regex`."""
        return re.compile(self.regex)


@cache
def load_registrations() -> tuple[Registration, ...]:
    """The patterns of `rules/registrations.yaml`, in the order of the file.

    Raises `RuleError` for wrong keys or if a pattern does not match its own examples.
    """
    rows = read_yaml("registrations.yaml")
    loaded = tuple(build(Registration, row, "registrations.yaml") for row in rows)
    for scheme in loaded:
        if not all(scheme.pattern.search(text) for text in scheme.match):
            raise RuleError(f"登记号规则{scheme.id}与自己的例子不符", remedy="请改正regex或match")
    return loaded
