"""Mastheads: title, issuing bodies, numbers, dates, addressees, and what must not be mistaken for them."""

from datetime import date

import pytest

from corpora import papers
from tests.builders import document


def test_a_notice_has_title_issuer_number_date_and_recipients() -> None:
    masthead = document(*papers.FARMHOUSE).masthead
    assert masthead.title and masthead.title.value == "湖南省临溪县人民政府关于印发《临溪县农家乐经营管理办法》的通知"
    assert [issuer.value for issuer in masthead.issuers] == ["湖南省临溪县人民政府"]
    assert masthead.number and masthead.number.value == "临政发〔2025〕12号"
    assert masthead.made and masthead.made.value == date(2025, 3, 6)
    assert masthead.recipients and masthead.recipients.value == "各乡镇人民政府，县政府各工作部门"
    assert masthead.openness and masthead.openness.value == "公开发布"


def test_every_span_is_its_evidence() -> None:
    text = "\n".join(papers.FARMHOUSE)
    masthead = document(*papers.FARMHOUSE).masthead
    assert masthead.number and masthead.number.span.cut(text) == "临政发〔2025〕12号"
    assert masthead.made and masthead.made.span.cut(text) == "2025年3月6日"
    assert masthead.title and masthead.title.span.cut(text).replace("\n", "") == masthead.title.value


def test_a_cited_number_is_never_the_own_number() -> None:
    masthead = document(
        "关于继续执行《临溪县城市绿化办法》的通知",
        "各有关单位：",
        "经评估，《临溪县城市绿化办法》（临政发〔2020〕8号）继续执行。",
        "临溪县城市管理局",
        "2025年8月1日",
    ).masthead
    assert masthead.number is None


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (
            ("临溪县人民政府公告", "〔2025〕第3号", "为了保障供水，现公告如下："),
            "临溪县人民政府公告〔2025〕第3号",
        ),
        (
            ("临溪县人民政府公告（2025）第3号", "为了保障供水，现公告如下："),
            "临溪县人民政府公告〔2025〕第3号",
        ),
        (
            (
                "湖南省人民政府令",
                "第36号",
                "《湖南省河道办法》已经省人民政府常务会议通过，现予公布。",
            ),
            "湖南省人民政府令第36号",
        ),
        (("临政发[2025]12号", "关于加强管理的通知", "各单位："), "临政发〔2025〕12号"),
        (("临政发〔2025〕 号", "关于加强管理的通知", "各单位："), None),
    ],
)
def test_numbers_of_every_kind_have_one_spelling(lines: tuple[str, ...], number: str | None) -> None:
    found = document(*lines).masthead.number
    assert (found.value if found else None) == number


def test_joint_issuers_without_separator_keep_their_order() -> None:
    masthead = document("关于做好工作的通知", "各单位：", "请认真落实。", "财政部科技部教育部", "2024年5月6日").masthead
    assert [issuer.value for issuer in masthead.issuers] == ["财政部", "科技部", "教育部"]


def test_a_letterhead_of_several_bodies_and_signers() -> None:
    masthead = document(
        "中共临溪县委文件",
        "临委〔2025〕6号",
        "签发人：李禾 周麦",
        "中共临溪县委 临溪县人民政府关于法治建设情况的 报 告",
        "市委：",
        "现将情况报告如下：",
    ).masthead
    assert [issuer.value for issuer in masthead.issuers] == ["中共临溪县委", "临溪县人民政府"]
    assert [signer.value for signer in masthead.signers] == ["李禾", "周麦"]


def test_spam_in_the_name_of_a_body_is_reported_and_not_used() -> None:
    found = document(*papers.SPAM)
    assert found.masthead.issuers == ()
    assert found.masthead.made and found.masthead.made.value == date(2025, 9, 20)
    assert any(note.kind == "spam" for note in found.noise)


def test_scrubbed_digits_are_reported() -> None:
    assert any(
        note.kind == "scrubbed" for note in document("根据《实施办法》（湘政发〔〕号）的要求，制定本细则。").noise
    )


def test_a_printing_date_is_publication_and_not_the_date_made() -> None:
    masthead = document(
        "关于规范账户的通知",
        "各银行：",
        "请认真执行。",
        "抄送：财政部，审计署。",
        "中国人民银行办公厅 2014年12月23日印发",
    ).masthead
    assert masthead.made is None
    assert masthead.published and masthead.published.value == date(2014, 12, 23)
    assert masthead.copies and masthead.copies.value == "财政部，审计署"


