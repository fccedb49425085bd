"""原件版面: the box of a finding contains the characters of the finding."""

import hashlib
import html
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from django.contrib.auth.models import User
from PIL import Image
from pypdf import PdfReader, PdfWriter

from corpora import papers, writers
from corpora.make_samples import SAMPLES
from pipeline.document import Print, Turn
from pipeline.review import fonts
from pipeline.review.connection import connect
from pipeline.review.models import Item
from pipeline.review.output import page_views as pages
from pipeline.review.output.page_drawing import draw, marks_on
from pipeline.review.queue.store import QueueWriter
from tests.builders import examined
from tests.web.conftest import client

PDF = SAMPLES / "03油茶补助办法.pdf"


def words_in(page: pdfium.PdfPage, box: list[float] | tuple[float, ...]) -> str:
    """The text within a box, read back from the page."""
    x, y, width, height = box
    top = page.get_height() - y
    return page.get_textpage().get_text_bounded(x - 1, top - height - 1, x + width + 1, top + 1).strip()


def test_the_text_in_a_box_is_the_text_of_the_finding() -> None:
    document = pdfium.PdfDocument(PDF)
    for number, page in enumerate(document, 1):
        text = page.get_textpage().get_text_range()
        lines = [line.strip() for line in text.splitlines() if len(line.strip()) > 12]
        for line in lines[:6]:
            wanted = line[2:10]
            view = list(marks_on(PDF, [(7, wanted, (number - 0.5) / len(document))]))[number - 1]
            boxes = [box for key, box in view["marks"] if key == 7]
            if boxes:
                assert wanted.replace(" ", "") in words_in(page, boxes[0]).replace(" ", "")
    first = document[0].get_textpage().get_text_range().split()[0]
    assert any(view["marks"] for view in marks_on(PDF, [(1, first, 0.0)]))


def test_a_text_over_two_lines_gets_one_box_per_line() -> None:
    text = pdfium.PdfDocument(PDF)[0].get_textpage().get_text_range()
    lines = [line for line in text.split("\r\n") if len(line) > 15]
    wanted = lines[0][-5:] + lines[1][:5]
    marks = next(iter(marks_on(PDF, [(1, wanted, 0.1)])))["marks"]
    assert len(marks) in (0, 2)


