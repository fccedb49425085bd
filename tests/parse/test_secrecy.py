"""Marks of state secrecy are found in every place and writing, and ordinary sentences on secrets are none."""

import unicodedata
from time import process_time

import pytest

from pipeline.ingest import Upload, read
from pipeline.ingest import read_text as source_of
from pipeline.parse import parse
from pipeline.parse.secrecy import _fold

HEAD = ("临溪县人民政府文件", "临政发〔2025〕77号")
TITLE = "临溪县人民政府关于加强渡口管理的通知"
TEXT = (
    "各乡镇人民政府：",
    "为加强渡口管理，现将有关事项通知如下。",
    "一、渡口应当配备救生设备，由乡镇人民政府每月检查一次，检查结果及时登记。",
    "二、渡工应当经过培训，恶劣天气停止摆渡，乘客不得携带易燃易爆物品上船。",
)
SIGNED = ("临溪县人民政府", "2025年3月1日")
IMPRINT = ("抄送：县委办公室。", "临溪县人民政府办公室 2025年3月2日印发")


def above(*marks: str) -> str:
    """A paper with marks above its letterhead."""
    return "\n".join((*marks, *HEAD, TITLE, *TEXT, *SIGNED, *IMPRINT))


def inside(*lines: str) -> str:
    """A paper with further lines of text."""
    return "\n".join((*HEAD, TITLE, *TEXT, *lines, *SIGNED, *IMPRINT))


def attached(*lines: str) -> str:
    """A paper with an attachment that begins with these lines."""
    return "\n".join(
        (*HEAD, TITLE, *TEXT, "附件：渡口名册", *SIGNED, *IMPRINT, "附件", *lines, "一、南岸渡口", "二、北岸渡口")
    )


def ending(*lines: str) -> str:
    """A paper with lines below its imprint."""
    return "\n".join((*HEAD, TITLE, *TEXT, *SIGNED, *IMPRINT, *lines))


MARKED = {
    "star and term": above("机密★5年"),
    "star without term": above("秘密★"),
    "level alone": above("绝密"),
    "spaced": above("机 密 ★ 1 0 年"),
    "full width": above("秘密★１年"),
    "white star": above("机密☆5年"),
    "emoji star": above("机密⭐️3年"),
    "asterisk": above("秘密*1年"),
    "full-width asterisk": above("秘密＊６个月"),
    "for ever": above("绝密★长期"),
    "Chinese number": above("秘密★一年"),
    "until a day": above("机密★2030年12月31日前"),
    "label": above("密级：秘密"),
    "label with spaces": above("密 级： 机密"),
    "label and term": above("密级：机密★10年"),
    "label of another name": above("保密等级：秘密"),
    "label without colon": above("密级 绝密"),
    "label in brackets": above("【密级】机密★5年"),
    "black brackets": above("【机密】"),
    "round brackets": above("（秘密）"),
    "brackets and term": above("〔机密〕★5年"),
    "stars on both sides": above("★秘密★"),
    "level with 级": above("机密级★3年"),
    "term in brackets": above("秘密（保密期限：1年）"),
    "term alone": above("保密期限：10年"),
    "term below": above("秘密", "保密期限 长期"),
    "with copy number": above("000012 机密★1年 特急"),
    "copy number without blank": above("000012机密★1年"),
    "with urgency and label": above("份号：000012 密级：机密 紧急程度：特急"),
    "with signer": above("秘密★1年 签发人：张三"),
    "on the line of the letterhead": above("机密★1年 临溪县人民政府办公室"),
    "kind of paper": above("机密文件 注意保存"),
    "said": above("（此件为秘密级，注意保存）"),
    "cover sheet": "\n".join(
        ("临溪县人民政府办公室公文处理笺", "来文单位：市人民政府", "收文日期：2025年2月28日", "密级：秘密", "拟办意见：请李县长阅示。", above())
    ),
    "below a long cover sheet": "\n".join(
        ("收文处理单",
         "领导批示：请分管副县长阅处，并于本周五以前把办理结果书面报县政府办公室督查室备查，同时抄告县交通运输局和县应急管理局，不得延误。",
         *(f"第{n}联" for n in range(1, 50)), above("秘密"))
    ),
    "below the imprint": ending("机密★5年"),
    "level below the imprint": ending("秘密"),
    "in an attachment": attached("秘密★1年", "渡口名册"),
    "level in an attachment": attached("机密", "渡口名册"),
    "label in an attachment": attached("渡口名册", "密级：秘密"),
    "star in the middle": inside("机密★5年"),
}  # fmt: skip

