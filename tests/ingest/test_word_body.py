"""The body of a Word document as its reader sees it: wrappers at every level, tables in cells, tracked changes, hidden text, fields."""

import pytest

from tests.ingest.word_markup import (
    cell,
    definition,
    level,
    lines,
    listing,
    numbered,
    paragraph,
    row,
    style,
    table,
    word,
)

BY = 'w:id="1" w:author="审核人" w:date="2026-03-01T00:00:00Z"'
GONE, AWAY, HIDDEN = f"<w:del {BY}/>", f"<w:moveFrom {BY}/>", "<w:vanish/>"
LIST = definition(3, level(0, "%1、")) + listing(4, 3)
FIRST = numbered(4, 0)

WRAPPERS = {
    "content control": "<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "custom markup": '<w:customXml w:uri="u" w:element="e"><w:customXmlPr/>{}</w:customXml>',
    "insertion": f"<w:ins {BY}>{{}}</w:ins>",
    "moved here": f"<w:moveTo {BY}>{{}}</w:moveTo>",
    "smart tag": '<w:smartTag w:uri="u" w:element="e">{}</w:smartTag>',
    "choice": '<mc:AlternateContent><mc:Choice Requires="w14">{}</mc:Choice><mc:Fallback><w:p/></mc:Fallback></mc:AlternateContent>',
    "fallback": '<mc:AlternateContent><mc:Choice Requires="x"><w:p/></mc:Choice><mc:Fallback>{}</mc:Fallback></mc:AlternateContent>',
}  # fmt: skip


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def deleted(text: str) -> str:
    return f"<w:del {BY}><w:r><w:delText>{text}</w:delText></w:r></w:del>"


def of_runs(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


@pytest.mark.parametrize("wrapper", WRAPPERS.values(), ids=WRAPPERS)
@pytest.mark.parametrize("twice", [False, True], ids=["once", "twice"])
def test_wrappers_around_runs_paragraphs_rows_and_cells_change_nothing(wrapper: str, twice: bool) -> None:
    def wrap(content: str) -> str:
        return wrapper.format(wrapper.format(content) if twice else content)

    body = (
        of_runs(run("收费"), wrap(run("标准")), run("如下"))
        + wrap(paragraph("依据如下"))
        + table(
            row(cell(paragraph("项目")), wrap(cell(paragraph("停车")))),
            wrap(row(cell(wrap(paragraph("标准"))), cell(of_runs(wrap(run("三元")))))),
        )
        + wrap(table(row(wrap(cell(paragraph("备注"))))))
    )
    assert lines(body) == ["收费标准如下", "依据如下", "项目", "停车", "标准", "三元", "备注"]


@pytest.mark.parametrize(
    "markup",
    [
        '<w:hyperlink w:anchor="a">{}</w:hyperlink>',
        '<w:fldSimple w:instr=" REF a ">{}</w:fldSimple>',
        '<w:dir w:val="ltr">{}</w:dir>',
        '<w:bdo w:val="ltr">{}</w:bdo>',
        "<w:r><w:ruby><w:rubyPr/><w:rt><w:r><w:t>tíng chē</w:t></w:r></w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>",
    ],
)
def test_links_fields_directions_and_pronunciations_around_runs_give_their_words(markup: str) -> None:
    assert lines(of_runs(run("收取"), markup.format(run("停车")), run("费"))) == ["收取停车费"]


def test_a_table_within_a_cell_is_read_once_at_its_place() -> None:
    innermost = table(row(cell(paragraph("最内"))))
    inner = table(row(cell(paragraph("内一"), innermost, paragraph()), cell(paragraph("内二"))))
    outer = table(row(cell(paragraph("前"), inner, paragraph("后")), cell(paragraph("右"))), row(cell(paragraph("下"))))
    source = word(paragraph("说明") + outer)
    assert source.text.split("\n") == ["说明", "前", "内一", "最内", "内二", "后", "右", "下"]
    tables = [block.cells[0].table for block in source.blocks if block.cells]
    assert tables == [0, 1, 2, 1, 0, 0, 0]


def test_a_cell_that_holds_only_a_table_adds_no_words() -> None:
    inner = table(row(cell(paragraph("情形")), cell(paragraph("处理"))))
    assert lines(table(row(cell(inner, paragraph())))) == ["情形", "处理"]


def test_a_paragraph_whose_mark_was_deleted_goes_on_with_the_next_one() -> None:
    body = (
        paragraph("任何人", mark=GONE)
        + paragraph("未经许可，", mark=GONE)
        + paragraph("不得设摊。")
        + paragraph("特此通知。")
    )
    source = word(body)
    assert source.text.split("\n") == ["任何人未经许可，不得设摊。", "特此通知。"]
    assert any(note.kind == "tracked" and "删除2处" in note.message for note in source.notes)


def test_marks_deleted_in_cells_before_tables_and_at_the_end_join_nothing_else() -> None:
    cells = table(row(cell(paragraph("甲", mark=GONE)), cell(paragraph("乙", mark=GONE))))
    assert lines(paragraph("前", mark=GONE) + cells + paragraph("后", mark=GONE)) == ["前", "甲", "乙", "后"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (FIRST, FIRST, ["一、限行", "二、公示三日", "三、实施"]),
        (FIRST, "", ["一、限行", "二、公示三日", "三、实施"]),
    ],
)
def test_joined_paragraphs_have_one_number(first: str, second: str, expected: list[str]) -> None:
    body = (
        paragraph("限行", place=FIRST) + paragraph("公示", place=first, mark=GONE) + paragraph("三日", place=second)
        + paragraph("实施", place=FIRST)
    )  # fmt: skip
    assert lines(body, numbering=LIST) == expected