def test_a_page_becomes_a_picture(tmp_path: Path) -> None:
    draw(PDF, 1, 0.0, tmp_path / "1.png")
    assert (tmp_path / "1.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(SystemExit):
        draw(PDF, 999, 0.0, tmp_path / "2.png")


@pytest.fixture
def laid_out(people: dict[str, User]) -> Item:
    home, data = connect("pipeline.web.settings"), PDF.read_bytes()
    entry = QueueWriter(home, "test").put(examined(data, "版面/油茶.pdf"), data, None)
    return Item.objects.get(pk=entry.item)


def test_the_desk_shows_the_pages(people: dict[str, User], laid_out: Item) -> None:
    browser = client(people, "审查员")
    page = browser.get(f"/items/{laid_out.pk}/pages").content.decode()
    assert "pages/1/picture" in page and "<svg" in page
    picture = browser.get(f"/items/{laid_out.pk}/pages/1/picture")
    assert picture.headers["Content-Type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert browser.get(f"/items/{laid_out.pk}/pages/999/picture").status_code == 400


@pytest.mark.parametrize("embedded", [True, False])
@pytest.mark.parametrize("found", ["Noto Serif CJK SC", None])
def test_a_pdf_says_that_its_characters_are_boxes_only_where_no_font_has_them(
    embedded: bool, found: str | None, people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "pdf_font", lambda: found)
    data = writers.as_pdf(papers.WATER, embedded=embedded)
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(
        examined(data, f"版面/{embedded}.pdf"), data, None
    )
    page = client(people, "审查员").get(f"/items/{entry.item}/pages").content.decode()
    missing = not embedded and found is None
    assert ("各页的汉字显示为方框" in page and "apt-get install fonts-noto-cjk" in page) is missing
    assert ("picture?fontless" in page) is missing


def test_only_the_pages_that_lack_a_font_are_named(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "pdf_font", lambda: None)
    writer, stream = PdfWriter(), io.BytesIO()
    for embedded in (True, False, True, False):
        for page in PdfReader(io.BytesIO(writers.as_pdf(papers.WATER, embedded=embedded))).pages:
            writer.add_page(page)
    writer.write(stream)
    data = stream.getvalue()
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(examined(data, "版面/混合.pdf"), data, None)
    assert "第2、4页的汉字显示为方框" in client(people, "审查员").get(f"/items/{entry.item}/pages").content.decode()


def test_pages_drawn_without_a_font_are_drawn_anew_when_there_is_one(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, data = connect("pipeline.web.settings"), writers.as_pdf(papers.LAYOUT)
    entry = QueueWriter(home, "test").put(examined(data, "版面/重画.pdf"), data, None)
    version = Item.objects.get(pk=entry.item).current
    assert version is not None
    drawn: list[tuple[str, ...]] = []
    before = pages._run_program

    def counted(program: str, words: tuple[str, ...], folder: Path) -> str:
        drawn.append(words)
        return before(program, words, folder)

    monkeypatch.setattr(pages, "_run_program", counted)
    for found, times in ((None, 1), (None, 1), ("Noto Serif CJK SC", 2), ("Noto Serif CJK SC", 2)):
        monkeypatch.setattr(fonts, "pdf_font", lambda found=found: found)
        pages.picture_of(home, version, 1)
        assert len(drawn) == times


def test_word_files_say_that_their_characters_are_boxes_where_no_font_has_them(
    people: dict[str, User], item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (shutil.which("soffice") or shutil.which("libreoffice")):
        pytest.skip("no LibreOffice here")
    for found in ("Noto Serif CJK SC", None):
        monkeypatch.setattr(fonts, "office_font", lambda found=found: found)
        page = client(people, "审查员").get(f"/items/{item.pk}/pages").content.decode()
        assert ("显示为方框" in page and "fonts-noto-cjk" in page) is (found is None)


def test_scans_and_ofd_need_no_font_of_this_machine(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    """An OFD is drawn by the browser, which tests for a font itself; the notice is hidden until it has."""
    monkeypatch.setattr(fonts, "pdf_font", lambda: None)
    monkeypatch.setattr(fonts, "office_font", lambda: None)
    data = writers.as_ofd(papers.WATER)
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(examined(data, "版面/字体.ofd"), data, None)
    page = client(people, "审查员").get(f"/items/{entry.item}/pages").content.decode()
    assert "data-without-font hidden" in page and "服务器上" not in page and "fontless" not in page


def test_other_formats_are_laid_out_where_an_office_is_installed(people: dict[str, User], item: Item) -> None:
    answer = client(people, "审查员").get(f"/items/{item.pk}/pages")
    if not (shutil.which("soffice") or shutil.which("libreoffice")):
        assert answer.status_code == 400 and "LibreOffice" in answer.content.decode()
        pytest.skip("no LibreOffice here")
    page = answer.content.decode()
    assert answer.status_code == 200, page
    assert page.count("<rect") >= item.alarms


def test_findings_in_a_scan_without_character_boxes_mark_their_paragraphs(people: dict[str, User]) -> None:
    """An image of a page has no characters with boxes: the paragraph of the finding is marked."""
    stream = io.BytesIO()
    Image.new("RGB", (827, 1169), "white").save(stream, "PNG")
    data = stream.getvalue()
    dossier = examined("\n".join(papers.FARMHOUSE).encode(), "版面/扫描.png")
    box = (72.0, 600.0, 500.0, 620.0)
    blocks = tuple(replace(block, page=1, box=box) for block in dossier.source.blocks)
    digest = hashlib.sha256(data).hexdigest()
    source = replace(dossier.source, digest=digest, format="image", blocks=blocks, pages=1)
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(replace(dossier, source=source), data, None)
    page = client(people, "审查员").get(f"/items/{entry.item}/pages").content.decode()
    assert page.count("<rect") >= 5 and "没有在版面上定位" not in page


def marked(page: str) -> dict[int, list[tuple[float, ...]]]:
    """The boxes of the findings on the pages: x, y, width, height."""
    pattern = r'data-finding="f(\d+)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"'
    found: dict[int, list[tuple[float, ...]]] = {}
    for key, *box in re.findall(pattern, page):
        found.setdefault(int(key), []).append(tuple(map(float, box)))
    return found


def test_an_ofd_is_drawn_and_its_boxes_contain_the_characters_of_the_findings(people: dict[str, User]) -> None:
    """The characters of the drawn page whose centre is in a box of a finding are the text of that finding."""
    data = writers.as_ofd(papers.FARMHOUSE, signed=True)
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(examined(data, "版面/农家乐.ofd"), data, None)
    item, browser = Item.objects.get(pk=entry.item), client(people, "审查员")
    pages = browser.get(f"/items/{item.pk}/pages").content.decode().split("<figure")[1:]
    characters = []
    for number, page in enumerate(pages, 1):
        answer = browser.get(f"/items/{item.pk}/pages/{number}/picture")
        assert (
            answer.headers["Content-Type"] == "image/svg+xml" and "sandbox" in answer.headers["Content-Security-Policy"]
        )
        characters.append((page, list(placed(answer.content.decode()))))
    seen = 0
    for finding in item.current.findings.filter(softened=False) if item.current else ():
        text = "".join(
            char
            for page, chars in characters
            for x, y, width, height in marked(page).get(finding.pk, [])
            for char, at_x, at_y in chars
            if x <= at_x <= x + width and y <= at_y <= y + height
        )
        assert text == "".join(finding.content["text"].split())
        seen += 1
    assert seen >= 5
    assert browser.get(f"/items/{item.pk}/pages/99/picture").status_code == 400


def placed(svg: str) -> Iterator[tuple[str, float, float]]:
    """Yields the characters of a drawn page with the centre of each, in points."""
    point = 72 / 25.4
    for e, f, size, xs, ys, text in re.findall(
        r'<text transform="matrix\(1 0 0 1 (\S+) (\S+)\)" font-size="(\S+)".*? x="([^"]+)" y="([^"]+)">([^<]*)<', svg
    ):
        for char, x, y in zip(html.unescape(text), xs.split(), ys.split(), strict=True):
            half = float(size) / 2
            yield (
                char,
                (float(e) + float(x) + half * (0.5 if char.isascii() else 1)) * point,
                (float(f) + float(y) - half * 0.7) * point,
            )


def test_a_recognised_page_is_shown_upright_with_its_characters_marked(people: dict[str, User]) -> None:
    """The reader recorded the boxes of the characters, and that the page was rotated by 90 degrees."""
    stream = io.BytesIO()
    Image.new("RGB", (1169, 827), "white").save(stream, "PNG")
    data = stream.getvalue()
    dossier = examined("\n".join(papers.FARMHOUSE).encode(), "版面/横放.png")
    prints = tuple(
        Print(
            block.span,
            1,
            (72.0, 600.0, 72.0 + len(block.span), 620.0),
            tuple(72.0 + n for n in range(len(block.span) + 1)),
            0.9,
        )
        for block in dossier.source.blocks
    )
    digest = hashlib.sha256(data).hexdigest()
    source = replace(dossier.source, digest=digest, format="image", pages=1, prints=prints, turns=(Turn(1, 90.0),))
    entry = QueueWriter(connect("pipeline.web.settings"), "test").put(replace(dossier, source=source), data, None)
    browser = client(people, "审查员")
    page = browser.get(f"/items/{entry.item}/pages").content.decode()
    width, height = map(float, re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', page).groups())  # type: ignore[union-attr]
    assert height > width
    for finding in dossier.assessment.findings:
        if not finding.softened:
            wanted = (len(finding.evidence), height - 620)
            assert any((box[2], box[1]) == pytest.approx(wanted) for boxes in marked(page).values() for box in boxes)
    with Image.open(io.BytesIO(browser.get(f"/items/{entry.item}/pages/1/picture").content)) as picture:
        assert picture.height > picture.width
