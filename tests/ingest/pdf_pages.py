"""Builds PDF pages for tests: words at places, turned, in columns, with rules, in an embedded font."""

import io
from collections.abc import Callable, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from corpora import writers
from pipeline.document import BlockKind, SourceText
from pipeline.ingest import Upload, read

WIDTH, HEIGHT = A4
Draw = Callable[[canvas.Canvas], None]


def made(*pages: Draw, letters: str, size: tuple[float, float] = A4) -> bytes:
    """A PDF whose pages the functions draw; `letters` holds every character that they draw."""
    font = writers._embedded_font(letters)
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=size)
    for draw in pages:
        page.setFont(font, 14)
        page._font = font
        draw(page)
        page.showPage()
    page.save()
    return stream.getvalue()


def lines(words: Sequence[str], x: float = 72, top: float = HEIGHT - 100, step: float = 24) -> Draw:
    """Draws lines of words from top to bottom."""

    def draw(page: canvas.Canvas) -> None:
        for number, line in enumerate(words):
            page.drawString(x, top - number * step, line)

    return draw


def together(*draws: Draw) -> Draw:
    """Draws everything on one page."""

    def draw(page: canvas.Canvas) -> None:
        for one in draws:
            one(page)

    return draw


def source_of(data: bytes, name: str = "文件.pdf") -> SourceText:
    """The text of a file."""
    return read(Upload(name, data))


def text_of(source: SourceText) -> list[str]:
    """The lines of the running text and of cells."""
    return [block.span.cut(source.text) for block in source.blocks if block.kind is not BlockKind.FURNITURE]


def furniture_in(source: SourceText) -> list[str]:
    """The lines of page furniture."""
    return [block.span.cut(source.text) for block in source.blocks if block.kind is BlockKind.FURNITURE]


def notes_of(source: SourceText) -> str:
    """All notes on reading in one string."""
    return "\n".join(note.message for note in source.notes)
