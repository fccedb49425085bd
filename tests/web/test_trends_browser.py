"""The trend page in a real browser: made by the worker, every chart shown, nothing overlaps, downloads, keyboard, axe."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from corpora import papers
from tests.web.browsing import LONG, Desk, accessible, enter, hand_in, in_a_browser, menu, saved

pytest.importorskip("scipy", reason="the extra analysis is not installed: make setup-dev")
pytestmark = [*in_a_browser, pytest.mark.usefixtures("faultless")]
# pairs of labels of one chart whose boxes overlap
_OVERLAPS = """[...document.querySelectorAll('svg.chart')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')].map(text => text.getBoundingClientRect());
  return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
}).length"""


def test_an_analyst_has_the_data_made_looks_at_them_and_takes_them_along(
    browser: Browser, desk: Desk, tmp_path: Path
) -> None:
    paper = tmp_path / "农家乐办法.txt"
    paper.write_text("\n".join(papers.FARMHOUSE), encoding="utf-8")
    chief = enter(browser, desk, "zhu")
    menu(chief, "提交文件")
    hand_in(chief, [paper], "备案")
    analyst = enter(browser, desk, "xi")
    menu(analyst, "趋势")
    accessible(analyst)
    analyst.get_by_role("button", name="更新数据").click()
    expect(analyst.get_by_text("处理进程正在做新的数据")).to_be_visible()
    accessible(analyst)
    expect(analyst.get_by_text("新的数据已经做好")).to_be_visible(timeout=LONG)
    analyst.get_by_role("link", name="显示").click()
    expect(analyst.locator(".trend")).to_have_count(8)
    accessible(analyst)
    assert analyst.evaluate(_OVERLAPS) == 0
    assert analyst.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    figures = analyst.locator("details.figures summary").first
    figures.focus()
    analyst.keyboard.press("Enter")
    expect(analyst.get_by_role("region", name="各年警示的数字")).to_be_visible()
    accessible(analyst)
    with analyst.expect_download() as got:
        analyst.get_by_role("link", name="各类警示，下载csv").click()
    assert saved(got.value).startswith("\ufeff类型,名称".encode())
    with analyst.expect_download() as got:
        analyst.get_by_role("link", name="documents，下载parquet").click()
    assert saved(got.value).startswith(b"PAR1")
