"""Words of Word documents that stand in no run: WordArt, shapes, diagrams, symbols, formulas, embedded files, inserted chunks."""

import struct
from pathlib import Path

import pytest

from corpora import papers, writers
from corpora.compound import as_compound
from pipeline.document import BlockKind, Problem
from pipeline.ingest import Upload, read, uploads
from tests.ingest.word_markup import (
    element,
    flat,
    lines,
    paragraph,
    parts_of,
    read_parts,
    related,
    relations,
    word,
)  # fmt: skip

BOX = "<w:txbxContent>{}</w:txbxContent>"
INNER = writers.as_docx(["临溪县停车管理办法", "第一条 收费应当公示。"])


def of_run(content: str) -> str:
    return f"<w:p><w:r>{content}</w:r></w:p>"


def shape(content: str) -> str:
    return f"<w:drawing><a:graphic><a:graphicData>{content}</a:graphicData></a:graphic></w:drawing>"


DRAWN = {
    "WordArt": '<w:pict><v:shape type="#_x0000_t136"><v:textpath style="x" string="临溪县人民政府"/></v:shape></w:pict>',
    "text box": f"<w:pict><v:shape><v:textbox>{BOX.format(paragraph('临溪县人民政府'))}</v:textbox></v:shape></w:pict>",
    "drawn text box": shape(f"<wps:wsp><wps:txbx>{BOX.format(paragraph('临溪县人民政府'))}</wps:txbx></wps:wsp>"),
    "shape": shape("<a:sp><a:txBody><a:p><a:r><a:t>临溪县</a:t></a:r><a:r><a:t>人民政府</a:t></a:r></a:p></a:txBody></a:sp>"),
    "choice": '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>' + BOX.format(paragraph("临溪县人民政府"))
    + f"</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>{BOX.format(paragraph('临溪县人民政府'))}</w:pict></mc:Fallback></mc:AlternateContent>",
}  # fmt: skip


@pytest.mark.parametrize("content", DRAWN.values(), ids=DRAWN)
def test_drawn_words_are_read_once(content: str) -> None:
    source = word(of_run(content) + paragraph("通知如下。"))
    assert source.text == "临溪县人民政府\n通知如下。" and source.blocks[0].kind is BlockKind.TEXT_BOX
    hidden = f"<w:p><w:r><w:rPr><w:vanish/></w:rPr>{content}</w:r></w:p>"
    assert lines(hidden + paragraph("通知如下。")) == ["通知如下。"]


def test_the_boxes_of_a_diagram_are_read() -> None:
    name = "http://schemas.openxmlformats.org/drawingml/2006/diagram"

    def point(kind: str, words: str) -> str:
        text = f"<a:p><a:r><a:t>{words}</a:t></a:r></a:p>"
        return f'<d:pt xmlns:d="{name}" modelId="1" type="{kind}"><d:t>{text}</d:t></d:pt>'

    data = element("a:x", point("node", "受理") + point("pres", "样式") + point("node", "办结"))
    drawing = shape(f'<d:relIds xmlns:d="{name}" r:dm="d1"/>')
    links = related("diagrams/data1.xml", "diagramData", "d1")
    made = parts_of(of_run(drawing), links=links, parts={"word/diagrams/data1.xml": data})
    assert read_parts(made).text.split("\n") == ["受理", "办结"]


def test_charts_and_objects_of_equation_editors_are_told() -> None:
    chart = shape('<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/>')
    equation = '<w:object><o:OLEObject ProgID="Equation.3" r:id="q"/></w:object>'
    source = word(paragraph("见下图。") + of_run(chart) + of_run(equation))
    messages = [note.message for note in source.notes]
    assert any("图表1处" in message for message in messages) and any("公式1处" in message for message in messages)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        ('<w:sym w:font="Wingdings" w:char="F0FE"/>', "☑"),
        ('<w:sym w:font="wingdings" w:char="00a8"/>', "□"),
        ('<w:sym w:font="Wingdings 2" w:char="F052"/>', "☑"),
        ('<w:sym w:font="Wingdings 2" w:char="F0A3"/>', "□"),
        ('<w:sym w:font="Symbol" w:char="F0B3"/>', "≥"),
        ('<w:sym w:font="宋体" w:char="2611"/>', "☑"),
        ('<w:rPr><w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/></w:rPr><w:t>þ</w:t>', "☑"),
        ('<w:rPr><w:rFonts w:ascii="Wingdings 2"/></w:rPr><w:t>R同意£</w:t>', "☑同意□"),
        ('<w:rPr><w:rFonts w:ascii="Symbol"/></w:rPr><w:t>±5 a</w:t>', "±5 α"),
        ('<w:rPr><w:rFonts w:ascii="Arial"/></w:rPr><w:t>R</w:t>', "R"),
    ],
)
def test_symbols_show_as_in_their_font(content: str, shown: str) -> None:
    source = word(f"<w:p><w:r>{content}</w:r><w:r><w:t>选项</w:t></w:r></w:p>")
    assert source.text == f"{shown}选项" and not source.notes


