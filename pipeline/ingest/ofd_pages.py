"""What stands on the pages of an OFD (GB/T 33190-2016): text, pictures and shapes with their places.

ofdkit's package opens the archive and its XML with limits and repairs what producers get wrong; the pages, templates,
composite units and resources are followed here, because the place of each character and of each picture is wanted.
"""

import math
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from ofdkit.errors import OFDError, OFDFormatError, OFDLimitError
from ofdkit.package import Package

from pipeline.errors import UnreadableFile
from pipeline.guard import Losses
from pipeline.ingest.places import Box

_A4 = (0.0, 0.0, 210.0, 297.0)
_DEEPEST, _MOST_STEPS = 16, 200_000
_LAYERS = ("Layer", "PageBlock")


class Matrix(NamedTuple):
    """An affine map: x' = a·x + c·y + e, y' = b·x + d·y + f."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def after(self, inner: "Matrix") -> "Matrix":
        """The map that does `inner` first, then this."""
        (a, b), (c, d), (e, f) = self._turn(inner.a, inner.b), self._turn(inner.c, inner.d), self.at(inner.e, inner.f)
        return Matrix(a, b, c, d, e, f)

    def _turn(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y, self.b * x + self.d * y


@dataclass(frozen=True, slots=True)
class Text:
    """A run of characters: each with x and y of its base line in the object's own space, which `matrix` puts on the page."""

    chars: tuple[tuple[str, float, float], ...]
    size: float
    font: str
    colour: str
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Shape:
    """Lines and areas: the path in OFD's letters, how it is drawn."""

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
    """A page: box x, y, width, height in millimetres, and what stands on it from back to front."""

    box: Box
    things: tuple[Text | Shape | Picture, ...]
    broken: bool = False


@dataclass
class _Held:
    """What a document names and pages use: fonts, images, drawing parameters, composite units, templates by their ID."""

    box: Box
    fonts: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    strokes: dict[str, ET.Element] = field(default_factory=dict)
    units: dict[str, ET.Element] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    # how many elements and characters of a page are still looked at; composite units may name each other
    left: int = _MOST_STEPS


def sheets_of(package: Package, lost: Losses) -> Iterator[Sheet]:
    """The pages of every document in the package. Raises `OFDError` where it is none; a broken page is empty and says so."""
    numbers = count(1)
    for path, root in documents_of(package):
        held = _held(package, path, root)
        for page in root.findall("{*}Pages/{*}Page"):
            sheet = Sheet(held.box, ())
            with lost.page(next(numbers)), readable():
                sheet = _sheet(package, held, package.resolve(path, page.get("BaseLoc")))
            yield sheet


@contextmanager
def readable() -> Iterator[None]:
    """Work with a package: what ofdkit finds wrong with it is raised as `UnreadableFile`."""
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
    """The documents of a package: path and root of each Document.xml. Raises `OFDError` where there is none."""
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


def _held(package: Package, path: str, root: ET.Element) -> _Held:
    held = _Held(_box(root.findtext("{*}CommonData/{*}PageArea/{*}PhysicalBox")) or _A4)
    for template in root.findall("{*}CommonData/{*}TemplatePage"):
        where = package.resolve(path, template.get("BaseLoc"))
        if where is not None:
            held.templates[(template.get("ID") or "").strip()] = where
    for name in ("PublicRes", "DocumentRes"):
        for element in root.findall(f"{{*}}CommonData/{{*}}{name}"):
            _hold(package, held, package.resolve(path, element.text))
    return held


def _hold(package: Package, held: _Held, path: str | None) -> None:
    """Takes up a file of resources; a broken one is passed over."""
    if path is None:
        return
    try:
        root = package.read_xml(path)
    except OFDError:
        return
    base = (root.get("BaseLoc") or "").strip()
    for font in root.findall("{*}Fonts/{*}Font"):
        held.fonts[_id(font)] = font.get("FontName") or font.get("FamilyName") or ""
    for media in root.findall("{*}MultiMedias/{*}MultiMedia"):
        name = (media.findtext("{*}MediaFile") or "").strip()
        where = package.resolve(path, f"{base.rstrip('/')}/{name}" if base else name) or package.resolve(path, name)
        if where is not None:
            held.images[_id(media)] = where
    held.strokes |= {_id(element): element for element in root.findall("{*}DrawParams/{*}DrawParam")}
    held.units |= {
        _id(element): element for element in root.findall("{*}CompositeGraphicUnits/{*}CompositeGraphicUnit")
    }


def _id(element: ET.Element) -> str:
    return (element.get("ID") or "").strip()


def _sheet(package: Package, held: _Held, path: str | None) -> Sheet:
    if path is None:
        return Sheet(held.box, (), broken=True)
    held.left = _MOST_STEPS
    try:
        root = package.read_xml(path)
        for element in root.findall("{*}PageRes"):
            _hold(package, held, package.resolve(path, element.text))
        things = [thing for under in _templates(package, held, root) for thing in _things(under, held)]
        things += _things(root, held)
    except OFDLimitError:
        raise
    except OFDError:
        return Sheet(held.box, (), broken=True)
    return Sheet(_box(root.findtext("{*}Area/{*}PhysicalBox")) or held.box, tuple(things))


