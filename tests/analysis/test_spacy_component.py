"""Qinggui as a component of spaCy: its spans, its masthead, its registration."""

import tomllib
from importlib.metadata import distribution
from typing import Any

import pytest

spacy = pytest.importorskip("spacy", reason="the extra notebooks is not installed: make setup-dev")

from spacy.tokens import DocBin  # noqa: E402

from pipeline.analysis import spacy_component  # noqa: E402
from tests.conftest import ROOT  # noqa: E402

TEXT = (
    "临溪县人民政府关于规范渡口经营的通知\n临政发〔2025〕12号\n各乡镇人民政府：\n根据《中华人民共和国内河交通安全管理条例》，现就有关事项通知如下。\n"
    "一、经营渡口应当报乡镇人民政府审批后方可营业。\n二、违反前款规定的，处五百元罚款。\n临溪县人民政府\n2025年3月1日\n"
)


@pytest.fixture(scope="module")
def nlp() -> Any:
    made = spacy.blank("zh")
    made.add_pipe("qinggui", config={"as_of": "2026-11-22", "place": "湖南"})
    return made


def test_a_document_holds_provisions_findings_citations_and_masthead(nlp: Any) -> None:
    doc = nlp(TEXT)
    assert doc.text == TEXT
    assert any("方可营业" in span.text for span in doc.spans["findings"])
    assert all(span.label_ and span.id_ for span in doc.spans["findings"])
    assert any("内河交通安全管理条例" in span.text for span in doc.spans["citations"])
    assert any(span.text.startswith("二、") for span in doc.spans["provisions"])
    assert doc._.masthead["title"] == "临溪县人民政府关于规范渡口经营的通知"
    assert (doc._.masthead["number"], doc._.masthead["made"]) == ("临政发〔2025〕12号", "2025-03-01")
    assert doc._.masthead["issuers"] == ["临溪县人民政府"]


def test_spans_stand_at_the_words_of_a_text_that_reading_changes(nlp: Any) -> None:
    changed = (
        TEXT.replace("2025年3月1日", "２０２５年３月１日").replace("渡口应当", "渡口 　应当").replace("\n", "\r\n")
    )
    doc = nlp(changed)
    assert doc.text == changed
    fine = next(span for span in doc.spans["findings"] if "罚款" in span.text)
    assert "五百元罚款" in fine.text and "。" not in fine.text.rstrip("。")
    cited = next(span for span in doc.spans["citations"])
    assert cited.text.strip("《》") == "中华人民共和国内河交通安全管理条例" and doc._.masthead["made"] == "2025-03-01"


def test_a_document_is_stored_and_read_again(nlp: Any) -> None:
    stored = DocBin(store_user_data=True, docs=[nlp(TEXT)]).to_bytes()
    (again,) = DocBin(store_user_data=True).from_bytes(stored).get_docs(nlp.vocab)
    assert again._.masthead["number"] == "临政发〔2025〕12号" and len(again.spans["findings"]) >= 1


def test_an_empty_text_has_no_spans(nlp: Any) -> None:
    doc = nlp("")
    assert not any(len(doc.spans[key]) for key in ("provisions", "findings", "citations"))


@pytest.mark.parametrize(
    ("read", "given", "offsets"),
    [
        ("甲乙", "甲乙", [0, 1, 2]),
        ("甲乙", "甲 　乙", [0, 3, 4]),
        ("2年", "２年", [0, 1, 2]),
        ("甲\n乙", "甲\r\n乙", [0, 2, 3, 4]),
    ],
)
def test_offsets_follow_what_reading_left_out(read: str, given: str, offsets: list[int]) -> None:
    assert spacy_component.aligned(read, given) == offsets


def test_the_package_registers_the_component() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"]
    module, function = declared["spacy_factories"]["qinggui"].split(":")
    assert module == spacy_component.__name__ and callable(getattr(spacy_component, function))
    installed = [entry for entry in distribution("qinggui").entry_points if entry.group == "spacy_factories"]
    assert all(entry.value == f"{module}:{function}" for entry in installed)
