"""The types of findings that a person can raise, and their bases."""

from datetime import date

import pytest

from pipeline.errors import UsageError
from pipeline.law import load_rulebook
from pipeline.review.decisions.finding_types import advice_of, bases_of, bases_on, cited, finding_types, name_of
from pipeline.review.queue.filters import GROUPS
from tests.conftest import AS_OF


def test_every_type_of_the_rules_is_offered_once_under_its_legal_question() -> None:
    offered = [(group, code) for group, types in finding_types() for code, _ in types]
    of_people = {"FRM-90", "OTH-90", "OTH-91"}
    assert sorted(code for _, code in offered) == sorted({*load_rulebook().types, *of_people})
    assert all(GROUPS[code[:3]] == group for group, code in offered)


def test_a_type_has_its_name_and_advice() -> None:
    assert name_of("PEN-01") == "设定罚款" and advice_of("PEN-01")
    assert ("处罚", "设定罚款") in [(group, name) for group, types in finding_types() for _, name in types]


def test_a_basis_is_offered_only_from_the_day_it_took_effect() -> None:
    before, after = bases_of("LIC-01", date(2019, 12, 31)), bases_of("LIC-01", date(2020, 1, 1))
    assert {basis.law for basis in after} - {basis.law for basis in before} == {"优化营商环境条例"}
    assert cited(before[0]) == "《中华人民共和国行政许可法》第十七条"


def test_articles_on_fair_competition_belong_to_the_bases() -> None:
    assert "公平竞争审查条例" in {basis.law for basis in bases_of("FCR-02", AS_OF)}


def test_the_list_of_all_bases_names_each_once() -> None:
    offered = [basis for basis, _ in bases_on(AS_OF)]
    assert len(offered) == len(set(offered)) and "《中华人民共和国行政许可法》第十七条" in offered


def test_what_no_rule_knows_can_be_raised_too_without_a_basis() -> None:
    assert name_of("OTH-90") == "其他合法性问题" and bases_of("OTH-90", AS_OF) == () and advice_of("OTH-91") == ""


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(UsageError, match="没有“XXX-99”"):
        bases_of("XXX-99", AS_OF)
