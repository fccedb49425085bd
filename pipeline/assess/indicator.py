"""清理指标: an indicator with its proof, as the shelf describes it."""

from dataclasses import replace

from pipeline.document import Indicator, Span
from pipeline.law import load_indicators


def indicate(
    kind: str,
    reasons: tuple[str, ...],
    span: Span | None = None,
    *,
    outcome: str = "",
    confirmed: bool = True,
) -> Indicator:
    """An indicator of a kind (CL-01 …); `outcome` where the case asks for another than the usual one."""
    known = load_indicators()[kind]
    strength = known.strength if confirmed or known.strength != "high" else "medium"
    return Indicator(known.id, known.name, outcome or known.outcome, strength, reasons, span, confirmed)


def inform(kind: str, reasons: tuple[str, ...]) -> Indicator:
    """An indicator that informs, and decides only where nothing else speaks."""
    return replace(indicate(kind, reasons), strength="info")
