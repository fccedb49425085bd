"""Figures of annual reports: 事项, 数值, 单位 and 同比, read from 法治政府建设年度报告 and similar documents.

A figure is a number with a unit of count, area, money or share. Its item (事项) is the text before it in the clause
(审查规范性文件12件), or the text behind it where there is none before (697项行政审批服务事项). Years, ordinals and document
numbers are not figures, nor is what is demanded instead of counted: thresholds (不少于3次) and rules of duty (应当每年培训2次).
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from pipeline.document import Span
from pipeline.numerals import read_number, read_quantity

_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "百万": 1_000_000, "千万": 10_000_000, "亿": 100_000_000, "": 1}
_SCALE = "百万|千万|[百千万亿]"
_UNITS = "件次|人次|家次|户次|场次|批次|车次|篇次|平方米|平方公里|公里|课时|学时|小时|件|条|项|次|人|名|个|家|场|份|宗|起|例|户|台|期|篇|批|部|笔|处|所|辆|册|本|套|支|位|元|[%％]"
_NUMBER = r"[0-9]{1,3}(?:[,，][0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
# 3亿5千万, 1万5千, 2万3: a number in parts, each with its scale
_IN_PARTS = rf"(?:{_NUMBER})(?: ?(?:{_SCALE}) ?(?:{_NUMBER}))*"
_QUANTITY = re.compile(
    rf"(?<![第0-9.,〔\[-])(?:(?P<number>{_IN_PARTS}) ?(?P<more>[余多])? ?(?P<scale>{_SCALE})?(?P<more_behind>[余多])? ?(?P<unit>{_UNITS})(?!百分点|[月年]|工作日)"
    r"|百分之(?P<share>[零一二三四五六七八九十百]{1,5})(?:点(?P<point>[零一二三四五六七八九]{1,3}))?)"
)
_MOVES = "增长|上升|提高|提升|增加|上涨|多|下降|减少|降低|下滑|压减|少"
_FALLS = frozenset(("下降", "减少", "降低", "下滑", "压减", "少"))
_STEP = rf"(?:(?:{_MOVES})了? ?)?(?:{_NUMBER}) ?(?:个百分点|{_UNITS})"
_CHANGE = re.compile(
    rf"[，；（(]?(?:均)?(?:同比|环比|[比较与][上去]一?年(?:同期)?|[比较][0-9]{{4}}年(?:同期)?)(?:分别)?(?=(?:{_MOVES}))(?P<steps>{_STEP}(?:[、和，]{_STEP})*)"
)
_CHANGED = re.compile(rf"(?:({_MOVES})了? ?)?({_NUMBER}) ?(个百分点|{_UNITS})")
_SIGNED = re.compile(r"([+-][0-9.,，]+) ?(.+)")
_STOPS = "，。；：！？\n"
_LEADING = re.compile(
    r"^(?:[、和及与以并]|[（(]?[一二三四五六七八九十]{1,3}(?:、|[）)]、?)|其中|全年|今年|去年|以来|一年来|目前|截至[^，]{0,12}|"
    r"[0-9]{4} ?年度?|共计|共有?|累计|先后|已经?|均|仅|还|[全我本](?:省|市|县|区|镇|乡|街道)|[一二三四五六七八九十]是|\*\*|[0-9]{1,2}[.．、]|\s)+"
)
_TRAILING = re.compile(
    r"(?:共计|共有?|累计|总计|合计|达到?了?|超过|超|逾|突破|不足|不到|不满|接近|将近|大约|约|近|均?为|发展到|有|的?仅|只|已|计|总数的|的|了|均|做到|两个|余|\s|\*\*)+$"
)
_BEHIND = re.compile(r"[，。；：！？、\n（(]|[和及]?[0-9]")
# direction of an approximate value, by the words before it and behind it
ABOVE, BELOW, AROUND = "以上", "以下", "左右"
_DIRECTIONS = {
    ABOVE: re.compile(r"(?:超过|超|逾|突破|多于|大于|高于) ?$"), BELOW: re.compile(r"(?:近|接近|将近|不足|不到|不满|少于|低于|小于) ?$"),
    AROUND: re.compile(r"约 ?$"),
}  # fmt: skip
_BEHIND_UNIT = re.compile(r" ?(以上|左右|上下|以下|以内)(?P<of>的)?")
# 不少于3次, 至少40学时, 上限为5件: what is demanded, not what was done
_DEMANDED = re.compile(
    r"(?:不(?:得|能|应|可)?(?:少于|低于|多于|高于|超过|大于|小于|超出)|(?:至少|最多)(?!有|已)[\u4e00-\u9fff]{0,4}|最低|最高|上限|下限|限额|限)为? ?(?:人民币)? ?$"
)
_DUTY = re.compile("应当|必须|不得|应(?=在|于|每|按|将|至少)|[^必无毋]须(?!知)|严禁|禁止")
_REACHED = re.compile(r"(?:达到?|为|占|有|在|超过) ?$")
_FINE = re.compile("^ ?(?:以上)?[^，。；]{0,12}?以下(?:的)?罚款|^ ?以下(?:的)?罚款|^ ?的罚款")
_LONGEST = 24
_REPORT = re.compile("报告|总结|工作情况|进展情况")
_YEAR = re.compile(r"((?:19|20)[0-9]{2}) ?年")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a report.

    `value` is in `unit` (万 and 亿 are multiplied out); `change` against the year before is written as +12.5%, -6件 or
    +1.2个百分点 and is None where none is stated. `bound` is the direction of an approximate value: 以上 (余, 多, 超过), 以下 (不足,
    近, 接近) or 左右 (约), None for an exact one. `subject` is the region or body of which a list or a table tells the figure, None for the
    reporting body; `context` is the caption or sentence that says what is counted, where the words beside the number do not; `year` is
    that of a column or a row, None for the year of the report.
    """

    item: str
    value: float
    unit: str
    change: str | None
    bound: str | None
    span: Span
    subject: str | None = None
    context: Span | None = None
    year: int | None = None

    @property
    def about(self) -> bool:
        """Whether the value is approximate."""
        return self.bound is not None


