"""Line normalisation: restores lost paragraph breaks, joins hard-wrapped lines, recognises page furniture."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from pipeline.ingest.characters import close_stray_blanks

LONG_LINE = 160

_NUMERAL = "[一二三四五六七八九十百零〇0-9]{1,5}"
# …落到实处。二、加强领导  …规定执行。第三条为了…  …下列条件：（一）…
_LOST_BREAK = re.compile(
    rf"第{_NUMERAL}(?:[编章节]|条(?:之[一二三四五六七八九十]{{1,2}})?)(?![第款项的规之、和至及中所])|[一二三四五六七八九十]{{1,3}}、|（[一二三四五六七八九十]{{1,3}}）"
    r"|特此(?:通知|公告|通告|批复|函复)。?|附件[：:\d]|更多信息"
)
_ENDS_SENTENCE = frozenset("。；：！？”）")
# 第一章总则第一条 → three lines; 办法第一章总则 → two
_CHAPTER_RUN = re.compile(
    rf"(?<=[^\n，。；：、的和至及在按《〈第])(?=第{_NUMERAL}章[^，。；：、第\n]{{1,20}}第{_NUMERAL}[条节])"
)
_CHAPTER_HEAD = re.compile(rf"(?m)^(第{_NUMERAL}[编章节][ ]?[^，。；：、第\n的规]{{1,25}}?)(?=第{_NUMERAL}[条节章])")
_FIRST_CHAPTER = re.compile("(?<=办法|规定|细则|条例|规则|规范|制度)(?=第一章)")
_DAY = r"(?:\d{4}|[一二][〇零○O一二三四五六七八九]{3})年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日"
# the title of an attached document run into the line of the date: …方案为贯彻…, …办法第一章…
_TITLE_THEN = (
    r"(?![起前至以印发布公召第通在])[\u4e00-\u9fff][^，。；：\n]{3,60}?"
    r"(?:(?:方案|办法|规定|细则|意见|决定|规则|标准|措施|制度)(?:[（(][^（）()]{2,6}[）)])?(?=\s?为[了进深贯认全加规推落]|根据《|依据《)"
    r"|(?:法|办法|规定|决定|条例|解释|修正案(?:（[一二三四五六七八九十]+）)?)(?=（[12][0-9]{3}年[0-9]{1,2}月))"
)
# the title of an attached text up to its first chapter; not the words of an adoption: …日 某会议通过 第一章
_TEXT_THEN = r"(?![^，。；：、\n]{0,80}(?:通过|批准|公布|发布|修[正订])[）)]?\s*第一)[^，。；：、\n]{2,40}\n?第一[章条]"
_TITLE_RUN = re.compile(rf"({_DAY})\n?({_TITLE_THEN})")
# …落实到位。河北省教育厅2018年3月8日 → the signature gets its own line, and the date its own
_SIGNATURE_RUN = re.compile(
    rf"(?:(?<=[。！”）])|(?<=com)|(?<=[0-9]{{7}}))(?=(?:[\u4e00-\u9fff][^。；，：、《》（）\n]{{2,240}}?)?{_DAY}(?:\n|$|附件|更多|公告|浏览|下载|链接|打印|（此件|（公开"
    rf"|抄送|主题词|《|{_TEXT_THEN}|{_TITLE_THEN}))"
)
# 第一章　总　　则: a letter-spaced name, not the beginning of a paragraph
_WIDE_NAME = re.compile(r"([总附分罚细目])\u3000+([则录件])")
_LINK_RUN = re.compile(r"(?<=[^\n原正公告文])(?=(?:公告)?(?:原文|正文)?下载链接[：:])")
# a date in the position of a signature: last on the line, or before text that follows signatures
_DAY_LAST = re.compile(
    rf"{_DAY}(?:$|附件|政策|更多|公告|浏览|下载|链接|打印|（此件|（公开|抄送|主题词|《|(?<=[一二三四五六七八九十]日))|^{_DAY}"
)
_DAY_ANYWHERE = re.compile(_DAY)
# necessary part of a chapter run into its line; fast to search, as it begins with a fixed character
_IN_CHAPTER_RUN = re.compile(rf"章[^，。；：、第\n]{{1,20}}第{_NUMERAL}[条节]")
# necessary part of every date; fast to search, as it begins with a fixed character
_IN_DAY = re.compile(r"年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日")
# characters of a year (二〇二〇, 2020); maximum length of a signature with the mark before it
_YEAR, _LONGEST_SIGNATURE = 4, 260
_DATE_RUN = re.compile(
    rf"(?<=[\u4e00-\u9fff])(?<!公元)(?<!民国)(?={_DAY}(?:$|\n|附件|更多|公告|浏览|下载|链接|打印|（此件|（公开|抄送|主题词"
    rf"|{_TEXT_THEN}|{_TITLE_THEN}))"
)
_AFTER_DATE = re.compile(
    rf"(?m)^({_DAY}|[一二][〇零○O一二三四五六七八九]{{3}}年[一二三四五六七八九十]{{1,2}}月[一二三四五六七八九十]{{1,3}}日(?=[\u4e00-\u9fff]))(?=附件|政策解读|更多|公告|浏览|下载|链接|打印|（此件|（公开|抄送|主题词|《|(?<=[一二三四五六七八九十]日)(?=[^起前至以印发布公召第通在])"
    r"|(?!\s*第[一二三四五六七八九十]{1,4}[届次])[^，。；：、起前至以印发布公\n]{2,40}(?:\n第一|第一[章条]))"
)
# 2016年10月14日   更多信息…: what a page says behind a day, in a column of its own
_BEHIND_DAY = re.compile(
    r"(?<=日)[ ]+(?=附件|政策解读|更多信息|浏览次数|下载链接|打印本页|（此件|（公开|抄送|主题词|《[^》\n]+》(?:政策)?解读)"
)
# a title behind the last sentence of a quoted note of the page
_BEHIND_QUOTE = re.compile(r"(?<=。)(?=[^。\n>：]{0,60}关于[^。\n>：]{4,120}的(?:通知|意见|决定|公告|通告|批复|函))")
# page number left by a converter between two lines: …录入（或— 3 —
_PAGE_NUMBER = re.compile(r"[—–-]{1,2} ?\d{1,3} ?[—–-]{1,2} *\n")
_MARKDOWN_EMPHASIS = re.compile(r"\*\*|__(?=\S)")
_MARKDOWN_HEAD = re.compile(r"(?m)^ {0,3}(?:#{1,6}[ \t]+|[-*+][ \t]+(?=第|\*\*第))")
# > （2007年7月11日公布）: a note below the title, formatted as a quotation
_MARKDOWN_QUOTE = re.compile(r"(?m)^> ?(?=[（(])")
_MARKDOWN_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

_FURNITURE = re.compile(
    r"^(?:首页 ?[>＞»›].*|当前位置.*|您(?:的|现在的)?(?:当前)?位置.*|打印本页.*|关闭窗口"
    r"|【?(?:打印|关闭|字体|收藏|分享|返回顶部)[^，。；、]{0,20}|【?(?:上一篇|下一篇).{0,20}|(?:公告)?(?:原文|正文)?下载链接.*|链接|https?://\S+"
    r"|公开程序：.*|责任部门：.*|[—－–\- ]*\d{1,4}[—－–\- ]*|第 ?\d+ ?页.{0,10}|\d+ ?/ ?\d+|颁布日期：|执行日期："
    r"|>.*|扫一扫.{0,20}|来源：.{0,30}发布时间.*|责任编辑.*|分享到.*|-{3,}|={3,})$"
)
# words of a link at the end of a short line: 点击附件下载
_LINK, _LONGEST_LINK = "附件下载", 12
_STRUCTURAL = re.compile(
    rf"^(?:第{_NUMERAL}[编章节条]|[一二三四五六七八九十]{{1,3}}、|[（(][一二三四五六七八九十\d]{{1,3}}[）)]|\d{{1,2}}[.．、]|附件|附录|目 ?录)"
)
_CONTENTS_DOTS = re.compile(r"\.{6,}|…{3,}|·{6,}")


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page and not to the document (导航、页码、下载链接)."""
    if "浏览次数" in line:
        return True
    if (len(line) < 60 or line[0] in ">公首当") and (_FURNITURE.match(line) or "更多信息请关注" in line):
        return True
    if line.endswith(_LINK) and len(line) <= _LONGEST_LINK:
        return True
    return ("....." in line or "……" in line or "·····" in line) and bool(_CONTENTS_DOTS.search(line))


