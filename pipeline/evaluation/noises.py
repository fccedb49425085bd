"""Noises: the damage that scraping and conversion do to the layout of a text, made on purpose and always the same.

Each noise takes the lines of a text, the facts that were read from it by people and a seeded source of chance, and gives
the damaged lines, or None where the text has nothing that the noise could damage.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from pipeline.dates import read_date
from pipeline.evaluation.gold import squeeze

CLEAN = "原文"
_BREAK = re.compile(r"\n|\u3000\u3000")
# lines in which head and closing stand, counted from either end of a text
_EDGE = 8
# the longest line that can stand in a column beside another
_COLUMN = 120
_ATTACHED = re.compile(r"附 ?件 ?[0-9一二三四五六七八九十]{0,3} ?(?:[：:.．、]|$)")
_TOWNS = ("云溪县", "青浦洼区", "鹿鸣市", "石桥镇", "望江开发区")
_TOPICS = ("做好秋粮收购", "开展消防宣传月活动", "公布便民服务点", "加强冬季供暖", "征集春节文艺节目")


@dataclass(frozen=True, slots=True)
class Paper:
    """A text by lines (stripped, none empty) and what people read in it: title and day as in gold, None if not stated."""

    id: str
    lines: tuple[str, ...]
    title: str | None
    made: str | None


Noise = Callable[[Paper, Random], Sequence[str] | None]


def paper_of(document_id: str, text: str, title: str | None, made: str | None) -> Paper:
    """The paper of a text; two wide blanks stand for a lost line break, as they do in scraped texts."""
    lines = tuple(line for part in _BREAK.split(text) if (line := part.strip()))
    return Paper(document_id, lines, title, made)


def damaged(paper: Paper, name: str) -> str | None:
    """The text of a paper under a noise of `NOISES`, the same at every call; None if it has nothing to damage."""
    chance = Random(int.from_bytes(hashlib.sha256(f"{paper.id}:{name}".encode()).digest()[:8]))
    lines = NOISES[name](paper, chance)
    return None if lines is None or tuple(lines) == paper.lines else "\n".join(lines)


def lose_breaks(paper: Paper, chance: Random) -> Sequence[str] | None:
    """All lines run together, as when a page is copied from its source."""
    return ("".join(paper.lines),)


def double_title(paper: Paper, chance: Random) -> Sequence[str] | None:
    """The title a second time: as the heading of the page, or right below itself."""
    wanted = squeeze(paper.title)
    if not wanted or wanted not in (squeeze("".join(paper.lines)) or ""):
        return None
    place = _title_lines(paper.lines, wanted)
    at = place[1] if place and chance.random() < 1 / 2 else 0
    return (*paper.lines[:at], paper.title or "", *paper.lines[at:])


def keep_furniture(paper: Paper, chance: Random) -> Sequence[str] | None:
    """Navigation and buttons of the page above the text; neighbours, buttons and the site's own lines below it."""
    town, here = chance.choice(_TOWNS), chance.choice(("政务公开", "政策文件", "通知公告"))
    buttons = chance.choice(
        ("打印 关闭 分享", "【打印】【关闭】【分享】", "打印本页 | 关闭窗口", "字号：大 中 小 打印")
    )
    above = [
        chance.choice((f"首页 > {here} > 正文", f"当前位置：首页 > {here}", f"您所在的位置：首页>{here}>详情")),
        chance.choice((f"{town}人民政府门户网站", f"{town}人民政府网", f"{here}")),
        chance.choice(
            (buttons, "来源：本站 浏览次数：318", "信息来源：办公室 点击数：96 次", "首页 政务公开 政务服务 互动交流")
        ),
    ]
    older, newer = chance.sample(_TOPICS, 2)
    below = [
        buttons,
        f"上一篇：{town}关于{older}的通知",
        f"下一篇：{chance.choice(('没有了', f'关于{newer}的公告'))}",
        chance.choice((f"主办：{town}人民政府办公室", f"版权所有：{town}人民政府", f"{town}人民政府办公室主办")),
        chance.choice(("网站地图 | 联系我们", "联系我们 网站地图", "返回顶部")),
    ]
    return (*above, *paper.lines, *below)


def glue_columns(paper: Paper, chance: Random) -> Sequence[str] | None:
    """Two neighbouring short lines of the head, and two of the closing, on one line with blanks between them."""
    lines = list(paper.lines)
    last = len(lines) - 1
    for near in (range(max(last - _EDGE, 0), last), range(min(_EDGE, last))):
        pairs = [at for at in near if at + 1 < len(lines) and max(len(lines[at]), len(lines[at + 1])) <= _COLUMN]
        if pairs:
            at = chance.choice(pairs)
            lines[at : at + 2] = [lines[at] + " " * chance.randint(1, 4) + lines[at + 1]]
    return lines


def sink_signature(paper: Paper, chance: Random) -> Sequence[str] | None:
    """Bodies and day of the signature at the end of the last line of the text above them."""
    day = next((at for at in range(len(paper.lines) - 1, 0, -1) if _is_day(paper, paper.lines[at])), None)
    if day is None:
        return None
    above = next((at for at in range(day - 1, max(day - 20, -1), -1) if paper.lines[at][-1] in "。；：！”）"), None)
    if above is None:
        return None
    return (*paper.lines[:above], "".join(paper.lines[above : day + 1]), *paper.lines[day + 1 :])


def sink_attachments(paper: Paper, chance: Random) -> Sequence[str] | None:
    """Every line that begins a list of attachments, an attachment or what follows the day of the signature at the end of the line above it."""
    lines: list[str] = []
    for at, line in enumerate(paper.lines):
        if lines and (_ATTACHED.match(line) or _is_day(paper, paper.lines[at - 1])):
            lines[-1] += line
        else:
            lines.append(line)
    return lines


NOISES: Mapping[str, Noise] = {
    "换行丢失": lose_breaks,
    "题名重复": double_title,
    "带有网站附着物": keep_furniture,
    "两栏连成一行": glue_columns,
    "署名连在正文末行": sink_signature,
    "附件连在正文": sink_attachments,
}


def _title_lines(lines: Sequence[str], wanted: str) -> tuple[int, int] | None:
    """The first and the end index of the lines that give a title (without blanks), None if it shares its lines."""
    for first in range(min(2 * _EDGE, len(lines))):
        text = ""
        for end in range(first + 1, min(first + 5, len(lines)) + 1):
            text += squeeze(lines[end - 1]) or ""
            if text == wanted:
                return first, end
    return None


def _is_day(paper: Paper, line: str) -> bool:
    day = read_date(line) if len(line) < 20 else None
    return day is not None and day.isoformat() == paper.made
