"""The page of an item in a real browser: walking folded findings, decisions, words that were not sent, panels, errors."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Dialog, Page, Route, expect, sync_playwright

from pipeline.review.decisions import workflow
from pipeline.review.models import Finding, Item, Status
from tests.web.conftest import client
from tests.web.test_long_lists import add_findings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.filterwarnings("default"),
]
DESK = "http://testserver"
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Playwright runs the test inside an event loop, in which Django refuses to ask the database
    with pytest.MonkeyPatch.context() as settings, sync_playwright() as playwright:
        settings.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, people: dict[str, User]) -> Iterator[Open]:
    """Opens an address as a role; requests are answered by the desk in this process, on the database of the test."""
    opened: list[Page] = []

    def visit(address: str, role: str = "审查员", width: int = 1366) -> Page:
        user = client(people, role)

        def answer(route: Route) -> None:
            asked = route.request
            path = asked.url.removeprefix(DESK)
            if path.startswith("/static/"):
                route.fulfill(path=finders.find(path.removeprefix("/static/")))
                return
            headers = {name: value for name, value in asked.headers.items() if name.startswith("hx-")}
            got = user.generic(
                asked.method,
                path,
                asked.post_data_buffer or b"",
                asked.headers.get("content-type", ""),
                headers=headers,
            )
            body = b"".join(got) if got.streaming else got.content
            route.fulfill(status=got.status_code, body=body, headers=dict(got.headers))

        shown = browser.new_context(viewport={"width": width, "height": 768}, locale="zh-CN").new_page()
        shown.on("pageerror", lambda error: pytest.fail(str(error)))
        shown.route("**/*", answer)
        shown.goto(f"{DESK}{address}")
        opened.append(shown)
        return shown

    yield visit
    for shown in opened:
        shown.context.close()


def now(page: Page) -> str:
    """The key of the finding that is shown, "" for none."""
    return str(page.evaluate("document.querySelector('.finding.now')?.id ?? ''"))


def press(page: Page, key: str) -> str:
    """Presses a key and waits until another finding is shown; returns its key."""
    before = now(page)
    page.keyboard.press(key)
    page.wait_for_function("before => (document.querySelector('.finding.now')?.id ?? before) !== before", arg=before)
    return now(page)


def keys_of(item: Item) -> list[str]:
    """The keys of the findings of an item in a page, in text order."""
    found = Finding.objects.filter(version=item.current, softened=False).order_by("start", "id")
    return [f"f{key}" for key in found.values_list("pk", flat=True)]


def test_j_and_k_walk_through_all_findings_of_folded_groups(item: Item, visit: Open) -> None:
    add_findings(item, [*["第九条"] * 45, *[f"第{at // 2}条" for at in range(20, 40)]])
    page, keys = visit(f"/items/{item.pk}/"), keys_of(item)
    assert page.locator(".finding").count() < len(keys)
    assert [press(page, "j") for _ in keys] == keys
    assert [press(page, "k") for _ in keys[1:]] == keys[-2::-1]
    assert page.locator(".finding").count() == len(keys)


def test_a_finding_of_a_folded_group_is_opened_by_its_mark_and_by_its_address(item: Item, visit: Open) -> None:
    made = add_findings(item, ["第九条"] * 95)
    last = f"f{made[-1].pk}"
    page = visit(f"/items/{item.pk}/")
    assert page.locator(f"#{last}").count() == 0
    page.evaluate(
        "key => { document.querySelector('mark').dataset.finding = key; document.querySelector('mark').click(); }", last
    )
    expect(page.locator(f"#{last}.now")).to_be_visible()
    page = visit(f"/items/{item.pk}/#{last}")
    expect(page.locator(f"#{last}.now")).to_be_visible()


def test_after_a_decision_the_next_undecided_finding_is_shown_also_of_a_folded_group(item: Item, visit: Open) -> None:
    made = add_findings(item, ["第九条"] * 41)
    page = visit(f"/items/{item.pk}/#f{made[39].pk}")
    expect(page.locator(f"#f{made[39].pk}.now")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator(f"#f{made[39].pk}.decided")).to_be_attached()
    expect(page.locator(".finding.now")).not_to_have_class("decided")
    after = keys_of(item)[keys_of(item).index(f"f{made[39].pk}") + 1]
    expect(page.locator(f"#{after}.now")).to_be_visible()
    expect(page.locator(f"#{after}")).to_be_focused()
    page.locator(f"#f{made[39].pk}").get_by_role("button", name="撤回").click()
    expect(page.locator(f"#f{made[39].pk}.now:not(.decided)")).to_be_visible()
    expect(page.locator(f"#f{made[39].pk}")).to_be_focused()
    page.locator(f"#f{made[39].pk} textarea[name=comment]").focus()
    page.keyboard.type("j")
    expect(page.locator(f"#f{made[39].pk} textarea[name=comment]")).to_be_focused()


def asked_on_leaving(page: Page) -> bool:
    """Whether the browser asks before it leaves the page; leaves it."""
    asked: list[str] = []

    def accept(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", accept)
    page.goto(f"{DESK}/notices")
    page.remove_listener("dialog", accept)
    return asked == ["beforeunload"]


def test_leaving_asks_where_words_were_not_sent(item: Item, visit: Open) -> None:
    address = f"/items/{item.pk}/"
    page = visit(address)
    assert not asked_on_leaving(page)
    page.goto(f"{DESK}{address}")
    words = page.locator(".finding textarea.say").first
    words.press_sequentially("没有依据")
    assert asked_on_leaving(page)
    page.goto(f"{DESK}{address}")
    page.locator(".finding textarea.say").first.press_sequentially("没有依据")
    page.locator(".finding").first.get_by_role("button", name="需修改").click()
    expect(page.locator(".finding").first).to_contain_text("没有依据")
    assert not asked_on_leaving(page)
    # a form that leads to another page, and one that was refused
    page.goto(f"{DESK}{address}")
    form = page.locator("form.fields", has=page.get_by_role("button", name="记下结论"))
    form.locator("textarea").press_sequentially("意见一致")
    form.get_by_role("button", name="记下结论").click()
    expect(page.locator("#said")).to_contain_text("没有选择审查结论")
    assert asked_on_leaving(page)


def test_an_answer_keeps_the_words_under_another_point_and_takes_an_old_error_away(item: Item, visit: Open) -> None:
    page = visit(f"/items/{item.pk}/")
    page.locator(".points summary").click()
    rows = page.locator("#points tr")
    page.evaluate("document.querySelector('#points tr input[name=point]').value = 'x'")
    rows.nth(0).get_by_role("button", name="是", exact=True).click()
    expect(page.locator("#said")).to_contain_text("没有这个核对要点")
    rows.nth(2).locator("textarea").press_sequentially("还要再问")
    rows.nth(1).get_by_role("button", name="否").click()
    expect(rows.nth(1).locator("[aria-pressed=true]")).to_have_text("否")
    assert rows.nth(2).locator("textarea").input_value() == "还要再问"
    expect(page.locator("#said")).to_be_empty()
    count = rows.count()
    assert count == page.locator("#points tr[id^=point-]").count()


def test_an_answer_keeps_the_explanation_that_is_being_typed(item: Item, visit: Open) -> None:
    """The explanation of points without an answer is for fewer points after an answer; its words stay, and are not recorded."""
    page = visit(f"/items/{item.pk}/")
    box = page.locator("#contradictions form[data-about]", has=page.locator("textarea")).last.locator("textarea")
    box.press_sequentially("另有说明")
    page.locator(".points summary").click()
    rows = page.locator("#points tr")
    rows.nth(1).get_by_role("button", name="否").click()
    expect(rows.nth(1).locator("[aria-pressed=true]")).to_have_text("否")
    page.wait_for_function(
        "() => [...document.querySelectorAll('#contradictions textarea')].map((one) => one.value).join('') === '另有说明'"
    )
    assert not item.explanations.exists()


@pytest.mark.parametrize("width", [1366, 900])
def test_panels_stay_within_the_page(item: Item, visit: Open, width: int) -> None:
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    page = visit(f"/items/{item.pk}/", "主审", width)
    for panel in page.locator("details.menu").all():
        panel.locator("summary").click()
        box = panel.locator(":scope > .pop, :scope > div").bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
        panel.locator("summary").click()
    # also one at the right edge of the page
    page.evaluate(
        """() => {
            const bar = document.querySelector(".bar.acts .actions");
            Object.assign(bar.style, { width: "100%", justifyContent: "end" });
            bar.append(document.querySelector("details.menu"));
        }"""
    )
    page.locator("details.menu").last.locator("summary").click()
    page.wait_for_function(
        "() => document.querySelector('.menu[open] > .pop').getBoundingClientRect().right <= document.documentElement.clientWidth"
    )


def test_the_answer_of_an_issuer_is_shown_at_once(people: dict[str, User], item: Item, visit: Open) -> None:
    from pipeline.review.decisions import releases
    from tests.review.reviewed import review

    releases.release(review(item, people), people["审查员"])
    page = visit(f"/items/{item.pk}/", "制定机关")
    section = page.locator(".finding").first
    section.get_by_role("button", name="不采纳").click()
    expect(page.locator("#said")).to_contain_text("没有写明理由")
    for _ in range(2):
        page.locator(".finding").first.get_by_role("button", name="采纳", exact=True).click()
        expect(page.locator(".finding").first.locator(".verdict")).to_have_text("采纳")
        expect(page.get_by_text("已记下答复")).to_be_visible()
        expect(page.locator("#said")).to_be_empty()
        page.goto(f"{page.url.split('#')[0]}#{page.locator('.finding').first.get_attribute('id')}")
    assert not workflow.open_disputes(item)
