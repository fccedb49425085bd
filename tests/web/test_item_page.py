"""The page of an item: decisions on many findings, answers to points, messages, corrected facts, new versions, notices."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.review.accounts import make_token
from pipeline.review.decisions import agreement, bulk, notices, workflow
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import (
    AuditEntry,
    Batch,
    Decision,
    Finding,
    Item,
    Kind,
    Material,
    MaterialKind,
    Notice,
    Status,
)
from tests.review.reviewed import review
from tests.web.conftest import client, confirm, hidden_fields
from tests.web.test_long_lists import add_findings

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Notices and batches of a test end with it."""
    last = Batch.objects.order_by("-id").values_list("pk", flat=True).first() or 0
    Notice.objects.all().delete()
    yield
    Notice.objects.all().delete()
    Decision.objects.filter(batch__pk__gt=last).delete()
    Batch.objects.filter(pk__gt=last).delete()


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(user, '测试')}"}


def text_of(people: dict[str, User], address: str, role: str = "审查员") -> str:
    answer = client(people, role).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


# one decision on many findings of an item


def test_all_undecided_findings_of_a_type_are_decided_after_a_preview(people: dict[str, User], item: Item) -> None:
    made = add_findings(item, ["第九条"] * 70)
    browser, kind = client(people, "审查员"), made[0].type
    browser.post(f"/items/{item.pk}/decide", {"key": made[3].key, "verdict": "不成立"})
    count = Finding.objects.filter(version=item.current, softened=False, type=kind).count() - 1
    name = made[0].content["name"]
    assert f'<option value="{kind}">{name}（{count}处）</option>' in text_of(people, f"/items/{item.pk}/")
    page = browser.post(f"/items/{item.pk}/group", {"type": kind}).content.decode()
    assert f"还没有决定的“{name}”" in page and page.count('<span class="sev">') == 40 and f"等{count}处" in page
    form = hidden_fields(page) | {"verdict": "成立", "comment": "没有依据"}
    answer = browser.post(f"/items/{item.pk}/group", form, follow=True)
    assert f"已对{count}处作出“成立”的决定" in answer.content.decode()
    assert workflow.decisions_of(item)[made[3].key].verdict == "不成立"
    assert answer.redirect_chain[-1][0] == f"/items/{item.pk}/"


def test_the_address_stays_on_the_item_after_a_decision_on_many(people: dict[str, User], item: Item) -> None:
    browser, address = client(people, "审查员"), f"/items/{item.pk}/"
    first, second = workflow.open_alarms(item)[:2]
    listed = quote("q=农家乐", safe="")
    assert browser.get(f"{address}group").headers["Location"] == address
    for form in ({}, {"type": "LIC-99"}, {"key": "x"}):
        answer = browser.post(f"{address}group", {**form, "from": listed}, follow=True)
        assert answer.redirect_chain == [(f"{address}?from={listed}", 302)], form
        assert "notice error" in answer.content.decode()
    # with scripts the preview stays, with what was typed
    refused = browser.post(f"{address}group", {"sure": "1", "keys": first.key}, headers=HTMX)
    assert refused.status_code == 400 and "没有选择决定" in refused.content.decode()
    form = {"sure": "1", "keys": f"{first.key} {second.key}", "verdict": "成立", "comment": "没有依据", "from": listed}
    browser.post(f"{address}decide", {"key": second.key, "verdict": "不成立"})
    answer = browser.post(
        f"{address}group", form, headers={**HTMX, "HX-Current-URL": f"http://testserver{address}group"}
    )
    assert answer.headers["HX-Redirect"] == f"{address}?from={listed}"
    assert "已对1处作出“成立”的决定，可以逐处撤回；其余1处已有决定" in browser.get(address).content.decode()
    assert workflow.decisions_of(item)[second.key].verdict == "不成立"


# one decision on many items


