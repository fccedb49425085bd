"""The case that documents tell, and its way through JSON."""

import json
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from pipeline.review.decisions import checklists, workflow
from pipeline.review.models import (
    Amendment,
    Decision,
    Export,
    Item,
    Material,
    MaterialKind,
    Release,
    Reply,
)
from pipeline.review.output.case import Act, Case
from pipeline.review.output.case_building import case_of
from tests.review.reviewed import MOMENT, decide_alarms, review, rule


def test_a_case_is_the_same_after_it_was_stored_as_json(people: dict[str, User], item: Item) -> None:
    user, original = people["审查员"], item.current.original  # type: ignore[union-attr]
    made = Material.objects.create(
        item=item, kind=MaterialKind.EXPLANATION, name="shui/说明.docx", original=original, by="水利局"
    )
    Material.objects.filter(pk=made.pk).update(made=MOMENT)
    key = workflow.open_alarms(item)[0].key
    Amendment.objects.create(
        item=item, finding_key=key, values={}, reason="类型不对", reviewer="甲", account=user.username
    )
    case = case_of(review(item, people))
    assert Case.from_json(json.loads(json.dumps(case.to_json()))) == case
    assert not case.draft and case.findings[0].change and case.materials[0].name == "说明.docx"


def test_a_case_is_a_draft_until_it_is_finished_and_nothing_contradicts(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    case = case_of(item)
    assert case.draft and case.draft_reasons[:2] == ("审查尚未办结（待审）", "尚未作出审查结论")
    done = review(item, people)
    assert not case_of(done).draft
    done.conclusions.all().delete()
    assert case_of(done).draft_reasons == ("尚未作出审查结论",)


def test_times_are_local(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    at = timezone.make_aware(datetime(2026, 1, 1, 23, 30))
    Decision.objects.filter(item=item).update(made=at)
    made = case_of(item).upheld[0].decision
    assert made and made.by.at == "2026-01-01T23:30:00+08:00" and made.by.moment == "2026年1月1日23:30"
    assert Act("甲", "").moment == ""


def test_who_handled_who_read_again_and_who_ruled_are_different_roles(people: dict[str, User], item: Item) -> None:
    key = workflow.open_alarms(item)[0].key
    rule(item, key, people, "成立", "依据不足")
    case = case_of(review(item, people))
    assert case.handled == Act("wang先生", "2026-11-30T10:20:00+08:00")
    assert case.second and case.second.person == "chief先生"
    assert [act.person for act in case.rulings] == ["chief先生"] and case.others == ("law先生",)


def test_all_decisions_on_a_finding_are_kept_beside_the_one_that_counts(people: dict[str, User], item: Item) -> None:
    key = workflow.open_alarms(item)[0].key
    workflow.decide(item, key, workflow.Statement("成立", "没有依据"), people["审查员"])
    workflow.decide(item, key, workflow.Statement("不成立", "有依据"), people["法律顾问"])
    workflow.decide(item, key, workflow.Statement("需修改", "写明依据"), people["主审"], final=True)
    found = next(finding for finding in case_of(item).findings if finding.key == key)
    told = [(made.by.person, made.verdict, made.words) for made in found.decisions]
    assert told == [
        ("wang先生", "成立", "没有依据"),
        ("law先生", "不成立", "有依据"),
        ("chief先生", "需修改", "写明依据"),
    ]
    assert found.decision == found.decisions[-1] and found.decision.final and found.decision.sequence == 1


def test_a_softened_finding_is_in_the_case_only_where_a_person_decided(people: dict[str, User], item: Item) -> None:
    finding = workflow.open_alarms(item)[0]
    finding.softened = True
    finding.save()
    assert finding.key not in {found.key for found in case_of(item).findings}
    workflow.decide(item, finding.key, workflow.Statement("成立", "语境没有免除"), people["审查员"])
    case = case_of(item)
    assert finding.key in {found.key for found in case.findings} - {found.key for found in case.upheld}
    assert any("却不作警示" in reason for reason in case.draft_reasons)


def test_the_latest_reply_to_the_releases_that_nobody_took_back_is_told(people: dict[str, User], item: Item) -> None:
    decide_alarms(item, people["审查员"])
    key = next(iter(workflow.decisions_of(item)))
    opinion = Export.objects.create(digest="d", name="意见", form="opinion", by="wang", at=timezone.now())
    common = {"item": item, "version": item.current, "outcome": "自行修改", "opinion": opinion}
    release = Release.objects.create(**common, reviewer="wang先生", account="wang")
    for stance in ("不采纳", "采纳"):
        Reply.objects.create(release=release, finding_key=key, stance=stance, words="已删除", by="水利局", account="s")
    (reply,) = next(finding for finding in case_of(item).findings if finding.key == key).replies
    assert (reply.stance, reply.words, reply.by.person) == ("采纳", "已删除", "水利局")
    Release.objects.filter(pk=release.pk).update(withdrawn=timezone.now(), taken_back=True)
    assert not any(finding.replies for finding in case_of(item).findings)


def test_only_what_a_document_says_makes_a_case_differ(people: dict[str, User], item: Item) -> None:
    before = case_of(item)
    Item.objects.filter(pk=item.pk).update(status="待复核", reviewed_by="wang")
    assert not case_of(Item.objects.get(pk=item.pk)).differs_from(before)
    made = checklists.conclude(item, "自行修改", "", people["主审"])
    after = case_of(item)
    assert after.differs_from(before)
    made.made += timedelta(days=1)
    made.save()
    assert case_of(item).differs_from(after)
