"""Observations crossed with words of the same sentence."""

import numpy as np
import pytest

from pipeline.classify.crossings import Crossings

WORDS, NAMES = ("摊位", "经营", "经营者"), ("force.ban", "relief.free")
# a ban beside 经营, relief beside 摊位
CROSSINGS = Crossings(WORDS, NAMES, np.array([1, 3]), np.array([3.0, 4.0]))


@pytest.mark.parametrize(
    ("sentence", "seen", "pairs"),
    [
        ("不得经营烧烤。", ["force.ban"], {1}),
        ("经营者不得占道。", ["force.ban"], {1, 2}),
        ("摊位免费使用，不得转租。", ["force.ban", "relief.free"], {0, 3}),
        ("不得随地倾倒垃圾。", ["force.ban"], set()),
        ("经营时间自行确定。", [], set()),
        ("不得经营烧烤。", ["form.short"], set()),
    ],
)
def test_each_observation_is_paired_with_each_word_of_the_sentence(
    sentence: str, seen: list[str], pairs: set[int]
) -> None:
    assert CROSSINGS.pairs(sentence, seen) == pairs


def test_the_known_pairs_of_a_sentence_have_unit_length_together() -> None:
    rows = CROSSINGS.rows(
        ["不得随地倾倒垃圾。", "摊位免费使用，夜间不得经营。"], [["force.ban"], ["force.ban", "relief.free"]]
    )
    assert rows.numbers.tolist() == [1, 1] and rows.size == 2
    assert dict(zip(rows.columns.tolist(), rows.values.tolist(), strict=True)) == pytest.approx({0: 0.6, 1: 0.8})


def test_a_model_without_crossings_has_no_columns_for_them() -> None:
    rows = Crossings.none().rows(["不得经营烧烤。"], [["force.ban"]])
    assert len(rows.columns) == len(rows.values) == 0 and rows.size == 1


def test_what_pairs_weigh_is_summed_by_observation_and_for_mere_forms_by_word() -> None:
    crossings = Crossings(WORDS, NAMES, np.array([0, 1, 3, 4]), np.ones(4))
    of_names, of_words = crossings.sums(np.array([0, 1, 2, 3]), np.array([1.0, 2.0, 4.0, 8.0]), {"force.ban"})
    assert of_names == {"force.ban": 3.0} and of_words == {"摊位": 4.0, "经营": 8.0}
