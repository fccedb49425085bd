"""Malicious files: each stops at a limit within seconds, with a reason, and nothing outside the file is read."""

import io
import time
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
