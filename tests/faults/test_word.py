"""Handed faults of Word documents: the right value of each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.document import SourceText
from pipeline.ingest import Upload, read

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
