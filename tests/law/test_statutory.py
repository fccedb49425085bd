"""What law itself provides for: licences, deposits and fees by name, and the articles on fair competition as of a day."""

from datetime import date

import pytest

from pipeline.law import DEPOSIT, FEE, LICENCE, competition_bases, statutory_in
from pipeline.law.files import read_tsv


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
    assert any(matter.cited.endswith("（待核实）") for matter in statutory_in(word))


def test_every_licence_names_its_law_and_at_least_two_wordings() -> None:
    rows = read_tsv("licences.tsv")
    assert len(rows) > 600 and all(row["law"] and len(row["words"].split("|")) >= 2 for row in rows)


def test_articles_on_competition_are_those_in_force_on_the_day() -> None:
    today = {basis.law for basis in competition_bases("FCR-05", date(2026, 11, 30))}
    assert {"公平竞争审查条例", "公平竞争审查条例实施办法", "中华人民共和国反垄断法"} <= today
    earlier = {basis.law for basis in competition_bases("FCR-05", date(2015, 1, 1))}
    assert earlier == {"中华人民共和国反垄断法（2007）"}
