"""Parts of a paper that a converter joined into one line are read as if each stood on its own."""

import pytest

from pipeline.document import Masthead
from pipeline.ingest import read_text
from pipeline.parse import parse

TITLE = "云溪县教育局关于规范校外午托管理的通知"
TEXT = "为进一步规范校外午托，保障学生安全，现将有关事项通知如下："
RULE = "一、午托场所应当符合消防要求。"


def masthead(*lines: str) -> Masthead:
    return parse(read_text("试件", "\n".join(lines))).masthead


def facts(found: Masthead) -> tuple[str | None, str | None, list[str], str | None]:
    return (
        found.number.value if found.number else None,
        found.title.value if found.title else None,
        [issuer.value for issuer in found.issuers],
        found.made.value.isoformat() if found.made else None,
    )


RIGHT = ("云教发〔2024〕8号", TITLE, ["云溪县教育局"], "2024-05-06")


@pytest.mark.parametrize(
    "lines",
    [
        ("云溪县教育局文件云教发〔2024〕8号", TITLE, "各中小学校：", TEXT, RULE, "云溪县教育局", "2024年5月6日"),
        (f"云教发〔2024〕8号{TITLE}各中小学校：{TEXT}", RULE, "云溪县教育局", "2024年5月6日"),
        (f"{TITLE}云教发〔2024〕8号", "各中小学校：", TEXT, RULE, "云溪县教育局", "2024年5月6日"),
        (f"{TITLE}  云教发〔2024〕8号", "各中小学校：", TEXT, RULE, "云溪县教育局", "2024年5月6日"),
        ("云教发〔2024〕8号", f"{TITLE}   幼儿园、小学，有关培训机构：", TEXT, RULE, "云溪县教育局", "2024年5月6日"),
        ("云教发〔2024〕8号", f"{TITLE}{TITLE}", "各中小学校：", TEXT, RULE, "云溪县教育局", "2024年5月6日"),
        (f"{TITLE}政策文件{TITLE}", "云教发〔2024〕8号", "各中小学校：", TEXT, RULE, "云溪县教育局", "2024年5月6日"),
        ("云教发〔2024〕8号", TITLE, "各中小学校：", TEXT, f"{RULE}云溪县教育局2024年5月6日"),
        ("云教发〔2024〕8号", TITLE, "各中小学校：", TEXT, f"{RULE}云溪县教育局", "2024年5月6日"),
        ("云教发〔2024〕8号", TITLE, "各中小学校：", TEXT, RULE, "云溪县教育局   2024年5月6日  （此件公开发布）"),
        ("云教发〔2024〕8号", TITLE, "各中小学校：", TEXT, RULE, "云溪县教育局", "2024年5月6日午托场所检查标准", "一、面积"),
        ("云教发〔2024〕8号", TITLE, "各中小学校：", TEXT, RULE, "云溪县教育局", "2024年5月6日附件：午托场所登记表"),
        ("云教发〔2024〕8号", TITLE, "各中小学校：", TEXT, RULE, "附件：午托场所登记表云溪县教育局  2024年5月6日 打印 关闭"),
        (f"云溪县教育局文件云教发〔2024〕8号{TITLE}各中小学校：{TEXT}{RULE}云溪县教育局2024年5月6日",),
    ],
    ids=[
        "letterhead and number", "whole head", "title and number", "title and number in columns", "title and addressees",
        "title doubled", "title doubled around a caption", "text and signature", "text and bodies", "bodies, day and note",
        "day and attached title", "day and attachment", "attachment and signature", "everything",
    ],
)  # fmt: skip
def test_facts_survive_lines_joined(lines: tuple[str, ...]) -> None:
    assert facts(masthead(*lines)) == RIGHT


@pytest.mark.parametrize("section", ["通知公告", "政策法规", "公示公告", "政策文件", "信息公开目录"])
def test_the_section_of_a_site_is_no_title(section: str) -> None:
    assert facts(masthead(section, TITLE, "各中小学校：", TEXT, RULE))[1] == TITLE


def test_who_runs_the_page_is_no_issuer() -> None:
    found = masthead("各镇认真落实，成效明显。", "各村均已开展宣传。", "云溪县人民政府办公室主办")
    assert found.issuers == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "云溪县教育局2024年5月6日召开午托工作会议，部署检查。",
        "本通知自2024年5月6日起施行。",
        "2024年5月6日前完成登记，逾期不予受理。",
        "办法于2024年5月6日经县人民政府常务会议通过。",
    ],
)
def test_a_day_within_a_sentence_closes_no_paper(sentence: str) -> None:
    assert facts(masthead(TITLE, "各中小学校：", TEXT, f"{RULE}{sentence}", "二、加强检查。"))[3] is None