def strip_markdown(text: str) -> str:
    """The text without emphasis, headings and comments of Markdown."""
    text = _MARKDOWN_COMMENT.sub("", text) if "<!--" in text else text
    text = _MARKDOWN_QUOTE.sub("", _MARKDOWN_HEAD.sub("", text))
    return _MARKDOWN_EMPHASIS.sub("", text)


def looks_like_markdown(text: str) -> bool:
    """Whether a text carries Markdown headings or emphasis."""
    return "**" in text or text.startswith("#") or "\n#" in text


def restore_breaks(text: str) -> str:
    """The text with the paragraph breaks that a converter lost."""
    if "—" in text or "-" in text:
        text = _PAGE_NUMBER.sub(_join_over_page, text)
    if "\u3000\u3000" in text:
        text = _WIDE_NAME.sub(r"\1\2", text)
        text = text.replace("\u3000\u3000", "\n")
    text = text.replace("\u3000", " ")
    text = _BEHIND_DAY.sub("\n", text)
    if text.startswith("> "):
        text = "\n".join(map(_break_quote, re.sub(r"(?<=。)(?=> )", "\n", text).split("\n")))
    if "下载链接" in text:
        text = _LINK_RUN.sub("\n", text)
    return "\n".join(map(_break_up, text.split("\n")))


