"""Clause rules and the trained model against sentences: a cheap scan chooses the few that patterns look at."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.classify.model import ClauseModel, Opinion, Seen
from pipeline.document import Clause, ClauseKind, Context, Document, Hit, Span
from pipeline.law import MODEL, ClauseRule, ContextRule, Rulebook

_BOUNDARY = re.compile(r"[。；\n]")
_LEADS = (
    ClauseKind.ITEM,
    ClauseKind.SUBITEM,
    ClauseKind.HEAD2,
    ClauseKind.HEAD3,
    ClauseKind.HEAD4,
    ClauseKind.HEAD5,
)
_REVISED = re.compile("修改为|增加|规定为")
# “一企一策”: a term in quotation marks, no quotation
_TERM = 12
_MAX_SENTENCE = 1200
_MAX_EVIDENCE = 160
_MAX_LEAD = 240
# so far reaches the opening, in which a document says under which law it is made
_OPENING = 1500
# a closed sentence above a list governs it where it announces it
_ANNOUNCES = re.compile("[下如][列下]|以下")
# from here on the model may raise a sentence without a word of force
_SURE = 0.8
# shorter lines are names, signatures, headings; so are lines without a comma or an end
_LEAST = 8
_SENTENCE = re.compile("[，。；：]")
# a sentence that begins so says what is wished
_AIM = re.compile(
    r"(?:[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．]\s*|[一二三四五]是)?(?:重点|积极|大力)?(?:鼓励|支持|引导|推动|推进|构建|加快|探索|完善|健全)"
)
# words that hold a character of force and have none
_NO_FORCE = re.compile(
    "供应|有限|应用|反应|响应|相应|效应|适应|对应|应急|权限|期限|限额|无限|交易|交通|交流|交付|外交|由于|自由|理由|倒闭|开封|密封|优先股|返回|返乡|奖项|补充|归档|归属|限度|扣除"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a rule hit: the sentence, the words within it, and the text above the list it stands in."""

    sentence: Span
    evidence: Span
    lead: str


def find_hits(text: str, document: Document, book: Rulebook, model: ClauseModel | None) -> tuple[Hit, ...]:
    """Every sentence that a clause rule touches or the model points out, with the contexts for or against it.

    The model is asked about sentences in which a rule holds and about those that no rule touches.
    """
    clauses = [clause for member in document.family() for clause in member.clauses]
    hits = rule_hits(text, clauses, book)
    if model is None:
        return hits
    by_start: dict[int, list[Hit]] = {}
    for hit in hits:
        by_start.setdefault(hit.sentence.start, []).append(hit)
    asked = {start: seen_of(held) for start, held in by_start.items() if any(hit.loud for hit in held)}
    opinions = model.judge(text, asked)
    chances = {opinion.sentence.start: opinion.probability for opinion in opinions}
    judged = [_weighed(hit, chances.get(hit.sentence.start), model) for hit in hits]
    judged += [
        _pointed_out(text, opinion, book)
        for opinion in opinions
        if opinion.sentence.start not in by_start and _says_something(opinion, text, book)
    ]
    return tuple(sorted(judged, key=lambda hit: hit.evidence.start))


def _says_something(opinion: Opinion, text: str, book: Rulebook) -> bool:
    """Whether what only the model points out is a sentence, no aim, and has a word of force unless the model is sure."""
    cut = opinion.sentence.cut(text).strip()
    if len(cut) < _LEAST or not _SENTENCE.search(cut) or _AIM.match(cut):
        return False
    return opinion.probability >= _SURE or bool(book.force.search(_NO_FORCE.sub("", cut)))


def seen_of(hits: Iterable[Hit]) -> Seen:
    """The hits of one sentence, as the model is told of them."""
    held = list(hits)
    return Seen(tuple(hit.type for hit in held if hit.loud), tuple(hit.type for hit in held if not hit.loud))


def _weighed(hit: Hit, chance: float | None, model: ClauseModel) -> Hit:
    """A hit with the model's opinion; where the model sees nothing, that softens it."""
    if chance is None:
        return hit
    if chance >= model.doubt_below or hit.effect != "keep":
        return replace(hit, chance=chance)
    doubt = Context(MODEL, "note", f"模型认为这句话不像自设规定（应当审阅的可信度只有{chance:.0%}）", hit.evidence)
    return replace(hit, chance=chance, contexts=(*hit.contexts, doubt))


def _pointed_out(text: str, opinion: Opinion, book: Rulebook) -> Hit:
    """A sentence that only the model points out; any context anywhere in it speaks against it."""
    sentence = opinion.sentence
    cut = sentence.cut(text)
    evidence = Span(sentence.start + len(cut) - len(cut.lstrip()), sentence.end - len(cut) + len(cut.rstrip()))
    contexts = tuple(
        Context(context.id, context.effect, context.says, evidence)
        for context in book.contexts_of[opinion.type]
        if (_opened(context, text, sentence) if context.where == "opening" else context.pattern.search(cut))
    )
    return Hit(opinion.type, MODEL, sentence, evidence, contexts, opinion.probability)


