"""The desk in a real browser: upload, queue, decisions by keyboard, second review, export, audit; accessibility with axe."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from corpora import papers
from tests.web.browsing import LONG, Desk, accessible, enter, in_a_browser, menu, refused, reloaded

pytestmark = [*in_a_browser, pytest.mark.usefixtures("faultless")]


def upload_files(office: Page, folder: Path) -> None:
    """The part of the issuer: uploads two files, one of them empty, and sees their results."""
    paper = folder / "农家乐办法.txt"
    paper.write_text("\n".join(papers.FARMHOUSE), encoding="utf-8")
    (folder / "空.txt").write_bytes(b"")
    menu(office, "提交文件")
    accessible(office)
    office.set_input_files("input[type=file]", [paper, folder / "空.txt"])
    expect(office.get_by_text("已选择2个文件")).to_be_visible()
    office.locator("#drop").get_by_role("button", name="提交").click()
    expect(office.locator("#sending")).to_be_empty()  # nothing goes without a kind of case
    office.get_by_label("案件类别").select_option("备案")
    office.locator("#drop").get_by_role("button", name="提交").click()
    expect(office.locator(".j-完成")).to_have_count(1, timeout=LONG)
    expect(office.locator(".j-有问题")).to_have_count(1)
    menu(office, "我的文件")
    expect(office.get_by_role("link", name="农家乐经营管理办法")).to_be_visible()


def review(first: Page) -> None:
    """The part of the reviewer: decides every finding by keyboard, answers the checklist, concludes, and passes the item to the second review."""
    accessible(first)
    first.get_by_role("link", name="农家乐经营管理办法").click()
    accessible(first)
    first.keyboard.press("?")
    expect(first.get_by_role("dialog")).to_be_visible()
    accessible(first)
    first.keyboard.press("Escape")
    first.keyboard.press("j")
    for count in range(first.locator(".finding").count()):
        first.keyboard.press("1")
        expect(first.locator(".finding.now button[data-key='1']")).to_be_focused()
        first.keyboard.press("Enter")
        expect(first.locator(".finding.decided")).to_have_count(count + 1)
    expect(first.get_by_text("警示已全部决定")).to_be_visible()
    look_at_pages(first)
    conclude(first, "自行修改")
    accessible(first)
    with reloaded(first):
        first.get_by_role("button", name="办结").click()
    expect(first.get_by_text("已送复核")).to_be_visible()


def conclude(page: Page, outcome: str) -> None:
    """Answers every point of the checklist, the first one with 否, and draws the conclusion."""
    page.locator("summary", has_text="核对要点").click()
    rows = page.locator("#points tr")
    for number in range(rows.count()):
        rows.nth(number).get_by_role("button", name="不适用" if number else "否", exact=True).click()
        expect(page.locator("#points [aria-pressed=true]")).to_have_count(number + 1)
    page.get_by_role("combobox", name="结论").select_option(outcome)
    with reloaded(page):
        page.get_by_role("button", name="记下结论").click()
    expect(page.get_by_text("没有矛盾")).to_be_visible()


def look_at_pages(page: Page) -> None:
    """原件版面: pages with a box for each finding where LibreOffice is installed, else a message that says so."""
    page.keyboard.press("o")
    if not (shutil.which("soffice") or shutil.which("libreoffice")):
        expect(page.get_by_text("LibreOffice")).to_be_visible()
    else:
        expect(page.get_by_role("img", name="原件第1页")).to_be_visible(timeout=LONG)
        expect(page.locator("rect.box").first).to_be_attached()
    page.keyboard.press("o")
    expect(page.locator("#text")).to_be_visible()


def administer(admin: Page) -> None:
    """The part of the administrator: accounts, a token, the audit."""
    menu(admin, "账号")
    accessible(admin)
    row = admin.get_by_role("row", name="shen")
    row.get_by_role("button", name="加入").click()
    expect(admin.get_by_role("row", name="shen").get_by_text("参加")).to_be_visible()
    admin.get_by_role("link", name="接口令牌").click()
    admin.get_by_label("给哪个程序用").fill("备案平台")
    admin.get_by_role("button", name="新建令牌").click()
    expect(admin.get_by_text("只显示这一次")).to_be_visible()
    accessible(admin)
    menu(admin, "审计")
    admin.get_by_role("link", name="核验哈希链").click()
    expect(admin.get_by_text("哈希链完整")).to_be_visible()
    expect(admin.get_by_role("cell", name="办结").first).to_be_visible()
    accessible(admin)


def confirm(chief: Page) -> None:
    """The part of the chief: downloads the opinion, finishes the case, opens the statistics."""
    chief.locator(".facet").get_by_role("link", name="待复核").click()
    chief.get_by_role("link", name="农家乐经营管理办法").click()
    with chief.expect_download() as download:
        chief.get_by_role("link", name="备案审查意见").first.click()
    assert "备案审查意见" in download.value.suggested_filename
    with reloaded(chief):
        chief.get_by_role("button", name="复核通过，办结").click()
    expect(chief.get_by_text("已办结")).to_be_visible()
    menu(chief, "统计")
    accessible(chief)


@pytest.fixture(scope="module")
def reviewed(browser: Browser, desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A case that was handed in, reviewed and finished, each part by its role."""
    upload_files(enter(browser, desk, "ju"), tmp_path_factory.mktemp("papers"))
    review(enter(browser, desk, "shen"))
    confirm(enter(browser, desk, "zhu"))


