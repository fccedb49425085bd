"""How long documents stay in force: ends with their basis, unknown ones, the estimate over both."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="the extra notebooks is not installed: make setup-dev")
pytest.importorskip("scipy", reason="the extra notebooks is not installed: make setup-dev")

from pipeline.analysis.lives import hazard, lives, silently_lapsed, survival  # noqa: E402

AS_OF = date(2026, 11, 22)


def paper(item: int, title: str, made: date | None, **facts: Any) -> dict[str, Any]:
    """A row of documents of 临溪县人民政府, in force without a term unless `facts` say otherwise."""
    stated = {"number": None, "effective": None, "expires": None, "validity": "有效", "is_normative": True}
    issuer = "临溪县人民政府"
    return {"item": item, "title": title, "made": made, "issuer": issuer, "issuers": issuer, **stated, **facts}


def relation(item: int, kind: str, title: str, **facts: Any) -> dict[str, Any]:
    return {
        "item": item,
        "kind": kind,
        "title": title,
        "number": None,
        "day": None,
        "until": None,
        "part": None,
        **facts,
    }


def tables_of(papers: list[dict[str, Any]], relations: list[dict[str, Any]]) -> Any:
    """Tables with the interface of `frames.Frames`."""
    columns = list(relation(0, "", ""))
    return SimpleNamespace(documents=pd.DataFrame(papers), relations=pd.DataFrame(relations, columns=columns))


def life(papers: list[dict[str, Any]], relations: list[dict[str, Any]]) -> Any:
    """The life of item 1."""
    return lives(tables_of(papers, relations), AS_OF).set_index("item").loc[1]


SAND = paper(1, "临溪县采砂船只管理办法", date(2011, 1, 1))


def test_a_repeal_counts_for_a_paper_without_number() -> None:
    found = life([SAND, paper(2, "废止决定", date(2013, 1, 1))], [relation(2, "废止", "临溪县采砂船只管理办法")])
    assert (found.how, found.ended, found.end, round(found.years, 2)) == ("废止", True, pd.Timestamp(2012, 12, 31), 2.0)
    assert found.basis == "《废止决定》废止"


def test_a_repeal_counts_from_its_stated_day_and_not_before_it() -> None:
    end = paper(2, "废止决定", date(2025, 1, 1))
    assert life([SAND, end], [relation(2, "废止", SAND["title"], day=date(2025, 7, 1))]).end == pd.Timestamp(
        2025, 6, 30
    )
    assert life([SAND, end], [relation(2, "废止", SAND["title"], day=date(2027, 1, 1))]).how == "仍有效"


def test_a_catalogue_that_declares_a_paper_lapsed_ends_it() -> None:
    found = life([SAND, paper(2, "清理结果", date(2020, 3, 1))], [relation(2, "失效", SAND["title"])])
    assert (found.how, found.basis) == ("失效", "《清理结果》宣布失效")


def test_the_repeal_of_a_part_ends_nothing() -> None:
    found = life([SAND, paper(2, "修改决定", date(2020, 3, 1))], [relation(2, "废止", SAND["title"], part="第五条")])
    assert found.how == "仍有效"


def test_a_prolonged_paper_lives_on_until_its_new_last_day() -> None:
    short = SAND | {"expires": date(2015, 12, 31), "validity": "已届满"}
    longer = paper(2, "延期通知", date(2015, 11, 1), number="临政发〔2015〕9号")
    found = life([short, longer], [relation(2, "延长", SAND["title"], until=date(2030, 12, 31))])
    assert (found.how, found.ended, found.basis) == (
        "仍有效",
        False,
        "《延期通知》（临政发〔2015〕9号）延长至2030-12-31",
    )
    found = life([short, longer], [relation(2, "延长", SAND["title"], until=date(2020, 12, 31))])
    assert (found.how, found.end) == ("届满", pd.Timestamp(2020, 12, 31))


def test_a_term_ends_after_its_last_day() -> None:
    assert life([SAND | {"expires": AS_OF}], []).how == "仍有效"
    found = life([SAND | {"expires": date(2015, 12, 31), "validity": "已届满"}], [])
    assert (found.how, found.basis, round(found.years, 2)) == ("届满", "有效期至2015-12-31", 5.0)


def test_a_paper_of_unknown_validity_is_neither_ended_nor_in_force() -> None:
    found = life([SAND | {"validity": "未知"}], [])
    assert found.how == "不明" and pd.isna(found.ended) and pd.isna(found.years)
    repealed = life(
        [SAND | {"validity": "未知"}, paper(2, "废止决定", date(2013, 1, 1))], [relation(2, "废止", SAND["title"])]
    )
    assert repealed.how == "废止"


def test_an_end_of_unknown_day_is_an_end_of_unknown_length() -> None:
    found = life([SAND | {"validity": "已废止"}], [])
    assert (found.how, found.ended) == ("废止", True) and pd.isna(found.years)


def test_what_has_not_begun_has_no_life() -> None:
    papers = [
        SAND,
        paper(3, "临溪县夜市管理办法", date(2026, 11, 1), effective=date(2027, 1, 1)),
        paper(4, "送审稿", None),
    ]
    assert list(lives(tables_of(papers, []), AS_OF)["item"]) == [1]


def test_survival_starts_at_one_with_all_at_risk_and_a_band_before_the_first_end() -> None:
    table = pd.DataFrame({"years": [0.5, 1.0, 2.0, 2.0, 3.0, None], "ended": [False, True, True, False, True, None]})
    curve = survival(table.astype({"ended": "boolean"}))
    assert tuple(curve.iloc[0][["years", "standing", "low", "high", "at_risk"]]) == (0.0, 1.0, 1.0, 1.0, 5)
    early = curve[curve.years == 0.5].iloc[0]
    assert (early.standing, early.low, early.high, early.at_risk, early.ended) == (1.0, 1.0, 1.0, 5, 0)
    first = curve[curve.years == 1.0].iloc[0]
    assert (first.standing, first.at_risk, first.ended) == (0.75, 4, 1) and 0 < first.low < 0.75 < first.high < 1
    last = curve.iloc[-1]
    assert last.standing == 0 and pd.isna(last.low) and pd.isna(last.high)
    assert curve.standing.is_monotonic_decreasing


@pytest.mark.parametrize("ended", [[], [False, False]])
def test_survival_without_an_end_is_one(ended: list[bool]) -> None:
    curve = survival(pd.DataFrame({"years": [1.0, 2.0][: len(ended)], "ended": ended}))
    assert (curve[["standing", "low", "high"]] == 1.0).all().all() and curve.at_risk[0] == len(ended)


def test_survival_is_the_kaplan_meier_estimate() -> None:
    lifetimes = pd.DataFrame({"years": [1.0, 2.0, 2.0, 3.0, 4.0], "ended": [True, True, False, True, False]})
    curve = survival(lifetimes).set_index("years").standing
    assert [curve[1.0], curve[2.0], curve[3.0]] == pytest.approx([4 / 5, 3 / 5, 3 / 10])
    rates = hazard(lifetimes, 4).set_index("age")
    assert (rates.at_risk[0], rates.ended[0], rates.at_risk[1], rates.ended[1]) == (5, 1, 4, 1)


def test_papers_that_lapsed_without_an_announcement() -> None:
    gone = paper(5, "临溪县校车管理办法", date(2012, 1, 1), expires=date(2016, 12, 31), validity="已届满")
    prolonged = SAND | {"expires": date(2015, 12, 31)}
    tables = tables_of(
        [prolonged, paper(2, "延期通知", date(2015, 11, 1)), gone],
        [relation(2, "延长", SAND["title"], until=date(2020, 12, 31))],
    )
    assert list(silently_lapsed(tables, AS_OF).title) == ["临溪县校车管理办法"]
