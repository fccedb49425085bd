"""Qinggui as a component of spaCy: provisions, findings and citations as spans of a `Doc`, its masthead as an attribute.

The package registers it, so that ``nlp = spacy.blank("zh"); nlp.add_pipe("qinggui")`` is enough; `doc.spans` then holds

- "provisions": the units of the text, label 条, 款 …, id the path (第三条第二款),
- "findings": what was found and not softened by its context, label the name, id the type (LIC-01),
- "citations": label the role, id the title and article that are cited,

and `doc._.masthead` the title, issuers, number and days as text, so that a `Doc` can be stored and sent to other processes.
"""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, SpanGroup

from pipeline.analyzer import LegalContext, analyze_source
from pipeline.document import Document, Dossier, Masthead, Span
from pipeline.ingest import read_text

PROVISIONS, FINDINGS, CITATIONS = "provisions", "findings", "citations"
# how far the next character of the read text may lie ahead in the given one, where blanks or signs were left out
_AHEAD = 80
# span in the text as it was read, label, id
_Labelled = tuple[Span, str, str]


@Language.factory("qinggui", default_config={"as_of": None, "place": None})
def create(nlp: Language, name: str, as_of: str | None, place: str | None) -> Callable[[Doc], Doc]:
    """The component: `as_of` is the day of the laws as 2026-11-22, today if None; `place` the region of the issuer."""
    del nlp, name
    if not Doc.has_extension("masthead"):
        Doc.set_extension("masthead", default=None)

    def annotate(doc: Doc) -> Doc:
        day = date.fromisoformat(as_of) if as_of else date.today()
        source = read_text("文本", doc.text)
        dossier = analyze_source(source, LegalContext(day, place))
        offsets = aligned(source.text, doc.text)
        found = {
            PROVISIONS: _provisions(dossier.document),
            FINDINGS: [(f.evidence, f.name, f.type) for f in dossier.assessment.findings if not f.softened],
            CITATIONS: _citations(dossier),
        }
        for key, labelled in found.items():
            doc.spans[key] = _group(doc, key, labelled, offsets)
        doc._.masthead = facts_of(dossier.document.masthead)
        return doc

    return annotate


def _provisions(document: Document) -> list[_Labelled]:
    return [(c.span, c.kind.value, c.path) for member in document.family() for c in member.clauses]


def _citations(dossier: Dossier) -> list[_Labelled]:
    return [
        (c.span, c.role or "提及", c.title + (c.article or ""))
        for member in dossier.document.family()
        for c in member.citations
    ]


def _group(doc: Doc, key: str, labelled: Iterable[_Labelled], offsets: list[int]) -> SpanGroup:
    spans = []
    for span, label, name in labelled:
        start, end = offsets[span.start], (offsets[span.end - 1] + 1 if span.end > span.start else offsets[span.start])
        found = doc.char_span(start, end, label=label, span_id=name, alignment_mode="expand")
        if found is not None:
            spans.append(found)
    return SpanGroup(doc, name=key, spans=spans)


def aligned(read: str, given: str) -> list[int]:
    """For each offset in a text as it was read, and its end, the offset in the text that was given.

    Reading leaves blanks and signs out and brings others to one form; a character that it added stands where the next one stands.
    """
    if read == given:
        return list(range(len(read) + 1))
    offsets, at = [], 0
    for character in read:
        ahead = (near for near in range(at, min(at + _AHEAD, len(given))) if _is_same(character, given[near]))
        place = next(ahead, None)
        offsets.append(min(at if place is None else place, max(len(given) - 1, 0)))
        at = at if place is None else place + 1
    return [*offsets, len(given)]


def _is_same(one: str, other: str) -> bool:
    return one == other or unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)


def facts_of(masthead: Masthead) -> dict[str, Any]:
    """The elements of a masthead that are stated: texts, days as 2026-11-22, issuers and signers as lists."""
    found: dict[str, Any] = {}
    for name in Masthead.__dataclass_fields__:
        fact = getattr(masthead, name)
        if isinstance(fact, tuple):
            found[name] = [str(each.value) for each in fact]
        elif fact is not None:
            found[name] = str(fact.value)
    return found
