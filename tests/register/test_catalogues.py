"""Catalogues as spreadsheets: the result may stand in a column, in a title row, in a heading between rows or in the name of a sheet."""

import io

import docx
import pytest
import xlsxwriter

from pipeline import analyze
from pipeline.register.catalogues import read_catalogue

HEADER = ("序号", "文件名称", "文号")
_NAMES = ("渡口", "集市", "墓地", "路灯", "沼气", "渔港")


def rows(first: int, count: int) -> list[tuple[str, ...]]:
    return [(str(at), f"临溪县{_NAMES[at - 1]}管理办法", f"临政发〔2014〕{at}号") for at in range(first, first + count)]


def results(*sheets: tuple[str, list[tuple[str, ...]]]) -> list[str]:
    """The results of the entries of a workbook, given with the names of its sheets."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    for name, lines in sheets:
        sheet = book.add_worksheet(name)
        for at, line in enumerate(lines):
            sheet.write_row(at, 0, line)
    book.close()
    catalogue = read_catalogue(analyze(stream.getvalue(), name="目录.xlsx"))
    return [entry.result for entry in catalogue.entries] if catalogue else []


@pytest.mark.parametrize(
    ("title", "result"),
    [
        ("临溪县人民政府废止的行政规范性文件目录", "repeal"), ("附件2：宣布失效的规范性文件目录", "lapse"), ("继续有效的规范性文件目录（2件）", "keep"),
        ("拟修改的规范性文件清单", "amend"),
        ("保留的行政规范性文件目录", "keep"), ("决定废止的文件", "repeal"), ("临溪县规范性文件清理结果目录", "listed"), ("废止和宣布失效的规范性文件目录", "listed"),
        ("未废止的规范性文件目录", "listed"),
    ],
)  # fmt: skip
def test_the_title_row_states_the_result(title: str, result: str) -> None:
    assert results(("Sheet1", [(title,), HEADER, *rows(1, 2)])) == [result] * 2


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("废止", "repeal"),
        ("继续有效（2件）", "keep"),
        ("宣布失效", "lapse"),
        ("2.修改", "amend"),
        ("清理结果", "listed"),
    ],
)
def test_the_name_of_the_sheet_states_the_result(name: str, result: str) -> None:
    assert results((name, [HEADER, *rows(1, 2)])) == [result] * 2


def test_each_sheet_has_its_own_result() -> None:
    sheets = ("保留", [HEADER, *rows(1, 2)]), ("废止", [HEADER, *rows(3, 1)]), ("其他", [HEADER, *rows(4, 1)])
    assert results(*sheets) == ["keep", "keep", "repeal", "listed"]


def test_headings_between_the_rows_state_the_result() -> None:
    lines = [
        ("临溪县规范性文件清理结果",),
        HEADER,
        ("一、继续有效（2件）",),
        *rows(1, 2),
        ("二、废止（1件）",),
        *rows(3, 1),
        ("三、宣布失效",),
        HEADER,
        *rows(4, 1),
    ]
    assert results(("Sheet1", lines)) == ["keep", "keep", "repeal", "lapse"]


def test_a_header_that_is_repeated_and_a_remark_keep_the_result() -> None:
    lines = [
        ("废止的规范性文件目录",),
        HEADER,
        *rows(1, 2),
        HEADER,
        *rows(3, 1),
        ("注：以上文件自公布之日起停止执行。",),
        *rows(4, 1),
    ]
    assert results(("Sheet1", lines)) == ["repeal"] * 4


def test_a_column_of_results_comes_before_the_heading() -> None:
    lines = [("废止的规范性文件目录",), (*HEADER, "清理结果"), (*rows(1, 1)[0], "继续有效"), (*rows(2, 1)[0], "")]
    assert results(("Sheet1", lines)) == ["keep", "repeal"]


_NOTICE = "临溪县人民政府关于公布规范性文件清理结果的通知"
_PLAIN = "<tr><th>序号</th><th>文件名称</th><th>文号</th></tr>"
_WITH_RESULT = _PLAIN.replace("</tr>", "<th>清理结果</th></tr>")


def row(at: int, *more: str) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in rows(at, 1)[0]) + "".join(more) + "</tr>"


def results_of_page(markup: str) -> list[str]:
    """The results of the entries of a notice on a web page, given with the markup of its catalogue."""
    text = f"<h1>{_NOTICE}</h1><div id=zoom><p>各乡镇人民政府：</p><p>现将清理结果公布如下。</p><p>临溪县人民政府</p><p>2024年5月1日</p>{markup}</div>"
    catalogue = read_catalogue(analyze(f"<html><meta charset=utf-8><body>{text}</body></html>".encode(), name="a.html"))
    return [entry.result for entry in catalogue.entries] if catalogue else []


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (f"<table>{_WITH_RESULT}{row(1, '<td>继续有效</td>')}{row(2, '<td>废止</td>')}{row(3, '<td>修改</td>')}</table>", ["keep", "repeal", "amend"]),
        (f"<table>{_WITH_RESULT}{row(1, '<td rowspan=2>废止</td>')}{row(2)}{row(3, '<td>继续有效</td>')}</table>", ["repeal", "repeal", "keep"]),
        (f"<table><tr><td colspan=3>宣布失效的规范性文件目录</td></tr>{_PLAIN}{row(1)}{row(2)}</table>", ["lapse", "lapse"]),
        (f"<table><caption>废止的规范性文件目录</caption>{_PLAIN}{row(1)}{row(2)}</table>", ["repeal", "repeal"]),
        (f"<p>一、保留的文件目录</p><table>{_PLAIN}{row(1)}{row(2)}</table><p>二、废止的文件目录</p><table>{_PLAIN}{row(3)}{row(4)}</table>",
         ["keep", "keep", "repeal", "repeal"]),
    ],
    ids=["column", "merged", "title_row", "caption", "headings"],
)  # fmt: skip
def test_the_tables_of_a_page_state_the_result_like_sheets(markup: str, expected: list[str]) -> None:
    assert results_of_page(markup) == expected


def test_a_result_merged_over_rows_of_a_word_table_is_that_of_each() -> None:
    document, stream = docx.Document(), io.BytesIO()
    for line in (
        _NOTICE,
        "各乡镇人民政府：",
        "现将清理结果公布如下。",
        "临溪县人民政府",
        "2024年5月1日",
        "附件：规范性文件清理结果目录",
    ):
        document.add_paragraph(line)
    table = document.add_table(4, 4)
    for cells, line in zip(table.rows, [(*HEADER, "清理结果"), *((*one, "") for one in rows(1, 3))], strict=True):
        for cell, words in zip(cells.cells, line, strict=True):
            cell.text = words
    table.cell(1, 3).text = "废止"
    table.cell(1, 3).merge(table.cell(3, 3))
    document.save(stream)
    catalogue = read_catalogue(analyze(stream.getvalue(), name="a.docx"))
    assert catalogue and [(entry.number, entry.result) for entry in catalogue.entries] == [
        (number, "repeal") for _, _, number in rows(1, 3)
    ]


@pytest.mark.parametrize(
    "title", ["宣布失效和废止部分行政规范性文件的决定", "宣布失效和废止一批文件的通知", "废止和宣布失效部分文件的决定"]
)
@pytest.mark.parametrize(
    "headings",
    [
        ("一、废止下列文件：", "二、宣布下列文件失效："),
        ("一、予以废止的文件", "二、宣布失效的文件"),
        ("附件1 废止文件目录", "附件2 宣布失效文件目录"),
    ],
)
def test_each_part_of_a_decision_states_its_own_result(title: str, headings: tuple[str, str]) -> None:
    lines = (
        f"临溪县人民政府关于{title}", "临政发〔2026〕12号", "各乡镇人民政府：", "经研究，决定如下：",
        headings[0], "1.《临溪县砂石管理办法》（临政发〔2014〕18号）", headings[1], "1.《临溪县禁牧规定》（临政发〔2015〕3号）",
        "临溪县人民政府", "2026年3月1日",
    )  # fmt: skip
    catalogue = read_catalogue(analyze("\n".join(lines).encode(), name="a.txt"))
    assert catalogue and [entry.result for entry in catalogue.entries] == ["repeal", "lapse"]
