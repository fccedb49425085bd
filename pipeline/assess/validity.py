"""有效性: whether a document is in force on a day, with the sentence and the rule that decided.

Order: stated last day, stated term, term for 暂行/试行 and default term of the place in force on the
document's own date. What is not known stays unknown.
"""

import re
from datetime import date

from pipeline.assess.argument import Case
from pipeline.dates import last_day_in_force
from pipeline.document import Document, Span, Validity
from pipeline.law import Regime, regime_for

IN_FORCE, LAPSED, UNKNOWN, NOT_YET = "有效", "已届满", "未知", "尚未施行"
STATED = "stated"
_PROVISIONAL = re.compile("暂行|试行")


def assess_validity(case: Case) -> Validity:
    """The validity of a document on the assessment date."""
    document = case.document
    start, told = starting_day(document)
    expires, span = stated_expiry(document)
    if expires:
        return _judge(case, (expires, STATED), (told, "文件写明了有效期"), span)
    if not case.labels.is_normative:
        return Validity(UNKNOWN, None, "none", ("不是行政规范性文件，不适用有效期制度",), None)
    if start is None:
        return Validity(UNKNOWN, None, "none", ("文件没有写明施行、成文或公布日期，无法计算有效期",), None)
    if start > case.as_of:
        return Validity(NOT_YET, None, "start", (told,), None)
    return _by_regime(case, start, told)


def starting_day(document: Document) -> tuple[date | None, str]:
    """The day from which a term runs, and which date that was: 施行, else 成文, else 公布."""
    effective, masthead = document.effective, document.masthead
    if effective and effective.day:
        return effective.day, f"自施行日期{effective.day}起算"
    for fact, name in ((masthead.made, "成文"), (masthead.published, "印发或公布")):
        if fact:
            return fact.value, f"文件没有写明确切的施行日期，按{name}日期{fact.value}起算"
    return None, ""


def stated_expiry(document: Document) -> tuple[date | None, Span | None]:
    """The last day in force that the document states or that its stated term gives."""
    term = document.term
    if term is None:
        return None, None
    if term.last_day:
        return term.last_day, term.span
    effective, masthead = document.effective, document.masthead
    start = effective.day if effective else None
    published = masthead.made or masthead.published
    if effective and effective.on_publication and published:
        start = published.value
    if start is None or term.years is None:
        return None, term.span
    return last_day_in_force(start, term.years), term.span


def place_of(case: Case) -> str | None:
    """The place whose regime applies: as asked, else by the name of the first issuer."""
    if case.place:
        return case.place
    issuers = case.document.masthead.issuers
    return issuers[0].value if issuers else None


def _by_regime(case: Case, start: date, told: str) -> Validity:
    place = place_of(case)
    regime = regime_for(place, start) if place else None
    if regime is None:
        return Validity(
            UNKNOWN,
            None,
            "none",
            ("没有写明有效期；制定机关所在地的默认有效期未知，可用--place指明地区",),
            None,
        )
    title = case.document.masthead.title
    provisional = bool(title and _PROVISIONAL.search(title.value))
    years = regime.provisional_years if provisional else regime.years
    if years is None:
        return Validity(UNKNOWN, None, "none", (f"没有写明有效期；{regime.basis}的默认年限待核",), None)
    reason = f"没有写明有效期，按{regime.basis}{'暂行、试行' if provisional else ''}{years:g}年计算{_mark(regime)}"
    return _judge(
        case,
        (last_day_in_force(start, years), "place"),
        (told, reason),
        title.span if title else None,
    )


def _mark(regime: Regime) -> str:
    return "" if regime.confirmed else "（该规定待核实）"


def _judge(case: Case, found: tuple[date, str], reasons: tuple[str, ...], span: Span | None) -> Validity:
    expires, rule = found
    state = LAPSED if expires < case.as_of else IN_FORCE
    kept = tuple(reason for reason in reasons if reason)
    return Validity(state, expires, rule, (*kept, f"有效期至{expires}，在{case.as_of}{state}"), span)
