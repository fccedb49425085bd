"""词表: names for groups of words, so that a rule reads 〈未经〉…〈批准〉……〈不得〉 and not as a wall of words."""

import re
from collections.abc import Mapping, Sequence

from pipeline.errors import RuleError

_NAME = re.compile(r"〈([^〈〉]+)〉")
# …… stays within a sentence, … within the part of it between two commas
_GAPS = (("……", "[^。；;]{0,60}?"), ("…", "[^。；;，,]{0,24}?"))

Lexicon = Mapping[str, Sequence[str]]


def expand(pattern: str, lexicon: Lexicon, place: str) -> str:
    """A regular expression from a pattern of a rule file. Raises `RuleError` for a name not in the lexicon."""

    def words(match: re.Match[str]) -> str:
        known = _words(match[1], lexicon, place)
        listed = "|".join(re.escape(word) for word in sorted(known, key=len, reverse=True))
        return listed if _stands_alone(pattern, match) else f"(?:{listed})"

    expanded = _NAME.sub(words, pattern)
    for mark, gap in _GAPS:
        expanded = expanded.replace(mark, gap)
    return expanded


def _stands_alone(pattern: str, name: re.Match[str]) -> bool:
    """Whether a name is all that stands between two bars or brackets: without brackets of its own it is found faster."""
    return pattern[: name.start()].endswith(("(?:", "|")) and pattern[name.end() :].startswith((")", "|"))


def _words(name: str, lexicon: Lexicon, place: str) -> Sequence[str]:
    if name not in lexicon:
        raise RuleError(f"{place}用到的词表〈{name}〉不存在", remedy="请在lexicon.yaml中补上，或者改正名称")
    return lexicon[name]
