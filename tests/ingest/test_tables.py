"""Cells of tables are read with their table, row, column and what they span; the text stays as it is without them."""

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from corpora import writers
from pipeline.document import SourceText
from pipeline.ingest import Upload, read

Places = list[tuple[str, tuple[int, ...]]]
HEAD = "<p>各乡镇人民政府，县政府各工作部门，现将收费标准印发给你们，请认真贯彻执行，并于每年年底以前向县人民政府报告执行情况。</p>"
TAIL = "<p>以上标准自公布之日起施行，由县水利局负责解释。</p>"
FEES = "<table><tr><th>序号</th><th>项目</th></tr><tr><td>1</td><td>停车收费</td></tr></table>"


def places(source: SourceText) -> Places:
    """The words of each cell, line by line, with table, row, column, columns and rows."""
    found: Places = []
    for block in source.blocks:
        line, cells = block.span.cut(source.text), block.cells
        for cell, end in zip(cells, [*(after.start for after in cells[1:]), len(line)], strict=bool(cells)):
            found.append((line[cell.start : end].strip(), cell[:5]))
    return found


def cell(words: str, properties: str = "") -> str:
    lines = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in words.split("／"))
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{lines}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl {nsdecls('w')}>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def word(*tables: str) -> SourceText:
    document, stream = docx.Document(), io.BytesIO()
    for one in tables:
        document.element.body.insert_element_before(parse_xml(one), "w:sectPr")
        document.add_paragraph("以上标准自公布之日起施行。")
    document.save(stream)
    return read(Upload("表格.docx", stream.getvalue()))


def page(markup: str, kind: str = 'class="TRS_Editor"') -> SourceText:
    text = f"<html><body><div {kind}><h1>关于印发收费标准的通知</h1>{HEAD}{markup}{TAIL}</div></body></html>"
    return read(Upload("网页.html", text.encode()))


def test_cells_of_word_count_grid_columns_and_empty_cells() -> None:
    found = word(table(row(cell("甲"), cell(""), cell("丙")), row(cell("丁／戊"), cell("己"), cell(""))))
    assert places(found) == [
        ("甲", (0, 0, 0, 1, 1)),
        ("", (0, 0, 1, 1, 1)),
        ("丙", (0, 0, 2, 1, 1)),
        ("丁", (0, 1, 0, 1, 1)),
        ("戊", (0, 1, 0, 1, 1)),
        ("己", (0, 1, 1, 1, 1)),
        ("", (0, 1, 2, 1, 1)),
    ]


def test_cells_of_word_that_are_merged_say_what_they_span() -> None:
    start, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    wide = '<w:gridSpan w:val="2"/>'
    found = word(
        table(
            row(cell("宽", wide), cell("高", start)),
            row(cell("一"), cell("二"), cell("", on)),
            row(cell("三", start), cell("四"), cell("", on)),
            row(cell("五", start), cell("六"), cell("七", start)),
            row(cell("八"), properties='<w:gridBefore w:val="2"/>'),
        )
    )
    assert places(found) == [
        ("宽", (0, 0, 0, 2, 1)),
        ("高", (0, 0, 2, 1, 3)),
        ("一", (0, 1, 0, 1, 1)),
        ("二", (0, 1, 1, 1, 1)),
        ("三", (0, 2, 0, 1, 1)),
        ("四", (0, 2, 1, 1, 1)),
        ("五", (0, 3, 0, 1, 1)),
        ("六", (0, 3, 1, 1, 1)),
        ("七", (0, 3, 2, 1, 1)),
        ("八", (0, 4, 2, 1, 1)),
    ]


@pytest.mark.parametrize("value", ["-1", "0", "二", "99999999999999999999", ""])
def test_a_damaged_span_does_not_stop_the_reading(value: str) -> None:
    assert word(table(row(cell("甲", f'<w:gridSpan w:val="{value}"/>'), cell("乙")))).text.startswith("甲\n乙")


def test_rows_in_a_content_control_are_rows_and_tables_have_numbers_of_their_own() -> None:
    second = row(cell("三"))
    controlled = f"<w:sdt><w:sdtContent>{second}</w:sdtContent></w:sdt>"
    inner = table(row(cell("内一"), cell("内二"))).replace(f" {nsdecls('w')}", "")
    outer = row(cell("外").replace("</w:tc>", f"{inner}<w:p/></w:tc>"), cell("右"))
    found = dict(places(word(table(row(cell("一"), cell("二")), controlled), table(outer, row(cell("下"))))))
    assert found["三"] == (0, 1, 0, 1, 1) and found["右"] == (1, 0, 1, 1, 1) and found["下"] == (1, 1, 0, 1, 1)
    assert found["外"][:3] == (1, 0, 0) and found["内二"][0] in (1, 2)


