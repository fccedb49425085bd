"""What a table or a list counts, from its caption or the sentence before it: 表2 各市新收行政复议案件情况（单位：件） → 新收行政复议案件, 件."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.document import Span

_UNIT = re.compile(r"[（(]?(?:计量|数量|计数)?单位[：:]\s*(?P<unit>[\u4e00-\u9fff%％]{1,6})[）)]?")
_NUMBERED = re.compile(
    r"^(?:[（(]?[一二三四五六七八九十]{1,3}[）)、.．]|(?:附?表|图表|统计表)\s*[0-9一二三四五六七八九十]{0,3}[-－0-9]*[.．、：:\s]*|#+\s*|[0-9]{1,2}[.．、])+"
)
_BEFORE = re.compile(
    r"^(?:截至[^，]{0,14}(?:，|底|末)|按照?(?=[^期时需规])|其中|现将|(?:19|20)[0-9]{2}年(?:度|底|末|以来)?|全年|今年|去年|以来|一年来|过去一年|年内|上半年|下半年|[，、：:\s]|"
    r"(?:[全本我][省市县区州]|各)(?:地)?(?:、|和|及)?|(?:分|市州|县市区|县区|市县|县市|州市|地市|市地|省|市|州|县|区|盟|旗|乡镇|镇街|街道|镇(?!域)|乡(?!村)|地区|部门|单位|地方)(?![场级区容管民]|政府(?!信息|采购|投资|购买|性)|政(?!府))|"
    r"[（(](?:[州市县区旗盟、]|自治州)+[）)])+"
)
_BEHIND = re.compile(
    r"(?:（[^）]*）|(?:由|从)[高低多少大小]到[高低多少大小](?:依次)?(?:排序|排名|排列|排位)?|(?:排序|排列)|\([^)]*\)|具体|分别|依次|的?(?:基本)?(?:数量)?(?:分布)?(?:情况|统计表|统计|一览表|一览|汇总表|汇总|排名表?|排名|明细表?|对比表?|对照表|分布表?|数据表?)|"
    r"(?:情况)?(?:见|详见)?(?:如下表?|下表|附表)(?:所示)?|较多的?|最多的?|居前的?|排名?前[一二三四五六七八九十0-9]+位?的?|的?(?:地区|地方|市|县|区|市州|县区|有|是|为|按|前[三五十]位)|的|表|[：:，、\s。])+$"
)
_CAPTION = re.compile(
    r"^(?:附?表|图表)\s*[0-9一二三四五六七八九十]|(?:如下|下表|所示|情况|统计表?|一览表?|分布表?|汇总表?|明细表?|表|：|:)$"
)
# recipients (各市县人民政府，省直有关单位：) and titles
_NO_CAPTION = re.compile("(?:政府|单位|部门|机构|[局厅委院办]|公司|报告|通知|总结)$|^关于|^下表")
_LINES = 4
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Caption:
    """What is counted ("" where nothing tells it), its unit where it is stated for all, and the words that say so."""

    counted: str
    unit: str | None
    span: Span | None


def caption_of(words: str, span: Span) -> Caption:
    """The caption or the introducing sentence that stands at a span."""
    unit = _UNIT.search(words)
    return Caption(counted_in(words), unit["unit"].replace("％", "%") if unit else None, span)


def counted_in(words: str) -> str:
    """What a caption or an introducing sentence counts, without number, year, places and words for its form; "" if nothing is left."""
    for clause in reversed(_UNIT.sub("", words.strip()).split("，")):
        rest = clause.strip()
        for pattern in (_NUMBERED, _BEFORE, _BEHIND):
            rest = pattern.sub("", rest)
        if rest:
            return rest[-_LONGEST:]
    return ""


def caption_before(text: str, at: int, *, strict: bool = False) -> Caption:
    """The caption above an offset: the nearest line that looks like one, else the sentence before, unless `strict`.

    The unit may stand on a line of its own. A line of recipients is no caption.
    """
    unit: str | None = None
    nearest: Caption | None = None
    for line in _lines_above(text, at):
        found = caption_of(line.cut(text), line)
        unit = unit or found.unit
        own = _without_unit(line.cut(text))
        if not own:
            continue
        counted = "" if _NO_CAPTION.search(found.counted) else found.counted
        if counted and _CAPTION.search(own):
            return Caption(counted, unit, line)
        nearest = nearest if nearest and nearest.counted else nearest or Caption(counted, None, line)
    return replace(nearest, unit=unit) if nearest and not strict else Caption("", unit, None)


def _lines_above(text: str, at: int) -> Iterator[Span]:
    """The last sentences of the lines above an offset, the nearest first."""
    end = at
    for _ in range(_LINES):
        end = len(text[:end].rstrip())
        if not end:
            return
        start = text.rfind("\n", 0, end) + 1
        yield Span(max(start, text.rfind("。", start, end - 1) + 1), end)
        end = start


def _without_unit(words: str) -> str:
    return _UNIT.sub("", words).strip()