def _break_quote(line: str) -> str:
    return _BEHIND_QUOTE.sub("\n", line, count=1) if line.startswith("> ") else line


def _break_up(line: str) -> str:
    if len(line) >= LONG_LINE:
        line = _restore_labels(line)
        if "章" in line:
            line = _break_chapters(line)
    elif "第一章" in line:
        line = _FIRST_CHAPTER.sub("\n", line)
    days = [match.start() - _YEAR for match in _IN_DAY.finditer(line) if match.start() >= _YEAR]
    return _break_at_days(line, days) if days else line


def _break_at_days(line: str, days: Sequence[int]) -> str:
    """Insert breaks around signatures and dates; `days` are the offsets in the line at which dates may begin, in order."""
    has_title = any(_TITLE_RUN.match(line, day) for day in days)
    if not has_title and not _DAY_LAST.search(line) and not ("第一" in line and _DAY_ANYWHERE.search(line)):
        return line
    near = max(0, days[0] - _LONGEST_SIGNATURE)
    line = line[:near] + _DATE_RUN.sub("\n", _SIGNATURE_RUN.sub("\n", line[near:]))
    line = _AFTER_DATE.sub(r"\1\n", line)
    return _TITLE_RUN.sub(r"\1\n\2\n", line) if has_title else line


def _break_chapters(line: str) -> str:
    """Insert breaks before a chapter that was joined to the preceding text, and after the name of a chapter."""
    if _IN_CHAPTER_RUN.search(line):
        line = _CHAPTER_RUN.sub("\n", line)
    return _CHAPTER_HEAD.sub(r"\1\n", line) if line.startswith("第") or "\n第" in line else line


def _restore_labels(line: str) -> str:
    """Insert breaks before labels that follow the end of a sentence, and around 特此通知。"""
    cuts = []
    for match in _LOST_BREAK.finditer(line, 1):
        before, word = line[match.start() - 1], match[0]
        if word[0] in "特附更":
            if before == "。":
                cuts.append(match.start())
            if word[0] == "特" and word[-1] == "。":
                cuts.append(match.end())
        elif before in _ENDS_SENTENCE:
            cuts.append(match.start())
    if not cuts:
        return line
    edges = [0, *cuts, len(line)]
    return "\n".join(line[a:b] for a, b in pairwise(edges) if a < b)


def _join_over_page(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    return "\n" if before in ("", "\n", "。", "；", "：") else ""


def split_lines(text: str) -> list[str]:
    """The non-empty lines of a text, stripped, with hard-wrapped lines joined."""
    lines = [close_stray_blanks(line) for line in map(str.strip, text.split("\n")) if line]
    width = _wrap_width(lines)
    return list(_unwrap(lines, width)) if width else lines


def _wrap_width(lines: list[str]) -> int | None:
    """The width, in characters, at which a converter wrapped the lines; None if they are not hard-wrapped."""
    lines = [line for line in lines if "......" not in line and "………" not in line]
    lengths = [len(line) for line in lines if len(line) > 8]
    if len(lengths) < 12:
        return None
    width = sorted(lengths)[len(lengths) * 85 // 100]
    full = [line for line in lines if width - 3 <= len(line) <= width + 2]
    cut = sum(1 for line in full if line[-1] not in "。；：！？")
    if 16 <= width <= 60 and len(full) * 2 > len(lengths) and cut * 10 > len(full) * 7:
        return width
    return None


def _unwrap(lines: Iterable[str], width: int) -> Iterator[str]:
    joined, last = "", 0
    for line in lines:
        if not joined or last < width - 3 or _STRUCTURAL.match(line) or is_furniture(line):
            if is_furniture(line) and joined and last >= width - 3:
                continue
            if joined:
                yield joined
            joined = line
        else:
            joined += (" " if joined[-1].isascii() and line[0].isascii() else "") + line
        last = len(line)
    if joined:
        yield joined