def bulk_form(kind: str, **fields: str) -> dict[str, Any]:
    return {"q": "农家乐", "what": "决定", "type": kind, "verdict": "成立", "comment": "没有依据", **fields}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"verdict": "不成立"}, "决定"),
        ({"comment": "另有理由"}, "意见"),
        ({"type": ""}, ""),
        ({"verdict": "转办", "addressee": "司法局"}, "转给"),
    ],
)
def test_only_what_was_previewed_is_recorded(
    people: dict[str, User], item: Item, changed: dict[str, str], named: str
) -> None:
    chief = client(people, "主审")
    kinds = [kind for kind, _, _ in bulk.finding_types_in(Item.objects.filter(pk=item.pk))]
    form = bulk_form(kinds[0])
    seen = {
        name: value
        for name, value in hidden_fields(chief.post("/bulk", form).content.decode()).items()
        if "seen_" in name
    }
    assert seen
    other = {**changed, "type": kinds[1]} if changed == {"type": ""} else changed
    answer = chief.post("/bulk", {**form, **seen, **other, "sure": "1"})
    text = answer.content.decode()
    assert answer.status_code == 400 and "与预览的不同" in text and named in text and not item.decisions.exists()
    again = {name: value for name, value in hidden_fields(text).items() if "seen_" in name}
    assert chief.post("/bulk", {**form, **other, **again, "sure": "1"}).status_code == 302
    assert item.decisions.exists()


def test_a_decision_without_a_preview_is_not_recorded(people: dict[str, User], item: Item) -> None:
    kind = workflow.open_alarms(item)[0].type
    answer = client(people, "主审").post("/bulk", bulk_form(kind, sure="1"))
    assert answer.status_code == 400 and not item.decisions.exists()


def test_findings_that_came_after_the_preview_are_shown_before_they_are_decided(
    people: dict[str, User], item: Item
) -> None:
    chief, kind = client(people, "主审"), workflow.open_alarms(item)[0].type
    form = bulk_form(kind)
    seen = {
        name: value
        for name, value in hidden_fields(chief.post("/bulk", form).content.decode()).items()
        if "seen_" in name
    }
    like = Finding.objects.filter(version=item.current, type=kind)[0]
    like.pk, like.key = None, "later"
    like.save(force_insert=True)
    answer = chief.post("/bulk", {**form, **seen, "sure": "1"})
    assert answer.status_code == 400 and "发现有增减" in answer.content.decode() and not item.decisions.exists()


def test_types_that_the_rules_do_not_list_are_decided_too(people: dict[str, User], item: Item) -> None:
    like = workflow.open_alarms(item)[0]
    like.pk, like.key, like.type, like.content = None, "form", "FRM-05", {**like.content, "name": "规定了法律责任"}
    like.save(force_insert=True)
    page = confirm(client(people, "主审"), bulk_form("FRM-05"))
    assert page.status_code == 302 and workflow.decisions_of(item)["form"].verdict == "成立"
    batch = Batch.objects.latest("id")
    assert bulk.what_of(batch) == batch.detail == "规定了法律责任 成立 没有依据"


def test_batches_are_told_by_names_and_undone_only_where_that_is_possible(people: dict[str, User], item: Item) -> None:
    chief, finding = client(people, "主审"), workflow.open_alarms(item)[0]
    count = Finding.objects.filter(version=item.current, softened=False, type=finding.type).count()
    name = finding.content["name"]
    confirm(chief, bulk_form(finding.type, selected="1", item=str(item.pk)))
    page = chief.get("/").content.decode()
    assert f"已对1件中的{count}处作出决定：{name} 成立" in page and f"成批决定1件：{name} 成立 没有依据" in page
    batch = Batch.objects.order_by("-id")[0]
    undo = f'action="/bulk/{batch.pk}/undo"'
    assert re.search(rf"{undo}.*?<button>撤销</button></form>", page)
    batch.detail = f"{finding.type} 成立 没有依据"
    assert bulk.what_of(batch) == f"{name} 成立 没有依据", "batches of earlier versions kept the code"
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    part = chief.get("/").content.decode().split(undo)[1].split("</form>")[0]
    assert "不能撤销" in part and "<button>" not in part
    Item.objects.filter(pk=item.pk).update(status=Status.PENDING)


