"""The package of a Word document: its parts and their relationships, from a zip or from one XML file (Flat OPC)."""

import io
import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from lxml import etree

from pipeline.errors import UnreadableFile
from pipeline.packages import DAMAGE
from pipeline.word_package import flat_parts, is_flat, transitional

# bytes of the uncompressed XML parts that are read, above which the file is treated as a zip bomb: markup takes fifteen times as much
# when parsed
_MAX_PARTS = 96 * 1024 * 1024
# bytes of all embedded files that are read
_MAX_EMBEDDED = 200 * 1024 * 1024


class Relation(NamedTuple):
    """A relationship of a part: the last word of its type (header, numbering, oleObject …) and the part it leads to."""

    kind: str
    part: str


class Package:
    """The parts of a document by name; those that are missing or lie outside of the file do not exist."""

    def __init__(self, parts: Mapping[str, bytes] | zipfile.ZipFile) -> None:
        self._parts = parts
        names = parts.namelist() if isinstance(parts, zipfile.ZipFile) else list(parts)
        self._left, self._left_embedded = _MAX_PARTS, _MAX_EMBEDDED
        self._relations: dict[str, dict[str, Relation]] = {}
        self._names = {name.replace("\\", "/").lstrip("/"): name for name in names}
        self.main = next((one.part for one in self.relations("").values() if one.kind == "officeDocument"), "")
        self.main = self.main if self.main in self._names else "word/document.xml"

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str) -> bytes:
        """The bytes of an embedded file. Raises `UnreadableFile` for one that is missing, damaged or, with those read before, too large."""
        data = self._read(name, self._left_embedded, _MAX_EMBEDDED)
        self._left_embedded -= len(data)
        return data

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part, None if it is missing; damaged markup is recovered, external entities are not loaded.

        Raises `UnreadableFile` for a damaged part, and where the parts read so far and this one are too large.
        """
        if name not in self._names:
            return None
        data = self._read(name, self._left, _MAX_PARTS)
        self._left -= len(data)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
        with damage():
            return etree.fromstring(transitional(data), parser)

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part ("" for the package) to other parts, by id."""
        if part not in self._relations:
            self._relations[part] = dict(self._read_relations(part))
        return self._relations[part]

    def _read_relations(self, part: str) -> Iterator[tuple[str, Relation]]:
        folder, _, name = part.rpartition("/")
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        for one in root if root is not None else ():
            target = one.get("Target", "") if isinstance(one.tag, str) else ""
            if target and one.get("TargetMode") != "External":
                path = posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/")))
                yield one.get("Id", ""), Relation(one.get("Type", "").rpartition("/")[2], path.lstrip("/"))

    def _read(self, name: str, most: int, together: int) -> bytes:
        with damage():
            if isinstance(self._parts, zipfile.ZipFile):
                with self._parts.open(self._names[name]) as stream:
                    data = stream.read(most + 1)
            else:
                data = self._parts[self._names[name]]
        if len(data) > most:
            raise UnreadableFile(
                "zip_bomb",
                f"文档内部的{name}解压后过大，连同其他部分超过{together // 1024 // 1024}MB，疑为压缩炸弹",
                remedy="请核对来源；确为正常文件的，请拆分后提交",
            )
        return data

    def related(self, kind: str) -> etree._Element | None:
        """The root of the part that the main part names as its numbering, styles …; else of the part of that name beside it."""
        named = (one.part for one in self.relations(self.main).values() if one.kind == kind and one.part in self)
        return self.xml(next(named, posixpath.join(posixpath.dirname(self.main), f"{kind}.xml")))


@contextmanager
def open_package(data: bytes) -> Iterator[Package]:
    """Open the package of a document. Raises `UnreadableFile` if it is damaged or a part of it is too large."""
    if is_flat(data):
        with damage():
            parts = flat_parts(data)
        yield Package(parts)
        return
    with damage():
        archive = zipfile.ZipFile(io.BytesIO(data))
    with archive:
        yield Package(archive)


@contextmanager
def damage() -> Iterator[None]:
    """Context in which errors that damaged packages cause are raised as `UnreadableFile`."""
    try:
        yield
    except DAMAGE as error:
        raise damaged() from error


def damaged() -> UnreadableFile:
    """The error for a document whose structure is broken."""
    return UnreadableFile(
        "broken",
        "Word文档结构损坏，无法读取",
        remedy="请用WPS或Word打开并另存为新的docx后重新提交",
    )
