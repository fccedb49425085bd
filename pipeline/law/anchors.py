"""Anchors: sets of words such that every text that a pattern matches contains a word of each set.

They are derived from the parsed pattern. A cheap scan for anchors selects the few sentences on which patterns are
tried. Of all sets that a pattern guarantees, the one that is rarest in official texts is used; where even that is
frequent, a word of a second set is required as well.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from pipeline.errors import RuleError
from pipeline.law.patterns import Pattern

# estimated occurrences per million characters of a word that has no counted frequency, by its length
_BY_LENGTH = {1: 15.0, 2: 6.0, 3: 2.0}
_RARE = 0.7
_MAX_WORDS = 400
_MAX_PRODUCT = 60
_MOST_NEEDS = 4
_FEW = 3
# occurrences per million characters: above the first a second set is required, if that has fewer than the second
_OFTEN = 600.0
_TOO_OFTEN = 3000.0
# escaped characters and character classes are skipped; groups and bars are structure
_STRUCTURE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)

Words = frozenset[str]
Frequencies = Mapping[str, float]
# words of which a text must contain one: few are searched one by one, which is faster, many by a pattern
Need = tuple[str, ...] | Pattern


@dataclass(frozen=True, slots=True)
class Anchors:
    """Words that a text must contain for a pattern to match: one of `first`, one of `second`, one of each of `needs`.

    `second` equals `first` where that is rare enough alone.
    """

    first: tuple[str, ...]
    second: tuple[str, ...]
    needs: tuple[Need, ...]


def find_anchors(pattern: str, common: Frequencies) -> Anchors:
    """The anchors of a pattern: the rarest sets of words that it guarantees.

    `common` gives occurrences of words per million characters of official texts. Raises `RuleError` if the pattern can
    match a text without any fixed word.
    """
    ranked = _ranked(_guaranteed(parser.parse(pattern), common), common)
    best, others = (ranked[0], ranked[1:]) if ranked else (frozenset(), [])
    if not best:
        raise RuleError(f"规则的pattern可以不含任何固定的词：{pattern[:40]}", remedy="请在每一种说法里写上必有的词")
    others = [words for words in others if words and not words >= best]
    second = best
    if others and _sum(best, common) > _OFTEN and _sum(others[0], common) < _TOO_OFTEN:
        second, others = others[0], others[1:]
    return Anchors(tuple(sorted(best)), tuple(sorted(second)), tuple(_as_need(words) for words in others[:_MOST_NEEDS]))


def _as_need(words: Words) -> Need:
    listed = sorted(words)
    return tuple(listed) if len(listed) <= _FEW else Pattern("|".join(map(re.escape, listed)))


def contains_any(need: Need, text: str, start: int, end: int) -> bool:
    """Whether a text contains one of the words between two offsets."""
    if not isinstance(need, tuple):
        return need.search(text, start, end) is not None
    for word in need:  # noqa: SIM110 - any() takes three times as long, and this runs for every rule of every sentence
        if text.find(word, start, end) >= 0:
            return True
    return False


def certain_words(pattern: str) -> set[str]:
    """All words of all sets that a pattern guarantees."""
    return {word for words in _guaranteed(parser.parse(pattern), {}) for word in words if word}


def alternatives(pattern: str) -> Iterator[str]:
    """Split a pattern at its top-level bars; each alternative has its own anchors, rarer than those of the whole."""
    begun = depth = 0
    for mark in _STRUCTURE.finditer(pattern):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if mark[0] == "|" and not depth:
            yield pattern[begun : mark.start()]
            begun = mark.end()
    yield pattern[begun:]


def _guaranteed(parsed: Any, common: Frequencies) -> Iterator[Words]:
    """Sets of words of which one must occur, one set for each contiguous part of the pattern that has fixed text."""
    run: Words = frozenset([""])
    for code, value in parsed:
        here = _exactly(code, value)
        if here is not None and len(run) * len(here) <= _MAX_PRODUCT:
            run = frozenset(left + right for left in run for right in here)
            continue
        if here is not None:
            yield run
            run = here
            continue
        yield run
        run = frozenset([""])
        yield from _inside(code, value, common)
    yield run


def _exactly(code: Any, value: Any) -> Words | None:
    """All texts that a node of the parsed pattern can match if they are few and fixed, else None."""
    if code is codes.LITERAL:
        return frozenset([chr(value)])
    if code is codes.IN and all(kind is codes.LITERAL for kind, _ in value):
        return frozenset(chr(character) for _, character in value)
    if code is codes.AT or code in {codes.ASSERT, codes.ASSERT_NOT}:
        return frozenset([""])
    if code is codes.SUBPATTERN:
        return _sequence(value[3])
    if code is codes.BRANCH:
        branches = [_sequence(branch) for branch in value[1]]
        known = [words for words in branches if words is not None]
        return frozenset().union(*known) if len(known) == len(branches) else None
    return None


def _sequence(parsed: Any) -> Words | None:
    run: Words = frozenset([""])
    for code, value in parsed:
        here = _exactly(code, value)
        if here is None or len(run) * len(here) > _MAX_WORDS:
            return None
        run = frozenset(left + right for left in run for right in here)
    return run


def _inside(code: Any, value: Any, common: Frequencies) -> Iterator[Words]:
    if code is codes.SUBPATTERN:
        yield from _guaranteed(value[3], common)
    elif code is codes.BRANCH:
        yield from _of_branches(value[1], common)
    elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT} and value[0] >= 1:
        yield from _guaranteed(value[2], common)


def _of_branches(branches: Sequence[Any], common: Frequencies) -> Iterator[Words]:
    """The union of the best sets of all branches, then of the second best: a word of each union must occur."""
    found = [_ranked(_guaranteed(branch, common), common) for branch in branches]
    if all(found):
        yield frozenset().union(*(ranked[0] for ranked in found))
        yield frozenset().union(*(ranked[min(1, len(ranked) - 1)] for ranked in found))


def _ranked(sets: Iterator[Words], common: Frequencies) -> list[Words]:
    usable = {words for words in sets if words and "" not in words}
    return sorted(usable, key=lambda words: (_sum(words, common), sorted(words)))


def _sum(words: Words, common: Frequencies) -> float:
    # exact, since a set has another order in each process and rounding would then decide between equals
    return math.fsum(_cost(word, common) for word in words)


def _cost(word: str, common: Frequencies) -> float:
    return common.get(word, _BY_LENGTH.get(len(word), _RARE))
