"""The provisions that a second reader is asked about: those that the cheap stage lets pass, each with what governs it."""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.analyzer import Judge
from pipeline.classify.model import DOCUMENTS
from pipeline.document import Clause, ClauseKind, Document, Dossier, Span

# chance from which a sentence is sent that neither rules nor the judge raised
LEAST = 0.2
_SHORTEST, _LONGEST = 8, 1200
_LONGEST_HEAD, _LONGEST_ARTICLE = 120, 800


@dataclass(frozen=True, slots=True)
class Provision:
    """A sentence with what governs it: title of the paper, place (第三条第二款), headings and lead above it, its article.

    `span` is its place in the text, None for a sentence without paper. What governs it is "" where there is none.
    """

    sentence: str
    title: str = ""
    place: str = ""
    above: str = ""
    article: str = ""
    span: Span | None = None

    @property
    def key(self) -> str:
        """The SHA-256 (hexadecimal) of what a reader sees of it; the same words in the same context have the same key."""
        seen = [self.sentence, self.title, self.place, self.above, self.article]
        return hashlib.sha256(json.dumps(seen, ensure_ascii=False).encode()).hexdigest()


def provisions_of(dossier: Dossier, judge: Judge, least: float = LEAST) -> list[Provision]:
    """The provisions of a paper to ask about, in reading order, each sentence once.

    They are the hits that lead to findings, also those whose context softens or notes them, and the sentences to which the
    judge gives a chance (0 to 1) of at least `least`.
    """
    text = dossier.source.text
    chosen = {hit.sentence.start: hit.sentence for hit in dossier.labels.hits if hit.effect != "drop"}
    for opinion in judge.model.judge(text, DOCUMENTS) if judge.model else ():
        if opinion.chance >= least:
            chosen.setdefault(opinion.sentence.start, opinion.sentence)
    members = list(dossier.document.family())
    made = [_provision(text, members, chosen[start]) for start in sorted(chosen)]
    return [provision for provision in made if len(provision.sentence) >= _SHORTEST]


def _provision(text: str, members: Sequence[Document], sentence: Span) -> Provision:
    cut = sentence.cut(text)[:_LONGEST]
    start = sentence.start + len(cut) - len(cut.lstrip())
    span = Span(start, start + len(cut.strip()))
    member = next((one for one in reversed(members) if one.span.start <= start < one.span.end), members[0])
    title = (member.masthead.title or members[0].masthead.title) if members else None
    clauses = member.clauses
    at = bisect_right(clauses, start, key=lambda clause: clause.span.start) - 1
    named = title.value if title else ""
    if at < 0:
        return Provision(span.cut(text), named, span=span)
    line = [*_ancestors(clauses, at)]
    above = "\n".join(clauses[one].span.cut(text).strip()[:_LONGEST_HEAD] for one in reversed(line))
    article = next((one for one in (at, *line) if clauses[one].kind is ClauseKind.ARTICLE), at)
    whole = _whole(text, clauses, article)
    shown = whole if whole.strip() != span.cut(text) else ""
    return Provision(span.cut(text), named, clauses[at].path, above, shown, span)


def _ancestors(clauses: Sequence[Clause], at: int) -> Iterator[int]:
    """The indexes of the clauses above one, nearest first."""
    parent = clauses[at].parent
    while parent is not None:
        yield parent
        parent = clauses[parent].parent


def _whole(text: str, clauses: Sequence[Clause], at: int) -> str:
    """The text of a clause with all below it, cut where it is long."""
    last = at
    for index in range(at + 1, len(clauses)):
        parent = clauses[index].parent
        if parent is None or parent < at:
            break
        last = index
    return text[clauses[at].span.start : clauses[last].span.end].strip()[:_LONGEST_ARTICLE]
