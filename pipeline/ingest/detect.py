"""Detects the format of a file from its content, never from its suffix."""

import io
import re
import zipfile
from collections.abc import Callable, Collection
from contextlib import suppress

from pipeline.errors import UnreadableFile

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_IMAGES = (b"\xff\xd8\xff", b"\x89PNG", b"II*\x00", b"MM\x00*", b"BM", b"GIF8")
# bytes: header, one sector of the allocation table, one of the directory
_MIN_OLE = 1536
_HTML = re.compile(rb"<!doctype\s+html|<html|<head|<body|<meta\s|<div[\s>]|<table[\s>]|<p[\s>]", re.IGNORECASE)
_ARCHIVES = (b"Rar!\x1a", b"7z\xbc\xaf", b"\x1f\x8b")

_OPEN_DOCUMENT = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
# root elements of office documents in one XML file
_ROOTS = {
    "{http://schemas.microsoft.com/office/2006/xmlPackage}package": "docx",
    "{http://schemas.microsoft.com/office/word/2003/wordml}wordDocument": "word_xml",
}
# Open Document and UOF say in an attribute of the root what kind of document it is
_TYPED_ROOTS = (
    (_OPEN_DOCUMENT + "document", _OPEN_DOCUMENT + "mimetype", ".text", "fodt"),
    ("{http://schemas.uof.org/cn/2003/uof}UOF", "{http://schemas.uof.org/cn/2003/uof}mimetype", ".text", "uof"),
)
# bytes of an XML file within which its root element begins
_XML_HEAD = 1_000_000

# format → suffixes that agree with it; for any other suffix the reviewer gets a note
SUFFIXES = {
    "txt": {"txt", "text", "md", "markdown", ""},
    "html": {"html", "htm", "shtml", "xhtml", "mht"},
    "docx": {"docx", "docm", "dotx", "dotm", "wps", "xml"},
    "pdf": {"pdf"},
    "zip": {"zip"},
    "ofd": {"ofd"},
    "ole": {"doc", "wps", "dot", "wpt"},
    "rtf": {"rtf", "doc"},
    "odt": {"odt", "ott"},
    "word_xml": {"xml", "doc", "wps"},
    "fodt": {"fodt", "xml"},
    "uof": {"uof", "uot", "xml"},
    "xlsx": {"xlsx", "xlsm", "xlsb", "et"},
    "xls": {"xls", "et", "xlt"},
    "ods": {"ods"},
    "image": {"jpg", "jpeg", "png", "tif", "tiff", "bmp", "gif"},
}


def detect(data: bytes) -> str:
    """The format, one of the keys of `SUFFIXES`. Raises `UnreadableFile` for empty, damaged, encrypted or unsupported files."""
    if not data.strip(b"\x00 \t\r\n"):
        raise UnreadableFile("empty", "文件是空的，没有任何内容", remedy="请确认原件后重新提交")
    for magic, detect_kind in _MAGIC:
        if data.startswith(magic):
            return detect_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_ARCHIVES):
        raise UnreadableFile("unsupported", "不支持这种压缩格式", remedy="请解压后提交，或者改用zip压缩")
    office = _office_xml(data)
    if office:
        return office
    if b"\x00" not in data[:2000] and _HTML.search(data[:4096]):
        return "html"
    return "txt"


# what only a packed document holds, also where its list of contents is missing; folders above it are allowed for OFD
_OFD_PART = re.compile(r"(?:^|/)(?:ofd\.xml|doc_\d+/document\.xml)$", re.IGNORECASE)
# main part of a packed document of UOF 2.0
_UOF_PART = "uof.xml"
_WORD_PART = re.compile(r"/?word[/\\]document\d*\.xml", re.IGNORECASE)
_PACKED_PART = re.compile(r"/?(?:word[/\\]document\d*|xl/workbook)\.(?:xml|bin)|\[content_types\]\.xml", re.IGNORECASE)


def is_packed_document(names: Collection[str]) -> bool:
    """Whether the entries of a zip are the parts of one document (docx, xlsx, odt, OFD), complete or not."""
    lower = {name.lower() for name in names}
    if {"mimetype", "content.xml"} <= lower or _UOF_PART in lower:
        return True
    return any(_OFD_PART.search(name) or _PACKED_PART.fullmatch(name) for name in names)


def _detect_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise UnreadableFile(
            "truncated",
            "文件不完整或已损坏（压缩结构无法读取）",
            remedy="多为下载或传输中断所致，请重新获取原件",
        ) from error
    if any(_WORD_PART.fullmatch(name) for name in names):
        return "docx"
    if "content.xml" in names and "mimetype" in names:
        return "ods" if b"opendocument.spreadsheet" in data[:200] else "odt"
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return "xlsx"
    if any(_OFD_PART.search(name) for name in names):
        return "ofd"
    if _UOF_PART in {name.lower() for name in names}:
        raise UnreadableFile(
            "unsupported", "不支持标文通（UOF）2.0的压缩文档", remedy="请用WPS打开并另存为docx后重新提交"
        )
    if "[Content_Types].xml" in names:
        raise UnreadableFile(
            "unsupported",
            "这是演示文稿，不是文件正文",
            remedy="请提交文件正文（docx、pdf等）",
        )
    return "zip"


def _office_xml(data: bytes) -> str | None:
    """The kind of an office document in one XML file, from its root element; None for other files."""
    if not data[:200].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return None
    from lxml import etree

    parser = etree.XMLPullParser(("start",), resolve_entities=False, no_network=True, load_dtd=False)
    with suppress(etree.XMLSyntaxError):  # what follows the root element does not count here
        parser.feed(data[:_XML_HEAD].lstrip(b" \t\r\n"))
    root = next((element for _, element in parser.read_events()), None)
    if root is None:
        return None
    for tag, attribute, ending, kind in _TYPED_ROOTS:
        if root.tag == tag and root.get(attribute, ending).endswith(ending):
            return kind
    return _ROOTS.get(root.tag)


def _detect_ole(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableFile(
            "encrypted",
            "文件设有打开密码，无法读取",
            remedy="请用WPS或Word打开并取消密码后重新提交",
        )
    if data[28:30] != b"\xfe\xff" or data[30:31] not in (b"\x09", b"\x0c") or len(data) < _MIN_OLE:
        raise UnreadableFile(
            "truncated", "旧版Word或WPS文档不完整或已损坏", remedy="多为下载或传输中断所致，请重新获取原件"
        )
    is_text = "WordDocument".encode("utf-16-le") in data
    return "xls" if "Workbook".encode("utf-16-le") in data and not is_text else "ole"


_MAGIC: tuple[tuple[tuple[bytes, ...], Callable[[bytes], str]], ...] = (
    ((b"PK\x03\x04", b"PK\x05\x06"), _detect_zip),
    ((_OLE,), _detect_ole),
    ((b"{\\rtf",), lambda _: "rtf"),
    (_IMAGES, lambda _: "image"),
)
