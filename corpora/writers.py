"""Writers of test documents: the same paragraphs as txt, md, html, docx, pdf, zip, whole and broken."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

LINE = 28  # characters to a printed line
SIZE = 16  # points


def as_txt(paragraphs: Sequence[str], encoding: str = "utf-8") -> bytes:
    return "\n".join(paragraphs).encode(encoding)


def as_md(paragraphs: Sequence[str]) -> bytes:
    return (
        "# " + paragraphs[0] + "\n\n" + "\n\n".join(f"**{p}**" if len(p) < 6 else p for p in paragraphs[1:])
    ).encode()


def as_html(paragraphs: Sequence[str], meta: Mapping[str, str], charset: str = "utf-8") -> bytes:
    """A government page: navigation, information table, text, footer."""
    rows = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in meta.items())
    body = "".join(f"<p>　　{paragraph}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{paragraphs[0]}_临溪县人民政府</title></head><body>'
        '<div class="nav"><a href="/">首页</a> &gt; <a href="/zwgk">政务公开</a></div>'
        f'<table class="info">{rows}</table><div id="zoom" class="TRS_Editor">{body}</div>'
        '<div class="foot">版权所有：临溪县人民政府办公室　网站标识码4300000000</div></body></html>'
    ).encode(charset)


def as_docx(paragraphs: Sequence[str], table: Sequence[Sequence[str]] = ()) -> bytes:
    """A plain Word document, with a table at the end if rows are given."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        _add_table(document, table)
    return _bytes(document)


def _add_table(document: "docx.document.Document", rows: Sequence[Sequence[str]]) -> None:
    grid = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, texts in zip(grid.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def _bytes(document: "docx.document.Document") -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_numbered_docx(head: Sequence[str], articles: Sequence[tuple[str, Sequence[str]]], tail: Sequence[str]) -> bytes:
    """Articles and items whose 第一条 and （一） exist only as automatic numbers."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.append(parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:multiLevelType w:val="multilevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="第%1条"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
        "</w:abstractNum>"
    ))  # fmt: skip
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for text in head:
        document.add_paragraph(text)
    for article, items in articles:
        _number(document.add_paragraph(article), 0)
        for item in items:
            _number(document.add_paragraph(item), 1)
    for text in tail:
        document.add_paragraph(text)
    return _bytes(document)


def _number(paragraph: "docx.text.paragraph.Paragraph", depth: int) -> None:
    paragraph._p.get_or_add_pPr().append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>')
    )


def add_revision(data: bytes, inserted: str, deleted: str) -> bytes:
    """A document with a tracked insertion and a tracked deletion in its last paragraph."""
    document = docx.Document(io.BytesIO(data))
    paragraph = document.paragraphs[-1]._p
    for tag, text_tag, text in (("w:ins", "w:t", inserted), ("w:del", "w:delText", deleted)):
        change, run, content = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(text_tag)
        change.set(qn("w:id"), "9")
        change.set(qn("w:author"), "审核人")
        content.text = text
        run.append(content)
        change.append(run)
        paragraph.append(change)
    return _bytes(document)


def add_text_box(data: bytes, text: str) -> bytes:
    """A document whose first paragraph carries a text box."""
    document = docx.Document(io.BytesIO(data))
    box = parse_xml(
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent>'
        f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    document.paragraphs[0]._p.append(box)
    return _bytes(document)


def as_pdf(paragraphs: Sequence[str], header: str = "") -> bytes:
    """Printed pages with a text layer: first lines indented, header and page number on every page."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=A4)
    lines = [line for paragraph in paragraphs for line in _set(paragraph)]
    for number, start in enumerate(range(0, len(lines), 24), 1):
        page.setFont("STSong-Light", SIZE)
        for row, (indent, text) in enumerate(lines[start : start + 24]):
            page.drawString(72 + indent * SIZE, A4[1] - 100 - row * 26, text)
        page.setFont("STSong-Light", 9)
        if header:
            page.drawString(72, A4[1] - 40, header)
        page.drawCentredString(A4[0] / 2, 40, f"— {number} —")
        page.showPage()
    page.save()
    return stream.getvalue()


def _set(paragraph: str) -> list[tuple[int, str]]:
    """The lines of a paragraph with their indent in characters; short ones without a mark are centred."""
    if len(paragraph) < LINE and not paragraph.endswith(("。", "；", "：")):
        return [((LINE - len(paragraph)) // 2, paragraph)]
    lines, text, width, room = [], "", 0.0, LINE - 2.0
    for character in paragraph:
        size = 0.5 if character.isascii() else 1.0
        if width + size > room:
            lines.append((0 if lines else 2, text))
            text, width, room = "", 0.0, float(LINE)
        text, width = text + character, width + size
    return [*lines, (0 if lines else 2, text)]


def encrypted_pdf(data: bytes, password: str) -> bytes:
    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(data)).pages:
        writer.add_page(page)
    writer.encrypt(password, algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def scanned_pdf() -> bytes:
    """A page that is only a picture."""
    stream = io.BytesIO()
    Image.new("L", (620, 877), 255).save(stream, format="PDF")
    return stream.getvalue()


def as_zip(files: Mapping[str, bytes], *, gbk_names: bool = False) -> bytes:
    """An archive; names may be written in GBK without saying so, as Windows does."""
    stream, placeholders = io.BytesIO(), {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(files.items()):
            raw = name.encode("gb18030")
            placeholder = f"@{number:02d}".ljust(len(raw), "@")[: len(raw)]
            placeholders[placeholder.encode()] = raw
            entry = zipfile.ZipInfo(placeholder if gbk_names else name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    written = stream.getvalue()
    for placeholder_bytes, raw in placeholders.items():
        written = written.replace(placeholder_bytes, raw) if gbk_names else written
    return written
