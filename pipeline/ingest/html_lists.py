"""Numbers of list items on web pages, as a browser draws them: start, type, reversed, value, list-style-type, nesting."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from pipeline.ingest.html_styles import Declarations, Styles, is_hidden
from pipeline.numerals import write_number

LISTS = frozenset(("ol", "ul", "menu", "dir"))
_TYPES = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_BULLETS = frozenset(("none", "disc", "circle", "square", "disclosure-open", "disclosure-closed"))
_CHINESE = frozenset(
    (
        "cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "japanese-informal",
        "simp-chinese-formal", "trad-chinese-formal",
    )
)  # fmt: skip
_TRADITIONAL = str.maketrans("一二三四五六七八九十百千", "壹貳參肆伍陸柒捌玖拾佰仟")
_FORMAL = str.maketrans("一二三四五六七八九十百千", "壹贰叁肆伍陆柒捌玖拾佰仟")
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_SERIES = {"cjk-heavenly-stem": _STEMS, "cjk-earthly-branch": _BRANCHES}
_LETTERS = {"lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A"}
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"),
    (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_POSITION = re.compile(r"\b(?:inside|outside|url\([^)]*\))\s*")
_QUOTED = re.compile(r"[\"'](.*)[\"']")
_WHOLE = re.compile(r"\s*([+-]?\d{1,9})")
# numbers that stand written in the item already: （一）, 1., 第三条, ①
_WRITTEN = re.compile(
    r"[\s\u3000\xa0]*(?:第[一二三四五六七八九十百零〇\d]{1,5}[条章节款项]|[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|[（(]\d{1,3}[）)]|\d{1,3}[.．、](?!\d)|[①-⑳⑴-⒛㈠-㈩])"
)


@dataclass(slots=True)
class List:
    """A list whose items are being read: the number of the next item, the step to the one after it, and the style of numbers."""

    style: str
    number: int
    step: int = 1


def begin(node: LexborNode, styles: Styles) -> List:
    """The list that an element begins; without numbers if its items are bulleted or all begin with numbers of their own."""
    items = [item for item in _items(node) if not is_hidden(item, styles.of(item))]
    ordered, attributes = node.tag == "ol", node.attributes
    usual = (_TYPES.get((attributes.get("type") or "").strip()) or "decimal") if ordered else "disc"
    named = _named(styles.of(node)) or usual
    if items and all(_WRITTEN.match(item.text(deep=True)) for item in items):
        named = "none"
    step = -1 if ordered and "reversed" in attributes else 1
    first = _whole(attributes.get("start")) if ordered else None
    return List(named, first if first is not None else (len(items) if step < 0 else 1), step)


def label(current: List, item: LexborNode, style: Declarations) -> str:
    """The number drawn before an item, "" for bullets; advances the list."""
    value = _whole(item.attributes.get("value"))
    number = current.number if value is None else value
    current.number = number + current.step
    if style.get("display", "list-item") not in ("list-item",):
        return ""
    own = _named(style) or _TYPES.get((item.attributes.get("type") or "").strip())
    return _written(number, own or current.style)


def _items(node: LexborNode) -> list[LexborNode]:
    found, child = [], node.child
    while child is not None:
        if child.tag == "li":
            found.append(child)
        child = child.next
    return found


def _named(style: Declarations) -> str | None:
    named = style.get("list-style-type") or _POSITION.sub("", style.get("list-style", ""))
    return named.strip() or None


def _whole(text: str | None) -> int | None:
    match = _WHOLE.match(text or "")
    return int(match[1]) if match else None


def _written(number: int, style: str) -> str:
    """A number in a list style of CSS with the mark behind it: 一、 1. a. iv. ②"""
    quoted = _QUOTED.fullmatch(style)
    if quoted:
        return quoted[1]
    if style in _BULLETS:
        return ""
    if style == "cjk-decimal":
        return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(abs(number))) + "、"
    if 0 < number <= len(_SERIES.get(style, "")):
        return _SERIES[style][number - 1] + "、"
    if style in _CHINESE and 0 <= number < 10000:
        return _chinese(number, style) + "、"
    if style == "decimal-leading-zero":
        return f"{number:02d}."
    return _western(number, style) + "."


def _chinese(number: int, style: str) -> str:
    written = write_number(number) if number else "零"
    if not style.endswith("-formal"):
        return written
    # 十 alone is 壹拾
    written = ("一" if written.startswith("十") else "") + written
    return written.translate(_TRADITIONAL if style.startswith("trad") else _FORMAL)


def _western(number: int, style: str) -> str:
    if style in _LETTERS and number > 0:
        return _letters(number, _LETTERS[style])
    if style in ("lower-roman", "upper-roman") and 0 < number < 4000:
        return _roman(number) if style.startswith("lower") else _roman(number).upper()
    if style == "lower-greek" and 0 < number <= len(_GREEK):
        return _GREEK[number - 1]
    return str(number)


def _letters(number: int, first: str) -> str:
    """1 -> a, 26 -> z, 27 -> aa"""
    text = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        text = chr(ord(first) + digit) + text
    return text


def _roman(number: int) -> str:
    text = ""
    for size, letters in _ROMAN:
        count, number = divmod(number, size)
        text += letters * count
    return text
