"""Reads government web pages: the main text, and the information table (索引号, 发文机关, 文号) above it."""

import re
from codecs import BOM_UTF8

from resiliparse.extract.html2text import extract_plain_text
from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.ingest.html_tables import tables_in
from pipeline.ingest.plain import decode

# selectors of the text container in common content management systems of government sites
_CONTENT = (
    "#UCAP-CONTENT", ".TRS_Editor", ".trs_editor_view", "#zoom", "#Zoom", ".article-content", "#article_content",
    ".pages_content", ".view.TRS_UEDITOR", ".xxgk_content", ".wp_articlecontent", "#vsb_content",
)  # fmt: skip
_META_TABLE = re.compile("索引号|索 引 号|发文机关|发布机构|发文字号|文号|成文日期|发布日期|有效性")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]+)", re.IGNORECASE)
_BREAK = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h[1-6]|tr|section|article|blockquote|center)\s*>")


# tags that open a level: all but those without content and those that the next of their kind ends; <path/> in a drawing ends itself
_NESTING = re.compile(
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|tr|td|th|thead|tbody|tfoot|caption"
    r"|colgroup|option|optgroup|rb|rp|rt|rtc|html|head|body)\b)"
    r"(?:(?:div|span|font|table|[uod]l|section|article|center|blockquote|strong|em|form|[abius])\b|[a-z][^\s/>]*(?![^<>]*/>))",
    re.IGNORECASE,
)
_TABLE_NESTING = re.compile(r"<(/?)table\b", re.IGNORECASE)
# the parser takes time quadratic in the depth; real pages are nested a few dozen levels deep
_MAX_DEPTH, _MAX_TABLE_DEPTH = 5000, 100


def read_html(data: bytes) -> Reading:
    """Read the main text and metadata of a page. Raises `UnreadableFile` if it has no text or is nested too deeply."""
    markup, notes = _decode_page(data)
    if _depth(_NESTING, markup) > _MAX_DEPTH or _depth(_TABLE_NESTING, markup) > _MAX_TABLE_DEPTH:
        raise UnreadableFile(
            "limit", "网页的嵌套过深（可能是恶意文件）", remedy="请在浏览器中打开，复制正文另存为txt后提交"
        )
    tree = LexborHTMLParser(markup)
    meta = _meta_rows(tree)
    text = _main_text(tree, markup)
    if len(text.strip()) < 10:
        raise UnreadableFile(
            "no_text",
            "网页中没有找到正文",
            remedy="页面可能由脚本生成，请在浏览器中打开后另存为完整网页或复制正文为txt",
        )
    blocks = [RawBlock(row, BlockKind.META) for row in meta]
    return Reading("html", (*blocks, RawBlock(text, tables=tuple(tables_in(tree)))), notes)


def _depth(tags: re.Pattern[str], markup: str) -> int:
    """How many levels of these tags are open at most; an end tag too many closes none."""
    depth = deepest = 0
    for match in tags.finditer(markup):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _decode_page(data: bytes) -> tuple[str, tuple[Note, ...]]:
    named = _CHARSET.search(data[:4096])
    # a byte order mark takes precedence over the declared charset
    if named and named[1].lower() in (b"gb2312", b"gbk", b"gb18030") and not data.startswith(BOM_UTF8):
        try:
            return data.decode("gb18030"), ()
        except UnicodeDecodeError:
            pass
    return decode(data)


def _meta_rows(tree: LexborHTMLParser) -> list[str]:
    """The rows of the page's information table as 名称：值; the table is removed from the tree."""
    for table in tree.css("table"):
        found = table.css("td, th")
        # the words of a cell hold those of the tables in it: many levels would be read again for each
        cells = [cell.text(deep=True, strip=True) for cell in found] if len(found) < 40 else []
        if sum(1 for cell in cells if len(cell) < 12 and _META_TABLE.search(cell)) >= 2:
            table.decompose()
            return [f"{a.rstrip('：: ')}：{b}" for a, b in zip(cells[::2], cells[1::2], strict=False) if b]
    return []


def _main_text(tree: LexborHTMLParser, markup: str) -> str:
    for selector in _CONTENT:
        node = tree.css_first(selector)
        if node is not None and len(node.text(deep=True, strip=True)) > 60:
            return _title(tree, node) + _node_text(node)
    main = str(extract_plain_text(markup, main_content=True, alt_texts=False, links=False, preserve_formatting=True))
    body = tree.body
    if len(main.strip()) < 60 and body is not None:
        return _node_text(body)
    return main


def _title(tree: LexborHTMLParser, content: LexborNode) -> str:
    """The heading of the page, or "" if the text container already includes it."""
    for selector in ("h1", ".article-title", "title"):
        node = tree.css_first(selector)
        heading = re.split(r"[_|]|\s-\s", node.text(deep=True, strip=True) if node else "")[0].strip()
        if len(heading) > 6 and heading not in content.text(deep=True, strip=True):
            return heading + "\n"
    return ""


def _node_text(node: LexborNode) -> str:
    for unwanted in node.css("script, style, noscript"):
        unwanted.decompose()
    fragment = LexborHTMLParser(_BREAK.sub(lambda match: "\n" + match[0], node.html or ""))
    return str(fragment.body.text(deep=True) if fragment.body else "")
