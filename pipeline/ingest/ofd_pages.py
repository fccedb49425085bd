"""Extracts the objects on the pages of an OFD (GB/T 33190-2016): text, pictures and shapes with their positions.

ofdkit's `Package` reads the archive and its XML with limits and repairs common errors of producers. Pages, templates,
composite units and resources are resolved here, because the position of each character and picture is needed.
"""

import math
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ofdkit.errors import OFDError, OFDFormatError, OFDLimitError
from ofdkit.package import Package

from pipeline.budget import is_late
from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.affine import Matrix
from pipeline.ingest.places import Box

_A4 = (0.0, 0.0, 210.0, 297.0)
_MAX_DEPTH, _MAX_OBJECTS = 16, 200_000
# elements and characters of all pages, and bytes of their markup: many pages may show one part
_MAX_OBJECTS_IN_ALL, _MAX_MARKUP = 2_000_000, 256 * 1024 * 1024
_LAYERS = ("Layer", "PageBlock")


@dataclass(frozen=True, slots=True)
class Text:
    """A run of characters, each with the x and y of its baseline in object coordinates.

    `matrix` maps object coordinates to the page, in millimetres from the upper left; `size` is the font size in object units.
    `opacity` is 0 to 1; `hidden` text is not to be displayed.
    """

    chars: tuple[tuple[str, float, float], ...]
    size: float
    font: str
    colour: str
    matrix: Matrix
    opacity: float = 1.0
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A vector path: OFD path data, stroke and fill colours (#rrggbb, None: not drawn), line width in object units."""

    path: str
    stroke: str | None
    fill: str | None
    width: float
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that fills the unit square of `matrix`; `part` is the name of its file in the package."""

    part: str
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its box as x, y, width, height in millimetres, and its objects from back to front; empty if `broken`.

    `annotations` are what was put on the page after it was made; `document` counts the documents of the package from 1.
    """

    box: Box
    objects: tuple["Object", ...]
    broken: bool = False
    annotations: tuple["Annotation", ...] = ()
    document: int = 1


Object = Text | Shape | Picture


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation (注释): its type as in the file (Stamp, Watermark, Path …), its objects, and its comment, "" for none."""

    kind: str
    objects: tuple[Object, ...]
    remark: str = ""


@dataclass
class _Resources:
    """The resources of a document by ID: font names, image parts, drawing parameters, composite units, template paths."""

    box: Box
    fonts: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    strokes: dict[str, ET.Element] = field(default_factory=dict)
    units: dict[str, ET.Element] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    # elements and characters still allowed on the current page, because composite units may refer to each other
    budget: int = _MAX_OBJECTS


def sheets_of(package: Package, lost: Losses) -> Iterator[Sheet]:
    """Yield the pages of every document in the package; a page that cannot be read is empty, and marked or recorded in `lost`.

    Raises `OFDError` if the package contains no document.
    """
    documents = [(path, root, root.findall("{*}Pages/{*}Page")) for path, root in documents_of(package)]
    remaining, number, last = _Remaining(), 0, sum(len(pages) for _, _, pages in documents)
    for document, (path, root, pages) in enumerate(documents, 1):
        resources = _resources_of(package, path, root)
        places: dict[str, tuple[str, ...]] = {}
        with lost.part("注释目录"), ofd_errors():
            places = annotations_of(package, path, root)
        for page in pages:
            number, sheet = number + 1, Sheet(resources.box, (), document=document)
            if remaining.is_used_up or is_late():
                lost.cut_off(number, last, "各页内容合计超过限制")
            with lost.page(number), ofd_errors():
                where = package.resolve(path, page.get("BaseLoc"))
                sheet = _sheet(package, resources, where, remaining) if lost.cut is None else sheet
                sheet = replace(sheet, document=document)
            with lost.part(f"第{number}页的注释"), ofd_errors():
                shown = places.get(_id(page), ()) if lost.cut is None else ()
                sheet = replace(sheet, annotations=tuple(_annotations(package, resources, shown)))
            yield sheet


def annotations_of(package: Package, path: str, root: ET.Element) -> dict[str, tuple[str, ...]]:
    """The names of the parts with annotations of each page of a document, by the ID of the page."""
    listed = package.resolve(path, root.findtext("{*}Annotations"))
    found: dict[str, tuple[str, ...]] = {}
    for page in package.read_xml(listed).findall("{*}Page") if listed is not None else ():
        for element in page.findall("{*}FileLoc"):
            # some producers give places relative to the document
            part = package.resolve(listed, element.text) or package.resolve(path, element.text)
            key = (page.get("PageID") or "").strip()
            found[key] = (*found.get(key, ()), *([part] if part else []))
    return found


def _annotations(package: Package, resources: _Resources, parts: Iterable[str]) -> Iterator[Annotation]:
    for part in parts:
        for one in package.read_xml(part).findall("{*}Annot"):
            shown = one.get("Visible", "true") != "false"
            objects: list[Object] = []
            for appearance in one.findall("{*}Appearance"):
                x, y, _, _ = _box(appearance.get("Boundary")) or (0.0, 0.0, 0.0, 0.0)
                objects += _walk(appearance, resources, Matrix(1, 0, 0, 1, x, y), 0, hidden=not shown)
            yield Annotation(one.get("Type") or "", tuple(objects), (one.findtext("{*}Remark") or "").strip())


@dataclass(slots=True)
class _Remaining:
    """What the pages that follow may still have, together."""

    objects: int = _MAX_OBJECTS_IN_ALL
    markup: int = _MAX_MARKUP

    @property
    def is_used_up(self) -> bool:
        return self.objects < 0 or self.markup < 0

    def read(self, package: Package, path: str) -> ET.Element:
        """A part of a page, whose bytes are counted."""
        self.markup -= len(package.read(path))
        root: ET.Element = package.read_xml(path)
        return root


@contextmanager
def ofd_errors() -> Iterator[None]:
    """Context that raises errors of ofdkit as `UnreadableFile`: kind "limit" or "truncated"."""
    try:
        yield
    except OFDLimitError as error:
        raise UnreadableFile(
            "limit", "OFD的内容超出限制（可能是恶意文件）", remedy="请用阅读器打开并另存后重新提交"
        ) from error
    except (OFDError, zipfile.BadZipFile, NotImplementedError) as error:
        raise UnreadableFile(
            "truncated", "OFD不完整、已损坏或者加密，无法读取", remedy="请用阅读器另存为不加密的OFD或PDF后重新提交"
        ) from error


def documents_of(package: Package) -> Iterator[tuple[str, ET.Element]]:
    """The path and root of each Document.xml in a package. Raises `OFDError` if there is none."""
    entry = package.find("OFD.xml")
    if entry is None:
        raise OFDFormatError("OFD.xml is missing")
    found = False
    for body in package.read_xml(entry).findall("{*}DocBody"):
        path = package.resolve(entry, body.findtext("{*}DocRoot"))
        if path is not None:
            found = True
            yield path, package.read_xml(path)
    if not found:
        raise OFDFormatError("no Document.xml")


def _resources_of(package: Package, path: str, root: ET.Element) -> _Resources:
    resources = _Resources(_box(root.findtext("{*}CommonData/{*}PageArea/{*}PhysicalBox")) or _A4)
    for template in root.findall("{*}CommonData/{*}TemplatePage"):
        where = package.resolve(path, template.get("BaseLoc"))
        if where is not None:
            resources.templates[(template.get("ID") or "").strip()] = where
    for name in ("PublicRes", "DocumentRes"):
        for element in root.findall(f"{{*}}CommonData/{{*}}{name}"):
            _add_resources(package, resources, package.resolve(path, element.text))
    return resources


def _add_resources(package: Package, resources: _Resources, path: str | None) -> None:
    """Add the resources of a resource file; a broken file is skipped."""
    if path is None:
        return
    try:
        root = package.read_xml(path)
    except OFDError:
        return
    base = (root.get("BaseLoc") or "").strip()
    for font in root.findall("{*}Fonts/{*}Font"):
        resources.fonts[_id(font)] = font.get("FontName") or font.get("FamilyName") or ""
    for media in root.findall("{*}MultiMedias/{*}MultiMedia"):
        name = (media.findtext("{*}MediaFile") or "").strip()
        where = package.resolve(path, f"{base.rstrip('/')}/{name}" if base else name) or package.resolve(path, name)
        if where is not None:
            resources.images[_id(media)] = where
    resources.strokes |= {_id(element): element for element in root.findall("{*}DrawParams/{*}DrawParam")}
    resources.units |= {
        _id(element): element for element in root.findall("{*}CompositeGraphicUnits/{*}CompositeGraphicUnit")
    }


def _id(element: ET.Element) -> str:
    return (element.get("ID") or "").strip()


def _sheet(package: Package, resources: _Resources, path: str | None, remaining: _Remaining) -> Sheet:
    if path is None:
        return Sheet(resources.box, (), broken=True)
    resources.budget = _MAX_OBJECTS
    try:
        root = remaining.read(package, path)
        for element in root.findall("{*}PageRes"):
            _add_resources(package, resources, package.resolve(path, element.text))
        objects = [
            item
            for template in _templates(package, resources, root, remaining)
            for item in _objects_of(template, resources)
        ]
        objects += _objects_of(root, resources)
    except OFDLimitError:
        raise
    except OFDError:
        return Sheet(resources.box, (), broken=True)
    finally:
        remaining.objects -= _MAX_OBJECTS - resources.budget
    return Sheet(_box(root.findtext("{*}Area/{*}PhysicalBox")) or resources.box, tuple(objects))


def _templates(
    package: Package, resources: _Resources, root: ET.Element, remaining: _Remaining
) -> Iterator[ET.Element]:
    for template in root.findall("{*}Template"):
        path = resources.templates.get((template.get("TemplateID") or "").strip())
        if path is not None:
            yield remaining.read(package, path)


def _objects_of(root: ET.Element, resources: _Resources) -> Iterator[Object]:
    content = root.find("{*}Content")
    if content is not None:
        yield from _walk(content, resources, Matrix(), 0)


def _walk(
    parent: ET.Element, resources: _Resources, outer: Matrix, depth: int, *, hidden: bool = False
) -> Iterator[Object]:
    """The objects below an element; of those that are not to be displayed only the texts, marked as hidden."""
    for element in parent if depth < _MAX_DEPTH else ():
        resources.budget -= 1
        if resources.budget < 0:
            raise OFDLimitError("page too large")
        name = str(element.tag).rsplit("}", 1)[-1]
        unseen = hidden or element.get("Visible") == "false" or _numbers(element.get("Alpha")) == [0.0]
        if name in _LAYERS:
            yield from _walk(element, resources, outer, depth + 1, hidden=unseen)
        elif name == "CompositeObject":
            for content in _unit(element, resources):
                yield from _walk(content, resources, outer.after(_matrix_of(element)), depth + 1, hidden=unseen)
        elif name in _OBJECTS:
            found = _OBJECTS[name](element, resources, outer.after(_matrix_of(element)))
            yield from _hidden(found) if unseen else found


def _unit(element: ET.Element, resources: _Resources) -> list[ET.Element]:
    """The contents of the composite unit that an object refers to."""
    unit = resources.units.get((element.get("ResourceID") or "").strip())
    return unit.findall("{*}Content") if unit is not None else []


def _hidden(objects: Iterable[Object]) -> Iterator[Object]:
    yield from (replace(item, hidden=True) for item in objects if isinstance(item, Text))


def _matrix_of(element: ET.Element) -> Matrix:
    """The map from object coordinates to those of the parent: the CTM, then a translation to the corner of the boundary."""
    x, y, _, _ = _box(element.get("Boundary")) or (0.0, 0.0, 0.0, 0.0)
    inner = _numbers(element.get("CTM"))
    return Matrix(1, 0, 0, 1, x, y).after(Matrix(*inner[:6]) if len(inner) >= 6 else Matrix())


def _texts(element: ET.Element, resources: _Resources, matrix: Matrix) -> Iterator[Text]:
    size = (_numbers(element.get("Size")) or [0.0])[0]
    font = resources.fonts.get((element.get("Font") or "").strip(), "")
    style = resources.strokes.get((element.get("DrawParam") or "").strip())
    fill = element.find("{*}FillColor")
    fill = style.find("{*}FillColor") if fill is None and style is not None else fill
    alphas = [_numbers(one.get("Alpha")) for one in (element, fill) if one is not None]
    opacity = min(1.0, *((alpha[0] if alpha else 255.0) / 255 for alpha in alphas))
    inkless = element.get("Fill") == "false" and element.get("Stroke") != "true"
    x = y = 0.0
    for code in element.findall("{*}TextCode"):
        x, y = (_numbers(code.get("X")) or [x])[0], (_numbers(code.get("Y")) or [y])[0]
        resources.budget -= len(code.text or "")
        text = "".join(" " if char == "\t" else char for char in code.text or "" if char == "\t" or _is_printable(char))
        across, down = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
        chars, at_x, at_y = [], x, y
        for at, char in enumerate(text):
            chars.append((char, at_x, at_y))
            at_y += down[at] if at < len(down) else 0.0
            at_x += across[at] if at < len(across) else 0.0 if down else width_of(char, size)
        if chars and size > 0:
            yield Text(tuple(chars), size, font, _colour(fill) or "#000000", matrix, opacity, inkless)


def width_of(char: str, size: float) -> float:
    """The default advance of a character if the file gives none: full width or half width."""
    return size if unicodedata.east_asian_width(char) in "WF" else size * 0.5


def _is_printable(char: str) -> bool:
    return unicodedata.category(char) != "Cc"


def _steps(attribute: str | None, most: int) -> list[float]:
    """The distances between characters in a DeltaX or DeltaY attribute, at most `most`; `g 3 5.6` stands for 5.6 three times."""
    steps: list[float] = []
    tokens = iter((attribute or "").split())
    for token in tokens:
        if token == "g":
            times, step = _numbers(next(tokens, "")) or [0.0], _numbers(next(tokens, "")) or [0.0]
            steps += [step[0]] * max(0, min(int(times[0]), most - len(steps)))
        else:
            steps += _numbers(token)
        if len(steps) >= most:
            break
    return steps[:most]


def _pictures(element: ET.Element, resources: _Resources, matrix: Matrix) -> Iterator[Picture]:
    part = resources.images.get((element.get("ResourceID") or "").strip())
    if part is not None:
        yield Picture(part, matrix)


def _shapes(element: ET.Element, resources: _Resources, matrix: Matrix) -> Iterator[Shape]:
    style = resources.strokes.get((element.get("DrawParam") or "").strip())
    width = (
        _numbers(element.get("LineWidth")) or _numbers(style.get("LineWidth") if style is not None else None) or [0.353]
    )
    stroke = _colour(element.find("{*}StrokeColor")) or _colour(
        style.find("{*}StrokeColor") if style is not None else None
    )
    fill = _colour(element.find("{*}FillColor")) or _colour(style.find("{*}FillColor") if style is not None else None)
    yield Shape(
        element.findtext("{*}AbbreviatedData") or "",
        (stroke or "#000") if element.get("Stroke", "true") != "false" else None,
        (fill or "#000") if element.get("Fill", "false") == "true" else None,
        width[0],
        matrix,
    )


_OBJECTS: dict[str, Callable[[ET.Element, _Resources, Matrix], Iterator[Object]]] = {
    "TextObject": _texts,
    "PathObject": _shapes,
    "ImageObject": _pictures,
}


def _colour(element: ET.Element | None) -> str | None:
    """A colour given as RGB or grey as #rrggbb, None for other colour spaces."""
    channels = _numbers(element.get("Value")) if element is not None else []
    channels = channels * 3 if len(channels) == 1 else channels
    if len(channels) != 3:
        return None
    return "#" + "".join(f"{max(0, min(255, int(channel))):02x}" for channel in channels)


def _numbers(attribute: str | None) -> list[float]:
    """The numbers in an attribute; empty if one of them is not a finite number below 1e6."""
    try:
        numbers = [float(token) for token in (attribute or "").replace(",", " ").split()]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) and abs(number) < 1e6 for number in numbers) else []


def _box(attribute: str | None) -> Box | None:
    numbers = _numbers(attribute)
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) >= 4 else None
