"""Clause rules with their contexts, each by its own examples."""

import pytest

from pipeline.classify.clauses import find_hits
from pipeline.document import Hit
from pipeline.law import load_rulebook
from pipeline.parse import parse
from tests.builders import source

BOOK = load_rulebook()


def hits(*lines: str) -> tuple[Hit, ...]:
    text = source(*lines)
    return find_hits(text.text, parse(text), BOOK, None)


def loud(*lines: str) -> list[Hit]:
    return [hit for hit in hits(*lines) if hit.is_raised]


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [(rule, s) for rule in BOOK.rules for s in rule.match],
    ids=lambda x: getattr(x, "id", x),
)
def test_a_rule_finds_its_own_example(rule: object, sentence: str) -> None:
    assert getattr(rule, "type", None) in {hit.type for hit in loud(sentence)}


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [(rule, s) for rule in BOOK.rules for s in rule.skip],
    ids=lambda x: getattr(x, "id", x),
)
def test_a_rule_does_not_find_its_negative_example(rule: object, sentence: str) -> None:
    assert getattr(rule, "id", None) not in {hit.rule for hit in loud(sentence)}


@pytest.mark.parametrize(
    ("context", "sentence"),
    [(c, s) for c in BOOK.contexts for s in c.match],
    ids=lambda x: getattr(x, "id", x),
)
def test_a_context_softens_its_own_example(context: object, sentence: str) -> None:
    assert any(getattr(context, "id", "") in {found.rule for found in hit.contexts} for hit in hits(sentence))


@pytest.mark.parametrize(
    ("context", "sentence"),
    [(c, s) for c in BOOK.contexts for s in c.skip],
    ids=lambda x: getattr(x, "id", x),
)
def test_a_context_does_not_apply_to_its_negative_example(context: object, sentence: str) -> None:
    found = hits(sentence)
    assert found and not any(getattr(context, "id", "") in {c.rule for c in hit.contexts} for hit in found)


def test_a_hit_within_a_title_or_a_quotation_is_dropped_with_its_reason() -> None:
    (hit,) = hits("请学习《关于未经县交通局批准不得经营网约车的通知》。")
    assert hit.effect == "drop" and hit.contexts[0].rule == "CTX-TITLE"
    (hit,) = hits("群众反映有人宣称“不交钱的，由中队扣押车辆”的问题。")
    assert hit.effect == "drop"


def test_the_law_cited_above_a_list_applies_to_its_items() -> None:
    found = hits(
        "第七条 有下列情形之一的，依照《中华人民共和国水法》第六十五条的规定处理：",
        "（一）逾期不拆的，处一万元以上五万元以下罚款；",
    )
    assert [hit.effect for hit in found] == ["note"]


def test_a_licence_implemented_according_to_the_opening_is_noted_unless_others_are_required_too() -> None:
    opening = "根据《食品经营许可和备案管理办法》，制定本细则。"
    between = ["第二条 本细则由区局负责解释。"] * 9
    (hit,) = hits(opening, *between, "第三条 从事餐饮服务的，应当报县市场监管局许可。")
    assert hit.effect == "note"
    (hit,) = hits(opening, *between, "第三条 从事餐饮服务的，应当报街道办事处批准。")
    assert hit.effect == "keep"


def test_a_complete_paragraph_above_a_list_applies_only_where_it_announces_the_list() -> None:
    item = "（二）对逾期不拆的棚屋，处一万元罚款。"
    closed = "各站应当依照《中华人民共和国水法》第六十五条的规定做好登记。"
    assert [hit.effect for hit in hits("第七条 巡查", closed, "（一）每月巡查一次。", item)] == ["keep"]
    announced = "依照《中华人民共和国水法》第六十五条的规定，按照以下要求处理。"
    assert [hit.effect for hit in hits("第七条 处理", announced, "（一）先行告知。", item)] == ["note"]


def test_every_hit_lies_within_its_sentence() -> None:
    for hit in hits("经营者未经批准不得营业，违者罚款200元；拒不改正的，强制拆除。", "免收管理费。"):
        assert hit.sentence.start <= hit.evidence.start < hit.evidence.end <= hit.sentence.end


def test_evidence_of_two_rules_of_one_type_is_joined() -> None:
    (hit,) = [hit for hit in loud("二、垃圾混投一次的，每次扣2分，并列入小区黑名单。") if hit.type == "PEN-03"]
    assert "每次扣2分" in (
        words := "二、垃圾混投一次的，每次扣2分，并列入小区黑名单。"[hit.evidence.start : hit.evidence.end]
    )
    assert "黑名单" in words


def test_a_hit_that_only_begins_in_a_title_is_no_title() -> None:
    begun = "一、领取《小型工程备案登记表》，完成登记后方可开工。"
    assert "LIC-02" in {hit.type for hit in loud(begun)}
    inside = "一、《未经县住建局批准不得施工管理办法》同时印发。"
    assert not loud(inside)
