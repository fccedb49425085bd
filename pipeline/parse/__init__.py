"""Parsing stage: `SourceText` → `Document`.

Title, issuing bodies, numbers, dates, structure, citations, repeals and tasks are extracted with their spans;
the text is never changed, and a fact that the document does not state is None.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from pipeline.dates import read_date
from pipeline.document import (
    Citation,
    Clause,
    Document,
    Effective,
    Fact,
    Masthead,
    SourceText,
    Span,
    Term,
)
from pipeline.law import name_key
from pipeline.parse.attachments import listed_attachments
from pipeline.parse.citations import find_citations, find_self_references
from pipeline.parse.collections import Collection, read_collection
from pipeline.parse.commencement import effective_of_term, find_effective
from pipeline.parse.dispositions import Known, amendments_of, find_dispositions, repeals_of
from pipeline.parse.family import Extent, attached_title, read_extent
from pipeline.parse.genres import genre_of
from pipeline.parse.lines import Line, Sheet, read_sheet
from pipeline.parse.masthead import read_masthead, read_meta, title_of_record
from pipeline.parse.noise import find_noise
from pipeline.parse.numbers import ANCHOR
from pipeline.parse.secrecy import find_secrecy
from pipeline.parse.standing import read_last_day, read_standing
from pipeline.parse.stretches import separate_lines
from pipeline.parse.structure import read_structure
from pipeline.parse.tasks import find_tasks
from pipeline.parse.terms import find_term

__all__ = ["Term", "genre_of", "parse"]

_MAX_DEPTH = 3


def parse(source: SourceText) -> Document:
    """Parse a source into its document and the documents attached to it.

    All spans are offsets in code points of `source.text`. Never raises, whatever the text.
    """
    sheet = read_sheet(source)
    sheet = replace(sheet, lines=separate_lines(sheet.lines))
    collection = read_collection(sheet.lines)
    if collection:
        return _collected(collection, sheet)
    extent = read_extent(sheet.lines)
    masthead = replace(read_masthead(extent, sheet, sheet.lines), secrecy=find_secrecy(sheet))
    document = _document(extent, masthead, sheet, 0)
    document = _with_repeated(document, read_structure(sheet.lines[extent.read :]))
    document = replace(document, span=Span(0, len(source.text)), noise=tuple(find_noise(sheet)))
    return _with_meta(_inherit(document), sheet)


def _collected(collection: Collection, sheet: Sheet) -> Document:
    """The cover of a collection, with its papers as documents of their own."""
    papers = []
    for lines in collection.papers:
        bare = Sheet(sheet.text, lines, (), ())
        extent = read_extent(lines)
        masthead = replace(read_masthead(extent, bare, lines), secrecy=find_secrecy(bare))
        paper = _with_repeated(_document(extent, masthead, bare, 1), read_structure(lines[extent.read :]))
        papers.append(replace(_inherit(paper), span=_span(lines)))
    cover = read_extent(collection.cover)
    title = next((Fact(line.packed, line.span, "封面") for line in collection.cover if len(line.packed) > 3), None)
    return Document(
        span=Span(0, len(sheet.text)),
        masthead=Masthead(title=cover.head.title or title, secrecy=find_secrecy(sheet)),
        effective=None,
        term=None,
        attachments=(),
        clauses=read_structure(collection.cover),
        citations=(),
        repeals=(),
        amendments=(),
        tasks=(),
        noise=tuple(find_noise(sheet)),
        attached=tuple(papers),
        is_collection=True,
    )


def _document(extent: Extent, masthead: Masthead, sheet: Sheet, depth: int, made: date | None = None) -> Document:
    """The document of an extent; `made` is the day of the document that it is attached to."""
    text = sheet.text
    span = _span(extent.lines)
    day = masthead.made.value if masthead.made else made
    attached = tuple(_attached(lines, extent, sheet, depth + 1, day) for lines in extent.attached)
    attachments = _attachments(extent, attached)
    own = [
        masthead.title.value if masthead.title else "",
        *extent.issued,
        *(fact.value for fact in attachments),
    ]
    own = [title for title in own if not _acts_on_title(masthead, title)]
    citations = find_citations(text, span, own)
    clauses = read_structure(extent.lines)
    dispositions = find_dispositions(text, span, _known(masthead, citations))
    title = masthead.title.value if masthead.title else None
    effective = find_effective(text, span, _opening(extent), day, title)
    term = find_term(text, span, effective.span if effective else None)
    effective = effective or (effective_of_term(text, term) if term else None)
    return Document(
        span=span,
        masthead=masthead,
        effective=effective,
        term=term,
        attachments=attachments,
        clauses=clauses,
        citations=citations + tuple(find_self_references(text, span)),
        repeals=repeals_of(dispositions, citations),
        amendments=amendments_of(dispositions, citations),
        tasks=tuple(find_tasks(text, span, clauses)),
        noise=(),
        attached=attached,
    )


def _known(masthead: Masthead, citations: Sequence[Citation]) -> Known:
    title, number = masthead.title, masthead.number
    return Known(title.value if title else None, number.value if number else None, citations)


def _with_repeated(document: Document, repeated: tuple[Clause, ...]) -> Document:
    """Append the clauses of a repeated copy of the text to the last document of the file, so that none is lost."""
    if not repeated:
        return document
    if document.attached:
        last = _with_repeated(document.attached[-1], repeated)
        return replace(document, attached=(*document.attached[:-1], last))
    offset = len(document.clauses)
    moved = tuple(replace(c, parent=None if c.parent is None else c.parent + offset) for c in repeated)
    return replace(document, clauses=document.clauses + moved)


def _acts_on_title(masthead: Masthead, title: str) -> bool:
    """Whether `title` is another document that this one prolongs, amends or repeals (关于延长《…》有效期的通知)."""
    own = masthead.title.value if masthead.title else ""
    words = ("延长", "修改", "继续", "废止", "修订")
    return title != own and any(f"{word}《{title}》" in own or f"《{title}》{word}" in own for word in words)


def _span(lines: Sequence[Line]) -> Span:
    return Span(lines[0].start, lines[-1].end) if lines else Span(0, 0)


def _opening(extent: Extent) -> Span:
    """The span of the first line below the head."""
    body = extent.lines[extent.head.body : extent.head.body + 1]
    return _span(body)


def _attached(lines: Sequence[Line], outer: Extent, sheet: Sheet, depth: int, made: date | None) -> Document:
    extent = read_extent(lines, is_outer=False) if depth < _MAX_DEPTH else _flat(lines)
    bare = Sheet(sheet.text, lines, (), ())
    masthead = read_masthead(extent, bare, lines)
    title = attached_title(lines, extent.head, outer.issued)
    return _document(extent, replace(masthead, title=title and title_of_record(title)), bare, depth, made)


def _flat(lines: Sequence[Line]) -> Extent:
    """The extent of lines nested too deeply to be split further."""
    extent = read_extent(lines, is_outer=False)
    return replace(extent, lines=lines, attached=())


def _attachments(extent: Extent, attached: Sequence[Document]) -> tuple[Fact[str], ...]:
    """The titles of attached documents and the names in the list below the text, without duplicates."""
    names = [document.masthead.title for document in attached if document.masthead.title]
    names.extend(listed_attachments(extent.lines[extent.head.body :]))
    for lines in extent.attached:
        names.extend(listed_attachments(lines))
    unique: dict[str, Fact[str]] = {}
    for name in names:
        if len(name.value) > 1:
            unique.setdefault(name_key(name.value), name)
    return tuple(unique.values())


def _inherit(document: Document) -> Document:
    """Take the effective date and term of an issued document for the notice that issues it (印发).

    Attached documents that are independent (own number, or own date and issuer) are ignored.
    """
    effective, term = document.effective, document.term
    for attached in document.attached:
        masthead = attached.masthead
        titled = masthead.title.value if masthead.title else ""
        if masthead.number or (masthead.made and masthead.issuers) or ANCHOR.search(titled):
            continue
        effective, term = effective or attached.effective, term or attached.term
    return replace(document, effective=effective, term=term)


def _with_meta(document: Document, sheet: Sheet) -> Document:
    """Add what the page's information table says: its words on validity; effective date and last day where the text gives none."""
    document = replace(document, standing=read_standing(sheet), term=document.term or read_last_day(sheet))
    fact = read_meta(sheet).get("effective")
    day = read_date(fact.value) if fact else None
    if fact and day and (document.effective is None or document.effective.day is None):
        return replace(document, effective=Effective(day, False, None, fact.span))
    return document
