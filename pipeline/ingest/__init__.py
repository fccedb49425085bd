"""The first room: files come in, `SourceText` goes out.

`uploads` turns paths into a stream of files, `read` turns one file into its text. Text is changed here
and never again. This room never asks what a text means.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import PurePosixPath

from pipeline.document import SHEETS, Note, SourceText
from pipeline.errors import UnreadableFile
from pipeline.guard import UNFORESEEN, of_file
from pipeline.ingest.archive import Limits, Upload, count_files, files_of, holds_several, uploads
from pipeline.ingest.assemble import RawBlock, Reading, assemble
from pipeline.ingest.detect import SUFFIXES, detect
from pipeline.ingest.office import NAMES as OFFICE

__all__ = ["WAITING", "Limits", "Upload", "count_files", "files_of", "holds_several", "read", "read_text", "uploads"]


def _reader(module: str, name: str, **options: str) -> Callable[[bytes], Reading]:
    """A reader whose module, and the part library below it, is imported when the first file of its kind is read."""

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
# kinds of `UnreadableFile` that a part to be installed, or a later reader, will solve: kept in the queue as 待识别
WAITING = frozenset({"no_text_layer", "garbled", "ofd", "image", *OFFICE})
_log = logging.getLogger(__name__)


def read(upload: Upload) -> SourceText:
    """The text of one file. Raises `UnreadableFile` with a kind of `WAITING` for what is read later."""
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
    reading = _READERS[kind](upload.data)
    return assemble(upload.name, upload.digest, _told_of_suffix(reading, upload.name, kind))


def read_text(name: str, text: str) -> SourceText:
    """The `SourceText` of a string that did not come from a file."""
    return assemble(name, "", Reading("txt", (RawBlock(text),)))


def _told_of_suffix(reading: Reading, name: str, kind: str) -> Reading:
    suffix = PurePosixPath(name).suffix.lstrip(".").lower()
    if suffix in SUFFIXES[kind]:
        return reading
    note = Note("suffix", f"文件后缀是“{suffix}”，实际内容是{kind}，已按实际内容读取")
    return replace(reading, notes=(*reading.notes, note))
