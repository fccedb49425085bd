"""Own numbers (发文字号) that take up a line of the head in other forms than 代字〔年份〕序号号."""

import re
from dataclasses import dataclass

from pipeline.parse.bodies import are_bodies, is_body
from pipeline.parse.genres import ENDS

_CODE = r"[\u4e00-\u9fff]{1,14}(?:发|字|函|办|规|告|通|文|电)"
_SERIAL = r"(?:第\s*)?([0-9]{1,5}(?:-[0-9]{1,3})?)\s*号"
# 〔2024〕长林字第6号, （89）长林政字第032号
_YEAR_FIRST = re.compile(
    r"[〔\[［【〖（(]\s*((?:19|20)?[0-9]{2})\s*[〕\]］】〗）)]\s*([\u4e00-\u9fff]{2,14})\s*(第?)\s*([0-9]{1,5})\s*号"
)
# 长林发2024年第6号, 长林发第6号
_PLAIN_YEAR = re.compile(rf"({_CODE})\s*((?:19|20)[0-9]{{2}})\s*年\s*{_SERIAL}")
_WITHOUT_YEAR = re.compile(rf"{_CODE}第\s*[0-9]{{1,5}}\s*号")
# 海关总署公告2024年第900号, with the title behind in parentheses
_NOTICE = re.compile(
    r"(?P<owner>[\u4e00-\u9fff、 ]{0,60}?(?:公告|通告))\s*[（(]?\s*(?P<year>(?:19|20)[0-9]{2})\s*年\s*(?P<serial>第?\s*[0-9]{1,4})\s*号[）)]?"
    r"\s*(?:[（(](?P<title>关于[^（）()]{4,120})[）)])?"
)
# 海关总署2024年第900号公告
_NOTICE_LAST = re.compile(r"([\u4e00-\u9fff、 ]{3,60}?)(?:19|20)[0-9]{2}\s*年\s*第?\s*[0-9]{1,4}\s*号\s*(?:公告|通告)")
# what may stand behind a number on its line: 文件, 特急, 机密★1年 is no part of it
_BEHIND = re.compile(r"\s*(?:文件?|(?:特急|加急|特提|平急|急件|明电)|[（(](?:特急|加急)[）)])\s*$")
_CODE_LINE = re.compile(_CODE)


@dataclass(frozen=True, slots=True)
class OwnNumber:
    """An own number as it is cited; `owner` is the notice it numbers (海关总署公告) or "", `title` that of the paper behind it."""

    value: str
    owner: str = ""
    title: str | None = None


def without_tail(line: str) -> str:
    """A line without the mark of urgency or 文件 that stands behind a number."""
    return _BEHIND.sub("", line) if "号" in line else line


def is_code(line: str) -> bool:
    """Whether a line holds an issuing code alone (长林发), whose year and serial stand on the next."""
    return bool(_CODE_LINE.fullmatch(line)) and not line.endswith(("公告", "通告"))


def read_own_number(line: str) -> OwnNumber | None:
    """The number that a line states in another form than 代字〔年份〕序号号, None if the line is none."""
    line = line.strip()
    match = _YEAR_FIRST.fullmatch(line)
    if match:
        return OwnNumber(f"〔{match[1]}〕{match[2]}{match[3]}{match[4]}号")
    match = _PLAIN_YEAR.fullmatch(line)
    if match and not match[1].endswith(("公告", "通告")):
        return OwnNumber(f"{match[1]}〔{match[2]}〕{match[3]}号")
    if _WITHOUT_YEAR.fullmatch(line):
        return OwnNumber(line.replace(" ", ""))
    return _notice(line)


def _notice(line: str) -> OwnNumber | None:
    match = _NOTICE.fullmatch(line)
    if match:
        owner = match["owner"].replace(" ", "")
        body = owner[:-2]
        if body and not _is_bodies(match["owner"].strip()[:-2]):
            return None
        title = match["title"] if match["title"] and ENDS.search(match["title"]) else None
        serial = match["serial"].replace(" ", "")
        return OwnNumber(f"{owner}{match['year']}年{serial}号", owner, title)
    match = _NOTICE_LAST.fullmatch(line)
    if match and _is_bodies(match[1].strip()):
        return OwnNumber(line.replace(" ", ""))
    return None


def _is_bodies(text: str) -> bool:
    return is_body(text.replace(" ", "").replace("、", "")) or are_bodies(text)