@pytest.mark.usefixtures("reviewed")
def test_each_role_does_its_part_of_a_review(browser: Browser, desk: Desk) -> None:
    administer(enter(browser, desk, "guan"))


@pytest.mark.usefixtures("reviewed")
def test_errors_are_shown_and_the_page_keeps_its_content(browser: Browser, desk: Desk) -> None:
    page = enter(browser, desk, "zhu")
    page.locator(".facet").get_by_role("link", name="已办").click()
    page.get_by_role("link", name="农家乐经营管理办法").click()
    page.locator("summary", has_text="重新打开").click()
    page.get_by_label("理由").first.fill("漏看")
    with reloaded(page):
        page.get_by_role("button", name="重新打开").click()
    finding = page.locator(".finding").first
    finding.get_by_label("意见").fill("写了一半")
    page.evaluate("document.querySelectorAll('.finding input[name=key]').forEach((key) => { key.value = 'x'; })")
    with refused(page, desk):
        finding.get_by_role("button", name="不成立", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("请刷新后重试")
    expect(finding.get_by_label("意见")).to_have_value("写了一半")
    page.context.clear_cookies(name="sessionid")
    finding.get_by_role("button", name="不成立", exact=True).click()
    page.wait_for_url("**/login*")


def test_a_file_that_is_refused_on_its_way_says_why(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    page = enter(browser, desk, "ju")
    menu(page, "提交文件")
    answer = '<p class="notice error" role="status">大.pdf超过200兆字节，没有提交</p>'
    page.route("**/upload", lambda route: route.fulfill(body=answer, content_type="text/html; charset=utf-8"))
    (tmp_path / "大.pdf").write_bytes(b"%PDF-")
    page.set_input_files("#drop input[type=file]", tmp_path / "大.pdf")
    page.get_by_label("案件类别").select_option("备案")
    page.locator("#drop").get_by_role("button", name="提交").click()
    expect(page.locator("#sending")).to_contain_text("超过200兆字节")
    expect(page.locator("#sending")).not_to_contain_text("已提交")


def test_a_visitor_sees_only_the_login(browser: Browser, desk: Desk) -> None:
    page = browser.new_page()
    page.goto(f"{desk.address}/board")
    assert "/login" in page.url
    accessible(page)


def test_the_pages_of_accounts_and_the_audit_are_accessible(browser: Browser, desk: Desk) -> None:
    admin = enter(browser, desk, "guan")
    menu(admin, "账号")
    admin.get_by_label("账号", exact=True).fill("xin")
    admin.get_by_label("角色").select_option("审查员")
    admin.get_by_role("button", name="新增").click()
    initial = admin.locator("code").inner_text()
    expect(admin.locator("code")).to_be_in_viewport()
    accessible(admin)
    admin.get_by_role("link", name="修改xin").click()
    accessible(admin)
    menu(admin, "审计")
    admin.get_by_label("事项").select_option("账号")
    admin.get_by_role("button", name="筛选").click()
    expect(admin.get_by_role("cell", name="新增审查员xin")).to_be_visible()
    accessible(admin)
    menu(admin, "统计")
    accessible(admin)
    page = browser.new_context().new_page()
    page.goto(f"{desk.address}/login")
    page.get_by_label("账号").fill("xin")
    page.get_by_label("密码").fill(initial)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="改密码")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    accessible(page)
    page.goto(f"{desk.address}/logout")
    accessible(page)
