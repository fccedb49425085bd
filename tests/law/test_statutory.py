"""What law itself provides for: licences, deposits and fees by name, and the articles on fair competition as of a day."""

from datetime import date, timedelta

import pytest

from pipeline.law import DEPOSIT, FEE, LICENCE, competition_bases, statutory_in
from pipeline.law.files import read_tsv
from tests.conftest import AS_OF


@pytest.mark.parametrize(
    ("sentence", "kind", "law"),
    [
        ("从事燃气经营的，应当取得燃气经营许可证。", LICENCE, "城镇燃气管理条例"),
        ("投标人应当提交投标保证金。", DEPOSIT, "中华人民共和国招标投标法实施条例"),
        ("取水单位应当缴纳水资源费。", FEE, "中华人民共和国水法"),
    ],
)
def test_a_statutory_matter_is_known_by_its_name(sentence: str, kind: str, law: str) -> None:
    (found,) = statutory_in(sentence)
    assert found.kind == kind and found.law.startswith(law)


def test_a_matter_invented_by_a_document_is_not_statutory() -> None:
    assert not list(statutory_in("摆摊者应当取得夜市准入牌，并缴纳文明诚信金。"))


def test_facts_still_to_be_verified_are_marked_where_they_are_cited() -> None:
    unconfirmed = [row for row in read_tsv("licences.tsv") if row["tag"] not in ("V", "M-H")]
    word = unconfirmed[0]["words"].split("|")[0]
    assert any(matter.cited_on(AS_OF).endswith("（待核实）") for matter in statutory_in(word))


def test_a_text_that_is_not_in_force_yet_is_not_cited_without_a_remark() -> None:
    (matter,) = (found for found in statutory_in("排污单位应当取得排污许可证。") if found.since)
    assert "待核实" not in matter.cited_on(AS_OF)
    earlier = matter.since - timedelta(1) if matter.since else AS_OF
    assert f"{matter.since}起施行的文本，{earlier}的条文待核实" in matter.cited_on(earlier)


def test_every_licence_names_its_law_and_at_least_two_wordings() -> None:
    rows = read_tsv("licences.tsv")
    assert len(rows) > 600 and all(row["law"] and len(row["words"].split("|")) >= 2 for row in rows)


def _laws(kind: str, day: date, sentence: str = "") -> set[str]:
    return {basis.law for basis in competition_bases(kind, sentence, day)}


def test_articles_on_competition_are_those_in_force_on_the_day() -> None:
    today = _laws("FCR-05", date(2026, 11, 30))
    assert {"公平竞争审查条例", "公平竞争审查条例实施办法", "中华人民共和国反垄断法"} <= today
    assert _laws("FCR-05", date(2015, 1, 1)) == {"中华人民共和国反垄断法（2007）"}


def test_the_last_day_of_an_article_belongs_to_it() -> None:
    """There is no day between 反垄断法 of 2007 and that of 2022 on which nothing was forbidden."""
    assert _laws("FCR-05", date(2022, 7, 31)) == {"中华人民共和国反垄断法（2007）"}
    assert _laws("FCR-05", date(2022, 8, 1)) == {"中华人民共和国反垄断法"}


def test_an_article_read_only_in_part_is_shown_as_unverified() -> None:
    rows = [basis for basis in competition_bases("FCR-08", "", AS_OF) if basis.law == "公平竞争审查条例实施办法"]
    assert rows and not rows[0].shown().confirmed


@pytest.mark.parametrize(
    ("sentence", "article"),
    [
        ("各驾校由协会议定统一的学费。", "第十一条第一项"),
        ("集贸市场摊位租金不得高于每月三百元。", "第十一条第二项"),
    ],
)
def test_the_item_shown_is_about_the_sentence(sentence: str, article: str) -> None:
    (shown,) = (b for b in competition_bases("FCR-11", sentence, AS_OF) if b.law == "公平竞争审查条例")
    assert shown.article == article
