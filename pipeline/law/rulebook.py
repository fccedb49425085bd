"""The rulebook: clause types with their rules, contexts that soften them, and who may set what.

A rule file with an unknown key, a pattern that does not compile, or a rule whose own examples fail
is refused when it is loaded.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import ahocorasick_rs

from pipeline.document import Basis, NormLevel, Severity
from pipeline.errors import RuleError
from pipeline.law.anchors import Anchors, alternatives, find_anchors, stands
from pipeline.law.files import build, parse_yaml, read_tsv, read_yaml
from pipeline.law.lexicon import Lexicon, expand
from pipeline.law.patterns import Pattern, checked
from pipeline.version import unit_files

GROUPS = ("licensing", "penalties", "compulsion", "fees", "rights", "certificates", "competition")
CONFIRMED = ("V", "M-H")
FORCE = "强制词"
# the rule id of what only the trained model points out
MODEL = "MODEL"
# an anchor that no text holds, for a rulebook without rules
NEVER = "\0\0"
EFFECTS = ("drop", "note", "soften")
PLACES = ("sentence", "before", "after", "around", "opening")
_SEVERITIES = {
    "critical": Severity.CRITICAL,
    "high": Severity.HIGH,
    "medium": Severity.MEDIUM,
    "low": Severity.LOW,
}


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A law and article on which a type rests; `since` is the day this text took effect."""

    law: str
    article: str
    says: str
    since: date
    tag: str

    def as_of(self) -> Basis:
        return Basis(self.law, self.article, self.says, self.tag in CONFIRMED)


