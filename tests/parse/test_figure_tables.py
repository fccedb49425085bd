"""Figures of regions and bodies in tables and lists: of whom they are, and what the headings, the caption or the sentence say is counted."""

import io
from collections.abc import Sequence

import docx
import pytest
import xlsxwriter

from pipeline.document import SourceText
from pipeline.ingest import Upload, read, read_text
from pipeline.parse.figure_captions import caption_of, counted_in
from pipeline.parse.figure_subjects import is_subject
from pipeline.parse.figure_tables import figures_in
from pipeline.spans import Span

TITLE = "临溪市2024年法治政府建设情况报告"
Told = list[tuple[str | None, str, float, str]]


def word_file(
    lines: Sequence[str], rows: Sequence[Sequence[str]], merged: Sequence[tuple[int, int, int, int]] = ()
) -> SourceText:
    """A Word file with lines and a table; `merged` are cells from row and column to row and column, whose first words stay."""
    document = docx.Document()
    for line in (TITLE, *lines):
        document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for at, row in enumerate(rows):
        for column, words in enumerate(row):
            table.cell(at, column).text = words
    for top, left, bottom, right in merged:
        words = table.cell(top, left).text
        table.cell(top, left).merge(table.cell(bottom, right)).text = words
    file = io.BytesIO()
    document.save(file)
    return read(Upload("报告.docx", file.getvalue()))


def text_file(*lines: str) -> SourceText:
    return read_text("报告.txt", "\n".join((TITLE, *lines)))


def told(source: SourceText) -> Told:
    return [(figure.subject, figure.item, figure.value, figure.unit) for figure in figures_in(source)]


def context_of(source: SourceText) -> set[str]:
    return {figure.context.cut(source.text).strip() for figure in figures_in(source) if figure.context}


def test_a_column_of_cities_counts_what_the_headings_say() -> None:
    source = word_file(
        ["各市行政复议办理情况见下表："],
        [["市", "新收案件（件）", "办结率"], ["青州市", "120", "98%"], ["临江市", "1,085", "97.5%"], ["合计", "1205", "97.8%"]],
    )  # fmt: skip
    assert told(source) == [
        ("青州市", "新收案件", 120, "件"), ("青州市", "办结率", 98, "%"), ("临江市", "新收案件", 1085, "件"), ("临江市", "办结率", 97.5, "%"),
        (None, "新收案件", 1205, "件"), (None, "办结率", 97.8, "%"),
    ]  # fmt: skip
    assert context_of(source) == {"各市行政复议办理情况见下表："}


def test_a_row_of_cities_gives_the_same_figures_as_a_column() -> None:
    rows = [["县区", "调解纠纷（起）", "满意率"], ["青山县", "32", "99%"], ["白水区", "18", "96%"]]
    turned = [list(column) for column in zip(*rows, strict=True)]
    assert sorted(told(word_file([], rows))) == sorted(told(word_file([], turned)))
    assert ("白水区", "调解纠纷", 18, "起") in told(word_file([], turned))


@pytest.mark.parametrize(
    "above",
    [
        ["表3 各县区培训执法人员人数"], ["2024年，各县（市、区）培训执法人员人数如下："], ["一年来，全市各县区培训执法人员人数如下表所示。"],
        ["（二）各县区培训执法人员人数统计表", "单位：人"], ["培训执法人员人数（单位：人）"],
    ],
)  # fmt: skip
@pytest.mark.parametrize("heading", ["人数", "数量", "合计"])
def test_a_heading_that_only_counts_is_explained_by_the_caption(above: list[str], heading: str) -> None:
    found = told(word_file(above, [["县区", heading], ["青山县", "320"], ["白水区", "180"], ["全市", "500"]]))
    units = {unit for *_, unit in found}
    assert [(who, what, value) for who, what, value, _ in found] == [
        ("青山县", "培训执法人员人数", 320), ("白水区", "培训执法人员人数", 180), (None, "培训执法人员人数", 500),
    ]  # fmt: skip
    assert units == ({"人"} if heading == "人数" or "单位" in "".join(above) else {""})