def _templates(package: Package, held: _Held, root: ET.Element) -> Iterator[ET.Element]:
    for template in root.findall("{*}Template"):
        path = held.templates.get((template.get("TemplateID") or "").strip())
        if path is not None:
            yield package.read_xml(path)


def _things(root: ET.Element, held: _Held) -> Iterator[Text | Shape | Picture]:
    content = root.find("{*}Content")
    if content is not None:
        yield from _walk(content, held, Matrix(), 0)


def _walk(parent: ET.Element, held: _Held, outer: Matrix, depth: int) -> Iterator[Text | Shape | Picture]:
    for element in parent if depth < _DEEPEST else ():
        held.left -= 1
        if held.left < 0:
            raise OFDLimitError("page too large")
        name = str(element.tag).rsplit("}", 1)[-1]
        if name in _LAYERS:
            yield from _walk(element, held, outer, depth + 1)
        elif name == "CompositeObject":
            unit = held.units.get((element.get("ResourceID") or "").strip())
            for content in unit.findall("{*}Content") if unit is not None else ():
                yield from _walk(content, held, outer.after(_own(element)), depth + 1)
        elif name in _OBJECTS:
            yield from _OBJECTS[name](element, held, outer.after(_own(element)))


def _own(element: ET.Element) -> Matrix:
    """From an object's own space to that of its parent: its CTM, then a move to the corner of its boundary."""
    x, y, _, _ = _box(element.get("Boundary")) or (0.0, 0.0, 0.0, 0.0)
    inner = _numbers(element.get("CTM"))
    return Matrix(1, 0, 0, 1, x, y).after(Matrix(*inner[:6]) if len(inner) >= 6 else Matrix())


def _texts(element: ET.Element, held: _Held, matrix: Matrix) -> Iterator[Text]:
    size = (_numbers(element.get("Size")) or [0.0])[0]
    font = held.fonts.get((element.get("Font") or "").strip(), "")
    colour = _colour(element.find("{*}FillColor")) or "#000"
    x = y = 0.0
    for code in element.findall("{*}TextCode"):
        x, y = (_numbers(code.get("X")) or [x])[0], (_numbers(code.get("Y")) or [y])[0]
        held.left -= len(code.text or "")
        text = "".join(" " if char == "\t" else char for char in code.text or "" if char == "\t" or _is_print(char))
        across, down = _steps(code.get("DeltaX"), len(text)), _steps(code.get("DeltaY"), len(text))
        chars, at_x, at_y = [], x, y
        for at, char in enumerate(text):
            chars.append((char, at_x, at_y))
            at_y += down[at] if at < len(down) else 0.0
            at_x += across[at] if at < len(across) else 0.0 if down else width_of(char, size)
        if chars and size > 0:
            yield Text(tuple(chars), size, font, colour, matrix)


def width_of(char: str, size: float) -> float:
    """The width of a character where the file gives none."""
    return size if unicodedata.east_asian_width(char) in "WF" else size * 0.5


def _is_print(char: str) -> bool:
    return unicodedata.category(char) != "Cc"


def _steps(told: str | None, most: int) -> list[float]:
    """Distances between characters; `g 3 5.6` says 5.6 three times."""
    steps: list[float] = []
    words = iter((told or "").split())
    for word in words:
        if word == "g":
            times, step = _numbers(next(words, "")) or [0.0], _numbers(next(words, "")) or [0.0]
            steps += [step[0]] * max(0, min(int(times[0]), most - len(steps)))
        else:
            steps += _numbers(word)
        if len(steps) >= most:
            break
    return steps[:most]


def _pictures(element: ET.Element, held: _Held, matrix: Matrix) -> Iterator[Picture]:
    part = held.images.get((element.get("ResourceID") or "").strip())
    if part is not None:
        yield Picture(part, matrix)


def _shapes(element: ET.Element, held: _Held, matrix: Matrix) -> Iterator[Shape]:
    style = held.strokes.get((element.get("DrawParam") or "").strip())
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


_OBJECTS: dict[str, Callable[[ET.Element, _Held, Matrix], Iterator[Text | Shape | Picture]]] = {
    "TextObject": _texts,
    "PathObject": _shapes,
    "ImageObject": _pictures,
}


def _colour(element: ET.Element | None) -> str | None:
    """#rrggbb of a colour given as RGB or grey; None where it says something else."""
    told = _numbers(element.get("Value")) if element is not None else []
    told = told * 3 if len(told) == 1 else told
    if len(told) != 3:
        return None
    return "#" + "".join(f"{max(0, min(255, int(part))):02x}" for part in told)


def _numbers(told: str | None) -> list[float]:
    """The finite numbers of an attribute; none where one of its words is no number."""
    try:
        numbers = [float(word) for word in (told or "").replace(",", " ").split()]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) and abs(number) < 1e6 for number in numbers) else []


def _box(told: str | None) -> Box | None:
    numbers = _numbers(told)
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) >= 4 else None
