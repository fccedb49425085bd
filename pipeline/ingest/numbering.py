"""Computes the labels that Word displays for automatically numbered paragraphs (第一条, （一）, 1.)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.numerals import write_number

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACEHOLDER = re.compile(r"%([1-9])")
_CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: number format, text with placeholders (第%1条), first value, and the suffix after the label."""

    number_format: str
    text: str
    start: int
    suffix: str


@dataclass(slots=True)
class Numbering:
    """The numbered lists of one document and their current values, which advance with each call of `label`."""

    levels: Mapping[str, Mapping[int, Level]]
    abstract_of: Mapping[str, str]
    restarts: Mapping[tuple[str, int], int] = field(default_factory=dict)
    _values: dict[str, dict[int, int]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def label(self, list_id: str, depth: int) -> str:
        """Advance a list at a depth (from 0) and return the label of its next paragraph; "" for bullets and unknown lists."""
        abstract = self.abstract_of.get(list_id, "")
        level = self.levels.get(abstract, {}).get(depth)
        if level is None:
            return ""
        values = self._values.setdefault(abstract, {})
        first = self.restarts.get((list_id, depth)) if list_id not in self._seen else None
        self._seen.add(list_id)
        values[depth] = first if first is not None else values.get(depth, level.start - 1) + 1
        for deeper in [key for key in values if key > depth]:
            del values[deeper]
        return self._write(abstract, level, values)

    def _write(self, abstract: str, level: Level, values: Mapping[int, int]) -> str:
        if level.number_format in ("bullet", "none"):
            return ""

        def number_at(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            own = self.levels[abstract].get(depth, level)
            return format_number(values.get(depth, own.start), own.number_format)

        text = _PLACEHOLDER.sub(number_at, level.text)
        return text + ("" if level.suffix == "nothing" or text[-1:] in "、）)" else " ")


def format_number(value: int, number_format: str) -> str:
    """A number in one of Word's formats (w:numFmt): 3 -> 三 for chineseCounting, ③ for circles, c for letters."""
    if number_format in ("chineseCounting", "chineseCountingThousand", "japaneseCounting",
                         "taiwaneseCountingThousand", "taiwaneseCounting", "chineseLegalSimplified"):  # fmt: skip
        return write_number(value)
    if number_format in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(value))
    if number_format.startswith("decimalEnclosedCircle") and value <= len(_CIRCLES):
        return _CIRCLES[value - 1]
    if number_format in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26)
        return letter.upper() if number_format == "upperLetter" else letter
    if number_format in ("lowerRoman", "upperRoman"):
        roman = _write_roman(value)
        return roman.upper() if number_format == "upperRoman" else roman
    return str(value)


def _write_roman(value: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        count, value = divmod(value, size)
        text += letters * count
    return text


def read_numbering(root: etree._Element | None) -> Numbering:
    """The lists defined in numbering.xml; an empty `Numbering` if the document has no such part."""
    if root is None:
        return Numbering({}, {})
    levels = {
        abstract.get(W + "abstractNumId", ""): {
            int(level.get(W + "ilvl", "0")): _read_level(level) for level in abstract.findall(W + "lvl")
        }
        for abstract in root.findall(W + "abstractNum")
    }
    abstract_of, restarts = {}, {}
    for number in root.findall(W + "num"):
        list_id = number.get(W + "numId", "")
        reference = number.find(W + "abstractNumId")
        abstract_of[list_id] = reference.get(W + "val", "") if reference is not None else ""
        for override in number.findall(W + "lvlOverride"):
            start = override.find(W + "startOverride")
            if start is not None:
                restarts[list_id, int(override.get(W + "ilvl", "0"))] = int(start.get(W + "val", "1"))
    return Numbering(levels, abstract_of, restarts)


def _read_level(level: etree._Element) -> Level:
    def value(tag: str, default: str) -> str:
        element = level.find(W + tag)
        return default if element is None else element.get(W + "val", default)

    return Level(
        value("numFmt", "decimal"),
        value("lvlText", ""),
        int(value("start", "1")),
        value("suff", "tab"),
    )
