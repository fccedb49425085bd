"""Dispositions between documents in the wordings of offices: what ends, what changes, what is prolonged, which part, from and until when."""

from datetime import date

import pytest

from pipeline.document import Amendment, Document, Repeal
from tests.builders import document, source

TITLE = "长河县人民政府关于加强苗圃管理的通知"
NURSERY, POND = ("苗圃管理办法", "长政发〔2016〕3号"), ("鱼塘管理办法", "长政发〔2017〕5号")
FIRST, SECOND = "《苗圃管理办法》（长政发〔2016〕3号）", "《鱼塘管理办法》（长政发〔2017〕5号）"


def read(*lines: str, title: str = TITLE) -> Document:
    return document(title, "长政发〔2024〕9号", "各乡镇人民政府：", *lines, "长河县人民政府", "2024年5月8日")


def repeals(*lines: str, title: str = TITLE) -> list[Repeal]:
    return [repeal for member in read(*lines, title=title).family() for repeal in member.repeals]


def amendments(*lines: str, title: str = TITLE) -> list[Amendment]:
    return [made for member in read(*lines, title=title).family() for made in member.amendments]


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        (f"{FIRST}第十二条、第十三条同时废止。", "第十二条、第十三条"),
        (f"{FIRST}第三章停止执行。", "第三章"),
        (f"{FIRST}附件2不再执行。", "附件2"),
        (f"停止执行{FIRST}第五条。", "第五条"),
        (f"废止{FIRST}中关于摊位收费的规定。", "关于摊位收费的规定"),
        (f"{FIRST}中关于收费标准的规定同时废止。", "关于收费标准的规定"),
        (f"{FIRST}除第五条外同时废止。", "除第五条外"),
        (f"{FIRST}第七条至第九条不再执行。", "第七条至第九条"),
        (f"{FIRST}第十条之一予以废止。", "第十条之一"),
        (f"{FIRST}第二条第（三）项停止执行。", "第二条第（三）项"),
        (f"删去{FIRST}第八条第二款。", "第八条第二款"),
        (f"将{FIRST}第八条删去。", "第八条"),
        (f"{FIRST}不再适用于村民自建房屋。", "适用于村民自建房屋的部分"),
        (f"{FIRST}同时废止，但第五条继续有效。", "除第五条外"),
        (f"{FIRST}的部分条款同时废止。", "部分条款"),
        (f"{FIRST}有关保证金的条款停止执行。", "有关保证金的条款"),
        (f"{FIRST}规定的收费标准不再执行。", "规定的收费标准"),
        (f"{FIRST}的收费标准同时废止。", "收费标准"),
        (f"{FIRST}所附收费标准同时废止。", "所附收费标准"),
        (f"{FIRST}涉及公示的条款自2024年1月1日起不再执行。", "涉及公示的条款"),
        (f"{FIRST}第三条至第五条、第七条废止。", "第三条至第五条、第七条"),
        (f"{FIRST}中“每年缴纳二百元”的内容不再执行。", "“每年缴纳二百元”的内容"),
        (f"将{FIRST}第三条修改为：“苗圃应当登记。”", "第三条"),
        ("长政发〔2016〕3号文件第三条停止执行。", "第三条"),
    ],
)
def test_what_concerns_a_part_leaves_the_document_in_force(sentence: str, part: str) -> None:
    assert repeals(sentence) == []
    (made,) = amendments(sentence)
    assert (made.kind, made.number, made.part) == ("修改", NURSERY[1], part)


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("《苗圃管理办法》第三条、《鱼塘管理办法》第五条同时废止。", ["第三条", "第五条"]),
        ("《苗圃管理办法》《鱼塘管理办法》中有关罚款的规定停止执行。", ["有关罚款的规定", "有关罚款的规定"]),
    ],
)
def test_each_document_has_its_own_part(sentence: str, parts: list[str]) -> None:
    assert [made.part for made in amendments(sentence)] == parts and not repeals(sentence)


