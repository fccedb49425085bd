"""Validity with its reasons, repealed bases, abolished bodies, cleanup proposal, risk."""

from datetime import date

from corpora import papers
from pipeline.document import Dossier
from tests.builders import dossier

NOTICE = ("湖南省临溪县水利局关于加强管理的通知", "各单位：", "一、加强检查。")


def validity(found: Dossier) -> tuple[str, date | None, str]:
    state = found.assessment.validity
    return state.state, state.expires, state.rule


def test_a_stated_term_decides_and_is_the_proof() -> None:
    found = dossier(*papers.SUBSIDY)
    assert validity(found) == ("已届满", date(2023, 5, 31), "stated")
    span = found.assessment.validity.span
    assert span and "试行期2年" in span.cut(found.source.text)
    assert found.assessment.cleanup.outcome == "lapse"


def test_the_default_of_the_place_applies_where_nothing_is_stated() -> None:
    found = dossier(
        "湖南省临溪县绿化管理办法",
        "第一条 为了绿化，制定本办法。",
        "第二条 本办法自2020年1月1日起施行。",
        place="湖南",
    )
    assert validity(found) == ("已届满", date(2024, 12, 31), "place")
    assert any("湖南省行政程序规定" in reason for reason in found.assessment.validity.reasons)


def test_provisional_documents_have_the_shorter_term_of_the_place() -> None:
    found = dossier(
        "临溪县绿化管理暂行办法",
        "第一条 为了绿化，制定本办法。",
        "第二条 本办法自2025年1月1日起施行。",
        place="湖南",
    )
    assert validity(found) == ("有效", date(2026, 12, 31), "provisional")


def test_unknown_stays_unknown() -> None:
    assert dossier("临溪县绿化管理办法", "第一条 为了绿化，制定本办法。").assessment.validity.state == "未知"


def test_a_fact_to_be_confirmed_is_marked_for_the_reader() -> None:
    found = dossier(
        "上海市绿化管理办法",
        "第一条 为了绿化，制定本办法。",
        "第二条 本办法自2022年1月1日起施行。",
        place="上海",
    )
    assert any("待核实" in reason for reason in found.assessment.validity.reasons)


def test_a_repealed_basis_is_named_with_its_successor() -> None:
    lines = (
        "临溪县绿化管理办法",
        "第一条 根据《中华人民共和国环境保护法》，制定本办法。",
        "第二条 本办法自2025年1月1日起施行。",
    )
    found = dossier(*lines).assessment
    assert found.stale_bases == ("中华人民共和国环境保护法",)
    assert [indicator.id for indicator in found.cleanup.indicators] == ["CL-09"]


def test_a_basis_that_is_being_replaced_is_not_stale() -> None:
    found = dossier(
        "关于修改绿化办法的决定",
        "将第一条中的“《中华人民共和国环境保护法》”修改为“《中华人民共和国生态环境法典》”。",
    )
    assert found.assessment.stale_bases == ()


def test_old_bodies_are_named_as_written_and_departments_are_not_mistaken() -> None:
    found = dossier(*NOTICE, "二、由区法制办和国土资源部负责，文化部门配合。").assessment
    assert found.old_bodies == ("区法制办", "国土资源部")


def test_the_score_is_the_sum_of_its_parts() -> None:
    for paper in (papers.FARMHOUSE, papers.SPAM, papers.SUBSIDY, papers.REPORT):
        risk = dossier(*paper).assessment.risk
        assert risk.score == min(sum(points for _, points in risk.parts), 100)


def test_risky_documents_have_higher_scores_than_harmless_ones() -> None:
    scores = [dossier(*paper).assessment.risk.score for paper in (papers.FARMHOUSE, papers.WATER, papers.ELDERLY)]
    assert scores == sorted(scores, reverse=True) and scores[-1] == 0


def test_a_few_clauses_propose_nothing_for_a_document_of_a_national_body() -> None:
    clause = "一、从事代客兑换业务的，须经人民银行批准后方可开办。"
    local = dossier("临溪县人民政府关于加强兑换管理的通知", "临政发〔2025〕1号", "各单位：", clause)
    national = dossier("中国人民银行关于加强兑换管理的通知", "银发〔2025〕1号", "各分行：", clause)
    assert local.assessment.cleanup.outcome == "amend"
    assert national.assessment.cleanup.outcome == "keep" and "人工审阅" in national.assessment.cleanup.reasons[0]
