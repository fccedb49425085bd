"""The script of the desk tests whether the browser has a Chinese font where the browser draws the pages (OFD)."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from corpora import fonts
from tests.conftest import ROOT
from tests.web.browsing import CHROMIUM

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.filterwarnings("default"),
]
PAGE = '<div id="pages"><p data-without-font hidden>您的电脑上没有中文字体</p></div>'
SWAPPED = """() => document.dispatchEvent(
    new CustomEvent("htmx:afterSwap", {detail: {target: document.getElementById("pages")}}))"""


@pytest.mark.parametrize("with_font", [True, False])
def test_the_note_above_an_ofd_shows_only_where_the_browser_has_no_chinese_font(
    with_font: bool, tmp_path: Path
) -> None:
    latin = tmp_path / "latin.ttf"
    latin.write_bytes(fonts.truetype("abcdefghijklmnopqrstuvwxyz", "Latin"))
    known = fonts.only_these(tmp_path / "known") if with_font else fonts.only_these(tmp_path / "known", (latin,))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], env={**os.environ, "FONTCONFIG_FILE": str(known)}
        )
        page = browser.new_page()
        page.set_content(PAGE)
        page.add_script_tag(path=ROOT / "pipeline/web/static/desk/desk.js")
        page.evaluate(SWAPPED)
        assert page.get_by_text("您的电脑上没有中文字体").is_hidden() is with_font
        browser.close()
