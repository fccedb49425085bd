"""The rulebook: clause types with their rules, contexts that soften hits, and authorities (设定权).

A rule file with an unknown key, an invalid pattern, or a rule that fails its own examples is rejected when it is read.
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
from pipeline.law.anchors import Anchors, alternatives, contains_any, find_anchors
from pipeline.law.files import build, parse_yaml, read_tsv, read_unit_file, read_yaml
from pipeline.law.lexicon import Lexicon, expand
from pipeline.law.patterns import Pattern, checked
from pipeline.version import unit_files

GROUPS = ("licensing", "penalties", "compulsion", "fees", "rights", "certificates", "competition")
CONFIRMED = ("V", "M-H")
# the rule id of hits that only the trained model found
MODEL = "MODEL"
# an anchor that no text contains, for a rulebook without rules
NEVER = "\0\0"
# what refers to a group: \1, (?P=name), (?(1)…)
_REFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?\(")
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
    """The legal basis of a clause type: law and article, and the days on which this text was in force, both included.

    `when` is what a sentence must speak of for the basis to be about it: the words on removal do not belong under a
    condition of registration, although both are one type. None: the basis is about the whole type.
    """

    law: str
    article: str
    says: str
    since: date
    tag: str
    until: date | None = None
    when: Pattern | None = None

    @classmethod
    def of_row(cls, row: Mapping[str, str], when: Pattern | None = None) -> "LegalBasis":
        """The basis in a row of a table in `rules/` (law, article, says, since, tag, until or ""). Raises `ValueError` for a day that is none."""
        until = date.fromisoformat(row["until"]) if row["until"] else None
        return cls(row["law"], row["article"], row["says"], date.fromisoformat(row["since"]), row["tag"], until, when)

    def shown(self) -> Basis:
        """The basis as shown in a finding; it checks no day, see `in_force`."""
        return Basis(self.law, self.article, self.says, self.tag in CONFIRMED)

    @property
    def cited(self) -> str:
        """Law and article as they are cited, with a mark if still to be verified."""
        return f"{self.law}{self.article}{'' if self.tag in CONFIRMED else '（待核实）'}"

    def in_force(self, day: date) -> bool:
        """Whether this text was in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


def bases_for(bases: Iterable[LegalBasis], sentence: str, day: date) -> tuple[LegalBasis, ...]:
    """The bases in force on a day that are about a sentence, in their order.

    If each of them needs words that the sentence does not have, all of them are handed out: the type itself is on law.
    """
    in_force = tuple(basis for basis in bases if basis.in_force(day))
    fitting = tuple(basis for basis in in_force if basis.when is None or basis.when.search(sentence))
    return fitting or in_force


@dataclass(frozen=True, slots=True)
class ClauseRule:
    """A pattern that finds a clause of a type within a sentence.

    `anchors` are derived from the pattern: every sentence it matches contains a word of each set. `unless` matches
    sentences in which the wording is harmless, and `because` says why, in Chinese. `severity` replaces that of the type
    where this wording is less severe. `match` and `skip` are sentences that the rule must find and must not find.
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
        """The match of the pattern between two offsets, None if none; required words are checked first (cheap)."""
        for need in self.anchors.needs:
            if not contains_any(need, text, start, end):
                return None
        return self.pattern.search(text, start, end)

    def raises(self, sentence: str) -> bool:
        """Whether the rule finds a sentence by pattern and `unless` alone, without context rules."""
        return bool(self.pattern.search(sentence)) and not (self.unless and self.unless.search(sentence))


@dataclass(frozen=True, slots=True)
class ClauseType:
    """A kind of clause that a normative document may not contain.

    `subject` is the key of its authority; `advice` is shown to the reviewer, in Chinese.
    """

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
    """A context that drops, notes or softens a hit; `types` are prefixes of the types it applies to, () for all.

    `where` is the part of the text in which the cue `pattern` is searched: sentence, before, after, around or opening.
    `stops` are words that end the scope between cue and hit (for opening: words in the sentence that exclude the
    context). `pseudo` are wordings that look like the cue but are not. `lead`: whether a cue above a list applies to
    its items. `judge`: whether it also lowers what the judge raises; only for kinds of sentences that are never new
    duties or penalties.
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
    judge: bool = False

    def applies_to(self, type_id: str) -> bool:
        """Whether the context applies to a clause type."""
        return not self.types or type_id.startswith(self.types)


