"""Writes test documents: the same paragraphs as txt, md, html, docx, pdf, ofd, rtf, odt, mail and archive, intact or damaged."""

import io
import zipfile
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from email.message import EmailMessage
from hashlib import sha256
from xml.sax.saxutils import escape

import docx
import pypdfium2 as pdfium
import xlsxwriter
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

from corpora import fonts

_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
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
    """A Word document in which 第一条 and （一） exist only as automatic numbering."""
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


def as_pdf(paragraphs: Sequence[str], header: str = "", *, embedded: bool = False) -> bytes:
    """Pages with a text layer: first lines indented, header and page number on every page.

    The font is only referenced by name, as in many official files, unless `embedded`.
    """
    name = _embedded_font("".join(paragraphs) + header) if embedded else "STSong-Light"
    if not embedded:
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    stream = io.BytesIO()
    page = canvas.Canvas(stream, pagesize=A4)
    lines = [line for paragraph in paragraphs for line in _wrap(paragraph)]
    for number, start in enumerate(range(0, len(lines), 24), 1):
        page.setFont(name, SIZE)
        for row, (indent, text) in enumerate(lines[start : start + 24]):
            page.drawString(72 + indent * SIZE, A4[1] - 100 - row * 26, text)
        page.setFont(name, 9)
        if header:
            page.drawString(72, A4[1] - 40, header)
        page.drawCentredString(A4[0] / 2, 40, f"— {number} —")
        page.showPage()
    page.save()
    return stream.getvalue()


def _embedded_font(text: str) -> str:
    """Register a subset of the page font, with the characters of a text and of page numbers, and return its name."""
    text += "— 0123456789"
    name = f"Carried{sha256(text.encode()).hexdigest()[:12]}"
    pdfmetrics.registerFont(TTFont(name, io.BytesIO(fonts.truetype(text, name))))
    return name


def _wrap(paragraph: str) -> list[tuple[int, str]]:
    """Wrap a paragraph into (indent in characters, text); short paragraphs without final punctuation are centred."""
    if len(paragraph) < LINE and not paragraph.endswith(("。", "；", "：")):
        return [((LINE - len(paragraph)) // 2, paragraph)]
    lines, text, width, available = [], "", 0.0, LINE - 2.0
    for character in paragraph:
        size = 0.5 if character.isascii() else 1.0
        if width + size > available:
            lines.append((0 if lines else 2, text))
            text, width, available = "", 0.0, float(LINE)
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
    """A blank page as an image, without a text layer."""
    stream = io.BytesIO()
    Image.new("L", (620, 877), 255).save(stream, format="PDF")
    return stream.getvalue()


def as_scan(paragraphs: Sequence[str], dpi: int = 200) -> list[Image.Image]:
    """The pages rendered as images, as from a scanner; needs no Chinese font on the system."""
    document = pdfium.PdfDocument(as_pdf(paragraphs, embedded=True))
    return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in document]


def as_picture_pdf(pages: Sequence[Image.Image]) -> bytes:
    """Page images as a PDF without a text layer."""
    stream = io.BytesIO()
    pages[0].save(stream, format="PDF", save_all=True, append_images=list(pages[1:]), resolution=200)
    return stream.getvalue()


def as_rtf(paragraphs: Sequence[str]) -> bytes:
    """An RTF document with every character as a \\u escape."""
    body = "\\par\n".join(
        "".join(f"\\u{ord(c) - 65536 if ord(c) > 32767 else ord(c)}?" for c in text) for text in paragraphs
    )
    return f"{{\\rtf1\\ansi\\uc1 {body}\\par}}".encode("ascii")


def as_odt(paragraphs: Sequence[str]) -> bytes:
    """An OpenDocument text."""
    office, text = (
        "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    )
    body = "".join(f"<text:p>{escape(paragraph)}</text:p>" for paragraph in paragraphs)
    kind = "application/vnd.oasis.opendocument.text"
    parts = (("/", kind), ("content.xml", "text/xml"))
    entry = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{what}"/>' for path, what in parts
    )
    spaces = f'xmlns:office="{office}" xmlns:text="{text}"'
    inside = f"<office:body><office:text>{body}</office:text></office:body>"
    listed = f'<manifest:manifest xmlns:manifest="{_MANIFEST}" manifest:version="1.2">{entry}</manifest:manifest>'
    content = f'<office:document-content {spaces} office:version="1.2">{inside}</office:document-content>'
    return as_zip(
        {"mimetype": kind.encode(), "META-INF/manifest.xml": listed.encode(), "content.xml": content.encode()}
    )


def as_ofd(paragraphs: Sequence[str], *, signed: bool = False, attached: Mapping[str, bytes] | None = None) -> bytes:
    """An OFD (GB/T 33190-2016) with one text object per line and 24 lines per page.

    `signed` adds a signature with the digests of all parts; `attached` are files to attach, by name.
    """
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    lines = [line for paragraph in paragraphs for line in _wrap(paragraph)]
    files, pages = {}, []
    for number, start in enumerate(range(0, len(lines), 24)):
        objects = []
        for row, (indent, text) in enumerate(lines[start : start + 24]):
            x, y = 25.4 + indent * 5.6, 35 + row * 9
            code = f'<ofd:TextCode X="0" Y="5" DeltaX="g {max(len(text) - 1, 1)} 5.6">{escape(text)}</ofd:TextCode>'
            where = f'ID="{1000 * number + row + 10}" Boundary="{x} {y} {len(text) * 5.6} 6" Font="1" Size="5.6"'
            objects.append(f"<ofd:TextObject {where}>{code}</ofd:TextObject>")
        page = f'<ofd:Page {space}><ofd:Content><ofd:Layer ID="{2 + number}">{"".join(objects)}</ofd:Layer></ofd:Content></ofd:Page>'
        files[f"Doc_0/Pages/Page_{number}/Content.xml"] = page.encode()
        pages.append(f'<ofd:Page ID="{100 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>')
    common = "<ofd:CommonData><ofd:MaxUnitID>9000</ofd:MaxUnitID><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
    body = "<ofd:DocInfo><ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    files["OFD.xml"] = (
        f'<ofd:OFD {space} Version="1.0" DocType="OFD"><ofd:DocBody>{body}</ofd:DocBody></ofd:OFD>'.encode()
    )
    files["Doc_0/Document.xml"] = (
        f"<ofd:Document {space}>{common}<ofd:Pages>{''.join(pages)}</ofd:Pages></ofd:Document>".encode()
    )
    if attached:
        listed = "".join(
            f'<ofd:Attachment Name="{name}"><ofd:FileLoc>/Doc_0/Attachs/{name}</ofd:FileLoc></ofd:Attachment>'
            for name in attached
        )
        files["Doc_0/Attachments.xml"] = f"<ofd:Attachments {space}>{listed}</ofd:Attachments>".encode()
        files["Doc_0/Document.xml"] = files["Doc_0/Document.xml"].replace(
            b"</ofd:Document>", b"<ofd:Attachments>Attachments.xml</ofd:Attachments></ofd:Document>"
        )
        files |= {f"Doc_0/Attachs/{name}": data for name, data in attached.items()}
    if signed:
        files |= _signature(files, space)
    return as_zip(files)


