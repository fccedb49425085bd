"""Handed faults of PDF, OFD and scans: the right value of each."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.document import BlockKind, SourceText
from pipeline.ingest import Upload, ocr, read
from tests.builders import examined

needs_recognition = pytest.mark.skipif(not ocr.available(), reason="needs the extra ocr")
Handed = Callable[[str], Path]


def source_of(file: Path) -> SourceText:
    return read(Upload(file.name, file.read_bytes()))


def text_of(source: SourceText) -> list[str]:
    """The running text without blanks, line by line."""
    return [
        "".join(block.span.cut(source.text).split()) for block in source.blocks if block.kind is not BlockKind.FURNITURE
    ]


def expected(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return value


def lines_of(folder: Path) -> list[str]:
    """The lines of expected.txt that give the text, without blanks."""
    rows = (folder / "expected.txt").read_text(encoding="utf-8").splitlines()
    return ["".join(row.split()) for row in rows if row.strip() and not row.startswith(("（现在", "每个文件"))]


@pytest.mark.parametrize("name", ["rotate90", "rotate270", "sideways-without-rotate"])
def test_d01_a_turned_page_is_read(handed: Handed, name: str) -> None:
    folder = handed("d01")
    assert text_of(source_of(folder / f"{name}.pdf")) == lines_of(folder)


def test_f31_vertical_columns_are_read(handed: Handed) -> None:
    folder = handed("f31")
    assert text_of(source_of(folder / "竖排.pdf")) == lines_of(folder)


def test_b17_headings_at_the_top_edge_are_read(handed: Handed) -> None:
    folder = handed("b17")
    dossier = examined((folder / "通知.pdf").read_bytes(), "通知.pdf")
    titles = [one.masthead.title.value for one in dossier.document.attached if one.masthead.title]
    assert titles == expected(folder)["attached"]
    assert [text_of(dossier.source).count(label) for label in ("附件1", "附件2")] == [1, 1]


def test_b18_columns_are_read_one_after_the_other(handed: Handed) -> None:
    folder = handed("b18")
    text = "".join(text_of(source_of(folder / "公报.pdf")))
    places = [text.index(one[part]) for one in expected(folder)["documents"] for part in ("title", "number")]
    assert places == sorted(places)


def facts(name: str, folder: Path) -> dict[str, str | None]:
    dossier = examined((folder / name).read_bytes(), name)
    head, effective = dossier.document.masthead, dossier.document.effective
    return {
        "title": head.title.value if head.title else None,
        "number": head.number.value if head.number else None,
        "made": str(head.made.value) if head.made else None,
        "effective": str(effective.day) if effective else None,
        "issuers": "，".join(issuer.value for issuer in head.issuers),
    }


def wanted(folder: Path) -> dict[str, str | None]:
    value = expected(folder)
    return {key: value[key] for key in ("title", "number", "made", "effective", "issuers")}


def test_b19_a_slanting_watermark_is_no_text(handed: Handed) -> None:
    folder = handed("b19")
    assert facts("水印.pdf", folder) == wanted(folder)


def test_d16_words_put_on_an_ofd_are_read_and_told(handed: Handed) -> None:
    source = source_of(handed("d16") / "盖章文号.ofd")
    assert "某政发〔2024〕5号" in source.text and any(note.kind == "annotations" for note in source.notes)


def test_d25_objects_that_are_not_displayed_are_not_read(handed: Handed) -> None:
    source = source_of(handed("d25") / "不可见.ofd")
    assert "作废，以另文为准。" not in source.text
    assert any("作废，以另文为准。" in note.message for note in source.notes)


def test_d16_words_typed_onto_a_pdf_are_read_and_told(handed: Handed) -> None:
    source = source_of(handed("d16") / "打字机.pdf")
    assert "2024-5" in source.text and any(note.kind == "annotations" for note in source.notes)


@needs_recognition
@pytest.mark.parametrize(
    ("number", "name"), [("b20", "扫描.pdf"), ("b21", "扫描.ofd"), ("b23", "扫描件.png"), ("b24", "灰度扫描.png")]
)
def test_scans_below_printed_lines_and_under_seals_are_read(handed: Handed, number: str, name: str) -> None:
    folder = handed(number)
    assert facts(name, folder) == wanted(folder)


@needs_recognition
@pytest.mark.parametrize(("number", "name"), [("b23", "扫描件.png"), ("b24", "灰度扫描.png")])
def test_a_date_under_a_seal_is_told(handed: Handed, number: str, name: str) -> None:
    source = source_of(handed(number) / name)
    assert any("2024年5月8日”压在印章下" in note.message for note in source.notes)


@needs_recognition
def test_d26_permille_is_read_and_told(handed: Handed) -> None:
    source = source_of(handed("d26") / "扫描.png")
    assert all(value in source.text for value in ("0.5‰", "3‰", "5%"))
    assert sum("‰是程序推断的" in note.message for note in source.notes) == 2


@needs_recognition
def test_f32_minus_is_read_and_circled_numbers_are_told(handed: Handed) -> None:
    source = source_of(handed("f32") / "扫描.png")
    assert "增速为-5.3%" in source.text and "每项扣-2分，加一分。" in source.text
    told = [note.message for note in source.notes if "圈码可能认错" in note.message]
    assert len(told) == 2 and "①未经批准不得收费" in told[1]
