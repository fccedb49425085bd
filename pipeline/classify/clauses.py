"""Apply clause rules and the trained model to sentences; a cheap scan selects the few on which patterns are tried."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.classify.discretion import find_benchmarks, note_benchmarks
from pipeline.classify.grounds import tell_grounds
from pipeline.classify.model import DOCUMENTS, LEGISLATION, ClauseModel, Opinion
from pipeline.document import Clause, ClauseKind, Context, Document, Hit, NormLevel, Span
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
# shorter lines are names, signatures or headings, as are lines without punctuation
_LEAST = 8
_SENTENCE = re.compile("[，。；：]")
# a line that says who somebody is provides nothing: 当事人：陈某某，男，住清禾县柳林镇。
_IDENTITY = re.compile(
    r"\s*(?:当事人|被(?:处罚|申请|许可|检查|征收)(?:单位|人)|申请人|第三人|(?:委托)?代理人|法定代表人|主要负责人|经营者|姓名|名称|住所地?|住址|地址|身份证(?:件)?号码?|统一社会信用代码|案由)(?:[（(][^（）()]{1,20}[）)])?[：:]"
    "(?!.*(?:应当|必须|须|不得|禁止|不予))"
)
_NUMBER = re.compile(r"\s*(?:第[0-9一二三四五六七八九十百零]{1,6}条|[（(]?[0-9一二三四五六七八九十]{1,3}[）)、.．])\s*")
_CLAUSE_END = re.compile("[前时后的者户]?，|[、：；）.．]")
_LEGISLATION = (
    NormLevel.LAW,
    NormLevel.ADMINISTRATIVE_REGULATION,
    NormLevel.LOCAL_REGULATION,
    NormLevel.DEPARTMENT_RULE,
    NormLevel.LOCAL_RULE,
    NormLevel.JUDICIAL_INTERPRETATION,
)


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a hit: the sentence, the matched words, and the text above the list that contains the sentence."""

    sentence: Span
    evidence: Span
    lead: str


def find_hits(
    text: str, document: Document, book: Rulebook, model: ClauseModel | None, level: NormLevel = NormLevel.NORMATIVE
) -> tuple[Hit, ...]:
    """The sentences to look at, with the contexts that apply to them, in reading order.

    The judge (`model`) decides with the chance it gives a sentence; a rule may raise a sentence alone unless the judge
    finds it quite harmless. A sentence raised by the judge is one hit with its types in order. Without a model there
    are only hits of rules.
    """
    clauses = [clause for member in document.family() for clause in member.clauses]
    hits = tuple(hit for hit in rule_hits(text, clauses, book) if _provides(hit.sentence.cut(text)))
    if model is None:
        return hits
    by_start: dict[int, list[Hit]] = {}
    for hit in hits:
        by_start.setdefault(hit.sentence.start, []).append(hit)
    starts = [clause.span.start for clause in clauses]
    found: list[Hit] = []
    for opinion in model.judge(text, LEGISLATION if level in _LEGISLATION else DOCUMENTS, by_start):
        group = by_start.pop(opinion.sentence.start, [])
        if opinion.chance >= model.raise_at and _is_sentence(opinion.sentence.cut(text)):
            lead = _lead(text, clauses, starts, opinion.sentence)
            judged = _judged(text, opinion, group, lead, book)
            found.append(replace(judged, grounds=tell_grounds(opinion.reasons)))
        else:
            found += [_with_chance(hit, opinion, model) for hit in group]
    noted = note_benchmarks(found, find_benchmarks(text, document))
    return tuple(sorted(noted, key=lambda hit: hit.evidence.start))


def _is_sentence(cut: str) -> bool:
    """Whether a line is a sentence: shorter lines and those without punctuation are names, signatures or headings."""
    return len(cut.strip()) >= _LEAST and bool(_SENTENCE.search(cut)) and _provides(cut)


def _provides(cut: str) -> bool:
    """Whether a sentence may provide something, which a line on somebody's identity does not."""
    return _IDENTITY.match(cut) is None


