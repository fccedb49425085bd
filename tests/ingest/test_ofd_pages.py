"""An OFD is read as it is displayed: annotations, what is not displayed, watermarks, columns, tables, scans, several documents."""

import io

import pytest

from corpora import writers
from pipeline.guard import Losses
from pipeline.ingest import Upload, ocr, read
from pipeline.ingest.ofd import open_package
from pipeline.ingest.ofd_pages import sheets_of
from pipeline.ingest.ofd_svg import as_svg
from tests.ingest.pdf_pages import furniture_in, notes_of, text_of
from tests.ingest.test_tables import places

needs_recognition = pytest.mark.skipif(not ocr.available(), reason="needs the extra ocr")
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
PAPER = ["南浦县河道管理规定", "第一条 河道采砂应当取得许可。"]
WORDS = "此件作废"


def text(words: str, x: float, y: float, more: str = "", size: float = 5.6, inside: str = "", step: str = "") -> str:
    steps = step or f'DeltaX="g {max(len(words) - 1, 1)} {size}"'
    return (
        f'<ofd:TextObject ID="7" Boundary="{x} {y} 150 8" Font="1" Size="{size}" {more}>{inside}'
        f'<ofd:TextCode X="0" Y="5" {steps}>{words}</ofd:TextCode></ofd:TextObject>'
    )


BODY = "".join(text(line, 28, 40 + 12 * row) for row, line in enumerate(PAPER))


def made(*contents: str, annotations: str = "", extra: dict[str, bytes] | None = None, layers: str = "") -> bytes:
    """An OFD whose pages have the given objects; `annotations` stand on the first page, `layers` beside its layer."""
    pages = "".join(f'<ofd:Page ID="{100 + at}" BaseLoc="P{at}.xml"/>' for at in range(len(contents)))
    common = '<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>Res.xml</ofd:DocumentRes></ofd:CommonData>'  # fmt: skip
    listed = "<ofd:Annotations>Annots/All.xml</ofd:Annotations>" if annotations else ""
    media = "".join(
        f'<ofd:MultiMedia ID="{number}" Type="Image"><ofd:MediaFile>{name}.png</ofd:MediaFile></ofd:MultiMedia>'
        for number, name in ((50, "a"), (51, "b"))
    )
    media = f"<ofd:MultiMedias>{media}</ofd:MultiMedias>"
    files = {
        "OFD.xml": f"<ofd:OFD {SPACE}><ofd:DocBody><ofd:DocRoot>D/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>".encode(),
        "D/Document.xml": f"<ofd:Document {SPACE}>{common}<ofd:Pages>{pages}</ofd:Pages>{listed}</ofd:Document>".encode(),
        "D/Res.xml": f"<ofd:Res {SPACE}>{media}</ofd:Res>".encode(),
        "D/Annots/All.xml": f'<ofd:Annotations {SPACE}><ofd:Page PageID="100"><ofd:FileLoc>One.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>'.encode(),
        "D/Annots/One.xml": f"<ofd:PageAnnot {SPACE}>{annotations}</ofd:PageAnnot>".encode(),
    }  # fmt: skip
    for at, content in enumerate(contents):
        more = layers if at == 0 else ""
        files[f"D/P{at}.xml"] = (
            f'<ofd:Page {SPACE}><ofd:Content><ofd:Layer ID="2">{content}</ofd:Layer>{more}</ofd:Content></ofd:Page>'.encode()
        )
    return writers.as_zip(files | (extra or {}))


def source(data: bytes):  # type: ignore[no-untyped-def]
    return read(Upload("文件.ofd", data))


def annotation(kind: str, content: str, more: str = "", remark: str = "") -> str:
    inside = f"<ofd:Remark>{remark}</ofd:Remark>" if remark else ""
    return f'<ofd:Annot ID="9" Type="{kind}" {more}>{inside}<ofd:Appearance Boundary="28 46 90 8">{content}</ofd:Appearance></ofd:Annot>'


@pytest.mark.parametrize("kind", ["Stamp", "Path", "Highlight"])
def test_words_put_on_a_page_as_an_annotation_are_read_in_their_place_and_told(kind: str) -> None:
    found = source(made(BODY, annotations=annotation(kind, text("南政发〔2031〕8号", 0, 0))))
    assert text_of(found) == [PAPER[0], "南政发〔2031〕8号", PAPER[1]]
    assert "第1页的“南政发〔2031〕8号”是以注释（图章等）加上的" in notes_of(found)


