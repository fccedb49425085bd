"""Statistics over documents whose lifetimes, citations and clauses are known."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

pd = pytest.importorskip("pandas", reason="the extra notebooks is not installed: make setup-dev")
pytest.importorskip("networkx", reason="the extra notebooks is not installed: make setup-dev")

from corpora import county  # noqa: E402
from pipeline.analysis import trends  # noqa: E402
from pipeline.analysis.lives import lives  # noqa: E402
from pipeline.errors import UsageError  # noqa: E402

AS_OF = date(2026, 11, 22)


def tables_of(**tables: Any) -> Any:
    """Tables with the interface of `frames.Frames`."""
    return SimpleNamespace(**tables)


@pytest.fixture
def three() -> Any:
    """Three documents: one repealed after two years, one lapsed after five, one in force that cites and repeals the first."""
    documents = pd.DataFrame({
        "item": [1, 2, 3], "title": ["临溪县采砂办法", "临溪县校车办法", "临溪县公墓办法"], "number": ["临发〔2011〕1号", "临发〔2012〕1号", "临发〔2013〕1号"],
        "issuer": ["县政府", "县政府", "水利局"], "issuers": ["县政府", "县政府", "水利局"], "is_normative": [True] * 3,
        "made": [date(2011, 1, 1), date(2012, 1, 1), date(2013, 1, 1)], "effective": [date(2011, 1, 1), date(2012, 1, 1), None],
        "expires": [None, date(2016, 12, 31), None], "validity": ["有效", "已届满", "有效"],
    })  # fmt: skip
    relations = pd.DataFrame(
        {"item": [3], "kind": ["废止"], "title": ["临溪县采砂办法"], "number": ["临发〔2011〕1号"], "day": [None]}
    )
    citations = pd.DataFrame({
        "item": [3, 3, 3], "title": ["临溪县采砂办法", "中华人民共和国水法", "临溪县公墓办法"], "number": [None, None, None], "target": ["他件", "他件", "本件"],
        "role": ["引用", "依据", ""], "target_item": [1, None, None],
    })  # fmt: skip
    return tables_of(documents=documents, relations=relations, citations=citations)


def test_documents_that_stayed_in_force_after_their_law_was_amended(
    three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        trends, "editions", lambda name, day: (SimpleNamespace(since=date(2016, 7, 2)),) if "水法" in name else ()
    )
    found = trends.lifetimes_after_amendment(three, lives(three, AS_OF), AS_OF)
    assert found[["item", "law", "ended"]].to_numpy().tolist() == [[3, "中华人民共和国水法", False]]
    assert found.years[0] == pytest.approx(10.4, abs=0.1)


def test_the_citation_graph_and_what_it_shows(three: Any) -> None:
    graph = trends.citation_graph(three)
    assert set(graph.edges) == {("临发〔2013〕1号", "临发〔2011〕1号"), ("临发〔2013〕1号", "中华人民共和国水法")}
    table = trends.most_cited(graph, 2)
    assert set(table.name) == {"临发〔2011〕1号", "中华人民共和国水法"}
    rests_on = trends.most_cited(graph, 3, role="依据")
    assert rests_on.cited_by.tolist() == [1, 0, 0] and rests_on.name[0] == "中华人民共和国水法"
    citing = trends.citing_ended_documents(lives(three, AS_OF), graph)
    assert citing.to_numpy().tolist() == [["临发〔2013〕1号", "临发〔2011〕1号", "废止"]]


def test_names_for_a_chart_are_the_most_frequent_the_rest_and_what_is_missing() -> None:
    names = pd.Series(["甲局"] * 3 + ["乙局"] * 2 + ["丙局", "丁局", None])
    assert trends.first_and_rest(names, 2).value_counts().to_dict() == {"甲局": 3, "乙局": 2, "其余2个": 2, "不明": 1}
    assert trends.first_and_rest(names).value_counts()["丁局"] == 1


def test_keywords_distinguish_issuers() -> None:
    clauses = pd.DataFrame(
        {
            "item": [1, 2, 3],
            "text": ["采砂许可采砂船只" * 5 + "办理", "校车线路校车司机" * 5 + "办理", "公墓安葬公墓" * 5 + "办理"],
        }
    )
    documents = pd.DataFrame({"item": [1, 2, 3], "issuer": ["水利局", "教育局", "民政局"]})
    words = trends.topics(tables_of(clauses=clauses, documents=documents), 3).groupby("issuer").word.agg(set)
    assert "采砂" in words["水利局"] and "公墓" in words["民政局"] and not any("办理" in found for found in words)
    ranked = trends.topics(tables_of(clauses=clauses, documents=documents), 3, by="textrank")
    assert set(ranked.issuer) == {"水利局", "教育局", "民政局"} and (ranked.weight > 0).all()
    with pytest.raises(UsageError, match="关键词算法"):
        trends.topics(tables_of(clauses=clauses, documents=documents), by="lda")


def test_entities_cover_the_text_of_the_findings() -> None:
    clauses = pd.DataFrame({"item": [1, 1], "start": [0, 20], "text": ["第一条 甲。", "第二条 处二百元罚款。"]})
    findings = pd.DataFrame({"item": [1], "softened": [False], "start": [24], "end": [31], "name": ["设定罚款"]})
    shown = trends.displacy_document(1, tables_of(clauses=clauses, findings=findings))
    (entity,) = shown["ents"]
    assert shown["text"][entity["start"] : entity["end"]] == "处二百元罚款。" and entity["label"] == "设定罚款"


def test_upheld_alarms_are_counted_by_type() -> None:
    findings = pd.DataFrame({
        "alarm": [True] * 3 + [False], "verdict": ["成立", "不成立", None, "成立"], "type": ["PEN-01"] * 4, "name": ["设定罚款"] * 4,
    })  # fmt: skip
    assert trends.agreement(tables_of(findings=findings)).to_numpy().tolist() == [["PEN-01", "设定罚款", 2, 1]]


def test_the_county_is_the_same_every_time() -> None:
    documents = list(county.papers(30))
    assert documents == list(county.papers(30)) and len({document.name for document in documents}) == 30


def test_a_missing_folder_is_refused(tmp_path: Any) -> None:
    with pytest.raises(UsageError):
        trends.load_tables(tmp_path / "无此文件夹", AS_OF)


def test_the_burden_is_told_by_genre_and_level_with_number_and_median() -> None:
    documents = pd.DataFrame({
        "item": [1, 2, 3, 4, 5], "genre": ["通知", "通知", "通知", "办法", "报告"], "level": ["县", "县", "县", None, "县"], "burden": [2.0, 4.0, 12.0, 5.0, 90.0],
        "is_normative": [True, True, True, True, False],
    })  # fmt: skip
    table = trends.burden_by(tables_of(documents=documents)).set_index(["genre", "level"])
    assert tuple(table.loc["通知", "县"][["n", "mean", "median"]]) == (3, 6.0, 4.0)
    assert table.loc["办法", "未知"].n == 1 and len(table) == 2


def test_alarms_over_time_have_rates_and_bounds() -> None:
    documents = pd.DataFrame(
        {"item": [1, 2, 3, 4, 5], "year": [2020, 2020, 2021, None, 2020], "is_normative": [True] * 4 + [False]}
    )
    findings = pd.DataFrame(
        {"item": [1, 1, 2, 4], "alarm": [True, True, False, True], "group": ["处罚", "收费", "处罚", "处罚"]}
    )
    table = trends.alarms_by_year(tables_of(documents=documents, findings=findings)).set_index("year")
    assert list(table.index) == [2020, 2021]
    row = table.loc[2020]
    assert (row.documents, row.alarmed, row.share, row.alarms, row.per_document) == (2, 1, 0.5, 2, 1.0)
    assert row.low == pytest.approx(0.0945, abs=0.001) and row.high == pytest.approx(0.9055, abs=0.001)
    only = trends.alarms_by_year(tables_of(documents=documents, findings=findings), "收费").set_index("year")
    assert only.alarms[2020] == 1 and only.alarms[2021] == 0


def test_the_text_of_the_innermost_clause_stands_beside_a_finding() -> None:
    clauses = pd.DataFrame({
        "item": [1, 1, 2], "start": [0, 5, 0], "end": [20, 15, 20], "path": ["第一条", "第一条第二款", "第一条"], "text": ["整条", "第二款", "别件"],
    })  # fmt: skip
    findings = pd.DataFrame({"item": [1, 1, 3], "start": [6, 1, 0], "end": [9, 12, 4]})
    table = trends.with_clauses(tables_of(clauses=clauses, findings=findings))
    assert (
        list(table.clause[:2]) == ["第一条第二款", "第一条"]
        and pd.isna(table.clause[2])
        and table.clause_text[0] == "第二款"
    )
