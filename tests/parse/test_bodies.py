"""Names of bodies: whether a text is one or several of them is told at a glance for most lines, and as before for the others."""

from itertools import pairwise

import pytest

from pipeline.law import national_names
from pipeline.parse.bodies import are_bodies, is_body, split_bodies

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
