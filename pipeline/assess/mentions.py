"""Mentions (提及): whether a place of a text assigns a task to a body, or only names it.

A body is only named in lists of addressees and copies, signatures, lines of promulgation, as the authority of a cited
rule, in quoted words of a change, a report that was due once, and what a former body did.
"""

import re
from collections.abc import Sequence

from pipeline.assess.argument import Case
from pipeline.document import Span

# lines that only distribute the document, and mentions of a former body
_PASSED_ON = re.compile(r"转发|抄送|抄报|主送|印发给")
_LONGEST_LINE_PASSED_ON = 200
# 发  送：各新闻单位；中国人民银行上海总部、各分行…: the list behind such a label ends with the sentence
_DISTRIBUTED = re.compile(r"(?:抄|分|发|主|报)\s*[送报发]\s*(?:[：:]|(?=各?新闻单位|国务院))")
_LONGEST_DISTRIBUTION = 600
# 各省、自治区、直辖市国家税务局：
_ADDRESSED = re.compile(r"^(?!.*(?:如下|以下|下列|要求|条件|负责))(?=.*各)[^。]{2,300}[：:]$")
# （农业部 国家林业局令2010年第2号）, on a line of its own
_PROMULGATION = re.compile(r"^[（(][^（）()，。；]{4,60}(?:令|公告|文件)[^（）()，。；]{0,20}[）)]$")
# 1994年12月6日，劳动部 and a line with names alone above or below a day
_DAY = r"(?:[12][0-9]{3}|[一二][〇○零一二三四五六七八九OＯ]{3})\s*年[0-9一二三四五六七八九十月日\s]{2,10}日"
_DATED = re.compile(rf"^[（(]?(?:{_DAY}[，,\s]*[^，。；：]{{2,40}}|[^，。；：]{{2,40}}[\s，,]*{_DAY})[）)]?$")
_DATE = re.compile(rf"^\s*{_DAY}\s*$")
_NAMES = re.compile("^[^，。；：、（）()0-9]{2,40}$")
_LONGEST_SIGNATURE = 400
# 将有关情况于今年12月31日前送国务院法制办公室
_ONCE = re.compile(r"(?:今年|本年|[12][0-9]{3}年)[^，。；]{0,10}(?:前|底|末)[^。；]{0,24}(?:报|送|函告)[^。；]{0,40}$")
# 经商中国证券监督管理委员会，中国人民银行制定了…
_CONSULTED = re.compile("(?<!应当)(?<!应)(?<!须)经(?:商|征得|与)[^，。；]{0,40}$")
_EVERY = re.compile("每[年季月两半]|逐年|定期|年度")
_FORMER = re.compile(
    r"原[\u4e00-\u9fff、]{0,16}$|(?:曾经?|过去|此前|以前|原先)(?:由|是|属|归|为|经)?[\u4e00-\u9fff、]{0,8}$"
)
# 县物价局2015年公布的目录, 市环境保护局此前核发的许可证: what the body did while it existed
_DONE_THEN = re.compile(
    r"^(?:(?:于|在)?[12][0-9]{3}年[^，。；]{0,8}?|已经?|此前|以前|之前|原|当时)(?:联合|会同[^，。；]{1,20})?(?:公布|印发|发布|颁布|制定|制发|核发|颁发|发放|批准|登记|核定|作出|出具)"
    r"|^(?:联合)?(?:公布|印发|发布|颁布|制定|制发)(?:了|的)"
)
# 《…办法》（劳动保障部令第27号）, 《…办法》（中国银监会令2011年第2号公布）: behind the title of a rule, with its number
_BEHIND_TITLE = re.compile("》[（(][^（）()》]{0,80}$")
_NUMBERED = re.compile("[^，。；《》]{0,60}?(?:令|公告|号)")
# 质检总局令第98号, 农业部公告第194号, 卫生部第90号令
_ORDER = re.compile(
    r"(?:令|公告)[〔（(\[]?(?:[12][0-9]{3}[〕）)\]]?年?)?第?[0-9一二三四五六七八九十百〇零]{1,5}号"
    r"|(?:[12][0-9]{3}年)?第[0-9一二三四五六七八九十百〇零]{1,5}号(?:令|公告)"
)
# 省物价局《…办法》, 国土资源部、农业部印发的《…通知》: who made the rule that is cited
_AUTHOR = re.compile(
    "(?:等[^，。；《》]{0,12})?(?:[、和与及][^，。；《》]{2,40}?)?(?:(?:联合)?(?:印发|发布|公布|颁布|制定|下发|出台)的)?"
    "《[^《》]{2,60}(?:《[^《》]*》[^《》]{0,30})?(?:办法|规定|通知|意见|细则|标准|规则|规程|规范|指引|决定|方案|目录|制度|公告|准则|批复|函)"
    "(?:[（(][^（）()]*[）)])?》"
)
_HAS_TASK = re.compile("[由向报经请送]$")
# 中国人民银行副省级城市中心支行以上分支机构: the name of a level
_LEVEL = re.compile("及?以上(?:的)?(?:各级)?(?:分支)?(?:机构|机关|部门)")
# “由省国家税务局负责解释”修订为“由省税务局负责解释”
_OPENED, _CLOSED = "“", "”"
_TAKEN_OUT = re.compile(r"”\s*[^“。；\n]{0,16}?(?:修订|修改|调整|变更|替换|更正|改)(?:为|成)")
_PUT_IN = re.compile(r"(?:修订|修改|调整|变更|替换|更正|改)(?:为|成)[：:]?\s*$")
# 《某某办法》规定：“……”: words of a rule that the document quotes
_RULE_SAYS = re.compile("》[^。；“”《》]{0,30}(?:规定|明确|指出|要求)[：:，,]?$")
_LONGEST_QUOTED = 400


