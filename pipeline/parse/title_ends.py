"""Where a title ends in a line that goes on behind it: at the end of a genre, judged by cues in the title and behind it."""

import re
from collections.abc import Iterator, Sequence

from pipeline.dates import DATE
from pipeline.parse.bodies import NAME
from pipeline.parse.cues import weigh
from pipeline.parse.genres import RUN_ON, RUN_TO
from pipeline.parse.numbers import ANCHOR

EDGE = "题名末"
LONGEST_TITLE = 160
_LEAST_TITLE = 6
_LONG_ENOUGH = 10
# from here on, a title that contains its beginning twice is two
_LONG_TITLE = 20
# characters of the beginning of a title by which the text below it begins too
_BEGINNING = 4
# a caption of the page between a title and its repetition
LONGEST_CAPTION = 40
RECIPIENT_WORD = re.compile(r"[各局委府部门厅院会处司校行室办站心社镇街道]|企业|单位|机构|公司")
NOT_RECIPIENT = re.compile(r"如下|以下|通知：|附件|现将|包括|是指|主要内容|职责|电话|目录|条件：|(?:公告|内容|措施)：")
# a word that ends a title, where the title may end
TITLE_END = re.compile(
    r"(?:通 ?知|意 ?见|决 ?定|公 ?告|通 ?告|批 ?复|函|通 ?报|报 ?告|汇报|办法|规定|方案|细则|条例|措施|规则|规划|要点"
    r"|决议|命令|制度|标准|预案|计划|政策|解释|指南|指引|规程|规范|章程|答复|纪要"
    r"|修正案|纲要|目录|清单|要求|准则|导则|法典|法(?=\s?[（(]?(?:19|20)[0-9]{2}年|第一[编章条]|目 ?录|总 ?则))"
    r"(?:[（(](?!(?:19|20)[0-9]{2}年[0-9]{1,2}月)[^（）()〔\[［]{1,16}[）)]|(?:草案)?(?:征求意见|送审|讨论|修订|修改|审议|报批|试行)稿|草案)?"
)
# the addressees below a title, which may begin with any name
_ADDRESSED = re.compile(r"\s*[^。！？《》〔：:]{2,900}[：:]")
_NAMES_PAPER = re.compile("的(?:通知|意见|决定|公告|通告|批复|函|通报|报告)")
_OFFICIAL = re.compile(
    r"(?:通 ?知|意 ?见|决 ?定|公 ?告|通 ?告|批 ?复|函|通 ?报|报 ?告|汇报|纪要)(?:[（(][^（）()]{1,16}[）)])?$"
)
# (bodies) on, or issuing, something: the form of a title of an official paper
_WHOLE = re.compile(
    r"(?!根据|按照|依据|落实|贯彻|现将|遵照|依照)[^，。]{0,90}?(?:关于|印发|转发|批转)[^，]{2,}(?:的|》)(?:若干|实施|指导|暂行|补充)?"
    r"(?:通 ?知|意 ?见|决 ?定|公 ?告|通 ?告|批 ?复|函|通 ?报|报 ?告|复函|请示|规定|办法|方案|细则|措施|政策|标准|解释|规划|计划)(?:[（(][^（）()]{1,16}[）)])?"
)
_RULES = re.compile(
    r"(?:办法|规定|细则|条例|规则|章程|规程|规范|制度|准则|法典|法|解释|修正案)(?:[（(][^（）()]{1,16}[）)])?$"
)
_QUOTES = re.compile("(?:根据|按照|依据|为|落实|贯彻|现将|经|对|按|遵照|执行|依照|自|以|在|由|本|该)")
_VERB = re.compile(
    "应当|不得|可以|必须|如下|以下|认真|现予|特此|已经|我[省市县区局部厅委]|你[省市县区局部厅委们]|本[省市县区局]"
)
# 为落实…，按照…要求，决定…: the first sentence of a text
_BEGINS_TEXT = re.compile("(?:为|根据|按照|依据|依照|遵照)[^，《]{2,60}(?:《[^》]*》[^，《]{0,20})*，")
_DAY = f"(?:{DATE.pattern})"
_NUMBER_BEHIND = re.compile(
    r"\s*[（(]?(?![\u4e00-\u9fff]{0,14}(?:的|通知|公告|意见))[\u4e00-\u9fff]{2,14}[〔\[［【（(]\s*(?:19|20)[0-9]{2}\s*[〕\]］】）)]"
)
# （长政发〔2024〕3号）, (水利部公告[2024]第3号): a number in brackets
BRACKETED = re.compile(
    r"[（(][\u4e00-\u9fff]{2,40}?[〔\[［【（(]\s*(?:19|20)[0-9]{2}\s*[〕\]］】）)]\s*第?\s*[0-9]{1,5}\s*号[）)]"
)
# 公告2024年第9号, 公告（第9号）
_SERIAL_BEHIND = re.compile(r"\s*[（(]?(?:(?:19|20)[0-9]{2}\s*年\s*)?第?\s*[0-9]{1,5}\s*号")
# 关于修改海关总署公告|2015年第59号第十条的公告: a notice that the title cites by its number
_CITED_SERIAL = re.compile(_SERIAL_BEHIND.pattern + "[^。，；：]{1,60}?的(?:通知|意见|决定|公告|通告|批复|函)")
# what stands behind a title, by the first of these that fits
_BEHIND = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("接续", r"[的、，。；：！？》”’）)和与及或等中之内外上下所〉]|以及|实施|执行|规定的|要求|精神|有关|相关|确定"),
        (
            "首条",
            rf"[\s#*-]*(?:[（(]?{_DAY}[）)]?\s*)?(?:第[一1][编章部]|第[一1]条\s*(?:为|根据|按|依|本|在|凡|[\u4e00-\u9fff]{{2,12}}是)|一、|目 ?录|[前序引] ?言|总 ?则)",
        ),
        ("通过", rf"\s*[（(]?{_DAY}[^。]{{0,60}}?(?:通过|批准|公布|发布|修[正订])"),
        ("日期", rf"\s*[（(]?{_DAY}"),
        ("条款", r"\s*(?:第[一二三四五六七八九十百0-9]+[编章条节款项]|（[一二三四五六七八九十]+）)"),
        ("目的", r"\s*为(?:[了进深贯认全加规推落切有促充确保更积做适指支鼓]|[\u4e00-\u9fff]{3})"),
        (
            "依据",
            r"\s*(?:根据|按照?|依据|依照|经[^。，]{2,20}(?:同意|批准|研究|审议)|遵照|鉴于|针对|随着|由于|自[《0-9])",
        ),
        (
            "近来",
            r"\s*(?:近[年日期来]|当前|目前|今年|新形势|最近|日前|现将|现就|在[^，。]{2,30}[下中上]，|自[^，。]{1,12}以来)",
        ),
        ("年份", r"\s*[“\"]?(?:(?:19|20)[0-9]{2}年|十[一二三四五]五)"),
        ("书名", r"\s*[《“\"]"),
        ("括注", r"\s*[（(\[【]"),
        ("空格", r"\s"),
    )
)


