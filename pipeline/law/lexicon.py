"""Lexicon (词表): named lists of words, so that rules can be written as 〈未经〉…〈批准〉……〈不得〉."""

import re
from collections.abc import Mapping, Sequence

from pipeline.errors import RuleError

_NAME = re.compile(r"〈([^〈〉]+)〉")
# …… is a gap within a sentence, … a gap within a part of it without commas
_GAPS = (("……", "[^。；;]{0,60}?"), ("…", "[^。；;，,]{0,24}?"))

Lexicon = Mapping[str, Sequence[str]]


def expand(pattern: str, lexicon: Lexicon, place: str) -> str:
    """Expand a pattern of a rule file to a regular expression. Raises `RuleError` for a name not in the lexicon."""

    def words(match: re.Match[str]) -> str:
        known = _words(match[1], lexicon, place)
        listed = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
        return listed if _stands_alone(pattern, match) else f"(?:{listed})"

    expanded = _NAME.sub(words, pattern)
    for mark, gap in _GAPS:
        expanded = expanded.replace(mark, gap)
    return expanded


def _stands_alone(pattern: str, name: re.Match[str]) -> bool:
    """Whether a name is a whole alternative of its group, so that it needs no group, which would be slower."""
    return pattern[: name.start()].endswith(("(?:", "|")) and pattern[name.end() :].startswith((")", "|"))


def _words(name: str, lexicon: Lexicon, place: str) -> Sequence[str]:
    if name not in lexicon:
        raise RuleError(f"{place}用到的词表〈{name}〉不存在", remedy="请在lexicon.yaml中补上，或者改正名称")
    return lexicon[name]
