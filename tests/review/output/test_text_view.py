"""The text view shows every character once and in order, marks every finding, and gives each line the role it has on paper."""

import json
from functools import cache
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import papers, writers
from corpora.make_samples import SAMPLES
from pipeline.analyzer import LegalContext, analyze_upload
from pipeline.document import BAR, Block, BlockKind, Dossier, Span
from pipeline.ingest import uploads
from pipeline.review.models import Finding
from pipeline.review.output.text_tables import GUESSED, LISTED
from pipeline.review.output.text_view import Paragraph, Table, TextView, text_view
from pipeline.review.queue.store import as_json, plain
from pipeline.table_cells import CellPlace
from tests.builders import dossier, examined
from tests.conftest import AS_OF

Stored = dict[str, Any]
# names of files with text, without archives, which the other samples repeat
READABLE = sorted(
    path.name
    for path in SAMPLES.iterdir()
    if path.suffix != ".zip" and path.name[:2] not in ("16", "17", "18", "19", "21", "23")
)


def stored(result: Dossier) -> tuple[str, Stored]:
    """Text and dossier as a version holds them."""
    return result.source.text, json.loads(json.dumps(as_json(result), ensure_ascii=False))


@cache
def sample(name: str) -> tuple[str, Stored]:
    (upload,) = uploads(SAMPLES / name)
    result = analyze_upload(upload, LegalContext(AS_OF, "湖南"))  # type: ignore[arg-type]
    assert isinstance(result, Dossier)
    return stored(result)


def finding(key: int, start: int, end: int, severity: str = "中") -> Finding:
    return Finding(pk=key, start=start, end=end, severity=severity, type="LIC-01", content={"name": f"第{key}处"})


def assert_whole(text: str, kept: Stored, findings: list[Finding]) -> None:
    """Every character of the text is shown once, in order, at its offset and with the findings that cover it."""
    view, at = text_view(text, kept, findings), 0
    between = BAR if (kept.get("source") or {}).get("format") == "xlsx" else ""
    firsts = []
    for piece in view.pieces():
        assert not text[at : piece.start].replace(between or " ", "").strip() and piece.start < piece.end
        assert piece.text == text[piece.start : piece.end]
        covering = {f.pk for f in findings if f.start <= piece.start and piece.end <= f.end}
        assert (
            covering == {f.pk for f in piece.findings} == {f.pk for f in findings if touches(f, piece.start, piece.end)}
        )
        firsts += [f.pk for f in piece.first]
        at = piece.end
    assert not text[at:].replace(between or " ", "").strip()
    visible = [f.pk for f in findings if any(touches(f, piece.start, piece.end) for piece in view.pieces())]
    assert sorted(firsts) == sorted(visible)


def touches(found: Finding, start: int, end: int) -> bool:
    return found.start < end and start < found.end


def places(length: int) -> st.SearchStrategy[list[Finding]]:
    """Random findings, also empty ones and ones that reach over the end of the text."""
    place = st.tuples(
        st.integers(0, length + 5), st.integers(0, length + 5), st.sampled_from(("严重", "高", "低", "提示"))
    )
    return st.lists(place, max_size=8).map(
        lambda rows: [finding(n, min(a, b), max(a, b), grave) for n, (a, b, grave) in enumerate(rows, 1)]
    )


