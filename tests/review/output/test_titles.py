"""Titles of official documents break into balanced lines of whole words."""

import pytest

from pipeline.review.output.titles import break_title, display_width

TITLES = [
    "关于《青江市农家乐经营管理办法》的合法性审查意见",
    "关于《宁川市人民政府办公室关于印发宁川市城市道路挖掘修复管理办法的通知》的备案审查意见",
    "关于《青江市2026年度促进消费若干措施（试行）》的合法性审查意见",
    "关于《青江市人民政府关于进一步加强农村集体建设用地审批和规划管理工作的若干意见》有关条款的异议处理意见",
    "《国有土地使用权出让金收支管理办法》合法性审查",
]


@pytest.mark.parametrize("title", TITLES)
def test_lines_are_balanced_and_begin_and_end_as_they_may(title: str) -> None:
    lines = break_title(title, 20)
    assert "".join(lines) == title and 1 < len(lines) <= display_width(title) // 20 + 2
    widths = [display_width(line) for line in lines]
    assert max(widths) <= 20 and max(widths) - min(widths) <= 6
    assert not any(line[0] in "》，、）的" for line in lines[1:]) and not any(line[-1] in "《（" for line in lines)


@pytest.mark.parametrize("length", range(1, 61))
def test_no_character_stands_alone_in_its_line(length: int) -> None:
    lines = break_title("甲" * length, 20)
    assert len(lines) == -(-length // 20)
    assert len(lines) == 1 or min(map(len, lines)) >= 7


def test_words_stay_whole() -> None:
    assert break_title(TITLES[0], 20) == ["关于《青江市农家乐经营", "管理办法》的合法性审查意见"]
    assert break_title("关于公布规范性文件清理结果的通知", 20) == ["关于公布规范性文件清理结果的通知"]


def test_what_cannot_be_broken_stays_a_line() -> None:
    assert break_title("a" * 90, 20) == ["a" * 90]
    assert break_title("", 20) == [""]