def test_a_notice_joined_to_one_line_is_split() -> None:
    masthead = document(*papers.RUN_TOGETHER).masthead
    assert masthead.title and masthead.title.value.endswith("充电安全管理的通知")
    assert masthead.number and masthead.number.value == "临应急发〔2025〕30号"
    assert [issuer.value for issuer in masthead.issuers] == [
        "临溪县应急管理局",
        "临溪县消防救援大队",
    ]
    assert masthead.made and masthead.made.value == date(2025, 10, 16)


@pytest.mark.parametrize("number", ["LYDR-2020-00001", "ZJAC01—2020—0003", "SDPR-2021-0310001"])
def test_registration_numbers_are_distinguished_from_document_numbers(number: str) -> None:
    masthead = document(number, "临政发〔2020〕1号", "临溪县人民政府关于加强管理的通知", "各单位：").masthead
    assert masthead.registration and masthead.registration.value == number.replace("—", "-")
    assert masthead.number and masthead.number.value == "临政发〔2020〕1号"


def test_a_title_stripped_from_the_text_is_not_invented() -> None:
    assert (
        document("临政发〔2025〕1号各乡镇人民政府：", "现就有关事项通知如下：", "一、加强管理。").masthead.title is None
    )


@pytest.mark.parametrize(
    ("signature", "names"),
    [
        ("临海省总工会临海省工商业联合会临海省企业联合会", ["临海省总工会", "临海省工商业联合会", "临海省企业联合会"]),
        ("商 务 部 国 资 委", ["商务部", "国资委"]),
        ("国家发展改革委教育部国家广电总局国家乡村振兴局", ["国家发展改革委", "教育部", "国家广电总局", "国家乡村振兴局"]),
        ("中国银行保险监督管理委员会临海监管局", ["中国银行保险监督管理委员会临海监管局"]),
    ],
)  # fmt: skip
def test_joint_signatures_are_split(signature: str, names: list[str]) -> None:
    masthead = document("关于开展协作的通知", "各有关单位：", "请照此办理。", signature, "2024年5月6日").masthead
    assert [issuer.value for issuer in masthead.issuers] == names


def test_an_order_without_heading_is_recognised_by_its_signature() -> None:
    masthead = document(
        "《临海省渔港管理办法》已经2023年4月2日省政府第9次常务会议通过，现予公布，自2023年7月1日起施行。",
        "省长李明",
        "2023年5月21日",
        "临海省渔港管理办法",
        "第一条 为了管理渔港，制定本办法。",
    ).masthead
    assert masthead.title and masthead.title.value == "临海省渔港管理办法"
    assert masthead.made and masthead.made.value == date(2023, 5, 21)


def test_bodies_over_several_lines_belong_to_the_title() -> None:
    masthead = document(
        "教育部、科技部、", "商务部、国资委关于印发《绿色港口评价办法》的通知", "各省教育厅：", "请遵照执行。"
    ).masthead
    assert masthead.title and masthead.title.value == "教育部、科技部、商务部、国资委关于印发《绿色港口评价办法》的通知"


def test_the_issued_document_may_begin_on_the_line_of_the_date() -> None:
    found = document(
        "《临溪县渡口整治实施方案》已经县政府同意，现印发给你们，请认真组织实施。临溪县人民政府办公室2024年3月4日"
        "临溪县渡口整治实施方案为落实《渡口守则》要求，制定本方案。"
    )
    assert [issuer.value for issuer in found.masthead.issuers] == ["临溪县人民政府办公室"]
    assert found.masthead.made and found.masthead.made.value == date(2024, 3, 4)
    assert [a.masthead.title.value for a in found.attached if a.masthead.title] == ["临溪县渡口整治实施方案"]


def test_an_information_table_with_values_below_its_labels_is_no_signature() -> None:
    masthead = document(
        "临溪县人民政府关于渡口安全的意见", "标题：", "临溪县人民政府关于渡口安全的意见", "文号：", "临政发〔2024〕2号",
        "发布日期：", "2024年01月08日", "主题词：", "渡口 安全", "各乡镇人民政府：", "现提出如下意见。",
        "本意见自2024年2月5日起施行。", "临溪县人民政府", "2024年1月5日",
    ).masthead  # fmt: skip
    assert masthead.number and masthead.number.value == "临政发〔2024〕2号"
    assert masthead.made and masthead.made.value == date(2024, 1, 5)
    assert masthead.published and masthead.published.value == date(2024, 1, 8)


