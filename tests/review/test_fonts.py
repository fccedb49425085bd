"""The Chinese font that pages are rendered with on this machine, or None: queried from the renderers, with and without a font."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

from corpora import fonts as carried
from corpora import papers, writers
from pipeline.converter import convert, office_program
from pipeline.review import fonts
from pipeline.review.output import page_drawing as drawing
from pipeline.sandbox import Bounds, StoppedError
from tests.conftest import ROOT

needs_fontconfig = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("fc-match"), reason="no fc-match here: apt-get install fontconfig"
)


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_cache", {})


@needs_fontconfig
def test_the_font_of_office_pages_is_that_of_fontconfig(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert fonts.office_font() in ("Noto Sans SC", "Noto Serif SC")
    monkeypatch.setattr(fonts, "_cache", {})
    monkeypatch.setenv("FONTCONFIG_FILE", str(carried.only_these(tmp_path, ())))
    assert fonts.office_font() is None


def only_latin(folder: Path) -> str:
    """A fontconfig configuration with one font, which holds no Chinese."""
    latin = folder / "latin.ttf"
    latin.write_bytes(carried.truetype("abcdefghijklmnopqrstuvwxyz", "Latin"))
    return str(carried.only_these(folder / "latin", (latin,)))


@needs_fontconfig
def test_a_font_without_chinese_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", only_latin(tmp_path))
    assert fonts.office_font() is None


@needs_fontconfig
def test_a_font_installed_while_the_desk_runs_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", str(carried.only_these(tmp_path / "none", ())))
    assert fonts.office_font() is None
    monkeypatch.setenv("FONTCONFIG_FILE", str(carried.only_these(tmp_path / "one")))
    assert fonts.office_font()


def test_a_font_once_found_is_not_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(("", "Noto Serif CJK SC"))
    monkeypatch.setattr(fonts, "_output_of", lambda _: next(answers))
    assert [fonts.pdf_font() for _ in range(4)] == [None, *["Noto Serif CJK SC"] * 3]


def test_without_fontconfig_the_folders_of_the_system_are_looked_through(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setitem(fonts._FOLDERS, sys.platform, (tmp_path / "missing", tmp_path))
    (tmp_path / "DejaVuSans.ttf").touch()
    assert fonts.office_font() is None
    for name in ("NotoSerifCJK-Regular.ttc", "simsun.ttc", "PingFang.ttc", "wqy-microhei.ttc", "SourceHanSansSC.otf"):
        (tmp_path / name).touch()
        monkeypatch.setattr(fonts, "_cache", {})
        assert fonts.office_font() == Path(name).stem
        (tmp_path / name).unlink()


def test_a_program_that_fails_names_no_font(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> str:
        raise StoppedError("程序不能启动")

    monkeypatch.setattr(fonts, "run_sandboxed", stopped)
    assert fonts.pdf_font() is None and fonts.office_font() is None


def test_pdfium_without_fonts_of_the_system_names_none() -> None:
    """tests/conftest.py hides the fonts of the system from this process."""
    assert drawing.font() == ""


def font_of_pdfium(mount: str) -> str:
    """The font that pdfium finds after empty folders and then `mount` have been mounted over the font folders of the system."""
    hidden = "mount -t tmpfs none /usr/share/fonts; mkdir -p /usr/local/share/fonts; mount -t tmpfs none /usr/local/share/fonts"
    script = f"set -e; {hidden}; {mount}; exec {sys.executable} -m pipeline.review.output.page_drawing font"
    try:
        ran = subprocess.run(
            ["unshare", "-rm", "sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
        )
    except OSError:
        pytest.skip("no unshare here")
    if ran.returncode:
        pytest.skip(f"folders of the system cannot be covered here: {ran.stderr.strip()}")
    return ran.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="folders of the system can be covered on Linux only")
def test_pdfium_draws_with_the_fonts_in_the_folders_of_the_system() -> None:
    assert font_of_pdfium("true") == ""
    assert font_of_pdfium(f"mount --bind {carried.PAGE_FONT.parent} /usr/share/fonts").startswith("Noto S")
    assert font_of_pdfium(f"export FONTCONFIG_FILE={os.environ['FONTCONFIG_FILE']}") == "", "fontconfig is not asked"


def fontless(data: bytes, folder: Path) -> list[bool]:
    file = folder / "a.pdf"
    file.write_bytes(data)
    return [row["fontless"] for row in drawing.marks_on(file, ())]


def test_pages_whose_font_is_only_named_need_one_of_the_machine(tmp_path: Path) -> None:
    assert fontless(writers.as_pdf(papers.WATER), tmp_path) == [True]
    assert fontless(writers.as_pdf(papers.WATER, embedded=True), tmp_path) == [False]
    assert fontless(writers.scanned_pdf(), tmp_path) == [False]


def test_latin_in_a_named_font_and_invisible_text_over_a_scan_need_no_font(tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = tmp_path / "b.pdf"
    page = canvas.Canvas(str(file))
    for name, mode, text in (("Helvetica", 0, "Page 1"), ("STSong-Light", 0, "2026-11"), ("STSong-Light", 3, "水利局")):
        page.setFont(name, 20)
        page.drawString(72, 700, text, mode=mode)
        page.showPage()
    page.setFont("STSong-Light", 20)
    page.drawString(72, 700, "水利局")
    page.save()
    assert fontless(file.read_bytes(), tmp_path) == [False, False, False, True]


@pytest.mark.skipif(office_program() is None, reason="no LibreOffice here: apt-get install libreoffice-writer")
@needs_fontconfig
@pytest.mark.parametrize("with_font", [True, False])
def test_libreoffice_uses_the_font_that_office_font_names(
    with_font: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not with_font:
        monkeypatch.setenv("FONTCONFIG_FILE", only_latin(tmp_path))
    source = tmp_path / "a.docx"
    source.write_bytes(writers.as_docx(["国国永永"]))
    page = pdfium.PdfDocument(convert(str(office_program()), source, "pdf", Bounds(90, 0)))[0]
    names = {one.get_font().get_base_name().replace(" ", "") for one in page.get_objects() if one.type == 1}
    found = fonts.office_font()
    assert bool(found) is with_font
    assert any("Noto" in name for name in names) is with_font, names
