"""Reads legacy Word, WPS, RTF and ODT files, Word 2003 XML, flat ODT and UOF by converting them to docx with LibreOffice, in a subprocess with limits."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from pipeline.converter import convert, office_program
from pipeline.document import Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import Reading
from pipeline.leftovers import temporary_folder
from pipeline.sandbox import Bounds, StoppedError

# detected kind → format, which is the suffix of the file passed to LibreOffice
NAMES = {"ole": "doc", "rtf": "rtf", "odt": "odt", "word_xml": "doc", "fodt": "odt", "uof": "uof"}
_LABELS = {
    "ole": "旧版Word或WPS文档", "rtf": "RTF文档", "odt": "ODT文档", "word_xml": "Word 2003 XML文档", "fodt": "ODT文档（单一XML文件）",
    "uof": "标文通（UOF）文档",
}  # fmt: skip
_HEADING = re.compile(r"第[一二三四五六七八九十百零〇]{1,5}[章条]")
_BOUNDS = Bounds(seconds=60, memory=0, output=256)


def read_office(data: bytes, kind: str) -> Reading:
    """Read a file of a kind in `NAMES`.

    Raises `UnreadableFile`: of this kind if LibreOffice is not installed, else "truncated" if the conversion fails.
    """
    from pipeline.ingest.docx import read_docx

    program, label = office_program(), _LABELS[kind]
    if program is None:
        raise UnreadableFile(
            kind,
            f"{label}需要LibreOffice才能读取",
            remedy="已保存原件，待识别；安装LibreOffice后重新提交，或者另存为docx提交",
        )
    with temporary_folder() as folder:
        source = folder / f"source.{NAMES[kind]}"
        source.write_bytes(data)
        try:
            converted = convert(program, source, "docx", _BOUNDS)
        except StoppedError as error:
            raise UnreadableFile(
                "truncated", f"{label}不能转换（{error}）", remedy="请用WPS或Word打开并另存为docx后重新提交"
            ) from error
        reading = read_docx(converted.read_bytes())
    return replace(reading, format=NAMES[kind], notes=(*reading.notes, *_restart_notes(reading)))


def _restart_notes(reading: Reading) -> Iterator[Note]:
    """Yields a note where articles begin anew below a later chapter: LibreOffice loses that they run on (findings/libreoffice_lvl_restart.sh)."""
    starts = [match[0] for block in reading.blocks if (match := _HEADING.match(block.text))]
    chapters = [before for before, after in pairwise(starts) if before[-1] == "章" and after == "第一条"]
    if len(chapters) > 1:
        yield Note(
            "restarted", f"条号从{chapters[1]}起重新编起，可能是转换时丢失了“各章续编”的设置，请对照原件核对条号"
        )
