"""Observations: what is seen in a provision (addressee, force, act, basis, relief, money, place …), each with its span.

They are patterns kept as data in `observations.yaml` and tested on the sentences beside them. They decide nothing: the
judge learns their weight, and an explanation shows them for and against.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import ahocorasick_rs

from pipeline.document import Span
from pipeline.errors import RuleError
from pipeline.law import Pattern, find_anchors, read_yaml, word_frequencies

FILE = "observations.yaml"
_FRAGMENT = re.compile(r"\{([A-Z]+)\}")
_CLAUSE_END = re.compile("[，,；;。:：]")
_DENIED = re.compile("不|严禁|禁止|免|取消|停止")
_BEFORE = 8
# acts of these groups are also seen together with what governs them in the same sentence
_ACTS = ("penalty.", "control.", "charge.", "right.", "duty.", "relief.", "competition.")
_FORMS = {
    "form.article": re.compile(r"^\s*\**第[一二三四五六七八九十百零0-9]+条"),
    "form.item": re.compile(
        r"^\s*(?:[（(][一二三四五六七八九十0-9]+[）)]|[0-9]+[.、．]|[一二三四五六七八九十]+、|[①-⑳]|-|—)"
    ),
    "form.list_opening": re.compile(r"[:：]\s*$"),
    "form.fragment": re.compile(
        r"(?<=[一-龥][一-龥])(?:材料|证明|文件|情况|内容|方案|报告|表|书|证|名单|名录|目录|单位|企业|人员|机构|制度|条件)[。；;]?\s*$"
    ),
    "form.title": re.compile(r"^[^，。；]{4,50}(?:通知|意见|办法|规定|方案|公告|细则|条例|决定|通告)[。]?\s*$"),
    "form.exhortation": re.compile(
        r"^(?:[^，。]{0,12})(?:要|应)?(?:加强|强化|落实|做好|推进|推动|完善|健全|严格|切实|认真|积极|大力|进一步|充分|加大)"
    ),
    "form.short": re.compile(r"^.{0,20}$"),
    "form.long": re.compile(r"^.{90,}$"),
    "form.very_long": re.compile(r"^.{150,}$"),
    "form.semicolon": re.compile(r"；\s*$"),
    "form.full_stop": re.compile(r"。\s*$"),
    "form.circumstance": re.compile(r"的[；。：:]\s*$"),
    "form.question": re.compile(r"[？?]|(?:如何|是否|哪些)[^，。；]{0,20}[？?]?$"),
    "form.quotation": re.compile("[“”]"),
    "form.name": re.compile("《"),
    "form.parenthesis": re.compile(r"[（(][^）)]{8,}[）)]"),
    "form.colon": re.compile("[:：]"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of observation: id (penalty.fine), what it says in Chinese, and its pattern with its examples."""

    id: str
    says: str
    pattern: Pattern
    match: tuple[str, ...]
    skip: tuple[str, ...]


@dataclass(frozen=True)
class Observer:
    """The kinds of observations, prepared: only kinds one of whose anchor words occurs are tried on a sentence.

    `governing`: ids of kinds that change the meaning of an act in the same sentence (relief, own staff, contract …);
    `named`: ids of kinds that name a legal basis.
    """

    kinds: tuple[Kind, ...]
    words: tuple[str, ...]
    of_word: tuple[tuple[int, ...], ...]
    governing: tuple[str, ...]
    named: tuple[str, ...]

    def __post_init__(self) -> None:
        matcher = ahocorasick_rs.AhoCorasick(self.words, matchkind=ahocorasick_rs.MatchKind.Standard)
        object.__setattr__(self, "_matcher", matcher)

    def observe(self, sentence: str) -> dict[str, Span]:
        """The first span of each observation in a sentence, by id, in the order of the kinds."""
        found = self._matcher.find_matches_as_indexes(sentence, overlapping=True)  # type: ignore[attr-defined]
        tried = sorted({kind for word in {match[0] for match in found} for kind in self.of_word[word]})
        seen = {}
        for at in tried:
            match = self.kinds[at].pattern.search(sentence)
            if match:
                seen[self.kinds[at].id] = Span(*match.span())
        return seen

    def features(self, sentence: str) -> dict[str, Span]:
        """Names of the features of a sentence, with the span each is seen at: observations, forms, and acts together
        with what governs them (`penalty.fine+cited`, `penalty.fine*addressee.staff`)."""
        seen = self.observe(sentence)
        found = dict(seen)
        for name, pattern in _FORMS.items():
            if match := pattern.search(sentence):
                found[name] = Span(*match.span())
        ends = [mark.end() for mark in _CLAUSE_END.finditer(sentence)]
        bases = [_clause_at(ends, seen[name].start) for name in self.named if name in seen]
        governing = [name for name in self.governing if name in seen]
        for name, span in seen.items():
            if not name.startswith(_ACTS):
                continue
            for joined in _joined(name, span, sentence, ends, bases):
                found[joined] = span
            for other in governing:
                found[f"{name}*{other}"] = span
        return found

    @property
    def says(self) -> Mapping[str, str]:
        """What each kind says in Chinese, by id."""
        return {kind.id: kind.says for kind in self.kinds}


def _joined(name: str, span: Span, sentence: str, ends: Sequence[int], bases: Sequence[int]) -> Iterator[str]:
    """An act with a legal basis before it or in its own part of the sentence, or with a denial just before it."""
    part = _clause_at(ends, span.end - 1)
    if bases and min(bases) <= part:
        yield f"{name}+cited"
    if part in bases:
        yield f"{name}+cited_here"
    if _DENIED.search(sentence, max(0, span.start - _BEFORE), span.start):
        yield f"{name}+denied"


def _clause_at(ends: Sequence[int], position: int) -> int:
    """The number of the part of a sentence (between commas) that contains a position."""
    return next((number for number, end in enumerate(ends) if position < end), len(ends))


@cache
def load_observer() -> Observer:
    """The observer of `observations.yaml`. Raises `RuleError` if the file is wrong or a kind fails its examples."""
    content = read_yaml(FILE)
    fragments: Mapping[str, str] = content["fragments"]
    kinds = tuple(_kind(row, fragments) for row in content["observations"])
    return prepare(kinds, tuple(content["governing"]), tuple(content["named"]))


def prepare(kinds: tuple[Kind, ...], governing: tuple[str, ...], named: tuple[str, ...]) -> Observer:
    """An observer of some kinds. Raises `RuleError` for a pattern that can match without any fixed word."""
    words: dict[str, list[int]] = {}
    for at, kind in enumerate(kinds):
        for word in find_anchors(kind.pattern.pattern, word_frequencies()).first:
            words.setdefault(word, []).append(at)
    ordered = tuple(sorted(words))
    return Observer(kinds, ordered, tuple(tuple(words[word]) for word in ordered), governing, named)


def _kind(row: Mapping[str, Any], fragments: Mapping[str, str]) -> Kind:
    pattern = _FRAGMENT.sub(lambda name: fragments[name[1]], row["pattern"])
    kind = Kind(row["id"], row["says"], Pattern(pattern), tuple(row["match"]), tuple(row["skip"]))
    wrong = [s for s in kind.match if not kind.pattern.search(s)] + [s for s in kind.skip if kind.pattern.search(s)]
    if wrong:
        raise RuleError(f"观察{kind.id}与例子不符：“{wrong[0]}”", remedy="请改正observations.yaml里的pattern或者例子")
    return kind