@pytest.mark.parametrize("code", ["沪住建委规范", "京发改委规", "云教发", "长政办函"])
def test_a_code_with_the_name_of_a_body_in_it_stays_whole(code: str) -> None:
    assert facts(masthead(f"{code}〔2024〕3号", TITLE, "各中小学校：", TEXT))[0] == f"{code}〔2024〕3号"


def test_every_part_keeps_its_offsets() -> None:
    text = f"云教发〔2024〕8号{TITLE}各中小学校：{TEXT}{RULE}云溪县教育局2024年5月6日"
    found = parse(read_text("试件", text))
    source = read_text("试件", text).text
    for fact in (found.masthead.title, found.masthead.number, found.masthead.recipients):
        assert fact is not None
        assert "".join(source[fact.span.start : fact.span.end].split()).rstrip("：") == fact.value


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (
            "云溪县财政局关于转发村级公路养护意见的通知文件选编云溪县财政局关于转发村级公路养护意见的通知云财发〔2024〕2号各镇：",
            "云溪县财政局关于转发村级公路养护意见的通知",
        ),
        ("云溪县午托管理暂行办法第一章总则第一条为规范午托，制定本办法。", "云溪县午托管理暂行办法"),
        ("云溪县午托管理暂行办法2024年5月6日第一条为规范午托，制定本办法。", "云溪县午托管理暂行办法"),
        ("云溪县午托服务收费指导意见各中小学校，县直有关单位：为规范收费，制定本意见。", "云溪县午托服务收费指导意见"),
        ("关于暂停办理午托备案的公告《午托备案规程》正在修订，备案暂停。", "关于暂停办理午托备案的公告"),
        ("关于加强午托监管制度建设的若干意见为正确处理午托纠纷，提出意见如下。", "关于加强午托监管制度建设的若干意见"),
    ],
)
def test_a_title_ends_where_its_text_begins(line: str, title: str) -> None:
    assert facts(masthead(line))[1] == title


ARTICLE = "第一条 为规范水库管理，制定本规定。第二条 本规定适用于本市。"


@pytest.mark.parametrize(
    "between", ["", "根据《中华人民共和国水法》，现公布修订后的《水库安全管理规定》，自公布之日起施行。"]
)
def test_an_order_of_two_organs_on_one_line_is_read(between: str) -> None:
    title = "《水库安全管理规定》" if between else "水库安全管理规定"
    found = masthead(f"水利部、应急管理部令第16号{title}{between}", f"第一章 总则{ARTICLE}")
    assert facts(found)[:3] == ("水利部、应急管理部令第16号", "水库安全管理规定", ["水利部", "应急管理部"])


def test_a_title_within_the_sentence_of_an_order_loses_its_inner_marks() -> None:
    text = "《关于修改〈水库安全管理规定〉的决定》已经2006年1月6日部务会议通过，现予公布，自公布之日起施行。"
    found = masthead("中华人民共和国水利部令", "第10号", text, "部长 张三", "2006年2月5日")
    assert found.title is not None and found.title.value == "关于修改《水库安全管理规定》的决定"


@pytest.mark.parametrize("sign", ["附件", "附件2", "# "])
def test_what_stood_on_or_before_the_line_of_a_title_is_no_part_of_it(sign: str) -> None:
    found = masthead(f"{sign}云溪市水库安全管理暂行规定", f"第一章 总则{ARTICLE}")
    assert found.title is not None and found.title.value == "云溪市水库安全管理暂行规定"


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("附件：水库检查登记表", ["水利部办公厅"]),
        ("电子邮箱：a12@example.test", ["省水利厅", "省应急管理厅", "省总工会", "共青团省委", "省妇联", "省残联"]),
        ("附件：水库检查及相关情况", ["河北省水利厅", "河北省财政厅"]),
    ],
)
def test_a_signature_begins_behind_the_name_of_an_attachment_or_an_address(before: str, names: list[str]) -> None:
    found = masthead(TITLE, "各中小学校：", TEXT, f"{RULE}{before}{''.join(names)}2024年5月6日")
    assert [issuer.value for issuer in found.issuers] == names and found.made is not None
