"""Training on annotated sentences: reproducible, measured on unseen sentences, errors with messages."""

import json
from pathlib import Path

import numpy as np
import pytest

from corpora.make_sentences import TARGET, rows, sentences
from pipeline.classify.model import DOCUMENTS, FILE, LEGISLATION, read_model
from pipeline.errors import GoldError
from pipeline.evaluation.gold import read_rows
from pipeline.training.fitting import group_of, train
from pipeline.training.measured import best_threshold
from pipeline.training.sentences import (
    FREE,
    HELD_PROVISIONS,
    OUR_GOLD,
    PROVISIONS,
    READINGS,
    all_sentences,
    check_of,
    read_sentences,
)

LINES = TARGET.read_text(encoding="utf-8").splitlines()


def small(folder: Path) -> Path:
    path = folder / "few.jsonl"
    path.write_text("\n".join(LINES[::12]), encoding="utf-8")
    return path


def test_training_twice_gives_the_same_model_and_card(tmp_path: Path) -> None:
    annotated = read_sentences([small(tmp_path)])
    for name in ("one", "two"):
        train(annotated, tmp_path / name)
    cards = [(tmp_path / name / "CARD.md").read_text(encoding="utf-8") for name in ("one", "two")]
    assert cards[0] == cards[1] and "可靠性" in cards[0]
    models = [read_model(tmp_path / name / FILE) for name in ("one", "two")]
    text = "每户罚款一百元。"
    assert models[0].judge(text, DOCUMENTS, [0]) == models[1].judge(text, DOCUMENTS, [0])


def test_figures_are_measured_on_unseen_sentences(tmp_path: Path) -> None:
    annotated = read_sentences([small(tmp_path)])
    measured = train(annotated, tmp_path)
    right = (measured.chances >= best_threshold(measured)) == measured.flags
    assert 0.6 < right.mean() < 0.99
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["sentences"] == len(annotated) and manifest["by_origin"] == {"frame": len(annotated)}


