"""Spreadsheets are read as they are shown: number formats, merged cells, hidden rows, columns and sheets, formulas."""

import io
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter

from corpora import writers
from pipeline.document import SourceText
from pipeline.ingest import Upload, read
from pipeline.ingest.sheet_formats import BUILT_IN, shown


def workbook(fill: Callable[[Any], None]) -> SourceText:
    """The text of a workbook that a function fills."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    fill(book)
    book.close()
    return read(Upload("台账.xlsx", stream.getvalue()))


def told(source: SourceText, kind: str) -> list[str]:
    return [note.message for note in source.notes if note.kind == kind]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (45474.0, 'yyyy"年"m"月"', "2024年7月"), (date(2024, 7, 1), BUILT_IN[57], "2024年7月"), (date(2024, 7, 9), BUILT_IN[58], "7月9日"),
        (45474.0, BUILT_IN[31], "2024年7月1日"), (45474.0, "yyyy-mm-dd", "2024年7月1日"), (45474.0, "m/d/yyyy", "2024年7月1日"), (45474.0, "yyyy/mm", "2024年7月"),
        (45474.0, 'e"年"', "2024年"), (45474.0, '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二四年七月一日"), (45474.75, "yyyy/m/d h:mm", "2024年7月1日 18:00"),
        (45474.0, "aaaa", "星期一"), (0.5, "h:mm", "12:00"), (0.75, '上午/下午h"时"mm"分"', "下午6时00分"), (1.25, "[h]:mm", "30:00"), (time(9, 5), "h:mm", "9:05"),
        (datetime(2024, 7, 1, 8, 30), "h:mm", "8:30"), (0.07, "0%", "7%"), (0.0725, "0.00%", "7.25%"), (0.005, "0%", "1%"), (8.0, "0000", "0008"),
        (8.0, '"第"0"号"', "第8号"), (8.0, '"〔2024〕"00"号"', "〔2024〕08号"), (23456789.0, '0!.0,"万"', "2345.7万"), (23456789.0, r'0\.0,"万元"', "2345.7万元"),
        (15000000.0, '0.00,,"百万元"', "15.00百万元"), (1234567.5, "#,##0.00", "1,234,567.50"), (950.0, "#,##0", "950"), (0.0, "#,##0", "0"), (-8.0, "0;(0)", "(8)"),
        (-8.5, "0.0", "-8.5"), (0.0, '0;-0;"无"', "无"), (8.5, "0.##", "8.5"), (80000.0, '[>=10000]0,"千";0', "80千"), (800.0, '[>=10000]0,"千";0', "800"),
        (8.0, 'General"元"', "8元"), (8.0, 'G/通用格式"元"', "8元"), (0.1 + 0.2, "General", "0.3"), (4311001.0, "General", "4311001"),
        (8888.5, "_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ", "¥8,888.50"),
        (73112345678.0, "000-0000-0000", "731-1234-5678"), (0.25, "# ?/?", "1/4"), (2.5, "# ?/?", "2 1/2"), (310.0, "[DBNum1]0", "三百一十"), (310.0, "[DBNum2]0", "叁佰壹拾"),
        (8.0, '[Red]0.0" 元"', "8.0 元"), (8.0, "[$￥-804]#,##0", "￥8"), (8.0, "@", "8"), (12345.0, "0.00E+00", "1.23E+04"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_its_format_shows_it(value: float | date | time, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_days_may_be_counted_from_1904() -> None:
    assert shown(44012.0, 'yyyy"年"m"月"', since_1904=True) == "2024年7月"


def test_cells_of_a_workbook_are_written_as_shown() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        codes = ('yyyy"年"m"月"', "0.0%", "0000", '"第"0"号"', "yyyy/m/d", "@")
        forms = [book.add_format({"num_format": code}) for code in codes]
        sheet.write_row(0, 0, ["期限", "比例", "编号", "文号", "日期", "代码", "普通"])
        for column, (value, form) in enumerate(zip((45474, 0.125, 7, 8, 45475), forms, strict=False)):
            sheet.write_number(1, column, value, form)
        sheet.write_string(1, 5, "000123", forms[5])
        sheet.write_number(1, 6, 12.5)

    assert workbook(fill).text.split("\n")[-1] == "2024年7月｜12.5%｜0007｜第8号｜2024年7月2日｜000123｜12.5"


def test_formats_count_from_the_first_column_that_is_filled() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(3, 2, ["名称", "比例"])
        sheet.write_string(4, 2, "补贴")
        sheet.write_number(4, 3, 0.3, book.add_format({"num_format": "0%"}))

    assert workbook(fill).text.split("\n") == ["名称｜比例", "补贴｜30%"]


ROWS = (
    ("渡口管理办法", "临政发〔2014〕5号"),
    ("集市管理办法", "临政发〔2014〕6号"),
    ("墓地管理办法", "临政发〔2014〕7号"),
)


def test_merged_cells_hold_their_words_in_each_row() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 2, "清理结果目录")
        sheet.write_row(1, 0, ["责任单位", "文件名称", "文号"])
        for at, row in enumerate(ROWS, 2):
            sheet.write_row(at, 1, row)
        sheet.merge_range(2, 0, 4, 0, "县司法局")
        sheet.merge_range(5, 0, 6, 2, "以上由县司法局解释")

    assert workbook(fill).text.split("\n") == [
        "清理结果目录", "责任单位｜文件名称｜文号", *(f"县司法局｜{name}｜{number}" for name, number in ROWS), "以上由县司法局解释",
    ]  # fmt: skip


def test_what_is_hidden_is_not_read_and_told() -> None:
    def fill(book: Any) -> None:
        sheet, secret, table = book.add_worksheet("目录"), book.add_worksheet("底稿"), book.add_worksheet("代码")
        for at, row in enumerate((("文件名称", "文号", "经办"), *((*row, "某甲") for row in ROWS))):
            sheet.write_row(at, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.set_column(9, 16383, None, None, {"hidden": True})
        for other in (secret, table):
            other.write_row(0, 0, ["某乙", "某丙"])
        secret.hide()
        table.very_hidden()

    source = workbook(fill)
    kept = ["目录", "文件名称｜文号", "渡口管理办法｜临政发〔2014〕5号", "墓地管理办法｜临政发〔2014〕7号"]
    assert source.text.split("\n") == kept
    assert "集市" not in source.text and "某" not in source.text
    notes = "".join(told(source, "hidden"))
    assert "“底稿”、“代码”" in notes and "1行、1列" in notes


def test_nothing_is_told_of_hidden_rows_and_columns_without_words() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["文件名称", "文号"])
        sheet.set_column(5, 16383, None, None, {"hidden": True})
        sheet.set_default_row(hide_unused_rows=True)

    assert not told(workbook(fill), "hidden")


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_formulas_that_fail_are_told_with_their_place(error: str) -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["项目", "金额"])
        sheet.write_string(1, 0, "补贴")
        sheet.write_formula(1, 1, "=甲!A1", None, error)

    (message,) = told(workbook(fill), "broken_formula")
    assert "B2" in message and error in message


def test_results_of_formulas_are_read_with_their_format() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["项目", "比例"])
        sheet.write_string(1, 0, "补贴")
        sheet.write_formula(1, 1, "=1/4", book.add_format({"num_format": "0%"}), 0.25)

    assert workbook(fill).text.split("\n")[-1] == "补贴｜25%"


@pytest.mark.parametrize(
    ("name", "first"), [("废止", "废止"), ("Sheet1", "文件名称｜文号"), ("工作表1", "文件名称｜文号")]
)
def test_the_name_of_the_only_sheet_is_a_heading_where_it_has_no_other(name: str, first: str) -> None:
    def fill(book: Any) -> None:
        book.add_worksheet(name).write_row(0, 0, ["文件名称", "文号"])

    assert workbook(fill).text.split("\n")[0] == first


_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def ods(*rows: str, columns: str = "") -> SourceText:
    """The text of an ods with rows given in its markup."""
    table = f'<table:table table:name="Sheet1">{columns}{"".join(rows)}</table:table>'
    content = f"<office:document-content {_SPACES}><office:body><office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content,
        "META-INF/manifest.xml": manifest,
    }
    return read(Upload("台账.ods", writers.as_zip({name: part.encode() for name, part in parts.items()})))


def ods_row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def ods_cell(words: str, kind: str = "string", more: str = "") -> str:
    return f'<table:table-cell office:value-type="{kind}" {more}><text:p>{words}</text:p></table:table-cell>'


def test_cells_of_an_ods_are_read_as_shown() -> None:
    month = ods_cell("2024年7月", "date", 'office:date-value="2024-07-01"')
    day = ods_cell("2024/7/9", "date", 'office:date-value="2024-07-09"')
    share, number = ods_cell("5%", "percentage", 'office:value="0.05"'), ods_cell("0012", "float", 'office:value="12"')
    source = ods(
        ods_row(*map(ods_cell, ("期限", "日期", "比例", "编号", "备注"))),
        ods_row(month, day, share, number, ods_cell("无")),
    )
    assert source.text.split("\n")[-1] == "2024年7月｜2024年7月9日｜5%｜0012｜无"


def test_merged_and_hidden_cells_of_an_ods() -> None:
    covered = "<table:covered-table-cell/>"
    merged = ods_cell("县司法局", more='table:number-rows-spanned="2" table:number-columns-spanned="1"')
    source = ods(
        ods_row(ods_cell("单位"), ods_cell("名称"), ods_cell("暗栏")),
        ods_row(merged, ods_cell("渡口办法"), ods_cell("一")),
        ods_row(covered, ods_cell("集市办法"), ods_cell("二")),
        ods_row(ods_cell("县财政局"), ods_cell("墓地办法"), ods_cell("三"), more='table:visibility="filter"'),
        columns='<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>',
    )
    assert source.text.split("\n") == ["单位｜名称", "县司法局｜渡口办法", "县司法局｜集市办法"]
    assert "1行、1列" in told(source, "hidden")[0]
