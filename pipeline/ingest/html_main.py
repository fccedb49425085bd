"""Finds the part of a web page that holds its text: the container of the content management system, else by weighing."""

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.ingest.html_styles import Styles
from pipeline.ingest.html_text import events

# selectors of the text container in common content management systems of government sites
_CONTENT = (
    "#UCAP-CONTENT", ".TRS_Editor", ".trs_editor_view", ".TRS_UEDITOR", "#zoom", "#Zoom", "#js_content", "#vsb_content", ".v_news_content",
    ".article-content", "#article_content", ".article_content", ".pages_content", ".xxgk_content", ".wp_articlecontent", ".entry-content",
    "#artibody", ".bt_content", ".zwnr", ".wzcon", ".Custom_UnionStyle",
)  # fmt: skip
# characters from which a container is taken for that of the text; share of the marks of the page that it must hold
_LEAST, _SHARE = 40, 0.5
# elements of one selector that are looked at
_MOST = 20
# characters from which a text behind the part is taken for an annex, and what stands at the foot of a page
_ANNEX = 30
_FOOT = re.compile(
    "版权所有|主办|承办|ICP备|公网安备|(?i:copyright)|网站标识码|技术支持|扫一扫|邮编|上一篇|下一篇|相关链接|相关文章|分享到|您访问的链接"
)
# share of the marks of an element from which one of its children is the part that holds the text
_NEARLY_ALL = 0.9
_WEIGHTY = frozenset("，。；、！？")
_PARTS = frozenset(
    ("body", "main", "article", "section", "div", "center", "form", "table", "tbody", "tr", "td", "font", "span")
)
_DAY = re.compile(
    r"[〇零○O一二三四五六七八九\d]{4}\s*年\s*[一二三四五六七八九十\d]{1,2}\s*月\s*[一二三四五六七八九十\d]{1,3}\s*日"
)


class _Weight(NamedTuple):
    """How many marks of punctuation and how many characters the shown text of an element has, without links."""

    marks: int = 0
    characters: int = 0


_Weights = dict[int, _Weight]


def main_part(tree: LexborHTMLParser, body: LexborNode, styles: Styles) -> LexborNode:
    """The element that holds the text of a page, given with its body; the body if no other does."""
    weights = _weights(body, styles)
    whole = weights[body.mem_id].marks
    for selector in _CONTENT:
        nodes = tree.css(selector)[:_MOST]
        # a container may be hidden until a script shows it
        found = [(node, weights.get(node.mem_id) or _weights(node, styles)[node.mem_id]) for node in nodes]
        filled = [(node, weight) for node, weight in found if weight.characters > _LEAST]
        # a text in several containers is found by weighing, unless one holds the others
        share = _NEARLY_ALL if len(filled) > 1 else _SHARE
        for node, weight in filled:
            if weight.marks >= whole * share:
                return node
    part: LexborNode | None = body
    while part is not None:
        body, part = part, _heavy_child(part, weights)
    return body


def _weights(root: LexborNode, styles: Styles) -> _Weights:
    found: _Weights = {}
    open_weights, links = [_Weight()], 0
    for event in events(root, styles):
        node = event.node
        if node.is_text_node:
            own = _Weight() if links else _weight(node.text_content or "")
            open_weights[-1] = _sum(open_weights[-1], own)
            continue
        links += (event.opens - event.closes) * (node.tag == "a" and "href" in node.attributes)
        if event.opens:
            open_weights.append(_Weight())
            continue
        found[node.mem_id] = weight = open_weights.pop()
        if open_weights:
            open_weights[-1] = _sum(open_weights[-1], weight)
    return found


def _weight(text: str) -> _Weight:
    return _Weight(sum(char in _WEIGHTY for char in text), len("".join(text.split())))


def _sum(one: _Weight, other: _Weight) -> _Weight:
    return _Weight(one.marks + other.marks, one.characters + other.characters)


def _heavy_child(part: LexborNode, weights: _Weights) -> LexborNode | None:
    """The child that holds nearly all marks of an element, unless what stands behind it may belong to the paper."""
    least = max(1, weights.get(part.mem_id, _Weight()).marks * _NEARLY_ALL)
    child, heavy = part.child, None
    while child is not None:
        if heavy is not None and _goes_on(child, weights):
            return None
        if child.tag in _PARTS and weights.get(child.mem_id, _Weight()).marks >= least:
            heavy = child
        child = child.next
    return heavy


def _goes_on(node: LexborNode, weights: _Weights) -> bool:
    """Whether a node behind the text may belong to the paper: a signature with its date, a table, an annex."""
    if node.is_text_node:
        text, weight = node.text_content or "", _weight(node.text_content or "")
    elif node.mem_id in weights:
        text, weight = node.text(deep=True), weights[node.mem_id]
    else:
        return False
    return weight.characters > 0 and (
        bool(_DAY.search(text)) or (weight.characters >= _ANNEX and not _FOOT.search(text))
    )
