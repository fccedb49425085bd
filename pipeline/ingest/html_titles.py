"""The heading of a web page: found outside of its text, without the name of the site and the column (…-某县人民政府, …_政策文件)."""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

_SHOWN = ("h1", ".article-title", ".article_title", ".arti_title", ".xxgk_title", "ucaptitle")
_DECLARED = ('meta[name="ArticleTitle" i]', 'meta[property="og:title" i]')
_SITE_NAME = 'meta[name="SiteName" i]'
# marks that stand in no title of a paper, and marks that may
_STRONG = re.compile(r"\s*[_|｜>＞»›]+\s*")
_WEAK = re.compile(r"\s*[-·•/／—–－]+\s*|\s+")
_SITE = re.compile(
    r".{0,24}(?:人民政府|政府|政府网|网站|门户|网|平台|人大|人大常委会|委员会|办公室|管委会|街道办事处|办事处|局|厅|部|委|院|中心|政务公开|信息公开|公开目录|法规库|文件库)(?:（[^）]*）)?"
    r"|[\u4e00-\u9fff]{1,10}[省市县区旗州镇乡]|首页|(?:政策|行政规范性|规范性|部门|政府|本级|其他|最新|重要|区级|市级|县级|省级|法定主动公开){0,4}(?:文件|公文|公告|通知|公示|通告|通知公告|公示公告|政策|法规|规章|解读|内容|动态|要闻|新闻|信息|政务|目录|专栏|正文)(?:库|栏|页)?"
)
_PAPER = re.compile(
    r"(?:通知|公告|通告|意见|决定|办法|规定|细则|规则|方案|条例|批复|函|通报|报告|请示|纪要|议案|命令|令|措施|标准|规划|计划|制度|规程|目录|清单|公报|解读|指南|章程|纲要|要点|解释|复函|答复)(?:[（(〔][^（）()]{1,20}[）)〕])?$"
)
# characters from which a heading is one, up to which it is read, and up to which it is searched
_LEAST, _LONGEST, _MOST = 6, 200, 1000


def heading_of(tree: LexborHTMLParser, content: str) -> str:
    """The heading of a page, "" if it has none or if its text (`content`) already includes it."""
    packed, site = _packed(content), _site_name(tree)
    for stated in _stated(tree):
        heading = without_site(stated, site)
        if len(heading) <= _LEAST or _is_site(heading, site):
            continue
        return "" if _packed(heading) in packed else heading
    return ""


def without_site(stated: str, site: str = "") -> str:
    """A title without the names of the site (`site`, or what reads like one) and of its columns before and behind it."""
    parts = [part for part in _STRONG.split(" ".join(stated.split())[:_MOST]) if part]
    papers = [part for part in parts if is_paper(part)] or [part for part in parts if not _is_site(part, site)]
    title = (papers[0] if papers else "".join(parts[:1]))[:_LONGEST]
    while True:
        shorter = _shortened(title, site)
        if shorter == title:
            return title
        title = shorter


def _shortened(title: str, site: str) -> str:
    """A title without one name of a site or column at its end or beginning."""
    partings = list(_WEAK.finditer(title))
    for parting in reversed(partings):
        before, behind = title[: parting.start()], title[parting.end() :]
        if len(before) > _LEAST and _is_site(behind, site) and (is_paper(before) or parting[0].strip()):
            return before
    for parting in partings:
        before, behind = title[: parting.start()], title[parting.end() :]
        if len(behind) > _LEAST and _is_site(before, site) and is_paper(behind):
            # 某县人民政府 关于…: the body that issues the paper, not the site
            return before + behind if behind.startswith("关于") and not parting[0].strip() else behind
    return title


def _stated(tree: LexborHTMLParser) -> Iterator[str]:
    for selector in _SHOWN:
        yield from (node.text(deep=True) for node in tree.css(selector)[:5])
    for selector in _DECLARED:
        yield from (node.attributes.get("content") or "" for node in tree.css(selector)[:1])
    yield from (node.text(deep=True) for node in tree.css("title")[:1])


def _site_name(tree: LexborHTMLParser) -> str:
    node = tree.css_first(_SITE_NAME)
    return _packed((node.attributes.get("content") or "") if node else "")


def is_paper(text: str) -> bool:
    """Whether a text reads like the title of an official paper."""
    return "关于" in text or bool(_PAPER.search(text) and not _SITE.fullmatch(text))


def _is_site(text: str, site: str) -> bool:
    return _packed(text) == site or (bool(_SITE.fullmatch(text)) and "关于" not in text)


def _packed(text: str) -> str:
    return "".join(text.split())
