"""Deeds between papers that stand with circumstances of time, and what they leave of those that state them."""

from datetime import date

import pytest

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
