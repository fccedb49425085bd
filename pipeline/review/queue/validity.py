"""有效性: whether the document of an item is in force on a day, by the days that count, those that people corrected among them.

Pages, API, command line, exports and tables ask here: what the program once computed was true on that day and for the days that it
read. What is not issued has no validity.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from pipeline.dates import after_delay, last_day_in_force
from pipeline.kinds_of_papers import is_unissued
from pipeline.review.models import WITHOUT_VALIDITY, Item, Kind

IN_FORCE, LAPSED, UNKNOWN, NOT_YET = "有效", "已届满", "未知", "尚未施行"
# the states that follow from days; 已废止 and 已失效 are told by a page
_BY_DAYS = frozenset((IN_FORCE, LAPSED, UNKNOWN, NOT_YET))
# the states of a document that is no longer in force
OVER = frozenset((LAPSED, "已废止", "已失效"))
# the longest term that is looked for, in half years
_LONGEST = 60


def without_validity(item: Item) -> bool:
    """Whether an item has no validity: a draft by its kind of case or by its title, a major decision, a contract."""
    return item.kind in WITHOUT_VALIDITY or is_unissued(item.title)


def validity_of(item: Item, day: date | None = None) -> str:
    """The validity of an item on a day (by default today): 有效, 已届满, 尚未施行, 未知, 已废止, 已失效; "" where it has none."""
    day = day or timezone.localdate()
    if without_validity(item):
        return ""
    if item.validity not in _BY_DAYS:
        return item.validity
    if item.expires is not None and item.expires < day:
        return LAPSED
    if item.validity == NOT_YET and not _has_begun(item, day):
        return NOT_YET
    return IN_FORCE if item.expires is not None else UNKNOWN


def expiry_of(item: Item) -> date | None:
    """The last day in force of an item; None where it is not known, and where the item has no validity."""
    return None if without_validity(item) else item.expires


def note_of(item: Item) -> str:
    """待核实 where the validity of an item rests on something that is still open, else ""."""
    return item.validity_note if validity_of(item) else ""


def _why_none(item: Item) -> str:
    issued_by_none = item.kind in (Kind.MAJOR, Kind.CONTRACT)
    return f"{Kind(item.kind).label}不计算有效期" if issued_by_none else "草案尚未印发，没有效力"


def _has_begun(item: Item, day: date) -> bool:
    began = began_of(item)
    return began is not None and began <= day


def began_of(item: Item) -> date | None:
    """施行日期 of an item: as a person corrected it, else as the program read it; None where it is not known."""
    corrected = item.corrections.filter(field="effective").order_by("-id").values_list("value", flat=True).first()
    if corrected:
        return date.fromisoformat(corrected)
    return commencement_in(item.current.dossier["document"]) if item.current else None


def commencement_in(document: Mapping[str, Any]) -> date | None:
    """施行日期 in the document of a dossier: the stated day, else the day of publication with the stated delay; None where neither is known."""
    masthead = document["masthead"]
    announced = masthead["published"] or masthead["made"]
    return commencement_of(document["effective"], date.fromisoformat(announced["value"]) if announced else None)


def commencement_of(effective: Mapping[str, Any] | None, announced: date | None) -> date | None:
    """施行日期 by what a text states of it and the day on which it was announced; None where that does not tell it."""
    if effective is None:
        return None
    if effective["day"]:
        return date.fromisoformat(effective["day"])
    return _start(effective, announced) if announced else None


def expiry_by_day_made(document: Mapping[str, Any], validity: Mapping[str, Any], made: date) -> date | None:
    """The last day in force that follows once a person corrected the day on which a document was made; None where it does not rest on that day.

    `document` and `validity` are those of a dossier. A term that the text does not write is as long as the program took it.
    """
    effective, term, masthead = document.get("effective") or {}, document.get("term") or {}, document["masthead"]
    if effective.get("day") or term.get("last_day"):
        return None
    read = masthead["made"] or masthead["published"]
    old = _start(effective, date.fromisoformat(read["value"])) if read else None
    return _last_day(term, validity["expires"], _start(effective, made), old)


def expiry_by_commencement(document: Mapping[str, Any], validity: Mapping[str, Any], began: date) -> date | None:
    """The last day in force that follows once a person corrected 施行日期; None where it does not rest on that day."""
    effective, term, masthead = document.get("effective") or {}, document.get("term") or {}, document["masthead"]
    if term.get("last_day"):
        return None
    read = masthead["made"] or masthead["published"]
    stated = effective.get("day")
    old = date.fromisoformat(stated) if stated else None
    old = old or (_start(effective, date.fromisoformat(read["value"])) if read else None)
    return _last_day(term, validity["expires"], began, old)


def _last_day(term: Mapping[str, Any], expires: str | None, start: date, old: date | None) -> date | None:
    """The last day of a term from a day; one that the text does not write is as long as from `old` to `expires`."""
    if term.get("days"):
        return start + timedelta(days=term["days"] - 1)
    if term.get("years"):
        return last_day_in_force(start, term["years"])
    if not expires or not old:
        return None
    last = date.fromisoformat(expires)
    lengths = (halves / 2 for halves in range(1, _LONGEST + 1))
    years = next((years for years in lengths if last_day_in_force(old, years) == last), None)
    return last_day_in_force(start, years) if years else None


def _start(effective: Mapping[str, Any], announced: date) -> date:
    """The day from which a term runs that begins with the day on which a document was made or published."""
    months, days, working = (effective.get(f"delay_{unit}") or 0 for unit in ("months", "days", "working_days"))
    return after_delay(announced, months=months, days=days, working_days=working)


def told_dossier(item: Item) -> dict[str, Any]:
    """The dossier of the current version with the validity that counts; the program's cleanup proposal is left out where the item has none.

    Raises `ValueError` for an item without a version.
    """
    if item.current is None:
        raise ValueError(item.pk)
    dossier: dict[str, Any] = item.current.dossier
    assessment = {**dossier["assessment"], "validity": told_validity(item, dossier["assessment"]["validity"])}
    if without_validity(item):
        assessment["cleanup"] = {
            "outcome": "not_applicable", "indicators": [], "reasons": [_why_none(item)], "confidence": "高", "conflicts": [],
        }  # fmt: skip
    return {**dossier, "assessment": assessment}


def told_validity(item: Item, validity: Mapping[str, Any], day: date | None = None) -> dict[str, Any]:
    """The validity of a dossier as it counts for an item on a day (by default today): state, last day, reasons; none of them where the item has none."""
    day = day or timezone.localdate()
    state, expires = validity_of(item, day), expiry_of(item)
    if not state:
        return {**validity, "state": "", "expires": None, "rule": "none", "reasons": [_why_none(item)], "span": None}
    last = expires.isoformat() if expires else None
    if (state, last) == (validity["state"], validity["expires"]):
        return dict(validity)
    told = (
        [f"按{'更正的' if last != validity['expires'] else ''}有效期至{last}，在{day}{state}"]
        if last
        else [f"在{day}{state}"]
    )
    return {
        **validity,
        "state": state,
        "expires": last,
        "reasons": told,
        "span": validity["span"] if last == validity["expires"] else None,
    }
