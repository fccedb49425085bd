"""Documents with marked words: reading of the marks, and recall and false alarms of the pipeline on them."""

import json
from datetime import date
from pathlib import Path

import pytest

from corpora.annotated import FOLDER, HELD, sentences, unmark, write_gold
from pipeline.evaluation.scores import SetScore, evaluate

AS_OF = date(2026, 11, 22)


def test_marks_are_taken_out_and_may_hold_marks() -> None:
    document = unmark("甲", "一、【LIC-01|未经批准，【PEN-02|一律关停】】。\n二、无。")
    assert document.text == "一、未经批准，一律关停。\n二、无。"
    assert [(flag.type, document.text[flag.start : flag.end]) for flag in document.flags] == [
        ("LIC-01", "未经批准，一律关停"),
        ("PEN-02", "一律关停"),
    ]


def test_sentences_carry_the_types_marked_in_them_and_headings_are_left_out() -> None:
    document = unmark("甲", "某镇政府\n一、【FEE-01|每车交十元】；其余事项由镇政府负责解释。\n2020年1月1日")
    assert list(sentences(document)) == [("一、每车交十元；", ["FEE-01"]), ("其余事项由镇政府负责解释。", [])]


def test_every_mark_names_a_type_and_closes() -> None:
    for folder in (FOLDER, HELD):
        for path in sorted(folder.glob("*.txt")):
            source = path.read_text(encoding="utf-8")
            assert source.count("【") == source.count("】") == len(unmark(path.stem, source).flags), path.name


@pytest.mark.parametrize(
    ("folder", "found", "false_alarms"), [(FOLDER, 0.65, 0.7), (HELD, 0.65, 0.95)], ids=["open", "held"]
)
def test_flags_are_found(folder: Path, found: float, false_alarms: float, tmp_path: Path) -> None:
    write_gold(tmp_path, folder)
    score: SetScore = evaluate(tmp_path, [], AS_OF).sets["flags"]
    rows = (tmp_path / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    assert score.tp + score.fn == sum(len(json.loads(row)["flags"]) for row in rows)
    assert score.tp / (score.tp + score.fn) >= found
    assert score.fp / len(rows) <= false_alarms
