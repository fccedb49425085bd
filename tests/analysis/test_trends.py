"""What many papers say together, on papers whose fate is known."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="the extra notebooks is not installed: make setup-dev")
pytest.importorskip("networkx", reason="the extra notebooks is not installed: make setup-dev")

from corpora import county  # noqa: E402
from pipeline.analysis import trends  # noqa: E402
from pipeline.errors import UsageError  # noqa: E402

AS_OF = date(2026, 11, 22)


def held(**tables: Any) -> Any:
    """Tables as `frames` gives them."""
    return SimpleNamespace(**tables)


@pytest.fixture
def three() -> Any:
    """One repealed after two years, one lapsed after five, one that stands and rests on the first."""
    documents = pd.DataFrame({
        "item": [1, 2, 3], "title": ["甲办法", "乙办法", "丙办法"], "number": ["临发〔2011〕1号", "临发〔2012〕1号", "临发〔2013〕1号"],
        "issuer": ["县政府", "县政府", "水利局"], "is_normative": [True] * 3, "made": [date(2011, 1, 1), date(2012, 1, 1), date(2013, 1, 1)],
        "effective": [date(2011, 1, 1), date(2012, 1, 1), None], "expires": [None, date(2016, 12, 31), None],
    })  # fmt: skip
    relations = pd.DataFrame(
        {"item": [3], "kind": ["废止"], "title": ["甲办法"], "number": ["临发〔2011〕1号"], "day": [None]}
    )
    citations = pd.DataFrame({
        "item": [3, 3, 3], "title": ["甲办法", "中华人民共和国水法", "丙办法"], "number": ["临发〔2011〕1号", None, None], "target": ["他件", "他件", "本件"],
        "role": ["引用", "依据", ""],
    })  # fmt: skip
    return held(documents=documents, relations=relations, citations=citations)


def test_lives_end_by_repeal_or_term_or_not(three: Any) -> None:
    lived = trends.lives(three, AS_OF)
    assert list(lived.how) == ["废止", "届满", "仍有效"] and list(lived.ended) == [True, True, False]
    assert [round(years) for years in lived.years] == [2, 5, 14]


def test_survival_is_that_of_the_textbook() -> None:
    lived = pd.DataFrame({"years": [1.0, 2.0, 2.0, 3.0, 4.0], "ended": [True, True, False, True, False]})
    curve = trends.survival(lived).set_index("years").standing
    assert (
        curve[1.0] == pytest.approx(4 / 5)
        and curve[2.0] == pytest.approx(4 / 5 * 3 / 4)
        and curve[3.0] == pytest.approx(4 / 5 * 3 / 4 / 2)
    )
    rates = trends.hazard(lived, 4).set_index("age")
    assert (rates.at_risk[0], rates.ended[0], rates.at_risk[1], rates.ended[1]) == (5, 1, 4, 1)


def test_papers_that_stood_on_after_their_law_changed(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        trends, "editions", lambda name, day: (SimpleNamespace(since=date(2016, 7, 2)),) if "水法" in name else ()
    )
    found = trends.reactions(three, trends.lives(three, AS_OF), AS_OF)
    assert found[["item", "law", "ended"]].to_numpy().tolist() == [[3, "中华人民共和国水法", False]]
    assert found.years[0] == pytest.approx(10.4, abs=0.1)


def test_what_lapsed_in_silence(three: Any) -> None:
    assert list(trends.unannounced(three, AS_OF).title) == ["乙办法"]


def test_who_rests_on_whom(three: Any) -> None:
    graph = trends.citations(three)
    assert set(graph.edges) == {("临发〔2013〕1号", "临发〔2011〕1号"), ("临发〔2013〕1号", "中华人民共和国水法")}
    table = trends.most_relied_on(graph, 2)
    assert set(table.name) == {"临发〔2011〕1号", "中华人民共和国水法"}
    lost = trends.orphaned(three, trends.lives(three, AS_OF), graph)
    assert lost.to_numpy().tolist() == [["临发〔2013〕1号", "临发〔2011〕1号", "废止"]]


def test_clauses_that_stand_in_papers_of_several(three: Any) -> None:
    same = "经营者应当公示价格，个人不得损毁公用设施，违者自行修复。"
    clauses = pd.DataFrame(
        {"item": [1, 3, 2], "text": [same, same.replace("，", "， "), "另一条完全不同的规定，与他处没有任何相同之处。"]}
    )
    found = trends.reuse(held(clauses=clauses, documents=three.documents))
    assert found.to_numpy().tolist() == [["县政府", "水利局", 1]]


def test_keywords_tell_issuers_apart() -> None:
    clauses = pd.DataFrame(
        {
            "item": [1, 2, 3],
            "text": ["采砂许可采砂船只" * 5 + "办理", "校车线路校车司机" * 5 + "办理", "公墓安葬公墓" * 5 + "办理"],
        }
    )
    documents = pd.DataFrame({"item": [1, 2, 3], "issuer": ["水利局", "教育局", "民政局"]})
    words = trends.topics(held(clauses=clauses, documents=documents), 3).groupby("issuer").word.agg(set)
    assert "采砂" in words["水利局"] and "公墓" in words["民政局"] and not any("办理" in found for found in words)
    ranked = trends.topics(held(clauses=clauses, documents=documents), 3, by="textrank")
    assert set(ranked.issuer) == {"水利局", "教育局", "民政局"} and (ranked.weight > 0).all()
    with pytest.raises(UsageError, match="关键词算法"):
        trends.topics(held(clauses=clauses, documents=documents), by="lda")


def test_marks_stand_on_the_words_of_the_findings() -> None:
    clauses = pd.DataFrame({"item": [1, 1], "start": [0, 20], "text": ["第一条 甲。", "第二条 处二百元罚款。"]})
    findings = pd.DataFrame({"item": [1], "softened": [False], "start": [24], "end": [31], "name": ["设定罚款"]})
    shown = trends.highlighted(1, held(clauses=clauses, findings=findings))
    (mark,) = shown["ents"]
    assert shown["text"][mark["start"] : mark["end"]] == "处二百元罚款。" and mark["label"] == "设定罚款"


def test_alarms_that_were_upheld() -> None:
    findings = pd.DataFrame({
        "softened": [False] * 3 + [True], "verdict": ["成立", "不成立", None, "成立"], "type": ["PEN-01"] * 4, "name": ["设定罚款"] * 4,
    })  # fmt: skip
    assert trends.agreement(held(findings=findings)).to_numpy().tolist() == [["PEN-01", "设定罚款", 2, 1]]


def test_the_county_is_the_same_every_time() -> None:
    papers = list(county.papers(30))
    assert papers == list(county.papers(30)) and len({paper.name for paper in papers}) == 30


def test_a_folder_that_is_none_says_so(tmp_path: Any) -> None:
    with pytest.raises(UsageError):
        trends.gather(tmp_path / "无此文件夹", AS_OF)
