"""The desk in a real browser: upload, queue, decisions by keyboard, second review, export, audit; accessibility with axe."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from corpora import papers
from tests.conftest import ROOT
from tests.web.conftest import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.filterwarnings("default"),
]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


def qinggui(home: Path, *words: str) -> None:
    settings = {**os.environ, "QINGGUI_HOME": str(home), "QINGGUI_PASSWORD": PASSWORD}
    subprocess.run([sys.executable, "-m", "pipeline", *words], cwd=ROOT, env=settings, check=True, capture_output=True)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a desk with its worker, started by `qinggui serve` on an empty home folder."""
    home = tmp_path_factory.mktemp("desk")
    for name, role in (("zhu", "主审"), ("shen", "审查员"), ("guan", "管理员"), ("ju", "制定机关")):
        qinggui(home, "user", "add", name, "--role", role, "--name", f"{name}某")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pipeline", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "QINGGUI_HOME": str(home)}, stdout=subprocess.DEVNULL
    )
    try:
        yield wait_for(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        server.wait(30)


def wait_for(address: str) -> str:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/login", timeout=2):
                return address
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def enter(browser: Browser, address: str, name: str) -> Page:
    """A page at 1366 × 768 with a user logged in; script errors and requests to other hosts fail the test."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("request", lambda request: None if request.url.startswith((address, "data:")) else pytest.fail(request.url))
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    return page


def accessible(page: Page) -> None:
    """Asserts that axe finds no violation of WCAG 2.1 A and AA."""
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()


def upload_files(office: Page, folder: Path) -> None:
    """The part of the issuer: uploads two files, one of them empty, and sees their results."""
    paper = folder / "农家乐办法.txt"
    paper.write_text("\n".join(papers.FARMHOUSE), encoding="utf-8")
    (folder / "空.txt").write_bytes(b"")
    menu(office, "提交文件")
    accessible(office)
    office.set_input_files("input[type=file]", [paper, folder / "空.txt"])
    expect(office.get_by_text("已选择2个文件")).to_be_visible()
    office.get_by_role("button", name="提交").click()
    expect(office.locator(".j-完成")).to_have_count(1, timeout=300_000)
    expect(office.locator(".j-有问题")).to_have_count(1)
    menu(office, "我的文件")
    expect(office.get_by_role("link", name="农家乐经营管理办法")).to_be_visible()


def review(first: Page) -> None:
    """The part of the reviewer: decides every finding by keyboard and passes the item to the second review."""
    accessible(first)
    first.get_by_role("link", name="农家乐经营管理办法").click()
    accessible(first)
    first.keyboard.press("?")
    expect(first.get_by_role("dialog")).to_be_visible()
    first.keyboard.press("Escape")
    first.keyboard.press("j")
    for count in range(first.locator(".finding").count()):
        first.keyboard.press("1")
        expect(first.locator(".finding.decided")).to_have_count(count + 1)
    expect(first.get_by_text("警示已全部决定")).to_be_visible()
    first.get_by_text("核对要点").click()
    first.get_by_role("button", name="材料齐全：备案报告、正式文本、起草说明、制定依据：否").click()
    expect(first.locator(".answers [aria-pressed=true]")).to_have_count(1)
    look_at_pages(first)
    accessible(first)
    first.get_by_role("button", name="办结").click()
    expect(first.get_by_text("已送复核")).to_be_visible()


def look_at_pages(page: Page) -> None:
    """原件版面: pages with a box for each finding where LibreOffice is installed, else a message that says so."""
    page.keyboard.press("o")
    if not (shutil.which("soffice") or shutil.which("libreoffice")):
        expect(page.get_by_text("LibreOffice")).to_be_visible()
    else:
        expect(page.get_by_role("img", name="原件第1页")).to_be_visible(timeout=300_000)
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
        chief.get_by_role("link", name="备案审查意见").click()
    assert "备案审查意见" in download.value.suggested_filename
    chief.get_by_role("button", name="复核通过，办结").click()
    expect(chief.get_by_text("已办结")).to_be_visible()
    menu(chief, "统计")
    accessible(chief)


def test_each_role_does_its_part_of_a_review(browser: Browser, address: str, tmp_path: Path) -> None:
    upload_files(enter(browser, address, "ju"), tmp_path)
    review(enter(browser, address, "shen"))
    confirm(enter(browser, address, "zhu"))
    administer(enter(browser, address, "guan"))


def test_errors_are_shown_and_the_page_keeps_its_content(browser: Browser, address: str) -> None:
    page = enter(browser, address, "zhu")
    page.locator(".facet").get_by_role("link", name="已办").click()
    page.get_by_role("link", name="农家乐经营管理办法").click()
    page.get_by_placeholder("重新打开的理由").fill("漏看")
    page.get_by_role("button", name="重新打开").click()
    finding = page.locator(".finding").first
    page.evaluate("document.querySelectorAll('.finding input[name=key]').forEach((key) => { key.value = 'x'; })")
    finding.get_by_role("button", name="转办").click()
    expect(page.get_by_role("alert")).to_contain_text("请刷新后重试")
    expect(finding).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    finding.get_by_role("button", name="转办").click()
    page.wait_for_url("**/login*")


def test_a_visitor_sees_only_the_login(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/board")
    assert "/login" in page.url
    accessible(page)


def test_the_pages_of_accounts_and_the_audit_are_accessible(browser: Browser, address: str) -> None:
    admin = enter(browser, address, "guan")
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
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill("xin")
    page.get_by_label("密码").fill(initial)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="改密码")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    accessible(page)
    page.goto(f"{address}/logout")
    accessible(page)