def test_paragraphs_that_were_deleted_or_moved_away_whole_take_no_number() -> None:
    body = (
        paragraph("限行", place=FIRST)
        + of_runs(deleted("废话"), properties=f"{FIRST}<w:rPr>{GONE}</w:rPr>")
        + of_runs(f"<w:moveFrom {BY}>{run('公示')}</w:moveFrom>", properties=f"{FIRST}<w:rPr>{AWAY}</w:rPr>")
        + paragraph("实施", place=FIRST)
        + of_runs(f"<w:moveTo {BY}>{run('公示')}</w:moveTo>", properties=f"{FIRST}<w:rPr><w:moveTo {BY}/></w:rPr>")
    )
    source = word(body, numbering=LIST)
    assert source.text.split("\n") == ["一、限行", "二、实施", "三、公示"]
    assert any("移动1处" in note.message for note in source.notes) and len(source.notes) == 1


def test_rows_and_cells_that_were_deleted_are_left_out() -> None:
    body = table(
        row(cell(paragraph("情形")), cell(paragraph("旧栏"), properties=f"<w:cellDel {BY}/>"), cell(paragraph("处理"))),
        row(cell(paragraph("逾期")), cell(paragraph("罚款")), properties=f"<w:del {BY}/>"),
        row(cell(paragraph("拒报")), cell(paragraph("约谈")), properties=f"<w:ins {BY}/>"),
    )
    source = word(body)
    assert source.text.split("\n") == ["情形", "处理", "拒报", "约谈"]
    assert [block.cells[0][1:3] for block in source.blocks] == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(
    ("styles", "properties", "shown"),
    [
        ("", HIDDEN, False),
        ("", '<w:vanish w:val="0"/>', True),
        ("", '<w:vanish w:val="false"/>', True),
        ("", '<w:vanish w:val="on"/>', False),
        ("", "<w:webHidden/>", True),
        (style("暗", kind="character", run=HIDDEN), '<w:rStyle w:val="暗"/>', False),
        (style("暗", kind="character", run=HIDDEN), '<w:rStyle w:val="暗"/><w:vanish w:val="0"/>', True),
        (
            style("暗", kind="character", run=HIDDEN) + style("更暗", kind="character", based_on="暗"),
            '<w:rStyle w:val="更暗"/>',
            False,
        ),
        (
            style("暗", kind="character", run=HIDDEN)
            + style("亮", kind="character", based_on="暗", run='<w:vanish w:val="0"/>'),
            '<w:rStyle w:val="亮"/>',
            True,
        ),
    ],
)
def test_hidden_words_are_left_out_and_told(styles: str, properties: str, shown: bool) -> None:
    source = word(of_runs(run("救助由乡镇受理"), run("（先交押金）", properties), run("。")), styles=styles)
    assert source.text == ("救助由乡镇受理（先交押金）。" if shown else "救助由乡镇受理。")
    assert any(note.kind == "hidden" and "先交押金" in note.message for note in source.notes) is not shown


