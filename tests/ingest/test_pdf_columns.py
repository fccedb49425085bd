"""Columns of a PDF page are read one after the other, also below lines of full width; tables without rules are no columns."""

import pytest

from tests.ingest.pdf_pages import HEIGHT, lines, made, source_of, text_of, together

LEFT = [
    "南浦县人民政府关于禁止",
    "夜间捕捞的通告",
    "　　为了保护鱼类资源，现",
    "将禁止夜间捕捞的事项通告",
    "如下，请遵照执行，违者依",
    "法处理：",
    "　　一、自每日二十时至次",
    "日六时，河段内禁止捕捞。",
]
RIGHT = [
    "南浦县民政局关于殡葬服",
    "务收费的通知",
    "　　各殡仪馆，现将收费事",
    "项通知如下，请你们按照规",
    "定执行，不得擅自提高收费",
    "标准：",
    "　　一、遗体存放每日收取",
    "三十元，不足一日的免收。",
]
ALL = "".join(LEFT + RIGHT)


def joined(source_lines: list[str]) -> str:
    return "".join("".join(line.split()) for line in source_lines)


WANTED = joined(LEFT) + joined(RIGHT)


@pytest.mark.parametrize("shift", [0, 9])
def test_the_left_column_is_read_before_the_right_one(shift: float) -> None:
    data = made(together(lines(LEFT, 72), lines(RIGHT, 310, HEIGHT - 100 - shift)), letters=ALL)
    found = text_of(source_of(data))
    assert joined(found) == WANTED
    assert "为了保护鱼类资源，现将禁止夜间捕捞的事项通告如下，请遵照执行，违者依法处理：" in found


def test_lines_of_full_width_above_and_below_columns_keep_their_place() -> None:
    head = "南浦县公报第九期刊登下列文件各单位应当遵照执行并且做好宣传"
    foot = "上述文件自公布之日起施行由各有关单位负责解释并组织实施"
    page = together(
        lines([head], 72, HEIGHT - 90),
        lines(LEFT, 72, HEIGHT - 120),
        lines(RIGHT, 310, HEIGHT - 120),
        lines([foot], 72, HEIGHT - 320),
    )
    assert joined(text_of(source_of(made(page, letters=ALL + head + foot)))) == head + WANTED + foot


def test_columns_after_columns_are_read_band_by_band() -> None:
    head = "第二部分下列为各乡镇人民政府的文件请各单位遵照执行并做好"
    page = together(
        lines(LEFT, 72, HEIGHT - 100), lines(RIGHT, 310, HEIGHT - 100), lines([head], 72, HEIGHT - 310),
        lines(RIGHT, 72, HEIGHT - 345), lines(LEFT, 310, HEIGHT - 345),
    )  # fmt: skip
    found = joined(text_of(source_of(made(page, letters=ALL + head))))
    assert found == WANTED + head + joined(RIGHT) + joined(LEFT)


def test_three_columns_are_read_from_left_to_right() -> None:
    third = [row.replace("南浦", "北浦") for row in LEFT]
    page = together(*(lines(rows, 40 + 178 * at) for at, rows in enumerate((LEFT, RIGHT, third))))
    assert joined(text_of(source_of(made(page, letters=ALL + "北")))) == WANTED + joined(third)


def test_a_header_above_columns_belongs_to_neither() -> None:
    page = together(
        lines(["南浦县公报"], 72, HEIGHT - 45), lines(["第九期"], 420, HEIGHT - 45), lines(LEFT, 72), lines(RIGHT, 310)
    )
    assert joined(text_of(source_of(made(page, letters=ALL + "公报第九期")))) == "南浦县公报第九期" + WANTED


@pytest.mark.parametrize(
    "rows",
    [
        [("停车场名称", "收费标准"), ("城东停车场", "每小时二元"), ("城西停车场", "每小时三元"), ("车站", "每次五元"), ("医院停车场", "免费"), ("公园", "免费")],
        [("甲〔2020〕1号", "关于加强河道管理的通知，已失效"), ("乙〔2020〕2号", "关于规范摊点的通告，修改"), ("丙〔2020〕3号", "关于烟花燃放的通告，继续有效"),
         ("丁〔2020〕4号", "关于农贸市场的规定，废止"), ("戊〔2020〕5号", "关于养犬的规定，继续有效")],
    ],
)  # fmt: skip
def test_a_table_without_rules_is_read_row_by_row(rows: list[tuple[str, str]]) -> None:
    page = together(lines([a for a, _ in rows], 72), lines([b for _, b in rows], 310))
    found = text_of(source_of(made(page, letters="".join(a + b for a, b in rows))))
    assert joined(found) == "".join(a + b for a, b in rows)


def test_the_two_signatures_of_a_joint_document_are_read_row_by_row() -> None:
    body = ["现将有关事项通知如下，各单位应当认真组织实施并按期报送情况。"] * 6
    page = together(lines(body), lines(["南浦县民政局"], 100, HEIGHT - 300), lines(["南浦县财政局"], 350, HEIGHT - 300))
    found = text_of(source_of(made(page, letters="".join(body) + "南浦县民政财局")))
    assert joined(found).endswith("南浦县民政局南浦县财政局")
