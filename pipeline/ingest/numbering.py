"""Computes the labels that Word displays for automatically numbered paragraphs (第一条, （一）, 1.): ECMA-376 part 1, 17.9."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from pipeline.ingest.docx_markup import W, as_number, children, is_on, number_of, value_of
from pipeline.ingest.docx_styles import ListPlace, Styles
from pipeline.ingest.number_formats import custom_format, format_number

_PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: number format, text with placeholders (第%1条), first value, and the suffix after the label.

    `restarts_after` is the depth, from 0, at or above which a paragraph makes the level begin anew; -1 where it never
    does. `arabic`: all placeholders are written in arabic. `style` is the paragraph style bound to the level, "" for none.
    """

    number_format: str
    text: str
    start: int
    suffix: str
    restarts_after: int
    arabic: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class NumberedList:
    """A list (w:num): the definition that it counts with, its levels by depth, and levels that begin anew at a value."""

    definition: str
    levels: Mapping[int, Level]
    restarts: Mapping[int, int]


@dataclass(slots=True)
class Numbering:
    """The numbered lists of one document and their current values, which advance with each call of `label`.

    Lists of the same definition count on together, except at the levels that a list restarts.
    """

    lists: Mapping[str, NumberedList]
    styles: Styles
    _values: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def label(self, own: ListPlace, style: str | None) -> str:
        """Advance the list of a paragraph and return its label; "" for paragraphs without number, bullets, unknown lists.

        `own` is what the paragraph itself states, `style` the id of its style, None for the default one.
        """
        list_id = self._list_id(own, style)
        numbered = self.lists.get(list_id)
        if numbered is None or list_id == "0":
            return ""
        depth = self._depth(own, style, numbered)
        level = numbered.levels.get(depth)
        return self._advance(list_id, numbered, depth, level) if level else ""

    def _list_id(self, own: ListPlace, style: str | None) -> str:
        stated = (one.place.list_id for one in self.styles.chain(style) if one.place.list_id is not None)
        return own.list_id if own.list_id is not None else next(stated, "0")

    def _depth(self, own: ListPlace, style: str | None, numbered: NumberedList) -> int:
        """The depth that the paragraph states, else that of the level bound to its style, else that of its style, else 0."""
        if own.depth is not None:
            return own.depth
        bound = {level.style: depth for depth, level in numbered.levels.items() if level.style}
        for one in self.styles.chain(style):
            if one.name in bound:
                return bound[one.name]
            if one.place.depth is not None:
                return one.place.depth
        return 0

    def _advance(self, list_id: str, numbered: NumberedList, depth: int, level: Level) -> str:
        values = self._values.setdefault(numbered.definition, {})
        first = numbered.restarts.get(depth)
        if first is not None and (list_id, depth) not in self._begun:
            values[depth] = first
        else:
            values[depth] = values[depth] + 1 if depth in values else _first(numbered, depth)
        self._begun.add((list_id, depth))
        for deeper, other in numbered.levels.items():
            if deeper > depth <= other.restarts_after:
                values.pop(deeper, None)
        return _write(numbered, level, values)


def _first(numbered: NumberedList, depth: int) -> int:
    level = numbered.levels.get(depth)
    return numbered.restarts.get(depth, level.start if level else 1)


def _write(numbered: NumberedList, level: Level, values: Mapping[int, int]) -> str:
    if level.number_format == "bullet":
        return ""

    def number_at(match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        own = numbered.levels.get(depth, level)
        written = "decimal" if level.arabic and own.number_format != "none" else own.number_format
        return format_number(values.get(depth, _first(numbered, depth)), written)

    text = _PLACEHOLDER.sub(number_at, level.text)
    return text + ("" if level.suffix == "nothing" or text[-1:] in ("", "、", "）", ")") else " ")


def read_numbering(root: etree._Element | None, styles: Styles) -> Numbering:
    """The lists defined in numbering.xml; none if the document has no such part."""
    if root is None:
        return Numbering({}, styles)
    definitions = {one.get(W + "abstractNumId", ""): one for one in root.findall(W + "abstractNum")}
    numbers = {one.get(W + "numId", ""): one for one in root.findall(W + "num")}
    linked = {
        name: key for key, one in definitions.items() if (name := value_of(one, "styleLink")) and _has_levels(one)
    }
    lists = {}
    for list_id, number in numbers.items():
        key = value_of(number, "abstractNumId") or ""
        for _ in range(len(definitions)):
            name = value_of(definitions.get(key), "numStyleLink")
            if not name or _has_levels(definitions[key]):
                break
            style = styles.by_name.get(name)
            through = numbers.get(style.place.list_id or "") if style else None
            key = linked.get(name) or value_of(through, "abstractNumId") or ""
        if key in definitions:
            lists[list_id] = _with_overrides(key, _levels(definitions[key]), number)
    return Numbering(lists, styles)


def _has_levels(definition: etree._Element) -> bool:
    return definition.find(W + "lvl") is not None


def _levels(definition: etree._Element) -> dict[int, Level]:
    found = {}
    for element in children(definition):
        depth = as_number(element.get(W + "ilvl", "0")) if element.tag == W + "lvl" else None
        if depth is not None:
            found[depth] = _read_level(element, depth)
    return found


def _with_overrides(key: str, levels: dict[int, Level], number: etree._Element) -> NumberedList:
    """The list of a w:num with the levels that it defines anew and the values at which it begins."""
    restarts = {}
    for override in number.findall(W + "lvlOverride"):
        depth = as_number(override.get(W + "ilvl", "0"))
        if depth is None:
            continue
        level, first = override.find(W + "lvl"), number_of(override, "startOverride")
        if level is not None:
            read = _read_level(level, depth)
            kept = levels.get(depth)
            # a level bound to a style stays so when only its looks are defined anew
            levels[depth] = replace(read, style=kept.style) if kept and not read.style else read
        if first is not None:
            restarts[depth] = first
    return NumberedList(key, levels, restarts)


def _read_level(level: etree._Element, depth: int) -> Level:
    stated = {str(element.tag).removeprefix(W): element for element in children(level)}

    def value(tag: str, default: str) -> str:
        return stated[tag].get(W + "val", default) if tag in stated else default

    number_format = value("numFmt", "decimal")
    if number_format == "custom":
        number_format = custom_format(stated["numFmt"].get(W + "format", ""))
    start, restart = as_number(value("start", "0")), as_number(value("lvlRestart", ""))
    after = restart - 1 if restart is not None and 0 <= restart <= depth else depth - 1
    return Level(
        number_format,
        value("lvlText", ""),
        start if start is not None else 1,
        value("suff", "tab"),
        after,
        is_on(level, "isLgl") or False,
        value("pStyle", ""),
    )