def leading_title(text: str) -> int:
    """The end of the title with which a line begins, where something else follows; 0 if there is none."""
    if _BEGINS_TEXT.match(text):
        return 0
    ends = [end for end in title_ends(text) if text[end:].strip()]
    again = max((end for end in ends if _is_repeated(text[:end], text[end:])), default=0)
    if again:
        return again
    scored = [(weigh(EDGE, cues(text, end, ends)), end) for end in ends]
    best = max(scored, default=(0.0, 0))
    if best[1] and text[best[1]] == " " and _WHOLE.fullmatch(text.rstrip()):
        # 关于推行公示制度 全过程记录制度的意见
        return 0
    match = RUN_TO.match(text) if best[0] <= 0 and text.endswith(("：", ":")) else None
    return match.end() if match else best[1] if best[0] > 0 else 0


def title_ends(text: str) -> Iterator[int]:
    """The offsets at which a title that begins the line may end: behind a genre, outside 《》 and before any stop."""
    for match in TITLE_END.finditer(text, 0, LONGEST_TITLE + 16):
        title = text[: match.end()]
        if re.search(r"[。；！？：]", title) or len(title) > LONGEST_TITLE:
            return
        is_whole = title.count("《") == title.count("》") and title.count("（") == title.count("）")
        if len(title) >= _LEAST_TITLE and is_whole and not _goes_on(title, text[match.end() :]):
            yield match.end()


