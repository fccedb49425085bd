"""Headers and footers of Word: letterhead and number on the first page belong to the document, what runs on every page does not."""

from collections.abc import Mapping

import pytest

from corpora import writers
from pipeline.document import BlockKind
from tests.builders import examined
from tests.ingest.word_markup import cell, element, paragraph, parts_of, read_parts, related, row, table

BODY = "关于开展消防排查的通知", "各乡镇人民政府：", "请于6月底前完成。", "临溪县人民政府", "2026年5月30日"
HEAD = "临溪县人民政府文件", "临政发〔2026〕33号"


def parts(
    edges: Mapping[str, str], *, body: tuple[str, ...] = BODY, section: str = "", settings: str = ""
) -> dict[str, bytes]:
    """A document with headers and footers by kind and type, such as "header first"."""
    references, links, extra = "", "", {}
    for number, (edge, content) in enumerate(edges.items()):
        kind, form = edge.split()
        references += f'<w:{kind}Reference w:type="{form}" r:id="e{number}"/>'
        links += related(f"{kind}{number}.xml", kind, f"e{number}")
        extra[f"word/{kind}{number}.xml"] = element("w:hdr" if kind == "header" else "w:ftr", content)
    extra["word/settings.xml"] = element("w:settings", settings)
    links += related("settings.xml", "settings", "rT")
    content = "".join(map(paragraph, body)) + f"<w:sectPr>{references}{section}</w:sectPr>"
    return parts_of(content, links=links, parts=extra)


def kinds(made: Mapping[str, bytes]) -> dict[str, BlockKind]:
    source = read_parts(made)
    return {block.span.cut(source.text): block.kind for block in source.blocks}


BOX = (
    "<w:p><w:r><w:pict><v:shape><v:textbox><w:txbxContent>{}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
)
ART = '<w:p><w:r><w:pict><v:shape{}><v:textpath string="{}"/></v:shape></w:pict></w:r></w:p>'
FORMS = {
    "paragraphs": "".join(map(paragraph, HEAD)),
    "a table": table(row(cell(paragraph(HEAD[0]))), row(cell(paragraph(HEAD[1])))),
    "a text box": BOX.format("".join(map(paragraph, HEAD))),
    "WordArt": ART.format("", HEAD[0]) + paragraph(HEAD[1]),
    "spaced": paragraph("临 溪 县 人 民 政 府 文 件") + paragraph("临政发 〔2026〕 33号"),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("kind", ["header first", "header default"])
def test_letterhead_and_number_in_the_header_of_the_first_page_are_those_of_the_document(
    content: str, kind: str
) -> None:
    section = "<w:titlePg/>" if kind == "header first" else ""
    made = parts({kind: content}, section=section)
    masthead = examined(writers.as_zip(made), "通知.docx").document.masthead
    assert masthead.number and masthead.number.value == "临政发〔2026〕33号"
    assert [issuer.value for issuer in masthead.issuers] == ["临溪县人民政府"]
    assert next(iter(kinds(made).values())) is BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    "line",
    [
        "临溪县人民政府公报", "2026年第3期", "临溪县停车管理办法", "临溪县人民政府行政规范性文件", "内部资料", "第1页",
        "临溪县人民政府关于印发停车管理办法的通知",
    ],
)  # fmt: skip
def test_what_runs_on_every_page_is_furniture(line: str) -> None:
    found = kinds(parts({"header default": paragraph(line), "footer default": paragraph(f"{line}　末")}))
    assert {kind for text, kind in found.items() if line in text} == {BlockKind.FURNITURE}


def test_a_letterhead_that_the_body_has_too_is_repeated_on_the_page() -> None:
    made = parts({"header default": "".join(map(paragraph, HEAD))}, body=(*HEAD, *BODY))
    source = read_parts(made)
    assert [block.kind for block in source.blocks].count(BlockKind.FURNITURE) == 2
    assert source.text.startswith("\n".join(HEAD)) and source.blocks[0].kind is BlockKind.PARAGRAPH