def test_gold_that_cannot_be_read_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"没有\.jsonl不能读取"):
        read_sentences([tmp_path / "没有.jsonl"])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"types": ["ZZZ-99"]}, "ZZZ-99”不存在"),
        ({"verdict": "maybe"}, "maybe”不认识"),
        ({"sentence": None}, "缺少id、sentence"),
    ],
)
def test_a_wrong_row_is_named_before_anything_is_trained(row: dict[str, object], message: str, tmp_path: Path) -> None:
    whole = {"id": "甲1", "sentence": "每户交一百元。", "types": ["FEE-01"], "verdict": "flag"} | row
    path = tmp_path / "wrong.jsonl"
    path.write_text(json.dumps({key: value for key, value in whole.items() if value is not None}), encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        read_sentences([path])


def test_sentences_of_one_type_alone_are_too_few(tmp_path: Path) -> None:
    rows = [
        {"id": f"甲{at}", "sentence": f"每户交{at}元。", "types": ["FEE-01"], "verdict": "flag"} for at in range(30)
    ]
    path = tmp_path / "one.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    with pytest.raises(GoldError, match="太少"):
        train(read_sentences([path]), tmp_path / "out")


def test_without_shared_only_our_own_sentences_are_used(tmp_path: Path) -> None:
    own = all_sentences(tmp_path / "missing")
    assert {sentence.origin for sentence in own} == {"frame", "written", "unaided"}
    assert not any(sentence.judged for sentence in own)


def test_readings_of_real_documents_are_kept_by_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gold, corpora = tmp_path / "own", tmp_path / "shared" / "corpora"
    for folder in (gold, corpora / "normative", corpora / "local", tmp_path / "shared" / "gold"):
        folder.mkdir(parents=True)
    for name in ("clauses.jsonl", PROVISIONS, FREE):
        (gold / name).write_text(LINES[0], encoding="utf-8")
    (corpora / "normative" / "a.txt").write_text("甲。每户交一百元。乙。", encoding="utf-8")
    (corpora / "local" / "b.txt").write_text("每车交十元。", encoding="utf-8")
    (gold / READINGS).write_text(
        "file\tstart\tend\tverdict\ttypes\tsure\tcheck\n"
        f"normative/a.txt\t2\t9\tflag\tFEE-01\t2\t{check_of('每户交一百元。')}\n"
        f"normative/a.txt\t0\t2\tnone\t\t2\t{check_of('改过的字。')}\n"
        f"local/b.txt\t0\t6\tflag\tFEE-01\t0\t{check_of('每车交十元。')}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr("pipeline.training.sentences.OUR_GOLD", gold)
    found = {s.text: s for s in all_sentences(tmp_path / "shared") if s.origin == "real"}
    assert set(found) == {"每户交一百元。", "每车交十元。"}  # a place whose text has changed is left out
    assert found["每户交一百元。"].source == DOCUMENTS and not found["每户交一百元。"].unsure
    assert found["每车交十元。"].source == LEGISLATION and found["每车交十元。"].unsure


def test_real_sentences_are_split_by_document_and_what_was_written_after_them_goes_with_them(shared: Path) -> None:
    everything = all_sentences(shared)
    fold_of = {s.group: s.fold for s in everything if s.origin in ("real", "case")}
    written = [s for s in everything if s.origin == "written" and s.group in fold_of]
    assert len(written) > 1000 and all(s.fold == fold_of[s.group] for s in written)
    numbers = np.bincount([s.fold for s in everything if s.judged])
    assert len(numbers) == 5 and numbers.min() > 1000


def test_penalties_and_tax_relief_are_groups_of_their_own(tmp_path: Path) -> None:
    kinds = {s.types[0]: group_of(s) for s in all_sentences(None) if s.flag}
    assert (kinds["PEN-01"], kinds["PEN-02"], kinds["FCR-08"], kinds["EXP-01"]) == ("PEN-01", "PEN-02", "FCR-08", "FEE")


@pytest.mark.parametrize(("name", "least"), [(PROVISIONS, 2900), (FREE, 1700), (HELD_PROVISIONS, 1700)])
def test_our_provisions_have_known_verdicts_and_types(name: str, least: int) -> None:
    rows = [json.loads(line) for line in (OUR_GOLD / name).read_text(encoding="utf-8").splitlines()]
    assert len(rows) > least and len({row["id"] for row in rows}) == len(rows)
    assert all(row["verdict"] in ("flag", "restates", "exempt", "none") for row in rows)
    assert all(row["types"] for row in rows if row["verdict"] == "flag")


def test_our_sentences_are_those_of_the_frames() -> None:
    assert [json.loads(line) for line in LINES] == list(rows())
    assert (
        len(LINES) > 1500 and len({json.loads(line)["types"][0] for line in LINES if json.loads(line)["types"]}) == 36
    )


def test_a_frame_gives_each_of_its_sentences_once() -> None:
    assert sorted(sentences("{甲|乙}交{一|两}元")) == sorted(["甲交一元", "甲交两元", "乙交一元", "乙交两元"])


def test_a_line_separator_inside_a_sentence_does_not_end_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "1", "sentence": "甲\u2028乙\x85丙", "types": [], "verdict": "none"}\n', encoding="utf-8")
    assert [sentence.text for sentence in read_sentences([path])] == ["甲\u2028乙\x85丙"]


@pytest.mark.parametrize(("content", "message"), [
    ('{"id": "1", "sentence": "甲", "types": [], "verdict": "none"}\n{"id": "2", "sen', "第2行不是JSON对象"),
    ("[]\n\nnull\n", "第1、3行不是JSON对象"),
])  # fmt: skip
def test_lines_that_are_no_objects_are_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(GoldError, match=message):
        read_sentences([path])
    with pytest.raises(GoldError, match=message):
        list(read_rows(path))


def test_a_gold_row_without_a_field_is_named(tmp_path: Path) -> None:
    path = tmp_path / "clauses.jsonl"
    path.write_text('{"id": "1", "types": [], "verdict": "none"}\n', encoding="utf-8")
    with pytest.raises(GoldError, match="1）缺少sentence"):
        list(read_rows(path))


def test_no_judge_is_trained_on_held_provisions() -> None:
    held = {sentence.text for sentence in read_sentences([OUR_GOLD / HELD_PROVISIONS])}
    assert not held & {sentence.text for sentence in all_sentences(None)}
