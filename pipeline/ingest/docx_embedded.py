"""Files embedded in a Word document as objects, often the attachment itself, and chunks of other formats inserted in its text."""

import io
import struct
from collections.abc import Iterator
from importlib import import_module
from pathlib import PurePosixPath

from lxml import etree

from pipeline.errors import UnreadableFile
from pipeline.guard import guarded
from pipeline.ingest.assemble import Reading
from pipeline.ingest.codepages import decode_name
from pipeline.ingest.detect import detect
from pipeline.ingest.docx_drawings import OBJECT, R
from pipeline.ingest.docx_markup import LEFT_OUT
from pipeline.ingest.docx_package import Package, open_package
from pipeline.ingest.mail import is_mail, parts_of

_OLE = b"\xd0\xcf\x11\xe0"
_EQUATIONS = ("Equation", "MathType")
# a stream of a compound file → suffix of the file that the compound file is
_WHOLE = {"worddocument": ".doc", "workbook": ".xls", "book": ".xls", "powerpoint document": ".ppt"}
# chunks that a chunk may insert in turn
_MOST_CHUNKS_DEEP = 3
# detected kind of a chunk → module and name of its reader; others are not inserted in text
_READERS = {"html": ("html", "read_html"), "txt": ("plain", "read_plain"), "docx": ("docx", "read_docx")}

# name and bytes of an embedded file; None where it cannot be taken out of its object
Embedded = tuple[str, bytes | UnreadableFile | None]


def embedded_files(data: bytes) -> list[Embedded]:
    """The files embedded in a Word document. Raises `UnreadableFile` if the document itself is damaged."""
    with open_package(data) as package:
        root = package.xml(package.main)
        return list(embedded_in(package, root)) if root is not None else []


def embedded_in(package: Package, root: etree._Element) -> Iterator[Embedded]:
    """Yields the files embedded in the text below an element of the main part, without formulas and deleted objects."""
    relations, seen = package.relations(package.main), set[str]()
    for one in root.iter(OBJECT):
        relation = relations.get(one.get(R + "id", ""))
        deleted = any(ancestor.tag in LEFT_OUT for ancestor in one.iterancestors())
        if relation is None or relation.part in seen or deleted or is_equation(one):
            continue
        seen.add(relation.part)
        name = f"内嵌文件{len(seen)}"
        try:
            with guarded(f"“{name}”"):
                yield _unpacked(package.read(relation.part), name, PurePosixPath(relation.part).suffix)
        except UnreadableFile as error:
            yield name, error


def is_equation(element: etree._Element) -> bool:
    """Whether an object is a formula of an equation editor."""
    return str(element.get("ProgID", "")).startswith(_EQUATIONS)


def _unpacked(data: bytes, name: str, suffix: str) -> Embedded:
    """The file within an object: a package as it is, or what a compound file holds."""
    if not data.startswith(_OLE):
        return f"{name}{suffix}", data
    from olefile import OleFileIO

    with OleFileIO(io.BytesIO(data)) as ole:
        streams = {path[-1].lower(): path for path in ole.listdir() if len(path) == 1}
        for stream, ending in _WHOLE.items():
            if stream in streams:
                return f"{name}{ending}", data
        if "\x01ole10native" in streams:
            return _native(ole.openstream(streams["\x01ole10native"]).read(), name)
        for stream in ("package", "contents", "embeddedodf"):
            content = ole.openstream(streams[stream]).read() if stream in streams else b""
            if content.startswith((b"PK", b"%PDF")):
                return f"{name}{_suffix(content)}", content
    return name, None


def _native(data: bytes, name: str) -> Embedded:
    """The file in a stream of the object packager: its name and path, each ended by a zero byte, and its bytes."""
    label, _, rest = data[6:].partition(b"\x00")
    _, _, rest = rest.partition(b"\x00")
    if len(rest) < 12:
        return name, None
    skipped = 8 + struct.unpack_from("<I", rest, 4)[0]
    (size,) = struct.unpack_from("<I", rest, skipped) if skipped + 4 <= len(rest) else (0,)
    content = rest[skipped + 4 : skipped + 4 + size]
    own = PurePosixPath(decode_name(label).replace("\\", "/")).name
    return own or f"{name}{_suffix(content)}", content or None


def _suffix(data: bytes) -> str:
    kind = detect(data)
    return {"ole": ".doc", "image": ""}.get(kind, f".{kind}")


def read_chunk(data: bytes, depth: int) -> Reading | None:
    """The reading of a file inserted in the text of a document (w:altChunk); None for formats that are no text.

    `depth` counts the chunks around it. Raises `UnreadableFile` as the reader of its format does.
    """
    if depth >= _MOST_CHUNKS_DEEP:
        return None
    if is_mail(data):  # a web page with its pictures in one file (mht)
        parts = [content for _, content in parts_of(data) if isinstance(content, bytes)]
        return read_chunk(parts[0], depth + 1) if parts else None
    kind = detect(data)
    if kind in ("rtf", "ole", "odt"):
        from pipeline.ingest.office import read_office

        return read_office(data, kind)
    if kind not in _READERS:
        return None
    module, name = _READERS[kind]
    read = getattr(import_module(f"pipeline.ingest.{module}"), name)
    found: Reading = read(data, depth + 1) if kind == "docx" else read(data)
    return found
