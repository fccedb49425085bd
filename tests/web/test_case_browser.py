"""One case from the draft to the published document, each part by the person whose part it is, in a real browser."""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from corpora.writers import as_docx
from tests.web.browsing import (
    Desk,
    accessible,
    enter,
    focused,
    hand_in,
    in_a_browser,
    menu,
    refused,
    reloaded,
    saved,
    visitor,
)

pytestmark = [*in_a_browser, pytest.mark.usefixtures("faultless")]

TITLE = "临溪县民宿管理办法（送审稿）"
AIM = "第一条 为了规范民宿经营，根据《中华人民共和国旅游法》等有关规定，结合本县实际，制定本办法。"
DRAFT = (
    TITLE,
    AIM,
    "第二条 开办民宿的，应当报所在乡镇人民政府审批后方可营业。",
    "第三条 经营者应当向县旅游服务中心缴纳环境卫生管理费，标准为每间客房每年60元。",
    "第四条 进场装修前，经营者须缴纳文明施工保证金两万元。",
    "第五条 违反本办法规定，拒绝安全检查的，由乡镇人民政府处五百元以上三千元以下罚款。",
    "第六条 逾期不拆除违规棚架的，由乡镇人民政府组织强制拆除，并由供电单位停止供电。",
    "第七条 从事食品经营的民宿，应当依法取得食品经营许可证后方可营业。",
    "第八条 本办法自2027年1月1日起施行，有效期五年。",
)
NEXT_DRAFT = (
    TITLE,
    AIM,
    "第二条 开办民宿的，可以自愿向所在乡镇人民政府报告。",
    "第三条 县旅游服务中心为经营者提供免费的环境卫生指导。",
    "第四条 装修民宿的，应当遵守文明施工的规定。",
    "第五条 本办法自2027年1月1日起施行，有效期五年。",
)
ISSUED = (
    "临溪县人民政府文件",
    "临政发〔2026〕8号",
    "临溪县人民政府关于印发《临溪县图书馆服务办法》的通知",
    "各乡镇人民政府，县政府各工作部门：",
    "现将《临溪县图书馆服务办法》印发给你们，请认真执行。",
    "临溪县人民政府",
    "2026年3月2日",
    "临溪县图书馆服务办法",
    "第一条 为了改进公共图书馆服务，根据《中华人民共和国公共图书馆法》，制定本办法。",
    "第二条 县图书馆每周开放时间不少于五十六小时。",
    "第三条 县图书馆应当为读者提供阅览、借阅、咨询服务。",
    "第四条 本办法自2026年4月1日起施行，有效期五年。",
)
REASON = "写了一半的理由"


def written(folder: Path, name: str, paragraphs: Sequence[str]) -> Path:
    """A docx with some paragraphs."""
    path = folder / name
    path.write_bytes(as_docx(paragraphs))
    return path


def words_of(docx: bytes) -> str:
    """The text of all parts of a docx."""
    with zipfile.ZipFile(io.BytesIO(docx)) as parts:
        pages = [
            parts.read(name).decode() for name in parts.namelist() if re.match(r"word/(document|header|footer)", name)
        ]
    return "".join(re.sub(r"<[^>]+>", "", page) for page in pages)


def opened(page: Page, words: str) -> Locator:
    """Opens a menu or a folded part by its words."""
    page.locator("summary", has_text=words).first.click()
    return page.locator("details[open]", has=page.locator("summary", has_text=words)).first


def pressed(page: Page, name: str) -> None:
    """Presses a button that loads the page anew."""
    with reloaded(page):
        page.get_by_role("button", name=name, exact=True).click()


def opinion(page: Page) -> str:
    with page.expect_download() as download:
        page.locator(".acts").get_by_role("link", name="合法性审查意见书").click()
    return words_of(saved(download.value))


