"""Rule files: unknown keys, invalid patterns and missing examples are rejected; look-ups in the tables."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import RuleError
from pipeline.law import (
    load_bodies,
    load_registrations,
    load_rulebook,
    regime_for,
    repealed_on,
    rulebook,
)
from pipeline.law.rulebook import read_rulebook

RULE = {
    "id": "X",
    "says": "说明",
    "pattern": "罚款",
    "match": ["罚款十元。"],
    "skip": ["奖励十元。"],
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda row: row.update(colour="red"), "不认识的键colour"),
        (lambda row: row.pop("says"), "缺少的键says"),
        (lambda row: row.update(pattern="("), "pattern有误"),
        (lambda row: row.update(match=[]), "缺少match或skip例子"),
        (lambda row: row.update(match=["奖励。"]), "与例子不符"),
        (lambda row: row.update(skip=["罚款。"]), "与例子不符"),
        (lambda row: row.update(pattern=".{3}"), "不含任何固定的词"),
        (lambda row: row.update(pattern="〈没有〉罚款"), "词表〈没有〉不存在"),
        (lambda row: row.update(severity="严重"), "severity“严重”不认识"),
    ],
)
def test_a_broken_rule_is_rejected_with_a_message(change: Callable[[dict[str, Any]], object], message: str) -> None:
    row = dict(RULE)
    change(row)
    with pytest.raises(RuleError, match=message):
        rulebook.read_rule(row, "PEN-01", "penalties.yaml", {})


def test_every_type_has_an_authority_a_basis_and_rules() -> None:
    book = load_rulebook()
    assert all(kind.subject in book.authorities and kind.bases and kind.rules for kind in book.types.values())


def test_rule_ids_are_unique_and_every_anchor_is_needed() -> None:
    book = load_rulebook()
    assert len({rule.id for rule in book.rules}) == len(book.rules)
    assert all(book.bits)


def test_registration_patterns_do_not_match_their_counterexamples() -> None:
    for scheme in load_registrations():
        assert not any(scheme.pattern.fullmatch(text) for text in scheme.skip)


def test_a_repeal_takes_effect_on_its_day() -> None:
    assert repealed_on("中华人民共和国环境保护法", date(2026, 8, 14)) is None
    repealed = repealed_on("环境保护法", date(2026, 11, 22))
    assert repealed and repealed.successor == "中华人民共和国生态环境法典"


def test_a_new_version_or_a_law_in_force_of_the_same_name_is_no_repeal() -> None:
    assert repealed_on("行政处罚法", date(2026, 11, 22)) is None
    assert repealed_on("国家安全法", date(2026, 11, 22)) is None


def test_the_regime_is_that_of_the_documents_own_date() -> None:
    regime = regime_for("上海市宝山区", date(2015, 1, 1))
    assert regime and regime.years == 5 and regime.confirmed
    assert regime_for("上海市宝山区", date(2005, 1, 1)) is None
    later = regime_for("上海市", date(2022, 1, 1))
    assert later and not later.confirmed


def test_an_abolished_body_names_its_successor() -> None:
    assert all(body.successor for body in load_bodies() if body.until)


UNIT = """
rules:
  - type: LIC-01
    id: LINXI-01
    says: 本县的说法
    pattern: {pattern}
    match: [甲禁止]
    skip: [没有]
"""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("group: 本单位\n".encode("gbk"), "不是UTF-8编码"),
        ("rules: []".encode("utf-16"), "不是UTF-8编码"),
        (b"rules: 5", "结构不对"),
        (b"- rules", "结构不对"),
        (b"rules: [a, b]", "结构不对"),
        (UNIT.format(pattern="'(甲)禁止|乙\\1'").encode(), "LINXI-01的pattern有误"),
        (UNIT.format(pattern="'(?P<x>禁)止|乙(?P=x)'").encode(), "LINXI-01的pattern有误"),
        (UNIT.format(pattern="'禁{99999999999}'").encode(), "LINXI-01的pattern有误"),
        (UNIT.format(pattern="''").encode(), "LINXI-01没有写pattern"),
        (UNIT.format(pattern="12").encode(), "LINXI-01没有写pattern"),
    ],
)
def test_every_fault_of_a_unit_file_names_the_file_or_the_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    (tmp_path / "unit.yaml").write_bytes(content)
    monkeypatch.setenv("QINGGUI_RULES", str(tmp_path))
    with pytest.raises(RuleError, match=message):
        read_rulebook()


def test_a_unit_file_with_a_byte_order_mark_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unit.yaml").write_bytes(b"\xef\xbb\xbf" + UNIT.format(pattern="甲禁止").encode())
    monkeypatch.setenv("QINGGUI_RULES", str(tmp_path))
    assert "LINXI-01" in {rule.id for rule in read_rulebook().rules}


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unit.yaml").symlink_to(tmp_path / "missing.yaml")
    monkeypatch.setenv("QINGGUI_RULES", str(tmp_path))
    with pytest.raises(RuleError, match=r"unit\.yaml不能读取"):
        read_rulebook()
