"""Old Word, WPS, RTF and ODT: an installed LibreOffice turns them into docx, apart and with limits."""

import tempfile
from dataclasses import replace
from pathlib import Path

from pipeline.converter import convert, office_program
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import Reading
from pipeline.sandbox import Bounds, StoppedError

# kind of file → what LibreOffice is told it is
NAMES = {"ole": "doc", "rtf": "rtf", "odt": "odt"}
_CALLED = {"ole": "旧版Word或WPS文档", "rtf": "RTF文档", "odt": "ODT文档"}
_BOUNDS = Bounds(seconds=60, memory=0, output=256)


def read_office(data: bytes, kind: str) -> Reading:
    """The text of a file of a kind of `NAMES`. Raises `UnreadableFile`, of that kind where LibreOffice is missing."""
    from pipeline.ingest.docx import read_docx

    program, called = office_program(), _CALLED[kind]
    if program is None:
        raise UnreadableFile(
            kind,
            f"{called}需要LibreOffice才能读取",
            remedy="已保存原件，待识别；安装LibreOffice后重新提交，或者另存为docx提交",
        )
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"source.{NAMES[kind]}"
        source.write_bytes(data)
        try:
            made = convert(program, source, "docx", _BOUNDS)
        except StoppedError as error:
            raise UnreadableFile(
                "truncated", f"{called}不能转换（{error}）", remedy="请用WPS或Word打开并另存为docx后重新提交"
            ) from error
        reading = read_docx(made.read_bytes())
    return replace(reading, format=NAMES[kind])