def rule_hits(text: str, clauses: Sequence[Clause], book: Rulebook) -> tuple[Hit, ...]:
    """Every sentence that a clause rule touches, one hit a type, a loud one before a quiet one."""
    starts = [clause.span.start for clause in clauses]
    hits: dict[tuple[int, str], Hit] = {}
    quiet: dict[tuple[int, str], Hit] = {}
    for start, end, rules in _touched(text, book):
        lead = ""
        for rule in rules:
            match = rule.search(text, start, end)
            if match is None:
                continue
            sentence = Span(start, end)
            lead = lead or _lead(text, clauses, starts, sentence)
            evidence = Span(*match.span())
            contexts = tuple(_contexts(text, Place(sentence, evidence, lead), rule, book))
            hit = Hit(rule.type, rule.id, sentence, evidence, contexts)
            place = (start, rule.type)
            if hit.loud and place in hits:
                hits[place] = replace(hits[place], evidence=_both(hits[place].evidence, evidence))
            else:
                (hits if hit.loud else quiet).setdefault(place, hit)
    return tuple(sorted((quiet | hits).values(), key=lambda hit: hit.evidence.start))


def _both(one: Span, other: Span) -> Span:
    """What two rules of a type mark in one sentence, as one stretch, unless that would be too long to read."""
    both = Span(min(one.start, other.start), max(one.end, other.end))
    return both if len(both) <= _MAX_EVIDENCE else one


def _touched(text: str, book: Rulebook) -> Iterator[tuple[int, int, Sequence[ClauseRule]]]:
    """Start and end of the sentences that hold the anchors of wordings, with these wordings, in reading order."""
    ends = [mark.end() for mark in _BOUNDARY.finditer(text)]
    ends.append(len(text))
    begin = 0
    for end, bits in zip(ends, _bits(text, ends, book), strict=True):
        if bits and end - begin <= _MAX_SENTENCE:
            yield begin, end, book.wordings(bits)
        elif bits:
            for start, stop in _windows(begin, end):
                yield start, stop, book.wordings(*_bits(text[start:stop], [stop - start], book))
        begin = end


def _bits(text: str, ends: Sequence[int], book: Rulebook) -> list[int]:
    """For each sentence the bits of the words in it: a word of many rules costs one step."""
    found, of_word = [0] * len(ends), book.bits
    place = 0
    for word, _, end in book.matcher.find_matches_as_indexes(text, overlapping=True):  # in the order of their ends
        while end > ends[place]:
            place += 1
        found[place] |= of_word[word]
    return found


def _windows(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Windows over a text that goes on without marks of punctuation."""
    while end - start > _MAX_SENTENCE:
        yield start, start + _MAX_SENTENCE
        start += _MAX_SENTENCE // 2
    yield start, end


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
    if parent is None:
        return ""
    above = text[clauses[before].span.start : clauses[before].span.end].rstrip()[-_MAX_LEAD:]
    last = above[above.rfind("。", 0, len(above) - 1) + 1 :]
    return last if not last.endswith("。") or _ANNOUNCES.search(last) else ""


def _contexts(text: str, place: Place, rule: ClauseRule, book: Rulebook) -> Iterator[Context]:
    quoted = _quoted(text, place)
    if quoted:
        yield quoted
    if rule.unless:
        match = rule.unless.search(text, place.sentence.start, place.sentence.end)
        if match:
            yield Context(f"{rule.id}.unless", "drop", rule.because, Span(*match.span()))
    for context in book.contexts_of[rule.type]:
        span = _applies(context, text, place)
        if span is None and place.lead and context.lead and context.pattern.search(place.lead):
            span = place.sentence
        if span is not None:
            yield Context(context.id, context.effect, context.says, span)


def _applies(context: ContextRule, text: str, place: Place) -> Span | None:
    """Where a context rule finds its cue in its scope, pseudo-cues left out."""
    if context.where == "opening":
        return _opened(context, text, place.sentence)
    scope = _scope(context, text, place)
    part = scope.cut(text)
    for pseudo in context.pseudo:
        part = part.replace(pseudo, "\0" * len(pseudo))
    if context.where != "around":
        match = context.pattern.search(part)
        return Span(scope.start + match.start(), scope.start + match.end()) if match else None
    for match in context.pattern.finditer(part):
        found = Span(scope.start + match.start(), scope.start + match.end())
        if found.overlaps(place.evidence):
            return found
    return None


def _opened(context: ContextRule, text: str, sentence: Span) -> Span | None:
    """Where the opening of a document holds the cue, unless a stop word in the sentence says that it is no matter."""
    if context.stops and context.stops.search(text, sentence.start, sentence.end):
        return None
    match = context.pattern.search(text, 0, _OPENING)
    return Span(*match.span()) if match else None


def _scope(context: ContextRule, text: str, place: Place) -> Span:
    """The part of the sentence in which a cue of this direction reaches the hit: up to the nearest stop word."""
    sentence, evidence = place.sentence, place.evidence
    if context.where == "before":
        start = sentence.start
        if context.stops:
            for stop in context.stops.finditer(text, sentence.start, evidence.start):
                start = stop.end()
        return Span(start, evidence.start)
    if context.where == "after":
        stop_after = context.stops.search(text, evidence.end, sentence.end) if context.stops else None
        return Span(evidence.end, stop_after.start() if stop_after else sentence.end)
    return sentence


def _quoted(text: str, place: Place) -> Context | None:
    """A hit inside 《》 is a title; inside “” it quotes, unless a revision is being set down or a term is marked."""
    before = text[place.sentence.start : place.evidence.start]
    if before.count("《") > before.count("》") and text.find("》", place.evidence.start) >= place.evidence.end:
        return Context("CTX-TITLE", "drop", "命中的文字在书名号内，是文件名称", place.evidence)
    if before.count("“") > before.count("”") and not _REVISED.search(before):
        close = text.find("”", place.evidence.start, place.sentence.end)
        if not 0 <= close - (place.sentence.start + before.rfind("“")) <= _TERM:
            return Context("CTX-QUOTED", "drop", "命中的文字在引号内，属于引述", place.evidence)
    return None
