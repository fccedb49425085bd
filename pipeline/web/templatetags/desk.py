"""Small helpers of the templates."""

from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from pipeline.review.queue.filters import GROUPS

register = template.Library()
_OUTCOMES = {"keep": "继续有效", "amend": "修改", "repeal": "废止", "lapse": "宣布失效", "not_applicable": "不适用"}


@register.filter
def group(kind: str) -> str:
    """The legal question of a finding by the first letters of its type."""
    return GROUPS.get(kind[:3], "其他")


@register.filter
def outcome(name: str) -> str:
    """The Chinese name of a cleanup outcome."""
    return _OUTCOMES.get(name, name)


@register.filter
def unlocal(number: float) -> str:
    """A number as SVG wants it."""
    return f"{number:g}"


@register.filter
def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage."""
    return f"{share:.1%}"


@register.filter
def compared(marked: str) -> SafeString:
    """The comparison of an article with a clause: 【】 is only in the article, ｛｝ only in the clause."""
    safe = str(escape(marked))
    for sign, tag in (("【", "<del>"), ("】", "</del>"), ("｛", "<ins>"), ("｝", "</ins>")):
        safe = safe.replace(sign, tag)
    return mark_safe(safe)


@register.filter
def most(rows: list[tuple[Any, int]]) -> int:
    """The highest count of some rows, for the length of a bar."""
    return max((count for _, count in rows), default=1)


@register.simple_tag
def changed(parameters: str, name: str, value: str) -> str:
    """The query string of a page with one parameter set, or left out where it is ""."""
    from urllib.parse import parse_qsl, urlencode

    kept = [(key, old) for key, old in parse_qsl(parameters) if key != name]
    return urlencode([*kept, (name, value)] if value else kept)
