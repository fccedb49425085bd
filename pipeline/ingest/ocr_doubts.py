"""Signs that the recogniser confuses with high confidence: ‰, minus, circled numbers above ⑩, characters left out.

What can be told for sure is corrected, and the line is told to be checked all the same.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from pipeline.ingest.places import Line

# 0.5%o, 3%0: the second part of ‰ is read as a letter or a zero
_PERMILLE = re.compile(r"(?<=\d)\s?[%％]\s?[oO0〇°º](?![\d.%％])")
# 增速为一5.3%, 扣一2分: a full-width minus is read as 一 or as a dash; no Chinese number goes on with figures
_MINUS = re.compile(
    r"(?:(?<=[\u4e00-\u9fff：:，、（(])(?<![第之统唯专十百千万零〇一二三四五六七八九两])|^)[一—－]{1,2}"
    r"(?=\d+(?:\.\d+|\s?[%％‰]|\s?(?:个百分点|百分点|分|度|℃|元|万元|亿元|个)(?![年月日])))"
)
_CIRCLED = re.compile("[①-⑳]")
# the recogniser does not know the circled numbers from here on
_UNKNOWN = 11
_HAN = re.compile("[\u4e00-\u9fff]")
# distance between two characters, in usual distances of the line, from which one between them may be missing, and to which
# it may be a blank
_GAP, _BLANK = 1.6, 2.6
_FEW = 4


def corrected(line: Line) -> Line:
    """A recognised line with ‰ and minus corrected, and with its doubt."""
    text, permille = _PERMILLE.subn("‰", line.text)
    text, minus = _MINUS.subn("-", text)
    if not permille and not minus:
        return line
    what = "、".join(name for name, found in (("‰", permille), ("负号", minus)) if found)
    edges = line.edges if len(text) == len(line.text) else ()
    return replace(line, text=text, edges=edges, doubt=line.doubt or f"中的{what}是程序推断的")


def with_circled_doubts(lines: Sequence[Line]) -> list[Line]:
    """The lines of a page; those are doubted whose circled numbers repeat, go back, or leave out one."""
    last, doubtful, found = 0, False, []
    for line in lines:
        signs = _CIRCLED.findall(line.text)
        # after a doubtful number a new ① may be any
        doubtful = doubtful and bool(signs)
        for sign in signs:
            number = ord(sign) - ord("①") + 1
            begins = number == 1 and last < _UNKNOWN - 1
            doubtful = doubtful or not (begins or number == last + 1 or (not last and number < _UNKNOWN - 1))
            last = number
        found.append(
            replace(line, doubt=line.doubt or "中的圈码可能认错，⑪以上的圈码程序不能识别") if doubtful else line
        )
    return found


def gap_in(text: str, middles: Sequence[float]) -> int | None:
    """The index of the character before which one may be missing; None for none.

    `middles` are the x coordinates of the middle of each character of the text, in any unit.
    """
    if len(text) != len(middles) or len(text) < _FEW:
        return None
    steps = [b - a for a, b in pairwise(middles)]
    both = [bool(_HAN.match(text[at]) and _HAN.match(text[at + 1])) for at in range(len(steps))]
    usual = [step for step, han in zip(steps, both, strict=True) if han]
    if len(usual) < _FEW - 1:
        return None
    pitch = median(usual)
    for at, (step, han) in enumerate(zip(steps, both, strict=True)):
        if han and _GAP * pitch < step < _BLANK * pitch and text[at] not in "条章节款项编":
            return at + 1
    return None
