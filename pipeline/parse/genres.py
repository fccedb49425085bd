"""文种 and names of regulations: the word that ends a title."""

import re

# 15 文种 (党政机关公文处理工作条例, 2012) and the names of regulations and plans
GENRES = (
    "决议", "决定", "命令", "令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "函", "纪要",
    "办法", "规定", "细则", "规则", "条例", "方案", "标准", "规范", "措施", "规划", "计划", "纲要", "要点", "目录", "名录",
    "指南", "导则", "指引", "准则", "制度", "章程", "预案", "规程", "解释", "答复", "复函", "法", "法典", "修正案", "程序",
    "流程", "机制", "通则", "政策", "清单", "名单", "基准", "倡议书", "协议", "议定书", "公约", "建议", "汇编", "说明",
    "分工", "安排", "总则", "原则", "手册", "框架", "要求", "方法", "宪法", "补充规定", "若干问题", "体系",
)  # fmt: skip

_END = "|".join(sorted(GENRES, key=len, reverse=True))
_TAIL = r"(?:[（(][^（）()]{1,24}[）)]|〔[^〕]{1,12}〕)*"
ENDS = re.compile(rf"({_END})(?:的)?{_TAIL}$")
# a title that runs into its text: 关于…的意见为深入贯彻…
RUN_ON = re.compile(
    r"^([^。；：，]{0,60}?关于[^。；：]{4,90}?的(?:通知|意见|决定|公告|通告|办法|规定|方案|批复|函|通报|报告))"
    r"(?=为[了进深贯认全加规]|根据|按照|依据|各[省市县区有])"
)


def genre_of(title: str) -> str | None:
    """The genre word that ends a title: …的通知 → 通知, …办法（试行） → 办法."""
    match = ENDS.search(title)
    return match[1] if match else None
