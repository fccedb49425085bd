"""Parts of the page of an item that are the same for every item and reader, rendered once: buttons of verdicts, usual words, types and bases to choose from."""

from datetime import date
from functools import cache, lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from pipeline.review.decisions.finding_types import bases_by_type, bases_on, finding_types
from pipeline.review.models import Verdict

USUAL_WORDS = {
    "成立": ("没有法律、法规、规章依据", "超出上位法规定的范围"),
    "不成立": ("有上位法依据，条文没有写明", "属于内部管理，不涉及外部权利义务"),
    "需修改": ("补充依据的名称和条款", "改为鼓励、引导性表述"),
}
# verdicts with the key that focuses each (1 to 3); 转办 (4) asks for its addressee
_VERDICTS = tuple((number, verdict) for number, verdict in enumerate(Verdict.values, 1) if verdict != Verdict.REFER)


@cache
def verdict_buttons() -> SafeString:
    """The buttons of the verdicts on a finding."""
    return _rendered("part_verdict_buttons.html", verdicts=_VERDICTS)


@cache
def usual_words() -> SafeString:
    """The words that are offered for a comment on a finding."""
    return _rendered("part_usual_words.html", templates=USUAL_WORDS)


@cache
def type_options() -> SafeString:
    """The types of findings by legal question, as options of a form."""
    return _rendered("part_type_options.html", raise_types=finding_types())


@lru_cache(maxsize=2)
def basis_lists(day: date) -> SafeString:
    """The bases in force on a day: all as a list to choose from, and those of each type as data."""
    return _rendered("part_basis_lists.html", raise_bases=bases_on(day), type_bases=bases_by_type(day))


def _rendered(template: str, **context: object) -> SafeString:
    return mark_safe(render_to_string(template, context))