@dataclass(frozen=True, slots=True)
class Ban:
    """What norms of some levels may not set although they may set the subject within limits."""

    levels: tuple[str, ...]
    pattern: Pattern
    says: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Which levels of norms may set a subject (设定权), freely (`sets`) or within limits (`limits`), with exceptions.

    `on_basis`: norms of `limits` may not set it by themselves at all, but only lay down what higher law sets.
    """

    subject: str
    name: str
    sets: tuple[str, ...]
    limits: tuple[str, ...]
    bases: tuple[LegalBasis, ...]
    on_basis: bool = False
    bans: tuple[Ban, ...] = ()

    def cited(self, day: date) -> str:
        """The bases in force on a day as they are cited in a reason: （《…》第…条）, "" if none is known."""
        named = "；".join(basis.cited for basis in self.bases if basis.in_force(day))
        return f"（{named}）" if named else ""

    def banned(self, level: NormLevel, evidence: str) -> Ban | None:
        """The ban that applies to a wording at a level, None if none."""
        return next((b for b in self.bans if level.value in b.levels and b.pattern.search(evidence)), None)

    def may_set(self, level: NormLevel) -> bool:
        """Whether norms of a level may set the subject freely."""
        return level.value in self.sets


@dataclass(frozen=True)
class Rulebook:
    """All rules, contexts and authorities, prepared for scanning.

    `scanned`: the rules, with one copy for each alternative ("wording") of their pattern. `bits`: for each of `words`
    a bit mask; bit i means that wording i has the word as first anchor, bit `len(scanned) + i` as second anchor.
    """

    types: Mapping[str, ClauseType]
    scanned: tuple[ClauseRule, ...]
    contexts: tuple[ContextRule, ...]
    authorities: Mapping[str, Authority]
    words: tuple[str, ...]
    bits: tuple[int, ...]

    @cached_property
    def rules(self) -> tuple[ClauseRule, ...]:
        """All clause rules, in the order of their types."""
        return tuple(rule for kind in self.types.values() for rule in kind.rules)

    @cached_property
    def contexts_of(self) -> Mapping[str, tuple[ContextRule, ...]]:
        """The contexts that apply to each type, by type id."""
        return {kind: tuple(context for context in self.contexts if context.applies_to(kind)) for kind in self.types}

    @cached_property
    def matcher(self) -> ahocorasick_rs.AhoCorasick:
        """The Aho–Corasick automaton of `words`; matches give the index of the word."""
        return ahocorasick_rs.AhoCorasick(
            self.words,
            matchkind=ahocorasick_rs.MatchKind.Standard,
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def weight_of(self, kind: str) -> int:
        """The place of a type by its severity, 0 for the gravest; types of one severity are alike."""
        return list(Severity).index(self.types[kind].severity)

    def wordings(self, bits: int) -> list[ClauseRule]:
        """The wordings of which both bits are set in `bits`, the union of the masks of a sentence's words, in order."""
        found = []
        mask = bits & bits >> len(self.scanned)
        while mask:
            lowest = mask & -mask
            found.append(self.scanned[lowest.bit_length() - 1])
            mask ^= lowest
        return found


def read_rulebook() -> Rulebook:
    """Read the rulebook from `rules/` and the folder named by `QINGGUI_RULES`; every rule is checked by its examples.

    Raises `RuleError` for a wrong file or rule.
    """
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
    bases = _read_bases(row, "authority.yaml", lexicon)
    return build(Authority, {**row, "bases": bases, "bans": bans}, "authority.yaml")


def _read_bases(row: dict[str, Any], place: str, lexicon: Lexicon) -> tuple[LegalBasis, ...]:
    """The legal bases of a row of a rule file, with the patterns of `when` compiled."""
    name = f"{place} {row.get('id') or row.get('subject')}"
    compiled = [
        {**basis, "when": _compile(basis["when"], name, place, lexicon)} if "when" in basis else basis
        for basis in row.get("bases", [])
    ]
    return tuple(build(LegalBasis, basis, name) for basis in compiled)


def bind(
    types: Mapping[str, ClauseType], contexts: Sequence[ContextRule], authorities: Mapping[str, Authority]
) -> Rulebook:
    """Build a rulebook from its types, contexts and authorities, prepared for scanning."""
    scanned = tuple(wording for kind in types.values() for rule in kind.rules for wording in _wordings(rule))
    first = _bits(rule.anchors.first for rule in scanned)
    second = _bits(rule.anchors.second for rule in scanned)
    words = tuple(sorted(first.keys() | second.keys())) or (NEVER,)
    bits = tuple(first.get(word, 0) | second.get(word, 0) << len(scanned) for word in words)
    return Rulebook(types, scanned, tuple(contexts), authorities, words, bits)


def _bits(sets: Iterable[Iterable[str]]) -> dict[str, int]:
    """A bit mask for each word: bit i is set if the i-th set contains it."""
    bits: dict[str, int] = {}
    for at, words in enumerate(sets):
        for word in words:
            bits[word] = bits.get(word, 0) | 1 << at
    return bits


def _wordings(rule: ClauseRule) -> Iterator[ClauseRule]:
    """A copy of the rule for each wording, so that each is tried only on sentences with its own anchors."""
    parts = _parts(rule.pattern.pattern)
    if not parts:
        yield rule
    for pattern, anchors in parts:
        yield replace(rule, pattern=pattern, anchors=anchors)


@lru_cache(maxsize=1024)  # rulebooks that differ in a few rules share the rest
def _parts(pattern: str) -> tuple[tuple[Pattern, Anchors], ...]:
    """The wordings of a pattern with their anchors; () if it has only one."""
    parts = list(alternatives(pattern))
    if len(parts) == 1:
        return ()
    return tuple((Pattern(part), find_anchors(part, word_frequencies())) for part in parts)


