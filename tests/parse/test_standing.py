"""What the information block of a page says of the life of a document is read and decides its validity before a computed term."""

from datetime import date

import pytest

from pipeline import analyze
from pipeline.document import Dossier

_TEXT = "".join(
    f"<p>{line}</p>"
    for line in (
        "临溪县人民政府关于加强集市管理的通告",
        "为加强集市管理，维护交易秩序，现就有关事项通告如下：",
        "一、经营者应当在划定的区域内经营，不得占用道路。",
        "二、各乡镇人民政府负责集市的日常巡查，发现问题及时报告。",
        "本通告自2024年3月1日起施行{term}。",
        "临溪县人民政府",
        "2024年2月5日",
    )
)


def page(*rows: tuple[str, str], term: str = "，有效期5年", day: date = date(2026, 6, 1)) -> Dossier:
    table = "".join(f"<tr><td>{name}：</td><td>{value}</td></tr>" for name, value in (("索引号", "4311/2024-3"), *rows))
    markup = f"<html><head><meta charset=utf-8></head><body><table>{table}</table><div id=zoom>{_TEXT.format(term=term)}</div></body></html>"
    return analyze(markup.encode(), name="网页.html", as_of=day)


@pytest.mark.parametrize(
    ("rows", "state", "last_day"),
    [
        ([("有效性", "已废止（2025-12-20）")], "已废止", date(2025, 12, 19)),
        ([("时效性", "失效")], "已失效", None),
        ([("效力状态", "已废止"), ("废止日期", "2025年7月1日")], "已废止", date(2025, 6, 30)),
        ([("是否有效", "否"), ("失效日期", "2025-07-01")], "已失效", date(2025, 6, 30)),
        ([("文件状态", "自2025年7月1日起废止")], "已废止", date(2025, 6, 30)),
        ([("公开日期", "2024-02-06"), ("废止时间", "2025-07-01")], "已废止", date(2025, 6, 30)),
        ([("是否有效", "无效")], "已失效", None),
    ],
)
def test_an_end_that_the_page_states_decides(rows: list[tuple[str, str]], state: str, last_day: date | None) -> None:
    dossier = page(*rows)
    validity = dossier.assessment.validity
    assert (validity.state, validity.expires) == (state, last_day)
    assert validity.span and rows[-1][0] in dossier.source.text and "网页信息表" in validity.reasons[0]
    assert validity.span.cut(dossier.source.text).split("：")[0] in {name for name, _ in rows}
    assert dossier.assessment.cleanup.outcome in ("repeal", "lapse")


@pytest.mark.parametrize(
    ("name", "value"),
    [("有效性", "有效"), ("有效性", "现行有效"), ("效力状态", "未废止"), ("是否有效", "是"), ("有效性", "尚未失效"), ("时效性", "部分失效"), ("有效性", "")],
)  # fmt: skip
def test_a_document_that_the_page_does_not_end_is_judged_by_its_text(name: str, value: str) -> None:
    validity = page((name, value), ("公开日期", "2024-02-06")).assessment.validity
    assert (validity.state, validity.expires) == ("有效", date(2029, 2, 28))


def test_an_end_in_future_is_told_and_does_not_decide_yet() -> None:
    validity = page(("废止日期", "2027-01-01"), ("公开日期", "2024-02-06")).assessment.validity
    assert validity.state == "有效" and any("废止日期：2027-01-01" in reason for reason in validity.reasons)


def test_a_page_that_says_in_force_after_the_term_is_told() -> None:
    validity = page(("有效性", "有效"), ("公开日期", "2024-02-06"), term="，有效期1年").assessment.validity
    assert validity.state == "已届满" and any("不一致" in reason for reason in validity.reasons)


def test_a_last_day_that_only_the_page_states_is_the_term() -> None:
    validity = page(("有效期至", "2026年2月28日"), ("公开日期", "2024-02-06"), term="").assessment.validity
    assert (validity.state, validity.expires) == ("已届满", date(2026, 2, 28))


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=zt>有效性：已废止</div><h1>{}</h1>",
        "<h1>{}（已废止）</h1>",
        "<h1>{}</h1><p><font color=red>【已废止】</font></p>",
        "<h1>{}</h1><span>（本文件已被废止）</span>",
        "<title>{}（已废止）-临溪县</title>",
    ],
)
def test_a_stamp_of_the_site_beside_the_title_decides(markup: str) -> None:
    title = "临溪县农业局关于加强集市管理的通告"
    text = _TEXT.format(term="，有效期5年").removeprefix("<p>临溪县人民政府关于加强集市管理的通告</p>")
    data = f"<html><head><meta charset=utf-8></head><body>{markup.format(title)}<div id=zoom>{text}</div></body></html>"
    dossier = analyze(data.encode(), name="网页.html", as_of=date(2026, 6, 1))
    assert dossier.assessment.validity.state == "已废止"
    assert dossier.document.masthead.title and dossier.document.masthead.title.value == title


def test_a_stamp_behind_the_title_in_the_text_decides() -> None:
    text = _TEXT.format(term="，有效期5年").replace("通告</p>", "通告（已废止）</p>", 1)
    data = f"<html><head><meta charset=utf-8></head><body><div id=zoom>{text}</div></body></html>"
    dossier = analyze(data.encode(), name="网页.html", as_of=date(2026, 6, 1))
    assert dossier.assessment.validity.state == "已废止"
    title = dossier.document.masthead.title
    assert title and title.value == "临溪县人民政府关于加强集市管理的通告"


def test_words_on_an_end_within_the_text_are_no_stamp() -> None:
    text = _TEXT.format(term="，有效期5年").replace("及时报告。", "及时报告（已失效）。")
    data = f"<html><head><meta charset=utf-8></head><body><div id=zoom>{text}</div></body></html>"
    assert analyze(data.encode(), name="网页.html", as_of=date(2026, 6, 1)).assessment.validity.state == "有效"