def relies_on(case: Case, span: Span, passive: Sequence[Span]) -> bool:
    """Whether a provision assigns a task to the body at a span, rather than naming it only; `passive` spans only name bodies."""
    return not _is_named_only(case, span, passive) and not _made_cited_rule(case.text, span)


def only_made_cited_rule(case: Case, span: Span, passive: Sequence[Span]) -> bool:
    """Whether a provision names the body at a span as the one that made a rule which it cites, and gives it no task."""
    return not _is_named_only(case, span, passive) and _made_cited_rule(case.text, span)


def _is_named_only(case: Case, span: Span, passive: Sequence[Span]) -> bool:
    """Whether a body is named as an addressee, a signer, a level, or in what is over or belongs to another paper."""
    text = case.text
    if any(other.start < span.end and span.start < other.end for other in passive):
        return True
    if _is_distributed(text, span) or _is_signature(text, span) or is_in_change(text, span):
        return True
    if _LEVEL.match(text, span.end):
        return True
    before = text[span.sentence(text).start : span.start]
    if _CONSULTED.search(before) or (_ONCE.search(before) and not _EVERY.search(before)):
        return True
    return bool(_DONE_THEN.match(text[span.end : span.end + 40]) or _FORMER.search(before[-18:]))


def is_in_change(text: str, span: Span) -> bool:
    """Whether a span belongs to quoted words that the document puts in, or takes out, elsewhere (“…”修改为“…”).

    What stands there is a matter of the document that is changed.
    """
    opened = text.rfind(_OPENED, max(0, span.start - _LONGEST_QUOTED), span.start)
    if opened < 0 or _CLOSED in text[opened : span.start]:
        return False
    if _PUT_IN.search(text, max(0, opened - 20), opened):
        return True
    closed = text.find(_CLOSED, span.end, span.end + _LONGEST_QUOTED)
    return closed >= 0 and _TAKEN_OUT.match(text, closed) is not None


def _made_cited_rule(text: str, span: Span) -> bool:
    """Whether a body is named only as the one that made a rule which the text cites, by title or by number, or in words quoted from a rule."""
    return _is_author(text, span) or _is_quoted_rule(text, span)


def _is_author(text: str, span: Span) -> bool:
    """Whether a body stands before or behind the title, or before the number, of a rule as the one that made it."""
    if _HAS_TASK.search(text, max(0, span.start - 1), span.start):
        return False
    if _BEHIND_TITLE.search(text, max(0, span.start - 100), span.start) and _NUMBERED.match(text, span.end):
        return True
    return bool(_ORDER.match(text, span.end) or _AUTHOR.match(text, span.end))


def _is_quoted_rule(text: str, span: Span) -> bool:
    """Whether a body stands in words that the document quotes from a rule (《…办法》规定：“…向劳动保障部提出…”)."""
    opened = text.rfind(_OPENED, max(0, span.start - _LONGEST_QUOTED), span.start)
    if opened < 0 or _CLOSED in text[opened : span.start]:
        return False
    return _RULE_SAYS.search(text, max(0, opened - 50), opened) is not None


def _line(text: str, span: Span) -> tuple[int, int]:
    end = text.find("\n", span.end)
    return text.rfind("\n", 0, span.start) + 1, end if end >= 0 else len(text)


def _is_distributed(text: str, span: Span) -> bool:
    """Whether a body is named as an addressee: in the lines of copies, in a salutation, or in a short line that passes the paper on."""
    start, end = _line(text, span)
    line = text[start:end].strip()
    if _ADDRESSED.match(line) or (_PASSED_ON.search(line) and len(line) < _LONGEST_LINE_PASSED_ON):
        return True
    begin = max(text.rfind("。", 0, span.start) + 1, span.start - _LONGEST_DISTRIBUTION)
    return _DISTRIBUTED.search(text, begin, span.start) is not None


def _is_signature(text: str, span: Span) -> bool:
    """Whether the line holds a name and a day only, or names alone below a day or, with more names, above one."""
    start, end = _line(text, span)
    line = text[start:end].strip()
    if _DATED.match(line) or _PROMULGATION.match(line):
        return True
    if not _NAMES.match(line):
        return False
    below = text[end : end + _LONGEST_SIGNATURE].split("\n")
    signed = next((one for one in map(str.strip, below) if one and (_DATE.match(one) or not _NAMES.match(one))), "")
    return bool(_DATE.match(signed) or _DATE.match(text[:start].rstrip().rsplit("\n", 1)[-1]))
