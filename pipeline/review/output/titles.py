"""Breaks the title of an official document into lines: balanced, and whole words where that is possible (GB/T 9704-2012 7.3.1)."""

import math
import re
from collections.abc import Iterator
from functools import cache

# a line never begins with one of the first nor ends with one of the second
_CLOSING, _OPENING = "，。、；：？！》〉）”’」』】〕]%‰的", "《〈（“‘「『【〔["
# words of titles that stay whole, longer ones first
_WORDS = """
管理委员会 规范性文件 合法性审查 人民政府 公平竞争 备案审查 办公室 进一步 自治区 自治州 自治县 开发区
委员会 行政 管理 办法 规定 实施 细则 意见 通知 通告 公告 决定 方案 关于 印发 修改 废止 纠正
公布 有关 内容 条款 异议 处理 清理 结果 目录 审查 暂行 试行 工作 若干 加强 规范 促进 推进 发展
农村 城市 建设 项目 资金 补贴 专项 安全 生产 环境 保护 服务 市场 企业 监督 规划 奖励 扶持 政策
措施 批复 复函 经营 审批 集体 用地 组织 机构 单位 制度 标准 指导 改革 创新 责任 考核 评估 登记
许可 处罚 收费 征收 补偿 保障 就业 教育 医疗 卫生 交通 道路 住房 房屋 租赁 土地 水利 林业 农业
工业 商业 旅游 文化 体育 科技 人才 财政 预算 投资 招标 采购 产业 园区 物业 消防 食品 药品 质量
信用 公共 资源 交易 网络 数据 电子 政务 街道 社区 居民 村民 自治 养老 救助 社会 保险 基金 综合
重大 决策 程序 合同 备案 制定 执法 裁量 基准 联席 会议 领导 小组 成立 调整
"""
_WHOLE = re.compile("|".join(_WORDS.split()))
# marks behind which and before which a line breaks well
_GOOD_ENDS, _GOOD_STARTS = "》、）的", "《"
# a title of more lines is no title that a person wrote: it is cut as it comes
_MOST_LINES = 8
_SPLIT_WORD, _PLAIN, _GOOD = 16.0, 2.0, 0.0


def break_title(text: str, capacity: int) -> list[str]:
    """The lines of a title of which a line holds `capacity` full-width characters; joined they are the title.

    The lines are as few as can be and of nearly the same length; marks stand where they may, and the words that titles are made of stay whole.
    """
    count = math.ceil(display_width(text) / capacity)
    if count < 2:
        return [text]
    if count > _MOST_LINES:
        return [text[at : at + capacity] for at in range(0, len(text), capacity)]
    for lines in (count, count + 1):
        ends = _best_ends(text, lines, capacity)
        if ends:
            return [text[start:end] for start, end in zip((0, *ends), (*ends, len(text)), strict=True)]
    return [text]


def display_width(text: str) -> float:
    """The width of a text in full-width characters: a Latin letter or a digit takes half of one."""
    return sum(1.0 if char > "\u2e7f" or char in "—“”‘’…" else 0.5 for char in text)


def _best_ends(text: str, count: int, capacity: int) -> tuple[int, ...]:
    """The positions at which `count` - 1 lines end at the lowest cost; none where no line would fit."""
    wanted, costs = display_width(text) / count, dict(_places(text))

    @cache
    def best(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 1:
            return _cost_of_length(text[start:], wanted, capacity), ()
        ways = (
            (cost + _cost_of_length(text[start:end], wanted, capacity) + best(end, left - 1)[0], end)
            for end, cost in costs.items()
            if start < end <= start + 2 * capacity
        )
        cost, end = min(ways, default=(math.inf, 0))
        return (cost, (end, *best(end, left - 1)[1])) if cost < math.inf else (math.inf, ())

    return best(0, count)[1]


def _cost_of_length(line: str, wanted: float, capacity: int) -> float:
    width = display_width(line)
    return math.inf if width > capacity else (width - wanted) ** 2 / 2


def _places(text: str) -> Iterator[tuple[int, float]]:
    """The positions at which a line may end, each with the cost of ending it there."""
    inside = {at for word in _WHOLE.finditer(text) for at in range(word.start() + 1, word.end())}
    for at in range(1, len(text)):
        before, after = text[at - 1], text[at]
        if after in _CLOSING or before in _OPENING or (before + after).isascii():
            continue
        good = before in _GOOD_ENDS or after in _GOOD_STARTS
        yield at, _SPLIT_WORD if at in inside else _GOOD if good else _PLAIN


def in_marks(title: str) -> str:
    """A title in 《》, with 〈〉 for title marks inside it (GB/T 15834)."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"
