"""Keys on the page of an item: none records anything that was not chosen; and the list is walked to its end by keyboard."""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, Page, expect

from corpora import papers
from corpora.writers import as_docx, as_txt
from tests.web.browsing import Desk, accessible, enter, hand_in, in_a_browser, menu, reloaded

pytestmark = [*in_a_browser, pytest.mark.usefixtures("faultless")]

KEYS = (*"abcdefghijklmnopqrstuvwxyz0123456789", "Enter", "Space", "Delete", "Backspace", "Tab", "Escape", "?")
LANTERNS = tuple(
    (
        f"临溪县{town}镇人民政府关于灯会的通知",
        f"{town}政发〔2026〕{number}号",
        "各村：",
        f"第一条 {town}镇灯会从正月初十到正月十五举行。",
        "第二条 进场的摊主须缴纳文明经营保证金两千元。",
        f"{town}镇人民政府",
        f"2026年1月{number}日",
    )
    for number, town in enumerate(("东坪", "西渡", "南湾"), 1)
)


@pytest.fixture(scope="module")
def papers_handed_in(browser: Browser, desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A filed document with many findings, and three of one list."""
    folder = tmp_path_factory.mktemp("papers")
    texts: Sequence[tuple[str, bytes]] = (
        ("农家乐.txt", as_txt(papers.FARMHOUSE)),
        *((f"灯会{number}.docx", as_docx(lines)) for number, lines in enumerate(LANTERNS, 1)),
    )
    for name, data in texts:
        (folder / name).write_bytes(data)
    chief = enter(browser, desk, "zhu")
    menu(chief, "提交文件")
    hand_in(chief, [folder / name for name, _ in texts], "备案")
    chief.context.close()


@pytest.fixture
def page(browser: Browser, desk: Desk, papers_handed_in: None) -> Page:
    """The page of the document with many findings, in a list of one, for a reviewer."""
    page = enter(browser, desk, "shen")
    page.goto(f"{desk.address}/?q=农家乐")
    page.get_by_role("link", name="农家乐经营管理办法").click()
    page.wait_for_url("**/items/**")
    return page


def let_go(page: Page) -> None:
    """Closes what a key has opened and takes the focus away, as before the next key."""
    page.evaluate(
        "document.querySelectorAll('dialog[open]').forEach((one) => one.close()); document.activeElement.blur(); getSelection().removeAllRanges();"
    )


def refusals_are_no_faults(desk: Desk) -> None:
    desk.faults[:] = [fault for fault in desk.faults if not fault.startswith("400 ")]


def test_no_key_records_anything(page: Page, desk: Desk) -> None:
    before = desk.acts()
    for first in ("", "j"):
        for key in KEYS:
            for press in filter(None, (first, key)):
                page.keyboard.press(press)
            let_go(page)
    page.wait_for_timeout(300)
    assert desk.acts() == before and page.locator(".finding.decided").count() == 0


def test_only_enter_on_a_verdict_records(page: Page, desk: Desk) -> None:
    before = desk.acts()
    for key in KEYS:
        page.keyboard.press("j")
        page.keyboard.press(key)
        if key in "123":
            continue
        page.keyboard.press("Enter")
        let_go(page)
    page.wait_for_timeout(300)
    assert desk.acts() == before
    for _ in range(20):
        page.keyboard.press("k")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".finding.decided")).to_have_count(1)
    page.wait_for_timeout(300)
    assert [what for _, what, _ in desk.acts()[len(before) :]] == ["决定"]
    page.locator(".finding.decided").get_by_role("button", name="撤回").click()
    expect(page.locator(".finding.decided")).to_have_count(0)


def test_enter_in_a_field_records_nothing(page: Page, desk: Desk) -> None:
    before = desk.acts()
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    page.evaluate(
        "document.querySelectorAll('main .refer, main [role=tabpanel]').forEach((one) => { one.hidden = false; })"
    )
    fields = page.locator("main :is(textarea, select, input:not([type=hidden]):not([type=file])):not(dialog *)")
    assert fields.count() > 30
    for number in range(fields.count()):
        fields.nth(number).evaluate("(field) => field.focus()")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    refusals_are_no_faults(desk)
    assert desk.acts() == before


def test_the_finding_in_which_one_types_is_the_one_that_keys_are_about(page: Page) -> None:
    page.keyboard.press("j")
    third = page.locator(".finding").nth(2)
    third.get_by_label("意见").fill("第三处")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(third.locator("button[data-key='2']")).to_be_focused()


def test_behind_an_open_form_no_key_moves_the_page(browser: Browser, desk: Desk, papers_handed_in: None) -> None:
    page = enter(browser, desk, "shen")
    page.goto(f"{desk.address}/?q=灯会")
    page.locator("a.title").first.click()
    page.wait_for_url("**/items/**")
    address = page.url
    page.locator("#text").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("a")
    page.locator("#raise [name=reason]").fill("写了一半")
    page.get_by_role("button", name="取消").focus()
    for key in "npjks1o?":
        page.keyboard.press(key)
    expect(page.locator("#raise-dialog")).to_be_visible()
    expect(page.locator("#raise [name=reason]")).to_have_value("写了一半")
    assert page.url == address


def test_an_act_is_recorded_once_however_often_its_button_is_pressed(page: Page, desk: Desk) -> None:
    before = len(desk.acts())
    page.get_by_role("combobox", name="结论").select_option("自行修改")
    with reloaded(page):
        page.get_by_role("button", name="记下结论").dblclick()
    page.wait_for_timeout(300)
    assert [what for _, what, _ in desk.acts()[before:]] == ["结论"]


def test_enter_in_the_comment_on_a_sampled_passage_records_nothing(
    browser: Browser, desk: Desk, papers_handed_in: None
) -> None:
    admin = enter(browser, desk, "guan")
    menu(admin, "账号")
    admin.get_by_role("row", name="gu某").get_by_role("button", name="加入").click()
    page = enter(browser, desk, "gu")
    page.goto(f"{desk.address}/?q=农家乐")
    page.get_by_role("link", name="农家乐经营管理办法").click()
    page.wait_for_url("**/items/**")
    accessible(page)
    before = desk.acts()
    passage = page.locator(".finding", has_text="请判断这段话有没有问题").first
    passage.get_by_label("意见").fill("变相收费")
    page.keyboard.press("Enter")
    page.keyboard.type("见第三条")
    page.wait_for_timeout(300)
    assert desk.acts() == before
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(".finding.decided", has_text="变相收费")).to_have_count(1)
    assert [what for _, what, _ in desk.acts()[len(before) :]] == ["抽样"]


def test_a_list_is_walked_to_its_end_though_items_leave_it(
    browser: Browser, desk: Desk, papers_handed_in: None
) -> None:
    page = enter(browser, desk, "fu")
    page.goto(f"{desk.address}/?status=待审&q=灯会&sort=new")
    page.locator("a.title").first.click()
    page.wait_for_url("**/items/**")
    place = page.get_by_role("navigation", name="列表中的位置")
    for number in (1, 2, 3):
        expect(place).to_contain_text(f"{number}/3")
        accessible(page)
        finish(page)
        expect(place).to_contain_text(f"{number}/3")
        expect(page.locator(".state", has_text=re.compile("已办|待复核"))).to_be_visible()
        if number < 3:
            page.keyboard.press("n")
            page.wait_for_load_state()
    expect(place).to_contain_text("已是最后一件")
    address = page.url
    page.keyboard.press("n")
    assert page.url == address
    page.keyboard.press("p")
    expect(place).to_contain_text("2/3")
    place.get_by_role("link", name="2/3").click()
    expect(page.get_by_text("没有符合条件的文件")).to_be_visible()


def finish(page: Page) -> None:
    """Claims, decides, answers but one point and explains that one, concludes and finishes: every act comes back to the same place of the list."""
    with reloaded(page):
        page.get_by_role("button", name="领取").click()
    page.keyboard.press("j")
    for number in range(page.locator(".finding").count()):
        page.keyboard.press("2")
        page.keyboard.press("Enter")
        expect(page.locator(".finding.decided")).to_have_count(number + 1)
    if not page.locator("#points").is_visible():
        page.locator("summary", has_text="核对要点").click()
    rows = page.locator("#points tr")
    for number in range(rows.count() - 1):
        rows.nth(number).get_by_role("button", name="是", exact=True).click()
        expect(page.locator("#points [aria-pressed=true]")).to_have_count(number + 1)
    page.get_by_label("说明", exact=True).fill("不涉及经营者")
    with reloaded(page):
        page.get_by_role("button", name="记下说明").click()
    page.get_by_role("combobox", name="结论").select_option("准予备案")
    for name in ("记下结论", "办结"):
        with reloaded(page):
            page.get_by_role("button", name=name, exact=True).click()
