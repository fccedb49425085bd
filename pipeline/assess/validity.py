"""Validity (有效性): whether a document is in force on a day, with the span and the rule that decide.

Order of precedence: an end that the information block of the page states (已废止), stated last day, stated term, term of the
place for 暂行/试行 or 通告, default term of the place, each by the regime in force on the document's own date. What is not
known stays unknown.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from pipeline.assess.argument import Case
from pipeline.dates import after_delay, last_day_in_force, last_day_of
from pipeline.document import UNKNOWN_PLACE, Document, Effective, NormLevel, Span, Term, Validity
from pipeline.kinds_of_papers import AFFAIRS, SINGLE_ACTS, is_unissued
from pipeline.law import Regime, longest_provisional, national_names, province_in, province_of, regime_for

IN_FORCE, LAPSED, UNKNOWN, NOT_YET = "有效", "已届满", "未知", "尚未施行"
REPEALED, ENDED = "已废止", "已失效"
# the rule that decides: 载明, 暂行试行, 通告, 当地默认, 网页信息表
STATED, PROVISIONAL, NOTICE, PLACE, PAGE = "stated", "provisional", "notice", "place", "page"
_PROVISIONAL = re.compile("暂行|试行")
_ISSUES = re.compile("(?:印发|发布|公布|颁布|下发|转发|批转)(?:试行)?《")
_FORWARDS = re.compile("(?:现|兹)?将[^。；]{4,160}转(?:发|给|发给)你们")
_CITED = re.compile("(?<=.)《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_ABOUT_ANOTHER = re.compile("关于(?:决定)?(?:延长|继续(?:执行|实施|施行)|废止|修改|停止执行|宣布失效)")
# a notice that ends, changes or prolongs another document lives with that one: no default term of its own
_OF_ANOTHER = re.compile(
    r"关于(?:决定|同意|再次|继续|进一步)?(?:延长|延续|顺延|延期|续延|废止|修改|修订|修正|停止执行|停止施行|停止使用|宣布失效|恢复执行)(?!了)[^，。]*的(?:决定|通知|公告|通告|批复|函)$"
    r"|关于(?:继续|延期)(?:执行|实施|施行|适用|沿用)《[^，。]*的(?:决定|通知|公告|通告|批复|函)$"
    r"|关于《.{4,120}》(?:及其[^，。]{0,12})?(?:等[^，。]{0,12})?(?:继续|转为|转正|正式|延期|有效期|试行期|延长|顺延|废止|失效|停止)[^，。]{0,20}的(?:决定|通知|公告|通告|批复|函)$"
)
_MONTH_OF_START = re.compile("([12][0-9]{3})年([0-9]{1,2})月[^日，。；]{0,4}起(?:施行|实施|执行)")
_YEAR_OF_NUMBER = re.compile("〔([12][0-9]{3})〕")
# genres that never carry a term
_WITHOUT_TERM = AFFAIRS | SINGLE_ACTS
_LOCAL = re.compile("[省市县区镇乡州盟旗]|街道")
_HEAD = 3000
# an office of a body: 办公厅, 政策法规司
_OFFICE = re.compile("办公[厅室]|[\u4e00-\u9fff]{2,10}司")
_OF_CENTRAL = "制定机关是中央国家机关，地方规定的默认有效期不适用"


def assess_validity(case: Case) -> Validity:
    """The validity of a document on the day of the case, with reasons in Chinese."""
    return _ended_by_page(case) or _unissued(case) or _with_words_of_page(case, _by_text(case))


def _unissued(case: Case) -> Validity | None:
    """The validity of a draft by its title, which nobody has issued yet; None for other documents."""
    title = case.document.masthead.title
    if title is None or not is_unissued(title.value):
        return None
    return Validity(UNKNOWN, None, "none", ("题名表明是尚未印发的草案，没有效力",), title.span)


def _ended_by_page(case: Case) -> Validity | None:
    """The validity of a document that its page says has been repealed or has lapsed by the day of the case; None if it does not."""
    standing = case.document.standing
    if standing is None or not standing.value.ended or (standing.value.since and standing.value.since > case.as_of):
        return None
    since = standing.value.since
    last_day = since - timedelta(days=1) if since else None
    says = f"网页信息表写明“{standing.value.words}”"
    state = REPEALED if standing.value.ended == "废止" else ENDED
    return Validity(state, last_day, PAGE, (f"{says}，请核对废止或者宣布失效的文件",), standing.span)


def _with_words_of_page(case: Case, found: Validity) -> Validity:
    """The validity with what the page says added to the reasons, where it says something else or an end in future."""
    standing = case.document.standing
    if standing is None or (not standing.value.ended and found.state != LAPSED):
        return found
    says = f"网页信息表写明“{standing.value.words}”"
    reason = says if standing.value.ended else f"{says}，与按有效期计算的结果不一致，请核对有效期是否已经延长"
    return replace(found, reasons=(*found.reasons, reason))


def _by_text(case: Case) -> Validity:
    document = case.document
    if document.is_collection:
        return Validity(UNKNOWN, None, "none", tuple(_of_papers(case)), None)
    start, start_reason = starting_day(document)
    expires, span = stated_expiry(document)
    begins = document.effective.day if document.effective else None
    if expires and begins and begins > case.as_of:
        says = f"自{begins}起施行，在{case.as_of}尚未施行；有效期至{expires}"
        return Validity(NOT_YET, expires, STATED, (says,), span)
    if expires:
        return _with_expiry(case, expires, STATED, (start_reason, "文件写明了有效期"), span)
    return _from_month(case) or _without_expiry(case, start, start_reason, span)


def _without_expiry(case: Case, start: date | None, start_reason: str, span: Span | None) -> Validity:
    """The validity of a document whose last day cannot be computed from what it states."""
    document = case.document
    if not case.labels.is_normative:
        doubt = case.labels.in_doubt
        says = "是否属于行政规范性文件待人工确认" if doubt else "不是行政规范性文件，不适用有效期制度"
        return Validity(UNKNOWN, None, "none", (says, *_if_normative(case)), None)
    if start is None:
        says = _without_start(document.term) if document.term else "文件没有写明施行、成文或公布日期，无法计算有效期"
        return Validity(UNKNOWN, None, "none", (says,), span)
    if document.term:
        return Validity(UNKNOWN, None, "none", (_without_start(document.term),), span)
    if start > case.as_of:
        return _later(case, start_reason)
    return _by_regime(case, start, start_reason)


def _from_month(case: Case) -> Validity | None:
    """The validity by a term that runs from a month (自2020年3月起施行，有效期三年), counted from its last day; None for another."""
    term = case.document.term
    match = _MONTH_OF_START.search(case.text, term.span.start, term.span.end) if term else None
    if match is None or term is None or not term.years or not 1 <= int(match[2]) <= 12:
        return None
    start = last_day_of(int(match[1]), int(match[2]))
    says = f"文件只写明自{match[1]}年{int(match[2])}月起施行，从宽自{start}起算"
    return _with_expiry(case, last_day_in_force(start, term.years), STATED, (says, "文件写明了有效期"), term.span)


def _later(case: Case, start_reason: str) -> Validity:
    """The validity of a document whose first day is after the day of the analysis; the year of its number alone does not tell that day."""
    document = case.document
    if (document.effective and document.effective.day) or document.masthead.made or document.masthead.published:
        return Validity(NOT_YET, None, "start", (start_reason,), None)
    says = f"文件没有写明日期，只有发文字号的年份，在{case.as_of}是否已经施行不能判断"
    return Validity(UNKNOWN, None, "none", (says,), None)


def _of_papers(case: Case) -> Iterator[str]:
    """The last day of each paper of a collection, in Chinese: the collection itself has none."""
    papers = case.document.attached
    yield f"文件是汇编，含{len(papers)}件文件，各有自己的有效期，请逐件处理"
    for paper in papers:
        expires, _ = stated_expiry(paper)
        if expires:
            yield f"{paper.name}有效期至{expires}，在{case.as_of}{LAPSED if expires < case.as_of else IN_FORCE}"
        else:
            yield f"{paper.name}没有写明有效期" if paper.term is None else _without_start(paper.term)


def _if_normative(case: Case) -> tuple[str, ...]:
    """The reason why a document of general content would have lapsed if it were normative; () if it would not."""
    start, start_reason = starting_day(case.document)
    if start is None or case.labels.norm_level is not NormLevel.NORMATIVE or case.labels.genre in _WITHOUT_TERM:
        return ()
    found = _by_regime(case, start, start_reason)
    return (f"如按规范性文件管理，{'，'.join(found.reasons)}",) if found.state == LAPSED else ()


def _without_start(term: Term) -> str:
    """Why the last day of a written term is not known, in Chinese."""
    length = f"{term.days}日" if term.days else f"{term.years or 0:g}年"
    return f"文件写明了有效期{length}，但是没有写明施行、成文或公布日期，无法计算届满日期"


def starting_day(document: Document) -> tuple[date | None, str]:
    """The day from which a term runs and the reason in Chinese; (None, "") if no date is stated.

    In order: 施行, a time after 成文 or 公布, 成文, 公布, else the last day of the year of the document number.
    """
    effective, masthead = document.effective, document.masthead
    if effective and effective.day:
        return effective.day, f"自施行日期{effective.day}起算"
    for fact, name in ((masthead.made, "成文"), (masthead.published, "印发或公布")):
        if fact and effective and (delay := _delay(effective)):
            day = _delayed(effective, fact.value)
            return day, f"文件自公布之日起{delay}后施行，按{name}日期{fact.value}约自{day}起算"
        if fact:
            return fact.value, f"文件没有写明确切的施行日期，按{name}日期{fact.value}起算"
    year = _YEAR_OF_NUMBER.search(masthead.number.value) if masthead.number else None
    if year:
        day = date(int(year[1]), 12, 31)
        return day, f"文件没有写明日期，按发文字号的年份从宽自{day}起算"
    return None, ""


def _delay(effective: Effective) -> str:
    """The time after publication at which a document takes effect, in Chinese; "" if there is none."""
    counts = (effective.delay_days, "日"), (effective.delay_months, "个月"), (effective.delay_working_days, "个工作日")
    return next((f"{count}{unit}" for count, unit in counts if count), "")


def _delayed(effective: Effective, published: date) -> date:
    """The day on which a document takes effect that was published on a day; working days are Monday to Friday."""
    months, days, working_days = (
        effective.delay_months or 0,
        effective.delay_days or 0,
        effective.delay_working_days or 0,
    )
    return after_delay(published, months=months, days=days, working_days=working_days)


def stated_expiry(document: Document) -> tuple[date | None, Span | None]:
    """The last day in force by the stated last day or term, and the span of the term; None where not stated.

    A term without commencement runs from the day of the document.
    """
    term = document.term
    if term is None:
        return None, None
    if term.last_day:
        return term.last_day, term.span
    masthead, effective = document.masthead, document.effective
    if not (effective and effective.day) and not (masthead.made or masthead.published):
        return None, term.span
    start, _ = starting_day(document)
    if start and term.days:
        return start + timedelta(days=term.days - 1), term.span
    return last_day_in_force(start, term.years) if start and term.years else None, term.span


def place_of(case: Case) -> str | None:
    """The place whose regime applies: that of the case, else of the issuers' names, else of the text.

    None for national bodies, whatever place the case has, and where the place is not known.
    """
    issuers = [issuer.value for issuer in case.document.masthead.issuers]
    if issuers and all(map(_is_central, issuers)):
        return None
    if case.place:
        return case.place
    for name in issuers:
        if _is_central(name):
            return None
        province = province_of(name)
        if province:
            return province
    return province_in(case.text[:_HEAD] + case.text[-_HEAD:])


def _is_central(name: str) -> bool:
    """Whether an issuer is a body of the central state, or an office of one (水利部办公厅); branches in a place are not."""
    bodies = national_names()
    return name in bodies or any(name[:at] in bodies and _OFFICE.fullmatch(name, at) for at in range(2, len(name)))


def is_provisional(case: Case) -> bool:
    """Whether the document or one that it issues calls itself 暂行 or 试行; a title that it only cites does not count.

    A document of another body that it forwards (转发给你们) keeps the term that it has there.
    """
    forwards = "你们" in case.text[:_HEAD] and _FORWARDS.search(case.text, 0, _HEAD) is not None
    members = [case.document] if forwards else case.document.family()
    titles = (member.masthead.title.value for member in members if member.masthead.title)
    return any(_PROVISIONAL.search(_own_name(title)) for title in titles)


def _own_name(title: str) -> str:
    """A title without the name of another document that it only cites: 关于延长《…暂行办法》有效期的通知."""
    if _ISSUES.search(title):
        return title
    return "" if _ABOUT_ANOTHER.search(title) else _CITED.sub("", title)


def _by_regime(case: Case, start: date, start_reason: str) -> Validity:
    title = case.document.masthead.title
    if title and not case.document.attached and _OF_ANOTHER.search(title.value) and not _ISSUES.search(title.value):
        says = "只废止、修改或者延长另一文件，随该文件的效力，不单独计算有效期"
        return Validity(UNKNOWN, None, "none", (says,), title.span)
    place, provisional = place_of(case), is_provisional(case)
    regime = regime_for(place, start) if place else None
    span = title.span if title else None
    if regime is None:
        return _anywhere(case, start, start_reason, span) if provisional and _local(case) else _unknown(case)
    years, rule, name = regime.years, PLACE, "默认有效期"
    if provisional:
        years, rule, name = regime.provisional_years, PROVISIONAL, "暂行、试行"
    elif case.labels.genre == "通告" and regime.notice_years:
        years, rule, name = regime.notice_years, NOTICE, "通告"
    if years is None:
        return Validity(UNKNOWN, None, "none", (f"没有写明有效期；{regime.basis}的{name}年限待核",), None)
    reason = f"没有写明有效期，按{regime.basis}{name}{years:g}年计算{_mark(regime)}"
    return _with_expiry(case, last_day_in_force(start, years), rule, (start_reason, reason), span)


def _unknown(case: Case) -> Validity:
    central = any(_is_central(issuer.value) for issuer in case.document.masthead.issuers)
    says = f"没有写明有效期；{_OF_CENTRAL if central else UNKNOWN_PLACE}"
    return Validity(UNKNOWN, None, "none", (says,), None)


def _local(case: Case) -> bool:
    """Whether a document was issued by a local body, by its issuers or, if it names none, its title."""
    masthead = case.document.masthead
    names = [issuer.value for issuer in masthead.issuers] or [masthead.title.value if masthead.title else ""]
    return any(_LOCAL.search(name) for name in names) and not any(name in national_names() for name in names)


def _anywhere(case: Case, start: date, start_reason: str, span: Span | None) -> Validity:
    """The validity of a 暂行/试行 document of an unknown place: lapsed if even the longest known term is over."""
    years = longest_provisional()
    expires = last_day_in_force(start, years)
    if expires >= case.as_of:
        return _unknown(case)
    reason = f"没有写明有效期，制定机关所在地的期限未知；已知各地暂行、试行最长{years:g}年，均已超过（待核实）"
    return _with_expiry(case, expires, PROVISIONAL, (start_reason, reason), span)


def _mark(regime: Regime) -> str:
    return "" if regime.confirmed else "（该规定待核实）"


def _with_expiry(case: Case, expires: date, rule: str, reasons: tuple[str, ...], span: Span | None) -> Validity:
    state = LAPSED if expires < case.as_of else IN_FORCE
    kept = tuple(reason for reason in reasons if reason)
    return Validity(state, expires, rule, (*kept, f"有效期至{expires}，在{case.as_of}{state}"), span)
