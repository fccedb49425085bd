"""Raising a finding in a real browser: words chosen by mouse and keyboard, and lines of the page, give exact offsets of the text."""

import random
import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from pipeline.review.models import Finding
from pipeline.review.output.page_views import Mark, PageLine, PageView
from pipeline.review.output.text_view import text_view
from pipeline.web import fixed_parts
from pipeline.web.middleware import _POLICY
from tests.conftest import AS_OF, ROOT

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.filterwarnings("default"),
]
HOME = "http://desk.test"
STATIC = ROOT / "pipeline" / "web" / "static" / "desk"
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
TEXT = (
    "临溪县𠮷水镇人民政府关于夜市的通知\n　　第一条 摊位经😀镇政府批准后方可营业，违者罚款二百元。\n"
    "摊位\t费用\t期限\n𠮷巷甲\t60元\t一年\n河边乙\t80元\t半年\n\n第二条 本通知自公布之日起施行。"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def finding(key: int, words: str, severity: str = "高") -> Finding:
    start = TEXT.index(words)
    content = {"name": f"第{key}处"}
    return Finding(pk=key, start=start, end=start + len(words), type="LIC-01", severity=severity, content=content)


def content() -> str:
    """A page with the text view, a page picture and the form, put together as the desk does."""
    findings = [finding(1, "经😀镇政府批准后方可营业"), finding(2, "批准后方可营业，违者", "严重")]
    start = TEXT.index("第二条")
    line = PageLine((72.0, 100.0, 300.0, 16.0), start, len(TEXT), TEXT[start:])
    other = PageLine((72.0, 60.0, 300.0, 16.0), 0, 18, TEXT[:18])
    pages = {
        "views": [PageView(1, 595.0, 842.0, (Mark(1, (80.0, 101.0, 20.0, 10.0)),), lines=(other, line))],
        "item": SimpleNamespace(pk=7), "may": {"DECIDE": True}, "drawn_here": True,
    }  # fmt: skip
    asked = {
        "text_view": text_view(TEXT, {}, findings), "raise_url": f"{HOME}/raise", "version": SimpleNamespace(pk=1234),
        "type_options": fixed_parts.type_options(), "basis_lists": fixed_parts.basis_lists(AS_OF),
    }  # fmt: skip
    return (
        '<!doctype html><html lang="zh-CN"><title>夜市</title><link rel="stylesheet" href="/static/desk.css">'
        '<link rel="stylesheet" href="/static/text.css"><script src="/static/select.js" defer></script><main>'
        f'<article class="paper" id="text" tabindex="0">{render_to_string("part_text.html", asked)}</article>'
        f'<div id="pages" class="pages-view">{render_to_string("part_pages.html", pages)}</div>{render_to_string("part_raise.html", asked)}</main>'
    )


@pytest.fixture
def posted() -> list[dict[str, list[str]]]:
    """The forms that the page has posted."""
    return []


@pytest.fixture
def page(browser: Browser, posted: list[dict[str, list[str]]]) -> Iterator[Page]:
    """The page under the policy of the desk; errors of scripts and what the policy refuses fail the test."""
    shown = browser.new_context(viewport={"width": 1000, "height": 1400}, locale="zh-CN").new_page()
    shown.on("pageerror", lambda error: pytest.fail(str(error)))
    shown.on("console", lambda message: pytest.fail(message.text) if "Content Security" in message.text else None)

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(HOME)
        if route.request.method == "POST":
            posted.append(parse_qs(route.request.post_data or "", keep_blank_values=True))
            route.fulfill(body="已记下", content_type="text/plain; charset=utf-8")
        elif path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif path == "/":
            headers = {"Content-Security-Policy": _POLICY, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=content(), headers=headers)
        else:
            route.fulfill(status=404)

    shown.route("**/*", answer)
    shown.goto(f"{HOME}/")
    yield shown
    shown.context.close()


def place(page: Page, offset: int) -> tuple[float, float]:
    """The left edge and middle height, in pixels, of the character of the text at an offset."""
    box: list[float] = page.evaluate(_FIND + "const r = document.createRange(); const [n, at, size] = find(offset);"
        " r.setStart(n, at); r.setEnd(n, at + size); const b = r.getBoundingClientRect(); return [b.left, b.top + b.height / 2]; }", offset)  # fmt: skip
    return box[0], box[1]


# finds the text node and the index in it of a character, counted in code points from the start of its paragraph
_FIND = """(offset) => { const find = (wanted) => {
  const paragraph = [...document.querySelectorAll("[data-text-view] [data-start]")].find((one) => +one.dataset.start <= wanted && wanted < +one.dataset.end);
  let at = +paragraph.dataset.start;
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    let index = 0;
    for (const character of node.data) { if (at === wanted) return [node, index, character.length]; at += 1; index += character.length; }
  } };
"""


def opened(page: Page) -> tuple[int, int]:
    """The offsets in the opened form."""
    expect(page.locator("#raise-dialog")).to_be_visible()
    start, end = (page.locator(f"#raise [name={name}]").input_value() for name in ("start", "end"))
    return int(start), int(end)


def drag(page: Page, start: int, end: int) -> None:
    """Selects with the mouse from before the character at `start` to before the one at `end`."""
    page.mouse.move(*place(page, start))
    page.mouse.down()
    page.mouse.move(*place(page, end), steps=5)
    page.mouse.up()


@pytest.mark.parametrize(
    ("first", "last"), [("𠮷水镇", "批准"), ("😀镇", "80元"), ("费用", "河边"), ("违者", "本通知"), ("𠮷巷", "60元")]
)
def test_words_chosen_with_the_mouse_have_exact_offsets(page: Page, first: str, last: str) -> None:
    start, end = TEXT.index(first), TEXT.index(last) + 1
    drag(page, start, end)
    page.get_by_role("button", name="对选中的文字提出发现").click()
    assert opened(page) == (start, end)
    quote = page.locator("#raise-quote").input_value()
    assert "".join(quote.split()) == "".join(TEXT[start:end].split())


def test_words_chosen_with_the_keyboard_have_exact_offsets(page: Page) -> None:
    page.locator("#text").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("a")
    assert opened(page) == (3, 6) and TEXT[3:6] == "𠮷水镇"


def test_the_keyboard_chooses_over_paragraphs_and_a_table(page: Page) -> None:
    page.locator("#text").focus()
    page.keyboard.press("Shift+ArrowRight")
    for _ in range(16):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+End")
    page.keyboard.press("a")
    assert opened(page) == (0, len(TEXT))


def test_every_selection_has_exact_offsets(page: Page) -> None:
    rng = random.Random(5)
    shown = [at for at, character in enumerate(TEXT) if not character.isspace() or TEXT[at - 1] == "条"]
    script = _FIND + "const [a, b] = [find(offset[0]), find(offset[1])]; const s = getSelection();"
    script += "s.setBaseAndExtent(b[0], b[1] + b[2], a[0], a[1]); document.dispatchEvent(new Event('selectionchange'));"
    script += "document.querySelector('[data-raise]').click(); const f = document.getElementById('raise');"
    script += "const r = [+f.elements.start.value, +f.elements.end.value]; document.getElementById('raise-dialog').close(); return r; }"
    for _ in range(150):
        start, last = sorted((rng.choice(shown), rng.choice(shown)))
        assert page.evaluate(script, [start, last]) == [start, last + 1]


def test_without_a_selection_nothing_is_offered(page: Page) -> None:
    expect(page.get_by_role("button", name="对选中的文字提出发现")).to_be_disabled()
    page.locator("#text").focus()
    page.keyboard.press("a")
    expect(page.locator("#raise-dialog")).to_be_hidden()
    expect(page.get_by_text("请先选中文字")).to_be_visible()


def test_a_line_of_the_page_is_chosen_with_mouse_or_keyboard(page: Page) -> None:
    start = TEXT.index("第二条")
    line = page.locator("rect.line").nth(1)
    line.click(position={"x": 150, "y": 8})
    assert opened(page) == (start, len(TEXT))
    assert page.locator("#raise-quote").input_value() == TEXT[start:]
    page.get_by_role("button", name="取消").click()
    page.locator("rect.line").first.focus()
    page.keyboard.press("ArrowDown")
    expect(line).to_be_focused()
    page.keyboard.press("Enter")
    assert opened(page) == (start, len(TEXT))


def fill(page: Page) -> None:
    page.get_by_label("类型").select_option(label="直接设定行政许可")
    page.get_by_label("严重程度").select_option("高")
    page.locator("#raise [name=basis]").fill("《中华人民共和国行政许可法》第十七条")


def test_only_the_button_records(page: Page, posted: list[dict[str, list[str]]]) -> None:
    drag(page, 3, 6)
    page.keyboard.press("a")
    fill(page)
    page.get_by_label("理由").fill("镇政府无权设定")
    page.locator("#raise [name=basis]").press("Enter")
    page.get_by_label("类型").press("Enter")
    page.wait_for_timeout(200)
    assert not posted and page.locator("#raise-dialog").is_visible()
    page.get_by_role("button", name="提出").last.click()
    page.wait_for_url("**/raise")
    (form,) = posted
    assert {key: values[0] for key, values in form.items()} == {
        "version": "1234", "start": "3", "end": "6", "type": "LIC-01", "severity": "高", "advice": "",
        "basis": "《中华人民共和国行政许可法》第十七条", "reason": "镇政府无权设定",
    }  # fmt: skip


def test_a_finding_without_reason_is_not_recorded(page: Page, posted: list[dict[str, list[str]]]) -> None:
    drag(page, 3, 6)
    page.keyboard.press("a")
    fill(page)
    page.locator("#raise-send").click()
    page.wait_for_timeout(200)
    assert not posted


def test_a_mark_of_two_findings_has_both_and_turns_between_them(page: Page) -> None:
    mark = page.locator("mark[data-count='2']")
    assert mark.text_content() == "批准后方可营业" and mark.get_attribute("data-findings") == "f2 f1"
    expect(page.locator("#m1")).to_have_text("经😀镇政府")
    expect(page.locator("#m2")).to_have_text("批准后方可营业")
    shown: Any = mark.get_attribute("data-finding")
    mark.click()
    expect(mark).not_to_have_attribute("data-finding", shown)


def accessible(page: Page, part: str) -> None:
    found = Axe().run(page, context=part, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def test_text_lines_and_form_are_accessible(page: Page) -> None:
    accessible(page, "#text")
    accessible(page, "#pages svg")
    drag(page, 3, 6)
    page.keyboard.press("a")
    opened(page)
    accessible(page, "#raise-dialog")