@pytest.mark.parametrize(
    "annotations",
    [annotation("Watermark", text(WORDS, 0, 0)), annotation("Watermark", text(WORDS, 0, 0, 'CTM="0.8 0.6 -0.6 0.8 0 0"'))],
)  # fmt: skip
def test_a_watermark_among_the_annotations_is_no_text_and_is_told(annotations: str) -> None:
    found = source(made(BODY, annotations=annotations))
    assert text_of(found) == PAPER and f"有水印文字“{WORDS}”，没有读入正文" in notes_of(found)


def test_a_hidden_annotation_is_not_read_and_a_comment_is_told() -> None:
    found = source(
        made(BODY, annotations=annotation("Stamp", text(WORDS, 0, 0), 'Visible="false"', remark="请核对依据"))
    )
    assert text_of(found) == PAPER and "第1页有批注“请核对依据”" in notes_of(found)


@pytest.mark.parametrize(("part", "place"), [("D/Annots/All.xml", "注释目录"), ("D/Annots/One.xml", "第1页的注释")])
def test_damaged_annotations_are_told_and_the_page_is_read(part: str, place: str) -> None:
    whole = made(BODY, annotations=annotation("Stamp", text(WORDS, 0, 0)))
    found = source(writers.changed_zip(whole, part, lambda data: data[: len(data) // 2]))
    assert text_of(found) == PAPER and f"{place}没有读出" in notes_of(found)


HIDDEN = {
    "not visible": (text(WORDS, 28, 100, 'Visible="false"'), ""),
    "fully clear": (text(WORDS, 28, 100, 'Alpha="0"'), ""),
    "in clear ink": (text(WORDS, 28, 100, inside='<ofd:FillColor Value="0 0 0" Alpha="0"/>'), ""),
    "without ink": (text(WORDS, 28, 100, 'Fill="false"'), ""),
    "white on white": (text(WORDS, 28, 100, inside='<ofd:FillColor Value="255 255 255"/>'), ""),
    "beside the page": (text(WORDS, 28, 320), ""),
    "in a hidden layer": ("", f'<ofd:Layer ID="3" Visible="false">{text(WORDS, 28, 100)}</ofd:Layer>'),
    "in a hidden block": (f'<ofd:PageBlock ID="4" Visible="false">{text(WORDS, 28, 100)}</ofd:PageBlock>', ""),
}


@pytest.mark.parametrize("case", HIDDEN)
def test_what_is_not_displayed_is_not_read_and_is_told(case: str) -> None:
    content, layers = HIDDEN[case]
    found = source(made(BODY + content, layers=layers))
    assert text_of(found) == PAPER and f"第1页有看不见的文字“{WORDS}”，没有读入正文" in notes_of(found)


def test_what_is_not_displayed_is_not_drawn_and_annotations_are() -> None:
    data = made(BODY + HIDDEN["not visible"][0], annotations=annotation("Stamp", text("加盖", 0, 0)))
    with open_package(data) as package:
        (sheet,) = sheets_of(package, Losses())
        drawn = as_svg(package, sheet)
    assert WORDS not in drawn and "加盖" in drawn and PAPER[0] in drawn


@pytest.mark.parametrize(
    "watermark",
    [
        text(WORDS, 60, 60, 'CTM="0.8 0.6 -0.6 0.8 0 0"', 12),
        text(WORDS, 40, 50, 'Alpha="60"', 14),
        text(WORDS, 40, 50, size=14, inside='<ofd:FillColor Value="210 210 210"/>'),
        "".join(text(WORDS, 40, y, inside='<ofd:FillColor Value="200 200 200"/>') for y in (60, 120, 180, 240)),
    ],
    ids=["slanting", "clear", "pale", "often"],
)
def test_a_watermark_on_the_page_is_no_text_and_is_told(watermark: str) -> None:
    found = source(made(watermark + BODY))
    assert text_of(found) == PAPER and f"有水印文字“{WORDS}”，没有读入正文" in notes_of(found)


def test_vertical_columns_are_read_from_right_to_left() -> None:
    columns = ["南浦县牌坊保护规定", "第一条损坏牌坊应赔偿", "二〇三一年三月三日"]
    content = "".join(
        text(words, 160 - 10 * at, 40, step=f'DeltaX="g {len(words) - 1} 0" DeltaY="g {len(words) - 1} 5.6"')
        for at, words in enumerate(columns)
    )
    assert text_of(source(made(content))) == columns


@pytest.mark.parametrize("matrix", ["0 1 -1 0 0 0", "-1 0 0 -1 0 0", "0 -1 1 0 0 0"])
def test_a_page_on_its_side_is_read(matrix: str) -> None:
    across, down = {"0": (-1, 0), "-": (0, -1)}[matrix[0]]
    if matrix.startswith("0 -1"):
        across = 1
    content = "".join(
        text(line, 100 + 12 * row * across, 150 + 12 * row * down, f'CTM="{matrix}"') for row, line in enumerate(PAPER)
    )
    assert text_of(source(made(content))) == PAPER


def test_the_cells_of_a_ruled_table_have_their_places() -> None:
    rules = "".join(
        f'<ofd:PathObject ID="8" Boundary="0 0 210 297"><ofd:AbbreviatedData>{path}</ofd:AbbreviatedData></ofd:PathObject>'
        for path in ("M 28 80 L 128 80", "M 28 90 L 128 90", "M 28 100 L 128 100", "M 28 80 L 28 100", "M 78 80 L 78 100", "M 128 80 L 128 100")
    )  # fmt: skip
    cells = text("车型", 30, 81) + text("标准", 80, 81) + text("小型车", 30, 91) + text("三元", 80, 91)
    assert places(source(made(BODY + rules + cells))) == [
        ("车型", (0, 0, 0, 1, 1)), ("标准", (0, 0, 1, 1, 1)), ("小型车", (0, 1, 0, 1, 1)), ("三元", (0, 1, 1, 1, 1)),
    ]  # fmt: skip


def test_several_documents_in_one_file_are_read_and_told() -> None:
    first = made(BODY)
    second = f'<ofd:Document {SPACE}><ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages></ofd:Document>'.encode()
    page = f'<ofd:Page {SPACE}><ofd:Content><ofd:Layer ID="2">{text("南浦县停车管理规定", 28, 40)}</ofd:Layer></ofd:Content></ofd:Page>'.encode()
    data = writers.changed_zip(
        first, "OFD.xml", lambda data: data.replace(b"</ofd:OFD>", b"<ofd:DocBody><ofd:DocRoot>E/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>")
    )  # fmt: skip
    data = writers.changed_zip(writers.changed_zip(data, "E/Document.xml", lambda _: second), "E/P.xml", lambda _: page)
    found = source(data)
    assert text_of(found) == [*PAPER, "南浦县停车管理规定"] and found.pages == 2
    assert "OFD内有2个文件，已按顺序读取，后面的从第2页开始" in notes_of(found)


def test_characters_that_have_no_code_are_counted() -> None:
    found = source(made(BODY + text("经办人\ue123\ufffd", 28, 100)))
    assert "第1页有2个字在字体中没有对应的文字" in notes_of(found)


def test_a_page_number_with_blanks_is_furniture() -> None:
    assert furniture_in(source(made(BODY + text("— 1 —", 98, 280)))) == ["— 1 —"]


def pictures(parts: int) -> dict[str, bytes]:
    (page,) = writers.as_scan([PAPER[0], PAPER[1] + "违者处五百元罚款。"])
    files = {}
    for at in range(parts):
        stream = io.BytesIO()
        page.crop((0, page.height * at // parts, page.width, page.height * (at + 1) // parts)).save(stream, "PNG")
        files[f"D/{'ab'[at]}.png"] = stream.getvalue()
    return files


@needs_recognition
@pytest.mark.parametrize("words", ["— 1 —", "南浦县档案馆副本三十二号"])
@pytest.mark.parametrize("parts", [1, 2])
def test_a_scan_with_few_words_in_print_is_recognised(words: str, parts: int) -> None:
    tall = 297 / parts
    images = "".join(
        f'<ofd:ImageObject ID="5" Boundary="0 {at * tall} 210 {tall}" CTM="210 0 0 {tall} 0 0" ResourceID="{50 + at}"/>'
        for at in range(parts)
    )
    found = source(made(images + text(words, 70, 280, size=4), extra=pictures(parts)))
    assert "违者处五百元罚款" in "".join(text_of(found)) and "第1页是扫描件" in notes_of(found)
    assert words in [*text_of(found), *furniture_in(found)]
