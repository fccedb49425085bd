"""The fate of papers in a register: partial repeal, chained prolongation, repeal by number, what is left over."""

from datetime import date

import pytest

from pipeline.register import Card, Proposal, card_of, relate, settle
from tests.builders import dossier
from tests.conftest import AS_OF

NAME = "长河县苗圃管理办法"
BODY = ("第一条 为了管理苗圃，制定本办法。", "第二条 苗圃经营者应当公示价格。", "第三条 个人不得损毁苗木。")


def paper(title: str, number: str, day: str, *lines: str, after: tuple[str, ...] = ()) -> Card:
    found = dossier(title, number, "各乡镇人民政府：", *lines, "长河县人民政府", day, *after)
    return card_of(found, sketched=True)


def nursery(last: str = "第四条 本办法自2017年11月1日起施行，有效期5年。", name: str = NAME) -> Card:
    title = f"长河县人民政府关于印发《{name}》的通知"
    return paper(title, "长政发〔2017〕30号", "2017年10月20日", "现印发给你们，请遵照执行。", after=(name, *BODY, last))


def prolonging(number: str, day: str, words: str, name: str = NAME) -> Card:
    title = f"长河县人民政府关于延长《{name}》有效期的通知"
    return paper(title, number, day, f"经评估，《{name}》（长政发〔2017〕30号）{words}。")


def proposals(*cards: Card) -> list[Proposal]:
    return settle(cards, relate(cards), AS_OF)


@pytest.mark.parametrize(
    ("words", "expires"),
    [
        ("有效期延长5年", date(2027, 10, 31)),
        ("有效期延长五年，至2027年10月31日", date(2027, 10, 31)),
        ("有效期顺延六年", date(2028, 10, 31)),
        ("延期执行至2027年12月31日", date(2027, 12, 31)),
        ("有效期延至2027年12月31日", date(2027, 12, 31)),
        ("有效期续延五年", date(2027, 10, 31)),
        ("有效期由2022年10月31日延长至2027年10月31日", date(2027, 10, 31)),
        ("适用期限延长60个月", date(2027, 10, 31)),
        ("有效期调整为2028年6月30日", date(2028, 6, 30)),
        ("继续有效，有效期至2027年底", date(2027, 12, 31)),
        ("自2022年11月1日起继续施行，有效期5年", date(2027, 10, 31)),
    ],
)
def test_a_prolonged_paper_is_in_force_to_its_new_last_day(words: str, expires: date) -> None:
    found, notice = proposals(nursery(), prolonging("长政发〔2022〕15号", "2022年10月8日", words))
    assert (found.cleanup.outcome, found.expires) == ("keep", expires)
    assert notice.cleanup.outcome in ("keep", "not_applicable")


def test_prolongations_are_added_up_in_order_of_time() -> None:
    later = prolonging("长政发〔2024〕2号", "2024年10月8日", "有效期延长3年")
    earlier = prolonging("长政发〔2022〕15号", "2022年10月8日", "有效期延长2年")
    found = proposals(nursery(), later, earlier)[0]
    assert (found.cleanup.outcome, found.expires) == ("keep", date(2027, 10, 31))


def test_a_prolongation_that_is_over_lapses_with_its_notice() -> None:
    found, notice = proposals(nursery(), prolonging("长政发〔2022〕15号", "2022年10月8日", "有效期延长两年"))
    assert (found.cleanup.outcome, found.expires) == ("lapse", date(2024, 10, 31))
    assert notice.cleanup.outcome == "lapse"


def test_a_notice_is_not_provisional_because_it_prolongs_what_is() -> None:
    name = "长河县苗圃管理暂行办法"
    found, notice = proposals(
        nursery(name=name), prolonging("长政发〔2020〕15号", "2020年10月8日", "有效期延长8年", name)
    )
    assert (found.cleanup.outcome, notice.cleanup.outcome) == ("keep", "keep")


@pytest.mark.parametrize(
    "words",
    [
        "第二条、第三条同时废止",
        "第三条停止执行",
        "中关于公示价格的规定不再执行",
        "除第二条外同时废止",
        "部分条款同时废止",
    ],
)
def test_a_paper_of_which_a_part_is_repealed_stays_in_force_and_is_told_so(words: str) -> None:
    later = paper(
        "长河县人民政府关于加强苗木检疫的通知",
        "长政发〔2021〕4号",
        "2021年3月2日",
        f"《{NAME}》（长政发〔2017〕30号）{words}。",
    )
    found, _ = proposals(nursery("第四条 本办法自2017年11月1日起施行，有效期10年。"), later)
    assert found.cleanup.outcome == "keep" and found.expires == date(2027, 10, 31)
    assert any("其余部分不受影响" in reason for reason in found.cleanup.reasons)


@pytest.mark.parametrize("words", ["长政发〔2017〕30号文件同时废止", "原长政发〔2017〕30号、31号文停止执行"])
def test_a_paper_is_repealed_by_its_number_alone(words: str) -> None:
    later = paper("长河县人民政府关于加强苗木检疫的通知", "长政发〔2021〕4号", "2021年3月2日", f"{words}。")
    found, _ = proposals(nursery("第四条 本办法自2017年11月1日起施行。"), later)
    assert found.cleanup.outcome == "repeal"