def test_names_of_a_list_above_the_signature_are_no_issuers() -> None:
    masthead = document(
        "临溪省教育厅关于年度检查结果的公告", "现将检查结果公告如下：", "一、结果为合格的学校（2所）", "临溪传媒学院", "临溪外国语学校",
        "二、责令整改的学校（2所）", "临溪同仁科技专修学院", "临溪翻译培训学院", "临溪省教育厅", "2020年9月8日",
    ).masthead  # fmt: skip
    assert [issuer.value for issuer in masthead.issuers] == ["临溪省教育厅"]
    untitled = document(
        "根据有关规定，现将检查结果公告如下：", "一、责令整改的学校（2所）", "临溪同仁科技专修学院", "临溪翻译培训学院", "2020年9月8日",
    ).masthead  # fmt: skip
    assert untitled.issuers == ()


def test_bodies_below_the_names_of_attachments_sign_jointly() -> None:
    masthead = document(
        "关于做好工作的通知", "各单位：", "请认真落实。", "附件：1.申报书", "2.汇总表", "临溪县财政局", "临溪县教育局", "2024年5月6日",
    ).masthead  # fmt: skip
    assert [issuer.value for issuer in masthead.issuers] == ["临溪县财政局", "临溪县教育局"]


def test_a_day_that_no_calendar_has_is_told_with_its_place() -> None:
    lines = ("临溪县人民政府关于加强管理的决定", "各单位：", "一、请认真落实。", "临溪县人民政府", "2026年9月31日")
    found = document(*lines)
    assert found.masthead.made is None
    (note,) = (note for note in found.noise if note.kind == "no_such_day")
    assert "2026年9月31日" in note.message and note.span and note.span.cut("\n".join(lines)) == "2026年9月31日"


@pytest.mark.parametrize(
    "last",
    [
        "附件：检查登记表临溪县财政局",
        "附件：检查方案.docx 临溪县财政局",
        "请认真落实。临溪县财政局",
        "附件：管理办法（试行）临溪县财政局",
    ],
)
@pytest.mark.parametrize("below", [("临溪县教育局", "2024年5月6日"), ("临溪县教育局 2024年5月6日",)])
def test_the_first_signer_may_stand_at_the_end_of_the_text_above(last: str, below: tuple[str, ...]) -> None:
    masthead = document("关于做好工作的通知", "各单位：", "请认真落实。", last, *below).masthead
    assert [issuer.value for issuer in masthead.issuers] == ["临溪县财政局", "临溪县教育局"]
    assert masthead.made and masthead.made.value == date(2024, 5, 6)


def test_a_body_that_the_last_sentence_names_does_not_sign() -> None:
    lines = (
        "关于做好工作的通知",
        "各单位：",
        "请认真落实。",
        "材料报送临溪县审计局，抄送临溪县财政局",
        "临溪县教育局",
        "2024年5月6日",
    )
    assert [issuer.value for issuer in document(*lines).masthead.issuers] == ["临溪县教育局"]


def test_bodies_above_the_line_of_the_last_one_and_the_day_sign_too() -> None:
    lines = (
        "关于做好工作的通知",
        "各单位：",
        "请认真落实。",
        "临溪县财政局",
        "临溪县教育局",
        "临溪县水利局  2024年5月6日",
    )
    names = [issuer.value for issuer in document(*lines).masthead.issuers]
    assert names == ["临溪县财政局", "临溪县教育局", "临溪县水利局"]


def test_the_bodies_of_the_title_issue_where_one_of_them_is_lost_below_the_text() -> None:
    head = "中国人民银行 财政部 中国银行业监督管理委员会关于做好工作的通知"
    signed = document(head, "各单位：", "请认真落实。", "财政部", "银监会", "2024年5月6日").masthead
    assert [issuer.value for issuer in signed.issuers] == ["中国人民银行", "财政部", "中国银行业监督管理委员会"]
    other = document(head, "各单位：", "请认真落实。", "财政部", "商务部", "2024年5月6日").masthead
    assert [issuer.value for issuer in other.issuers] == ["财政部", "商务部"]


def test_a_seal_that_repeats_a_signer_in_short_is_no_further_signer() -> None:
    lines = (
        "关于做好工作的通知",
        "各单位：",
        "请落实。",
        "财政部",
        "中国银行保险监督管理委员会银保监会",
        "2024年5月6日",
    )
    names = [issuer.value for issuer in document(*lines).masthead.issuers]
    assert names == ["财政部", "中国银行保险监督管理委员会"]


