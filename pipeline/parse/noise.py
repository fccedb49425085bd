"""Noise (干扰): text that does not belong to the document; it is reported and never used as a fact."""

import re
from collections import Counter
from collections.abc import Iterator

from pipeline.dates import DATE, make_day
from pipeline.document import Note, Span
from pipeline.parse.lines import Sheet
from pipeline.parse.numbers import SCRUBBED, read_code

# betting and adult spam that is injected into mirrored government pages
SPAM = re.compile(
    r"(?i)bet\s?365|365\s?bet|bte365|[a-z]{2,}\d{3,}(?:体育|娱乐|入口|官网)|(?:体育|娱乐|博彩)[^，。]{0,8}(?:入口|官网|投注|平台_)|最新备用|(?:澳门|皇冠|威尼斯人|葡京)[^，。]{0,8}(?:娱乐|赌|投注|官网)"
    r"|[\u4e00-\u9fff]_[a-z0-9]+_|_[a-z]*\d+[a-z]*|时时彩|六合彩|百家乐|老虎机|私服|代开发票|办证q"
)
# every piece of spam contains one of these; searching for them first is much cheaper
_SPAM_WORDS = (
    "bet", "Bet", "BET", "入口", "官网", "博彩", "投注", "娱乐城", "_", "时时彩", "六合彩", "百家乐", "老虎机", "私服", "代开", "办证q",
    "最新备用", "葡京",
)  # fmt: skip
# characters of the longest line that signs: bodies and a day
_LONGEST_SIGNED = 60
_TRUNCATED = re.compile(r"请登录后|以下内容(?:被隐藏|需要)|剩余\d+%|试读结束|阅读全文|之后的内容被隐藏")


def _spam(text: str) -> Iterator[re.Match[str]]:
    if any(word in text for word in _SPAM_WORDS):
        yield from SPAM.finditer(text)


def find_noise(sheet: Sheet) -> Iterator[Note]:
    """Yield a note with its span for spam, numbers with deleted digits, truncation and repeated paragraphs."""
    for match in _spam(sheet.text):
        yield Note("spam", f"疑似网页被注入的垃圾文字“{match[0]}”，未作为文件内容采用", Span(*match.span()))
    for match in SCRUBBED.finditer(sheet.text):
        code = read_code(sheet.text, match.start())
        yield Note(
            "scrubbed",
            f"“{code}{match[0]}”疑似文号中的数字被删去",
            Span(match.start() - len(code), match.end()),
        )
    for match in _TRUNCATED.finditer(sheet.text, max(0, len(sheet.text) - 2000)):
        yield Note("truncated", "文末提示内容未完，本件可能不完整", Span(*match.span()))
    yield from _no_such_day(sheet)
    yield from _repeated(sheet)


def _no_such_day(sheet: Sheet) -> Iterator[Note]:
    """Dates that a line ends with, as below a signature, and that no calendar has: 2026年9月31日."""
    for line in (line for line in sheet.lines if len(line.text) <= _LONGEST_SIGNED and "月" in line.text):
        for match in DATE.finditer(line.text):
            if match.end() == len(line.text.rstrip()) and make_day(*match.groups()) is None:
                span = Span(line.start + match.start(), line.start + match.end())
                yield Note("no_such_day", f"写的日期“{match[0]}”不存在，没有作为日期采用，请核对原件", span)


def _repeated(sheet: Sheet) -> Iterator[Note]:
    counts = Counter(line.text for line in sheet.lines if len(line.text) > 30)
    seen: set[str] = set()
    for line in sheet.lines:
        if len(line.text) > 30 and counts[line.text] > 1:
            if line.text in seen:
                yield Note("repeated", "段落重复出现", line.span)
            seen.add(line.text)


def is_clean_name(name: str) -> bool:
    """Whether a name is free of spam, Latin letters and digits, so that it may be an issuing body."""
    return not re.search(r"[A-Za-z0-9_@]", name) and not SPAM.search(name)
