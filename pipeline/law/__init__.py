"""Rules and tables of law: the files in `rules/`, which lawyers edit, and the functions that read them.

Everything is data with dates; nothing in this package looks at a document.
"""

from pipeline.law.anchors import find_anchors
from pipeline.law.bodies import Body, load_bodies, national_names
from pipeline.law.cases import OfficialCase, load_cases, nearest_cases, similar_cases
from pipeline.law.editions import Edition, Moved, editions, moved_article
from pipeline.law.files import read_yaml
from pipeline.law.forms import form_bases
from pipeline.law.indicators import OUTCOMES, IndicatorKind, load_indicators
from pipeline.law.names import name_key
from pipeline.law.patterns import Pattern
from pipeline.law.places import place_before, province_in, province_of
from pipeline.law.policies import Policy, ended_policies
from pipeline.law.prepared import load_rulebook
from pipeline.law.regimes import Regime, longest_default, longest_provisional, regime_for
from pipeline.law.registrations import Registration, load_registrations
from pipeline.law.rulebook import (
    MODEL,
    Authority,
    Ban,
    ClauseRule,
    ClauseType,
    ContextRule,
    LegalBasis,
    Rulebook,
    bases_for,
    read_rulebook,
    word_frequencies,
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
    succeeded,
    successors,
)
from pipeline.law.statutory import DEPOSIT, FEE, LICENCE, Statutory, competition_bases, statutory_in
from pipeline.law.successor_silence import SuccessorSilence, load_successor_silence

__all__ = [
    "DEPOSIT",
    "FEE",
    "LICENCE",
    "MODEL",
    "OUTCOMES",
    "Authority",
    "Ban",
    "Body",
    "ClauseRule",
    "ClauseType",
    "ContextRule",
    "Edition",
    "IndicatorKind",
    "LegalBasis",
    "Moved",
    "OfficialCase",
    "Pattern",
    "Policy",
    "Regime",
    "Registration",
    "Repealed",
    "Rulebook",
    "Statutory",
    "SuccessorSilence",
    "bases_for",
    "competition_bases",
    "editions",
    "ended_policies",
    "find_anchors",
    "find_statute_names",
    "form_bases",
    "load_bodies",
    "load_cases",
    "load_indicators",
    "load_registrations",
    "load_rulebook",
    "load_statute_names",
    "load_successor_silence",
    "longest_default",
    "longest_provisional",
    "moved_article",
    "name_key",
    "namesake",
    "national_names",
    "nearest_cases",
    "older_edition",
    "place_before",
    "province_in",
    "province_of",
    "read_rulebook",
    "read_yaml",
    "regime_for",
    "repealed_on",
    "similar_cases",
    "statute_key",
    "statute_keys",
    "statutory_in",
    "succeeded",
    "successors",
    "word_frequencies",
]
