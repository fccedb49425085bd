"""What the recogniser confuses is corrected where it can be told, and the line is told to be checked."""

import pytest

from pipeline.ingest.ocr_doubts import corrected, gap_in, with_circled_doubts
from pipeline.ingest.places import Line
from pipeline.ingest.scans import recognition_notes


def line(text: str) -> Line:
    return Line(text, 1, (72, 700, 400, 720), 842, 0.98)


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("按日加收0.5%o的滞纳金", "按日加收0.5‰的滞纳金"),
        ("手续费为2%0，保证金为5%。", "手续费为2‰，保证金为5%。"),
        ("费率1.5%O", "费率1.5‰"),
        ("费率3 %o至6 %o", "费率3‰至6‰"),
        ("不高于8%〇。", "不高于8‰。"),
        ("比上年增长一3.4%", "比上年增长-3.4%"),
        ("得分为一5分", "得分为-5分"),
        ("气温一12.5度", "气温-12.5度"),
        ("一2.6%", "-2.6%"),
        ("增幅为：—0.8个百分点", "增幅为：-0.8个百分点"),
        ("增幅－0.8‰", "增幅-0.8‰"),
    ],
)
def test_permille_and_minus_are_corrected_and_told(read: str, right: str) -> None:
    found = corrected(line(read))
    assert found.text == right and found.doubt
    assert any(f"“{right}”中的" in note.message for note in recognition_notes([[found]]))


@pytest.mark.parametrize(
    "text",
    [
        "税率为5%，按10%的比例提取",
        "上浮50%0.5个点",
        "第一2031年",
        "分一2031年度完成",
        "之一2月起施行",
        "二十一5%",
        "一、收费标准",
        "2031—2035年",
        "第3一5条",
        "100%",
        "完成任务一个",
    ],
)
def test_other_signs_stay_as_they_are(text: str) -> None:
    found = corrected(line(text))
    assert found.text == text and not found.doubt


@pytest.mark.parametrize(
    ("lines", "doubtful"),
    [
        (["①公示；②登记；③报告。"], []),
        (["①公示；", "②登记；", "③报告。", "①归档；②销毁。"], []),
        (["⑨公示；⑩登记；⑩报告；②归档。"], [0]),
        (["⑧公示；", "⑨登记；", "⑩报告；", "①归档。"], [3]),
        (["⑩公示；⑩登记。", "①归档。"], [0, 1]),
        (["③公示；②登记。"], [0]),
        (["①公示；③登记。"], [0]),
        (["依照第②项办理。"], []),
        (["⑩公示。"], [0]),
        (["①公示；②登记；②报告。", "另行规定。", "①归档；②销毁。"], [0]),
    ],
)
def test_circled_numbers_out_of_order_are_told(lines: list[str], doubtful: list[int]) -> None:
    found = with_circled_doubts([line(text) for text in lines])
    assert [at for at, one in enumerate(found) if one.doubt] == doubtful and [one.text for one in found] == lines


@pytest.mark.parametrize(
    ("text", "steps", "gap"),
    [
        ("南县水利局", [82, 42, 41, 43], 1),
        ("南浦县水利局", [42, 41, 43, 42, 41], None),
        ("南浦县水局", [42, 41, 44, 85], 4),
        ("第五条收费标准", [42, 41, 84, 43, 42, 41], None),
        ("张三", [84], None),
        ("通 告 事 项 表", [84, 84, 84, 84, 84, 84, 84, 84], None),
        ("自2031年起施行", [30, 20, 20, 20, 32, 42, 43, 42], None),
        ("收费，标准为", [42, 40, 62, 42, 41], None),
        ("项目名称单位", [42, 42, 42, 160, 42], None),
    ],
)
def test_a_gap_of_one_character_between_others_is_found(text: str, steps: list[float], gap: int | None) -> None:
    middles = [0.0]
    for step in steps:
        middles.append(middles[-1] + step)
    assert gap_in(text, middles) == gap
