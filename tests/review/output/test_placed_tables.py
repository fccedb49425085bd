"""Tables of Word documents and web pages are shown with their rows, columns and merged cells."""

import io
from itertools import count

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest import Upload, read
from pipeline.review.output.text_tables import LISTED, NESTED
from pipeline.review.output.text_view import Table, text_view
from pipeline.review.queue.store import plain
from pipeline.table_cells import CellPlace
from tests.review.output.test_text_view import Stored, assert_whole

# words of a cell (／ between lines), columns it spans, whether it continues the cell above
Tc = tuple[str, int, bool]
# words, columns, rows
Shown = tuple[str, int, int]


def word(rows: list[list[Tc]], merged: dict[tuple[int, int], int], inner: str = "") -> bytes:
    """A Word document with a table; `merged` counts the rows of a cell by row and index where it spans several."""
    lines = []
    for number, cells in enumerate(rows):
        lines.append("<w:tr>")
        for index, (words, columns, goes_on) in enumerate(cells):
            down = "<w:vMerge/>" if goes_on else '<w:vMerge w:val="restart"/>' if (number, index) in merged else ""
            paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in words.split("／"))
            nested = inner + "<w:p/>" if (number, index) == (1, 0) and inner else ""
            lines.append(f'<w:tc><w:tcPr><w:gridSpan w:val="{columns}"/>{down}</w:tcPr>{paragraphs}{nested}</w:tc>')
        lines.append("</w:tr>")
    document, stream = docx.Document(), io.BytesIO()
    document.add_paragraph("临溪县收费标准")
    table = parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(lines)}</w:tbl>")
    document.element.body.insert_element_before(table, "w:sectPr")
    document.add_paragraph("以上标准自公布之日起施行。")
    document.save(stream)
    return stream.getvalue()


def viewed(name: str, data: bytes) -> tuple[str, list[Table]]:
    """The text of a file and its tables as shown, after a check that every character is there once."""
    source = read(Upload(name, data))
    kept: Stored = {"source": plain(source)}
    assert_whole(source.text, kept, [])
    return source.text, [part for part in text_view(source.text, kept, []).parts if isinstance(part, Table)]


def shown(text: str, table: Table) -> list[list[Shown]]:
    return [
        [("／".join(text[p.start : p.end] for p in cell.paragraphs), cell.columns, cell.rows) for cell in row]
        for row in table.rows
    ]


def taken(rows: list[list[Shown]]) -> list[list[str]]:
    """The words at each place of the grid, repeated where a cell spans several; every place is taken exactly once."""
    grid: dict[tuple[int, int], str] = {}
    for number, row in enumerate(rows):
        column = 0
        for words, columns, down in row:
            while (number, column) in grid:
                column += 1
            for place in ((number + y, column + x) for y in range(down) for x in range(columns)):
                assert place not in grid
                grid[place] = words
    height, width = max(y for y, _ in grid) + 1, max(x for _, x in grid) + 1
    return [[grid[y, x] for x in range(width)] for y in range(height)]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[Tc]], dict[tuple[int, int], int], list[list[str]]]:
    """Rows of a Word table, its merged cells, and the words expected at each place; the first row and column are full."""
    names, width = count(1), draw(st.integers(2, 4))
    rows: list[list[Tc]] = [[(f"列{next(names)}", 1, False) for _ in range(width)]]
    grid, merged = [[words for words, _, _ in rows[0]]], dict[tuple[int, int], int]()
    starts: dict[tuple[int, int], tuple[int, int]] = {}
    for number in range(1, draw(st.integers(2, 5))):
        rows.append([(f"行{number}", 1, False)])
        grid.append([f"行{number}"])
        while len(grid[-1]) < width:
            column, columns = len(grid[-1]), draw(st.integers(1, width - len(grid[-1])))
            above, place = starts.get((column, columns)), (number, len(rows[-1]))
            goes_on = above is not None and above[0] + merged.get(above, 1) == number and draw(st.booleans())
            if goes_on and above is not None:
                merged[above] = merged.get(above, 1) + 1
                words = rows[above[0]][above[1]][0]
            else:
                starts[column, columns] = place
                words = draw(st.sampled_from(("", f"甲{next(names)}", f"甲{next(names)}／乙")))
            rows[-1].append(("" if goes_on else words, columns, goes_on))
            grid[-1] += [words] * columns
    return rows, merged, grid


@settings(max_examples=60, deadline=None)
@given(made=tables())
def test_a_word_table_has_every_word_at_its_place(
    made: tuple[list[list[Tc]], dict[tuple[int, int], int], list[list[str]]],
) -> None:
    rows, merged, grid = made
    text, (table,) = viewed("表格.docx", word(rows, merged))
    assert taken(shown(text, table)) == grid and not table.note


def test_merged_and_empty_cells_and_cells_of_two_lines_look_as_in_the_file() -> None:
    rows = [[("类别", 1, False), ("标准", 2, False)], [("停车", 1, False), ("日间", 1, False), ("", 1, False)]]
    rows += [[("", 1, True), ("夜间／周末", 1, False), ("5元", 1, False)]]
    text, (table,) = viewed("表格.docx", word(rows, {(1, 0): 2}))
    assert shown(text, table) == [
        [("类别", 1, 1), ("标准", 2, 1)],
        [("停车", 1, 2), ("日间", 1, 1), ("", 1, 1)],
        [("夜间／周末", 1, 1), ("5元", 1, 1)],
    ]


