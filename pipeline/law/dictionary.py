"""Words of the law for segmenters: names of bodies, laws, places, statutory items, and types of findings, as a user dictionary of jieba."""

import re
from collections.abc import Iterator

from pipeline.law.bodies import load_bodies
from pipeline.law.places import known_places
from pipeline.law.prepared import load_rulebook
from pipeline.law.statutes import load_statute_names

# tags of parts of speech as jieba writes them: organisation, place, other proper noun, noun
BODY, PLACE, LAW, TERM = "nt", "ns", "nz", "n"
_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{2,40}")
_SEPARATORS = re.compile("[、，,；;（）()/ ]+|或者|的|[与和]")
# the name of a type that is longer is a sentence and no word
_LONGEST_TERM = 6


def words() -> dict[str, str]:
    """Every word with its tag, in alphabetical order; a word of several kinds has the first tag of body, place, law, term."""
    found: dict[str, str] = {}
    for word, tag in _all():
        if _WORD.fullmatch(word):
            found.setdefault(word, tag)
    return dict(sorted(found.items()))


def _all() -> Iterator[tuple[str, str]]:
    yield from ((name, BODY) for body in load_bodies() for name in body.names)
    yield from ((name, PLACE) for pair in known_places().items() for name in pair)
    yield from ((name, LAW) for name in load_statute_names())
    for kind in load_rulebook().types.values():
        yield from ((part, TERM) for part in _SEPARATORS.split(kind.name) if len(part) <= _LONGEST_TERM)


def lines() -> Iterator[str]:
    """The dictionary as jieba loads it (`jieba.load_userdict`): a word and its tag a line; jieba finds the frequencies itself."""
    return (f"{word} {tag}" for word, tag in words().items())
