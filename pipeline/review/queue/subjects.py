"""What decisions are about: a decision no longer counts once its finding names another type or other bases than its author saw."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from pipeline.review.models import Decision, Item

_LONG_NAME = "中华人民共和国"


def set_aside_outdated(item: Item, *, changed: str = "") -> list[Decision]:
    """Sets those decisions on an item aside that are about another type or other bases than their finding in the current version.

    `changed` is the key of a finding that a person has just changed so: decisions on it are set aside even where it was not kept what
    they are about. Returns the decisions, which are kept.
    """
    if item.current is None:
        return []
    now = {finding.key: finding.subject for finding in item.current.findings.all()}
    standing = Decision.objects.filter(item=item, withdrawn=None, set_aside=None)
    outdated = [
        made
        for made in standing
        if made.finding_key in now and _differs(made.about, now[made.finding_key], unknown=made.finding_key == changed)
    ]
    Decision.objects.filter(pk__in=[made.pk for made in outdated]).update(set_aside=timezone.now())
    return outdated


def _differs(about: Mapping[str, Any], now: Mapping[str, Any], *, unknown: bool) -> bool:
    if "bases" not in about:
        return unknown or about.get("type", now["type"]) != now["type"]
    return about["type"] != now["type"] or _cited(about["bases"]) != _cited(now["bases"])


def same_bases(some: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> bool:
    """Whether two lists of bases name the same ones, in whatever order, with or without 中华人民共和国 in the names, checked or not as before."""
    one, other = (
        (
            _cited((basis["law"], basis["article"]) for basis in bases),
            [b for b in bases if not b.get("confirmed", True)],
        )
        for bases in (some, others)
    )
    return one[0] == other[0] and len(one[1]) == len(other[1])


def _cited(bases: Iterable[Sequence[str]]) -> set[tuple[str, str]]:
    return {(law.removeprefix(_LONG_NAME), article) for law, article in bases}
