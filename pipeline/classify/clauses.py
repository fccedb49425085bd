"""Clause rules against sentences: a cheap scan for anchors chooses the few that patterns look at."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.document import Clause, ClauseKind, Context, Document, Hit, Span
from pipeline.law import ClauseRule, ContextRule, Rulebook

_BOUNDARY = re.compile(r"[。；\n]")
_LEADS = (
    ClauseKind.ITEM,
    ClauseKind.SUBITEM,
    ClauseKind.HEAD2,
    ClauseKind.HEAD3,
    ClauseKind.HEAD4,
    ClauseKind.HEAD5,
)
_MAX_SENTENCE = 1200


def find_hits(text: str, document: Document, book: Rulebook) -> tuple[Hit, ...]:
    """Every sentence that a clause rule touches, with the contexts that speak for or against it."""
    clauses = [clause for member in document.family() for clause in member.clauses]
    starts = [clause.span.start for clause in clauses]
    hits: dict[tuple[int, str], Hit] = {}
    for sentence, rules in _touched(text, book).items():
        lead = ""
        for rule in rules:
            match = rule.pattern.search(text, sentence.start, sentence.end)
            if match is None or (sentence.start, rule.type) in hits:
                continue
            lead = lead or _lead(text, clauses, starts, sentence)
            evidence = Span(*match.span())
            contexts = tuple(_contexts(text, (sentence, evidence, lead), rule, book.contexts))
            hits[sentence.start, rule.type] = Hit(rule.type, rule.id, sentence, evidence, contexts)
    return tuple(hits.values())


def _touched(text: str, book: Rulebook) -> dict[Span, list[ClauseRule]]:
    """The sentences that hold an anchor, with the rules whose anchor it is, in reading order."""
    found = book.matcher.find_matches_as_indexes(text, overlapping=True)
    if not found:
        return {}
    touched: dict[Span, list[ClauseRule]] = {}
    sentence = Span(0, 0)
    for anchor, start, _ in found:
        if not sentence.start <= start < sentence.end:
            sentence = _sentence_at(text, start)
        rules = touched.setdefault(sentence, [])
        rules.extend(rule for rule in book.rules_of_anchor[anchor] if rule not in rules)
    return touched


def _sentence_at(text: str, offset: int) -> Span:
    """The sentence around an offset, cut to a window where a text has no marks of punctuation."""
    floor = max(0, offset - _MAX_SENTENCE // 2)
    first = max(text.rfind(mark, floor, offset) for mark in "。；\n") + 1
    end = _BOUNDARY.search(text, offset, offset + _MAX_SENTENCE // 2)
    return Span(max(first, floor), end.end() if end else min(len(text), offset + _MAX_SENTENCE // 2))


def _lead(text: str, clauses: Sequence[Clause], starts: Sequence[int], sentence: Span) -> str:
    """The text above an item that governs it: …有下列情形之一的，由…依照《…》处理："""
    place = bisect_right(starts, sentence.start) - 1
    if place < 0 or clauses[place].kind not in _LEADS:
        return ""
    parent = clauses[place].parent
    for before in range(place - 1, -1, -1):
        if clauses[before].span.end < clauses[place].span.start and clauses[before].kind not in _LEADS:
            break
    else:
        return ""
    return text[clauses[before].span.start : clauses[before].span.end][-240:] if parent is not None else ""


def _contexts(
    text: str, place: tuple[Span, Span, str], rule: ClauseRule, contexts: Sequence[ContextRule]
) -> Iterator[Context]:
    sentence, evidence, lead = place
    quoted = _quoted(text, sentence, evidence)
    if quoted:
        yield quoted
    for context in contexts:
        if not context.applies_to(rule.type):
            continue
        span = _applies(context, text, sentence, evidence)
        if (
            span is None
            and lead
            and context.where == "sentence"
            and context.effect == "note"
            and context.pattern.search(lead)
        ):
            span = sentence
        if span is not None:
            yield Context(context.id, context.effect, context.says, span)


def _applies(context: ContextRule, text: str, sentence: Span, evidence: Span) -> Span | None:
    if context.where == "before":
        match = context.pattern.search(text[sentence.start : evidence.start])
        return Span(sentence.start + match.start(), sentence.start + match.end()) if match else None
    if context.where == "after":
        match = context.pattern.search(text, evidence.end, sentence.end)
        return Span(*match.span()) if match else None
    if context.where == "sentence":
        match = context.pattern.search(text, sentence.start, sentence.end)
        return Span(*match.span()) if match else None
    for match in context.pattern.finditer(text, sentence.start, sentence.end):
        if match.start() < evidence.end and evidence.start < match.end():
            return Span(*match.span())
    return None


def _quoted(text: str, sentence: Span, evidence: Span) -> Context | None:
    """A hit inside 《》 is a title; inside “” it quotes, unless a revision is being set down."""
    before = text[sentence.start : evidence.start]
    if before.count("《") > before.count("》"):
        return Context("CTX-TITLE", "drop", "命中的文字在书名号内，是文件名称", evidence)
    if before.count("“") > before.count("”") and not re.search("修改为|增加|规定为", before):
        return Context("CTX-QUOTED", "drop", "命中的文字在引号内，属于引述", evidence)
    return None
