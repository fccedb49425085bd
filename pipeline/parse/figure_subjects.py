"""Of whom a figure of a report is told, where that is not the reporting body: a region or a body of a list or a table (青州市120件)."""

import re

from pipeline.law.bodies import national_names
from pipeline.law.places import known_places

_REGION = re.compile(
    r"(?![各全本我该两每其多有数等某此])[\u4e00-\u9fff]{1,9}?(?:省|自治区|自治州|州|市|盟|自治县|县|区|旗|镇|乡|街道|兵团)(?:本级)?|[省市县区州]本级"
)
_COMMON = re.compile(
    r"(?:城|超|上|夜|集|菜|都|股|门|早|楼|开|入|退|应|转|新|老|主|建成|服务|商)市|"
    r"(?:城|社|园|地|景|校|小|片|辖|灾|库|山|牧|林|郊|市|厂|院|街|农|矿|渔|垦|行政|自然保护|特|开发|功能|试验|示范|居民|住宅|工业|商业)区|"
    r"(?:知|悬|州|邻|跨|县)县|(?:乡|村|城|集|古)镇|(?:城|下|返|家|故|老|异|他)乡|(?:各|县|本)省|(?:[省市县区州盟旗乡镇、]|街道|自治州|自治县)+"
)
# departments as tables list them: 教育局, 卫生健康委, 城管大队
_DEPARTMENT = re.compile(
    r"(?![各全本我该两每其多有数等某此])[\u4e00-\u9fff]{2,12}(?:局|厅|委|委员会|管委会|支队|大队|法院|检察院|人民政府|办公室)"
)
# 重点受灾县, 示范园区, 服务外包示范城市: a kind of region and none by name
_KIND = re.compile(
    "示范|试点|优势|重点|贫困|受灾|特困|困难|大型|中型|小型|新增|上述|下列|优秀|先进|改造|建设|支持|选取|选择|争取|老旧|绿色|达标|合格|创建|命名|评选|"
    "国家级|省级|市级|县级|年底|全国|全省|全市|全县|全区|城[市镇]$|[个的]"
)
TOTAL = re.compile("[全本]?[省市县区州盟旗国]?(?:合计|总计|小计|总数|总和)|[全本][省市县区州盟旗国]")


def is_subject(words: str) -> bool:
    """Whether words are the name of a region or of a body and nothing else (全市, 社区 and 合计 are not)."""
    if TOTAL.fullmatch(words) or _COMMON.fullmatch(words) or _KIND.search(words):
        return False
    named = _REGION.fullmatch(words) or _DEPARTMENT.fullmatch(words)
    return bool(named) or words in known_places() or words in national_names()
