"""Statutes (法律法规名称与状态): names of national statutes, and repealed instruments with dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

import ahocorasick_rs

from pipeline.law.files import read_tsv

_MARKS = re.compile(r"[\s《》〈〉<>“”]")
_NUMBERED_YEAR = re.compile("〔([12][0-9]{3})〕")
# so many repeals one after another are followed
_LONGEST_CHAIN = 6
_VERSION = re.compile(r"（(?:[12][0-9]{3}年?)?(?:修正|修订|修改)[^）]*）$")


@dataclass(frozen=True, slots=True)
class Repealed:
    """A repealed instrument; `successor` is "" if there is none, `until` the day from which it is not in force.

    `same_name`: it was replaced by a new version of the same name. `tag` is the reliability of the facts.
    """

    name: str
    successor: str
    until: date
    same_name: bool
    tag: str


@cache
def load_statute_names() -> tuple[str, ...]:
    """Names of national laws, without 中华人民共和国, as texts cite them without 《》."""
    return tuple(row["name"] for row in read_tsv("statutes.tsv"))


@cache
def statute_keys() -> frozenset[str]:
    """The keys of `load_statute_names`."""
    return frozenset(map(statute_key, load_statute_names()))


@cache
def _names_in_force() -> frozenset[str]:
    return frozenset(row["name"] for row in read_tsv("statutes.tsv") if row["in_force"] == "1")


def stands_in_force(name: str) -> bool:
    """Whether the list of national laws has a law of that name in force."""
    return statute_key(name) in _names_in_force()


@cache
def _matcher() -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(
        load_statute_names(),
        matchkind=ahocorasick_rs.MatchKind.LeftmostLongest,
        implementation=ahocorasick_rs.Implementation.DFA,
    )


def find_statute_names(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Yield the names of statutes in a text between two offsets, longest match first, with their start offsets."""
    names = load_statute_names()
    for index, at, _ in _matcher().find_matches_as_indexes(text[start:end]):
        yield names[index], start + at


@cache
def load_repealed() -> dict[str, tuple[Repealed, ...]]:
    """The repealed instruments of `rules/repealed.tsv` by `statute_key`, oldest repeal first."""
    found: dict[str, list[Repealed]] = {}
    for row in read_tsv("repealed.tsv"):
        item = Repealed(
            row["name"],
            row["successor"],
            date.fromisoformat(row["until"]),
            row["kind"] == "same",
            row["tag"],
        )
        found.setdefault(statute_key(item.name), []).append(item)
    return {key: tuple(sorted(items, key=lambda item: item.until)) for key, items in found.items()}


@lru_cache(maxsize=8192)
def statute_key(name: str) -> str:
    """The key by which names of instruments are compared: without 中华人民共和国, marks and version notes."""
    name = _MARKS.sub("", name).replace("(", "（").replace(")", "）")
    name = _VERSION.sub("", name)
    return name.removeprefix("中华人民共和国")


def repealed_on(name: str, day: date) -> Repealed | None:
    """The repeal of an instrument that had taken effect by a day, None if there is none.

    Replacement by a new version of the same name is not a repeal, as the name then refers to law in force; nor is
    the repeal of an older law with the name of one in force (国家安全法 1993, 2015).
    """
    key = statute_key(name)
    ended = [item for item in load_repealed().get(key, ()) if item.until <= day]
    if not ended or ended[-1].same_name or key in _names_in_force():
        return None
    return ended[-1]


def successors(repealed: Repealed, day: date) -> tuple[Repealed, ...]:
    """The further repeals of an instrument's successors by a day, in order: 技术合同法 → 合同法, repealed in 2021."""
    chain: list[Repealed] = []
    last: Repealed | None = repealed
    while last and last.successor and len(chain) < _LONGEST_CHAIN:
        last = repealed_on(last.successor, day)
        if last and last.until >= (chain[-1] if chain else repealed).until:
            chain.append(last)
        else:
            break
    return tuple(chain)


def succeeded(repealed: Repealed, day: date, wording: str) -> str:
    """What is in force on a day in the place of a repealed instrument, put into `wording`, "" if that is not known."""
    last = (repealed, *successors(repealed, day))[-1]
    return wording.format(last.successor) if last.successor else ""


def older_edition(name: str, number: str | None, day: date) -> Repealed | None:
    """The repeal of the document with that number if one of the same name had replaced it by a day, else None.

    《…实施办法》（银发〔2016〕314号） refers to the older of two documents of the same name.
    """
    year = _NUMBERED_YEAR.search(number or "")
    if year is None:
        return None
    ended = [item for item in load_repealed().get(statute_key(name), ()) if item.same_name and item.until <= day]
    return next((item for item in ended if int(year[1]) < item.until.year), None)


def namesake(name: str, written: date, day: date) -> Repealed | None:
    """The repealed law that a document written on `written` referred to by a name that another law has on `day`.

    None if there is none. Example: 国家安全法 (1993, 2015).
    """
    key = statute_key(name)
    if key not in _names_in_force():
        return None
    ended = [item for item in load_repealed().get(key, ()) if not item.same_name and written < item.until <= day]
    return ended[0] if ended else None
