"""Cleanup indicators (清理指标): build an indicator with its reasons from its kind in `law`."""

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
    """Build an indicator of a kind (CL-01 …) with its reasons in Chinese and the span that proves it.

    `outcome` replaces the usual outcome of the kind; an unconfirmed indicator is at most of medium strength. Raises
    `KeyError` for an unknown kind.
    """
    known = load_indicators()[kind]
    strength = known.strength if confirmed or known.strength != "high" else "medium"
    return Indicator(known.id, known.name, outcome or known.outcome, strength, reasons, span, confirmed)


def at_strength(indicator: Indicator, strength: str) -> Indicator:
    """The indicator with another strength (high, medium, low or info) than that of its kind."""
    return replace(indicator, strength=strength)


def inform(kind: str, reasons: tuple[str, ...]) -> Indicator:
    """Build an indicator of strength info, which never decides the outcome."""
    return at_strength(indicate(kind, reasons), "info")
