"""The words of the articles that findings rest on (依据条文), from the law library as of the day of a version."""

import logging
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pipeline.errors import UsageError
from pipeline.home import home_folder
from pipeline.law.library import ArticleWords, Library

log = logging.getLogger(__name__)
# by law and article as a basis names them
Words = Mapping[tuple[str, str], tuple[ArticleWords, ...]]


def words_of_bases(bases: Iterable[Mapping[str, Any]], day: date) -> Words:
    """The words of the articles of bases as of a day, () for those that the library does not have.

    A library that cannot be opened is logged and gives no words: findings are read without them.
    """
    cited = dict.fromkeys((str(basis["law"]), str(basis["article"])) for basis in bases)
    try:
        return Library(home_folder()).words_of(cited, day)
    except UsageError as error:
        log.warning("%s", error)
        return {}


def words_beside(basis: Mapping[str, Any], words: Words) -> tuple[ArticleWords, ...]:
    """The words of one basis among those of many."""
    return words.get((str(basis["law"]), str(basis["article"])), ())


def as_data(found: Iterable[ArticleWords]) -> list[dict[str, Any]]:
    """Words as JSON types: law, article, since, until (ISO or None), text, source, doubts."""
    return [
        {
            "law": one.law, "article": one.article, "since": one.since.isoformat() if one.since else None,
            "until": one.until.isoformat() if one.until else None, "text": one.text, "source": one.source, "doubts": list(one.doubts),
        }
        for one in found
    ]  # fmt: skip


def in_lines(bases: Iterable[Mapping[str, Any]], day: date) -> tuple[str, ...]:
    """The words of the articles of bases as of a day, each article once in one line with its law, day of effect and doubts."""
    named = list(bases)
    words = words_of_bases(named, day)
    return tuple(dict.fromkeys(one.in_line for basis in named for one in words_beside(basis, words)))
