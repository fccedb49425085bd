"""Anchors derived from a pattern: every text that it matches contains one, checked with generated texts."""

import re
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import RuleError
from pipeline.law import load_rulebook
from pipeline.law.anchors import _sum, alternatives, find_anchors
from pipeline.law.lexicon import expand

BOOK = load_rulebook()


@pytest.mark.parametrize(
    ("pattern", "anchors"),
    [
        ("罚款", {"罚款"}),
        ("(?:处以?|并处)[^。]{0,9}罚款", {"罚款"}),
        ("没收|吊销(?:执照)?", {"没收", "吊销"}),
        ("[甲乙]级证书", {"甲级证书", "乙级证书"}),
        ("(?:不予?)退还", {"退还"}),
    ],
)
def test_the_rarest_certain_words_are_taken(pattern: str, anchors: set[str]) -> None:
    assert set(find_anchors(pattern, {}).first) == anchors


def test_a_frequent_word_is_no_anchor_where_another_is_certain() -> None:
    assert find_anchors("企业[^。]{0,9}罚款", {}).first == ("企业",)
    assert find_anchors("企业[^。]{0,9}罚款", {"企业": 150.0}).first == ("罚款",)


def test_a_frequent_anchor_requires_a_second_one() -> None:
    found = find_anchors("企业[^。]{0,9}应当[^。]{0,9}罚款", {"企业": 900.0, "应当": 5000.0, "罚款": 800.0})
    assert (found.first, found.second, found.needs) == (("罚款",), ("企业",), (("应当",),))
    rare = find_anchors("企业[^。]{0,9}罚款", {"企业": 900.0})
    assert (rare.first, rare.second, rare.needs) == (("罚款",), ("罚款",), (("企业",),))
    alone = find_anchors("企业[^。]{0,9}罚款", {"企业": 90000.0, "罚款": 800.0})
    assert alone.second == ("罚款",)


def test_a_pattern_without_a_certain_word_is_refused() -> None:
    with pytest.raises(RuleError, match="不含任何固定的词"):
        find_anchors("(?:罚款)?.{2}", {})


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_sentences_that_a_rule_matches_contain_its_anchors_and_needs(rule: object) -> None:
    for sentence in rule.match:  # type: ignore[attr-defined]
        for words in (rule.anchors.first, rule.anchors.second):  # type: ignore[attr-defined]
            assert any(word in sentence for word in words)
        assert rule.search(sentence, 0, len(sentence))  # type: ignore[attr-defined]


@given(st.text(alphabet="须经批准方可罚款元的，。不得停电", max_size=40))
def test_the_check_of_anchors_loses_no_match(text: str) -> None:
    for rule in BOOK.rules[:20]:
        if rule.pattern.search(text):
            assert any(word in text for word in rule.anchors.first) and any(
                word in text for word in rule.anchors.second
            )
            assert rule.search(text, 0, len(text))


def test_names_and_gaps_become_a_regular_expression() -> None:
    pattern = re.compile(expand("〈罚〉…元……停业", {"罚": ["罚款", "罚"]}, "试"))
    assert pattern.search("罚款二百元，并责令停业") and not pattern.search("罚款，二百元停业")


def test_a_pattern_is_split_at_its_top_level_bars() -> None:
    assert list(alternatives(r"罚款|没收(?:工具|车辆)|[甲|乙]证|扣\|车")) == [
        "罚款",
        "没收(?:工具|车辆)",
        "[甲|乙]证",
        r"扣\|车",
    ]
    assert list(alternatives("(?:罚款|没收)")) == ["(?:罚款|没收)"]


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_the_wordings_of_a_rule_find_what_the_rule_finds(rule: object) -> None:
    wordings = [wording for wording in BOOK.scanned if wording.id == rule.id]  # type: ignore[attr-defined]
    assert "|".join(wording.pattern.pattern for wording in wordings) == rule.pattern.pattern  # type: ignore[attr-defined]
    for sentence in rule.match:  # type: ignore[attr-defined]
        assert any(wording.search(sentence, 0, len(sentence)) for wording in wordings)


def test_the_cost_of_a_set_of_words_does_not_depend_on_its_order() -> None:
    frequencies = {"甲": 0.1, "乙": 0.2, "丙": 0.3, "丁": 1e8}
    costs = {_sum(order, frequencies) for order in permutations(frequencies)}  # type: ignore[arg-type]
    assert len(costs) == 1
