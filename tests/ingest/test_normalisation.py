"""Normalisation of characters, spaces and lost line breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import read_text
from pipeline.ingest.characters import clean
from pipeline.ingest.paragraphs import restore_breaks, split_lines


@pytest.mark.parametrize(
    ("raw", "clean_text"),
    [
        ("⼈⺠政府⻔户", "人民政府门户"),
        ("２０１８年９月１１日", "2018年9月11日"),
        ("冀科政﹝2013﹞12号", "冀科政〔2013〕12号"),
        ("各县(区)人民政府,市直各部门:", "各县（区）人民政府，市直各部门："),
        ("1,200元和8:30", "1,200元和8:30"),
        ("規範性文件應當經過審查，責任單位", "规范性文件应当经过审查，责任单位"),
        ("國(guó)務院辦公廳發佈規範性文件", "国务院办公厅发布规范性文件"),
        ("政\u200b府", "政府"),
        ("关 于 做 好 工 作", "关于做好工作"),
        ("自2022 年 7月 13 日起", "自2022年7月13日起"),
    ],
)
def test_characters_are_normalised(raw: str, clean_text: str) -> None:
    assert clean(raw)[0] == clean_text


@pytest.mark.parametrize(
    ("raw", "simple"),
    [
        ("沿著規範執行，圍繞著機關責任", "沿着规范执行，围绕着机关责任"), ("隨著經濟發展", "随着经济发展"),
        ("本著責任與規範", "本着责任与规范"), ("著作權與顯著進步", "著作权与显著进步"), ("著名專業著述", "著名专业著述"),
        ("看著國家進步", "看着国家进步"), ("著重責任，著手實施", "着重责任，着手实施"),
    ],
)  # fmt: skip
def test_a_traditional_text_is_spelled_as_a_simplified_one(raw: str, simple: str) -> None:
    assert clean(raw)[0] == simple


@pytest.mark.parametrize("label", ["第三条之一", "第三条之二", "第十二条之十一"])
def test_an_article_of_its_own_begins_a_line_in_text_without_breaks(label: str) -> None:
    text = (
        "第三条苗圃应当登记。"
        + "经营者应当公示价格。" * 16
        + f"{label}苗木应当检疫。第四条违反本办法第三条之一的，责令改正。"
    )
    assert restore_breaks(text).split("\n")[1:] == [
        f"{label}苗木应当检疫。",
        "第四条违反本办法第三条之一的，责令改正。",
    ]


def test_repairs_are_reported() -> None:
    assert clean("規範性文件應當審查責任單位經濟")[1] == ("繁体字已转换为简体",)


def test_lost_breaks_are_restored_in_text_without_lines() -> None:
    text = (
        "为了加强管理，现就有关事项通知如下：一、明确责任。"
        + "各单位要认真落实。" * 20
        + "二、加强检查。（一）按月自查。临溪县水利局2024年5月6日更多信息请关注官方微信"
    )
    lines = split_lines(restore_breaks(text))
    assert lines[1].startswith("一、明确责任") and lines[-3:] == [
        "临溪县水利局",
        "2024年5月6日",
        "更多信息请关注官方微信",
    ]


def test_a_page_number_within_a_sentence_is_removed() -> None:
    assert restore_breaks("录入（或— 3 —\n导入）数据。") == "录入（或导入）数据。"


def test_hard_wrapped_lines_are_joined() -> None:
    wrapped = "".join(("为了检验硬回车能够正确连接这一行正好写满二十五字哟\n",) * 14) + "到此结束。"
    assert len(split_lines(wrapped)) == 1


@given(st.text(alphabet="第一二条章（）。；：、《》年月日12 \n\u3000人民政府通知附件", max_size=400))
def test_the_spans_of_the_blocks_cover_the_text(text: str) -> None:
    source = read_text("t", text)
    assert "\n".join(block.span.cut(source.text) for block in source.blocks) == source.text