def test_an_assignment_of_many_is_told_once_and_names_the_items(people: dict[str, User], item: Item) -> None:
    others = [Item.objects.create(name=f"成批{at}.txt", status=Status.PENDING) for at in range(60)]
    mine = Item.objects.filter(pk__in=[other.pk for other in others])
    try:
        bulk.assign_all(mine, people["审查员"], by=people["主审"])
        told = Notice.objects.get(user=people["审查员"])
        assert told.words.startswith(
            f"chief先生把60件指派给您：编号{others[0].pk}、{others[1].pk}、"
        ) and told.words.endswith("等")
        detail = AuditEntry.objects.filter(what="成批指派").latest("id").detail
        assert detail.startswith("60件给wang：编号") and detail.count("、") == 49
        assert bulk.why_kept(Batch.objects.latest("id")) == ""
        mine.update(assignee=people["主审"])
        assert "改派" in bulk.why_kept(Batch.objects.latest("id"))
        bulk.assign_all(Item.objects.filter(pk=item.pk), people["审查员"], by=people["主审"])
        assert Notice.objects.filter(user=people["审查员"]).latest("id").item == item
        Notice.objects.all().delete()
        bulk.assign_all(Item.objects.filter(pk=item.pk), people["审查员"], by=people["主审"])
        assert not Notice.objects.exists(), "nothing was assigned"
    finally:
        mine.delete()


# points, messages, addresses


def test_an_answer_to_a_point_renders_that_point_alone(people: dict[str, User], item: Item) -> None:
    page = text_of(people, f"/items/{item.pk}/")
    keys = re.findall(r'<tr id="point-(\S+?)">', page)
    assert len(keys) > 2
    form = {"point": keys[1], "answer": "否", "comment": "没有起草说明"}
    answer = client(people, "审查员").post(f"/items/{item.pk}/check", form, headers=HTMX).content.decode()
    assert (
        f'<template><tr id="point-{keys[1]}" hx-swap-oob="true">' in answer
        and answer.count('<tr id="point-') == 1
        and "没有起草说明" in answer
    )
    assert 'hx-target="#contradictions" hx-swap="innerHTML"' in page


@pytest.mark.parametrize(
    ("current", "refreshes"),
    [
        ("", True), ("#f12", True), ("?from=q%3D1", False), ("?version=1", False), ("group", False),
    ],
)  # fmt: skip
def test_a_page_that_is_shown_already_is_loaded_again(
    people: dict[str, User], item: Item, current: str, refreshes: bool
) -> None:
    headers = {**HTMX, "HX-Current-URL": f"https://desk.example/items/{item.pk}/{current}"}
    answer = client(people, "审查员").post(f"/items/{item.pk}/claim", headers=headers)
    assert ("HX-Refresh" in answer.headers, "HX-Redirect" in answer.headers) == (refreshes, not refreshes)


def test_an_issuer_sees_its_answer_at_once(people: dict[str, User], item: Item) -> None:
    from pipeline.review.decisions import releases

    sent = releases.release(review(item, people), people["审查员"])
    headers = {**HTMX, "HX-Current-URL": f"http://testserver/items/{item.pk}/#rxyz"}
    form = {"key": str(sent.findings[0]["key"]), "stance": "采纳", "words": ""}
    answer = client(people, "制定机关").post(f"/items/{item.pk}/release/{sent.pk}/reply", form, headers=headers)
    assert answer.headers["HX-Refresh"] == "true" and "HX-Redirect" not in answer.headers
    item.refresh_from_db()


def test_reopening_and_returning_are_told_differently(people: dict[str, User], item: Item) -> None:
    chief = client(people, "主审")
    for status, said in ((Status.DONE, "已重新打开"), (Status.SECOND, "已退回初审")):
        Item.objects.filter(pk=item.pk).update(status=status)
        answer = chief.post(f"/items/{item.pk}/return", {"reason": "漏看"}, follow=True)
        assert said in answer.content.decode()


# facts, validity, versions


