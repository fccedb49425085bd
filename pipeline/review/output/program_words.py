"""What the program says about a finding, as it is told in a case: it reads every paper by the measure of a normative document (行政规范性文件)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.kinds_of_papers import AFFAIRS, AGREED, SINGLE_ACTS
from pipeline.review.models import Finding, Item, Kind

# the kinds of case whose paper is no normative document, nor to become one
OTHER_KINDS = frozenset((Kind.CONTRACT, Kind.MAJOR))
# 文种 of papers on single affairs, where the program finds nothing of a normative document in them either
_SINGLE = AFFAIRS | SINGLE_ACTS | AGREED | {"决定"}
MEASURE = "程序按对行政规范性文件的要求作出提示，对本件是否适用由审查人员判断"
_OF_NORMATIVE = ("行政规范性文件", "规范性文件")
# a provision on what may be set by what kind of text, which says nothing of a contract or of a decision on one affair:
# 法律、法规、规章以外的其他规范性文件不得设定行政处罚
_ON_MAKING = re.compile(
    "规范性文件|规章|立法法|裁量基准|新设|(?<!法律)设定(?!和实施)|只能(?:制定法律|由法律)|其他文件不得|行政程序规定"
)


@dataclass(frozen=True, slots=True)
class Fitting:
    """What is told of a finding: its bases, as in its content, and its advice; `left_out` says that the program named bases that do not fit."""

    bases: tuple[Mapping[str, Any], ...]
    advice: str
    left_out: bool


def is_other_paper(item: Item) -> bool:
    """Whether the paper of an item is neither a normative document nor to become one: a contract, a decision, minutes of a meeting."""
    return item.kind in OTHER_KINDS or (item.genre in _SINGLE and not item.is_normative)


def fitting(finding: Finding, item: Item) -> Fitting:
    """The bases and the advice of a finding that fit the paper of its item; what a person named is told as it is."""
    content = finding.content
    machine = content.get("machine") or content
    bases, advice = tuple(content["bases"]), str(content.get("advice") or "")
    if finding.raised_by or not is_other_paper(item):
        return Fitting(bases, advice, left_out=False)
    kept = tuple(bases_shown(finding, item, bases))
    fits = len(kept) == len(bases) or advice != (machine.get("advice") or "")
    return Fitting(kept, advice if fits else "", left_out=len(kept) < len(bases))


def bases_shown(finding: Finding, item: Item, bases: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those of the bases that a finding has, or had, which are or were shown to people: of the program's those that fit the paper."""
    machine = (finding.content.get("machine") or finding.content)["bases"]
    if finding.raised_by or not is_other_paper(item) or list(bases) != list(machine):
        return list(bases)
    return [basis for basis in bases if not _on_making(basis)]


def _on_making(basis: Mapping[str, Any]) -> bool:
    return bool(_ON_MAKING.search(f"{basis['law']}：{basis.get('says', '')}"))


def program_reasons(reasons: Iterable[str], *, other: bool) -> tuple[str, ...]:
    """The reasons of the program for a finding; in an `other` paper without what it says a normative document may not do."""
    return tuple(reason for reason in reasons if not (other and reason.startswith(_OF_NORMATIVE)))


def told(finding: Finding, item: Item) -> dict[str, Any]:
    """The content of a finding as it is told in its case: with the reasons, bases and advice that fit the paper."""
    fits, reasons = fitting(finding, item), finding.content["reasons"]
    if not finding.raised_by:
        reasons = program_reasons(reasons, other=is_other_paper(item))
    return {**finding.content, "reasons": list(reasons), "bases": list(fits.bases), "advice": fits.advice}


def measure_of(*, other: bool) -> str:
    """Says that the program's hints are measured by what holds for normative documents, "" where the paper is one or is to become one."""
    return MEASURE if other else ""
