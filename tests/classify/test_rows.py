"""Rows of a sparse matrix: the grams of many sentences at once, and products with weights."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.classify.rows import Rows, Vocabulary, all_grams

GRAMS = ("罚", "罚款", "款", "款罚", "罚款罚", "𠮷", "𠮷款")
VOCABULARY = Vocabulary(GRAMS, np.arange(1.0, 8.0))


def expected(sentence: str) -> dict[int, float]:
    """Column and value of each known gram of a sentence, counted one by one."""
    grams = all_grams(sentence)
    values = {at: (1 + np.log(grams.count(gram))) * (at + 1) for at, gram in enumerate(GRAMS) if gram in grams}
    length = float(np.sqrt(sum(value * value for value in values.values()))) or 1.0
    return {at: value / length for at, value in values.items()}


@given(st.lists(st.text(alphabet="罚款𠮷不", max_size=8), max_size=4))
def test_the_grams_of_many_sentences_are_those_of_each(sentences: list[str]) -> None:
    rows = VOCABULARY.rows(sentences)
    assert rows.size == len(sentences) and rows.counts().tolist() == [len(expected(s)) for s in sentences]
    for number, sentence in enumerate(sentences):
        row = rows.row(number)
        assert dict(zip(row.columns.tolist(), row.values.tolist(), strict=True)) == pytest.approx(expected(sentence))


def test_grams_do_not_reach_over_the_end_of_a_sentence() -> None:
    assert VOCABULARY.rows(["罚", "款"]).columns.tolist() == [0, 2]


def test_a_product_has_a_row_for_each_row_also_for_an_empty_one() -> None:
    rows = Rows.of_lists([[0, 1], [], [1]], 2.0)
    assert rows.times(np.array([[1.0, 0.0], [3.0, 1.0]])).tolist() == [[8.0, 2.0], [0.0, 0.0], [6.0, 2.0]]
    assert Rows.empty(2).times(np.ones((1, 1))).tolist() == [[0.0], [0.0]]


def test_entries_of_other_rows_stand_behind_those_of_the_same_row() -> None:
    joined = Rows.of_lists([[0], [1]], 1.0).beside(Rows.of_lists([[5], [6]], 2.0))
    assert joined.columns.tolist() == [0, 5, 1, 6] and joined.numbers.tolist() == [0, 0, 1, 1]
    assert joined.row(1).columns.tolist() == [1, 6]
