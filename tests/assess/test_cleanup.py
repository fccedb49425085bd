"""Cleanup indicators: documents that have each of them, documents that must not, and how they are combined."""

import pytest

from pipeline.assess.indicator import indicate
from pipeline.assess.outcome import weigh
from pipeline.document import Cleanup
from pipeline.law import load_indicators
from tests.builders import dossier

RULE = ("第一条 为了加强管理，制定本办法。", "第二条 经营者应当公示价格。", "第三条 个人不得损毁设施。")


def cleanup(*lines: str) -> Cleanup:
    return dossier(*lines).assessment.cleanup


def ids(found: Cleanup) -> list[str]:
    return [indicator.id for indicator in found.indicators]


@pytest.mark.parametrize(
    ("lines", "expected", "outcome"),
    [
        pytest.param(
            ("临溪县人民政府办公室关于印发2021年度防汛工作要点的通知", "各乡镇人民政府：", "一、抓好巡查。", "临溪县人民政府办公室", "2021年3月1日"),
            "CL-16", "lapse", id="an annual document whose year is over",
        ),
        pytest.param(
            ("临溪县人民政府关于印发《临溪县河道整治三年行动计划（2018—2020年）》的通知", "各乡镇人民政府：", "一、清淤。", "2018年3月1日"),
            "CL-15", "lapse", id="a plan whose last year is over",
        ),
        pytest.param(
            ("临溪县教育局关于做好中秋节庆祝活动的通知", "各学校：", "请组织好活动。", "临溪县教育局", "2019年9月1日"),
            "CL-17", "lapse", id="an occasion long past",
        ),
        pytest.param(
            ("临溪县人民政府关于印发《临溪县暂住证管理办法》的通知", *RULE, "第四条 本办法自2014年1月1日起施行。"),
            "CL-17", "repeal", id="an institution that ended is the main subject",
        ),
        pytest.param(
            ("湖南省临溪县绿化管理办法", *RULE, "第四条 本办法自2015年1月1日起施行。"),
            "CL-02", "lapse", id="the default term of the province",
        ),
        pytest.param(
            ("益阳市资阳区绿化管理试行办法", *RULE, "第四条 本办法自2020年1月1日起施行。"),
            "CL-03", "lapse", id="provisional, and the province known by the city",
        ),
        pytest.param(
            ("上海市临溪区人民政府关于禁止燃放烟花的通告", "在本区范围内，单位和个人不得燃放烟花。", "本通告自2012年1月1日起施行。"),
            "CL-04", "lapse", id="a notice to the public lasts a year",
        ),
        pytest.param(
            ("临溪县固体废物管理办法", "第一条 根据《中华人民共和国行政处罚法》第九十九条，制定本办法。", *RULE[1:], "第四条 本办法自2024年1月1日起施行。"),
            "CL-11", "amend", id="an article that the law does not have",
        ),
        pytest.param(
            ("临溪县立法工作办法", "第一条 根据《中华人民共和国立法法》第八十二条，制定本办法。", *RULE[1:], "第四条 本办法自2016年1月1日起施行。"),
            "CL-10", "amend", id="an article that was renumbered",
        ),
        pytest.param(
            ("临溪县反间谍工作办法", "第一条 根据《中华人民共和国国家安全法》，制定本办法。", *RULE[1:], "第四条 本办法自2012年1月1日起施行。"),
            "CL-12", "amend", id="a law whose name another law has now",
        ),
        pytest.param(
            ("临溪县水利局行政处罚裁量基准", "第一条 根据《中华人民共和国行政处罚法》，制定本基准。", "第二条 个人适用本基准。", "第三条 本基准自2019年1月1日起施行。"),
            "CL-25", "amend", id="a benchmark older than the law it is based on",
        ),
        pytest.param(
            ("临溪县绿化管理办法", *RULE, "第四条 由区法制办负责解释。", "第五条 本办法自2024年1月1日起施行。"),
            "CL-14", "amend", id="an old body that still has duties",
        ),
        pytest.param(
            ("临溪县船舶管理办法", *RULE, "第四条 自《中华人民共和国海商法》施行之日起失效。", "第五条 本办法自2024年1月1日起施行。"),
            "CL-24", "lapse", id="a condition that is met",
        ),
        pytest.param(
            ("湖南省临溪县绿化管理办法", *RULE, "第四条 本办法自2022年1月1日起施行，有效期至2027年1月31日。"),
            "CL-26", "keep", id="half a year before the end",
        ),
    ],
)  # fmt: skip
def test_an_indicator_is_found(lines: tuple[str, ...], expected: str, outcome: str) -> None:
    found = cleanup(*lines)
    assert expected in ids(found), found
    assert next(i for i in found.indicators if i.id == expected).outcome == outcome


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ("关于公布《临溪县停车收费标准（2021年修订）》的通知", *RULE, "本通知自2024年1月1日起施行。"), id="the year of a revision"
        ),
        pytest.param(
            ("临溪县绿化管理办法", *RULE, "第四条 巩固拓展脱贫攻坚成果，取消农业税后的政策不变。", "第五条 本办法自2024年1月1日起施行。"),
            id="an ended policy is only mentioned",
        ),
        pytest.param(
            ("临溪县绿化管理办法", "各街道，区法制办：", *RULE, "第四条 本办法自2024年1月1日起施行。"), id="an old body among the addressees"
        ),
        pytest.param(
            ("临溪县绿化意见", *RULE, "四、到2019年底，全县已建成公园三座；到2035年建成十座。", "五、本意见自2024年1月1日起施行。"),
            id="a target in the future",
        ),
        pytest.param(
            ("临溪县脱贫攻坚普查资料管理办法", *RULE, "第四条 本办法自2021年6月1日起施行。"), id="written when the policy was over already"
        ),
        pytest.param(
            ("国务院办公厅关于绿化的试行意见", *RULE, "国务院办公厅", "2010年1月1日"), id="national bodies have no local default"
        ),
    ],
)  # fmt: skip
def test_no_indicator_where_none_is_due(lines: tuple[str, ...]) -> None:
    found = cleanup(*lines)
    assert [i.id for i in found.indicators if i.strength != "info"] == [], found


def test_the_order_of_precedence_decides_and_the_conflict_is_listed() -> None:
    found = weigh([indicate("CL-19", ("违法",)), indicate("CL-01", ("届满",))])
    assert (found.outcome, found.confidence) == ("lapse", "高")
    assert found.reasons == ("届满",)
    assert found.conflicts == ("含有违法设定条款（CL-19）建议修改，按先后次序取CL-01",)


def test_an_unconfirmed_indicator_has_less_confidence() -> None:
    assert weigh([indicate("CL-02", ("届满",), confirmed=False)]).confidence == "中"


def test_legislation_is_kept() -> None:
    found = cleanup("中华人民共和国某某法", "（2020年1月1日第十三届全国人民代表大会常务委员会第一次会议通过）", *RULE)
    assert (found.outcome, ids(found)) == ("keep", ["CL-27"])


def test_a_report_is_not_applicable() -> None:
    assert (
        cleanup("临溪县人民政府关于法治政府建设情况的报告", "市人民政府：", "现报告如下。").outcome == "not_applicable"
    )


def test_all_30_indicators_have_an_order() -> None:
    kinds = load_indicators().values()
    assert len(kinds) == 30 and len({kind.order for kind in kinds}) == 30
    assert {kind.outcome for kind in kinds} <= {"keep", "amend", "repeal", "lapse"}
