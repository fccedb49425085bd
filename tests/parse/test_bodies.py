"""Names of bodies: whether a text is one or several of them is told at a glance for most lines, and as before for the others."""

from itertools import pairwise

import pytest

from pipeline.law import national_names
from pipeline.parse.bodies import are_bodies, bodies_at_end, is_body, is_short_for, split_bodies

TEXTS = (
    "", " ", "、", "财政部", "财政部科技部教育部", "财 政 部", "长河县财政局、长河县审计局", "长河县财政局 长河县审计局",
    "长河县财政局，长河县审计局，", "长河县财政局\u3000", "县长", "中共长河县委长河县人民政府", "关于长河县财政局", "长河县财政局的", "第一章 总则",
    "长河县财政局3", "各市县财政局", "国务院", "长河县财政局办公室主办", "法", "海关总署国家税务总局", "中国银行保险监督管理委员会河北监管局",
    "水利部黄河水利委员会水利部", "办公厅" * 30, "第三条 本办法由财政局解释。",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_of_bodies_where_it_is_one_or_each_of_its_parts_is(text: str) -> None:
    slowly = is_body(text.replace(" ", "")) or all(is_body(name) for name in split_bodies(text))
    assert are_bodies(text) == slowly


def test_names_of_national_bodies_without_separators_are_split_at_the_longest() -> None:
    names = sorted(name for name in national_names() if len(name) >= 6)[:40]
    assert all(split_bodies(first + second) == [first, second] for first, second in pairwise(names))


@pytest.mark.parametrize(
    "names",
    [
        ["国家税务总局河北省税务局"],
        ["临溪省科学技术厅", "国家税务总局临溪省税务局", "临溪省统计局"],
        ["河北省财政厅", "中国人民银行石家庄中心支行", "国家金融监督管理总局河北监管局", "河北省乡村振兴局"],
        ["国家统计局河北调查总队", "河北省统计局"],
        ["国家矿山安全监察局河北局", "河北省应急管理厅"],
        ["国家矿山安全监察局", "国家能源局"],
        ["人力资源社会保障部", "中央综治办"],
        ["财政部办公厅", "总后勤部财务部"],
        ["北京海关", "天津海关", "石家庄海关"],
        ["中国银行保险监督管理委员会河北监管局", "河北省地方金融监督管理局"],
    ],
)
def test_the_local_office_of_a_national_body_is_one_body_and_a_central_one_begins_another(names: list[str]) -> None:
    assert split_bodies("".join(names)) == names


@pytest.mark.parametrize("signature", ["中国人民银行财 政 部", "中国人民银行 财  政  部", "中国人民银行、财 政 部"])
def test_a_letter_spaced_name_is_one_beside_others(signature: str) -> None:
    assert split_bodies(signature) == ["中国人民银行", "财政部"]


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("附件：检查方案.docx", "临溪省科学技术厅临溪省商务厅国家税务总局临溪省税务局"),
        ("附件：检查方案.docx ", "临溪省科学技术厅 临溪省商务厅"),
        ("请遵照执行。", "科技部教育部中国社科院中国科协中央军委科技委"),
        ("附件：检查方案", "科技部教育部中国社科院中国科协中央军委科技委"),
        ("附件：凭证式国债管理办法", "中国人民银行财  政  部"),
        ("附件：登记表", "河北省水利厅"),
        ("宣布失效的行政规范性文件", "河北省水利厅"),
        ("材料报", "河北省水利厅"),
        ("地址：临溪县政务大厅 ", "临溪县水利局"),
        ("联系电话：12345 张三 ", ""),
    ],
)
def test_the_names_at_the_end_of_other_text_are_found_whole(before: str, names: str) -> None:
    assert bodies_at_end(before + names) == names


def test_a_short_name_is_that_of_the_same_body() -> None:
    assert is_short_for("银监会", "中国银行业监督管理委员会")
    assert not is_short_for("临溪县委", "中共临溪县纪委")
    assert not is_short_for("国防科工委", "信息产业部")
    assert not is_short_for("财政部", "财政部")
