"""Observations: each kind finds its own examples, and acts are seen together with what governs them."""

import pytest

from pipeline.classify import load_model
from pipeline.classify.observations import FILE, Kind, load_observer
from pipeline.law import Pattern, read_yaml

OBSERVER = load_observer()


@pytest.mark.parametrize("kind", OBSERVER.kinds, ids=lambda kind: kind.id)
def test_a_kind_finds_its_examples_and_not_their_neighbours(kind: Kind) -> None:
    assert kind.match and kind.skip and kind.says
    assert all(kind.id in OBSERVER.observe(sentence) for sentence in kind.match)
    assert not any(kind.id in OBSERVER.observe(sentence) for sentence in kind.skip)


def test_ids_are_given_once_and_the_governing_ones_exist() -> None:
    ids = [row["id"] for row in read_yaml(FILE)["observations"]]
    assert len(ids) == len(set(ids)) > 140
    assert set(OBSERVER.named) <= set(ids) and set(OBSERVER.governing) - {"form.item"} <= set(ids)


def test_the_span_of_an_observation_is_what_was_seen() -> None:
    sentence = "逾期不改的，处五百元罚款。"
    assert OBSERVER.observe(sentence)["penalty.fine"].cut(sentence) == "罚款"


def test_a_law_named_before_an_act_or_for_it_is_seen_with_the_act() -> None:
    features = OBSERVER.features("根据《中华人民共和国水法》第六十五条处五百元罚款，并由镇政府没收工具。")
    assert {"penalty.fine+cited", "penalty.fine+cited_here", "penalty.confiscation+cited"} <= set(features)
    assert "penalty.confiscation+cited_here" not in features


def test_an_act_that_is_denied_is_seen_as_denied() -> None:
    assert "charge.deposit+denied" in OBSERVER.features("各部门不得收取保证金。")
    assert "charge.deposit+denied" not in OBSERVER.features("参加者交保证金。")


def test_the_trained_model_carries_the_same_observations() -> None:
    model = load_model()
    assert model is not None
    assert [(k.id, k.pattern) for k in model.observer.kinds] == [
        (k.id, Pattern(k.pattern.pattern)) for k in OBSERVER.kinds
    ]