def test_a_corrected_fact_stands_under_its_label(people: dict[str, User], item: Item) -> None:
    browser = client(people, "审查员")
    machine = text_of(people, f"/items/{item.pk}/").split("<th>发文字号</th><td>")[1].split("<")[0].strip()
    before = item.title
    for field, value in (
        ("number", "临政发〔2025〕1号"),
        ("number", "临政发〔2025〕2号"),
        ("title", "正确的题名"),
        ("expires", "2031年5月1日"),
    ):
        assert browser.post(f"/items/{item.pk}/correct", {"field": field, "value": value}).status_code == 302
    page = text_of(people, f"/items/{item.pk}/")
    part = page.split("<th>发文字号</th>")[1].split("</tr>")[0]
    assert re.match(rf'<td>临政发〔2025〕2号 <del title="[^"]+">{re.escape(machine)}</del>', part), part
    assert "更正为“临政发〔2025〕1号”：wang先生" in part and "<th>更正</th>" not in page
    assert f">{before}</del>" in page.split("<th>题名</th>")[1].split("</tr>")[0]
    assert re.match(r"<td>2031-05-01", page.split("<th>有效期至</th>")[1])
    item.refresh_from_db()


def test_a_validity_that_is_not_certain_says_so_in_the_queue(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(validity="有效", validity_note="待核实", kind=Kind.FILED)
    row = text_of(people, "/?q=农家乐").split(f"/items/{item.pk}/")[1]
    assert re.search(r"有效<span[^>]*>（待核实）</span>", row.split("</tr>")[0])
    Item.objects.filter(pk=item.pk).update(validity_note="")
    assert "（待核实）" not in text_of(people, "/?q=农家乐").split(f"/items/{item.pk}/")[1].split("</tr>")[0]


@pytest.mark.parametrize(("role", "offered"), [("审查员", False), ("主审", True)])
def test_a_new_version_of_a_finished_case_is_offered_to_the_chief(
    people: dict[str, User], item: Item, role: str, offered: bool
) -> None:
    newcomer = Item.objects.create(
        name="下一稿.txt", rival=item, rival_reason="题名相同", status=Status.PENDING, current=item.current
    )
    try:
        for status, may in ((Status.PENDING, True), (Status.SECOND, True), (Status.DONE, offered)):
            Item.objects.filter(pk=item.pk).update(status=status)
            for address in (f"/items/{item.pk}/", f"/items/{newcomer.pk}/"):
                page = text_of(people, address, role)
                assert ('value="接收"' in page) is may and ("是否接收由主审决定" in page) is not may, (status, address)
    finally:
        newcomer.delete()


def test_the_help_says_what_follows_a_decision(people: dict[str, User], item: Item) -> None:
    assert "记下后转到下一处没有决定的发现" in text_of(people, f"/items/{item.pk}/")


# disputes and notices


def dispute(people: dict[str, User], item: Item, finding: Finding) -> None:
    for role, verdict in (("审查员", "成立"), ("法律顾问", "不成立")):
        workflow.decide(item, finding.key, Statement(verdict, "理由"), people[role])


def test_a_notice_of_a_dispute_opens_its_finding(people: dict[str, User], item: Item) -> None:
    first, *others = workflow.open_alarms(item)
    second = next(one for one in others if notices.dispute_on(one) != notices.dispute_on(first))
    dispute(people, item, first)
    link = f'href="/items/{item.pk}/#f{first.pk}"'
    assert link in text_of(people, "/notices", "主审")
    Notice.objects.create(user=people["主审"], item=item, words="编号1由别人指派给您")
    assert text_of(people, "/notices", "主审").count(link) == 1
    dispute(people, item, second)
    page = text_of(people, "/notices", "主审")
    assert page.count(link) == 1 and page.count(f'href="/items/{item.pk}/#f{second.pk}"') == 1
    # before 0.14.0 a notice did not name the finding
    Notice.objects.filter(item=item).update(words=f"编号{item.pk}《{item.title}》有发现意见不同，需要裁定")
    assert "#f" not in text_of(people, "/notices", "主审")


def test_both_reviewers_are_told_of_a_ruling(people: dict[str, User], item: Item) -> None:
    finding = workflow.open_alarms(item)[0]
    dispute(people, item, finding)
    Notice.objects.all().delete()
    workflow.decide(item, finding.key, Statement("成立", "没有上位法依据"), people["主审"], final=True)
    told = {notice.user: notice.words for notice in Notice.objects.filter(item=item)}
    assert set(told) == {people["审查员"], people["法律顾问"]} and not agreement.disputed(item)
    assert all(
        f"“{finding.content['name']}”的分歧由chief先生裁定为“成立”：没有上位法依据" in words for words in told.values()
    )


def test_material_and_a_new_version_are_told_to_those_concerned(people: dict[str, User], item: Item) -> None:
    assert item.current is not None
    kept = Material.objects.create(
        item=item, kind=MaterialKind.CONSULTATION, name="征求意见.docx", original=item.current.original, by="shui先生", account="shui"
    )  # fmt: skip
    notices.tell_of_material(kept)
    assert {notice.user for notice in Notice.objects.all()} == notices.chiefs(), "nobody has the case yet"
    Notice.objects.all().delete()
    Item.objects.filter(pk=item.pk).update(assignee=people["审查员"], updated=timezone.now())
    notices.tell_of_material(Material.objects.get(pk=kept.pk))
    told = Notice.objects.get()
    assert (
        told.user == people["审查员"]
        and "征求意见及采纳情况《征求意见.docx》" in told.words
        and "shui先生" in told.words
    )
    Notice.objects.all().delete()
    notices.tell_of_taken_up(item, notices.TakenUp.of(item, item), people["审查员"], "")
    told = Notice.objects.get(user=people["制定机关"])
    assert "接收为第1版" in told.words and told.item == item


def test_no_account_name_stands_before_the_name_of_a_file_that_was_handed_in(
    people: dict[str, User], item: Item
) -> None:
    item.versions.update(name="shena/送审稿.docx", submitted_by="沈某")
    page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
    assert "送审稿.docx" in page and "shena/送审稿.docx" not in page
    item.versions.update(name="2026/送审稿.docx", submitted_by="")
    assert "2026/送审稿.docx" in client(people, "审查员").get(f"/items/{item.pk}/").content.decode()


def test_a_corrected_last_day_counts_on_page_queue_api_and_tables(people: dict[str, User], item: Item) -> None:
    from pipeline.analysis.rows import rows_of
    from pipeline.review.output.exports import export_queue

    Item.objects.filter(pk=item.pk).update(kind=Kind.CLEANUP, validity="有效", validity_note="待核实")
    item.refresh_from_db()
    workflow.correct(item, "expires", "2025-11-30", people["审查员"])
    found = Item.objects.select_related("current").get(pk=item.pk)
    row = text_of(people, "/?q=农家乐").split(f"/items/{item.pk}/")[1].split("</tr>")[0]
    assert "已届满" in row and "至2025-11-30" in row and "待核实" not in row
    told = client(people, "审查员").get(f"/api/v1/items/{item.pk}", headers=bearer(people["审查员"])).json()
    assert (told["validity"], told["expires"]) == ("已届满", "2025-11-30")
    assert told["dossier"]["assessment"]["validity"]["state"] == "已届满"
    assert "已届满,2025-11-30" in export_queue([found], "csv", people["主审"]).data.decode("utf-8-sig")
    tables = rows_of(found)
    assert (tables["documents"][0]["validity"], tables["validity"][0]["state"]) == ("已届满", "已届满")
    page = text_of(people, f"/items/{item.pk}/").split("<th>有效性</th>")[1]
    assert page.startswith("<td>已届满") and "按更正的有效期至2025-11-30" in page


def test_a_cleanup_that_keeps_what_has_lapsed_contradicts(people: dict[str, User], item: Item) -> None:
    from pipeline.review.decisions.checklists import conclude
    from pipeline.review.decisions.contradictions import ContradictionKind, contradictions

    Item.objects.filter(pk=item.pk).update(kind=Kind.CLEANUP)
    item.refresh_from_db()
    workflow.correct(item, "expires", "2025-11-30", people["审查员"])
    item.refresh_from_db()
    conclude(item, "继续有效", "", people["审查员"])
    said = [made for made in contradictions(item) if made.kind == ContradictionKind.OVER]
    assert [made.says for made in said] == ["结论是“继续有效”，但文件已届满（有效期至2025-11-30）"]
    assert said[0].explainable


def test_a_corrected_day_of_a_document_moves_a_term_that_runs_from_it() -> None:
    from datetime import date

    from pipeline.review.queue.validity import expiry_by_day_made

    masthead = {"made": {"value": "2025-03-06"}, "published": None}
    document: dict[str, Any] = {"masthead": masthead, "effective": None, "term": {"years": 5, "days": None, "last_day": None}}  # fmt: skip
    validity = {"expires": "2030-03-05"}
    assert expiry_by_day_made(document, validity, date(2024, 3, 6)) == date(2029, 3, 5)
    by_place = document | {"term": None}
    assert expiry_by_day_made(by_place, validity, date(2024, 3, 6)) == date(2029, 3, 5)
    assert expiry_by_day_made(by_place, {"expires": None}, date(2024, 3, 6)) is None
    dated = document | {"effective": {"day": "2025-04-01"}}
    assert expiry_by_day_made(dated, validity, date(2024, 3, 6)) is None


def test_a_draft_has_no_validity_in_api_tables_and_command(people: dict[str, User], item: Item) -> None:
    from pipeline.analysis.rows import rows_of
    from pipeline.review.queue.validity import told_dossier, validity_of

    for values in ({"kind": Kind.DRAFT}, {"kind": Kind.CLEANUP, "title": "临溪县水务管理办法（送审稿）"}):
        Item.objects.filter(pk=item.pk).update(validity="有效", expires="2031-05-01", **values)
        found = Item.objects.select_related("current").get(pk=item.pk)
        told = client(people, "审查员").get(f"/api/v1/items/{item.pk}", headers=bearer(people["审查员"])).json()
        assert (told["validity"], told["expires"]) == ("", None)
        tables = rows_of(found)
        document = tables["documents"][0]
        assert (document["validity"], document["expires"], document["effective"], tables["validity"]) == (None, None, None, [])  # fmt: skip
        assert validity_of(found) == "" and told_dossier(found)["assessment"]["validity"]["state"] == ""


def test_the_genre_can_be_corrected_and_is_printed(people: dict[str, User], item: Item) -> None:
    from pipeline.review.output.case_building import case_of

    browser = client(people, "审查员")
    assert browser.post(f"/items/{item.pk}/correct", {"field": "genre", "value": "决定书"}).status_code == 302
    found = Item.objects.select_related("current").get(pk=item.pk)
    assert case_of(found).genre == "决定书"
    part = text_of(people, f"/items/{item.pk}/").split("<th>文种</th>")[1]
    assert re.match(r'<td>决定书 <del title="[^"]+">通知</del>', part), part[:200]
    assert AuditEntry.objects.filter(item=item.pk, what="更正", detail="文种: 通知 → 决定书").exists()
    refused = browser.post(f"/items/{item.pk}/correct", {"field": "genre", "value": "no. 5"}, headers=HTMX)
    assert "不是文种的名称" in refused.content.decode()


def test_a_decision_brings_the_parts_of_the_page_that_tell_of_it(people: dict[str, User], item: Item) -> None:
    before = text_of(people, f"/items/{item.pk}/")
    finding = workflow.open_alarms(item).order_by("start").first()
    assert finding is not None and f'<option value="{finding.type}">' in before.split('id="undecided-types"')[1]
    alone = workflow.open_alarms(item).filter(type=finding.type).count() == 1
    sent = {"key": finding.key, "verdict": "成立", "comment": "没有依据", "fingerprint": finding.fingerprint}
    answer = client(people, "审查员").post(f"/items/{item.pk}/decide", sent, headers=HTMX).content.decode()
    types = answer.split('hx-swap-oob="innerHTML:#undecided-types"')[1].split("</div>")[0]
    assert (f'<option value="{finding.type}">' not in types) == alone
    told = answer.split('hx-swap-oob="innerHTML:#history"')[1]
    after = text_of(people, f"/items/{item.pk}/").split('id="history"')[1]
    count = re.compile("办理记录（([0-9]+)）")
    assert count.findall(told)[:1] == count.findall(after)[:1] and "没有依据" in told
