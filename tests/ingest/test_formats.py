"""Every format gives the same text; numbering, revisions, text boxes and furniture of Word and PDF are handled."""

import io

import docx
import pytest

from corpora import papers, writers
from pipeline.document import BlockKind
from pipeline.ingest import Upload, read
from tests.builders import examined

PAPER = papers.FARMHOUSE
FORMATS = {
    "txt": writers.as_txt(PAPER),
    "txt_bom": writers.as_txt(PAPER, "utf-8-sig"),
    "txt_gb18030": writers.as_txt(PAPER, "gb18030"),
    "txt_utf16": writers.as_txt(PAPER, "utf-16"),
    "txt_utf16_no_mark": writers.as_txt(PAPER, "utf-16-le"),
    "md": "\n\n".join(PAPER).replace("第一章", "## 第一章").encode(),
    "html": writers.as_html(PAPER, {"索引号": "1", "发文机关": "湖南省临溪县人民政府", "文号": "临政发〔2025〕12号"}),
    "html_gb2312": writers.as_html(PAPER, {"索引号": "1", "发文机关": "湖南省临溪县人民政府"}, "gb2312"),
    "docx": writers.as_docx(PAPER),
    "pdf": writers.as_pdf(PAPER, header="临溪县人民政府"),
    "pdf_embedded": writers.as_pdf(PAPER, header="临溪县人民政府", embedded=True),
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_lines_come_out_of_every_format(name: str) -> None:
    source = read(Upload(name, FORMATS[name]))
    lines = [block.span.cut(source.text) for block in source.blocks if block.kind is BlockKind.PARAGRAPH]
    assert [line.replace(" ", "") for line in lines] == [line.replace(" ", "") for line in PAPER]


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_facts_come_out_of_every_format(name: str) -> None:
    dossier = examined(FORMATS[name], name)
    masthead = dossier.document.masthead
    assert masthead.title and masthead.title.value == "湖南省临溪县人民政府关于印发《临溪县农家乐经营管理办法》的通知"
    assert masthead.number and masthead.number.value == "临政发〔2025〕12号"
    assert {kind for f in dossier.assessment.findings for kind in (f.type, *f.others)} >= {
        "LIC-01",
        "PEN-01",
        "FOR-02",
        "FOR-03",
        "FEE-01",
        "FEE-02",
        "FRM-05",
    }
    assert len(dossier.document.attached) == 1


def test_automatic_numbers_of_word_are_part_of_the_text() -> None:
    data = writers.as_numbered_docx(papers.PARKING_HEAD, papers.PARKING_ARTICLES, ())
    text = read(Upload("a.docx", data)).text
    assert "第一条 为了维护城区停车秩序" in text
    assert "（一）公示收费标准；\n（二）配备管理人员；" in text
    assert "第三条 对违规停放的车辆" in text


def test_tracked_insertions_are_read_and_deletions_are_not() -> None:
    source = read(
        Upload(
            "a.docx",
            writers.add_revision(writers.as_docx(["正文第一段。", "本办法自"]), "2026年1月1日起施行。", "2025年"),
        )
    )
    assert source.text.endswith("本办法自2026年1月1日起施行。")
    assert any(note.kind == "tracked" for note in source.notes)


def test_text_boxes_and_tables_of_word_are_read() -> None:
    data = writers.add_text_box(writers.as_docx(["正文第一段落。"], papers.PARKING_TABLE), "临政发〔2026〕1号")
    source = read(Upload("a.docx", data))
    kinds = {block.span.cut(source.text): block.kind for block in source.blocks}
    assert kinds["临政发〔2026〕1号"] is BlockKind.TEXT_BOX
    assert kinds["人民路"] is BlockKind.CELL


def test_headers_and_page_numbers_of_a_pdf_are_furniture_and_boxes_lie_on_the_page() -> None:
    long = [
        *papers.FARMHOUSE,
        *(
            f"第{i}条 " + "为了检验跨页段落能够连接起来，这一条写得比一行更长，一直写到下一行甚至下一页。"
            for i in range(20, 60)
        ),
    ]
    source = read(Upload("a.pdf", writers.as_pdf(long, header="临溪县人民政府公报")))
    furniture = {b.span.cut(source.text) for b in source.blocks if b.kind is BlockKind.FURNITURE}
    assert "临溪县人民政府公报" in furniture and "— 2 —" in furniture
    assert source.pages and source.pages > 2
    assert all(b.box and 0 <= b.box[0] < b.box[2] <= 600 and b.page for b in source.blocks)
    assert "一直写到下一行甚至下一页。\n" in source.text


def test_the_information_table_of_a_page_is_a_block_kind_of_its_own() -> None:
    source = read(Upload("a.html", writers.as_html(papers.ELDERLY, papers.ELDERLY_META)))
    meta = [b.span.cut(source.text) for b in source.blocks if b.kind is BlockKind.META]
    assert "发文字号：临政办发〔2024〕21号" in meta
    assert "网站标识码" not in source.text


def test_a_file_with_a_wrong_suffix_is_read_by_content_with_a_note() -> None:
    source = read(Upload("后缀.pdf", writers.as_txt(papers.WATER)))
    assert source.format == "txt" and any(note.kind == "suffix" for note in source.notes)


def test_a_secrecy_mark_in_a_word_header_is_kept() -> None:
    document = docx.Document(io.BytesIO(writers.as_docx(papers.WATER)))
    header = document.sections[0].header
    header.paragraphs[0].text = "机密★5年"
    header.add_paragraph("内部资料")
    stream = io.BytesIO()
    document.save(stream)
    source = read(Upload("a.docx", stream.getvalue()))
    assert source.text.startswith("机密★5年\n") and source.blocks[0].kind is BlockKind.PARAGRAPH
    assert source.blocks[-1].kind is BlockKind.FURNITURE and source.blocks[-1].span.cut(source.text) == "内部资料"
    secrecy = examined(stream.getvalue(), "a.docx").document.masthead.secrecy
    assert secrecy and "机密" in secrecy.value