def test_a_part_behind_the_second_title_is_none_of_the_first() -> None:
    sentence = "《苗圃管理办法》、《鱼塘管理办法》第五条同时废止。"
    assert [repeal.title for repeal in repeals(sentence)] == ["苗圃管理办法"]
    assert [(made.title, made.part) for made in amendments(sentence)] == [("鱼塘管理办法", "第五条")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((f"{FIRST}同时废止。",), [NURSERY]),
        ((f"{FIRST}不再执行。",), [NURSERY]),
        ((f"{FIRST}的规定同时废止。",), [NURSERY]),
        ((f"{FIRST}文件同时废止。",), [NURSERY]),
        ((f"{FIRST}停止施行。",), [NURSERY]),
        ((f"{FIRST}予以作废。",), [NURSERY]),
        ((f"{FIRST}、{SECOND}同时废止。",), [NURSERY, POND]),
        ((f"废止{FIRST}和{SECOND}。",), [NURSERY, POND]),
        (("长政发〔2016〕3号、长林发〔2017〕9号文件同时废止。",), [(None, "长政发〔2016〕3号"), (None, "长林发〔2017〕9号")]),
        (("原长政发〔2010〕3号、5号文同时废止。",), [(None, "长政发〔2010〕3号"), (None, "长政发〔2010〕5号")]),
        (("废止长政发〔2016〕3号文件。",), [(None, "长政发〔2016〕3号")]),
        (("长河县人民政府公告2016年第4号同时废止。",), [(None, "长河县人民政府公告2016年第4号")]),
        (("决定废止下列文件：", f"1.{FIRST}", f"2.{SECOND}", "3.长林发〔2017〕9号"), [NURSERY, POND, (None, "长林发〔2017〕9号")]),
        (
            ("决定废止以下规范性文件：", "一、长河县苗圃管理办法（长政发〔2016〕3号）", "二、关于印发鱼塘管理办法的通知（长政发〔2017〕5号）"),
            [("长河县苗圃管理办法", "长政发〔2016〕3号"), ("关于印发鱼塘管理办法的通知", "长政发〔2017〕5号")],
        ),
        (("《关于印发<苗圃管理办法>的通知》（长政发〔2016〕3号）自本通知印发之日起废止。",), [("关于印发<苗圃管理办法>的通知", "长政发〔2016〕3号")]),
        ((f"{FIRST}有效期延长至2029年5月31日，{SECOND}同时废止。",), [POND]),
        ((f"{FIRST}继续有效，{SECOND}同时废止。",), [POND]),
        ((f"根据{FIRST}规定，停止执行{SECOND}。",), [POND]),
    ],
)  # fmt: skip
def test_what_is_repealed_as_a_whole_is_told_by_title_or_number(
    lines: tuple[str, ...], expected: list[tuple[str | None, str]]
) -> None:
    assert [(repeal.title, repeal.number) for repeal in repeals(*lines)] == expected


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        (f"自2024年7月1日起，{FIRST}停止执行。", date(2024, 7, 1)),
        (f"{FIRST}自2024年12月31日起失效。", date(2024, 12, 31)),
        (f"{FIRST}于二〇二四年元月一日起废止。", date(2024, 1, 1)),
        (f"{FIRST}同时废止。", None),
    ],
)
def test_the_day_of_a_repeal_is_told(sentence: str, day: date | None) -> None:
    (repeal,) = repeals(sentence)
    assert repeal.day == day


@pytest.mark.parametrize(
    "sentence",
    [
        "各部门应当及时提出《苗圃管理办法》修改或者废止的意见。",
        "符合条件的，可不再执行《苗圃管理办法》第八条。",
        "拟废止《苗圃管理办法》。",
        "批准《已经失效的文件目录》。",
        "根据《苗圃管理办法》第五条规定，停止执行收费。",
        "此前规定与本通知不一致的，同时废止。",
        "《苗圃管理办法》废止前已经受理的，按原规定办理。",
        "各单位应当落实《苗圃管理办法》，适时修订《鱼塘管理办法》。",
        "许可证有效期届满需要延续的，应当提出申请。",
        "经批准，可以延长《合作协议》期限两年。",
        "不得依据《苗圃管理办法》变相延长付款期限。",
    ],
)
def test_what_may_be_done_or_is_asked_for_is_no_disposition(sentence: str) -> None:
    assert repeals(sentence) == [] and amendments(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "until", "years"),
    [
        (f"{FIRST}有效期延长5年，至2029年5月31日。", date(2029, 5, 31), 5),
        (f"{FIRST}有效期延长五年。", None, 5),
        (f"{FIRST}有效期顺延两年。", None, 2),
        (f"延长{FIRST}有效期一年半。", None, 1.5),
        (f"{FIRST}的施行期限延长1年6个月。", None, 1.5),
        (f"{FIRST}试行期延长一年。", None, 1),
        ("长政发〔2016〕3号文件有效期延长三年。", None, 3),
        (f"{FIRST}继续执行两年。", None, 2),
        (f"{FIRST}有效期调整为2029年5月31日。", date(2029, 5, 31), None),
        (f"{FIRST}有效期变更为至2029年5月31日。", date(2029, 5, 31), None),
        (f"{FIRST}延期执行至2029年5月31日。", date(2029, 5, 31), None),
        (f"{FIRST}继续有效，有效期至2029年5月31日。", date(2029, 5, 31), None),
        (f"{FIRST}继续有效至2029年5月31日。", date(2029, 5, 31), None),
        (f"将{FIRST}有效期延长至2029年底。", date(2029, 12, 31), None),
        (f"{FIRST}执行期限顺延至二〇二九年六月卅日。", date(2029, 6, 30), None),
        (f"{FIRST}有效期延续到2029年6月。", date(2029, 6, 30), None),
    ],
)  # fmt: skip
def test_a_prolongation_is_told_by_its_day_or_its_length(
    sentence: str, until: date | None, years: float | None
) -> None:
    (made,) = amendments(sentence)
    assert (made.kind, made.number, made.until, made.years, made.anew) == ("延长", NURSERY[1], until, years, False)