@pytest.mark.parametrize("name", READABLE)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_character_of_a_sample_is_shown_once(name: str, data: st.DataObject) -> None:
    text, kept = sample(name)
    findings = data.draw(places(len(text)))
    assert_whole(text, kept, findings)


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.sampled_from("第一条章附件：。｜\t\n\r 　1a𠮷😀人民政府"), max_size=60), data=st.data())
def test_every_character_of_any_text_is_shown_once_with_whatever_dossier(text: str, data: st.DataObject) -> None:
    findings = data.draw(places(len(text)))
    span = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(lambda ab: plain(Span(min(ab), max(ab))))
    kinds = st.sampled_from([kind.value for kind in BlockKind])
    boxes = st.sampled_from((None, [0.0, 0.0, 9.0, 9.0], [20.0, 0.0, 29.0, 9.0]))
    small = st.integers(0, 3)
    cell = st.builds(CellPlace, small, small, small, st.integers(1, 3), st.integers(1, 3), small).map(plain)
    block = st.fixed_dictionaries(
        {"span": span, "kind": kinds},
        optional={"page": st.just(1), "box": boxes, "cells": st.lists(cell, max_size=3)},
    )
    fact = st.fixed_dictionaries({"span": span}, optional={"origin": st.sampled_from(("署名", "版记印发日期"))})
    masthead = st.dictionaries(st.sampled_from(("title", "number", "made", "recipients")), st.none() | fact)
    clause = st.fixed_dictionaries(
        {"span": span, "kind": st.sampled_from(("条", "章", "段")), "label": st.just("第一条")}
    )
    document = st.fixed_dictionaries({}, optional={"masthead": masthead, "clauses": st.lists(clause, max_size=4)})
    source = st.fixed_dictionaries(
        {}, optional={"blocks": st.lists(block, max_size=8), "format": st.sampled_from(("docx", "xlsx"))}
    )
    kept = data.draw(st.fixed_dictionaries({}, optional={"source": source, "document": document}))
    assert_whole(text, kept, findings)


@pytest.mark.parametrize("missing", ["source", "document"])
def test_a_dossier_that_lacks_a_part_still_gives_the_text(missing: str) -> None:
    text, kept = sample("02停车秩序规定.docx")
    assert_whole(text, {key: part for key, part in kept.items() if key != missing}, [])
    assert_whole(text, {}, [])


def roles(text: str, view: TextView) -> dict[str, str]:
    """The role of each paragraph by its text."""
    return {text[part.start : part.end]: part.role.name for part in view.parts if isinstance(part, Paragraph)}


def test_a_document_with_an_attached_one_looks_as_on_paper() -> None:
    text, kept = sample("01农家乐管理办法.txt")
    view = text_view(text, kept, [])
    found = roles(text, view)
    assert found["临政发〔2025〕12号"] == "NUMBER" and found["各乡镇人民政府，县政府各工作部门："] == "RECIPIENTS"
    assert found["关于印发《临溪县农家乐经营管理办法》的通知"] == found["临溪县农家乐经营管理办法"] == "TITLE"
    assert found["2025年3月6日"] == "DATE" and found["（此件公开发布）"] == "OPENNESS"
    assert found["第一章 总则"] == "CHAPTER" and found["（一）擅自占用公路搭建棚架的；"] == "CLAUSE"
    signature, *_ = [part for part in view.parts if isinstance(part, Paragraph) and part.role.name == "SIGNATURE"]
    assert text[signature.start : signature.end] == "湖南省临溪县人民政府"
    opening = [text[part.start : part.end] for part in view.parts if isinstance(part, Paragraph) and part.opens]
    assert opening == ["临溪县农家乐经营管理办法"]


def test_the_label_of_an_article_is_bold() -> None:
    text, kept = sample("01农家乐管理办法.txt")
    bold = [piece.text for piece in text_view(text, kept, []).pieces() if piece.bold]
    assert bold == [f"第{number}条" for number in "一二三四五六七八九"]


@pytest.mark.parametrize(
    ("name", "line", "role"),
    [
        ("02停车秩序规定.docx", "临溪县城市管理局文件", "LETTERHEAD"),
        ("02停车秩序规定.docx", "内部资料 注意保存", "MARGIN"),
        ("04养老服务意见.html", "文机关：临溪县人民政府办公室", "META"),
        ("04养老服务意见.html", "一、扩大服务供给", "HEADING"),
        ("04养老服务意见.html", "临溪县人民政府办公室", "SIGNATURE"),
        ("03油茶补助办法.pdf", "— 1 —", "FURNITURE"),
        ("14收费路段.docx", "附件", "ATTACHMENT"),
        ("24版式文件.ofd", "临溪县住房和城乡建设局", "SIGNATURE"),
    ],
)
def test_a_line_has_its_role(name: str, line: str, role: str) -> None:
    text, kept = sample(name)
    found = roles(text, text_view(text, kept, []))
    assert next(of for words, of in found.items() if words.removeprefix("发") == line) == role


def cells(text: str, table: Table) -> list[list[str]]:
    return [["／".join(text[p.start : p.end] for p in cell.paragraphs) for cell in row] for row in table.rows]


def only_table(text: str, kept: Stored) -> Table:
    assert_whole(text, kept, [])
    (table,) = [part for part in text_view(text, kept, []).parts if isinstance(part, Table)]
    return table