def _goes_on(title: str, rest: str) -> bool:
    """Whether a genre cannot end a title: a number or code goes on with it, or it stands in quotation marks or before 的."""
    if rest.startswith(("》", "）", "的", "”")):
        return True
    is_notice = title.endswith(("公告", "通告"))
    if is_notice and _CITED_SERIAL.match(rest):
        return True
    return bool(ANCHOR.match(rest) and not is_notice) or (
        is_notice and "关于" not in title and bool(_SERIAL_BEHIND.match(rest))
    )


def cues(text: str, end: int, ends: Sequence[int]) -> list[str]:
    """What speaks for or against a title that ends at `end`; `ends` are all places of the line where one may end."""
    title, rest = text[:end], text[end:]
    kind = "公文" if _OFFICIAL.search(title) else "规则" if _RULES.search(title) else "其他"
    named = "成式" if _WHOLE.fullmatch(title) else "关于" if "关于" in title else "无关于"
    behind = _behind(text, end, ends)
    found = [f"文种={kind}", named, f"{named}+{kind}", f"后={behind}", f"{named}+后={behind}", f"{kind}+后={behind}"]
    found += [f"长={sum(len(title) > size for size in (8, 100))}"]
    signs = {
        "的+文种": re.search(r"(?:的|》)[^的》]{2,5}$", title) is not None,
        "括号末": title.endswith(("）", ")")),
        "引句": _QUOTES.match(title) is not None,
        "动词": _VERB.search(title) is not None,
        "逗号": "，" in title or "," in title,
        "顿号": "、" in title,
        "机关起": NAME.match(title.replace(" ", "")) is not None,
        "书名起": title.startswith("《"),
        "内有重复": len(title) > _LONG_TITLE and title[: len(title) // 3] in title[len(title) // 3 :],
        "含日期": DATE.search(title) is not None,
        "年月起": re.match(r"(?:19|20)[0-9]{2}年[0-9]{1,2}月", title) is not None,
        "连文": (run := RUN_ON.match(text)) is not None and run.end() == end,
        "词再现": bool(re.match(r"\s*[\u4e00-\u9fff]{2}", rest)) and rest.strip()[:2] in title,
        "首词再现": rest.strip()[:_BEGINNING] == title[:_BEGINNING] and not comes_again(title, rest),
        "定义": re.match(r"\s*[^，。；：]{2,40}?(?:是|指|作为)", rest) is not None,
        "末一处": end == ends[-1],
        "另有关于": "关于" in rest[:LONGEST_CAPTION] and "关于" not in title,
        "后有成式": any(other > end and _WHOLE.fullmatch(text[:other]) for other in ends),
        "后文有句": "。" in rest,
    }
    found += [name for name, is_there in signs.items() if is_there]
    return found


def _behind(text: str, end: int, ends: Sequence[int]) -> str:
    """What stands behind a title that ends at `end`: the same title again, a number, addressees, or the first of `_BEHIND`."""
    rest = text[end:]
    if comes_again(text[:end], rest):
        longer = any(comes_again(text[:other], text[other:]) for other in ends if other > end)
        return "再现一部分" if longer else "再现"
    if ANCHOR.match(rest.strip(" （(")) or _NUMBER_BEHIND.match(rest) or BRACKETED.match(rest.lstrip()):
        return "文号"
    addressees = rest[: addressees_end(rest)]
    if addressees:
        return "主送几个" if re.search("[，、]", addressees) else "主送"
    return next((name for name, pattern in _BEHIND if pattern.match(rest)), "别的")


def comes_again(title: str, rest: str) -> bool:
    """Whether a title is repeated behind itself, with no more than a caption of the page between."""
    return title in rest[: len(title) + LONGEST_CAPTION]


def _is_repeated(title: str, rest: str) -> bool:
    """Whether words that come again can only be a title: they are long or say what they are about."""
    return ("关于" in title or len(title) >= _LONG_ENOUGH) and comes_again(title, rest)


def addressees_end(text: str) -> int:
    """The end of the addressees with which a text begins (below a title), 0 if it begins otherwise."""
    match = _ADDRESSED.match(text)
    if (
        not match
        or _NAMES_PAPER.search(match[0])
        or not RECIPIENT_WORD.search(match[0])
        or NOT_RECIPIENT.search(match[0])
        or "关于" in match[0]
    ):
        return 0
    last = re.split(r"[、，；,;]", match[0].strip("：: "))[-1]
    return match.end() if len(last) <= 40 and match[0].strip()[0] not in "的（）、，和及与" else 0