def test_a_length_of_its_own_runs_from_the_disposition() -> None:
    (made,) = amendments(f"{FIRST}自2024年6月1日起继续施行，有效期5年。")
    assert (made.years, made.anew, made.since) == (5, True, date(2024, 6, 1))


@pytest.mark.parametrize(
    "sentence",
    [
        "《苗圃管理办法（试行）》（长政发〔2022〕3号）自2024年6月1日起转为正式实施。",
        "《苗圃管理办法（试行）》（长政发〔2022〕3号）自2024年6月1日起正式施行。",
    ],
)
def test_what_was_provisional_and_becomes_final_is_prolonged(sentence: str) -> None:
    (made,) = amendments(sentence)
    assert (made.kind, made.number, made.since) == ("延长", "长政发〔2022〕3号", date(2024, 6, 1))


@pytest.mark.parametrize(
    ("lines", "days"),
    [
        ((f"{FIRST}、{SECOND}有效期延长至2029年5月31日。",), [date(2029, 5, 31)] * 2),
        ((f"{FIRST}、{SECOND}有效期分别延长至2027年5月31日、2028年6月30日。",), [date(2027, 5, 31), date(2028, 6, 30)]),
        (("下列文件有效期延长至2029年5月31日：", f"1.{FIRST}", f"2.{SECOND}"), [date(2029, 5, 31)] * 2),
    ],
)
def test_several_documents_are_prolonged_at_once(lines: tuple[str, ...], days: list[date]) -> None:
    found = amendments(*lines)
    assert [(made.title, made.number) for made in found] == [NURSERY, POND]
    assert [made.until for made in found] == days


@pytest.mark.parametrize(
    ("title", "sentence", "until", "years"),
    [
        ("长河县人民政府关于延长《长河县苗圃管理办法》有效期的通知", "上述办法有效期延长至2029年5月31日。", date(2029, 5, 31), None),
        ("长河县人民政府关于延长长河县苗圃管理办法有效期的通知", "经评估，该办法有效期延长5年。", None, 5),
    ],
)  # fmt: skip
def test_a_prolongation_of_that_document_is_one_of_the_title(
    title: str, sentence: str, until: date | None, years: float | None
) -> None:
    (made,) = amendments(sentence, title=title)
    assert (made.title, made.until, made.years) == ("长河县苗圃管理办法", until, years)


def test_a_title_without_marks_names_what_is_repealed() -> None:
    (repeal,) = repeals("经研究，决定予以废止。", title="长河县人民政府关于废止长河县苗圃管理办法的通知")
    assert repeal.title == "长河县苗圃管理办法"


def test_a_title_that_names_an_article_repeals_the_article() -> None:
    title = "长河县人民政府关于停止执行《长河县苗圃管理办法》第五条的通知"
    assert repeals("自即日起停止执行。", title=title) == []
    (made,) = amendments("自即日起停止执行。", title=title)
    assert made.part == "第五条"


def test_every_disposition_carries_the_span_of_its_evidence() -> None:
    lines = (TITLE, "长政发〔2024〕9号", "各乡镇人民政府：", f"{FIRST}第十二条、{SECOND}同时废止。")
    found, text = document(*lines), source(*lines).text
    assert [repeal.span.cut(text) for repeal in found.repeals] == ["《鱼塘管理办法》"]
    assert [made.span.cut(text) for made in found.amendments] == ["《苗圃管理办法》"]


