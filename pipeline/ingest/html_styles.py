"""Styles of elements of a web page, as far as they decide what is shown: written at the element, or in a style sheet of the page."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

# rules of style sheets that are applied to a page, the longest selector, and how much of a style sheet and of a style is read
_MOST_RULES, _LONGEST, _MOST_STYLE, _MOST_DECLARATIONS = 300, 120, 500_000, 2000
# @media print { … { … } … }, @import …;
_AT_RULE = re.compile(r"@[^{};@]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
# properties that decide whether and how text is shown
_USED = re.compile(
    r"display|visibility|list-style|white-space|vertical-align|position|opacity|font-size|text-indent|text-decoration|overflow"
)
_NOT_DRAWN = frozenset(
    (
        "script", "style", "noscript", "template", "head", "title", "meta", "link", "select", "option", "datalist", "button",
        "textarea", "input", "iframe", "object", "embed", "applet", "audio", "video", "canvas", "svg", "map", "frameset",
        "rt", "rp", "colgroup", "param",
    )
)  # fmt: skip
_FAR_AWAY = re.compile(r"-\s*\d{3,}")
_NOTHING = re.compile(r"0(?:\.0*)?(?:px|pt|em|rem|%)?")

Declarations = Mapping[str, str]


@dataclass(frozen=True)
class Styles:
    """The styles of a page; `declared` are those of its style sheets by element (`mem_id`)."""

    tree: LexborHTMLParser

    @cached_property
    def declared(self) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        for selector, declarations in _rules(self.tree):
            try:
                nodes = self.tree.css(selector)
            except (SelectolaxError, ValueError):
                continue
            for node in nodes:
                found.setdefault(node.mem_id, {}).update(declarations)
        return found

    def of(self, node: LexborNode) -> Declarations:
        """The declarations for an element by property; those written at the element come before those of style sheets."""
        sheet, own = self.declared.get(node.mem_id), node.attributes.get("style")
        if not own:
            return sheet or {}
        return {**(sheet or {}), **_declarations(own)}


def is_drawn(node: LexborNode) -> bool:
    """Whether elements of this name hold text that a browser draws as part of the page."""
    return node.tag not in _NOT_DRAWN


def is_hidden(node: LexborNode, style: Declarations) -> bool:
    """Whether an element is kept in the page without being shown (display:none, hidden, moved out of the window …)."""
    attributes, display = node.attributes, style.get("display")
    if display == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if display is None and ("hidden" in attributes or (node.tag == "dialog" and "open" not in attributes)):
        return True
    return bool(style) and _is_out_of_sight(style)


def _is_out_of_sight(style: Declarations) -> bool:
    away = style.get("position") in ("absolute", "fixed") and any(
        _FAR_AWAY.match(style.get(side, "")) for side in ("left", "top", "right", "bottom")
    )
    flat = style.get("overflow") == "hidden" and any(
        _NOTHING.fullmatch(style.get(side, "")) for side in ("height", "width", "max-height")
    )
    clear = _NOTHING.fullmatch(style.get("opacity", "")) or _NOTHING.fullmatch(style.get("font-size", ""))
    return away or flat or bool(clear) or bool(_FAR_AWAY.match(style.get("text-indent", "")))


def _rules(tree: LexborHTMLParser) -> Iterator[tuple[str, dict[str, str]]]:
    """The rules of the page's style sheets that concern what is shown, without those for print or states (:hover)."""
    sheets = [sheet for sheet in tree.css("style") if "print" not in (sheet.attributes.get("media") or "")]
    text = _without_comments("\n".join(sheet.text(deep=True) for sheet in sheets)[:_MOST_STYLE])
    rules = (rule.partition("{") for rule in _AT_RULE.sub("", text).split("}"))
    used = ((selectors.strip(), body) for selectors, _, body in rules if _USED.search(body.lower()))
    for number, (selectors, body) in enumerate(used):
        if number >= _MOST_RULES:
            return
        declarations = _declarations(body)
        for selector in selectors.split(","):
            if declarations and ":" not in selector and len(selector) <= _LONGEST:
                yield selector.strip(), declarations


def _without_comments(text: str) -> str:
    kept = []
    while text:
        before, _, rest = text.partition("/*")
        kept.append(before)
        text = rest.partition("*/")[2]
    return "".join(kept).replace("<!--", "").replace("-->", "")


def _declarations(text: str) -> dict[str, str]:
    found = {}
    for name, value in _DECLARATION.findall(text[:_MOST_DECLARATIONS].lower()):
        found[name] = value.replace("!important", "").strip()
    return found
