"""Handed faults of Word documents: the right value of each."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.converter import office_program
from pipeline.document import SourceText
from pipeline.ingest import Upload, read, uploads
from tests.builders import examined

Handed = Callable[[str], Path]


def reading(file: Path) -> SourceText:
    return read(Upload(file.name, file.read_bytes()))


def lines(file: Path) -> list[str]:
    return reading(file).text.split("\n")


def test_d03_articles_run_through_all_chapters(handed: Handed) -> None:
    folder = handed("d03")
    assert lines(folder / "办法.docx") == (folder / "expected.txt").read_text(encoding="utf-8").split("\n")[:6]


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("lvlOverride", ["第一条", "第二条"]),
        ("own-level-only", ["一、", "（一）", "（二）"]),
        ("level-by-pStyle", ["第一章", "第一条", "第二条"]),
    ],
)
def test_d06_levels_of_lists_are_found_wherever_they_are_defined(handed: Handed, name: str, begins: list[str]) -> None:
    found = lines(handed("d06") / f"{name}.docx")
    assert len(found) == len(begins)
    assert all(line.startswith(label) for line, label in zip(found, begins, strict=True))


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("chineseLegalSimplified", ["壹、", "壹拾、", "贰拾柒、"]),
        ("decimalEnclosedParen", ["⑴、", "⑽、", "27、"]),
        ("ideographTraditional", ["甲、", "癸、", "27、"]),
        ("isLgl", ["第一章", "1.1 "]),
    ],
)
def test_d19_numbers_are_written_in_their_format(handed: Handed, name: str, begins: list[str]) -> None:
    found = lines(handed("d19") / f"{name}.docx")
    assert all(line.startswith(label) for line, label in zip(found, begins, strict=True))


@pytest.mark.parametrize("number", ["b06", "b07"])
def test_b06_b07_chapters_and_articles_of_the_list_are_numbered(handed: Handed, number: str) -> None:
    heads = [line.split(" ")[0] for line in lines(handed(number) / "办法.docx") if line.startswith("第")]
    assert heads == ["第一章", "第一条", "第二条", "第二章", "第三条", "第四条", "第三章", "第五条"]


def words(file: Path, folder: Path) -> bool:
    """Whether the lines of a file are those of expected.txt, but for its last line, which says what was wrong."""
    return lines(file) == (folder / "expected.txt").read_text(encoding="utf-8").strip().split("\n")[:-1]


def test_d04_cells_in_content_controls_are_read(handed: Handed) -> None:
    folder = handed("d04")
    assert words(folder / "备案登记表.docx", folder)


def test_d11_empty_paragraphs_count_and_columns_show_their_numbers(handed: Handed) -> None:
    folder = handed("d11")
    assert lines(folder / "空条.docx") == ["第一条 为了规范管理。", "第三条 本办法适用于本县。"]
    rows = lines(folder / "序号列.docx")[1:]
    assert rows == [words for number in "123" for words in (number, f"关于第{number}件事的通知")]


def test_d13_b10_a_table_in_a_cell_is_read_once(handed: Handed) -> None:
    folder = handed("d13")
    assert words(folder / "嵌套表.docx", folder)
    text = reading(handed("b10") / "通知.docx").text
    assert text.count("未按规定设置围挡") == text.count("处五千元罚款") == 1


def test_d14_b11_paragraphs_joined_and_moved_are_read_as_accepted(handed: Handed) -> None:
    folder = handed("d14")
    assert words(folder / "修订.docx", folder)
    folder = handed("b11")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    source = reading(folder / "通知.docx")
    assert [line for line in source.text.split("\n") if line[1:2] == "、"] == expected["clauses"]
    assert "处一万元罚款" not in source.text and any(note.kind == expected["note"] for note in source.notes)


def test_b09_hidden_words_are_told_and_raise_nothing(handed: Handed) -> None:
    file = handed("b09") / "通知.docx"
    source = reading(file)
    assert not examined(file.read_bytes(), file.name).assessment.findings and "保证金" not in source.text
    assert any(note.kind == "hidden" for note in source.notes)


def test_d20_strict_documents_are_read(handed: Handed) -> None:
    text = reading(handed("d20") / "严格.docx").text
    assert text.startswith("某某县人民政府关于印发《某某县道路运输管理办法》的通知\n") and text.endswith(
        "二〇二四年五月一日"
    )


def test_b40_letterhead_and_number_in_the_header_are_those_of_the_paper(handed: Handed) -> None:
    folder = handed("b40")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    masthead = examined((folder / "通知.docx").read_bytes(), "通知.docx").document.masthead
    assert masthead.number and masthead.number.value == expected["number"]
    assert masthead.title and masthead.title.value == expected["title"]
    assert [issuer.value for issuer in masthead.issuers] == [expected["issuers"]]
    assert masthead.made and str(masthead.made.value) == expected["made"]


def test_d12_drawn_words_are_read(handed: Handed) -> None:
    folder = handed("d12")
    assert lines(folder / "公式和方框.docx") == ["补助金额=面积×20元。", "☑同意 □不同意"]
    file = folder / "艺术字红头.docx"
    issuers = examined(file.read_bytes(), file.name).document.masthead.issuers
    assert [issuer.value for issuer in issuers] == ["某某县人民政府"]


@pytest.mark.parametrize("name", ["通知.doc", "通知（Flat OPC）.xml"])
def test_d05_office_documents_in_xml_are_no_markup(handed: Handed, name: str) -> None:
    folder = handed("d05")
    if name.endswith("doc") and office_program() is None:
        pytest.skip("no LibreOffice here")
    assert words(folder / name, folder)


def test_d12_an_embedded_paper_is_told_and_read_as_one_of_its_own(handed: Handed) -> None:
    first, second = uploads(handed("d12") / "嵌入附件.docx")
    assert isinstance(first, Upload) and any(note.kind == "attached" for note in read(first).notes)
    assert isinstance(second, Upload) and "第一条" in read(second).text