def test_paragraphs_hidden_by_their_style_are_left_out() -> None:
    styles = style("批注", run=HIDDEN) + style("显", kind="character", run=HIDDEN)
    body = paragraph("一、登记。") + paragraph("内部意见", style="批注") + paragraph("二、公示。")
    assert lines(body, styles=styles) == ["一、登记。", "二、公示。"]
    # a run whose style hides too is shown: the two cancel each other (ECMA-376 17.7.3)
    both = paragraph("附注", style="批注", run='<w:rStyle w:val="显"/>', mark='<w:vanish w:val="0"/>')
    assert lines(paragraph("一、登记。") + both, styles=styles) == ["一、登记。", "附注"]


def test_a_hidden_paragraph_takes_no_number_and_a_hidden_mark_joins() -> None:
    body = (
        paragraph("登记", place=FIRST)
        + paragraph("暗", place=FIRST, run=HIDDEN, mark=HIDDEN)
        + paragraph("公示", place=FIRST, mark=f"{HIDDEN}<w:specVanish/>")
        + paragraph("三日。")
    )
    assert lines(body, numbering=LIST) == ["一、登记", "二、公示三日。"]


def test_hidden_rows_are_left_out_and_told() -> None:
    body = table(row(cell(paragraph("甲"))), row(cell(paragraph("底价")), properties="<w:hidden/>"))
    source = word(body)
    assert source.text == "甲" and any("底价" in note.message for note in source.notes)


def test_empty_paragraphs_of_a_list_count_and_are_told() -> None:
    body = paragraph("登记", place=FIRST) + paragraph(place=FIRST) + paragraph("公示", place=FIRST)
    source = word(body, numbering=LIST)
    assert source.text.split("\n") == ["一、登记", "三、公示"]
    assert any(note.kind == "empty_numbers" and "二、" in note.message for note in source.notes)


def test_a_column_that_numbers_itself_shows_its_numbers() -> None:
    serial = definition(3, level(0, "%1", "decimal")) + listing(4, 3)
    rows = [row(cell(paragraph(place=FIRST)), cell(paragraph(f"办法{one}"))) for one in "甲乙丙"]
    found = word(table(row(cell(paragraph("序号")), cell(paragraph("名称"))), *rows), numbering=serial)
    assert found.text.split("\n") == ["序号", "名称", "1", "办法甲", "2", "办法乙", "3", "办法丙"]
    assert [block.cells[0].column for block in found.blocks] == [0, 1] * 4


def field(kind: str, data: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{data}</w:fldChar></w:r>'


def code(text: str) -> str:
    return f"<w:r><w:instrText>{text}</w:instrText></w:r>"


def test_of_fields_the_result_is_read_and_not_the_code_nor_what_stands_in_it() -> None:
    inner = field("begin") + code(" REF a ") + field("separate") + run("甲") + field("end")
    outer = (
        field("begin")
        + code(" IF ")
        + inner
        + code(' = "甲" "三" "四" ')
        + field("separate")
        + run("三")
        + field("end")
    )
    assert lines(of_runs(run("第"), outer, run("条"))) == ["第三条"]


def test_a_field_that_ends_in_another_paragraph_or_nowhere_loses_no_words() -> None:
    contents = field("begin") + code(" TOC ") + field("separate") + run("总则")
    assert lines(of_runs(contents) + of_runs(run("附则"), field("end")) + of_runs(field("begin"), run("正文"))) == [
        "总则", "附则", "正文",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "result", "shown"),
    [
        ('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>', "", "☑同意"),
        ('<w:checkBox><w:default w:val="1"/></w:checkBox>', "", "☑同意"),
        ('<w:checkBox><w:default w:val="1"/><w:checked w:val="0"/></w:checkBox>', "", "□同意"),
        (
            '<w:ddList><w:result w:val="1"/><w:listEntry w:val="不"/><w:listEntry w:val="全部"/></w:ddList>',
            "",
            "全部同意",
        ),
        ('<w:ddList><w:listEntry w:val="不"/><w:listEntry w:val="全部"/></w:ddList>', "", "不同意"),
        ('<w:ddList><w:result w:val="9"/><w:listEntry w:val="不"/></w:ddList>', "", "同意"),
        ('<w:textInput><w:default w:val="请填写"/></w:textInput>', "原则", "原则同意"),
    ],
)
def test_form_fields_show_what_was_ticked_chosen_or_written(data: str, result: str, shown: str) -> None:
    mark = field("begin", f"<w:ffData>{data}</w:ffData>")
    body = of_runs(mark, code(" FORM "), field("separate"), run(result), field("end"), run("同意"))
    assert lines(body) == [shown]