def figures_of(text: str) -> tuple[Figure, ...]:
    """The figures of a text in reading order; spans are offsets in code points of `text`."""
    changes = list(_CHANGE.finditer(text))
    within = [match.span() for match in changes]
    found: list[Figure] = []
    free = 0
    for match in _QUANTITY.finditer(text):
        if any(a <= match.start() < b for a, b in within) or _is_in_title(text, match):
            continue
        if not _is_demanded(text, match):
            figure, free = _figure(text, match, free, found[-1].item if found else "")
            found.append(figure)
    for change in changes:
        _assign_change(found, change)
    return tuple(found)


def _is_in_title(text: str, match: re.Match[str]) -> bool:
    """Whether a number is inside a title in 《》: 《……2021—2025年》."""
    start = max(text.rfind(mark, 0, match.start()) for mark in "。\n；") + 1
    before = text[start : match.start()]
    return before.count("《") > before.count("》")


def _is_demanded(text: str, match: re.Match[str]) -> bool:
    """Whether a number is a threshold or part of a rule: 不少于3次, 应当每年培训2次, 50人以上的企业, 处500元以下罚款."""
    start = max(text.rfind(mark, 0, match.start()) + 1 for mark in _STOPS)
    words, behind = text[start : match.start()], text[match.end() : match.end() + 20]
    limit = _BEHIND_UNIT.match(behind)
    if _DEMANDED.search(words) or _DUTY.search(words) or _FINE.match(behind):
        return True
    # 90%以上的部门 after a verb that measures is what was reached
    return limit is not None and (limit[1] == "以内" or (bool(limit["of"]) and not _REACHED.search(words)))


def _bound(match: re.Match[str], words: str, behind: str) -> str | None:
    if match["more"] or match["more_behind"]:
        return ABOVE
    limit = _BEHIND_UNIT.match(behind)
    if limit:
        return AROUND if limit[1] in ("左右", "上下") else limit[1]
    return next((name for name, pattern in _DIRECTIONS.items() if pattern.search(words)), None)


def _figure(text: str, match: re.Match[str], free: int, last: str) -> tuple[Figure, int]:
    """The figure of a match, and the offset up to which the text has been used.

    `free` is that offset before the call; `last` is the item of the figure before, used where this one has none.
    """
    value, unit = _value(match)
    start = max([free, *(text.rfind(mark, 0, match.start()) + 1 for mark in _STOPS)])
    words = text[start : match.start()]
    before = _TRAILING.sub("", _LEADING.sub("", words))
    before = before.rpartition("（")[2] if before.count("（") > before.count("）") else before
    behind, end = _behind(text, match.end()) if unit != "%" else ("", match.end())
    bound = _bound(match, words, text[match.end() : match.end() + 4])
    if behind and before.endswith("等"):
        before = ""
    item = before[-_LONGEST:] + behind[:_LONGEST] or (last if start == free else "")
    return Figure(item, value, unit, None, bound, Span(match.start(), match.end())), end if behind else match.end()