def with_blocks(text: str, kind: BlockKind, boxes: list[tuple[float, float, float, float]] | None = None) -> Stored:
    """A dossier that knows nothing but a block for each line."""
    blocks, at = [], 0
    for index, line in enumerate(text.split("\n")):
        blocks.append(
            plain(Block(Span(at, at + len(line)), kind, 1 if boxes else None, boxes[index] if boxes else None))
        )
        at += len(line) + 1
    return {"source": {"blocks": blocks, "format": "pdf" if boxes else "docx"}}


def test_cells_of_a_document_stand_in_their_rows() -> None:
    text, kept = sample("14收费路段.docx")
    table = only_table(text, kept)
    assert cells(text, table) == [list(row) for row in papers.PARKING_TABLE] and not table.note


def test_cells_without_rows_as_earlier_versions_stored_them_are_listed_and_it_says_so() -> None:
    text, kept = sample("14收费路段.docx")
    blocks = [{key: part for key, part in block.items() if key != "cells"} for block in kept["source"]["blocks"]]
    table = only_table(text, {**kept, "source": {**kept["source"], "blocks": blocks}})
    assert table.listed and table.note == LISTED
    assert list(chain(*cells(text, table))) == list(chain(*papers.PARKING_TABLE))


def test_a_column_of_numbers_gives_the_rows_and_it_says_that_they_are_inferred() -> None:
    text = "序号\n事项\n单位\n1\n停车\n城管局\n2\n采砂\n水利局"
    table = only_table(text, with_blocks(text, BlockKind.CELL))
    assert cells(text, table) == [["序号", "事项", "单位"], ["1", "停车", "城管局"], ["2", "采砂", "水利局"]]
    assert table.note == GUESSED and not table.listed


@pytest.mark.parametrize(
    "text", ["序号\n事项\n1\n停车\n2\n采砂\n水利局", "序号\n事项\n1\n停车\n3\n采砂", "序号\n1\n2\n3"]
)
def test_numbers_that_do_not_count_every_row_give_no_rows(text: str) -> None:
    assert only_table(text, with_blocks(text, BlockKind.CELL)).listed


def test_cells_with_places_stand_in_the_column_they_are_printed_in() -> None:
    text = "事项\n单位\n时限\n停车\n管理\n5日\n采砂\n3日"
    boxes = [(x, y, x + 40.0, y + 10.0) for x, y in ((0.0, 90.0), (100.0, 90.0), (200.0, 90.0), (0.0, 60.0))]
    boxes += [boxes[3], (200.0, 60.0, 240.0, 70.0), (0.0, 30.0, 40.0, 40.0), (200.0, 30.0, 240.0, 40.0)]
    table = only_table(text, with_blocks(text, BlockKind.CELL, boxes))
    assert cells(text, table) == [["事项", "单位", "时限"], ["停车／管理", "", "5日"], ["采砂", "", "3日"]]
    assert not table.note


def test_rows_with_the_same_number_of_tabs_are_a_table() -> None:
    text = "目录\n名称\t文号\t备注\n甲办法\t1号\t有效\n乙办法\t\t废止\n完\t了"
    assert cells(text, only_table(text, {})) == [
        ["名称", "文号", "备注"],
        ["甲办法", "1号", "有效"],
        ["乙办法", "", "废止"],
    ]


def test_the_rows_of_a_spreadsheet_are_a_table() -> None:
    rows = [["名称", "文号", "备注"], ["甲办法", "", "继续有效"], ["乙办法", "临政发〔2020〕2号"]]
    text, kept = stored(examined(writers.as_xlsx(rows), "目录.xlsx"))
    assert cells(text, only_table(text, kept)) == rows


def test_overlapping_findings_are_both_visible() -> None:
    text, kept = stored(dossier("临溪县水利局关于加强管理的通知", "一、采砂须经批准方可进行，违者罚款。"))
    at = text.index("采砂")
    view = text_view(text, kept, [finding(1, at, at + 6), finding(2, at + 4, at + 9, "严重")])
    marked = [(piece.text, [f.pk for f in piece.findings]) for piece in view.pieces() if piece.findings]
    assert marked == [("采砂须经", [1]), ("批准", [2, 1]), ("方可进", [2])]
