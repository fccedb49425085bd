"""Notes on an OFD for the reviewer: several documents in one file, annotations and comments on its pages."""

from collections.abc import Iterator, Sequence

from pipeline.document import Note
from pipeline.ingest.ofd_pages import Sheet
from pipeline.ingest.ofd_printed import texts_in, words_of

# the type of annotations that are watermarks
WATERMARK_TYPE = "Watermark"
_MAX_NAMED = 8


def beginnings_of(sheets: Sequence[Sheet]) -> list[int]:
    """The numbers, from 1, of the pages on which the documents of a file begin."""
    starts: dict[int, int] = {}
    for number, sheet in enumerate(sheets, 1):
        starts.setdefault(sheet.document, number)
    return list(starts.values())


def document_notes(sheets: Sequence[Sheet]) -> Iterator[Note]:
    """A note if the file holds several documents, with the page on which each begins."""
    starts = beginnings_of(sheets)
    if len(starts) > 1:
        others = "、".join(map(str, starts[1:]))
        yield Note(
            "documents", f"OFD内有{len(starts)}个文件，已按顺序读取，后面的从第{others}页开始，请核对是否分别处理"
        )


def annotation_notes(sheets: Sequence[Sheet]) -> Iterator[Note]:
    """Notes on words that were put on a page as annotations, which were read, and on comments, which were not."""
    notes = list(_annotation_notes(sheets))
    yield from notes[:_MAX_NAMED]
    if len(notes) > _MAX_NAMED:
        yield Note("annotations", f"另有{len(notes) - _MAX_NAMED}处注释，请对照原件")


def _annotation_notes(sheets: Sequence[Sheet]) -> Iterator[Note]:
    for number, sheet in enumerate(sheets, 1):
        for one in sheet.annotations:
            words = words_of(text for text in texts_in(one.objects) if not text.hidden)
            if words and one.kind != WATERMARK_TYPE:
                yield Note(
                    "annotations", f"第{number}页的“{''.join(words)[:40]}”是以注释（图章等）加上的，已读入正文，请核对"
                )
            if one.remark:
                yield Note("annotations", f"第{number}页有批注“{one.remark[:40]}”，没有读入正文，请对照原件")
