"""Accuracy on the gold in ../shared: the figures of the first milestone and the pinned floors."""

import json
from pathlib import Path

import pytest

from pipeline.errors import GoldError
from pipeline.evaluation.floors import achieved, gold_fingerprint, load_floors, shortfalls
from pipeline.evaluation.gold import find_quote, find_text
from pipeline.evaluation.scores import Scores, evaluate
from tests.conftest import AS_OF, ROOT

FLOORS = ROOT / "corpora" / "gold" / "floors.json"
# the requirements of the first milestone
FIGURES = {
    "number.exact": 0.98, "number.not_wrong": 0.99, "issuers.exact": 0.95, "title.exact": 0.95, "made.exact": 0.97, "effective.exact": 0.95,
    "expires.exact": 0.95, "term_years.exact": 0.95, "norm_level.exact": 0.95, "is_normative.f1": 0.93, "genre.exact": 0.95,
    "bases.f1": 0.95, "repeals.f1": 0.90,
}  # fmt: skip
SEED_FIELDS = ("number", "title", "issuers", "made", "published", "effective", "expires", "term_years", "recipients", "genre", "norm_level", "is_normative")  # fmt: skip


@pytest.fixture(scope="module")
def scores() -> Scores:
    shared = ROOT.parent / "shared"
    if not shared.is_dir():
        pytest.skip("the folder ../shared is not here")
    folders = [shared / "corpora" / "normative", shared / "corpora" / "district", shared / "seeds"]
    return evaluate(shared / "gold", folders, AS_OF)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_milestone_is_reached(scores: Scores, name: str) -> None:
    assert achieved(scores)[name] >= FIGURES[name]


def test_nothing_falls_below_its_floor(scores: Scores, shared: Path) -> None:
    if json.loads(FLOORS.read_text(encoding="utf-8"))["gold"] != gold_fingerprint(shared / "gold"):
        pytest.skip("the gold has changed since the floors were pinned: make floors")
    assert shortfalls(load_floors(FLOORS), scores) == []


@pytest.mark.parametrize("seed", [f"seed{i}" for i in range(5)])
def test_all_fields_of_a_seed_document_are_right(scores: Scores, seed: str) -> None:
    assert [miss for miss in scores.misses if miss.document == seed and miss.field in SEED_FIELDS] == []


def test_the_json_has_the_shape_that_the_gold_describes(scores: Scores) -> None:
    content = json.loads(json.dumps(scores.as_json()))
    assert content["documents"]["n"] == 91
    assert set(content["documents"]["fields"]["number"]) == {"exact", "wrong", "abstained", "total"}
    assert set(content["clauses"]["clauses.jsonl"]) == {"n", "flag", "flag_sure", "exempt", "type_right", "by_type"}


def test_floors_are_never_lowered(tmp_path: Path, scores: Scores, shared: Path) -> None:
    from pipeline.evaluation.floors import raise_floors

    path = tmp_path / "floors.json"
    path.write_text(json.dumps({"floors": {"flags.f1": 0.99, "number.exact": 0.1}}), encoding="utf-8")
    raise_floors(path, scores, shared / "gold")
    floors = load_floors(path)
    assert floors["flags.f1"] == 0.99 and floors["number.exact"] == achieved(scores)["number.exact"]


def test_a_quotation_is_found_in_any_width() -> None:
    text = "第一条 ①由街道（镇）\n审核，费用为５元。"
    found = find_quote(text, "由街道(镇)审核,费用为5元")
    assert found and found.cut(text) == "由街道（镇）\n审核，费用为５元"
    assert find_quote(text, "没有的话") is None


@pytest.mark.parametrize("name", ["长政发[2024]6号", "长政发*6号", "长政发?6号"])
def test_an_id_is_taken_as_it_is_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "长政发26号.txt").write_text("另一件", encoding="utf-8")
    with pytest.raises(GoldError):
        find_text(name, [tmp_path])
    (tmp_path / f"{name}.txt").write_text("本件", encoding="utf-8")
    assert find_text(name, [tmp_path]).name == f"{name}.txt"