THIRD = "《渡口管理办法》（长政发〔2018〕7号）"
_ENDED = "长河县人民政府关于废止部分行政规范性文件的决定"


@pytest.mark.parametrize("together", [False, True], ids=["lines", "one line"])
@pytest.mark.parametrize(
    "lines",
    [
        ("一、对下列行政规范性文件予以废止", f"1.{FIRST}", f"2.{SECOND}"),
        ("决定：", "一、对下列行政规范性文件予以废止。", f"（一）{FIRST}", f"（二）{SECOND}。"),
        ("决定废止下列文件", f"一、{FIRST}", f"二、{SECOND}"),
        ("以下文件宣布失效。", f"1.{FIRST}；", f"2.{SECOND}。"),
        ("一、废止的文件", f"1.{FIRST}", "二、宣布失效的文件", f"1.{SECOND}"),
        ("一、废止的文件（2件）", f"（一）{FIRST}；", f"（二）{SECOND}。"),
        ("一、废止和宣布失效的文件", f"1.{FIRST}", f"2.{SECOND}"),
        ("附件1", "废止文件目录", f"1.{FIRST}", f"2.{SECOND}"),
        ("附件1 废止文件目录", f"1.{FIRST}", f"2.{SECOND}"),
        ("附件：长河县人民政府决定废止的行政规范性文件目录", f"1.{FIRST}", f"2.{SECOND}"),
    ],
)
def test_a_heading_without_colon_repeals_what_is_listed_below_it(lines: tuple[str, ...], together: bool) -> None:
    if together:
        lines = ("".join((_ENDED, "长政发〔2024〕9号", "各乡镇人民政府：", *lines, "长河县人民政府2024年5月8日")),)
        found = [repeal for member in document(*lines).family() for repeal in member.repeals]
    else:
        found = repeals(*lines, title=_ENDED)
    assert [(repeal.title, repeal.number) for repeal in found] == [NURSERY, POND]


@pytest.mark.parametrize(
    "lines",
    [
        ("附件1", "废止的文件目录", "序号", "文件名称", "文号", "1", "苗圃管理办法", "长政发〔2016〕3号", "2", "《鱼塘管理办法》", "长政发〔2017〕5号"),
        ("附件1", "废止的文件目录", "序号 文件名称 文号", "1 苗圃管理办法 长政发〔2016〕3号", "2 鱼塘管理办法 长政发〔2017〕5号"),
        ("一、对下列文件予以废止", "1.苗圃管理办法（长政发〔2016〕3号）", "2.鱼塘管理办法（长政发〔2017〕5号）"),
    ],
)  # fmt: skip
def test_titles_without_marks_are_listed_with_their_numbers(lines: tuple[str, ...]) -> None:
    assert [(repeal.title, repeal.number) for repeal in repeals(*lines, title=_ENDED)] == [NURSERY, POND]


def test_what_stands_below_the_next_heading_is_not_repealed() -> None:
    lines = ("一、对下列文件予以废止", f"1.{FIRST}", f"2.{SECOND}", "二、对下列文件予以修改", f"1.{THIRD}")
    for title, body in ((_ENDED, lines), (_ENDED, ("".join(lines),))):
        assert [(repeal.title, repeal.number) for repeal in repeals(*body, title=title)] == [NURSERY, POND]
        assert [(made.kind, made.title) for made in amendments(*body, title=title)] == [("修改", "渡口管理办法")]


@pytest.mark.parametrize("together", [False, True], ids=["lines", "one line"])
@pytest.mark.parametrize(
    "lines",
    [
        ("下列文件废止前应当评估。", f"{FIRST}由县林业局解释。"),
        ("一、拟废止的文件", f"1.{FIRST}"),
        ("一、修改或者废止的文件", f"1.{FIRST}"),
        ("一、继续有效的文件", f"1.{FIRST}"),
        ("附件：1.废止文件目录", "2.《苗圃管理办法》修订稿"),
        ("附件：1.废止文件目录", "2.继续有效文件目录"),
        ("一、废止的文件处理程序", f"1.{FIRST}"),
    ],
)
def test_a_heading_that_repeals_nothing(lines: tuple[str, ...], together: bool) -> None:
    assert repeals(*(("".join(lines),) if together else lines), title=_ENDED) == []
