"""A desk on its own server and pages of a real browser that note every fault: what the tests with a browser share."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Download, Error, Page, Response, expect, sync_playwright

from tests.conftest import ROOT
from tests.web.conftest import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
in_a_browser = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.filterwarnings("default"),
]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
# reading a file on a busy machine
LONG = 300_000
_PEOPLE = {
    "zhu": "主审", "shen": "审查员", "fu": "审查员", "gu": "法律顾问", "xi": "分析员", "guan": "管理员", "ju": "制定机关",
}  # fmt: skip
# what is noted of people who only look
_LOOKED = ("查看", "查看版面", "查看材料", "登录", "退出", "下载原件", "下载材料", "下载文书", "导出", "随送达生成")


@dataclass(slots=True)
class Desk:
    """A running desk: its address, its folder, and the faults of its pages that no test has asked for."""

    address: str
    home: Path
    faults: list[str] = field(default_factory=list)

    def acts(self) -> list[tuple[str, str, str]]:
        """Everything that people did, as the audit notes it: account, what, detail; without looking and logging in."""
        marks = ",".join("?" * len(_LOOKED))
        asked = f"SELECT who, what, detail FROM review_auditentry WHERE what NOT IN ({marks}) ORDER BY id"
        with closing(sqlite3.connect(f"file:{next(self.home.glob('*.sqlite3'))}?mode=ro", uri=True)) as queue:
            return queue.execute(asked, _LOOKED).fetchall()


def started(home: Path) -> Iterator[Desk]:
    """A desk with its worker and an account in every role, started by `qinggui serve` on an empty folder."""
    lines = [f"add_user('{name}', '{PASSWORD}', '{role}', full_name='{name}某')" for name, role in _PEOPLE.items()]
    head = "from pipeline.review.connection import connect; connect('pipeline.web.settings')\nfrom pipeline.review.accounts import add_user"
    settings = {**os.environ, "QINGGUI_HOME": str(home)}
    subprocess.run([sys.executable, "-c", "\n".join([head, *lines])], cwd=ROOT, env=settings, check=True)
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "pipeline", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)
    try:
        yield Desk(_wait_for(f"http://127.0.0.1:{port}"), home)
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address: str) -> str:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/login", timeout=2):
                return address
        except OSError:
            time.sleep(0.3)
    raise TimeoutError(address)


def chromium() -> Iterator[Browser]:
    """A browser without window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def visitor(browser: Browser, desk: Desk) -> Page:
    """A page at 1366 × 768 of somebody who is not logged in; errors of scripts, other hosts and refused requests are faults."""
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN").new_page()

    def answered(response: Response) -> None:
        if response.status >= 400:
            desk.faults.append(f"{response.status} {response.url}")

    page.on("pageerror", lambda error: desk.faults.append(str(error)))
    page.on("console", lambda said: desk.faults.append(said.text) if "Content Security" in said.text else None)
    page.on("response", answered)
    page.on("request", lambda asked: None if asked.url.startswith((desk.address, "data:")) else desk.faults.append(asked.url))  # fmt: skip
    return page


def enter(browser: Browser, desk: Desk, name: str) -> Page:
    """A page with a user logged in."""
    page = visitor(browser, desk)
    page.goto(f"{desk.address}/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    return page


@contextmanager
def refused(page: Page, desk: Desk, status: int = 400) -> Iterator[None]:
    """Inside, one request is refused with a status: that one is no fault."""
    with page.expect_response(lambda response: response.status == status) as found:
        yield
    desk.faults.remove(f"{status} {found.value.url}")


@contextmanager
def reloaded(page: Page) -> Iterator[None]:
    """Inside, an act leads to a page that is loaded anew, whatever its address."""
    page.evaluate("document.body.dataset.old = '1'")
    yield
    expect(page.locator("body:not([data-old])")).to_be_attached()
    page.wait_for_load_state()


def accessible(page: Page) -> None:
    """Asserts that axe finds no violation of WCAG 2.1 A and AA; if the page left for the next one meanwhile, on that one."""
    seen = page.evaluate("performance.timeOrigin")
    try:
        found = Axe().run(page, options=RULES)
    except Error:
        page.wait_for_load_state()
        if page.evaluate("performance.timeOrigin") == seen:
            raise
        found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def menu(page: Page, name: str) -> None:
    """Follows a link of the main menu."""
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()


def focused(page: Page) -> str:
    """What has the focus: the text of a button or link, the name of a field."""
    words: str = page.evaluate("document.activeElement.textContent.trim() || document.activeElement.name || ''")
    return words


def hand_in(page: Page, files: list[Path], kind: str = "") -> None:
    """Hands files in on the page for that, as a kind of case, and waits until they are read."""
    page.set_input_files("#drop input[type=file]", [str(file) for file in files])
    if kind:
        page.get_by_label("案件类别").select_option(kind)
    before = page.locator(".jobs .job").count()
    page.locator("#drop").get_by_role("button", name="提交").click()
    expect(page.locator(".jobs .job")).to_have_count(before + len(files), timeout=LONG)
    expect(page.locator(".jobs .job:not(.j-完成)")).to_have_count(0, timeout=LONG)


def saved(download: Download) -> bytes:
    """The bytes of a download."""
    return Path(download.path()).read_bytes()
