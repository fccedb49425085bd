"""Lines of the page pictures that a reviewer can choose: their boxes hold the text of their offsets."""

import pypdfium2 as pdfium
import pytest

from corpora.make_samples import SAMPLES
from pipeline.review.models import Version
from pipeline.review.output.page_views import lines_of
from pipeline.review.queue.store import as_json
from tests.builders import examined


def version(name: str) -> Version:
    dossier = examined((SAMPLES / name).read_bytes(), name)
    return Version(text=dossier.source.text, dossier=as_json(dossier))


@pytest.mark.parametrize("name", ["03油茶补助办法.pdf", "11废止决定.pdf"])
def test_the_box_of_a_line_of_a_pdf_holds_its_text(name: str) -> None:
    page, shown = pdfium.PdfDocument(SAMPLES / name)[0], version(name)
    (lines,) = lines_of(shown, [page.get_height()])
    assert len(lines) > 5
    for line in lines:
        x, y, width, height = line.box
        top = page.get_height() - y
        words = page.get_textpage().get_text_bounded(x - 1, top - height - 1, x + width + 1, top + 1)
        assert line.text == shown.text[line.start : line.end]
        assert "".join(words.split()) == "".join(line.text.split())


def test_an_ofd_offers_each_printed_line_and_all_of_the_text() -> None:
    shown = version("24版式文件.ofd")
    (lines,) = lines_of(shown, [841.9])
    assert len(lines) == len(shown.dossier["source"]["prints"])
    offered = {at for line in lines for at in range(line.start, line.end)}
    assert all(at in offered or character.isspace() for at, character in enumerate(shown.text))


@pytest.mark.parametrize("name", ["02停车秩序规定.docx", "01农家乐管理办法.txt"])
def test_a_file_without_places_offers_no_lines(name: str) -> None:
    assert lines_of(version(name), [842.0, 842.0]) == [(), ()]


def test_lines_that_share_the_box_of_their_paragraph_are_one() -> None:
    box = [72.0, 700.0, 500.0, 740.0]
    blocks = [{"span": {"start": a, "end": b}, "kind": "正文", "page": 1, "box": box} for a, b in ((0, 2), (3, 5))]
    shown = Version(text="甲。\n乙。", dossier={"source": {"blocks": blocks, "prints": []}})
    ((line,),) = lines_of(shown, [842.0])
    assert (line.start, line.end, line.box) == (0, 5, (72.0, 102.0, 428.0, 40.0))
