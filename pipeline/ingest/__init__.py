"""The first room: files come in, `SourceText` goes out.

`uploads` turns paths into a stream of files, `read` turns one file into its text. Text is changed here
and never again. This room never asks what a text means.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

from pipeline.document import Note, SourceText
from pipeline.errors import UnreadableFile
from pipeline.ingest.archive import Limits, Upload, count_files, files_of, holds_several, uploads
from pipeline.ingest.assemble import RawBlock, Reading, assemble
from pipeline.ingest.detect import SUFFIXES, detect
from pipeline.ingest.docx import read_docx
from pipeline.ingest.html import read_html
from pipeline.ingest.ofd import read_ofd
from pipeline.ingest.office import NAMES as OFFICE
from pipeline.ingest.office import read_office
from pipeline.ingest.pdf import read_pdf
from pipeline.ingest.plain import read_plain
from pipeline.ingest.spreadsheet import READERS as SHEETS

__all__ = ["WAITING", "Limits", "Upload", "count_files", "files_of", "holds_several", "read", "read_text", "uploads"]


def _read_image(data: bytes) -> Reading:
    from pipeline.ingest.scans import read_image

    return read_image(data)


_READERS: dict[str, Callable[[bytes], Reading]] = {
    "txt": read_plain,
    "html": read_html,
    "docx": read_docx,
    "pdf": read_pdf,
    "ofd": read_ofd,
    "image": _read_image,
    **{kind: partial(read_office, kind=kind) for kind in OFFICE},
    **SHEETS,
}
# kinds of `UnreadableFile` that a part to be installed, or a later reader, will solve: kept in the queue as 待识别
WAITING = frozenset({"no_text_layer", "garbled", "ofd", "image", *OFFICE})


def read(upload: Upload) -> SourceText:
    """The text of one file. Raises `UnreadableFile` with a kind of `WAITING` for what is read later."""
    kind = detect(upload.data)
    if kind == "zip":
        raise UnreadableFile("broken", "压缩包未能展开", remedy="请解压后提交")
    try:
        reading = _READERS[kind](upload.data)
    except (RecursionError, MemoryError) as error:
        raise UnreadableFile(
            "limit", "文件的结构嵌套过深或者过大（可能是恶意文件）", remedy="请打开后另存，再重新提交"
        ) from error
    source = assemble(upload.name, upload.digest, _told_of_suffix(reading, upload.name, kind))
    if not source.text.strip():
        raise UnreadableFile("empty", "文件没有文字内容", remedy="请确认原件后重新提交")
    return source


def read_text(name: str, text: str) -> SourceText:
    """The `SourceText` of a string that did not come from a file."""
    return assemble(name, "", Reading("txt", (RawBlock(text),)))


def _told_of_suffix(reading: Reading, name: str, kind: str) -> Reading:
    suffix = PurePosixPath(name).suffix.lstrip(".").lower()
    if suffix in SUFFIXES[kind]:
        return reading
    note = Note("suffix", f"文件后缀是“{suffix}”，实际内容是{kind}，已按实际内容读取")
    return replace(reading, notes=(*reading.notes, note))