def test_numbers_in_the_header_of_a_page_are_no_cells_of_the_text() -> None:
    document, stream = docx.Document(), io.BytesIO()
    document.add_paragraph("关于印发收费标准的通知")
    header = document.sections[0].header
    header.is_linked_to_previous = False
    header._element.insert(0, parse_xml(table(row(cell("000012"), cell("临溪县人民政府公报")))))
    document.save(stream)
    assert places(read(Upload("a.docx", stream.getvalue()))) == [("临溪县人民政府公报", (0, 0, 1, 1, 1))]


@pytest.mark.parametrize("between", ["", "\n"])
def test_cells_of_a_web_page_count_columns_below_cells_that_span_rows(between: str) -> None:
    markup = (
        "<table><thead><tr><th><p>类别</p></th><th colspan=2><p>标准</p></th></tr></thead><tr><td rowspan=2><p>停车</p><p>收费</p></td>"
        "<td><p>日间</p></td><td><p>3元</p></td></tr><tr><td><p> </p></td><td><p>5元</p></td></tr></table>"
    ).replace("<td", between + "<td")
    assert places(page(markup)) == [
        ("类别", (0, 0, 0, 1, 1)),
        ("标准", (0, 0, 1, 2, 1)),
        ("停车", (0, 1, 0, 1, 2)),
        ("收费", (0, 1, 0, 1, 2)),
        ("日间", (0, 1, 1, 1, 1)),
        ("3元", (0, 1, 2, 1, 1)),
        ("", (0, 2, 1, 1, 1)),
        ("5元", (0, 2, 2, 1, 1)),
    ]


@pytest.mark.parametrize("kind", ['class="TRS_Editor"', ""])
def test_cells_without_line_breaks_between_them_are_lines_of_their_own(kind: str) -> None:
    found = page(f"{FEES[:-8]}<tr><td></td><td>免费</td><td></td></tr></table>", kind)
    assert max(len(block.cells) for block in found.blocks) > 1
    assert places(found) == [
        ("序号", (0, 0, 0, 1, 1)),
        ("项目", (0, 0, 1, 1, 1)),
        ("1", (0, 1, 0, 1, 1)),
        ("停车收费", (0, 1, 1, 1, 1)),
        ("", (0, 2, 0, 1, 1)),
        ("免费", (0, 2, 1, 1, 1)),
        ("", (0, 2, 2, 1, 1)),
    ]


def test_empty_cells_at_the_beginning_and_end_of_a_table_are_kept() -> None:
    found = word(table(row(cell(""), cell(" ")), row(cell("甲／乙"), cell("")), row(cell(""))), table(row(cell(""))))
    assert places(found) == [
        ("", (0, 0, 0, 1, 1)),
        ("", (0, 0, 1, 1, 1)),
        ("甲", (0, 1, 0, 1, 1)),
        ("乙", (0, 1, 0, 1, 1)),
        ("", (0, 1, 1, 1, 1)),
        ("", (0, 2, 0, 1, 1)),
    ]


def test_each_of_two_equal_tables_has_its_number() -> None:
    twice = places(page(f"{FEES}<p>另行规定。</p>{FEES}"))
    assert [place[0] for _, place in twice] == [0, 0, 0, 0, 1, 1, 1, 1]


def test_cells_of_a_page_in_traditional_characters_are_found() -> None:
    found = page(FEES.replace("停车收费", "國務院機關對車輛實行的收費標準") + "<p>縣區應當審核證書，發給業戶。</p>" * 9)
    assert any("繁体字" in note.message for note in found.notes)
    assert places(found)[-1] == ("国务院机关对车辆实行的收费标准", (0, 1, 1, 1, 1))


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>左</td><td><p>一、本办法适用于本县。</p></td></tr></table>",
        "<table><tr><td><p>一、本办法适用于本县。</p></td></tr><tr><td><p>二、由县水利局解释。</p></td></tr></table>",
        f"<table><tr><td>首页</td><td>公开</td></tr><tr><td>文件</td><td>{'<p>本办法适用于本县的采砂活动。</p>' * 60}</td></tr></table>",
    ],
    ids=["row", "column", "page"],
)
def test_layout_tables_are_read_as_text(markup: str) -> None:
    assert not places(page(markup))


def test_a_table_in_a_layout_table_is_read() -> None:
    markup = f"<table><tr><td>栏目</td></tr><tr><td>{HEAD}{FEES}</td></tr></table>"
    assert [place[:3] for _, place in places(page(markup))][-1] == (0, 1, 1)


def test_spans_without_bounds_take_neither_time_nor_memory() -> None:
    cells = "<td colspan=99999999 rowspan=99999999>甲乙</td><td colspan=0 rowspan=-3>丙</td><td colspan=x>丁</td>"
    found = places(page(f"<table>{f'<tr>{cells}</tr>' * 200}</table>"))
    assert len(found) == 600 and found[0][1][3:5] == (100, 200)


def test_a_sample_without_tables_has_no_places() -> None:
    assert not places(read(Upload("a.docx", writers.as_docx(["关于印发收费标准的通知"]))))
