"""Malicious files: each stops at a limit within seconds, with a reason, and nothing outside the file is read."""

import io
import time
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from corpora import papers, writers
from pipeline.errors import UnreadableFile
from pipeline.ingest import Upload, read
from pipeline.ingest.mail import parts_of

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def docx(body: str, before: str = "") -> bytes:
    """A docx with the given XML as its body; `before` precedes the root element."""
    markup = f"{before}<w:document {WORD}><w:body>{body}</w:body></w:document>".encode()
    return writers.changed_zip(writers.as_docx(papers.WATER), "word/document.xml", lambda _: markup)


def distant_cells() -> bytes:
    """A spreadsheet with two cells, in opposite corners."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page = book.add_worksheet()
    page.write(0, 0, "标题")
    page.write(1_048_575, 16_383, "x")
    book.close()
    return stream.getvalue()


def nested_units() -> bytes:
    """An OFD whose composite units each contain the next one ten times: 10^15 objects."""
    units = "".join(
        f'<ofd:CompositeGraphicUnit ID="{900 + depth}"><ofd:Content>'
        + f'<ofd:CompositeObject ResourceID="{901 + depth}" Boundary="0 0 1 1"/>' * 10
        + "</ofd:Content></ofd:CompositeGraphicUnit>"
        for depth in range(15)
    )
    whole = writers.as_ofd(papers.WATER)
    for name, change in {
        "Doc_0/Document.xml": lambda data: data.replace(
            b"<ofd:PageArea>", b"<ofd:PublicRes>R.xml</ofd:PublicRes><ofd:PageArea>"
        ),
        "Doc_0/Pages/Page_0/Content.xml": lambda data: data.replace(
            b"</ofd:Layer>", b'<ofd:CompositeObject ResourceID="900" Boundary="0 0 1 1"/></ofd:Layer>'
        ),
    }.items():
        whole = writers.changed_zip(whole, name, change)
    resources = f"<ofd:Res {SPACE}><ofd:CompositeGraphicUnits>{units}</ofd:CompositeGraphicUnits></ofd:Res>"
    return writers.changed_zip(whole, "Doc_0/R.xml", lambda _: resources.encode())


DEEP = 20_000
HOSTILE: dict[str, Callable[[], bytes]] = {
    "runs.docx": lambda: docx(f"<w:p>{'<w:r>' * DEEP}<w:t>x</w:t>{'</w:r>' * DEEP}</w:p>"),
    "tables.docx": lambda: docx(f"{'<w:tbl><w:tr><w:tc>' * 3000}<w:p/>{'</w:tc></w:tr></w:tbl>' * 3000}"),
    "divs.html": lambda: b"<html><body>" + b"<div>" * 100_000 + "县政府".encode() + b"</div>" * 100_000,
    "tables.html": lambda: b"<html><body>" + b"<table><tr><td>word" * 2000 + b"</table>" * 2000,
    "unknown.html": lambda: b"<html><body>" + b"<x-a>word" * 20_000,
    "definitions.html": lambda: b"<html><body>" + b"<dl><dd>word" * 20_000,
    "emphasis.html": lambda: b"<html><body></b></b></b>" + b"<em>word" * 20_000,
    "far.xlsx": distant_cells,
    "units.ofd": nested_units,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_malicious_file_stops_at_a_limit(name: str) -> None:
    data, start = HOSTILE[name](), time.process_time()
    with pytest.raises(UnreadableFile) as caught:
        read(Upload(name, data))
    assert caught.value.kind == "limit" and caught.value.remedy
    assert time.process_time() - start < 60


def test_very_deeply_nested_parts_of_a_mail_stop_at_a_limit() -> None:
    parts = b"".join(b'--b%d\nContent-Type: multipart/mixed; boundary="b%d"\n\n' % (n, n + 1) for n in range(3000))
    head = b'From: a@b\nMIME-Version: 1.0\nSubject: x\nContent-Type: multipart/mixed; boundary="b0"\n\n'
    with pytest.raises(UnreadableFile) as caught:
        list(parts_of(head + parts + b"--b3000\n\nhello\n"))
    assert caught.value.kind == "limit"


def test_entities_of_a_docx_are_not_followed() -> None:
    before = (
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "甲甲甲甲甲甲甲甲"><!ENTITY z "&y;&y;&y;&y;">]>'
    )
    data = docx("<w:p><w:r><w:t>通知&x;&z;</w:t></w:r></w:p><w:p><w:r><w:t>各乡镇人民政府</w:t></w:r></w:p>", before)
    text = read(Upload("a.docx", data)).text
    assert "root:" not in text and "甲" not in text and "各乡镇人民政府" in text


CELL = "<w:p><w:r><w:t>第{}格</w:t></w:r></w:p>"


def tables_in_tables(levels: int) -> bytes:
    inner = "".join(f"<w:tbl><w:tr><w:tc>{CELL.format(level)}" for level in range(levels))
    return docx(inner + "</w:tc></w:tr></w:tbl>" * levels)


@pytest.mark.parametrize("levels", [2, 3, 8, 40])
def test_the_words_of_tables_in_tables_are_read_once_and_in_order(levels: int) -> None:
    assert read(Upload("a.docx", tables_in_tables(levels))).text == "\n".join(f"第{level}格" for level in range(levels))


def test_a_table_within_a_cell_stands_between_the_words_before_and_after_it() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{CELL.format(2)}</w:tc><w:tc>{CELL.format(3)}</w:tc></w:tr></w:tbl>"
    outer = (
        f"<w:tbl><w:tr><w:tc>{CELL.format(1)}{inner}{CELL.format(4)}</w:tc><w:tc>{CELL.format(5)}</w:tc></w:tr></w:tbl>"
    )
    source = read(Upload("a.docx", docx(outer)))
    assert source.text.splitlines() == [f"第{number}格" for number in range(1, 6)]
    assert [block.cells[0][:3] for block in source.blocks] == [(0, 0, 0), (1, 0, 0), (1, 0, 1), (0, 0, 0), (0, 0, 1)]


@pytest.mark.parametrize("levels", [20, 90])
def test_tables_of_a_page_that_only_lay_it_out_are_read(levels: int) -> None:
    words = "".join(f"<table><tr><td>第{level}格的文字" for level in range(levels)) + "</table>" * levels
    assert read(Upload("a.html", f"<html><body>{words}</body></html>".encode())).text.count("格的文字") == levels


def test_a_drawing_with_many_shapes_is_no_nesting() -> None:
    shapes = '<path d="M0 0"/>' * 8000
    page = f"<html><body><svg>{shapes}</svg><p>关于印发油茶管理办法的通知，请遵照执行。</p></body></html>"
    assert "油茶" in read(Upload("a.html", page.encode())).text


def renamed_main_part(name: str, size: int) -> bytes:
    """A docx whose main part has another name, and that many bytes of markup."""
    whole, out = writers.as_docx(papers.WATER), io.BytesIO()
    markup = f"<w:document {WORD}><w:body>{CELL.format(1)}{' ' * size}</w:body></w:document>".encode()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            data = markup if entry == "word/document.xml" else source.read(entry)
            data = data.replace(b"word/document.xml", name.encode()) if entry == "_rels/.rels" else data
            target.writestr(name if entry == "word/document.xml" else entry, data)
        if name != "word/document.xml":
            target.writestr("word/document.xml", b"<x/>")
    return out.getvalue()


@pytest.mark.parametrize("name", ["word/document.xml", "word/document.bin", "word/document.XML", "main/text"])
def test_a_part_of_a_package_is_measured_whatever_it_is_called(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.docx_package._MAX_PARTS", 2_000_000)
    assert read(Upload("a.docx", renamed_main_part(name, 100))).text == "第1格"
    with pytest.raises(UnreadableFile) as caught:
        read(Upload("a.docx", renamed_main_part(name, 2_500_000)))
    assert caught.value.kind == "zip_bomb" and name in caught.value.message


def test_many_parts_that_are_large_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.ingest.docx_package._MAX_PARTS", 2_000_000)
    data = writers.as_docx(papers.WATER)
    for part in ("styles", "numbering", "footnotes"):
        markup = f"<w:{part} {WORD}>{' ' * 900_000}</w:{part}>".encode()
        data = writers.changed_zip(data, f"word/{part}.xml", lambda _, markup=markup: markup)
    with pytest.raises(UnreadableFile) as caught:
        read(Upload("a.docx", data))
    assert caught.value.kind == "zip_bomb"
