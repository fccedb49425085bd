"""Automatic numbers of Word as ECMA-376 17.9 says: restarts, list styles, overrides, levels of styles, formats."""

import pytest

from pipeline.ingest.number_formats import format_number
from tests.ingest.word_markup import definition, level, lines, listing, numbered, paragraph, style

CHAPTER, ITEM = level(0, "第%1章 "), level(2, "（%3）")


def article(more: str = "") -> str:
    return level(1, "第%2条 ", more=more)


def chapters(*levels: str, overrides: str = "", more: str = "") -> str:
    return definition(3, *levels, more=more) + listing(4, 3, overrides)


def at(text: str, depth: int, list_id: int = 4) -> str:
    return paragraph(text, place=numbered(list_id, depth))


TWO_CHAPTERS = (
    at("总则", 0) + at("目的", 1) + at("甲项", 2) + at("乙项", 2) + at("范围", 1) + at("丙项", 2)
    + at("附则", 0) + at("解释", 1) + at("丁项", 2)
)  # fmt: skip


def labels(body: str, numbering: str, styles: str = "") -> list[str]:
    return [line.replace(" ", "") for line in lines(body, numbering=numbering, styles=styles)]


@pytest.mark.parametrize(
    ("articles", "items", "expected"),
    [
        ("", "", "第一章总则 第一条目的 （一）甲项 （二）乙项 第二条范围 （一）丙项 第二章附则 第一条解释 （一）丁项"),
        ("0", "", "第一章总则 第一条目的 （一）甲项 （二）乙项 第二条范围 （一）丙项 第二章附则 第三条解释 （一）丁项"),
        (
            "0",
            "0",
            "第一章总则 第一条目的 （一）甲项 （二）乙项 第二条范围 （三）丙项 第二章附则 第三条解释 （四）丁项",
        ),
        ("", "1", "第一章总则 第一条目的 （一）甲项 （二）乙项 第二条范围 （三）丙项 第二章附则 第一条解释 （一）丁项"),
        (
            "0",
            "2",
            "第一章总则 第一条目的 （一）甲项 （二）乙项 第二条范围 （一）丙项 第二章附则 第三条解释 （一）丁项",
        ),
        ("", "7", "第一章总则 第一条目的 （一）甲项 （二）乙项 第二条范围 （一）丙项 第二章附则 第一条解释 （一）丁项"),
        ("x", "", "第一章总则 第一条目的 （一）甲项 （二）乙项 第二条范围 （一）丙项 第二章附则 第一条解释 （一）丁项"),
    ],
    ids=[
        "default",
        "articles run on",
        "nothing restarts",
        "items by chapter",
        "items by article",
        "later level",
        "odd",
    ],
)
def test_a_level_begins_anew_only_after_the_level_that_lvl_restart_names(
    articles: str, items: str, expected: str
) -> None:
    def restart(value: str) -> str:
        return f'<w:lvlRestart w:val="{value}"/>' if value else ""

    numbering = chapters(CHAPTER, article(restart(articles)), level(2, "（%3）", more=restart(items)))
    assert labels(TWO_CHAPTERS, numbering) == expected.split()


def test_a_list_style_gives_its_levels_to_lists_that_link_to_it() -> None:
    linked = (
        definition(1, CHAPTER, article(), more='<w:styleLink w:val="法规"/>')
        + definition(3, more='<w:numStyleLink w:val="法规"/>') + listing(4, 3) + listing(9, 1)
    )  # fmt: skip
    body = at("总则", 0) + at("目的", 1) + at("范围", 1, 9)
    expected = ["第一章总则", "第一条目的", "第二条范围"]
    assert labels(body, linked, style("法规", numbered(9), kind="numbering")) == expected
    without_link_back = linked.replace('<w:styleLink w:val="法规"/>', "")
    assert labels(body, without_link_back, style("法规", numbered(9), kind="numbering")) == expected


def test_list_styles_that_link_to_each_other_give_no_numbers_and_do_not_hang() -> None:
    one = definition(3, more='<w:numStyleLink w:val="甲"/>') + listing(4, 3)
    assert labels(at("目的", 0), one, style("甲", numbered(4), kind="numbering")) == ["目的"]


