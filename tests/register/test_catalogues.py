"""Catalogues as spreadsheets: the result may stand in a column, in a title row, in a heading between rows or in the name of a sheet."""

import io

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
