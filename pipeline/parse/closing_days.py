"""Which day in a line closes a paper: the day of its signature, judged by cues before and behind it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.dates import DATE
from pipeline.law import national_names
from pipeline.parse.bodies import are_bodies, behind_attachment, bodies_at_end, ends_attachment, is_official
from pipeline.parse.cues import weigh
from pipeline.parse.genres import ENDS

EDGE = "署名日"
# the cue of a day that something is said of: …日起, …日印发
GOES_ON = "后=接续"
# characters of bodies before a day, and of what is looked at behind it
_LONGEST_SIGNATURE = 400
_LEAST_BODY = 4
# a cut in the middle of a text costs more than a signature that is not found
_MARGIN = 1.0
_SHORT_LINE = 40
_STOPS = "。！”"
_SENTENCE_END = re.compile(r"[。；！？”）》]\s*(?=[^。；！？”）》]*$)")
# 附件：1.登记表2.检查办法: a list of attachments, which ends a text as a sentence does
_ATTACHED = re.compile(r"附 ?件 ?[0-9一二三四五六七八九十]{0,3} ?[：:.．、][^。！]*$")
# （印章部分略）: in the place of the bodies
_SEAL_LEFT_OUT = re.compile("[（(](?:印章|公章|签章|签名|署名)[^（）()]{0,4}略[）)]$")
# what stands behind a day, by the first of these that fits; 收尾: nothing, a page number, a note, the imprint, the page's own words
_BEHIND = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        (
            "收尾",
            r"\s*(?:$|[—–-]\s*[0-9]{1,3}\s*[—–-]|附 ?件|附[：:]|[（(](?:此件|公开|主动|不予|依申请|信息|联系|附|盖|印|代|抄)|抄 ?[送报]|主题词|公开|责任"
            r"|更多|颁布|发布日期|执行日期|录入|校对|信息|打印|浏览|下载|链接|联系|印$|政策解读|来源|分享|关闭|上一[篇条]|扫一扫|《[^。，；]*$)",
        ),
        (
            "接续",
            r"\s*(?:[起前至以之后止在经，、。；：）)]|内(?!部)|印发|发布|公布|召开|通过|下发|第[一二三四五六七八九十0-9]+[届次]|[~～－—-]\s*[0-9]+ ?[年月日])",
        ),
        ("括注", r"\s*[（(]"),
        ("正文", r"\s*(?:为[了进深贯认全加规推落]|根据|按照|依据|依照|一、|第[一1][编章条]|目 ?录|总 ?则)"),
        # the title of the paper that follows, to the end of the line or to the beginning of its text
        (
            "题名",
            r"\s*[^，。：；！？\s][^，。；：！？]{1,80}?(?:[表图书册单]|"
            + ENDS.pattern.removesuffix("$")
            + r")\s*(?:$|(?=一、|第[一1][编章条]|为[了进深贯认全加规推]|根据|按照))",
        ),
        ("题名起", r"\s*[^，。；：！？《\s][^，。；：！？《]{2,60}?(?:" + ENDS.pattern.removesuffix("$") + ")"),
        ("记号", r"\s*[^\u4e00-\u9fffA-Za-z0-9《]"),
        ("汉字", r"\s*[\u4e00-\u9fff《]"),
    )
)


@dataclass(frozen=True, slots=True)
class DayPlace:
    """A day in a line: the text before and behind it, and its end; `first` is where bodies before it begin, else where it begins.

    `bodies` is 句后 for bodies behind a sentence, 词后 behind other words, 独立 where nothing else stands before the day, 上行
    where they stand on the line above, "" for none. `above` is the line above.
    """

    day: str
    before: str
    rest: str
    above: str
    bodies: str
    first: int
    end: int


def day_places(text: str, *, above: str) -> Iterator[DayPlace]:
    """Every day of a line that is not the whole line; `above` is the line above it, "" if there is none."""
    for match in DATE.finditer(text):
        start = max(match.start() - _LONGEST_SIGNATURE, 0)
        before = text[start : match.start()].rstrip()
        rest = text[match.end() : match.end() + _LONGEST_SIGNATURE]
        if before or rest.strip():
            bodies, at = _bodies_before(before, above)
            yield DayPlace(match[0], before, rest, above, bodies, start + at, match.end())


def _bodies_before(before: str, above: str) -> tuple[str, int]:
    """How bodies stand before a day, and the offset in `before` where they begin."""
    behind = bodies_behind_sentence(before)
    if behind:
        return "句后", behind[0]
    if before and signs(before):
        return "独立", 0
    names = bodies_at_end(before)
    if names and names != before:
        return "词后", len(before) - len(names)
    return "上行" if not before and ends_with_signature(above) else "", len(before)


def closes(place: DayPlace) -> bool:
    """Whether a day ends a paper."""
    return weigh(EDGE, cues(place)) > _MARGIN


def cues(place: DayPlace) -> list[str]:
    """What speaks for or against a day that closes a paper."""
    behind = next((name for name, pattern in _BEHIND if pattern.match(place.rest)), "别的")
    lead = f"机关{place.bodies}" if place.bodies else _lead(place)
    numerals = "数字日" if any(sign.isdigit() and sign.isascii() for sign in place.day) else "汉字日"
    found = [f"前={lead}", f"后={behind}", f"前={lead}+后={behind}", numerals, f"前={lead}+{numerals}"]
    if place.bodies:
        found += ["机关", f"机关+后={behind}"]
    return found


def _lead(place: DayPlace) -> str:
    if not place.before:
        is_short = len(place.above) <= _SHORT_LINE and not re.search("[，。；：！？]", place.above)
        return "行首句后" if place.above.endswith(tuple(_STOPS)) else "行首短行后" if is_short else "行首"
    if _SEAL_LEFT_OUT.search(place.before) or (_ATTACHED.search(place.before) and ends_attachment(place.before)):
        return "句末"
    last = place.before[-1]
    for signs_of, name in ((_STOPS, "句末"), ("（(", "括号"), ("；：》）", "段末"), ("，、于自从在至到截", "句中")):
        if last in signs_of:
            return name
    return "别的"


def bodies_behind_sentence(text: str) -> list[int]:
    """The offset of the bodies behind the last sentence of a text, [] if something else or nothing follows it."""
    match = _SENTENCE_END.search(text, max(len(text) - _LONGEST_SIGNATURE, 0))
    tail = text[match.end() :] if match else ""
    if match is None or not (signs(tail) or is_official(tail)):
        return []
    return [match.end() + behind_attachment(tail)]


def ends_with_signature(text: str) -> bool:
    """Whether a line is, or ends with, the bodies or the official of a signature, whose day may begin the next line."""
    return signs(text) or is_official(text) or bool(bodies_behind_sentence(text))


def signs(text: str) -> bool:
    """Whether a text is the name of one or several bodies, as a signature is."""
    packed = text.replace(" ", "")
    if len(packed) < _LEAST_BODY:
        return packed in national_names()
    return are_bodies(text)
