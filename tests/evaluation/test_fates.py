"""The register of papers whose fates are known, and how the proposals for it are told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from corpora import fates
from pipeline.cli import app
from pipeline.errors import UsageError
from pipeline.evaluation.calibration import shares
from pipeline.evaluation.fates import answer_fates, read_fates


@pytest.mark.parametrize("seed", [20261122, 7])
def test_the_fates_of_a_register_are_told(tmp_path: Path, seed: int) -> None:
    answers = answer_fates(fates.written(tmp_path, 300, seed), fates.AS_OF)
    assert sum(answer.is_right for answer in answers) >= 0.98 * len(answers)
    sure = {name: good / total for name, good, total in shares(answers, "confidence")}
    assert sure["高"] >= 0.97


def test_the_same_seed_gives_the_same_register() -> None:
    assert fates.register(60, 3) == fates.register(60, 3)
    assert fates.register(60, 3) != fates.register(60, 4)


def test_no_two_papers_of_a_register_have_one_number() -> None:
    numbers = [paper.text.splitlines()[1] for paper in fates.register(300).papers]
    assert len(set(numbers)) == len(numbers)


def test_the_command_prints_shares_by_kind_and_confidence(tmp_path: Path) -> None:
    folder = fates.written(tmp_path / "清册", 40)
    found = CliRunner().invoke(app, ["evaluate", "--register", str(folder), "--as-of", "2026-11-22"])
    assert found.exit_code == 0
    assert "把握高" in found.output
    assert "合计" in found.output


@pytest.mark.parametrize("rows", [None, "{", '{"name": "1.txt"}', "[]"])
def test_a_folder_without_readable_fates_is_refused(tmp_path: Path, rows: str | None) -> None:
    if rows is not None:
        (tmp_path / "fates.jsonl").write_text(rows, encoding="utf-8")
    with pytest.raises(UsageError, match=r"fates\.jsonl"):
        read_fates(tmp_path)
