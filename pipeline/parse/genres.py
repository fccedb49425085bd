"""Genres (文种) and names of regulations: the word that ends a title."""

import re

# 15 文种 (党政机关公文处理工作条例, 2012) and the names of regulations and plans
GENRES = (
    "决议", "决定", "命令", "令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "汇报", "请示", "批复", "议案", "函", "纪要",
    "办法", "规定", "细则", "规则", "条例", "方案", "标准", "规范", "措施", "规划", "计划", "纲要", "要点", "目录", "名录",
    "指南", "导则", "指引", "准则", "制度", "章程", "预案", "规程", "解释", "答复", "复函", "法", "法典", "修正案", "程序",
    "流程", "机制", "通则", "政策", "清单", "名单", "基准", "倡议书", "协议", "议定书", "公约", "建议", "说明", "清册",
    "分工", "安排", "总则", "原则", "手册", "框架", "要求", "方法", "宪法", "补充规定", "若干问题", "体系",
)  # fmt: skip

_END = "|".join(sorted(GENRES, key=len, reverse=True))
_TAIL = r"(?:[（(][^（）()]{1,24}[）)]|〔[^〕]{1,12}〕)*"
ENDS = re.compile(rf"({_END})(?:的)?{_TAIL}$")
# contracts, agreements and pledges, which no organ issues, each with its genre
AGREEMENTS = {
    "合同": "合同", "合同书": "合同", "契约": "合同",
    "协议": "协议", "协议书": "协议", "备忘录": "协议", "意向书": "协议",
    "承诺书": "承诺书", "保证书": "承诺书", "责任书": "承诺书", "责任状": "承诺书",
    "委托书": "委托书", "授权书": "委托书",
}  # fmt: skip
# papers by which an organ deals with one person's affair, each with its genre: 行政处罚决定书, 行政处罚听证告知书
SINGLE_ACTS = {
    "决定书": "决定书", "裁决书": "决定书", "复核书": "决定书", "认定书": "决定书", "调解书": "决定书",
    "通知书": "通知书", "告知书": "通知书", "催告书": "通知书", "建议书": "建议书",
}  # fmt: skip
_SINGLE_ACT_ENDS = re.compile(rf"({'|'.join(sorted(SINGLE_ACTS, key=len, reverse=True))}){_TAIL}$")
AGREEMENT_ENDS = re.compile(rf"({'|'.join(sorted(AGREEMENTS, key=len, reverse=True))}){_TAIL}$")
# a title that runs into its addressees: …的通知各市人民政府，省政府各部门：
RUN_TO = re.compile(
    r"^([^。：]{0,140}?(?:的|》)?(?:通知|意见|决定|公告|通告|批复|函|通报))"
    r"(?=(?:各|中国|国务院|国家|全国|省|市|区|县|机关|有关|总行|局|[\u4e00-\u9fff]{2,8}(?:省|市|区|县|厅|局|委|部|公司|银行|总队))[^。：]{2,800}(?:；[^。：]{2,300})*[：:]\s*$)"
)
# a title that runs into its text: 关于…的意见为深入贯彻…
RUN_ON = re.compile(
    r"^([^。；：，]{0,60}?关于[^。；：]{4,90}?的(?:若干|实施|指导|暂行|补充)?(?:通知|意见|决定|公告|通告|办法|规定|方案|批复|函|通报|报告|措施|政策|细则|标准))"
    r"(?=为[了进深贯认全加规推落]|根据|按照|依据|各[省市县区有])"
)


def genre_of(title: str) -> str | None:
    """The genre word that ends a title: …的通知 → 通知, …办法（试行） → 办法, …采购合同书 → 合同, 行政处罚决定书 → 决定书."""
    agreed = AGREEMENT_ENDS.search(title)
    if agreed:
        return AGREEMENTS[agreed[1]]
    single = _SINGLE_ACT_ENDS.search(title)
    if single:
        return SINGLE_ACTS[single[1]]
    match = ENDS.search(title)
    return match[1] if match else None


def names_single_act(title: str) -> bool:
    """Whether a title is that of a paper on one person's affair: 长河县水利局行政处罚决定书."""
    return bool(_SINGLE_ACT_ENDS.search(title))
