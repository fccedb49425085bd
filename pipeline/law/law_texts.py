"""Texts of laws with their dates: which text of a law is in force on a day (时效)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipeline.law.statutes import repealed_on, statute_key

# what a doubt is about: whether the text is in force, from which day, or its articles
STATE, COMMENCEMENT, ARTICLES = "效力", "施行日", "条文"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A contradiction about a text: `about` is `STATE`, `COMMENCEMENT` or `ARTICLES`, `says` tells it in Chinese."""

    about: str
    says: str


@dataclass(frozen=True, slots=True)
class LawText:
    """One text of a law.

    `since`: the day from which it is in force; None where not stated. `promulgated`: the day of its publication, None if
    not stated. `until`: the day from which it is not in force any more, None if no end is known; a text that ends on the
    day it begins is never in force. `source`: the package that it comes from with version, "" where a person loaded it;
    `state`: what that package says of it.
    """

    law: str
    since: date | None
    promulgated: date | None = None
    until: date | None = None
    source: str = ""
    state: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def key(self) -> str:
        """The key by which names of laws are compared."""
        return statute_key(self.law)

    @property
    def dated(self) -> bool:
        """Whether it can be told from which day it is in force: a published text without that day is never shown as law."""
        return self.since is not None or self.promulgated is None

    def in_force(self, day: date) -> bool:
        """Whether it is in force on a day as far as its own dates tell; a text without any date always is."""
        return self.dated and (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    def doubts_of_state(self) -> tuple[str, ...]:
        """What speaks against its being in force."""
        return tuple(doubt.says for doubt in self.doubts if doubt.about == STATE)


def standing(texts: Iterable[LawText], day: date) -> tuple[LawText, ...]:
    """Of each law the text in force on a day: the one that took effect last; none of a law repealed by the day."""
    last: dict[str, LawText] = {}
    for text in texts:
        if text.in_force(day) and (text.key not in last or _later(text, last[text.key])):
            last[text.key] = text
    return tuple(text for text in last.values() if repealed_on(text.law, day) is None)


def _later(one: LawText, other: LawText) -> bool:
    """Whether one text took effect after another; of two of the same day the one that a person loaded counts."""
    return ((one.since or date.min), not one.source) > ((other.since or date.min), not other.source)