def draft_and_material(office: Page, folder: Path) -> str:
    """制定机关 hands in a draft with 起草说明 and 征求意见; returns the address of its case."""
    menu(office, "提交文件")
    hand_in(office, [written(folder, "民宿办法.docx", DRAFT)], "草案")
    accessible(office)
    menu(office, "我的文件")
    accessible(office)
    office.get_by_role("link", name=TITLE).click()
    accessible(office)
    case = office.url.split("?")[0]
    office.get_by_label("种类").select_option("起草说明")
    note = written(folder, "起草说明.docx", ("关于民宿管理办法的起草说明", "一、起草的必要性：民宿近年增加很快。"))
    office.set_input_files("#main input[type=file]", note)
    pressed(office, "提交材料")
    accessible(office)
    office.get_by_label("提交的是").select_option("征求意见")
    hand_in(office, [written(folder, "征求意见.docx", ("征求意见及采纳情况", "公开征求意见三十日，没有收到意见。"))])
    office.goto(case)
    expect(office.get_by_role("row", name="起草说明")).to_be_visible()
    expect(office.get_by_role("row", name="征求意见及采纳情况")).to_be_visible()
    expect(office.locator(".steps")).to_contain_text("等待审查")
    return case


def claimed(first: Page) -> None:
    """审查员 claims the case in the queue, opens it there, and reads a material."""
    row = first.get_by_role("row", name=TITLE)
    row.get_by_role("button", name=f"领取{TITLE}").click()
    expect(first.get_by_role("row", name=TITLE)).to_contain_text("shen某")
    accessible(first)
    first.get_by_role("link", name=TITLE).click()
    first.get_by_role("tab", name="材料").click()
    accessible(first)
    first.get_by_role("row", name="起草说明").get_by_role("link", name="查看文字").click()
    expect(first.locator(".paper")).to_contain_text("民宿近年增加很快")
    accessible(first)
    first.go_back()
    accessible(first)


def decided_by_keyboard(first: Page, desk: Desk) -> None:
    """The alarms are decided with j, k, 1, 2, 3 and Enter; Enter in a comment is a new line and records nothing."""
    before = desk.acts()
    names = first.locator(".finding")
    for key, number in (("j", 0), ("j", 1), ("k", 0)):
        first.keyboard.press(key)
        expect(names.nth(number)).to_have_class(re.compile(r"\bnow\b"))
    for key, verdict in (("1", "成立"), ("2", "不成立"), ("3", "需修改")):
        first.keyboard.press(key)
        assert focused(first) == verdict
    first.keyboard.press("c")
    first.keyboard.type("乡镇不能设定许可")
    first.keyboard.press("Enter")
    first.keyboard.type("见行政许可法")
    first.wait_for_timeout(300)
    assert desk.acts() == before and first.locator(".finding.decided").count() == 0
    first.keyboard.press("Escape")
    for count, key in enumerate("13121", 1):
        first.keyboard.press(key)
        first.keyboard.press("Enter")
        expect(first.locator(".finding.decided")).to_have_count(count)
    expect(names.first.locator(".comment")).to_contain_text("乡镇不能设定许可\n见行政许可法", use_inner_text=False)
    made = [what for _, what, _ in desk.acts()[len(before) :]]
    assert made == ["决定"] * 5
    expect(first.get_by_text("警示已全部决定")).to_be_visible()
    expect(first.locator(".finding textarea[name=comment]").first).to_have_value("")