@pytest.mark.parametrize("char", ["F021X", "", "0C", "FFFFFFFFF", "D800", "F0C3"])
def test_symbols_that_are_not_known_are_told(char: str) -> None:
    source = word(f'<w:p><w:r><w:sym w:font="Wingdings" w:char="{char}"/></w:r><w:r><w:t>选项</w:t></w:r></w:p>')
    assert source.text == "选项" and any("特殊符号1处" in note.message for note in source.notes)


def math(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("formula", "shown", "told"),
    [
        (math("面积") + math("×20"), "面积×20", False),
        (f"<m:f><m:num>{math('总额')}</m:num><m:den>{math('户数')}</m:den></m:f>", "总额/户数", True),
        (f"<m:f><m:num>{math('甲+乙')}</m:num><m:den>{math('2')}</m:den></m:f>", "（甲+乙）/2", True),
        (f"<m:sSup><m:e>{math('r')}</m:e><m:sup>{math('2')}</m:sup></m:sSup>", "r²", True),
        (f"<m:sSup><m:e>{math('r')}</m:e><m:sup>{math('n+1')}</m:sup></m:sSup>", "r^（n+1）", True),
        (f"<m:sSub><m:e>{math('x')}</m:e><m:sub>{math('1')}</m:sub></m:sSub>", "x_1", True),
        (f"<m:rad><m:deg/><m:e>{math('x')}</m:e></m:rad>", "√（x）", True),
        (f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr><m:e>{math("x")}</m:e></m:d>', "[x]", True),
        (f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr><m:sub>{math("i")}</m:sub><m:sup/><m:e>{math("x")}</m:e></m:nary>', "∑_ix", True),
    ],
)  # fmt: skip
def test_formulas_are_written_on_one_line_and_told_where_they_have_structure(
    formula: str, shown: str, told: bool
) -> None:
    body = f"<w:p><w:r><w:t>补助=</w:t></w:r><m:oMath>{formula}</m:oMath><w:r><w:t>元。</w:t></w:r></w:p>"
    source = word(body)
    assert source.text == f"补助={shown}元。" and any(note.kind == "formula" for note in source.notes) is told
    alone = f"<w:p><m:oMathPara><m:oMath>{formula}</m:oMath></m:oMathPara></w:p>"
    assert lines(alone) == [shown]


def embedding(name: str, data: bytes, *, more: str = "") -> dict[str, bytes]:
    """A document with a file embedded in it as an object."""
    thing = f'<w:object><o:OLEObject Type="Embed" ProgID="Word.Document.12" r:id="o1"/></w:object>{more}'
    links = related(f"embeddings/{name}", "package", "o1")
    return parts_of(paragraph("附件：办法") + of_run(thing), links=links, parts={f"word/embeddings/{name}": data})


def packaged(name: str, data: bytes) -> bytes:
    """The stream of the object packager."""
    path = name.encode("gb18030")
    head = (
        struct.pack("<IH", 0, 2)
        + path
        + b"\x00"
        + b"C:\\"
        + path
        + b"\x00"
        + struct.pack("<II", 0x30000, len(path) + 1)
    )
    return head + path + b"\x00" + struct.pack("<I", len(data)) + data


EMBEDDED = {
    "package": ("Word1.docx", INNER, "内嵌文件1.docx"),
    "packager": ("o.bin", as_compound({"\x01Ole10Native": packaged("停车办法.docx", INNER)}), "停车办法.docx"),
    "stream": ("o.bin", as_compound({"Package": INNER}), "内嵌文件1.docx"),
}


@pytest.mark.parametrize("kind", EMBEDDED)
@pytest.mark.parametrize("written", ["zip", "xml"])
def test_embedded_documents_are_told_and_handed_on(tmp_path: Path, kind: str, written: str) -> None:
    part, data, name = EMBEDDED[kind]
    made = embedding(part, data)
    file = tmp_path / f"通知.{'docx' if written == 'zip' else 'xml'}"
    file.write_bytes(writers.as_zip(made) if written == "zip" else flat(made).encode())
    found = [one for one in uploads(file) if isinstance(one, Upload)]
    assert [one.name.removeprefix(str(file)) for one in found] == ["", f"/{name}"]
    assert "第一条 收费应当公示。" in read(found[1]).text
    assert any(note.kind == "attached" and name in note.message for note in read(found[0]).notes)


@pytest.mark.parametrize("data", [b"", b"x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), INNER[:500]])
def test_damaged_objects_cost_neither_the_document_nor_a_word_about_them(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "通知.docx"
    file.write_bytes(writers.as_zip(embedding("o.bin", data)))
    first, *others = uploads(file)
    assert isinstance(first, Upload) and read(first).text == "附件：办法"
    assert any(note.kind == "attached" for note in read(first).notes)
    assert all(isinstance(one, Problem) for one in others)


def test_an_object_that_was_deleted_is_not_handed_on(tmp_path: Path) -> None:
    made = embedding("Word1.docx", INNER)
    main = (
        made["word/document.xml"]
        .replace(b"<w:r><w:object>", b"<w:del><w:r><w:object>")
        .replace(b"</w:object></w:r>", b"</w:object></w:r></w:del>")
    )
    file = tmp_path / "通知.docx"
    file.write_bytes(writers.as_zip({**made, "word/document.xml": main}))
    assert len(list(uploads(file))) == 1 and not any(
        note.kind == "attached" for note in read_parts({**made, "word/document.xml": main}).notes
    )


MAIL = b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\nSubject: x\r\n\r\n"
PAGE = "<html><body><p>第一条 收费应当在停车场入口处公示。</p></body></html>".encode()
CHUNKS = {
    "docx": writers.as_docx(["第一条 收费应当在停车场入口处公示。"]),
    "html": PAGE,
    "mht": MAIL + PAGE,
    "txt": "第一条 收费应当在停车场入口处公示。".encode(),
}


def chunked(name: str, data: bytes) -> dict[str, bytes]:
    body = paragraph("办法如下：") + '<w:altChunk r:id="c1"/>' + paragraph("特此通知。")
    return parts_of(body, links=related(name, "aFChunk", "c1"), parts={f"word/{name}": data})


@pytest.mark.parametrize("kind", CHUNKS)
def test_inserted_chunks_are_read_at_their_place(kind: str) -> None:
    found = read_parts(chunked(f"chunk.{kind}", CHUNKS[kind])).text.split("\n")
    assert found == ["办法如下：", "第一条 收费应当在停车场入口处公示。", "特此通知。"]


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0" + bytes(99), b"PK\x03\x04", writers.as_zip({"a.txt": b"x"})])
def test_chunks_that_cannot_be_read_are_told(data: bytes) -> None:
    source = read_parts(chunked("chunk.bin", data))
    assert source.text == "办法如下：\n特此通知。" and any(note.kind == "chunk" for note in source.notes)


def test_chunks_within_chunks_stop() -> None:
    data = writers.as_docx(papers.WATER)
    for _ in range(6):
        data = writers.as_zip(chunked("chunk.docx", data))
    source = read(Upload("a.docx", data))
    assert source.text.count("办法如下：") < 6 and any(note.kind == "chunk" for note in source.notes)


def test_a_relationship_that_leads_out_of_the_file_is_not_followed() -> None:
    made = chunked("chunk.txt", b"x")
    outside = related("file:///etc/hostname", "aFChunk", "c1").replace("/>", ' TargetMode="External"/>')
    source = read_parts({**made, "word/_rels/document.xml.rels": relations(outside).encode()})
    assert source.text == "办法如下：\n特此通知。"


def test_embedded_files_that_are_too_large_together_are_problems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.ingest.docx_package._MAX_EMBEDDED", len(INNER) + 100)
    second = '<w:object><o:OLEObject Type="Embed" r:id="o2"/></w:object>'
    made = embedding("Word1.docx", INNER, more=second)
    links = related("embeddings/Word1.docx", "package", "o1") + related("embeddings/Word2.docx", "package", "o2")
    made |= {"word/_rels/document.xml.rels": relations(links).encode(), "word/embeddings/Word2.docx": INNER}
    file = tmp_path / "通知.docx"
    file.write_bytes(writers.as_zip(made))
    first, whole, lost = uploads(file)
    assert isinstance(first, Upload) and isinstance(whole, Upload) and whole.data == INNER
    assert isinstance(lost, Problem) and lost.kind == "zip_bomb" and read(first).text == "附件：办法"