def test_years_of_columns_and_changes_belong_to_their_figures() -> None:
    source = word_file(
        ["表1 各市新收行政复议案件（单位：件）"],
        [["市", "2023年", "2024年", "同比（%）"], ["青州市", "100", "120", "20.0"], ["临江市", "90", "85", "-5.6"]],
    )  # fmt: skip
    assert [(f.subject, f.item, f.value, f.year, f.change) for f in figures_in(source)] == [
        ("青州市", "新收行政复议案件", 100, 2023, None), ("青州市", "新收行政复议案件", 120, 2024, "+20.0%"),
        ("临江市", "新收行政复议案件", 90, 2023, None), ("临江市", "新收行政复议案件", 85, 2024, "-5.6%"),
    ]  # fmt: skip


def test_headings_in_two_rows_with_merged_cells_are_joined() -> None:
    source = word_file(
        ["各市行政应诉情况"],
        [["序号", "地区", "应诉案件", "", "出庭应诉率"], ["", "", "一审（件）", "二审（件）", ""], ["1", "青州市", "50", "12", "100%"],
         ["2", "临江市", "40", "—", "97.5%"]],
        [(0, 2, 0, 3), (0, 0, 1, 0), (0, 1, 1, 1), (0, 4, 1, 4)],
    )  # fmt: skip
    assert told(source) == [
        ("青州市", "应诉案件一审", 50, "件"), ("青州市", "应诉案件二审", 12, "件"), ("青州市", "出庭应诉率", 100, "%"),
        ("临江市", "应诉案件一审", 40, "件"), ("临江市", "出庭应诉率", 97.5, "%"),
    ]  # fmt: skip


def test_a_caption_in_the_first_row_and_amounts_in_ten_thousands() -> None:
    source = word_file(
        [],
        [["各县罚没收入情况", ""], ["县", "金额（万元）"], ["青山县", "12.5"], ["白水县", "约8"]],
        [(0, 0, 0, 1)],
    )
    assert told(source) == [("青山县", "罚没收入", 125_000, "元")]


def test_approximate_cells_keep_their_direction() -> None:
    source = word_file(
        ["各镇走访企业户数"], [["镇", "数量"], ["青石镇", "50余户"], ["龙泉镇", "约30户"], ["白沙镇", "20户"]]
    )
    assert [(f.subject, f.value, f.bound) for f in figures_in(source)] == [
        ("青石镇", 50, "以上"), ("龙泉镇", 30, "左右"), ("白沙镇", 20, None),
    ]  # fmt: skip


def test_departments_are_rows_as_cities_are() -> None:
    source = word_file([], [["部门", "制定规范性文件（件）", "备注"], ["教育局", "3", "无"], ["城管大队", "5", ""]])
    assert told(source) == [("教育局", "制定规范性文件", 3, "件"), ("城管大队", "制定规范性文件", 5, "件")]


@pytest.mark.parametrize(
    "lines",
    [
        ["| 市 | 收案（件） | 办结率 |", "|---|---|---|", "| 青州市 | 120 | 98% |", "| 临江市 | 85 | 97% |"],
        ["市\t收案（件）\t办结率", "青州市\t120\t98%", "临江市\t85\t97%"],
        ["市  收案（件）  办结率", "青州市  120  98%", "临江市  85  97%"],
    ],
    ids=["markdown", "tabs", "blanks"],
)
def test_tables_of_plain_text_are_read_like_those_of_word(lines: list[str]) -> None:
    assert told(text_file("各市收案情况如下：", *lines, "全年审查规范性文件12件。")) == [
        ("青州市", "收案", 120, "件"), ("青州市", "办结率", 98, "%"), ("临江市", "收案", 85, "件"), ("临江市", "办结率", 97, "%"),
        (None, "审查规范性文件", 12, "件"),
    ]  # fmt: skip