@dataclass(frozen=True, slots=True)
class ClauseRule:
    """A pattern that looks for one wording of a clause type within a sentence.

    `anchors` are read off the pattern: one word of each stands in every sentence that it can match.
    `unless`: what in the sentence shows that this wording is harmless, and `because` says why. `severity`: that of this
    wording where it weighs less than its type.
    """

    id: str
    says: str
    anchors: Anchors
    pattern: Pattern
    match: tuple[str, ...]
    skip: tuple[str, ...]
    type: str
    unless: Pattern | None = None
    because: str = ""
    severity: Severity | None = None

    def search(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """Where the rule matches between two offsets; a cheap look for what it needs goes first."""
        for need in self.anchors.needs:
            if not stands(need, text, start, end):
                return None
        return self.pattern.search(text, start, end)

    def raises(self, sentence: str) -> bool:
        """Whether the rule holds against a sentence on its own, before contexts are asked."""
        return bool(self.pattern.search(sentence)) and not (self.unless and self.unless.search(sentence))


@dataclass(frozen=True, slots=True)
class ClauseType:
    """A kind of clause that a normative document may not contain."""

    id: str
    name: str
    group: str
    severity: Severity
    subject: str
    advice: str
    bases: tuple[LegalBasis, ...]
    rules: tuple[ClauseRule, ...]


@dataclass(frozen=True, slots=True)
class ContextRule:
    """Why a hit is dropped, noted or softened; `types` are the prefixes it applies to, () for all.

    `where` gives the direction, `stops` the words that end the scope between cue and hit (in the sentence, where
    the cue stands in the opening of the document), `pseudo` the wordings that look like the cue and are none;
    `lead` says whether a cue above a list governs its items.
    """

    id: str
    effect: str
    where: str
    says: str
    pattern: Pattern
    types: tuple[str, ...]
    match: tuple[str, ...]
    skip: tuple[str, ...]
    stops: Pattern | None = None
    pseudo: tuple[str, ...] = ()
    lead: bool = False

    def applies_to(self, type_id: str) -> bool:
        return not self.types or type_id.startswith(self.types)


@dataclass(frozen=True, slots=True)
class Ban:
    """What norms of some levels may not set of a subject that they may otherwise set within limits."""

    levels: tuple[str, ...]
    pattern: Pattern
    says: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Which levels of norms may set a subject, freely or within limits, and what of it they may not."""

    subject: str
    name: str
    sets: tuple[str, ...]
    limits: tuple[str, ...]
    basis: str
    tag: str
    bans: tuple[Ban, ...] = ()

    def banned(self, level: NormLevel, evidence: str) -> Ban | None:
        """The ban that a wording meets at a level."""
        return next((b for b in self.bans if level.value in b.levels and b.pattern.search(evidence)), None)

    def may_set(self, level: NormLevel) -> bool:
        return level.value in self.sets


@dataclass(frozen=True)
class Rulebook:
    """Everything a sentence is held against.

    `scanned`: the rules, those of several wordings once for each of them. `bits`: for each of `words` a number with one
    bit for each wording that has it as first anchor, and above these one for each that has it as second.
    `force`: one of its words stands in every sentence that the model alone may raise.
    """

    types: Mapping[str, ClauseType]
    scanned: tuple[ClauseRule, ...]
    contexts: tuple[ContextRule, ...]
    authorities: Mapping[str, Authority]
    words: tuple[str, ...]
    bits: tuple[int, ...]
    force: Pattern

    @cached_property
    def rules(self) -> tuple[ClauseRule, ...]:
        return tuple(rule for kind in self.types.values() for rule in kind.rules)

    @cached_property
    def contexts_of(self) -> Mapping[str, tuple[ContextRule, ...]]:
        """For each type the contexts that apply to it."""
        return {kind: tuple(context for context in self.contexts if context.applies_to(kind)) for kind in self.types}

    @cached_property
    def matcher(self) -> ahocorasick_rs.AhoCorasick:
        """What finds `words`, by their place among them."""
        return ahocorasick_rs.AhoCorasick(
            self.words,
            matchkind=ahocorasick_rs.MatchKind.Standard,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def wordings(self, bits: int) -> list[ClauseRule]:
        """The wordings of which both bits are set in the bits of all words of a sentence, in order."""
        found = []
        mask = bits & bits >> len(self.scanned)
        while mask:
            lowest = mask & -mask
            found.append(self.scanned[lowest.bit_length() - 1])
            mask ^= lowest
        return found


def read_rulebook() -> Rulebook:
    """The rulebook of `rules/`, and of the folder that `QINGGUI_RULES` names; every example is proven. Raises `RuleError`."""
    lexicon = load_lexicon()
    types = {kind.id: kind for group in GROUPS for kind in _read_group(group, lexicon)}
    contexts = [*_read_contexts(read_yaml("context.yaml"), lexicon, "context.yaml")]
    for path in unit_files():
        _add_unit_file(path, types, contexts, lexicon)
    authorities = {row["subject"]: _read_authority(row, lexicon) for row in read_yaml("authority.yaml")}
    return bind(types, contexts, authorities)


def _read_authority(row: dict[str, Any], lexicon: Lexicon) -> Authority:
    bans = [
        build(
            Ban,
            {**ban, "pattern": _compile(ban["pattern"], row["subject"], "authority.yaml", lexicon)},
            "authority.yaml",
        )
        for ban in row.get("bans", [])
    ]
    return build(Authority, {**row, "bans": bans}, "authority.yaml")


def bind(
    types: Mapping[str, ClauseType], contexts: Sequence[ContextRule], authorities: Mapping[str, Authority]
) -> Rulebook:
    """A rulebook ready to scan, from its types, contexts and authorities."""
    scanned = tuple(wording for kind in types.values() for rule in kind.rules for wording in _wordings(rule))
    first = _bits(rule.anchors.first for rule in scanned)
    second = _bits(rule.anchors.second for rule in scanned)
    words = tuple(sorted(first.keys() | second.keys())) or (NEVER,)
    bits = tuple(first.get(word, 0) | second.get(word, 0) << len(scanned) for word in words)
    force = Pattern("|".join(map(re.escape, load_lexicon()[FORCE])))
    return Rulebook(types, scanned, tuple(contexts), authorities, words, bits, force)


def _bits(sets: Iterable[Iterable[str]]) -> dict[str, int]:
    """For each word a number with the bits of the sets that hold it."""
    bits: dict[str, int] = {}
    for at, held in enumerate(sets):
        for word in held:
            bits[word] = bits.get(word, 0) | 1 << at
    return bits


def _wordings(rule: ClauseRule) -> Iterator[ClauseRule]:
    """A rule once for each of its wordings, so that each is looked for only where its own words stand."""
    parts = _parts(rule.pattern.pattern)
    if not parts:
        yield rule
    for pattern, anchors in parts:
        yield replace(rule, pattern=pattern, anchors=anchors)


@lru_cache(maxsize=1024)  # rulebooks that differ in a few rules share the rest
def _parts(pattern: str) -> tuple[tuple[Pattern, Anchors], ...]:
    """The wordings of a pattern with their anchors; none where it has but one."""
    parts = list(alternatives(pattern))
    if len(parts) == 1:
        return ()
    return tuple((Pattern(part), find_anchors(part, word_frequencies())) for part in parts)


def with_file(book: Rulebook, path: Path) -> Rulebook:
    """A rulebook with the rules of one more file, as a unit writes them. Raises `RuleError`."""
    types, contexts = dict(book.types), list(book.contexts)
    _add_unit_file(path, types, contexts, load_lexicon())
    return bind(types, contexts, book.authorities)


def _add_unit_file(path: Path, types: dict[str, ClauseType], contexts: list[ContextRule], lexicon: Lexicon) -> None:
    """The rules and contexts that a unit adds to ours: `rules` name the type they belong to."""
    content = parse_yaml(path.read_text(encoding="utf-8"), path.name)
    _only_keys(content, {"rules", "contexts"}, path.name)
    for row in content.get("rules", []):
        kind = types.get(row.get("type", ""))
        if kind is None:
            raise RuleError(f"{path.name}的规则{row.get('id')}没有写明type，或者类型不存在", remedy="请写36个类型之一")
        rule = read_rule({key: row[key] for key in row if key != "type"}, kind.id, path.name, lexicon)
        if any(rule.id == known.id for held in types.values() for known in held.rules):
            raise RuleError(f"{path.name}的规则编号{rule.id}已被使用", remedy="请另取编号，例如以本单位简称开头")
        types[kind.id] = replace(kind, rules=(*kind.rules, rule))
    contexts.extend(_read_contexts(content.get("contexts", []), lexicon, path.name))


@cache
def load_lexicon() -> Lexicon:
    """The words that rules refer to by name. Raises `RuleError`."""
    words: dict[str, list[str]] = read_yaml("lexicon.yaml")
    return words


@cache
def word_frequencies() -> Mapping[str, float]:
    """How often words of rules stand in a million characters of official texts; rarer ones are not listed."""
    return {row["word"]: float(row["per_million"]) for row in read_tsv("frequency.tsv")}


def _read_group(group: str, lexicon: Lexicon) -> Sequence[ClauseType]:
    place = f"{group}.yaml"
    content = read_yaml(place)
    _only_keys(content, {"group", "name", "types"}, place)
    return [_read_type(row, group, place, lexicon) for row in content["types"]]


def _read_type(row: dict[str, Any], group: str, place: str, lexicon: Lexicon) -> ClauseType:
    row = dict(row)
    row["bases"] = tuple(build(LegalBasis, basis, f"{place} {row.get('id')}") for basis in row.get("bases", []))
    row["rules"] = tuple(read_rule(rule, row["id"], place, lexicon) for rule in row.get("rules", []))
    row["severity"] = _severity(row.get("severity", "medium"), f"{place} {row.get('id')}")
    return build(ClauseType, {**row, "group": group}, f"{place} {row.get('id')}")


def _severity(name: str, place: str) -> Severity:
    if name not in _SEVERITIES:
        raise RuleError(f"{place}的severity“{name}”不认识", remedy=f"请写{'、'.join(_SEVERITIES)}之一")
    return _SEVERITIES[name]


def read_rule(row: dict[str, Any], type_id: str, place: str, lexicon: Lexicon) -> ClauseRule:
    """A clause rule from a row of a rule file. Raises `RuleError` where it contradicts its own examples."""
    name = row.get("id", "")
    row = {
        **row,
        "pattern": _compile(row.get("pattern", ""), name, place, lexicon),
        "type": type_id,
    }
    row["anchors"] = find_anchors(row["pattern"].pattern, word_frequencies())
    if "severity" in row:
        row["severity"] = _severity(row["severity"], f"{place} {name}")
    if "unless" in row:
        row["unless"] = _compile(row["unless"], name, place, lexicon)
    rule = build(ClauseRule, row, f"{place} {name}")
    _prove(rule)
    return rule


def _read_contexts(rows: Sequence[dict[str, Any]], lexicon: Lexicon, place: str) -> Sequence[ContextRule]:
    contexts = []
    for row in rows:
        name = row.get("id", "")
        row = {**row, "pattern": _compile(row.get("pattern", ""), name, place, lexicon)}
        if "stops" in row:
            row["stops"] = _compile(row["stops"], name, place, lexicon)
        context = build(ContextRule, row, f"{place} {name}")
        if context.effect not in EFFECTS or context.where not in PLACES:
            raise RuleError(f"语境规则{context.id}的effect或where不认识", remedy="请对照文件开头的说明改正")
        contexts.append(context)
    return contexts


def _compile(pattern: str, rule: str, place: str, lexicon: Lexicon) -> Pattern:
    try:
        return checked(expand(pattern, lexicon, f"{place}的规则{rule}"))
    except re.error as error:
        raise RuleError(f"{place}的规则{rule}的pattern有误：{error}", remedy="请改正正则表达式") from error


def _prove(rule: ClauseRule) -> None:
    if not rule.match or not rule.skip:
        raise RuleError(f"规则{rule.id}缺少match或skip例子", remedy="每条规则至少各写一个例子")
    wrong = [s for s in rule.match if not rule.raises(s)] + [s for s in rule.skip if rule.raises(s)]
    if wrong:
        raise RuleError(f"规则{rule.id}与例子不符：“{wrong[0]}”", remedy="请改正pattern、unless或例子")


def _only_keys(content: dict[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(content) - known)
    if unknown:
        raise RuleError(f"{place}有不认识的键：{'、'.join(unknown)}", remedy="请删除或改正")
