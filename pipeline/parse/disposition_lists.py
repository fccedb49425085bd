"""Lists of documents below a heading or a sentence that says what becomes of them: 一、废止的文件, 附件1 废止文件目录."""

import re
from collections.abc import Iterator

from pipeline.document import BAR, Span
from pipeline.parse.disposition_objects import Object
from pipeline.parse.genres import ENDS
from pipeline.parse.numbers import cited_numbers

_N = "[一二三四五六七八九十百零〇0-9]{1,4}"
_NUMBERED = rf"(?:[（(]{_N}[）)][、.．]?|第?{_N}(?:[、.．]|(?=\s)))"
_ENDED = "废止|宣布失效|失效|作废|停止执行"
# 一、废止的文件; 二、宣布失效的文件（3件）; 附件1 废止文件目录; 县人民政府决定废止的行政规范性文件目录
_HEADING = re.compile(
    rf"(?:(?:^|(?<=[。：；）\n]))[ 　#*]*(?:{_NUMBERED}|附\s*件\s*(?:{_N})?\s*[：:.．]?)\s*|^[ 　#*]*)(?:[\u4e00-\u9fff]{{2,20}}(?=决定|予以|宣布))?"
    rf"(?:决定|现|应|予以|宣布|全文)*(?:{_ENDED})(?:(?:和|、|或者?|及)(?:予以|宣布)*(?:{_ENDED}))?(?:的|一批)?(?:[^，。；：《》（）\n{BAR}]{{0,24}}?(?:文件|规章|目录|清单))(?:的?(?:目录|清单))?"
    r"(?:[（(][^（）()\n]{1,16}[）)])?[ 　*]*[：:。]?",
    re.MULTILINE,
)
# 序号 文件名称 文号: the head of a table, in one line or a cell a line
_TABLE_HEAD = re.compile(
    rf"[\s{BAR}]*(?:序\s*号|(?:文件|规范性文件)?(?:名称|标题)|题名|文号|发文字号|(?:制定|发文|印发)(?:机关|单位|日期|时间)|备注)(?=[\s{BAR}])"
)
_CODE = r"[\u4e00-\u9fff]{1,12}[〔\[［][12][0-9]{3}[〕\]］]第?[0-9]{1,5}号"
_BEHIND = (
    rf"(?:[\s{BAR}]*(?P<code>{_CODE})|[ 　]*[（(](?P<note>[^（）()\n]*(?:[（(][^（）()\n]*[）)][^（）()\n]*)*)[）)])"
)
# 1.《苗圃管理办法》（长政发〔2016〕3号）; 2 | 《鱼塘管理办法》 | 长政发〔2017〕5号
_QUOTED = re.compile(
    rf"[\s{BAR}]*(?:{_NUMBERED}[\s{BAR}]*)?(《(?P<title>[^《》\n]{{2,}}(?:《[^《》\n]*》[^《》\n]*)*)》){_BEHIND}?[；;，。、]?"
)
# 1.苗圃管理办法（长政发〔2016〕3号）: without 《》 only with a number
_BARE = re.compile(
    rf"[\s{BAR}]*(?:{_NUMBERED}[\s{BAR}]*)?(?P<title>[\u4e00-\u9fff（）()、“”0-9]{{4,80}}?){_BEHIND}[；;，。、]?"
)
_NUMERAL = re.compile(rf"[\s#*]*([（(]?)({_N})([）)]|[、.．])")
_MOST_LISTED = 400


def listed_below(text: str, heading: Span, end: int) -> list[Object]:
    """The documents of the list that begins behind a heading, with or without line breaks between them; [] if none begins there.

    What is numbered in the way of the heading stands beside it, not below it: 1.废止文件目录 2.《…》修订稿.
    """
    found: list[Object] = []
    at = heading.end
    while head := _TABLE_HEAD.match(text, at, end):
        at = head.end()
    style = _style(text, heading.start)
    if style and style == _style(text, at):
        return []
    while len(found) < _MOST_LISTED and (item := _item(text, at, end)):
        found.append(item)
        at = item.end
    return found


def _style(text: str, at: int) -> tuple[str, bool] | None:
    """How a line is numbered: the marks around the numeral, and whether it is in Arabic numerals; None if it is not numbered."""
    match = _NUMERAL.match(text, at)
    return (match[1] + match[3], match[2].isdigit()) if match else None


def _item(text: str, at: int, end: int) -> Object | None:
    match = _QUOTED.match(text, at, end) or _BARE.match(text, at, end)
    if match is None:
        return None
    title = re.sub(r"\s", "", match["title"])
    numbers = cited_numbers(match["code"] or match["note"] or "")
    if match.re is _BARE and not (numbers and ENDS.search(title)):
        return None
    return Object(title, numbers[0] if numbers else None, Span(*match.span("title")), match.end())


def lists_of_ended(text: str, span: Span) -> Iterator[Object]:
    """The documents that stand within a span below a heading by which they are repealed or lapse."""
    for heading in _HEADING.finditer(text, span.start, span.end):
        yield from listed_below(text, Span(*heading.span()), span.end)
