"""Articles behind the name of an instrument: lists, ranges, 款 and 项: 第七条至第九条, 第三十四条第（一）项、第（二）项, 第55条、56条."""

import re
from collections.abc import Iterator

from pipeline.numerals import read_number, write_number

_N = "[一二三四五六七八九十百零〇0-9]{1,5}"
_BELOW = rf"(?:第{_N}款)?(?:第?[（(]?{_N}[）)]?项)?(?:第?{_N}目)?"
_FIRST = re.compile(rf"(?:的)?(第{_N}条)((?:之[一二三四五六七八九十]{{1,2}})?{_BELOW})")
_NEXT = re.compile(
    rf"\s*(?P<join>以及|[、和及与或至到~～—-])\s*(?:(?P<article>第?{_N}条)(?P<tail>(?:之[一二三四五六七八九十]{{1,2}})?{_BELOW})"
    rf"|(?P<article_of_range>第{_N})(?=[、和及至到]\s*第?{_N}条)|(?P<below>第{_N}款(?:第?[（(]?{_N}[）)]?项)?|第?[（(]{_N}[）)]项|第{_N}项))"
)
_BELOW_ITEM, _BELOW_PARAGRAPH = re.compile(rf"第?[（(]?{_N}[）)]?项$"), re.compile(rf"第{_N}款.*$")
_RANGES = frozenset("至到~～—-")
# a range of more articles is told by its ends alone
_LONGEST_RANGE = 60


def read_articles(text: str) -> tuple[str, ...]:
    """The articles named at the beginning of a text, one by one and as written; () if it names none.

    >>> read_articles("第七条至第九条的规定"), read_articles("第55条、56条")
    (('第七条', '第八条', '第九条'), ('第55条', '第56条'))
    """
    match = _FIRST.match(text)
    if match is None:
        return ()
    found = [match[1] + match[2]]
    article, end = match[1], match.end()
    while match := _NEXT.match(text, end):
        named = match["article"] or (f"{match['article_of_range']}条" if match["article_of_range"] else None)
        if named is None:
            found.append(_beside(found[-1], match["below"]))
        else:
            named = named if named.startswith("第") else f"第{named}"
            if match["join"] in _RANGES:
                found.extend(_between(article, named))
            found.append(named + (match["tail"] or ""))
            article = named
        end = match.end()
    return tuple(dict.fromkeys(piece.replace(" ", "") for piece in found))


def _beside(before: str, below: str) -> str:
    """A paragraph or item of the article named before: 第三十四条第（一）项 and 第（二）项 → 第三十四条第（二）项."""
    kept = _BELOW_PARAGRAPH.sub("", before) if "款" in below else _BELOW_ITEM.sub("", before)
    return kept + below


def _between(first: str, last: str) -> Iterator[str]:
    """The articles between two, in the spelling of the first; none where the range is too long or runs backwards."""
    start, stop = read_number(first[1:-1]), read_number(last[1:-1])
    if start is None or stop is None or stop - start > _LONGEST_RANGE:
        return
    for number in range(start + 1, stop):
        yield f"第{number if first[1:-1].isdecimal() else write_number(number)}条"
