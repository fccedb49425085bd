"""Notes on the text of pages for the reviewer: what was left out, and characters that no code stands for."""

from collections.abc import Iterator, Sequence

from pipeline.document import Note
from pipeline.ingest.page_lines import PageText
from pipeline.ingest.watermarks import left_out_notes

# notes on what lies on the pages that are given one by one
_MAX_NAMED = 8


def layer_notes(texts: Sequence[PageText]) -> Iterator[Note]:
    """Notes on the text of all pages of a file."""
    unmapped = {number: text.unmapped for number, text in enumerate(texts, 1) if text.unmapped}
    if unmapped:
        pages = "、".join(map(str, unmapped))
        count = sum(unmapped.values())
        yield Note("unmapped", f"第{pages}页有{count}个字在字体中没有对应的文字，没有正确读出，请对照原件")
    yield from left_out_notes(_left_out(texts))
    found = [note for text in texts for note in text.notes]
    yield from found[:_MAX_NAMED]
    if len(found) > _MAX_NAMED:
        yield Note("annotations", f"另有{len(found) - _MAX_NAMED}处批注或者填写的内容，请对照原件")


def _left_out(texts: Sequence[PageText]) -> dict[str, dict[str, list[int]]]:
    """By reason, the words that were left out, with the numbers of the pages on which they stand."""
    found: dict[str, dict[str, list[int]]] = {}
    for number, text in enumerate(texts, 1):
        for reason, words in text.left_out.items():
            for one in words:
                found.setdefault(reason, {}).setdefault(one, []).append(number)
    return found
