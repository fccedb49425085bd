"""Keys by which documents are compared: numbers, titles, stems of titles, issuers."""

import re
import unicodedata
from functools import lru_cache

from pipeline.law import name_key

# keys that are computed once where they are asked for again soon
_KEPT = 16_384
_OPEN, _CLOSE = str.maketrans(dict.fromkeys("[【［〖", "〔")), str.maketrans(dict.fromkeys("]】］〗", "〕"))
_BLANK = re.compile(r"\s")
_NUMBER = re.compile(
    r"^(.*?)〔([12][0-9]{3}|[5-9][0-9])〕第?0*([0-9]{1,5}(?:-[0-9]{1,3})?|增[0-9]{1,5})号(之[一二三四五六七八九十])?"
)
_YEAR_FIRST = re.compile(r"^()〔([12][0-9]{3}|[5-9][0-9])〕([\u4e00-\u9fff]{2,14})第?0*([0-9]{1,5})号")
_NOTICE = re.compile(r"^(.{2,40}?(?:公告|通告))([12][0-9]{3})年第0*([0-9]{1,4})号")
_INNER = re.compile(r"[《〈<]([^《》]{4,120})[》〉>]")
_ISSUED = re.compile(r"(?:关于)?(?:重新)?(?:印发|发布|公布|转发|批转|颁发|下发)")
_OF_WHAT = re.compile("^.*?关于")
_VERSION = re.compile(
    r"[（(][^（）()]*(?:试行|暂行|修订|修正|修改|[0-9]{4}|版|稿)[^（）()]*[）)]|[12][0-9]{3}年(?:修订|修正|版)?|修订版"
)
_PROVISIONAL = re.compile("暂行|试行")
_OUTER = re.compile("的?(?:通知|公告|通告|决定|意见)$")
# titles without a subject: 中国人民银行公告
_BARE = re.compile("(?:公告|通告|通知|令|决定|公报|意见)$")
# 中国人民银行公告: an issuer and a genre, which any of its announcements is called
_UNNAMED = re.compile(
    r"^[\u4e00-\u9fff]{2,60}(?:[行部委办局厅府院署会]|总局|办公室|委员会)(?:联合)?(?:第?[0-9]{1,4}号)?(?:公告|通告|令|公报|文件|通知|决定|意见)$"
)
_BEHIND = re.compile(r"[（(]([^（）()]{2,20}〔[0-9]{4}〕[0-9]{1,5}号)[）)]$")
_UPPER_PLACE = re.compile(r"^(?:中国共产党|中共)?[\u4e00-\u9fff]{2,7}?[省市](?=[\u4e00-\u9fff]{2,5}[市区县])")
# a title about another document is not a new version of it
_ABOUT = re.compile("延长|修改|废止|失效|继续|补充|解读|更正|贯彻|落实|征求意见|公示|清理|暂时调整|关于增加《|关于《")


@lru_cache(maxsize=_KEPT)
def number_key(number: str | None) -> str | None:
    """The canonical spelling of a document number (国办发〔2021〕26号); None for a number without issuing code."""
    if not number:
        return None
    text = _BLANK.sub("", unicodedata.normalize("NFKC", number)).translate(_OPEN).translate(_CLOSE)
    first = _YEAR_FIRST.match(text)
    if first:
        return f"{first[3]}〔{first[2]}〕{first[4]}号"
    match = _NUMBER.match(text) or _NOTICE.match(text)
    if match is None or not match[1]:
        return None
    sub = match[4] if match.re is _NUMBER and match[4] else ""
    return f"{match[1].lstrip('(')}〔{match[2]}〕{match[3]}号{sub}"


def number_in(title: str) -> str | None:
    """The key of a number in parentheses at the end of a title, as web pages write it; None if there is none."""
    match = _BEHIND.search(unicodedata.normalize("NFKC", title).translate(_OPEN).translate(_CLOSE))
    return number_key(match[1]) if match else None


def number_cited(title: str, number: str | None) -> str | None:
    """The key of a number as a citation writes it behind a title: 《中国人民银行公告》（〔2013〕第8号） has the code in the title."""
    return number_key(number) or (number_key(f"{title}{number}") if number and _UNNAMED.match(title) else None)


@lru_cache(maxsize=_KEPT)
def number_parts(key: str) -> tuple[str, int, int] | None:
    """Issuing code, year and serial of a `number_key`, None for any other text."""
    match = _NUMBER.match(key)
    return (match[1], int(match[2]), int(match[3])) if match and match[3].isdecimal() else None


@lru_cache(maxsize=_KEPT)
def title_keys(title: str) -> tuple[str, ...]:
    """The keys of a title, of 5 characters or more: the part after 关于, and the titles in 《…》 that it issues.

    () for a title that only names issuer and genre (中国人民银行公告), by which no document can be found.
    """
    title = _BEHIND.sub("", title)
    plain = name_key(_BLANK.sub("", title))
    if "关于" not in plain and "《" not in title and _UNNAMED.match(plain):
        return ()
    whole = _OF_WHAT.sub("", plain, count=1)
    inner = [name_key(_BLANK.sub("", text)) for text in _INNER.findall(title)] if _ISSUED.search(title) else []
    inner += [_OF_WHAT.sub("", text, count=1) for text in inner if "关于" in text]
    return tuple(dict.fromkeys(key for key in (whole, *inner) if len(key) >= 5))


@lru_cache(maxsize=_KEPT)
def stem(title: str) -> str:
    """The subject of a title without version and issuing document: versions of one document have the same stem.

    "" for titles about another document (修改, 延长, 废止 …) and for titles that do not name a subject.
    """
    title = _BEHIND.sub("", title)
    if "关于" not in title and "《" not in title and _BARE.search(title):
        return ""
    inner = _INNER.search(title) if _ISSUED.search(title) else None
    outside = title.replace(inner[0], "") if inner else title
    if _ABOUT.search(outside):
        return ""
    text = name_key(_BLANK.sub("", inner[1] if inner else title))
    text = _VERSION.sub("", _OF_WHAT.sub("", text, count=1).replace("(", "（").replace(")", "）"))
    text = _PROVISIONAL.sub("", text if inner else _OUTER.sub("", text))
    text = _ISSUED.sub("", text) if not inner else text
    return text if len(text) >= 6 else ""


@lru_cache(maxsize=_KEPT)
def issuer_key(issuer: str) -> str:
    """An issuer without the superior place: 上海市松江区人民政府 and 松江区人民政府 have the same key."""
    return _UPPER_PLACE.sub("", issuer)
