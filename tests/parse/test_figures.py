"""Figures of annual reports: item, value, unit and change against the year before."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.parse.figures import Figure, change_of, figures_of, is_report, same_item, topic_of, year_of

PAGES = Path(__file__).parents[2] / "corpora" / "reports" / "figures.jsonl"


def pages() -> Iterator[dict[str, Any]]:
    yield from map(json.loads, PAGES.read_text(encoding="utf-8").splitlines())


def is_found(wanted: list[Any], found: Figure) -> bool:
    item, value, unit, change = wanted
    return (found.value, found.unit, found.change) == (value, unit, change) and same_item(found.item, item)


def test_the_annotated_pages_are_read() -> None:
    right = wrong = missed = 0
    for page in pages():
        found = list(figures_of(page["text"]))
        for wanted in page["figures"]:
            hit = next((figure for figure in found if is_found(wanted, figure)), None)
            right, missed = right + bool(hit), missed + (not hit)
            if hit:
                found.remove(hit)
        wrong += len(found)
    assert right + missed == 130
    assert 2 * right / (2 * right + wrong + missed) >= 0.98, (right, wrong, missed)


def test_the_evidence_is_the_number_with_its_unit() -> None:
    for page in pages():
        for figure in figures_of(page["text"]):
            assert any(char.isdigit() or char in "零一二三四五六七八九十百" for char in figure.span.cut(page["text"]))
            assert figure.item


@pytest.mark.parametrize(
    "text",
    [
        "2024年3月15日起施行。", "市府发〔2023〕15号", "第13次常务会议", "《规划（2021—2025年）》", "第三条第2项", "1. 加强领导", "12345热线", "3个工作日内办结。",
    ],
)  # fmt: skip
def test_dates_ordinals_and_document_numbers_are_no_figures(text: str) -> None:
    assert figures_of(text) == ()


def test_scales_shares_and_changes() -> None:
    (money,) = figures_of("挽回经济损失2300余万元。")
    assert (money.value, money.unit, money.about) == (23_000_000, "元", True)
    (share,) = figures_of("办结率百分之九十九点二。")
    assert (share.item, share.value, share.unit) == ("办结率", 99.2, "%")
    first, second = figures_of("受理案件203件，标的额5.6亿元，同比分别增长10.3%和下降2件。")
    assert (first.change, second.change) == ("+10.3%", "-2件")
    (fewer,) = figures_of("行政拘留416人，较2023年减少31人。")
    assert fewer.change == "-31人"


@pytest.mark.parametrize(
    ("text", "item", "value", "about"),
    [
        ("罚没款2亿3000万元", "罚没款", 230_000_000, False), ("减免2亿6千万元", "减免", 260_000_000, False),
        ("退还3万8千元", "退还", 38_000, False), ("化解纠纷1万2千余件", "化解纠纷", 12_000, True),
        ("审查合同3，456件", "审查合同", 3456, False), ("审查合同3,456件", "审查合同", 3456, False),
        ("发放补贴1.2亿元", "发放补贴", 120_000_000, False), ("培训5百余人", "培训", 500, True),
    ],
)  # fmt: skip
def test_a_number_in_parts_is_one_figure(text: str, item: str, value: float, about: bool) -> None:
    (figure,) = figures_of(text)
    assert (figure.item, figure.value, figure.about) == (item, value, about)


@pytest.mark.parametrize("lead", ["一、", "（二）", "十二、全年", "3.", ""])
def test_the_number_of_a_heading_is_no_part_of_the_item(lead: str) -> None:
    (figure,) = figures_of(f"{lead}审查规范性文件12件。")
    assert figure.item == "审查规范性文件"


def test_topics_by_which_reports_are_compared() -> None:
    assert topic_of("行政机关负责人出庭应诉率") == "出庭应诉率" and topic_of("审查规范性文件") == "审查规范性文件"
    assert topic_of("新建停车场") is None
    assert is_report("关于2019年法治政府建设工作情况的报告") and not is_report("农家乐管理办法")
    assert year_of("关于 2019 年法治政府建设工作情况的报告", "") == 2019


def test_the_seed_report(shared: Path) -> None:
    """The figures of the seed report, as annotated by a person."""
    text = next((shared / "seeds").glob("002*")).read_text(encoding="utf-8")
    found = [(figure.value, figure.unit) for figure in figures_of(text)]
    assert found == [
        (50, "条"), (12, "件"), (28, "件"), (40, "次"), (20, "条"), (10, "家"), (2204, "项"), (100, "%"), (14_000_000, "元"), (91, "个"), (697, "项"),
        (90, "%"), (460, "人次"), (25, "件"), (100, "%"), (7, "件"), (100, "%"), (562, "件"), (562, "件"), (100, "%"), (165, "件"), (146, "件"),
        (400, "人"), (16, "个"), (6, "个"), (10, "个"), (32, "名"), (2926, "名"), (100, "%"), (100, "%"), (16, "个"), (70, "人"), (27, "场次"), (397, "人"),
        (200, "人"),
    ]  # fmt: skip
    named = {figure.item: figure.value for figure in figures_of(text)}
    assert named["审查规范性文件"] == 12 and named["应诉率"] == 100 and named["调解结案"] == 562


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("举办讲座50余场", 50, "以上"), ("化解矛盾三项共200多件", 200, "以上"), ("超过300人参加", 300, "以上"), ("服务群众逾400人", 400, "以上"),
        ("投诉不足200件", 200, "以下"), ("满意率接近90%", 90, "以下"), ("办结近80件", 80, "以下"), ("新增案件不到20件", 20, "以下"),
        ("帮扶企业约60家", 60, "左右"), ("帮扶企业60家左右", 60, "左右"), ("满意率达90%以上", 90, "以上"), ("办结12件", 12, None),
    ],
)  # fmt: skip
def test_an_approximate_value_keeps_its_direction(text: str, value: float, bound: str | None) -> None:
    figure = figures_of(text)[-1]
    assert (figure.value, figure.bound, figure.about) == (value, bound, bound is not None)


@pytest.mark.parametrize(
    "text",
    [
        "执法人员每年培训不少于40学时。", "各科室每季度至少召开1次例会。", "行政机关应当每年组织2次旁听庭审。", "招待费用不得超过500元。", "抽查比例不低于5%。",
        "投诉件必须配备2名调解员。", "从业50人以上的企业须备案。", "违者处200元以上1000元以下罚款。", "每处摊位面积限10平方米。", "距离学校200米、占地30平方米以内。",
    ],
)  # fmt: skip
def test_what_is_demanded_is_no_figure_of_a_report(text: str) -> None:
    assert figures_of(text) == ()


def test_what_was_done_beside_a_demand_stays_a_figure() -> None:
    (figure,) = figures_of("应当公开的事项全部公开，全年公开信息120条，同比增长8.5%。")
    assert (figure.item, figure.value, figure.change) == ("公开信息", 120, "+8.5%")
    assert figures_of("占85%以上的部门完成了整改。")[0].bound == "以上"


def test_a_change_is_a_number_with_its_unit() -> None:
    changes = [
        figure.change
        for figure in figures_of(
            "受理203件，标的5.6亿元，同比分别增长10.3%和下降2件。满意率98%，比上年提高1.2个百分点。"
        )
    ]
    assert [change_of(change) for change in changes] == [(10.3, "%"), (-2.0, "件"), (1.2, "个百分点")]
    assert change_of(None) == (None, None)