def test_a_list_defines_a_level_anew_and_counts_on() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "第%1条 ")}</w:lvlOverride>'
    numbering = definition(3, level(0, "%1.", "decimal")) + listing(4, 3) + listing(5, 3, override)
    assert labels(at("甲", 0) + at("乙", 0, 5) + at("丙", 0, 5), numbering) == ["1.甲", "第二条乙", "第三条丙"]


def test_a_start_override_counts_where_its_level_begins_in_that_list_and_wherever_it_begins_anew() -> None:
    override = "".join(
        f'<w:lvlOverride w:ilvl="{depth}"><w:startOverride w:val="{value}"/></w:lvlOverride>'
        for depth, value in ((0, 1), (1, 3))
    )
    numbering = definition(3, CHAPTER, article()) + listing(4, 3) + listing(5, 3, override)
    body = (
        at("甲", 0) + at("乙", 1) + at("丙", 0, 5) + at("丁", 1, 5) + at("戊", 1, 5) + at("己", 0, 5) + at("庚", 1, 5)
    )
    assert labels(body, numbering) == [
        "第一章甲", "第一条乙", "第一章丙", "第三条丁", "第四条戊", "第二章己", "第三条庚",
    ]  # fmt: skip


def test_list_and_level_may_come_from_different_styles() -> None:
    styles = style("章", numbered(4, 0)) + style("条", numbered(depth=1), based_on="章") + style("款", based_on="条")
    body = paragraph("总则", style="章") + paragraph("目的", style="条") + paragraph("范围", style="款")
    assert labels(body, chapters(CHAPTER, article()), styles) == ["第一章总则", "第一条目的", "第二条范围"]


def test_the_level_that_a_style_is_bound_to_counts_before_the_level_that_the_style_states() -> None:
    bound = chapters(
        level(0, "第%1章 ", more='<w:pStyle w:val="章"/>'), level(1, "第%2条 ", more='<w:pStyle w:val="条"/>')
    )
    styles = style("章", numbered(4)) + style("条", numbered(4, 0)) + style("条文", based_on="条")
    body = paragraph("总则", style="章") + paragraph("目的", style="条") + paragraph("范围", style="条文")
    assert labels(body, bound, styles) == ["第一章总则", "第一条目的", "第二条范围"]


def test_a_paragraph_that_states_only_a_list_keeps_the_level_of_its_style() -> None:
    styles = style("章", numbered(4, 0)) + style("条", numbered(4, 1))
    override = '<w:lvlOverride w:ilvl="1"><w:startOverride w:val="8"/></w:lvlOverride>'
    numbering = chapters(CHAPTER, article()) + listing(5, 3, override)
    body = paragraph("总则", style="章") + paragraph("目的", style="条", place=numbered(5))
    assert labels(body, numbering, styles) == ["第一章总则", "第八条目的"]


def test_numbers_can_be_taken_away_and_come_from_the_default_style() -> None:
    styles = style("正文", numbered(4, 0), more='w:default="1"') + style("落款", numbered(0), based_on="正文")
    body = paragraph("甲") + paragraph("乙", style="落款") + paragraph("丙", place=numbered(0)) + paragraph("丁")
    assert labels(body, chapters(level(0, "%1、")), styles) == ["一、甲", "乙", "丙", "二、丁"]


def test_styles_based_on_each_other_do_not_hang() -> None:
    styles = style("甲", based_on="乙") + style("乙", based_on="甲")
    assert labels(paragraph("目的", style="甲"), chapters(CHAPTER), styles) == ["目的"]


def test_a_level_in_legal_numbering_writes_all_its_places_in_arabic() -> None:
    numbering = chapters(
        CHAPTER, level(1, "%1.%2 ", more="<w:isLgl/>"), level(2, "%1.%2.%3 ", "upperRoman", more="<w:isLgl/>")
    )
    assert labels(at("总则", 0) + at("目的", 1) + at("甲", 2), numbering) == ["第一章总则", "1.1目的", "1.1.1甲"]
    off = chapters(CHAPTER, level(1, "%1.%2 ", more='<w:isLgl w:val="0"/>'))
    assert labels(at("总则", 0) + at("目的", 1), off) == ["第一章总则", "一.一目的"]


def test_a_level_without_numbers_shows_its_words_and_bullets_show_none() -> None:
    assert labels(at("甲", 0), chapters(level(0, "附注：", "none"))) == ["附注：甲"]
    assert labels(at("甲", 0), chapters(level(0, "●", "bullet"))) == ["甲"]


