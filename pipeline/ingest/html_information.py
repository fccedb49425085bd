"""Finds the information block of a web page (索引号, 发文机关, 文号, 成文日期, 有效性 …), however it is set: table, list, paragraphs."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from pipeline.ingest.html_furniture import is_page_furniture
from pipeline.ingest.html_lines import Line

# labels that information blocks of government sites have (政府信息公开目录 and its local forms), without blanks
_LABELS = frozenset(
    (
        "索引号", "信息索引号", "索取号", "发文机关", "发布机构", "发布机关", "发文机构", "发文单位", "发布单位", "制定机关", "制定机构", "制定单位", "公开机构",
        "公开责任部门", "责任部门", "发文部门", "颁布部门", "发布部门", "公布机关", "发文字号", "发布文号", "文号", "发文文号", "文件编号", "文件字号", "文件文号",
        "发文日期", "发文时间", "成文日期", "成文时间", "生成日期", "印发日期", "发布日期", "公布日期", "颁布日期", "公开日期", "公开时间", "发布时间", "公布时间",
        "施行日期", "实施日期", "执行日期", "生效日期", "生效时间", "实施时间", "施行时间", "有效性", "时效性", "时效", "效力状态", "有效状态", "文件状态", "文件效力",
        "效力", "是否有效", "有效期", "有效期至", "有效期限", "有效截止日期", "废止日期", "废止时间", "失效日期", "失效时间", "终止日期", "废止状态", "主题分类",
        "主题词", "主题类别", "公文种类", "文种", "信息分类", "信息类别", "组配分类", "体裁分类", "分类", "文件类型", "公开方式", "公开形式", "公开类别", "公开范围", "公开程序",
        "公开时限", "公开属性", "信息名称", "文件名称", "法规名称", "名称", "标题", "信息标题", "关键词", "服务对象", "服务对象分类", "统一登记号", "统一编号", "统一编制登记编号",
        "登记号", "规范性文件编号", "内容概述", "信息来源", "效力层级", "效力级别", "法律效力位阶", "制发机关", "所属机构", "所属部门", "载体类型", "存放位置", "信息格式", "语种",
    )
)  # fmt: skip
# what pages say of themselves beside the information on the document
_TOOLS = frozenset(
    (
        "来源", "文章来源", "稿源", "作者", "责任编辑", "编辑", "审核", "校对", "发布人", "录入", "浏览次数",
        "浏览量", "浏览", "阅读次数", "阅读量", "阅读", "点击数", "点击量", "点击",
        "访问次数", "访问量", "字体", "字号", "文字大小", "字体大小", "分享到", "分享", "打印", "收藏", "视力保护色",
    )
)  # fmt: skip
_GAP = r"[\s\u3000\xa0]"
_LABEL = "|".join(f"{_GAP}*".join(label) for label in sorted(_LABELS | _TOOLS, key=len, reverse=True))
_PAIR = re.compile(rf"(?:^|(?<=[\s\u3000\xa0】\]|｜]))[【\[]?({_LABEL}){_GAP}*(?:[】\]]{_GAP}*[：:]?|[：:])")
_ALONE = re.compile(rf"[【\[]?({_LABEL}){_GAP}*[】\]]?")
# labels that this program does not know: 主办处室： …
_OTHER = re.compile(
    rf"({_GAP}*[\u4e00-\u9fff](?:{_GAP}*[\u4e00-\u9fff]){{1,9}}{_GAP}*)[：:]{_GAP}*(.{{0,80}})", re.DOTALL
)
# labels, and stamps without one, that are information also where they stand alone
_DECISIVE = frozenset(("", "有效性", "时效性", "效力状态", "有效状态", "文件状态", "是否有效"))
STAMP = re.compile(r"\s*[【（(\[〔]\s*(?:本文件|该文件|此件)?(?:已经?|全文)?被?(?:废止|失效)\s*[】）)\]〕]\s*")
_LEAST = 2


class Pair(NamedTuple):
    """A label of an information block without its blanks, its value ("" if there is none), and whether it stands in 【】."""

    label: str
    value: str
    bracketed: bool = False

    @property
    def text(self) -> str:
        """The pair as one line; a stamp (【已废止】) is a value without a label."""
        if not self.label:
            return self.value
        return f"【{self.label}】{self.value}" if self.bracketed else f"{self.label}：{self.value}"

    @property
    def informs(self) -> bool:
        """Whether it says something of the document, and not of the page."""
        return bool(self.value) and self.label not in _TOOLS


class _Entry(NamedTuple):
    """What was read from one line or from several: pairs, the indices of the lines, and whether it is sure to be information."""

    pairs: list[Pair]
    lines: range
    sure: bool


def information(lines: Sequence[Line]) -> tuple[tuple[Pair, ...], frozenset[int]]:
    """The pairs of the information blocks among lines, in order, and the indices of the lines they take up."""
    entries = [entry for run in _runs(lines) if _is_block(run) for entry in run]
    return tuple(pair for entry in entries for pair in entry.pairs), frozenset(
        at for entry in entries for at in entry.lines
    )


def _is_block(run: Sequence[_Entry]) -> bool:
    """Whether a run of entries has two known labels with values, one of which is not about the page itself, or one on validity."""
    labels = {pair.label for entry in run for pair in entry.pairs if pair.value}
    if labels & _DECISIVE:
        return True
    return bool(labels & _LABELS) and len(labels & (_LABELS | _TOOLS)) >= _LEAST


def _runs(lines: Sequence[Line]) -> Iterator[list[_Entry]]:
    """The runs of entries that follow each other, from the first known label to the last one."""
    run: list[_Entry] = []
    at = 0
    while at < len(lines):
        count, pairs = _columns(lines, at) or _pairs_at(lines, at)
        if pairs:
            known = any(not pair.label or pair.label in _LABELS or pair.label in _TOOLS for pair in pairs)
            run.append(_Entry(pairs, range(at, at + count), known or lines[at].cell is not None))
        elif lines[at].text.strip() or lines[at].cell is None:
            yield _between_sure(run)
            run = []
        at += count
    yield _between_sure(run)


def _between_sure(run: list[_Entry]) -> list[_Entry]:
    sure = [at for at, entry in enumerate(run) if entry.sure]
    return run[sure[0] : sure[-1] + 1] if sure else []


def _columns(lines: Sequence[Line], at: int) -> tuple[int, list[Pair]] | None:
    """The pairs of a table that has a row of labels above a single row of values, if one begins here."""
    cell = lines[at].cell
    if cell is None or cell.row or cell.column:
        return None
    cells = [line for line in lines[at:] if line.cell is not None and line.cell.table == cell.table]
    rows = [list(row) for _, row in groupby(cells, lambda line: line.cell.row if line.cell else 0)]
    if len(rows) != _LEAST or len(rows[0]) != len(rows[1]):
        return None
    labels = [_alone(line.text) for line in rows[0]]
    if not all(labels) or any(_alone(line.text) for line in rows[1]):
        return None
    return len(cells), [Pair(label, _flat(line.text)) for label, line in zip(labels, rows[1], strict=True) if label]


def _pairs_at(lines: Sequence[Line], at: int) -> tuple[int, list[Pair]]:
    """The pairs that begin with a line, and how many lines they take; no pairs if it is none."""
    text = lines[at].text.strip()
    if STAMP.fullmatch(text):
        return 1, [Pair("", text)]
    found = list(_PAIR.finditer(text))
    if found and found[0].start() == 0:
        ends = [*(match.start() for match in found[1:]), len(text)]
        pairs = [
            Pair(_flat(match[1], ""), _flat(text[match.end() : end]), match[0].startswith("【"))
            for match, end in zip(found, ends, strict=True)
        ]
        return _with_value_below(lines, at, pairs)
    label, lead = _alone(text), lines[at].lead
    if not label and _alone(lead) and text.startswith(lead):
        return 1, [Pair(_alone(lead), _flat(text[len(lead) :].lstrip("：: ")))]
    if label:
        return _with_value_below(lines, at, [Pair(label, "")])
    other = _OTHER.fullmatch(text)
    if other and "。" not in text and not is_page_furniture(lines[at]):
        pairs = [Pair(_flat(other[1], ""), _flat(other[2]))]
        return (1, pairs) if lines[at].cell is None else _with_value_below(lines, at, pairs)
    return 1, []


def _with_value_below(lines: Sequence[Line], at: int, pairs: list[Pair]) -> tuple[int, list[Pair]]:
    """The pairs with the next line as value of a last one that has none, unless that line is a label itself."""
    label, value, bracketed = pairs[-1]
    if value or at + 1 >= len(lines):
        return 1, pairs
    below, cell = lines[at + 1], lines[at].cell
    same_row = cell is None or (
        below.cell is not None and below.cell.table == cell.table and below.cell.row == cell.row
    )
    if not same_row or _is_label(below.text) or len(below.text) > 300:
        return 1, pairs
    return 2, [*pairs[:-1], Pair(label, _flat(below.text), bracketed)]


def _is_label(text: str) -> bool:
    return bool(_alone(text) or _PAIR.match(text.strip()) or (_OTHER.fullmatch(text.strip()) and len(text) < 40))


def _alone(text: str) -> str:
    """The label that a text consists of, "" if it is something else."""
    match = _ALONE.fullmatch(text.strip().rstrip("：:").strip())
    return _flat(match[1], "") if match else ""


def _flat(text: str, blank: str = " ") -> str:
    return blank.join(text.split()).strip()
