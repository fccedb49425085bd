"""Tells the lines of a web page's content that belong to the page and not to the paper: tools, navigation, neighbours."""

import re
from collections.abc import Sequence

from pipeline.ingest.html_lines import Line

_WORD = (
    r"(?:我要|点击|立即)?(?:打印|关闭|收藏|分享|转发|推荐|纠错|返回|复制|朗读|播放|字体|字号|放大|缩小|默认|大|中|小|特大|繁體|繁体|简体|登录|注册|无障碍|长者模式|适老化|语音播报|微信|微博|QQ空间"
    r"|新浪微博|腾讯微博|人人网|更多|下载|导出|PDF|Word|邮件)(?:本页|窗口|页面|本文|此页|此文|本窗口|当前页|顶部|列表|首页|上页|上一页|给好友|到|至|正文|链接|大小|全文|文字)?"
)
# 【我要打印】【关闭窗口】, 打印 关闭, 字体：大 中 小
_TOOLS = re.compile(rf"(?>[【\[［(（〖〔<]*{_WORD}[】\]］)）〗〕>]*[：:|｜/／、·\-—]*)++")
_PAGE = re.compile(
    r"[【\[]?(?:字体|字号|文字大小|字体大小|视力保护色)\s*[】\]]?\s*[：:].*|[【\[]?(?:上一篇|下一篇|上一条|下一条|上篇|下篇|前一篇|后一篇|上一页|下一页|上一章|下一章)[】\]]?\s*(?:[：:>＞]|$).*"
    r"|扫[一码]?[一扫].*|.{0,12}二维码.{0,16}|分享(?:到|至)?[：:].*|.{0,6}(?:浏览|阅读|点击|访问)(?:次数|人数|量|数)?[：:].{0,60}|您是第.*位.*|您?(?:现|当前)?(?:所)?在?的?位置[：:].*|当前位置.*|首页\s*[>＞»›/].*"
    r"|(?:文章|信息|稿件)?来源[：:].{0,30}|[（(【\[]?(?:责任编辑|责编|编辑|审核|校对|录入|初审|终审|复审)[：:].{0,20}|版权所有.*|(?:主办|承办|协办|维护|技术支持|运维)(?:单位)?[：:].*|.*ICP备.*|.*公网安备.*"
    r"|.*网站标识码.*|.*copyright.*|网站地图.*|联系我们|关于我们|友情链接.*|【?(?:返回|回到)(?:顶部|首页|列表|上一页)】?.*|您还未登录.*|推荐阅读.*|.{0,10}无障碍.{0,6}",
    re.IGNORECASE,
)  # fmt: skip
# what follows these headings is of other pages
_NEIGHBOURS = re.compile(
    r"[【\[]?(?:相关|延伸|推荐|热门|最新|猜你喜欢|更多)(?:链接|文章|阅读|新闻|信息|文件|资讯|内容|解读|推荐|政策|专题|稿件)[】\]]?\s*(?:[：:].*)?"
)
_SENTENCE = re.compile(r"[。；]$")
_DAY = re.compile(
    r"[〇零○O一二三四五六七八九\d]{4}\s*年\s*[一二三四五六七八九十\d]{1,2}\s*月\s*[一二三四五六七八九十\d]{1,3}\s*日$"
)
_PART = re.compile(
    r"\s*(?:附件|附录|附表|第[一二三四五六七八九十百零\d]+[编章节条]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[）)])|.*\.(?:docx?|xlsx?|pdf|wps|ofd|et|zip|rar)\b",
    re.IGNORECASE,
)
# lines at the beginning of the text in which an information block may stand; lines of links that are a menu together
_TOP, _MENU = 60, 3
_LONGEST = 200


def head_of(lines: Sequence[Line]) -> Sequence[Line]:
    """The first lines, up to the first sentence of the paper."""
    end = next((at for at, line in enumerate(lines[:_TOP]) if line.text.rstrip().endswith("。")), _TOP)
    return lines[:end]


def furniture_of(lines: Sequence[Line]) -> frozenset[int]:
    """The indices of the lines that are no part of the paper; only what stands above its text and behind its end is asked."""
    body = [at for at, line in enumerate(lines) if _is_text(line)]
    first, last = (body[0], body[-1]) if body else (len(lines), -1)
    top, bottom = range(min(first, len(lines))), range(last + 1, len(lines))
    found = {at for edge in (top, bottom) for at in edge if is_page_furniture(lines[at])}
    found |= _menus(lines, top) | _menus(lines, bottom)
    behind = next((at for at in bottom if _NEIGHBOURS.fullmatch(lines[at].text.strip())), None)
    if behind is not None:
        found |= {at for at in range(behind, len(lines)) if not _PART.match(lines[at].text)}
    return frozenset(found)


def _is_text(line: Line) -> bool:
    """Whether a line is a sentence, a date or a cell of the paper."""
    text = line.text.strip()
    if line.aside or (len(text) <= _LONGEST and _PAGE.fullmatch(text)):
        return False
    return line.cell is not None or bool(_SENTENCE.search(text) or _DAY.search(text))


def is_page_furniture(line: Line) -> bool:
    """Whether a line at the edge of a page's text is a tool, a part of navigation or of the foot of the page."""
    text = line.text.strip()
    if line.cell is not None or len(text) > _LONGEST:
        return False
    return (line.aside and not _PART.match(text)) or bool(
        _PAGE.fullmatch(text) or _TOOLS.fullmatch("".join(text.split()))
    )


def _menus(lines: Sequence[Line], edge: range) -> set[int]:
    """The lines of runs of at least three links, as in menus and lists of other pages."""
    found: set[int] = set()
    run: list[int] = []
    for at in (*edge, None):
        if at is not None and _is_link(lines[at]):
            run.append(at)
            continue
        found |= set(run) if len(run) >= _MENU else set()
        run = []
    return found


def _is_link(line: Line) -> bool:
    length = len("".join(line.text.split()))
    return line.cell is None and line.linked * 10 >= length * 8 and not _PART.match(line.text)
