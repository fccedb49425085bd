"""Dispositions between papers that stand with circumstances of time, and what they leave of those that state them."""

from datetime import date

import pytest

from pipeline.register import Card
from tests.register.test_fate import NAME, nursery, paper, prolonging, proposals

TERM = "第四条 本办法自2023年1月1日起施行，有效期10年。"


@pytest.mark.parametrize(
    "words",
    [
        "原《{}》（长政发〔2017〕30号）自本办法施行之日起废止",
        "《{}》（长政发〔2017〕30号）自本办法实施之日起同时废止",
        "《{}》（长政发〔2017〕30号）自本通知印发之日起停止执行",
        "《{}》（长政发〔2017〕30号）自2025年1月1日起停止施行",
        "《{}》（长政发〔2017〕30号）自新办法公布施行之日起失效",
    ],
)
def test_a_repeal_stands_behind_the_time_from_which_it_holds(words: str) -> None:
    later = paper(
        "长河县人民政府关于印发《长河县苗木管理办法》的通知", "长政发〔2024〕8号", "2024年5月6日",
        "现印发给你们。", after=("长河县苗木管理办法", "第一条 苗木经营者应当公示价格。", f"第二条 {words.format(NAME)}。"),
    )  # fmt: skip
    found = proposals(nursery(TERM), later)[0]
    assert found.cleanup.outcome == "repeal"


@pytest.mark.parametrize(
    ("words", "expires"),
    [
        ("有效期届满后，续延5年", date(2027, 10, 31)),
        ("到期后延长五年", date(2027, 10, 31)),
        ("期满后，顺延六年", date(2028, 10, 31)),
        ("有效期期满之后，延长五年", date(2027, 10, 31)),
        ("届满后续延六十个月", date(2027, 10, 31)),
    ],
)
def test_a_prolongation_stands_behind_the_end_of_the_term(words: str, expires: date) -> None:
    found = proposals(nursery(), prolonging("长政发〔2022〕15号", "2022年10月8日", words))[0]
    assert (found.cleanup.outcome, found.expires) == ("keep", expires)


@pytest.mark.parametrize("verb", ["停止执行", "废止", "不再执行", "停止施行", "终止执行"])
def test_what_a_notice_repeals_is_not_its_basis(verb: str) -> None:
    title = f"长河县人民政府关于{verb}《{NAME}》的通知"
    line = f"经研究，《{NAME}》（长政发〔2017〕30号）自2025年6月1日起{verb}，不得再作为管理依据。"
    ended, notice = proposals(nursery(TERM), paper(title, "长政发〔2025〕8号", "2025年5月6日", line))
    assert ended.cleanup.outcome == "repeal"
    assert notice.cleanup.outcome in ("keep", "not_applicable")


@pytest.mark.parametrize(
    "title",
    [
        "关于延长《临河县苗圃管理办法》有效期的通知",
        "关于废止《临河县苗圃管理办法》的决定",
        "关于修改《临河县苗圃管理办法》的决定",
        "关于《临河县苗圃管理办法》继续有效的通知",
        "关于继续执行《临河县苗圃管理办法》的通知",
        "关于同意延长《临河县苗圃管理办法》有效期的批复",
    ],
)
def test_a_notice_about_another_paper_has_no_default_term(title: str) -> None:
    line = "现将《临河县苗圃管理办法》（临政发〔2012〕3号）有关事项通知如下：有效期延长至2030年12月31日。"
    found = paper(f"湖南省临河县人民政府{title}", "临政发〔2017〕9号", "2017年5月6日", line)
    assert found.expires is None
    assert found.cleanup.outcome in ("keep", "not_applicable")


def notice(words: str, day: str = "2025年5月6日", number: str = "长政发〔2025〕8号") -> Card:
    line = words.format(f"《{NAME}》（长政发〔2017〕30号）")
    return paper("长河县人民政府关于有关文件处理事项的通知", number, day, line)


