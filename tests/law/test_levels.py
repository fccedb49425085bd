"""Where a body belongs, read from its name: province, city, district or county, level."""

import pytest

from pipeline.law.levels import Seat, seat_of


@pytest.mark.parametrize(
    ("body", "seat"),
    [
        ("湖南省人民政府办公厅", Seat("湖南省", None, None, "省")),
        ("益阳市赫山区人民政府", Seat("湖南省", "益阳市", "赫山区", "县")),
        ("湖南省长沙市岳麓区教育局", Seat("湖南省", "长沙市", "岳麓区", "县")),
        ("浏阳市人民政府", Seat("湖南省", None, "浏阳市", "县")),
        ("恩施市教育局", Seat("湖北省", None, "恩施市", "县")),
        ("吉林省吉林市人民政府", Seat("吉林省", "吉林市", None, "市")),
        ("杭州市市场监督管理局", Seat("浙江省", "杭州市", None, "市")),
        ("徐州经济技术开发区管理委员会", Seat("江苏省", "徐州市", "经济技术开发区", "县")),
        ("上海市市场监督管理局", Seat("上海市", None, None, "省")),
        ("上海市浦东新区人民政府", Seat("上海市", None, "浦东新区", "县")),
        ("重庆市万州区人民政府", Seat("重庆市", None, "万州区", "县")),
        ("内蒙古自治区锡林郭勒盟行政公署", Seat("内蒙古自治区", "锡林郭勒盟", None, "市")),
        ("红河州教育局", Seat("云南省", "红河州", None, "市")),
        ("长沙市芙蓉区五里牌街道办事处", Seat("湖南省", "长沙市", "芙蓉区", "乡镇")),
        ("临溪县城市管理和综合执法局", Seat(None, None, "临溪县", "县")),
        ("临溪县城关镇人民政府", Seat(None, None, "临溪县", "乡镇")),
    ],
)
def test_a_name_tells_province_city_district_and_level(body: str, seat: Seat) -> None:
    assert seat_of(body) == seat


@pytest.mark.parametrize(
    "body",
    ["财政部", "国务院办公厅", "国家税务总局益阳市税务局", "上海海关", "中国人民银行长沙中心支行", "中共中央办公厅"],
)
def test_central_bodies_and_their_branches_belong_to_the_state(body: str) -> None:
    assert seat_of(body) == Seat(level="国家")


def test_organs_of_the_party_stand_where_the_government_stands() -> None:
    assert seat_of("中共湖南省委办公厅") == seat_of("湖南省人民政府")
    assert seat_of("中共临溪县委") == seat_of("临溪县人民政府")


@pytest.mark.parametrize(
    ("body", "level"), [("县水利局", "县"), ("市教育局", "市"), ("省应急管理厅", "省"), ("镇人民政府", "乡镇")]
)
def test_a_body_without_place_tells_its_level_alone(body: str, level: str) -> None:
    assert seat_of(body) == Seat(level=level)


@pytest.mark.parametrize("body", ["市场监督管理局", "住房和城乡建设局", "社区服务中心", "应急管理厅", "郑州大学", ""])
def test_a_name_that_tells_nothing_stays_unknown(body: str) -> None:
    assert seat_of(body) == Seat()


def test_a_region_that_is_known_otherwise_gives_the_province() -> None:
    assert seat_of("临溪县水利局", "湖南") == Seat("湖南省", None, "临溪县", "县")
    assert seat_of("财政部", "湖南") == Seat(level="国家")


@pytest.mark.parametrize(
    ("body", "district", "level"),
    [
        ("中共临溪县委办公室", "临溪县", "县"),
        ("共青团临溪县委员会", "临溪县", "县"),
        ("中国人民政治协商会议临溪县委员会", "临溪县", "县"),
        ("民盟临溪县委员会", "临溪县", "县"),
        ("九三学社临溪县委员会", "临溪县", "县"),
        ("中共中央办公厅", None, "国家"),
    ],
)
def test_bodies_of_parties_and_mass_organisations_stand_at_their_place(
    body: str, district: str | None, level: str
) -> None:
    assert (seat_of(body).district, seat_of(body).level) == (district, level)