def with_file(book: Rulebook, path: Path) -> Rulebook:
    """A copy of a rulebook with the rules and contexts of one more unit file. Raises `RuleError`."""
    types, contexts = dict(book.types), list(book.contexts)
    _add_unit_file(path, types, contexts, load_lexicon())
    return bind(types, contexts, book.authorities)


def _add_unit_file(path: Path, types: dict[str, ClauseType], contexts: list[ContextRule], lexicon: Lexicon) -> None:
    """Add the rules and contexts of a unit's file to `types` and `contexts`; each rule names its type."""
    content = parse_yaml(read_unit_file(path), path.name)
    if not isinstance(content, dict) or not all(_is_rows(content.get(key)) for key in ("rules", "contexts")):
        raise RuleError(
            f"本单位规则文件{path}的结构不对",
            remedy="最外层写rules和contexts，其下每条规则是一组“键: 值”；见docs/rules.md",
        )
    _only_keys(content, {"rules", "contexts"}, path.name)
    for row in content.get("rules", []):
        kind = types.get(row.get("type", ""))
        if kind is None:
            raise RuleError(f"{path.name}的规则{row.get('id')}没有写明type，或者类型不存在", remedy="请写36个类型之一")
        rule = read_rule({key: row[key] for key in row if key != "type"}, kind.id, path.name, lexicon)
        if any(rule.id == known.id for other in types.values() for known in other.rules):
            raise RuleError(f"{path.name}的规则编号{rule.id}已被使用", remedy="请另取编号，例如以本单位简称开头")
        types[kind.id] = replace(kind, rules=(*kind.rules, rule))
    contexts.extend(_read_contexts(content.get("contexts", []), lexicon, path.name))


@cache
def load_lexicon() -> Lexicon:
    """The named word lists of `rules/lexicon.yaml`. Raises `RuleError`."""
    words: dict[str, list[str]] = read_yaml("lexicon.yaml")
    return words


@cache
def word_frequencies() -> Mapping[str, float]:
    """Occurrences of words of rules per million characters of official texts; rare words are not listed."""
    return {row["word"]: float(row["per_million"]) for row in read_tsv("frequency.tsv")}


def _read_group(group: str, lexicon: Lexicon) -> Sequence[ClauseType]:
    place = f"{group}.yaml"
    content = read_yaml(place)
    _only_keys(content, {"group", "name", "types"}, place)
    return [_read_type(row, group, place, lexicon) for row in content["types"]]


def _read_type(row: dict[str, Any], group: str, place: str, lexicon: Lexicon) -> ClauseType:
    row = dict(row)
    row["bases"] = _read_bases(row, place, lexicon)
    row["rules"] = tuple(read_rule(rule, row["id"], place, lexicon) for rule in row.get("rules", []))
    row["severity"] = _severity(row.get("severity", "medium"), f"{place} {row.get('id')}")
    return build(ClauseType, {**row, "group": group}, f"{place} {row.get('id')}")


def _severity(name: str, place: str) -> Severity:
    if name not in _SEVERITIES:
        raise RuleError(f"{place}的severity“{name}”不认识", remedy=f"请写{'、'.join(_SEVERITIES)}之一")
    return _SEVERITIES[name]


def read_rule(row: dict[str, Any], type_id: str, place: str, lexicon: Lexicon) -> ClauseRule:
    """Build a clause rule from a row of a rule file; `place` is the file named in errors.

    Raises `RuleError` for wrong keys, an invalid pattern or if the rule fails its own examples.
    """
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
    _check_examples(rule)
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
    if not isinstance(pattern, str) or not pattern:
        raise RuleError(f"{place}的规则{rule}没有写pattern，或者不是文字", remedy="请写明要找的字词")
    try:
        made = checked(expand(pattern, lexicon, f"{place}的规则{rule}"))
        if _REFERENCE.search(made.pattern):
            for wording in alternatives(made.pattern):  # each is searched alone: it cannot refer to a group of another
                checked(wording)
    except (re.error, OverflowError) as error:
        raise RuleError(f"{place}的规则{rule}的pattern有误：{error}", remedy="请改正正则表达式") from error
    return made


def _check_examples(rule: ClauseRule) -> None:
    if not rule.match or not rule.skip:
        raise RuleError(f"规则{rule.id}缺少match或skip例子", remedy="每条规则至少各写一个例子")
    wrong = [s for s in rule.match if not rule.raises(s)] + [s for s in rule.skip if rule.raises(s)]
    if wrong:
        raise RuleError(f"规则{rule.id}与例子不符：“{wrong[0]}”", remedy="请改正pattern、unless或例子")


def _is_rows(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(row, dict) for row in value))


def _only_keys(content: dict[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(content) - known)
    if unknown:
        raise RuleError(f"{place}有不认识的键：{'、'.join(unknown)}", remedy="请删除或改正")
