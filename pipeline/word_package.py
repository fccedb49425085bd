"""Word documents in unusual packages: one XML file (Flat OPC), and the namespaces of ISO/IEC 29500 strict; rewritten as usual ones."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

_FLAT = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_STRICT = b"http://purl.oclc.org/ooxml/"
_DECLARED = re.compile(rb"(xmlns(?::[\w.-]+)?\s*=\s*[\"'])http://purl\.oclc\.org/ooxml/([\w/]+)(?=[\"'])")
_RELATED = re.compile(rb"(\sType\s*=\s*[\"'])http://purl\.oclc\.org/ooxml/(officeDocument/relationships)(?=/)")
_TRANSITIONAL = {
    b"wordprocessingml/main": b"wordprocessingml/2006/main",
    b"officeDocument/relationships": b"officeDocument/2006/relationships",
    b"officeDocument/math": b"officeDocument/2006/math",
    b"officeDocument/extendedProperties": b"officeDocument/2006/extended-properties",
    b"officeDocument/customProperties": b"officeDocument/2006/custom-properties",
    b"officeDocument/docPropsVTypes": b"officeDocument/2006/docPropsVTypes",
    b"officeDocument/customXml": b"officeDocument/2006/customXml",
    b"drawingml/main": b"drawingml/2006/main",
    b"drawingml/chart": b"drawingml/2006/chart",
    b"drawingml/diagram": b"drawingml/2006/diagram",
    b"drawingml/picture": b"drawingml/2006/picture",
    b"drawingml/wordprocessingDrawing": b"drawingml/2006/wordprocessingDrawing",
}


def is_flat(data: bytes) -> bool:
    """Whether a document is no zip but one XML file that holds all parts."""
    return not data.startswith(b"PK")


def flat_parts(data: bytes) -> dict[str, bytes]:
    """The parts of a package in one XML file by name. Raises `ValueError` or `etree.XMLSyntaxError` for damaged ones."""
    parts = {}
    for part in _flat_elements(data):
        name = part.get(_FLAT + "name", "").lstrip("/")
        markup, binary = part.find(_FLAT + "xmlData"), part.findtext(_FLAT + "binaryData")
        if markup is not None and len(markup):
            parts[name] = etree.tostring(markup[0], with_tail=False, encoding="UTF-8", standalone=True)
        elif binary:
            parts[name] = base64.b64decode(binary)
    return parts


def transitional(markup: bytes) -> bytes:
    """A part with the usual namespaces and types of relationships in place of strict ones."""
    if _STRICT not in markup:
        return markup
    return _RELATED.sub(_usual, _DECLARED.sub(_usual, markup))


def usual_package(data: bytes) -> bytes:
    """A docx as a zip in the usual namespaces; other data, and a docx that is so already, unchanged.

    Raises `ValueError`, `etree.XMLSyntaxError` or `zipfile.BadZipFile` for damaged ones.
    """
    if is_flat(data):
        parts = flat_parts(data)
        return _packed(parts | {"[Content_Types].xml": _content_types(data)}) if parts else data
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        relations = package.read("_rels/.rels") if "_rels/.rels" in package.namelist() else b""
        if not _RELATED.search(relations):
            return data
        return _packed({name: package.read(name) for name in package.namelist()})


def _packed(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, transitional(part) if name.endswith((".xml", ".rels")) else part)
    return stream.getvalue()


def _content_types(data: bytes) -> bytes:
    """The list of content types, which a package in one XML file states with each part."""
    types = etree.Element("Types", nsmap={None: "http://schemas.openxmlformats.org/package/2006/content-types"})
    for part in _flat_elements(data):
        name, content = part.get(_FLAT + "name", ""), part.get(_FLAT + "contentType", "")
        etree.SubElement(types, "Override", PartName=f"/{name.lstrip('/')}", ContentType=content)
    return bytes(etree.tostring(types, encoding="UTF-8", standalone=True))


def _flat_elements(data: bytes) -> Iterator[etree._Element]:
    """The elements of the parts; damaged markup is recovered, external entities are not loaded."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
    root = etree.fromstring(data.lstrip(b" \t\r\n"), parser)
    yield from root.iterchildren(_FLAT + "part") if root is not None else ()


def _usual(match: re.Match[bytes]) -> bytes:
    usual = _TRANSITIONAL.get(match[2])
    return match[1] + b"http://schemas.openxmlformats.org/" + usual if usual else match[0]