def _signature(files: Mapping[str, bytes], space: str) -> dict[str, bytes]:
    """A signature over all parts of an OFD, with valid digests and a dummy signature value."""
    checks = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{b64encode(sha256(data).digest()).decode()}</ofd:CheckValue></ofd:Reference>'
        for name, data in files.items()
    )
    content = f'<ofd:SignatureDateTime>2025-07-15 09:00:00</ofd:SignatureDateTime><ofd:References CheckMethod="SHA256">{checks}</ofd:References>'
    root = f"<ofd:Signature {space}><ofd:SignedInfo>{content}</ofd:SignedInfo></ofd:Signature>"
    return {"Doc_0/Signs/Sign_0/Signature.xml": root.encode(), "Doc_0/Signs/Sign_0/SignedValue.dat": b"0"}


def as_zip(files: Mapping[str, bytes], *, gbk_names: bool = False) -> bytes:
    """An archive; with `gbk_names` entry names are in GBK without any flag, as Windows writes them."""
    stream, placeholders = io.BytesIO(), {}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(files.items()):
            raw = name.encode("gb18030")
            placeholder = f"@{number:02d}".ljust(len(raw), "@")[: len(raw)]
            placeholders[placeholder.encode()] = raw
            entry = zipfile.ZipInfo(placeholder if gbk_names else name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    written = stream.getvalue()
    for placeholder_bytes, raw in placeholders.items():
        written = written.replace(placeholder_bytes, raw) if gbk_names else written
    return written


def as_eml(subject: str, body: str, attached: Mapping[str, bytes]) -> bytes:
    """A mail with its attachments."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.test", "b@example.test", subject
    message["Date"] = "Mon, 02 Mar 2026 09:00:00 +0800"
    message.set_content(body)
    for name, data in attached.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def as_xlsx(rows: Sequence[Sequence[object]], *, sheet: str = "目录") -> bytes:
    """A spreadsheet; dates are written as date cells."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    page, day = book.add_worksheet(sheet), book.add_format({"num_format": "yyyy-mm-dd"})
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, date):
                page.write_datetime(at, column, datetime(value.year, value.month, value.day), day)
            else:
                page.write(at, column, value)
    book.close()
    return stream.getvalue()


def changed_zip(whole: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """An archive with one entry changed; `change` gets b"" for an entry that does not exist."""
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    return as_zip({**files, name: change(files.get(name, b""))})
