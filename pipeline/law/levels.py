"""Levels of government (层级): where a body belongs, from its name: province, city, district or county, and 国家 to 乡镇."""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.law.bodies import national_names
from pipeline.law.places import known_places, province_of

NATION, PROVINCE, CITY, COUNTY, TOWN = LEVELS = ("国家", "省", "市", "县", "乡镇")
_MUNICIPALITIES = frozenset(("北京", "天津", "上海", "重庆"))
_REGIONS = {
    "内蒙古": "内蒙古自治区", "广西": "广西壮族自治区", "西藏": "西藏自治区", "宁夏": "宁夏回族自治区", "新疆": "新疆维吾尔自治区",
}  # fmt: skip
_SPECIAL = ("香港", "澳门")
# parties and mass organisations, whose bodies of a place are named after it: 共青团长河县委员会
_ORGANISATION = re.compile(
    r"^(?:中国共产党|中共|中国共产主义青年团|共青团|中国人民政治协商会议|政协|中国国民党革命委员会|民革|中国民主同盟|民盟|中国民主建国会|民建"
    r"|中国民主促进会|民进|中国农工民主党|农工党|中国致公党|致公党|九三学社|台湾民主自治同盟|台盟)(?=[\u4e00-\u9fff]{2,8}?(?:省|自治区|州|市|县|区|旗|盟|镇|乡|街道|委))"
)
_NATIONAL = re.compile(r"^(?:国务院|国家|中国|中华|最高人民|全国|中央|中共中央|海关总署)")
# names of `places.yaml` below a prefecture; 市 behind the others of these names is below the 州 or 地区 of the same name
_BELOW = frozenset(
    [
        "雄安",
        "定州",
        "辛集",
        "义乌",
        "平潭",
        "济源",
        "仙桃",
        "潜江",
        "天门",
        "神农架",
        "浏阳",
        "花垣",
        "琼海",
        "文昌",
        "万宁",
        "东方",
        "五指山",
        "杨凌",
        "石河子",
    ]
)
_SEATS_OF_PREFECTURES = frozenset(
    ["恩施市", "大理市", "楚雄市", "临夏市", "昌吉市", "阿克苏市", "喀什市", "和田市", "塔城市", "阿勒泰市", "玉树市"]
)
# branches of central bodies that carry the name of a place; the other bodies of a place that are no government
_BRANCH = re.compile("海关|银行|税务局|证监局|监管局|铁路|口岸")
_NO_GOVERNMENT = re.compile("交易所|协会|公司|大学|学院|集团")
_CITY = re.compile(r"^(?P<base>[\u4e00-\u9fff]{2,12}?)(?:自治州|市(?!场|政|容|民)|地区|盟|州(?![市区县]))")
_COUNTY = re.compile(
    r"^[\u4e00-\u9fff]{1,12}?(?:自治县|自治旗|县(?!域|级)|(?<![社城园景片小辖灾军])区(?!域|块)|旗|市(?!场|政|容|民))"
)
_ZONE = re.compile("(?:开发|园|新|示范|合作|保税|试验|功能)区$")
_TOWN = re.compile(r"^[\u4e00-\u9fff]{1,8}?(?:镇|乡|街道)(?=人民政府|办事处|党|人大|委员会|综合|便民|$)")
# 省水利厅, 市教育局, 县人民政府: the level alone
_BARE = re.compile(r"^(?:全|本)?(省|市|县|区|镇|乡|街道)(?!场|容|政管|域)")
_BARE_LEVELS = {"省": PROVINCE, "市": CITY, "县": COUNTY, "区": COUNTY, "镇": TOWN, "乡": TOWN, "街道": TOWN}


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a body belongs: province, city and district (or county) by their full names, and its level, one of LEVELS.

    None where the name does not tell. A city without districts of its own is a city, a city below a prefecture a district.
    """

    province: str | None = None
    city: str | None = None
    district: str | None = None
    level: str | None = None


def without_organisation(body: str) -> str:
    """The name of a body of a party or mass organisation from its place on: 中共长河县委 → 长河县委; other names as they are."""
    return _ORGANISATION.sub("", body)


def seat_of(body: str, place: str | None = None) -> Seat:
    """Where a body belongs by its name; `place` is a region that is known otherwise and names the province at most.

    益阳市赫山区人民政府 → 湖南省, 益阳市, 赫山区, 县; organs of the Party stand where the government of the same place stands.
    """
    name = without_organisation(body.strip())
    if _NATIONAL.match(name) or name in national_names():
        return Seat(level=NATION)
    found = _named(name)
    if found.province is None and place and place != NATION:
        return Seat(_full_name(province_of(place)), found.city, found.district, found.level)
    return found


def _named(name: str) -> Seat:
    province, rest = _province(name)
    city, rest = _city(rest)
    district, rest = _cut(_COUNTY, rest)
    if city is None and district:
        city, district = _parted(district)
    town, rest = _cut(_TOWN, rest)
    known = province or city or district or town
    bare = None if known else _BARE.match(name)
    if known and _NO_GOVERNMENT.search(rest):
        level = None
    elif known and _BRANCH.search(rest):
        return Seat(level=NATION)
    elif bare:
        level = _BARE_LEVELS[bare[1]]
    else:
        level = TOWN if town else COUNTY if district else CITY if city else PROVINCE if province else None
    inferred = province or (province_of(name) if known else None)
    return Seat(_full_name(inferred), city, district, level)


def _province(name: str) -> tuple[str | None, str]:
    """The province that a name begins with, as `places.yaml` names it, and the rest of the name."""
    match = _provinces().match(name)
    return (match[1], name[match.end() :]) if match else (None, name)


@cache
def _provinces() -> re.Pattern[str]:
    names = "|".join(sorted({*known_places().values(), *_SPECIAL}, key=len, reverse=True))
    return re.compile(f"({names})(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)?")


def _city(name: str) -> tuple[str | None, str]:
    match = _CITY.match(name)
    if match is None:
        return None, name
    prefecture = match[0].endswith("自治州") or (
        _is_prefecture(match["base"]) and match[0] not in _SEATS_OF_PREFECTURES
    )
    if not prefecture:
        return None, name
    return match[0], name[match.end() :]


def _is_prefecture(base: str) -> bool:
    """Whether a name without 市, 地区, 盟 or 州 is that of a prefecture."""
    known = known_places()
    name = next((name for name in (f"{base}市", f"{base}州", f"{base}盟", f"{base}地区", base) if name in known), base)
    return known.get(name, name) not in (name, *_MUNICIPALITIES) and base not in _BELOW


def _parted(district: str) -> tuple[str | None, str]:
    """City and district where the name of the city runs into that of the district: 徐州|经济技术开发区."""
    base = next((district[:size] for size in (4, 3, 2) if _is_prefecture(district[:size])), None)
    if base is None or len(district) - len(base) < 3 or not _ZONE.search(district):
        return None, district
    return f"{base}市", district[len(base) :]


def _cut(pattern: re.Pattern[str], name: str) -> tuple[str | None, str]:
    match = pattern.match(name)
    return (match[0], name[match.end() :]) if match else (None, name)


def _full_name(province: str | None) -> str | None:
    if province is None or province in _SPECIAL:
        return f"{province}特别行政区" if province else None
    return _REGIONS.get(province) or f"{province}{'市' if province in _MUNICIPALITIES else '省'}"
