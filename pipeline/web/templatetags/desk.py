"""Small helpers of the templates."""

from typing import Any

from django import template

register = template.Library()
_GROUPS = {"LIC": "许可", "PWR": "职权", "PEN": "处罚", "FOR": "强制", "FEE": "收费", "EXP": "财产", "RGT": "权益", "CRT": "证明", "FCR": "竞争",
           "FRM": "形式", "CL-": "清理"}  # fmt: skip
_OUTCOMES = {"keep": "继续有效", "amend": "修改", "repeal": "废止", "lapse": "宣布失效", "not_applicable": "不适用"}


@register.filter
def group(kind: str) -> str:
    """The legal question of a finding by the first letters of its type."""
    return _GROUPS.get(kind[:3], "其他")


@register.filter
def outcome(name: str) -> str:
    """The Chinese name of a cleanup outcome."""
    return _OUTCOMES.get(name, name)


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