def test_headers_of_other_pages_give_no_letterhead() -> None:
    edges = {"header first": paragraph(), "header default": "".join(map(paragraph, HEAD))}
    found = kinds(parts(edges, section="<w:titlePg/>"))
    assert found[HEAD[0]] is found[HEAD[1]] is BlockKind.FURNITURE


@pytest.mark.parametrize(
    ("section", "settings", "shown"), [("", "", False), ("<w:titlePg/>", "<w:evenAndOddHeaders/>", True)]
)
def test_headers_that_no_page_shows_are_not_read(section: str, settings: str, shown: bool) -> None:
    edges = {"header first": paragraph("首页之眉"), "header even": paragraph("偶数页之眉")}
    text = read_parts(parts(edges, section=section, settings=settings)).text
    assert ("首页之眉" in text) is ("偶数页之眉" in text) is shown


def test_names_of_bodies_that_issue_together_belong_to_a_letterhead() -> None:
    bodies = cell(paragraph("临溪县教育局") + paragraph("临溪县财政局"))
    head = table(row(bodies, cell(paragraph("文 件")))) + paragraph("临教发〔2026〕4号")
    made = parts(
        {"header first": head}, section="<w:titlePg/>", body=("关于做好资助工作的通知", "各乡镇：", "2026年5月30日")
    )
    found = kinds(made)
    assert {found[line] for line in ("临溪县教育局", "临溪县财政局", "临教发〔2026〕4号")} == {BlockKind.PARAGRAPH}
    letter = kinds(parts({"header default": paragraph("临溪县教育局") + paragraph("临教函〔2026〕4号")}))
    assert letter["临溪县教育局"] is letter["临教函〔2026〕4号"] is BlockKind.PARAGRAPH
    assert kinds(parts({"header default": paragraph("临溪县教育局")}))["临溪县教育局"] is BlockKind.FURNITURE


def test_signer_and_order_belong_to_a_letterhead() -> None:
    head = paragraph("临政发〔2026〕33号　签发人：李明")
    assert kinds(parts({"header default": head}))["临政发〔2026〕33号 签发人：李明"] is BlockKind.PARAGRAPH
    order = paragraph("临溪县人民政府令") + paragraph("第12号") + paragraph("每页之眉")
    found = kinds(parts({"header default": order}))
    assert (
        found["临溪县人民政府令"] is found["第12号"] is BlockKind.PARAGRAPH and found["每页之眉"] is BlockKind.FURNITURE
    )


def test_copies_and_printing_in_a_footer_end_the_document() -> None:
    footer = paragraph("抄送：县委办公室。") + paragraph("临溪县人民政府办公室　2026年5月30日印发") + paragraph("— 2 —")
    source = read_parts(parts({"footer default": footer}))
    lines = [(block.span.cut(source.text), block.kind) for block in source.blocks][-3:]
    assert [kind for _, kind in lines] == [BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.FURNITURE]


def test_watermarks_in_a_header_are_not_read() -> None:
    mark = ART.format(' id="PowerPlusWaterMarkObject357476642"', "草稿")
    assert "草稿" not in read_parts(parts({"header default": mark + paragraph("县政府")})).text


def test_lists_in_a_header_do_not_count_in_the_body() -> None:
    from tests.ingest.word_markup import definition, level, listing, numbered

    made = parts({"header default": paragraph("页眉", place=numbered(4, 0))}, body=())
    made["word/numbering.xml"] = element("w:numbering", definition(3, level(0, "%1、")) + listing(4, 3)).encode()
    main = made["word/document.xml"].decode().replace("<w:body>", "<w:body>" + paragraph("登记", place=numbered(4, 0)))
    assert read_parts({**made, "word/document.xml": main.encode()}).text.startswith("一、登记")
