"""The law shelf: rule files that lawyers edit (`rules/`) and what reads them.

Everything here is data with dates; nothing here looks at a document.
"""

from pipeline.law.bodies import Body, load_bodies
from pipeline.law.files import fingerprint
from pipeline.law.regimes import Regime, regime_for
from pipeline.law.registrations import Registration, load_registrations
from pipeline.law.rulebook import (
    MODEL,
    Authority,
    ClauseRule,
    ClauseType,
    ContextRule,
    Rulebook,
    load_rulebook,
)
from pipeline.law.statutes import (
    Repealed,
    find_statute_names,
    load_statute_names,
    repealed_on,
    statute_key,
)

__all__ = [
    "MODEL",
    "Authority",
    "Body",
    "ClauseRule",
    "ClauseType",
    "ContextRule",
    "Regime",
    "Registration",
    "Repealed",
    "Rulebook",
    "find_statute_names",
    "fingerprint",
    "load_bodies",
    "load_registrations",
    "load_rulebook",
    "load_statute_names",
    "regime_for",
    "repealed_on",
    "statute_key",
]
