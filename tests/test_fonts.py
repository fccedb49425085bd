"""Tests use bundled Chinese fonts and never those of the system."""

import io
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
import pytest

from corpora import fonts, papers, writers
from tests.conftest import ROOT

_SYSTEM = re.compile(r"/usr/(?:local/)?share/fonts|/System/Library/Fonts|Windows[/\\]+Fonts|NotoS\w+CJK")
# files that test the handling of system fonts, or that contain this pattern
_EXEMPT = {"tests/test_fonts.py", "tests/review/test_fonts.py"}


def ink(page: "pdfium.PdfPage") -> int:
    return int((np.asarray(page.render(scale=1).to_pil().convert("L")) < 128).sum())


def embedded(page: "pdfium.PdfPage") -> set[int]:
    texts = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
    return {pdfium_c.FPDFFont_GetIsEmbedded(pdfium_c.FPDFTextObj_GetFont(one.raw)) for one in texts}


def test_pages_rendered_to_images_embed_their_font() -> None:
    for paper in (papers.WATER, papers.LAYOUT, papers.FARMHOUSE):
        document = pdfium.PdfDocument(writers.as_pdf(paper, header="临溪县人民政府公报", embedded=True))
        assert all(embedded(page) == {1} and ink(page) > 1000 for page in document)


def test_embedded_and_referenced_fonts_give_the_same_text() -> None:
    for paper in (papers.WATER, papers.LAYOUT, papers.WATER):
        named, embedded_text = (
            ["".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(data)]
            for data in (writers.as_pdf(paper), writers.as_pdf(paper, embedded=True))
        )
        assert named == embedded_text


def test_in_tests_pdfium_finds_no_system_font() -> None:
    (page,) = pdfium.PdfDocument(writers.as_pdf(["一国"]))
    one, *_ = page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
    assert embedded(page) == {0} and one.get_font().get_family_name() == "Stand-in"


@pytest.mark.skipif(not shutil.which("fc-list"), reason="no fc-list here: apt-get install fontconfig")
def test_in_tests_fontconfig_lists_the_bundled_fonts_only() -> None:
    listed = subprocess.run(["fc-list", ":", "family"], capture_output=True, text=True, check=True).stdout.split("\n")
    assert sorted(filter(None, listed)) == ["Noto Sans SC", "Noto Serif SC"]


def test_an_empty_configuration_lists_no_font(tmp_path: Path) -> None:
    file = fonts.only_these(tmp_path, ())
    if not shutil.which("fc-list"):
        pytest.skip("no fc-list here: apt-get install fontconfig")
    listed = subprocess.run(
        ["fc-list"], env={**os.environ, "FONTCONFIG_FILE": str(file)}, capture_output=True, text=True, check=True
    )
    assert not listed.stdout


def test_the_bundled_fonts_contain_the_characters_of_official_documents() -> None:
    from fontTools.ttLib import TTFont

    for path in (fonts.PAGE_FONT, fonts.SANS_FONT):
        with TTFont(io.BytesIO(path.read_bytes())) as font:
            assert not [
                char for char in "〔2026〕第一号，：；“”《》（）—★〇℃①㎡亟" if ord(char) not in font.getBestCmap()
            ]


def test_no_test_sample_or_benchmark_names_a_font_of_the_system() -> None:
    files = [path for folder in ("tests", "corpora", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    named = {path.relative_to(ROOT).as_posix() for path in files if _SYSTEM.search(path.read_text(encoding="utf-8"))}
    assert not named - _EXEMPT