def _judged(text: str, opinion: Opinion, group: Sequence[Hit], lead: str, book: Rulebook) -> Hit:
    """The hit of a sentence raised by the judge; evidence and wording are those of a rule that sees the same type.

    What governs the sentence without standing in it may still lower it: a law named in the lead above a list, or by the
    opening of the document.
    """
    sentence, cut = opinion.sentence, opinion.sentence.cut(text)
    by_rules = [hit.type for hit in group if hit.is_raised]
    agreed = sorted((of_rule for of_rule in by_rules if of_rule in opinion.types), key=book.weight_of)
    kind, *others = dict.fromkeys([*agreed, *opinion.types, *by_rules])
    whole = Span(sentence.start + len(cut) - len(cut.lstrip()), sentence.end - len(cut) + len(cut.rstrip()))
    contexts = tuple(
        Context(context.id, context.effect, context.says, whole)
        for context in book.contexts_of[kind]
        if (context.where == "opening" and _opened(context, text, sentence))
        or (context.judge and context.pattern.search(cut))
        or (lead and context.lead and context.pattern.search(lead))
    )
    rule = next((hit for hit in group if hit.type == kind and hit.is_raised), None)
    evidence = rule.evidence if rule else whole
    return Hit(kind, rule.rule if rule else MODEL, sentence, evidence, contexts, opinion.chance, tuple(others))


def _with_chance(hit: Hit, opinion: Opinion, model: ClauseModel) -> Hit:
    """A rule's hit with the judge's chance; a low one adds a context that softens the hit.

    Of a very long sentence the judge reads only the beginning: it says nothing of a hit behind that.
    """
    chance = opinion.chance
    if hit.evidence.start >= opinion.sentence.end:
        return hit
    if chance >= model.doubt_below or hit.effect != "keep":
        return replace(hit, chance=chance)
    doubt = Context(MODEL, "note", f"审查模型认为这句话不像自设规定（应当审阅的可信度只有{chance:.0%}）", hit.evidence)
    return replace(hit, chance=chance, contexts=(*hit.contexts, doubt))


def rule_hits(text: str, clauses: Sequence[Clause], book: Rulebook) -> tuple[Hit, ...]:
    """The hits of clause rules, one per sentence and type, in reading order.

    An unsoftened hit takes precedence over a softened one; evidence of several unsoftened hits is joined.
    """
    starts = [clause.span.start for clause in clauses]
    hits: dict[tuple[int, str], Hit] = {}
    softened: dict[tuple[int, str], Hit] = {}
    for begin, start, end, rules in _candidates(text, book):
        lead = ""
        for rule in rules:
            match = rule.search(text, start, end)
            if match is None:
                continue
            sentence = Span(start, end)
            lead = lead or _lead(text, clauses, starts, sentence)
            evidence = _tidied(text, start, Span(*match.span()))
            contexts = tuple(_contexts(text, Place(sentence, evidence, lead), rule, book))
            hit = Hit(rule.type, rule.id, sentence, evidence, contexts)
            place = (begin, rule.type)
            if hit.is_raised and place in hits:
                hits[place] = replace(hits[place], evidence=_both(hits[place].evidence, evidence))
            else:
                (hits if hit.is_raised else softened).setdefault(place, hit)
    return tuple(sorted((softened | hits).values(), key=lambda hit: hit.evidence.start))


def _tidied(text: str, start: int, evidence: Span) -> Span:
    """Evidence without the number of its sentence, which begins at `start`, and without the end of a clause before it."""
    head = _NUMBER if not text[start : evidence.start].strip() else _CLAUSE_END
    match = head.match(text, evidence.start, evidence.end)
    return Span(match.end(), evidence.end) if match else evidence


def _both(one: Span, other: Span) -> Span:
    """The span from the first to the last of two pieces of evidence; `one` if that is over `_MAX_EVIDENCE` long."""
    both = Span(min(one.start, other.start), max(one.end, other.end))
    return both if len(both) <= _MAX_EVIDENCE else one


def _candidates(text: str, book: Rulebook) -> Iterator[tuple[int, int, int, Sequence[ClauseRule]]]:
    """Begin of the sentence, start, end and candidate wordings of what is searched, in reading order.

    Sentences longer than `_MAX_SENTENCE` are scanned in overlapping windows, which have the begin in common: they are
    one provision.
    """
    ends = [mark.end() for mark in _BOUNDARY.finditer(text)]
    ends.append(len(text))
    begin = 0
    for end, bits in zip(ends, _bits(text, ends, book), strict=True):
        if bits and end - begin <= _MAX_SENTENCE:
            yield begin, begin, end, book.wordings(bits)
        elif bits:
            for start, stop in _windows(begin, end):
                yield begin, start, stop, book.wordings(*_bits(text[start:stop], [stop - start], book))
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
