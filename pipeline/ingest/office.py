"""Reads legacy Word, WPS, RTF and ODT files, Word 2003 XML, flat ODT and UOF by converting them to docx with LibreOffice, in a subprocess with limits."""

from dataclasses import replace

from pipeline.converter import convert, office_program
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
    return replace(reading, format=NAMES[kind])