def _behind(text: str, end: int) -> tuple[str, int]:
    """The words behind a number up to the next stop or number, and the offset where they end."""
    rest = text[end : end + 40]
    stop = _BEHIND.search(rest)
    rest = rest[: stop.start()] if stop else rest
    return re.sub(r"^余?(?:以上|左右|上下|以下)?的?", "", rest).strip(), end + len(rest)


def _value(match: re.Match[str]) -> tuple[float, str]:
    if match["share"]:
        whole = float(read_number(match["share"]) or 0)
        digits = "".join(str("零一二三四五六七八九".index(char)) for char in match["point"] or "")
        return (float(f"{whole:.0f}.{digits}") if digits else whole), "%"
    scale = match["scale"] or ""
    value = read_quantity(match["number"] + scale) or (read_quantity(match["number"]) or 0) * _SCALES[scale]
    return round(float(value), 4), match["unit"].replace("％", "%")


def quantity_of(words: str, unit: str | None) -> tuple[float, str, str | None] | None:
    """The value, unit ("" if unknown) and bound of a cell of a table: 120, 2.3万元, 98%, 约50; None where it is no number.

    `unit` is that of the heading, in which 万 and 亿 are multiplied out as in the cell.
    """
    match = _QUANTITY.fullmatch(words) or _QUANTITY.fullmatch(words.lstrip("约超近逾"))
    if match:
        return *_value(match), _bound(match, words[: len(words) - len(match[0])], "")
    plain = re.fullmatch(rf"(?:{_NUMBER})(?:{_SCALE})?", words)
    scaled = re.fullmatch(rf"({_SCALE})?(.*)", unit or "")
    value = read_quantity(words) if plain else None
    if value is None or scaled is None:
        return None
    return round(float(value) * _SCALES[scaled[1] or ""], 4), scaled[2], None


def _assign_change(found: list[Figure], change: re.Match[str]) -> None:
    """Assign a change to the figure before it; several changes to as many figures before them, in order."""
    steps, sign = [], "+"
    for move, number, unit in _CHANGED.findall(change["steps"]):
        sign = ("-" if move in _FALLS else "+") if move else sign
        steps.append(f"{sign}{number}{unit.replace('％', '%')}")
    before = [at for at, figure in enumerate(found) if figure.span.end <= change.start()]
    for at, step in zip(before[-len(steps) :], steps, strict=False):
        found[at] = replace(found[at], change=step)


def change_of(change: str | None) -> tuple[float | None, str | None]:
    """A change as number and unit: +12.5% → (12.5, "%"), -6件 → (-6.0, "件"); (None, None) for None."""
    match = _SIGNED.match(change) if change else None
    return (float(match[1].replace(",", "").replace("，", "")), match[2]) if match else (None, None)


@cache
def _topics() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = (files("pipeline.parse") / "report_topics.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple((name, re.compile(pattern)) for name, pattern in (row.split("\t") for row in rows))


def topic_of(item: str) -> str | None:
    """The topic of `report_topics.tsv` under which figures of different reports are compared; None if none fits."""
    return next((name for name, pattern in _topics() if pattern.search(item)), None)


def is_report(title: str) -> bool:
    """Whether a document of that title reports on work done (报告, 总结, 工作情况, 进展情况)."""
    return bool(_REPORT.search(title))


def year_of(title: str, text: str) -> int | None:
    """The year a report covers: the first in its title, else the first in its text; None if neither names one."""
    match = _YEAR.search(title) or _YEAR.search(text)
    return int(match[1]) if match else None


def same_item(a: str, b: str) -> bool:
    """Whether two items share at least half of the character bigrams of the shorter one."""
    short, long = sorted((_pairs(a), _pairs(b)), key=len)
    return bool(short) and 2 * len(short & long) >= len(short)


def _pairs(name: str) -> frozenset[str]:
    name = re.sub(r"[\s，、的了]", "", name)
    return frozenset(name[at : at + 2] for at in range(max(len(name) - 1, 1)))
