"""What the program says about a finding, as it is told in a case: it reads every paper by the measure of a normative document (行政规范性文件)."""

from collections.abc import Iterable

from pipeline.review.models import Kind

# the kinds of case whose paper is no normative document, nor to become one
OTHER_PAPERS = frozenset((Kind.CONTRACT, Kind.MAJOR))
MEASURE = "程序按对行政规范性文件的要求作出提示，对本件是否适用由审查人员判断"
_OF_NORMATIVE = ("行政规范性文件", "规范性文件")


def program_reasons(kind: str, reasons: Iterable[str]) -> tuple[str, ...]:
    """The reasons of the program for a finding in a kind of case, without what it says a normative document may not do where the paper is none."""
    if kind not in OTHER_PAPERS:
        return tuple(reasons)
    return tuple(reason for reason in reasons if not reason.startswith(_OF_NORMATIVE))


def measure_of(kind: str) -> str:
    """Says that the program's hints are measured by what holds for normative documents, "" where the paper is one or is to become one."""
    return MEASURE if kind in OTHER_PAPERS else ""