def raised_by_keyboard(first: Page, desk: Desk) -> None:
    """Words are marked with the arrow keys and raised with a; what is refused keeps what was typed."""
    first.locator("#text").focus()
    first.keyboard.press("ArrowRight")
    for _ in range(4):
        first.keyboard.press("ArrowRight")
    for _ in range(5):
        first.keyboard.press("Shift+ArrowRight")
    first.keyboard.press("a")
    dialog = first.get_by_role("dialog")
    expect(dialog.get_by_label("选中的文字")).to_have_value(TITLE[4:9])
    accessible(first)
    dialog.get_by_role("combobox", name="类型").select_option(index=1)
    dialog.get_by_role("combobox", name="严重程度").select_option("高")
    dialog.locator("[name=reason]").fill("题名应当写明县")
    dialog.locator("[name=basis]").fill("没有书名号的依据")
    with refused(first, desk):
        dialog.get_by_role("button", name="提出", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("读不出依据")
    expect(dialog.locator("[name=reason]")).to_have_value("题名应当写明县")
    accessible(first)
    dialog.locator("[name=basis]").fill("《党政机关公文处理工作条例》第九条")
    with reloaded(first):
        dialog.get_by_role("button", name="提出", exact=True).dblclick()
    expect(first.locator(".finding .person", has_text="shen某提出")).to_have_count(1)
    expect(first.locator(".finding.now")).to_have_count(0)
    first.keyboard.press("j")
    first.keyboard.press("3")
    expect(first.locator(".finding.now")).to_contain_text("题名应当写明县")
    first.keyboard.press("Enter")
    expect(first.locator(".finding.decided", has_text="题名应当写明县")).to_be_visible()


def taken_up(first: Page) -> None:
    """A hit that the context softened becomes a finding, with the reason; what is typed elsewhere stays."""
    first.locator(".finding textarea[name=comment]").nth(1).fill(REASON)
    first.keyboard.press("Escape")
    first.keyboard.press("s")
    part = first.locator("details.softened", has_text="因语境不作警示的1处")
    part.locator("summary", has_text="列为发现").click()
    accessible(first)
    part.locator("[name=reason]").fill("许可证的名称不对")
    with reloaded(first):
        part.get_by_role("button", name="列为发现").click()
    expect(first.locator(".finding", has_text="许可证的名称不对")).to_be_visible()
    expect(first.locator(".finding textarea[name=comment]").nth(1)).to_have_value(REASON)
    expect(first.locator("details.softened", has_text="因语境不作警示的")).to_have_count(0)


def checked(first: Page, last: str) -> None:
    """Answers all points of the checklist except the last, which is left or answered by `last`."""
    if not first.locator("#points").is_visible():
        first.locator("summary", has_text="核对要点").click()
    rows = first.locator("#points tr")
    for number in range(rows.count() - (not last)):
        answer = last if number == rows.count() - 1 else "不适用" if number == 6 else "是"
        rows.nth(number).get_by_role("button", name=answer, exact=True).click()
        expect(rows.nth(number).locator("[aria-pressed=true]")).to_have_text(answer)


def concluded(first: Page, outcome: str) -> None:
    first.get_by_role("combobox", name="结论").select_option(outcome)
    pressed(first, "记下结论")


def contradicted(first: Page, desk: Desk) -> None:
    """The case is not finished before the contradictions are resolved, or explained in words; what was typed stays."""
    reason = first.locator(".conclusion form textarea[name=reason]")
    reason.fill(REASON)
    with refused(first, desk):
        first.get_by_role("button", name="办结", exact=True).click()
    expect(first.get_by_role("alert")).to_contain_text("尚未作出审查结论")
    expect(reason).to_have_value(REASON)
    accessible(first)
    concluded(first, "合法")
    left = first.get_by_label("矛盾和缺项")
    expect(left).to_contain_text("结论是“合法”，但有")
    expect(left).to_contain_text("核对要点有1项没有回答")
    accessible(first)
    with refused(first, desk):
        first.get_by_role("button", name="办结", exact=True).click()
    concluded(first, "应当予以修改")
    expect(left).not_to_contain_text("结论是“合法”")
    left.get_by_label("说明", exact=True).fill("解释机关另行发文明确")
    pressed(first, "记下说明")
    expect(left.locator(".explained")).to_contain_text("解释机关另行发文明确")
    assert "草稿" in opinion(first)


def disputed(counsel: Page, case: str) -> None:
    """法律顾问 thinks otherwise of the first alarm."""
    counsel.goto(case)
    expect(counsel.get_by_role("button", name="办结", exact=True)).to_have_count(0)
    counsel.locator(".finding.decided").filter(has=counsel.locator(".v-成立")).first.locator(
        "textarea[name=comment]"
    ).fill("有上位法依据")
    counsel.keyboard.press("Escape")
    counsel.keyboard.press("2")
    counsel.keyboard.press("Enter")
    expect(counsel.locator(".finding", has_text="意见分歧")).to_contain_text("请主审裁定")
    expect(counsel.get_by_label("矛盾和缺项")).to_contain_text("意见分歧没有裁定")
    accessible(counsel)


def ruled(chief: Page) -> None:
    """主审 finds the dispute in the queue and rules on it."""
    expect(chief.get_by_role("link", name=re.compile(r"^通知 \d"))).to_be_visible()
    chief.locator(".facet").get_by_role("link", name="有分歧").click()
    chief.get_by_role("link", name=TITLE).click()
    dispute = chief.locator(".finding", has_text="意见分歧")
    expect(dispute).to_contain_text("gu某认为“不成立”（有上位法依据）")
    dispute.get_by_label("意见").fill("没有上位法依据，乡镇无权")
    accessible(chief)
    chief.keyboard.press("Escape")
    chief.keyboard.press("1")
    chief.keyboard.press("Enter")
    expect(chief.locator(".verdict", has_text="zhu某裁定")).to_be_visible()
    expect(chief.get_by_text("意见分歧")).to_have_count(0)
    accessible(chief)


def read_by_two(first: Page, second: Page, case: str) -> None:
    """The first reader passes the case on, another one finishes it; the opinion names who acted."""
    first.reload()
    pressed(first, "办结")
    expect(first.get_by_text("已送复核")).to_be_visible()
    expect(first.get_by_role("button", name="复核通过，办结")).to_have_count(0)
    second.locator(".brand").click()
    second.locator(".facet").get_by_role("link", name="待复核").click()
    second.get_by_role("link", name=TITLE).click()
    opened(second, "退回…")
    accessible(second)
    second.keyboard.press("Escape")
    assert "草稿" in opinion(second)
    pressed(second, "复核通过，办结")
    expect(second.locator(".state", has_text="已办")).to_be_visible()
    told = opinion(second)
    assert "草稿" not in told
    for part in ("承办人：shen某", "复核人：fu某", "裁定人：zhu某", "解释机关另行发文明确"):
        assert part in told, told


def released(second: Page) -> None:
    part = opened(second, "送达送审单位…")
    accessible(second)
    part.get_by_label("附言").fill("请逐条答复")
    pressed(second, "送达")
    expect(second.get_by_role("heading", name="送达与答复")).to_be_visible()
    accessible(second)


def answered(office: Page, desk: Desk, case: str) -> None:
    """制定机关 reads opinion and findings, and answers point by point; each answer is seen at once, and nothing typed is lost."""
    menu(office, "我的文件")
    expect(office.get_by_role("row", name=TITLE)).to_contain_text("审查意见已送达")
    office.get_by_role("link", name="通知").click()
    accessible(office)
    office.get_by_role("row", name="审查意见已送达").get_by_role("link", name="打开").click()
    expect(office.locator(".steps")).to_contain_text("结论：应当予以修改")
    with office.expect_download() as download:
        office.get_by_role("link", name="下载意见书").click()
    assert "草稿" not in words_of(saved(download.value))
    points = office.locator(".finding")
    assert points.count() == 5
    accessible(office)
    points.nth(1).get_by_label("理由或者修改情况").fill(REASON)
    with refused(office, desk):
        points.nth(0).get_by_role("button", name="不采纳", exact=True).click()
    expect(office.get_by_role("alert")).to_contain_text("不采纳没有写明理由")
    expect(points.nth(1).get_by_label("理由或者修改情况")).to_have_value(REASON)
    points.nth(0).get_by_label("理由或者修改情况").fill("本县有特殊情况\n已经请示上级")
    for number, stance in enumerate(("不采纳", "采纳", "部分采纳", "采纳", "采纳")):
        if number == 2:
            points.nth(2).get_by_label("理由或者修改情况").fill("已改数额")
        with reloaded(office):
            points.nth(number).get_by_role("button", name=stance, exact=True).click()
        expect(points.nth(number).locator(".verdict")).to_have_text(stance)
        assert number or points.nth(1).get_by_label("理由或者修改情况").input_value() == REASON
    expect(office.get_by_text("已全部答复")).to_be_visible()
    accessible(office)


def next_draft(office: Page, folder: Path) -> None:
    office.get_by_role("link", name="提交下一稿…").click()
    accessible(office)
    hand_in(office, [written(folder, "民宿办法二稿.docx", NEXT_DRAFT)])
    office.get_by_role("link", name=re.compile("^回到编号")).click()
    expect(office.get_by_text("等待审查机关接收")).to_be_visible()
    accessible(office)


def compared(first: Page, chief: Page, desk: Desk) -> None:
    """The reviewer is told and compares; the chief takes the draft up with a reason, and the case is open again."""
    first.get_by_role("link", name="通知").click()
    expect(first.get_by_role("row", name="已逐条答复")).to_be_visible()
    accessible(first)
    first.get_by_role("row", name="提交了下一稿").get_by_role("link", name="打开").click()
    expect(first.get_by_text("请主审接收")).to_be_visible()
    expect(first.get_by_role("button", name="作为本件的新版本接收")).to_have_count(0)
    accessible(first)
    first.get_by_role("link", name="先比较").click()
    expect(first.locator(".compare")).to_contain_text("自愿")
    accessible(first)
    chief.locator(".brand").click()
    chief.locator(".facet").get_by_role("link", name="有新版本").click()
    chief.get_by_role("link", name=TITLE).click()
    with refused(chief, desk):
        chief.get_by_role("button", name="作为本件的新版本接收").click()
    chief.get_by_label("重新审查的理由").fill("制定机关已经修改")
    pressed(chief, "作为本件的新版本接收")
    expect(chief.locator(".state", has_text="待审")).to_be_visible()
    accessible(chief)


def finished_again(first: Page, second: Page, case: str) -> None:
    """The next draft is compared with the one before, concluded anew, and finished by two readers."""
    first.goto(case)
    first.get_by_role("tab", name="版本（2）").click()
    accessible(first)
    first.get_by_role("link", name="与前一版比较").click()
    expect(first.locator(".compare-findings")).to_contain_text("直接设定行政许可")
    accessible(first)
    first.goto(case)
    expect(first.get_by_label("矛盾和缺项")).to_contain_text("前一版本上作出")
    carried = first.locator(".finding", has_text="shen某提出")
    expect(carried).to_contain_text("（前一版）")
    carried.get_by_label("意见").fill("起草说明已经写明县")
    first.keyboard.press("Escape")
    first.keyboard.press("2")
    first.keyboard.press("Enter")
    expect(carried.locator(".v-不成立")).to_be_visible()
    concluded(first, "合法")
    # the points were answered on the version before: they are explained for this one
    first.locator(".contradictions li", has_text="前一版回答").get_by_label("说明", exact=True).fill("程序材料没有变化")
    pressed(first, "记下说明")
    expect(first.locator(".contradictions li:not(.explained)")).to_have_count(0)
    pressed(first, "办结")
    second.goto(case)
    pressed(second, "复核通过，办结")
    first.reload()
    expect(first.locator(".state", has_text="已办")).to_be_visible()
    assert "草稿" not in opinion(first)
    first.locator("summary", has_text="办理记录").click()
    accessible(first)


def test_a_draft_goes_from_hand_in_to_its_second_version(browser: Browser, desk: Desk, tmp_path: Path) -> None:
    office = enter(browser, desk, "ju")
    case = draft_and_material(office, tmp_path)
    first = enter(browser, desk, "shen")
    claimed(first)
    decided_by_keyboard(first, desk)
    raised_by_keyboard(first, desk)
    taken_up(first)
    checked(first, "")
    contradicted(first, desk)
    disputed(enter(browser, desk, "gu"), case)
    chief = enter(browser, desk, "zhu")
    ruled(chief)
    second = enter(browser, desk, "fu")
    read_by_two(first, second, case)
    released(second)
    answered(office, desk, case)
    next_draft(office, tmp_path)
    compared(first, chief, desk)
    finished_again(first, second, case)


def test_a_filed_document_is_published_after_a_preview_and_withdrawn(
    browser: Browser, desk: Desk, tmp_path: Path
) -> None:
    first = enter(browser, desk, "shen")
    menu(first, "提交文件")
    hand_in(first, [written(tmp_path, "图书馆.docx", ISSUED)], "备案")
    first.get_by_role("link", name="图书馆").first.click()
    checked(first, "是")
    concluded(first, "准予备案")
    pressed(first, "办结")
    expect(first.get_by_role("link", name="公开…")).to_have_count(0)
    chief = enter(browser, desk, "zhu")
    chief.goto(first.url)
    chief.get_by_role("link", name="公开…").click()
    accessible(chief)
    assert not desk.faults
    chief.get_by_role("button", name="确认公开").dblclick()
    expect(chief.get_by_role("link", name="查看公开的页面")).to_be_visible()
    accessible(chief)
    seen_and_withdrawn(visitor(browser, desk), chief, desk)


def seen_and_withdrawn(anyone: Page, chief: Page, desk: Desk) -> None:
    """Anyone sees a published document until it is withdrawn, and then that it was."""
    anyone.goto(f"{desk.address}/public/")
    accessible(anyone)
    anyone.get_by_role("link", name="图书馆").click()
    expect(anyone.get_by_text("现行有效，有效期至2031年3月31日")).to_be_visible()
    accessible(anyone)
    part = opened(chief, "撤回公开")
    accessible(chief)
    part.get_by_label("撤回的理由").fill("文字有误")
    part.get_by_role("button", name="撤回公开").click()
    expect(chief.get_by_text("曾于")).to_be_visible()
    with refused(anyone, desk, 410):
        anyone.reload()
    expect(anyone.get_by_text("已撤回公开").first).to_be_visible()
    accessible(anyone)
