"""Periods (目标期、任务期): documents whose year, target or occasion is over (CL-15, CL-16, CL-17, CL-24)."""

import re
from collections.abc import Iterator
from datetime import date

from pipeline.assess.argument import Case
from pipeline.assess.indicator import at_strength, indicate, inform
from pipeline.assess.validity import starting_day
from pipeline.dates import make_day
from pipeline.document import Fact, Indicator, Span
from pipeline.law import editions

_QUOTED = re.compile(
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:[（(][^（）()]*[）)])?|[\u4e00-\u9fff]{0,8}〔[0-9]{4}〕[0-9]{1,5}号"
)
_YEAR = r"((?:19|20)[0-9]{2})"
_DASH = "[-—－–―~～至]{1,2}"
_RANGE = re.compile(rf"{_YEAR}年?{_DASH}{_YEAR}年")
_OF_YEAR = re.compile(rf"{_YEAR}年(?:度|(?!修订|修正|版|制定|以来|以前|底|第|末|起|[0-9]{{1,2}}月))")
_YEARLY = re.compile(
    r"要点|计划|方案|安排|任务|分工|重点|申报|评选|评审|考核|推荐|遴选|目标|活动|表彰|检查|督查|招生|考试|征集|报送|竞赛|普查|资金|项目|标准|春运|防汛|征兵|年检"
)
# 现就做好2021-2022学年全省教学用书工作有关事项通知如下
_PURPOSE = re.compile(
    "现(?:就|将)((?:[^，。；《》（）()]|[（(][^（）()]{1,60}[）)]){2,60}?)(?:有关|相关)?(?:问题|事项|事宜|要求|安排|情况|工作)?(?:作如下)?(?:通知|通告|公告)如下"
)
_YEARS_OF_WORK = re.compile(
    rf"{_YEAR}(?:学年|年度?(?![0-9以之前来后起底])(?=[^，。]*(?:工作|申报|评审|评选|推荐|遴选|征集|资助|招生|考试|认定|考核|普查|年检)))"
)
_BEGINNING = 800
_PLAN = re.compile(r"(?:计划|规划|纲要|要点|方案|行动|任务分工|责任分工|分工)(?:（[^）]*）)?(?:》|的|$)")
# a scheme that sets up something may outlive the year of its targets
_SCHEME = re.compile("(?:总体|体系|体制|机制|改革|制度|建设|试点)[^，。》]{0,4}方案")
_CALLED_PLAN = re.compile("(?:制定|编制|提出)(?:本|了)[^，。]{0,20}(?:方案|计划|规划|纲要|要点)")
# a year, a range of years or a five-year plan; the pattern begins with the digits, which makes the search fast
_TARGET = re.compile(
    rf"{_YEAR}年(?:(?P<by>(?:底|末)(?:以)?前)|{_DASH}(?P<last>(?:19|20)[0-9]{{2}})年)?|(?P<plan>十[一二三四五])五”?(?:期间|时期|规划期|末)"
)
_UP_TO = re.compile(r"(?:到|至|截至|力争|确保)\s*$")
# 力争2023年达到10亿元，2025年达到20亿元: the later years behind the first one
_LATER = re.compile(
    rf"[，、；]\s*(?:到|至|力争)?{_YEAR}年(?:底|末)?(?:力争)?(?:达|突破|实现|超过|形成|建成|基本|全面|全部|增|降|提高)"
)
# 《某某工作实施方案》已经省政府同意，现印发给你们: the plan that a paper without title issues
_ISSUED_PLAN = re.compile(
    "《([^《》]{4,60}(?:《[^《》]*》[^《》]{0,30})?(?:方案|计划|规划|纲要|要点)(?:（[^（）]*）)?)》[^。《》]{0,40}印发"
)
# “十二五”专项规划: a plan named after its five years
_NAMED_PLAN = re.compile("十([一二三四五])五”?[^，。；《》]{0,24}(?:规划|计划|纲要|方案|行动)")
_FIVE_YEARS = {"十一": 2010, "十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030}
# 到2025年，…: an aim, not the end of a period (至2025年6月30日)
_AIMED = re.compile(r"(?:到|力争|确保)\s*$")
_TO_A_DAY = re.compile("[0-9]{1,2}月[0-9]{1,2}日")
_DEADLINE = re.compile("(?:底|末)(?:以)?前$")
# a title ends with 》, or at the end of its clause if 》 is missing
_CLOSED = re.compile("[》，。；\n]")
_REPORTED = re.compile("^[^，。；]{0,12}(?:已|共有|累计|达到了|完成了|为止|我[市区县省]|全[市区县省国]共)")
# measures with their own end date inside a document that remains in force
_MEASURE = re.compile(
    rf"(?:执行|实施|延续|延长|政策|期限|缓缴|补贴|享受|优惠)[^，。；\n]{{0,12}}(?:至|到){_YEAR}年(?:底|([0-9]{{1,2}})月(?:底|([0-9]{{1,2}})日))"
)
_ONE_OFF = re.compile(
    r"申报|评选|评审|推荐|遴选|征集|报送|春节|国庆|元旦|教师节|节日|庆祝|活动|竞赛|大赛|培训班|检查|督查|自查|普查|摸底|排查整治|专项行动|专项整治|招生|考试|招聘|清理工作|试点申报"
)
_PERSONS = re.compile(
    "组成人员|任免|任职(?!资格)|名单|代表团|代表队|领导小组(?:成员)?的?通知|成立[^，。]{0,20}(?:小组|指挥部|委员会)|调整[^，。]{0,20}小组"
)
# reports and checks, which may come again every year
_REPEATABLE = re.compile("报送|检查|督查|自查|考试|招生")
_RECURRING = re.compile("每(?:年|半年|季|月|周|日|两年)|次年|逐年|按(?:年|季|月)|定期|年度终了")
# 申报截止日期2024年5月15日, 报名时间截至…, the day behind which nothing is taken
_CLOSING = re.compile(
    rf"(?:申报|申请|报名|报送|推荐|征集|提交|受理)[^。；\n]{{0,14}}(?:截止|截至)[^。；\n0-9]{{0,12}}{_YEAR}年([0-9]{{1,2}})月([0-9]{{1,2}})日"
)
# 上述政策执行至2022年12月31日: the period of the whole document
_ALL_MEASURES = re.compile(
    r"(?:[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．])?\s*(?:上述|以上|本通知|本公告|本意见|本措施|本政策)"
)
# rules about a recurring occasion do not lapse
_STANDING = re.compile("(?:办法|细则|规定|制度|规则|标准)(?:（[^）]*）)?(?:》|的|$)")
_ENDS_ITSELF = re.compile(r"自《([^《》]{3,40})》(?:施行|实施|生效)之日起[^。；]{0,12}(?:失效|废止|停止执行)")
_OPENING, _A_YEAR = 260, 365


def assess_periods(case: Case) -> Iterator[Indicator]:
    """The indicators of a year, target, occasion, measure or condition that is over on the day of the case."""
    subject, span = subject_of(case)
    yearly = _of_the_year(case, subject, span)
    if yearly:
        yield yearly
    else:
        yield from _of_target(case, subject, span)
    yield from _of_occasion(case, subject, span)
    yield from _of_measures(case)
    yield from _of_condition(case)


def subject_of(case: Case) -> tuple[str, Span]:
    """The subject of a document and its span: the title, else the opening of the text without citations."""
    masthead = case.document.masthead
    if masthead.title:
        return masthead.title.value, masthead.title.span
    start = masthead.recipients.span.end if masthead.recipients else case.document.span.start
    span = Span(start, min(start + _OPENING, len(case.text)))
    return _QUOTED.sub("", span.cut(case.text)), span


def title_of(case: Case) -> Fact[str] | None:
    """The title of a document, or of the first document that it issues where it has none itself."""
    titles = (member.masthead.title for member in (case.document, *case.document.attached))
    return next((title for title in titles if title), None)


def _name_of(case: Case) -> str:
    """The title of a document, of the first document that it issues, or of the plan that its opening says it issues; "" if there is none."""
    title = title_of(case)
    if title:
        return title.value
    issued = _ISSUED_PLAN.search(case.text, case.document.span.start, case.document.span.start + _BEGINNING)
    return issued[1] if issued else ""


def _of_the_year(case: Case, subject: str, span: Span) -> Indicator | None:
    if not case.document.masthead.title and case.labels.is_normative:
        return _of_purpose(case)
    if _RANGE.search(subject) or not _YEARLY.search(subject):
        return None
    years = [int(match[1]) for match in _OF_YEAR.finditer(subject)]
    if not years or max(years) >= case.as_of.year or case.document.term:
        return None
    says = f"写明是{max(years)}年度的工作，在{case.as_of}年度已过"
    return indicate("CL-16", (says,), span)


def _of_purpose(case: Case) -> Indicator | None:
    """CL-16 for a document without a title that says of itself that it arranges the work of a year (现就做好2021年…工作通知如下)."""
    match = _PURPOSE.search(case.text, 0, _BEGINNING)
    years = [int(year) for year in _YEARS_OF_WORK.findall(match[1])] if match else []
    if match is None or not years or max(years) >= case.as_of.year or case.document.term:
        return None
    says = f"写明部署的是{max(years)}年的工作，在{case.as_of}已过"
    return at_strength(indicate("CL-16", (says,), Span(*match.span(1))), "medium")


def _of_target(case: Case, subject: str, span: Span) -> Iterator[Indicator]:
    name = _name_of(case)
    plan = bool(_PLAN.search(name) if name else _CALLED_PLAN.search(subject)) or bool(_RANGE.search(subject))
    if case.labels.is_normative and not plan:
        yield from _of_aims(case, subject)
        return
    found, written = last_target(case, subject), starting_day(case.document)[0]
    if found is None or found[0] >= case.as_of.year or (written and found[0] < written.year):
        return
    year, where = found
    says = f"文件写明的目标、任务最晚到{year}年，已经届满"
    if plan:
        yield at_strength(indicate("CL-15", (says,), where or span), _strength_of(case, name, where))
    elif case.labels.genre == "通知":
        yield indicate("CL-15", (f"{says}，所部署的工作已经完成",), where or span)
    else:
        yield indicate("CL-15", (f"{says}，需要更新目标",), where or span, outcome="amend")


def _strength_of(case: Case, name: str, where: Span | None) -> str:
    """How surely a plan whose last target year has passed has lapsed; `where` is the target in the text, None where the title names the period.

    A scheme that sets up something, and one that has deadlines of single tasks but no aims, often goes on.
    """
    if where is None:
        return "high"
    scheme = _SCHEME.search(name) is not None
    if case.document.masthead.title and not scheme:
        return "high"
    return "low" if scheme or not any(_aims(case)) else "medium"


def _of_aims(case: Case, subject: str) -> Iterator[Indicator]:
    """CL-15 as information: the aims of a document that is no plan were set for years that have passed; its rules may go on."""
    if case.document.term:
        return
    aims = (target for target in _aims(case) if _AIMED.search(case.text, max(0, target[1].start - 4), target[1].start))
    years = [year for year, span in aims if not _TO_A_DAY.match(case.text, span.end)]
    found, written = last_target(case, subject), starting_day(case.document)[0]
    if not years or found is None or max(years) < found[0] or found[0] >= case.as_of.year:
        return
    if written is None or max(years) >= written.year:
        says = f"文件写明的目标最晚到{max(years)}年，已经过去，其余内容是否继续执行请核对"
        yield inform("CL-15", (says,))


def last_target(case: Case, subject: str) -> tuple[int, Span | None] | None:
    """The last target year of a document with its span (None if from `subject`); None if it sets no target.

    A period that the subject names is that of the document, whatever later years its text looks ahead to.
    """
    ranges = [int(match[2]) for match in _RANGE.finditer(subject)]
    ranges += [_FIVE_YEARS[f"十{match[1]}"] for match in _NAMED_PLAN.finditer(subject)]
    if ranges:
        return max(ranges), None
    return max(_targets(case), key=lambda target: target[0], default=None)


def _aims(case: Case) -> Iterator[tuple[int, Span]]:
    """The target years of the text with their spans, without deadlines of single tasks (2020年底前)."""
    return (target for target in _targets(case) if not _DEADLINE.search(case.text, target[1].start, target[1].end))


def _targets(case: Case) -> Iterator[tuple[int, Span]]:
    """The years up to which the text sets aims, tasks and deadlines, with their spans."""
    for match in _TARGET.finditer(case.text):
        span = Span(*match.span())
        if match["plan"]:
            years = [_FIVE_YEARS[match["plan"]]]
        elif match["by"] or match["last"]:
            years = [int(match["last"] or match[1])]
        elif _UP_TO.search(case.text, max(0, span.start - 6), span.start):
            later = _LATER.finditer(case.text, span.end, span.sentence(case.text).end)
            years = [int(match[1]), *(int(year[1]) for year in later)]
        else:
            continue
        if not _quoted(case.text, span):
            yield max(years), span


def _quoted(text: str, span: Span) -> bool:
    """Whether a year is inside a title in 《》 or belongs to a statement of what was achieved."""
    opened = text.rfind("《", max(0, span.start - 120), span.start)
    inside = opened >= 0 and not _CLOSED.search(text, opened, span.start)
    return inside or bool(_REPORTED.match(text[span.end : span.end + 20]))


def _of_occasion(case: Case, subject: str, span: Span) -> Iterator[Indicator]:
    if not _ONE_OFF.search(subject) or _PERSONS.search(subject) or _STANDING.search(subject):
        return
    if case.labels.is_normative:
        yield from _of_call(case, span)
        return
    start, start_reason = starting_day(case.document)
    if start and (case.as_of - start).days > _A_YEAR and not _is_recurring(case, subject):
        yield indicate(
            "CL-17", (f"部署的是一次性、阶段性工作，{start_reason.split('，')[-1]}至今已逾一年，任务已经完成",), span
        )


def _is_recurring(case: Case, subject: str) -> bool:
    """Whether a document asks for reports or checks that come again: 年度会计决算资料应于次年4月底前报送."""
    return _REPEATABLE.search(subject) is not None and _RECURRING.search(case.text) is not None


def _of_call(case: Case, span: Span) -> Iterator[Indicator]:
    """CL-17: a call for applications whose closing day is past, although it states conditions like a rule."""
    for match in _CLOSING.finditer(case.text):
        closing = make_day(match[1], match[2], match[3])
        if closing and closing < case.as_of:
            says = f"征集、申报的截止日期是{closing}，已经过去，任务已经完成"
            yield indicate("CL-17", (says,), Span(*match.span()))
            return


def _of_measures(case: Case) -> Iterator[Indicator]:
    if case.document.term or not case.labels.is_normative:
        return
    for match in _MEASURE.finditer(case.text):
        year, month, day = int(match[1]), int(match[2] or 12), int(match[3] or 0)
        over = (year, month, day or 31) < (case.as_of.year, case.as_of.month, case.as_of.day)
        span = Span(*match.span())
        if over and not any(made.span.overlaps(span) for m in case.document.family() for made in m.amendments):
            if _ALL_MEASURES.match(case.text[span.sentence(case.text).start : span.end].lstrip()):
                says = f"全部措施的期限已过（“{span.cut(case.text)}”）"
                yield at_strength(indicate("CL-15", (says,), span), "medium")
            else:
                says = f"部分措施的期限已过（“{span.cut(case.text)}”），全部措施都有期限的，宣布失效"
                yield at_strength(indicate("CL-15", (says,), span, outcome="amend"), "medium")
            return


def _of_condition(case: Case) -> Iterator[Indicator]:
    """CL-24: the condition of a document that lapses when a law takes effect (自《某某法》施行之日起失效) is met."""
    for match in _ENDS_ITSELF.finditer(case.text):
        known = editions(match[1], case.as_of)
        begun: date | None = known[-1].since if known else None
        if begun and (start := starting_day(case.document)[0]) and begun > start:
            yield indicate(
                "CL-24", (f"文件规定自《{match[1]}》施行之日起失效，该法自{begun}起施行",), Span(*match.span())
            )
