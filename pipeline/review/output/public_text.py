"""The text of a version as the public reads it: paragraphs with their place on the page, and the same as docx."""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import chain, count, groupby
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from pipeline.document import BAR, SHEETS, BlockKind
from pipeline.review.decisions.public_facts import PublicFacts, in_chinese, validity_words
from pipeline.review.models import Version
from pipeline.review.output.exports import without_timestamps
from pipeline.review.output.official_docx import OfficialDocument
from pipeline.review.output.placed_tables import GridCell
from pipeline.review.output.text_lines import Line, lines_in
from pipeline.review.output.text_tables import Grid, with_tables
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
class PublicCell:
    """A cell of a table: its text, with a line end between its paragraphs, and how many columns and rows it spans."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text; for a table `rows` holds its rows of cells, and `text` is ""."""

    place: Place
    text: str
    rows: tuple[tuple[PublicCell, ...], ...] = ()

    def grid(self) -> list[list[str]]:
        """The rows of a table, all of one width: a cell that spans several places stands in the first, the others are ""."""
        grid: list[dict[int, str]] = [{} for _ in self.rows]
        for number, row in enumerate(self.rows):
            free = (column for column in count() if column not in grid[number])
            for cell in row:
                start = next(free)
                within = range(start, start + cell.columns)
                for below in grid[number : number + cell.rows]:
                    below.update(dict.fromkeys(within, ""))
                grid[number][start] = cell.text
        width = max((max(row, default=-1) + 1 for row in grid), default=0)
        return [[row.get(column, "") for column in range(width)] for row in grid]


@dataclass(frozen=True, slots=True)
class _Marks:
    """Ranges of the text, as pairs of offsets, by the part of a document that they hold."""

    title: list[tuple[int, int]] = field(default_factory=list)
    centred: list[tuple[int, int]] = field(default_factory=list)
    left: list[tuple[int, int]] = field(default_factory=list)
    right: list[tuple[int, int]] = field(default_factory=list)


def public_paragraphs(version: Version) -> list[Paragraph]:
    """The paragraphs of a version in reading order, without page furniture, web tables and injected text."""
    text, dossier = version.text, version.dossier
    left_out = _left_out(dossier)
    marks, issuers = _marks(dossier["document"])
    lines = [line for line in lines_in(text, dossier["source"]["blocks"]) if _kept(text, line, left_out)]
    found = []
    for part in with_tables(text, lines, sheet=dossier["source"].get("format") in SHEETS):
        if isinstance(part, Grid) and not part.listed:
            found.append(Paragraph(Place.TABLE, "", tuple(_row(text, row, left_out) for row in part.rows)))
            continue
        for line in (part,) if isinstance(part, Line) else chain.from_iterable(cell.lines for (cell,) in part.rows):
            kept = _kept(text, line, left_out)
            found.append(Paragraph(_place(kept, (line.start, line.end), marks, issuers), kept))
    return list(_with_tables(_with_signatures(found, issuers)))


def _row(text: str, row: Sequence[GridCell], left_out: Sequence[tuple[int, int]]) -> tuple[PublicCell, ...]:
    return tuple(
        PublicCell("\n".join(_kept(text, line, left_out) for line in cell.lines), cell.columns, cell.rows)
        for cell in row
    )


def plain_text(version: Version) -> str:
    """The public text of a version, a line for each paragraph and each row of a table, cells separated by ｜."""
    lines = (
        [BAR.join(" ".join(cell.split()) for cell in row) for row in paragraph.grid()] or [paragraph.text]
        for paragraph in public_paragraphs(version)
    )
    return "\n".join(line for group in lines for line in group)


def _left_out(dossier: Mapping[str, Any]) -> list[tuple[int, int]]:
    blocks = (block["span"] for block in dossier["source"]["blocks"] if block["kind"] in _LEFT_OUT)
    family = with_attached_texts(dossier["document"])
    injected = (note["span"] for member in family for note in member["noise"] if note["kind"] == SPAM)
    return sorted((span["start"], span["end"]) for span in (*blocks, *injected))


def _kept(text: str, line: Line, left_out: Sequence[tuple[int, int]]) -> str:
    """What is left of a line of the text."""
    at, words = line.start, text[line.start : line.end]
    for start, end in reversed(left_out):
        if start < at + len(words) and end > at:
            words = words[: max(start - at, 0)] + words[min(end - at, len(words)) :]
    return "".join(char for char in words if char.isprintable()).strip()


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
    """Joins neighbouring rows with ｜ into tables, each row as wide as the widest."""
    for is_row, group in groupby(found, key=lambda paragraph: paragraph.place is Place.TABLE and not paragraph.rows):
        if not is_row:
            yield from group
            continue
        rows = [[PublicCell(cell.strip()) for cell in paragraph.text.split(BAR)] for paragraph in group]
        width = max(map(len, rows))
        yield Paragraph(Place.TABLE, "", tuple((*row, *(PublicCell(""),) * (width - len(row))) for row in rows))


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
        head, *rows = paragraph.grid()
        document.table(head, rows, [156 // len(head)] * len(head))
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
