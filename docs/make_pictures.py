"""Takes the pictures of the documentation: desks filled from our own samples and the invented county, in the Chromium of this machine.

`make pictures` runs it. The queue and its account live in a temporary folder; the pictures go to docs/pictures.
"""

import io
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from corpora import county  # noqa: E402

PICTURES = Path(__file__).parent / "pictures"
SAMPLES = "corpora/samples"
# the day of the law, as in `make demo`
AS_OF, PLACE = "2026-11-22", "湖南"
SIZE = {"width": 1366, "height": 768}
ACCOUNT, ROLE, NAME = "zhang", "主审", "张三"
# the document that is shown open, a file of the samples
SHOWN = "农家乐经营管理办法"
# pictures are read over slow lines too
_MOST_BYTES = 300_000
_PROBLEM_FILES = 3


def main() -> None:
    """Writes desk.png, document.png and trends.png, and says how large they are."""
    browser = _chromium()
    _need_chinese_font()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        with _filled_desk(started, SAMPLES, _PROBLEM_FILES) as page:
            _take(page, "desk")
            page.get_by_role("link", name=SHOWN).first.click()
            page.locator(".finding").first.wait_for()
            page.keyboard.press("j")
            _take(page, "document")
        with _filled_desk(started, str(county.written()), 0) as page:
            page.get_by_role("link", name="趋势").first.click()
            page.locator(".trend").first.wait_for()
            _take(page, "trends")
        started.close()


@contextmanager
def _filled_desk(browser: Browser, folder: str, expected: int) -> Iterator[Page]:
    """The queue page of a desk with the files of a folder and their trends; `expected` is the exit code of reading them."""
    with tempfile.TemporaryDirectory() as home:
        settings = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        settings |= {"QINGGUI_HOME": home, "QINGGUI_PASSWORD": secrets.token_urlsafe(16)}
        _qinggui(settings, "triage", folder, "--as-of", AS_OF, "--place", PLACE, expected=expected)
        _qinggui(settings, "trends", "--keep")
        _qinggui(settings, "user", "add", ACCOUNT, "--role", ROLE, "--name", NAME)
        with _desk(settings) as address:
            page = browser.new_context(viewport=SIZE, locale="zh-CN").new_page()
            _log_in(page, address, settings["QINGGUI_PASSWORD"])
            yield page


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise SystemExit("没有找到Chromium。请安装：apt-get install chromium")
    return found


def _need_chinese_font() -> None:
    """Without one every character would be an empty box in the picture."""
    lister = shutil.which("fc-list")
    if lister and not subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip():
        raise SystemExit("没有中文字体，图片上的字会显示为方框。请安装：apt-get install fonts-noto-cjk")


def _qinggui(settings: dict[str, str], *words: str, expected: int = 0) -> None:
    done = subprocess.run([sys.executable, "-m", "pipeline", *words], cwd=ROOT, env=settings, capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode != expected:
        raise SystemExit(f"qinggui {' '.join(words)}没有完成（{done.returncode}）：\n{done.stderr}")


@contextmanager
def _desk(settings: dict[str, str]) -> Iterator[str]:
    """The address of a running desk."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "pipeline", "serve", "--port", str(port), "--workers", "0"]
    server = subprocess.Popen(words, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/login", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise SystemExit(f"审查台{address}没有启动")


def _log_in(page: Page, address: str, password: str) -> None:
    page.goto(f"{address}/login")
    page.get_by_label("账号").fill(ACCOUNT)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("button", name="退出").wait_for()


def _take(page: Page, name: str) -> None:
    """A picture of what the browser shows, when fonts and requests have come in."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => window.scrollTo({top: 0, behavior: 'instant'}))")
    file = PICTURES / f"{name}.png"
    shot = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    # a page of text needs no more than 256 colours, and a third of the bytes
    shot.convert("RGB").quantize(256).save(file, optimize=True)
    size = file.stat().st_size
    if size > _MOST_BYTES:
        raise SystemExit(f"{file.name}有{size // 1000}KB，超过{_MOST_BYTES // 1000}KB")
    print(f"{file.relative_to(ROOT)}  {size // 1000}KB")


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    main()
