"""Apply clause rules and the trained model to sentences; a cheap scan selects the few on which patterns are tried."""

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
# up to so many characters, text in “” is a term (“一企一策”) and not a quotation
_TERM = 12
_MAX_SENTENCE = 1200
_MAX_EVIDENCE = 160
_MAX_LEAD = 240
# length of the opening, in which a document names the law on which it is based
_OPENING = 1500
# a complete sentence above a list applies to the items only if it announces them
_ANNOUNCES = re.compile("[下如][列下]|以下")
# from this probability on, the model may raise a sentence without a word of force (强制词)
_SURE = 0.8
# shorter lines are names, signatures or headings, as are lines without punctuation
_LEAST = 8
_SENTENCE = re.compile("[，。；：]")
# sentences with such a beginning state aims
_AIM = re.compile(
    r"(?:[（(]?[一二三四五六七八九十0-9]{1,3}[）)、.．]\s*|[一二三四五]是)?(?:重点|积极|大力)?(?:鼓励|支持|引导|推动|推进|构建|加快|探索|完善|健全)"
)
# words that contain a character of force without its meaning
_NO_FORCE = re.compile(
    "供应|有限|应用|反应|响应|相应|效应|适应|对应|应急|权限|期限|限额|无限|交易|交通|交流|交付|外交|由于|自由|理由|倒闭|开封|密封|优先股|返回|返乡|奖项|补充|归档|归属|限度|扣除"
)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a hit: the sentence, the matched words, and the text above the list that contains the sentence."""

    sentence: Span
    evidence: Span
    lead: str


def find_hits(text: str, document: Document, book: Rulebook, model: ClauseModel | None) -> tuple[Hit, ...]:
    """The sentences found by clause rules or the model, with the contexts that apply to them, in reading order.

    The model scores sentences with an unsoftened rule hit, which get its probability, and sentences without rule hits.
    """
    clauses = [clause for member in document.family() for clause in member.clauses]
    hits = rule_hits(text, clauses, book)
    if model is None:
        return hits
    by_start: dict[int, list[Hit]] = {}
    for hit in hits:
        by_start.setdefault(hit.sentence.start, []).append(hit)
    by_rules = {start: seen_of(group) for start, group in by_start.items() if any(hit.is_raised for hit in group)}
    opinions = model.judge(text, by_rules)
    chances = {opinion.sentence.start: opinion.probability for opinion in opinions}
    judged = [_with_chance(hit, chances.get(hit.sentence.start), model) for hit in hits]
    judged += [
        _model_hit(text, opinion, book)
        for opinion in opinions
        if opinion.sentence.start not in by_start and _is_provision(opinion, text, book)
    ]
    return tuple(sorted(judged, key=lambda hit: hit.evidence.start))


def _is_provision(opinion: Opinion, text: str, book: Rulebook) -> bool:
    """Whether a sentence found only by the model is a complete sentence, not an aim, and may be raised.

    It needs a word of force (强制词) unless the probability is at least `_SURE`.
    """
    cut = opinion.sentence.cut(text).strip()
    if len(cut) < _LEAST or not _SENTENCE.search(cut) or _AIM.match(cut):
        return False
    return opinion.probability >= _SURE or bool(book.force.search(_NO_FORCE.sub("", cut)))


def seen_of(hits: Iterable[Hit]) -> Seen:
    """The rule hits of one sentence as input of the model."""
    group = list(hits)
    return Seen(
        tuple(hit.type for hit in group if hit.is_raised), tuple(hit.type for hit in group if not hit.is_raised)
    )


def _with_chance(hit: Hit, chance: float | None, model: ClauseModel) -> Hit:
    """A hit with the model's probability; a low one adds a context that softens the hit."""
    if chance is None:
        return hit
    if chance >= model.doubt_below or hit.effect != "keep":
        return replace(hit, chance=chance)
    doubt = Context(MODEL, "note", f"模型认为这句话不像自设规定（应当审阅的可信度只有{chance:.0%}）", hit.evidence)
    return replace(hit, chance=chance, contexts=(*hit.contexts, doubt))


def _model_hit(text: str, opinion: Opinion, book: Rulebook) -> Hit:
    """The hit of a sentence found only by the model; contexts apply anywhere in the sentence."""
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
    """The hits of clause rules, one per sentence and type, in reading order.

    An unsoftened hit takes precedence over a softened one; evidence of several unsoftened hits is joined.
    """
    starts = [clause.span.start for clause in clauses]
    hits: dict[tuple[int, str], Hit] = {}
    softened: dict[tuple[int, str], Hit] = {}
    for start, end, rules in _candidates(text, book):
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
            if hit.is_raised and place in hits:
                hits[place] = replace(hits[place], evidence=_both(hits[place].evidence, evidence))
            else:
                (hits if hit.is_raised else softened).setdefault(place, hit)
    return tuple(sorted((softened | hits).values(), key=lambda hit: hit.evidence.start))


def _both(one: Span, other: Span) -> Span:
    """The span from the first to the last of two pieces of evidence; `one` if that is over `_MAX_EVIDENCE` long."""
    both = Span(min(one.start, other.start), max(one.end, other.end))
    return both if len(both) <= _MAX_EVIDENCE else one


def _candidates(text: str, book: Rulebook) -> Iterator[tuple[int, int, Sequence[ClauseRule]]]:
    """Start, end and candidate wordings of the sentences that contain anchors, in reading order.

    Sentences longer than `_MAX_SENTENCE` are scanned in overlapping windows.
    """
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
    """For each sentence (given by its end) the union of the bit masks of the anchor words in it."""
    found, of_word = [0] * len(ends), book.bits
    place = 0
    for word, _, end in book.matcher.find_matches_as_indexes(text, overlapping=True):  # in the order of their ends
        while end > ends[place]:
            place += 1
        found[place] |= of_word[word]
    return found


def _windows(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Windows of `_MAX_SENTENCE` characters over a text without punctuation; each overlaps the next by half."""
    while end - start > _MAX_SENTENCE:
        yield start, start + _MAX_SENTENCE
        start += _MAX_SENTENCE // 2
    yield start, end


def _lead(text: str, clauses: Sequence[Clause], starts: Sequence[int], sentence: Span) -> str:
    """The text above a list that applies to its items (…有下列情形之一的，由…依照《…》处理：), "" if none."""
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
    """The span of a context's cue in its scope, without pseudo cues; None if the context does not apply."""
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
    """The span of the cue in the opening of the document; None if absent or if the sentence contains a stop word."""
    if context.stops and context.stops.search(text, sentence.start, sentence.end):
        return None
    match = context.pattern.search(text, 0, _OPENING)
    return Span(*match.span()) if match else None


def _scope(context: ContextRule, text: str, place: Place) -> Span:
    """The part of the sentence in which a cue of the context's direction applies: up to the nearest stop word."""
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
    """The context of a hit inside 《》 (a title) or “” (a quotation, but not an amended text or a short term)."""
    before = text[place.sentence.start : place.evidence.start]
    if before.count("《") > before.count("》") and text.find("》", place.evidence.start) >= place.evidence.end:
        return Context("CTX-TITLE", "drop", "命中的文字在书名号内，是文件名称", place.evidence)
    if before.count("“") > before.count("”") and not _REVISED.search(before):
        close = text.find("”", place.evidence.start, place.sentence.end)
        if not 0 <= close - (place.sentence.start + before.rfind("“")) <= _TERM:
            return Context("CTX-QUOTED", "drop", "命中的文字在引号内，属于引述", place.evidence)
    return None
