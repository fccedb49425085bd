"""Impact of rules: check of the built-in rules, a unit's own file, and the effect of each part of the judge."""

from pathlib import Path

import pytest

from pipeline.cli.render import share
from pipeline.errors import RuleError
from pipeline.evaluation.gold import HELD, in_part
from pipeline.evaluation.rule_impact import ablate, check_rules, try_file
from tests.conftest import AS_OF

UNIT = """
rules:
  - id: 临溪-01
    type: FEE-01
    says: 收取望湖费
    pattern: '望湖(?:费|钱)'
    match: [游客每人交望湖费。]
    skip: [望湖楼免费开放。]
contexts: []
"""


def test_the_built_in_rules_have_no_faults() -> None:
    health = check_rules(())
    assert (health.types, health.faults, health.silent) == (36, (), ())


def test_a_units_rule_is_tried_on_a_corpus(tmp_path: Path) -> None:
    rules, corpus = tmp_path / "unit.yaml", tmp_path / "docs"
    rules.write_text(UNIT, encoding="utf-8")
    corpus.mkdir()
    (corpus / "a.txt").write_text("临溪县湖区管理通知\n一、望湖钱由湖区管理站代管。\n", encoding="utf-8")
    (change,) = try_file(rules, [corpus], AS_OF)
    assert change.gained and change.type == "FEE-01" and "望湖钱" in change.sentence


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("type: FEE-01", "type: XXX", "类型不存在"),
        ("skip:", "sikp:", "不认识的键"),
        ("临溪-01", "PEN-01.kind", "已被使用"),
    ],
)
def test_a_broken_unit_file_is_rejected(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "unit.yaml"
    path.write_text(UNIT.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleError, match=message):
        list(try_file(path, [], AS_OF))


def test_an_ablation_scores_every_part() -> None:
    rows = [
        {"id": "a", "sentence": "乱停车的，每次罚款一百元。", "types": ["PEN-01"], "verdict": "flag"},
        {"id": "b", "sentence": "依照《水法》第六十五条处罚款。", "types": ["PEN-01"], "verdict": "restates"},
    ]
    scores = dict(ablate(rows, AS_OF))
    assert {"规则和模型", "只用规则", "只用模型", "去掉CTX-CITED"} <= set(scores)
    assert scores["只用规则"].flag.tp == 1 and scores["规则和模型"].kept_quiet == 1


def test_a_third_is_held_out_and_intervals_are_wide_for_few_cases() -> None:
    assert 0.25 < sum(in_part(f"d{n:03d}", HELD) for n in range(300)) / 300 < 0.42
    assert share(9, 10) == "0.900 0.60–0.98" and share(0, 0) == "—"
