"""Own numbers and titles in the forms that offices write."""

import pytest

from tests.builders import document

TITLE = "长河县林业局关于做好苗木检疫工作的通知"
REST = ("各乡镇人民政府：", "一、苗木应当检疫。", "本通知自印发之日起施行。", "长河县林业局", "2023年4月6日")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("〔2023〕长林字第8号", "〔2023〕长林字第8号"), ("（88）长林政字第015号", "〔88〕长林政字第015号"),
        ("长林发〔97〕8号", "长林发〔97〕8号"), ("长林发〔二〇二三〕8号", "长林发〔2023〕8号"),
        ("长林发〔二○二三〕8号", "长林发〔2023〕8号"), ("长林发第8号", "长林发第8号"), ("长林发2023年第8号", "长林发〔2023〕8号"),
        ("长林字〔2023〕第08号", "长林字〔2023〕第08号"), ("长林发〔2023〕8号之三", "长林发〔2023〕8号之三"),
        ("长林发〔2023〕8-2号", "长林发〔2023〕8-2号"), ("长林发{2023}8号", "长林发〔2023〕8号"), ("长林发<2023>8号", "长林发〔2023〕8号"),
        ("长林发【2023】8号", "长林发〔2023〕8号"), ("长林发［2023］8号", "长林发〔2023〕8号"), ("长林发〔2023〕8号文件", "长林发〔2023〕8号"),
        ("长林发〔2023〕增8号", "长林发〔2023〕增8号"), ("长林明电〔2023〕8号 加急", "长林明电〔2023〕8号"),
        ("长林发〔2023〕8号 长农发〔2023〕9号", "长林发〔2023〕8号"), ("（长林发〔2023〕8号）", "长林发〔2023〕8号"),
        ("文号：长林发〔2023〕8号", "长林发〔2023〕8号"), ("长林发〔2023〕 8 号", "长林发〔2023〕8号"),
    ],
)  # fmt: skip
def test_an_own_number_of_any_form_is_read(written: str, number: str) -> None:
    found = document(TITLE, written, *REST).masthead
    assert found.number and found.number.value == number
    assert found.title and found.title.value == TITLE


def test_code_and_year_on_two_lines_are_one_number() -> None:
    found = document(TITLE, "长林发", "〔2023〕8号", *REST).masthead
    assert found.number and found.number.value == "长林发〔2023〕8号"


@pytest.mark.parametrize(
    ("lines", "number", "title"),
    [
        (("国家林草局公告2023年第8号", "关于苗木检疫的公告"), "国家林草局公告2023年第8号", "关于苗木检疫的公告"),
        (("国家林草局公告2023年第8号（关于苗木检疫的公告）",), "国家林草局公告2023年第8号", "关于苗木检疫的公告"),
        (("国家林草局关于苗木检疫的公告", "国家林草局公告2023年第8号"), "国家林草局公告2023年第8号", "国家林草局关于苗木检疫的公告"),
        (("长河县人民政府通告", "（2023年第8号）", "关于封山育林的通告"), "长河县人民政府通告2023年第8号", "关于封山育林的通告"),
        (("长河县人民政府通告〔2023〕8号", "关于封山育林的通告"), "长河县人民政府通告〔2023〕8号", "关于封山育林的通告"),
        (("长河县人民政府公告", "2023年第8号", "关于封山育林的公告"), "长河县人民政府公告2023年第8号", "关于封山育林的公告"),
        (("长河县人民政府2023年第8号公告",), "长河县人民政府2023年第8号公告", "长河县人民政府2023年第8号公告"),
        (("长河县人民政府公告", "2023年第8号"), "长河县人民政府公告2023年第8号", "长河县人民政府公告"),
    ],
)  # fmt: skip
def test_a_numbered_notice_is_named_by_what_it_is_about(lines: tuple[str, ...], number: str, title: str) -> None:
    text = (
        "为了保护森林，现公告如下：",
        "一、禁止入山采挖。",
        "二、本公告自2023年10月1日起施行。",
        "长河县人民政府",
        "2023年9月14日",
    )
    found = document(*lines, *text).masthead
    assert found.number and found.number.value == number
    assert found.title and found.title.value == title
