"""Official cases: facts in our own words, and the nearest ones to a provision."""

from pipeline.law import load_cases, nearest_cases, similar_cases
from pipeline.law.cases import UNLAWFUL, _cosines, _grams, _rarity, _unit


def test_every_case_says_who_held_what_and_why() -> None:
    cases = load_cases()
    assert len(cases) == 239 and len({case.id for case in cases}) == 239
    assert all(case.provision and case.held and case.verdict in ("违法", "合法") for case in cases)
    assert all(case.types or case.verdict == "合法" for case in cases)


def test_the_nearest_cases_are_about_the_same_thing() -> None:
    found = similar_cases("外地施工企业投标前应当在本县设立独立法人子公司并在本县纳税。", ("FCR-05",))
    assert found and all({kind[:3] for kind in case.types} == {"FCR"} or "FCR-05" in case.types for case in found[:1])
    assert any("FCR-05" in case.types for case in found)


def test_lawful_cases_and_other_groups_are_not_shown_beside_a_finding() -> None:
    found = similar_cases("逾期不缴的，由镇政府强制拆除。", ("FOR-02",))
    assert all(case.verdict == "违法" and {kind[:3] for kind in case.types} & {"FOR"} for case in found)


def test_nothing_is_shown_where_nothing_is_near() -> None:
    assert similar_cases("abc", ("FCR-02",)) == []


def test_the_nearest_cases_are_those_of_the_greatest_cosine() -> None:
    rarity, vectors = _rarity(), [_unit(_grams(case.provision), _rarity()) for case in load_cases()]
    for asked in load_cases()[::7]:
        own = _unit(_grams(asked.provision), rarity)
        cosines = _cosines(own).tolist()
        assert cosines == [sum(value * other.get(gram, 0.0) for gram, value in own.items()) for other in vectors]
        assert asked.verdict != UNLAWFUL or similar_cases(asked.provision, asked.types)[0].provision == asked.provision


def test_the_nearest_cases_of_all_types_and_verdicts_come_with_their_likeness() -> None:
    for asked in load_cases()[::20]:
        (case, likeness), *_ = nearest_cases(asked.provision)
        assert case.provision == asked.provision and likeness >= 0.99
    lawful = next(case for case in load_cases() if case.verdict != UNLAWFUL)
    assert lawful in [case for case, _ in nearest_cases(lawful.provision)]
    likenesses = [likeness for _, likeness in nearest_cases("外地企业投标前应当在本县设立子公司。", 10)]
    assert likenesses == sorted(likenesses, reverse=True) and len(likenesses) > 3
    assert nearest_cases("abc") == []


def test_a_case_in_one_line_names_paper_and_outcome() -> None:
    case = load_cases()[0]
    assert all(part in case.cited for part in (case.day, case.authority, case.paper, case.law, f"结果：{case.outcome}"))