def test_tables_of_sheets_and_web_pages() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("收案")
        for at, row in enumerate((["2024年各市行政复议收案"], ["市", "件数"], ["青州市", 120], ["临江市", 85])):
            sheet.write_row(at, 0, row)
    assert told(read(Upload("报告.xlsx", file.getvalue()))) == [
        ("青州市", "行政复议收案", 120, "件"), ("临江市", "行政复议收案", 85, "件"),
    ]  # fmt: skip
    page = (
        f"<p>{TITLE}</p><table><caption>各市新增市场主体户数</caption><tr><th>市</th><th>户数</th><th>增幅</th></tr>"
        "<tr><td>青州市</td><td>1.2万</td><td>8%</td></tr><tr><td>临江市</td><td>9800</td><td>↓3%</td></tr></table>"
    )
    found = figures_in(read(Upload("报告.html", f"<html><body>{page}</body></html>".encode())))
    assert [(f.subject, f.item, f.value, f.unit, f.change) for f in found] == [
        ("青州市", "新增市场主体户数", 12_000, "户", "+8%"), ("临江市", "新增市场主体户数", 9800, "户", "-3%"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("全市共办理行政复议案件205件，其中青州市120件、临江市85件。",
         [(None, "办理行政复议案件", 205, "件"), ("青州市", "办理行政复议案件", 120, "件"), ("临江市", "办理行政复议案件", 85, "件")]),
        ("各县培训执法人员人数如下：青山县120人，白水县85人。", [("青山县", "培训执法人员人数", 120, "人"), ("白水县", "培训执法人员人数", 85, "人")]),
        ("全年行政复议收案较多的有青州市120件、临江市85件。", [("青州市", "行政复议收案", 120, "件"), ("临江市", "行政复议收案", 85, "件")]),
        ("办结率由高到低排序，依次是：青州市99%、临江市97.5%。", [("青州市", "办结率", 99, "%"), ("临江市", "办结率", 97.5, "%")]),
        ("青州市、临江市分别办理行政复议案件120件、85件。", [("青州市", "办理行政复议案件", 120, "件"), ("临江市", "办理行政复议案件", 85, "件")]),
        ("全市办结案件3000件，青州市、临江市和白水县分别为1200件、1000件和800件。",
         [(None, "办结案件", 3000, "件"), ("青州市", "办结案件", 1200, "件"), ("临江市", "办结案件", 1000, "件"), ("白水县", "办结案件", 800, "件")]),
        ("各镇调解纠纷情况如下：\n青石镇120起；\n龙泉镇85起。", [("青石镇", "调解纠纷", 120, "起"), ("龙泉镇", "调解纠纷", 85, "起")]),
    ],
)  # fmt: skip
def test_regions_in_a_sentence_count_what_the_sentence_says(sentence: str, wanted: Told) -> None:
    assert told(text_file(sentence)) == wanted


@pytest.mark.parametrize(
    "sentence",
    [
        "创建示范园区50个、示范街道150个。", "改造老旧小区30个，新增社区12个。", "城市管理案件办结120件，夜市检查30次。", "全市办结120件，各县办结85件。",
        "帮扶重点受灾县16个。",
    ],
)  # fmt: skip
def test_kinds_of_regions_are_counted_things_and_no_subjects(sentence: str) -> None:
    found = figures_in(text_file(sentence))
    assert found and all(figure.subject is None for figure in found)


def test_other_tables_are_read_as_text_and_give_nothing_twice() -> None:
    source = word_file(["人员名单"], [["姓名", "职务"], ["张三", "科长"], ["李四", "科员"]])
    assert figures_in(source) == ()
    source = word_file([], [["项目", "数量"], ["审查规范性文件", "12件"], ["培训", "3期"]])
    assert [f.value for f in figures_in(source)] == [12, 3] and all(f.subject is None for f in figures_in(source))
    source = word_file(["全年办理案件205件。"], [["市", "案件"], ["青州市", "120件"], ["临江市", "85件"]])
    assert [f.value for f in figures_in(source)] == [205, 120, 85]


def test_the_evidence_of_a_cell_is_its_number() -> None:
    source = word_file(["各市收案"], [["市", "件数"], ["青州市", " 120 "], ["临江市", "85件"]])
    assert [f.span.cut(source.text) for f in figures_in(source)] == ["120", "85件"]


@pytest.mark.parametrize(
    ("words", "counted", "unit"),
    [
        ("表2 各市新收行政复议案件情况（单位：件）", "新收行政复议案件", "件"), ("截至12月底，各乡镇调解纠纷数量如下：", "调解纠纷数量", None),
        ("各市政府信息公开申请情况", "政府信息公开申请", None), ("三、各县市区规范性文件报备情况", "规范性文件报备", None), ("单位：万元", "", "万元"),
        ("其中", "", None),
    ],
)  # fmt: skip
def test_a_caption_says_what_is_counted(words: str, counted: str, unit: str | None) -> None:
    found = caption_of(words, Span(0, len(words)))
    assert (counted_in(words), found.counted, found.unit) == (counted, counted, unit)


def test_names_of_regions_and_bodies() -> None:
    assert all(
        map(is_subject, ("青州市", "白水县", "青石镇", "龙泉街道", "长沙", "湖南", "高新区", "财政局", "市本级"))
    )
    assert not any(map(is_subject, ("社区", "城市", "全市", "合计", "各县", "县区", "示范园区", "收案数", "行政机关")))