def test_a_level_begins_at_nought_where_no_start_is_stated() -> None:
    assert labels(at("甲", 0) + at("乙", 0), chapters(level(0, "%1.", "decimal", None))) == ["0.甲", "1.乙"]


@pytest.mark.parametrize(
    ("example", "shown"), [("001, 002, 003, ...", "009 010"), ("甲, 乙, 丙, ...", "壬 癸"), ("?", "9 10")]
)
def test_custom_formats_look_like_their_example(example: str, shown: str) -> None:
    chosen = (
        f'<mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="{example}"/></mc:Choice>'
        '<mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent>'
    )
    body = at("号", 0) * 2
    assert labels(body, chapters(level(0, "%1", chosen, 9))) == [f"{number}号" for number in shown.split()]


@pytest.mark.parametrize(
    ("number_format", "shown"),
    [
        ("chineseCountingThousand", {1: "一", 10: "十", 23: "二十三", 105: "一百零五", 110: "一百一十"}),
        ("chineseCounting", {1: "一", 10: "十", 99: "九十九", 100: "一〇〇", 112: "一一二"}),
        ("taiwaneseCounting", {20: "二十", 101: "一〇一"}),
        ("taiwaneseCountingThousand", {20: "二十", 101: "一百零一"}),
        ("ideographDigital", {9: "九", 10: "一〇", 20: "二〇", 105: "一〇五"}),
        ("taiwaneseDigital", {10: "一〇", 31: "三一"}),
        ("japaneseCounting", {10: "十", 100: "百", 101: "百一", 210: "二百十"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 27: "贰拾柒", 105: "壹佰零伍", 3000: "叁仟"}),
        ("ideographLegalTraditional", {2: "貳", 13: "壹拾參", 106: "壹佰零陸"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥", 13: "13"}),
        ("ideographZodiacTraditional", {1: "甲子", 13: "丙子", 60: "癸亥", 61: "61"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "21"}),
        ("decimalEnclosedCircleChinese", {1: "①", 20: "⑳"}),
        ("decimalEnclosedParen", {1: "⑴", 20: "⒇", 21: "21"}),
        ("decimalEnclosedFullstop", {1: "⒈", 20: "⒛", 21: "21"}),
        ("ideographEnclosedCircle", {1: "㈠", 10: "㈩", 11: "11"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 28: "BB", 53: "AAA"}),
        ("lowerLetter", {26: "z", 27: "aa", 781: "781"}),
        ("upperRoman", {4: "IV", 40: "XL", 99: "XCIX", 400: "CD", 1949: "MCMXLIX"}),
        ("lowerRoman", {9: "ix", 50: "l"}),
        ("decimalZero", {1: "01", 9: "09", 10: "10", 100: "100"}),
        ("numberInDash", {3: "- 3 -"}),
        ("ordinal", {1: "1st", 2: "2nd", 3: "3rd", 11: "11th", 21: "21st"}),
        ("hex", {26: "1A"}),
        ("none", {7: ""}),
        ("decimal", {7: "7"}),
        ("不认识", {7: "7"}),
    ],
)  # fmt: skip
def test_numbers_look_as_word_writes_them(number_format: str, shown: dict[int, str]) -> None:
    assert {value: format_number(value, number_format) for value in shown} == shown


@pytest.mark.parametrize(
    "number_format", ["upperLetter", "upperRoman", "chineseCounting", "chicago", "ideographZodiac"]
)
@pytest.mark.parametrize("value", [-3, 0, 999_999_999])
def test_numbers_that_a_format_cannot_write_do_not_stop_the_reading(number_format: str, value: int) -> None:
    assert len(format_number(value, number_format)) < 12


@pytest.mark.parametrize("damaged", ["", "九", "99999999999999", "-", "1.5"])
def test_damaged_numbers_in_the_definition_of_a_list_do_not_stop_the_reading(damaged: str) -> None:
    numbering = chapters(level(0, "%1、").replace('w:start w:val="1"', f'w:start w:val="{damaged}"'))
    place = f'<w:numPr><w:ilvl w:val="{damaged}"/><w:numId w:val="4"/></w:numPr>'
    assert labels(paragraph("目的", place=place), numbering) == ["一、目的"]