ORDINARY = {
    "nothing": above(),
    "内部": above("内部资料 注意保存"),
    "label 内部": above("密级：内部"),
    "label 公开": above("密级：公开"),
    "label 无": above("密级：无"),
    "empty label": above("密级："),
    "工作秘密": above("工作秘密"),
    "商业秘密": above("商业秘密★2年"),
    "title on secret papers": "\n".join((*HEAD, "关于机密文件管理的规定", *TEXT, *SIGNED)),
    "title on state secrets": "\n".join((*HEAD, "临溪县保守国家秘密工作规定", *TEXT, *SIGNED)),
    "title over two lines": "\n".join((*HEAD, "临溪县人民政府关于加强保守国家", "秘密工作的通知", *TEXT, *SIGNED)),
    "公开选项": ending("（此件公开发布）"),
    "exception": inside("三、政府信息应当公开，涉及国家秘密的除外。"),
    "duty": inside("三、工作人员应当保守国家秘密、商业秘密和个人隐私。"),
    "level in a sentence": inside("三、绝密级文件应当由专人保管，不得复印。"),
    "three levels": inside("三、国家秘密的密级分为绝密、机密、秘密三级。"),
    "how to mark": inside("三、涉密公文应当标注密级和保密期限，如“机密★10年”。"),
    "how to mark without quotation marks": inside("三、在首页左上角标注机密★10年。"),
    "term in a clause": inside("三、保密期限：5年。"),
    "term of a contract": inside("（三）保密期限：自协议签订之日起五年"),
    "list of kinds": inside("（一）国家秘密；", "（二）商业秘密；", "（三）个人隐私。"),
    "numbered heading": inside("（一）绝密级", "（二）机密级", "（三）秘密级"),
    "form to be ticked": attached("渡口登记表", "密级：□绝密 □机密 □秘密"),
    "levels in a row": attached("涉密事项分级表", "绝密", "机密", "秘密"),
    "columns": attached("事项", "密级", "保密期限", "知悉范围"),
    "classification in a table": attached("涉密事项目录", "序号", "事项", "密级", "期限", "1", "渡口布防图", "秘密", "10年"),
    "specimen": attached("涉密公文首页样式", "000001", "机密★1年", "特急"),
    "password": inside("三、查询密码由系统生成，密码等级：高。"),
    "department": "\n".join((*HEAD, TITLE, "县国家保密局、县机要局：", *TEXT[1:], *SIGNED)),
    "opening on secrets": "\n".join((*HEAD, TITLE, "各乡镇人民政府：", "密级：秘密是指泄露后会使国家利益遭受损害的事项。", *TEXT[2:], *SIGNED)),
    "中国秘密 in a name": inside("三、《秘密花园》等图书不得在渡口销售。"),
    "encryption": inside("三、加密设备由县机关事务中心统一配发。"),
    "notice of a body": inside("三、机密", "性高的数据应当加密存储。"),
    "star rating": inside("三、评定为五星★★★★★的渡口给予奖励。"),
}  # fmt: skip


def secrecy(text: str) -> str | None:
    fact = parse(source_of("a.txt", text)).masthead.secrecy
    return fact.value if fact else None


@pytest.mark.parametrize("text", MARKED.values(), ids=MARKED)
def test_a_marked_paper_is_recognised(text: str) -> None:
    assert secrecy(text)


@pytest.mark.parametrize("text", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_paper_is_not_taken_for_a_marked_one(text: str) -> None:
    assert secrecy(text) is None


def test_the_span_of_a_mark_is_its_words() -> None:
    source = source_of("a.txt", above("000012 机密★1年 特急"))
    fact = parse(source).masthead.secrecy
    assert fact and fact.span.cut(source.text) == fact.value == "机密★1年"


def test_a_mark_does_not_become_part_of_the_title() -> None:
    masthead = parse(source_of("a.txt", "\n".join(("密级：秘密", TITLE, *TEXT)))).masthead
    assert masthead.title and masthead.title.value == TITLE


@pytest.mark.parametrize(("cells", "marked"), [
    (("来文单位", "市人民政府", "密级", "秘密"), True),
    (("密级", "秘密★1年", "份数", "20"), True),
    (("密级", "内部", "份数", "20"), False),
    (("密级", "绝密", "机密", "秘密"), False),
])  # fmt: skip
def test_a_mark_in_a_cell_of_a_header_table_is_recognised(cells: tuple[str, ...], marked: bool) -> None:
    row = "".join(f"<td>{cell}</td>" for cell in cells)
    rest = "".join(f"<p>{line}</p>" for line in (*HEAD, TITLE, *TEXT, *SIGNED))
    page = f"<html><body><table><tr>{row}</tr></table>{rest}</body></html>"
    document = parse(read(Upload("a.html", page.encode())))
    assert (document.masthead.secrecy is not None) == marked


@pytest.mark.parametrize("part", ["1", "密", " ", "秘密 ", "★", "（", "密级：", "秘密★ "])
def test_no_line_takes_long(part: str) -> None:
    started = process_time()
    secrecy("\n".join(("秘密 " + part * 80)[:length] + "密。" for length in range(20, 82)))
    assert process_time() - started < 5


def test_a_folded_text_has_every_character_in_half_width_and_keeps_its_length() -> None:
    every = "".join(chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    narrow = [unicodedata.normalize("NFKC", character) for character in every]
    folded = _fold(every)
    assert folded == "".join(new if len(new) == 1 else old for old, new in zip(every, narrow, strict=True))
