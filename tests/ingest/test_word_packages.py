"""Word documents in other packages and in XML formats: strict, Flat OPC, Word 2003 XML, flat ODT, UOF."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from corpora import papers, writers
from pipeline.converter import convert, office_program
from pipeline.errors import UnreadableFile
from pipeline.ingest import Upload, read, uploads
from pipeline.ingest.detect import detect
from pipeline.sandbox import Bounds
from pipeline.word_package import usual_package
from tests.ingest.word_markup import (
    cell,
    definition,
    flat,
    level,
    listing,
    numbered,
    paragraph,
    parts_of,
    read_parts,
    row,
    strict,
    table,
)  # fmt: skip

OFFICE = pytest.mark.skipif(office_program() is None, reason="no LibreOffice here: apt-get install libreoffice-writer")
PARTS = parts_of(
    paragraph("临溪县停车管理办法")
    + paragraph("收费应当公示。", place=numbered(4, 0))
    + "<w:p><m:oMath><m:r><m:t>收费=时长×单价</m:t></m:r></m:oMath></w:p>"
    + table(row(cell(paragraph("人民路")), cell(paragraph("三元")))),
    numbering=definition(3, level(0, "第%1条 ")) + listing(4, 3),
)
EXPECTED = ["临溪县停车管理办法", "第一条 收费应当公示。", "收费=时长×单价", "人民路", "三元"]
HEAD = '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
WORD_2003 = (
    f'{HEAD}<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"><w:body>'
    "<w:p><w:r><w:t>临溪县停车管理办法</w:t></w:r></w:p><w:p><w:r><w:t>收费应当公示。</w:t></w:r></w:p></w:body></w:wordDocument>"
)  # fmt: skip


def test_strict_documents_read_as_usual_ones() -> None:
    assert read_parts(strict(PARTS)).text.split("\n") == EXPECTED == read_parts(PARTS).text.split("\n")


def test_an_address_of_the_strict_namespace_in_the_words_stays_as_it_is() -> None:
    address = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    assert read_parts(strict(parts_of(paragraph("命名空间为") + paragraph(address)))).text.endswith(address)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("name", ["文件.xml", "文件.doc", "文件.docx"])
def test_a_document_in_one_xml_file_is_read_whatever_its_name_and_encoding(name: str, encoding: str) -> None:
    markup = flat(PARTS).replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    source = read(Upload(name, markup.encode(encoding)))
    assert source.text.split("\n") == EXPECTED and source.format == "docx"
    assert any(note.kind == "suffix" for note in source.notes) is (name == "文件.doc")


def test_a_strict_document_in_one_xml_file_is_read() -> None:
    assert read(Upload("a.xml", flat(strict(PARTS)).encode())).text.split("\n") == EXPECTED


def test_damaged_documents_in_one_xml_file_are_damaged_and_no_text() -> None:
    for data in (
        flat({}),
        flat(PARTS).replace("<w:body>", "<w:x>"),
        flat({"word/media/a.bin": b"x"}).replace("eA==", "e"),
    ):
        with pytest.raises(UnreadableFile) as caught:
            read(Upload("a.xml", data.encode()))
        assert caught.value.kind == "broken" and "markup" not in caught.value.message


@pytest.mark.parametrize("parts", [strict(PARTS), PARTS], ids=["strict", "usual"])
def test_other_programs_open_the_package_that_is_rewritten_for_them(parts: dict[str, bytes]) -> None:
    types = parts["[Content_Types].xml"].replace(
        b"/>", b'><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        b'<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    )  # fmt: skip
    data = writers.as_zip({**parts, "[Content_Types].xml": types})
    assert (usual_package(data) == data) is (parts is PARTS)
    assert docx.Document(io.BytesIO(usual_package(data))).paragraphs[0].text == EXPECTED[0]
    with zipfile.ZipFile(io.BytesIO(usual_package(flat(parts).encode()))) as package:
        assert {*package.namelist()} == {*parts}


@pytest.mark.parametrize("name", ["word/document.xml", "word/styles.xml", "word/_rels/document.xml.rels"])
def test_parts_that_are_too_large_together_are_refused_whatever_they_are(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.ingest.docx_package._MAX_PARTS", 50_000)
    assert read_parts(PARTS).text.split("\n") == EXPECTED
    with pytest.raises(UnreadableFile) as caught:
        read_parts({**PARTS, name: PARTS[name] + b" " * 50_000})
    assert caught.value.kind == "zip_bomb" and caught.value.remedy


@pytest.mark.parametrize("name", ["word/document2.xml", "word\\document.xml"])
def test_a_main_part_of_another_name_is_still_a_word_document(name: str) -> None:
    parts = {part: data for part, data in PARTS.items() if part != "word/document.xml"}
    parts[name] = PARTS["word/document.xml"]
    parts["_rels/.rels"] = PARTS["_rels/.rels"].replace(b"word/document.xml", name.replace("\\", "/").encode())
    parts["word/_rels/document2.xml.rels"] = PARTS["word/_rels/document.xml.rels"]
    assert read_parts(parts).text.split("\n") == EXPECTED


@OFFICE
@pytest.mark.parametrize("name", ["文件.doc", "文件.xml", "文件.wps"])
def test_word_2003_xml_is_read_as_a_word_document(name: str) -> None:
    source = read(Upload(name, WORD_2003.encode()))
    assert source.text.split("\n") == [*EXPECTED[:1], "收费应当公示。"]
    assert source.format == "doc" and not source.notes


@OFFICE
@pytest.mark.parametrize("chapters", [("第一章总则", "第二章附则"), ("第一章总则",)])
def test_articles_that_begin_anew_after_a_conversion_are_told(chapters: tuple[str, ...]) -> None:
    rows = [line for chapter in chapters for line in (chapter, "第一条收费应当公示。", "第二条收费应当开票。")]
    source = read(Upload("a.rtf", writers.as_rtf(rows)))
    assert any(note.kind == "restarted" and "第二章" in note.message for note in source.notes) is (len(chapters) > 1)


@OFFICE
@pytest.mark.parametrize(
    ("to", "suffix", "kind"),
    [("fodt", "fodt", "odt"), ("uot:UOF text", "uot", "uof"), ("xml:MS Word 2003 XML", "xml", "doc")],
)
def test_office_documents_in_one_xml_file_are_read_under_any_name(
    tmp_path: Path, to: str, suffix: str, kind: str
) -> None:
    source = tmp_path / "source.docx"
    source.write_bytes(writers.as_docx(papers.LAYOUT))
    form, _, filtered = to.partition(":")
    written = convert(str(office_program()), source, form, Bounds(90, 0)) if not filtered else None
    data = written.read_bytes() if written else _converted(source, to)
    for name in (f"文件.{suffix}", "文件.doc"):
        found = read(Upload(name, data))
        assert "".join(found.text.split()) == "".join("".join(papers.LAYOUT).split()) and found.format == kind


def _converted(source: Path, to: str) -> bytes:
    """A document in a format that LibreOffice writes only where its filter is named."""
    from pipeline.sandbox import run_sandboxed

    profile = f"-env:UserInstallation=file://{source.parent}/profile"
    command = (
        str(office_program()),
        "--headless",
        profile,
        "--convert-to",
        to,
        "--outdir",
        str(source.parent),
        str(source),
    )
    run_sandboxed(command, source.parent, Bounds(90, 0))
    return source.with_suffix(f".{to.partition(':')[0]}").read_bytes()


@pytest.mark.parametrize(
    ("markup", "kind"),
    [
        ('<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:mimetype="application/vnd.oasis.opendocument.text"/>', "fodt"),
        ('<a:UOF xmlns:a="http://schemas.uof.org/cn/2003/uof" a:mimetype="vnd.uof.text"/>', "uof"),
        ('<?xml version="1.0"?><!-- 附件 --><a:wordDocument xmlns:a="http://schemas.microsoft.com/office/word/2003/wordml">', "word_xml"),
        ('<wordDocument xmlns="http://example.org/">公告</wordDocument>', "txt"),
        ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>公告</body></html>', "html"),
        ("<通知> 各乡镇：", "txt"),
        ("<?xml", "txt"),
    ],
)  # fmt: skip
def test_the_root_element_decides_which_xml_file_is_an_office_document(markup: str, kind: str) -> None:
    assert detect(markup.encode()) == kind


def test_a_packed_document_of_uof_2_is_one_document_with_a_way_out(tmp_path: Path) -> None:
    file = tmp_path / "a.uof"
    file.write_bytes(writers.as_zip({"uof.xml": b"<a/>", "content.xml": b"<a/>", "_meta/meta.xml": b"<a/>"}))
    found = list(uploads(file))
    assert len(found) == 1 and isinstance(found[0], Upload)
    with pytest.raises(UnreadableFile) as caught:
        read(found[0])
    assert caught.value.kind == "unsupported" and "docx" in caught.value.remedy
