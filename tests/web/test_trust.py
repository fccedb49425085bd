"""Disputes and rulings (裁定), agreement, blind samples, bulk actions and undoing them."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection

from pipeline.errors import UsageError
from pipeline.review.decisions import agreement, bulk, workflow
from pipeline.review.decisions.workflow import Statement
from pipeline.review.models import Batch, Decision, Item, Member, Passage, Status
from tests.web.conftest import client, confirm


def test_a_dispute_waits_for_the_chief_whose_ruling_counts(people: dict[str, User], item: Item) -> None:
    first, second, chief = client(people, "审查员"), client(people, "法律顾问"), client(people, "主审")
    for finding in workflow.open_alarms(item):
        first.post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": "成立"})
    key = workflow.decisions_of(item).popitem()[0]
    second.post(f"/items/{item.pk}/decide", {"key": key, "verdict": "不成立", "comment": "有依据"})
    assert set(agreement.disputed(item)) == {key}
    page = first.get(f"/items/{item.pk}/").content.decode()
    assert "意见分歧" in page and "请主审裁定" in page
    refused = first.post(f"/items/{item.pk}/finish")
    assert refused.status_code == 400 and "没有裁定" in refused.content.decode()
    assert first.post(f"/items/{item.pk}/decide", {"key": key, "verdict": "成立", "final": "1"}).status_code == 403
    chief.post(f"/items/{item.pk}/decide", {"key": key, "verdict": "不成立", "comment": "采纳", "final": "1"})
    # a later decision of the first reviewer does not override the ruling
    first.post(f"/items/{item.pk}/decide", {"key": key, "verdict": "成立"})
    assert workflow.decisions_of(item)[key].verdict == "不成立" and not agreement.disputed(item)
    assert "裁定" in chief.get(f"/items/{item.pk}/").content.decode()


def test_kappa_as_in_the_textbook() -> None:
    pairs = [("成立", "成立")] * 20 + [("成立", "不成立")] * 5 + [("不成立", "成立")] * 10 + [("不成立", "不成立")] * 15
    result = agreement.kappa_of(pairs)
    assert (result.pairs, result.same) == (50, 35) and result.kappa == pytest.approx(0.4)
    assert agreement.kappa_of([("成立", "成立")]).kappa is None
    assert agreement.kappa_of([]).kappa is None


def test_an_interval_contains_its_share_and_narrows_with_the_total() -> None:
    few, many = agreement.Share.of(1, 10), agreement.Share.of(100, 1000)
    assert few.low < 0.1 < few.high and many.low < 0.1 < many.high
    assert many.high - many.low < few.high - few.low
    assert agreement.Share.of(0, 0) == agreement.Share(0, 0, 0.0, 1.0)


def test_agreement_is_counted_over_findings_that_two_judged(people: dict[str, User], item: Item) -> None:
    before = agreement.agreement()
    first, second = workflow.open_alarms(item)[:2]
    for who, verdicts in (("审查员", ("成立", "成立")), ("法律顾问", ("成立", "不成立"))):
        for finding, verdict in zip((first, second), verdicts, strict=True):
            client(people, who).post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": verdict})
    after = agreement.agreement()
    assert (after.pairs - before.pairs, after.same - before.same) == (2, 1)
    assert "κ" in client(people, "主审").get("/board").content.decode()


def test_blind_passages_look_like_findings_and_count_on_the_board(people: dict[str, User], item: Item) -> None:
    reviewer = people["审查员"]
    Member.objects.update_or_create(user=reviewer, defaults={"blind": True})
    try:
        page = client(people, "审查员").get(f"/items/{item.pk}/").content.decode()
        passages = list(Passage.objects.filter(reviewer=reviewer, version=item.current))
        assert len(passages) == 2 and page.count("请判断这段话有没有问题") == 2
        alarms = item.current.findings.filter(softened=False)  # type: ignore[union-attr]
        assert not any(a.start < p.end and p.start < a.end for a in alarms for p in passages)
        before = agreement.miss_rate()
        form = {"passage": passages[0].pk, "missed": "1", "comment": "变相收费"}
        assert client(people, "主审").post(f"/items/{item.pk}/judge", form).status_code == 400
        assert client(people, "审查员").post(f"/items/{item.pk}/judge", form).status_code == 200
        client(people, "审查员").post(f"/items/{item.pk}/judge", {"passage": passages[1].pk, "missed": "0"})
        after = agreement.miss_rate()
        assert (after.count - before.count, after.total - before.total) == (1, 2)
        assert "请判断" not in client(people, "法律顾问").get(f"/items/{item.pk}/").content.decode()
    finally:
        Member.objects.filter(user=reviewer).update(blind=False)


def test_a_bulk_decision_has_a_preview_keeps_decisions_of_people_and_can_be_undone(
    people: dict[str, User], item: Item
) -> None:
    chief = client(people, "主审")
    first = workflow.open_alarms(item)[0]
    mine = Item.objects.filter(pk=item.pk)
    client(people, "审查员").post(f"/items/{item.pk}/decide", {"key": first.key, "verdict": "不成立"})
    kinds = {kind for kind, _, _ in bulk.finding_types_in(mine)}
    other = next(f for f in workflow.open_alarms(item) if f.type != first.type)
    form = {"q": "农家乐", "what": "决定", "type": other.type, "verdict": "成立"}
    page = chief.post("/bulk", form).content.decode()
    assert "将对" in page and other.content["name"] in page and other.type in kinds
    assert other.key not in workflow.decisions_of(item)
    refused = chief.post("/bulk", form | {"sure": "1"})
    assert refused.status_code == 400 and "理由" in refused.content.decode()
    assert confirm(chief, form | {"comment": "没有依据"}).status_code == 302
    assert workflow.decisions_of(item)[other.key].verdict == "成立"
    assert workflow.decisions_of(item)[first.key].verdict == "不成立"
    batch = Batch.objects.order_by("-id")[0]
    keeper = client(people, "管理员")
    assert keeper.post("/bulk", form).status_code == 403 == keeper.post(f"/bulk/{batch.pk}/undo").status_code
    assert "撤销" in chief.get("/").content.decode()
    chief.post(f"/bulk/{batch.pk}/undo")
    assert other.key not in workflow.decisions_of(item) and Decision.objects.filter(batch=batch).exists()
    again = chief.post(f"/bulk/{batch.pk}/undo")
    assert again.status_code == 400 and "已经撤销" in again.content.decode()
    Decision.objects.filter(batch=batch).delete()


def test_a_bulk_decision_on_finished_items_is_not_undone(people: dict[str, User], item: Item) -> None:
    finding = workflow.open_alarms(item)[0]
    batch = bulk.decide_all(
        Item.objects.filter(pk=item.pk), finding.type, Statement("成立", "没有依据"), by=people["主审"]
    )
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    with pytest.raises(UsageError, match="已经办结"):
        bulk.undo(batch, by=people["主审"])
    Item.objects.filter(pk=item.pk).update(status=Status.PENDING)
    bulk.undo(batch, by=people["主审"])
    Decision.objects.filter(batch=batch).delete()


def test_a_bulk_assignment_is_undone_where_nobody_has_worked_since(people: dict[str, User], item: Item) -> None:
    batch = bulk.assign_all(Item.objects.filter(pk=item.pk), people["审查员"], by=people["主审"])
    assert bulk.undo(batch, by=people["主审"]) == 1
    item.refresh_from_db()
    assert item.assignee is None
    batch = bulk.assign_all(Item.objects.filter(pk=item.pk), people["审查员"], by=people["主审"])
    finding = workflow.open_alarms(item)[0]
    client(people, "审查员").post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": "成立"})
    assert bulk.undo(batch, by=people["主审"]) == 0
    item.refresh_from_db()
    assert item.assignee == people["审查员"]


def test_of_several_who_claim_at_once_one_gets_the_item(people: dict[str, User], item: Item) -> None:
    got: list[str] = []

    def claim(role: str) -> None:
        try:
            workflow.claim(item, people[role])
            got.append(role)
        except UsageError:
            pass
        finally:
            connection.close()

    racers = [threading.Thread(target=claim, args=(role,)) for role in ("审查员", "主审", "法律顾问")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    item.refresh_from_db()
    assert len(got) == 1 and item.assignee == people[got[0]]


def test_a_finished_case_is_opened_again_by_the_chief_only(people: dict[str, User], item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(status=Status.DONE)
    finding = item.current.findings.first()  # type: ignore[union-attr]
    late = client(people, "审查员").post(f"/items/{item.pk}/decide", {"key": finding.key, "verdict": "成立"})
    assert late.status_code == 400 and "办结" in late.content.decode()
    refused = client(people, "审查员").post(f"/items/{item.pk}/return", {"reason": "漏看"})
    assert refused.status_code == 400 and "主审" in refused.content.decode()
    assert client(people, "主审").post(f"/items/{item.pk}/return", {"reason": ""}).status_code == 400
    client(people, "主审").post(f"/items/{item.pk}/return", {"reason": "漏看一条"})
    item.refresh_from_db()
    assert item.status == Status.PENDING


def test_correcting_and_claiming_at_once_loses_neither(people: dict[str, User], item: Item) -> None:
    stale = Item.objects.get(pk=item.pk)
    workflow.claim(item, people["审查员"])
    Item.objects.filter(pk=item.pk).update(public=True)
    workflow.correct(stale, "title", "更正后的题名", people["审查员"])
    workflow.reclassify(stale, "草案", "湖南", people["审查员"])
    found = Item.objects.get(pk=item.pk)
    assert (found.assignee, found.public, found.title, found.kind) == (people["审查员"], True, "更正后的题名", "草案")
    Item.objects.filter(pk=item.pk).update(public=False)


def test_a_correction_of_what_another_changed_meanwhile_tells_both_values(people: dict[str, User], item: Item) -> None:
    seen = workflow.value_of(item, "number")
    workflow.correct(item, "number", "临政发〔2025〕99号", people["主审"], seen=seen)
    with pytest.raises(UsageError, match=r"99号.*88号"):
        workflow.correct(item, "number", "临政发〔2025〕88号", people["主审"], seen=seen)
    assert workflow.value_of(item, "number") == "临政发〔2025〕99号"
