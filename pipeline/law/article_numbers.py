"""Numbers of articles (条号) in one form, and the articles that a citation of a law names."""

import re
from collections.abc import Iterator

from pipeline.numerals import read_number

_NUMERAL = "[零〇一二三四五六七八九十百千0-9]{1,9}"
_LABEL = re.compile(f"第({_NUMERAL})条(?:之({_NUMERAL}))?")
# 第十四条至第十七条
_RANGE = re.compile(f"第({_NUMERAL})条(?:第[^、，至]*)?至第({_NUMERAL})条")
_LONGEST_RANGE = 20


def article_number(label: str) -> str:
    """The number of an article in one form for all notations: 第一百二十条之一 → "120-1"; "" if the label begins with none."""
    found = _LABEL.match(label.strip())
    return _number(found) if found else ""


def cited_articles(words: str) -> tuple[str, ...]:
    """The numbers of the articles that a citation names, in order, ranges with all between their ends; () if it names none.

    >>> cited_articles("第十四条至第十七条"), cited_articles("第五条第二款、第七十四条")
    (('14', '15', '16', '17'), ('5', '74'))
    """
    return tuple(dict.fromkeys(_cited(words)))


def _cited(words: str) -> Iterator[str]:
    at = 0
    for found in _LABEL.finditer(words):
        if found.start() < at:
            continue
        span = _RANGE.match(words, found.start())
        low, high = (read_number(span[1]), read_number(span[2])) if span else (None, None)
        if span and low is not None and high is not None and low <= high < low + _LONGEST_RANGE:
            yield from map(str, range(low, high + 1))
            at = span.end()
            continue
        yield _number(found)


def _number(found: re.Match[str]) -> str:
    number, sub = read_number(found[1]), read_number(found[2]) if found[2] else None
    return f"{number}-{sub}" if sub is not None else str(number)
