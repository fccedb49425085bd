"""Stage 1: reads files of all supported formats and returns their text as `SourceText`.

`uploads` turns paths into a stream of files, `read` turns one file into its text. Text is normalised here and nowhere
else. This stage does not interpret the text.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath

from pipeline.budget import file_budget
from pipeline.document import SHEETS, Note, SourceText
from pipeline.errors import UnreadableFile
from pipeline.guard import UNFORESEEN, of_file
from pipeline.ingest.archive import Limits, Upload, count_files, files_of, holds_several, uploads
from pipeline.ingest.assemble import RawBlock, Reading, assemble
from pipeline.ingest.detect import SUFFIXES, detect
from pipeline.ingest.office import NAMES as OFFICE

__all__ = ["WAITING", "Limits", "Upload", "count_files", "files_of", "holds_several", "read", "read_text", "uploads"]


def _reader(module: str, name: str, **options: str) -> Callable[[bytes], Reading]:
    """A reader whose module, with the libraries it needs, is imported when the first file of its kind is read."""

    def read_kind(data: bytes) -> Reading:
        function: Callable[..., Reading] = getattr(import_module(f"{__name__}.{module}"), name)
        return function(data, **options)

    return read_kind


_READERS: dict[str, Callable[[bytes], Reading]] = {
    "txt": _reader("plain", "read_plain"),
    "html": _reader("html", "read_html"),
    "docx": _reader("docx", "read_docx"),
    "pdf": _reader("pdf", "read_pdf"),
    "ofd": _reader("ofd", "read_ofd"),
    "image": _reader("scans", "read_image"),
    **{kind: _reader("office", "read_office", kind=kind) for kind in OFFICE},
    **{kind: _reader("spreadsheet", "read_sheet", kind=kind) for kind in SHEETS},
}
# kinds of `UnreadableFile` that optional software or a later version can read: kept in the queue as 待识别
WAITING = frozenset({"no_text_layer", "garbled", "ofd", "image", *OFFICE})
_log = logging.getLogger(__name__)


def read(upload: Upload) -> SourceText:
    """Read the text of one file; the format is detected from its content.

    Raises `UnreadableFile` if no text can be taken; its kind is in `WAITING` if the file may be readable later.
    """
    with of_file(upload.name, upload.data):
        source = _read(upload)
    for note in source.notes:
        if note.kind == UNFORESEEN:
            _log.error("%s %s", upload.name, note.message)
    if not source.text.strip():
        raise UnreadableFile("empty", "文件没有文字内容", remedy="请确认原件后重新提交")
    return source


def _read(upload: Upload) -> SourceText:
    kind = detect(upload.data)
    if kind == "zip":
        raise UnreadableFile("broken", "压缩包未能展开", remedy="请解压后提交")
    reading = _within_budget(_READERS[kind](upload.data))
    return assemble(upload.name, upload.digest, _with_suffix_note(reading, upload.name, kind))


def _within_budget(reading: Reading) -> Reading:
    """The reading up to as many characters as a file may have, with a note where it is cut off."""
    most = left = file_budget().characters
    for at, block in enumerate(reading.blocks):
        left -= len(block.text)
        if left < 0:
            note = Note("limit", f"全文超过{most}字，只读了前面约{most}字，后面的没有读，请把文件拆分后提交")
            return replace(
                reading, blocks=(*reading.blocks[:at], *_first_part(block, left)), notes=(*reading.notes, note)
            )
    return reading


def _first_part(block: RawBlock, left: int) -> tuple[RawBlock, ...]:
    """The beginning of a block that is a text of its own; nothing of a printed line or cell, which have places."""
    whole = block.lines or block.cell
    return () if whole else (RawBlock(block.text[:left], block.kind, block.page, block.box),)


def read_text(name: str, text: str) -> SourceText:
    """The `SourceText` of a string that did not come from a file; its digest is ""."""
    return assemble(name, "", Reading("txt", (RawBlock(text),)))


def _with_suffix_note(reading: Reading, name: str, kind: str) -> Reading:
    suffix = PurePosixPath(name).suffix.lstrip(".").lower()
    if suffix in SUFFIXES[kind]:
        return reading
    note = Note("suffix", f"文件后缀是“{suffix}”，实际内容是{reading.format}，已按实际内容读取")
    return replace(reading, notes=(*reading.notes, note))
