"""Values of forms, typed words and stamps of a PDF are read in their place and told; comments and attached files are told."""

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Highlight, Text
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, RectangleObject, TextStringObject
from reportlab.pdfgen import canvas

from tests.ingest.pdf_pages import HEIGHT, Draw, lines, made, notes_of, source_of, text_of, together

PAPER = ["南浦县货车通行登记表", "登记编号：", "　　本表由公安机关交通管理部门留存。"]
Change = Callable[[PdfWriter], None]


def filled(*fields: Draw) -> bytes:
    return made(together(lines(PAPER), *fields), letters="".join(PAPER))


def field(value: str, x: float = 150, y: float = HEIGHT - 130, more: str = "") -> Draw:
    def draw(page: canvas.Canvas) -> None:
        page.acroForm.textfield(
            name=f"f{x}{y}", value=value, x=x, y=y, width=150, height=20, fontSize=12, borderWidth=0, fieldFlags=more
        )

    return draw


def changed(change: Change) -> bytes:
    writer, stream = (
        PdfWriter(clone_from=PdfReader(io.BytesIO(made(lines(PAPER), letters="".join(PAPER))))),
        io.BytesIO(),
    )
    change(writer)
    writer.write(stream)
    return stream.getvalue()


def rect(y: float = HEIGHT - 128) -> tuple[float, float, float, float]:
    return (150, y, 300, y + 18)


def test_the_value_of_a_field_is_read_in_its_place_and_told() -> None:
    source = source_of(filled(field("NP-2031-7")))
    assert "登记编号：NP-2031-7" in "".join(text_of(source)).replace(" ", "")
    assert "第1页的“NP-2031-7”是填写、打字或者盖章加上的" in notes_of(source)


def test_fields_without_a_value_say_nothing() -> None:
    source = source_of(filled(field("")))
    assert [line.strip() for line in text_of(source)] == [line.strip("　") for line in PAPER] and not source.notes


def test_ticked_boxes_are_read() -> None:
    def boxes(page: canvas.Canvas) -> None:
        page.acroForm.checkbox(name="a", checked=True, x=150, y=HEIGHT - 190, size=14)
        page.acroForm.checkbox(name="b", checked=False, x=150, y=HEIGHT - 220, size=14)
        page.drawString(170, HEIGHT - 188, "同意")
        page.drawString(170, HEIGHT - 218, "不同意")

    data = made(together(lines(PAPER), boxes), letters="".join(PAPER) + "同意不")
    assert text_of(source_of(data))[-2:] == ["☑同意", "□不同意"]


def typed(kind: str, words: str = "2031-9", appearance: bool = True) -> Change:
    """Adds an annotation of a kind with words, and with an appearance that shows them."""

    def change(writer: PdfWriter) -> None:
        one = DictionaryObject({
            NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject(f"/{kind}"),
            NameObject("/Rect"): RectangleObject(rect()), NameObject("/Contents"): TextStringObject(words),
            NameObject("/F"): FloatObject(4),
        })  # fmt: skip
        if appearance:
            from pypdf.generic import StreamObject

            font = DictionaryObject({
                NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            })  # fmt: skip
            shown = StreamObject()
            shown.update({
                NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
                NameObject("/BBox"): ArrayObject([FloatObject(v) for v in (0, 0, 150, 18)]),
                NameObject("/Resources"): DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}),
            })  # fmt: skip
            shown.set_data(f"BT /F 12 Tf 2 4 Td ({words}) Tj ET".encode())
            one[NameObject("/AP")] = DictionaryObject({NameObject("/N"): writer._add_object(shown)})
        writer.add_annotation(0, one)

    return change


@pytest.mark.parametrize("kind", ["FreeText", "Stamp"])
@pytest.mark.parametrize("appearance", [True, False])
def test_typed_words_and_stamps_are_read_in_their_place_and_told(kind: str, appearance: bool) -> None:
    source = source_of(changed(typed(kind, appearance=appearance)))
    assert "登记编号：2031-9" in "".join(text_of(source)).replace(" ", "")
    assert "第1页的“2031-9”是填写、打字或者盖章加上的" in notes_of(source)


def test_typed_words_in_chinese_without_an_appearance_are_read() -> None:
    source = source_of(
        changed(lambda writer: writer.add_annotation(0, FreeText(text="南公交〔2031〕9号", rect=rect())))
    )
    assert "南公交〔2031〕9号" in "".join(text_of(source))


def test_a_watermark_among_the_annotations_is_told_and_no_text() -> None:
    source = source_of(changed(typed("Watermark", "SAMPLE")))
    assert "SAMPLE" not in source.text and "有水印文字“SAMPLE”，没有读入正文" in notes_of(source)


def test_a_comment_is_told_and_no_text() -> None:
    source = source_of(changed(lambda writer: writer.add_annotation(0, Text(text="此处依据待核", rect=rect()))))
    assert "待核" not in source.text and "第1页有批注“此处依据待核”，没有读入正文" in notes_of(source)


def test_words_struck_out_by_an_annotation_are_told() -> None:
    def strike(writer: PdfWriter) -> None:
        x0, y0, x1, y1 = 72, HEIGHT - 104, 200, HEIGHT - 86
        corners = ArrayObject([FloatObject(v) for v in (x0, y1, x1, y1, x0, y0, x1, y0)])
        one = Highlight(rect=(x0, y0, x1, y1), quad_points=corners)
        one[NameObject("/Subtype")] = NameObject("/StrikeOut")
        writer.add_annotation(0, one)

    source = source_of(changed(strike))
    assert "第1页有1处用批注划去的文字" in notes_of(source) and PAPER[0] in source.text


def test_hidden_annotations_are_not_read() -> None:
    def hidden(writer: PdfWriter) -> None:
        typed("Stamp")(writer)
        writer.pages[0]["/Annots"][0].get_object()[NameObject("/F")] = FloatObject(2)  # type: ignore[index]

    source = source_of(changed(hidden))
    assert "2031-9" not in source.text


def test_attached_files_are_named() -> None:
    source = source_of(changed(lambda writer: writer.add_attachment("解读材料.docx", b"1") and None))
    assert "PDF内附有文件：解读材料.docx，请另行核对" in notes_of(source)