def test_rows_and_columns_without_words_and_wide_empty_cells_are_shown_as_in_the_file() -> None:
    rows = [
        [("", 12, False)],
        [("类别", 3, False), ("", 2, False), ("标准", 7, False)],
        [("停车", 3, False), ("", 9, False)],
    ]
    text, (table,) = viewed("表格.docx", word(rows, {}))
    assert shown(text, table) == [
        [("", 3, 1)],
        [("类别", 1, 1), ("", 1, 1), ("标准", 1, 1)],
        [("停车", 1, 1), ("", 2, 1)],
    ]


def test_places_without_a_recorded_cell_are_filled() -> None:
    text = "甲\n乙\n丙"
    (table,) = placed(text, [CellPlace(0, 0, 0), CellPlace(0, 0, 2), CellPlace(0, 5, 2)])
    assert shown(text, table) == [[("甲", 1, 1), ("", 1, 1), ("乙", 1, 1)], [("", 1, 1), ("", 1, 1), ("丙", 1, 1)]]


def test_a_table_within_a_cell_is_shown_as_one_of_its_own_in_its_place_and_the_outer_one_says_so() -> None:
    inner = "<w:tbl><w:tr>" + "".join(
        f"<w:tc><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:tc>" for words in ("内一", "内二")
    )
    rows = [[("类别", 1, False), ("标准", 1, False)], [("停车", 1, False), ("5元", 1, False)]]
    text, found = viewed("表格.docx", word(rows, {}, inner + "</w:tr></w:tbl>"))
    outer, inner_table, rest = (shown(text, table) for table in found)
    assert outer == [[("类别", 1, 1), ("标准", 1, 1)], [("停车", 1, 1), ("", 1, 1)]]
    assert inner_table == [[("内一", 1, 1), ("内二", 1, 1)]] and rest == [[("5元", 1, 1)]]
    assert [table.note for table in found] == [NESTED, "", NESTED]


@pytest.mark.parametrize("open_cell", ["<td>", "<td><p>", "\n<td>"])
def test_a_table_of_a_web_page_has_rows_also_where_its_cells_share_a_line(open_cell: str) -> None:
    head = (
        "<h1>关于印发收费标准的通知</h1><p>各乡镇人民政府，现将收费标准印发给你们，请认真贯彻执行，并报告执行情况。</p>"
    )
    markup = (
        "<table><tr><th>类别</th><th colspan=2>标准</th></tr><tr><td rowspan=2>停车<br>收费</td><td>日间</td><td></td></tr>"
        "<tr><td>夜间（20点以后）</td><td>5元</td></tr></table>"
    ).replace("<td>", open_cell)
    page = (
        f'<html><body><div class="TRS_Editor">{head}{head}{markup}<p>以上标准自公布之日起施行。</p></div></body></html>'
    )
    text, (table,) = viewed("网页.html", page.encode())
    assert shown(text, table) == [
        [("类别", 1, 1), ("标准", 2, 1)],
        [("停车／收费", 1, 2), ("日间", 1, 1), ("", 1, 1)],
        [("夜间（20点以后）", 1, 1), ("5元", 1, 1)],
    ]


def placed(text: str, places: list[CellPlace], kind: str = "表格单元") -> list[Table]:
    """The tables of a text whose lines are blocks with one cell each."""
    blocks, at = [], 0
    for line, place in zip(text.split("\n"), places, strict=True):
        blocks.append({"span": {"start": at, "end": at + len(line)}, "kind": kind, "cells": [plain(place)]})
        at += len(line) + 1
    kept: Stored = {"source": {"blocks": blocks, "format": "docx"}}
    assert_whole(text, kept, [])
    return [part for part in text_view(text, kept, []).parts if isinstance(part, Table)]


@pytest.mark.parametrize(
    "second",
    [CellPlace(0, 0, 0), CellPlace(0, 1, 0), CellPlace(0, 1, 2)],
    ids=["row above", "column before", "same place as another"],
)
def test_places_that_contradict_the_order_of_the_text_give_a_list(second: CellPlace) -> None:
    tables = placed("甲\n乙", [CellPlace(0, 1, 1, 2), second])
    assert tables[0].listed and tables[0].note == LISTED
    assert not placed("甲\n乙", [CellPlace(0, 1, 1, 2), second], "正文")


def test_more_columns_than_can_be_drawn_give_a_list() -> None:
    (table,) = placed("甲\n" * 150 + "甲", [CellPlace(0, 0, 2 * column) for column in range(151)])
    assert table.listed


def test_a_merged_cell_ends_above_a_cell_below_it() -> None:
    (table,) = placed("甲\n乙\n丙", [CellPlace(0, 0, 0, 2, 9), CellPlace(0, 0, 2), CellPlace(0, 1, 1, 2)])
    assert shown("甲\n乙\n丙", table) == [[("甲", 2, 1), ("乙", 1, 1)], [("", 1, 1), ("丙", 2, 1)]]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_places_are_stored_every_character_is_shown_once(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.text("甲乙 1，", min_size=1, max_size=6).filter(str.strip), min_size=1, max_size=6))
    small, at, blocks = st.integers(0, 2), 0, []
    for line in lines:
        starts = data.draw(st.lists(st.integers(0, len(line) + 1), max_size=3))
        starts = sorted(starts) if data.draw(st.booleans()) else starts
        cells = [[0, data.draw(small), data.draw(small), 1 + data.draw(small), 1, start] for start in starts]
        kind = data.draw(st.sampled_from(("正文", "表格单元", "页面附着物")))
        blocks.append({"span": {"start": at, "end": at + len(line)}, "kind": kind, "cells": cells})
        at += len(line) + 1
    assert_whole("\n".join(lines), {"source": {"blocks": blocks, "format": "docx"}}, [])
