"""The text of a version as the public reads it: paragraphs with their place on the page, and the same as docx."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from pipeline.document import BAR, BlockKind
from pipeline.review.decisions.public_facts import PublicFacts, in_chinese, validity_words
from pipeline.review.models import Version
from pipeline.review.output.exports import without_timestamps
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.queue.dossiers import with_attached_texts

# the kind of the notes on text that was injected into a web page
SPAM = "spam"
# page headers, page numbers and the information table of a web page are not part of the document
_LEFT_OUT = (BlockKind.FURNITURE.value, BlockKind.META.value)
# 署名 stands two characters (三号) from the margin
_SIGNATURE = 2 * Pt(16)
_CHAPTER = re.compile(r"第[一二三四五六七八九十百零〇0-9]{1,5}[编章节](?:\s|$)")


class Place(StrEnum):
    """Where a paragraph stands on the page; the values are the CSS classes."""

    TITLE = "title"
    CENTRED = "centred"
    LEFT = "left"
    RIGHT = "right"
    INDENTED = "indented"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text; for a table `rows` holds its rows of cells, and `text` is ""."""

    place: Place
    text: str
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Marks:
    """Ranges of the text, as pairs of offsets, by the part of a document that they hold."""

    title: list[tuple[int, int]] = field(default_factory=list)
    centred: list[tuple[int, int]] = field(default_factory=list)
    left: list[tuple[int, int]] = field(default_factory=list)
    right: list[tuple[int, int]] = field(default_factory=list)


def public_paragraphs(version: Version) -> list[Paragraph]:
    """The paragraphs of a version in reading order, without page furniture, web tables and injected text."""
    dossier = version.dossier
    left_out = _left_out(dossier)
    marks, issuers = _marks(dossier["document"])
    found, at = [], 0
    for line in version.text.split("\n"):
        kept = _kept(line, at, left_out)
        if kept:
            found.append(Paragraph(_place(kept, (at, at + len(line)), marks, issuers), kept))
        at += len(line) + 1
    return list(_with_tables(_with_signatures(found, issuers)))


def plain_text(version: Version) -> str:
    """The public text of a version, a line for each paragraph and each row of a table, cells separated by ｜."""
    lines = (
        [paragraph.text] if not paragraph.rows else [BAR.join(row) for row in paragraph.rows]
        for paragraph in public_paragraphs(version)
    )
    return "\n".join(line for group in lines for line in group)


def _left_out(dossier: Mapping[str, Any]) -> list[tuple[int, int]]:
    blocks = (block["span"] for block in dossier["source"]["blocks"] if block["kind"] in _LEFT_OUT)
    family = with_attached_texts(dossier["document"])
    injected = (note["span"] for member in family for note in member["noise"] if note["kind"] == SPAM)
    return sorted((span["start"], span["end"]) for span in (*blocks, *injected))


def _kept(line: str, at: int, left_out: Sequence[tuple[int, int]]) -> str:
    """What is left of a line at an offset of the text."""
    for start, end in reversed(left_out):
        if start < at + len(line) and end > at:
            line = line[: max(start - at, 0)] + line[min(end - at, len(line)) :]
    return "".join(char for char in line if char.isprintable()).strip()


def _marks(document: Mapping[str, Any]) -> tuple[_Marks, set[str]]:
    """The parts of a document and of those attached to it, and the names of its issuers."""
    marks, issuers = _Marks(), set()
    for member in with_attached_texts(document):
        masthead = member["masthead"]
        made = masthead["made"] if masthead["made"] and masthead["made"]["origin"] == "署名下日期" else None
        parts = (
            (marks.title, masthead["title"]), (marks.centred, masthead["number"]), (marks.left, masthead["recipients"]),
            (marks.right, made),
        )  # fmt: skip
        for ranges, fact in parts:
            if fact:
                ranges.append((fact["span"]["start"], fact["span"]["end"]))
        issuers |= {fact["value"] for fact in masthead["issuers"]}
    return marks, issuers


def _place(line: str, span: tuple[int, int], marks: _Marks, issuers: set[str]) -> Place:
    if BAR in line:
        return Place.TABLE
    for place, ranges in (
        (Place.TITLE, marks.title), (Place.CENTRED, marks.centred), (Place.LEFT, marks.left), (Place.RIGHT, marks.right),
    ):  # fmt: skip
        if any(start < span[1] and end > span[0] for start, end in ranges):
            return place
    head = line.removesuffix("文件") in issuers and line.endswith("文件")
    return Place.CENTRED if head or _CHAPTER.match(line) else Place.INDENTED


def _with_signatures(found: Sequence[Paragraph], issuers: set[str]) -> Iterator[Paragraph]:
    """Sets the names of issuers above the date of the signature to the right."""
    signed = False
    result = []
    for paragraph in reversed(found):
        names = set(paragraph.text.split()) <= issuers and paragraph.place is Place.INDENTED
        signed = paragraph.place is Place.RIGHT or (signed and names)
        result.append(Paragraph(Place.RIGHT, paragraph.text) if signed else paragraph)
    return reversed(result)


def _with_tables(found: Iterator[Paragraph]) -> Iterator[Paragraph]:
    """Joins neighbouring rows into tables, each row as wide as the widest."""
    for is_table, group in groupby(found, key=lambda paragraph: paragraph.place is Place.TABLE):
        if not is_table:
            yield from group
            continue
        rows = [tuple(cell.strip() for cell in paragraph.text.split(BAR)) for paragraph in group]
        width = max(map(len, rows))
        yield Paragraph(Place.TABLE, "", tuple((*row, *("",) * (width - len(row))) for row in rows))


def public_docx(facts: PublicFacts, version: Version, today: date, link: str) -> bytes:
    """The text of a version as docx, with its validity on a day and the address of its page at the end."""
    document = OfficialDocument()
    pending: list[str] = []
    for paragraph in public_paragraphs(version):
        if paragraph.place is Place.TITLE:
            pending.append(paragraph.text)
            continue
        if pending:
            document.title("\n".join(pending))
            pending = []
        _add(document, paragraph)
    _add_source(document, facts, today, link)
    document.document.core_properties.author = facts.issuers[:200]
    document.document.core_properties.title = facts.title[:200]
    document.document.core_properties.comments = ""
    stream = io.BytesIO()
    document.document.save(stream)
    return without_timestamps(stream.getvalue())


def _add(document: OfficialDocument, paragraph: Paragraph) -> None:
    if paragraph.place is Place.TABLE:
        width = 156 // len(paragraph.rows[0])
        document.table(paragraph.rows[0], paragraph.rows[1:], [width] * len(paragraph.rows[0]))
    elif paragraph.place is Place.INDENTED:
        document.text(paragraph.text)
    else:
        added = document.document.add_paragraph(paragraph.text)
        added.alignment = {
            Place.CENTRED: WD_ALIGN_PARAGRAPH.CENTER,
            Place.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
            Place.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
        }[paragraph.place]
        if paragraph.place is Place.RIGHT:
            added.paragraph_format.right_indent = _SIGNATURE


def _add_source(document: OfficialDocument, facts: PublicFacts, today: date, link: str) -> None:
    document.document.add_paragraph()
    document.text("本文本来自公开的规范性文件库，与正式印发的文本不一致的，以正式印发的为准。")
    document.text(f"有效性（{in_chinese(today)}）：{validity_words(facts, today)}。")
    document.text(f"来源：{link}")
