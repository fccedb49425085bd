"""Training on annotated sentences: reproducible, measured on unseen sentences, errors with messages."""

import json
from pathlib import Path

import pytest

from corpora.make_sentences import TARGET, rows, sentences
from pipeline.classify.model import FILE, read_model
from pipeline.errors import GoldError
from pipeline.training.fitting import train
from pipeline.training.sentences import read_sentences

LINES = TARGET.read_text(encoding="utf-8").splitlines()


def small(folder: Path) -> Path:
    path = folder / "few.jsonl"
    path.write_text("\n".join(LINES[::8]), encoding="utf-8")
    return path


def test_training_twice_gives_the_same_model_and_card(tmp_path: Path) -> None:
    annotated = read_sentences([small(tmp_path)])
    for name in ("one", "two"):
        train(annotated, tmp_path / name)
    cards = [(tmp_path / name / "CARD.md").read_text(encoding="utf-8") for name in ("one", "two")]
    assert cards[0] == cards[1] and "可靠性" in cards[0]
    models = [read_model(tmp_path / name / FILE) for name in ("one", "two")]
    text = "每户罚款一百元。"
    assert models[0].judge(text, {}) == models[1].judge(text, {})


def test_figures_are_measured_on_unseen_sentences(tmp_path: Path) -> None:
    annotated = read_sentences([small(tmp_path)])
    measured = train(annotated, tmp_path)
    assert 0.6 < ((measured.chances >= 0.5) == annotated.flags).mean() < 0.99


def test_gold_that_cannot_be_read_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(GoldError, match=r"没有\.jsonl不能读取"):
        read_sentences([tmp_path / "没有.jsonl"])


def test_our_sentences_are_those_of_the_frames() -> None:
    assert [json.loads(line) for line in LINES] == list(rows())
    assert (
        len(LINES) > 1500 and len({json.loads(line)["types"][0] for line in LINES if json.loads(line)["types"]}) == 36
    )


def test_a_frame_gives_each_of_its_sentences_once() -> None:
    assert sorted(sentences("{甲|乙}交{一|两}元")) == sorted(["甲交一元", "甲交两元", "乙交一元", "乙交两元"])
