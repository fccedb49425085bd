"""Template tags and filters of the desk."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pipeline.clause_places import place_in_words
from pipeline.review.decisions.renumbered import version_words
from pipeline.review.models import Finding, Item, Paper, Release, recipient_called
from pipeline.review.output.program_words import Fitting, fitting, is_other_paper, measure_of, program_reasons
from pipeline.review.queue.basis_words import Words, words_beside
from pipeline.review.queue.filters import GROUPS
from pipeline.review.queue.uploads import result_of

register = template.Library()
_OUTCOMES = {"keep": "继续有效", "amend": "修改", "repeal": "废止", "lapse": "宣布失效", "not_applicable": "不适用"}


@register.filter
def place(path: str) -> str:
    """The words for the path of a clause (第一部分第（一）项)."""
    return place_in_words(path)


@register.filter
def result(paper: Paper) -> str:
    """What became of an uploaded document."""
    return result_of(paper)


@register.filter
def group(kind: str) -> str:
    """The Chinese name of the legal question of a finding type, by its first three letters."""
    return GROUPS.get(kind[:3], "其他")


@register.filter
def last_part(name: str) -> str:
    """The name of a file without what stands before it: of a file handed in at the desk that is the account."""
    return PurePath(name).name


@register.filter
def reasons_in(finding: Finding, item: Item) -> str:
    """The reasons for a finding as its case tells them: those of a person as they are."""
    reasons = finding.content["reasons"]
    return "；".join(reasons if finding.raised_by else program_reasons(reasons, other=is_other_paper(item)))


@register.filter
def fitting_in(finding: Finding, item: Item) -> Fitting:
    """The bases and the advice of a finding that fit the paper of its case."""
    return fitting(finding, item)


@register.filter
def words_in(basis: Mapping[str, Any], words: Words) -> tuple[object, ...]:
    """The words of the articles that a basis names, among those of a page."""
    return words_beside(basis, words)


@register.filter
def sent_version(made: Release) -> str:
    """The version that a sending was about, with what it was then where it has another number since."""
    return version_words(made)


@register.filter
def measure(item: Item) -> str:
    """By what measure the program's hints in a case are to be read, "" where there is nothing to say."""
    return measure_of(other=is_other_paper(item))


@register.filter
def outcome(name: str) -> str:
    """The Chinese name of a cleanup outcome."""
    return _OUTCOMES.get(name, name)


@register.filter
def organ(kind: str) -> str:
    """What the organ of a kind of case is called."""
    return recipient_called(kind)


@register.filter
def closed(text: str) -> str:
    """A text that ends with one full stop; "" for ""."""
    text = text.strip()
    return text if not text or text.endswith(("。", "！", "？")) else f"{text.rstrip('；，')}。"


@register.filter
def unlocal(number: float) -> str:
    """A number in the notation of SVG, independent of the locale."""
    return f"{number:g}"


@register.filter
def percent(share: float) -> str:
    """A proportion (0 to 1) as a percentage."""
    return f"{share:.1%}"


@register.filter
def compared(marked: str) -> SafeString:
    """A marked comparison as HTML: 【】 (only in the article) becomes <del>, ｛｝ (only in the clause) <ins>; all else is escaped."""
    safe = str(escape(marked))
    for sign, tag in (("【", "<del>"), ("】", "</del>"), ("｛", "<ins>"), ("｝", "</ins>")):
        safe = safe.replace(sign, tag)
    return mark_safe(safe)


@register.filter
def most(rows: list[tuple[Any, int]]) -> int:
    """The highest count among rows of (name, count), 1 for none: the maximum of a bar."""
    return max((count for _, count in rows), default=1)


@register.simple_tag
def changed(parameters: str, name: str, value: str) -> str:
    """A query string with one parameter set to `value`, or removed where `value` is ""."""
    from urllib.parse import parse_qsl, urlencode

    kept = [(key, old) for key, old in parse_qsl(parameters) if key != name]
    return urlencode([*kept, (name, value)] if value else kept)
