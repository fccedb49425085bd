"""Where a provision stands, as a letter writes it: 第三条第一款, 第一部分第（一）项第1点."""

import re

# the marks of headings in a path, each with the words for it; the words of articles stand in a path as they are
_MARKS = re.compile(
    "(?P<part>[一二三四五六七八九十]{1,3})[、．.]|[（(](?P<item>[一二三四五六七八九十]{1,3})[）)]"
    "|(?P<point>[0-9]{1,3})[．、.]|[（(]?(?P<small>[0-9]{1,3})[）)]|(?P<circle>[①-⑳])"
)
_WORDS = re.compile("第[^第]*[条款项目章节编]|第[^第]*部分|之[一二三四五六七八九十]{1,2}")


def place_in_words(path: str) -> str:
    """The clause with a path (`Clause.path`) in words: 一、（二）1. is 第一部分第（二）项第1点; 正文 for "".

    What stands before the path of a paper in a collection (its number or title) and words that are no path stay as they are.
    """
    paper, blank, marks = path.rpartition(" ")
    return f"{paper}{blank}{_in_words(marks)}" if path else "正文"


def _in_words(path: str) -> str:
    """The words for a path without a blank; the path itself where something in it is no mark."""
    at, words = 0, ""
    while at < len(path):
        found = _WORDS.match(path, at) or _MARKS.match(path, at)
        if found is None:
            return path
        words += _word(found, below_part=words.endswith("部分")) if found.re is _MARKS else found[0]
        at = found.end()
    return words


def _word(mark: re.Match[str], *, below_part: bool) -> str:
    """The word for the mark of a heading; 一、 below 第一部分, which the paper itself calls so, is 第一大项."""
    label = mark[mark.lastgroup or 0]
    return {
        "part": f"第{label}{'大项' if below_part else '部分'}",
        "item": f"第（{label}）项",
        "point": f"第{label}点",
        "small": f"第（{label}）小点",
        "circle": f"第{label}点",
    }[mark.lastgroup or ""]
