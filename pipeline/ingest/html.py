"""Reads government web pages: the main text, and the information block (索引号, 发文机关, 文号) of the page."""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from selectolax.lexbor import LexborHTMLParser

from pipeline.document import BlockKind, Note
from pipeline.errors import UnreadableFile
from pipeline.ingest.assemble import RawBlock, Reading
from pipeline.ingest.codepages import codec_of_label, decode_first, decode_strictly
from pipeline.ingest.docx_tables import blocks_of
from pipeline.ingest.html_furniture import furniture_of, head_of
from pipeline.ingest.html_information import STAMP, Pair, information
from pipeline.ingest.html_lines import Line, Shown
from pipeline.ingest.html_main import main_part
from pipeline.ingest.html_styles import Styles
from pipeline.ingest.html_text import shown_in
from pipeline.ingest.html_titles import heading_of, is_paper
from pipeline.ingest.plain import decode

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]+)", re.IGNORECASE)
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
# 青政发〔2024〕31号 on a line of its own between the heading and the text
_NUMBER = re.compile(r"[\u4e00-\u9fffA-Za-z（）()]{1,24}[〔\[［【(（]\s*[12]\d{3}\s*[〕\]］】)）]\s*第?\s*\d{1,5}\s*号")
# lines above the content among which its title may stand, and the longest title
_ABOVE, _LONGEST_TITLE = 8, 120
# lines below the content that may be a list of attachments: 附件：1.名单.docx
_BELOW = 20
_ATTACHMENT = re.compile(
    r"^\s*附[件表][0-9一二三四五六七八九十]*\s*[：:.、\s]|\.(?:docx?|xlsx?|pdf|wps|ofd|et|zip|rar)\b", re.IGNORECASE
)
_LEAST = 10
# Chinese characters from which a page that is valid in UTF-8 is in UTF-8, whatever it declares
_SURELY = 10
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it is read: heading, number below it, information block, and the content with the indices of its furniture."""

    heading: str
    number: str
    pairs: tuple[Pair, ...]
    lines: tuple[Line, ...]
    furniture: frozenset[int]


def read_html(data: bytes) -> Reading:
    """Read the main text and metadata of a page. Raises `UnreadableFile` if it has no text or is nested too deeply."""
    markup, notes = _decode_page(data)
    if _depth(_NESTING, markup) > _MAX_DEPTH or _depth(_TABLE_NESTING, markup) > _MAX_TABLE_DEPTH:
        raise UnreadableFile(
            "limit", "网页的嵌套过深（可能是恶意文件）", remedy="请在浏览器中打开，复制正文另存为txt后提交"
        )
    tree = LexborHTMLParser(markup)
    page, shown = _page(tree)
    if len("".join(line.text for line in page.lines).strip()) < _LEAST:
        raise UnreadableFile(
            "no_text",
            "网页中没有找到正文",
            remedy="页面可能由脚本生成，请在浏览器中打开后另存为完整网页或复制正文为txt",
        )
    return Reading("html", tuple(_blocks(page)), (*notes, *_notes(shown)))


def _depth(tags: re.Pattern[str], markup: str) -> int:
    """How many levels of these tags are open at most; an end tag too many closes none."""
    depth = deepest = 0
    for match in tags.finditer(markup):
        depth = max(0, depth - 1) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _decode_page(data: bytes) -> tuple[str, tuple[Note, ...]]:
    """The markup: in UTF-8 or the charset it declares, if it is valid in it, else as detected; a byte order mark takes precedence."""
    named = _CHARSET.search(data[:4096])
    utf8 = decode_strictly(data, "utf-8")
    if utf8 is not None and len(_CHINESE.findall(utf8[:20_000])) >= _SURELY:
        return decode(data)
    if named and not data.startswith(BOM_UTF8):
        text = decode_first(data, [codec_of_label(named[1].decode("ascii"))])
        if text is not None:
            return text, ()
    return decode(data)


def _page(tree: LexborHTMLParser) -> tuple[_Page, Shown]:
    styles, body = Styles(tree), tree.body
    if body is None:
        return _Page("", "", (), (), frozenset()), Shown(())
    part = main_part(tree, body, styles)
    shown = shown_in(part, styles)
    outside = shown_in(body, styles, without=part).lines if part.mem_id != body.mem_id else ()
    content = "".join(line.text for line in shown.lines)
    heading = heading_of(tree, content) or _heading_above(outside, content)
    around = [pair for pair in information(outside)[0] if pair.informs]
    within, taken = information(head_of(shown.lines))
    own = (line for at, line in enumerate(shown.lines) if at not in taken)
    lines = (*own, *_attachments_below(outside))
    number = _number_below(heading, outside) if heading else ""
    heading, stamp = _without_stamp(heading)
    if not heading and lines:
        first, stamp = _without_stamp(lines[0].text)
        lines = (lines[0]._replace(text=first), *lines[1:])
    return _Page(heading, number, (*around, *stamp, *within), lines, furniture_of(lines)), shown


def _without_stamp(heading: str) -> tuple[str, tuple[Pair, ...]]:
    """A heading without the remark of the site at its end that the paper has been repealed (…的通知（已废止）), and that remark."""
    match = next((found for found in STAMP.finditer(heading) if found.end() == len(heading)), None)
    return (heading[: match.start()], (Pair("", match[0].strip()),)) if match else (heading, ())


def _heading_above(outside: Sequence[Line], content: str) -> str:
    """The title of a paper that stands shortly above the content, where no heading of the page says it; else ""."""
    end = next((at for at, line in enumerate(outside) if not line.text and line.cell is None), 0)
    packed = "".join(content.split())
    for line in reversed(outside[max(0, end - _ABOVE) : end]):
        text = " ".join(line.text.split())
        if is_paper(text) and len(text) <= _LONGEST_TITLE and not (line.linked or line.aside) and "：" not in text:
            return "" if "".join(text.split()) in packed else text
    return ""


def _attachments_below(outside: Sequence[Line]) -> Iterator[Line]:
    """The list of attachments that stands right below the content, in an element of its own."""
    end = next((at for at, line in enumerate(outside) if not line.text and line.cell is None), len(outside))
    for line in outside[end + 1 : end + 1 + _BELOW]:
        if not _ATTACHMENT.search(line.text) or line.cell is not None:
            return
        yield line


def _number_below(heading: str, outside: Sequence[Line]) -> str:
    """The document number that stands on a line of its own shortly behind the heading, outside of the text."""
    packed = "".join(heading.split())
    texts = ["".join(line.text.split()) for line in outside]
    at = next((at for at, text in enumerate(texts) if text == packed), None)
    behind = texts[at + 1 : at + 4] if at is not None else []
    return next((text for text in behind if _NUMBER.fullmatch(text)), "")


def _blocks(page: _Page) -> Iterator[RawBlock]:
    """The blocks of a page; its paragraphs in one block as far as no cell or furniture stands between them."""
    for pair in page.pairs:
        yield RawBlock(pair.text, BlockKind.META if pair.informs else BlockKind.FURNITURE)
    if page.heading:
        yield RawBlock("\n".join((page.heading, page.number)).strip())
    kinds = [
        (BlockKind.FURNITURE if at in page.furniture else BlockKind.CELL if line.cell else BlockKind.PARAGRAPH, line)
        for at, line in enumerate(page.lines)
    ]
    for kind, run in groupby(kinds, lambda one: one[0]):
        lines = [line for _, line in run]
        if kind is BlockKind.CELL:
            yield from blocks_of([(line.text, line.cell) for line in lines if line.cell])
        else:
            yield RawBlock("\n".join(line.text for line in lines), kind)


def _notes(shown: Shown) -> Iterator[Note]:
    hidden = [text for text in shown.hidden if len(text) > 1]
    if hidden:
        count, sample = sum(map(len, hidden)), max(hidden, key=len)[:_SAMPLE]
        yield Note(
            "hidden", f"网页正文中有{len(hidden)}处不显示的文字（共{count}字，如“{sample}”），没有读取，请核对原网页"
        )
    struck = [text for text in shown.struck if text]
    if struck:
        yield Note(
            "struck",
            f"网页正文中有{len(struck)}处划去的文字（如“{struck[0][:_SAMPLE]}”），视为已删除，没有读取，请核对",
        )
