"""What people changed about a finding, change by change: each from what it was before, with its own person and reason."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.review.case_tables import rows_in
from pipeline.review.models import Amendment, Finding, Item
from pipeline.review.output.program_words import bases_shown
from pipeline.review.queue.subjects import same_bases
from pipeline.review.read_once import once

# behind a basis that nobody has checked; papers that are handed out leave it out
UNCHECKED = "（待核实）"


@once
def amendments_of(item: Item) -> defaultdict[str, list[Amendment]]:
    """The amendments of an item by the key of their finding, oldest first; an empty list for other keys."""
    by_key: defaultdict[str, list[Amendment]] = defaultdict(list)
    for made in rows_in(Amendment, item).order_by("id"):
        by_key[made.finding_key].append(made)
    return by_key


def advice_is_of_person(finding: Finding, amendments: Sequence[Amendment]) -> bool:
    """Whether the advice on a finding, changed by `amendments` (oldest first), is a person's: of who raised it, or of the change that counts."""
    return bool(finding.raised_by) or (bool(amendments) and "advice" in amendments[-1].values)


def changes_of(finding: Finding, item: Item, amendments: Iterable[Amendment]) -> Iterator[tuple[Amendment, str, str]]:
    """Yields the amendments of a finding, oldest first, each with what the finding was before it and what it changed (from → to), in words.

    Bases that the page of the item did not list are not told.
    """
    content = finding.content
    now = {**content, "type": finding.type, "severity": finding.severity, "softened": finding.softened}
    before: dict[str, Any] = {**now, **(content.get("machine") or {})}
    for made in amendments:
        after = {**before, **made.values}
        told = {**before, "bases": bases_shown(finding, item, before["bases"])}
        then = {**after, "bases": bases_shown(finding, item, after["bases"])}
        yield made, "，".join(_said(told, then)), "，".join(_moved(told, then))
        before = after


def _said(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["name"] != after["name"]:
        yield f"问题“{before['name']}”"
    if before["severity"] != after["severity"]:
        yield f"程度“{before['severity']}”"
    if not same_bases(before["bases"], after["bases"]):
        yield f"依据{bases_in_words(before['bases'])}"
    if before["softened"] != after["softened"]:
        yield _raised(before)


def _moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["name"] != after["name"]:
        yield f"问题“{before['name']}”改为“{after['name']}”"
    if before["severity"] != after["severity"]:
        yield f"程度“{before['severity']}”改为“{after['severity']}”"
    if not same_bases(before["bases"], after["bases"]):
        yield _other_bases(before["bases"], after["bases"])
    if before["softened"] != after["softened"]:
        yield f"{_raised(before)}改为{_raised(after)}"
    if before.get("advice") != after.get("advice") and after.get("advice"):
        yield f"建议改为“{after['advice']}”"


def _other_bases(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> str:
    if not after:  # as changes that left the basis blank were recorded before 0.14.0
        return f"依据{bases_in_words(before)}不再列出（更改时没有填写依据）"
    return f"依据由{bases_in_words(before)}改为{bases_in_words(after)}"


def bases_in_words(bases: Iterable[Mapping[str, Any]]) -> str:
    """Bases as `basis_in_words`; 没有 for none."""
    return "、".join(map(basis_in_words, bases)) or "没有"


def basis_in_words(basis: Mapping[str, Any]) -> str:
    """A basis as 《law》article, with （待核实） where nobody checked the source."""
    return f"《{basis['law']}》{basis['article']}{'' if basis.get('confirmed', True) else UNCHECKED}"


def _raised(values: Mapping[str, Any]) -> str:
    return "不作警示" if values["softened"] else "列为发现"