@pytest.mark.parametrize(
    "day", ["2024年5月 日", "2024年 月 日", "一九九四年十一日十四日", "2026年9月31日", "2024年X月X日"]
)
def test_a_damaged_day_leaves_the_signer(day: str) -> None:
    masthead = document("关于做好工作的通知", "各单位：", "请认真落实。", "临溪县财政局", day).masthead
    assert masthead.made is None and [issuer.value for issuer in masthead.issuers] == ["临溪县财政局"]


@pytest.mark.parametrize(
    "signature", ["部长 张三 2006年2月5日", "部长张三二〇〇六年二月五日", "部长：张三2006年2月5日"]
)
def test_the_head_of_a_body_and_the_day_may_share_a_line(signature: str) -> None:
    text = "《水库安全管理规定》已经2006年1月6日部务会议通过，现予公布，自公布之日起施行。"
    for lines in ((text, signature), (text + signature,)):
        masthead = document(
            "中华人民共和国水利部令第10号", *lines, "水库安全管理规定", "第一条 为了安全，制定本规定。"
        ).masthead
        assert masthead.made and masthead.made.value == date(2006, 2, 5)


def test_an_official_within_a_sentence_signs_nothing() -> None:
    lines = ("关于会议情况的通报", "各单位：", "会议由县长张三主持，讨论了防汛工作，时间为2024年5月6日", "请认真落实。")
    assert document(*lines).masthead.made is None


NAMES = ["中国人民银行", "财政部", "国家税务总局河北省税务局"]
ABOUT = "关于做好工作的通知"


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        (("".join(NAMES) + ABOUT,), " ".join(NAMES) + ABOUT),
        (("  ".join(NAMES) + ABOUT,), " ".join(NAMES) + ABOUT),
        ((*NAMES, ABOUT), " ".join(NAMES) + ABOUT),
        (("".join(NAMES[:2]), NAMES[2] + ABOUT), " ".join(NAMES) + ABOUT),
        (("、".join(NAMES) + ABOUT,), "、".join(NAMES) + ABOUT),
        (("、".join(NAMES[:2]) + "、", NAMES[2] + ABOUT), "、".join(NAMES) + ABOUT),
        (("中共中央", "国务院关于做好工作的意见"), "中共中央 国务院关于做好工作的意见"),
        (("临溪县财政局临溪县审计局印发《工作办法》的通知",), "临溪县财政局 临溪县审计局印发《工作办法》的通知"),
        (("国家税务总局河北省税务局" + ABOUT,), "国家税务总局河北省税务局" + ABOUT),
        (("临溪县人民政府办公室关于转发临溪县财政局临溪县审计局办法的通知",), "临溪县人民政府办公室关于转发临溪县财政局临溪县审计局办法的通知"),
        (("关于印发《临溪县财政局临溪县审计局工作办法》的通知",), "关于印发《临溪县财政局临溪县审计局工作办法》的通知"),
    ],
)  # fmt: skip
def test_several_organs_of_a_title_have_a_blank_or_the_mark_of_the_paper_between_them(
    heading: tuple[str, ...], title: str
) -> None:
    for lines in ((*heading, "各单位：", "请落实。"), ("".join(heading) + "各单位：请落实。",)):
        masthead = document(*lines).masthead
        assert masthead.title and masthead.title.value == title


def test_the_number_of_a_notice_of_several_organs_has_no_blank() -> None:
    masthead = document("中国人民银行 财政部公告", "〔2024〕第3号", "现就有关事宜公告如下：", "一、请落实。").masthead
    assert masthead.number and masthead.number.value == "中国人民银行财政部公告〔2024〕第3号"
    assert masthead.title and masthead.title.value == "中国人民银行 财政部公告"


@pytest.mark.parametrize(
    ("note", "origin"),
    [
        ("（2019年4月2日长政发〔2019〕3号公布 根据2026年5月28日《长河县人民政府关于修改部分规范性文件的决定》修正）", "题注所载公布日期"),
        ("（2019年4月2日长河县人民政府发布）", "题注所载公布日期"),
        ("（2019年4月2日县人民政府常务会议通过）", "通过日期"),
        ("（2019年4月2日县人民政府第3次常务会议审议通过 2019年4月9日公布）", "通过日期"),
    ],
)  # fmt: skip
def test_the_day_of_a_note_is_told_by_its_verb(note: str, origin: str) -> None:
    made = document("长河县苗圃管理办法", note, "第一条 为了管理苗圃，制定本办法。", "第二条 本办法自2019年5月1日起施行。").masthead.made  # fmt: skip
    assert made and (made.value.isoformat(), made.origin) == ("2019-04-02", origin)