def test_a_repeal_on_a_later_day_is_not_yet_one() -> None:
    words = f"《{NAME}》（长政发〔2017〕30号）自2099年1月1日起废止。"
    later = paper("长河县人民政府关于加强苗木检疫的通知", "长政发〔2021〕4号", "2021年3月2日", words)
    found, _ = proposals(nursery("第四条 本办法自2017年11月1日起施行。"), later)
    assert found.cleanup.outcome == "keep"


REPEAL = paper(
    "长河县人民政府关于加强苗木检疫的通知",
    "长政发〔2023〕4号",
    "2023年3月2日",
    f"《{NAME}》（长政发〔2017〕30号）同时废止。",
)


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        (f"长河县人民政府关于修改《{NAME}》的决定", f"对《{NAME}》（长政发〔2017〕30号）作如下修改：第二条修改为：“苗圃经营者应当公示。”"),
        (f"长河县人民政府关于《{NAME}》的补充通知", f"一、《{NAME}》第二条所称价格，包括运费，经营者应当一并公示。"),
        (f"长河县人民政府关于延长《{NAME}》有效期的通知", f"《{NAME}》（长政发〔2017〕30号）有效期延长至2030年12月31日。"),
        (f"长河县人民政府关于调整《{NAME}》有关事项的通知", f"《{NAME}》第三条规定的苗木范围调整如下，个人不得损毁。"),
    ],
)  # fmt: skip
def test_what_only_serves_a_paper_is_left_over_when_it_ends(title: str, sentence: str) -> None:
    serving = paper(title, "长政发〔2019〕7号", "2019年3月9日", sentence, "本文件自印发之日起施行。")
    plain = nursery("第四条 本办法自2017年11月1日起施行。")
    ended, left, _ = proposals(plain, serving, REPEAL)
    assert (ended.cleanup.outcome, left.cleanup.outcome) == ("repeal", "lapse")
    assert proposals(plain, serving)[1].cleanup.outcome in ("keep", "not_applicable")


def test_rules_that_implement_a_paper_are_told_when_it_ends() -> None:
    name = f"《{NAME}》实施细则"
    rules = paper(
        f"长河县林业局关于印发《〈{NAME}〉实施细则》的通知", "长林发〔2018〕7号", "2018年3月9日", "现印发给你们，请遵照执行。",
        after=(name, "第一条 为了实施《长河县苗圃管理办法》，制定本细则。", "第二条 苗圃经营者应当公示价格。", "第三条 本细则自2018年4月1日起施行。"),
    )  # fmt: skip
    plain = nursery("第四条 本办法自2017年11月1日起施行。")
    assert proposals(plain, rules, REPEAL)[1].cleanup.outcome in ("lapse", "amend")
    assert proposals(plain, rules)[1].cleanup.outcome == "keep"


CHANGING = (
    "一、对《长河县渡口管理暂行办法》（长政发〔2011〕23号）予以废止。",
    "二、对《长河县苗圃管理办法》（长政发〔2017〕30号）作如下修改：",
    "（一）将第二条中的“公示”修改为“公布”。",
    "（二）删去第三条。",
    "三、对《长河县鱼塘管理办法》（长政发〔2018〕4号）的部分条款予以修改",
    "将第四条修改为：“鱼塘应当登记。”",
)
CHANGING_TITLE = "长河县人民政府关于废止和修改部分行政规范性文件的决定"


def changing() -> Card:
    return paper(CHANGING_TITLE, "长政发〔2026〕4号", "2026年5月28日", "决定：", *CHANGING)


def test_a_decision_that_changes_papers_lists_none_to_be_changed_later() -> None:
    catalogue = changing().catalogue
    assert catalogue is None or "amend" not in [entry.result for entry in catalogue.entries]


def test_a_text_that_is_changed_already_is_not_to_be_changed_because_of_it() -> None:
    note = f"（2017年10月20日长政发〔2017〕30号公布 根据2026年5月28日《{CHANGING_TITLE}》修正）"
    text = (NAME, note, *BODY, "第四条 本办法自2017年11月1日起施行，有效期10年。", "长河县人民政府")
    found = proposals(card_of(dossier(*text), sketched=True), changing())[0]
    assert found.cleanup.outcome == "keep"
    assert not [one for one in found.cleanup.indicators if one.id in ("CL-05", "CL-24", "CL-28")]


def test_a_text_from_before_the_change_is_told_not_to_be_the_current_one() -> None:
    found = proposals(nursery("第四条 本办法自2017年11月1日起施行，有效期10年。"), changing())[0]
    assert found.cleanup.outcome == "keep"
    (told,) = [one.reasons[0] for one in found.cleanup.indicators if one.id == "CL-28"]
    assert CHANGING_TITLE in told and "不是现行文本" in told


def test_a_catalogue_of_papers_to_be_changed_still_asks_for_it() -> None:
    listed = paper(
        "长河县人民政府关于公布规范性文件清理结果的通知", "长政发〔2026〕5号", "2026年6月28日", "现公布如下。", "附件2 予以修改的规范性文件目录",
        "1.《长河县苗圃管理办法》（长政发〔2017〕30号）", "2.《长河县鱼塘管理办法》（长政发〔2018〕4号）",
    )  # fmt: skip
    found = proposals(nursery("第四条 本办法自2017年11月1日起施行，有效期10年。"), listed)[0]
    assert found.cleanup.outcome == "amend"