@pytest.mark.parametrize(
    "words",
    [
        "{}因与上位法不一致，现予废止。",
        "{}与新制度相抵触，自即日起废止。",
        "终止{}的执行。",
        "停止{}的施行，原有申请不再受理。",
        "{}自2025年5月31日起失去效力。",
        "{}自新办法施行之日起丧失效力。",
        "鉴于上位法已经修改，{}不再适用，予以废止。",
    ],
)
def test_a_paper_is_repealed_in_other_words(words: str) -> None:
    assert proposals(nursery(TERM), notice(words))[0].cleanup.outcome == "repeal"


@pytest.mark.parametrize(
    "words",
    [
        "对{}中的第二条予以废止。",
        "{}里的第三条停止执行。",
        "废止{}中的第二条、第三条。",
        "{}第三条与新规定不一致，不再执行。",
        "停止{}第二条的执行。",
        "{}除第三条外继续执行，第三条停止执行。",
        "与{}不一致的，以本通知为准。",
    ],
)
def test_a_paper_of_which_a_part_ends_goes_on(words: str) -> None:
    assert proposals(nursery(TERM), notice(words))[0].cleanup.outcome == "keep"


@pytest.mark.parametrize(
    ("words", "expires"),
    [
        ("{}再执行五年。", date(2027, 10, 31)),
        ("{}有效期续展5年。", date(2027, 10, 31)),
        ("{}的有效期限由五年延长至十年。", date(2027, 10, 31)),
        ("{}有效期由5年调整为12年。", date(2029, 10, 31)),
        ("{}在2028年6月30日前继续有效。", date(2028, 6, 30)),
        ("{}于2027年12月31日之前继续执行。", date(2027, 12, 31)),
        ("{}的执行期限从五年改为八年。", date(2025, 10, 31)),
    ],
)
def test_a_term_is_prolonged_in_other_words(words: str, expires: date) -> None:
    found = proposals(nursery(), notice(words, "2022年10月8日", "长政发〔2022〕8号"))[0]
    assert found.expires == expires
    assert found.cleanup.outcome == ("keep" if expires >= date(2026, 11, 22) else "lapse")


@pytest.mark.parametrize(
    "words",
    [
        "{}施行期限延长至2026年3月31日止。",
        "{}有效期延长至2025年12月31日。",
        "{}延期执行至2026年6月30日。",
        "{}继续实施至2026年5月31日。",
        "将{}的执行期限延长至2025年底。",
    ],
)
def test_the_last_day_of_another_paper_is_no_measure_of_the_notice(words: str) -> None:
    title = f"长河县人民政府关于《{NAME}》继续有效的通知"
    line = words.format(f"《{NAME}》（长政发〔2017〕30号）")
    found = proposals(nursery(), paper(title, "长政发〔2022〕8号", "2022年10月8日", line))[1]
    assert not any(indicator.id == "CL-15" for indicator in found.cleanup.indicators)


@pytest.mark.parametrize(
    ("words", "expires"),
    [
        ("长政发〔2017〕30号文件有效期延长5年。", date(2027, 10, 31)),
        ("长政发〔2017〕30号延用至2028年6月30日。", date(2028, 6, 30)),
        ("长政发〔2017〕30号有效期延长1年。", date(2023, 10, 31)),
        ("将长政发〔2017〕30号的有效期顺延六年。", date(2028, 10, 31)),
        ("长政发〔2017〕30号继续执行至2026年3月31日。", date(2026, 3, 31)),
    ],
)
def test_the_length_counts_where_the_title_names_the_paper_and_the_text_its_number(words: str, expires: date) -> None:
    title = f"长河县人民政府关于延长《{NAME}》有效期的通知"
    found = proposals(nursery(), paper(title, "长政发〔2022〕8号", "2022年10月8日", words))[0]
    assert found.expires == expires
    assert found.cleanup.outcome == ("keep" if expires >= date(2026, 11, 22) else "lapse")
