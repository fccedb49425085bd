"""Rules and tables of law: the files in `rules/`, which lawyers edit, and the functions that read them.

Everything is data with dates; nothing in this package looks at a document.
"""

from pipeline.law.bodies import Body, load_bodies, national_names
from pipeline.law.editions import Edition, Moved, editions, moved_article
from pipeline.law.indicators import OUTCOMES, IndicatorKind, load_indicators
from pipeline.law.places import place_before, province_in, province_of
from pipeline.law.policies import Policy, ended_policies
from pipeline.law.prepared import load_rulebook
from pipeline.law.regimes import Regime, longest_provisional, regime_for
from pipeline.law.registrations import Registration, load_registrations
from pipeline.law.rulebook import (
    MODEL,
    Authority,
    ClauseRule,
    ClauseType,
    ContextRule,
    Rulebook,
    read_rulebook,
)
from pipeline.law.statutes import (
    Repealed,
    find_statute_names,
    load_statute_names,
    namesake,
    older_edition,
    repealed_on,
    statute_key,
    statute_keys,
)

__all__ = [
    "MODEL",
    "OUTCOMES",
    "Authority",
    "Body",
    "ClauseRule",
    "ClauseType",
    "ContextRule",
    "Edition",
    "IndicatorKind",
    "Moved",
    "Policy",
    "Regime",
    "Registration",
    "Repealed",
    "Rulebook",
    "editions",
    "ended_policies",
    "find_statute_names",
    "load_bodies",
    "load_indicators",
    "load_registrations",
    "load_rulebook",
    "load_statute_names",
    "longest_provisional",
    "moved_article",
    "namesake",
    "national_names",
    "older_edition",
    "place_before",
    "province_in",
    "province_of",
    "read_rulebook",
    "regime_for",
    "repealed_on",
    "statute_key",
    "statute_keys",
]
