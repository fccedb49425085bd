"""Titles and signatures in joined lines, judged by learnt cues: kinds that no single rule names."""

import pytest

from pipeline.ingest import read_text
from pipeline.parse import parse
from pipeline.parse.closing_days import closes, day_places
from pipeline.parse.cues import BIAS, weigh, weights
from pipeline.parse.title_ends import EDGE, leading_title


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("云溪县渡口安全管理条例", "（2011年6月9日云溪县第十二届人民代表大会常务委员会第三次会议通过）第一条为了渡口安全，制定本条例。"),
        ("关于茶园水毁修复补助的补充规定", "2024年5月6日第一条为了修复茶园，制定本规定。"),
        ("云溪县财政局关于票据核销的通知", "  云财发〔2024〕2号各镇财政所："),
        ("云溪县林场防火办法（试行）", "各林场，县直有关单位：现将办法印发。"),
    ],
)  # fmt: skip
def test_a_title_without_its_line_break_ends_where_something_else_begins(title: str, rest: str) -> None:
    assert title[: leading_title(title + rest)] == title
    assert leading_title(title + rest) == len(title)


@pytest.mark.parametrize(
    "line",
    [
        "根据《云溪县渡口安全管理条例》和云溪县安全生产规划的要求，制定本办法。",
        "各镇要按照云溪县老旧电梯更新工作方案的安排，逐台登记。",
        "为规范票据核销，按照云溪县财政局有关规定，现就核销工作通知如下：",
        "云溪县茶园水毁修复办法的修订由云溪县农业农村局负责。",
    ],
)
def test_a_sentence_is_not_cut_behind_a_genre(line: str) -> None:
    assert leading_title(line) == 0


@pytest.mark.parametrize(
    ("line", "above"),
    [
        ("请认真执行。二〇二四年五月六日为规范票据核销，制定本办法。", ""),
        ("附件：1.农村公路名单云溪县财政局2024年5月6日— 6 —", ""),
        ("2024年5月6日云溪县票据核销办法", "请认真执行。"),
        ("2024年5月6日（此件公开发布）", "云溪县财政局"),
    ],
)
def test_a_day_behind_a_sentence_or_bodies_closes_a_paper(line: str, above: str) -> None:
    assert [closes(place) for place in day_places(line, above=above)] == [True]


@pytest.mark.parametrize(
    "line",
    [
        "本办法自2024年5月6日起施行。",
        "请认真执行。2024年5月6日，县财政局召开了会议。",
        "云溪县财政局2024年5月6日印发",
        "2024年5月6日前完成整改。",
    ],
)
def test_a_day_of_which_something_is_said_closes_nothing(line: str) -> None:
    assert not any(closes(place) for place in day_places(line, above="请认真执行。"))


def test_a_paper_on_one_line_keeps_title_issuer_and_day() -> None:
    text = "云溪县老旧电梯更新办法各镇，县直有关单位：请认真执行。云溪县住房和城乡建设局2024年5月6日点击下载"
    masthead = parse(read_text("甲", text)).masthead
    assert masthead.title and masthead.title.value == "云溪县老旧电梯更新办法"
    assert [issuer.value for issuer in masthead.issuers] == ["云溪县住房和城乡建设局"]
    assert masthead.made and masthead.made.value.isoformat() == "2024-05-06"


def test_cues_without_a_weight_count_nothing() -> None:
    assert weigh(EDGE, ["没有这个线索"]) == weights(EDGE)[BIAS]
