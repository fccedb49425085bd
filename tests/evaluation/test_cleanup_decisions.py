"""Official cleanup decisions beside proposals: what can be decided from a row of a catalogue, and why the rest cannot."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import GoldError
from pipeline.evaluation.calibration import Told, shares
from pipeline.evaluation.cleanup_decisions import AGREED, OTHER, UNDECIDABLE, Compared, compare_decisions
from pipeline.evaluation.gold import CLOSED_HALF, OPEN_HALF, WHOLE, in_part

HEAD = "catalogue\titem_title\tdoc_number_or_date\tissuer_date\tresult\treason"


def compared(tmp_path: Path, *rows: str) -> list[Compared]:
    path = tmp_path / "cleanup_items.tsv"
    path.write_text("\n".join((HEAD, *(f"某部令第1号（2016）\t{row}" for row in rows))), encoding="utf-8")
    return compare_decisions(path)


@pytest.mark.parametrize(
    "row",
    [
        "科技成果登记规定\t1989年5月9日国家科委国科发计字[1989]223号\t\t废止文件\t",
        "科技成果登记规定\t（89）国科发计字223号\t国家科学技术委员会 1989年5月9日\t废止文件\t",
        "科技成果登记规定\t1989年5月9日\t国家科学技术委员会财政部\t失效文件\t",
        "科技成果登记规定\t国科发计字〔1989〕223号\t国家科委、财政部 1989年5月9日\t废止文件\t",
    ],
)
def test_issuers_are_found_in_every_form_of_a_row(tmp_path: Path, row: str) -> None:
    assert [(one.state, one.deciding) for one in compared(tmp_path, row)] == [(AGREED, "CL-13")]


def test_a_plan_outside_the_cleanup_is_compared_by_what_is_told_of_its_period(tmp_path: Path) -> None:
    found = compared(
        tmp_path, "水利发展“十二五”专项规划\t国科发计〔2012〕70号\t科技部 2012年1月29日\t废止文件\t该文件适用期已满。"
    )
    assert [(one.state, one.deciding) for one in found] == [(AGREED, "CL-15")]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("科技评估管理规定\t2013年1月4日\t科学技术部\t废止文件\t已被《评价办法》代替。", "另有规定"),
        ("科技评估管理规定\t2013年1月4日\t科学技术部\t废止文件\t该文件已不适应当前的发展形势。", "裁量"),
        ("科技评估管理规定\t2013年1月4日\t科学技术部\t失效文件\t", "没有说明理由"),
        ("科技评估管理规定\t2013年1月4日\t科学技术部\t保留\t", "继续有效"),
    ],
)
def test_why_an_item_cannot_be_decided_is_told(tmp_path: Path, row: str, why: str) -> None:
    found = compared(tmp_path, row)
    assert [one.state for one in found] == [UNDECIDABLE]
    assert why in found[0].why


def test_a_paper_that_was_kept_and_is_proposed_for_repeal_is_a_disagreement(tmp_path: Path) -> None:
    row = "科技成果登记规定\t1989年5月9日\t国家科学技术委员会\t保留\t"
    assert [(one.state, one.is_right) for one in compared(tmp_path, row)] == [(OTHER, False)]


def test_a_table_without_the_needed_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cleanup_items.tsv"
    path.write_text("a\tb\n1\t2", encoding="utf-8")
    with pytest.raises(GoldError, match="item_title"):
        compare_decisions(path)


def test_the_halves_are_two_and_leave_nothing_out() -> None:
    names = [f"第{n}件" for n in range(400)]
    both = [in_part(name, OPEN_HALF) + in_part(name, CLOSED_HALF) for name in names]
    assert set(both) == {1}
    assert 0.4 < sum(in_part(name, OPEN_HALF) for name in names) / 400 < 0.6
    assert all(in_part(name, WHOLE) for name in names)


def test_shares_are_counted_by_confidence_from_high_to_low() -> None:
    told = [Told("规范性文件", "继续有效低", "低", "—", True), Told("规范性文件", "修改高", "高", "CL-09", False)]
    assert list(shares(told, "confidence")) == [("高", 0, 1), ("低", 1, 1)]
    assert list(shares(told, "deciding")) == [("CL-09", 0, 1), ("—", 1, 1)]


def test_the_command_prints_what_can_be_decided_and_why_the_rest_cannot(tmp_path: Path) -> None:
    rows = (
        "科技成果登记规定\t1989年5月9日\t国家科学技术委员会\t废止文件\t",
        "科技评估规定\t2013年1月4日\t科学技术部\t失效文件\t",
    )
    compared(tmp_path, *rows)
    (tmp_path / "clauses.jsonl").write_text(
        '{"id": "1", "doc": "a", "sentence": "应当公示价格。", "types": [], "verdict": "none"}', encoding="utf-8"
    )
    found = CliRunner().invoke(app, ["evaluate", "--gold", str(tmp_path), "--as-of", "2026-11-22"])
    assert found.exit_code == 0, found.output
    assert "可以判断的" in found.output and "不能判断1件" in found.output
